// A simulated disk of 16 pages. A command moves one page between the disk and a frame of main
// memory, word by word; the store that gives the command takes until all is moved.
// Like a memory chip, it has any contents after power-up: the kernel installs what it needs.

`default_nettype none

module disk (
    input  wire        clock,
    input  wire        reset,

    input  wire        command_valid,             // Holds until it is done.
    output wire        command_ready,             // It is done.
    input  wire        command_write,             // 1: frame to disk; 0: disk to frame.
    input  wire [3:0]  command_page,              // Of the disk.
    input  wire [3:0]  command_frame,             // Of main memory.

    output wire        memory_valid,
    input  wire        memory_ready,
    output wire        memory_write,
    output wire [15:0] memory_address,
    output wire [31:0] memory_write_data,
    input  wire        memory_done,
    input  wire [31:0] memory_read_data
);
    localparam FETCH = 2'd0;                      // Wait for a command, read a word of the disk.
    localparam MOVE = 2'd1;                       // Present the access of main memory.
    localparam WAIT = 2'd2;                       // It was accepted.
    localparam DONE = 2'd3;

    reg [1:0]  state;
    reg [9:0]  word;
    wire [9:0] next_word = word + 10'd1;

    assign command_ready = state == DONE;
    assign memory_valid = state == MOVE;
    assign memory_write = !command_write;
    assign memory_address = {command_frame, word, 2'b00};

    wire reads = state == FETCH && command_valid && !command_write;
    wire stores = state == WAIT && memory_done && command_write;
    ram #(.WORDS(16384), .BITS(14)) pages (
        .clock(clock),
        .enable(reads || stores),
        .write_bytes({4{stores}}),
        .address({command_page, word}),
        .write_data(memory_read_data),
        .read_data(memory_write_data)
    );

    always @(posedge clock) begin
        case (state)
            FETCH:
                if (command_valid)
                    state <= MOVE;
            MOVE:
                if (memory_ready)
                    state <= WAIT;
            WAIT:
                if (memory_done) begin
                    word <= next_word;
                    state <= next_word == 10'd0 ? DONE : FETCH;
                end
            default:
                state <= FETCH;
        endcase
        if (reset) begin
            state <= FETCH;
            word <= 10'd0;
        end
    end
endmodule

`default_nettype wire
