//! One access against one segment: address, limit, permission.

use super::{Requested, Rights};
use rust_hdl::prelude::*;

/// Adds base and offset, and decides whether the access may be made.
///
/// Spec: none of RISC-V; Silberschatz, Operating System Concepts, "Segmentation Hardware" (an
/// offset must be below the limit, otherwise trap); Arpaci-Dusseau, Operating Systems: Three Easy
/// Pieces, "Segmentation" (a segment that grows downwards: a negative offset whose magnitude is
/// within the limit).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `offset` | in | VA | the first byte's offset: below 2^OFF, without the segment number |
/// | `size` | in | 2 | log2 of the bytes accessed |
/// | `requested` | in | struct | the access |
/// | `valid`, `base`, `limit`, `rights` | in | 1, PA, VA, struct | the segment |
/// | `pa` | out | PA | the first byte's physical address; meaningful only without a fault |
/// | `fault` | out | 1 | the access is not allowed |
/// | `cause` | out | 4 | 1 no such segment, 2 beyond the limit, 3 not permitted; 0 without a fault |
///
/// Timing: combinational. Reset: no state.
///
/// Invariants: every byte of an access without a fault lies in the segment. If several causes
/// apply the lowest number is given.
///
/// Not modelled: a sum beyond 2^PA is truncated; software must keep a segment inside memory.
#[derive(LogicBlock)]
pub struct SegmentCheck<const VA: usize, const OFF: usize, const PA: usize> {
    /// The first byte's offset.
    pub offset: Signal<In, Bits<VA>>,
    /// log2 of the bytes accessed.
    pub size: Signal<In, Bits<2>>,
    /// The access.
    pub requested: Signal<In, Requested>,
    /// There is such a segment.
    pub valid: Signal<In, Bit>,
    /// Its physical address.
    pub base: Signal<In, Bits<PA>>,
    /// Its length in bytes.
    pub limit: Signal<In, Bits<VA>>,
    /// Its permissions.
    pub rights: Signal<In, Rights>,
    /// The physical address.
    pub pa: Signal<Out, Bits<PA>>,
    /// The access is not allowed.
    pub fault: Signal<Out, Bit>,
    /// The cause.
    pub cause: Signal<Out, Bits<4>>,
    more: Signal<Local, Bits<VA>>,
    last: Signal<Local, Bits<VA>>,
    distance: Signal<Local, Bits<VA>>,
    inside: Signal<Local, Bit>,
    kind_allowed: Signal<Local, Bit>,
    allowed: Signal<Local, Bit>,
    /// 2^OFF: one beyond the largest offset.
    end: Constant<Bits<VA>>,
    bytes_1: Constant<Bits<VA>>,
    bytes_3: Constant<Bits<VA>>,
    bytes_7: Constant<Bits<VA>>,
}

impl<const VA: usize, const OFF: usize, const PA: usize> Default for SegmentCheck<VA, OFF, PA> {
    fn default() -> Self {
        assert!(VA > OFF && OFF > 3 && PA >= VA, "a segment number, an offset, room for both");
        Self {
            offset: Default::default(),
            size: Default::default(),
            requested: Default::default(),
            valid: Default::default(),
            base: Default::default(),
            limit: Default::default(),
            rights: Default::default(),
            pa: Default::default(),
            fault: Default::default(),
            cause: Default::default(),
            more: Default::default(),
            last: Default::default(),
            distance: Default::default(),
            inside: Default::default(),
            kind_allowed: Default::default(),
            allowed: Default::default(),
            end: Constant::new((1_u64 << OFF).into()),
            bytes_1: Constant::new(1.into()),
            bytes_3: Constant::new(3.into()),
            bytes_7: Constant::new(7.into()),
        }
    }
}

impl<const VA: usize, const OFF: usize, const PA: usize> Logic for SegmentCheck<VA, OFF, PA> {
    #[hdl_gen]
    fn update(&mut self) {
        // The last byte decides in an upward segment, the first one in a downward segment.
        self.more.next = bits::<VA>(0);
        if self.size.val() == bits::<2>(1) {
            self.more.next = self.bytes_1.val();
        }
        if self.size.val() == bits::<2>(2) {
            self.more.next = self.bytes_3.val();
        }
        if self.size.val() == bits::<2>(3) {
            self.more.next = self.bytes_7.val();
        }
        self.last.next = self.offset.val() + self.more.val();
        self.distance.next = self.end.val() - self.offset.val();
        self.inside.next = self.last.val() < self.limit.val();
        self.pa.next = self.base.val() + bit_cast::<PA, VA>(self.offset.val());
        if self.rights.val().down {
            self.inside.next = self.distance.val() <= self.limit.val();
            self.pa.next = self.base.val() - bit_cast::<PA, VA>(self.distance.val());
        }
        // No access continues into the next segment, whatever the limit is.
        if self.last.val() >= self.end.val() {
            self.inside.next = false;
        }

        self.kind_allowed.next = self.rights.val().read;
        if self.requested.val().store {
            self.kind_allowed.next = self.rights.val().write;
        }
        if self.requested.val().fetch {
            self.kind_allowed.next = self.rights.val().execute;
        }
        self.allowed.next =
            self.kind_allowed.val() && (self.rights.val().user || !self.requested.val().user);

        self.cause.next = bits::<4>(0);
        if !self.allowed.val() {
            self.cause.next = bits::<4>(3);
        }
        if !self.inside.val() {
            self.cause.next = bits::<4>(2);
        }
        if !self.valid.val() {
            self.cause.next = bits::<4>(1);
        }
        self.fault.next = !(self.valid.val() && self.inside.val() && self.allowed.val());
    }
}
