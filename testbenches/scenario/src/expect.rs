//! The expected result of a run: numbers of its report by name, and the history of a process.
//!
//! ```text
//! expect = { minor_faults = 9, "walk_latency.p50" = 32 }
//! expect = { cycles.idle = 0, effective_access_time = { about = 140.0, within = 0.5 } }
//! expect = { cpu_utilisation = { at_least = 0.9 } }
//! ```

use std::collections::BTreeMap;
use std::fmt;

use machine::stats::{ProcessReport, Report, Section};
use serde::Serialize;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::number::{Number, Variables};
use super::place::{Mistake, Place};

/// Real numbers with a smaller relative difference count as equal.
const EQUAL: f64 = 1e-6;

/// The expected value of a number in the report.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect {
    /// Exactly this.
    Exactly(Number),
    /// This, a real number.
    Real(f64),
    /// This, give or take so many percent.
    About(f64, f64),
    /// In these bounds, both included.
    Between(f64, f64),
    /// Several numbers whose names begin alike.
    Parts(BTreeMap<String, Expect>),
}

/// Expectations by name.
pub type Expected = BTreeMap<String, Expect>;

/// Numbers of a report by name.
pub type Figures = BTreeMap<String, f64>;

/// An expectation that was not met, or that refers to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// Name, expected, got.
    Differs(String, String, String),
    /// The expectation itself is invalid.
    Invalid(Mistake),
}

/// Compares numbers with expectations, which the file has at a place; returns the first one not
/// met.
///
/// # Errors
/// [`Miss`].
pub fn compare(
    wanted: &Expected,
    place: &Place,
    figures: &Figures,
    variables: &Variables,
) -> Result<(), Miss> {
    below("", wanted, place, figures, variables)
}

fn below(
    prefix: &str,
    wanted: &Expected,
    table: &Place,
    figures: &Figures,
    variables: &Variables,
) -> Result<(), Miss> {
    for (key, expect) in wanted {
        let (name, place) = (format!("{prefix}{key}"), table.key(key));
        if let Expect::Parts(parts) = expect {
            below(&format!("{name}."), parts, &place, figures, variables)?;
            continue;
        }
        let got = *figures.get(&name).ok_or_else(|| {
            let names: Vec<_> = figures.keys().map(String::as_str).collect();
            let there = names.join(", ");
            let message = format!("nothing is counted as `{name}`; there are {there}");
            Miss::Invalid(place.wrong(message))
        })?;
        let (met, shown) = match expect {
            Expect::Exactly(number) => {
                let wanted = number.count(variables);
                let wanted = wanted.map_err(|message| Miss::Invalid(place.wrong(message)))?;
                (got == wanted as f64, wanted.to_string())
            }
            Expect::Real(wanted) => (near(got, *wanted, EQUAL), wanted.to_string()),
            Expect::About(wanted, percent) => {
                (near(got, *wanted, percent / 100.0), format!("{wanted}, within {percent} %"))
            }
            Expect::Between(low, high) => {
                ((*low..=*high).contains(&got), format!("from {low} to {high}"))
            }
            Expect::Parts(_) => (true, String::new()),
        };
        if !met {
            return Err(Miss::Differs(name, shown, got.to_string()));
        }
    }
    Ok(())
}

fn near(got: f64, wanted: f64, share: f64) -> bool {
    (got - wanted).abs() <= wanted.abs() * share
}

/// All numbers of a run's report, by name.
pub fn of_run(report: &Report) -> Figures {
    let mut figures = of_section(&report.total);
    collect("", &report.memory, &mut figures);
    collect("", &report.scheduling, &mut figures);
    collect("cache", &report.cache, &mut figures);
    figures.insert("cycles".to_owned(), report.cycles as f64);
    figures
}

/// All numbers of one process's report, by name.
pub fn of_process(report: &ProcessReport) -> Figures {
    let mut figures = of_section(&report.counts);
    collect("", &report.times, &mut figures);
    for (name, value) in [
        ("peak_resident_frames", Some(report.peak_resident_frames)),
        ("page_table_bytes", Some(report.page_table_bytes)),
        ("turnaround", report.turnaround),
        ("response", report.response),
    ] {
        figures.extend(value.map(|value| (name.to_owned(), value as f64)));
    }
    figures
}

fn of_section(section: &Section) -> Figures {
    let mut figures = Figures::new();
    // The names of these are unique; the others get the name of their group as a prefix.
    collect("", &section.accesses, &mut figures);
    collect("", &section.mmu, &mut figures);
    collect("", &section.faults, &mut figures);
    if let Ok(Value::Object(fields)) = serde_json::to_value(section) {
        for (name, value) in fields {
            if !matches!(name.as_str(), "accesses" | "mmu" | "faults") {
                flatten(&name, &value, &mut figures);
            }
        }
    }
    figures
}

fn collect(prefix: &str, part: &impl Serialize, figures: &mut Figures) {
    if let Ok(value) = serde_json::to_value(part) {
        flatten(prefix, &value, figures);
    }
}

