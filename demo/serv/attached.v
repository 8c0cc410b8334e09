// SERV behind the MMU: a core that has machine mode alone, no satp, no sfence.vma and no error on
// its buses. What it lacks is here, beside it:
//
// - satp, and whether the core is in machine mode or in U-mode, are registers;
// - a fault makes the core fetch `ecall`, its cause and address are registers;
// - `ecall` and `mret` change the mode when they are fetched, and an `sfence.vma` becomes a fence.
//
// The core fetches an instruction when the one before has ended, so what it fetches is executed,
// and no access is outstanding when satp, the mode or the TLBs change.
//
// Physical addresses: RAM from 0; registers at 4000_0000: +0 prints a character, +4 satp,
// +8 cause, +c address of the last fault, +10 ends the run.
`default_nettype none
module attached #(parameter RAM_WORDS = 16384) (
    input  wire       clock,
    input  wire       reset,
    output reg        put,
    output reg  [7:0] put_byte,
    output reg        stop
);
    localparam [31:0] NOP = 32'h00000013, ECALL = 32'h00000073, EBREAK = 32'h00100073,
                      MRET = 32'h30200073, SFENCE = 32'h12000073;
    localparam INDEX_BITS = $clog2(RAM_WORDS);

    // The core's two buses: a request is held until its acknowledge. The fetch's is a cycle later than
    // the shim's answer, so that a fault, or a fence, can change what the core gets.
    wire [31:0] i_adr, d_adr, d_dat;
    wire        i_cyc, d_cyc, d_we;
    wire [3:0]  d_sel;
    reg  [31:0] i_rdt;
    reg         i_ack;

    serv_rf_top #(.RESET_PC(32'd0), .WITH_CSR(1)) core (
        .clk(clock), .i_rst(reset), .i_timer_irq(1'b0),
        .o_ibus_adr(i_adr), .o_ibus_cyc(i_cyc), .i_ibus_rdt(i_rdt), .i_ibus_ack(i_ack),
        .o_dbus_adr(d_adr), .o_dbus_dat(d_dat), .o_dbus_sel(d_sel), .o_dbus_we(d_we),
        .o_dbus_cyc(d_cyc), .i_dbus_rdt(d_data), .i_dbus_ack(d_done),
        .o_ext_rs1(), .o_ext_rs2(), .o_ext_funct3(), .i_ext_rd(32'd0), .i_ext_ready(1'b0),
        .o_mdu_valid()
    );

    // What the core does not have.
    reg        machine;         // it runs in machine mode; otherwise in U-mode
    reg [31:0] satp, tval;
    reg [3:0]  cause;           // of the last fault; 8: an ecall of U-mode
    reg        trap;            // the last load or store faulted: the next fetch is an ecall
    reg        fence;           // an sfence.vma waits to be accepted

    // Requests are presented until they are accepted. Then they are quiet until they are answered: a
    // valid that stays high would be another request.
    reg  i_asked, d_asked;
    wire i_ready, d_ready, i_done, d_done, i_fault, d_fault;
    wire [31:0] i_data, d_data;
    wire [3:0]  i_cause, d_cause;

    wire        ireq_valid, ireq_ready, iresp_valid, iresp_fault;
    wire        dreq_valid, dreq_ready, dresp_valid, dresp_fault;
    wire [33:0] iresp_pa, dresp_pa;
    wire [3:0]  iresp_cause, dresp_cause;
    wire        fence_ready;

    wire        m_valid, m_ready, m_swap, m_rvalid, m_rerror, m_rswapped;
    wire [33:0] m_addr;
    wire [31:0] m_expected, m_desired, m_rdata;

    // Three masters of one bus: 0 the walker, 1 loads and stores, 2 fetches.
    wire [2:0]  cyc, stb, we;
    wire [31:0] adr0, adr1, adr2, dat0, dat1;
    wire [3:0]  sel0, sel1, sel2;
    reg  [2:0]  owner;
    reg         ack, err;
    reg  [31:0] rdt;

    wire i_valid = i_cyc && !i_asked && !i_ack && !trap && !fence;
    wire d_valid = d_cyc && !d_asked;

    rv32_tiny_template mmu (
        .clock(clock), .reset(reset),
        .satp(satp), .adue(1'b1), .pbmte(1'b0),
        .fetch_req_valid(ireq_valid), .fetch_req_ready(ireq_ready), .fetch_req_va(i_adr),
        .fetch_req_privilege(machine ? 2'd3 : 2'd0),
        .fetch_resp_valid(iresp_valid), .fetch_resp_pa(iresp_pa), .fetch_resp_size(),
        .fetch_resp_fault(iresp_fault), .fetch_resp_cause(iresp_cause), .fetch_resp_tval(),
        .data_req_valid(dreq_valid), .data_req_ready(dreq_ready), .data_req_va(d_adr),
        .data_req_store(d_we), .data_req_cbo(1'b0), .data_req_privilege(machine ? 2'd3 : 2'd0),
        .data_req_sum(1'b0), .data_req_mxr(1'b0),
        .data_resp_valid(dresp_valid), .data_resp_pa(dresp_pa), .data_resp_size(),
        .data_resp_fault(dresp_fault), .data_resp_cause(dresp_cause), .data_resp_tval(),
        .fence_valid(fence), .fence_ready(fence_ready), .fence_by_va(1'b0), .fence_va(32'd0),
        .fence_by_asid(1'b0), .fence_asid(9'd0),
        .mem_req_valid(m_valid), .mem_req_ready(m_ready), .mem_req_addr(m_addr),
        .mem_req_swap(m_swap), .mem_req_expected(m_expected), .mem_req_desired(m_desired),
        .mem_resp_valid(m_rvalid), .mem_resp_data(m_rdata), .mem_resp_error(m_rerror),
        .mem_resp_swapped(m_rswapped),
        .fault_valid(), .fault_ready(1'b1), .fault_cause(), .fault_tval(), .busy()
    );

    shim_walker_wishbone_rv32 walker (
        .clock(clock), .reset(reset),
        .mem_req_valid(m_valid), .mem_req_ready(m_ready), .mem_req_addr(m_addr),
        .mem_req_swap(m_swap), .mem_req_expected(m_expected), .mem_req_desired(m_desired),
        .mem_resp_valid(m_rvalid), .mem_resp_data(m_rdata), .mem_resp_error(m_rerror),
        .mem_resp_swapped(m_rswapped),
        .wb_cyc_o(cyc[0]), .wb_stb_o(stb[0]), .wb_we_o(we[0]), .wb_adr_o(adr0), .wb_dat_o(dat0),
        .wb_sel_o(sel0), .wb_lock_o(), .wb_dat_i(rdt), .wb_ack_i(ack & owner[0]),
        .wb_err_i(err & owner[0])
    );
    shim_data_wishbone_rv32 data (
        .clock(clock), .reset(reset),
        .core_req_valid(d_valid), .core_req_ready(d_ready), .core_req_store(d_we),
        .core_req_bytes(d_sel), .core_req_data(d_dat),
        .core_resp_valid(d_done), .core_resp_data(d_data), .core_resp_fault(d_fault),
        .core_resp_cause(d_cause),
        .data_req_valid(dreq_valid), .data_req_ready(dreq_ready), .data_resp_valid(dresp_valid),
        .data_resp_pa(dresp_pa), .data_resp_fault(dresp_fault), .data_resp_cause(dresp_cause),
        .wb_cyc_o(cyc[1]), .wb_stb_o(stb[1]), .wb_we_o(we[1]), .wb_adr_o(adr1), .wb_dat_o(dat1),
        .wb_sel_o(sel1), .wb_lock_o(), .wb_dat_i(rdt), .wb_ack_i(ack & owner[1]),
        .wb_err_i(err & owner[1])
    );
    shim_data_wishbone_rv32 fetch (
        .clock(clock), .reset(reset),
        .core_req_valid(i_valid), .core_req_ready(i_ready), .core_req_store(1'b0),
        .core_req_bytes(4'hf), .core_req_data(32'd0),
        .core_resp_valid(i_done), .core_resp_data(i_data), .core_resp_fault(i_fault),
        .core_resp_cause(i_cause),
        .data_req_valid(ireq_valid), .data_req_ready(ireq_ready), .data_resp_valid(iresp_valid),
        .data_resp_pa(iresp_pa), .data_resp_fault(iresp_fault), .data_resp_cause(iresp_cause),
        .wb_cyc_o(cyc[2]), .wb_stb_o(stb[2]), .wb_we_o(we[2]), .wb_adr_o(adr2), .wb_dat_o(),
        .wb_sel_o(sel2), .wb_lock_o(), .wb_dat_i(rdt), .wb_ack_i(ack & owner[2]),
        .wb_err_i(err & owner[2])
    );

    // The core's side.
    always @(posedge clock) begin
        i_ack <= 1'b0;
        if (i_valid && i_ready) i_asked <= 1'b1;
        if (d_valid && d_ready) d_asked <= 1'b1;
        if (fence && fence_ready) begin
            fence <= 1'b0;
            i_ack <= 1'b1;      // the core goes on
        end
        if (i_done) begin
            i_asked <= 1'b0;
            i_ack <= 1'b1;
            i_rdt <= i_data;
            if (i_fault) begin
                i_rdt <= ECALL;
                cause <= i_cause == 4'd5 ? 4'd1 : i_cause;
                tval <= i_adr;
                machine <= 1'b1;
            end else if (i_data == ECALL || i_data == EBREAK) begin
                if (!machine) cause <= 4'd8;
                machine <= 1'b1;
            end else if (i_data == MRET && machine) begin
                machine <= 1'b0;
            end else if (i_data == SFENCE && machine) begin
                i_rdt <= NOP;
                i_ack <= 1'b0;
                fence <= 1'b1;
            end
        end
        if (i_cyc && trap && !i_ack) begin
            i_ack <= 1'b1;
            i_rdt <= ECALL;
            machine <= 1'b1;
            trap <= 1'b0;
        end
        if (d_done) begin
            d_asked <= 1'b0;
            if (d_fault) begin
                trap <= 1'b1;
                cause <= d_cause;
                tval <= d_adr;
            end
        end
        if (reset) begin
            i_asked <= 1'b0; d_asked <= 1'b0; machine <= 1'b1; trap <= 1'b0; fence <= 1'b0;
        end
    end

    // The bus: whoever has it keeps it while its CYC_O is high, so a compare-and-swap of the walker,
    // which is one cycle from its read to its write, is atomic.
    wire        taken = |(owner & cyc);
    wire [31:0] adr = owner[0] ? adr0 : owner[1] ? adr1 : adr2;
    wire [31:0] dat = owner[0] ? dat0 : dat1;
    wire [3:0]  sel = owner[0] ? sel0 : owner[1] ? sel1 : sel2;
    wire        strobe = |(owner & stb & cyc) && !ack && !err;
    wire        write = |(owner & we);
    wire        is_ram = adr < RAM_WORDS * 4;
    wire        is_device = adr[31:8] == 24'h400000;

    reg [31:0] ram [0:RAM_WORDS-1];
    integer    lane;
    always @(posedge clock) begin
        if (!taken) owner <= cyc[0] ? 3'b001 : cyc[1] ? 3'b010 : cyc[2] ? 3'b100 : 3'b000;
        ack <= strobe && (is_ram || is_device);
        err <= strobe && !(is_ram || is_device);
        put <= 1'b0;
        if (strobe && is_ram) begin
            rdt <= ram[adr[2 +: INDEX_BITS]];
            for (lane = 0; lane < 4; lane = lane + 1)
                if (write && sel[lane]) ram[adr[2 +: INDEX_BITS]][lane*8 +: 8] <= dat[lane*8 +: 8];
        end
        if (strobe && is_device) begin
            rdt <= adr[3:2] == 2'd1 ? satp : adr[3:2] == 2'd2 ? {28'd0, cause} : tval;
            if (write) case (adr[4:2])
                3'd0: begin put <= 1'b1; put_byte <= dat[7:0]; end
                3'd1: satp <= dat;
                3'd4: stop <= 1'b1;
                default: ;
            endcase
        end
        if (reset) begin
            owner <= 3'b000; ack <= 1'b0; err <= 1'b0; stop <= 1'b0; satp <= 32'd0;
        end
    end
endmodule
`default_nettype wire
