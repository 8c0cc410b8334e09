//! The walks of both ports.

use super::{Choice, WalkCache, WalkMemory, Walker};
use crate::Organisation;
use crate::flags::{AccessContext, Leaf};
use crate::pmp::list;
use rust_hdl::prelude::*;

/// Walks the page table for the misses of both ports: with one walker one after the other, with
/// two at the same time.
///
/// Spec: that of [`Walker`], [`WalkCache`] and [`WalkMemory`].
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `fetch_waits`, `fetch_vpn`, `fetch_root`, `fetch_top_level`, `fetch_access`, `fetch_asid` | in | | the fetch port's miss; held until `fetch_done` |
/// | `fetch_stale` | in | 1 | `satp` changed since the miss was accepted |
/// | `fetch_done` | out | 1 | the miss is answered in this cycle |
/// | `fetch_page_fault`, `fetch_access_fault` | out | 1 | ... with a fault |
/// | `fetch_ppn`, `fetch_leaf` | out | PPN, struct | ... with this page |
/// | `fetch_cacheable` | out | 1 | no fence overtook the walk: the leaf may enter a TLB |
/// | `fetch_walked` | out | 1 | the answer ends a walk of its own |
/// | `fetch_start`, `fetch_read` | out | 1 | a walk for the port starts; an entry arrives for it |
/// | `fetch_level`, `fetch_addr` | out | 3, PA | ... at this level; from this address |
/// | `fetch_reason` | out | 4 | with `fetch_done`: see [`Walker`], `end_reason` |
/// | `data_*` | | | the same for the data port |
/// | `fence_presented`, `fence` | in | 1 | a fence; it is accepted |
/// | `fence_by_va`, `fence_vpn`, `fence_by_asid`, `fence_asid` | in | | its operands |
/// | `holds_fence` | out | 1 | an update of A and D is presented that memory does not accept: a fence must wait |
/// | `active`, `first`, `last`, `rights` | in | | the PMP entries, see [`WalkMemory`] |
/// | `mem_req_*`, `mem_resp_*` | out, in | | the memory port, see `docs/interfaces.md` |
/// | `started`, `walked`, `read`, `updated`, `retried`, `restarted`, `joined`, `cache_hit` | out | 1 | events, of either walker |
///
/// Timing: see [`Walker`]. One walk starts in a cycle.
/// Reset: no walk; of two misses the data port's is served first.
///
/// Invariants: a miss whose page is being walked for the other port waits, and takes that walk's
/// entry; so no page is walked twice at the same time. A walk that starts while a fence is presented
/// begins at the root. No pointer of a walk for a former `satp` enters the walk cache.
#[derive(LogicBlock, Default)]
pub struct Walks<
    const XLEN: usize,
    const VPN: usize,
    const PPN: usize,
    const PA: usize,
    const GA: usize,
    const ASID: usize,
> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The fetch port has a miss.
    pub fetch_waits: Signal<In, Bit>,
    /// Its virtual page.
    pub fetch_vpn: Signal<In, Bits<VPN>>,
    /// Its root table.
    pub fetch_root: Signal<In, Bits<PPN>>,
    /// Its root table's level.
    pub fetch_top_level: Signal<In, Bits<3>>,
    /// Its access.
    pub fetch_access: Signal<In, AccessContext>,
    /// Its address space.
    pub fetch_asid: Signal<In, Bits<ASID>>,
    /// `satp` changed since it was accepted.
    pub fetch_stale: Signal<In, Bit>,
    /// It is answered.
    pub fetch_done: Signal<Out, Bit>,
    /// With a page fault.
    pub fetch_page_fault: Signal<Out, Bit>,
    /// With an access fault.
    pub fetch_access_fault: Signal<Out, Bit>,
    /// With this page.
    pub fetch_ppn: Signal<Out, Bits<PPN>>,
    /// And these bits.
    pub fetch_leaf: Signal<Out, Leaf>,
    /// No fence overtook the walk.
    pub fetch_cacheable: Signal<Out, Bit>,
    /// It ends a walk of its own.
    pub fetch_walked: Signal<Out, Bit>,
    /// The data port has a miss.
    pub data_waits: Signal<In, Bit>,
    /// Its virtual page.
    pub data_vpn: Signal<In, Bits<VPN>>,
    /// Its root table.
    pub data_root: Signal<In, Bits<PPN>>,
    /// Its root table's level.
    pub data_top_level: Signal<In, Bits<3>>,
    /// Its access.
    pub data_access: Signal<In, AccessContext>,
    /// Its address space.
    pub data_asid: Signal<In, Bits<ASID>>,
    /// `satp` changed since it was accepted.
    pub data_stale: Signal<In, Bit>,
    /// It is answered.
    pub data_done: Signal<Out, Bit>,
    /// With a page fault.
    pub data_page_fault: Signal<Out, Bit>,
    /// With an access fault.
    pub data_access_fault: Signal<Out, Bit>,
    /// With this page.
    pub data_ppn: Signal<Out, Bits<PPN>>,
    /// And these bits.
    pub data_leaf: Signal<Out, Leaf>,
    /// No fence overtook the walk.
    pub data_cacheable: Signal<Out, Bit>,
    /// It ends a walk of its own.
    pub data_walked: Signal<Out, Bit>,
    /// A walk for the fetch port starts.
    pub fetch_start: Signal<Out, Bit>,
    /// An entry arrives for it.
    pub fetch_read: Signal<Out, Bit>,
    /// At this level.
    pub fetch_level: Signal<Out, Bits<3>>,
    /// From this address.
    pub fetch_addr: Signal<Out, Bits<PA>>,
    /// Why it ends in a fault whatever the access is.
    pub fetch_reason: Signal<Out, Bits<4>>,
    /// A walk for the data port starts.
    pub data_start: Signal<Out, Bit>,
    /// An entry arrives for it.
    pub data_read: Signal<Out, Bit>,
    /// At this level.
    pub data_level: Signal<Out, Bits<3>>,
    /// From this address.
    pub data_addr: Signal<Out, Bits<PA>>,
    /// Why it ends in a fault whatever the access is.
    pub data_reason: Signal<Out, Bits<4>>,
    /// A fence is presented.
    pub fence_presented: Signal<In, Bit>,
    /// It is accepted.
    pub fence: Signal<In, Bit>,
    /// It names a page.
    pub fence_by_va: Signal<In, Bit>,
    /// That page.
    pub fence_vpn: Signal<In, Bits<VPN>>,
    /// It names an address space.
    pub fence_by_asid: Signal<In, Bit>,
    /// That address space.
    pub fence_asid: Signal<In, Bits<ASID>>,
    /// An update is presented that memory does not accept.
    pub holds_fence: Signal<Out, Bit>,
    /// The PMP entries: each matches something,
    pub active: Vec<Signal<In, Bit>>,
    /// from this granule
    pub first: Vec<Signal<In, Bits<GA>>>,
    /// to this one,
    pub last: Vec<Signal<In, Bits<GA>>>,
    /// with this configuration.
    pub rights: Vec<Signal<In, Bits<8>>>,
    /// A request to memory.
    pub mem_req_valid: Signal<Out, Bit>,
    /// Memory accepts it.
    pub mem_req_ready: Signal<In, Bit>,
    /// The entry's physical address.
    pub mem_req_addr: Signal<Out, Bits<PA>>,
    /// Compare-and-swap, otherwise a read.
    pub mem_req_swap: Signal<Out, Bit>,
    /// The entry as it was read.
    pub mem_req_expected: Signal<Out, Bits<XLEN>>,
    /// The entry with A and D set.
    pub mem_req_desired: Signal<Out, Bits<XLEN>>,
    /// Memory answers.
    pub mem_resp_valid: Signal<In, Bit>,
    /// The entry.
    pub mem_resp_data: Signal<In, Bits<XLEN>>,
    /// No memory there, or access refused.
    pub mem_resp_error: Signal<In, Bit>,
    /// The compare-and-swap succeeded.
    pub mem_resp_swapped: Signal<In, Bit>,
    /// Event: the walk of a miss started.
    pub started: Signal<Out, Bit>,
    /// Event: a walk ends.
    pub walked: Signal<Out, Bit>,
    /// Event: memory accepted a read.
    pub read: Signal<Out, Bit>,
    /// Event: A or D was written.
    pub updated: Signal<Out, Bit>,
    /// Event: an entry had changed; it is read again.
    pub retried: Signal<Out, Bit>,
    /// Event: a fence overtook a walk; it restarts.
    pub restarted: Signal<Out, Bit>,
    /// Event: a miss joined the other port's walk.
    pub joined: Signal<Out, Bit>,
    /// Event: a walk begins at a table that the walk cache knows.
    pub cache_hit: Signal<Out, Bit>,
    choice: Choice<VPN, PPN, ASID>,
    /// The data port's, if there is one for the fetch port.
    walker: Walker<XLEN, VPN, PPN, PA>,
    fetch_walker: Vec<Walker<XLEN, VPN, PPN, PA>>,
    cache: Vec<WalkCache<VPN, PPN, ASID>>,
    memory: WalkMemory<XLEN, PA, GA>,
    same_page: Signal<Local, Bit>,
    fetch_follows: Signal<Local, Bit>,
    data_follows: Signal<Local, Bit>,
    fetch_starts: Signal<Local, Bit>,
    fetch_key: Signal<Local, Bit>,
    // The walker's miss was accepted under another `satp`.
    former: Signal<Local, Bit>,
    cached: Signal<Local, Bit>,
    cached_level: Signal<Local, Bits<3>>,
    cached_ppn: Signal<Local, Bits<PPN>>,
    cached_global: Signal<Local, Bit>,
}

