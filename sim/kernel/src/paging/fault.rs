//! Faults: their cause, and the remedy.

use crate::paging::{Denied, Source, Stop, denial, read_leaf};
use crate::space::{Bounds, Owner, RegionKind, table};
use crate::{
    Activity, Death, Event, FaultKind, Hal, Os, OsCounters, OsError, Permissions, Pid, Process,
    Refusal,
};
use model::isa::{Access, Fault, PAGE_BYTES, pte};

/// The limit of consecutive faults of one access that the kernel resolves: a demand, an A, a D and
/// a spurious fault make four.
const PATIENCE: u32 = 8;

/// The outcome for the process that faulted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It repeats the access.
    Resume,
    /// It has ended.
    Killed,
    /// The kernel's own access, on its behalf, is not allowed: the call fails.
    Refused(Refusal),
}

/// The outcome of a fault: the fault is counted once, by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Outcome {
    kind: FaultKind,
    end: Result<(), Denied>,
}

/// The remedy for a fault.
#[derive(Debug)]
enum Remedy {
    /// The page's contents are elsewhere: bring them in.
    Bring(Source),
    /// The page is shared: give the process a copy of its own.
    Copy,
    /// The page is present, and its entry at `at`, which was `old`, lacks these bits.
    Mend { at: u64, old: u64, bits: u64 },
    /// The process may not make this access.
    Kill(Death),
    /// The kernel may not make this access for the process.
    Refuse(Refusal),
}

