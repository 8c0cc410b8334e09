//! One cycle of a running process: translation, transfers, completion.

use super::Machine;
use super::drive::Pins;
use super::error::{PATIENCE, RunError, StepError};
use crate::cpu::{Key, Origin, Shadow};
use crate::isa::{Access, PAGE_BYTES};
use crate::mmu::{Outputs, Request};
use crate::os::{Activity, Backing, Bounds, Hal, Identity, Os, Owner, Pid};

impl Machine {
    /// One cycle of the pipeline, or a jump to the next that matters.
    pub(super) fn cycle(&mut self, pid: Pid) -> Result<(), RunError> {
        let requests = self.core.present();
        // An answer that is owed keeps the MMU running even if it believes to be idle: the drive
        // notices when it never comes.
        let asks = self.core.is_translating() || self.hardware.drive.busy();
        let now = self.hardware.now();
        if !asks && !self.core.has_transfers() {
            let due = self.hardware.next_response().unwrap_or(now);
            if due > now {
                return Ok(self.hardware.drive.pass(due - now)?);
            }
        }
        if asks && self.repeat(requests) {
            return Ok(());
        }
        let answers = self.hardware.poll();
        let ready = [self.hardware.ports[0].ready(now), self.hardware.ports[1].ready(now)];
        let world = &mut self.hardware.drive.world;
        [world.fetch_response, world.data_response] = answers;
        world.free_frames = self.os.frames().free();
        let [fetch, data] = requests;
        let outputs = if asks || self.hardware.drive.is_observed() {
            self.hardware.drive.step(&Pins { fetch, data, ..Pins::default() })?
        } else {
            self.hardware.drive.pass(1)?;
            Outputs::default()
        };
        self.core.observe(&outputs);
        let mut moved = outputs.fetch.is_some() || outputs.data.is_some();
        for (port, answer) in answers.into_iter().enumerate() {
            if let Some(answer) = answer {
                moved = true;
                let wrong = |answer| RunError::Data { cycle: now, pid, answer };
                let mut nobody = Shadow::default();
                let job = self.jobs.get_mut(&pid);
                let shadow = job.map_or(&mut nobody, |job| &mut job.shadow);
                self.core.answered(port, answer, shadow).map_err(wrong)?;
            }
        }
        moved |= self.transfer(pid, now, ready);
        self.retire(pid)?;
        self.quiet = if moved { 0 } else { self.quiet + 1 };
        if self.quiet > PATIENCE {
            let (what, waited) = ("pipeline", self.quiet);
            return Err(StepError::Silent { cycle: now, what, waited }.into());
        }
        if !moved && self.core.is_translating() {
            self.stalled(1);
        }
        Ok(())
    }

    /// Jumps over cycles of waiting for a translation; `false` if there is none.
    fn repeat(&mut self, [fetch, data]: [Option<Request>; 2]) -> bool {
        // What moved in the last cycle is not to be seen in these.
        if self.quiet == 0 || self.core.has_transfers() {
            return false;
        }
        let now = self.hardware.now();
        let due = self.hardware.next_response().map_or(u64::MAX, |due| due.saturating_sub(now));
        let limit = due.min(PATIENCE.saturating_sub(self.quiet));
        let drive = &mut self.hardware.drive;
        drive.world.free_frames = self.os.frames().free();
        let passed = drive.repeat(&Pins { fetch, data, ..Pins::default() }, limit);
        self.quiet += passed;
        if self.core.is_translating() {
            self.stalled(passed);
        }
        passed > 0
    }

    /// The program waited for a walk, and for nothing else; the kernel's cycles stay the kernel's.
    fn stalled(&mut self, passed: u64) {
        let drive = &mut self.hardware.drive;
        if drive.world.activity == Activity::Process {
            let cycles = &mut drive.meter.current().cycles;
            cycles.issue -= passed;
            cycles.walk_stall += passed;
        }
    }

