//! What happened to each process, in order: which accesses faulted, which pages were evicted,
//! which were left at the end. The textbooks' step tables follow from it.

use kernel::{Event, FaultKind, Pid};
use std::collections::BTreeMap;

/// One process's story.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// The accesses that faulted, minor or major, counted from 1 in the order of the program; an
    /// access that faults twice stands here twice.
    pub faults_at: Vec<u64>,
    /// The first addresses of the pages that it lost, in order.
    pub victims: Vec<u64>,
    /// The first addresses of the pages that were in frames when it ended by itself.
    pub frames_after: Vec<u64>,
}

/// The stories of all processes.
#[derive(Clone, Debug, Default)]
pub struct Chronicle {
    lives: BTreeMap<Pid, Life>,
    /// The number of the program's access that waits for the kernel; the kernel's own have none.
    access: Option<u64>,
}

impl Chronicle {
    /// One process's story; empty if nothing happened to it.
    pub fn life(&self, pid: Pid) -> Life {
        self.lives.get(&pid).cloned().unwrap_or_default()
    }

    /// The access of this number is about to be handled by the kernel; with none, one of the
    /// kernel's own.
    pub(crate) fn access(&mut self, number: Option<u64>) {
        self.access = number;
    }

    /// The process is about to end.
    pub(crate) fn ends(&mut self, pid: Pid, frames: Vec<u64>) {
        self.lives.entry(pid).or_default().frames_after = frames;
    }

    pub(crate) fn event(&mut self, event: &Event) {
        match event {
            Event::PageFault { pid, kind: FaultKind::Minor | FaultKind::Major, .. } => {
                self.lives.entry(*pid).or_default().faults_at.extend(self.access);
            }
            Event::Eviction { pid, va, .. } => {
                self.lives.entry(*pid).or_default().victims.push(*va);
            }
            _ => {}
        }
    }
}
