// The kernel's registers for the MMU and for the program that runs behind it.
//
//   offset       read                                  write
//   0x00 SATP    0                                     the MMU's satp
//   0x04 ADUE    0                                     bit 0: 1, hardware sets A and D
//   0x08 FAULT   bit 31: one is held; 3:0 its cause    the held fault is taken
//   0x0c TVAL    its address                           -
//   0x10 FENCE   0                                     fence of all
//   0x14 + VA    0                                     fence of the address that is written
//   0x18 + ASID  0                                     fence of satp's address space
//   0x1c + both  0                                     fence of the address in that space
//   0x20 PROGRAM its state, see below                  bit 0: 1, let it run
//   0x24 STORED  the data of its present store         -
//   0x28 RETRY   0                                     the stopped access is presented again
//   0x2c FINISH  0                                     it ends, a load or fetch with this value
//   0x30 MARKS   A and D that the MMU has set          -
//   0x34 LEDS    0                                     bits 3:0 to the board
//
// PROGRAM: bit 0 it was let run, 1 it is stopped at an access, 2 which is a fetch, 3 a store,
// 4 memory (not the MMU) refused it, 5 the core itself has trapped, 6 the MMU is busy.
//
// A write of a fence takes until the MMU has accepted it; all others one cycle. The kernel's
// earlier stores to page tables are in memory by then, since its bus makes one access at a time.

`default_nettype none

module mmu_registers (
    input  wire        clock,
    input  wire        reset,

    // The kernel's access.
    input  wire        valid,
    output wire        ready,
    input  wire        write,
    input  wire [3:0]  select,
    input  wire [31:0] write_data,
    output reg  [31:0] read_data,

    // The MMU.
    output reg  [31:0] satp,
    output reg         adue,
    output wire        fence_valid,
    input  wire        fence_ready,
    output wire        fence_by_va,
    output wire [31:0] fence_va,
    output wire        fence_by_asid,
    output wire [8:0]  fence_asid,
    input  wire        fault_valid,
    output wire        fault_ready,
    input  wire [3:0]  fault_cause,
    input  wire [31:0] fault_tval,
    input  wire        busy,
    input  wire        pte_update,

    // The program.
    output reg         program_release,
    input  wire        program_trap,
    input  wire        program_fetch,
    input  wire        program_store,
    input  wire [31:0] program_store_data,
    input  wire        stopped,
    input  wire        bus_error,
    output wire        retry,
    output wire        finish,
    output wire [31:0] finish_data,

    output reg  [3:0]  leds
);
    localparam SATP = 4'h0;
    localparam ADUE = 4'h1;
    localparam FAULT = 4'h2;
    localparam TVAL = 4'h3;
    localparam PROGRAM = 4'h8;
    localparam STORED = 4'h9;
    localparam RETRY = 4'ha;
    localparam FINISH = 4'hb;
    localparam MARKS = 4'hc;
    localparam LEDS = 4'hd;

    wire writes = valid && write;
    wire is_fence = select[3:2] == 2'b01;

    // The kernel's core holds the write until it is accepted, so the fence holds too.
    assign fence_valid = writes && is_fence;
    assign fence_by_va = select[0];
    assign fence_va = write_data;
    assign fence_by_asid = select[1];
    assign fence_asid = satp[30:22];
    assign ready = valid && (!fence_valid || fence_ready);

    assign fault_ready = writes && select == FAULT;
    assign retry = writes && select == RETRY;
    assign finish = writes && select == FINISH;
    assign finish_data = write_data;

    reg [15:0] marks;

    always @*
        case (select)
            FAULT: read_data = {fault_valid, 27'd0, fault_cause};
            TVAL: read_data = fault_tval;
            PROGRAM: read_data = {25'd0, busy, program_trap, bus_error, program_store,
                                  program_fetch, stopped, program_release};
            STORED: read_data = program_store_data;
            MARKS: read_data = {16'd0, marks};
            default: read_data = 32'd0;
        endcase

    always @(posedge clock) begin
        if (pte_update)
            marks <= marks + 16'd1;
        if (writes)
            case (select)
                SATP: satp <= write_data;
                ADUE: adue <= write_data[0];
                PROGRAM: program_release <= write_data[0];
                LEDS: leds <= write_data[3:0];
                default: ;
            endcase
        if (reset) begin
            satp <= 32'd0;
            adue <= 1'b0;
            program_release <= 1'b0;
            leds <= 4'd0;
            marks <= 16'd0;
        end
    end
endmodule

`default_nettype wire
