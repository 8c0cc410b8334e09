//! Sheets read back, as a learning platform reads them.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::json;

use super::*;
use crate::quiz::{KINDS, Key, pose};

/// Characters that mean something in XML, HTML, GIFT or Markdown.
const ODD: &str = "a<b & c>d \"e\" 'f' {g} =h ~i #j :k \\l ]]> ``` $$CATEGORY$$ é";

fn item(key: Key, options: &[&str]) -> Item {
    let worked = vec![ODD.to_owned(), String::new(), "end".to_owned()];
    Item {
        kind: "odd/kind".to_owned(),
        seed: 3,
        difficulty: Some(Difficulty::Hard),
        given: vec![ODD.to_owned(), String::new(), "  two blanks".to_owned()],
        ask: format!("{ODD}?"),
        form: "Write it.".to_owned(),
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        answer: Some(Answer { value: json!({}), text: ODD.to_owned(), worked, key }),
    }
}

fn items() -> Vec<Item> {
    vec![
        item(Key::Number { value: 8.25, within: 0.01 }, &[]),
        item(Key::Text(vec![ODD.to_owned(), "other".to_owned()]), &[]),
        item(Key::Choice { right: 1 }, &["one", ODD, "three"]),
        item(Key::Open, &[]),
    ]
}

/// An element: its name, its attributes, its text, and what is in it.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    inner: Vec<Element>,
}

impl Element {
    fn read(xml: &str) -> Element {
        let mut reader = Reader::from_str(xml);
        let mut open = vec![Element::default()];
        loop {
            match reader.read_event().unwrap_or_else(|error| panic!("{error}\n{xml}")) {
                Event::Start(start) => {
                    let attributes = start.attributes().map(|attribute| {
                        let attribute = attribute.expect("an attribute");
                        let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0);
                        let value = value.expect("a value").into_owned();
                        (attribute.key.as_ref().to_owned(), value)
                    });
                    let attributes = attributes.collect();
                    let name = start.name().as_ref().to_owned();
                    open.push(Element { name, attributes, ..Element::default() });
                }
                Event::End(_) => {
                    let ended = open.pop().expect("it began");
                    open.last_mut().expect("the root is open").inner.push(ended);
                }
                Event::Text(text) => {
                    open.last_mut().expect("the root is open").text += text.as_ref();
                }
                Event::GeneralRef(name) => {
                    let letter = match name.as_ref() {
                        "lt" => "<",
                        "gt" => ">",
                        "amp" => "&",
                        "quot" => "\"",
                        "apos" => "'",
                        other => panic!("&{other};"),
                    };
                    open.last_mut().expect("the root is open").text += letter;
                }
                Event::CData(text) => {
                    open.last_mut().expect("the root is open").text += text.as_ref();
                }
                Event::Eof => return open.pop().expect("the root").inner.pop().expect("a quiz"),
                _ => {}
            }
        }
    }

    fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.inner.iter().filter(move |element| element.name == name)
    }

    fn one<'e>(&'e self, name: &'e str) -> &'e Element {
        let mut found = self.all(name);
        let first = found.next().unwrap_or_else(|| panic!("{name} in {self:#?}"));
        assert!(found.next().is_none(), "one {name} in {self:#?}");
        first
    }
}

/// HTML of one paragraph or block as a person reads it.
fn shown(html: &str) -> String {
    let mut text = html.to_owned();
    for tag in ["<pre>", "</pre>", "<p>", "</p>"] {
        text = text.replace(tag, "\n");
    }
    assert!(!text.contains(['<', '>']), "only these tags: {html}");
    quick_xml::escape::unescape(&text).expect("known entities").into_owned()
}

