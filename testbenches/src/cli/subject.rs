//! What a command runs, where one argument names a trace or a scenario.

use std::path::Path;

use anyhow::bail;
use scenario::library::{self, FindError};
use scenario::load::Scenario;

/// Whether a subject is no trace: a scenario's file, or no file.
pub(super) fn is_scenario(subject: &str) -> bool {
    subject.ends_with(".toml") || (subject != "-" && !Path::new(subject).exists())
}

/// The one scenario that a subject names.
///
/// # Errors
/// If none or several have that name, and what reading it reports.
pub(super) fn scenario(subject: &str) -> anyhow::Result<Scenario> {
    let found = match library::find(subject) {
        // What is no file may have been meant as one.
        Err(error @ FindError::Unknown { .. }) => {
            return Err(anyhow::Error::new(error).context(format!("there is no file `{subject}`")));
        }
        found => found?,
    };
    match <[Scenario; 1]>::try_from(found) {
        Ok([scenario]) => Ok(scenario),
        Err(found) => {
            let names: Vec<_> = found.iter().map(|scenario| scenario.name.as_str()).collect();
            bail!("`{subject}` matches {} scenarios; choose one: {}", found.len(), names.join(", "))
        }
    }
}
