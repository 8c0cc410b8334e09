// The test bench: a clock, a reset, the system, and a terminal at its serial line.
//
// It ends when the kernel has lit the last LED and the line is quiet. What the line said is in
// the file console.txt, and on the standard output.
//   +limit=N   gives up after N cycles
//   +wave      writes the file demo.fst or demo.vcd (where compiled with VIEW)

`default_nettype none
`timescale 1ns / 1ps

module bench;
    localparam CLOCKS_PER_BIT = 3;

    reg        clock = 1'b0;
    reg        reset = 1'b1;
    wire       uart_tx;
    wire [3:0] leds;
    wire       program_stopped;
    wire       walking;
    wire       quiet;

    always #5 clock = !clock;

    system #(.CLOCKS_PER_BIT(CLOCKS_PER_BIT)) system (
        .clock(clock),
        .reset(reset),
        .uart_tx(uart_tx),
        .leds(leds),
        .program_stopped(program_stopped),
        .walking(walking)
    );

    terminal #(.CLOCKS_PER_BIT(CLOCKS_PER_BIT)) terminal (
        .clock(clock),
        .reset(reset),
        .rx(uart_tx),
        .quiet(quiet)
    );

    integer cycles = 0;
    integer walks = 0;
    integer reads = 0;                            // Of page-table entries.
    integer limit = 3_000_000;

    initial
        if ($value$plusargs("limit=%d", limit)) ;

    always @(posedge clock) begin
        cycles <= cycles + 1;
        reset <= cycles < 4;
        if (system.mmu.event_walk_start) walks <= walks + 1;
        if (system.mmu.event_pte_read) reads <= reads + 1;
        if (leds[3] && quiet) begin
            $display("%0d cycles, %0d walks, %0d entries read", cycles, walks, reads);
            $finish;
        end else if (cycles >= limit) begin
            $display("error: no end after %0d cycles; leds %b, program stopped %b, MMU busy %b",
                     cycles, leds, program_stopped, walking);
            $finish;
        end
    end

`ifdef VIEW
    view view (.clock(clock));
`endif
endmodule

`default_nettype wire
