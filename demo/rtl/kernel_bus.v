// Where the kernel's accesses go, by their address:
//
//   0x0000_0000  its private memory: code, data, stack
//   0x1000_0000  write: a character to the UART
//   0x2000_0000  registers of MMU and program (mmu_registers)
//   0x3000_0000  write: a command to the disk
//   0x8000_0000  main memory
//
// An access takes as long as its target needs: a character until the UART is free, a fence until
// the MMU has accepted it, a transfer of the disk until all of the page is moved. While the disk
// works the kernel waits, so the disk uses the kernel's way to main memory.
// Elsewhere a write is lost and a read gives 0.

`default_nettype none

module kernel_bus #(
    parameter KERNEL_WORDS = 2048,
    parameter KERNEL_IMAGE = ""
) (
    input  wire        clock,
    input  wire        reset,

    input  wire        core_valid,
    output wire        core_ready,
    input  wire [31:0] core_address,
    input  wire [31:0] core_write_data,
    input  wire [3:0]  core_write_bytes,
    output wire [31:0] core_read_data,

    output wire        io_valid,
    input  wire        io_ready,
    input  wire [31:0] io_read_data,

    output wire        uart_valid,
    input  wire        uart_ready,

    output wire        disk_valid,
    input  wire        disk_ready,
    input  wire        disk_memory_valid,
    input  wire        disk_memory_write,
    input  wire [15:0] disk_memory_address,
    input  wire [31:0] disk_memory_data,

    output wire        memory_valid,
    input  wire        memory_ready,
    output wire [33:0] memory_address,
    output wire [31:0] memory_write_data,
    output wire [3:0]  memory_write_bytes,
    input  wire        memory_done,
    input  wire        memory_error,
    input  wire [31:0] memory_data
);
    wire is_private = core_address[31:28] == 4'h0;
    wire is_uart = core_address[31:28] == 4'h1;
    wire is_io = core_address[31:28] == 4'h2;
    wire is_disk = core_address[31:28] == 4'h3;
    wire is_memory = core_address[31:28] == 4'h8;
    wire is_nothing = !(is_private || is_uart || is_io || is_disk || is_memory);
    wire is_write = core_write_bytes != 4'd0;

    assign uart_valid = core_valid && is_uart && is_write;
    assign io_valid = core_valid && is_io;
    assign disk_valid = core_valid && is_disk && is_write;

    // The private memory answers in the next cycle.
    reg         private_done;
    wire        private_asks = core_valid && is_private && !private_done;
    wire [31:0] private_data;
    ram #(.WORDS(KERNEL_WORDS), .BITS(11), .IMAGE(KERNEL_IMAGE)) private_memory (
        .clock(clock),
        .enable(private_asks),
        .write_bytes(core_write_bytes),
        .address(core_address[12:2]),
        .write_data(core_write_data),
        .read_data(private_data)
    );

    // Main memory, for the kernel or for the disk on its behalf.
    reg  waits;                                   // The kernel's own access was accepted.
    wire kernel_asks = core_valid && is_memory && !waits;
    assign memory_valid = disk_memory_valid || kernel_asks;
    assign memory_address = {2'd0, is_disk ? {16'h8000, disk_memory_address} : core_address};
    assign memory_write_data = is_disk ? disk_memory_data : core_write_data;
    assign memory_write_bytes = is_disk ? {4{disk_memory_write}} : core_write_bytes;

    assign core_ready = (is_private && private_done)
        || (core_valid && is_nothing)
        || (core_valid && is_uart && (uart_ready || !is_write))
        || (core_valid && is_io && io_ready)
        || (core_valid && is_disk && (disk_ready || !is_write))
        || (is_memory && memory_done);
    assign core_read_data = is_private ? private_data
        : is_io ? io_read_data
        : is_memory && !memory_error ? memory_data : 32'd0;

    always @(posedge clock) begin
        private_done <= private_asks && !reset;
        if (kernel_asks && memory_ready)
            waits <= 1'b1;
        else if (memory_done)
            waits <= 1'b0;
        if (reset)
            waits <= 1'b0;
    end
endmodule

`default_nettype wire
