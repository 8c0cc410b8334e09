//! The disk: one device, one queue, transfers one after another.
//!
//! Without overlap the processor waits for a page, and no other process runs. With overlap a
//! transfer is put into the queue, the process that needs it is blocked until it is done, and
//! others run meanwhile. The simulation moves the bytes when the transfer is queued; no process
//! sees them early because frames are reserved (`Disk::hold`): a frame is not evicted until the
//! process that waits for its page has used it, so two processes that compete for one frame take
//! turns and both make progress.
//!
//! | file | does |
//! |---|---|
//! | `mod` (this one) | the device and its queue, reserved frames, waiting processes |
//! | `access` | pages written back to swap or file, and transfers that fail |

mod access;

pub(crate) use access::Transfers;

use crate::schedule::{Reason, Standing};
use crate::{Activity, Costs, Event, Hal, Os, OsError, Pid};
use model::count::{Latency, LatencySummary};
use model::isa::PAGE_BYTES;
use std::collections::BTreeMap;

/// The direction of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// From the disk into memory.
    Read,
    /// From memory to the disk.
    Write,
}

/// The device and its queue.
#[derive(Debug, Default)]
pub struct Disk {
    /// Cycles of reading a page, and of writing one.
    read: u64,
    write: u64,
    /// The end of the last transfer in the queue.
    free_at: u64,
    reads: u64,
    writes: u64,
    busy: u64,
    latency: Latency,
    /// Until when, and for what, the running process has to wait after the kernel's work.
    awaited: Option<(u64, Reason)>,
    /// Reserved frames, whose pages are being read, or were read and not used yet: for which
    /// process, and since when the page is there.
    held: BTreeMap<u64, (Pid, u64)>,
    /// A fault is being handled: it can be deferred and taken again.
    in_fault: bool,
}

impl Disk {
    /// An idle disk.
    pub fn new(costs: &Costs) -> Disk {
        Disk { read: costs.disk_read, write: costs.disk_write, ..Disk::default() }
    }

    /// Queues a transfer of `pages` neighbouring pages; returns the cycle of its completion. They
    /// cost one disk access, which is why reading ahead pays.
    pub fn submit(&mut self, now: u64, pages: u64, kind: Transfer) -> u64 {
        let cost = match kind {
            Transfer::Read => self.read,
            Transfer::Write => self.write,
        };
        *match kind {
            Transfer::Read => &mut self.reads,
            Transfer::Write => &mut self.writes,
        } += pages;
        self.free_at = self.free_at.max(now).saturating_add(cost);
        self.busy += cost;
        self.latency.record(self.free_at - now);
        self.free_at
    }

    /// Pages read so far.
    pub fn reads(&self) -> u64 {
        self.reads
    }

    /// Pages written so far.
    pub fn writes(&self) -> u64 {
        self.writes
    }

    /// Cycles in which the disk worked or will have worked on the transfers submitted so far.
    pub fn busy(&self) -> u64 {
        self.busy
    }

    /// From a transfer's entry into the queue to its end, in cycles.
    pub fn latency(&self) -> LatencySummary {
        self.latency.summary()
    }

    /// Whether a frame is reserved for a page being read.
    pub fn is_held(&self, frame: u64) -> bool {
        self.held.contains_key(&frame)
    }

    /// Whether a frame is reserved for this process.
    pub(crate) fn holds_for(&self, pid: Pid) -> bool {
        self.held.values().any(|held| held.0 == pid)
    }

    /// Reserves a frame for a process, if there is something to wait for.
    fn hold(&mut self, frame: u64, pid: Pid) {
        if let Some((until, _)) = self.awaited {
            self.held.insert(frame, (pid, until));
        }
    }

    /// Releases every frame reserved for a process.
    #[inline]
    pub(crate) fn release_frames(&mut self, pid: Pid) {
        if !self.held.is_empty() {
            self.held.retain(|_, (whose, _)| *whose != pid);
        }
    }

    /// A fault of this process begins: it no longer needs the frames reserved for its last one.
    pub(crate) fn begin_fault(&mut self, pid: Pid) {
        self.release_frames(pid);
        self.in_fault = true;
    }

