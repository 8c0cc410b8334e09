//! The disk as the memory manager uses it: pages written back, and transfers that may fail.

use crate::memory::{PageId, SlotFound};
use crate::{Event, Hal, Os, OsError, Pid, Transfer};
use model::isa::PAGE_BYTES;

/// Transfers made so far: injected errors are selected by number.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Transfers {
    reads: u64,
    writes: u64,
}

impl Os {
    /// Waits until the disk has read. `false`: the read failed.
    pub(crate) fn disk_read(&mut self, hal: &mut dyn Hal) -> Result<bool, OsError> {
        self.transfers.reads += 1;
        self.transfer(hal, 1, Transfer::Read)?;
        Ok(!self.config.disk_errors.reads.contains(&self.transfers.reads))
    }

    /// Waits until the disk has written. `false`: the write failed, and has changed nothing.
    pub(crate) fn disk_write(&mut self, hal: &mut dyn Hal) -> Result<bool, OsError> {
        self.transfers.writes += 1;
        self.transfer(hal, 1, Transfer::Write)?;
        Ok(!self.config.disk_errors.writes.contains(&self.transfers.writes))
    }

    /// Writes a dirty page to its file or its slot, which is allocated if it has none. `false` if
    /// the disk refused; nothing has changed then.
    pub(crate) fn write_back(
        &mut self,
        hal: &mut dyn Hal,
        pid: Pid,
        vpn: u64,
        id: PageId,
    ) -> Result<bool, OsError> {
        let page = self.memory.pages.get(id).expect("a page that is written back exists");
        let frame = page.frame.expect("it is in a frame");
        let file = self.memory.file_of(page);
        let had = page.slot;
        let account = hal.charge(self.transfer_account());
        if let Some((file, index)) = file {
            hal.read_page(frame * PAGE_BYTES, &mut self.buffer)?;
            let done = self.disk_write(hal)?;
            if done {
                self.memory.objects.write(file, index, &self.buffer);
                self.counters_of(pid).file_writes += 1;
            }
            hal.charge(account);
            return Ok(done);
        }
        let slot =
            had.or_else(|| self.memory.swap.allocate()).ok_or_else(|| OsError::Invariant {
                cycle: hal.now(),
                what: format!(
                    "page {:#x} of process {pid} is dirty, and there is no slot for it",
                    vpn * 4096
                ),
            })?;
        hal.event(Event::SwapOut { pid, va: vpn * PAGE_BYTES, slot });
        hal.read_page(frame * PAGE_BYTES, &mut self.buffer)?;
        let done = self.disk_write(hal)?;
        if done {
            self.memory.swap.store(slot, &self.buffer);
            self.memory.pages.set_slot(id, Some(slot));
            self.counters_of(pid).swap_outs += 1;
        } else if had.is_none() {
            self.memory.swap.release(slot);
        }
        hal.charge(account);
        Ok(done)
    }

    /// Whether a swap slot is free, could be added, or could be taken from a page in memory.
    pub(crate) fn find_slot(&mut self) -> bool {
        let most = self.config.swap_limit.unwrap_or(u32::MAX);
        match self.memory.find_slot(self.config.swap_grow, most) {
            SlotFound::Free => true,
            SlotFound::TakenFrom(pid) => {
                self.counters_of(pid).slots_reclaimed += 1;
                true
            }
            SlotFound::Full => false,
        }
    }
}
