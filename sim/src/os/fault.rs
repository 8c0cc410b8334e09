//! What a fault means, and what is done about it.

use super::region::RegionKind;
use super::source::Source;
use super::space::{Bounds, Owner};
use super::table;
use super::{
    Activity, Death, Event, FaultKind, Hal, Os, OsCounters, OsError, Permissions, Pid, Process,
    Refusal, Region,
};
use crate::isa::{Access, Fault, PAGE_BYTES, pte};

/// Faults of one access in a row that the kernel resolves before it gives up: demand, A, D and a
/// spurious one make four.
const PATIENCE: u32 = 8;

/// What becomes of the process that faulted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It repeats the access.
    Resume,
    /// It is gone.
    Killed,
    /// The kernel's own access, on its behalf, is not allowed: the call fails.
    Refused(Refusal),
}

impl Os {
    /// Handles a fault of the running process.
    ///
    /// # Errors
    /// [`OsError::Livelock`] when the same access goes on faulting; else the hardware's.
    pub fn fault(
        &mut self,
        hal: &mut dyn Hal,
        access: Access,
        fault: Fault,
    ) -> Result<Verdict, OsError> {
        let Some(pid) = self.current else { return Ok(Verdict::Killed) };
        let this = Some((pid, fault.tval, access));
        self.repeats = if self.last_fault == this { self.repeats + 1 } else { 0 };
        self.last_fault = this;
        if self.repeats > PATIENCE {
            return Err(OsError::Livelock { cycle: hal.now(), va: fault.tval });
        }
        self.disk.let_go(pid);
        let account = hal.charge(Activity::Handler);
        hal.wait(self.config.costs.trap)?;
        self.pinned.clear();
        self.disk.begin_fault(pid);
        let calling = self.processes[&pid].calling.is_some();
        self.process_mut(pid).counters.supervisor_faults += u64::from(calling);
        let verdict = self.resolve(hal, pid, access, fault)?;
        let verdict = self.refused.take().map_or(verdict, Verdict::Refused);
        if self.disk.put_off() {
            let kind = self.noted;
            let counters = self.counters_of(pid);
            *counters.faults_of(kind) -= 1;
            counters.deferred_faults += 1;
        }
        let alive = self.end_fault(hal, pid, fault.tval);
        hal.charge(account);
        Ok(match verdict {
            Verdict::Killed if alive => Verdict::Resume,
            verdict => verdict,
        })
    }

    /// Memory refused an access whose translation succeeded.
    ///
    /// # Errors
    /// The hardware's.
    pub fn bus_error(&mut self, hal: &mut dyn Hal, va: u64, pa: u64) -> Result<Verdict, OsError> {
        let Some(pid) = self.current else { return Ok(Verdict::Killed) };
        if self.processes[&pid].calling.is_some() {
            return Ok(Verdict::Refused(Refusal::BadAddress));
        }
        self.kill(hal, pid, Death::BusError { va, pa })?;
        Ok(Verdict::Killed)
    }

    fn resolve(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        access: Access,
        fault: Fault,
    ) -> Result<Verdict, OsError> {
        let va = fault.tval;
        let forgotten = self.forgotten(pid, va).filter(|_| fault.cause.is_page_fault());
        if let Some(refusal) = forgotten {
            self.note(hal, pid, access, fault, FaultKind::Refused)?;
            return Ok(Verdict::Refused(refusal));
        }
        let judged = if fault.cause.is_page_fault() {
            self.judge(pid, va, access)
        } else {
            Err(Death::AccessFault { va, cause: fault.cause })
        };
        if let Err(death) = judged {
            return self.refuse(hal, pid, access, fault, death);
        }
        let vpn = va / PAGE_BYTES;
        let space = self.space(pid);
        let held = space.pages.get(&vpn).filter(|held| held.mapped);
        if let Some(id) = held.map(|held| held.page) {
            let wants = access == Access::Store && space.permissions(va).write;
            if wants && !self.in_place(pid, va, id) {
                self.note(hal, pid, access, fault, FaultKind::Minor)?;
                return self.copy_on_write(hal, pid, va);
            }
            return self.mend(hal, pid, access, fault, self.allowed(pid, va, id));
        }
        if space.devices.contains_key(&vpn) {
            return self.mend(hal, pid, access, fault, space.permissions(va));
        }
        let source = self.source(pid, va, access);
        if source == Source::Beyond {
            let death = Death::BeyondFile { va, region: self.region_name(pid, va) };
            return self.refuse(hal, pid, access, fault, death);
        }
        self.note(hal, pid, access, fault, source.fault_kind())?;
        let verdict = self.page_in(hal, pid, va, access, source)?;
        if verdict == Verdict::Resume {
            let process = self.process_mut(pid);
            let known = process.space.as_mut().is_some_and(|space| space.evicted.remove(&vpn));
            process.counters.refaults += u64::from(known);
            self.map_around(hal, pid, va)?;
        }
        Ok(verdict)
    }

    fn region_name(&self, pid: Pid, va: u64) -> String {
        self.space(pid).region(va).map(|region| region.name.clone()).unwrap_or_default()
    }

    /// Counts a fault that is understood, tells whoever watches, and takes the handler's time.
    pub(super) fn note(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        access: Access,
        fault: Fault,
        kind: FaultKind,
    ) -> Result<(), OsError> {
        *self.process_mut(pid).counters.faults_of(kind) += 1;
        self.noted = kind;
        hal.event(Event::PageFault { pid, va: fault.tval, access, cause: fault.cause, kind });
        hal.wait(self.config.costs.handler)
    }

