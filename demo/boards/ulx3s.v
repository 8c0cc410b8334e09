// The demonstration on the board ULX3S: 25 MHz, serial line of the USB connector at 115,200 baud.
//
// LEDs: 0 the kernel runs, 1 it serves the program, 3 all is done, 6 the MMU has a miss,
// 7 the program is stopped. The button FIRE1 begins again.

`default_nettype none

module ulx3s (
    input  wire       clk_25mhz,
    input  wire       fire1,
    output wire       ftdi_rxd,
    output wire       wifi_gpio0,
    output wire [7:0] led
);
    wire       reset;
    wire [3:0] leds;
    wire       program_stopped;
    wire       walking;

    board_reset board_reset (.clock(clk_25mhz), .button(fire1), .reset(reset));

    system #(.CLOCKS_PER_BIT(217)) system (
        .clock(clk_25mhz),
        .reset(reset),
        .uart_tx(ftdi_rxd),
        .leds(leds),
        .program_stopped(program_stopped),
        .walking(walking)
    );

    assign wifi_gpio0 = 1'b1;
    assign led = {program_stopped, walking, 2'b00, leds};
endmodule

`default_nettype wire
