//! One PMP entry.

use rust_hdl::prelude::*;

/// Keeps an entry's `pmpcfg` byte and `pmpaddr` register, and computes which granules it matches.
///
/// `GA` is the width of an address in granules of 4 bytes, PA - 2.
///
/// Spec: `norm:pmp_a_field_encoding`, `norm:pmp_a_field_tor`, `norm:pmp_a_field_napot_na4`,
/// `norm:pmp_napot_encoding_low_bits` (the range); `norm:pmp_l_bit_write_protection` (what is locked
/// ignores writes); `norm:pmp_rwx_warl` (W without R is reserved: such a write clears W).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `write_rights`, `new_rights` | in | 1, XLEN | the `pmpcfg` byte is written; the lowest byte counts |
/// | `write_address`, `new_address` | in | 1, XLEN | the `pmpaddr` register is written |
/// | `bound` | in | 1 | it is the lower end of a locked range: the entry above is a locked TOR |
/// | `below` | in | GA | the `pmpaddr` register of the entry below, 0 for entry 0 |
/// | `rights`, `address` | out | 8, GA | the registers |
/// | `read_rights`, `read_address` | out | XLEN | ... as they are read |
/// | `binds_below` | out | 1 | this entry is a locked TOR |
/// | `active` | out | 1 | it matches something |
/// | `first`, `last` | out | GA | the first and the last granule that it matches |
///
/// Timing: outputs follow a write one cycle later. Reset: off and unlocked; the address is kept.
#[derive(LogicBlock, Default)]
pub struct PmpEntry<const XLEN: usize, const GA: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The configuration byte is written.
    pub write_rights: Signal<In, Bit>,
    /// With this value.
    pub new_rights: Signal<In, Bits<XLEN>>,
    /// The address register is written.
    pub write_address: Signal<In, Bit>,
    /// With this value.
    pub new_address: Signal<In, Bits<XLEN>>,
    /// The entry above is a locked TOR.
    pub bound: Signal<In, Bit>,
    /// The address register of the entry below.
    pub below: Signal<In, Bits<GA>>,
    /// The configuration byte: L in bit 7, A in bits 4 and 3, X, W and R below.
    pub rights: Signal<Out, Bits<8>>,
    /// The address register.
    pub address: Signal<Out, Bits<GA>>,
    /// The configuration byte, as wide as a register.
    pub read_rights: Signal<Out, Bits<XLEN>>,
    /// The address register, likewise.
    pub read_address: Signal<Out, Bits<XLEN>>,
    /// This entry is a locked TOR.
    pub binds_below: Signal<Out, Bit>,
    /// It matches something.
    pub active: Signal<Out, Bit>,
    /// The first granule that it matches.
    pub first: Signal<Out, Bits<GA>>,
    /// The last granule that it matches.
    pub last: Signal<Out, Bits<GA>>,
    held_rights: DFF<Bits<8>>,
    held_address: DFF<Bits<GA>>,
    rights_byte: Signal<Local, Bits<8>>,
    mode: Signal<Local, Bits<2>>,
    locked: Signal<Local, Bit>,
    above: Signal<Local, Bits<GA>>,
    in_region: Signal<Local, Bits<GA>>,
}

impl<const XLEN: usize, const GA: usize> Logic for PmpEntry<XLEN, GA> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held_rights, held_address);
        self.rights.next = self.held_rights.q.val();
        self.address.next = self.held_address.q.val();
        self.read_rights.next = bit_cast::<XLEN, 8>(self.held_rights.q.val());
        self.read_address.next = bit_cast::<XLEN, GA>(self.held_address.q.val());
        self.rights_byte.next = bit_cast::<8, XLEN>(self.new_rights.val());
        self.mode.next = self.held_rights.q.val().get_bits::<2>(3);
        self.locked.next = self.held_rights.q.val().get_bit(7);
        self.binds_below.next = self.locked.val() && (self.mode.val() == bits::<2>(1));

        // NAPOT: the ones at the low end, and the zero above them, count the granules.
        self.above.next = self.held_address.q.val() + bits::<GA>(1);
        self.in_region.next = bits::<GA>(0);
        if self.mode.val() == bits::<2>(3) {
            self.in_region.next = self.held_address.q.val() ^ self.above.val();
        }
        self.active.next = self.mode.val().get_bit(1);
        self.first.next = self.held_address.q.val() & !self.in_region.val();
        self.last.next = self.held_address.q.val() | self.in_region.val();
        if self.mode.val() == bits::<2>(1) {
            // TOR: up to the granule before the address.
            self.active.next = self.below.val() < self.held_address.q.val();
            self.first.next = self.below.val();
            self.last.next = self.held_address.q.val() - bits::<GA>(1);
        }

        if self.write_rights.val() && !self.locked.val() {
            self.held_rights.d.next = self.rights_byte.val() & bits::<8>(0x9D);
            if self.rights_byte.val().get_bit(0) {
                self.held_rights.d.next = self.rights_byte.val() & bits::<8>(0x9F);
            }
        }
        if self.write_address.val() && !self.locked.val() && !self.bound.val() {
            self.held_address.d.next = bit_cast::<GA, XLEN>(self.new_address.val());
        }
        if self.reset.val() {
            self.held_rights.d.next = bits::<8>(0);
        }
    }
}
