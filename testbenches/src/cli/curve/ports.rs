//! TLBs of every size, behind the ports of a run.

use std::sync::atomic::Ordering::Relaxed;

use anyhow::{anyhow, bail, ensure};
use engine::{Config, Engine, find};
use model::mmu::{Mmu, Organisation, PerPort, Port};
use scenario::load::Body;
use scenario::observe::{observe_on, variants};

use super::pages::{doubling, sizes};
use super::{CurveArgs, as_trace};
use crate::cli::progress::Progress;
use crate::cli::run::known;
use crate::cli::trace::{Job, environment, process_name, status};
use crate::cli::{Status, interrupt, output, subject};
use crate::curve::depths::Depths;
use crate::curve::sheet::{Cell, Sheet, rated};
use crate::curve::tap::Tap;
use crate::curve::tlb::Translations;
use crate::explore::draw::{Axis, Curve, Picture, Unit};

/// The largest number of sets, as a power of two.
const MOST_SETS: u32 = 8;
/// The most ways of a set.
const MOST_WAYS: usize = 64;

/// What was seen at the ports.
struct Seen {
    name: String,
    /// The machine, in words.
    machine: String,
    one_port: bool,
    /// Its file says in which cycles requests come.
    timed: bool,
    tlbs: PerPort<Translations>,
    instructions: u64,
}

/// The curves of a trace or a scenario.
pub(super) fn tlbs(
    arguments: &CurveArgs,
    engine: Engine,
) -> anyhow::Result<(Option<Sheet>, String, Status)> {
    let ways = match &arguments.ways[..] {
        [] => vec![0],
        ways => ways.to_vec(),
    };
    for (at, one) in ways.iter().enumerate() {
        ensure!(*one <= MOST_WAYS, "--ways {one}: at most {MOST_WAYS}; 0 is fully associative");
        ensure!(!ways[..at].contains(one), "--ways: {one} is named twice");
    }
    let sizes = sizes(arguments)?;
    let sets = if ways == [0] { 0 } else { MOST_SETS };
    let (seen, status) = if subject::is_scenario(arguments.subject()) {
        (scenario_of(arguments, sets, engine)?, Status::Fine)
    } else {
        trace_of(arguments, sets, engine)?
    };
    let Some(seen) = seen else { return Ok((None, String::new(), status)) };
    let stem = format!("{}-tlb", seen.name.replace('/', "-"));
    Ok((Some(seen.sheet(&ways, sizes)), stem, status))
}

/// An error if a configuration has parts that no curve depends on.
fn check(config: &Config) -> anyhow::Result<()> {
    let Organisation { one_port, sizes, .. } = config.organisation;
    let plain = Organisation { one_port, sizes, ..Organisation::NONE };
    ensure!(
        config.organisation == plain,
        "{}: a curve is of first-level TLBs of every size under LRU; replacement, ways, registered \
         answers, a second level, and what shortens walks have no effect on it. Leave them out",
        config.name
    );
    Ok(())
}

fn trace_of(
    arguments: &CurveArgs,
    sets: u32,
    engine: Engine,
) -> anyhow::Result<(Option<Seen>, Status)> {
    let name = arguments.config.as_deref().unwrap_or("rv64_linux");
    known(Some(name))?;
    let config = find(name)?;
    check(config)?;
    let as_trace = as_trace(arguments);
    let environment = environment(&as_trace, config)?;
    let job = Job::new(&as_trace)?;
    let progress = job.progress();
    let (tap, tapped) = Tap::new(config.mmu(engine), sets);
    let mut machine = job.machine(Box::new(tap), &environment, &progress)?;
    let outcome = machine.run(job.stop);
    progress.clear();
    job.has_run(&outcome)?;
    job.warn();
    let status = status(&outcome, "");
    if outcome.stopped || outcome.error.is_some() {
        return Ok((None, status));
    }
    let report = &outcome.report;
    let tlbs = tapped.borrow().clone();
    let seen = Seen {
        name: process_name(arguments.subject()).to_owned(),
        machine: format!("{} {}", report.mmu, report.mode),
        one_port: config.organisation.one_port,
        timed: false,
        tlbs,
        instructions: report.total.accesses.instructions,
    };
    Ok((Some(seen), status))
}

