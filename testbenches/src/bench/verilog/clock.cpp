// Drives the clock of `bench.v` in a model of Verilator. Prints translations, checksum and CPU
// seconds. Arguments: `twice` or `once`, cycles.
//
// The Verilog has no other input and no falling edge, so one evaluation per cycle is enough if the
// model's record of the clock is set to low in between. Where that record is depends on the release
// of Verilator; if it is unknown, `once` evaluates twice.
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "Vbench.h"
#include "Vbench___024root.h"
#include "verilated.h"

template <class Root>
static inline auto lower(Root *root, int) -> decltype(root->__Vtrigrprev__TOP__clock, bool()) {
    root->__Vtrigrprev__TOP__clock = 0;
    return true;
}

template <class Root>
static inline auto lower(Root *root, int)
    -> decltype(root->__Vtrigprevexpr___TOP__clock__0, bool()) {
    root->__Vtrigprevexpr___TOP__clock__0 = 0;
    return true;
}

template <class Root>
static inline bool lower(Root *, long) {
    return false;
}

template <bool ONCE>
static inline void turn(Vbench &bench, uint64_t cycles) {
    for (uint64_t now = 0; now < cycles; now++) {
        if (!ONCE || !lower(bench.rootp, 0)) {
            bench.clock = 0;
            bench.eval();
        }
        bench.clock = 1;
        bench.eval();
    }
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    const bool once = !strcmp(arguments[1], "once");
    const uint64_t cycles = strtoull(arguments[2], nullptr, 10);
    Vbench bench;
    bench.clock = 0;
    bench.eval();
    turn<false>(bench, 1); // in reset
    const clock_t start = clock();
    if (once) turn<true>(bench, cycles);
    else turn<false>(bench, cycles);
    const double seconds = double(clock() - start) / CLOCKS_PER_SEC;
    printf("%" PRIu64 " %" PRIx64 " %.6f\n", uint64_t(bench.translations),
           uint64_t(bench.checksum), seconds);
    return 0;
}
