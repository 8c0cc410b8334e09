//! Processes: creation and end.

use super::disk::{Disk, Transfers};
use super::memory::{PhysicalMemory, Use};
use super::process::Processes;
use super::replace::Policy;
use super::schedule::{Load, Schedule};
use super::space::table::PageTable;
use super::space::{Bounds, Ground, Image, Layout};
use super::{
    Activity, AddressSpace, Asids, Death, Event, FileId, Frames, Hal, MachineConfig, OsCounters,
    OsError, PAGE_WORDS, PageData, Pid, Process, Sstatus, State, Swap, VirtualPage,
};
use model::isa::{Access, Mode, PAGE_BYTES, Xlen, pte};
use model::mmu::Fence;

/// The operating system.
pub struct Os {
    pub(super) config: MachineConfig,
    pub(super) memory: PhysicalMemory,
    pub(super) transfers: Transfers,
    /// A page on its way from one place to another.
    pub(super) buffer: Box<PageData>,
    /// Counters of work done for no process.
    pub(super) counters: OsCounters,
    pub(super) processes: Processes,
    pub(super) asids: Asids,
    pub(super) current: Option<Pid>,
    /// The last access that faulted, and how often in a row.
    pub(super) last_fault: Option<(Pid, u64, Access)>,
    pub(super) repeats: u32,
    pub(super) schedule: Schedule,
    pub(super) disk: Disk,
    pub(super) load: Load,
    pub(super) next_pid: Pid,
    /// Where the next scan for runs to promote to superpages begins.
    pub(super) next_run: (Pid, u64),
}

impl Os {
    /// Boots: initialises memory and empties the TLBs.
    ///
    /// # Errors
    /// [`OsError::Mode`] for a mode that this machine lacks, [`OsError::MemoryTooSmall`], and
    /// errors of the first fence.
    pub fn boot(hal: &mut dyn Hal, config: MachineConfig) -> Result<Os, OsError> {
        let fits = match hal.xlen() {
            Xlen::Rv32 => config.mode == Mode::Sv32,
            Xlen::Rv64 => !matches!(config.mode, Mode::Bare | Mode::Sv32),
        };
        if !fits || !hal.sizes().has(config.mode) {
            return Err(OsError::Mode { mode: config.mode, xlen: hal.xlen() });
        }
        let (frames, kernel) = (config.frames, config.kernel);
        // The minimum to run anything: one table of each level, and one page.
        let least = u64::from(config.mode.levels()) + 1;
        if frames < kernel.saturating_add(least) {
            return Err(OsError::MemoryTooSmall { frames, kernel });
        }
        hal.set_satp(0);
        hal.fence(Fence { va: None, asid: None })?;
        // All ASIDs but 0, which is the kernel's.
        let most = hal.sizes().asid(u16::MAX, hal.xlen());
        Ok(Os {
            memory: PhysicalMemory::new(&config),
            transfers: Transfers::default(),
            buffer: Box::new([0; PAGE_WORDS]),
            counters: OsCounters::default(),
            asids: Asids::new(config.asids.min(most)),
            processes: Processes::default(),
            current: None,
            last_fault: None,
            repeats: 0,
            schedule: Schedule::default(),
            disk: Disk::new(&config.costs),
            load: Load::default(),
            next_pid: 1,
            next_run: (0, 0),
            config,
        })
    }

    /// Creates a process. `frames` limits the frames that its pages may occupy. If there is no
    /// memory for its root table it is killed at once.
    ///
    /// # Errors
    /// [`OsError::Region`] for an impossible layout; else errors of the hardware.
    pub fn spawn(
        &mut self,
        hal: &mut dyn Hal,
        name: &str,
        layout: &Layout,
        frames: Option<u64>,
    ) -> Result<Pid, OsError> {
        let pid = self.next_pid;
        let file = FileId(pid);
        let image = Image { file, object: self.memory.objects.image(file) };
        let (regions, on_demand) = self.regions(pid, name, image, layout)?;
        self.next_pid += 1;
        self.memory.pinned.clear();
        let account = hal.charge(Activity::Handler);
        let mut process = Process {
            pid,
            name: name.to_owned(),
            state: State::Runnable,
            space: None,
            frames,
            calling: None,
            sstatus: Sstatus::CLEAR,
            image,
            counters: OsCounters::default(),
            peak_resident: 0,
            peak_tables: 1,
        };
        if let Some(root) = self.obtain_frame(hal, Use::Table(pid))? {
            let table = PageTable::new(hal, self.config.mode, root)?;
            self.show_kernel(hal, &table)?;
            process.space = Some(AddressSpace::new(table, regions, on_demand));
            self.schedule.arrive(pid, hal.now(), None);
        } else {
            let death = self.out_of_memory();
            hal.event(Event::Kill { pid, death: death.clone() });
            process.counters.oom_kills += 1;
            process.state = State::Killed { death };
        }
        self.processes.push(process);
        if let Layout::Regions(specs) = layout {
            self.prefault_all(hal, pid, specs)?;
        }
        hal.charge(account);
        Ok(pid)
    }

