//! A program, run to its end.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::{Config, Engine};
use hart::Misaligned;
use machine::computer::{Computer, Setup, SetupError, Stop};
use platform::{Ending, Map};

use super::Program;
use super::host::{self, Told};

/// Steps between two looks at what the user wants.
const STRETCH: u64 = 1 << 16;

/// How a program is to be run.
pub struct Execution<'a> {
    /// The program.
    pub program: &'a Program,
    /// The MMU.
    pub config: &'a Config,
    /// Its engine.
    pub engine: Engine,
    /// Bytes of RAM.
    pub memory: u64,
    /// Cycles until memory answers the walker.
    pub latency: u64,
    /// Cycles of a load or a store after its translation.
    pub data_latency: u64,
    /// What becomes of misaligned accesses.
    pub misaligned: Misaligned,
    /// The most steps: instructions completed, and traps taken.
    pub most: u64,
}

/// How it ended.
#[derive(Debug)]
pub enum Outcome {
    /// It ended itself with this code.
    Ended(u64),
    /// It asked for a reboot.
    Reboot,
    /// It has done as many steps as it may.
    Limit,
    /// It waits for an interrupt that will not come.
    Asleep,
    /// It wrote a word to `tohost` that means nothing.
    Strange(u64),
    /// The user stopped it.
    Interrupted,
    /// It trapped into M-mode, where nothing handles it.
    Unhandled(hart::Trap),
    /// The MMU broke a rule.
    Hardware(machine::board::StepError),
}

impl Execution<'_> {
    /// The computer with the program in its memory.
    ///
    /// # Errors
    /// [`SetupError`]: a program that does not fit into memory, for example.
    pub fn computer(&self, printed: Box<dyn Write>) -> Result<Computer, SetupError> {
        let setup = Setup {
            mmu: self.config.mmu(self.engine),
            memory: self.memory,
            walker_latency: self.latency,
            data_latency: self.data_latency,
            reset: self.program.entry,
            printed,
            disk: None,
            sstc: true,
            svadu: true,
            svpbmt: true,
            misaligned: self.misaligned,
            to_host: self.program.to_host,
        };
        let mut computer = setup.build()?;
        for part in &self.program.parts {
            computer.place(part.pa, &part.bytes)?;
        }
        Ok(computer)
    }

    /// Runs it. What it prints by `tohost` goes to `print`; `look` is called with the computer from
    /// time to time.
    pub fn run(
        &self,
        computer: &mut Computer,
        stop: &AtomicBool,
        mut print: impl FnMut(&[u8]),
        mut look: impl FnMut(&mut Computer),
    ) -> Outcome {
        let mut left = self.most;
        loop {
            let stretch = left.min(STRETCH);
            let before = computer.steps();
            let stopped = computer.run(stretch);
            left = left.saturating_sub(computer.steps() - before);
            look(computer);
            match stopped {
                Stop::Limit if stop.load(Ordering::Relaxed) => return Outcome::Interrupted,
                Stop::Limit if left == 0 => return Outcome::Limit,
                Stop::Limit | Stop::Reached => {}
                Stop::Ended(Ending::PowerOff) => return Outcome::Ended(0),
                Stop::Ended(Ending::Failure(code)) => return Outcome::Ended(code.into()),
                Stop::Ended(Ending::Reboot) => return Outcome::Reboot,
                Stop::Asleep | Stop::Waiting(_) => return Outcome::Asleep,
                Stop::Unhandled(trap) => return Outcome::Unhandled(trap),
                Stop::Hardware(error) => return Outcome::Hardware(error),
                Stop::ToHost(word) => {
                    let Program { to_host, from_host, .. } = self.program;
                    let mut printed = Vec::new();
                    let place = to_host.unwrap_or(Map::RAM);
                    match host::carry_out(computer, word, place, *from_host, &mut printed) {
                        Told::End(code) => return Outcome::Ended(code),
                        Told::Answered => print(&printed),
                        Told::Strange => return Outcome::Strange(word),
                    }
                }
            }
        }
    }
}
