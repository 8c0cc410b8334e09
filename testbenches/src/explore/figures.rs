//! Every number of a report by its dotted name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use scenario::library::similar;

/// What the names of figures of single processes begin with.
const PROCESSES: &str = "processes.";

/// The figures of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    known: BTreeMap<String, f64>,
    /// Those that have no value in this run.
    unknown: BTreeSet<String>,
}

impl Figures {
    /// All numbers of a report; items of lists by their `name`.
    pub fn of(report: &Value) -> Figures {
        let mut figures = Figures::default();
        figures.collect("", report);
        figures
    }

    fn collect(&mut self, path: &str, value: &Value) {
        let below = |part: &str| {
            if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") }
        };
        match value {
            Value::Number(number) => {
                if let Some(number) = number.as_f64() {
                    self.known.insert(path.to_owned(), number);
                }
            }
            Value::Object(fields) => {
                for (name, inner) in fields {
                    self.collect(&below(name), inner);
                }
            }
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    let name = item.get("name").and_then(Value::as_str);
                    let part = name.map_or_else(|| place.to_string(), str::to_owned);
                    self.collect(&below(&part), item);
                }
            }
            Value::Null => {
                self.unknown.insert(path.to_owned());
            }
            Value::Bool(_) | Value::String(_) => {}
        }
    }

    /// The figure with this name: its whole path, or the end of its path if only one figure outside
    /// of the processes has it.
    ///
    /// # Errors
    /// A sentence with similar names.
    pub fn get(&self, name: &str) -> Result<f64, String> {
        if let Some(value) = self.known.get(name) {
            return Ok(*value);
        }
        let (whose, last) = whose(name);
        let end = format!(".{last}");
        let ending = |path: &&String| path.ends_with(&end) && is_of(path, whose);
        let mut found = self.known.iter().filter(|(path, _)| ending(path));
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Ok(*value),
            (Some((one, _)), Some((other, _))) => {
                Err(format!("`{name}` may be {one} or {other}; write which"))
            }
            (None, _) if self.unknown.iter().any(|path| path == name || ending(&path)) => {
                Err(format!("`{name}` has no value in this run{}", why(name)))
            }
            (None, _) => {
                let hint = match &self.like(name)[..] {
                    [] => "`--figures` lists all that there are".to_owned(),
                    names => format!("did you mean {}?", names.join(" or ")),
                };
                Err(format!("this run has no figure `{name}`; {hint}"))
            }
        }
    }

    /// Figures whose last part is similar to that of a name, of the same process or of none.
    fn like(&self, name: &str) -> Vec<String> {
        let last = |path: &str| path.rsplit('.').next().unwrap_or(path).to_owned();
        let (whose, _) = whose(name);
        let paths = || self.known.keys().filter(|path| is_of(path, whose));
        let parts: BTreeSet<_> = paths().map(|path| last(path)).collect();
        let Some(part) = similar(&last(name), parts.iter().map(String::as_str)).into_iter().next()
        else {
            return Vec::new();
        };
        paths().filter(|path| last(path) == part).take(3).cloned().collect()
    }

    /// Whether some figure has the last part of a name, which may be that of another run's figure, as of
    /// a process that this one does not have. Otherwise the name is mistyped.
    pub fn has_like(&self, name: &str) -> bool {
        let end = name.rsplit('.').next();
        self.known.keys().chain(&self.unknown).any(|path| path.rsplit('.').next() == end)
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.known.iter().map(|(name, value)| (name.as_str(), *value))
    }
}

/// The beginning of a name that selects one process, with its dot, and the rest; all of it is the rest
/// if it does not.
fn whose(name: &str) -> (Option<&str>, &str) {
    let process = name.strip_prefix(PROCESSES).and_then(|rest| rest.split_once('.'));
    match process {
        Some((process, rest)) => (name.get(..PROCESSES.len() + process.len() + 1), rest),
        None => (None, name),
    }
}

/// Whether a path is one of this process's, or of no process.
fn is_of(path: &str, process: Option<&str>) -> bool {
    match process {
        Some(process) => path.starts_with(process),
        None => !path.starts_with(PROCESSES),
    }
}

/// Why a figure has no value.
fn why(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("tlb_mpki" | "wcpi") => ": it is per instruction, and no instruction was fetched",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn figures_have_paths_ends_and_suggestions() {
        let figures = Figures::of(&json!({
            "cycles": 9, "mode": "Sv39", "mpki": null,
            "total": { "faults": { "minor_faults": 3 }, "a": { "max": 1 }, "b": { "max": 2 } },
            "processes": [{ "name": "left", "minor_faults": 1, "deep": { "walks": 7 } }],
        }));
        assert_eq!(figures.get("cycles"), Ok(9.0));
        assert_eq!(figures.get("minor_faults"), Ok(3.0));
        assert_eq!(figures.get("processes.left.minor_faults"), Ok(1.0));
        assert!(figures.get("max").unwrap_err().contains("write which"));
        let error = figures.get("minor_fault").unwrap_err();
        assert!(error.contains("total.faults.minor_faults"), "{error}");
        assert!(figures.get("mpki").is_err());
        assert_eq!(figures.get("processes.left.walks"), Ok(7.0));
        assert!(figures.get("walks").is_err());
        let error = figures.get("processes.left.walk").unwrap_err();
        assert!(error.contains("did you mean processes.left.deep.walks?"), "{error}");
        let error = figures.get("processes.right.walks").unwrap_err();
        assert!(error.contains("`--figures` lists all"), "{error}");
        assert!(figures.has_like("processes.right.minor_faults") && figures.has_like("mpki"));
        assert!(!figures.has_like("processes.left.minor_fault"));
    }
}
