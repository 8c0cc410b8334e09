//! The values of a parameter: `32..256:32`, `1..1024x2`, `fifo,lru`, `0,1,4..16:4`,
//! `1,[5,20],{ hit = 1, miss = 11, every = 10 }`.

use std::num::{IntErrorKind, ParseIntError};

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};
use toml::Value;
use winnow::ascii::multispace0;
use winnow::combinator::{opt, terminated};
use winnow::token::{any, one_of, take_while};

use scenario::grammar::{Input, Read, place, take, whole, wrong};

/// More values than this are an error.
const MOST: usize = 10_000;

/// One value, and its label.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    /// The value to set.
    pub value: Value,
    /// Its name in tables and pictures.
    pub label: String,
}

impl Choice {
    /// A value whose label is the value itself.
    pub fn new(value: Value) -> Choice {
        let label = match &value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Choice { value, label }
    }

    /// Whether its label is another text than the value.
    pub fn is_named(&self) -> bool {
        self.label != Choice::new(self.value.clone()).label
    }

    /// The value as a number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self.value {
            Value::Integer(value) => Some(value as f64),
            Value::Float(value) => Some(value),
            _ => None,
        }
    }
}

/// Values in order, from a text or a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Values(pub Vec<Choice>);

impl Values {
    /// Parses `a..b` (every whole number, both ends included), `a..b:s` (in steps of s), `a..bxf`
    /// (times f each), single values, and lists of these with commas. A comma inside brackets, braces
    /// or quotation marks belongs to a value.
    ///
    /// # Errors
    /// A sentence.
    pub fn parse(text: &str) -> Result<Values, String> {
        let mut values = Vec::new();
        for part in parts(text).into_iter().map(str::trim) {
            if part.contains("..") && !part.starts_with(OPENING) {
                let range = whole(part, range).map_err(|problem| problem.message.into_owned())?;
                values.extend(range.into_iter().map(|value| Choice::new(Value::Integer(value))));
            } else {
                values.push(Choice::new(single(part)?));
            }
            if values.len() > MOST {
                return Err(format!("`{text}` has more than {MOST} values"));
            }
        }
        Ok(Values(values))
    }

    /// Whether each is the same multiple of the one before, as in `1..64x2`.
    pub fn multiply(&self) -> bool {
        let numbers: Option<Vec<f64>> = self.0.iter().map(Choice::number).collect();
        let Some(numbers) = numbers.filter(|numbers| numbers.len() > 2 && numbers[0] > 0.0) else {
            return false;
        };
        let factor = numbers[1] / numbers[0];
        factor > 1.0 && numbers.windows(2).all(|pair| pair[1] == pair[0] * factor)
    }
}

/// What a value of TOML begins with that may have commas inside.
const OPENING: [char; 4] = ['[', '{', '"', '\''];

/// The parts of a text between its commas, apart from those inside of values.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut begin) = (Vec::new(), 0);
    let (mut depth, mut quote) = (0_usize, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(mark), _) => quote = quote.filter(|_| c != mark),
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    parts
}

/// A value in TOML syntax; anything else is a text.
///
/// # Errors
/// A sentence, if the text is empty.
pub(crate) fn single(text: &str) -> Result<Value, String> {
    if text.is_empty() {
        return Err("a value is missing".to_owned());
    }
    let read = format!("value = {text}").parse::<toml::Table>();
    let value = read.ok().and_then(|mut table| table.remove("value"));
    Ok(value.unwrap_or_else(|| Value::String(text.to_owned())))
}

