//! The smallest TLB that misses no more often than a goal allows.

use serde_json::{Value, json};

use super::family::{Family, placement};
use super::shown::Shown;
use crate::table::{Column, aligned};

/// The answer for the TLBs behind a port.
pub(super) struct Answer<'s> {
    family: &'s Family,
    /// The smallest size of all that meets the goal, and its misses.
    pub(super) smallest: Option<(usize, u64)>,
    /// A larger one that does not meet it: in sets more lines may miss more often.
    worse: Option<usize>,
    /// The smallest size that there is as hardware: lines, misses, configuration.
    hardware: Option<(usize, u64, String)>,
}

impl Shown<'_> {
    /// The answers for each port and organisation.
    pub(super) fn answers(&self, goal: f64) -> Vec<Answer<'_>> {
        let answer = |family| {
            let meets = |misses: u64| self.rate(family, misses) <= goal;
            // Which sizes are shown does not change the answer.
            let points = family.every();
            let at = points.iter().position(|(_, misses)| meets(*misses));
            let worse = at.and_then(|at| points[at..].iter().find(|(_, misses)| !meets(*misses)));
            let built = family.hardware(self.seen.config).into_iter();
            let mut built = built.filter_map(|(lines, name)| {
                let misses = family.misses(lines).filter(|misses| meets(*misses))?;
                Some((lines, misses, name))
            });
            Answer {
                family,
                smallest: at.map(|at| points[at]),
                worse: worse.map(|(lines, _)| *lines),
                hardware: built.next(),
            }
        };
        self.families.iter().map(answer).collect()
    }

    /// The answers as lines of text, with the command that confirms them.
    pub(super) fn told(&self, goal: f64, answers: &[Answer<'_>]) -> Vec<String> {
        let head = ["port", "lines are", "smallest", "rate", "as hardware", "rate", "", ""];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for Answer { family, smallest, worse, hardware } in answers {
            let size = |lines: usize| format!("{lines} line{}", if lines == 1 { "" } else { "s" });
            let rate = |misses: u64| format!("{:.3}", self.rate(family, misses));
            let none = || ["none".to_owned(), "-".to_owned()];
            // What no size meets is told with the least that there is.
            let least = family.every().iter().map(|(_, misses)| *misses).min().unwrap_or(0);
            let at_best = || ["none".to_owned(), format!("{} at best", rate(least))];
            let found = smallest.map_or_else(at_best, |(n, misses)| [size(n), rate(misses)]);
            let built = hardware.as_ref().map_or_else(none, |(n, m, _)| [size(*n), rate(*m)]);
            let name = hardware.as_ref().map_or(String::new(), |(.., name)| name.clone());
            let worse = worse.map_or(String::new(), |n| format!("but {} miss more", size(n)));
            let of = [family.port.name().to_owned(), placement(family.ways)];
            rows.push(of.into_iter().chain(found).chain(built).chain([name, worse]).collect());
        }
        let table = aligned(&[Column::left(0).gap(0), Column::left(0)], rows);
        let per = self.per();
        let mut lines = vec![format!("goal: at most {goal} misses per 1000 {per}"), String::new()];
        lines.extend(table.lines().map(str::to_owned));
        let mut names: Vec<&str> = Vec::new();
        for (.., name) in answers.iter().filter_map(|answer| answer.hardware.as_ref()) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        if let Some(command) = self.seen.command.as_ref().filter(|_| !names.is_empty()) {
            lines.push(String::new());
            let how = if self.avoidable { ", with what every size misses" } else { "" };
            let names = names.join(",");
            lines.push(format!("counted by the hardware{how}: {command} --config {names}"));
        }
        lines
    }

    /// The answers as one object.
    pub(super) fn object(&self, goal: f64, answers: &[Answer<'_>]) -> Value {
        let answer = |answer: &Answer<'_>| {
            let Answer { family, smallest, worse, hardware } = answer;
            let rate = |misses: u64| self.rate(family, misses);
            json!({
                "port": family.port.name(),
                "ways": family.ways,
                "lines": smallest.map(|(lines, _)| lines),
                "rate": smallest.map(|(_, misses)| rate(misses)),
                "larger_that_misses_more": worse,
                "hardware": hardware.as_ref().map(|(lines, misses, name)| json!({
                    "config": name, "lines": lines, "rate": rate(*misses),
                })),
            })
        };
        let answers: Vec<_> = answers.iter().map(answer).collect();
        json!({ "at_most": goal, "per_1000": self.per(), "answers": answers })
    }
}
