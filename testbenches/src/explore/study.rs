//! A study: what is swept, what is measured, and what is to be seen in it.

use serde::Deserialize;
use toml::Table;

use super::draw::Unit;
use super::values::Values;
use scenario::error::LoadError;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/study_files.rs"));
}

/// A parameter and its values. The first of a study runs along x; the others make curves.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// A dotted path into the scenario's file, or a name that is in braces in its texts.
    pub set: String,
    /// What it is called in tables and pictures; the last part of `set` unless said otherwise.
    pub name: Option<String>,
    /// The values.
    pub values: Values,
    /// What pictures write along x, where `at` makes it something else than the values.
    pub axis: Option<String>,
    /// The place of a value along x: a formula over the run's figures and the swept values. The
    /// value itself unless said otherwise.
    pub at: Option<String>,
    /// The unit along x.
    #[serde(default)]
    pub unit: Unit,
    /// Equal distances along x are equal factors.
    #[serde(default)]
    pub log: bool,
}

impl Sweep {
    /// The name by which formulas know its value.
    pub fn variable(&self) -> &str {
        self.set.rsplit('.').next().unwrap_or(&self.set)
    }

    /// Its name in tables and pictures.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.variable())
    }
}

/// What is measured in each run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// A formula over the run's figures and the swept values.
    pub of: String,
    /// What it is called; the formula unless said otherwise.
    pub name: Option<String>,
    /// Its unit.
    #[serde(default)]
    pub unit: Unit,
    /// Equal distances upwards are equal factors.
    #[serde(default)]
    pub log: bool,
}

impl Measure {
    /// Its name in tables and pictures.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.of)
    }
}

/// A remark in the picture.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemarkText {
    /// At which value along x, as tables write it.
    pub x: String,
    /// On which curve, as tables write it.
    pub curve: String,
    /// What is said.
    pub text: Vec<String>,
    /// Pixels from the point to the text.
    #[serde(default = "up_right")]
    pub offset: (i32, i32),
}

fn up_right() -> (i32, i32) {
    (24, -34)
}

/// The file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// What it is called.
    #[serde(skip)]
    pub name: String,
    /// A heading.
    pub title: String,
    /// One sentence or two: what is to be seen.
    pub idea: String,
    /// What the axis upwards shows, where there are several measures.
    pub y: Option<String>,
    /// Where the experiment comes from, if it is a known one.
    pub source: Option<String>,
    /// The scenario that is varied, by name,
    pub scenario: Option<String>,
    /// or the scenario itself; or a recorded program: `trace`, and its `machine` and `os`.
    pub base: Option<Table>,
    /// What is varied.
    pub sweep: Vec<Sweep>,
    /// What is measured.
    pub measure: Vec<Measure>,
    /// Remarks in the picture.
    #[serde(default)]
    pub remark: Vec<RemarkText>,
}

impl Study {
    /// Reads a study.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn parse(name: &str, text: &str) -> Result<Study, LoadError> {
        let file = format!("{name}.toml");
        let wrong = |span, message: &str| LoadError::at(&file, text, span, message);
        let study: Study =
            toml::from_str(text).map_err(|error| wrong(error.span(), error.message()))?;
        if study.scenario.is_some() == study.base.is_some() {
            return Err(wrong(None, "a study has either `scenario` or `base`"));
        }
        if study.sweep.is_empty() || study.measure.is_empty() {
            return Err(wrong(None, "a study needs `[[sweep]]` and `[[measure]]`"));
        }
        Ok(Study { name: name.to_owned(), ..study })
    }
}

/// Names and texts of the studies in the binary, by name.
pub fn files() -> &'static [(&'static str, &'static str)] {
    embedded::FILES
}

/// Every study of the binary.
///
/// # Errors
/// [`LoadError`], which a test keeps from happening.
pub fn all() -> Result<Vec<Study>, LoadError> {
    files().iter().map(|(name, text)| Study::parse(name, text)).collect()
}
