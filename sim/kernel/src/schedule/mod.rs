//! The scheduler: which processes are ready, what the others wait for, and for how long.
//!
//! Round robin: a process that becomes ready goes to the end of the queue, and so does one that
//! uses up its quantum. A process is in exactly one [`Standing`], and every cycle of its life is
//! spent running, in the ready queue, or blocked. [`Times`] keeps the last two; the first is the
//! processor's own count. That they add up to the turnaround time is an invariant.
//!
//! | file | does |
//! |---|---|
//! | `dispatch` | the processor given to processes and taken away |
//! | `queues` | the queues as reported |
//! | `load`, `working_set` | load control, and its samples |

mod dispatch;
mod load;
mod queues;
mod working_set;

pub(crate) use load::Load;

use crate::Pid;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use strum::IntoStaticStr;

/// Why a process is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// A page being read or written by the disk.
    Disk,
    /// A frame, while all are reserved for pages being read.
    Frame,
    /// The end of a child.
    Child,
    /// Load control: it was swapped out as a whole.
    LoadControl,
}

impl Reason {
    /// The reason in one lower-case word.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The state of a process in the scheduler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In the ready queue.
    Ready,
    /// On the processor.
    Running,
    /// Blocked until an event.
    Blocked(Reason),
    /// It has ended.
    Gone,
}

/// When a process arrived and ended, in cycles since the boot, and how long it waited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Times {
    /// When it became ready for the first time.
    pub arrived: u64,
    /// When it was first given the processor.
    pub started: Option<u64>,
    /// When everything that it held was freed.
    pub finished: Option<u64>,
    /// Cycles in the ready queue.
    pub waiting: u64,
    /// Cycles blocked, for whatever reason.
    pub blocked: u64,
    /// Of these, blocked by load control.
    pub suspended: u64,
}

impl Times {
    /// Turnaround time, from arrival to end; nothing before the end.
    pub fn turnaround(&self) -> Option<u64> {
        Some(self.finished? - self.arrived)
    }

    /// Response time, from arrival to the first turn.
    pub fn response(&self) -> Option<u64> {
        Some(self.started? - self.arrived)
    }
}

#[derive(Debug)]
struct Entry {
    standing: Standing,
    since: u64,
    times: Times,
    parent: Option<Pid>,
}

impl Entry {
    /// Charges the time until now to the present state.
    fn stand(&mut self, standing: Standing, now: u64) {
        let passed = now.saturating_sub(self.since);
        match self.standing {
            Standing::Ready => self.times.waiting += passed,
            Standing::Blocked(reason) => {
                self.times.blocked += passed;
                self.times.suspended += if reason == Reason::LoadControl { passed } else { 0 };
            }
            Standing::Running | Standing::Gone => {}
        }
        (self.standing, self.since) = (standing, now);
    }
}

/// The scheduler's queues.
#[derive(Debug, Default)]
pub struct Schedule {
    ready: VecDeque<Pid>,
    /// Blocked until a cycle; the order in which they were blocked; the process.
    sleepers: BTreeSet<(u64, u64, Pid)>,
    /// Suspended by load control, the one longest suspended first.
    suspended: VecDeque<Pid>,
    entries: BTreeMap<Pid, Entry>,
    order: u64,
}

impl Schedule {
    /// A process arrives, and is ready.
    pub fn arrive(&mut self, pid: Pid, now: u64, parent: Option<Pid>) {
        let times = Times { arrived: now, ..Times::default() };
        let entry = Entry { standing: Standing::Ready, since: now, times, parent };
        self.entries.insert(pid, entry);
        self.ready.push_back(pid);
    }

    /// Makes every process ready whose wait is over, at the cycle at which it ended.
    pub fn wake(&mut self, now: u64) {
        while let Some(&(until, order, pid)) = self.sleepers.first().filter(|first| first.0 <= now)
        {
            self.sleepers.remove(&(until, order, pid));
            self.stand(pid, Standing::Ready, until);
            self.ready.push_back(pid);
        }
    }

    /// When the next wait ends.
    pub fn next_wake(&self) -> Option<u64> {
        self.sleepers.first().map(|first| first.0)
    }

    /// The process to run next.
    pub fn front(&self) -> Option<Pid> {
        self.ready.front().copied()
    }

    /// The first ready process gets the processor.
    pub fn run(&mut self, now: u64) -> Option<Pid> {
        let pid = self.ready.pop_front()?;
        self.stand(pid, Standing::Running, now);
        let entry = self.entries.get_mut(&pid)?;
        entry.times.started.get_or_insert(now);
        Some(pid)
    }

    /// A process loses the processor and stays ready.
    pub fn preempt(&mut self, pid: Pid, now: u64) {
        if self.standing(pid) == Some(Standing::Running) {
            self.stand(pid, Standing::Ready, now);
            self.ready.push_back(pid);
        }
    }

    /// The running process waits until a cycle, which may be the current one: then it only yields
    /// to the others.
    pub fn sleep(&mut self, pid: Pid, now: u64, until: u64, reason: Reason) {
        self.order += 1;
        self.stand(pid, Standing::Blocked(reason), now);
        self.sleepers.insert((until.max(now), self.order, pid));
    }

