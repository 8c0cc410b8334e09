//! A computer: a hart that executes instructions on a board with an MMU, and devices around it.
//!
//! | part | what it is |
//! |---|---|
//! | [`Computer`] | the whole; [`Computer::run`] |
//! | [`Setup`] (`setup`) | what it is made of |
//! | [`Account`] (`account`) | what it counts besides the board's counters |
//! | `around` | the hart's surroundings: ports in cycles, memory, devices; where time is counted |
//! | `fetching` | the fetches among them |
//! | `ports` | the MMU's ports, as the hart uses them |
//! | `window` | the fetch buffer |
//! | `code` | decoded instructions, by physical address |
//! | `missing` | which instructions miss |
//! | `sbi` | what firmware does, without firmware |
//! | [`Moment`] (`moment`) | where it is to stop |
//! | [`Phase`], [`Phases`] (`phase`) | what is counted, one part of the run after the other |
//! | [`Stop`] (`stop`) | why it stopped |
//! | [`ComputerState`] (`state`) | all that it remembers, to go on from later |
//! | [`Accesses`] (`accesses`) | who hears of each access of programs |
//!
//! Every address that the hart fetches from, loads from or stores to goes through the MMU's ports in
//! clock cycles, in M-mode too, and the golden model checks each answer. `around` says what an
//! instruction takes.

mod accesses;
mod account;
mod around;
mod code;
mod fetching;
mod missing;
mod moment;
mod phase;
mod ports;
mod sbi;
mod setup;
mod state;
mod stop;
#[cfg(test)]
mod tests;
mod window;

pub use accesses::Accesses;
pub use account::{Account, CODES, MODES};
pub use moment::Moment;
pub use phase::{Phase, Phases};
pub use setup::{Setup, SetupError};
pub use state::{ComputerState, OtherComputer};
pub use stop::Stop;

use accesses::Listener;
use account::index;
use around::{Around, CYCLES_PER_TICK, HART};
use hart::{Hart, Interrupt, Step, Trap};
use model::bus::SharedMemory;
use model::isa::Privilege;
use platform::{Lines, Plic, Syscon, Uart};
use sbi::Sbi;

/// A computer.
pub struct Computer {
    hart: Hart,
    around: Around,
    lines: Lines,
    /// The lines' levels that the hart knows.
    levels: u64,
    plic: Plic,
    syscon: Syscon,
    uart: Uart,
    /// A word to which software writes its result.
    to_host: Option<u64>,
    /// The cycle in which a timer may interrupt.
    next_event: u64,
    /// Traps that were taken.
    traps: u64,
    /// A trap into M-mode, where there is no firmware for it.
    unhandled: Option<Trap>,
    /// The mode in which the hart is, and what was counted when it came into it.
    mode: Privilege,
    since: (u64, u64),
    phases: Phases,
    sbi: Option<Sbi>,
    /// Whether [`Stop::Waiting`] is told.
    paced: bool,
    /// Where it is to stop: as such, as an address, as a number of instructions.
    watched: Option<Moment>,
    breakpoint: u64,
    last: u64,
    /// Who hears of the accesses of programs.
    listener: Option<Listener>,
}

impl Computer {
    /// Runs until it stops, at most for so many steps: instructions completed, and traps taken.
    pub fn run(&mut self, steps: u64) -> Stop {
        let stop = match self.listener.is_some() {
            true => self.go_on::<true>(steps),
            false => self.go_on::<false>(steps),
        };
        self.around.board.show_outputs();
        stop
    }

    fn go_on<const HEARD: bool>(&mut self, steps: u64) -> Stop {
        let end = self.steps().saturating_add(steps);
        loop {
            if (self.around.disturbed || self.around.now() >= self.next_event)
                && let Some(stop) = self.attend()
            {
                return stop;
            }
            if self.steps() >= end {
                self.around.settle();
                return Stop::Limit;
            }
            if self.hart.pc() == self.breakpoint || self.hart.retired() >= self.last {
                self.watch_for(None);
                self.around.settle();
                return Stop::Reached;
            }
            let step = match &mut self.listener {
                Some(listener) if HEARD => listener.step(&mut self.hart, &mut self.around),
                _ => self.hart.step(&mut self.around),
            };
            match step {
                Step::Retired => {
                    // What is fetched next is the new mode's.
                    if self.hart.privilege() != self.mode {
                        self.enter(self.hart.privilege());
                    }
                    self.around.retired(self.hart.pc(), self.hart.privilege());
                }
                Step::Trapped => self.trapped(),
                Step::Pending => {}
                Step::Waiting if self.paced => return self.waiting(),
                Step::Waiting => match self.wait() {
                    Some(stop) => return stop,
                    None => continue,
                },
            }
            if self.around.error.is_some()
                && let Some(error) = self.around.error.take()
            {
                return Stop::Hardware(error);
            }
            if let Some(trap) = self.unhandled.take() {
                self.around.settle();
                return Stop::Unhandled(trap);
            }
        }
    }

