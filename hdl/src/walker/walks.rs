//! The walks of both ports: ports and blocks. `wiring` connects them.

mod wiring;

use super::{Choice, WalkCache, WalkMemory, Walker};
use crate::Organisation;
use crate::flags::{AccessContext, Leaf};
use crate::geometry::level_of_two;
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
/// | `fetch_inside` | out | 5 | ... of this size, decoded |
/// | `fetch_cacheable` | out | 1 | no fence overtook the walk: the leaf may enter a TLB |
/// | `fetch_walked` | out | 1 | the answer ends a walk of its own |
/// | `fetch_start`, `fetch_read` | out | 1 | a walk for the port starts; an entry arrives for it |
/// | `fetch_level`, `fetch_addr`, `fetch_entry` | out | 3, PA, XLEN | ... at this level; from this address; this entry |
/// | `fetch_reason` | out | 4 | with `fetch_done`: see [`Walker`], `end_reason` |
/// | `data_*` | | | the same for the data port; with one port there are no others, and the inputs of a fetch port are low |
/// | `fence_presented`, `fence` | in | 1 | a fence; it is accepted |
/// | `fence_by_va`, `fence_vpn`, `fence_by_asid`, `fence_asid` | in | | its operands |
/// | `holds_fence` | out | 1 | an update of A and D is presented that memory does not accept: a fence must wait |
/// | `active`, `first`, `last`, `rights` | in | | the PMP entries, see [`WalkMemory`] |
/// | `mem_req_*`, `mem_resp_*` | out, in | | the memory port, see `docs/interfaces.md` |
/// | `mem_line`, `mem_words` | in | 1, 8 x 64 | with a line fill: the line around an entry that was read |
/// | `started`, `walked`, `read`, `updated`, `retried`, `restarted`, `joined`, `cache_hit` | out | 1 | events, of either walker |
/// | `line_hit`, `line_doubt` | out | 1 | events of a line fill |
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
    /// The size of that page, decoded.
    pub fetch_inside: Signal<Out, Bits<5>>,
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
    /// The size of that page, decoded.
    pub data_inside: Signal<Out, Bits<5>>,
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
    /// This entry.
    pub fetch_entry: Signal<Out, Bits<XLEN>>,
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
    /// This entry.
    pub data_entry: Signal<Out, Bits<XLEN>>,
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
    /// With a line fill: the line around the entry comes with it.
    pub mem_line: Vec<Signal<In, Bit>>,
    /// The words of that line.
    pub mem_words: Vec<Signal<In, Bits<64>>>,
    /// Event: an entry was found in a line.
    pub line_hit: Signal<Out, Bit>,
    /// Event: an entry of a line faults, and is read again.
    pub line_doubt: Signal<Out, Bit>,
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
    choice: Choice<VPN, ASID>,
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
    // With one port every miss is the data port's.
    only_data: Vec<Constant<Bit>>,
    of_data: Signal<Local, Bit>,
    // In Sv32 every root table is of this level.
    root_level: Vec<Constant<Bits<3>>>,
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
        let Organisation { extensions, walk_cache, two_walkers, physical, line_fill, .. } =
            organisation;
        let Organisation { sizes, one_port, .. } = organisation;
        assert!(!(one_port && two_walkers), "the walkers are one for each of two ports");
        let fill = usize::from(line_fill > 0);
        let walker = || Walker::new(extensions, line_fill > 0, two_walkers, sizes);
        let other = usize::from(two_walkers);
        Self {
            walker: walker(),
            fetch_walker: (0..other).map(|_| walker()).collect(),
            cache: (walk_cache > 0).then(|| WalkCache::new(walk_cache)).into_iter().collect(),
            memory: WalkMemory::new(organisation),
            mem_line: list(fill),
            mem_words: list(8 * fill),
            active: list(physical.pmp),
            first: list(physical.pmp),
            last: list(physical.pmp),
            rights: list(physical.pmp),
            only_data: (0..usize::from(one_port)).map(|_| Constant::new(true)).collect(),
            root_level: level_of_two(VPN),
            ..Self::default()
        }
    }
}
