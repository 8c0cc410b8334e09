//! One line of the TLB: its tag, and its comparator.

use super::{SamePage, SameWord};
use crate::flags::Leaf;
use crate::pmp::list;
use rust_hdl::prelude::*;

/// One TLB entry of any page size, matched, replaced and fenced by a single comparator: its tag.
///
/// Beside the tag are the flags that decide whether an access is permitted: all lines are judged
/// ([`LineRights`](super::LineRights)) while they are compared. What only an answer needs, page
/// number and size, is in the memories of the [`Cam`](super::Cam).
/// The page size is kept decoded, as the mask of the VPN bits that are not compared, so that no
/// comparator waits for a decoder. Bits of one segment are always equal in it: synthesis keeps one
/// flip-flop for all of them.
///
/// Spec: `norm:sfence_vma_all_asid_va`, `norm:sfence_vma_asid_only`, `norm:sfence_vma_va_all_asid`,
/// `norm:sfence_vma_va_asid` (which entries a fence clears); `sv32algorithm` (an entry serves "if
/// the ASID associated with the entry matches" or it is global); `norm:Svnapot_cache_entries` (a
/// NAPOT range is one entry here).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset empties the line |
/// | `key_vpn` | in | VPN | the page to look up; on a fence or refill its operand |
/// | `key_asid` | in | ASID | with `looks_ahead`: the address space of the lookups from the next cycle on; on a fence its operand |
/// | `looks_ahead` | in | 1 | `key_asid` is the address space of the lookups to come; otherwise it stays what it was |
/// | `key_inside` | in | VPN | key bits to ignore: the page offset of a superpage being refilled. A mask of [`PageMask`](crate::geometry::PageMask) |
/// | `hit` | out | 1 | the line translates the page, in the address space that was last looked ahead to |
/// | `same` | out | 1 | the line's page is the key's |
/// | `usable` | out | 1 | it holds an entry of that address space: with `same`, it hits |
/// | `valid` | out | 1 | the line holds an entry |
/// | `fence` | in | 1 | a fence is accepted in this cycle |
/// | `fence_by_va`, `fence_by_asid` | in | 1 | the operand is not x0 |
/// | `refill` | in | 1 | some line of this TLB is written in this cycle |
/// | `write` | in | 1 | ... and it is this line |
/// | `new_leaf` | in | struct | the refilled leaf. If it is global, it overlaps every address space |
/// | `new_vpn`, `new_asid`, `new_inside` | in | VPN, ASID, VPN | with registered answers: what is refilled |
/// | `readable`, `writable`, `executable`, `of_user`, `dirty` | out | 1 | its R, W, X, U and D |
///
/// Where answers are registered (`registered`), the comparisons are, too: everything but the keys
/// belongs to the cycle after the one whose keys were compared, and an entry that is written has its
/// page and address space from `new_vpn`, `new_asid` and `new_inside`. Whether the line is `usable` is
/// known a cycle later as well, so a lookup finds what holds after its cycle.
///
/// The VPN and ASID of a refilled entry are the key, and its size is what the key ignores; it is
/// refilled for the address space of the lookups.
///
/// The address space is compared a cycle ahead, so that a lookup compares pages only.
///
/// Timing: `hit` is combinational in the page; writes and fences take effect in the next cycle.
/// Reset: invalid.
///
/// Invariants: no two lines hit the same key. A refill clears every line that overlaps it, at
/// either page size, before it could become a second translation of the same address.
#[derive(LogicBlock, Default)]
pub struct CamLine<const VPN: usize, const ASID: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// Virtual page number looked up.
    pub key_vpn: Signal<In, Bits<VPN>>,
    /// Address space of the next lookups.
    pub key_asid: Signal<In, Bits<ASID>>,
    /// The address space is that of the lookups to come.
    pub looks_ahead: Signal<In, Bit>,
    /// Key bits to ignore.
    pub key_inside: Signal<In, Bits<VPN>>,
    /// The line translates the key.
    pub hit: Signal<Out, Bit>,
    /// The line's page is the key's.
    pub same: Signal<Out, Bit>,
    /// It holds an entry of that address space.
    pub usable: Signal<Out, Bit>,
    /// The line holds an entry.
    pub valid: Signal<Out, Bit>,
    /// A fence is accepted.
    pub fence: Signal<In, Bit>,
    /// Fence only this page.
    pub fence_by_va: Signal<In, Bit>,
    /// Fence only this address space.
    pub fence_by_asid: Signal<In, Bit>,
    /// Some line is written.
    pub refill: Signal<In, Bit>,
    /// This line is written.
    pub write: Signal<In, Bit>,
    /// The refilled leaf.
    pub new_leaf: Signal<In, Leaf>,
    /// With registered answers: the page of the refilled entry.
    pub new_vpn: Vec<Signal<In, Bits<VPN>>>,
    /// Its address space.
    pub new_asid: Vec<Signal<In, Bits<ASID>>>,
    /// Its size.
    pub new_inside: Vec<Signal<In, Bits<VPN>>>,
    /// R
    pub readable: Signal<Out, Bit>,
    /// W
    pub writable: Signal<Out, Bit>,
    /// X
    pub executable: Signal<Out, Bit>,
    /// U
    pub of_user: Signal<Out, Bit>,
    /// D
    pub dirty: Signal<Out, Bit>,
    held_valid: DFF<Bit>,
    // It holds an entry of the address space looked up.
    held_usable: DFF<Bit>,
    held_vpn: DFF<Bits<VPN>>,
    held_asid: DFF<Bits<ASID>>,
    held_inside: DFF<Bits<VPN>>,
    held_global: DFF<Bit>,
    held_read: DFF<Bit>,
    held_write: DFF<Bit>,
    held_execute: DFF<Bit>,
    held_user: DFF<Bit>,
    held_dirty: DFF<Bit>,
    // With registered answers: the page was the key's; the entry was of its address space.
    same_before: Vec<DFF<Bit>>,
    named_before: Vec<DFF<Bit>>,
    page: SamePage<VPN>,
    space: SameWord<ASID>,
    same_page: Signal<Local, Bit>,
    same_asid: Signal<Local, Bit>,
    fenced: Signal<Local, Bit>,
    overlapped: Signal<Local, Bit>,
}

