//! The ports of the two tops, and the blocks behind them.

/// Declares one top from its widths, in which alone the two differ.
macro_rules! mmu_ports {
    ($(#[$doc:meta])* $name:ident, $scheme:ty,
     $xlen:literal, $vpn:literal, $ppn:literal, $pa:literal, $granule:literal, $asid:literal,
     $tag:literal) => {
        $(#[$doc])*
        ///
        /// `N` lines in each TLB, `IDX` = log2 N. Every channel, its rules and timing diagrams
        /// are in `docs/interfaces.md`; ports are flat so that the exported Verilog is plain.
        ///
        /// Timing, for memory of latency L >= 1 and d levels read: hit, permission fault on a
        /// hit, non-canonical address and identity translation in the request's own cycle, one per
        /// cycle and port; a miss 2 + d·L cycles after its request; setting A or D adds L + 1; a
        /// fence takes one cycle. Two misses at once are walked one after the other, or with
        /// `two_walkers` at the same time. With a walk cache a walk begins at the lowest table known:
        /// d counts from there. With `registered_answer` every answer comes a cycle later.
        ///
        /// Reset: synchronous; TLBs empty, no miss, no fault held. Memory must drop outstanding
        /// requests as well.
        ///
        /// Invariants: see the five laws in `ARCHITECTURE.md`.
        #[derive(LogicBlock, Default)]
        pub struct $name<const N: usize, const IDX: usize> {
            /// Rising edge.
            pub clock: Signal<In, Clock>,
            /// Synchronous reset.
            pub reset: Signal<In, Bit>,
            /// The `satp` register; sampled by a request when it is accepted.
            pub satp: Signal<In, Bits<$xlen>>,
            /// `menvcfg.ADUE`; sampled likewise.
            pub adue: Signal<In, Bit>,
            /// `menvcfg.PBMTE`; sampled likewise.
            pub pbmte: Signal<In, Bit>,
            /// For tests: what is written to the second level in this cycle gets wrong parity.
            pub l2_inject: Signal<In, Bit>,
            /// The number of a PMP register, `pmpcfgN` or `pmpaddrN`.
            pub pmp_csr: Signal<In, Bits<12>>,
            /// It is written.
            pub pmp_write_valid: Signal<In, Bit>,
            /// With this value, as far as its fields are legal and not locked.
            pub pmp_write_data: Signal<In, Bits<$xlen>>,
            /// The register's value; 0 if it is not implemented.
            pub pmp_read_data: Signal<Out, Bits<$xlen>>,
            /// Fetch request stream.
            pub fetch_req_valid: Signal<In, Bit>,
            /// Taken when both are high.
            pub fetch_req_ready: Signal<Out, Bit>,
            /// Virtual address.
            pub fetch_req_va: Signal<In, Bits<$xlen>>,
            /// log2 of its bytes.
            pub fetch_req_size: Signal<In, Bits<3>>,
            /// Effective privilege: 0 U, 1 S, 3 M.
            pub fetch_req_privilege: Signal<In, Bits<2>>,
            /// Fetch response flow.
            pub fetch_resp_valid: Signal<Out, Bit>,
            /// Physical address; zero on a fault.
            pub fetch_resp_pa: Signal<Out, Bits<$pa>>,
            /// Size of its page: the leaf's level, or 5 for a NAPOT range of 64 KiB. Zero on a fault,
            /// and without translation.
            pub fetch_resp_size: Signal<Out, Bits<3>>,
            /// Memory type of its page, PTE.PBMT: 0 PMA, 1 NC, 2 IO. Zero in the same cases.
            pub fetch_resp_pbmt: Signal<Out, Bits<2>>,
            /// Attributes of its physical memory: bit 0 I/O, bit 1 no atomic operations. Zero on a fault.
            pub fetch_resp_pma: Signal<Out, Bits<2>>,
            /// The translation faulted.
            pub fetch_resp_fault: Signal<Out, Bit>,
            /// Exception code of the fault.
            pub fetch_resp_cause: Signal<Out, Bits<4>>,
            /// Virtual address of the fault.
            pub fetch_resp_tval: Signal<Out, Bits<$xlen>>,
            /// Load and store request stream.
            pub data_req_valid: Signal<In, Bit>,
            /// Taken when both are high.
            pub data_req_ready: Signal<Out, Bit>,
            /// Virtual address.
            pub data_req_va: Signal<In, Bits<$xlen>>,
            /// log2 of its bytes.
            pub data_req_size: Signal<In, Bits<3>>,
            /// With one port: an instruction fetch, whatever `data_req_store` and `data_req_cbo` say.
            pub data_req_fetch: Signal<In, Bit>,
            /// Store or atomic; otherwise a load.
            pub data_req_store: Signal<In, Bit>,
            /// Cache-block management (`cbo.inval`, `cbo.clean`, `cbo.flush`), whatever
            /// `data_req_store` says.
            pub data_req_cbo: Signal<In, Bit>,
            /// Effective privilege after MPRV: 0 U, 1 S, 3 M.
            pub data_req_privilege: Signal<In, Bits<2>>,
            /// sstatus.SUM of this access.
            pub data_req_sum: Signal<In, Bit>,
            /// sstatus.MXR of this access.
            pub data_req_mxr: Signal<In, Bit>,
            /// Data response flow.
            pub data_resp_valid: Signal<Out, Bit>,
            /// Physical address; zero on a fault.
            pub data_resp_pa: Signal<Out, Bits<$pa>>,
            /// Size of its page: the leaf's level, or 5 for a NAPOT range of 64 KiB. Zero on a fault,
            /// and without translation.
            pub data_resp_size: Signal<Out, Bits<3>>,
            /// Memory type of its page, PTE.PBMT: 0 PMA, 1 NC, 2 IO. Zero in the same cases.
            pub data_resp_pbmt: Signal<Out, Bits<2>>,
            /// Attributes of its physical memory: bit 0 I/O, bit 1 no atomic operations. Zero on a fault.
            pub data_resp_pma: Signal<Out, Bits<2>>,
            /// The translation faulted.
            pub data_resp_fault: Signal<Out, Bit>,
            /// Exception code of the fault.
            pub data_resp_cause: Signal<Out, Bits<4>>,
            /// Virtual address of the fault.
            pub data_resp_tval: Signal<Out, Bits<$xlen>>,
            /// SFENCE.VMA stream.
            pub fence_valid: Signal<In, Bit>,
            /// High unless an A/D update is presented that memory does not accept.
            pub fence_ready: Signal<Out, Bit>,
            /// rs1 is not x0.
            pub fence_by_va: Signal<In, Bit>,
            /// The value of rs1.
            pub fence_va: Signal<In, Bits<$xlen>>,
            /// rs2 is not x0.
            pub fence_by_asid: Signal<In, Bit>,
            /// The value of rs2.
            pub fence_asid: Signal<In, Bits<$asid>>,
            /// The walker's request stream to memory.
            pub mem_req_valid: Signal<Out, Bit>,
            /// Taken when both are high.
            pub mem_req_ready: Signal<In, Bit>,
            /// Physical address of a page-table entry.
            pub mem_req_addr: Signal<Out, Bits<$pa>>,
            /// Compare-and-swap; otherwise a read.
            pub mem_req_swap: Signal<Out, Bit>,
            /// Compare-and-swap: the value that memory must hold.
            pub mem_req_expected: Signal<Out, Bits<$xlen>>,
            /// Compare-and-swap: the value to write.
            pub mem_req_desired: Signal<Out, Bits<$xlen>>,
            /// Memory's response flow, in order.
            pub mem_resp_valid: Signal<In, Bit>,
            /// The value read.
            pub mem_resp_data: Signal<In, Bits<$xlen>>,
            /// No memory there, or access refused.
            pub mem_resp_error: Signal<In, Bit>,
            /// The compare-and-swap succeeded.
            pub mem_resp_swapped: Signal<In, Bit>,
            /// The aligned 64 bytes around the entry come with it.
            pub mem_resp_line: Signal<In, Bit>,
            /// The first 8 of these bytes.
            pub mem_resp_word_0: Signal<In, Bits<64>>,
            /// Bytes 8 to 15.
            pub mem_resp_word_1: Signal<In, Bits<64>>,
            /// Bytes 16 to 23.
            pub mem_resp_word_2: Signal<In, Bits<64>>,
            /// Bytes 24 to 31.
            pub mem_resp_word_3: Signal<In, Bits<64>>,
            /// Bytes 32 to 39.
            pub mem_resp_word_4: Signal<In, Bits<64>>,
            /// Bytes 40 to 47.
            pub mem_resp_word_5: Signal<In, Bits<64>>,
            /// Bytes 48 to 55.
            pub mem_resp_word_6: Signal<In, Bits<64>>,
            /// Bytes 56 to 63.
            pub mem_resp_word_7: Signal<In, Bits<64>>,
            /// The oldest fault not yet taken.
            pub fault_valid: Signal<Out, Bit>,
            /// It is taken.
            pub fault_ready: Signal<In, Bit>,
            /// Becomes `scause`.
            pub fault_cause: Signal<Out, Bits<4>>,
            /// Becomes `stval`.
            pub fault_tval: Signal<Out, Bits<$xlen>>,
            /// A miss is outstanding.
            pub busy: Signal<Out, Bit>,
            /// Where the answer comes from, if `trace` is built in: 0 no table, 1 TLB, 2 second level,
            /// 3 walk.
            pub fetch_trace_source: Signal<Out, Bits<2>>,
            /// With a fault: why. 1 not canonical, 2 not valid, 3 reserved, 4 misaligned, 5 not allowed,
            /// 6 A clear, 7 D clear, 8 an entry refused, 9 the access refused.
            pub fetch_trace_reason: Signal<Out, Bits<4>>,
            /// A walk for this port starts, at a table of level `fetch_trace_level`.
            pub fetch_trace_start: Signal<Out, Bit>,
            /// An entry arrives for its walk.
            pub fetch_trace_read: Signal<Out, Bit>,
            /// At this level.
            pub fetch_trace_level: Signal<Out, Bits<3>>,
            /// From this address.
            pub fetch_trace_addr: Signal<Out, Bits<$pa>>,
            /// The entry.
            pub fetch_trace_entry: Signal<Out, Bits<$xlen>>,
            /// Where the answer comes from, if `trace` is built in: 0 no table, 1 TLB, 2 second level,
            /// 3 walk.
            pub data_trace_source: Signal<Out, Bits<2>>,
            /// With a fault: why. 1 not canonical, 2 not valid, 3 reserved, 4 misaligned, 5 not allowed,
            /// 6 A clear, 7 D clear, 8 an entry refused, 9 the access refused.
            pub data_trace_reason: Signal<Out, Bits<4>>,
            /// A walk for this port starts, at a table of level `data_trace_level`.
            pub data_trace_start: Signal<Out, Bit>,
            /// An entry arrives for its walk.
            pub data_trace_read: Signal<Out, Bit>,
            /// At this level.
            pub data_trace_level: Signal<Out, Bits<3>>,
            /// From this address.
            pub data_trace_addr: Signal<Out, Bits<$pa>>,
            /// The entry.
            pub data_trace_entry: Signal<Out, Bits<$xlen>>,
            /// A translated fetch was answered from its TLB.
            pub event_fetch_hit: Signal<Out, Bit>,
            /// A translated fetch was passed to the walker.
            pub event_fetch_miss: Signal<Out, Bit>,
            /// A translated load or store was answered from its TLB.
            pub event_data_hit: Signal<Out, Bit>,
            /// A translated load or store was passed to the walker.
            pub event_data_miss: Signal<Out, Bit>,
            /// The walker started on a miss.
            pub event_walk_start: Signal<Out, Bit>,
            /// The walker answered.
            pub event_walk_done: Signal<Out, Bit>,
            /// Memory accepted the read of an entry.
            pub event_pte_read: Signal<Out, Bit>,
            /// A or D was written.
            pub event_pte_update: Signal<Out, Bit>,
            /// An update found a changed entry.
            pub event_update_retry: Signal<Out, Bit>,
            /// A fence overtook the walk.
            pub event_walk_restart: Signal<Out, Bit>,
            /// A walk began below the root, at a table that the walk cache knew.
            pub event_walk_cache_hit: Signal<Out, Bit>,
            /// An entry was found in a line that memory gave with another.
            pub event_line_hit: Signal<Out, Bit>,
            /// Such an entry faults, and is read again.
            pub event_line_doubt: Signal<Out, Bit>,
            /// A miss was answered from the second level.
            pub event_l2_hit: Signal<Out, Bit>,
            /// A miss was not found in the second level.
            pub event_l2_miss: Signal<Out, Bit>,
            /// An entry of the second level had wrong parity, and was not used.
            pub event_l2_parity: Signal<Out, Bit>,
            /// A fence without address emptied the second level.
            pub event_l2_sweep: Signal<Out, Bit>,
            /// A miss took the entry with which the other port's walk of its page ended.
            pub event_miss_join: Signal<Out, Bit>,
            /// A TLB line was written.
            pub event_refill: Signal<Out, Bit>,
            /// The TLB line that was written maps a superpage, or a NAPOT range.
            pub event_superpage_refill: Signal<Out, Bit>,
            /// A fence was accepted.
            pub event_fence: Signal<Out, Bit>,
            /// A page fault was answered.
            pub event_page_fault: Signal<Out, Bit>,
            /// An access fault was answered.
            pub event_access_fault: Signal<Out, Bit>,
            /// One, or none with one port for all; as is the port.
            fetch_scheme: Vec<$scheme>,
            data_scheme: $scheme,
            fetch: Vec<Port<N, IDX, $xlen, $vpn, $ppn, $pa, $asid>>,
            data: Port<N, IDX, $xlen, $vpn, $ppn, $pa, $asid>,
            walks: Walks<$xlen, $vpn, $ppn, $pa, $granule, $asid>,
            second: Vec<SecondLevel<$vpn, $ppn, $asid, $tag>>,
            held_fault: HeldFault<$xlen>,
            /// One, or none.
            protection: Vec<Protection<$xlen, $pa, $granule>>,
            /// Instead of it with one port.
            single: Vec<SingleProtection<$xlen, $pa, $granule>>,
            /// One each, or none.
            fetch_trace: Vec<PortTrace<$xlen, $pa>>,
            data_trace: Vec<PortTrace<$xlen, $pa>>,
            satp_before: DFF<Bits<$xlen>>,
            same_satp: SameWord<$xlen>,
            satp_changed: Signal<Local, Bit>,
            // The address space that both TLBs have compared.
            space_before: DFF<Bits<$asid>>,
            space_changed: Signal<Local, Bit>,
            refilled: Signal<Local, Bit>,
            leaf_level: Signal<Local, Bits<3>>,
            fence: Signal<Local, Bit>,
            fetch_walks: Signal<Local, Bit>,
            data_walks: Signal<Local, Bit>,
            fence_vpn: Signal<Local, Bits<$vpn>>,
            fence_space: Signal<Local, Bits<$asid>>,
            // Where not all bits are implemented: of `satp`, an ASID, a virtual page number.
            satp_bits: Vec<Constant<Bits<$xlen>>>,
            spaces: Vec<Constant<Bits<$asid>>>,
            pages: Vec<Constant<Bits<$vpn>>>,
            fetch_leaf: Signal<Local, Leaf>,
            data_leaf: Signal<Local, Leaf>,
            fetch_access: Signal<Local, AccessContext>,
            data_access: Signal<Local, AccessContext>,
            // The end of the fetch port's walk, and its miss, if there is such a port.
            fetch_done: Signal<Local, Bit>,
            fetch_done_page_fault: Signal<Local, Bit>,
            fetch_done_access_fault: Signal<Local, Bit>,
            fetch_done_ppn: Signal<Local, Bits<$ppn>>,
            fetch_done_inside: Signal<Local, Bits<5>>,
            fetch_done_cacheable: Signal<Local, Bit>,
            // If there is none: what is not requested.
            no_access: Vec<Constant<AccessContext>>,
            fetch_waits: Signal<Local, Bit>,
            fetch_vpn: Signal<Local, Bits<$vpn>>,
            fetch_miss_access: Signal<Local, AccessContext>,
            fetch_space: Signal<Local, Bits<$asid>>,
            fetch_refilled: Signal<Local, Bit>,
            // With one port: a fetch is requested; what is looked up or answered is one.
            asks_fetch: Vec<Signal<Local, Bit>>,
            fetches: Vec<Signal<Local, Bit>>,
        }

        impl<const N: usize, const IDX: usize> $name<N, IDX> {
            /// With these parts.
            ///
            /// # Panics
            /// If a size is not one that the part's own documentation allows.
            pub fn new(organisation: Organisation) -> Self {
                let Organisation { extensions, fetch, data, second, physical, .. } = organisation;
                let Organisation { registered_answer, page_ways, trace, sizes, .. } = organisation;
                sizes.check($vpn);
                let Organisation { one_port, two_walkers, .. } = organisation;
                assert!(!(one_port && two_walkers), "the walkers are one for each of two ports");
                let tlb = |shape: Option<Shape>| shape.unwrap_or(Shape::fifo(N));
                let port = |shape| {
                    Port::new(extensions, tlb(shape), registered_answer, page_ways, sizes)
                };
                let fetch_ports = usize::from(!one_port);
                let protections = usize::from(physical.is_some());
                let traces = usize::from(trace);
                let protection = || Protection::new(physical);
                let single = || SingleProtection::new(physical);
                Self {
                    fetch_scheme: (0..fetch_ports).map(|_| <$scheme>::new(sizes)).collect(),
                    data_scheme: <$scheme>::new(sizes),
                    no_access: (fetch_ports..1)
                        .map(|_| Constant::new(AccessContext::default()))
                        .collect(),
                    satp_bits: constants(sizes.satp($xlen, $asid, $ppn)),
                    spaces: constants(sizes.asid($asid)),
                    pages: constants(sizes.virtual_page($vpn)),
                    protection: (0..protections * fetch_ports).map(|_| protection()).collect(),
                    single: (fetch_ports..protections)
                        .map(|_| single())
                        .collect(),
                    fetch_trace: list(traces * fetch_ports),
                    data_trace: list(traces),
                    fetch: (0..fetch_ports).map(|_| port(fetch)).collect(),
                    data: port(data),
                    asks_fetch: list(usize::from(one_port)),
                    fetches: list(usize::from(one_port)),
                    walks: Walks::new(organisation),
                    second: second
                        .map(|shape| SecondLevel::new(shape, extensions, sizes))
                        .into_iter()
                        .collect(),
                    ..Self::default()
                }
            }
        }
    };
}
