//! Finding scenarios: those in the binary by name, others by path.

use std::path::Path;

use super::error::LoadError;
use super::load::Scenario;
use crate::files;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/scenario_files.rs"));
}

/// A scenario that cannot be found or read.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// No scenario has this name.
    #[error("there is no scenario `{name}`{}", hint(.similar))]
    Unknown {
        /// The name requested.
        name: String,
        /// Similar names, nearest first.
        similar: Vec<String>,
    },
    /// No scenario has this name, and something in the file system does.
    #[error("there is no scenario `{name}`, but {what}")]
    Elsewhere {
        /// The name requested.
        name: String,
        /// What has it, and how the scenario is named instead.
        what: &'static str,
    },
    /// The file cannot be read.
    #[error("{path}")]
    Unreadable {
        /// The path requested.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is a study.
    #[error(
        "{path} is a study, since it sweeps or measures: `pagewalk explore {path}` runs it; here a \
         scenario is wanted"
    )]
    Study {
        /// The path requested.
        path: String,
    },
    /// The file has an error.
    #[error(transparent)]
    Broken(#[from] LoadError),
}

/// The largest size of a scenario's file, in bytes: far more than any needs.
const LONGEST: u64 = 16 << 20;
/// The similarity from which a name is suggested, between 0 and 1.
const LIKENESS: f64 = 0.8;

/// Names and texts of the scenarios in the binary, by name.
pub fn files() -> &'static [(&'static str, &'static str)] {
    embedded::FILES
}

/// Parses a scenario of the binary, or a file.
fn embedded(name: &str, text: &str) -> Result<Scenario, LoadError> {
    let scenario = Scenario::parse(name, &format!("{name}.toml"), text)?;
    scenario.check_effects()?;
    Ok(scenario)
}

/// Every scenario of the binary.
///
/// # Errors
/// [`LoadError`], which a test excludes.
pub fn all() -> Result<Vec<Scenario>, LoadError> {
    files().iter().map(|(name, text)| embedded(name, text)).collect()
}

/// The scenarios selected by a word: a path ending in `.toml`, a whole name, a name without its
/// folder if it is unique, or a folder.
///
/// # Errors
/// [`FindError`], with similar names.
pub fn find(word: &str) -> Result<Vec<Scenario>, FindError> {
    if word.ends_with(".toml") {
        let unreadable = |source| FindError::Unreadable { path: word.to_owned(), source };
        let text = files::text(Path::new(word), LONGEST).map_err(unreadable)?;
        if is_study(&text) {
            return Err(FindError::Study { path: word.to_owned() });
        }
        let scenario = Scenario::parse(word, word, &text)?;
        scenario.check_effects()?;
        return Ok(vec![scenario]);
    }
    let folder = format!("{}/", word.trim_end_matches('/'));
    let short = |name: &str| name.rsplit('/').next() == Some(word);
    let exact: Vec<_> = files().iter().filter(|(name, _)| *name == word).collect();
    let shorts: Vec<_> = files().iter().filter(|(name, _)| short(name)).collect();
    let folders: Vec<_> = files().iter().filter(|(name, _)| name.starts_with(&folder)).collect();
    let found = match (exact.is_empty(), shorts.len()) {
        (false, _) => exact,
        (true, 1) => shorts,
        _ => folders,
    };
    if found.is_empty() {
        if let Some(what) = elsewhere(Path::new(word)) {
            return Err(FindError::Elsewhere { name: word.to_owned(), what });
        }
        let similar = similar(word, files().iter().map(|(name, _)| *name));
        return Err(FindError::Unknown { name: word.to_owned(), similar });
    }
    Ok(found.into_iter().map(|(name, text)| embedded(name, text)).collect::<Result<_, _>>()?)
}

/// Whether a file is a study, and no scenario: it sweeps or measures. A file that is no TOML is none.
pub fn is_study(text: &str) -> bool {
    let table = text.parse::<toml::Table>();
    table.is_ok_and(|table| ["sweep", "measure"].iter().any(|key| table.contains_key(*key)))
}

/// What a path leads to that is no scenario's file.
fn elsewhere(path: &Path) -> Option<&'static str> {
    if path.is_dir() {
        return Some("a folder of that name; name a file in it, as FOLDER/NAME.toml");
    }
    path.is_file().then_some("a file of that name; a scenario's file ends in .toml")
}

/// The names most like a word, nearest first, at most three: those that have it in them, and those
/// that differ by a typing mistake.
pub fn similar<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let score = |name: &str| {
        let last = name.rsplit('/').next().unwrap_or(name);
        let like = strsim::jaro_winkler(word, name).max(strsim::jaro_winkler(word, last));
        let is_part = word.len() > 2 && name.contains(word);
        if is_part { like.max(LIKENESS) } else { like }
    };
    let mut scored: Vec<_> = names.map(|name| (score(name), name)).collect();
    scored.retain(|(score, _)| *score >= LIKENESS);
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

fn hint(similar: &[String]) -> String {
    match similar {
        [] => "; `pagewalk list` shows all".to_owned(),
        names => format!("; did you mean {}?", names.join(" or ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_binary_reads() {
        assert!(all().unwrap_or_else(|error| panic!("{error}")).len() >= 45);
    }

    #[test]
    fn a_typing_mistake_gets_a_suggestion() {
        let names = ["fences/asid_only", "timing/hit"];
        assert_eq!(similar("asid_onyl", names.into_iter()), ["fences/asid_only"]);
        assert_eq!(similar("only", names.into_iter()), ["fences/asid_only"]);
        for unlike in ["zzz", "nope", "missing"] {
            assert_eq!(similar(unlike, names.into_iter()), Vec::<String>::new());
        }
    }
}
