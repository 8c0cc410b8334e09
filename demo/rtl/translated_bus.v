// The adapter between a core without an MMU and the MMU: every access of the core is translated,
// and then made at its physical address.
//
// The core knows no page faults. An access that faults simply waits: the adapter stops, tells
// `stopped`, and goes on when the kernel says how: `retry` presents the same request again,
// `finish` ends the access without making it, a load or fetch with `finish_data`.
//
// The adapter relies on valid and ready only, not on a latency of the MMU: the answer may come in
// the cycle of the request or later, and the address is used only with a valid answer that is no
// fault. The core holds address and data until `core_ready`, so no copy of them is needed.

`default_nettype none

module translated_bus (
    input  wire        clock,
    input  wire        reset,

    // The core.
    input  wire        core_valid,
    output wire        core_ready,
    input  wire        core_fetch,
    input  wire [31:0] core_address,
    input  wire [3:0]  core_write_bytes,          // 0: a load or a fetch.
    output wire [31:0] core_read_data,

    // The ports of the MMU: one request at a time, on one of them.
    output wire        fetch_req_valid,
    input  wire        fetch_req_ready,
    input  wire        fetch_resp_valid,
    input  wire        fetch_resp_fault,
    input  wire [33:0] fetch_resp_pa,
    output wire        data_req_valid,
    input  wire        data_req_ready,
    output wire        data_req_store,
    input  wire        data_resp_valid,
    input  wire        data_resp_fault,
    input  wire [33:0] data_resp_pa,
    output wire [31:0] request_va,

    // Memory: the data to be written goes there from the core directly.
    output wire        memory_valid,
    input  wire        memory_ready,
    output wire [33:0] memory_address,
    input  wire        memory_done,
    input  wire        memory_error,              // With memory_done: nothing is there.
    input  wire [31:0] memory_data,               // With memory_done.

    // The kernel.
    output wire        stopped,
    output reg         bus_error,                 // While stopped: memory refused, not the MMU.
    input  wire        retry,                     // For one cycle, while stopped.
    input  wire        finish,                    // Likewise.
    input  wire [31:0] finish_data
);
    localparam ASK = 3'd0;                        // Present the request to the MMU.
    localparam ANSWER = 3'd1;                     // It was accepted; its answer is to come.
    localparam ACCESS = 3'd2;                     // Present the access to memory.
    localparam MEMORY = 3'd3;                     // It was accepted; memory is at it.
    localparam STOPPED = 3'd4;                    // A fault: the kernel decides.

    reg [2:0]  state;
    reg [21:0] frame;                             // The physical page.

    wire accepted = core_fetch ? fetch_req_ready : data_req_ready;
    wire answered = core_fetch ? fetch_resp_valid : data_resp_valid;
    wire faulted = core_fetch ? fetch_resp_fault : data_resp_fault;

    assign fetch_req_valid = state == ASK && core_valid && core_fetch;
    assign data_req_valid = state == ASK && core_valid && !core_fetch;
    assign data_req_store = core_write_bytes != 4'd0;
    assign request_va = core_address;

    assign memory_valid = state == ACCESS;
    assign memory_address = {frame, core_address[11:0]};

    assign stopped = state == STOPPED;
    assign core_ready = (state == MEMORY && memory_done && !memory_error) || (stopped && finish);
    assign core_read_data = stopped ? finish_data : memory_data;

    always @(posedge clock) begin
        case (state)
            ASK, ANSWER:
                // In ASK an answer without an acceptance would be that of nobody.
                if (state == ANSWER || (core_valid && accepted)) begin
                    if (!answered)
                        state <= ANSWER;
                    else if (faulted)
                        state <= STOPPED;
                    else
                        state <= ACCESS;
                end
            ACCESS:
                if (memory_ready)
                    state <= MEMORY;
            MEMORY:
                if (memory_done) begin
                    state <= memory_error ? STOPPED : ASK;
                    bus_error <= memory_error;
                end
            default:
                if (retry || finish) begin
                    state <= ASK;
                    bus_error <= 1'b0;
                end
        endcase

        // Only an answer moves the state on to ACCESS, so what this holds until then is free.
        if (state == ASK || state == ANSWER)
            frame <= core_fetch ? fetch_resp_pa[33:12] : data_resp_pa[33:12];

        if (reset) begin
            state <= ASK;
            bus_error <= 1'b0;
        end
    end

    // The offset within the page is that of the virtual address.
    wire unused = &{1'b0, fetch_resp_pa[11:0], data_resp_pa[11:0]};
endmodule

`default_nettype wire
