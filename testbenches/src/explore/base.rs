//! The base of a study: a scenario's file, or a recorded program.

use toml::{Table, Value};

use super::fill;
use super::path;
use scenario::load::Scenario;

/// The recorded programs in the binary, by name.
pub(crate) const TRACES: [(&str, &[u8]); 1] =
    [("sort", include_bytes!("../../data/traces/sort.lackey.zst"))];

/// A scenario's file as a table, before anything is set.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// The name of the scenario.
    pub name: String,
    /// Its file.
    pub table: Table,
}

/// One parameter and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// A dotted path, or a name in braces.
    pub set: String,
    /// The value.
    pub value: Value,
}

/// A variation: the scenario, and the recorded program that replaces its own.
#[derive(Clone, Debug)]
pub(super) struct Varied {
    pub(super) scenario: Scenario,
    pub(super) trace: Option<&'static [u8]>,
}

impl Base {
    /// The scenario with all parameters set.
    ///
    /// # Errors
    /// A sentence: a path that leads nowhere, a value that is not allowed.
    pub(super) fn varied(&self, settings: &[Setting]) -> Result<Varied, String> {
        let mut table = self.table.clone();
        without_twins(&mut table, settings);
        let mut variables = Vec::new();
        for Setting { set, value } in settings {
            // A path has a dot; a name that is not a key of the file is one in braces.
            if set.contains('.') || table.contains_key(set) {
                path::set(&mut table, set, value.clone())?;
            } else {
                variables.push((set.clone(), value.clone()));
            }
        }
        let mut whole = Value::Table(table);
        if let Some((name, _)) = variables.iter().find(|(name, _)| !fill::uses(&whole, name)) {
            return Err(format!(
                "nothing is called `{name}`; a parameter is a path into the scenario's file, as \
                 os.frames"
            ));
        }
        fill::texts(&mut whole, &variables)?;
        let Value::Table(mut table) = whole else { return Err("no table".to_owned()) };
        fill::copies(&mut table)?;
        table.entry("idea").or_insert_with(|| Value::String(String::new()));
        // Scenarios of segments cite textbooks, others the specification.
        let authority = if table.contains_key("contiguous") { "source" } else { "spec" };
        table.entry(authority).or_insert_with(|| Value::String("none: a study".to_owned()));
        without_policies(&mut table);
        for_traces(&mut table);
        let trace = trace(&mut table)?;
        let text = toml::to_string(&table).map_err(|error| error.to_string())?;
        let scenario = Scenario::parse(&self.name, &self.name, &text).map_err(|error| {
            // Line and column would refer to a text that the user has never seen.
            let line = text.lines().nth(error.line.saturating_sub(1)).unwrap_or("").trim();
            format!("{} (at `{line}`)", error.message)
        })?;
        Ok(Varied { scenario, trace })
    }
}

/// Two ways to say the same of the machine.
const TWINS: [(&str, [&str; 2]); 4] = [
    ("size", ["l1", "data"]),
    ("fetch_lines", ["l1", "fetch"]),
    ("ways", ["l1", "ways"]),
    ("replacement", ["l1", "replacement"]),
];

/// Removes from a machine what is set in another way.
fn without_twins(table: &mut Table, settings: &[Setting]) {
    let Some(machine) = table.get_mut("machine").and_then(Value::as_table_mut) else { return };
    let is_set = |path: &str| settings.iter().any(|setting| setting.set == path);
    for (key, [outer, inner]) in TWINS {
        if is_set(&format!("machine.{outer}.{inner}")) && !is_set(&format!("machine.{key}")) {
            machine.remove(key);
        }
        if is_set(&format!("machine.{key}"))
            && let Some(table) = machine.get_mut(outer).and_then(Value::as_table_mut)
        {
            table.remove(inner);
        }
    }
}

