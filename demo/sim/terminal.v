// A serial receiver that prints what it hears: the other end of uart_tx, which it therefore tests.

`default_nettype none
`timescale 1ns / 1ps

module terminal #(
    parameter CLOCKS_PER_BIT = 3
) (
    input  wire clock,
    input  wire reset,
    input  wire rx,
    output wire quiet                             // Nothing was sent for the time of two characters.
);
    integer file;
    initial file = $fopen("console.txt", "w");

    integer    clocks = 0;                        // Since the start bit began.
    integer    silence = 0;
    reg        receiving = 1'b0;
    reg [7:0]  data = 8'd0;
    reg [639:0] line = 640'd0;                    // The present line, for the wave.
    integer    at;

    assign quiet = silence > 20 * CLOCKS_PER_BIT;

    always @(posedge clock) begin
        silence <= receiving || reset ? 0 : silence + 1;
        if (!receiving) begin
            clocks <= 1;
            receiving <= !rx && !reset;
        end else begin
            clocks <= clocks + 1;
            // The middle of bit `at`; bit 0 is the start bit.
            at = clocks / CLOCKS_PER_BIT;
            if (clocks % CLOCKS_PER_BIT == CLOCKS_PER_BIT / 2) begin
                if (at >= 1 && at <= 8)
                    data <= {rx, data[7:1]};
                if (at == 9) begin
                    receiving <= 1'b0;
                    if (!rx)
                        $display("error: no stop bit on the serial line");
                    $write("%c", data);
                    $fwrite(file, "%c", data);
                    if (data == 8'h0a)
                        $fflush(file);
                    line <= line[7:0] == 8'h0a ? {632'd0, data} : {line[631:0], data};
                end
            end
        end
    end
endmodule

`default_nettype wire