impl<
    const XLEN: usize,
    const VPN: usize,
    const PPN: usize,
    const PA: usize,
    const GA: usize,
    const ASID: usize,
> Walks<XLEN, VPN, PPN, PA, GA, ASID>
{
    /// With the walkers, walk cache and checks of an organisation.
    ///
    /// # Panics
    /// If a size is not one that the part's own documentation allows.
    pub fn new(organisation: Organisation) -> Self {
        let Organisation { extensions, walk_cache, two_walkers, physical, .. } = organisation;
        let other = usize::from(two_walkers);
        Self {
            walker: Walker::new(extensions),
            fetch_walker: (0..other).map(|_| Walker::new(extensions)).collect(),
            cache: (walk_cache > 0).then(|| WalkCache::new(walk_cache)).into_iter().collect(),
            memory: WalkMemory::new(organisation),
            active: list(physical.pmp),
            first: list(physical.pmp),
            last: list(physical.pmp),
            rights: list(physical.pmp),
            ..Self::default()
        }
    }
}

impl<
    const XLEN: usize,
    const VPN: usize,
    const PPN: usize,
    const PA: usize,
    const GA: usize,
    const ASID: usize,
> Logic for Walks<XLEN, VPN, PPN, PA, GA, ASID>
{
    #[hdl_gen]
    fn update(&mut self) {
        // With two walkers a port's miss waits while the other port's page is walked, if that is
        // the same one, and takes its entry. One walk starts in a cycle.
        self.same_page.next = self.fetch_waits.val()
            && self.data_waits.val()
            && (self.fetch_vpn.val() == self.data_vpn.val())
            && !self.fetch_stale.val()
            && !self.data_stale.val();

        self.choice.free.next = self.walker.free.val();
        self.choice.owner.next = self.walker.data_side.val();
        self.choice.fetch_waits.next = self.fetch_waits.val();
        self.choice.fetch_vpn.next = self.fetch_vpn.val();
        self.choice.fetch_root.next = self.fetch_root.val();
        self.choice.fetch_top_level.next = self.fetch_top_level.val();
        self.choice.fetch_access.next = self.fetch_access.val();
        self.choice.fetch_asid.next = self.fetch_asid.val();
        self.choice.data_waits.next = self.data_waits.val();
        self.choice.data_vpn.next = self.data_vpn.val();
        self.choice.data_root.next = self.data_root.val();
        self.choice.data_top_level.next = self.data_top_level.val();
        self.choice.data_access.next = self.data_access.val();
        self.choice.data_asid.next = self.data_asid.val();

        self.walker.clock.next = self.clock.val();
        self.walker.reset.next = self.reset.val();
        self.walker.waits.next = self.choice.some.val();
        self.walker.waits_data.next = self.choice.serves_data.val();
        self.walker.vpn.next = self.choice.vpn.val();
        self.walker.root.next = self.choice.root.val();
        self.walker.top_level.next = self.choice.top_level.val();
        self.walker.access.next = self.choice.access.val();
        self.walker.fence.next = self.fence_presented.val();
        self.walker.joins.next = false;
        self.walker.other_entry.next = bits::<XLEN>(0);
        self.walker.other_addr.next = bits::<PA>(0);
        self.walker.other_level.next = bits::<3>(0);
        self.walker.other_global.next = false;
        self.walker.mem_req_ready.next = self.memory.data_ready.val();
        self.walker.mem_resp_valid.next = self.memory.data_answered.val();
        self.walker.mem_resp_data.next = self.mem_resp_data.val();
        self.walker.mem_resp_error.next = self.memory.data_error.val();
        self.walker.mem_resp_swapped.next = self.mem_resp_swapped.val();

        self.memory.clock.next = self.clock.val();
        self.memory.reset.next = self.reset.val();
        self.memory.data_valid.next = self.walker.mem_req_valid.val();
        self.memory.data_addr.next = self.walker.mem_req_addr.val();
        self.memory.data_swap.next = self.walker.mem_req_swap.val();
        self.memory.data_expected.next = self.walker.mem_req_expected.val();
        self.memory.data_desired.next = self.walker.mem_req_desired.val();
        self.memory.fetch_valid.next = false;
        self.memory.fetch_addr.next = bits::<PA>(0);
        self.memory.fetch_swap.next = false;
        self.memory.fetch_expected.next = bits::<XLEN>(0);
        self.memory.fetch_desired.next = bits::<XLEN>(0);
        for i in 0..self.active.len() {
            self.memory.active[i].next = self.active[i].val();
            self.memory.first[i].next = self.first[i].val();
            self.memory.last[i].next = self.last[i].val();
            self.memory.rights[i].next = self.rights[i].val();
        }
        self.memory.mem_req_ready.next = self.mem_req_ready.val();
        self.memory.mem_resp_valid.next = self.mem_resp_valid.val();
        self.memory.mem_resp_error.next = self.mem_resp_error.val();
        self.mem_req_valid.next = self.memory.mem_req_valid.val();
        self.mem_req_addr.next = self.memory.mem_req_addr.val();
        self.mem_req_swap.next = self.memory.mem_req_swap.val();
        self.mem_req_expected.next = self.memory.mem_req_expected.val();
        self.mem_req_desired.next = self.memory.mem_req_desired.val();
        // No A or D is written after a fence: it waits for an update that memory has not accepted
        // yet.
        self.holds_fence.next = self.walker.mem_req_swap.val() && !self.memory.data_ready.val();

        self.data_done.next = self.walker.done.val() && self.walker.data_side.val();
        self.data_page_fault.next = self.walker.page_fault.val();
        self.data_access_fault.next = self.walker.access_fault.val();
        self.data_ppn.next = self.walker.ppn.val();
        self.data_leaf.next = self.walker.leaf.val();
        self.data_cacheable.next = self.walker.cacheable.val();
        self.data_walked.next = self.walker.walked.val() && self.walker.data_side.val();
        self.data_start.next = self.walker.started.val() && self.choice.serves_data.val();
        self.data_read.next = self.walker.arrives.val() && self.walker.data_side.val();
        self.data_level.next = self.walker.traced_level.val();
        self.data_addr.next = self.walker.end_addr.val();
        self.data_reason.next = self.walker.end_reason.val();
        self.fetch_start.next = self.walker.started.val() && !self.choice.serves_data.val();
        self.fetch_read.next = self.walker.arrives.val() && !self.walker.data_side.val();
        self.fetch_level.next = self.walker.traced_level.val();
        self.fetch_addr.next = self.walker.end_addr.val();
        self.fetch_reason.next = self.walker.end_reason.val();
        self.fetch_done.next = self.walker.done.val() && !self.walker.data_side.val();
        self.fetch_page_fault.next = self.walker.page_fault.val();
        self.fetch_access_fault.next = self.walker.access_fault.val();
        self.fetch_ppn.next = self.walker.ppn.val();
        self.fetch_leaf.next = self.walker.leaf.val();
        self.fetch_cacheable.next = self.walker.cacheable.val();
        self.fetch_walked.next = self.walker.walked.val() && !self.walker.data_side.val();

        self.started.next = self.walker.started.val();
        self.walked.next = self.walker.walked.val();
        self.read.next = self.walker.read.val() && !self.memory.data_stopped.val();
        self.updated.next = self.walker.updated.val();
        self.retried.next = self.walker.retried.val();
        self.restarted.next = self.walker.restarted.val();
        self.joined.next = false;

        self.fetch_follows.next = false;
        self.data_follows.next = false;
        self.fetch_starts.next = false;
        self.fetch_key.next = false;
        for i in 0..self.fetch_walker.len() {
            self.choice.fetch_waits.next = false;
            self.data_follows.next = self.same_page.val() && !self.fetch_walker[i].free.val();
            self.fetch_follows.next = self.same_page.val() && !self.walker.free.val();
            self.walker.joins.next = self.data_follows.val();
            self.walker.waits.next = self.data_waits.val()
                && (!self.data_follows.val() || self.fetch_walker[i].shares.val());
            self.walker.other_entry.next = self.fetch_walker[i].end_entry.val();
            self.walker.other_addr.next = self.fetch_walker[i].end_addr.val();
            self.walker.other_level.next = self.fetch_walker[i].end_level.val();
            self.walker.other_global.next = self.fetch_walker[i].end_global.val();

            self.fetch_walker[i].clock.next = self.clock.val();
            self.fetch_walker[i].reset.next = self.reset.val();
            self.fetch_walker[i].waits.next = self.fetch_waits.val()
                && !self.walker.started.val()
                && (!self.fetch_follows.val() || self.walker.shares.val());
            self.fetch_walker[i].waits_data.next = false;
            self.fetch_walker[i].vpn.next = self.fetch_vpn.val();
            self.fetch_walker[i].root.next = self.fetch_root.val();
            self.fetch_walker[i].top_level.next = self.fetch_top_level.val();
            self.fetch_walker[i].access.next = self.fetch_access.val();
            self.fetch_walker[i].fence.next = self.fence_presented.val();
            self.fetch_walker[i].joins.next = self.fetch_follows.val();
            self.fetch_walker[i].other_entry.next = self.walker.end_entry.val();
            self.fetch_walker[i].other_addr.next = self.walker.end_addr.val();
            self.fetch_walker[i].other_level.next = self.walker.end_level.val();
            self.fetch_walker[i].other_global.next = self.walker.end_global.val();
            self.fetch_starts.next = self.fetch_walker[i].started.val();
            self.fetch_key.next = self.fetch_walker[i].started.val()
                || (self.fetch_walker[i].descends.val() && !self.walker.started.val());
            self.fetch_walker[i].mem_req_ready.next = self.memory.fetch_ready.val();
            self.fetch_walker[i].mem_resp_valid.next = self.memory.fetch_answered.val();
            self.fetch_walker[i].mem_resp_data.next = self.mem_resp_data.val();
            self.fetch_walker[i].mem_resp_error.next = self.memory.fetch_error.val();
            self.fetch_walker[i].mem_resp_swapped.next = self.mem_resp_swapped.val();
            self.memory.fetch_valid.next = self.fetch_walker[i].mem_req_valid.val();
            self.memory.fetch_addr.next = self.fetch_walker[i].mem_req_addr.val();
            self.memory.fetch_swap.next = self.fetch_walker[i].mem_req_swap.val();
            self.memory.fetch_expected.next = self.fetch_walker[i].mem_req_expected.val();
            self.memory.fetch_desired.next = self.fetch_walker[i].mem_req_desired.val();
            self.holds_fence.next = (self.walker.mem_req_swap.val()
                && !self.memory.data_ready.val())
                || (self.fetch_walker[i].mem_req_swap.val() && !self.memory.fetch_ready.val());

            self.fetch_done.next = self.fetch_walker[i].done.val();
            self.fetch_page_fault.next = self.fetch_walker[i].page_fault.val();
            self.fetch_access_fault.next = self.fetch_walker[i].access_fault.val();
            self.fetch_ppn.next = self.fetch_walker[i].ppn.val();
            self.fetch_leaf.next = self.fetch_walker[i].leaf.val();
            self.fetch_cacheable.next = self.fetch_walker[i].cacheable.val();
            self.fetch_walked.next = self.fetch_walker[i].walked.val();
            self.data_start.next = self.walker.started.val();
            self.fetch_start.next = self.fetch_walker[i].started.val();
            self.fetch_read.next = self.fetch_walker[i].arrives.val();
            self.fetch_level.next = self.fetch_walker[i].traced_level.val();
            self.fetch_addr.next = self.fetch_walker[i].end_addr.val();
            self.fetch_reason.next = self.fetch_walker[i].end_reason.val();
            self.started.next = self.walker.started.val() || self.fetch_walker[i].started.val();
            self.walked.next = self.walker.walked.val() || self.fetch_walker[i].walked.val();
            self.read.next = (self.walker.read.val() && !self.memory.data_stopped.val())
                || (self.fetch_walker[i].read.val() && !self.memory.fetch_stopped.val());
            self.updated.next = self.walker.updated.val() || self.fetch_walker[i].updated.val();
            self.retried.next = self.walker.retried.val() || self.fetch_walker[i].retried.val();
            self.restarted.next =
                self.walker.restarted.val() || self.fetch_walker[i].restarted.val();
            self.joined.next = self.walker.joined.val() || self.fetch_walker[i].joined.val();
        }

        self.former.next = self.fetch_stale.val();
        if self.walker.data_side.val() {
            self.former.next = self.data_stale.val();
        }
        // One comparator per line of the walk cache serves lookup, write and fence. A pointer that
        // arrives while the other walk starts is not kept.
        self.cached.next = false;
        self.cached_level.next = bits::<3>(0);
        self.cached_ppn.next = bits::<PPN>(0);
        self.cached_global.next = false;
        for i in 0..self.cache.len() {
            self.cache[i].clock.next = self.clock.val();
            self.cache[i].reset.next = self.reset.val();
            self.cache[i].key_vpn.next = self.choice.vpn.val();
            self.cache[i].key_asid.next = self.choice.asid.val();
            self.cache[i].new_level.next = self.walker.pointer_level.val();
            self.cache[i].new_ppn.next = self.walker.pointer_ppn.val();
            self.cache[i].new_global.next = self.walker.pointer_global.val();
            self.cache[i].write.next = self.walker.descends.val()
                && !self.fetch_starts.val()
                && !self.fence_presented.val()
                && !self.former.val();
            for j in 0..self.fetch_walker.len() {
                if self.fetch_key.val() {
                    self.cache[i].key_vpn.next = self.fetch_vpn.val();
                    self.cache[i].key_asid.next = self.fetch_asid.val();
                    self.cache[i].new_level.next = self.fetch_walker[j].pointer_level.val();
                    self.cache[i].new_ppn.next = self.fetch_walker[j].pointer_ppn.val();
                    self.cache[i].new_global.next = self.fetch_walker[j].pointer_global.val();
                    self.cache[i].write.next = self.fetch_walker[j].descends.val()
                        && !self.fence_presented.val()
                        && !self.fetch_stale.val();
                }
            }
            if self.fence_presented.val() {
                self.cache[i].key_vpn.next = self.fence_vpn.val();
                self.cache[i].key_asid.next = self.fence_asid.val();
            }
            self.cache[i].fence.next = self.fence.val();
            self.cache[i].fence_by_va.next = self.fence_by_va.val();
            self.cache[i].fence_by_asid.next = self.fence_by_asid.val();
            self.cached.next = self.cache[i].hit.val() && !self.fence_presented.val();
            self.cached_level.next = self.cache[i].level.val();
            self.cached_ppn.next = self.cache[i].ppn.val();
            self.cached_global.next = self.cache[i].below_global.val();
        }
        self.walker.cached.next = self.cached.val();
        self.walker.cached_level.next = self.cached_level.val();
        self.walker.cached_ppn.next = self.cached_ppn.val();
        self.walker.cached_global.next = self.cached_global.val();
        for j in 0..self.fetch_walker.len() {
            self.fetch_walker[j].cached.next = self.cached.val();
            self.fetch_walker[j].cached_level.next = self.cached_level.val();
            self.fetch_walker[j].cached_ppn.next = self.cached_ppn.val();
            self.fetch_walker[j].cached_global.next = self.cached_global.val();
        }
        self.cache_hit.next =
            self.cached.val() && (self.walker.started.val() || self.fetch_starts.val());
    }
}
