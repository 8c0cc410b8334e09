//! Fork: a process is duplicated; no page is copied unless the kernel is so configured.

use crate::memory::{Use, ZERO_PAGE};
use crate::paging::read_leaf;
use crate::space::table::{PageTable, Place};
use crate::{
    Activity, AddressSpace, Backing, Event, ForkKind, Hal, Os, OsCounters, OsError, Pid, Process,
    Region, Sstatus, State,
};
use model::isa::{PAGE_BYTES, pte};

impl Os {
    /// Makes a copy of the running process: its tables are copied, its pages are shared by both.
    /// Where a store by one must not be seen by the other, both lose W, and the parent is fenced
    /// before it runs again; with [`ForkKind::Copy`] such pages are copied instead. Devices stay
    /// with the parent. `None`: there is not enough memory, and there is no child.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn fork(&mut self, hal: &mut dyn Hal, name: &str) -> Result<Option<Pid>, OsError> {
        let Some(parent) = self.current else { return Ok(None) };
        self.memory.pinned.clear();
        let account = hal.charge(Activity::Handler);
        hal.wait(self.config.costs.trap + self.config.costs.handler)?;
        let child = self.next_pid;
        let copied = self.copy_process(hal, parent, child, name)?;
        if let Some(shared) = copied {
            self.next_pid += 1;
            self.schedule.arrive(child, hal.now(), Some(parent));
            self.process_mut(parent).counters.fork_shared_pages += shared;
            self.happened(hal, Event::Fork { parent, child, name: name.to_owned() });
        }
        self.leave(hal, parent, account, copied.is_some());
        Ok(copied.map(|_| child))
    }

    /// Makes the child, and returns how many pages it shares. `None` if memory does not suffice.
    fn copy_process(
        &mut self,
        hal: &mut dyn Hal,
        parent: Pid,
        child: Pid,
        name: &str,
    ) -> Result<Option<u64>, OsError> {
        if self.config.fork == ForkKind::CopyOnWrite {
            // A superpage belongs to one process: sharing is page by page.
            self.split_all(hal, parent)?;
        }
        let Some(root) = self.obtain_frame(hal, Use::Table(child))? else { return Ok(None) };
        let table = PageTable::new(hal, self.config.mode, root)?;
        self.show_kernel(hal, &table)?;
        let old = self.space(parent);
        let is_device = |backing| matches!(backing, Backing::Device { .. });
        let regions = old.regions.iter().filter(|(_, region)| !is_device(region.backing));
        // Locks are not inherited.
        let unlocked = |region: &Region| Region { locked: false, ..region.clone() };
        let regions = regions.map(|(start, region)| (*start, unlocked(region))).collect();
        let mut space = AddressSpace::new(table, regions, old.on_demand);
        space.widened = old.widened.clone();
        space.stack = old.stack;
        let vpns: Vec<u64> = old.pages.iter().map(|(vpn, _)| vpn).collect();
        let original = &self.processes[parent];
        let process = Process {
            pid: child,
            name: name.to_owned(),
            state: State::Runnable,
            space: Some(space),
            frames: original.frames,
            calling: None,
            sstatus: Sstatus::CLEAR,
            image: original.image,
            counters: OsCounters::default(),
            peak_resident: 0,
            peak_tables: 1,
        };
        self.processes.push(process);
        let (mut shared, mut doubled, mut closed) = (0, 0, false);
        let mut whole = true;
        for vpn in vpns {
            let copies = self.copies_at_fork(parent, vpn);
            let done = match copies {
                true => self.duplicate(hal, parent, child, vpn)?.map(|()| false),
                false => self.share(hal, parent, child, vpn)?,
            };
            let Some(revoked) = done else {
                whole = false;
                break;
            };
            closed |= revoked;
            let held = self.space(child).pages.contains(vpn);
            *if copies { &mut doubled } else { &mut shared } += u64::from(held);
        }
        if closed {
            // The parent may have writable translations of pages that are shared now.
            self.fence_space(hal, parent)?;
        }
        if !whole {
            let space = self.process_mut(child).space.take().expect("it was just made");
            self.free_address_space(hal, child, &space)?;
            let gone = self.processes.pop().expect("it was just made");
            // Work for a child that does not exist counts as the parent's.
            let counters = &mut self.process_mut(parent).counters;
            *counters += gone.counters;
            counters.fork_undone_pages += doubled;
            return Ok(None);
        }
        self.process_mut(parent).counters.fork_copied_pages += doubled;
        Ok(Some(shared))
    }

    /// Shares one page; returns whether the parent lost W by it. `None` if no frame is available
    /// for a table.
    fn share(
        &mut self,
        hal: &mut dyn Hal,
        parent: Pid,
        child: Pid,
        vpn: u64,
    ) -> Result<Option<bool>, OsError> {
        let va = vpn * PAGE_BYTES;
        // A page that was evicted meanwhile is brought in again when it is touched.
        let Some(&held) = self.space(parent).pages.get(vpn) else { return Ok(Some(false)) };
        self.hold(child, vpn, held.page);
        if !held.mapped {
            return Ok(Some(false));
        }
        self.memory.pinned.clear();
        if let Some(frame) = self.memory.frame_of(held.page) {
            self.memory.pinned.insert(frame);
        }
        let Some(at) = self.reach_without_kill(hal, child, va)? else { return Ok(None) };
        let (from, mut entry) = read_leaf(hal, self.space(parent), vpn)?;
        let private = held.page == ZERO_PAGE || !self.in_place(child, va, held.page);
        let bytes = self.config.mode.pte_bytes() as u8;
        let revoke = private && entry & pte::WRITE != 0;
        if revoke {
            entry = self.space(parent).table.update(hal, from, |entry| entry & !pte::WRITE)?;
        }
        // The child has neither read nor written it; the parent's entry says whether it is dirty.
        let kept = if private { !pte::WRITE } else { !0 };
        hal.write(at, bytes, entry & kept & !(pte::ACCESSED | pte::DIRTY))?;
        self.mark_mapped(child, vpn);
        Ok(Some(revoke))
    }

    /// As `reach`, but no process is killed for a table.
    pub(crate) fn reach_without_kill(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
    ) -> Result<Option<u64>, OsError> {
        loop {
            let pointer = match self.space(pid).table.find(hal, va / PAGE_BYTES, 0)? {
                Place::Leaf(at) => return Ok(Some(at)),
                Place::Missing { at, level } => (at, level),
            };
            let Some(table) = self.obtain_frame(hal, Use::Table(pid))? else { return Ok(None) };
            self.space_mut(pid).table.link(hal, va / PAGE_BYTES, pointer, table)?;
        }
    }
}
