//! One reference string, one policy, one frame limit: a run of the whole machine.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use kernel::{Layout, PolicyKind, RegionKind, RegionSpec, State, VirtualPage};
use machine::cpu::{self, Op, Program, ProgramError};
use machine::system::{Machine, MachineConfig, Observer, ProcessSpec, RunError};
use model::isa::{Access, Mode, PAGE_BYTES};
use model::mmu::Mmu;
use serde::Serialize;

use super::journal::{Journal, Row};
use super::string::Step;

/// The address of the string's first page.
const BASE: u64 = 0x40_0000;
/// The limit of distinct pages, which fit into an Sv32 address space.
pub(super) const MOST_PAGES: u64 = 500_000;
/// For longer strings the kernel's invariants are checked only at the end, not after every event:
/// each check scans all page tables.
const CHECKED: usize = 512;

/// The parameters of a run.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The translation scheme.
    pub mode: Mode,
    /// The policy.
    pub policy: PolicyKind,
    /// The limit of frames for the string's pages; at least 1.
    pub frames: u64,
    /// A timer tick comes after every so many references; 0: only where the string has one.
    pub tick_every: u64,
    /// Ticks for which WSClock keeps a page.
    pub tau: u64,
    /// The seed of everything random.
    pub seed: u64,
    /// Whether rows are requested.
    pub rows: bool,
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The policy.
    pub policy: &'static str,
    /// It is an oracle: it uses information that hardware does not provide.
    pub oracle: bool,
    /// Frames.
    pub frames: u64,
    /// References of the string.
    pub references: u64,
    /// Page faults: the page was in no frame.
    pub faults: u64,
    /// References whose page was in a frame.
    pub hits: u64,
    /// Faults that no policy can avoid: each page's first.
    pub cold_faults: u64,
    /// Evicted pages.
    pub evictions: u64,
    /// Pages written to the disk, at their eviction or ahead of it.
    pub writebacks: u64,
    /// Timer ticks.
    pub ticks: u64,
    /// Cycles of the run.
    pub cycles: u64,
    /// The steps, if requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<Row>>,
}

/// Why there is no outcome.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// More pages than a small address space has.
    #[error("the string names {pages} different pages; at most {MOST_PAGES} can be run")]
    TooManyPages {
        /// Their number.
        pages: u64,
    },
    /// The machine cannot be built, or failed.
    #[error(transparent)]
    Machine(#[from] RunError),
    /// The machine's behaviour contradicts the string: a defect.
    #[error("{policy} with {frames} frames: {what}")]
    Disagreement {
        /// The policy.
        policy: PolicyKind,
        /// Frames.
        frames: u64,
        /// The contradiction.
        what: String,
    },
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted,
}

/// The string's pages, mapped to consecutive virtual pages.
struct Numbering {
    /// The index by number in the string.
    index: BTreeMap<u64, u64>,
    /// The number in the string by index.
    label: Vec<u64>,
}

impl Numbering {
    fn of(steps: &[Step]) -> Result<Numbering, PolicyError> {
        let mut index = BTreeMap::new();
        for step in steps {
            if let Step::Reference { page, .. } = step {
                index.insert(*page, 0);
            }
        }
        let pages = index.len() as u64;
        if pages > MOST_PAGES {
            return Err(PolicyError::TooManyPages { pages });
        }
        (0..).zip(index.values_mut()).for_each(|(place, index)| *index = place);
        let label = index.keys().copied().collect();
        Ok(Numbering { index, label })
    }

    fn vpn(&self, page: u64) -> u64 {
        BASE / PAGE_BYTES + self.index[&page]
    }

    fn label(&self, vpn: u64) -> Option<u64> {
        self.label.get(vpn.checked_sub(BASE / PAGE_BYTES)? as usize).copied()
    }
}

/// The virtual page number of each page of a string that can be run, with its number there.
///
/// # Errors
/// [`PolicyError::TooManyPages`].
pub fn places(steps: &[Step]) -> Result<Vec<(u64, u64)>, PolicyError> {
    let numbering = Numbering::of(steps)?;
    Ok((BASE / PAGE_BYTES..).zip(numbering.label).collect())
}

