// What the wave shows: the signals of wave/demo.gtkw, named and grouped as in the project's own
// waves (waves/README.md). All of them are derived from ports, none from inside the MMU.
// `z` is "no value": a line in the middle.

`default_nettype none
`timescale 1ns / 1ps

module view (
    input wire clock
);
    initial begin
        $dumpfile("demo.fst");
        $dumpvars(1, bench.view);
    end

    // Markers: simulate.sh reads these lines and puts them into the view. Times of the wave are in
    // picoseconds, because the public core asks for that precision.
    integer marked = 0;
    wire    fence_all = bench.system.fence_valid && bench.system.fence_ready
        && !bench.system.fence_by_va && bench.system.program_release;
    always @(posedge clock)
        if (marked == 0 && bench.system.fault_valid) begin
            $display("marker %0d the first fault", $time * 1000);
            marked <= 1;
        end else if (fence_all) begin
            $display("marker %0d stage %0d", $time * 1000, marked);
            marked <= marked + 1;
        end

    // Request.
    wire [1:0] satp_mode = {1'b0, bench.system.satp[31]};
    wire [8:0] satp_asid = bench.system.satp[30:22];
    wire       fetch_valid = bench.system.program_valid && bench.system.program_fetch;
    wire       data_valid = bench.system.program_valid && !bench.system.program_fetch;
    wire       is_store = bench.system.data_req_store;
    wire [31:0] va = bench.system.request_va;
    wire [31:0] fetch_va = fetch_valid ? va : 32'bz;
    wire [31:0] data_va = data_valid ? va : 32'bz;
    wire [1:0]  data_access = data_valid ? {1'b0, is_store} + 2'd1 : 2'bz;

    // An answer stays until the next request, as in the project's waves.
    wire        fetch_answers = bench.system.fetch_resp_valid && !bench.system.fetch_resp_fault;
    wire        data_answers = bench.system.data_resp_valid && !bench.system.data_resp_fault;
    reg  [33:0] fetch_pa = 34'bz;
    reg  [33:0] data_pa = 34'bz;
    always @(negedge clock) begin
        if (fetch_answers) fetch_pa <= bench.system.fetch_resp_pa;
        else if (bench.system.fetch_req_valid) fetch_pa <= 34'bz;
        if (data_answers) data_pa <= bench.system.data_resp_pa;
        else if (bench.system.data_req_valid) data_pa <= 34'bz;
    end

    // TLB.
    wire fetch_hit = bench.system.mmu.event_fetch_hit;
    wire fetch_miss = bench.system.mmu.event_fetch_miss;
    wire data_hit = bench.system.mmu.event_data_hit;
    wire data_miss = bench.system.mmu.event_data_miss;
    wire [1:0] fetch_lookup = fetch_hit || fetch_miss ? {1'b0, fetch_hit} : 2'bz;
    wire [1:0] data_lookup = data_hit || data_miss ? {1'b0, data_hit} : 2'bz;
    wire refill = bench.system.mmu.event_refill;
    wire fence_valid = bench.system.fence_valid;
    wire fence_ready = bench.system.fence_ready;
    wire [1:0] fence = fence_valid
        ? {bench.system.fence_by_asid, bench.system.fence_by_va} : 2'bz;
    wire [31:0] fence_va = fence_valid && bench.system.fence_by_va ? bench.system.fence_va : 32'bz;

    // Walker: what it does, as seen from memory. 0 idle, 1 read, 2 wait, 3 check, 4 update.
    wire busy = bench.system.busy;
    wire asks = bench.system.walker_valid;
    wire swaps = bench.system.walker_swap;
    reg  waits = 1'b0;
    always @(posedge clock)
        if (asks && bench.system.walker_ready) waits <= 1'b1;
        else if (bench.system.walker_done) waits <= 1'b0;
    wire [2:0] walker = asks ? (swaps ? 3'd4 : 3'd1) : waits ? 3'd2 : busy ? 3'd3 : 3'd0;
    wire walk_start = bench.system.mmu.event_walk_start;
    wire walk_done = bench.system.mmu.event_walk_done;

    // Memory bus: the walker's request stays until its response, the entry until the next walk.
    wire [1:0]  memory_request = asks ? {1'b0, swaps} : 2'bz;
    wire [33:0] asked = asks ? bench.system.walker_address : 34'bz;
    reg  [33:0] pte_address = 34'bz;
    reg  [31:0] entry = 32'bz;
    reg  [1:0]  pte_kind = 2'bz;
    reg         updating = 1'b0;
    reg  [63:0] flags = "        ";
    wire [31:0] read = bench.system.memory_data;
    wire        response = bench.system.walker_done;
    wire        swapped = response ? bench.system.walker_swapped && updating : 1'bz;
    wire        pte_update = bench.system.mmu.event_pte_update;
    function [7:0] letter(input set, input [7:0] name);
        letter = set ? name : "-";
    endfunction
    always @(negedge clock) begin
        if (walk_start) begin
            entry <= 32'bz;
            pte_kind <= 2'bz;
            flags <= "        ";
        end
        if (asks) begin
            pte_address <= bench.system.walker_address;
            updating <= swaps;
        end
        if (response && !updating) begin
            entry <= read;
            pte_kind <= bench.system.walker_error ? 2'd3
                : !read[0] ? 2'd0 : read[3:1] == 3'd0 ? 2'd1 : 2'd2;
            flags <= {letter(read[0], "V"), letter(read[1], "R"), letter(read[2], "W"),
                      letter(read[3], "X"), letter(read[4], "U"), letter(read[5], "G"),
                      letter(read[6], "A"), letter(read[7], "D")};
        end
    end
    wire [21:0] ppn = entry[31:10];

    // Fault.
    wire [3:0] fetch_fault = bench.system.mmu.fetch_resp_fault ? bench.system.mmu.fetch_resp_cause
        : 4'bz;
    wire [3:0] data_fault = bench.system.mmu.data_resp_fault ? bench.system.mmu.data_resp_cause
        : 4'bz;
    wire       fault_valid = bench.system.fault_valid;
    wire       fault_ready = bench.system.fault_ready;
    wire [3:0]  held_cause = fault_valid ? bench.system.fault_cause : 4'bz;
    wire [31:0] held_tval = fault_valid ? bench.system.fault_tval : 32'bz;

    // Operating system: what program and kernel do, and the last line of the console.
    wire [2:0] program_state = !bench.system.program_release ? 3'd0
        : bench.system.stopped ? 3'd1
        : bench.system.translated_bus.state == 3'd1 ? 3'd2 : 3'd3;
    wire kernel_asks = bench.system.kernel_valid;
    wire [2:0] activity = !bench.system.program_release ? 3'd0
        : bench.system.disk_valid ? 3'd2
        : !bench.system.stopped ? 3'd3
        : 3'd1;
    wire is_uart = bench.system.uart_valid;
    wire [639:0] console = bench.terminal.line;
    wire [15:0] marks = bench.system.mmu_registers.marks;
    wire [3:0]  leds = bench.leds;
    wire        uart_tx = bench.uart_tx;

    // The ports as they are on the wire.
    wire        reset = bench.reset;
    wire        adue = bench.system.adue;
    wire [31:0] satp = bench.system.satp;
    wire        fetch_req_valid = bench.system.fetch_req_valid;
    wire        fetch_req_ready = bench.system.fetch_req_ready;
    wire        fetch_resp_valid = bench.system.fetch_resp_valid;
    wire        fetch_resp_fault = bench.system.fetch_resp_fault;
    wire [33:0] fetch_resp_pa = bench.system.fetch_resp_pa;
    wire        data_req_valid = bench.system.data_req_valid;
    wire        data_req_ready = bench.system.data_req_ready;
    wire        data_resp_valid = bench.system.data_resp_valid;
    wire        data_resp_fault = bench.system.data_resp_fault;
    wire [33:0] data_resp_pa = bench.system.data_resp_pa;
    wire        walker_ready = bench.system.walker_ready;
    wire [31:0] walker_expected = bench.system.walker_expected;
    wire [31:0] walker_desired = bench.system.walker_desired;
    wire        walker_error = bench.system.walker_error;

    // Of the hardware around the MMU.
    wire [2:0]  adapter = bench.system.translated_bus.state;
    wire        access_valid = bench.system.access_valid;
    wire [33:0] access_address = bench.system.access_address;
    wire        access_done = bench.system.access_done;
    wire [31:0] memory_data = bench.system.memory_data;
    wire [31:0] kernel_address = kernel_asks ? bench.system.kernel_address : 32'bz;
    wire        direct_valid = bench.system.direct_valid;
    wire [33:0] direct_address = bench.system.direct_address;
endmodule

`default_nettype wire
