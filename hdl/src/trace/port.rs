//! One port's record of each cycle.

use crate::flags::{AccessContext, Leaf};
use crate::permission::Permission;
use rust_hdl::prelude::*;

/// Tells where a port's answers come from, why accesses fault, and which entries its walks read.
///
/// Spec: `sv32algorithm` (the reasons are its steps, in their order).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `answered`, `hit` | in | 1 | the port answers; from its TLB |
/// | `waits`, `of_second` | in | 1 | it answers a miss; from the second level |
/// | `page_fault`, `access_fault` | in | 1 | the answer is a fault |
/// | `access`, `leaf` | in | struct | the access, and the leaf that decided it |
/// | `starts`, `arrives` | in | 1 | a walk for the port starts; an entry arrives for it |
/// | `level`, `addr`, `arriving` | in | 3, PA, XLEN | at a table of this level; the entry and its address |
/// | `of_walk` | in | 4 | with the answer of a walk: why it faults whatever the access is, if it does |
/// | `source` | out | 2 | with an answer: 0 no table decided, 1 TLB, 2 second level, 3 walk |
/// | `reason` | out | 4 | with a fault: why, see below |
/// | `start`, `read` | out | 1 | a walk starts; an entry arrives |
/// | `at_level` | out | 3 | ... at this level |
/// | `entry_addr`, `entry` | out | PA, XLEN | the entry that arrives, and its address |
///
/// Reasons: 1 the address is not canonical; an entry is 2 not valid, 3 reserved, 4 a misaligned
/// superpage; 5 the leaf does not permit the access; 6 A is clear; 7 D is clear; access faults:
/// 8 an entry was refused by memory, PMP or PMA; 9 the access itself is refused by PMP or PMA, or
/// its physical address does not exist.
///
/// Timing: combinational; everything belongs to the cycle of the answer, start or arrival.
/// Reset: no state.
///
/// Invariants: an output is 0 where its condition does not hold. A walk does not start in the cycle
/// in which an entry arrives for the same port.
#[derive(LogicBlock, Default)]
pub struct PortTrace<const XLEN: usize, const PA: usize> {
    /// The port answers.
    pub answered: Signal<In, Bit>,
    /// From its TLB.
    pub hit: Signal<In, Bit>,
    /// To a miss.
    pub waits: Signal<In, Bit>,
    /// From the second level.
    pub of_second: Signal<In, Bit>,
    /// A page fault.
    pub page_fault: Signal<In, Bit>,
    /// An access fault.
    pub access_fault: Signal<In, Bit>,
    /// The access.
    pub access: Signal<In, AccessContext>,
    /// The leaf.
    pub leaf: Signal<In, Leaf>,
    /// A walk starts.
    pub starts: Signal<In, Bit>,
    /// An entry arrives.
    pub arrives: Signal<In, Bit>,
    /// This one.
    pub arriving: Signal<In, Bits<XLEN>>,
    /// At this level.
    pub level: Signal<In, Bits<3>>,
    /// From this address.
    pub addr: Signal<In, Bits<PA>>,
    /// Why its walk ends in a fault whatever the access is.
    pub of_walk: Signal<In, Bits<4>>,
    /// Where the answer comes from.
    pub source: Signal<Out, Bits<2>>,
    /// Why it is a fault.
    pub reason: Signal<Out, Bits<4>>,
    /// A walk starts.
    pub start: Signal<Out, Bit>,
    /// An entry arrives.
    pub read: Signal<Out, Bit>,
    /// At this level.
    pub at_level: Signal<Out, Bits<3>>,
    /// Its address.
    pub entry_addr: Signal<Out, Bits<PA>>,
    /// The entry.
    pub entry: Signal<Out, Bits<XLEN>>,
    permission: Permission,
    looked_up: Signal<Local, Bit>,
    walked: Signal<Local, Bit>,
    of_leaf: Signal<Local, Bits<4>>,
}

impl<const XLEN: usize, const PA: usize> Logic for PortTrace<XLEN, PA> {
    #[hdl_gen]
    fn update(&mut self) {
        // Neither a hit nor a miss is an address that is not canonical, or not translated.
        self.looked_up.next = self.answered.val() && (self.hit.val() || self.waits.val());
        self.source.next = bits::<2>(0);
        if self.looked_up.val() {
            self.source.next = bits::<2>(3);
            if self.of_second.val() {
                self.source.next = bits::<2>(2);
            }
            if self.hit.val() {
                self.source.next = bits::<2>(1);
            }
        }

        // A leaf that does not allow the access, or that is not marked. Only leaves with A are kept,
        // so A can be clear only at the end of a walk.
        self.walked.next = self.waits.val() && !self.of_second.val();
        self.permission.access.next = self.access.val();
        self.permission.leaf.next = self.leaf.val();
        self.of_leaf.next = bits::<4>(7);
        if self.walked.val() && (self.of_walk.val() == bits::<4>(6)) {
            self.of_leaf.next = bits::<4>(6);
        }
        if self.permission.denied.val() {
            self.of_leaf.next = bits::<4>(5);
        }

        self.reason.next = bits::<4>(0);
        if self.page_fault.val() {
            self.reason.next = bits::<4>(1);
            if self.looked_up.val() {
                self.reason.next = self.of_leaf.val();
                if self.walked.val()
                    && self.of_walk.val().any()
                    && (self.of_walk.val() != bits::<4>(6))
                {
                    self.reason.next = self.of_walk.val();
                }
            }
        } else {
            if self.access_fault.val() {
                self.reason.next = bits::<4>(9);
                if self.walked.val() && (self.of_walk.val() == bits::<4>(8)) {
                    self.reason.next = bits::<4>(8);
                }
            }
        }

        self.start.next = self.starts.val();
        self.read.next = self.arrives.val();
        self.at_level.next = bits::<3>(0);
        self.entry_addr.next = bits::<PA>(0);
        self.entry.next = bits::<XLEN>(0);
        if self.starts.val() || self.arrives.val() {
            self.at_level.next = self.level.val();
        }
        if self.arrives.val() {
            self.entry_addr.next = self.addr.val();
            self.entry.next = self.arriving.val();
        }
    }
}
