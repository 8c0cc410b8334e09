//! How the blocks of a port are wired: lookup, decision, response.

use super::Port;
use rust_hdl::prelude::*;

impl<
    const N: usize,
    const IDX: usize,
    const XLEN: usize,
    const VPN: usize,
    const PPN: usize,
    const PA: usize,
    const ASID: usize,
> Logic for Port<N, IDX, XLEN, VPN, PPN, PA, ASID>
{
    #[hdl_gen]
    fn update(&mut self) {
        self.ready.next =
            !self.miss.waits.val() && !self.fence_presented.val() && !self.space_changed.val();
        for i in 0..self.stage.len() {
            self.stage[i].clock.next = self.clock.val();
            self.stage[i].reset.next = self.reset.val();
            self.late_fence[i].clock.next = self.clock.val();
            self.late_fence[i].reset.next = self.reset.val();
            self.late_fence[i].presented.next = self.fence_presented.val();
            self.late_fence[i].fence.next = self.fence.val();
            self.late_fence[i].by_va.next = self.fence_by_va.val();
            self.late_fence[i].by_asid.next = self.fence_by_asid.val();
            self.late_fence[i].asid.next = self.fence_asid.val();
            self.stage[i].miss_waits.next = self.miss.waits.val();
            self.stage[i].miss_done.next = self.done.val();
            self.stage[i].compares.next = self.late_fence[i].compares.val();
            self.stage[i].miss_waits_next.next = self.miss.waits_next.val();
            self.stage[i].compares_next.next = self.fence_presented.val();
            self.ready.next = !self.stage[i].holds.val() && !self.fence_presented.val();
            self.occupied[i].next = self.stage[i].occupied.val()
                || self.late_fence[i].compares.val()
                || self.late_fence[i].clears.val();
        }
        self.req_ready.next = self.ready.val();
        self.taken.next = self.req_valid.val() && self.ready.val();

        // A request enters the stage whenever that is free.
        for i in 0..self.stage.len() {
            self.stage[i].taken.next = self.taken.val();
            self.stage[i].new_va.next = self.req_va.val();
            self.stage[i].new_access.next = self.req_access.val();
            self.stage[i].new_translate.next = self.translate.val();
            self.stage[i].new_canonical.next = self.canonical.val();
            self.stage[i].new_in_range.next = self.in_range.val();
            self.stage[i].new_top_level.next = self.top_level.val();
            self.stage[i].new_asid.next = self.asid.val();
            self.stage[i].new_root.next = self.root.val();
            self.stage[i].new_size.next = self.req_size[i].val();
            self.stage[i].new_machine.next = self.req_machine[i].val();
            self.stage[i].satp_changed.next = self.satp_changed.val();
            self.judged_size[i].next = self.stage[i].size.val();
            self.judged_machine[i].next = self.stage[i].machine.val();
        }

        self.missed_page.next = bit_cast::<VPN, XLEN>(self.miss.va.val() >> bits::<XLEN>(12));
        for i in 0..self.page_bits.len() {
            self.missed_page.next = self.missed_page.val() & self.page_bits[i].val();
        }

        // One comparator per line serves lookup, fence and refill: they never coincide.
        self.va.next = self.req_va.val();
        self.access.next = self.req_access.val();
        self.tlb.key_asid.next = self.asid.val();
        for i in 0..self.stage.len() {
            self.va.next = self.stage[i].va.val();
            self.access.next = self.stage[i].access.val();
        }
        if self.miss.waits.val() {
            self.va.next = self.miss.va.val();
            self.access.next = self.miss.access.val();
        }
        self.key.request.next = bit_cast::<VPN, XLEN>(self.req_va.val() >> bits::<XLEN>(12));
        self.key.miss.next = bit_cast::<VPN, XLEN>(self.miss.va.val() >> bits::<XLEN>(12));
        self.key.fence.next = bit_cast::<VPN, XLEN>(self.fence_va.val() >> bits::<XLEN>(12));
        self.key.waits.next = self.miss.waits.val();
        self.key.fence_presented.next = self.fence_presented.val();
        if self.fence_presented.val() {
            self.tlb.key_asid.next = self.fence_asid.val();
        }
        self.tlb.clock.next = self.clock.val();
        self.tlb.reset.next = self.reset.val();
        self.tlb.looks_ahead.next = self.paged.val() && !self.fence_presented.val();
        self.tlb.fence.next = self.fence.val();
        self.tlb.fence_by_va.next = self.fence_by_va.val();
        self.tlb.fence_by_asid.next = self.fence_by_asid.val();
        self.tlb.new_ppn.next = self.done_ppn.val();
        self.tlb.new_inside.next = self.done_inside.val();
        self.tlb.new_leaf.next = self.done_leaf.val();
        self.tlb.access.next = self.req_access.val();
        self.tlb.filling.next = self.miss.waits.val() && !self.fence_presented.val();
        // Registered: fences and entries change the lines a cycle after they were compared.
        for i in 0..self.stage.len() {
            self.next_key[i].clock.next = self.clock.val();
            self.next_key[i].fence.next = self.fence_presented.val();
            self.next_key[i].fence_page.next =
                bit_cast::<VPN, XLEN>(self.fence_va.val() >> bits::<XLEN>(12));
            self.next_key[i].page.next = bit_cast::<VPN, XLEN>(self.va.val() >> bits::<XLEN>(12));
            self.key.miss.next = self.next_key[i].key.val();
            self.key.waits.next = self.stage[i].holds.val();
            self.key.fence_presented.next = false;
            self.tlb.key_asid.next = self.asid.val();
            if self.late_fence[i].compares.val() {
                self.tlb.key_asid.next = self.late_fence[i].key_asid.val();
            }
            self.tlb.looks_ahead.next = self.paged.val() && !self.late_fence[i].compares.val();
            if self.stage[i].kept.val() {
                self.tlb.access.next = self.stage[i].access.val();
            }
            self.tlb.filling.next = self.miss.waits.val() && !self.late_fence[i].compares.val();
            self.tlb.fence.next = self.late_fence[i].clears.val();
            self.tlb.fence_by_va.next = self.late_fence[i].clears_va.val();
            self.tlb.fence_by_asid.next = self.late_fence[i].clears_asid.val();
            self.late_refill[i].clock.next = self.clock.val();
            self.late_refill[i].reset.next = self.reset.val();
            self.late_refill[i].ppn.next = self.done_ppn.val();
            self.late_refill[i].leaf.next = self.done_leaf.val();
            self.late_refill[i].leaf_inside.next = self.done_inside.val();
            self.tlb.new_ppn.next = self.late_refill[i].new_ppn.val();
            self.tlb.new_leaf.next = self.late_refill[i].new_leaf.val();
            self.tlb.written_vpn[i].next = self.missed_page.val();
            self.tlb.written_asid[i].next = self.miss.asid.val();
            self.tlb.written_inside[i].next = self.late_refill[i].new_inside.val();
        }
        self.tlb.key_vpn.next = self.key.key.val();
        for i in 0..self.page_bits.len() {
            self.tlb.key_vpn.next = self.key.key.val() & self.page_bits[i].val();
        }

        // What the TLB finds: a 4 KiB page, if there are sets of them, or else a line.
        self.decides.next = self.tlb.decides.val();
        self.faults.next = self.tlb.faults.val();
        self.found_ppn.next = self.tlb.ppn.val();
        self.found.next = self.tlb.extent.val();
        self.found_leaf.next = self.tlb.leaf.val();
        for i in 0..self.pages.len() {
            self.pages[i].clock.next = self.clock.val();
            self.pages[i].reset.next = self.reset.val();
            self.pages[i].key_vpn.next = self.tlb.key_vpn.val();
            self.pages[i].key_asid.next = self.tlb.key_asid.val();
            self.pages[i].all_spaces.next =
                self.late_fence[i].compares.val() && !self.late_fence[i].key_by_asid.val();
            self.pages[i].access.next = self.tlb.access.val();
            self.pages[i].fence.next = self.late_fence[i].clears.val();
            self.pages[i].fence_by_va.next = self.late_fence[i].clears_va.val();
            self.pages[i].fence_by_asid.next = self.late_fence[i].clears_asid.val();
            self.word[i].first.next = self.pages[i].low_ppn.val();
            self.word[i].second.next = self.pages[i].high_ppn.val();
            self.word[i].takes_second.next = self.pages[i].takes_high.val();
            self.word[i].third.next = self.tlb.words[0].val();
            self.word[i].fourth.next = self.tlb.words[1].val();
            self.word[i].takes_fourth.next = self.tlb.takes_second[i].val();
            self.word[i].takes_others.next = !self.pages[i].hit.val();
            self.found_ppn.next = self.word[i].word.val();
            if self.pages[i].hit.val() {
                self.decides.next = self.pages[i].decides.val();
                self.faults.next = self.pages[i].faults.val();
                self.found.next = self.pages[i].extent.val();
                self.found_leaf.next = self.pages[i].leaf.val();
            }
        }
        self.looks_up.next = self.taken.val() && self.translate.val() && self.canonical.val();
        for i in 0..self.stage.len() {
            self.looks_up.next = self.stage[i].acts.val()
                && self.stage[i].translate.val()
                && self.stage[i].canonical.val();
        }
        self.hit.next = self.looks_up.val() && self.decides.val();
        self.missed.next = self.looks_up.val() && !self.decides.val();
        for i in 0..self.stage.len() {
            // What was looked up in another address space than its own is walked.
            if self.stage[i].stale.val() {
                self.hit.next = false;
                self.missed.next = self.looks_up.val();
            }
        }
        self.tlb.used.next = self.hit.val();
        for i in 0..self.pages.len() {
            self.tlb.used.next = self.hit.val() && !self.pages[i].hit.val();
        }
        self.miss.take.next = self.missed.val();

        // Not canonical: a fault without a table read. Not translated: the identity.
        self.answered.next = self.hit.val() || (self.taken.val() && !self.looks_up.val());
        self.is_page_fault.next = (self.looks_up.val() && self.faults.val())
            || (self.taken.val() && self.translate.val() && !self.canonical.val());
        self.fails.next = self.taken.val() && !self.translate.val() && !self.in_range.val();
        for i in 0..self.stage.len() {
            self.answered.next =
                self.hit.val() || (self.stage[i].acts.val() && !self.looks_up.val());
            self.is_page_fault.next =
                (self.looks_up.val() && !self.stage[i].stale.val() && self.faults.val())
                    || (self.stage[i].acts.val()
                        && self.stage[i].translate.val()
                        && !self.stage[i].canonical.val());
            self.fails.next = self.stage[i].acts.val()
                && !self.stage[i].translate.val()
                && !self.stage[i].in_range.val();
        }
        if self.miss.waits.val() {
            // Only the walker's answer to the outstanding miss is possible.
            self.answered.next = self.done.val();
            self.is_page_fault.next = self.done.val() && self.done_page_fault.val();
            self.fails.next = self.done.val() && self.done_access_fault.val();
        }
        self.refilled.next = self.miss.waits.val()
            && self.done.val()
            && self.done_cacheable.val()
            && !self.done_page_fault.val()
            && !self.done_access_fault.val()
            && !self.miss.stale_satp.val()
            && !self.memory_type.changed.val();
        self.tlb.refill.next = self.refilled.val();
        for i in 0..self.stage.len() {
            self.late_refill[i].refilled.next =
                self.refilled.val() && !self.late_fence[i].compares.val();
            self.tlb.refill.next = self.late_refill[i].refill.val();
        }
        for i in 0..self.pages.len() {
            self.tlb.refill.next =
                self.late_refill[i].refill.val() && self.late_refill[i].new_inside.val().any();
            self.pages[i].refill.next =
                self.late_refill[i].refill.val() && !self.late_refill[i].new_inside.val().any();
            self.pages[i].new_vpn.next = self.tlb.written_vpn[i].val();
            self.pages[i].new_asid.next = self.miss.asid.val();
            self.pages[i].new_ppn.next = self.late_refill[i].new_ppn.val();
            self.pages[i].new_leaf.next = self.late_refill[i].new_leaf.val();
        }

        self.miss.clock.next = self.clock.val();
        self.miss.reset.next = self.reset.val();
        self.miss.new_va.next = self.req_va.val();
        self.miss.new_access.next = self.req_access.val();
        self.miss.new_top_level.next = self.top_level.val();
        self.miss.new_asid.next = self.asid.val();
        self.miss.new_root.next = self.root.val();
        for i in 0..self.stage.len() {
            self.miss.new_va.next = self.stage[i].va.val();
            self.miss.new_access.next = self.stage[i].access.val();
            self.miss.new_top_level.next = self.stage[i].top_level.val();
            self.miss.new_asid.next = self.stage[i].asid.val();
            self.miss.new_root.next = self.stage[i].root.val();
            self.miss.new_stale[i].next = self.stage[i].left_behind.val();
        }
        self.memory_type.then.next = self.miss.access.val().pbmte;
        self.memory_type.now.next = self.req_access.val().pbmte;
        self.memory_type.of_line.next = self.found.val().pbmt;
        self.memory_type.of_walk.next = self.done_leaf.val().pbmt;
        self.memory_type.walked.next = self.miss.waits.val();
        self.miss.satp_changed.next = self.satp_changed.val();
        self.miss.done.next = self.done.val();
        self.waits.next = self.miss.waits.val();
        self.miss_vpn.next = self.missed_page.val();
        self.miss_root.next = self.miss.root.val();
        self.miss_top_level.next = self.miss.top_level.val();
        self.miss_access.next = self.miss.access.val();
        self.miss_asid.next = self.miss.asid.val();
        self.miss_stale.next = self.miss.stale_satp.val();

        // An address that is not translated has neither page nor size.
        self.bypasses.next = !self.miss.waits.val() && !self.translate.val();
        self.address.va.next = self.va.val();
        for i in 0..self.stage.len() {
            self.bypasses.next = !self.miss.waits.val() && !self.stage[i].translate.val();
        }
        self.address.line_ppn.next = self.found_ppn.val();
        self.address.line_inside.next = self.found.val().inside;
        self.address.bypasses.next = self.bypasses.val();
        self.address.walked.next = self.miss.waits.val();
        self.address.walk_ppn.next = self.done_ppn.val();
        self.address.walk_inside.next = self.done_inside.val();
        self.resp_size.next = self.found.val().level;
        self.resp_pbmt.next = self.memory_type.pbmt.val();
        if self.miss.waits.val() {
            self.resp_size.next = self.done_leaf.val().level;
        }
        if self.bypasses.val() {
            self.resp_size.next = bits::<3>(0);
            self.resp_pbmt.next = bits::<2>(0);
        }
        self.resp_pa.next = self.address.pa.val();
        self.checked_pa.next = self.address.pa.val();
        self.judged_access.next = self.access.val();
        self.judged_leaf.next = self.found_leaf.val();
        if self.miss.waits.val() {
            self.judged_leaf.next = self.done_leaf.val();
        }
        // Of two faults the page fault came first.
        self.is_access_fault.next = self.fails.val()
            || (self.refused.val() && self.answered.val() && !self.is_page_fault.val());
        self.cause.fetch.next = self.access.val().fetch;
        self.cause.store.next = self.access.val().store || self.access.val().cbo;
        self.cause.access_fault.next = self.is_access_fault.val();
        self.page_fault.next = self.is_page_fault.val();
        self.access_fault.next = self.is_access_fault.val();
        self.is_fault.next = self.is_page_fault.val() || self.is_access_fault.val();
        self.resp_valid.next = self.answered.val();
        self.resp_fault.next = self.is_fault.val();
        self.resp_cause.next = self.cause.cause.val();
        self.resp_tval.next = self.va.val();
    }
}
