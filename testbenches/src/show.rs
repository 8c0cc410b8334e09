//! The page of a recorded run: one file of HTML that needs nothing else.

use machine::show::Document;

/// The page without a record, bundled from `testbenches/show`.
const PAGE: &str = include_str!("../show/bundle.html");
/// The place of the record in it.
const PLACE: &str = "/*RECORD*/";

/// The record as JSON that may stand in a `script` element: it holds no `<`, with which one ends.
///
/// # Errors
/// When a value cannot be JSON.
pub fn script(document: &Document) -> serde_json::Result<String> {
    Ok(serde_json::to_string(document)?.replace('<', "\\u003c"))
}

/// The page that shows a document.
///
/// # Errors
/// As [`script`].
pub fn page(document: &Document) -> serde_json::Result<String> {
    Ok(PAGE.replacen(PLACE, &script(document)?, 1))
}
