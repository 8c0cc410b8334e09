// The demonstration on the board iCEBreaker: 12 MHz, serial line of the USB connector at
// 115,200 baud.
//
// Red LED: the program is stopped; green: all is done. On the break-off part: 0 the kernel runs,
// 1 it serves the program, 3 all is done, 4 the MMU has a miss. The user button begins again.

`default_nettype none

module icebreaker (
    input  wire       clk,
    input  wire       button_n,
    output wire       tx,
    output wire       led_red_n,
    output wire       led_green_n,
    output wire [4:0] led
);
    wire       reset;
    wire [3:0] leds;
    wire       program_stopped;
    wire       walking;

    board_reset board_reset (.clock(clk), .button(!button_n), .reset(reset));

    system #(.CLOCKS_PER_BIT(104)) system (
        .clock(clk),
        .reset(reset),
        .uart_tx(tx),
        .leds(leds),
        .program_stopped(program_stopped),
        .walking(walking)
    );

    assign led_red_n = !program_stopped;
    assign led_green_n = !leds[3];
    assign led = {walking, leds};
endmodule

`default_nettype wire
