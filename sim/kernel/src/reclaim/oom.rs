//! Out of memory: which process is killed, and with what reason.

use crate::{Death, Hal, OomKind, Os, OsError, Pid};

impl Os {
    /// Kills a process to free its memory, and returns which one.
    pub(crate) fn kill_for_memory(&mut self, hal: &mut dyn Hal) -> Result<Pid, OsError> {
        let held = |pid: Pid| {
            let space = self.space(pid);
            space.resident + space.table.tables().len() as u64
        };
        let living = self.processes.iter().filter(|process| process.space.is_some());
        let mut living = living.map(|process| process.pid);
        let chosen = match self.config.oom {
            OomKind::Largest => living.min_by_key(|&pid| (!held(pid), pid)),
            OomKind::Newest => living.next_back(),
            OomKind::Oldest => living.next(),
        };
        let pid = chosen.expect("the process that needs the frame is alive");
        let death = self.out_of_memory();
        self.process_mut(pid).counters.oom_kills += 1;
        self.kill(hal, pid, death)?;
        Ok(pid)
    }

    /// The reason of the kill when there is no frame left.
    pub(crate) fn out_of_memory(&self) -> Death {
        let frames = self.memory.frames.total();
        if self.memory.swap.slots() > 0 && !self.memory.swap.has_room() {
            return Death::OutOfSwap { frames, slots: self.memory.swap.slots() };
        }
        Death::OutOfMemory { frames }
    }
}