/// Checks a file against what Moodle's documentation of the format demands of each question.
fn check_moodle(xml: &str, items: &[Item]) {
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), "{xml}");
    let quiz = Element::read(xml);
    assert_eq!(quiz.name, "quiz");
    let (categories, questions): (Vec<_>, Vec<_>) =
        quiz.all("question").partition(|question| question.attributes["type"] == "category");
    assert!(!categories.is_empty());
    for category in categories {
        let path = &category.one("category").one("text").text;
        assert!(path.starts_with("$course$/top/"), "{path}");
    }
    assert_eq!(questions.len(), items.len());
    for (question, item) in questions.iter().zip(items) {
        assert!(question.one("name").one("text").text.contains(&format!("seed {}", item.seed)));
        let text = question.one("questiontext");
        assert_eq!(text.attributes["format"], "html");
        let read = shown(&text.one("text").text);
        for line in item.given.iter().chain([&item.ask]) {
            assert!(read.contains(line.trim_end()), "{line} in {read}");
        }
        let answers: Vec<_> = question.all("answer").collect();
        let fraction = |answer: &&Element| -> u32 {
            answer.attributes["fraction"].parse().expect("a percentage")
        };
        let right: Vec<_> = answers.iter().filter(|answer| fraction(answer) == 100).collect();
        let right: Vec<_> = right.iter().map(|answer| answer.one("text").text.as_str()).collect();
        let key = &item.answer.as_ref().expect("it is answered").key;
        let kind = question.attributes["type"].as_str();
        match key {
            Key::Number { value, within } => {
                assert_eq!(kind, "numerical");
                assert_eq!(right, [value.to_string()]);
                let tolerance: f64 = answers[0].one("tolerance").text.parse().expect("a number");
                assert_eq!(tolerance, *within);
            }
            Key::Text(accepted) => {
                assert_eq!(
                    (kind, &right),
                    ("shortanswer", &accepted.iter().map(String::as_str).collect())
                );
                assert_eq!(question.one("usecase").text, "0");
                // A star would stand for any text.
                assert!(right.iter().all(|text| !text.contains('*') && *text == text.trim()));
            }
            Key::Choice { right: place } => {
                assert_eq!((kind, right), ("multichoice", vec![item.options[*place].as_str()]));
                assert_eq!(question.one("single").text, "true");
                let options: Vec<_> = answers.iter().map(|a| a.one("text").text.clone()).collect();
                assert_eq!(options, item.options);
                assert_eq!(answers.iter().map(fraction).sum::<u32>(), 100);
            }
            Key::Open => {
                assert_eq!((kind, answers.len()), ("essay", 0));
                assert!(!question.one("graderinfo").one("text").text.is_empty());
            }
        }
    }
}

#[test]
fn moodle_xml_is_as_its_documentation_says() {
    let items = items();
    check_moodle(&questions(Format::Moodle, &items).expect("all are answered"), &items);
}

/// A question read from GIFT: title, text, and what is in the braces, by their first signs.
#[derive(Debug, PartialEq)]
struct Gift {
    title: String,
    text: String,
    answers: Vec<(char, String)>,
    feedback: String,
}

/// Reads GIFT as its documentation says: a backslash takes away a sign's meaning.
fn read_gift(file: &str) -> Vec<Gift> {
    let hidden = |text: &str| {
        let mut out = String::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            if letter != '\\' {
                out.push(letter);
                continue;
            }
            // Letters with a meaning move to a private area until the structure is known.
            let letter = letters.next().expect("a backslash is followed by something");
            let letter = if letter == 'n' { '\n' } else { letter };
            out.push(char::from_u32(0xe000 + u32::from(letter)).expect("a private letter"));
        }
        out
    };
    let plain = |text: &str| -> String {
        let letter = |c: char| match u32::from(c) {
            n @ 0xe000..=0xf8ff => char::from_u32(n - 0xe000).expect("it was a letter"),
            _ => c,
        };
        text.trim().chars().map(letter).collect()
    };
    let mut read = Vec::new();
    for block in file.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        if block.starts_with("$CATEGORY:") {
            continue;
        }
        let block = hidden(block);
        let (title, rest) =
            block.strip_prefix("::").expect("a title").split_once("::").expect("its end");
        let (text, rest) = rest.split_once('{').expect("answers");
        let inner = rest.strip_suffix('}').expect("the end of answers");
        assert!(!inner.contains(['{', '}']), "{inner}");
        let text = text.strip_prefix("[html]").expect("it is HTML");
        let (answers, feedback) = inner.split_once("####").unwrap_or((inner, "[html]"));
        let mut found = Vec::new();
        for line in answers.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let sign = line.chars().next().expect("it is not empty");
            assert!("=~#".contains(sign) && !line[1..].contains(['=', '~', '#']), "{line}");
            found.push((sign, plain(&line[1..])));
        }
        let feedback = feedback.strip_prefix("[html]").expect("it is HTML");
        read.push(Gift {
            title: plain(title),
            text: shown(&plain(text)),
            answers: found,
            feedback: shown(&plain(feedback)),
        });
    }
    read
}