/// From one whole number to another, in steps or by a factor.
fn range(input: &mut Input<'_>) -> Read<Vec<i64>> {
    let part = *input.input;
    let from = number(input, part)?;
    take(input, "..")?;
    let to = number(input, part)?;
    let (by, is_factor) = match take(input, opt(one_of([':', 'x'])))? {
        Some(sign) => (number(input, part)?, sign == 'x'),
        None => (1, false),
    };
    if let Some(c) = take(input, opt(any))? {
        return wrong(place(input), format!("`{c}` is unexpected in `{part}`"));
    }
    if from > to {
        return wrong(0, format!("`{part}` goes down; write the smaller end first"));
    }
    if by < 1 || is_factor && (by < 2 || from < 1) {
        let message = format!("`{part}` never ends: steps are at least 1, factors at least 2");
        return wrong(0, message);
    }
    let next = |value: &i64| {
        let next = if is_factor { value.checked_mul(by) } else { value.checked_add(by) };
        next.filter(|next| *next <= to)
    };
    let all: Vec<i64> = std::iter::successors(Some(from), next).take(MOST + 1).collect();
    match all.len() {
        0..=MOST => Ok(all),
        _ => wrong(0, format!("`{part}` has more than {MOST} values")),
    }
}

/// A whole number of a range.
fn number(input: &mut Input<'_>, part: &str) -> Read<i64> {
    take(input, multispace0)?;
    let at = place(input);
    let inner = |c: char| c != 'x' && (c.is_alphanumeric() || "+-_".contains(c));
    let word = take(input, terminated(take_while(0.., inner), multispace0))?;
    word.parse().or_else(|error: ParseIntError| {
        let message = match error.kind() {
            IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => {
                format!("`{word}` in `{part}` is out of range: it does not fit 64 bits")
            }
            IntErrorKind::Empty => format!("a whole number is missing in `{part}`"),
            _ => format!("`{word}` in `{part}` is not a whole number"),
        };
        wrong(at, message)
    })
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Values, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Named {
            value: Value,
            label: String,
        }
        let item = |item: Value| match item {
            Value::Table(table) => {
                let Named { value, label } = table.try_into().map_err(de::Error::custom)?;
                Ok(Choice { value, label })
            }
            other => Ok(Choice::new(other)),
        };
        match Value::deserialize(deserializer)? {
            Value::String(text) => Values::parse(&text).map_err(de::Error::custom),
            Value::Array(items) => {
                items.into_iter().map(item).collect::<Result<_, _>>().map(Values)
            }
            _ => Err(de::Error::custom("values are a text as \"1..8\", or a list")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Result<Vec<String>, String> {
        Ok(Values::parse(text)?.0.into_iter().map(|choice| choice.label).collect())
    }

    #[test]
    fn ranges_and_lists_are_values() {
        assert_eq!(labels("1..3").unwrap(), ["1", "2", "3"]);
        assert_eq!(labels("32..100:32").unwrap(), ["32", "64", "96"]);
        assert_eq!(labels("1..9x2").unwrap(), ["1", "2", "4", "8"]);
        assert_eq!(labels("fifo, lru,7..8").unwrap(), ["fifo", "lru", "7", "8"]);
        assert_eq!(Values::parse("true").unwrap().0[0].value, Value::Boolean(true));
        assert_eq!(Values::parse("-3..-2").unwrap().0[0].value, Value::Integer(-3));
    }

    #[test]
    fn commas_inside_a_value_are_its_own() {
        let text = "1, [5, 20], { hit = 1, miss = 11, every = 10 }, \"a,b\", 7..8";
        let values = Values::parse(text).unwrap().0;
        let kinds: Vec<_> = values.iter().map(|choice| choice.value.type_str()).collect();
        assert_eq!(kinds, ["integer", "array", "table", "string", "integer", "integer"]);
        assert_eq!(values[3].label, "a,b");
        assert_eq!(labels("a[1,b").unwrap(), ["a[1,b"]);
    }

    #[test]
    fn values_that_multiply_are_known() {
        let multiply = |text: &str| Values::parse(text).unwrap().multiply();
        assert!(multiply("1..64x2") && multiply("10,100,1000"));
        for text in ["1..4", "1,2", "fifo,lru,opt", "0,0,0", "8,4,2", "3,3,3"] {
            assert!(!multiply(text), "{text}");
        }
    }

    #[test]
    fn nonsense_is_a_sentence_and_nothing_runs_forever() {
        for text in ["", "1,", "8..1", "1..x", "1..8:0", "0..8x2", "1..8x1", "0..99999999"] {
            assert!(Values::parse(text).is_err(), "{text}");
        }
        assert!(Values::parse("1..9223372036854775807x9").unwrap().0.len() < 100);
    }
}
