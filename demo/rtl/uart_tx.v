// A serial transmitter: 8 bits, no parity, one stop bit, least significant bit first.
// It takes a byte in a cycle in which `valid` and `ready` are both high.

`default_nettype none

module uart_tx #(
    parameter CLOCKS_PER_BIT = 217                // 2 to 256.
) (
    input  wire       clock,
    input  wire       reset,
    input  wire       valid,
    output wire       ready,
    input  wire [7:0] data,
    output wire       tx                          // 1 while nothing is sent.
);
    localparam [7:0] LAST_CLOCK = CLOCKS_PER_BIT - 1;

    reg [8:0]  shift;                             // What follows the present bit.
    reg        now;                               // The present bit.
    reg [3:0]  bits_left;
    reg [7:0] clocks_left;

    assign tx = now;
    assign ready = bits_left == 4'd0;

    always @(posedge clock) begin
        if (ready) begin
            if (valid) begin
                now <= 1'b0;                      // The start bit.
                shift <= {1'b1, data};            // The data, then the stop bit.
                bits_left <= 4'd10;
                clocks_left <= LAST_CLOCK;
            end
        end else if (clocks_left != 8'd0) begin
            clocks_left <= clocks_left - 8'd1;
        end else begin
            now <= shift[0];
            shift <= {1'b1, shift[8:1]};
            bits_left <= bits_left - 4'd1;
            clocks_left <= LAST_CLOCK;
        end
        if (reset) begin
            now <= 1'b1;
            bits_left <= 4'd0;
        end
    end
endmodule

`default_nettype wire
