//! How the blocks of a top are wired. Besides single gates, the only logic is the detection of
//! changes of `satp`, the fence's ready, and which misses wait for another walk.

/// Wires one top; written once for both.
#[rustfmt::skip]
macro_rules! mmu_wiring {
    ($name:ident, $xlen:literal, $vpn:literal, $ppn:literal, $pa:literal) => {
        impl<const N: usize, const IDX: usize> Logic for $name<N, IDX> {
            #[hdl_gen]
            fn update(&mut self) {
                self.satp_before.clock.next = self.clock.val();
                self.satp_before.d.next = self.satp.val();
                self.satp_changed.next = self.satp_before.q.val() != self.satp.val();
                // No A or D is written after a fence: it waits for an update that memory has not
                // accepted yet.
                self.main_ready.next = self.mem_req_ready.val(); self.second_taken.next = false;
                for i in 0..self.fetch_walker.len() {
                    self.main_ready.next = self.turn[i].data_ready.val();
                    self.second_taken.next = self.turn[i].fetch_ready.val();
                }
                self.main_taken.next = self.main_ready.val();
                for k in 0..self.protection.len() {
                    self.main_taken.next = self.protection[k].walk_ready.val();
                    for _i in 0..self.fetch_walker.len() {
                        self.second_taken.next = self.protection[k].second_walk_ready.val();
                    }
                }
                self.unaccepted.next = self.walker.mem_req_swap.val() && !self.main_taken.val();
                for i in 0..self.fetch_walker.len() {
                    self.unaccepted.next = (self.walker.mem_req_swap.val()
                        && !self.main_taken.val())
                        || (self.fetch_walker[i].mem_req_swap.val() && !self.second_taken.val());
                }
                self.fence_ready.next = !self.unaccepted.val();
                self.fence.next = self.fence_valid.val() && !self.unaccepted.val();
                self.fence_vpn.next =
                    bit_cast::<$vpn, $xlen>(self.fence_va.val() >> bits::<$xlen>(12));

                self.fetch_scheme.satp.next = self.satp.val();
                self.fetch_scheme.va.next = self.fetch_req_va.val();
                self.fetch_scheme.machine.next = self.fetch_req_privilege.val().all();
                self.fetch_access.next.fetch = true;
                self.fetch_access.next.store = false; self.fetch_access.next.cbo = false;
                self.fetch_access.next.user = !self.fetch_req_privilege.val().any();
                self.fetch_access.next.sum = false; self.fetch_access.next.mxr = false;
                self.fetch_access.next.adue = self.adue.val();
                self.fetch_access.next.pbmte = self.pbmte.val();
                self.fetch.clock.next = self.clock.val(); self.fetch.reset.next = self.reset.val();
                self.fetch.req_valid.next = self.fetch_req_valid.val();
                self.fetch.req_va.next = self.fetch_req_va.val();
                self.fetch.req_access.next = self.fetch_access.val();
                self.fetch.translate.next = self.fetch_scheme.translate.val();
                self.fetch.canonical.next = self.fetch_scheme.canonical.val();
                self.fetch.in_range.next = self.fetch_scheme.in_range.val();
                self.fetch.top_level.next = self.fetch_scheme.top_level.val();
                self.fetch.asid.next = self.fetch_scheme.asid.val();
                self.fetch.root.next = self.fetch_scheme.root.val();
                self.fetch.satp_changed.next = self.satp_changed.val();
                self.fetch.fence_presented.next = self.fence_valid.val();
                self.fetch.fence.next = self.fence.val();
                self.fetch.fence_by_va.next = self.fence_by_va.val();
                self.fetch.fence_va.next = self.fence_va.val();
                self.fetch.fence_by_asid.next = self.fence_by_asid.val();
                self.fetch.fence_asid.next = self.fence_asid.val();
                self.fetch.done.next = self.walker.done.val() && !self.walker.data_side.val();
                self.fetch.done_page_fault.next = self.walker.page_fault.val();
                self.fetch.done_access_fault.next = self.walker.access_fault.val();
                self.fetch.done_ppn.next = self.walker.ppn.val();
                self.fetch_leaf.next = self.walker.leaf.val();
                self.fetch.done_cacheable.next = self.walker.cacheable.val();
                for i in 0..self.fetch_walker.len() {
                    self.fetch.done.next = self.fetch_walker[i].done.val();
                    self.fetch.done_page_fault.next = self.fetch_walker[i].page_fault.val();
                    self.fetch.done_access_fault.next = self.fetch_walker[i].access_fault.val();
                    self.fetch.done_ppn.next = self.fetch_walker[i].ppn.val();
                    self.fetch_leaf.next = self.fetch_walker[i].leaf.val();
                    self.fetch.done_cacheable.next = self.fetch_walker[i].cacheable.val();
                }
                for i in 0..self.second.len() {
                    if self.second[i].fetch_done.val() {
                        self.fetch.done.next = true;
                        self.fetch.done_page_fault.next = self.second[i].page_fault.val();
                        self.fetch.done_access_fault.next = false;
                        self.fetch.done_ppn.next = self.second[i].ppn.val();
                        self.fetch_leaf.next = self.second[i].leaf.val();
                        self.fetch.done_cacheable.next = !self.fence_valid.val();
                    }
                }
                self.fetch.done_leaf.next = self.fetch_leaf.val();
                self.fetch_req_ready.next = self.fetch.req_ready.val();
                self.fetch_resp_valid.next = self.fetch.resp_valid.val();
                self.fetch_resp_pa.next = self.fetch.resp_pa.val();
                self.fetch_resp_size.next = self.fetch.resp_size.val();
                self.fetch_resp_pbmt.next = self.fetch.resp_pbmt.val();
                self.fetch_resp_fault.next = self.fetch.resp_fault.val();
                self.fetch_resp_cause.next = self.fetch.resp_cause.val();
                self.fetch_resp_tval.next = self.fetch.resp_tval.val();

                self.data_scheme.satp.next = self.satp.val();
                self.data_scheme.va.next = self.data_req_va.val();
                self.data_scheme.machine.next = self.data_req_privilege.val().all();
                self.data_access.next.fetch = false;
                self.data_access.next.store = self.data_req_store.val() && !self.data_req_cbo.val();
                self.data_access.next.cbo = self.data_req_cbo.val();
                self.data_access.next.user = !self.data_req_privilege.val().any();
                self.data_access.next.sum = self.data_req_sum.val();
                self.data_access.next.mxr = self.data_req_mxr.val();
                self.data_access.next.adue = self.adue.val();
                self.data_access.next.pbmte = self.pbmte.val();
                self.data.clock.next = self.clock.val(); self.data.reset.next = self.reset.val();
                self.data.req_valid.next = self.data_req_valid.val();
                self.data.req_va.next = self.data_req_va.val();
                self.data.req_access.next = self.data_access.val();
                self.data.translate.next = self.data_scheme.translate.val();
                self.data.canonical.next = self.data_scheme.canonical.val();
                self.data.in_range.next = self.data_scheme.in_range.val();
                self.data.top_level.next = self.data_scheme.top_level.val();
                self.data.asid.next = self.data_scheme.asid.val();
                self.data.root.next = self.data_scheme.root.val();
                self.data.satp_changed.next = self.satp_changed.val();
                self.data.fence_presented.next = self.fence_valid.val();
                self.data.fence.next = self.fence.val();
                self.data.fence_by_va.next = self.fence_by_va.val();
                self.data.fence_va.next = self.fence_va.val();
                self.data.fence_by_asid.next = self.fence_by_asid.val();
                self.data.fence_asid.next = self.fence_asid.val();
                self.data.done.next = self.walker.done.val() && self.walker.data_side.val();
                self.data.done_page_fault.next = self.walker.page_fault.val();
                self.data.done_access_fault.next = self.walker.access_fault.val();
                self.data.done_ppn.next = self.walker.ppn.val();
                self.data_leaf.next = self.walker.leaf.val();
                self.data.done_cacheable.next = self.walker.cacheable.val();
                for i in 0..self.second.len() {
                    if self.second[i].data_done.val() {
                        self.data.done.next = true;
                        self.data.done_page_fault.next = self.second[i].page_fault.val();
                        self.data.done_access_fault.next = false;
                        self.data.done_ppn.next = self.second[i].ppn.val();
                        self.data_leaf.next = self.second[i].leaf.val();
                        self.data.done_cacheable.next = !self.fence_valid.val();
                    }
                }
                self.data.done_leaf.next = self.data_leaf.val();
                self.data_req_ready.next = self.data.req_ready.val();
                self.data_resp_valid.next = self.data.resp_valid.val();
                self.data_resp_pa.next = self.data.resp_pa.val();
                self.data_resp_size.next = self.data.resp_size.val();
                self.data_resp_pbmt.next = self.data.resp_pbmt.val();
                self.data_resp_fault.next = self.data.resp_fault.val();
                self.data_resp_cause.next = self.data.resp_cause.val();
                self.data_resp_tval.next = self.data.resp_tval.val();
                // With two walkers a port's miss waits while the other port's page is walked, if that is
                // the same one, and takes its entry. One walk starts in a cycle.
                self.same_page.next = self.fetch.waits.val()
                    && self.data.waits.val()
                    && (self.fetch.miss_vpn.val() == self.data.miss_vpn.val())
                    && !self.fetch.miss_stale.val()
                    && !self.data.miss_stale.val();
                self.fetch_walks.next = self.fetch.waits.val();
                self.data_walks.next = self.data.waits.val();
                for i in 0..self.second.len() {
                    self.fetch_walks.next = self.second[i].fetch_walks.val();
                    self.data_walks.next = self.second[i].data_walks.val();
                    self.second[i].clock.next = self.clock.val();
                    self.second[i].reset.next = self.reset.val();
                    self.second[i].fetch_waits.next = self.fetch.waits.val();
                    self.second[i].fetch_vpn.next = self.fetch.miss_vpn.val();
                    self.second[i].fetch_asid.next = self.fetch.miss_asid.val();
                    self.second[i].fetch_access.next = self.fetch.miss_access.val();
                    self.second[i].data_waits.next = self.data.waits.val();
                    self.second[i].data_vpn.next = self.data.miss_vpn.val();
                    self.second[i].data_asid.next = self.data.miss_asid.val();
                    self.second[i].data_access.next = self.data.miss_access.val();
                    self.second[i].inject.next = self.l2_inject.val();
                    self.second[i].fence_presented.next = self.fence_valid.val();
                    self.second[i].fence.next = self.fence.val();
                    self.second[i].fence_by_va.next = self.fence_by_va.val();
                    self.second[i].fence_vpn.next = self.fence_vpn.val();
                    // The leaf of a walk enters the second level when it enters a TLB.
                    self.second[i].write_data.next = self.walker.data_side.val();
                    self.second[i].write.next = self.walker.walked.val()
                        && ((self.walker.data_side.val() && self.data.refilled.val())
                            || (!self.walker.data_side.val() && self.fetch.refilled.val()));
                    self.second[i].new_vpn.next = self.choice.vpn.val();
                    self.second[i].new_asid.next = self.choice.asid.val();
                    self.second[i].new_ppn.next = self.walker.ppn.val();
                    self.second[i].new_leaf.next = self.walker.leaf.val();
                    for j in 0..self.fetch_walker.len() {
                        self.second[i].write.next = (self.walker.walked.val()
                            && self.data.refilled.val())
                            || (self.fetch_walker[j].walked.val() && self.fetch.refilled.val());
                        if self.fetch_walker[j].walked.val() {
                            self.second[i].write_data.next = false;
                            self.second[i].new_vpn.next = self.fetch.miss_vpn.val();
                            self.second[i].new_asid.next = self.fetch.miss_asid.val();
                            self.second[i].new_ppn.next = self.fetch_walker[j].ppn.val();
                            self.second[i].new_leaf.next = self.fetch_walker[j].leaf.val();
                        }
                    }
                }
                self.fetch_follows.next = false; self.data_follows.next = false;
                self.fetch_starts.next = false; self.fetch_key.next = false;

                self.walker.clock.next = self.clock.val();
                self.walker.reset.next = self.reset.val();
                self.choice.free.next = self.walker.free.val();
                self.choice.owner.next = self.walker.data_side.val();
                self.choice.fetch_waits.next = self.fetch_walks.val();
                self.choice.fetch_vpn.next = self.fetch.miss_vpn.val();
                self.choice.fetch_root.next = self.fetch.miss_root.val();
                self.choice.fetch_top_level.next = self.fetch.miss_top_level.val();
                self.choice.fetch_access.next = self.fetch.miss_access.val();
                self.choice.fetch_asid.next = self.fetch.miss_asid.val();
                self.choice.data_waits.next = self.data_walks.val();
                self.choice.data_vpn.next = self.data.miss_vpn.val();
                self.choice.data_root.next = self.data.miss_root.val();
                self.choice.data_top_level.next = self.data.miss_top_level.val();
                self.choice.data_access.next = self.data.miss_access.val();
                self.choice.data_asid.next = self.data.miss_asid.val();
                self.walker.waits.next = self.choice.some.val();
                self.walker.waits_data.next = self.choice.serves_data.val();
                self.walker.vpn.next = self.choice.vpn.val();
                self.walker.root.next = self.choice.root.val();
                self.walker.top_level.next = self.choice.top_level.val();
                self.walker.access.next = self.choice.access.val();
                self.walker.fence.next = self.fence_valid.val();
                self.walker.joins.next = false;
                self.walker.other_entry.next = bits::<$xlen>(0);
                self.walker.other_addr.next = bits::<$pa>(0);
                self.walker.other_level.next = bits::<3>(0);
                self.walker.other_global.next = false;
                self.main_valid.next = self.walker.mem_req_valid.val();
                self.second_valid.next = false;
                for i in 0..self.fetch_walker.len() {
                    self.second_valid.next = self.fetch_walker[i].mem_req_valid.val();
                }
                for k in 0..self.protection.len() {
                    self.main_valid.next = self.protection[k].mem_valid.val();
                    self.second_valid.next = self.protection[k].second_mem_valid.val();
                }
                self.mem_req_valid.next = self.main_valid.val();
                self.walker.mem_req_ready.next = self.main_taken.val();
                self.mem_req_addr.next = self.walker.mem_req_addr.val();
                self.mem_req_swap.next = self.walker.mem_req_swap.val();
                self.mem_req_expected.next = self.walker.mem_req_expected.val();
                self.mem_req_desired.next = self.walker.mem_req_desired.val();
                self.main_answer.next = self.mem_resp_valid.val();
                self.walker.mem_resp_valid.next = self.mem_resp_valid.val();
                self.walker.mem_resp_data.next = self.mem_resp_data.val();
                self.walker.mem_resp_error.next = self.mem_resp_error.val();
                self.walker.mem_resp_swapped.next = self.mem_resp_swapped.val();
                for i in 0..self.fetch_walker.len() {
                    self.choice.fetch_waits.next = false;
                    self.data_follows.next =
                        self.same_page.val() && !self.fetch_walker[i].free.val();
                    self.fetch_follows.next = self.same_page.val() && !self.walker.free.val();
                    self.walker.joins.next = self.data_follows.val();
                    self.walker.waits.next = self.data_walks.val()
                        && (!self.data_follows.val() || self.fetch_walker[i].shares.val());
                    self.walker.other_entry.next = self.fetch_walker[i].end_entry.val();
                    self.walker.other_addr.next = self.fetch_walker[i].end_addr.val();
                    self.walker.other_level.next = self.fetch_walker[i].end_level.val();
                    self.walker.other_global.next = self.fetch_walker[i].end_global.val();

                    self.fetch_walker[i].clock.next = self.clock.val();
                    self.fetch_walker[i].reset.next = self.reset.val();
                    self.fetch_walker[i].waits.next = self.fetch_walks.val()
                        && !self.walker.started.val()
                        && (!self.fetch_follows.val() || self.walker.shares.val());
                    self.fetch_walker[i].waits_data.next = false;
                    self.fetch_walker[i].vpn.next = self.fetch.miss_vpn.val();
                    self.fetch_walker[i].root.next = self.fetch.miss_root.val();
                    self.fetch_walker[i].top_level.next = self.fetch.miss_top_level.val();
                    self.fetch_walker[i].access.next = self.fetch.miss_access.val();
                    self.fetch_walker[i].fence.next = self.fence_valid.val();
                    self.fetch_walker[i].cached_level.next = bits::<3>(0);
                    self.fetch_walker[i].cached_ppn.next = bits::<$ppn>(0);
                    self.fetch_walker[i].cached_global.next = false;
                    self.fetch_walker[i].joins.next = self.fetch_follows.val();
                    self.fetch_walker[i].other_entry.next = self.walker.end_entry.val();
                    self.fetch_walker[i].other_addr.next = self.walker.end_addr.val();
                    self.fetch_walker[i].other_level.next = self.walker.end_level.val();
                    self.fetch_walker[i].other_global.next = self.walker.end_global.val();
                    self.fetch_starts.next = self.fetch_walker[i].started.val();
                    self.fetch_key.next = self.fetch_walker[i].started.val()
                        || (self.fetch_walker[i].descends.val() && !self.walker.started.val());

                    self.turn[i].clock.next = self.clock.val();
                    self.turn[i].reset.next = self.reset.val();
                    self.turn[i].fetch_valid.next = self.second_valid.val();
                    self.turn[i].data_valid.next = self.main_valid.val();
                    self.turn[i].ready.next = self.mem_req_ready.val();
                    self.turn[i].answer.next = self.mem_resp_valid.val();
                    self.fetch_walker[i].mem_req_ready.next = self.second_taken.val();
                    self.mem_req_valid.next = self.turn[i].valid.val();
                    if !self.turn[i].of_data.val() {
                        self.mem_req_addr.next = self.fetch_walker[i].mem_req_addr.val();
                        self.mem_req_swap.next = self.fetch_walker[i].mem_req_swap.val();
                        self.mem_req_expected.next = self.fetch_walker[i].mem_req_expected.val();
                        self.mem_req_desired.next = self.fetch_walker[i].mem_req_desired.val();
                    }
                    self.main_answer.next = self.turn[i].data_answer.val();
                    self.walker.mem_resp_valid.next = self.turn[i].data_answer.val();
                    self.fetch_walker[i].mem_resp_valid.next = self.turn[i].fetch_answer.val();
                    self.fetch_walker[i].mem_resp_data.next = self.mem_resp_data.val();
                    self.fetch_walker[i].mem_resp_error.next = self.mem_resp_error.val();
                    self.fetch_walker[i].mem_resp_swapped.next = self.mem_resp_swapped.val();
                }
                // PMP and PMA stand between walkers and memory, and judge every answer.
                self.stopped.next = false; self.fetch_stopped.next = false;
                self.pmp_read_data.next = bits::<$xlen>(0);
                self.fetch.refused.next = false; self.data.refused.next = false;
                self.fetch_resp_pma.next = bits::<2>(0); self.data_resp_pma.next = bits::<2>(0);
                for k in 0..self.protection.len() {
                    self.protection[k].clock.next = self.clock.val();
                    self.protection[k].reset.next = self.reset.val();
                    self.protection[k].csr.next = self.pmp_csr.val();
                    self.protection[k].write.next = self.pmp_write_valid.val();
                    self.protection[k].data.next = self.pmp_write_data.val();
                    self.pmp_read_data.next = self.protection[k].read.val();
                    self.protection[k].fetch_pa.next = self.fetch.checked_pa.val();
                    self.protection[k].fetch_size.next = self.fetch_req_size.val();
                    self.protection[k].fetch_machine.next = self.fetch_req_privilege.val().all();
                    self.protection[k].fetch_take.next = self.fetch.missed.val();
                    self.protection[k].fetch_waits.next = self.fetch.waits.val();
                    self.fetch.refused.next = self.protection[k].fetch_refused.val();
                    if self.fetch.resp_valid.val() && !self.fetch.resp_fault.val() {
                        self.fetch_resp_pma.next = self.protection[k].fetch_attributes.val();
                    }
                    self.protection[k].data_pa.next = self.data.checked_pa.val();
                    self.protection[k].data_size.next = self.data_req_size.val();
                    self.protection[k].data_store.next = self.data_access.val().store;
                    self.protection[k].data_machine.next = self.data_req_privilege.val().all();
                    self.protection[k].data_take.next = self.data.missed.val();
                    self.protection[k].data_waits.next = self.data.waits.val();
                    self.data.refused.next = self.protection[k].data_refused.val();
                    if self.data.resp_valid.val() && !self.data.resp_fault.val() {
                        self.data_resp_pma.next = self.protection[k].data_attributes.val();
                    }
                    self.protection[k].walk_valid.next = self.walker.mem_req_valid.val();
                    self.protection[k].walk_addr.next = self.walker.mem_req_addr.val();
                    self.protection[k].walk_swap.next = self.walker.mem_req_swap.val();
                    self.protection[k].mem_ready.next = self.main_ready.val();
                    self.protection[k].mem_answered.next = self.main_answer.val();
                    self.protection[k].mem_error.next = self.mem_resp_error.val();
                    self.walker.mem_resp_valid.next = self.protection[k].walk_answered.val();
                    self.walker.mem_resp_error.next = self.protection[k].walk_error.val();
                    self.stopped.next = self.protection[k].stopped.val();
                    self.protection[k].second_walk_valid.next = false;
                    self.protection[k].second_walk_addr.next = bits::<$pa>(0);
                    self.protection[k].second_walk_swap.next = false;
                    self.protection[k].second_mem_ready.next = false;
                    self.protection[k].second_mem_answered.next = false;
                    for i in 0..self.fetch_walker.len() {
                        self.protection[k].second_walk_valid.next =
                            self.fetch_walker[i].mem_req_valid.val();
                        self.protection[k].second_walk_addr.next =
                            self.fetch_walker[i].mem_req_addr.val();
                        self.protection[k].second_walk_swap.next =
                            self.fetch_walker[i].mem_req_swap.val();
                        self.protection[k].second_mem_ready.next = self.turn[i].fetch_ready.val();
                        self.protection[k].second_mem_answered.next =
                            self.turn[i].fetch_answer.val();
                        self.fetch_walker[i].mem_resp_valid.next =
                            self.protection[k].second_walk_answered.val();
                        self.fetch_walker[i].mem_resp_error.next =
                            self.protection[k].second_walk_error.val();
                        self.fetch_stopped.next = self.protection[k].second_stopped.val();
                    }
                }
                // One comparator per line of the walk cache serves lookup, write and fence. A walk that
                // starts while a fence is presented begins at the root; a pointer that arrives while
                // the other walk starts is not kept.
                self.cached.next = false;
                self.walker.cached_level.next = bits::<3>(0);
                self.walker.cached_ppn.next = bits::<$ppn>(0);
                self.walker.cached_global.next = false;
                for i in 0..self.walk_cache.len() {
                    self.walk_cache[i].clock.next = self.clock.val();
                    self.walk_cache[i].reset.next = self.reset.val();
                    self.walk_cache[i].key_vpn.next = self.choice.vpn.val();
                    self.walk_cache[i].key_asid.next = self.choice.asid.val();
                    self.walk_cache[i].new_level.next = self.walker.pointer_level.val();
                    self.walk_cache[i].new_ppn.next = self.walker.pointer_ppn.val();
                    self.walk_cache[i].new_global.next = self.walker.pointer_global.val();
                    self.walk_cache[i].write.next = self.walker.descends.val()
                        && !self.fetch_starts.val()
                        && !self.fence_valid.val()
                        && !(self.walker.data_side.val() && self.data.miss_stale.val())
                        && !(!self.walker.data_side.val() && self.fetch.miss_stale.val());
                    for j in 0..self.fetch_walker.len() {
                        if self.fetch_key.val() {
                            self.walk_cache[i].key_vpn.next = self.fetch.miss_vpn.val();
                            self.walk_cache[i].key_asid.next = self.fetch.miss_asid.val();
                            self.walk_cache[i].new_level.next =
                                self.fetch_walker[j].pointer_level.val();
                            self.walk_cache[i].new_ppn.next =
                                self.fetch_walker[j].pointer_ppn.val();
                            self.walk_cache[i].new_global.next =
                                self.fetch_walker[j].pointer_global.val();
                            self.walk_cache[i].write.next = self.fetch_walker[j].descends.val()
                                && !self.fence_valid.val()
                                && !self.fetch.miss_stale.val();
                        }
                        self.fetch_walker[j].cached_level.next = self.walk_cache[i].level.val();
                        self.fetch_walker[j].cached_ppn.next = self.walk_cache[i].ppn.val();
                        self.fetch_walker[j].cached_global.next =
                            self.walk_cache[i].below_global.val();
                    }
                    if self.fence_valid.val() {
                        self.walk_cache[i].key_vpn.next = self.fence_vpn.val();
                        self.walk_cache[i].key_asid.next = self.fence_asid.val();
                    }
                    self.walk_cache[i].fence.next = self.fence.val();
                    self.walk_cache[i].fence_by_va.next = self.fence_by_va.val();
                    self.walk_cache[i].fence_by_asid.next = self.fence_by_asid.val();
                    self.cached.next = self.walk_cache[i].hit.val() && !self.fence_valid.val();
                    self.walker.cached_level.next = self.walk_cache[i].level.val();
                    self.walker.cached_ppn.next = self.walk_cache[i].ppn.val();
                    self.walker.cached_global.next = self.walk_cache[i].below_global.val();
                }
                self.walker.cached.next = self.cached.val();
                for j in 0..self.fetch_walker.len() {
                    self.fetch_walker[j].cached.next = self.cached.val();
                }

                self.held_fault.clock.next = self.clock.val();
                self.held_fault.reset.next = self.reset.val();
                self.held_fault.data_valid.next = self.data.resp_fault.val();
                self.held_fault.data_cause.next = self.data.resp_cause.val();
                self.held_fault.data_tval.next = self.data.resp_tval.val();
                self.held_fault.fetch_valid.next = self.fetch.resp_fault.val();
                self.held_fault.fetch_cause.next = self.fetch.resp_cause.val();
                self.held_fault.fetch_tval.next = self.fetch.resp_tval.val();
                self.held_fault.ready.next = self.fault_ready.val();
                self.fault_valid.next = self.held_fault.valid.val();
                self.fault_cause.next = self.held_fault.cause.val();
                self.fault_tval.next = self.held_fault.tval.val();

                self.busy.next = self.fetch.waits.val() || self.data.waits.val();
                self.event_fetch_hit.next = self.fetch.hit.val();
                self.event_fetch_miss.next = self.fetch.missed.val();
                self.event_data_hit.next = self.data.hit.val();
                self.event_data_miss.next = self.data.missed.val();
                self.event_walk_start.next = self.walker.started.val();
                self.event_walk_done.next = self.walker.walked.val();
                self.event_pte_read.next = self.walker.read.val() && !self.stopped.val();
                self.event_pte_update.next = self.walker.updated.val();
                self.event_update_retry.next = self.walker.retried.val();
                self.event_walk_restart.next = self.walker.restarted.val();
                self.event_miss_join.next = false;
                for i in 0..self.fetch_walker.len() {
                    self.event_walk_start.next =
                        self.walker.started.val() || self.fetch_walker[i].started.val();
                    self.event_walk_done.next =
                        self.walker.walked.val() || self.fetch_walker[i].walked.val();
                    self.event_pte_read.next = (self.walker.read.val() && !self.stopped.val())
                        || (self.fetch_walker[i].read.val() && !self.fetch_stopped.val());
                    self.event_pte_update.next =
                        self.walker.updated.val() || self.fetch_walker[i].updated.val();
                    self.event_update_retry.next =
                        self.walker.retried.val() || self.fetch_walker[i].retried.val();
                    self.event_walk_restart.next =
                        self.walker.restarted.val() || self.fetch_walker[i].restarted.val();
                    self.event_miss_join.next =
                        self.walker.joined.val() || self.fetch_walker[i].joined.val();
                }
                self.event_l2_hit.next = false; self.event_l2_miss.next = false;
                self.event_l2_parity.next = false; self.event_l2_sweep.next = false;
                for i in 0..self.second.len() {
                    self.event_l2_hit.next = self.second[i].hit.val();
                    self.event_l2_miss.next = self.second[i].missed.val();
                    self.event_l2_parity.next = self.second[i].broken.val();
                    self.event_l2_sweep.next = self.second[i].swept.val();
                }
                self.event_walk_cache_hit.next =
                    self.cached.val() && (self.walker.started.val() || self.fetch_starts.val());
                self.refilled.next = self.fetch.refilled.val() || self.data.refilled.val();
                self.leaf_level.next = self.fetch_leaf.val().level;
                if self.data.refilled.val() {
                    self.leaf_level.next = self.data_leaf.val().level;
                }
                self.event_refill.next = self.refilled.val();
                self.event_superpage_refill.next =
                    self.refilled.val() && self.leaf_level.val().any();
                self.event_fence.next = self.fence.val();
                self.event_page_fault.next =
                    self.fetch.page_fault.val() || self.data.page_fault.val();
                self.event_access_fault.next =
                    self.fetch.access_fault.val() || self.data.access_fault.val();
            }
        }
    };
}
