//! Compares the results of a run with the file: ends, counts, evicted pages, faults.

use std::collections::BTreeMap;

use kernel::{PolicyKind, RegionSpec, State};
use machine::stats::ProcessReport;
use machine::system::Life;

use super::expect::{self, Expected, Figures, Miss, compare};
use super::mismatch::Mismatch;
use super::place::Place;
use super::ports::Stop;
use super::program::title;
use super::story::Played;
use super::system::{PageText, ProcessText, System};
use super::variant::Variant;

/// The first difference from the file.
pub(super) fn judge(
    system: &System,
    variant: &Variant,
    played: &Played,
    figures: &Figures,
) -> Result<(), Stop> {
    let report = &played.outcome.report;
    let judge = Judge { variant, cycle: report.cycles };
    if let Some(error) = &played.outcome.error {
        return judge.differs("the run", "to end by itself", &error.to_string());
    }
    if played.outcome.stopped {
        return judge.differs("the run", "to end by itself", "it was interrupted");
    }
    let root = Place::file();
    for (number, (process, pids)) in system.process.iter().zip(&played.pids).enumerate() {
        let place = root.key("process").item(number);
        if pids.is_empty() && process.forked && !process.ends.allow("never") {
            let what = format!("process `{}`", process.name);
            return judge.differs(&what, "to be forked", "it was never made");
        }
        let reports = report.processes.iter().filter(|report| pids.contains(&report.pid));
        for report in reports {
            judge.end(process, &place, report)?;
            let whose = format!(" of `{}`", process.name);
            let by_policy = judge.by_policy(&process.expect_by_policy);
            if by_policy.is_some() || !process.expect.is_empty() {
                let figures = expect::of_process(report);
                judge.figures((&process.expect, &place.key("expect")), &figures, &whose)?;
                if let Some(expected) = by_policy {
                    let place = judge.policy_place(&place);
                    judge.figures((expected, &place), &figures, &whose)?;
                }
            }
            let victims = judge.by_policy(&process.victims_by_policy);
            let victims = victims.or(process.victims.as_ref());
            if process.expects_pages() {
                let life = played.lives.get(&report.pid).cloned().unwrap_or_default();
                judge.life(process, victims, &system.regions(process), &life)?;
            }
        }
    }
    judge.figures((&system.expect, &root.key("expect")), figures, "")?;
    match judge.by_policy(&system.expect_by_policy) {
        Some(expected) => judge.figures((expected, &judge.policy_place(&root)), figures, ""),
        None => Ok(()),
    }
}

struct Judge<'v> {
    variant: &'v Variant,
    cycle: u64,
}

impl Judge<'_> {
    fn differs(&self, what: &str, expected: &str, got: &str) -> Result<(), Stop> {
        Err(Stop::Mismatch(Box::new(Mismatch::new(self.cycle, 0, what, expected, got))))
    }

    /// The expectation for the policy that runs.
    fn by_policy<'e, T>(&self, expected: &'e BTreeMap<PolicyKind, T>) -> Option<&'e T> {
        self.variant.policy.and_then(|policy| expected.get(&policy))
    }

    /// The place of the counts for that policy.
    fn policy_place(&self, place: &Place) -> Place {
        let policy = self.variant.policy.map_or("", PolicyKind::name);
        place.key("expect_by_policy").key(policy)
    }

    fn end(
        &self,
        process: &ProcessText,
        place: &Place,
        report: &ProcessReport,
    ) -> Result<(), Stop> {
        let what = format!("end of process `{}`", process.name);
        let (got, shown, places) = match &report.state {
            State::Killed { death } => (death.name(), death.to_string(), death.addresses()),
            State::Exited => ("exited", "exited".to_owned(), [None; 2]),
            State::Runnable => ("runnable", "not ended".to_owned(), [None; 2]),
        };
        if !process.ends.allow(got) {
            return self.differs(&what, &process.ends.to_string(), &format!("{got}: {shown}"));
        }
        let Some(at) = &process.at else { return Ok(()) };
        let at = at.word(&self.variant.variables());
        let at = at.map_err(|message| place.key("at").wrong(message))?;
        if places.contains(&Some(at)) {
            return Ok(());
        }
        self.differs(&what, &format!("because of {at:#x}"), &shown)
    }

    fn figures(
        &self,
        (wanted, place): (&Expected, &Place),
        figures: &Figures,
        whose: &str,
    ) -> Result<(), Stop> {
        match compare(wanted, place, figures, &self.variant.variables()) {
            Ok(()) => Ok(()),
            Err(Miss::Invalid(mistake)) => Err(mistake.into()),
            Err(Miss::Differs(name, expected, got)) => {
                self.differs(&format!("{name}{whose}"), &expected, &got)
            }
        }
    }

    fn life(
        &self,
        process: &ProcessText,
        victims: Option<&Vec<PageText>>,
        regions: &[RegionSpec],
        life: &Life,
    ) -> Result<(), Stop> {
        let whose = &process.name;
        if let Some(victims) = victims {
            let what = format!("pages evicted from `{whose}`");
            self.pages(&what, addresses(victims, regions), life.victims.clone(), regions)?;
        }
        if let Some(after) = &process.frames_after {
            let what = format!("pages of `{whose}` in frames at its end");
            let mut wanted = addresses(after, regions);
            wanted.sort_unstable();
            self.pages(&what, wanted, life.frames_after.clone(), regions)?;
        }
        match &process.faults_at {
            Some(wanted) if *wanted != life.faults_at => {
                let what = format!("accesses of `{whose}` that faulted");
                self.differs(&what, &list(wanted), &list(&life.faults_at))
            }
            _ => Ok(()),
        }
    }

    fn pages(
        &self,
        what: &str,
        wanted: Vec<u64>,
        got: Vec<u64>,
        regions: &[RegionSpec],
    ) -> Result<(), Stop> {
        if wanted == got {
            return Ok(());
        }
        let show =
            |pages: &[u64]| list(&pages.iter().map(|va| name(*va, regions)).collect::<Vec<_>>());
        self.differs(what, &show(&wanted), &show(&got))
    }
}

/// The pages' addresses; a page without one was refused when the file was parsed.
fn addresses(pages: &[PageText], regions: &[RegionSpec]) -> Vec<u64> {
    pages.iter().filter_map(|page| page.address(regions).ok()).collect()
}

/// Entries as a sentence lists them.
fn list(entries: &[impl ToString]) -> String {
    let words: Vec<_> = entries.iter().map(ToString::to_string).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// A page as the file would name it: by the nearest region that begins at or below it.
fn name(va: u64, regions: &[RegionSpec]) -> String {
    let below = regions.iter().filter(|region| region.start <= va);
    match below.max_by_key(|region| region.start) {
        Some(region) => {
            let name = title(region);
            format!("{name} {}", (va - region.start) / model::isa::PAGE_BYTES)
        }
        None => format!("{va:#x}"),
    }
}
