// The exported Verilog in Verilator, given the pins of a run, as users drive a model from C++: inputs
// while the clock is low, an evaluation, outputs, the rising edge, an evaluation. `replay.rs` writes
// what it reads: pieces, each its length (4 bytes) and whole cycles; a cycle is a number of changes
// (1 byte), and for each a pin (1 byte) and its value (8 bytes). Prints cycles, the checksum over the
// outputs, and the CPU seconds without those for reading.
//
// pins.h has INPUTS(what), which is what(number, name) for each input, and OUTPUTS(what).
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <vector>

#include "Vmmu.h"
#include "pins.h"
#include "verilated.h"

static void set(Vmmu &mmu, unsigned pin, uint64_t value) {
    switch (pin) {
#define SET(number, name) \
    case number:          \
        mmu.name = value; \
        break;
        INPUTS(SET)
    }
}

int main() {
    Vmmu mmu;
#define CLEAR(number, name) mmu.name = 0;
    INPUTS(CLEAR)
    for (int reset = 1; reset >= 0; reset--) {
        mmu.reset = reset;
        mmu.clock = 0;
        mmu.eval();
        mmu.clock = 1;
        mmu.eval();
    }
    uint64_t cycles = 0, checksum = 0;
    clock_t spent = 0;
    uint32_t length;
    std::vector<uint8_t> piece;
    while (fread(&length, sizeof length, 1, stdin) == 1) {
        piece.resize(length);
        if (fread(piece.data(), 1, length, stdin) != length) return 2;
        const clock_t start = clock();
        const uint8_t *at = piece.data(), *end = at + length;
        while (at < end) {
            mmu.clock = 0;
            for (unsigned changes = *at++; changes > 0; changes--) {
                uint64_t value;
                memcpy(&value, at + 1, sizeof value);
                set(mmu, *at, value);
                at += 1 + sizeof value;
            }
            mmu.eval();
#define LOOK(name) \
    checksum = ((checksum << 5 | checksum >> 59) ^ uint64_t(mmu.name)) * UINT64_C(0x1000001b3);
            OUTPUTS(LOOK)
            mmu.clock = 1;
            mmu.eval();
            cycles++;
        }
        spent += clock() - start;
    }
    const double seconds = double(spent) / CLOCKS_PER_SEC;
    printf("%" PRIu64 " %" PRIx64 " %.6f\n", cycles, checksum, seconds);
    return 0;
}
