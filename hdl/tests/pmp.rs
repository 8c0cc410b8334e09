//! `PmpRegisters` with `PmpCheck` against a list of entries and single bytes.

mod common;

use common::{Dice, checked, settle};
use hdl::pmp::{PmpCheck, PmpRegisters};
use rust_hdl::prelude::*;

const ENTRIES: usize = 8;

/// Both blocks, connected, for addresses of 34 bits.
#[derive(LogicBlock, Default)]
struct Pmp {
    clock: Signal<In, Clock>,
    reset: Signal<In, Bit>,
    csr: Signal<In, Bits<12>>,
    write: Signal<In, Bit>,
    data: Signal<In, Bits<32>>,
    read: Signal<Out, Bits<32>>,
    from: Signal<In, Bits<32>>,
    to: Signal<In, Bits<32>>,
    /// Read, write, execute; machine.
    needs: Signal<In, Bits<4>>,
    refused: Signal<Out, Bit>,
    registers: PmpRegisters<32, 32>,
    check: PmpCheck<32>,
}

impl Logic for Pmp {
    #[hdl_gen]
    fn update(&mut self) {
        self.registers.clock.next = self.clock.val();
        self.registers.reset.next = self.reset.val();
        self.registers.csr.next = self.csr.val();
        self.registers.write.next = self.write.val();
        self.registers.data.next = self.data.val();
        self.read.next = self.registers.read.val();
        for i in 0..8 {
            self.check.active[i].next = self.registers.active[i].val();
            self.check.first[i].next = self.registers.first[i].val();
            self.check.last[i].next = self.registers.last[i].val();
            self.check.rights[i].next = self.registers.rights[i].val();
        }
        self.check.from.next = self.from.val();
        self.check.to.next = self.to.val();
        self.check.read.next = self.needs.val().get_bit(0);
        self.check.write.next = self.needs.val().get_bit(1);
        self.check.execute.next = self.needs.val().get_bit(2);
        self.check.machine.next = self.needs.val().get_bit(3);
        self.refused.next = self.check.refused.val();
    }
}

/// The registers as two arrays.
#[derive(Default)]
struct Expected {
    rights: [u8; ENTRIES],
    address: [u32; ENTRIES],
}

impl Expected {
    fn write(&mut self, csr: u64, data: u32) {
        let locked = |rights: u8| rights & 0x80 != 0;
        for i in 0..ENTRIES {
            if locked(self.rights[i]) {
                continue;
            }
            let binds = |above: u8| locked(above) && above >> 3 & 3 == 1;
            let bound = self.rights.get(i + 1).is_some_and(|above| binds(*above));
            if csr == 0x3b0 + i as u64 && !bound {
                self.address[i] = data;
            }
            if csr == 0x3a0 + i as u64 / 4 {
                let byte = (data >> (i % 4 * 8)) as u8 & 0x9f;
                self.rights[i] = if byte & 3 == 2 { byte & !2 } else { byte };
            }
        }
    }

    fn read(&self, csr: u64) -> u32 {
        match csr {
            0x3a0 | 0x3a1 => {
                let first = (csr - 0x3a0) as usize * 4;
                u32::from_le_bytes(self.rights[first..first + 4].try_into().unwrap())
            }
            _ if (0x3b0..0x3b8).contains(&csr) => self.address[csr as usize - 0x3b0],
            _ => 0,
        }
    }

    fn covers(&self, i: usize, granule: u32) -> bool {
        let address = self.address[i];
        match self.rights[i] >> 3 & 3 {
            0 => false,
            1 => granule >= if i == 0 { 0 } else { self.address[i - 1] } && granule < address,
            2 => granule == address,
            _ => {
                // Ones, and the zero above them, are inside the range.
                let ignored = (1_u64 << (address.trailing_ones() + 1)) - 1;
                (u64::from(granule) ^ u64::from(address)) & !ignored == 0
            }
        }
    }

    fn allows(&self, from: u32, to: u32, needs: u8) -> bool {
        let machine = needs & 8 != 0;
        for i in 0..ENTRIES {
            let covered = (from..=to).filter(|granule| self.covers(i, *granule)).count() as u32;
            if covered > 0 {
                let free = machine && self.rights[i] & 0x80 == 0;
                return covered == to - from + 1
                    && (free || self.rights[i] & needs & 7 == needs & 7);
            }
        }
        machine
    }
}

fn cycle(pmp: &mut Pmp) {
    settle(pmp);
    pmp.clock.next = Clock::from(true);
    settle(pmp);
    pmp.clock.next = Clock::from(false);
    settle(pmp);
}

/// Writes to all registers, legal or not, and accesses around the places that they name.
#[test]
fn every_verdict_and_register_is_that_of_single_granules() {
    let made = Pmp {
        registers: PmpRegisters::new(ENTRIES),
        check: PmpCheck::new(ENTRIES),
        ..Pmp::default()
    };
    let mut pmp = checked(Box::new(made));
    let (mut dice, mut expected) = (Dice(0x9a7), Expected::default());
    let (mut refused, mut locked) = (0, 0);
    for round in 0..12_000 {
        let csr = [0x3a0, 0x3a1, 0x3a2, 0x3b0 + dice.roll(9)][dice.roll(4) as usize];
        let mut data = dice.roll(24) as u32;
        if csr < 0x3b0 {
            // A lock is rare, or nothing would change any more.
            let byte = |dice: &mut Dice| (dice.roll(0x80) | (dice.roll(40) / 39) << 7) as u32;
            data = (0..4).fold(0, |word, _| word << 8 | byte(&mut dice));
        } else if dice.roll(20) == 0 {
            data = u32::MAX;
        }
        pmp.csr.next = csr.into();
        pmp.data.next = u64::from(data).into();
        pmp.write.next = true;
        pmp.reset.next = round % 100 == 0;
        cycle(&mut pmp);
        expected.write(csr, data);
        if round % 100 == 0 {
            expected.rights = [0; ENTRIES];
        }
        pmp.write.next = false;
        pmp.reset.next = false;
        let from = dice.roll(24) as u32;
        let to = from + dice.roll(4) as u32;
        let needs = [1, 2, 3, 4, 9, 10, 12][dice.roll(7) as usize];
        pmp.from.next = u64::from(from).into();
        pmp.to.next = u64::from(to).into();
        pmp.needs.next = u64::from(needs).into();
        settle(&mut *pmp);
        let read: u64 = pmp.read.val().into();
        assert_eq!(read, u64::from(expected.read(csr)), "round {round}, CSR {csr:#x}");
        let allowed = expected.allows(from, to, needs);
        assert_eq!(
            pmp.refused.val(),
            !allowed,
            "round {round}: {from} to {to}, needs {needs}, {:x?} {:x?}",
            expected.rights,
            expected.address
        );
        refused += u32::from(!allowed);
        locked += u32::from(expected.rights.iter().any(|rights| rights & 0x80 != 0));
    }
    assert!((2_000..10_000).contains(&refused), "{refused} were refused");
    assert!(locked > 1_000, "an entry was locked in {locked} rounds");
}
