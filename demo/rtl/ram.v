// Words of memory with one port: it reads or writes in the cycle in which `enable` is high, and
// what it has read is there from the next cycle on, until it reads again.
//
// Written so that FPGA tools find block RAM for it (on iCE40 UltraPlus its single-port RAM if
// there is no IMAGE). A RAM without IMAGE has any contents after power-up.

`default_nettype none

module ram #(
    parameter WORDS = 1024,
    parameter BITS = 10,                          // Of an address: 2**BITS >= WORDS.
    parameter IMAGE = ""                          // A file of hexadecimal words, or none.
) (
    input  wire            clock,
    input  wire            enable,
    input  wire [3:0]      write_bytes,           // 0: read.
    input  wire [BITS-1:0] address,
    input  wire [31:0]     write_data,
    output reg  [31:0]     read_data
);
    reg [31:0] words [0:WORDS-1];

    generate
        if (IMAGE != "") begin : with_image
            initial $readmemh(IMAGE, words);
        end
    endgenerate

    always @(posedge clock)
        if (enable) begin
            if (write_bytes[0]) words[address][7:0] <= write_data[7:0];
            if (write_bytes[1]) words[address][15:8] <= write_data[15:8];
            if (write_bytes[2]) words[address][23:16] <= write_data[23:16];
            if (write_bytes[3]) words[address][31:24] <= write_data[31:24];
            if (write_bytes == 4'd0) read_data <= words[address];
        end
endmodule

`default_nettype wire