impl Os {
    /// Handles a fault of the running process.
    ///
    /// # Errors
    /// [`OsError::Livelock`] if the same access keeps faulting; else errors of the hardware.
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
        self.disk.release_frames(pid);
        let account = hal.charge(Activity::Handler);
        hal.wait(self.config.costs.trap)?;
        self.memory.pinned.clear();
        self.disk.begin_fault(pid);
        let calling = self.processes[pid].calling.is_some();
        self.process_mut(pid).counters.supervisor_faults += u64::from(calling);
        let outcome = self.resolve(hal, pid, access, fault)?;
        let counters = self.counters_of(pid);
        *match outcome.end {
            Err(Denied::Later) => &mut counters.deferred_faults,
            _ => counters.faults_of(outcome.kind),
        } += 1;
        self.end_fault(hal, pid, fault.tval, outcome.end == Err(Denied::Later));
        hal.charge(account);
        Ok(match outcome.end {
            Ok(()) | Err(Denied::Later) => Verdict::Resume,
            Err(Denied::Killed) => Verdict::Killed,
            Err(Denied::Refused(why)) => Verdict::Refused(why),
        })
    }

    /// Memory refused an access whose translation succeeded.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn bus_error(&mut self, hal: &mut dyn Hal, va: u64, pa: u64) -> Result<Verdict, OsError> {
        let Some(pid) = self.current else { return Ok(Verdict::Killed) };
        if self.processes[pid].calling.is_some() {
            return Ok(Verdict::Refused(Refusal::BadAddress));
        }
        self.kill(hal, pid, Death::BusError { va, pa })?;
        Ok(Verdict::Killed)
    }

    /// Diagnoses a fault, reports it as an event, charges the handler's time, and applies the
    /// remedy.
    fn resolve(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        access: Access,
        fault: Fault,
    ) -> Result<Outcome, OsError> {
        let va = fault.tval;
        let (kind, remedy) = self.diagnose(hal, pid, access, fault)?;
        hal.event(Event::PageFault { pid, va, access, cause: fault.cause, kind });
        hal.wait(self.config.costs.handler)?;
        let done = self.apply(hal, pid, va, access, remedy);
        Ok(Outcome { kind, end: denial(done)? })
    }

    /// The kind of a fault, and its remedy.
    fn diagnose(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        access: Access,
        fault: Fault,
    ) -> Result<(FaultKind, Remedy), OsError> {
        let (va, vpn) = (fault.tval, fault.tval / PAGE_BYTES);
        if !fault.cause.is_page_fault() {
            return Ok(self.forbidden(pid, Death::AccessFault { va, cause: fault.cause }));
        }
        if let Some(refusal) = self.forgotten(pid, va) {
            return Ok((FaultKind::Refused, Remedy::Refuse(refusal)));
        }
        if let Err(death) = self.check_access(pid, va, access) {
            return Ok(self.forbidden(pid, death));
        }
        let space = self.space(pid);
        let held = space.pages.get(vpn).filter(|held| held.mapped);
        if let Some(id) = held.map(|held| held.page) {
            let wants = access == Access::Store && space.permissions(va).write;
            if wants && !self.in_place(pid, va, id) {
                return Ok((FaultKind::Minor, Remedy::Copy));
            }
            return self.diagnose_present(hal, pid, va, access, self.allowed(pid, va, id));
        }
        if space.devices.contains_key(&vpn) {
            return self.diagnose_present(hal, pid, va, access, space.permissions(va));
        }
        let source = self.source(pid, va, access);
        if source == Source::Beyond {
            let death = Death::BeyondFile { va, region: self.region_name(pid, va) };
            return Ok(self.forbidden(pid, death));
        }
        Ok((source.fault_kind(), Remedy::Bring(source)))
    }

    /// An access that the process may not make. The process's own access kills it; the kernel's
    /// access on its behalf makes the call fail.
    fn forbidden(&self, pid: Pid, death: Death) -> (FaultKind, Remedy) {
        if self.processes[pid].calling.is_some() {
            return (FaultKind::Refused, Remedy::Refuse(Refusal::BadAddress));
        }
        (FaultKind::Protection, Remedy::Kill(death))
    }

    /// The page is present: its entry lacks permissions, or A and D that software must set, or
    /// nothing, because the hardware used an older entry.
    fn diagnose_present(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        access: Access,
        allowed: Permissions,
    ) -> Result<(FaultKind, Remedy), OsError> {
        let permissions = table::permission_bits(allowed);
        let seen = if self.config.adue { 0 } else { used_bits(access) };
        let (at, old) = read_leaf(hal, self.space(pid), va / PAGE_BYTES)?;
        let missing = permissions & !old;
        let widened = self.space(pid).widened.contains_key(&(va / PAGE_BYTES));
        let counters = &mut self.process_mut(pid).counters;
        let kind = if missing == pte::WRITE && !widened {
            // The other holders have ended or have copies: the page is this process's own.
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
        Ok((kind, Remedy::Mend { at, old, bits: permissions | seen }))
    }

    fn apply(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        va: u64,
        access: Access,
        remedy: Remedy,
    ) -> Result<(), Stop> {
        match remedy {
            Remedy::Copy => self.copy_on_write(hal, pid, va),
            Remedy::Mend { at, old, bits } => {
                let mended = |entry| entry & !table::INACCESSIBLE | bits;
                self.space(pid).table.update_from(hal, at, old, mended)?;
                // Even a spurious fault needs the fence, which invalidates the older entry.
                Ok(self.fence_page(hal, pid, va)?)
            }
            Remedy::Bring(source) => {
                self.page_in(hal, pid, va, access, source)?;
                let process = self.process_mut(pid);
                let evicted = process.space.as_mut().map(|space| &mut space.evicted);
                let known = evicted.is_some_and(|evicted| evicted.remove(&(va / PAGE_BYTES)));
                process.counters.refaults += u64::from(known);
                Ok(self.map_around(hal, pid, va)?)
            }
            Remedy::Kill(death) => {
                self.kill(hal, pid, death)?;
                Err(Denied::Killed.into())
            }
            Remedy::Refuse(why) => Err(Denied::Refused(why).into()),
        }
    }

    fn region_name(&self, pid: Pid, va: u64) -> String {
        self.space(pid).region(va).map(|region| region.name.clone()).unwrap_or_default()
    }

    /// Whether the process may make this access, after growth of its stack and on-demand regions.
    fn check_access(&mut self, pid: Pid, va: u64, access: Access) -> Result<(), Death> {
        match Bounds::new(self.config.mode).owner(va) {
            Owner::User => {}
            Owner::Kernel => return Err(Death::KernelAddress { va }),
            Owner::NonCanonical => return Err(Death::NonCanonical { va }),
        }
        let gap = self.config.guard_gap();
        let process = self.process_mut(pid);
        let image = process.image;
        let space = process.space.as_mut().expect("a running process has memory");
        if space.region(va).is_none() {
            if space.on_demand && va >= PAGE_BYTES {
                space.appear(image, va, access);
            } else {
                space.grow_stack(va, gap)?;
                process.counters.stack_growths += 1;
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
            Access::Load | Access::CacheBlock => Death::ReadDenied { va, region: name },
            Access::Store if kind == Some(RegionKind::Text) => {
                Death::WriteToText { va, region: name }
            }
            Access::Store => Death::WriteToReadOnly { va, region: name },
        })
    }

    pub(crate) fn process_mut(&mut self, pid: Pid) -> &mut Process {
        self.processes.get_mut(pid).expect("the process was made by spawn")
    }

    /// The counters of a process; for pages without a holder, the kernel's own.
    pub(crate) fn counters_of(&mut self, pid: Pid) -> &mut OsCounters {
        match self.processes.get_mut(pid) {
            Some(process) => &mut process.counters,
            None => &mut self.counters,
        }
    }

    pub(crate) fn space_mut(&mut self, pid: Pid) -> &mut crate::AddressSpace {
        self.process_mut(pid).space.as_mut().expect("a living process has memory")
    }

    pub(crate) fn space(&self, pid: Pid) -> &crate::AddressSpace {
        self.processes[pid].space.as_ref().expect("a living process has memory")
    }
}

/// The bits that an access sets.
pub(crate) fn used_bits(access: Access) -> u64 {
    pte::ACCESSED | if access == Access::Store { pte::DIRTY } else { 0 }
}