    /// The running process waits for the end of a child; `false` if it has none.
    pub fn wait_for_child(&mut self, pid: Pid, now: u64) -> bool {
        let living = |entry: &Entry| entry.parent == Some(pid) && entry.standing != Standing::Gone;
        if !self.entries.values().any(living) {
            return false;
        }
        self.stand(pid, Standing::Blocked(Reason::Child), now);
        true
    }

    /// A process ends: its times are final, and a parent that waits for it is ready.
    pub fn leave(&mut self, pid: Pid, now: u64) {
        let Some(parent) = self.entries.get(&pid).map(|entry| entry.parent) else { return };
        self.ready.retain(|&other| other != pid);
        self.suspended.retain(|&other| other != pid);
        self.sleepers.retain(|&(_, _, other)| other != pid);
        self.stand(pid, Standing::Gone, now);
        if let Some(entry) = self.entries.get_mut(&pid) {
            entry.times.finished.get_or_insert(now);
        }
        let waits = Some(Standing::Blocked(Reason::Child));
        if let Some(parent) = parent.filter(|&parent| self.standing(parent) == waits) {
            self.stand(parent, Standing::Ready, now);
            self.ready.push_back(parent);
        }
    }

    /// The processes that load control may suspend: those that are ready, or wait for memory or the
    /// disk, but neither the running one nor one that waits for a child and needs nothing.
    pub fn competitors(&self) -> impl Iterator<Item = Pid> + '_ {
        let competes = |entry: &Entry| {
            use Reason::{Disk, Frame};
            matches!(entry.standing, Standing::Ready | Standing::Blocked(Disk | Frame))
        };
        self.entries.iter().filter(move |(_, entry)| competes(entry)).map(|(pid, _)| *pid)
    }

    /// Load control suspends a process; it repeats the request that it waited for when it resumes.
    pub fn suspend(&mut self, pid: Pid, now: u64) {
        if self.competitors().any(|other| other == pid) {
            self.ready.retain(|&other| other != pid);
            self.sleepers.retain(|&(_, _, other)| other != pid);
            self.stand(pid, Standing::Blocked(Reason::LoadControl), now);
            self.suspended.push_back(pid);
        }
    }

    /// Resumes the process that was suspended first, and returns it.
    pub fn resume(&mut self, now: u64) -> Option<Pid> {
        let pid = self.suspended.pop_front()?;
        self.stand(pid, Standing::Ready, now);
        self.ready.push_back(pid);
        Some(pid)
    }

    /// The processes suspended by load control, the one longest suspended first.
    pub fn suspended(&self) -> impl Iterator<Item = Pid> + '_ {
        self.suspended.iter().copied()
    }

    /// The processes in the ready queue, in order.
    pub fn ready(&self) -> impl Iterator<Item = Pid> + '_ {
        self.ready.iter().copied()
    }

    /// The state of a process.
    pub fn standing(&self, pid: Pid) -> Option<Standing> {
        self.entries.get(&pid).map(|entry| entry.standing)
    }

    /// A process's times until now, including its present state.
    pub fn times(&self, pid: Pid, now: u64) -> Times {
        let Some(entry) = self.entries.get(&pid) else { return Times::default() };
        let mut copy = Entry { times: entry.times, ..*entry };
        copy.stand(entry.standing, now);
        copy.times
    }

    fn stand(&mut self, pid: Pid, standing: Standing, now: u64) {
        if let Some(entry) = self.entries.get_mut(&pid) {
            entry.stand(standing, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cycle_is_on_one_account() {
        let mut schedule = Schedule::default();
        schedule.arrive(1, 10, None);
        schedule.arrive(2, 20, Some(1));
        assert_eq!(schedule.run(30), Some(1));
        schedule.sleep(1, 35, 100, Reason::Disk);
        assert_eq!(schedule.run(40), Some(2));
        schedule.wake(150);
        schedule.preempt(2, 150);
        assert_eq!(schedule.ready().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(schedule.run(160), Some(1));
        assert!(schedule.wait_for_child(1, 170));
        assert_eq!(schedule.run(170), Some(2));
        schedule.leave(2, 200);
        assert_eq!(schedule.run(205), Some(1));
        assert!(!schedule.wait_for_child(1, 206));
        schedule.leave(1, 210);
        let (one, two) = (schedule.times(1, 999), schedule.times(2, 999));
        assert_eq!((one.turnaround(), one.response()), (Some(200), Some(20)));
        // Ready 10..30, 100..160, 200..205; blocked 35..100, 170..200.
        assert_eq!((one.waiting, one.blocked), (85, 95));
        assert_eq!((two.turnaround(), two.waiting, two.blocked), (Some(180), 40, 0));
    }

    #[test]
    fn the_suspended_come_back_in_order() {
        let mut schedule = Schedule::default();
        (1..=3).for_each(|pid| schedule.arrive(pid, 0, None));
        schedule.suspend(2, 5);
        schedule.suspend(1, 6);
        assert_eq!(schedule.resume(50), Some(2));
        schedule.leave(1, 60);
        assert_eq!(schedule.resume(61), None);
        assert_eq!(schedule.ready().collect::<Vec<_>>(), [3, 2]);
        assert_eq!(schedule.times(2, 70).suspended, 45);
    }
}
