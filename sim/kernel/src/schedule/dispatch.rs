//! Dispatch: the processor given to processes and taken away.

use crate::{Activity, Event, FileId, Hal, Os, OsError, PageData, Pid};
use model::isa::Satp;
use model::mmu::Fence;

impl Os {
    /// The process that runs next, among them those whose wait is over by now.
    ///
    /// # Errors
    /// Errors of the hardware: load control may bring processes back.
    pub fn next(&mut self, hal: &mut dyn Hal) -> Result<Option<Pid>, OsError> {
        self.schedule.wake(hal.now());
        self.admit(hal);
        // Before the first process runs there is nothing to report.
        if self.current.is_some() {
            self.report_queues(hal);
        }
        Ok(self.schedule.front())
    }

    /// When the next waiting process will be ready.
    pub fn next_wake(&self) -> Option<u64> {
        self.schedule.next_wake()
    }

    /// Gives the processor to the next process that can run; `None` when there is none.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn dispatch(&mut self, hal: &mut dyn Hal) -> Result<Option<Pid>, OsError> {
        let Some(pid) = self.schedule.run(hal.now()) else { return Ok(None) };
        if self.current == Some(pid) {
            self.turn_begins(hal.now(), pid);
            return Ok(Some(pid));
        }
        let account = hal.charge(Activity::Switch);
        hal.wait(self.config.costs.switch)?;
        let grant = self.asids.grant(pid);
        if grant.stale {
            hal.fence(Fence { va: None, asid: Some(grant.asid) })?;
        }
        let process = self.processes.get_mut(pid).expect("only living processes are ready");
        let root = process.space.as_ref().expect("a runnable process has memory").table.root();
        let satp = Satp { mode: self.config.mode, asid: grant.asid, root };
        hal.set_satp(satp.encode(hal.xlen()));
        self.report_queues(hal);
        self.happened(hal, Event::Switch { from: self.current, to: pid, asid: grant.asid });
        self.current = Some(pid);
        self.turn_begins(hal.now(), pid);
        hal.charge(account);
        Ok(Some(pid))
    }

    /// A file with this name and `pages` pages, created if there is none. The error is a message.
    pub fn provide(&mut self, name: &str, pages: u64) -> Result<FileId, String> {
        let object = self.memory.objects.named(name, true, Some(pages))?;
        let file = self.memory.objects.get(object).and_then(|object| object.file);
        file.ok_or_else(|| format!("`{name}` is not a file"))
    }

    /// Writes a page of a file before anything runs.
    pub fn write_file(&mut self, file: FileId, page: u64, data: &PageData) {
        self.memory.objects.write(file, page, data);
    }

    /// A process's turn ends: its quantum is used up, or it is blocked.
    ///
    /// # Errors
    /// Errors of the hardware: load control may swap processes out.
    pub fn turn_over(&mut self, hal: &mut dyn Hal, pid: Pid) -> Result<(), OsError> {
        self.schedule.wake(hal.now());
        self.schedule.preempt(pid, hal.now());
        self.balance(hal, pid)
    }

    /// The running process waits for the end of one of its children; `false` if it has none, and it
    /// continues to run.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn wait(&mut self, hal: &mut dyn Hal) -> Result<bool, OsError> {
        let Some(pid) = self.current else { return Ok(false) };
        let account = hal.charge(Activity::Handler);
        hal.wait(self.config.costs.trap)?;
        hal.charge(account);
        let waits = self.schedule.wait_for_child(pid, hal.now());
        if waits {
            hal.event(Event::Blocked { pid, reason: crate::Reason::Child });
        }
        Ok(waits)
    }
}