impl<const VPN: usize, const ASID: usize> CamLine<VPN, ASID> {
    /// A line whose comparisons are registered, or not, for pages with so many bits of the page
    /// number inside, or more.
    pub fn new(registered: bool, smallest: u32) -> Self {
        let stages = usize::from(registered);
        Self {
            new_vpn: list(stages),
            new_asid: list(stages),
            new_inside: list(stages),
            same_before: list(stages),
            named_before: list(stages),
            page: SamePage::new(smallest),
            ..Self::default()
        }
    }
}

impl<const VPN: usize, const ASID: usize> Logic for CamLine<VPN, ASID> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            held_valid,
            held_usable,
            held_vpn,
            held_asid,
            held_inside,
            held_global,
            held_read,
            held_write,
            held_execute,
            held_user,
            held_dirty
        );
        self.usable.next = self.held_usable.q.val();
        self.valid.next = self.held_valid.q.val();
        self.readable.next = self.held_read.q.val();
        self.writable.next = self.held_write.q.val();
        self.executable.next = self.held_execute.q.val();
        self.of_user.next = self.held_user.q.val();
        self.dirty.next = self.held_dirty.q.val();

        self.page.held.next = self.held_vpn.q.val();
        self.page.held_inside.next = self.held_inside.q.val();
        self.page.key.next = self.key_vpn.val();
        self.page.key_inside.next = self.key_inside.val();
        self.same_page.next = self.page.same.val();
        for i in 0..self.same_before.len() {
            self.same_before[i].clock.next = self.clock.val();
            self.same_before[i].d.next = self.page.same.val();
            self.same_page.next = self.same_before[i].q.val();
        }
        self.same.next = self.same_page.val();
        self.space.held.next = self.held_asid.q.val();
        self.space.key.next = self.key_asid.val();
        self.same_asid.next = self.space.same.val();
        self.hit.next = self.held_usable.q.val() && self.same_page.val();

        self.fenced.next = (!self.fence_by_va.val() || self.same_page.val())
            && (!self.fence_by_asid.val() || (self.same_asid.val() && !self.held_global.q.val()));
        for i in 0..self.named_before.len() {
            self.named_before[i].clock.next = self.clock.val();
            self.named_before[i].d.next = self.same_asid.val() && !self.held_global.q.val();
            self.fenced.next = (!self.fence_by_va.val() || self.same_page.val())
                && (!self.fence_by_asid.val() || self.named_before[i].q.val());
        }
        self.overlapped.next =
            self.same_page.val() && (self.held_usable.q.val() || self.new_leaf.val().global);
        if self.looks_ahead.val() {
            self.held_usable.d.next =
                self.held_valid.q.val() && (self.same_asid.val() || self.held_global.q.val());
        }
        if (self.fence.val() && self.fenced.val()) || (self.refill.val() && self.overlapped.val()) {
            self.held_valid.d.next = false;
            self.held_usable.d.next = false;
        }
        if self.write.val() {
            self.held_valid.d.next = true;
            self.held_usable.d.next = true;
            self.held_vpn.d.next = self.key_vpn.val();
            self.held_asid.d.next = self.key_asid.val();
            self.held_inside.d.next = self.key_inside.val();
            self.held_global.d.next = self.new_leaf.val().global;
            self.held_read.d.next = self.new_leaf.val().read;
            self.held_write.d.next = self.new_leaf.val().write;
            self.held_execute.d.next = self.new_leaf.val().execute;
            self.held_user.d.next = self.new_leaf.val().user;
            self.held_dirty.d.next = self.new_leaf.val().dirty;
            for i in 0..self.new_vpn.len() {
                self.held_vpn.d.next = self.new_vpn[i].val();
                self.held_asid.d.next = self.new_asid[i].val();
                self.held_inside.d.next = self.new_inside[i].val();
            }
        }
        if self.reset.val() {
            self.held_valid.d.next = false;
            self.held_usable.d.next = false;
        }
    }
}