fn flatten(name: &str, value: &Value, figures: &mut Figures) {
    match value {
        Value::Number(number) => {
            figures.extend(number.as_f64().map(|number| (name.to_owned(), number)));
        }
        Value::Object(fields) => {
            for (field, value) in fields {
                let dot = if name.is_empty() { "" } else { "." };
                flatten(&format!("{name}{dot}{field}"), value, figures);
            }
        }
        _ => {}
    }
}

impl<'de> Deserialize<'de> for Expect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Expect, D::Error> {
        struct ExpectVisitor;
        impl<'de> Visitor<'de> for ExpectVisitor {
            type Value = Expect;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or { about = 1.5, within = 0.5 }, or { at_least = 1 }")
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Expect, E> {
                let negative = || E::custom("no count is negative");
                u64::try_from(value).map(|v| Expect::Exactly(v.into())).map_err(|_| negative())
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Expect, E> {
                Ok(Expect::Exactly(value.into()))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Expect, E> {
                match value.is_finite() {
                    true => Ok(Expect::Real(value)),
                    false => Err(E::custom(format!("{value} is not a number that can be counted"))),
                }
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Expect, E> {
                Number::parse(text).map(Expect::Exactly).map_err(E::custom)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Expect, A::Error> {
                let mut parts = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, Expect>()? {
                    parts.insert(name, value);
                }
                tolerance(parts).map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(ExpectVisitor)
    }
}

/// A tolerance, if it has the form of one; else names within a group.
fn tolerance(parts: BTreeMap<String, Expect>) -> Result<Expect, String> {
    const WORDS: [&str; 4] = ["about", "within", "at_least", "at_most"];
    if parts.is_empty() {
        return Err("an empty table expects nothing".to_owned());
    }
    if !parts.keys().any(|name| WORDS.contains(&name.as_str())) {
        return Ok(Expect::Parts(parts));
    }
    let number = |word: &str| match parts.get(word) {
        None => Ok(None),
        Some(Expect::Real(value)) => Ok(Some(*value)),
        Some(Expect::Exactly(number)) => {
            number.to_string().replace('_', "").parse().map(Some).map_err(|_| word.to_owned())
        }
        Some(_) => Err(word.to_owned()),
    };
    let number = |word| number(word).map_err(|word| format!("`{word}` is a plain number"));
    if let Some(stranger) = parts.keys().find(|name| !WORDS.contains(&name.as_str())) {
        return Err(format!("`{stranger}` does not belong to a tolerance"));
    }
    match (number("about")?, number("within")?, number("at_least")?, number("at_most")?) {
        (Some(_), Some(within), None, None) if within < 0.0 => {
            Err("`within` is negative: nothing is that near".to_owned())
        }
        (Some(about), Some(within), None, None) => Ok(Expect::About(about, within)),
        (None, None, Some(low), Some(high)) if low > high => {
            Err(format!("nothing is at least {low} and at most {high}"))
        }
        (None, None, low @ Some(_), high) | (None, None, low, high @ Some(_)) => {
            Ok(Expect::Between(low.unwrap_or(f64::MIN), high.unwrap_or(f64::MAX)))
        }
        _ => Err("a tolerance is { about = 1.5, within = 0.5 }, in percent, or { at_least = 1, \
                  at_most = 2 }"
            .to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINE: Variables =
        Variables { latency: 10, levels: 3, va_bits: 39, entries: 8, delay: 0 };

    fn judge(text: &str) -> Result<(), String> {
        let wanted: Expected = toml::from_str(text).map_err(|error| error.to_string())?;
        let figures = [("faults", 9.0), ("cycles.idle", 0.0), ("access_time", 140.4)];
        let figures = figures.map(|(name, value)| (name.to_owned(), value)).into();
        compare(&wanted, &Place::file(), &figures, &MACHINE).map_err(|miss| format!("{miss:?}"))
    }

    #[test]
    fn numbers_are_exact_near_or_bounded() {
        assert_eq!(judge("faults = 9\ncycles.idle = 0"), Ok(()));
        assert_eq!(judge("faults = \"levels * 3\"\naccess_time = 140.4"), Ok(()));
        assert_eq!(judge("access_time = { about = 140.0, within = 0.5 }"), Ok(()));
        assert_eq!(judge("access_time = { at_least = 100, at_most = 141 }"), Ok(()));
        assert_eq!(judge("faults = { at_most = 9 }"), Ok(()));
        for text in [
            "faults = 8",
            "cycles.idle = 1",
            "access_time = 140.0",
            "access_time = { about = 140.0, within = 0.2 }",
            "faults = { at_least = 10 }",
        ] {
            assert!(judge(text).unwrap_err().starts_with("Differs"), "{text}");
        }
    }

    #[test]
    fn nonsense_is_a_sentence() {
        assert!(judge("fualts = 9").unwrap_err().contains("there are access_time, cycles.idle"));
        for text in [
            "faults = -1",
            "faults = { about = 9 }",
            "faults = { about = 9, within = 1, most = 3 }",
            "faults = { at_least = \"L\" }",
            "faults = true",
        ] {
            assert!(judge(text).is_err(), "{text}");
        }
    }
}
