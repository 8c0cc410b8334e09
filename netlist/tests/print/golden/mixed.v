// Several modules in one file.
/* verilator lint_off DECLFILENAME */

module mixed (
    input  wire       clock,
    input  wire [7:0] x,
    output wire [7:0] y,
    output wire [7:0] coming
);
    reg [7:0] total;

    initial begin
        total = 8'd0;
    end

    wire [7:0] rows_y_0;
    wire [7:0] rows_y_1;
    wire [7:0] rows_y_2;

    wire [7:0] rows_x_0;
    wire [7:0] rows_x_1;
    wire [7:0] rows_x_2;

    assign rows_x_0 = x;
    assign rows_x_1 = rows_y_0;
    assign rows_x_2 = rows_y_1;

    wire [7:0] total_next = x[0] ? (total + rows_y_2) : total;
    assign coming = total_next;
    assign y = total;

    always @(posedge clock) begin
        total <= total_next;
    end

    mixed_rows rows_0 (
        .x(rows_x_0),
        .y(rows_y_0)
    );

    mixed_rows rows_1 (
        .x(rows_x_1),
        .y(rows_y_1)
    );

    mixed_rows_2 rows_2 (
        .x(rows_x_2),
        .y(rows_y_2)
    );
endmodule

module mixed_rows_2 (
    input  wire [7:0] x,
    output wire [7:0] y
);
    localparam [7:0] WEIGHT = 8'he;

    assign y = x ^ WEIGHT;
endmodule

module mixed_rows (
    input  wire [7:0] x,
    output wire [7:0] y
);
    localparam [7:0] WEIGHT = 8'd7;

    assign y = x ^ WEIGHT;
endmodule
