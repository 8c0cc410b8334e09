// The benchmark's closed loop around the exported Verilog; `ours.rs` and `traffic.rs` say what
// it means. Reads requests.txt; prints translations, checksum and CPU seconds.
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "Vmmu.h"
#include "verilated.h"

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

static void clock_cycle(Vmmu &mmu) {
    mmu.clock = 1;
    mmu.eval();
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

    Vmmu mmu;
    mmu.reset = 1;
    mmu.clock = 0;
    mmu.eval();
    clock_cycle(mmu);
    mmu.reset = 0;
    mmu.satp = satp;
    mmu.fetch_req_valid = mmu.data_req_valid = mmu.mem_req_ready = mmu.fault_ready = 1;

    size_t fetched = 0, loaded = 0;
    bool pending = false;
    uint64_t due = 0, answer = 0;
    const clock_t start = clock();
    for (uint64_t now = 0; now < cycles; now++) {
        mmu.clock = 0;
        mmu.fetch_req_va = fetch[fetched];
        mmu.data_req_va = data[loaded];
        mmu.data_req_store = store[loaded];
        mmu.mem_resp_valid = pending && due <= now;
        if (mmu.mem_resp_valid) {
            mmu.mem_resp_data = answer;
            pending = false;
        }
        mmu.eval();
        if (mmu.fetch_req_ready && ++fetched == count) fetched = 0;
        if (mmu.data_req_ready && ++loaded == count) loaded = 0;
        if (mmu.fetch_resp_valid) respond(mmu.fetch_resp_pa, mmu.fetch_resp_fault);
        if (mmu.data_resp_valid) respond(mmu.data_resp_pa, mmu.data_resp_fault);
        if (mmu.mem_req_valid) {
            pending = true;
            due = now + LATENCY;
            answer = entry(mmu.mem_req_addr);
        }
        clock_cycle(mmu);
    }
    const double seconds = double(clock() - start) / CLOCKS_PER_SEC;
    printf("%" PRIu64 " %" PRIx64 " %.6f\n", translations, checksum, seconds);
    return 0;
}