    #[cold]
    fn trapped(&mut self) {
        self.traps += 1;
        self.enter(self.hart.privilege());
        let trap = self.hart.trap();
        if let Some(trap) = trap {
            self.around.account.trap(&trap);
            self.around.disturbed |= self.watched.is_some();
        }
        self.around.trapped(trap);
        if let (Some(sbi), Some(trap)) = (&self.sbi, trap)
            && trap.to == Privilege::Machine
        {
            if trap.is_interrupt || trap.cause != sbi::CALL {
                self.unhandled = Some(trap);
                return;
            }
            sbi.call(&mut self.hart, &mut self.around, trap.pc);
            self.enter(self.hart.privilege());
        }
    }

    /// The hart has changed its mode: what comes counts for the new one.
    #[cold]
    fn enter(&mut self, mode: Privilege) {
        self.tally();
        self.mode = mode;
        self.around.settle();
        if let Some(phase) = self.phases.entered(mode) {
            self.begin(phase);
        }
        if mode == Privilege::User {
            self.around.account.entered_user += 1;
            self.around.disturbed |= self.watched.is_some();
        }
        self.select();
    }

    /// The board's meter counts for the present phase and mode.
    fn select(&mut self) {
        let place = MODES.len() * self.phases.present() + index(self.mode);
        self.around.board.meter.select(place as u32);
    }

    /// What is counted from now on counts for another phase.
    fn begin(&mut self, phase: Phase) {
        let account = std::mem::take(&mut self.around.account);
        self.phases.begin(phase, account);
    }

    /// Begins a phase by the name that it has in reports.
    pub fn begin_phase(&mut self, name: &str) {
        self.tally();
        self.around.settle();
        self.begin(Phase::named(name));
        self.select();
    }

    /// From now on there are phases: until the first instruction in S-mode, until the first in
    /// U-mode, and after. Before this call there is one.
    pub fn has_phases(&mut self) {
        self.phases.follow_modes(self.hart.privilege());
    }

    /// Tells [`Stop::Waiting`] from now on, instead of leaping to the next event.
    pub fn is_paced(&mut self) {
        self.paced = true;
    }

    /// Lets up to so many cycles pass while the hart waits; an event in between ends it.
    pub fn let_pass(&mut self, cycles: u64) {
        let left = self.timer().saturating_sub(self.around.now());
        self.around.rest(cycles.min(left));
        self.around.disturbed = true;
    }

    /// Something outside happened that may interrupt: somebody typed.
    pub fn disturb(&mut self) {
        self.around.disturbed = true;
    }

    /// Counts instructions and cycles for the present mode.
    fn tally(&mut self) {
        let now = (self.hart.retired(), self.around.now());
        let place = index(self.mode);
        self.around.account.instructions[place] += now.0 - self.since.0;
        self.around.account.cycles[place] += now.1 - self.since.1;
        self.since = now;
    }

    /// What was counted so far, of all phases.
    pub fn account(&mut self) -> Account {
        let mut total = Account::default();
        self.phases().iter().for_each(|(_, account)| total.add(account));
        total
    }

    /// What was counted so far, phase by phase. The board's meter has a tally for each mode of each
    /// phase, numbered as in [`MODES`], the first phase first.
    pub fn phases(&mut self) -> Vec<(String, Account)> {
        self.tally();
        self.around.settle();
        self.phases.all(self.around.account)
    }

    /// The addresses of the instructions that missed most, with their misses.
    pub fn missing(&self, most: usize) -> Vec<(u64, model::mmu::PerPort<u64>)> {
        self.around.missing.most(most)
    }

    /// Instructions completed, and traps taken.
    pub fn steps(&self) -> u64 {
        self.hart.retired() + self.traps
    }

    /// Traps that were taken, exceptions and interrupts.
    pub fn traps(&self) -> u64 {
        self.traps
    }