/// Runs a string, perhaps observed. `stop` ends it early.
///
/// # Errors
/// [`PolicyError`].
pub fn run(
    mmu: Box<dyn Mmu>,
    setup: &Setup,
    steps: &[Step],
    observer: Option<Box<dyn Observer>>,
    stop: &AtomicBool,
) -> Result<Outcome, PolicyError> {
    let numbering = Numbering::of(steps)?;
    let pages = numbering.label.len() as u64;
    let with_ticks = ticked(steps, setup.tick_every);
    let mut machine = Machine::new(mmu, config(setup, pages, steps.len()))?;
    let pid = machine.spawn(ProcessSpec {
        name: "string".to_owned(),
        layout: Layout::Regions(vec![RegionSpec::new(RegionKind::Bss, BASE, pages)]),
        program: Box::new(References {
            ops: with_ticks.iter().map(|step| op(&numbering, step)).collect(),
            at: 0,
        }),
        frames: Some(setup.frames),
    })?;
    if setup.policy == PolicyKind::Opt {
        let future = steps.iter().filter_map(|step| match step {
            Step::Reference { page, .. } => Some(VirtualPage { pid, vpn: numbering.vpn(*page) }),
            Step::Tick => None,
        });
        machine.foresee(&future.collect::<Vec<_>>());
    }
    let journal = Rc::new(RefCell::new(Journal::default()));
    machine.observe(Box::new(journal.clone()));
    if let Some(observer) = observer {
        machine.observe(observer);
    }
    let outcome = machine.run(stop);
    if let Some(error) = outcome.error {
        return Err(error.into());
    }
    if outcome.stopped {
        return Err(PolicyError::Interrupted);
    }
    let differs =
        |what| PolicyError::Disagreement { policy: setup.policy, frames: setup.frames, what };
    for (_, state) in &outcome.states {
        let why = match state {
            State::Exited => continue,
            State::Killed { death } => death.to_string(),
            State::Runnable => "it still runs".to_owned(),
        };
        return Err(differs(format!("the program did not end by itself: {why}")));
    }
    let (followed, rows) = journal
        .take()
        .follow(&with_ticks, |vpn| numbering.label(vpn), setup.rows)
        .map_err(differs)?;
    let counts = outcome.report.total.faults;
    let faults = counts.minor_faults + counts.major_faults;
    if faults != followed {
        return Err(differs(format!("{faults} faults counted, {followed} seen")));
    }
    let ticks = with_ticks.iter().filter(|step| **step == Step::Tick).count() as u64;
    let references = with_ticks.len() as u64 - ticks;
    Ok(Outcome {
        policy: setup.policy.name(),
        oracle: outcome.report.policy_is_oracle,
        frames: setup.frames,
        references,
        faults,
        hits: references - faults,
        cold_faults: pages,
        evictions: counts.evictions,
        writebacks: counts.swap_outs,
        ticks,
        cycles: outcome.report.cycles,
        steps: setup.rows.then_some(rows),
    })
}

/// Enough memory for the kernel, all page tables, and as many pages as can be resident: pages are
/// evicted only because of the frame limit.
fn config(setup: &Setup, pages: u64, steps: usize) -> MachineConfig {
    let default = MachineConfig::default();
    let tables = 16 + pages / 512;
    MachineConfig {
        mode: setup.mode,
        frames: default.kernel + tables + setup.frames.min(pages),
        swap: pages as u32 + 1,
        policy: setup.policy,
        tau: setup.tau,
        quantum: 0,
        // The next access begins when the one before is complete.
        window: 1,
        seed: setup.seed,
        check_every: (steps <= CHECKED).then_some(1),
        ..default
    }
}

/// The string with a tick after every so many references.
fn ticked(steps: &[Step], every: u64) -> Vec<Step> {
    let mut with_ticks = Vec::with_capacity(steps.len());
    let mut references = 0;
    for step in steps {
        with_ticks.push(*step);
        references += u64::from(*step != Step::Tick);
        if every > 0 && *step != Step::Tick && references % every == 0 {
            with_ticks.push(Step::Tick);
        }
    }
    with_ticks
}

/// A step in compact form: a page's virtual page number and whether it is stored to; `None` is a
/// tick.
type Packed = Option<(u32, bool)>;

fn op(numbering: &Numbering, step: &Step) -> Packed {
    match step {
        Step::Reference { page, store } => Some((numbering.vpn(*page) as u32, *store)),
        Step::Tick => None,
    }
}

/// One access per reference.
struct References {
    ops: Vec<Packed>,
    at: usize,
}

impl Program for References {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        let step = *self.ops.get(self.at)?;
        self.at += 1;
        Some(Ok(match step {
            None => Op::Tick,
            Some((vpn, store)) => {
                let kind = if store { Access::Store } else { Access::Load };
                Op::Access(cpu::Access { kind, va: u64::from(vpn) * PAGE_BYTES, bytes: 4 })
            }
        }))
    }
}
