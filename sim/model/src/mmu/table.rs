//! The one table of the MMU's pins and events.
//!
//! Everything that depends on the list of pins or events is generated from this table:
//! [`super::Events`] and [`super::Pulse`], the counters of `machine::stats`, the pins of the
//! simulation engines and of the cosimulation, the events in waves, and those that scenarios count.
//! A new event is a row here and a port of the hardware; a new pin is also a field of
//! [`super::Inputs`] or [`super::Outputs`]. `docs/interfaces.md` has the contract of each.

/// Passes the table to another macro, after the arguments given in parentheses:
/// `mmu_table!(then!(first))` becomes `then! { first pins { … } events { … } }`.
///
/// A row of `pins` is the pin's name, its port in Rust and Verilog, and its direction: `In` is an
/// input of the MMU. A row of `events` is the event's name, as a type and as a word; its pin,
/// likewise; the counter that sums it; and the description of that counter.
#[macro_export]
macro_rules! mmu_table {
    ($then:ident!($($first:tt)*)) => {
        $then! {
            $($first)*
            pins {
                Reset reset In,
                Satp satp In,
                Adue adue In,
                Pbmte pbmte In,
                L2Inject l2_inject In,
                PmpCsr pmp_csr In,
                PmpWriteValid pmp_write_valid In,
                PmpWriteData pmp_write_data In,
                FetchReqValid fetch_req_valid In,
                FetchReqVa fetch_req_va In,
                FetchReqSize fetch_req_size In,
                FetchReqPrivilege fetch_req_privilege In,
                DataReqValid data_req_valid In,
                DataReqVa data_req_va In,
                DataReqSize data_req_size In,
                DataReqFetch data_req_fetch In,
                DataReqStore data_req_store In,
                DataReqCbo data_req_cbo In,
                DataReqPrivilege data_req_privilege In,
                DataReqSum data_req_sum In,
                DataReqMxr data_req_mxr In,
                FenceValid fence_valid In,
                FenceByVa fence_by_va In,
                FenceVa fence_va In,
                FenceByAsid fence_by_asid In,
                FenceAsid fence_asid In,
                MemReqReady mem_req_ready In,
                MemRespValid mem_resp_valid In,
                MemRespData mem_resp_data In,
                MemRespError mem_resp_error In,
                MemRespSwapped mem_resp_swapped In,
                MemRespLine mem_resp_line In,
                MemRespWord0 mem_resp_word_0 In,
                MemRespWord1 mem_resp_word_1 In,
                MemRespWord2 mem_resp_word_2 In,
                MemRespWord3 mem_resp_word_3 In,
                MemRespWord4 mem_resp_word_4 In,
                MemRespWord5 mem_resp_word_5 In,
                MemRespWord6 mem_resp_word_6 In,
                MemRespWord7 mem_resp_word_7 In,
                FaultReady fault_ready In,
                PmpReadData pmp_read_data Out,
                FetchReqReady fetch_req_ready Out,
                FetchRespValid fetch_resp_valid Out,
                FetchRespPa fetch_resp_pa Out,
                FetchRespSize fetch_resp_size Out,
                FetchRespPbmt fetch_resp_pbmt Out,
                FetchRespPma fetch_resp_pma Out,
                FetchRespFault fetch_resp_fault Out,
                FetchRespCause fetch_resp_cause Out,
                FetchRespTval fetch_resp_tval Out,
                DataReqReady data_req_ready Out,
                DataRespValid data_resp_valid Out,
                DataRespPa data_resp_pa Out,
                DataRespSize data_resp_size Out,
                DataRespPbmt data_resp_pbmt Out,
                DataRespPma data_resp_pma Out,
                DataRespFault data_resp_fault Out,
                DataRespCause data_resp_cause Out,
                DataRespTval data_resp_tval Out,
                FenceReady fence_ready Out,
                MemReqValid mem_req_valid Out,
                MemReqAddr mem_req_addr Out,
                MemReqSwap mem_req_swap Out,
                MemReqExpected mem_req_expected Out,
                MemReqDesired mem_req_desired Out,
                FaultValid fault_valid Out,
                FaultCause fault_cause Out,
                FaultTval fault_tval Out,
                Busy busy Out,
                FetchTraceSource fetch_trace_source Out,
                FetchTraceReason fetch_trace_reason Out,
                FetchTraceStart fetch_trace_start Out,
                FetchTraceRead fetch_trace_read Out,
                FetchTraceLevel fetch_trace_level Out,
                FetchTraceAddr fetch_trace_addr Out,
                FetchTraceEntry fetch_trace_entry Out,
                DataTraceSource data_trace_source Out,
                DataTraceReason data_trace_reason Out,
                DataTraceStart data_trace_start Out,
                DataTraceRead data_trace_read Out,
                DataTraceLevel data_trace_level Out,
                DataTraceAddr data_trace_addr Out,
                DataTraceEntry data_trace_entry Out,
            }
            events {
                /// A translated fetch was answered from its TLB (permission faults included).
                FetchHit fetch_hit, EventFetchHit event_fetch_hit,
                    fetch_hits "Translated fetches answered from the TLB.";
                /// A translated fetch needs the walker.
                FetchMiss fetch_miss, EventFetchMiss event_fetch_miss,
                    fetch_misses "Translated fetches that needed the walker.";
                /// A translated load or store was answered from its TLB.
                DataHit data_hit, EventDataHit event_data_hit,
                    data_hits "Translated loads and stores answered from the TLB.";
                /// A translated load or store needs the walker.
                DataMiss data_miss, EventDataMiss event_data_miss,
                    data_misses "Translated loads and stores that needed the walker.";
                /// The walker started on a miss.
                WalkStart walk_start, EventWalkStart event_walk_start,
                    walks "Walks begun.";
                /// The walker answered (leaf or fault).
                WalkDone walk_done, EventWalkDone event_walk_done,
                    walks_completed "Walks answered.";
                /// A page-table entry was read (request accepted by memory).
                PteRead pte_read, EventPteRead event_pte_read,
                    pte_reads "Page-table entries read by walks.";
                /// A and D were written by compare-and-swap.
                PteUpdate pte_update, EventPteUpdate event_pte_update,
                    pte_updates "A and D written by hardware.";
                /// A compare-and-swap found a changed entry; the entry is read again.
                UpdateRetry update_retry, EventUpdateRetry event_update_retry,
                    update_retries "Compare-and-swaps that found a changed entry.";
                /// A fence overtook the walk; it restarts from the root.
                WalkRestart walk_restart, EventWalkRestart event_walk_restart,
                    walk_restarts "Walks begun again because of a fence.";
                /// A walk began below the root, at a table that the walk cache knew.
                WalkCacheHit walk_cache_hit, EventWalkCacheHit event_walk_cache_hit,
                    walk_cache_hits "Walks that began at a table known to the walk cache.";
                /// An entry was found in a line that memory gave with another.
                LineHit line_hit, EventLineHit event_line_hit,
                    line_hits "Entries found in lines that memory gave with others.";
                /// Such an entry faults, and is read again.
                LineDoubt line_doubt, EventLineDoubt event_line_doubt,
                    line_doubts "Entries found in lines that were read again, since they faulted.";
                /// A miss was answered from the second level.
                L2Hit l2_hit, EventL2Hit event_l2_hit,
                    l2_hits "Misses answered from the second-level TLB.";
                /// A miss was not found in the second level.
                L2Miss l2_miss, EventL2Miss event_l2_miss,
                    l2_misses "Misses not found in the second-level TLB.";
                /// An entry of the second level had wrong parity, and was not used.
                L2Parity l2_parity, EventL2Parity event_l2_parity,
                    l2_parity_errors "Lookups of the second-level TLB that read an entry with wrong parity.";
                /// A fence without address emptied the second level.
                L2Sweep l2_sweep, EventL2Sweep event_l2_sweep,
                    l2_sweeps "Fences that emptied the second-level TLB.";
                /// A miss took the entry with which the other port's walk of its page ended.
                MissJoin miss_join, EventMissJoin event_miss_join,
                    miss_joins "Misses answered by the other port's walk of the same page.";
                /// A TLB line was written.
                Refill refill, EventRefill event_refill,
                    refills "TLB lines written.";
                /// The TLB line that was written maps a superpage, or a NAPOT range.
                SuperpageRefill superpage_refill, EventSuperpageRefill event_superpage_refill,
                    superpage_refills "Of the TLB lines written, those that map a superpage, or a NAPOT range.";
                /// A fence was accepted.
                Fence fence, EventFence event_fence,
                    fences "Fences accepted.";
                /// A page fault was answered on either port.
                PageFault page_fault, EventPageFault event_page_fault,
                    page_faults "Page faults answered.";
                /// An access fault was answered on either port.
                AccessFault access_fault, EventAccessFault event_access_fault,
                    access_faults "Access faults answered.";
            }
        }
    };
}
