//! What happened to each process, in order: which accesses faulted, which pages were evicted,
//! which were left at the end. The textbooks' step tables follow from it.

use kernel::{Event, FaultKind, Pid};
use std::collections::BTreeMap;

use super::{Observer, WorldState};

/// One process's story.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// The accesses that faulted, minor or major, counted from 1 in program order; an access that
    /// faults twice is listed twice.
    pub faults_at: Vec<u64>,
    /// The first addresses of the pages that were evicted, in order.
    pub victims: Vec<u64>,
    /// The first addresses of the pages that were in frames when the process ended by itself.
    pub frames_after: Vec<u64>,
}

/// The histories of all processes; observes only events.
#[derive(Clone, Debug, Default)]
pub struct Chronicle {
    lives: BTreeMap<Pid, Life>,
}

impl Chronicle {
    /// The history of one process; empty if nothing happened to it.
    pub fn life(&self, pid: Pid) -> Life {
        self.lives.get(&pid).cloned().unwrap_or_default()
    }
}

impl Observer for Chronicle {
    fn sees_cycles(&self) -> bool {
        false
    }

    fn on_event(&mut self, _cycle: u64, event: &Event, world: &WorldState) {
        match event {
            Event::PageFault { pid, kind: FaultKind::Minor | FaultKind::Major, .. } => {
                self.lives.entry(*pid).or_default().faults_at.extend(world.access);
            }
            Event::Eviction { pid, va, .. } => {
                self.lives.entry(*pid).or_default().victims.push(*va);
            }
            Event::Exit { pid, frames } => {
                self.lives.entry(*pid).or_default().frames_after.clone_from(frames);
            }
            _ => {}
        }
    }
}