fn scenario_of(arguments: &CurveArgs, sets: u32, engine: Engine) -> anyhow::Result<Option<Seen>> {
    let of_traces = [
        (arguments.config.is_some(), "--config"),
        (arguments.mode.is_some(), "--mode"),
        (!arguments.os.is_empty(), "--os"),
        (arguments.fold, "--fold"),
        (arguments.pid.is_some(), "--pid"),
    ];
    if let Some((_, option)) = of_traces.iter().find(|(stated, _)| *stated) {
        bail!("{option} has no effect on a scenario: its file says on which machine it runs");
    }
    let subject = arguments.subject();
    let scenario = subject::scenario(subject)?;
    let variants = variants(&scenario)?;
    let variant = variants
        .first()
        .ok_or_else(|| anyhow!("{subject} runs on no MMU: there is no TLB to draw a curve of"))?;
    check(variant.config)?;
    let stop = interrupt::stop_flag()?;
    let progress = Progress::counting("cycles");
    let (tap, tapped) = Tap::new(variant.config.mmu(engine), sets);
    let mut mmus: Vec<Box<dyn Mmu>> = vec![Box::new(tap)];
    for _ in 1..scenario.harts() {
        mmus.push(variant.config.mmu(engine));
    }
    let observed = observe_on(&scenario, variant, mmus, None, None, stop);
    progress.clear();
    let observed = observed?;
    if stop.load(Relaxed) {
        output::note("interrupted: the scenario did not run to its end");
        return Ok(None);
    }
    observed.notes.iter().for_each(|note| output::note(note));
    let instructions = observed.report["total"]["accesses"]["instructions"].as_u64();
    let tlbs = tapped.borrow().clone();
    Ok(Some(Seen {
        name: scenario.name.trim_end_matches(".toml").to_owned(),
        machine: variant.to_string(),
        one_port: variant.config.organisation.one_port,
        timed: matches!(scenario.body, Body::Ports(..)),
        tlbs,
        instructions: instructions.unwrap_or(0),
    }))
}

/// A TLB behind a port, of every size.
struct Family<'s> {
    port: &'s str,
    ways: usize,
    /// Its sizes, with the misses of each.
    points: Vec<(usize, u64)>,
    uses: u64,
}

impl Family<'_> {
    fn misses(&self, lines: usize) -> Option<u64> {
        if let Some((_, misses)) = self.points.iter().find(|(size, _)| *size == lines) {
            return Some(*misses);
        }
        // Above the last size of a fully associative one nothing changes.
        let last = self.points.last().filter(|(size, _)| self.ways == 0 && lines > *size)?;
        Some(last.1)
    }
}

