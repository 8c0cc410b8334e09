//! All that a computer remembers besides what is in its memory, kept outside of it.

use hart::{HartState, OtherHart, Trap};
use model::isa::Privilege;
use model::mmu::PerPort;
use platform::{BlockState, ClintState, ClockState, OtherDevice, PlicState, UartState};
use serde::{Deserialize, Serialize};

use super::missing::Missing;
use super::phase::Phases;
use super::ports::Slot;
use super::sbi::Sbi;
use super::window::Window;
use super::{Account, Computer};
use crate::board::{BoardState, OtherBoard};

/// The state of a computer at rest. One that was built in the same way, and takes over state and
/// memory, goes on cycle by cycle as the first one would have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ComputerState {
    hart: HartState,
    board: BoardState,
    slots: PerPort<Slot>,
    window: Window,
    clock: ClockState,
    clint: ClintState,
    plic: PlicState,
    uart: UartState,
    disk: Option<BlockState>,
    lines: u64,
    levels: u64,
    next_event: u64,
    traps: u64,
    mode: Privilege,
    since: (u64, u64),
    phases: Phases,
    sbi: bool,
    follows: (u64, Privilege),
    used: bool,
    disturbed: bool,
    account: Account,
    trap: Option<Trap>,
    missing: Vec<(u64, PerPort<u64>)>,
    at: u64,
    foreign: Vec<(u64, u64)>,
}

/// A state that a computer cannot take over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OtherComputer {
    /// Its hart cannot.
    #[error(transparent)]
    Hart(#[from] OtherHart),
    /// Its board cannot.
    #[error(transparent)]
    Board(#[from] OtherBoard),
    /// A device cannot.
    #[error(transparent)]
    Device(#[from] OtherDevice),
    /// Only one of the two has a disk.
    #[error("there is a disk now and was none then, or there was one and is none")]
    Disk,
}

impl Computer {
    /// Whether its state can be told now: nothing is in flight, and it has not ended.
    pub fn is_at_rest(&self) -> bool {
        let Computer { hart, around, .. } = self;
        let goes_on = self.unhandled.is_none() && around.error.is_none();
        let ended = self.syscon.ending().is_some();
        let still = around.ports.rest() && around.board.is_at_rest();
        hart.midway().is_none() && goes_on && !ended && still
    }

    /// Its state; `None` while it is not at rest ([`Computer::is_at_rest`]), or if its MMU cannot tell
    /// ([`model::mmu::Mmu::state`]).
    pub fn state(&mut self) -> Option<ComputerState> {
        self.around.settle();
        if !self.is_at_rest() {
            return None;
        }
        let Computer { hart, around, .. } = self;
        Some(ComputerState {
            hart: hart.state()?,
            board: around.board.state()?,
            slots: around.ports.slots,
            window: around.window,
            clock: around.clock.state(),
            clint: around.clint.state(),
            plic: self.plic.state(),
            uart: self.uart.state(),
            disk: around.disk.as_ref().map(platform::Block::state),
            lines: self.lines.levels(),
            levels: self.levels,
            next_event: self.next_event,
            traps: self.traps,
            mode: self.mode,
            since: self.since,
            phases: self.phases.clone(),
            sbi: self.sbi.is_some(),
            follows: around.follows,
            used: around.used,
            disturbed: around.disturbed,
            account: around.account,
            trap: around.trap,
            missing: around.missing.all(),
            at: around.at,
            foreign: around.foreign.clone(),
        })
    }

    /// Goes on from a state, before the first step; memory has to be put back, too, before or after.
    ///
    /// # Errors
    /// [`OtherComputer`]; then the computer is not to be used any more.
    pub fn restore(&mut self, state: ComputerState) -> Result<(), OtherComputer> {
        self.hart.restore(state.hart)?;
        self.around.board.restore(state.board)?;
        self.around.clock.restore(&state.clock);
        self.around.clint.restore(&state.clint)?;
        self.plic.restore(&state.plic)?;
        self.uart.restore(&state.uart)?;
        match (&self.around.disk, &state.disk) {
            (Some(disk), Some(state)) => disk.restore(state)?,
            (None, None) => {}
            _ => return Err(OtherComputer::Disk),
        }
        self.lines.restore(state.lines);
        self.levels = state.levels;
        self.next_event = state.next_event;
        self.traps = state.traps;
        (self.mode, self.since) = (state.mode, state.since);
        self.phases = state.phases;
        if state.sbi {
            let narrow = self.mmu().xlen() == model::isa::Xlen::Rv32;
            self.sbi = Some(Sbi::new(self.syscon.clone(), self.uart.clone(), narrow));
        }
        let around = &mut self.around;
        around.ports.slots = state.slots;
        around.window = state.window;
        if around.window.bytes > 0 {
            around.window.kept = around.code.keep(around.window.pa);
        }
        around.follows = state.follows;
        around.used = state.used;
        around.disturbed = state.disturbed;
        around.account = state.account;
        around.trap = state.trap;
        around.missing = Missing::of(state.missing);
        around.at = state.at;
        around.foreign = state.foreign;
        self.select();
        Ok(())
    }
}
