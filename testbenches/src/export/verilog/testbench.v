// Test bench of @NAME@: checks itself, and writes its waves to @NAME@_tb.vcd.
//
// Behind the memory port is a small memory with a page table; tasks are the core. What is checked
// is printed, then PASS, or FAIL and the simulator ends with an error. Plain Verilog-2005, but for
// $fatal, which simulators of Verilog know as well:
//
//     $ @ICARUS@
//     $ @VERILATOR@

/* verilator lint_off WIDTH */
/* verilator lint_off DECLFILENAME */
/* verilator lint_off BLKSEQ */

module @NAME@_tb;

    // The configuration, as the exporter knows it.
@PARAMETERS@

    // Every pin; inputs that the configuration does not read stay low.
@SIGNALS@

@INSTANCE@

    // Clock: changes of inputs follow the edge by 1, outputs are read 1 before the next edge.

    always #5 clock = !clock;

    // Cycles in which memory is not ready.
    integer stall;

    task next;
        begin
            @(posedge clock);
            #1;
            if (stall != 0) stall = stall - 1;
        end
    endtask

    task settle;
        #8;
    endtask

    // Memory: answers in order, MEMORY_LATENCY cycles after a request was accepted. It holds the page
    // table only, one table for each level; at other addresses there is nothing.

    localparam [PA_BITS-1:0] BASE = 32'h8000_0000;
    localparam ENTRIES = 1 << INDEX_BITS;
    localparam WORDS = LEVELS * ENTRIES;

    reg [XLEN-1:0] memory [0:WORDS-1];

    wire               accepted = mem_req_valid && mem_req_ready && !reset;
    wire [PA_BITS-1:0] from_base = mem_req_addr - BASE;
    wire               present = mem_req_addr >= BASE && from_base < WORDS * (XLEN / 8);
    wire [15:0]        place = from_base >> (XLEN == 64 ? 3 : 2);

    reg [MEMORY_LATENCY-1:0] due_valid;
    reg [MEMORY_LATENCY-1:0] due_error;
    reg [MEMORY_LATENCY-1:0] due_swapped;
    reg [MEMORY_LATENCY-1:0] due_line;
    reg [XLEN-1:0] due_data [0:MEMORY_LATENCY-1];
    reg [511:0]    due_word [0:MEMORY_LATENCY-1];

    // What memory has done, and another agent that changes an entry just before it is swapped.
    integer reads;
    integer swaps;
    reg     disturb;

    integer stage;
    integer word;
    always @(posedge clock) begin
        for (stage = MEMORY_LATENCY - 1; stage > 0; stage = stage - 1) begin
            due_data[stage] <= due_data[stage - 1];
            due_word[stage] <= due_word[stage - 1];
        end
        due_valid <= reset ? 0 : (due_valid << 1) | accepted;
        due_error <= (due_error << 1) | !present;
        due_line <= (due_line << 1) | (LINE_FILL != 0 && present && !mem_req_swap);
        due_swapped <= due_swapped << 1;
        if (accepted && present) begin
            if (mem_req_swap) begin
                if (disturb) memory[place] = memory[place] | 'h100;
                disturb = 0;
                due_swapped[0] <= memory[place] == mem_req_expected;
                if (memory[place] == mem_req_expected) begin
                    memory[place] = mem_req_desired;
                    swaps = swaps + 1;
                end
            end else begin
                reads = reads + 1;
            end
            due_data[0] <= memory[place];
            for (word = 0; word < 512 / XLEN; word = word + 1) begin
                due_word[0][word * XLEN +: XLEN] <= memory[place / (512 / XLEN) * (512 / XLEN) + word];
            end
        end
    end

    assign mem_req_ready = stall == 0;
    assign mem_resp_valid = due_valid[MEMORY_LATENCY - 1];
    assign mem_resp_error = due_error[MEMORY_LATENCY - 1];
    assign mem_resp_swapped = due_swapped[MEMORY_LATENCY - 1];
    assign mem_resp_data = due_data[MEMORY_LATENCY - 1];
    assign mem_resp_line = due_line[MEMORY_LATENCY - 1];
    assign mem_resp_word_0 = due_word[MEMORY_LATENCY - 1][0 +: 64];
    assign mem_resp_word_1 = due_word[MEMORY_LATENCY - 1][64 +: 64];
    assign mem_resp_word_2 = due_word[MEMORY_LATENCY - 1][128 +: 64];
    assign mem_resp_word_3 = due_word[MEMORY_LATENCY - 1][192 +: 64];
    assign mem_resp_word_4 = due_word[MEMORY_LATENCY - 1][256 +: 64];
    assign mem_resp_word_5 = due_word[MEMORY_LATENCY - 1][320 +: 64];
    assign mem_resp_word_6 = due_word[MEMORY_LATENCY - 1][384 +: 64];
    assign mem_resp_word_7 = due_word[MEMORY_LATENCY - 1][448 +: 64];

    // Page tables: the root is the first table; entry 1 of each but the last points to the next.

    localparam V = 'h01, R = 'h02, W = 'h04, X = 'h08, U = 'h10, A = 'h40, D = 'h80;
    localparam ROOT = 0;
    localparam LAST = (LEVELS - 1) * ENTRIES;
    localparam FRAMES = 'h81000;

    function [XLEN-1:0] entry(input [XLEN-1:0] frame, input [XLEN-1:0] flags);
        entry = (frame << 10) | flags;
    endfunction

    // Bit `at` of an entry; none where entries are narrower.
    function [XLEN-1:0] high(input integer at);
        high = {{XLEN-1{1'b0}}, 1'b1} << at;
    endfunction

    // The address of a page of the last table, and of what an entry of the root maps.
    function [XLEN-1:0] page(input [XLEN-1:0] number, input [XLEN-1:0] offset);
        integer level;
        begin
            page = (number << 12) + offset;
            for (level = 1; level < LEVELS; level = level + 1) begin
                page = page + (high(0) << (12 + INDEX_BITS * level));
            end
        end
    endfunction

    function [XLEN-1:0] region(input [XLEN-1:0] number, input [XLEN-1:0] offset);
        region = (number << (12 + INDEX_BITS * (LEVELS - 1))) + offset;
    endfunction

    function [PA_BITS-1:0] in_frame(input [PA_BITS-1:0] frame, input [PA_BITS-1:0] offset);
        in_frame = (frame << 12) + offset;
    endfunction

    function [XLEN-1:0] satp_of(input [XLEN-1:0] asid);
        satp_of = SATP_MODE << (XLEN == 64 ? 60 : 31) | asid << (XLEN == 64 ? 44 : 22) | BASE >> 12;
    endfunction

    integer at;
    task make_tables;
        begin
            for (at = 0; at < WORDS; at = at + 1) memory[at] = 0;
            for (at = 1; at < LEVELS; at = at + 1) begin
                memory[(at - 1) * ENTRIES + 1] = entry((BASE >> 12) + at, V);
            end
            memory[ROOT + 2] = entry(BASE >> 12, V | R | W | A | D);
            memory[ROOT + 3] = entry('hA0000, V);
            memory[ROOT + 4] = entry((BASE >> 12) + 1, V | R | W | A | D);
            memory[LAST + 1] = entry(FRAMES + 1, V | R | W | A | D);
            memory[LAST + 2] = entry(FRAMES + 2, V | R | X | A);
            memory[LAST + 3] = entry(FRAMES + 3, V | R | A | D);
            memory[LAST + 5] = entry(FRAMES + 5, V | R | W | U | A | D);
            memory[LAST + 6] = entry(FRAMES + 6, V | R | W);
            memory[LAST + 7] = entry(FRAMES + 7, V | R | W);
            memory[LAST + 8] = entry(FRAMES + 8, V | R | W | A | D);
            memory[LAST + 9] = entry(FRAMES + 9, V | R | W | A | D | high(61));
            memory[LAST + 10] = entry(FRAMES + 10, V | R | W);
            memory[LAST + 11] = entry(FRAMES + 11, V | R | W | A | D);
            memory[LAST + 12] = entry(FRAMES + 12, V | R | X | A);
            for (at = 16; at < 32; at = at + 1) begin
                memory[LAST + at] = entry(FRAMES + 16 + 8, V | R | W | A | D | high(63));
            end
        end
    endtask

    // What a core does. Each task ends a cycle after the answer, which it leaves in these variables.

    reg               data_waits;
    reg               data_taken;
    integer           data_cycles;
    reg [PA_BITS-1:0] data_pa;
    reg [XLEN-1:0]    data_tval;
    reg [2:0]         data_size;
    reg [1:0]         data_pbmt;
    reg               data_fault;
    reg [3:0]         data_cause;

    reg               fetch_waits;
    reg               fetch_taken;
    integer           fetch_cycles;
    reg [PA_BITS-1:0] fetch_pa;
    reg               fetch_fault;
    reg [3:0]         fetch_cause;

    task present_data(input [XLEN-1:0] va, input store);
        begin
            data_req_va = va;
            data_req_store = store;
            data_req_valid = 1;
            data_waits = 1;
        end
    endtask

    task present_fetch(input [XLEN-1:0] va);
        begin
            fetch_req_va = va;
            fetch_req_valid = 1;
            fetch_waits = 1;
        end
    endtask

    // A cycle; requests that are accepted in it are no longer presented, and answers are kept. Cycles
    // are counted from the acceptance of a request.
    task one_cycle;
        begin
            settle;
            data_taken = data_req_valid && data_req_ready;
            data_cycles = data_taken ? 0 : data_cycles + 1;
            if (data_waits && data_resp_valid) begin
                data_pa = data_resp_pa;
                data_tval = data_resp_tval;
                data_size = data_resp_size;
                data_pbmt = data_resp_pbmt;
                data_fault = data_resp_fault;
                data_cause = data_resp_cause;
                data_waits = 0;
            end
            fetch_taken = fetch_req_valid && fetch_req_ready;
            fetch_cycles = fetch_taken ? 0 : fetch_cycles + 1;
            if (fetch_waits && fetch_resp_valid) begin
                fetch_pa = fetch_resp_pa;
                fetch_fault = fetch_resp_fault;
                fetch_cause = fetch_resp_cause;
                fetch_waits = 0;
            end
            next;
            if (data_taken) data_req_valid = 0;
            if (fetch_taken) fetch_req_valid = 0;
        end
    endtask

    // Cycles until every request has its answer.
    task answers;
        while (data_waits || fetch_waits) one_cycle;
    endtask

    task load(input [XLEN-1:0] va);
        begin
            present_data(va, 0);
            answers;
        end
    endtask

    task store(input [XLEN-1:0] va);
        begin
            present_data(va, 1);
            answers;
        end
    endtask

    task fetch(input [XLEN-1:0] va);
        begin
            present_fetch(va);
            answers;
        end
    endtask

    task fence(input by_va, input [XLEN-1:0] va, input by_asid, input [ASID_BITS-1:0] asid);
        begin
            fence_by_va = by_va;
            fence_va = va;
            fence_by_asid = by_asid;
            fence_asid = asid;
            fence_valid = 1;
            settle;
            while (!fence_ready) begin
                next;
                settle;
            end
            next;
            fence_valid = 0;
        end
    endtask

    task write_pmp(input [11:0] number, input [XLEN-1:0] value);
        begin
            pmp_csr = number;
            pmp_write_data = value;
            pmp_write_valid = 1;
            next;
            pmp_write_valid = 0;
        end
    endtask

    // What is expected of the last answer.

    integer checks;
    integer failures;

    task check(input right, input [8*56-1:0] what);
        begin
            checks = checks + 1;
            if (right !== 1'b1) begin
                failures = failures + 1;
                $display("FAIL  %0s (cycle %0d)", what, $time / 10);
            end
        end
    endtask

    task data_page(input [PA_BITS-1:0] pa, input [8*56-1:0] what);
        begin
            check(data_fault === 1'b0 && data_pa === pa, what);
            if (data_fault !== 1'b0 || data_pa !== pa) begin
                $display("      fault %b, cause %0d, address %h, not %h",
                    data_fault, data_cause, data_pa, pa);
            end
        end
    endtask

    task data_faults(input [3:0] cause, input [XLEN-1:0] va, input [8*56-1:0] what);
        begin
            check(data_fault === 1'b1 && data_cause === cause && data_tval === va, what);
            if (data_fault !== 1'b1 || data_cause !== cause || data_tval !== va) begin
                $display("      fault %b, cause %0d, not %0d, at %h, address %h",
                    data_fault, data_cause, cause, data_tval, data_pa);
            end
        end
    endtask

    task takes(input integer cycles, input integer expected, input [8*56-1:0] what);
        begin
            check(cycles == expected, what);
            if (cycles != expected) $display("      %0d cycles, not %0d", cycles, expected);
        end
    endtask

    integer reads_before;

    initial begin
        $dumpfile("@NAME@_tb.vcd");
        $dumpvars(0, @NAME@_tb);
        checks = 0;
        failures = 0;
        reads = 0;
        swaps = 0;
        disturb = 0;
        stall = 0;
        data_waits = 0;
        fetch_waits = 0;
        fetch_req_privilege = 1;
        data_req_privilege = 1;
        fault_ready = 1;
        pbmte = 1;
        make_tables;
        reset = 1;
        next;
        next;
        reset = 0;

        if (PMP != 0) begin
            $display("PMP: closed after reset, then open");
            load('h8000_0010);
            data_faults(5, 'h8000_0010, "an access before PMP is open");
            write_pmp('h3b0, {XLEN{1'b1}});
            write_pmp('h3a0, 'h1f);
        end

        $display("without translation");
        load('h8000_0010);
        data_page('h8000_0010, "a physical address in Bare mode");
        takes(data_cycles, HIT_LATENCY, "the latency in Bare mode");

        $display("a miss, then a hit");
        satp = satp_of(1);
        next;
        load(page(1, 'h234));
        data_page(in_frame(FRAMES + 1, 'h234), "the page of a miss");
        takes(data_cycles, MISS_LATENCY, "the latency of a miss");
        check(reads == LEVELS, "a miss reads an entry of each level");
        $display("    miss: %0d cycles, %0d reads, with memory of latency %0d",
            data_cycles, reads, MEMORY_LATENCY);
        reads_before = reads;
        store(page(1, 'hffe));
        data_page(in_frame(FRAMES + 1, 'hffe), "the page of a hit");
        takes(data_cycles, HIT_LATENCY, "the latency of a hit");
        check(reads == reads_before && swaps == 0, "a hit does not use memory");
        $display("    hit: %0d cycles", data_cycles);
        load(page(11, 0));
        data_page(in_frame(FRAMES + 11, 0), "the page of its neighbour");
        $display("    miss beside it: %0d cycles", data_cycles);

        $display("fetches, and both at once");
        fetch(page(2, 'h100));
        check(!fetch_fault && fetch_pa == in_frame(FRAMES + 2, 'h100), "a fetch");
        fetch(page(2, 'h104));
        check(!fetch_fault && fetch_pa == in_frame(FRAMES + 2, 'h104), "a fetch that hits");
        takes(fetch_cycles, HIT_LATENCY, "the latency of a fetch that hits");
        present_data(page(3, 8), 0);
        present_fetch(page(12, 12));
        answers;
        data_page(in_frame(FRAMES + 3, 8), "a load that misses beside a fetch");
        check(!fetch_fault && fetch_pa == in_frame(FRAMES + 12, 12), "a fetch beside a load");
        present_fetch(page(2, 'h108));
        one_cycle;
        present_data(page(3, 16), 0);
        answers;
        check(!fetch_fault && fetch_pa == in_frame(FRAMES + 2, 'h108), "a fetch before a load");
        data_page(in_frame(FRAMES + 3, 16), "a load in the cycle after a fetch");
        fetch(page(1, 0));
        check(fetch_fault && fetch_cause == 12, "a fetch from a page without X");

        $display("faults and their causes");
        next;
        fault_ready = 0;
        load(page(4, 'h18));
        data_faults(13, page(4, 'h18), "a load from a page that is not valid");
        check(fault_valid && fault_cause == 13 && fault_tval == page(4, 'h18), "the held fault");
        fault_ready = 1;
        next;
        check(!fault_valid, "the held fault is taken");
        store(page(3, 0));
        data_faults(15, page(3, 0), "a store to a page without W");
        takes(data_cycles, HIT_LATENCY, "the latency of a hit that faults");
        load(page(5, 0));
        data_faults(13, page(5, 0), "a supervisor's load from a user page");
        data_req_sum = 1;
        load(page(5, 0));
        data_page(in_frame(FRAMES + 5, 0), "the same with SUM");
        data_req_sum = 0;
        data_req_privilege = 0;
        load(page(1, 0));
        data_faults(13, page(1, 0), "a user's load from a supervisor page");
        data_req_privilege = 1;
        load(region(3, 0));
        data_faults(5, region(3, 0), "an entry where there is no memory");
        load(region(4, 0));
        data_faults(13, region(4, 0), "a superpage that is not aligned");
        if (XLEN == 64) begin
            reads_before = reads;
            load(high(XLEN - 1));
            data_faults(13, high(XLEN - 1), "a non-canonical address");
            takes(data_cycles, HIT_LATENCY, "the latency of a non-canonical address");
            check(reads == reads_before, "a non-canonical address reads no table");
        end

        $display("superpages");
        load(region(2, 'h12345));
        data_page(BASE + 'h12345, "a superpage");
        check(data_size == LEVELS - 1, "the size of a superpage");
        load(page(1, 0));
        check(data_size == 0, "the size of a page");

        if (XLEN == 64) begin
            $display("memory types and NAPOT ranges, built in or reserved");
            load(page(9, 0));
            if (SVPBMT != 0) begin
                data_page(in_frame(FRAMES + 9, 0), "a page with a memory type");
                check(data_pbmt == 1, "its type");
            end else begin
                data_faults(13, page(9, 0), "a reserved bit, where there are no types");
            end
            load(page(21, 0));
            if (SVNAPOT != 0) begin
                data_page(in_frame(FRAMES + 16 + 5, 0), "a page of a NAPOT range");
                check(data_size == 5, "the size of a NAPOT range");
                reads_before = reads;
                load(page(30, 0));
                data_page(in_frame(FRAMES + 16 + 14, 0), "another page of it");
                check(reads == reads_before, "one line serves a NAPOT range");
            end else begin
                data_faults(13, page(21, 0), "a reserved bit, where there are no ranges");
            end
        end

        $display("A and D");
        load(page(10, 0));
        data_faults(13, page(10, 0), "A is 0, and software sets it");
        check(swaps == 0 && memory[LAST + 10] == entry(FRAMES + 10, V | R | W), "nothing is set");
        adue = 1;
        load(page(6, 0));
        data_page(in_frame(FRAMES + 6, 0), "A is 0, and hardware sets it");
        check(swaps == 1 && memory[LAST + 6] == entry(FRAMES + 6, V | R | W | A), "A alone is set");
        store(page(6, 0));
        data_page(in_frame(FRAMES + 6, 0), "D is 0, and hardware sets it");
        check(swaps == 2 && memory[LAST + 6] == entry(FRAMES + 6, V | R | W | A | D), "D is set");
        store(page(6, 8));
        takes(data_cycles, HIT_LATENCY, "the latency of a store after it");
        check(swaps == 2, "D is set once");
        disturb = 1;
        load(page(7, 0));
        data_page(in_frame(FRAMES + 7, 0), "another agent changes the entry meanwhile");
        check(swaps == 3 && memory[LAST + 7] == entry(FRAMES + 7, V | R | W | A | 'h100),
            "its change is not lost");

        $display("fences");
        load(page(8, 0));
        memory[LAST + 8] = entry(FRAMES + 'h81, V | R | W | A | D);
        fence(1, page(8, 0), 0, 0);
        load(page(8, 0));
        data_page(in_frame(FRAMES + 'h81, 0), "a changed entry after a fence of its page");
        memory[LAST + 8] = entry(FRAMES + 'h82, V | R | W | A | D);
        fence(1, page(8, 0), 1, 1);
        load(page(8, 0));
        data_page(in_frame(FRAMES + 'h82, 0), "after a fence of page and address space");
        memory[LAST + 8] = entry(FRAMES + 'h83, V | R | W | A | D);
        fence(0, 0, 1, 1);
        load(page(8, 0));
        data_page(in_frame(FRAMES + 'h83, 0), "after a fence of the address space");
        memory[LAST + 8] = 0;
        fence(0, 0, 0, 0);
        load(page(8, 0));
        data_faults(13, page(8, 0), "a removed entry after a fence of everything");
        load(page(1, 0));
        data_page(in_frame(FRAMES + 1, 0), "another page after all fences");

        $display("another address space, and memory that makes the walker wait");
        stall = 6;
        satp = satp_of(2);
        next;
        reads_before = reads;
        load(page(1, 4));
        data_page(in_frame(FRAMES + 1, 4), "the page in another address space");
        check(ASIDS == 0 || reads > reads_before, "another address space does not hit");
        repeat (HIT_LATENCY) next;
        check(!busy, "no miss is left");

        if (failures != 0) begin
            $display("FAIL: %0d of %0d checks", failures, checks);
            $fatal(1);
        end
        $display("PASS: %0d checks", checks);
        $finish;
    end

    // Nothing takes so long.
    initial begin
        #200000;
        $display("FAIL: no answer for a long time");
        $fatal(1);
    end
endmodule
