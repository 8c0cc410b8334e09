//! Results as they come: rows of a table on a terminal, lines of CSV anywhere.

use std::io::{self, IsTerminal};

use super::ExploreArgs;
use crate::explore::findings::Findings;
use crate::explore::sweep::{Plan, Point};

/// Blanks between two columns.
const GAP: usize = 2;
/// The least width of a column: most numbers fit.
const LEAST: usize = 10;

/// What is printed while a sweep runs.
pub(super) enum Live {
    /// Nothing: everything at the end.
    Off,
    /// Lines of CSV.
    Csv(Lines),
    /// Rows of a table.
    Table(Lines, Rows),
}

/// What waits to be printed. Until a run has succeeded that is everything, since a sweep of which no
/// point runs prints only what is wrong.
pub(super) struct Lines {
    head: String,
    waiting: String,
    begun: bool,
    /// The points that are in it or were printed.
    points: usize,
}

/// The row that is being filled.
pub(super) struct Rows {
    label: Option<String>,
    /// The width of each column, with the gap before it.
    widths: Vec<usize>,
    cells: Vec<String>,
    /// The cells of a whole row.
    whole: usize,
}

impl Lines {
    fn new(head: String) -> Lines {
        Lines { head, waiting: String::new(), begun: false, points: 0 }
    }

    /// Adds what a point brings; returns what is to be printed now.
    fn add(&mut self, text: &str, ran: bool) -> String {
        self.points += 1;
        self.waiting += text;
        if !self.begun && !ran {
            return String::new();
        }
        let head = if self.begun { String::new() } else { std::mem::take(&mut self.head) };
        self.begun = true;
        head + &std::mem::take(&mut self.waiting)
    }
}

impl Live {
    /// For a plan, as the command line wishes.
    pub(super) fn new(arguments: &ExploreArgs, plan: &Plan, title: &str, idea: &str) -> Live {
        let ExploreArgs { shard, figures, json, csv, .. } = arguments;
        if shard.is_some() || *figures || *json {
            return Live::Off;
        }
        match (csv, io::stdout().is_terminal()) {
            (true, _) => plan.csv_head().map_or(Live::Off, |head| Live::Csv(Lines::new(head))),
            (false, true) => Live::table(plan, title, idea),
            (false, false) => Live::Off,
        }
    }

    fn table(plan: &Plan, title: &str, idea: &str) -> Live {
        let mut names: Vec<String> = Vec::new();
        let further = plan.sweeps.iter().skip(1);
        let combinations = further.fold(vec![Vec::new()], |all: Vec<Vec<_>>, sweep| {
            let with = |begun: Vec<_>| {
                sweep.values.0.iter().map(move |c| [&begun[..], std::slice::from_ref(c)].concat())
            };
            all.into_iter().flat_map(with).collect()
        });
        let Some(first) = plan.sweeps.first() else { return Live::Off };
        for combination in combinations {
            // The curves are named by all but the first.
            let along = first.values.0.first().cloned().into_iter();
            names.extend(plan.curves(&along.chain(combination).collect::<Vec<_>>()));
        }
        let width = |text: &str| text.chars().count();
        let labels = first.values.0.iter().map(|choice| width(&choice.label));
        let left = labels.chain([width(first.title())]).max().unwrap_or(0);
        let others = names.iter().map(|name| GAP + width(name).max(LEAST));
        let widths: Vec<usize> = std::iter::once(left).chain(others).collect();
        let whole = names.len();
        let rows = Rows { label: None, widths, cells: Vec::new(), whole };
        let head = rows.line(first.title(), &names);
        let rule = "─".repeat(rows.widths.iter().sum());
        Live::Table(Lines::new(format!("{title}\n{idea}\n\n{head}{rule}\n")), rows)
    }

    /// What is to be printed now that this point is known, the next in order.
    pub(super) fn tell(&mut self, plan: &Plan, point: &Point) -> anyhow::Result<String> {
        let ran = point.outcome.is_ok();
        Ok(match self {
            Live::Off => String::new(),
            Live::Csv(lines) => lines.add(&plan.csv_row(point)?, ran),
            Live::Table(lines, rows) => lines.add(&rows.add(plan, point), ran),
        })
    }

