// Drives the clock of `bench.v` in any Verilog simulator. Prints translations and checksum.
module icarus;
    reg clock;
    integer cycles, now;
    wire [63:0] checksum, translations;

    bench bench (.clock(clock), .checksum(checksum), .translations(translations));

    initial begin
        if (!$value$plusargs("cycles=%d", cycles)) $finish;
        clock = 0;
        // One more: the first is in reset.
        for (now = 0; now <= cycles; now = now + 1) begin
            #1 clock = 1;
            #1 clock = 0;
        end
        #1 $display("%0d %h", translations, checksum);
        $finish;
    end
endmodule
