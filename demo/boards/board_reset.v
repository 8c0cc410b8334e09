// The reset of a board: for 256 cycles after power-up and after the button was last pressed.
// The button is not of this clock, so it passes two registers first.

`default_nettype none

module board_reset (
    input  wire clock,
    input  wire button,
    output wire reset
);
    // FPGAs load these values with their configuration.
    reg [8:0] count = 9'd0;
    reg [1:0] pressed = 2'b00;

    assign reset = !count[8];

    always @(posedge clock) begin
        pressed <= {pressed[0], button};
        if (pressed[1])
            count <= 9'd0;
        else if (reset)
            count <= count + 9'd1;
    end
endmodule

`default_nettype wire
