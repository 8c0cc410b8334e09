//! What the walker does in each of its states.

use super::Walker;
use crate::walker::WalkState;
use rust_hdl::prelude::*;

impl<const XLEN: usize, const VPN: usize, const PPN: usize, const PA: usize> Logic
    for Walker<XLEN, VPN, PPN, PA>
{
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            state,
            owner,
            at_level,
            entry_addr,
            entry,
            under_global,
            overtaken,
            refused,
            borrowed
        );
        self.descends.next = false;
        self.arrives.next = false;
        self.mem_req_valid.next = false;
        self.mem_req_swap.next = false;
        self.done.next = false;
        self.faulty.next = false;
        self.vacant.next = false;
        self.access_fault.next = false;
        self.started.next = false;
        self.joined.next = false;
        self.updated.next = false;
        self.retried.next = false;
        self.restarted.next = false;

        // The entry in memory's response of this cycle, and the entry that ended the walk.
        self.arriving.pte.next = self.mem_resp_data.val();
        self.arriving.level.next = self.at_level.q.val();
        if self.joins.val() {
            self.arriving.pte.next = self.other_entry.val();
            self.arriving.level.next = self.other_level.val();
        }
        self.arriving.pbmte.next = self.access.val().pbmte;
        self.held.pte.next = self.entry.q.val();
        self.held.level.next = self.at_level.q.val();
        self.held.pbmte.next = self.access.val().pbmte;
        self.verdict.clock.next = self.clock.val();
        self.verdict.access.next = self.access.val();
        self.verdict.fault.next = self.arriving.fault.val();
        self.verdict.accessed.next = self.arriving.accessed.val();
        self.verdict.leaf.next = self.arriving.leaf.val();
        self.verdict.beyond.next = self.arriving.beyond.val();
        self.verdict.mark.next = false;

        // A is bit 6, D is bit 7.
        self.marks.next = bits::<XLEN>(0x40);
        if self.access.val().store {
            self.marks.next = bits::<XLEN>(0xC0);
        }
        self.marked.next = self.entry.q.val() | self.marks.val();
        self.mem_req_expected.next = self.entry.q.val();
        self.mem_req_desired.next = self.marked.val();

        // The table of the next read: the root, or the next one down.
        self.stale.next = self.overtaken.q.val() || self.fence.val();
        self.from_root.next = (self.state.q.val() == WalkState::Idle) || self.stale.val();
        self.next_entry.fetch_root.next = self.fetch_root.val();
        self.next_entry.data_root.next = self.data_root.val();
        self.below_level.next = self.at_level.q.val() - bits::<3>(1);
        if self.at_level.q.val() == bits::<3>(0) {
            self.below_level.next = bits::<3>(0);
        }
        self.root_level.next = self.top_level.val();
        if self.cached.val() && (self.state.q.val() == WalkState::Idle) {
            self.next_entry.fetch_root.next = self.cached_ppn.val();
            self.next_entry.data_root.next = self.cached_ppn.val();
            self.root_level.next = self.cached_level.val();
        }
        for i in 0..self.levels.len() {
            self.below_level.next = self.below_level.val() & self.levels[i].val();
            self.root_level.next = self.root_level.val() & self.levels[i].val();
        }
        self.next_level.next = self.below_level.val();
        if self.from_root.val() {
            self.next_level.next = self.root_level.val();
        }
        // Where no request is presented its address does not count: so it depends on the state and on
        // fences only, and waits for nothing that memory answers.
        self.next_entry.moves.next = (self.state.q.val() == WalkState::Idle)
            || (self.state.q.val() == WalkState::Wait)
            || ((self.state.q.val() == WalkState::Update) && self.stale.val());
        self.next_entry.from_root.next = self.from_root.val();
        self.next_entry.of_data.next = self.waits_data.val();
        self.next_entry.pointer.next = self.arriving.ppn.val();
        self.next_entry.last.next = self.entry_addr.q.val();
        self.next_entry.vpn.next = self.vpn.val();
        self.next_entry.root_level.next = self.root_level.val();
        self.next_entry.next_level.next = self.below_level.val();

        match self.state.q.val() {
            WalkState::Idle => {
                // No walk in progress: start on a waiting miss.
                if self.waits.val() {
                    self.owner.d.next = self.waits_data.val();
                    self.borrowed.d.next = self.joins.val();
                    if self.joins.val() {
                        // The entry that another walk has read for this page, judged for this
                        // access.
                        self.joined.next = true;
                        self.entry.d.next = self.other_entry.val();
                        self.entry_addr.d.next = self.other_addr.val();
                        self.at_level.d.next = self.other_level.val();
                        self.under_global.d.next = self.other_global.val();
                        self.refused.d.next = false;
                        self.overtaken.d.next = false;
                        self.state.d.next = WalkState::Check;
                    } else {
                        self.started.next = true;
                        self.refused.d.next = false;
                    }
                }
            }
            WalkState::Read => {
                // Memory was not ready: present the same read until it is.
                self.overtaken.d.next = self.stale.val();
                self.mem_req_valid.next = true;
                if self.mem_req_ready.val() {
                    self.state.d.next = WalkState::Wait;
                }
            }
            WalkState::Wait => {
                // An entry arrives: restart, stop, go down a level, or end with it.
                self.overtaken.d.next = self.stale.val();
                if self.mem_resp_valid.val() {
                    if self.stale.val() {
                        self.restarted.next = true;
                    } else if self.mem_resp_error.val() {
                        self.refused.d.next = true;
                        self.state.d.next = WalkState::Check;
                    } else if self.arriving.pointer.val() {
                        self.arrives.next = true;
                        self.descends.next = true;
                    } else {
                        self.arrives.next = true;
                        self.entry.d.next = self.mem_resp_data.val();
                        self.state.d.next = WalkState::Check;
                    }
                }
            }
            WalkState::Check => {
                // The walk's end: A and D are written only if nothing else faults.
                self.overtaken.d.next = self.stale.val();
                self.done.next = true;
                if self.refused.q.val() {
                    self.access_fault.next = true;
                } else if self.verdict.bad.val()
                    || (self.verdict.unmarked.val() && !self.access.val().adue)
                {
                    self.faulty.next = true;
                } else if self.verdict.unmarked.val() {
                    self.done.next = false;
                    self.mem_req_valid.next = true;
                    self.mem_req_swap.next = true;
                    if self.mem_req_ready.val() {
                        self.state.d.next = WalkState::Update;
                    }
                } else {
                    self.vacant.next = self.verdict.vacant.val();
                }
            }
            WalkState::Update => {
                // The compare-and-swap's response: succeeded, failed because the entry changed, or
                // refused.
                self.overtaken.d.next = self.stale.val();
                if self.mem_resp_valid.val() {
                    self.updated.next = self.mem_resp_swapped.val() && !self.mem_resp_error.val();
                    if self.stale.val() {
                        self.restarted.next = true;
                    } else if self.mem_resp_error.val() {
                        self.refused.d.next = true;
                        self.state.d.next = WalkState::Check;
                    } else if self.mem_resp_swapped.val() {
                        self.entry.d.next = self.marked.val();
                        self.verdict.mark.next = true;
                        self.state.d.next = WalkState::Check;
                    } else {
                        self.retried.next = true;
                        self.state.d.next = WalkState::Read;
                    }
                }
            }
        }
        self.page_fault.next = self.faulty.val();
        if self.vacant.val() {
            self.access_fault.next = true;
        }
        for i in 0..self.of_line.len() {
            self.doubted[i].next = false;
            if (self.faulty.val() || self.vacant.val()) && self.of_line[i].q.val() {
                // What was read early is not trusted with a fault: memory has the last word.
                self.doubted[i].next = true;
                self.page_fault.next = false;
                self.access_fault.next = false;
                self.done.next = false;
                self.mem_req_valid.next = true;
                self.state.d.next = WalkState::Read;
                if self.mem_req_ready.val() {
                    self.state.d.next = WalkState::Wait;
                }
            }
        }
        if self.done.val() {
            self.state.d.next = WalkState::Idle;
        }
        if self.started.val() || self.restarted.val() {
            self.under_global.d.next =
                self.started.val() && self.cached.val() && self.cached_global.val();
        }
        self.below_global.next = self.under_global.q.val() || self.arriving.leaf.val().global;
        if self.descends.val() {
            self.under_global.d.next = self.below_global.val();
        }
        self.pointer_level.next = self.at_level.q.val();
        self.pointer_ppn.next = self.arriving.ppn.val();
        self.pointer_global.next = self.below_global.val();
        self.moves.next = self.started.val() || self.restarted.val() || self.descends.val();
        self.mem_req_addr.next = self.next_entry.addr.val();
        if self.moves.val() {
            self.mem_req_valid.next = true;
            self.entry_addr.d.next = self.next_entry.addr.val();
            self.at_level.d.next = self.next_level.val();
            self.overtaken.d.next = false;
            self.state.d.next = WalkState::Read;
            if self.mem_req_ready.val() {
                self.state.d.next = WalkState::Wait;
            }
        }

        for i in 0..self.of_line.len() {
            self.of_line[i].clock.next = self.clock.val();
            self.again[i].clock.next = self.clock.val();
            self.end_from_line[i].next = self.of_line[i].q.val();
            // The next entry may come from a line; the same one again may not. An update that is
            // read again needs no more: its line was dropped when memory accepted it.
            self.anew[i].next = (self.again[i].q.val() || self.doubted[i].val())
                && !self.started.val()
                && !self.restarted.val()
                && !self.descends.val();
            self.again[i].d.next = self.anew[i].val();
            self.of_line[i].d.next = self.of_line[i].q.val();
            if self.mem_resp_valid.val() {
                self.of_line[i].d.next = self.from_line[i].val();
            }
            for j in 0..self.other_from_line.len() {
                if self.joined.val() {
                    self.of_line[i].d.next = self.other_from_line[j].val();
                }
            }
        }

        // An entry is judged when it comes.
        self.verdict.take.next = self.joined.val() || (self.arrives.val() && !self.descends.val());

        self.free.next = self.state.q.val() == WalkState::Idle;
        self.walked.next = self.done.val() && !self.borrowed.q.val();
        self.data_side.next = self.owner.q.val();
        self.end_entry.next = self.entry.q.val();
        self.end_addr.next = self.entry_addr.q.val();
        self.end_level.next = self.at_level.q.val();
        self.end_global.next = self.under_global.q.val();
        self.end_reason.next = bits::<4>(0);
        if !self.held.accessed.val() {
            self.end_reason.next = bits::<4>(6);
        }
        if self.held.fault.val() {
            self.end_reason.next = bits::<4>(3);
            if self.held.misplaced.val() {
                self.end_reason.next = bits::<4>(4);
            }
            if !self.entry.q.val().get_bit(0) {
                self.end_reason.next = bits::<4>(2);
            }
        }
        if self.refused.q.val() || self.verdict.strays.val() {
            self.end_reason.next = bits::<4>(8);
        }
        self.traced_level.next = self.at_level.q.val();
        if self.started.val() {
            self.traced_level.next = self.next_level.val();
        }
        // What memory has refused concerns the miss that asked for it.
        self.shares.next = self.done.val() && !self.stale.val() && !self.access_fault.val();
        self.ppn.next = self.held.ppn.val();
        self.leaf_inside.next = self.verdict.leaf_inside.val();
        self.leaf.next = self.held.leaf.val();
        if self.under_global.q.val() {
            self.leaf.next.global = true;
        }
        self.cacheable.next = !self.stale.val();
        if self.reset.val() {
            self.state.d.next = WalkState::Idle;
            self.owner.d.next = false;
            self.overtaken.d.next = false;
        }
    }
}
