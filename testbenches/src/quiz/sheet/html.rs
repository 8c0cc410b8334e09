//! The text of a question in HTML, which Moodle XML and GIFT carry.

use quick_xml::escape::escape;

use super::Item;

/// The facts as they are set, then the question. Where options follow, the platform asks to choose.
pub(super) fn question(item: &Item) -> String {
    let form = if item.options.is_empty() && !item.form.is_empty() {
        format!(" {}", escape(&item.form))
    } else {
        String::new()
    };
    format!("{}<p>{}{form}</p>", block(&item.given), escape(&item.ask))
}

/// The answer step by step, for the feedback.
pub(super) fn worked(item: &Item) -> String {
    item.answer.as_ref().map_or_else(String::new, |answer| {
        format!("{}<p>{}</p>", block(&answer.worked), escape(&answer.text))
    })
}

fn block(lines: &[String]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| escape(line.trim_end()).into_owned()).collect();
    format!("<pre>{}</pre>", lines.join("\n"))
}
