//! A part of a sweep: the points that one process of several runs, and its results as a file.
//!
//! The points are dealt out in turn, so that slow ones, which are often neighbours, are spread. The
//! file has everything that the results are printed from, so merged files print what one process
//! would have printed, byte for byte.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use toml::Table;

use super::base::{Base, Setting};
use super::figures::Figures;
use super::findings::Findings;
use super::study::{Measure, RemarkText, Sweep};
use super::sweep::{Failed, Plan, Point, Run, points};

/// What a file of this kind begins with.
const KIND: &str = "a part of a sweep by pagewalk explore";

/// A part: every n-th point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its number, from 1.
    pub number: usize,
    /// The number of parts.
    pub of: usize,
}

impl Part {
    /// Everything.
    pub const ALL: Part = Part { number: 1, of: 1 };

    /// Whether a point is in it, by its place in the order of all points.
    pub fn has(self, point: usize) -> bool {
        point % self.of == self.number - 1
    }

    /// The number of its points, of so many.
    pub fn count(self, all: usize) -> usize {
        (0..all).filter(|point| self.has(*point)).count()
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Part, String> {
        let wrong = || format!("`{text}` is not a part; the second of four is 2/4");
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let read = |text: &str| text.trim().parse::<usize>().map_err(|_| wrong());
        let part = Part { number: read(number)?, of: read(of)? };
        match part.number {
            0 => Err(format!("`{text}`: parts are counted from 1")),
            number if number > part.of => {
                Err(format!("`{text}`: there is no part {number} of {}", part.of))
            }
            _ => Ok(part),
        }
    }
}

/// The sweep that a part is of: all that its results depend on or are printed with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Whole {
    name: String,
    version: String,
    engine: String,
    title: String,
    idea: String,
    y: Option<String>,
    scenario: String,
    base: Table,
    set: Vec<(String, toml::Value)>,
    sweeps: Vec<Sweep>,
    measures: Vec<Measure>,
    remarks: Vec<RemarkText>,
}

/// A point.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Seen {
    number: usize,
    machine: Option<String>,
    at: Option<f64>,
    measured: Vec<Option<f64>>,
    notes: Vec<String>,
    failed: Option<(String, bool)>,
}

/// The file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PartFile {
    kind: String,
    part: Part,
    whole: Whole,
    points: Vec<Seen>,
}

impl PartFile {
    /// The results of a part of the sweep of this name, which an engine computed.
    pub fn new(part: Part, name: &str, engine: &str, findings: &Findings) -> PartFile {
        let Findings { title, idea, y, plan, points, remarks } = findings;
        let whole = Whole {
            name: name.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            engine: engine.to_owned(),
            title: title.clone(),
            idea: idea.clone(),
            y: y.clone(),
            scenario: plan.base.name.clone(),
            base: plan.base.table.clone(),
            set: plan.set.iter().map(|s| (s.set.clone(), s.value.clone())).collect(),
            sweeps: plan.sweeps.clone(),
            measures: plan.measures.clone(),
            remarks: remarks.clone(),
        };
        let points = points.iter().map(Seen::of).collect();
        PartFile { kind: KIND.to_owned(), part, whole, points }
    }

    /// A file of this kind.
    ///
    /// # Errors
    /// A sentence.
    pub fn parse(text: &str) -> Result<PartFile, String> {
        let what = "`pagewalk explore ... --shard K/N > FILE` writes one";
        if text.trim().is_empty() {
            return Err(format!("it is empty, and no part of a sweep; {what}"));
        }
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| format!("no part of a sweep: {error}"))?;
        if value["kind"] != KIND {
            return Err(format!("it is no part of a sweep; {what}"));
        }
        let file: PartFile = serde_json::from_value(value)
            .map_err(|error| format!("a part of a sweep that cannot be read: {error}"))?;
        let Part { number, of } = file.part;
        format!("{number}/{of}").parse::<Part>()?;
        Ok(file)
    }
}

impl Seen {
    fn of(point: &Point) -> Seen {
        let run = point.run();
        Seen {
            number: point.number,
            machine: run.map(|run| run.machine.clone()),
            at: run.and_then(|run| run.at),
            measured: run.map_or(Vec::new(), |run| run.measured.clone()),
            notes: run.map_or(Vec::new(), |run| run.notes.clone()),
            failed: point.failed().map(|failed| (failed.error.clone(), failed.broke)),
        }
    }

    /// The point that it was made of; figures that were not measured are lost.
    fn point(self, plan: &Plan, choices: &[super::values::Choice]) -> Result<Point, String> {
        let number = self.number;
        let outcome = match (self.failed, self.machine) {
            (Some((error, broke)), None) => Err(Failed { error, broke }),
            (None, Some(machine)) if self.measured.len() == plan.measures.len() => {
                let Seen { at, measured, notes, .. } = self;
                Ok(Run { machine, at, measured, notes, figures: Figures::default() })
            }
            _ => return Err(format!("point {} cannot be read", number + 1)),
        };
        Ok(Point { number, choices: choices.to_vec(), outcome })
    }
}

