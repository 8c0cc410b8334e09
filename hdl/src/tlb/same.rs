//! The two comparisons of a line.

use rust_hdl::prelude::*;

/// Are two virtual pages the same, or one inside the other?
///
/// A superpage, or a NAPOT range, compares only the bits above its offset. Both masks are masks of
/// [`PageMask`](crate::geometry::PageMask): a level's bits are ignored only together with all below.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `held`, `key` | in | VPN | two virtual page numbers |
/// | `held_inside`, `key_inside` | in | VPN | bits to ignore: the page offsets of a larger page |
/// | `same` | out | 1 | they are equal in all other bits |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock, Default)]
pub struct SamePage<const VPN: usize> {
    /// A virtual page number.
    pub held: Signal<In, Bits<VPN>>,
    /// Its bits to ignore.
    pub held_inside: Signal<In, Bits<VPN>>,
    /// The other one.
    pub key: Signal<In, Bits<VPN>>,
    /// Its bits to ignore.
    pub key_inside: Signal<In, Bits<VPN>>,
    /// They are equal in all other bits.
    pub same: Signal<Out, Bit>,
    ignored: Signal<Local, Bits<VPN>>,
}

impl<const VPN: usize> Logic for SamePage<VPN> {
    #[hdl_gen]
    fn update(&mut self) {
        self.ignored.next = self.held_inside.val() | self.key_inside.val();
        self.same.next = !((self.held.val() ^ self.key.val()) & (!self.ignored.val())).any();
    }
}

/// Are two address spaces the same?
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `held`, `key` | in | ASID | two address-space identifiers |
/// | `same` | out | 1 | they are equal |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock, Default)]
pub struct SameSpace<const ASID: usize> {
    /// An address space.
    pub held: Signal<In, Bits<ASID>>,
    /// The other one.
    pub key: Signal<In, Bits<ASID>>,
    /// They are equal.
    pub same: Signal<Out, Bit>,
}

impl<const ASID: usize> Logic for SameSpace<ASID> {
    #[hdl_gen]
    fn update(&mut self) {
        self.same.next = self.held.val() == self.key.val();
    }
}