    /// The addresses that regions may have.
    pub(super) fn ground(&self) -> Ground {
        let MachineConfig { mode, base, frames, .. } = self.config;
        Ground { mode, ram: base..base + frames * PAGE_BYTES }
    }

    /// Maps the kernel into a new address space: one global superpage at the root, not for users.
    /// No fence: no translation of this address space exists yet.
    pub(super) fn show_kernel(&self, hal: &mut dyn Hal, table: &PageTable) -> Result<(), OsError> {
        let mode = self.config.mode;
        let span = 1_u64 << ((mode.levels() - 1) * mode.segment_bits());
        let ppn = (self.config.base / PAGE_BYTES) & !(span - 1);
        let bits = pte::VALID
            | pte::READ
            | pte::WRITE
            | pte::EXECUTE
            | pte::GLOBAL
            | pte::ACCESSED
            | pte::DIRTY;
        let at = table.root_entry(Bounds::new(mode).kernel_index());
        hal.write(at, mode.pte_bytes() as u8, pte::entry(ppn, bits))
    }

    /// The running process exits.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn exit(&mut self, hal: &mut dyn Hal) -> Result<(), OsError> {
        let Some(pid) = self.current else { return Ok(()) };
        let account = hal.charge(Activity::Handler);
        hal.wait(self.config.costs.trap)?;
        if hal.is_watched() {
            let frames = self.resident_pages(pid);
            hal.event(Event::Exit { pid, frames });
        }
        self.end(hal, pid, State::Exited)?;
        hal.charge(account);
        Ok(())
    }

    /// Kills a process.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn kill(&mut self, hal: &mut dyn Hal, pid: Pid, death: Death) -> Result<(), OsError> {
        let account = hal.charge(Activity::Handler);
        hal.event(Event::Kill { pid, death: death.clone() });
        self.end(hal, pid, State::Killed { death })?;
        hal.charge(account);
        Ok(())
    }

    /// Frees everything that a process held.
    fn end(&mut self, hal: &mut dyn Hal, pid: Pid, state: State) -> Result<(), OsError> {
        let Some(process) = self.processes.get_mut(pid) else { return Ok(()) };
        process.state = state;
        if self.current == Some(pid) {
            // Switch away from tables whose frames are about to be reused.
            hal.set_satp(0);
            self.current = None;
        }
        let Some(space) = process.space.take() else { return Ok(()) };
        if let Some(asid) = self.asids.held(pid) {
            hal.fence(Fence { va: None, asid: Some(asid) })?;
        }
        self.asids.release(pid);
        self.free_address_space(hal, pid, &space)?;
        self.settle(hal, pid)?;
        self.disk.release_frames(pid);
        self.unload(pid);
        self.schedule.leave(pid, hal.now());
        Ok(())
    }

    /// Whether [`Os::accessed`] matters for each access: the policy is an oracle. Otherwise it is
    /// enough to report one of several accesses in a row.
    pub fn sees_accesses(&self) -> bool {
        self.memory.policy.is_oracle()
    }

    /// The physical address was accessed: for policies that are oracles.
    #[inline]
    pub fn accessed(&mut self, pa: u64) {
        self.last_fault = None;
        if let Some(pid) = self.current {
            self.disk.release_frames(pid);
        }
        self.memory.policy.accessed(pa / PAGE_BYTES);
    }

    /// The process that runs.
    pub fn current(&self) -> Option<Pid> {
        self.current
    }

    /// All processes, ended ones included, by number.
    pub fn processes(&self) -> impl Iterator<Item = &Process> {
        self.processes.iter()
    }

    /// One process.
    pub fn process(&self, pid: Pid) -> Option<&Process> {
        self.processes.get(pid)
    }

    /// The accounts of the frame allocator.
    pub fn frames(&self) -> &Frames {
        &self.memory.frames
    }

    /// Memory in the kernel's accounts.
    pub fn memory(&self) -> &PhysicalMemory {
        &self.memory
    }

    /// The swap device.
    pub fn swap(&self) -> &Swap {
        &self.memory.swap
    }

    /// The disk.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// The scheduler.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The replacement policy.
    pub fn policy(&self) -> &dyn Policy {
        self.memory.policy.as_ref()
    }

    /// Counters of work done for no process: evictions from the page cache that no process mapped.
    pub fn counters(&self) -> &OsCounters {
        &self.counters
    }

    /// Gives an oracle of the future every access that will be made, in order.
    pub fn foresee(&mut self, future: &[VirtualPage]) {
        self.memory.policy.foresee(future);
    }

    /// The configuration.
    pub fn config(&self) -> &MachineConfig {
        &self.config
    }
}
