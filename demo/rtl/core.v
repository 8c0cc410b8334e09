// A PicoRV32 as both processors of this system have it: RV32I, no interrupts, no counters.
//
// Its bus: `valid`, with address and data, holds until `ready`, which ends the access and brings
// `read_data`. `write_bytes` is 0 for a read. `fetch` marks the read of an instruction.
// The core is a public one; scripts/prepare.sh fetches it.

`default_nettype none

module core #(
    parameter [31:0] FIRST_INSTRUCTION = 0,
    parameter [31:0] STACK = 0                    // The first value of the stack pointer.
) (
    input  wire        clock,
    input  wire        reset,
    output wire        trap,                      // An illegal instruction or access stopped it.
    output wire        valid,
    input  wire        ready,
    output wire        fetch,
    output wire [31:0] address,
    output wire [31:0] write_data,
    output wire [3:0]  write_bytes,
    input  wire [31:0] read_data
);
    picorv32 #(
        .ENABLE_COUNTERS(0),
        .ENABLE_COUNTERS64(0),
        .TWO_STAGE_SHIFT(0),
        .CATCH_MISALIGN(0),
        .CATCH_ILLINSN(1),
        .PROGADDR_RESET(FIRST_INSTRUCTION),
        .STACKADDR(STACK)
    ) picorv32 (
        .clk(clock),
        .resetn(!reset),
        .trap(trap),
        .mem_valid(valid),
        .mem_instr(fetch),
        .mem_ready(ready),
        .mem_addr(address),
        .mem_wdata(write_data),
        .mem_wstrb(write_bytes),
        .mem_rdata(read_data),
        .mem_la_read(),
        .mem_la_write(),
        .mem_la_addr(),
        .mem_la_wdata(),
        .mem_la_wstrb(),
        .pcpi_valid(),
        .pcpi_insn(),
        .pcpi_rs1(),
        .pcpi_rs2(),
        .pcpi_wr(1'b0),
        .pcpi_rd(32'd0),
        .pcpi_wait(1'b0),
        .pcpi_ready(1'b0),
        .irq(32'd0),
        .eoi(),
        .trace_valid(),
        .trace_data()
    );
endmodule

`default_nettype wire
