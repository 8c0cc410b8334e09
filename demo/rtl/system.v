// The whole system, without a board and without a test bench.
//
//            the kernel                              the program
//          +------------+                          +-------------+
//          |  PicoRV32  |                          |  PicoRV32   |
//          +-----+------+                          +------+------+
//                | physical addresses                     | virtual addresses
//         +------+------+   satp, fences, faults   +------+---------+    +-----------+
//         | kernel_bus  +------ mmu_registers -----+ translated_bus +----+ rv32_tiny |
//         +--+---+---+--+                          +------+---------+    |  the MMU  |
//            |   |   |                                    | physical     +-----+-----+
//   kernel --+   |   +--------- kernel --------+          |                    |
//   ram      |   |                             |       program              walker
//   uart ----+  disk -- shares the kernel's --+++---------+--------------------+-+
//                       port                  |          main_memory             |
//                                             +----------------------------------+
//
// One clock. `reset` is synchronous and active high.

// Any exported RV32 configuration without PMP fits: all have the same ports.

`ifndef MMU
`define MMU rv32_tiny
`endif

`default_nettype none

module system #(
    parameter KERNEL_WORDS = 2048,                // The kernel's private memory.
    parameter KERNEL_IMAGE = "kernel.hex",        // Its contents after power-up.
    parameter CLOCKS_PER_BIT = 217                // Of the UART: clock frequency / baud rate.
) (
    input  wire       clock,
    input  wire       reset,
    output wire       uart_tx,
    output wire [3:0] leds,                       // Driven by the kernel; bit 3: all is done.
    output wire       program_stopped,            // The program waits for the kernel.
    output wire       walking                     // The MMU has a miss outstanding.
);
    // The kernel: a core in physical memory.
    wire        kernel_valid;
    wire        kernel_ready;
    wire [31:0] kernel_address;
    wire [31:0] kernel_write_data;
    wire [3:0]  kernel_write_bytes;
    wire [31:0] kernel_read_data;

    core #(.FIRST_INSTRUCTION(32'h0000_0000), .STACK(KERNEL_WORDS * 4)) kernel_core (
        .clock(clock),
        .reset(reset),
        .trap(),
        .valid(kernel_valid),
        .ready(kernel_ready),
        .fetch(),
        .address(kernel_address),
        .write_data(kernel_write_data),
        .write_bytes(kernel_write_bytes),
        .read_data(kernel_read_data)
    );

    // The program: a core in virtual memory. It waits in reset until the kernel lets it go.
    wire        program_release;
    wire        program_trap;
    wire        program_valid;
    wire        program_ready;
    wire        program_fetch;
    wire [31:0] program_address;
    wire [31:0] program_write_data;
    wire [3:0]  program_write_bytes;
    wire [31:0] program_read_data;

    core #(.FIRST_INSTRUCTION(32'h0040_0000), .STACK(32'h0044_0000)) program_core (
        .clock(clock),
        .reset(reset || !program_release),
        .trap(program_trap),
        .valid(program_valid),
        .ready(program_ready),
        .fetch(program_fetch),
        .address(program_address),
        .write_data(program_write_data),
        .write_bytes(program_write_bytes),
        .read_data(program_read_data)
    );

    // What the kernel's registers and the MMU tell each other.
    wire [31:0] satp;
    wire        adue;
    wire        fence_valid;
    wire        fence_ready;
    wire        fence_by_va;
    wire [31:0] fence_va;
    wire        fence_by_asid;
    wire [8:0]  fence_asid;
    wire        fault_valid;
    wire        fault_ready;
    wire [3:0]  fault_cause;
    wire [31:0] fault_tval;
    wire        busy;
    wire        pte_update;

    // The two request ports of the MMU.
    wire        fetch_req_valid;
    wire        fetch_req_ready;
    wire        fetch_resp_valid;
    wire        fetch_resp_fault;
    wire [33:0] fetch_resp_pa;
    wire        data_req_valid;
    wire        data_req_ready;
    wire        data_req_store;
    wire        data_resp_valid;
    wire        data_resp_fault;
    wire [33:0] data_resp_pa;
    wire [31:0] request_va;

    // The walker's way to memory.
    wire        walker_valid;
    wire        walker_ready;
    wire [33:0] walker_address;
    wire        walker_swap;
    wire [31:0] walker_expected;
    wire [31:0] walker_desired;
    wire        walker_done;
    wire        walker_error;
    wire        walker_swapped;

    // The program's way to memory, after translation.
    wire        access_valid;
    wire        access_ready;
    wire [33:0] access_address;
    wire        access_done;
    wire        access_error;

    // The kernel's way to memory; the disk shares it.
    wire        direct_valid;
    wire        direct_ready;
    wire [33:0] direct_address;
    wire [31:0] direct_write_data;
    wire [3:0]  direct_write_bytes;
    wire        direct_done;
    wire        direct_error;

    // What memory has read, for whoever is told that it is done.
    wire [31:0] memory_data;

    `MMU mmu (
        .clock(clock),
        .reset(reset),
        .satp(satp),
        .adue(adue),
        .fetch_req_valid(fetch_req_valid),
        .fetch_req_ready(fetch_req_ready),
        .fetch_req_va(request_va),
        .fetch_req_size(3'd2),
        .fetch_req_privilege(2'd0),               // The program runs in user mode.
        .fetch_resp_valid(fetch_resp_valid),
        .fetch_resp_pa(fetch_resp_pa),
        .fetch_resp_fault(fetch_resp_fault),
        .data_req_valid(data_req_valid),
        .data_req_ready(data_req_ready),
        .data_req_va(request_va),
        .data_req_size(3'd2),
        .data_req_store(data_req_store),
        .data_req_cbo(1'b0),
        .data_req_privilege(2'd0),
        .data_req_sum(1'b0),
        .data_req_mxr(1'b0),
        .data_resp_valid(data_resp_valid),
        .data_resp_pa(data_resp_pa),
        .data_resp_fault(data_resp_fault),
        .fence_valid(fence_valid),
        .fence_ready(fence_ready),
        .fence_by_va(fence_by_va),
        .fence_va(fence_va),
        .fence_by_asid(fence_by_asid),
        .fence_asid(fence_asid),
        .mem_req_valid(walker_valid),
        .mem_req_ready(walker_ready),
        .mem_req_addr(walker_address),
        .mem_req_swap(walker_swap),
        .mem_req_expected(walker_expected),
        .mem_req_desired(walker_desired),
        .mem_resp_valid(walker_done),
        .mem_resp_data(memory_data),
        .mem_resp_error(walker_error),
        .mem_resp_swapped(walker_swapped),
        .fault_valid(fault_valid),
        .fault_ready(fault_ready),
        .fault_cause(fault_cause),
        .fault_tval(fault_tval),
        .busy(busy),
        .event_pte_update(pte_update),
        // Parts that this configuration does not have.
        .pbmte(1'b0),
        .l2_inject(1'b0),
        .pmp_csr(12'd0),
        .pmp_write_valid(1'b0),
        .pmp_write_data(32'd0),
        .pmp_read_data(),
        .mem_resp_line(1'b0),
        .mem_resp_word_0(64'd0),
        .mem_resp_word_1(64'd0),
        .mem_resp_word_2(64'd0),
        .mem_resp_word_3(64'd0),
        .mem_resp_word_4(64'd0),
        .mem_resp_word_5(64'd0),
        .mem_resp_word_6(64'd0),
        .mem_resp_word_7(64'd0)
    );

    wire        stopped;
    wire        bus_error;
    wire        retry;
    wire        finish;
    wire [31:0] finish_data;

    translated_bus translated_bus (
        .clock(clock),
        .reset(reset),
        .core_valid(program_valid),
        .core_ready(program_ready),
        .core_fetch(program_fetch),
        .core_address(program_address),
        .core_write_bytes(program_write_bytes),
        .core_read_data(program_read_data),
        .fetch_req_valid(fetch_req_valid),
        .fetch_req_ready(fetch_req_ready),
        .fetch_resp_valid(fetch_resp_valid),
        .fetch_resp_fault(fetch_resp_fault),
        .fetch_resp_pa(fetch_resp_pa),
        .data_req_valid(data_req_valid),
        .data_req_ready(data_req_ready),
        .data_req_store(data_req_store),
        .data_resp_valid(data_resp_valid),
        .data_resp_fault(data_resp_fault),
        .data_resp_pa(data_resp_pa),
        .request_va(request_va),
        .memory_valid(access_valid),
        .memory_ready(access_ready),
        .memory_address(access_address),
        .memory_done(access_done),
        .memory_error(access_error),
        .memory_data(memory_data),
        .stopped(stopped),
        .bus_error(bus_error),
        .retry(retry),
        .finish(finish),
        .finish_data(finish_data)
    );

    main_memory main_memory (
        .clock(clock),
        .reset(reset),
        .walker_valid(walker_valid),
        .walker_ready(walker_ready),
        .walker_address(walker_address),
        .walker_swap(walker_swap),
        .walker_expected(walker_expected),
        .walker_desired(walker_desired),
        .walker_done(walker_done),
        .walker_error(walker_error),
        .walker_swapped(walker_swapped),
        .program_valid(access_valid),
        .program_ready(access_ready),
        .program_address(access_address),
        .program_write_data(program_write_data),
        .program_write_bytes(program_write_bytes),
        .program_done(access_done),
        .program_error(access_error),
        .kernel_valid(direct_valid),
        .kernel_ready(direct_ready),
        .kernel_address(direct_address),
        .kernel_write_data(direct_write_data),
        .kernel_write_bytes(direct_write_bytes),
        .kernel_done(direct_done),
        .kernel_error(direct_error),
        .read_data(memory_data)
    );

    wire        io_valid;
    wire        io_ready;
    wire [31:0] io_read_data;
    wire        uart_valid;
    wire        uart_ready;
    wire        disk_valid;
    wire        disk_ready;
    wire        disk_memory_valid;
    wire        disk_memory_write;
    wire [15:0] disk_memory_address;
    wire [31:0] disk_memory_data;

    kernel_bus #(.KERNEL_WORDS(KERNEL_WORDS), .KERNEL_IMAGE(KERNEL_IMAGE)) kernel_bus (
        .clock(clock),
        .reset(reset),
        .core_valid(kernel_valid),
        .core_ready(kernel_ready),
        .core_address(kernel_address),
        .core_write_data(kernel_write_data),
        .core_write_bytes(kernel_write_bytes),
        .core_read_data(kernel_read_data),
        .io_valid(io_valid),
        .io_ready(io_ready),
        .io_read_data(io_read_data),
        .uart_valid(uart_valid),
        .uart_ready(uart_ready),
        .disk_valid(disk_valid),
        .disk_ready(disk_ready),
        .disk_memory_valid(disk_memory_valid),
        .disk_memory_write(disk_memory_write),
        .disk_memory_address(disk_memory_address),
        .disk_memory_data(disk_memory_data),
        .memory_valid(direct_valid),
        .memory_ready(direct_ready),
        .memory_address(direct_address),
        .memory_write_data(direct_write_data),
        .memory_write_bytes(direct_write_bytes),
        .memory_done(direct_done),
        .memory_error(direct_error),
        .memory_data(memory_data)
    );

    mmu_registers mmu_registers (
        .clock(clock),
        .reset(reset),
        .valid(io_valid),
        .ready(io_ready),
        .write(kernel_write_bytes != 4'd0),
        .select(kernel_address[5:2]),
        .write_data(kernel_write_data),
        .read_data(io_read_data),
        .satp(satp),
        .adue(adue),
        .fence_valid(fence_valid),
        .fence_ready(fence_ready),
        .fence_by_va(fence_by_va),
        .fence_va(fence_va),
        .fence_by_asid(fence_by_asid),
        .fence_asid(fence_asid),
        .fault_valid(fault_valid),
        .fault_ready(fault_ready),
        .fault_cause(fault_cause),
        .fault_tval(fault_tval),
        .busy(busy),
        .pte_update(pte_update),
        .program_release(program_release),
        .program_trap(program_trap),
        .program_fetch(program_fetch),
        .program_store(program_write_bytes != 4'd0),
        .program_store_data(program_write_data),
        .stopped(stopped),
        .bus_error(bus_error),
        .retry(retry),
        .finish(finish),
        .finish_data(finish_data),
        .leds(leds)
    );

    disk disk (
        .clock(clock),
        .reset(reset),
        .command_valid(disk_valid),
        .command_ready(disk_ready),
        .command_write(kernel_write_data[8]),
        .command_page(kernel_write_data[3:0]),
        .command_frame(kernel_write_data[7:4]),
        .memory_valid(disk_memory_valid),
        .memory_ready(direct_ready),
        .memory_write(disk_memory_write),
        .memory_address(disk_memory_address),
        .memory_write_data(disk_memory_data),
        .memory_done(direct_done),
        .memory_read_data(memory_data)
    );

    uart_tx #(.CLOCKS_PER_BIT(CLOCKS_PER_BIT)) uart (
        .clock(clock),
        .reset(reset),
        .valid(uart_valid),
        .ready(uart_ready),
        .data(kernel_write_data[7:0]),
        .tx(uart_tx)
    );

    assign program_stopped = stopped;
    assign walking = busy;
endmodule

`default_nettype wire
