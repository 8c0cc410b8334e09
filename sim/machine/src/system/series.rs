//! Samples of the counters during a run.

use super::Machine;
use kernel::Hal;
use model::mmu::{Port, Pulse};
use serde::Serialize;

/// The distance of two samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// So many instructions. A sample comes in the cycle in which so many are complete, at the
    /// earliest.
    Instructions(u64),
    /// So many cycles. Where nothing happens for longer, the next sample comes later.
    Cycles(u64),
}

/// What was counted from the start until a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// Cycles.
    pub cycles: u64,
    /// Instructions completed.
    pub instructions: u64,
    /// Loads and stores completed, fetches not.
    pub data_accesses: u64,
    /// Misses of the fetch TLB.
    pub fetch_misses: u64,
    /// Misses of the data TLB.
    pub data_misses: u64,
    /// Page walks begun.
    pub walks: u64,
    /// Minor page faults.
    pub minor_faults: u64,
    /// Major page faults.
    pub major_faults: u64,
    /// Pages evicted.
    pub evictions: u64,
    /// Frames in use by pages and page tables at that moment.
    pub frames: u64,
}

/// The samples of a run.
#[derive(Clone, Debug)]
pub(super) struct Series {
    every: Every,
    /// The count at which the next one is due.
    next: u64,
    samples: Vec<Sample>,
    /// Frames in use before a process last ended.
    before_end: u64,
}

impl Machine {
    /// Takes samples from now on.
    pub fn sample(&mut self, every: Every) {
        let (Every::Instructions(next) | Every::Cycles(next)) = every;
        let every = match every {
            Every::Instructions(_) => Every::Instructions(next.max(1)),
            Every::Cycles(_) => Every::Cycles(next.max(1)),
        };
        self.series = Some(Series { every, next: next.max(1), samples: Vec::new(), before_end: 0 });
    }

    /// The samples, with one of the present moment.
    pub fn samples(&self) -> Vec<Sample> {
        let Some(series) = &self.series else { return Vec::new() };
        let mut samples = series.samples.clone();
        let mut now = self.counted();
        // At the end there is nothing in use, which says nothing about the last stretch.
        if self.os.processes().all(|process| process.space.is_none()) {
            now.frames = series.before_end;
        }
        // What comes after the last instruction belongs to its stretch.
        let by_instructions = matches!(series.every, Every::Instructions(_));
        let is_over = |last: &mut Sample| by_instructions && last.instructions == now.instructions;
        let _ = samples.pop_if(|last| *last == now || is_over(last));
        samples.push(now);
        samples
    }

    /// Takes a sample if one is due. Returns the accesses and the cycle until which none is.
    pub(super) fn sampled(&mut self) -> (u64, u64) {
        let Some(Series { every, next, .. }) = self.series else { return (u64::MAX, u64::MAX) };
        let now = match every {
            Every::Instructions(_) => self.hardware.board.meter.instructions(),
            Every::Cycles(_) => self.hardware.now(),
        };
        let (Every::Instructions(distance) | Every::Cycles(distance)) = every;
        let mut due = next;
        if now >= next {
            let sample = self.counted();
            due = (now / distance + 1).saturating_mul(distance);
            if let Some(series) = &mut self.series {
                series.samples.push(sample);
                series.next = due;
            }
        }
        match every {
            // An instruction has an access at least.
            Every::Instructions(_) => (due - now, u64::MAX),
            Every::Cycles(_) => (u64::MAX, due),
        }
    }

    /// A process may end: remembers what is in use until then.
    pub(super) fn may_end(&mut self) {
        let in_use = self.in_use();
        if let Some(series) = &mut self.series {
            series.before_end = in_use;
        }
    }

    /// Frames in use by pages and page tables.
    fn in_use(&self) -> u64 {
        let frames = self.os.frames();
        frames.total() - frames.census().kernel - frames.free()
    }

    /// What was counted until now.
    fn counted(&self) -> Sample {
        let mut faults = *self.os.counters();
        self.os.processes().for_each(|process| faults += process.counters);
        let mut sample = Sample {
            cycles: self.hardware.now(),
            minor_faults: faults.minor_faults,
            major_faults: faults.major_faults,
            evictions: faults.evictions,
            ..Sample::default()
        };
        for tally in self.hardware.board.meter.tallies() {
            sample.instructions += tally.accesses.instructions;
            sample.data_accesses += tally.accesses.loads + tally.accesses.stores;
            sample.fetch_misses += tally.mmu.of(Pulse::miss(Port::Fetch));
            sample.data_misses += tally.mmu.of(Pulse::miss(Port::Data));
            sample.walks += tally.mmu.walks;
        }
        sample.frames = self.in_use();
        sample
    }
}
