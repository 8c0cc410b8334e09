//! The list of the pictures of pages, `docs/images/pages/list.json`: which command's page, at which
//! moment, and which panels of it. `make screenshots` draws them; the site links each to its moment.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::Error;

/// The folder of the pictures.
pub(crate) const FOLDER: &str = "docs/images/pages";
/// Their list.
const LIST: &str = "docs/images/pages/list.json";

/// A picture of a page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Picture {
    /// Its file.
    pub(crate) picture: String,
    /// The arguments of `pagewalk show`.
    pub(crate) show: String,
    /// The moment, as the page has it behind `#` in its address.
    pub(crate) at: String,
    /// The panels drawn, by the names of their classes; or `page`, all of it.
    #[expect(dead_code, reason = "for those who draw")]
    panels: Vec<String>,
    /// What the page says happens at this moment, or a part of it.
    #[expect(dead_code, reason = "for those who draw")]
    says: String,
    /// Its width in pixels.
    #[serde(default)]
    #[expect(dead_code, reason = "for those who draw")]
    width: Option<u32>,
    /// How often the timeline is zoomed in.
    #[serde(default)]
    #[expect(dead_code, reason = "for those who draw")]
    zoom: Option<u32>,
}

/// The pictures by their file, seen from the project's root.
///
/// # Errors
/// When the list is no such list, or names a picture twice.
pub(crate) fn read(root: &Path) -> Result<BTreeMap<String, Picture>, Error> {
    let path = root.join(LIST);
    let text = std::fs::read_to_string(&path).map_err(Error::read(&path))?;
    let wrong = |reason: String| Error::Pictures { path: path.clone(), reason };
    let all: Vec<Picture> =
        serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let mut by_file = BTreeMap::new();
    for picture in all {
        let file = format!("{FOLDER}/{}", picture.picture);
        if let Some(twice) = by_file.insert(file, picture) {
            return Err(wrong(format!("{} is in the list twice", twice.picture)));
        }
    }
    Ok(by_file)
}
