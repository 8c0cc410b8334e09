//! A slave of Wishbone B4 in standard mode, and another master that uses the bus while it may.

use crate::bus::{Bus, Event, Pace, World};
use crate::dice::Dice;
use crate::pins::{Clocked, fit};
use hdl::shim::*;

/// What a master drives.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Out {
    cyc: bool,
    stb: bool,
    we: bool,
    lock: bool,
    adr: u64,
    dat: u64,
    sel: u64,
}

/// The pins of a master.
pub(crate) trait Wishbone: Clocked {
    /// Bytes of the bus.
    const BYTES: u64;
    fn drive(&mut self, ack: bool, err: bool, dat: u64);
    fn seen(&self) -> Out;
}

macro_rules! wishbone {
    ($($block:ident)+) => { $(
        impl<
            const W: usize, const B: usize, const PA: usize, const A: usize, const D: usize,
            const DB: usize,
        > Wishbone for $block<W, B, PA, A, D, DB> {
            const BYTES: u64 = DB as u64;
            fn drive(&mut self, ack: bool, err: bool, dat: u64) {
                self.wb_ack_i.next = ack;
                self.wb_err_i.next = err;
                self.wb_dat_i.next = fit(dat);
            }
            fn seen(&self) -> Out {
                Out {
                    cyc: self.wb_cyc_o.val(),
                    stb: self.wb_stb_o.val(),
                    we: self.wb_we_o.val(),
                    lock: self.wb_lock_o.val(),
                    adr: self.wb_adr_o.val().into(),
                    // Of a read it means nothing.
                    dat: if self.wb_we_o.val() { self.wb_dat_o.val().into() } else { 0 },
                    sel: self.wb_sel_o.val().into(),
                }
            }
        }
    )+ };
}

wishbone!(WalkerWishbone DataWishbone);

/// The slave. At the fast pace it acknowledges always, whether it is asked or not (RULE 3.55).
pub(crate) struct Slave {
    pace: Pace,
    now: (bool, bool, u64),
    before: Out,
    /// The cycles until the end of the transfer.
    waits: Option<u64>,
    ended: Option<Event>,
}

impl Slave {
    pub(crate) fn new(pace: Pace) -> Self {
        Self { pace, now: (false, false, 0), before: Out::default(), waits: None, ended: None }
    }

    fn event(&mut self, bytes: u64, seen: Out, world: &World, dice: &mut Dice) {
        let word = world.memory.read(seen.adr, bytes);
        let error = world.error(dice);
        self.now = (!error, error, if error { dice.any() } else { word });
        let (addr, lock) = (seen.adr, seen.lock);
        self.ended = Some(if seen.we {
            let (bytes, before) = (seen.sel, word);
            let (word, made) = (seen.dat, !error);
            Event::Write { addr, size: None, bytes, word, before, error, lock, made }
        } else {
            let bytes = Some(seen.sel);
            Event::Read { addr, size: None, bytes, word, error, lock, locked: true }
        });
    }
}

impl<B: Wishbone> Bus<B> for Slave {
    const PIPELINED: bool = false;

    fn drive(&mut self, block: &mut B, _world: &mut World, dice: &mut Dice) {
        self.now = (self.pace == Pace::Fast, false, dice.any());
        block.drive(self.now.0, self.now.1, self.now.2);
    }

    fn respond(&mut self, block: &mut B, world: &mut World, dice: &mut Dice) -> bool {
        let seen = block.seen();
        // An end is the answer to CYC and STB, as early as in their cycle (PERMISSION 3.30).
        if seen.cyc && seen.stb && self.ended.is_none() {
            let waits = *self.waits.get_or_insert_with(|| self.pace.delay(dice));
            if waits == 0 {
                self.event(B::BYTES, seen, world, dice);
            }
        }
        block.drive(self.now.0, self.now.1, self.now.2);
        true
    }

    fn edge(&mut self, block: &B, world: &mut World, dice: &mut Dice) {
        let (seen, before) = (block.seen(), self.before);
        assert!(seen.cyc || !seen.stb && !seen.lock, "CYC with STB, and with LOCK");
        if before.stb {
            assert_eq!(seen, before, "a transfer stays until it ends");
        }
        if seen.stb {
            assert_eq!(seen.adr % B::BYTES, 0, "a word of the bus");
            assert_ne!(seen.sel, 0);
        }
        self.before = seen;
        self.waits = self.waits.map(|waits| waits.saturating_sub(1));
        if let Some(event) = self.ended.take() {
            if let Event::Write { addr, bytes, word, made: true, .. } = event {
                world.memory.write(addr, B::BYTES, bytes, word);
            }
            world.events.push_back(event);
            (self.before.stb, self.waits) = (false, None);
        }
        if !seen.lock && dice.once_in(3) {
            world.meddle(dice);
        }
    }

    fn disturb(&mut self, block: &mut B, dice: &mut Dice) {
        block.drive(dice.once_in(2), dice.once_in(2), dice.any());
    }

    fn restore(&mut self, block: &mut B) {
        block.drive(self.now.0, self.now.1, self.now.2);
    }

    fn outputs(&self, block: &B) -> String {
        format!("{:?}", block.seen())
    }
}
