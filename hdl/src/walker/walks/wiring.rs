//! How the blocks of walks are wired: which misses wait for another walk, and who uses the walk cache.

use super::Walks;
use rust_hdl::prelude::*;

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
        self.of_data.next = self.walker.data_side.val();
        self.choice.fetch_waits.next = self.fetch_waits.val();
        self.choice.fetch_vpn.next = self.fetch_vpn.val();
        self.choice.fetch_top_level.next = self.fetch_top_level.val();
        self.choice.fetch_access.next = self.fetch_access.val();
        self.choice.fetch_asid.next = self.fetch_asid.val();
        self.choice.data_waits.next = self.data_waits.val();
        self.choice.data_vpn.next = self.data_vpn.val();
        self.choice.data_top_level.next = self.data_top_level.val();
        self.choice.data_access.next = self.data_access.val();
        self.choice.data_asid.next = self.data_asid.val();

        self.walker.clock.next = self.clock.val();
        self.walker.reset.next = self.reset.val();
        self.walker.waits.next = self.choice.some.val();
        self.walker.waits_data.next = self.choice.serves_data.val();
        for i in 0..self.only_data.len() {
            self.choice.owner.next = self.only_data[i].val();
            self.of_data.next = self.only_data[i].val();
            self.walker.waits_data.next = self.only_data[i].val();
        }
        self.walker.vpn.next = self.choice.vpn.val();
        self.walker.fetch_root.next = self.fetch_root.val();
        self.walker.data_root.next = self.data_root.val();
        self.walker.top_level.next = self.choice.top_level.val();
        for i in 0..self.root_level.len() {
            self.walker.top_level.next = self.root_level[i].val();
        }
        self.walker.access.next = self.choice.access.val();
        self.walker.fence.next = self.fence_presented.val();
        self.walker.joins.next = false;
        self.walker.other_entry.next = bits::<XLEN>(0);
        self.walker.other_addr.next = bits::<PA>(0);
        self.walker.other_level.next = bits::<3>(0);
        self.walker.other_global.next = false;
        self.walker.mem_req_ready.next = self.memory.data_ready.val();
        self.walker.mem_resp_valid.next = self.memory.data_answered.val();
        self.walker.mem_resp_data.next = self.memory.data_entry.val();
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
        self.memory.mem_resp_data.next = self.mem_resp_data.val();
        self.memory.mem_resp_error.next = self.mem_resp_error.val();
        self.mem_req_valid.next = self.memory.mem_req_valid.val();
        self.mem_req_addr.next = self.memory.mem_req_addr.val();
        self.mem_req_swap.next = self.memory.mem_req_swap.val();
        self.mem_req_expected.next = self.memory.mem_req_expected.val();
        self.mem_req_desired.next = self.memory.mem_req_desired.val();
        self.read.next = self.memory.mem_req_valid.val()
            && self.mem_req_ready.val()
            && !self.memory.mem_req_swap.val();
        // No A or D is written after a fence: it waits for an update that memory has not accepted
        // yet.
        self.holds_fence.next = self.walker.mem_req_swap.val() && !self.memory.data_ready.val();

        self.data_done.next = self.walker.done.val() && self.of_data.val();
        self.data_page_fault.next = self.walker.page_fault.val();
        self.data_access_fault.next = self.walker.access_fault.val();
        self.data_ppn.next = self.walker.ppn.val();
        self.data_leaf.next = self.walker.leaf.val();
        self.data_inside.next = self.walker.leaf_inside.val();
        self.data_cacheable.next = self.walker.cacheable.val();
        self.data_walked.next = self.walker.walked.val() && self.of_data.val();
        self.data_start.next = self.walker.started.val() && self.choice.serves_data.val();
        self.data_read.next = self.walker.arrives.val() && self.of_data.val();
        self.data_level.next = self.walker.traced_level.val();
        self.data_addr.next = self.walker.end_addr.val();
        self.data_entry.next = self.memory.data_entry.val();
        self.data_reason.next = self.walker.end_reason.val();
        self.fetch_start.next = self.walker.started.val() && !self.choice.serves_data.val();
        self.fetch_read.next = self.walker.arrives.val() && !self.of_data.val();
        self.fetch_level.next = self.walker.traced_level.val();
        self.fetch_addr.next = self.walker.end_addr.val();
        self.fetch_entry.next = self.memory.data_entry.val();
        self.fetch_reason.next = self.walker.end_reason.val();
        self.fetch_done.next = self.walker.done.val() && !self.of_data.val();
        self.fetch_page_fault.next = self.walker.page_fault.val();
        self.fetch_access_fault.next = self.walker.access_fault.val();
        self.fetch_ppn.next = self.walker.ppn.val();
        self.fetch_leaf.next = self.walker.leaf.val();
        self.fetch_inside.next = self.walker.leaf_inside.val();
        self.fetch_cacheable.next = self.walker.cacheable.val();
        self.fetch_walked.next = self.walker.walked.val() && !self.of_data.val();

        self.started.next = self.walker.started.val();
        self.walked.next = self.walker.walked.val();
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
            self.fetch_walker[i].vpn.next = bits::<VPN>(0);
            self.fetch_walker[i].fetch_root.next = self.fetch_root.val();
            self.fetch_walker[i].data_root.next = self.fetch_root.val();
            self.fetch_walker[i].top_level.next = bits::<3>(0);
            if self.fetch_waits.val() {
                self.fetch_walker[i].vpn.next = self.fetch_vpn.val();
                self.fetch_walker[i].top_level.next = self.fetch_top_level.val();
            }
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
            self.fetch_walker[i].mem_resp_data.next = self.memory.fetch_entry.val();
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
            self.fetch_inside.next = self.fetch_walker[i].leaf_inside.val();
            self.fetch_cacheable.next = self.fetch_walker[i].cacheable.val();
            self.fetch_walked.next = self.fetch_walker[i].walked.val();
            self.data_start.next = self.walker.started.val();
            self.fetch_start.next = self.fetch_walker[i].started.val();
            self.fetch_read.next = self.fetch_walker[i].arrives.val();
            self.fetch_level.next = self.fetch_walker[i].traced_level.val();
            self.fetch_addr.next = self.fetch_walker[i].end_addr.val();
            self.fetch_entry.next = self.memory.fetch_entry.val();
            self.fetch_reason.next = self.fetch_walker[i].end_reason.val();
            self.started.next = self.walker.started.val() || self.fetch_walker[i].started.val();
            self.walked.next = self.walker.walked.val() || self.fetch_walker[i].walked.val();
            self.updated.next = self.walker.updated.val() || self.fetch_walker[i].updated.val();
            self.retried.next = self.walker.retried.val() || self.fetch_walker[i].retried.val();
            self.restarted.next =
                self.walker.restarted.val() || self.fetch_walker[i].restarted.val();
            self.joined.next = self.walker.joined.val() || self.fetch_walker[i].joined.val();
        }

        self.former.next = self.fetch_stale.val();
        if self.of_data.val() {
            self.former.next = self.data_stale.val();
        }
        // Entries that memory gave with others.
        self.line_hit.next = false;
        self.line_doubt.next = false;
        for i in 0..self.mem_line.len() {
            self.memory.fence_presented[i].next = self.fence_presented.val();
            self.memory.fence[i].next = self.fence.val();
            self.memory.mem_line[i].next = self.mem_line[i].val();
            for word in 0..self.mem_words.len() {
                self.memory.mem_words[word].next = self.mem_words[word].val();
            }
            self.memory.data_anew[i].next = self.walker.anew[i].val();
            self.walker.from_line[i].next = self.memory.data_from_line[i].val();
            self.line_hit.next = self.memory.data_hit[i].val();
            self.line_doubt.next = self.walker.doubted[i].val();
            for j in 0..self.fetch_walker.len() {
                self.memory.fetch_anew[i].next = self.fetch_walker[j].anew[i].val();
                self.fetch_walker[j].from_line[i].next = self.memory.fetch_from_line[i].val();
                self.fetch_walker[j].other_from_line[i].next = self.walker.end_from_line[i].val();
                self.walker.other_from_line[i].next = self.fetch_walker[j].end_from_line[i].val();
                self.line_hit.next =
                    self.memory.data_hit[i].val() || self.memory.fetch_hit[i].val();
                self.line_doubt.next =
                    self.walker.doubted[i].val() || self.fetch_walker[j].doubted[i].val();
            }
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
