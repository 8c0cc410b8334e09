// Several modules in one file.
/* verilator lint_off DECLFILENAME */

module ripple (
    input  wire [4:0] a,
    input  wire [4:0] b,
    output wire [4:0] sums,
    output wire       parity
);
    wire adders_over_0;
    wire adders_over_1;
    wire adders_over_2;
    wire adders_over_3;
    wire adders_over_4;

    wire adders_carry_0;
    wire adders_carry_1;
    wire adders_carry_2;
    wire adders_carry_3;
    wire adders_carry_4;

    assign adders_carry_0 = 1'b0;
    assign adders_carry_1 = adders_over_0;
    assign adders_carry_2 = adders_over_1;
    assign adders_carry_3 = adders_over_2;
    assign adders_carry_4 = adders_over_3;

    reg [4:0] running;
    always @* begin
        running[0] = a[0];
        running[1] = running[0] ^ a[1];
        running[2] = running[1] ^ a[2];
        running[3] = running[2] ^ a[3];
        running[4] = running[3] ^ a[4];
    end

    assign parity = running[4];

    ripple_adders adders_0 (
        .a(a[0]),
        .b(b[0]),
        .carry(adders_carry_0),
        .sum(sums[0]),
        .over(adders_over_0)
    );

    ripple_adders adders_1 (
        .a(a[1]),
        .b(b[1]),
        .carry(adders_carry_1),
        .sum(sums[1]),
        .over(adders_over_1)
    );

    ripple_adders adders_2 (
        .a(a[2]),
        .b(b[2]),
        .carry(adders_carry_2),
        .sum(sums[2]),
        .over(adders_over_2)
    );

    ripple_adders adders_3 (
        .a(a[3]),
        .b(b[3]),
        .carry(adders_carry_3),
        .sum(sums[3]),
        .over(adders_over_3)
    );

    ripple_adders adders_4 (
        .a(a[4]),
        .b(b[4]),
        .carry(adders_carry_4),
        .sum(sums[4]),
        .over(adders_over_4)
    );

    // Bits that nothing reads, named for linters.
    wire unused = &{1'b0, adders_over_4, 1'b0};
endmodule

module ripple_adders (
    input  wire a,
    input  wire b,
    input  wire carry,
    output wire sum,
    output wire over
);
    assign sum = a ^ b ^ carry;
    assign over = (a && b) || (carry && (a ^ b));
endmodule
