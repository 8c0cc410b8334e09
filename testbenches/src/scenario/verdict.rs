//! What came of a run held against the file: ends, counts, victims, faults.

use std::collections::BTreeMap;

use sim::machine::Life;
use sim::os::{PolicyKind, RegionSpec, State};
use sim::stats::ProcessReport;

use super::expect::{self, Expected, Figures, Miss, compare};
use super::ports::Stop;
use super::story::{Played, finding};
use super::system::{PageText, ProcessText, System};
use super::variant::Variant;

/// The first thing that is not as the file says.
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
    for (process, pids) in system.process.iter().zip(&played.pids) {
        if pids.is_empty() && process.forked && !process.may_end("never") {
            let what = format!("process `{}`", process.name);
            return judge.differs(&what, "to be forked", "it was never made");
        }
        let reports = report.processes.iter().filter(|report| pids.contains(&report.pid));
        for report in reports {
            judge.end(process, report)?;
            let whose = format!(" of `{}`", process.name);
            let figures = expect::of_process(report);
            judge.figures(&process.expect, &figures, &whose)?;
            if let Some(expected) = judge.by_policy(&process.expect_by_policy, system)? {
                judge.figures(expected, &figures, &whose)?;
            }
            let life = played.lives.get(&report.pid).cloned().unwrap_or_default();
            let victims = judge.by_policy(&process.victims_by_policy, system)?;
            let victims = victims.or(process.victims.as_ref());
            judge.life(process, victims, &system.regions(process), &life)?;
        }
    }
    judge.figures(&system.expect, figures, "")?;
    match judge.by_policy(&system.expect_by_policy, system)? {
        Some(expected) => judge.figures(expected, figures, ""),
        None => Ok(()),
    }
}

struct Judge<'v> {
    variant: &'v Variant,
    cycle: u64,
}

impl Judge<'_> {
    fn differs(&self, what: &str, expected: &str, got: &str) -> Result<(), Stop> {
        Err(Stop::Mismatch(Box::new(finding(self.cycle, what, expected, got))))
    }

    /// What is expected under the policy that runs. An expectation of a policy that the file does
    /// not run would never be looked at: that is a mistake.
    fn by_policy<'e, T>(
        &self,
        expected: &'e BTreeMap<PolicyKind, T>,
        system: &System,
    ) -> Result<Option<&'e T>, Stop> {
        let policies = system.os.policies();
        if let Some(stranger) = expected.keys().find(|kind| !policies.contains(&Some(**kind))) {
            let message = format!("`os.policy` does not name {stranger}, which is expected of");
            return Err(Stop::Nonsense(1, message));
        }
        Ok(self.variant.policy.and_then(|policy| expected.get(&policy)))
    }

    fn end(&self, process: &ProcessText, report: &ProcessReport) -> Result<(), Stop> {
        let what = format!("end of process `{}`", process.name);
        let (got, shown) = match &report.state {
            State::Killed { death } => (death.name(), death.to_string()),
            State::Exited => ("exited", "exited".to_owned()),
            State::Runnable => ("runnable", "not ended".to_owned()),
        };
        if !process.may_end(got) {
            return self.differs(&what, &process.ends, &format!("{got}: {shown}"));
        }
        let Some(at) = &process.at else { return Ok(()) };
        let at = at.value(&self.variant.variables()).map_err(|text| Stop::Nonsense(1, text))?;
        if shown.contains(&format!("{at:#x}")) {
            return Ok(());
        }
        self.differs(&what, &format!("because of {at:#x}"), &shown)
    }

    fn figures(&self, wanted: &Expected, figures: &Figures, whose: &str) -> Result<(), Stop> {
        match compare(wanted, figures, &self.variant.variables()) {
            Ok(()) => Ok(()),
            Err(Miss::Nonsense(message)) => Err(Stop::Nonsense(1, message)),
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
            let what = format!("pages that `{whose}` lost");
            self.pages(&what, addresses(victims, regions)?, life.victims.clone(), regions)?;
        }
        if let Some(after) = &process.frames_after {
            let what = format!("pages of `{whose}` in frames at its end");
            let mut wanted = addresses(after, regions)?;
            wanted.sort_unstable();
            self.pages(&what, wanted, life.frames_after.clone(), regions)?;
        }
        match &process.faults_at {
            Some(wanted) if *wanted != life.faults_at => {
                let what = format!("accesses of `{whose}` that faulted");
                self.differs(&what, &format!("{wanted:?}"), &format!("{:?}", life.faults_at))
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
        let show = |pages: &[u64]| {
            let names: Vec<_> = pages.iter().map(|va| name(*va, regions)).collect();
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        };
        self.differs(what, &show(&wanted), &show(&got))
    }
}

fn addresses(pages: &[PageText], regions: &[RegionSpec]) -> Result<Vec<u64>, Stop> {
    let address = |page: &PageText| page.address(regions);
    pages.iter().map(address).collect::<Result<_, _>>().map_err(|text| Stop::Nonsense(1, text))
}

/// A page as the file would name it: by the nearest region that begins below it.
fn name(va: u64, regions: &[RegionSpec]) -> String {
    let below = regions.iter().filter(|region| region.start <= va);
    match below.max_by_key(|region| region.start) {
        Some(region) => {
            let name = region.name.as_deref().unwrap_or(region.kind.name());
            format!("{name} {}", (va - region.start) / sim::isa::PAGE_BYTES)
        }
        None => format!("{va:#x}"),
    }
}