/// Removes expectations under single policies: a sweep may run another policy, and ignores
/// expectations anyway.
fn without_policies(table: &mut Table) {
    table.remove("expect_by_policy");
    let processes = table.get_mut("process").and_then(Value::as_array_mut);
    for process in processes.into_iter().flatten().filter_map(Value::as_table_mut) {
        process.remove("expect_by_policy");
        process.remove("victims_by_policy");
    }
}

/// A machine for traces has the scheme that `pagewalk trace` has, unless it says which: 32 bits are too
/// few for most.
fn for_traces(table: &mut Table) {
    let processes = table.get("process").and_then(Value::as_array);
    let has_trace = |process: &Value| process.get("trace").is_some();
    if !processes.is_some_and(|processes| processes.iter().any(has_trace)) {
        return;
    }
    let machine = table.entry("machine").or_insert_with(|| Value::Table(Table::new()));
    if let Some(machine) = machine.as_table_mut() {
        machine.entry("modes").or_insert_with(|| Value::String("sv39".to_owned()));
    }
}

/// Takes a recorded program's name out of a table, and inserts a process.
fn trace(table: &mut Table) -> Result<Option<&'static [u8]>, String> {
    let Some(name) = table.remove("trace") else { return Ok(None) };
    let name = name.as_str().unwrap_or_default();
    let known = TRACES.iter().find(|(known, _)| *known == name);
    let (_, recorded) = known.ok_or_else(|| {
        let names: Vec<_> = TRACES.iter().map(|(name, _)| *name).collect();
        format!(
            "there is no recorded program `{name}`; there are {}; a trace of your own is that of a \
             process, `trace = \"FILE\"` in `[[base.process]]`",
            names.join(", ")
        )
    })?;
    if table.contains_key("process") {
        return Err(
            "a recorded program takes the place of the processes: `process` has no effect \
                    beside `trace`"
                .to_owned(),
        );
    }
    let mut process = Table::new();
    process.insert("name".to_owned(), Value::String(name.to_owned()));
    // A process needs regions; the recorded one, which replaces it, creates them on demand.
    let region: Table = [
        ("kind".to_owned(), Value::String("bss".to_owned())),
        ("start".to_owned(), Value::Integer(0x1_0000)),
        ("pages".to_owned(), Value::Integer(1)),
    ]
    .into_iter()
    .collect();
    process.insert("regions".to_owned(), Value::Array(vec![Value::Table(region)]));
    process.insert("program".to_owned(), Value::Array(Vec::new()));
    table.insert("process".to_owned(), Value::Array(vec![Value::Table(process)]));
    Ok(Some(recorded))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> Base {
        Base { name: "x".to_owned(), table: text.parse().expect("TOML") }
    }

    fn set(path: &str, value: &str) -> Setting {
        Setting { set: path.to_owned(), value: Value::String(value.to_owned()) }
    }

    const STORY: &str = "[[process]]\nname = \"a\"\nprogram = [\"load bss 0\"]\n\
        regions = [{ kind = \"bss\", start = 0x10000, pages = 2 }]";

    #[test]
    fn mistakes_are_reported_without_places_in_text_that_is_not_the_users() {
        let error = base(STORY).varied(&[set("os.framse", "1")]).unwrap_err();
        assert!(error.contains("unknown field `framse`") && !error.contains("x:"), "{error}");
        let error = base(STORY).varied(&[set("os.policy", "lruu")]).unwrap_err();
        assert!(error.contains("lruu"), "{error}");
        let error = base(STORY).varied(&[set("frames", "1")]).unwrap_err();
        assert!(error.contains("nothing is called `frames`"), "{error}");
        let error = base("trace = \"none\"").varied(&[]).unwrap_err();
        assert!(error.contains("there are sort"), "{error}");
        assert!(base(STORY).varied(&[]).is_ok());
        let segments = "contiguous = { memory = 8 }\nstep = [{ load = \"p\" }]\n\
            [process]\np = [{ length = 1 }]";
        assert!(base(segments).varied(&[set("contiguous.fit", "pages")]).is_ok());
    }
}
