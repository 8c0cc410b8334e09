//! Moodle XML: one category for each kind; a numerical, short-answer, multiple-choice or essay
//! question for each item, with the worked answer as its general feedback.

use std::io;

use anyhow::Context;
use quick_xml::Writer;
use quick_xml::events::{BytesCData, BytesDecl, BytesText, Event};

use super::{Item, html};
use crate::quiz::Key;

type Out = Writer<Vec<u8>>;

/// The file.
///
/// # Errors
/// If an answer is not known.
pub(super) fn questions(items: &[Item]) -> anyhow::Result<String> {
    let mut out = Writer::new_with_indent(Vec::new(), b' ', 2);
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let mut kind = None;
    out.create_element("quiz").write_inner_content(|out| {
        for item in items {
            if kind != Some(&item.kind) {
                category(out, &item.kind)?;
                kind = Some(&item.kind);
            }
            question(out, item)?;
        }
        Ok(())
    })?;
    let mut text = String::from_utf8(out.into_inner()).context("a question is not UTF-8")?;
    text.push('\n');
    Ok(text)
}

/// The category into which the following questions are imported.
fn category(out: &mut Out, kind: &str) -> io::Result<()> {
    // Slashes separate categories.
    let path = format!("$course$/top/Pagewalk/{}", kind.replace('/', " - "));
    out.create_element("question").with_attribute(("type", "category")).write_inner_content(
        |out| {
            out.create_element("category").write_inner_content(|out| text(out, &path))?;
            Ok(())
        },
    )?;
    Ok(())
}

fn question(out: &mut Out, item: &Item) -> io::Result<()> {
    let key = match &item.answer {
        Some(answer) => &answer.key,
        None => return Err(io::Error::other(format!("{} has no answer", item.title()))),
    };
    let kind = match key {
        Key::Number { .. } => "numerical",
        Key::Text(_) => "shortanswer",
        Key::Choice { .. } => "multichoice",
        Key::Open => "essay",
    };
    out.create_element("question").with_attribute(("type", kind)).write_inner_content(|out| {
        out.create_element("name").write_inner_content(|out| text(out, &item.title()))?;
        marked(out, "questiontext", &html::question(item))?;
        // Whoever grades an essay needs the answer; others see it afterwards.
        let feedback = if *key == Key::Open { "graderinfo" } else { "generalfeedback" };
        marked(out, feedback, &html::worked(item))?;
        plain(out, "defaultgrade", "1")?;
        graded(out, item, key)
    })?;
    Ok(())
}

/// What Moodle needs to grade an answer.
fn graded(out: &mut Out, item: &Item, key: &Key) -> io::Result<()> {
    match key {
        Key::Number { value, within } => {
            let within = within.to_string();
            answer(out, 100, &value.to_string(), |out| plain(out, "tolerance", &within))
        }
        Key::Text(accepted) => {
            // Capital and small letters are the same.
            plain(out, "usecase", "0")?;
            accepted.iter().try_for_each(|text| answer(out, 100, text, |_| Ok(())))
        }
        Key::Choice { right } => {
            plain(out, "single", "true")?;
            plain(out, "shuffleanswers", "true")?;
            plain(out, "answernumbering", "abc")?;
            for (place, option) in item.options.iter().enumerate() {
                let fraction = if place == *right { 100 } else { 0 };
                answer(out, fraction, option, |_| Ok(()))?;
            }
            Ok(())
        }
        Key::Open => plain(out, "responseformat", "editor"),
    }
}

/// An answer, worth so many percent.
fn answer(
    out: &mut Out,
    fraction: u32,
    words: &str,
    more: impl Fn(&mut Out) -> io::Result<()>,
) -> io::Result<()> {
    let fraction = fraction.to_string();
    let attributes = [("fraction", fraction.as_str()), ("format", "plain_text")];
    out.create_element("answer").with_attributes(attributes).write_inner_content(|out| {
        text(out, words)?;
        more(out)
    })?;
    Ok(())
}

/// `<text>` with plain text inside.
fn text(out: &mut Out, words: &str) -> io::Result<()> {
    plain(out, "text", words)
}

fn plain(out: &mut Out, name: &str, words: &str) -> io::Result<()> {
    out.create_element(name).write_text_content(BytesText::new(words))?;
    Ok(())
}

/// An element with HTML in it.
fn marked(out: &mut Out, name: &str, html: &str) -> io::Result<()> {
    out.create_element(name).with_attribute(("format", "html")).write_inner_content(|out| {
        out.create_element("text").write_cdata_content(BytesCData::new(html))?;
        Ok(())
    })?;
    Ok(())
}