    /// The rest, when all is known.
    pub(super) fn end(mut self, findings: &Findings) -> anyhow::Result<String> {
        let told = match &self {
            Live::Off => findings.points.len(),
            Live::Csv(lines) | Live::Table(lines, _) => lines.points,
        };
        let mut text = String::new();
        // An interrupted sweep has points that were known too early.
        for point in findings.points.iter().skip(told) {
            text += &self.tell(&findings.plan, point)?;
        }
        if let Live::Table(_, mut rows) = self {
            text += &rows.rest();
            text += &format!("\n{}\n", findings.foot());
        }
        Ok(text)
    }
}

impl Rows {
    /// Adds a point; returns the row that it completes.
    fn add(&mut self, plan: &Plan, point: &Point) -> String {
        let other = self.label.as_deref().is_some_and(|label| label != point.label());
        let before = if other { self.rest() } else { String::new() };
        self.label = Some(point.label().to_owned());
        for measure in 0..plan.measures.len() {
            let value = point.run().and_then(|run| run.measured[measure]);
            self.cells.push(plan.cell(measure, value));
        }
        let full = self.cells.len() >= self.whole;
        before + &if full { self.rest() } else { String::new() }
    }

    /// The row as far as it is filled; the next one is empty.
    fn rest(&mut self) -> String {
        let Some(label) = self.label.take() else { return String::new() };
        let cells = std::mem::take(&mut self.cells);
        self.line(&label, &cells)
    }

    fn line(&self, label: &str, cells: &[String]) -> String {
        let mut text = format!("{label:0$}", self.widths[0]);
        for (cell, width) in cells.iter().zip(&self.widths[1..]) {
            text += &format!("{cell:>width$}");
        }
        text.trim_end().to_owned() + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::base::Base;
    use crate::explore::figures::Figures;
    use crate::explore::study::{Measure, Sweep};
    use crate::explore::sweep::{Failed, Run};
    use crate::explore::values::Values;

    fn plan() -> Plan {
        let sweep = |set: &str, values: &str| Sweep {
            set: set.to_owned(),
            name: None,
            values: Values::parse(values).expect("values"),
            axis: None,
            at: None,
            unit: Default::default(),
            log: None,
        };
        Plan {
            base: Base { name: "b".to_owned(), table: toml::Table::new() },
            set: Vec::new(),
            sweeps: vec![sweep("os.frames", "8,16"), sweep("os.policy", "fifo,lru")],
            measures: vec![Measure::of("cycles")],
        }
    }

    /// The points of the plan; those at `bad` fail.
    fn points(plan: &Plan, bad: &[usize]) -> Vec<Point> {
        let all = crate::explore::sweep::points(plan).expect("few").into_iter().enumerate();
        let point = |(number, choices)| {
            let failed = Failed { error: "it broke".to_owned(), broke: false };
            let run = Run {
                machine: "m".to_owned(),
                at: Some(number as f64),
                measured: vec![Some(number as f64)],
                notes: Vec::new(),
                figures: Figures::default(),
            };
            let outcome = if bad.contains(&number) { Err(failed) } else { Ok(run) };
            Point { number, choices, outcome }
        };
        all.map(point).collect()
    }

    #[test]
    fn a_row_is_printed_when_its_last_point_is_known() {
        let plan = plan();
        let mut live = Live::table(&plan, "T", "I");
        let told: Vec<_> =
            points(&plan, &[0, 2]).iter().map(|p| live.tell(&plan, p).expect("text")).collect();
        // Until something has run, even the head waits.
        assert_eq!(told[0], "");
        assert!(told[1].starts_with("T\nI\n\nframes"), "{told:?}");
        let rows: Vec<_> = told.iter().filter_map(|text| text.lines().last()).collect();
        let cells = |row: &str| row.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(rows.len(), 2, "{told:?}");
        assert_eq!(cells(rows[0]), ["8", "-", "1"]);
        assert_eq!(cells(rows[1]), ["16", "-", "3"]);
        assert_eq!(told[2], "");
    }

    #[test]
    fn lines_come_one_by_one_and_all_of_them() {
        let plan = plan();
        let points = points(&plan, &[1]);
        let mut live = Live::Csv(Lines::new(plan.csv_head().expect("a head")));
        let (told, rest) = points.split_at(3);
        let mut text = String::new();
        for point in told {
            let more = live.tell(&plan, point).expect("text");
            assert!(more.ends_with('\n'), "{more}");
            text += &more;
        }
        assert_eq!(rest.len(), 1);
        let findings = Findings {
            title: String::new(),
            idea: String::new(),
            y: None,
            plan,
            points: points.clone(),
            remarks: Vec::new(),
        };
        text += &live.end(&findings).expect("the rest");
        assert_eq!(text, findings.csv().expect("text"));
    }
}
