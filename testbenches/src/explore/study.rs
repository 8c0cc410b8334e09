//! A study: its sweeps, its measures, and its idea.

use serde::{Deserialize, Serialize};
use toml::Table;

use super::draw::Unit;
use super::units;
use super::values::{Choice, Values};
use scenario::error::{LoadError, in_words};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/study_files.rs"));
}

/// A parameter and its values. The first of a study runs along x; the others make curves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// A dotted path into the scenario's file, or a name in braces in its texts.
    pub set: String,
    /// Its name in tables and pictures; the last part of `set` by default.
    pub name: Option<String>,
    /// The values.
    pub values: Values,
    /// The name of the x axis in pictures, if `at` makes it something else than the values.
    pub axis: Option<String>,
    /// The place of a value along x: a formula over the run's figures and the swept values. The
    /// value itself by default.
    pub at: Option<String>,
    /// The unit along x.
    #[serde(default)]
    pub unit: Unit,
    /// Logarithmic along x: equal distances are equal factors. If nothing is said, it is so for values
    /// that multiply, as 4..64x2.
    pub log: Option<bool>,
}

impl Sweep {
    /// The name of its value in formulas.
    pub fn variable(&self) -> &str {
        self.set.rsplit('.').next().unwrap_or(&self.set)
    }

    /// Its name in tables and pictures.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.variable())
    }

    /// Whether it is logarithmic along x.
    pub fn is_log(&self) -> bool {
        self.log.unwrap_or_else(|| self.at.is_none() && self.values.multiply())
    }

    /// A value as the name of a curve. A number is one of something, unless it has a label of its own.
    pub fn curve(&self, choice: &Choice) -> String {
        use toml::Value::{Boolean, Float, Integer};
        // A path that stands for a name, on the command line, is long: its last part will do.
        let of = self.name.as_deref().filter(|name| *name != self.set);
        match (&choice.value, self.variable()) {
            _ if choice.is_named() => choice.label.clone(),
            (Integer(0), "ways") => "fully associative".to_owned(),
            (Integer(_) | Float(_) | Boolean(_), variable) => {
                format!("{} {}", of.unwrap_or(variable), choice.label)
            }
            _ => choice.label.clone(),
        }
    }
}

/// A measure of each run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// A formula over the run's figures and the swept values.
    pub of: String,
    /// Its name; the formula by default.
    pub name: Option<String>,
    /// Its unit.
    #[serde(default)]
    pub unit: Unit,
    /// Logarithmic upwards: equal distances are equal factors.
    #[serde(default)]
    pub log: bool,
}

impl Measure {
    /// A measure without a name of its own, in the unit of its figures.
    pub fn of(formula: &str) -> Measure {
        let unit = units::of(formula).unit;
        Measure { of: formula.to_owned(), name: None, unit, log: false }
    }

    /// Its name in tables and pictures.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.of)
    }

    /// Its name along an axis: where it has no name of its own, with the unit of what it counts.
    pub fn axis(&self) -> String {
        match (&self.name, units::of(&self.of).name) {
            (None, Some(unit)) => format!("{} ({unit})", self.of),
            _ => self.title().to_owned(),
        }
    }
}

/// A remark in the picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemarkText {
    /// The value along x, as in tables.
    pub x: String,
    /// The curve, as in tables.
    pub curve: String,
    /// The text.
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
    /// Its name.
    #[serde(skip)]
    pub name: String,
    /// A heading; the study's name by default.
    #[serde(default)]
    pub title: String,
    /// One sentence or two: the idea.
    #[serde(default)]
    pub idea: String,
    /// The name of the y axis, if there are several measures.
    pub y: Option<String>,
    /// The source of the experiment, if it is a known one.
    pub source: Option<String>,
    /// The scenario to vary, by name,
    pub scenario: Option<String>,
    /// or the scenario itself; or a recorded program: `trace`, and its `machine` and `os`.
    pub base: Option<Table>,
    /// The sweeps.
    pub sweep: Vec<Sweep>,
    /// The measures.
    pub measure: Vec<Measure>,
    /// Remarks in the picture.
    #[serde(default)]
    pub remark: Vec<RemarkText>,
}

impl Study {
    /// Parses a study.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn parse(name: &str, text: &str) -> Result<Study, LoadError> {
        Study::read(name, &format!("{name}.toml"), text)
    }

    /// Parses a study from a file; errors name it.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn read(name: &str, file: &str, text: &str) -> Result<Study, LoadError> {
        let wrong = |span, message: &str| LoadError::at(file, text, span, message);
        let study: Study = toml::from_str(text)
            .map_err(|error| wrong(error.span(), &in_words(error.message())))?;
        if study.scenario.is_some() == study.base.is_some() {
            return Err(wrong(None, "a study has either `scenario` or `base`"));
        }
        if study.sweep.is_empty() || study.measure.is_empty() {
            return Err(wrong(None, "a study needs `[[sweep]]` and `[[measure]]`"));
        }
        let title = if study.title.is_empty() { name.to_owned() } else { study.title };
        Ok(Study { name: name.to_owned(), title, ..study })
    }
}

/// Names and texts of the studies in the binary, by name.
pub fn files() -> &'static [(&'static str, &'static str)] {
    embedded::FILES
}

/// Every study of the binary.
///
/// # Errors
/// [`LoadError`], which a test excludes.
pub fn all() -> Result<Vec<Study>, LoadError> {
    files().iter().map(|(name, text)| Study::parse(name, text)).collect()
}
