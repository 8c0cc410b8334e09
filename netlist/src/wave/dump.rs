//! The open dump.

use super::{Style, WaveError, header};
use crate::compile::{Compiled, Follower};
use crate::ir::{NetId, Netlist};
use std::io::Write;
use waves::{Builder, SignalId, UNITS_PER_CYCLE};

/// Runs cycles and writes what changed. Its memory does not grow with the run.
///
/// It ends with [`Dump::finish`]; one that is dropped loses what it had collected last.
#[derive(Debug)]
pub struct Dump<'a> {
    out: waves::Dump<'a>,
    follower: Follower,
    variables: Vec<SignalId>,
    clock: Option<SignalId>,
    now: u64,
}

impl<'a> Dump<'a> {
    /// Begins a dump of these nets of an engine that was compiled to follow them.
    ///
    /// # Errors
    /// [`WaveError::NotFollowed`], or an error of the output.
    pub fn new(
        netlist: &Netlist,
        engine: &Compiled,
        nets: &[NetId],
        out: impl Write + Send + 'a,
        style: Style,
    ) -> Result<Self, WaveError> {
        let mut builder = Builder::new("");
        let header = header::declare(&mut builder, netlist, nets, style)?;
        let follower = engine.follower(&header.fields).ok_or_else(|| {
            let missing = |net: &&NetId| !engine.follows(**net);
            let net = nets.iter().find(missing).unwrap_or(&nets[0]);
            WaveError::NotFollowed(netlist.net(*net).path.clone())
        })?;
        let out = builder.dump_into(Box::new(out))?;
        let (variables, clock) = (header.variables, header.clock);
        Ok(Self { out, follower, variables, clock, now: 0 })
    }

    /// The number of variables: nets of the same node count once.
    pub fn variables(&self) -> usize {
        self.variables.len()
    }

    /// As [`Compiled::cycle`], and writes values that changed; they are those before the edge.
    ///
    /// # Errors
    /// An error of the output.
    #[inline]
    pub fn cycle(&mut self, engine: &mut Compiled) -> Result<(), WaveError> {
        let time = self.now * UNITS_PER_CYCLE;
        self.now += 1;
        let (out, variables) = (&mut self.out, &self.variables);
        let mut told = Ok(());
        if let Some(clock) = self.clock {
            out.at(time)?;
            out.bits(clock, &[1]);
        }
        engine.cycle_following(&mut self.follower, |field, words| {
            if told.is_ok() {
                told = out.at(time);
            }
            out.bits(variables[field], words);
        });
        told?;
        if let Some(clock) = self.clock {
            out.at(time + UNITS_PER_CYCLE / 2)?;
            out.bits(clock, &[0]);
        }
        Ok(())
    }

    /// Lets cycles pass that equal the last one, because the engine [is
    /// quiescent](Compiled::is_quiescent).
    ///
    /// # Errors
    /// An error of the output.
    pub fn skip(&mut self, cycles: u64) -> Result<(), WaveError> {
        let Some(clock) = self.clock else {
            self.now += cycles;
            return Ok(());
        };
        for _ in 0..cycles {
            let time = self.now * UNITS_PER_CYCLE;
            self.now += 1;
            for (time, level) in [(time, 1), (time + UNITS_PER_CYCLE / 2, 0)] {
                self.out.at(time)?;
                self.out.bits(clock, &[level]);
            }
        }
        Ok(())
    }

    /// Writes what is left, and the end of the last cycle.
    ///
    /// # Errors
    /// An error of the output.
    pub fn finish(mut self) -> Result<(), WaveError> {
        self.out.at(self.now * UNITS_PER_CYCLE)?;
        Ok(self.out.finish()?)
    }
}
