// The benchmark's closed loop around the exported Verilog, as users drive a model from C++: inputs
// while the clock is low, an evaluation, outputs, the rising edge, an evaluation. `ours.rs` and
// `traffic.rs` explain it. Reads requests.txt; prints translations, checksum, CPU seconds.
//
// Definitions: XLEN, LATENCY; CXXRTL, with the names of pins in pins.h, or else Verilator;
// TRACE: the second argument is a waveform to write, once a cycle, before the rising edge.
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#ifdef CXXRTL
#include "model.cpp"
#include "pins.h"
#define IN(pin, number) mmu.PIN_##pin.set<uint64_t>(number)
#define OUT(pin) mmu.PIN_##pin.get<uint64_t>()
#define EVALUATE() mmu.step()
typedef cxxrtl_design::DESIGN Model;
#else
#include "Vmmu.h"
#include "verilated.h"
#define IN(pin, number) mmu.pin = number
#define OUT(pin) mmu.pin
#define EVALUATE() mmu.eval()
typedef Vmmu Model;
#endif

#ifdef TRACE
#include "verilated_vcd_c.h"
#define DUMP(cycle) waves.dump(uint64_t(cycle) * 10)
#else
#define DUMP(cycle)
#endif

static uint64_t entry(uint64_t pa) {
    const int mark = XLEN == 32 ? 20 : 40, bits = XLEN == 32 ? 20 : 36;
    const uint64_t level = pa >> (12 + mark) & 3;
    const uint64_t mixed = (pa ^ pa >> 23) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - bits);
    return level == 0 ? mixed << 10 | 0xdf : ((level - 1) << mark | mixed) << 10 | 1;
}

static uint64_t checksum = 0, translations = 0;

static void respond(uint64_t pa, uint64_t fault) {
    const uint64_t response = pa << 1 | fault;
    checksum = ((checksum << 5 | checksum >> 59) ^ response) * UINT64_C(0x1000001b3);
    translations++;
}

int main(int, char **arguments) {
    const uint64_t cycles = strtoull(arguments[1], nullptr, 10);
    FILE *file = fopen("requests.txt", "r");
    uint64_t satp;
    size_t count;
    if (!file || fscanf(file, "%" SCNx64 " %zu", &satp, &count) != 2) return 2;
    std::vector<uint64_t> fetch(count), data(count), store(count);
    for (size_t i = 0; i < count; i++)
        if (fscanf(file, "%" SCNx64 " %" SCNx64 " %" SCNu64, &fetch[i], &data[i], &store[i]) != 3)
            return 2;
    fclose(file);

#ifdef TRACE
    Verilated::traceEverOn(true);
#endif
    Model mmu;
#ifdef TRACE
    VerilatedVcdC waves;
    mmu.trace(&waves, 99);
    waves.open(arguments[2]);
#endif
    IN(reset, 1);
    IN(clock, 0);
    EVALUATE();
    DUMP(0);
    IN(clock, 1);
    EVALUATE();
    IN(reset, 0);
    IN(satp, satp);
    IN(fetch_req_valid, 1);
    IN(data_req_valid, 1);
    IN(mem_req_ready, 1);
    IN(fault_ready, 1);

    size_t fetched = 0, loaded = 0;
    // Two walkers have two requests in flight.
    int pending = 0;
    uint64_t due[2] = {0, 0}, answer[2] = {0, 0};
    const clock_t start = clock();
    for (uint64_t now = 0; now < cycles; now++) {
        IN(clock, 0);
        IN(fetch_req_va, fetch[fetched]);
        IN(data_req_va, data[loaded]);
        IN(data_req_store, store[loaded]);
        IN(data_req_cbo, 0);
        const bool answers = pending && due[0] <= now;
        IN(mem_resp_valid, answers);
        if (answers) {
            IN(mem_resp_data, answer[0]);
            due[0] = due[1];
            answer[0] = answer[1];
            pending--;
        }
        EVALUATE();
        DUMP(now + 1);
        if (OUT(fetch_req_ready) && ++fetched == count) fetched = 0;
        if (OUT(data_req_ready) && ++loaded == count) loaded = 0;
        if (OUT(fetch_resp_valid)) respond(OUT(fetch_resp_pa), OUT(fetch_resp_fault));
        if (OUT(data_resp_valid)) respond(OUT(data_resp_pa), OUT(data_resp_fault));
        if (OUT(mem_req_valid)) {
            due[pending] = now + LATENCY;
            answer[pending] = entry(OUT(mem_req_addr));
            pending++;
        }
        IN(clock, 1);
        EVALUATE();
    }
#ifdef TRACE
    waves.close();
#endif
    const double seconds = double(clock() - start) / CLOCKS_PER_SEC;
    printf("%" PRIu64 " %" PRIx64 " %.6f\n", translations, checksum, seconds);
    return 0;
}
