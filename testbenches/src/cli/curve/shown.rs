//! What is shown of TLBs of every size: rows, a table, notes, a picture.

use anyhow::{anyhow, ensure};
use engine::sizes as built;
use model::mmu::Replacement;
use serde_json::Value;

use super::family::{Family, placement};
use super::pages::doubling;
use super::ports::Seen;
use super::{CurveArgs, Side};
use crate::curve::sheet::{Cell, Sheet, rated};
use crate::explore::draw::{Axis, Curve, Level, Look, Picture, Remark, Unit};

/// Values of which the largest is more than so many times the smallest have a logarithmic axis.
const FAR: f64 = 100.0;

/// The curves of a run, as they were asked for.
pub(super) struct Shown<'s> {
    pub(super) seen: &'s Seen,
    pub(super) families: Vec<Family>,
    ways: &'s [usize],
    sizes: Option<Vec<usize>>,
    goal: Option<f64>,
    pub(super) avoidable: bool,
    /// For a program that reads it: no explanations.
    json: bool,
}

impl<'s> Shown<'s> {
    pub(super) fn new(
        seen: &'s Seen,
        arguments: &CurveArgs,
        ways: &'s [usize],
        sizes: Option<Vec<usize>>,
    ) -> anyhow::Result<Shown<'s>> {
        let CurveArgs { port, goal, avoidable, json, .. } = *arguments;
        let mut families = Family::all(seen, port, ways, avoidable);
        ensure!(!families.is_empty(), no_translations(seen, port));
        if let Some(sizes) = &sizes {
            families.iter_mut().for_each(|family| family.only(sizes));
            let none = || {
                let family = families.iter().find(|family| family.ways > 0)?;
                let sizes: Vec<_> = family.sizes_in_sets().map(|n| n.to_string()).collect();
                Some((placement(family.ways), sizes.join(", ")))
            };
            if families.iter().all(|family| family.points.is_empty()) {
                let (placement, sizes) = none().unwrap_or_default();
                return Err(anyhow!(
                    "--sizes: none of them exists; in {placement} there are {sizes}"
                ));
            }
        }
        Ok(Shown { seen, families, ways, sizes, goal, avoidable, json })
    }

    /// Misses per 1000 instructions, or, if there were none, per 1000 translations.
    pub(super) fn rate(&self, family: &Family, misses: u64) -> f64 {
        let of = if self.seen.instructions > 0 { self.seen.instructions } else { family.uses };
        1000.0 * misses as f64 / of as f64
    }

    /// What [`Shown::rate`] is per 1000 of.
    pub(super) fn per(&self) -> &'static str {
        if self.seen.instructions > 0 { "instructions" } else { "translations" }
    }

    /// All of it, and the answer to the goal.
    pub(super) fn sheet(&self) -> (Sheet, Option<Value>) {
        let answers = self.goal.map(|goal| (goal, self.answers(goal)));
        let mut head = self.head();
        if let Some((goal, answers)) = answers.as_ref().filter(|_| !self.json) {
            head.push(String::new());
            head.extend(self.told(*goal, answers));
        }
        let mut picture = self.picture();
        if let Some((goal, answers)) = &answers {
            picture.levels.push(Level { at: *goal, name: format!("goal: {goal}") });
            let found = answers.iter().zip(&self.families).filter(|_| self.ways.len() == 1);
            let remark = |(answer, family): (&super::goal::Answer<'_>, &Family)| {
                let shown = |answer: &(usize, u64)| family.points.contains(answer);
                let (lines, misses) = answer.smallest.filter(shown)?;
                let text = format!("{lines} line{}", if lines == 1 { "" } else { "s" });
                let at = (lines as f64, self.rate(family, misses));
                Some(Remark { at, lines: vec![text], offset: (24, -34) })
            };
            picture.remarks = found.filter_map(remark).collect();
        }
        let object = answers.as_ref().map(|(goal, answers)| self.object(*goal, answers));
        let table = self.table();
        let notes = self.notes(&table);
        let columns = vec!["port", "ways", "lines", "misses", "miss_ratio", "mpki"];
        (Sheet { head, columns, rows: self.rows(), table, notes, picture }, object)
    }

    fn head(&self) -> Vec<String> {
        let Seen { name, machine, config, instructions, .. } = self.seen;
        let own = config.organisation.replacement;
        let own = match own {
            Replacement::Lru => String::new(),
            own => format!("; {} itself replaces by {own}", config.name),
        };
        let placement = match self.ways {
            [ways] => format!(", {}", placement(*ways)),
            _ => String::new(),
        };
        let what = if self.avoidable { "avoidable misses" } else { "misses" };
        let uses = self.families.iter().filter(|family| family.ways == self.ways[0]);
        let uses: Vec<_> = uses.map(|f| format!("{} {}", f.uses, f.port.name())).collect();
        let during = match instructions {
            0 => String::new(),
            count => format!(" in {count} instructions"),
        };
        vec![
            format!("{name}: {what} of LRU TLBs of every size{placement}{own}"),
            format!("asked for on {machine}: {} translations{during}", uses.join(", ")),
        ]
    }

    fn rows(&self) -> Vec<Vec<Cell>> {
        let mut rows = Vec::new();
        for family in &self.families {
            for (lines, misses) in &family.points {
                let mpki = (self.seen.instructions > 0).then(|| self.rate(family, *misses));
                rows.push(vec![
                    Cell::Text(family.port.name().to_owned()),
                    Cell::Count(family.ways as u64),
                    Cell::Count(*lines as u64),
                    Cell::Count(*misses),
                    Cell::Rate(Some(*misses as f64 / family.uses as f64)),
                    Cell::Rate(mpki),
                ]);
            }
        }
        rows
    }

    /// The sizes of the table: those that were asked for, or powers of two and what there is in sets.
    fn sizes(&self) -> Vec<usize> {
        let mut sizes = self.sizes.clone().unwrap_or_else(|| {
            let (edge, whole) = (self.edge(), self.ways.contains(&0));
            let in_sets = self.families.iter().flat_map(Family::sizes_in_sets);
            let in_sets = in_sets.filter(|size| *size <= edge);
            in_sets.chain(whole.then(|| doubling(edge)).into_iter().flatten()).collect()
        });
        sizes.sort_unstable();
        sizes.dedup();
        sizes.retain(|size| self.families.iter().any(|family| family.misses(*size).is_some()));
        sizes
    }

    /// The largest size of interest: that of the fully associative ones, in which everything fits.
    fn edge(&self) -> usize {
        let largest = |whole: bool| {
            let some = self.families.iter().filter(|family| (family.ways == 0) == whole);
            some.map(Family::largest).max()
        };
        largest(true).or(largest(false)).unwrap_or(1).next_power_of_two()
    }

    /// Counts and rates of each port; of several organisations the rates.
    fn table(&self) -> Vec<Vec<String>> {
        let rate = |family: &Family, lines: usize| {
            rated(family.misses(lines).map(|misses| self.rate(family, misses)))
        };
        let mut table = Vec::new();
        if let [_] = self.ways {
            let per = if self.seen.instructions > 0 { "per 1000 instr." } else { "of 1000" };
            let names = self.families.iter().flat_map(|f| [f.port.name(), per]);
            table.push(std::iter::once("lines").chain(names).map(str::to_owned).collect());
            for lines in self.sizes() {
                let mut row = vec![lines.to_string()];
                for family in &self.families {
                    let misses = family.misses(lines);
                    row.push(misses.map_or("-".to_owned(), |misses| misses.to_string()));
                    row.push(rate(family, lines));
                }
                table.push(row);
            }
            return table;
        }
        let ways = self.ways.iter().map(|ways| placement(*ways));
        table.push(["port", "lines"].map(str::to_owned).into_iter().chain(ways).collect());
        for port in self.ports() {
            for lines in self.sizes() {
                let of_port = self.families.iter().filter(|family| family.port == port);
                let cells = of_port.map(|family| rate(family, lines));
                let first = [port.name().to_owned(), lines.to_string()];
                table.push(first.into_iter().chain(cells).collect());
            }
        }
        table
    }

    fn ports(&self) -> Vec<Side> {
        let first = self.families.iter().filter(|family| family.ways == self.ways[0]);
        first.map(|family| family.port).collect()
    }

    fn notes(&self, table: &[Vec<String>]) -> Vec<String> {
        let mut notes = self.seen.doubts(self.ways);
        if self.json {
            return notes;
        }
        if self.ways.len() > 1 {
            notes.push(format!("the table has misses per 1000 {}; --csv has counts", self.per()));
        }
        let sets = self.ways.iter().find(|ways| **ways > 0);
        if let Some(ways) = sets.filter(|_| table.iter().flatten().any(|cell| cell == "-")) {
            notes.push(format!(
                "a minus is no size: in sets of N there are N, 2 N, 4 N and so on, as {}",
                [0, 1, 2].map(|n| (ways << n).to_string()).join(", ")
            ));
        }
        notes.push(self.cold());
        notes.extend(self.hardware());
        notes
    }

    /// What every size misses.
    fn cold(&self) -> String {
        let first = self.families.iter().filter(|family| family.ways == self.ways[0]);
        let always: Vec<_> = first.map(|f| format!("{} {}", f.always, f.port.name())).collect();
        let always = always.join(", ");
        let what = "first touches, first stores, and what fences removed";
        match self.avoidable {
            false => format!(
                "a page's first touch misses twice, by the walk that faults and by the repeat; every \
                 size has {always} misses ({what}), which --avoidable leaves out"
            ),
            true => format!(
                "left out, and counted by the hardware: the misses that every size has, {always} \
                 ({what})"
            ),
        }
    }

    /// Which sizes there are as hardware, and the command that counts their misses.
    fn hardware(&self) -> Option<String> {
        let config = self.seen.config;
        let names: Vec<_> = built(config.xlen).map(|size| size.entries.to_string()).collect();
        let (last, others) = names.split_last()?;
        let sizes = format!(
            "as hardware there are {} and {last} lines, fully associative or in 1, 2, 4 or 8 ways",
            others.join(", ")
        );
        let family = self.families.iter().max_by_key(|family| family.hardware(config).len())?;
        let built: Vec<_> = family.hardware(config).into_iter().map(|(_, name)| name).collect();
        Some(match &self.seen.command {
            Some(command) if !built.is_empty() && self.goal.is_none() => {
                format!("{sizes}; they count: {command} --config {}", built.join(","))
            }
            _ => sizes,
        })
    }

    fn picture(&self) -> Picture {
        let edge = self.edge();
        let points = |family: &Family| {
            let mut points = family.points.clone();
            if self.sizes.is_none() {
                points.retain(|(lines, _)| *lines <= edge);
                // Nothing changes from there on.
                let last = points.last().filter(|(lines, _)| family.ways == 0 && *lines < edge);
                points.extend(last.map(|(_, misses)| (edge, *misses)));
            }
            let place = |(lines, misses)| (lines as f64, self.rate(family, misses));
            points.into_iter().map(place).collect::<Vec<_>>()
        };
        let (mut curves, mut looks) = (Vec::new(), Vec::new());
        // What is most asked for comes first: it is drawn on top.
        for family in self
            .families
            .iter()
            .filter(|f| f.port != Side::Fetch)
            .chain(self.families.iter().filter(|f| f.port == Side::Fetch))
        {
            let several = self.ways.len() > 1;
            let is_fetch = family.port == Side::Fetch;
            let ways = self.ways.iter().position(|ways| *ways == family.ways).unwrap_or(0);
            let colour = if several { ways } else { usize::from(is_fetch) };
            looks.push(Look { colour, dashed: several && is_fetch && self.ports().len() > 1 });
            curves.push(Curve { name: family.name(), points: points(family) });
        }
        let values = curves.iter().flat_map(|curve| &curve.points).map(|(_, rate)| *rate);
        let (low, high) = values
            .filter(|rate| *rate > 0.0)
            .fold((f64::MAX, 0.0), |(low, high), rate| (rate.min(low), rate.max(high)));
        let axis = |name: String, log| Axis { name, unit: Unit::Count, log };
        let what = if self.avoidable { "avoidable misses" } else { "misses" };
        Picture {
            title: format!("{}: TLB misses against lines", self.seen.name),
            idea: match looks.iter().any(|look| look.dashed) {
                true => "LRU, every size from one pass. Dashed: fetch.".to_owned(),
                false => "LRU, every size from one pass.".to_owned(),
            },
            x: axis("lines".to_owned(), true),
            y: axis(format!("{what} per 1000 {}", self.per()), high > FAR * low),
            curves,
            looks,
            ..Picture::default()
        }
    }
}

/// Why there is no curve.
fn no_translations(seen: &Seen, port: Option<Side>) -> String {
    match port {
        Some(port) if seen.one_port != (port == Side::Both) => {
            let has = if seen.one_port { "one port, both" } else { "two ports, fetch and data" };
            format!("--port {}: {} has {has}", port.name(), seen.machine)
        }
        Some(port) => format!("{}: nothing was translated on port {}", seen.name, port.name()),
        None => format!("{}: nothing was translated, so that no TLB was asked", seen.name),
    }
}