    /// Whether the process may do this, its stack and its on-demand regions growing as needed.
    fn judge(&mut self, pid: Pid, va: u64, access: Access) -> Result<(), Death> {
        match Bounds::new(self.config.mode).owner(va) {
            Owner::User => {}
            Owner::Kernel => return Err(Death::KernelAddress { va }),
            Owner::Nobody => return Err(Death::NonCanonical { va }),
        }
        let gap = self.config.options.guard_gap();
        let process = self.process_mut(pid);
        let image = process.image;
        let space = process.space.as_mut().expect("a running process has memory");
        if space.region(va).is_none() {
            if space.on_demand && va >= PAGE_BYTES {
                space.appear(image, va, access);
            } else {
                grow_stack(process, va, gap)?;
            }
        }
        let space = process.space.as_mut().expect("as above");
        let permissions = space.permissions(va);
        if self.may(pid, permissions, access) {
            return Ok(());
        }
        let space = self.space_mut(pid);
        if space.on_demand {
            let widened = space.widened.entry(va / PAGE_BYTES).or_default();
            *widened = widened.union(Permissions::needed(access));
            return Ok(());
        }
        let kind = self.space(pid).region(va).map(|region| region.kind);
        let name = self.region_name(pid, va);
        Err(match access {
            Access::Fetch => Death::ExecuteOfData { va, region: name },
            Access::Load => Death::ReadDenied { va, region: name },
            Access::Store if kind == Some(RegionKind::Text) => {
                Death::WriteToText { va, region: name }
            }
            Access::Store => Death::WriteToReadOnly { va, region: name },
        })
    }

    /// The page is there: widens its entry's permissions, sets A and D where software must, or
    /// finds nothing to do because the hardware used an older entry.
    fn mend(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        access: Access,
        fault: Fault,
        allowed: Permissions,
    ) -> Result<Verdict, OsError> {
        let va = fault.tval;
        let permissions = table::permission_bits(allowed);
        let seen = if self.config.adue { 0 } else { used_bits(access) };
        let at = self.leaf(hal, pid, va / PAGE_BYTES)?;
        let old = hal.read(at, self.config.mode.pte_bytes() as u8)?;
        let missing = permissions & !old;
        let widened = self.space(pid).widened.contains_key(&(va / PAGE_BYTES));
        let counters = &mut self.process_mut(pid).counters;
        let kind = if missing == pte::WRITE && !widened {
            // Whom the page was shared with has gone, or has a copy: it is this process's own.
            counters.cow_faults += 1;
            counters.cow_reuses += 1;
            FaultKind::Minor
        } else if missing != 0 {
            counters.permission_widened += 1;
            FaultKind::Minor
        } else if old & seen != seen {
            FaultKind::AccessedDirty
        } else {
            FaultKind::Spurious
        };
        self.note(hal, pid, access, fault, kind)?;
        let mended = |entry| entry & !table::INACCESSIBLE | permissions | seen;
        self.space(pid).table.update_from(hal, at, old, mended)?;
        // Even a spurious fault needs the fence: it is what ends the older entry's life.
        self.fence_page(hal, pid, va)?;
        Ok(Verdict::Resume)
    }

    pub(super) fn process_mut(&mut self, pid: Pid) -> &mut Process {
        self.processes.get_mut(&pid).expect("the process was made by spawn")
    }

    /// The counters of a process; those of pages that nobody holds are the kernel's own.
    pub(super) fn counters_of(&mut self, pid: Pid) -> &mut OsCounters {
        match self.processes.get_mut(&pid) {
            Some(process) => &mut process.counters,
            None => &mut self.counters,
        }
    }

    pub(super) fn space_mut(&mut self, pid: Pid) -> &mut super::AddressSpace {
        self.process_mut(pid).space.as_mut().expect("a living process has memory")
    }

    pub(super) fn space(&self, pid: Pid) -> &super::AddressSpace {
        self.processes[&pid].space.as_ref().expect("a living process has memory")
    }
}

/// Grows a stack down to the touched page, or says what is wrong with the address. Below a stack
/// `gap` bytes stay free of other mappings.
fn grow_stack(process: &mut Process, va: u64, gap: u64) -> Result<(), Death> {
    let space = process.space.as_mut().expect("a running process has memory");
    let (start, page) = (|r: &&Region| r.start, va / PAGE_BYTES * PAGE_BYTES);
    let stacks = space.regions.values().filter(|region| region.kind == RegionKind::Stack);
    let nearest = stacks.clone().filter(|r| (r.lowest..r.start).contains(&va)).min_by_key(start);
    if let Some(start) = nearest.map(|region| region.start) {
        if !space.leaves_room(page..start, gap) {
            return Err(Death::GuardPage { va });
        }
        let mut region = space.regions.remove(&start).expect("it was just found");
        region.start = page;
        space.regions.insert(region.start, region);
        process.counters.stack_growths += 1;
        return Ok(());
    }
    if stacks.into_iter().any(|r| (r.lowest.saturating_sub(gap)..r.lowest).contains(&va)) {
        return Err(Death::GuardPage { va });
    }
    Err(if va < PAGE_BYTES { Death::NullPage { va } } else { Death::Hole { va } })
}

/// The bits that an access leaves behind.
pub(super) fn used_bits(access: Access) -> u64 {
    pte::ACCESSED | if access == Access::Store { pte::DIRTY } else { 0 }
}
