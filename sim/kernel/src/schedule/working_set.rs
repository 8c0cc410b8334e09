//! Working sets: the pages that a process used within the last Δ cycles of its own time.
//!
//! Denning's W(t, Δ), sampled as a kernel can: when a window of the process's own time is over, the
//! accessed bits of its pages are counted, cleared and fenced. Pages that were used and evicted
//! within the window belong to it too: a process that thrashes holds few pages of its working set.
//! Replacement policies use the same bits, so a bit that the sample clears is kept for them in the
//! page's record ([`Page::young`](crate::memory::Page::young)).

use crate::paging::read_leaf;
use crate::{Activity, Hal, Os, OsError, Pid};
use model::isa::pte;
use model::mmu::Fence;
use std::collections::{BTreeMap, BTreeSet};

/// The samples of one process.
#[derive(Debug, Default)]
struct Window {
    /// Cycles of its own since the last sample.
    own: u64,
    /// Pages used since then whose accessed bit has been cleared.
    lost: BTreeSet<u64>,
    /// Pages of the last complete window.
    size: u64,
}

/// The working sets of all processes that have had a turn.
#[derive(Debug, Default)]
pub(crate) struct WorkingSets(BTreeMap<Pid, Window>);

impl WorkingSets {
    /// A page was used in this window, and its accessed bit is about to be lost.
    pub(crate) fn used(&mut self, pid: Pid, vpn: u64) {
        if let Some(window) = self.0.get_mut(&pid) {
            window.lost.insert(vpn);
        }
    }

    /// Whether a process is sampled.
    pub(crate) fn knows(&self, pid: Pid) -> bool {
        self.0.contains_key(&pid)
    }

    /// The size of a process's working set: the pages of its last window, or of this one if they
    /// are more already.
    pub(crate) fn size(&self, pid: Pid) -> u64 {
        self.0.get(&pid).map_or(0, |window| window.size.max(window.lost.len() as u64))
    }

    /// The processes that were sampled.
    pub(crate) fn processes(&self) -> impl Iterator<Item = Pid> + '_ {
        self.0.keys().copied()
    }

    /// A process has ended.
    pub(crate) fn forget(&mut self, pid: Pid) {
        self.0.remove(&pid);
    }
}

impl Os {
    /// A process has run for `own` cycles of its own: samples it if its window is over.
    pub(crate) fn has_run(&mut self, hal: &mut dyn Hal, pid: Pid, own: u64) -> Result<(), OsError> {
        let window = self.load.working_sets.0.entry(pid).or_default();
        window.own += own;
        if window.own < self.config.ws_cycles {
            return Ok(());
        }
        window.own = 0;
        let mut used = std::mem::take(&mut window.lost);
        self.sample(hal, pid, &mut used)?;
        let window = self.load.working_sets.0.entry(pid).or_default();
        window.size = used.len() as u64;
        Ok(())
    }

    /// Adds the pages whose accessed bit is set, clears those bits, and fences.
    fn sample(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        used: &mut BTreeSet<u64>,
    ) -> Result<(), OsError> {
        let account = hal.charge(Activity::Handler);
        let mapped = self.space(pid).pages.iter().filter(|(_, held)| held.mapped);
        let mapped: Vec<_> = mapped.map(|(vpn, held)| (vpn, held.page)).collect();
        let mut cleared = false;
        for (vpn, page) in mapped {
            let (at, entry) = read_leaf(hal, self.space(pid), vpn)?;
            if entry & pte::ACCESSED != 0 {
                used.insert(vpn);
                cleared = true;
                self.space(pid).table.update(hal, at, |entry| entry & !pte::ACCESSED)?;
                if let Some(page) = self.memory.pages.get_mut(page) {
                    page.young = true;
                }
            }
        }
        if let Some(asid) = self.asids.held(pid).filter(|_| cleared) {
            hal.fence(Fence { va: None, asid: Some(asid) })?;
        }
        hal.charge(account);
        Ok(())
    }
}
