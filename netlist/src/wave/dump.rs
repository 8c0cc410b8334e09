//! The dump under way.

use super::record::{Record, stamp};
use super::{Style, UNITS_PER_CYCLE, WaveError, header};
use crate::compile::{Compiled, Follower};
use crate::ir::{NetId, Netlist};
use std::io::Write;
use vcd::IdCode;

/// Text gathered before the output is asked to write it.
const ROOM: usize = 1 << 16;

/// Makes cycles and writes what changed. Its memory does not grow with the run.
///
/// It ends with [`Dump::finish`]; one that is dropped leaves out what it had gathered last.
pub struct Dump<W: Write> {
    out: vcd::Writer<W>,
    follower: Follower,
    records: Vec<Record>,
    clock: Option<IdCode>,
    line: Vec<u8>,
    now: u64,
}

impl<W: Write> std::fmt::Debug for Dump<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dump")
            .field("records", &self.records.len())
            .field("now", &self.now)
            .finish()
    }
}

impl<W: Write> Dump<W> {
    /// Begins a dump of these nets of an engine that was compiled to follow them.
    ///
    /// # Errors
    /// [`WaveError::NotFollowed`], or what the output says.
    pub fn new(
        netlist: &Netlist,
        engine: &Compiled,
        nets: &[NetId],
        out: W,
        style: Style,
    ) -> Result<Self, WaveError> {
        let mut out = vcd::Writer::new(out);
        let header = header::write(&mut out, netlist, nets, style)?;
        let follower = engine.follower(&header.fields).ok_or_else(|| {
            let missing = |net: &&NetId| !engine.follows(**net);
            let net = nets.iter().find(missing).unwrap_or(&nets[0]);
            WaveError::NotFollowed(netlist.net(*net).path.clone())
        })?;
        let (records, clock) = (header.records, header.clock);
        Ok(Self { out, follower, records, clock, line: Vec::with_capacity(2 * ROOM), now: 0 })
    }

    /// Variables: nets that carry the same node count once.
    pub fn variables(&self) -> usize {
        self.records.len()
    }

    /// As [`Compiled::cycle`], and writes the values before the edge that are new.
    ///
    /// # Errors
    /// What the output says.
    #[inline]
    pub fn cycle(&mut self, engine: &mut Compiled) -> Result<(), WaveError> {
        let time = self.now * UNITS_PER_CYCLE;
        self.now += 1;
        if let Some(clock) = self.clock {
            stamp(&mut self.line, time);
            tick(&mut self.line, b'1', clock);
        }
        let mut stamped = self.clock.is_some();
        let (line, records) = (&mut self.line, &self.records);
        engine.cycle_following(&mut self.follower, |field, words| {
            if !stamped {
                stamp(line, time);
                stamped = true;
            }
            records[field].append(line, words);
        });
        if let Some(clock) = self.clock {
            stamp(&mut self.line, time + UNITS_PER_CYCLE / 2);
            tick(&mut self.line, b'0', clock);
        }
        if self.line.len() >= ROOM { self.flush() } else { Ok(()) }
    }

    /// Lets cycles pass that are as the last one, because the engine
    /// [is quiescent](Compiled::is_quiescent).
    ///
    /// # Errors
    /// What the output says.
    pub fn skip(&mut self, cycles: u64) -> Result<(), WaveError> {
        let Some(clock) = self.clock else {
            self.now += cycles;
            return Ok(());
        };
        for _ in 0..cycles {
            let time = self.now * UNITS_PER_CYCLE;
            self.now += 1;
            stamp(&mut self.line, time);
            tick(&mut self.line, b'1', clock);
            stamp(&mut self.line, time + UNITS_PER_CYCLE / 2);
            tick(&mut self.line, b'0', clock);
            if self.line.len() >= ROOM {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Writes what is left, and the time at which the last cycle ended.
    ///
    /// # Errors
    /// What the output says.
    pub fn finish(mut self) -> Result<(), WaveError> {
        stamp(&mut self.line, self.now * UNITS_PER_CYCLE);
        self.flush()?;
        Ok(self.out.writer().flush()?)
    }

    fn flush(&mut self) -> Result<(), WaveError> {
        self.out.writer().write_all(&self.line)?;
        self.line.clear();
        Ok(())
    }
}

fn tick(line: &mut Vec<u8>, level: u8, clock: IdCode) {
    line.push(level);
    // Writing to memory cannot fail.
    writeln!(line, "{clock}").ok();
}
