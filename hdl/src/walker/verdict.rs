//! How a walk ends, decided when its last entry comes.

use crate::flags::{AccessContext, Leaf};
use crate::geometry::Inside;
use crate::permission::Permission;
use crate::pmp::list;
use crate::{Extensions, Sizes};
use rust_hdl::prelude::*;

/// Judges the entry with which a walk ends in the cycle in which it comes, and keeps the verdict in a
/// few bits: whoever waits for the end of the walk waits for a register.
///
/// Spec: `sv32algorithm` (permission, A and D); the rules are those of
/// [`PteDecode`](super::PteDecode) and [`Permission`]; `norm:pma_chk_paddr` (an address where nothing
/// is is refused after the page table has allowed the access), `norm:pma_vm_hw_tbl_acc`.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock` | in | 1 | rising edge |
/// | `access` | in | struct | the access of the walk |
/// | `fault`, `accessed`, `leaf` | in | 1, 1, struct | the entry, classified |
/// | `beyond` | in | 1 | its number is one of a physical page that does not exist |
/// | `take` | in | 1 | it is the walk's last |
/// | `mark` | in | 1 | its A and D are set now |
/// | `bad` | out | 1 | the entry taken is a page fault whatever A and D are |
/// | `unmarked` | out | 1 | its A, or for a store D, is clear |
/// | `vacant` | out | 1 | an access fault, if it is no page fault, once A and D are set |
/// | `strays` | out | 1 | ... since the entry points to a table that does not exist |
/// | `leaf_inside` | out | 5 | the size of its page, decoded ([`Inside`]) |
///
/// Timing: outputs follow `take` and `mark` one cycle later. Reset: none; outputs mean something
/// after `take`.
#[derive(LogicBlock, Default)]
pub struct Verdict {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// The access of the walk.
    pub access: Signal<In, AccessContext>,
    /// The entry is a fault by itself.
    pub fault: Signal<In, Bit>,
    /// Its A.
    pub accessed: Signal<In, Bit>,
    /// Its leaf bits.
    pub leaf: Signal<In, Leaf>,
    /// No physical page has its number.
    pub beyond: Signal<In, Bit>,
    /// It is the walk's last.
    pub take: Signal<In, Bit>,
    /// Its A and D are set now.
    pub mark: Signal<In, Bit>,
    /// A page fault whatever A and D are.
    pub bad: Signal<Out, Bit>,
    /// A, or for a store D, is clear.
    pub unmarked: Signal<Out, Bit>,
    /// Nothing is where it leads.
    pub vacant: Signal<Out, Bit>,
    /// It points to a table that does not exist.
    pub strays: Signal<Out, Bit>,
    /// The size of its page, decoded.
    pub leaf_inside: Signal<Out, Bits<5>>,
    held_bad: DFF<Bit>,
    held_unmarked: DFF<Bit>,
    held_inside: DFF<Bits<5>>,
    // Where not all physical addresses are implemented, one each.
    held_vacant: Vec<DFF<Bit>>,
    held_strays: Vec<DFF<Bit>>,
    points: Signal<Local, Bit>,
    permission: Permission,
    size: Inside,
}

impl Verdict {
    /// With these extensions, for a VPN and a PPN of so many bits, of which these sizes implement
    /// some.
    pub fn new(extensions: Extensions, vpn: usize, ppn: usize, sizes: Sizes) -> Self {
        let some = usize::from(sizes.page(ppn).is_some());
        Self {
            size: Inside::new(extensions, sizes.vpn_bits(vpn)),
            held_vacant: list(some),
            held_strays: list(some),
            ..Self::default()
        }
    }
}

impl Logic for Verdict {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held_bad, held_unmarked, held_inside);
        self.bad.next = self.held_bad.q.val();
        self.unmarked.next = self.held_unmarked.q.val();
        self.leaf_inside.next = self.held_inside.q.val();
        self.permission.access.next = self.access.val();
        self.permission.leaf.next = self.leaf.val();
        self.size.level.next = self.leaf.val().level;
        if self.take.val() {
            self.held_bad.d.next = self.fault.val() || self.permission.denied.val();
            self.held_unmarked.d.next = !self.accessed.val() || self.permission.unmarked.val();
            self.held_inside.d.next = self.size.parts.val();
        }
        self.vacant.next = false;
        self.strays.next = false;
        self.points.next = self.beyond.val()
            && !self.fault.val()
            && !self.leaf.val().read
            && !self.leaf.val().execute;
        for i in 0..self.held_vacant.len() {
            self.held_vacant[i].clock.next = self.clock.val();
            self.held_vacant[i].d.next = self.held_vacant[i].q.val();
            self.held_strays[i].clock.next = self.clock.val();
            self.held_strays[i].d.next = self.held_strays[i].q.val();
            self.vacant.next = self.held_vacant[i].q.val();
            self.strays.next = self.held_strays[i].q.val();
            if self.take.val() {
                self.held_vacant[i].d.next = self.beyond.val();
                self.held_strays[i].d.next = self.points.val();
                // A pointer is neither denied nor unmarked.
                if self.points.val() {
                    self.held_bad.d.next = false;
                    self.held_unmarked.d.next = false;
                }
            }
        }
        if self.mark.val() {
            self.held_unmarked.d.next = false;
        }
    }
}