    fn wait_until(&mut self, until: u64, reason: Reason) {
        let before = self.awaited.map_or(0, |awaited| awaited.0);
        self.awaited = Some((until.max(before), reason));
    }
}

impl Os {
    /// A transfer of `pages` neighbouring pages for the running process. Without overlap, or when
    /// no process runs, it is complete on return.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub(crate) fn transfer(
        &mut self,
        hal: &mut dyn Hal,
        pages: u64,
        kind: Transfer,
    ) -> Result<(), OsError> {
        let done = self.disk.submit(hal.now(), pages, kind);
        if self.config.overlap && self.current.is_some() {
            self.disk.wait_until(done, Reason::Disk);
            return Ok(());
        }
        let account = hal.charge(Activity::Disk);
        hal.wait(done - hal.now())?;
        hal.charge(account);
        Ok(())
    }

    /// No process waits for the transfers that the kernel makes on its own initiative.
    pub(crate) fn forget_awaited(&mut self) {
        self.disk.awaited = None;
    }

    /// The account for the cycles in which a transfer moves its bytes: without overlap the disk's.
    pub(crate) fn transfer_account(&self) -> Activity {
        if self.config.overlap { Activity::Handler } else { Activity::Disk }
    }

    /// A fault was handled, or deferred. The page that the process got stays in its frame until the
    /// process has used it. If another process waits for the same page, this one waits too.
    pub(crate) fn end_fault(&mut self, hal: &dyn Hal, pid: Pid, va: u64, put_off: bool) {
        self.disk.in_fault = false;
        let Some(space) = self.process(pid).and_then(|process| process.space.as_ref()) else {
            return;
        };
        if put_off {
            // It waits for others' frames: if it kept a frame reserved, they could wait for each
            // other.
            return;
        }
        let held = space.pages.get(va / PAGE_BYTES).filter(|held| held.mapped);
        let page = held.and_then(|held| self.memory.pages.get(held.page));
        if let Some(frame) = page.and_then(|page| page.frame) {
            let coming = self.disk.held.get(&frame).map(|held| held.1);
            if let Some(until) = coming.filter(|&until| until > hal.now()) {
                self.disk.wait_until(until, Reason::Disk);
            } else {
                self.disk.hold(frame, pid);
            }
        }
    }

    /// No frame is available. If some are reserved for others, the running process waits for the
    /// first and tries again; `false` if that would not help.
    pub(crate) fn defer(&mut self, hal: &dyn Hal) -> bool {
        if !self.disk.in_fault {
            return false;
        }
        let first = self.disk.held.values().filter(|held| Some(held.0) != self.current);
        let Some(until) = first.map(|held| held.1).min() else { return false };
        self.disk.wait_until(until.max(hal.now()), Reason::Frame);
        true
    }

    /// Blocks the running process if the work of the kernel for it is not complete. Called when the
    /// kernel would return to it; `true` if it must not run.
    pub fn block(&mut self, hal: &mut dyn Hal) -> bool {
        let Some((until, reason)) = self.disk.awaited.take() else { return false };
        let Some(pid) = self.current else { return false };
        if self.schedule.standing(pid) != Some(Standing::Running) {
            return false;
        }
        self.schedule.sleep(pid, hal.now(), until, reason);
        hal.event(Event::Blocked { pid, reason });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfers_wait_for_each_other() {
        let mut disk = Disk::new(&Costs { disk_read: 100, disk_write: 50, ..Costs::default() });
        assert_eq!(disk.submit(10, 1, Transfer::Read), 110);
        assert_eq!(disk.submit(20, 1, Transfer::Write), 160);
        assert_eq!(disk.submit(500, 8, Transfer::Read), 600);
        assert_eq!((disk.reads(), disk.writes(), disk.busy()), (9, 1, 250));
        assert_eq!((disk.latency().min, disk.latency().max), (100, 140));
    }

    #[test]
    fn frames_are_held_only_while_something_is_awaited() {
        let mut disk = Disk::default();
        disk.hold(7, 1);
        assert!(!disk.is_held(7));
        disk.wait_until(50, Reason::Disk);
        disk.hold(7, 1);
        assert!(disk.is_held(7));
        disk.release_frames(2);
        assert!(disk.is_held(7));
        disk.release_frames(1);
        assert!(!disk.is_held(7));
    }
}
