// Several modules in one file.
/* verilator lint_off DECLFILENAME */

module absent (
    input  wire        clock,
    input  wire [7:0]  value,
    input  wire [7:0]  ignored,
    output wire [7:0]  plain,
    output wire [7:0]  inverse,
    output wire [7:0]  carry,
    output wire [23:0] rows,
    output wire [99:0] wider
);
    assign carry = 8'd0;

    reg [23:0] halves_value;
    always @* begin : halves_value_logic
        integer i;
        for (i = 0; i < 3; i = i + 1) begin
            halves_value[8 * i+:8] = value;
        end
        halves_value[15:8] = 8'd6;
    end

    assign wider = {92'd0, value};

    genvar i;

    absent_first first (
        .clock(clock),
        .inverts(1'b0),
        .value(value),
        .result(plain)
    );

    absent_first other (
        .clock(clock),
        .inverts(1'b1),
        .value(value),
        .result(inverse)
    );

    generate
        for (i = 0; i < 3; i = i + 1) begin : halves
            absent_half half (
                .value(halves_value[8 * i+:8]),
                .result(rows[8 * i+:8])
            );
        end
    endgenerate

    // Bits that nothing reads, named for linters.
    wire unused = &{1'b0, ignored, 1'b0};
endmodule

module absent_first (
    input  wire       clock,
    input  wire       inverts,
    input  wire [7:0] value,
    output wire [7:0] result
);
    reg [7:0] last;
    reg [7:0] held;

    initial begin
        last = 8'd0;
        held = 8'd0;
    end

    assign result = held;

    always @(posedge clock) begin
        last <= value;
        if (inverts) begin
            held <= ~value;
        end else begin
            held <= value;
        end
    end

    // Bits that nothing reads, named for linters.
    wire unused = &{1'b0, last, 1'b0};
endmodule

module absent_half (
    input  wire [7:0] value,
    output wire [7:0] result
);
    assign result = {1'b0, value[7:1]};

    // Bits that nothing reads, named for linters.
    wire unused = &{1'b0, value[0], 1'b0};
endmodule
