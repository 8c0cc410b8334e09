//! One access against the PMP entries.

use super::list;
use rust_hdl::prelude::*;

/// Decides whether PMP allows an access to a range of granules.
///
/// Spec: `norm:pmp_entry_priority` (the lowest-numbered entry that matches any byte decides),
/// `norm:pmp_full_match_required` (it must match all of them), `norm:pmp_rwx_check`,
/// `norm:pmp_l_bit_m_mode_enforcement` (M-mode is bound by locked entries only),
/// `norm:pmp_no_entry_match` (nothing matches: M-mode may, others may not).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `from`, `to` | in | GA | the first and the last granule of the access |
/// | `read`, `write`, `execute` | in | 1 | the permissions that it needs |
/// | `machine` | in | 1 | its effective privilege is M |
/// | `active`, `first`, `last`, `rights` | in | | of each entry, from [`PmpRegisters`](super::PmpRegisters) |
/// | `refused` | out | 1 | the access is not allowed; never without entries |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock, Default)]
pub struct PmpCheck<const GA: usize> {
    /// The first granule of the access.
    pub from: Signal<In, Bits<GA>>,
    /// The last one.
    pub to: Signal<In, Bits<GA>>,
    /// It reads.
    pub read: Signal<In, Bit>,
    /// It writes.
    pub write: Signal<In, Bit>,
    /// It fetches.
    pub execute: Signal<In, Bit>,
    /// Its effective privilege is M.
    pub machine: Signal<In, Bit>,
    /// Entry i matches something.
    pub active: Vec<Signal<In, Bit>>,
    /// The first granule that it matches.
    pub first: Vec<Signal<In, Bits<GA>>>,
    /// The last one.
    pub last: Vec<Signal<In, Bits<GA>>>,
    /// Its configuration byte.
    pub rights: Vec<Signal<In, Bits<8>>>,
    /// The access is not allowed.
    pub refused: Signal<Out, Bit>,
    /// The entry matches some byte; all bytes; its permissions suffice.
    touches: Vec<Signal<Local, Bit>>,
    holds: Vec<Signal<Local, Bit>>,
    permits: Vec<Signal<Local, Bit>>,
    /// An entry below this one matches some byte.
    decided: Vec<Signal<Local, Bit>>,
}

impl<const GA: usize> PmpCheck<GA> {
    /// With so many entries.
    pub fn new(entries: usize) -> Self {
        Self {
            active: list(entries),
            first: list(entries),
            last: list(entries),
            rights: list(entries),
            touches: list(entries),
            holds: list(entries),
            permits: list(entries),
            decided: list(entries + 1),
            ..Self::default()
        }
    }
}

impl<const GA: usize> Logic for PmpCheck<GA> {
    #[hdl_gen]
    fn update(&mut self) {
        self.decided[0].next = false;
        self.refused.next = false;
        for _i in 0..self.active.len() {
            // There are entries, and none may match.
            self.refused.next = !self.machine.val();
        }
        for i in 0..self.active.len() {
            self.touches[i].next = self.active[i].val()
                && (self.to.val() >= self.first[i].val())
                && (self.from.val() <= self.last[i].val());
            self.holds[i].next =
                (self.from.val() >= self.first[i].val()) && (self.to.val() <= self.last[i].val());
            self.permits[i].next = (!self.read.val() || self.rights[i].val().get_bit(0))
                && (!self.write.val() || self.rights[i].val().get_bit(1))
                && (!self.execute.val() || self.rights[i].val().get_bit(2));
            if self.machine.val() && !self.rights[i].val().get_bit(7) {
                self.permits[i].next = true;
            }
            if self.touches[i].val() && !self.decided[i].val() {
                self.refused.next = !(self.holds[i].val() && self.permits[i].val());
            }
            self.decided[i + 1].next = self.decided[i].val() || self.touches[i].val();
        }
    }
}
