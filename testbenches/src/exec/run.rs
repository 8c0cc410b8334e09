//! A program, run to its end.

use std::io::Write;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::{Config, Engine};
use hart::Misaligned;
use machine::computer::{Computer, Setup, SetupError, Stop};
use model::isa::{PAGE_BYTES, Privilege, Xlen};
use platform::{Ending, Map};

use super::host::{self, Told};
use super::{HostWord, Program};

/// Steps between two looks at what the user wants, and at what the program does.
const STRETCH: u64 = 1 << 16;

/// Steps within which a 32-bit program writes the other half of its word.
const OTHER_HALF: u64 = 16;

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
    /// It asked for a system call by `tohost` that nobody answers.
    Call(u64),
    /// The instruction at this address jumps to itself, and no interrupt is enabled.
    Loops(u64),
    /// It takes traps and executes nothing: its trap handler traps at once. The last of them.
    Traps(hart::Trap),
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
            to_host: self.program.to_host.map(|word| word.pa),
        };
        let mut computer = setup.build()?;
        for region in self.elsewhere() {
            computer.memory().map_ram(region)?;
        }
        for part in &self.program.parts {
            computer.place(part.pa, &part.bytes)?;
            // What follows of it is zero, and must have a place, too.
            if computer.memory().peek(part.pa + part.size - 1, 1).is_err() {
                return Err(SetupError::Outside {
                    pa: part.pa,
                    bytes: part.size,
                    from: Map::RAM,
                    to: Map::RAM + self.memory,
                });
            }
        }
        Ok(computer)
    }

    /// The pages below RAM that the program takes: they become RAM, too.
    fn elsewhere(&self) -> Vec<Range<u64>> {
        let below = self.program.parts.iter().filter(|part| part.pa < Map::RAM);
        let mut pages: Vec<Range<u64>> = below
            .map(|part| {
                let end = (part.pa + part.size).next_multiple_of(PAGE_BYTES).min(Map::RAM);
                part.pa & !(PAGE_BYTES - 1)..end
            })
            .collect();
        pages.sort_by_key(|region| region.start);
        let mut joined: Vec<Range<u64>> = Vec::new();
        for region in pages {
            match joined.last_mut() {
                Some(last) if region.start <= last.end => last.end = last.end.max(region.end),
                _ => joined.push(region),
            }
        }
        joined
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
        let first = computer.steps();
        loop {
            let left = self.most.saturating_sub(computer.steps() - first);
            let stretch = left.min(STRETCH);
            let before = Moment::of(computer);
            let mut stopped = computer.run(stretch.min(1));
            if stretch > 1 && matches!(stopped, Stop::Limit) && before.is_repeated(computer) {
                return Outcome::Loops(before.pc);
            }
            let before = computer.hart().retired();
            if stretch > 1 && matches!(stopped, Stop::Limit) {
                stopped = computer.run(stretch - 1);
            }
            if let (Stop::ToHost(_), Some(of)) = (&stopped, self.program.to_host) {
                if self.program.xlen == Xlen::Rv32 {
                    stopped = computer.run(OTHER_HALF);
                }
                match self.told(computer, of, &mut print) {
                    Some(outcome) => return outcome,
                    None if matches!(stopped, Stop::ToHost(_) | Stop::Limit) => continue,
                    None => {}
                }
            }
            look(computer);
            match stopped {
                Stop::Limit if stop.load(Ordering::Relaxed) => return Outcome::Interrupted,
                Stop::Limit if left <= STRETCH => return Outcome::Limit,
                Stop::Limit if computer.hart().retired() == before => {
                    if let Some(trap) = computer.hart().trap() {
                        return Outcome::Traps(trap);
                    }
                }
                Stop::Limit | Stop::Reached => {}
                Stop::Ended(Ending::PowerOff) => return Outcome::Ended(0),
                Stop::Ended(Ending::Failure(code)) => return Outcome::Ended(code.into()),
                Stop::Ended(Ending::Reboot) => return Outcome::Reboot,
                Stop::Asleep | Stop::Waiting(_) => return Outcome::Asleep,
                Stop::Unhandled(trap) => return Outcome::Unhandled(trap),
                Stop::Hardware(error) => return Outcome::Hardware(error),
                // Without the symbol nothing is watched.
                Stop::ToHost(_) => {}
            }
        }
    }

    /// Does what the word asks for; `None` if the program goes on.
    fn told(
        &self,
        computer: &Computer,
        of: HostWord,
        print: &mut impl FnMut(&[u8]),
    ) -> Option<Outcome> {
        let word = host::word(computer, of);
        if word == 0 {
            return None;
        }
        let mut printed = Vec::new();
        match host::carry_out(computer, word, of, self.program.from_host, &mut printed) {
            Told::End(code) => Some(Outcome::Ended(code)),
            Told::Call(number) => Some(Outcome::Call(number)),
            Told::Strange => Some(Outcome::Strange(word)),
            Told::Answered => {
                print(&printed);
                None
            }
        }
    }
}

/// Where a program is.
struct Moment {
    pc: u64,
    mode: Privilege,
    traps: u64,
}

impl Moment {
    fn of(computer: &Computer) -> Moment {
        let hart = computer.hart();
        Moment { pc: hart.pc(), mode: hart.privilege(), traps: computer.traps() }
    }

    /// Whether one step has led to where it began, as it will for ever: a jump to itself knows
    /// nothing but registers.
    fn is_repeated(&self, computer: &Computer) -> bool {
        let now = Moment::of(computer);
        let same = now.pc == self.pc && now.mode == self.mode && now.traps == self.traps;
        same && !computer.hart().may_be_interrupted()
    }
}