    /// Hands transfers to the buses that are ready in cycle `now`; `true` if there was one.
    fn transfer(&mut self, pid: Pid, now: u64, mut ready: [bool; 2]) -> bool {
        let world = &mut self.hardware.drive.world;
        (world.fetch_request, world.data_request) = (None, None);
        let Some(job) = self.jobs.get_mut(&pid) else { return false };
        for va in self.core.translated() {
            job.shadow.touch(va, || origin(&self.os, pid, va));
        }
        let mut any = false;
        while let Some((port, request)) = self.core.transfer(ready, &mut job.shadow) {
            any = true;
            ready[port] = false;
            self.hardware.ports[port].submit(now, request);
            let seen = if port == 0 { &mut world.fetch_request } else { &mut world.data_request };
            *seen = Some(request);
        }
        any
    }

    fn retire(&mut self, pid: Pid) -> Result<(), StepError> {
        let mut looked_up = 0;
        while let Some(retired) = self.core.retire() {
            self.os.accessed(retired.pa);
            looked_up += 1;
            self.fruitless = 0;
            let accesses = &mut self.hardware.drive.meter.current().accesses;
            if retired.is_kernels {
                match retired.access {
                    Access::Store => accesses.kernel_stores += 1,
                    _ => accesses.kernel_loads += 1,
                }
                self.moved(pid, retired.bytes);
                continue;
            }
            accesses.bus_transfers += retired.transfers;
            match retired.access {
                Access::Fetch => {
                    accesses.fetches += 1;
                    accesses.instructions += u64::from(retired.begins);
                }
                Access::Load => accesses.loads += 1,
                Access::Store => accesses.stores += 1,
            }
        }
        self.hardware.drive.pass(looked_up * self.config.tlb_lookup)
    }

    pub(super) fn check_if_paranoid(&mut self) -> Result<(), RunError> {
        self.entries += 1;
        if self.config.paranoid && self.entries.is_multiple_of(self.config.check_every.max(1)) {
            self.os.check(&self.hardware)?;
        }
        Ok(())
    }

    /// Everything that must be conserved.
    pub(super) fn check(&self) -> Result<(), RunError> {
        self.os.check(&self.hardware)?;
        let mmu = self.hardware.drive.meter.total().mmu;
        let counted = mmu.fetch_hits + mmu.fetch_misses + mmu.data_hits + mmu.data_misses;
        // A non-canonical address may be refused without a look into the TLB.
        if counted > mmu.translated || counted + mmu.non_canonical < mmu.translated {
            let translated = mmu.translated;
            let text = format!("TLB hits and misses are {counted}, translated were {translated}");
            return Err(RunError::Counters(text));
        }
        self.check_times()
    }

    /// Each cycle of a process's life is on exactly one account: on the processor, in the ready
    /// queue, or blocked.
    fn check_times(&self) -> Result<(), RunError> {
        for process in self.os.processes() {
            let times = self.os.schedule().times(process.pid, self.hardware.now());
            let tally = self.hardware.drive.meter.of(process.pid);
            let ran = tally.map_or(0, |tally| tally.cycles.total());
            let Some(turnaround) = times.turnaround() else { continue };
            if turnaround != ran + times.waiting + times.blocked {
                let text = format!("process {} ran for {ran} cycles, {times:?}", process.pid);
                return Err(RunError::Counters(text));
            }
        }
        Ok(())
    }
}

/// What an address shows at first, and with whom it is shared.
fn origin(os: &Os, pid: Pid, va: u64) -> Origin {
    // What the kernel finds at addresses of its own is its own business.
    if Bounds::new(os.config().mode).owner(va) != Owner::User {
        return Origin::Device;
    }
    let space = os.process(pid).and_then(|process| process.space.as_ref());
    let backing = space.map_or(Backing::Zero, |space| space.backing(va));
    let key = match backing {
        Backing::File { file, offset } => Some(Key::File(file, offset / PAGE_BYTES)),
        Backing::Zero | Backing::Device { .. } => None,
    };
    match (os.identity(pid, va), key) {
        (Identity::Device, _) => Origin::Device,
        (Identity::Shared { .. }, Some(key)) => Origin::Shared(key),
        (Identity::Shared { object, offset }, None) => {
            Origin::Shared(Key::Memory(object, offset / PAGE_BYTES))
        }
        (Identity::Private, Some(key)) => Origin::Copied(key),
        (Identity::Private, None) => Origin::Zero,
    }
}