    /// Looks at everything that may interrupt or end the run.
    #[cold]
    fn attend(&mut self) -> Option<Stop> {
        self.around.disturbed = false;
        self.around.set_clock();
        self.around.disturbed = false;
        self.hart.tick(self.around.clock.now());
        let levels = self.lines.levels();
        let changed = levels ^ self.levels;
        self.levels = levels;
        for (line, interrupt) in [
            (Lines::MSI, Interrupt::MachineSoftware),
            (Lines::MTI, Interrupt::MachineTimer),
            (Lines::SEI, Interrupt::SupervisorExternal),
            (Lines::MEI, Interrupt::MachineExternal),
        ] {
            if changed & line != 0 {
                self.hart.signal(interrupt, levels & line != 0);
            }
        }
        for (pa, bytes) in std::mem::take(&mut self.around.foreign) {
            self.hart.written_by_others(pa, bytes);
        }
        self.next_event = self.timer();
        if self.watched.is_some() && self.reached() {
            self.watch_for(None);
            self.around.settle();
            return Some(Stop::Reached);
        }
        if let Some(ending) = self.syscon.ending() {
            self.around.settle();
            return Some(Stop::Ended(ending));
        }
        // The word may lie at a multiple of 4.
        let half = |pa| self.around.memory.peek(pa, 4).unwrap_or(0);
        let told = self.to_host.map(|pa| half(pa.wrapping_add(4)) << 32 | half(pa));
        if let Some(word) = told.filter(|word| *word != 0) {
            self.around.settle();
            return Some(Stop::ToHost(word));
        }
        None
    }

    /// The cycle in which a timer interrupts next, `u64::MAX` if none does.
    fn timer(&self) -> u64 {
        let watched = match self.watched {
            Some(Moment::Cycle(cycle)) => cycle,
            _ => u64::MAX,
        };
        let clock = &self.around.clock;
        let own = self.hart.deadline().filter(|time| *time > clock.now());
        let own = own.map_or(u64::MAX, |time| clock.ticks_at(time));
        clock.deadline().min(own).saturating_mul(CYCLES_PER_TICK).min(watched)
    }

    /// Lets time pass until something may interrupt.
    fn wait(&mut self) -> Option<Stop> {
        let next = self.timer();
        if next == u64::MAX {
            self.around.settle();
            return Some(Stop::Asleep);
        }
        self.around.rest(next.saturating_sub(self.around.now()));
        self.around.disturbed = true;
        None
    }

    /// The hart waits, and somebody else paces it.
    fn waiting(&mut self) -> Stop {
        self.around.settle();
        match self.timer() {
            u64::MAX => Stop::Waiting(None),
            next => Stop::Waiting(Some(next.saturating_sub(self.around.now()))),
        }
    }

    /// Begins as firmware leaves it: in S-mode at `entry`, with the arguments of a kernel; calls of
    /// SBI are answered without firmware from now on.
    pub fn start_kernel(&mut self, entry: u64, tree: u64) {
        let narrow = self.mmu().xlen() == model::isa::Xlen::Rv32;
        let sbi = Sbi::new(self.syscon.clone(), self.uart.clone(), narrow);
        sbi.start(&mut self.hart, &mut self.around, entry, tree);
        self.sbi = Some(sbi);
        self.enter(self.hart.privilege());
    }

    /// `menvcfg.ADUE` is 1 before the first instruction, as of a machine whose hardware sets A and D
    /// without being told to. Nothing without Svadu.
    pub fn sets_accessed(&mut self) {
        sbi::set_adue(&mut self.hart, &mut self.around);
    }

    /// The hart.
    pub fn hart(&self) -> &Hart {
        &self.hart
    }

    /// The hart, to set its registers before it runs.
    pub fn hart_mut(&mut self) -> &mut Hart {
        &mut self.hart
    }

    /// The board, with its counters.
    pub fn board(&self) -> &crate::board::Board {
        &self.around.board
    }

    /// The board, to attach observers.
    pub fn board_mut(&mut self) -> &mut crate::board::Board {
        &mut self.around.board
    }

    /// Cycles since the beginning.
    pub fn cycles(&self) -> u64 {
        self.around.now()
    }

    /// Physical memory.
    pub fn memory(&self) -> &SharedMemory {
        &self.around.memory
    }

    /// The serial port, to type into.
    pub fn uart(&self) -> &Uart {
        &self.uart
    }

    /// The MMU on which it runs.
    pub fn mmu(&self) -> &dyn model::mmu::Mmu {
        self.around.board.hart(HART).mmu()
    }
}
