//! The second half of the wiring: what the ports have answered, as the fault port, the trace pins, the
//! status and the events tell it.

/// Adds it to the first half, which `wiring` has. `self` and `#[hdl_gen]` are that macro's too, since
/// names of two macros are never the same.
macro_rules! mmu_tells {
    ($name:ident, $xlen:literal, $pa:literal, { $($hdl:tt)* }, $top:ident, { $($first:tt)* }) => {
        impl<const N: usize, const IDX: usize> Logic for $name<N, IDX> {
            $($hdl)*
            fn update(&mut $top) {
                $($first)*

                $top.held_fault.clock.next = $top.clock.val();
                $top.held_fault.reset.next = $top.reset.val();
                $top.held_fault.data_valid.next = $top.data.resp_fault.val();
                $top.held_fault.data_cause.next = $top.data.resp_cause.val();
                $top.held_fault.data_tval.next = $top.data.resp_tval.val();
                // Without a fetch port its registers are the data port's, and tools keep one.
                $top.held_fault.fetch_valid.next = false;
                $top.held_fault.fetch_cause.next = $top.data.resp_cause.val();
                $top.held_fault.fetch_tval.next = $top.data.resp_tval.val();
                for port in 0..$top.fetch.len() {
                    $top.held_fault.fetch_valid.next = $top.fetch[port].resp_fault.val();
                    $top.held_fault.fetch_cause.next = $top.fetch[port].resp_cause.val();
                    $top.held_fault.fetch_tval.next = $top.fetch[port].resp_tval.val();
                }
                $top.held_fault.ready.next = $top.fault_ready.val();
                $top.fault_valid.next = $top.held_fault.valid.val();
                $top.fault_cause.next = $top.held_fault.cause.val();
                $top.fault_tval.next = $top.held_fault.tval.val();

                $top.fetch_trace_source.next = bits::<2>(0);
                $top.fetch_trace_reason.next = bits::<4>(0);
                $top.fetch_trace_start.next = false;
                $top.fetch_trace_read.next = false;
                $top.fetch_trace_level.next = bits::<3>(0);
                $top.fetch_trace_addr.next = bits::<$pa>(0);
                $top.fetch_trace_entry.next = bits::<$xlen>(0);
                for i in 0..$top.fetch_trace.len() {
                    $top.fetch_trace[i].answered.next = $top.fetch[i].resp_valid.val();
                    $top.fetch_trace[i].hit.next = $top.fetch[i].hit.val();
                    $top.fetch_trace[i].waits.next = $top.fetch[i].waits.val();
                    $top.fetch_trace[i].of_second.next = false;
                    for j in 0..$top.second.len() {
                        $top.fetch_trace[i].of_second.next = $top.second[j].fetch_done.val();
                    }
                    $top.fetch_trace[i].page_fault.next = $top.fetch[i].page_fault.val();
                    $top.fetch_trace[i].access_fault.next = $top.fetch[i].access_fault.val();
                    $top.fetch_trace[i].access.next = $top.fetch[i].judged_access.val();
                    $top.fetch_trace[i].leaf.next = $top.fetch[i].judged_leaf.val();
                    $top.fetch_trace[i].of_walk.next = $top.walks.fetch_reason.val();
                    $top.fetch_trace[i].starts.next = $top.walks.fetch_start.val();
                    $top.fetch_trace[i].arrives.next = $top.walks.fetch_read.val();
                    $top.fetch_trace[i].level.next = $top.walks.fetch_level.val();
                    $top.fetch_trace[i].addr.next = $top.walks.fetch_addr.val();
                    $top.fetch_trace[i].arriving.next = $top.walks.fetch_entry.val();
                    $top.fetch_trace_source.next = $top.fetch_trace[i].source.val();
                    $top.fetch_trace_reason.next = $top.fetch_trace[i].reason.val();
                    $top.fetch_trace_start.next = $top.fetch_trace[i].start.val();
                    $top.fetch_trace_read.next = $top.fetch_trace[i].read.val();
                    $top.fetch_trace_level.next = $top.fetch_trace[i].at_level.val();
                    $top.fetch_trace_addr.next = $top.fetch_trace[i].entry_addr.val();
                    $top.fetch_trace_entry.next = $top.fetch_trace[i].entry.val();
                }
                $top.data_trace_source.next = bits::<2>(0);
                $top.data_trace_reason.next = bits::<4>(0);
                $top.data_trace_start.next = false;
                $top.data_trace_read.next = false;
                $top.data_trace_level.next = bits::<3>(0);
                $top.data_trace_addr.next = bits::<$pa>(0);
                $top.data_trace_entry.next = bits::<$xlen>(0);
                for i in 0..$top.data_trace.len() {
                    $top.data_trace[i].answered.next = $top.data.resp_valid.val();
                    $top.data_trace[i].hit.next = $top.data.hit.val();
                    $top.data_trace[i].waits.next = $top.data.waits.val();
                    $top.data_trace[i].of_second.next = false;
                    for j in 0..$top.second.len() {
                        $top.data_trace[i].of_second.next = $top.second[j].data_done.val();
                    }
                    $top.data_trace[i].page_fault.next = $top.data.page_fault.val();
                    $top.data_trace[i].access_fault.next = $top.data.access_fault.val();
                    $top.data_trace[i].access.next = $top.data.judged_access.val();
                    $top.data_trace[i].leaf.next = $top.data.judged_leaf.val();
                    $top.data_trace[i].of_walk.next = $top.walks.data_reason.val();
                    $top.data_trace[i].starts.next = $top.walks.data_start.val();
                    $top.data_trace[i].arrives.next = $top.walks.data_read.val();
                    $top.data_trace[i].level.next = $top.walks.data_level.val();
                    $top.data_trace[i].addr.next = $top.walks.data_addr.val();
                    $top.data_trace[i].arriving.next = $top.walks.data_entry.val();
                    $top.data_trace_source.next = $top.data_trace[i].source.val();
                    $top.data_trace_reason.next = $top.data_trace[i].reason.val();
                    $top.data_trace_start.next = $top.data_trace[i].start.val();
                    $top.data_trace_read.next = $top.data_trace[i].read.val();
                    $top.data_trace_level.next = $top.data_trace[i].at_level.val();
                    $top.data_trace_addr.next = $top.data_trace[i].entry_addr.val();
                    $top.data_trace_entry.next = $top.data_trace[i].entry.val();
                }

                $top.busy.next = $top.fetch_waits.val() || $top.data.waits.val();
                for i in 0..$top.data.occupied.len() {
                    $top.busy.next = $top.data.waits.val() || $top.data.occupied[i].val();
                    for port in 0..$top.fetch.len() {
                        $top.busy.next = $top.fetch_waits.val()
                            || $top.fetch[port].occupied[i].val()
                            || $top.data.waits.val()
                            || $top.data.occupied[i].val();
                    }
                }
                $top.event_data_hit.next = $top.data.hit.val();
                $top.event_data_miss.next = $top.data.missed.val();
                for port in 0..$top.fetch.len() {
                    $top.event_fetch_hit.next = $top.fetch[port].hit.val();
                    $top.event_fetch_miss.next = $top.fetch[port].missed.val();
                }
                for only in 0..$top.fetches.len() {
                    $top.fetches[only].next = $top.data.judged_access.val().fetch;
                    $top.event_fetch_hit.next = $top.data.hit.val() && $top.fetches[only].val();
                    $top.event_fetch_miss.next =
                        $top.data.missed.val() && $top.fetches[only].val();
                    $top.event_data_hit.next = $top.data.hit.val() && !$top.fetches[only].val();
                    $top.event_data_miss.next =
                        $top.data.missed.val() && !$top.fetches[only].val();
                }
                $top.event_walk_start.next = $top.walks.started.val();
                $top.event_walk_done.next = $top.walks.walked.val();
                $top.event_pte_read.next = $top.walks.read.val();
                $top.event_pte_update.next = $top.walks.updated.val();
                $top.event_update_retry.next = $top.walks.retried.val();
                $top.event_walk_restart.next = $top.walks.restarted.val();
                $top.event_miss_join.next = $top.walks.joined.val();
                $top.event_walk_cache_hit.next = $top.walks.cache_hit.val();
                $top.event_line_hit.next = $top.walks.line_hit.val();
                $top.event_line_doubt.next = $top.walks.line_doubt.val();
                $top.event_l2_hit.next = false;
                $top.event_l2_miss.next = false;
                $top.event_l2_parity.next = false;
                $top.event_l2_sweep.next = false;
                for i in 0..$top.second.len() {
                    $top.event_l2_hit.next = $top.second[i].hit.val();
                    $top.event_l2_miss.next = $top.second[i].missed.val();
                    $top.event_l2_parity.next = $top.second[i].broken.val();
                    $top.event_l2_sweep.next = $top.second[i].swept.val();
                }
                $top.refilled.next = $top.fetch_refilled.val() || $top.data.refilled.val();
                $top.leaf_level.next = $top.fetch_leaf.val().level;
                if $top.data.refilled.val() {
                    $top.leaf_level.next = $top.data_leaf.val().level;
                }
                $top.event_refill.next = $top.refilled.val();
                $top.event_superpage_refill.next =
                    $top.refilled.val() && $top.leaf_level.val().any();
                $top.event_fence.next = $top.fence.val();
                $top.event_page_fault.next = $top.data.page_fault.val();
                $top.event_access_fault.next = $top.data.access_fault.val();
                for port in 0..$top.fetch.len() {
                    $top.event_page_fault.next =
                        $top.fetch[port].page_fault.val() || $top.data.page_fault.val();
                    $top.event_access_fault.next =
                        $top.fetch[port].access_fault.val() || $top.data.access_fault.val();
                }
            }
        }
    };
}