impl Seen {
    fn families(&self, ways: &[usize]) -> Vec<Family<'_>> {
        let mut all = Vec::new();
        for port in Port::ALL {
            let tlbs = &self.tlbs[port];
            let whole = tlbs.depths(0);
            if whole.uses() == 0 {
                continue;
            }
            for &ways in ways {
                let points = match ways {
                    0 => whole.misses().into_iter().enumerate().skip(1).collect(),
                    _ => in_sets(ways, |sets| tlbs.depths(sets)),
                };
                let port = if self.one_port { "both" } else { port.name() };
                all.push(Family { port, ways, points, uses: whole.uses() });
            }
        }
        all
    }

    /// Misses per 1000 instructions, if there were any.
    fn mpki(&self, misses: u64) -> Option<f64> {
        (self.instructions > 0).then(|| 1000.0 * misses as f64 / self.instructions as f64)
    }

    fn sheet(&self, ways: &[usize], sizes: Option<Vec<usize>>) -> Sheet {
        let families = self.families(ways);
        let mut rows = Vec::new();
        for family in &families {
            for (lines, misses) in &family.points {
                rows.push(vec![
                    Cell::Text(family.port.to_owned()),
                    Cell::Count(family.ways as u64),
                    Cell::Count(*lines as u64),
                    Cell::Count(*misses),
                    Cell::Rate(Some(*misses as f64 / family.uses as f64)),
                    Cell::Rate(self.mpki(*misses)),
                ]);
            }
        }
        let uses = families.iter().filter(|family| family.ways == ways[0]);
        let uses: Vec<_> = uses.map(|f| format!("{} {}", f.uses, f.port)).collect();
        let head = format!(
            "{} on {}: misses of LRU TLBs; {} translations",
            self.name,
            self.machine,
            uses.join(", ")
        );
        Sheet {
            head: vec![head],
            columns: vec!["port", "ways", "lines", "misses", "miss_ratio", "mpki"],
            rows,
            table: self.table(&families, sizes),
            notes: self.notes(ways),
            picture: self.picture(&families),
        }
    }

    fn table(&self, families: &[Family<'_>], sizes: Option<Vec<usize>>) -> Vec<Vec<String>> {
        let rated_by = if self.instructions > 0 { "per 1000 instr." } else { "of 1000" };
        let mut head = vec!["lines".to_owned()];
        for family in families {
            head.extend([family.name(), rated_by.to_owned()]);
        }
        let last = families.iter().filter(|f| f.ways == 0).map(|f| f.points.len()).max();
        let in_sets = families.iter().filter(|f| f.ways > 0);
        let in_sets: Vec<_> = in_sets.flat_map(|f| f.points.iter().map(|(n, _)| *n)).collect();
        let mut sizes = sizes.unwrap_or_else(|| match last {
            Some(last) => doubling(last),
            None => in_sets,
        });
        sizes.sort_unstable();
        sizes.dedup();
        let row = |lines: usize| {
            let mut row = vec![lines.to_string()];
            for family in families {
                let misses = family.misses(lines);
                let ratio = |misses: u64| 1000.0 * misses as f64 / family.uses as f64;
                let rate = misses.map(|misses| self.mpki(misses).unwrap_or_else(|| ratio(misses)));
                row.push(misses.map_or("-".to_owned(), |misses| misses.to_string()));
                row.push(rated(rate));
            }
            row
        };
        std::iter::once(head).chain(sizes.into_iter().map(row)).collect()
    }

    fn notes(&self, ways: &[usize]) -> Vec<String> {
        let mut notes = Vec::new();
        let doubts: u64 = Port::ALL.iter().map(|port| self.tlbs[*port].doubts()).sum();
        if doubts > 0 {
            notes.push(format!(
                "{doubts} translations used a line after it had refused an access, without a fence \
                 between; where sizes differ in that, their misses may differ from these"
            ));
        }
        if self.one_port && self.timed {
            notes.push(
                "fetches and data that wait at the same time take turns on one port, and when they \
                 wait depends on the TLB that was observed: for others the misses are estimates"
                    .to_owned(),
            );
        }
        let large = Port::ALL.iter().any(|port| self.tlbs[*port].has_large());
        if large && ways.iter().any(|ways| *ways > 0) {
            notes.push(
                "there were superpages: the set of one is chosen by the address that missed, which \
                 depends on the size; in sets the misses are estimates"
                    .to_owned(),
            );
        }
        notes
    }

    fn picture(&self, families: &[Family<'_>]) -> Picture {
        let rate = |family: &Family<'_>, misses: u64| {
            self.mpki(misses).unwrap_or(1000.0 * misses as f64 / family.uses as f64)
        };
        let curve = |family: &Family<'_>| {
            let points = family.points.iter();
            let points = points.map(|(n, misses)| (*n as f64, rate(family, *misses))).collect();
            Curve { name: family.name(), points }
        };
        let per = if self.instructions > 0 { "instructions" } else { "translations" };
        Picture {
            title: format!("{}: TLB misses against lines", self.name),
            idea: "LRU, every size from one pass.".to_owned(),
            x: Axis { name: "lines".to_owned(), unit: Unit::Count, log: true },
            y: Axis { name: format!("misses per 1000 {per}"), unit: Unit::Count, log: false },
            categories: None,
            curves: families.iter().map(curve).collect(),
            remarks: Vec::new(),
        }
    }
}

impl Family<'_> {
    fn name(&self) -> String {
        match self.ways {
            0 => self.port.to_owned(),
            1 => format!("{}, 1 way", self.port),
            ways => format!("{}, {ways} ways", self.port),
        }
    }
}

/// The sizes of sets of so many ways.
fn in_sets(ways: usize, depths: impl Fn(u32) -> Depths) -> Vec<(usize, u64)> {
    let size = |sets: u32| (ways << sets, depths(sets).misses_with(ways));
    (0..=MOST_SETS).map(size).collect()
}
