// Main memory: 64 KiB from 0x8000_0000, 16 frames of 4 KiB, for three masters.
//
// Each master presents `valid` with its request until `ready`, and is told `done` in a later
// cycle, with `error` if there is no memory at the address; what was read is in `read_data` then.
// One access at a time, so all masters see all accesses in one order. That is also what makes the
// walker's compare-and-swap atomic: until it is done nothing else is accepted.
//
//   read, write           accept, done
//   compare-and-swap      read, accept (compare and write), done
//
// A swap is accepted in its second cycle: until then the walker holds it, and no copy is needed.
// The walker is served first: the program waits for it anyway. The other two take turns.

`default_nettype none

module main_memory (
    input  wire        clock,
    input  wire        reset,

    input  wire        walker_valid,
    output wire        walker_ready,
    input  wire [33:0] walker_address,
    input  wire        walker_swap,               // A compare-and-swap; otherwise a read.
    input  wire [31:0] walker_expected,
    input  wire [31:0] walker_desired,
    output wire        walker_done,
    output wire        walker_error,
    output reg         walker_swapped,            // Memory held what was expected.

    input  wire        program_valid,
    output wire        program_ready,
    input  wire [33:0] program_address,
    input  wire [31:0] program_write_data,
    input  wire [3:0]  program_write_bytes,       // 0: read.
    output wire        program_done,
    output wire        program_error,

    input  wire        kernel_valid,
    output wire        kernel_ready,
    input  wire [33:0] kernel_address,
    input  wire [31:0] kernel_write_data,
    input  wire [3:0]  kernel_write_bytes,
    output wire        kernel_done,
    output wire        kernel_error,

    output wire [31:0] read_data
);
    localparam FREE = 2'd0;
    localparam COMPARE = 2'd1;
    localparam DONE = 2'd2;

    localparam NOBODY = 2'd0;
    localparam WALKER = 2'd1;
    localparam PROGRAM = 2'd2;
    localparam KERNEL = 2'd3;

    reg [1:0]  state;
    reg [1:0]  owner;                             // Whose access is under way.
    reg        kernel_was_last;                   // Of program and kernel.
    reg        outside;                           // No memory at the address.

    wire free = state == FREE;
    wire compares = state == COMPARE;
    wire kernel_first = !kernel_was_last || !program_valid;
    assign walker_ready = compares || (free && !walker_swap);
    assign kernel_ready = free && !walker_valid && kernel_first;
    assign program_ready = free && !walker_valid && !(kernel_valid && kernel_first);

    // Whose access is made in this cycle. A swap has two: the second writes if it is `equal`.
    wire [1:0] next_owner = compares ? WALKER
        : !free ? NOBODY
        : walker_valid ? WALKER
        : kernel_valid && kernel_first ? KERNEL
        : program_valid ? PROGRAM : NOBODY;

    reg [33:0] address;
    reg [31:0] write_data;
    reg [3:0]  write_bytes;
    always @*
        case (next_owner)
            KERNEL: begin
                address = kernel_address;
                write_data = kernel_write_data;
                write_bytes = kernel_write_bytes;
            end
            PROGRAM: begin
                address = program_address;
                write_data = program_write_data;
                write_bytes = program_write_bytes;
            end
            default: begin
                address = walker_address;
                write_data = walker_desired;
                write_bytes = {4{compares}};
            end
        endcase

    wire is_memory = address[33:16] == 18'h0_8000;
    wire equal = read_data == walker_expected && !outside;

    ram #(.WORDS(16384), .BITS(14)) ram (
        .clock(clock),
        .enable(next_owner != NOBODY && is_memory && (equal || !compares)),
        .write_bytes(write_bytes),
        .address(address[15:2]),
        .write_data(write_data),
        .read_data(read_data)
    );

    wire done = state == DONE;
    assign walker_done = done && owner == WALKER;
    assign program_done = done && owner == PROGRAM;
    assign kernel_done = done && owner == KERNEL;
    assign walker_error = outside;
    assign program_error = outside;
    assign kernel_error = outside;

    always @(posedge clock) begin
        case (state)
            FREE:
                if (next_owner != NOBODY) begin
                    state <= next_owner == WALKER && walker_swap ? COMPARE : DONE;
                    owner <= next_owner;
                    outside <= !is_memory;
                    if (next_owner != WALKER)
                        kernel_was_last <= next_owner == KERNEL;
                end
            COMPARE: begin
                state <= DONE;
                walker_swapped <= equal;
            end
            default:
                state <= FREE;
        endcase

        // Also drops the walker's request, whose answer nobody waits for after a reset.
        if (reset) begin
            state <= FREE;
            kernel_was_last <= 1'b0;
        end
    end

    wire unused = &{1'b0, address[1:0]};
endmodule

`default_nettype wire
