//! How the blocks of a top are wired. Besides single gates, the only logic is the detection of
//! changes of `satp`.

/// Wires one top; written once for both.
macro_rules! mmu_wiring {
    ($name:ident, $xlen:literal, $vpn:literal, $ppn:literal, $pa:literal, $asid:literal) => {
        mmu_tells!($name, $xlen, $pa, {#[hdl_gen]}, self, {
            self.satp_before.clock.next = self.clock.val();
            self.satp_before.d.next = self.satp.val();
            self.same_satp.held.next = self.satp_before.q.val();
            self.same_satp.key.next = self.satp.val();
            for i in 0..self.satp_bits.len() {
                // What is not implemented is no change.
                self.satp_before.d.next = self.satp.val() & self.satp_bits[i].val();
                self.same_satp.key.next = self.satp.val() & self.satp_bits[i].val();
            }
            self.satp_changed.next = !self.same_satp.same.val();
            self.space_before.clock.next = self.clock.val();
            self.space_before.d.next = self.space_before.q.val();
            if self.data_scheme.paged.val() && !self.fence_valid.val() {
                self.space_before.d.next = self.data_scheme.asid.val();
            }
            self.space_changed.next = self.data_scheme.paged.val()
                && (self.space_before.q.val() != self.data_scheme.asid.val());
            self.fence_ready.next = !self.walks.holds_fence.val();
            self.fence.next = self.fence_valid.val() && !self.walks.holds_fence.val();
            self.fence_vpn.next =
                bit_cast::<$vpn, $xlen>(self.fence_va.val() >> bits::<$xlen>(12));
            for i in 0..self.pages.len() {
                self.fence_vpn.next =
                    bit_cast::<$vpn, $xlen>(self.fence_va.val() >> bits::<$xlen>(12))
                        & self.pages[i].val();
            }
            self.fence_space.next = self.fence_asid.val();
            for i in 0..self.spaces.len() {
                self.fence_space.next = self.fence_asid.val() & self.spaces[i].val();
            }

            self.fetch_access.next.fetch = true;
            self.fetch_access.next.store = false;
            self.fetch_access.next.cbo = false;
            self.fetch_access.next.user = !self.fetch_req_privilege.val().any();
            self.fetch_access.next.sum = false;
            self.fetch_access.next.mxr = false;
            self.fetch_access.next.adue = self.adue.val();
            self.fetch_access.next.pbmte = self.pbmte.val();
            self.fetch_done.next = self.walks.fetch_done.val();
            self.fetch_done_page_fault.next = self.walks.fetch_page_fault.val();
            self.fetch_done_access_fault.next = self.walks.fetch_access_fault.val();
            self.fetch_done_ppn.next = self.walks.fetch_ppn.val();
            self.fetch_leaf.next = self.walks.fetch_leaf.val();
            self.fetch_done_inside.next = self.walks.fetch_inside.val();
            self.fetch_done_cacheable.next = self.walks.fetch_cacheable.val();
            for i in 0..self.second.len() {
                if self.second[i].fetch_done.val() {
                    self.fetch_done.next = true;
                    self.fetch_done_page_fault.next = self.second[i].page_fault.val();
                    self.fetch_done_access_fault.next = false;
                    self.fetch_done_ppn.next = self.second[i].ppn.val();
                    self.fetch_leaf.next = self.second[i].leaf.val();
                    self.fetch_done_inside.next = self.second[i].leaf_inside.val();
                    self.fetch_done_cacheable.next = !self.fence_valid.val();
                }
            }
            // Without a fetch port its pins are there, and idle.
            self.fetch_req_ready.next = false;
            self.fetch_resp_valid.next = false;
            self.fetch_resp_pa.next = bits::<$pa>(0);
            self.fetch_resp_size.next = bits::<3>(0);
            self.fetch_resp_pbmt.next = bits::<2>(0);
            self.fetch_resp_fault.next = false;
            self.fetch_resp_cause.next = bits::<4>(0);
            self.fetch_resp_tval.next = bits::<$xlen>(0);
            for port in 0..self.fetch.len() {
                self.fetch_scheme[port].satp.next = self.satp.val();
                self.fetch_scheme[port].va.next = self.fetch_req_va.val();
                self.fetch_scheme[port].machine.next = self.fetch_req_privilege.val().all();
                self.fetch[port].clock.next = self.clock.val();
                self.fetch[port].reset.next = self.reset.val();
                self.fetch[port].req_valid.next = self.fetch_req_valid.val();
                self.fetch[port].req_va.next = self.fetch_req_va.val();
                self.fetch[port].req_access.next = self.fetch_access.val();
                self.fetch[port].translate.next = self.fetch_scheme[port].translate.val();
                self.fetch[port].canonical.next = self.fetch_scheme[port].canonical.val();
                self.fetch[port].in_range.next = self.fetch_scheme[port].in_range.val();
                self.fetch[port].top_level.next = self.fetch_scheme[port].top_level.val();
                self.fetch[port].asid.next = self.fetch_scheme[port].asid.val();
                self.fetch[port].root.next = self.fetch_scheme[port].root.val();
                for i in 0..self.data.req_size.len() {
                    self.fetch[port].req_size[i].next = self.fetch_req_size.val();
                    self.fetch[port].req_machine[i].next = self.fetch_req_privilege.val().all();
                }
                self.fetch[port].paged.next = self.fetch_scheme[port].paged.val();
                self.fetch[port].space_changed.next = self.space_changed.val();
                self.fetch[port].satp_changed.next = self.satp_changed.val();
                self.fetch[port].fence_presented.next = self.fence_valid.val();
                self.fetch[port].fence.next = self.fence.val();
                self.fetch[port].fence_by_va.next = self.fence_by_va.val();
                self.fetch[port].fence_va.next = self.fence_va.val();
                self.fetch[port].fence_by_asid.next = self.fence_by_asid.val();
                self.fetch[port].fence_asid.next = self.fence_space.val();
                self.fetch[port].done.next = self.fetch_done.val();
                self.fetch[port].done_page_fault.next = self.fetch_done_page_fault.val();
                self.fetch[port].done_access_fault.next = self.fetch_done_access_fault.val();
                self.fetch[port].done_ppn.next = self.fetch_done_ppn.val();
                self.fetch[port].done_leaf.next = self.fetch_leaf.val();
                self.fetch[port].done_inside.next = self.fetch_done_inside.val();
                self.fetch[port].done_cacheable.next = self.fetch_done_cacheable.val();
                self.fetch_req_ready.next = self.fetch[port].req_ready.val();
                self.fetch_resp_valid.next = self.fetch[port].resp_valid.val();
                self.fetch_resp_pa.next = self.fetch[port].resp_pa.val();
                self.fetch_resp_size.next = self.fetch[port].resp_size.val();
                self.fetch_resp_pbmt.next = self.fetch[port].resp_pbmt.val();
                self.fetch_resp_fault.next = self.fetch[port].resp_fault.val();
                self.fetch_resp_cause.next = self.fetch[port].resp_cause.val();
                self.fetch_resp_tval.next = self.fetch[port].resp_tval.val();
            }

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
            // One port serves both: the request says which.
            for only in 0..self.asks_fetch.len() {
                self.asks_fetch[only].next = self.data_req_fetch.val();
                self.data_access.next.fetch = self.asks_fetch[only].val();
                self.data_access.next.store = self.data_req_store.val()
                    && !self.data_req_cbo.val()
                    && !self.asks_fetch[only].val();
                self.data_access.next.cbo =
                    self.data_req_cbo.val() && !self.asks_fetch[only].val();
            }
            self.data.clock.next = self.clock.val();
            self.data.reset.next = self.reset.val();
            self.data.req_valid.next = self.data_req_valid.val();
            self.data.req_va.next = self.data_req_va.val();
            self.data.req_access.next = self.data_access.val();
            self.data.translate.next = self.data_scheme.translate.val();
            self.data.canonical.next = self.data_scheme.canonical.val();
            self.data.in_range.next = self.data_scheme.in_range.val();
            self.data.top_level.next = self.data_scheme.top_level.val();
            self.data.asid.next = self.data_scheme.asid.val();
            self.data.root.next = self.data_scheme.root.val();
            for i in 0..self.data.req_size.len() {
                self.data.req_size[i].next = self.data_req_size.val();
                self.data.req_machine[i].next = self.data_req_privilege.val().all();
            }
            self.data.paged.next = self.data_scheme.paged.val();
            self.data.space_changed.next = self.space_changed.val();
            self.data.satp_changed.next = self.satp_changed.val();
            self.data.fence_presented.next = self.fence_valid.val();
            self.data.fence.next = self.fence.val();
            self.data.fence_by_va.next = self.fence_by_va.val();
            self.data.fence_va.next = self.fence_va.val();
            self.data.fence_by_asid.next = self.fence_by_asid.val();
            self.data.fence_asid.next = self.fence_space.val();
            self.data.done.next = self.walks.data_done.val();
            self.data.done_page_fault.next = self.walks.data_page_fault.val();
            self.data.done_access_fault.next = self.walks.data_access_fault.val();
            self.data.done_ppn.next = self.walks.data_ppn.val();
            self.data_leaf.next = self.walks.data_leaf.val();
            self.data.done_inside.next = self.walks.data_inside.val();
            self.data.done_cacheable.next = self.walks.data_cacheable.val();
            for i in 0..self.second.len() {
                if self.second[i].data_done.val() {
                    self.data.done.next = true;
                    self.data.done_page_fault.next = self.second[i].page_fault.val();
                    self.data.done_access_fault.next = false;
                    self.data.done_ppn.next = self.second[i].ppn.val();
                    self.data_leaf.next = self.second[i].leaf.val();
                    self.data.done_inside.next = self.second[i].leaf_inside.val();
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

            self.fetch_waits.next = false;
            self.fetch_refilled.next = false;
            self.fetch_vpn.next = bits::<$vpn>(0);
            for i in 0..self.no_access.len() {
                self.fetch_miss_access.next = self.no_access[i].val();
            }
            self.fetch_space.next = bits::<$asid>(0);
            for port in 0..self.fetch.len() {
                self.fetch_waits.next = self.fetch[port].waits.val();
                self.fetch_refilled.next = self.fetch[port].refilled.val();
                self.fetch_vpn.next = self.fetch[port].miss_vpn.val();
                self.fetch_miss_access.next = self.fetch[port].miss_access.val();
                self.fetch_space.next = self.fetch[port].miss_asid.val();
            }
            // Misses that the second level does not answer are walked.
            self.fetch_walks.next = self.fetch_waits.val();
            self.data_walks.next = self.data.waits.val();
            for i in 0..self.second.len() {
                self.fetch_walks.next = self.second[i].fetch_walks.val();
                self.data_walks.next = self.second[i].data_walks.val();
                self.second[i].clock.next = self.clock.val();
                self.second[i].reset.next = self.reset.val();
                self.second[i].fetch_waits.next = self.fetch_waits.val();
                self.second[i].fetch_vpn.next = self.fetch_vpn.val();
                self.second[i].fetch_asid.next = self.fetch_space.val();
                self.second[i].fetch_access.next = self.fetch_miss_access.val();
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
                self.second[i].fetch_keep.next =
                    self.walks.fetch_walked.val() && self.fetch_refilled.val();
                self.second[i].fetch_new_ppn.next = self.walks.fetch_ppn.val();
                self.second[i].fetch_new_leaf.next = self.walks.fetch_leaf.val();
                self.second[i].data_keep.next =
                    self.walks.data_walked.val() && self.data.refilled.val();
                self.second[i].data_new_ppn.next = self.walks.data_ppn.val();
                self.second[i].data_new_leaf.next = self.walks.data_leaf.val();
            }

            self.walks.clock.next = self.clock.val();
            self.walks.reset.next = self.reset.val();
            self.walks.fetch_waits.next = self.fetch_walks.val();
            self.walks.fetch_vpn.next = self.fetch_vpn.val();
            self.walks.fetch_root.next = bits::<$ppn>(0);
            self.walks.fetch_top_level.next = bits::<3>(0);
            self.walks.fetch_stale.next = false;
            for port in 0..self.fetch.len() {
                self.walks.fetch_root.next = self.fetch[port].miss_root.val();
                self.walks.fetch_top_level.next = self.fetch[port].miss_top_level.val();
                self.walks.fetch_stale.next = self.fetch[port].miss_stale.val();
            }
            self.walks.fetch_access.next = self.fetch_miss_access.val();
            self.walks.fetch_asid.next = self.fetch_space.val();
            self.walks.data_waits.next = self.data_walks.val();
            self.walks.data_vpn.next = self.data.miss_vpn.val();
            self.walks.data_root.next = self.data.miss_root.val();
            self.walks.data_top_level.next = self.data.miss_top_level.val();
            self.walks.data_access.next = self.data.miss_access.val();
            self.walks.data_asid.next = self.data.miss_asid.val();
            self.walks.data_stale.next = self.data.miss_stale.val();
            self.walks.fence_presented.next = self.fence_valid.val();
            self.walks.fence.next = self.fence.val();
            self.walks.fence_by_va.next = self.fence_by_va.val();
            self.walks.fence_vpn.next = self.fence_vpn.val();
            self.walks.fence_by_asid.next = self.fence_by_asid.val();
            self.walks.fence_asid.next = self.fence_space.val();
            self.mem_req_valid.next = self.walks.mem_req_valid.val();
            self.walks.mem_req_ready.next = self.mem_req_ready.val();
            self.mem_req_addr.next = self.walks.mem_req_addr.val();
            self.mem_req_swap.next = self.walks.mem_req_swap.val();
            self.mem_req_expected.next = self.walks.mem_req_expected.val();
            self.mem_req_desired.next = self.walks.mem_req_desired.val();
            self.walks.mem_resp_valid.next = self.mem_resp_valid.val();
            self.walks.mem_resp_data.next = self.mem_resp_data.val();
            self.walks.mem_resp_error.next = self.mem_resp_error.val();
            self.walks.mem_resp_swapped.next = self.mem_resp_swapped.val();
            for i in 0..self.walks.mem_line.len() {
                self.walks.mem_line[i].next = self.mem_resp_line.val();
                self.walks.mem_words[0].next = self.mem_resp_word_0.val();
                self.walks.mem_words[1].next = self.mem_resp_word_1.val();
                self.walks.mem_words[2].next = self.mem_resp_word_2.val();
                self.walks.mem_words[3].next = self.mem_resp_word_3.val();
                self.walks.mem_words[4].next = self.mem_resp_word_4.val();
                self.walks.mem_words[5].next = self.mem_resp_word_5.val();
                self.walks.mem_words[6].next = self.mem_resp_word_6.val();
                self.walks.mem_words[7].next = self.mem_resp_word_7.val();
            }

            // PMP and PMA judge every answer, and what the walkers read.
            self.pmp_read_data.next = bits::<$xlen>(0);
            for port in 0..self.fetch.len() {
                self.fetch[port].refused.next = false;
            }
            self.data.refused.next = false;
            self.fetch_resp_pma.next = bits::<2>(0);
            self.data_resp_pma.next = bits::<2>(0);
            for k in 0..self.protection.len() {
                self.protection[k].clock.next = self.clock.val();
                self.protection[k].reset.next = self.reset.val();
                self.protection[k].csr.next = self.pmp_csr.val();
                self.protection[k].write.next = self.pmp_write_valid.val();
                self.protection[k].data.next = self.pmp_write_data.val();
                self.pmp_read_data.next = self.protection[k].read.val();
                for i in 0..self.walks.active.len() {
                    self.walks.active[i].next = self.protection[k].active[i].val();
                    self.walks.first[i].next = self.protection[k].first[i].val();
                    self.walks.last[i].next = self.protection[k].last[i].val();
                    self.walks.rights[i].next = self.protection[k].rights[i].val();
                }
                for port in 0..self.fetch.len() {
                    self.protection[k].fetch_pa.next = self.fetch[port].checked_pa.val();
                    self.protection[k].fetch_size.next = self.fetch_req_size.val();
                    self.protection[k].fetch_machine.next = self.fetch_req_privilege.val().all();
                    self.protection[k].fetch_take.next = self.fetch[port].missed.val();
                    self.protection[k].fetch_waits.next = self.fetch[port].waits.val();
                    for i in 0..self.data.judged_size.len() {
                        self.protection[k].fetch_size.next = self.fetch[port].judged_size[i].val();
                        self.protection[k].fetch_machine.next = self.fetch[port].judged_machine[i].val();
                        // What a miss needs is kept before it is known to be one.
                        self.protection[k].fetch_take.next = !self.fetch[port].waits.val();
                    }
                    self.fetch[port].refused.next = self.protection[k].fetch_refused.val();
                    if self.fetch[port].resp_valid.val() && !self.fetch[port].resp_fault.val() {
                        self.fetch_resp_pma.next = self.protection[k].fetch_attributes.val();
                    }
                }
                self.protection[k].data_pa.next = self.data.checked_pa.val();
                self.protection[k].data_size.next = self.data_req_size.val();
                self.protection[k].data_store.next = self.data_access.val().store;
                self.protection[k].data_machine.next = self.data_req_privilege.val().all();
                self.protection[k].data_take.next = self.data.missed.val();
                self.protection[k].data_waits.next = self.data.waits.val();
                for i in 0..self.data.judged_size.len() {
                    self.protection[k].data_size.next = self.data.judged_size[i].val();
                    self.protection[k].data_store.next = self.data.judged_access.val().store;
                    self.protection[k].data_machine.next = self.data.judged_machine[i].val();
                    // What a miss needs is kept before it is known to be one.
                    self.protection[k].data_take.next = !self.data.waits.val();
                }
                self.data.refused.next = self.protection[k].data_refused.val();
                if self.data.resp_valid.val() && !self.data.resp_fault.val() {
                    self.data_resp_pma.next = self.protection[k].data_attributes.val();
                }
            }

            for k in 0..self.single.len() {
                self.single[k].clock.next = self.clock.val();
                self.single[k].reset.next = self.reset.val();
                self.single[k].csr.next = self.pmp_csr.val();
                self.single[k].write.next = self.pmp_write_valid.val();
                self.single[k].data.next = self.pmp_write_data.val();
                self.pmp_read_data.next = self.single[k].read.val();
                for i in 0..self.walks.active.len() {
                    self.walks.active[i].next = self.single[k].active[i].val();
                    self.walks.first[i].next = self.single[k].first[i].val();
                    self.walks.last[i].next = self.single[k].last[i].val();
                    self.walks.rights[i].next = self.single[k].rights[i].val();
                }
                self.single[k].port_pa.next = self.data.checked_pa.val();
                self.single[k].port_access.next = self.data.judged_access.val();
                self.single[k].port_size.next = self.data_req_size.val();
                self.single[k].port_machine.next = self.data_req_privilege.val().all();
                self.single[k].port_take.next = self.data.missed.val();
                self.single[k].port_waits.next = self.data.waits.val();
                for i in 0..self.data.judged_size.len() {
                    self.single[k].port_size.next = self.data.judged_size[i].val();
                    self.single[k].port_machine.next = self.data.judged_machine[i].val();
                    // What a miss needs is kept before it is known to be one.
                    self.single[k].port_take.next = !self.data.waits.val();
                }
                self.data.refused.next = self.single[k].port_refused.val();
                if self.data.resp_valid.val() && !self.data.resp_fault.val() {
                    self.data_resp_pma.next = self.single[k].port_attributes.val();
                }
            }
        });
    };
}
