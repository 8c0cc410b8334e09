// Clock, reset and console; what the MMU did, at the end.
`timescale 1ns/1ns
module bench;
    localparam WORDS = 16384;
    reg        clock = 0;
    reg        reset = 1;
    wire       put, stop;
    wire [7:0] put_byte;
    integer    at, misses, fences, cycles;

    attached #(.RAM_WORDS(WORDS)) attached (
        .clock(clock), .reset(reset), .put(put), .put_byte(put_byte), .stop(stop)
    );
    always #5 clock = !clock;

    initial begin
        misses = 0;
        fences = 0;
        cycles = 0;
        // An entry that was never written would be x, and so would be everything that follows.
        for (at = 0; at < WORDS; at = at + 1) attached.ram[at] = 0;
        $readmemh("program.hex", attached.ram, 0, `PROGRAM_WORDS - 1);
        repeat (4) @(posedge clock);
        #1 reset = 0;
    end

    always @(posedge clock) if (!reset) begin
        cycles = cycles + 1;
        if (put) $write("%c", put_byte);
        if (attached.mmu.mmu.event_walk_done) misses = misses + 1;
        if (attached.mmu.mmu.event_fence) fences = fences + 1;
        if (stop) begin
            $display("%0d misses, %0d fences", misses, fences);
            $finish;
        end
        if (cycles > 400000) begin
            $display("\nFAIL: it does not end");
            $finish;
        end
    end
endmodule