/// The name of a sweep and its results, of all its parts, which come with the names of their files.
///
/// # Errors
/// A sentence that names the file, or the part that is missing.
pub fn merge(files: Vec<(String, PartFile)>) -> Result<(String, Findings), String> {
    let Some((first, PartFile { part: Part { of, .. }, whole, .. })) = files.first().cloned()
    else {
        return Err("there is no part to merge".to_owned());
    };
    let mut by_number: Vec<Option<(String, Vec<Seen>)>> = vec![None; of];
    for (name, file) in files {
        let PartFile { part, whole: other, points, .. } = file;
        if part.of != of {
            return Err(format!("{name} is part {part}, but {first} is one of {of}"));
        }
        if let Some(what) = whole.differs(&other) {
            return Err(format!("{name} is part of another sweep than {first}: {what} differs"));
        }
        match &mut by_number[part.number - 1] {
            Some((same, _)) => return Err(format!("{name} and {same} are both part {part}")),
            empty => *empty = Some((name, points)),
        }
    }
    let missing = (1..=of).filter(|number| by_number[number - 1].is_none());
    let missing: Vec<_> = missing.map(|number| Part { number, of }.to_string()).collect();
    if !missing.is_empty() {
        let many = if missing.len() == 1 { "part" } else { "parts" };
        return Err(format!("{many} {} missing", listed(&missing)));
    }
    let Whole {
        name: sweep, title, idea, y, scenario, base, set, sweeps, measures, remarks, ..
    } = whole;
    let set = set.into_iter().map(|(set, value)| Setting { set, value }).collect();
    let base = Base { name: scenario, table: base };
    let plan = Plan { base, set, sweeps, measures };
    let all = points(&plan).map_err(|error| error.to_string())?;
    let mut known: Vec<Option<Point>> = vec![None; all.len()];
    for (number, (name, points)) in (1..).zip(by_number.into_iter().flatten()) {
        let part = Part { number, of };
        for seen in points {
            let place = seen.number;
            if place >= all.len() || !part.has(place) || known[place].is_some() {
                return Err(format!("{name}: point {} is none of part {part}", place + 1));
            }
            let point = seen.point(&plan, &all[place]);
            known[place] = Some(point.map_err(|problem| format!("{name}: {problem}"))?);
        }
        if let Some(place) =
            (0..all.len()).find(|place| part.has(*place) && known[*place].is_none())
        {
            let labels: Vec<_> = plan
                .sweeps
                .iter()
                .zip(&all[place])
                .map(|(s, c)| format!("{} = {}", s.set, c.label))
                .collect();
            return Err(format!(
                "{name}: part {part} is incomplete, it was interrupted before {}; run it again",
                labels.join(", ")
            ));
        }
    }
    let points = known.into_iter().flatten().collect();
    Ok((sweep, Findings { title, idea, y, plan, points, remarks }))
}

/// `1/4 and 3/4 are`
fn listed(names: &[String]) -> String {
    match names {
        [one] => format!("{one} is"),
        [first @ .., last] => format!("{} and {last} are", first.join(", ")),
        [] => String::new(),
    }
}

impl Whole {
    /// What another sweep has otherwise, in words.
    fn differs(&self, other: &Whole) -> Option<String> {
        let sweeps = |whole: &Whole| whole.sweeps.clone();
        let what = [
            (self.version != other.version, "the version of pagewalk"),
            (self.engine != other.engine, "the engine"),
            (self.scenario != other.scenario, "the scenario"),
            (sweeps(self) != sweeps(other), "what is swept"),
            (self.set != other.set, "what is set"),
            (self.measures != other.measures, "what is measured"),
            (self.base != other.base, "the scenario's contents"),
            (self != other, "the name or a text"),
        ];
        what.iter().find(|(differs, _)| *differs).map(|(_, what)| (*what).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_in_one_part() {
        for (all, of) in [(0, 3), (7, 3), (12, 4), (2, 5)] {
            let parts: Vec<_> = (1..=of).map(|number| Part { number, of }).collect();
            assert_eq!(parts.iter().map(|part| part.count(all)).sum::<usize>(), all);
            for point in 0..all {
                assert_eq!(parts.iter().filter(|part| part.has(point)).count(), 1);
            }
        }
    }

    #[test]
    fn parts_are_read() {
        assert_eq!("2/4".parse(), Ok(Part { number: 2, of: 4 }));
        for (wrong, why) in
            [("0/4", "counted from 1"), ("5/4", "no part 5"), ("2", "2/4"), ("a/b", "2/4")]
        {
            assert!(wrong.parse::<Part>().unwrap_err().contains(why), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for (text, why) in [("", "empty"), ("x", "no part"), ("{\"kind\": 1}", "no part")] {
            assert!(PartFile::parse(text).unwrap_err().contains(why), "{text}");
        }
    }
}
