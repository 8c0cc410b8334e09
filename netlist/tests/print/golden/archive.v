// Several modules in one file.
/* verilator lint_off DECLFILENAME */

// Answers questions from a memory, and keeps the answers in lanes.
module archive (
    input  wire        clock,
    input  wire        reset,
    input  wire [4:0]  ask,     // place and urgency; taken when asked and ready are high
    input  wire        asked,
    output wire        ready,
    output wire [11:0] answer,
    output wire        answered,
    output reg  [11:0] newest,  // the answer in the highest full lane
    output wire        full
);
    // Stage
    localparam [1:0] IDLE = 2'd0;
    localparam [1:0] FETCH = 2'd1;
    localparam [1:0] ANSWER = 2'd2;
    // Lowest bits of the fields of Ask
    localparam ASK_PLACE = 0;
    localparam ASK_URGENT = 4;

    reg [1:0]  stage;
    reg [4:0]  held;
    reg [11:0] shelf_read_data;
    reg [11:0] shelf_cells [0:15];

    initial begin
        stage = IDLE;
        held = 5'd0;
    end

    wire [47:0] lanes_held;
    wire [3:0]  lanes_full;

    wire [11:0] moved = shelf_read_data + 12'd3;
    assign ready = stage == IDLE;
    assign answered = stage == ANSWER;

    assign answer =
        (stage == FETCH) ? (held[ASK_URGENT] ? moved : 12'd0) :
        (stage == ANSWER) ? shelf_read_data :
        12'd0;

    always @* begin : newest_logic
        integer i;
        newest = 12'hfff;
        for (i = 0; i < 4; i = i + 1) begin
            if (lanes_full[i]) newest = lanes_held[12 * i+:12];
        end
    end

    assign full = &lanes_full;

    initial begin : shelf_cells_contents
        integer i;
        shelf_read_data = 12'd0;
        for (i = 0; i < 16; i = i + 1) shelf_cells[i] = 12'd0;
    end

    always @(posedge clock) begin
        shelf_read_data <= shelf_cells[held[ASK_PLACE+:4]];
        if (answered) shelf_cells[held[ASK_PLACE+:4]] <= moved;
    end

    always @(posedge clock) begin
        case (stage)
            IDLE: begin
                if (asked) begin
                    held <= ask;
                    stage <= FETCH;
                end
            end
            FETCH: stage <= ANSWER;
            ANSWER: stage <= IDLE;
            default: ;
        endcase
        if (reset) stage <= IDLE;
    end

    genvar i;

    generate
        for (i = 0; i < 4; i = i + 1) begin : lanes
            archive_lanes one (
                .clock(clock),
                .write(answered && (held[ASK_PLACE+:4] == {2'd0, i[1:0]})),
                .word(answer),
                .held(lanes_held[12 * i+:12]),
                .full(lanes_full[i])
            );
        end
    endgenerate
endmodule

module archive_lanes (
    input  wire        clock,
    input  wire        write,
    input  wire [11:0] word,
    output wire [11:0] held,
    output wire        full
);
    reg [11:0] last;
    reg        valid;

    initial begin
        last = 12'd0;
        valid = 1'b0;
    end

    assign held = last;
    assign full = valid;

    always @(posedge clock) begin
        if (write) begin
            last <= word;
            valid <= 1'b1;
        end
    end
endmodule
