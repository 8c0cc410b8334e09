//! A place in a scenario file: the keys that lead there, or a line.

use toml::de::{DeTable, DeValue};

use super::error::position;

/// A step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Key(String),
    Item(usize),
}

/// A place in a file. It is found in the text when a message needs it, so that values need not
/// carry their places; a value that the file omits is shown where it would belong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    line: usize,
    parts: Vec<Part>,
    word: Option<String>,
}

/// An invalid part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Its place.
    pub place: Place,
    /// A sentence.
    pub message: String,
}

impl Place {
    /// The whole file.
    pub fn file() -> Place {
        Place::default()
    }

    /// A line, from 1.
    pub fn line(line: usize) -> Place {
        Place { line, ..Place::default() }
    }

    /// A key below this place.
    #[must_use]
    pub fn key(&self, key: &str) -> Place {
        self.with(Part::Key(key.to_owned()))
    }

    /// An item of the list at this place, from 0.
    #[must_use]
    pub fn item(&self, number: usize) -> Place {
        self.with(Part::Item(number))
    }

    /// A word inside the value at this place.
    #[must_use]
    pub fn word(&self, word: &str) -> Place {
        Place { word: Some(word.to_owned()), ..self.clone() }
    }

    /// A text inside the value at this place, which begins with its quotation mark.
    #[must_use]
    pub fn text(&self, text: &str) -> Place {
        self.word(&format!("\"{text}\""))
    }

    /// The place at the end of a path of keys and item numbers, separated by dots, from this place.
    #[must_use]
    pub fn path(&self, path: &str) -> Place {
        path.split('.').fold(self.clone(), |place, part| match part.parse() {
            Ok(number) => place.item(number),
            Err(_) => place.key(part),
        })
    }

    fn with(&self, part: Part) -> Place {
        let mut place = self.clone();
        place.parts.push(part);
        place
    }

    /// An error here.
    pub fn wrong(&self, message: impl Into<String>) -> Mistake {
        Mistake { place: self.clone(), message: message.into() }
    }

    /// The last key of the path.
    pub fn name(&self) -> &str {
        let mut keys = self.parts.iter().filter_map(|part| match part {
            Part::Key(key) => Some(key.as_str()),
            Part::Item(_) => None,
        });
        keys.next_back().unwrap_or("it")
    }

    /// Line and column in a file's text, from 1.
    pub fn position(&self, text: &str) -> (usize, usize) {
        if self.line > 0 {
            let line = text.lines().nth(self.line - 1).unwrap_or("");
            let word = self.word.as_ref().and_then(|word| find_word(line, word));
            let at = word.unwrap_or(line.len() - line.trim_start().len());
            return (self.line, line[..at].chars().count() + 1);
        }
        position(text, self.offset(text))
    }

    fn offset(&self, text: &str) -> usize {
        let Ok(root) = DeTable::parse(text) else { return 0 };
        let root = DeValue::Table(root.into_inner());
        let (mut start, mut span, mut at) = (0, 0..text.len(), &root);
        for part in &self.parts {
            let found = match (part, at) {
                (Part::Key(key), DeValue::Table(table)) => {
                    let found = table.iter().find(|(known, _)| known.get_ref() == key);
                    found.map(|(known, value)| (known.span().start, value))
                }
                (Part::Item(number), DeValue::Array(list)) => {
                    list.get(*number).map(|value| (value.span().start, value))
                }
                _ => None,
            };
            let Some((found, value)) = found else { break };
            (start, span, at) = (found, value.span(), value.get_ref());
        }
        let Some(word) = &self.word else { return start };
        let within = text.get(span.clone()).unwrap_or_default();
        find_word(within, word).map_or(start, |found| span.start + found)
    }
}

/// The position of a whole word.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let is_inner = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_inner) && !after.is_some_and(is_inner)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "idea = \"x\"\nos = { frames = 3,\n  policy = [\"lru\",\n  \"fifo\"] }\n\
        [[process]]\nname = \"a\"\n[[process]]\nname = \"b\"\nprogram = [\n  \"load heap 0\",\n  \
        \"store heapless 1; store heap 1\",\n]\nexpect.cycles = { idle = 3 }\n";

    #[test]
    fn a_place_is_the_nearest_thing_that_the_file_has() {
        let at = |place: Place| place.position(TEXT);
        let root = Place::file();
        assert_eq!(at(root.clone()), (1, 1));
        assert_eq!(at(root.key("os").key("frames")), (2, 8));
        assert_eq!(at(root.key("os").key("policy").item(1)), (4, 3));
        assert_eq!(at(root.key("os").key("swap")), (2, 1));
        assert_eq!(at(root.key("machine").key("latency")), (1, 1));
        let second = root.key("process").item(1);
        assert_eq!(at(second.key("name")), (8, 1));
        assert_eq!(at(second.key("name").word("b")), (8, 9));
        assert_eq!(at(second.key("program").item(1).word("heap")), (11, 28));
        assert_eq!(at(second.key("expect").key("cycles").key("idle")), (13, 19));
        assert_eq!(at(Place::line(10)), (10, 3));
        assert_eq!(second.key("program").item(1).name(), "program");
    }
}
