//! Load control: the medium-term scheduler, which suspends whole processes before they thrash.
//!
//! The running process is examined at the end of its turn. Memory is short when pages had to be
//! evicted during the turn; excessive demand is detected by page-fault frequency or by working
//! sets, see [`LoadControl`]. The newest of the ready processes is swapped out as a whole. It is
//! resumed, first suspended first, when as many frames are free as it held and as were lacking at
//! that time, or when no other process is left to run. At least one process always runs.

use crate::LoadControl;
use crate::schedule::working_set::WorkingSets;
use crate::{Activity, Event, Hal, Os, OsError, Pid};
use model::isa::PAGE_BYTES;
use std::collections::BTreeMap;

/// The state of load control.
#[derive(Debug, Default)]
pub(crate) struct Load {
    /// At the start of the turn: the running process's faults on evicted pages, and all evictions.
    faults: u64,
    evictions: u64,
    /// The time of that start, and the cycles that the kernel has worked since.
    began: u64,
    kernel: u64,
    /// With [`LoadControl::WorkingSet`], the working set of each process.
    pub(crate) working_sets: WorkingSets,
    /// Frames that must be free before each suspended process is resumed: those that it held, and
    /// those that were lacking then.
    wanted: BTreeMap<Pid, u64>,
    /// Processes suspended so far.
    pub(crate) suspensions: u64,
}

impl Os {
    /// How often load control suspended a process.
    pub fn suspensions(&self) -> u64 {
        self.load.suspensions
    }

    /// The kernel has worked for so many cycles: page-fault frequency does not count them as the
    /// process's own time.
    pub fn kernel_worked(&mut self, cycles: u64) {
        self.load.kernel += cycles;
    }

    /// A process has been given the processor.
    pub(crate) fn turn_begins(&mut self, now: u64, pid: Pid) {
        (self.load.began, self.load.kernel) = (now, 0);
        (self.load.faults, self.load.evictions) = (self.refaults(pid), self.evictions());
    }

    fn refaults(&self, pid: Pid) -> u64 {
        self.processes[pid].counters.refaults
    }

    fn evictions(&self) -> u64 {
        self.processes.iter().map(|process| process.counters.evictions).sum()
    }

    /// At the end of a turn: suspends a process if the load is too high.
    pub(crate) fn balance(&mut self, hal: &mut dyn Hal, pid: Pid) -> Result<(), OsError> {
        let control = self.config.load_control;
        if control == LoadControl::None || self.processes[pid].space.is_none() {
            return Ok(());
        }
        let faults = self.refaults(pid) - self.load.faults;
        let evicted = self.evictions() - self.load.evictions;
        let own = hal.now().saturating_sub(self.load.began).saturating_sub(self.load.kernel);
        let too_much = match control {
            LoadControl::None => false,
            LoadControl::Pff => evicted > 0 && faults > 0 && own / faults < self.config.pff_cycles,
            LoadControl::WorkingSet => {
                self.has_run(hal, pid, own)?;
                evicted > 0 && self.demand(None) > self.room()
            }
        };
        let last = self.schedule.competitors().max();
        let others = self.schedule.competitors().count() > 1;
        match last.filter(|_| too_much && others) {
            Some(last) => self.suspend(hal, last, evicted),
            None => Ok(()),
        }
    }

    /// Frames available to pages.
    pub(crate) fn room(&self) -> u64 {
        let census = self.memory.frames.census();
        census.free + census.pages
    }

    /// The working sets of all processes that are not suspended, and of one that would be resumed.
    fn demand(&self, returning: Option<Pid>) -> u64 {
        let out: Vec<Pid> = self.schedule.suspended().collect();
        let counts = |pid: &Pid| !out.contains(pid) || Some(*pid) == returning;
        let sets = &self.load.working_sets;
        sets.processes().filter(counts).map(|pid| sets.size(pid)).sum()
    }

    /// Swaps a process out as a whole; `short` frames were lacking while it was in.
    fn suspend(&mut self, hal: &mut dyn Hal, pid: Pid, short: u64) -> Result<(), OsError> {
        let account = hal.charge(Activity::Handler);
        self.schedule.suspend(pid, hal.now());
        let before = self.space(pid).resident;
        // It will not soon use the frames reserved for it, and a process that waits for a frame
        // must not wait for a suspended process.
        self.disk.release_frames(pid);
        self.happened(hal, Event::Suspended { pid });
        // No process has a page being read: the pages of the last fault may be evicted too.
        self.memory.pinned.clear();
        while self.space(pid).resident > 0 && self.evict(hal, Some(pid))? {}
        // Locked pages stay, so it does not need room for them on its return.
        self.load.wanted.insert(pid, before - self.space(pid).resident + short);
        self.forget_awaited();
        hal.charge(account);
        Ok(())
    }

    /// Resumes suspended processes for which there is room, or one if no other can run.
    pub(crate) fn admit(&mut self, hal: &mut dyn Hal) {
        loop {
            let Some(pid) = self.schedule.suspended().next() else { return };
            let alone = self.schedule.front().is_none() && self.schedule.next_wake().is_none();
            let wanted = self.load.wanted.get(&pid).copied().unwrap_or(0);
            let fits = match self.config.load_control {
                LoadControl::WorkingSet => self.demand(Some(pid)) <= self.room(),
                _ => wanted <= self.memory.frames.free(),
            };
            if !alone && !fits {
                return;
            }
            self.schedule.resume(hal.now());
            hal.event(Event::Resumed { pid });
        }
    }

    /// A process has ended: load control forgets it.
    pub(crate) fn unload(&mut self, pid: Pid) {
        self.load.working_sets.forget(pid);
        self.load.wanted.remove(&pid);
    }

    /// The addresses of a process's pages that are in frames, in order.
    pub fn resident_pages(&self, pid: Pid) -> Vec<u64> {
        let space = self.process(pid).and_then(|process| process.space.as_ref());
        let pages = space.into_iter().flat_map(|space| space.pages.iter());
        pages.filter(|(_, held)| held.mapped).map(|(vpn, _)| vpn * PAGE_BYTES).collect()
    }
}