fn check_gift(file: &str, items: &[Item]) {
    let read = read_gift(file);
    assert_eq!(read.len(), items.len(), "{file}");
    for (gift, item) in read.iter().zip(items) {
        assert_eq!(gift.title, item.title());
        for line in item.given.iter().chain([&item.ask]) {
            assert!(gift.text.contains(line.trim_end()), "{line} in {}", gift.text);
        }
        let answer = item.answer.as_ref().expect("it is answered");
        let wanted: Vec<(char, String)> = match &answer.key {
            // The colon before the tolerance has its meaning.
            Key::Number { value, within } => vec![('#', format!("{value}:{within}"))],
            Key::Text(accepted) => accepted.iter().map(|text| ('=', text.clone())).collect(),
            Key::Choice { right } => {
                let sign = |place| if place == *right { '=' } else { '~' };
                item.options.iter().enumerate().map(|(at, text)| (sign(at), text.clone())).collect()
            }
            Key::Open => Vec::new(),
        };
        assert_eq!(gift.answers, wanted);
        if answer.key != Key::Open {
            assert!(gift.feedback.contains(&answer.text), "{}", gift.feedback);
        }
    }
}

#[test]
fn gift_is_as_its_documentation_says() {
    let items = items();
    check_gift(&questions(Format::Gift, &items).expect("all are answered"), &items);
}

#[test]
fn every_kind_goes_onto_every_sheet() {
    let mut items = Vec::new();
    for kind in KINDS {
        for seed in 1..=5 {
            let question = pose(kind.name, seed, None).expect("it is a kind");
            items.push(Item::new(question, None, Some(Engine::Compiled)).expect("it is answered"));
        }
    }
    let question = pose("belady-with-3-frames", 1, None).expect("it is a scenario");
    items.push(Item::new(question, None, Some(Engine::Compiled)).expect("it is answered"));
    check_moodle(&questions(Format::Moodle, &items).expect("all are answered"), &items);
    check_gift(&questions(Format::Gift, &items).expect("all are answered"), &items);
    let (sheet, key) = (
        questions(Format::Markdown, &items).expect("it needs none"),
        key(Format::Markdown, &items),
    );
    assert_eq!(sheet.matches("\n## Question ").count() + 1, items.len());
    assert_eq!(key.matches("**Answer:**").count(), items.len());
}

#[test]
fn a_sheet_without_answers_gives_nothing_away() {
    let mut all = items();
    all.iter_mut().for_each(|item| item.answer = None);
    for format in [Format::Text, Format::Markdown] {
        let sheet = questions(format, &all).expect("it needs no answers");
        assert!(sheet.contains("two blanks") && sheet.contains(ODD), "{sheet}");
        assert!(!sheet.contains("nswer:") && !sheet.contains("answer  "), "{sheet}");
        assert_eq!(key(format, &all), "");
    }
    for format in [Format::Moodle, Format::Gift] {
        let error = questions(format, &all).expect_err("it needs answers").to_string();
        assert!(error.contains("odd/kind, seed 3, hard has no answer"), "{error}");
    }
}
