// The benchmark's closed loop entirely in Verilog, which is fastest for a Verilog simulator: its
// only input is the clock. `traffic.rs` and `ours.rs` explain it.
//
// Definitions: DESIGN, XLEN, PA (bits of a physical address), ASID (bits), LATENCY, MARK and MIXED
// (bits of a table's page number, below its level).
module bench (
    input  wire        clock,
    output reg  [63:0] checksum,
    output reg  [63:0] translations
);
    localparam INDEX = 14;

    reg [`XLEN-1:0] fetch [0:(1 << INDEX)-1];
    reg [`XLEN-1:0] data  [0:(1 << INDEX)-1];
    reg             store [0:(1 << INDEX)-1];
    // satp, and a zero for the pins that stay low. No tool can know that they do, so the logic
    // behind them is simulated, not folded away.
    reg [`XLEN-1:0] given [0:1];
    reg [`XLEN-1:0] satp, zero;

    reg             reset;
    reg [INDEX-1:0] fetched, loaded;
    // What memory still answers, in order: two walkers have two requests in flight.
    reg             pending, second;
    reg [7:0]       wait_cycles, second_wait;
    reg [`XLEN-1:0] answer, second_answer;

    initial begin
        $readmemh("fetch.hex", fetch);
        $readmemh("data.hex", data);
        $readmemh("store.hex", store);
        $readmemh("given.hex", given);
        satp = given[0];
        zero = given[1];
        reset = 1;
        fetched = 0;
        loaded = 0;
        pending = 0;
        second = 0;
        wait_cycles = 0;
        second_wait = 0;
        answer = 0;
        second_answer = 0;
        checksum = 0;
        translations = 0;
    end

    wire           fetch_ready, data_ready, fetch_valid, data_valid, fetch_fault, data_fault;
    wire           mem_valid;
    wire [`PA-1:0] fetch_pa, data_pa, mem_addr;
    wire           answers = pending && wait_cycles == 0;

    `DESIGN mmu (
        .clock(clock),
        .reset(reset),
        .satp(reset ? zero : satp),
        .adue(zero[0]),
        .pbmte(zero[0]),
        .l2_inject(zero[0]),
        .fetch_req_valid(!reset),
        .fetch_req_ready(fetch_ready),
        .fetch_req_va(fetch[fetched]),
        .fetch_req_privilege(zero[1:0]),
        .fetch_resp_valid(fetch_valid),
        .fetch_resp_pa(fetch_pa),
        .fetch_resp_fault(fetch_fault),
        .data_req_valid(!reset),
        .data_req_ready(data_ready),
        .data_req_va(data[loaded]),
        .data_req_store(store[loaded]),
        .data_req_cbo(1'b0),
        .data_req_privilege(zero[1:0]),
        .data_req_sum(zero[0]),
        .data_req_mxr(zero[0]),
        .data_resp_valid(data_valid),
        .data_resp_pa(data_pa),
        .data_resp_fault(data_fault),
        .fence_valid(zero[0]),
        .fence_by_va(zero[0]),
        .fence_va(zero),
        .fence_by_asid(zero[0]),
        .fence_asid(zero[`ASID-1:0]),
        .mem_req_valid(mem_valid),
        .mem_req_ready(!reset),
        .mem_req_addr(mem_addr),
        .mem_resp_valid(answers),
        .mem_resp_data(answer),
        .mem_resp_error(zero[0]),
        .mem_resp_swapped(zero[0]),
        .mem_resp_line(zero[0]),
        .mem_resp_word_0(64'b0),
        .mem_resp_word_1(64'b0),
        .mem_resp_word_2(64'b0),
        .mem_resp_word_3(64'b0),
        .mem_resp_word_4(64'b0),
        .mem_resp_word_5(64'b0),
        .mem_resp_word_6(64'b0),
        .mem_resp_word_7(64'b0),
        .fault_ready(!reset)
    );

    function [63:0] fold(input [63:0] sum, input [`PA-1:0] pa, input fault);
        fold = ({sum[58:0], sum[63:59]} ^ {{(63-`PA){1'b0}}, pa, fault}) * 64'h1000001b3;
    endfunction

    wire [63:0] place  = {{(64-`PA){1'b0}}, mem_addr};
    wire [63:0] mixed  = ((place ^ (place >> 23)) * 64'h9e3779b97f4a7c15) >> (64 - `MIXED);
    wire [1:0]  level  = mem_addr[12+`MARK +: 2];
    wire [63:0] below  = {62'b0, level - 2'd1} << `MARK;
    wire [63:0] entry  = level == 0 ? mixed << 10 | 64'hdf : (below | mixed) << 10 | 64'h1;
    wire [63:0] folded = fetch_valid ? fold(checksum, fetch_pa, fetch_fault) : checksum;

    always @(posedge clock) begin
        reset <= 0;
        if (!reset) begin
            if (fetch_ready) fetched <= fetched + 1;
            if (data_ready) loaded <= loaded + 1;
            checksum <= data_valid ? fold(folded, data_pa, data_fault) : folded;
            translations <= translations + {63'b0, fetch_valid} + {63'b0, data_valid};
            if (pending && !answers) wait_cycles <= wait_cycles - 1;
            if (second) second_wait <= second_wait - 1;
            if (answers) begin
                pending <= second || mem_valid;
                second <= second && mem_valid;
                wait_cycles <= second_wait - 1;
                answer <= second_answer;
            end
            if (mem_valid) begin
                if (answers ? second : pending) begin
                    second <= 1;
                    second_wait <= `LATENCY - 1;
                    second_answer <= entry[`XLEN-1:0];
                end else begin
                    pending <= 1;
                    wait_cycles <= `LATENCY - 1;
                    answer <= entry[`XLEN-1:0];
                end
            end
        end
    end
endmodule
