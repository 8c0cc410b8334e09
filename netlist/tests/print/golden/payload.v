// The contents of a TLB's lines.
module payload (
    input  wire        clock,
    input  wire [3:0]  line,
    input  wire [3:0]  victim,
    input  wire        refill,
    input  wire [50:0] data,
    output wire [50:0] found
);
    reg [50:0] words_cells [0:15];

    wire [50:0] words_read_data = words_cells[line];
    assign found = words_read_data;

    initial begin : words_cells_contents
        integer i;
        for (i = 0; i < 16; i = i + 1) words_cells[i] = 51'd0;
    end

    always @(posedge clock) begin
        if (refill) words_cells[victim] <= data;
    end
endmodule
