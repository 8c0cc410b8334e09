/* How PMP entries match: TOR, NA4, NAPOT, the first one that matches, accesses that match in part,
   none that matches, locked entries, a page of which only a part is permitted, and A and D that the
   walker may not write. Privileged architecture, "Physical Memory Protection", "Svade" and "Svadu". */
#include "check.h"

enum { READ = 1, WRITE = 2, EXECUTE = 4, TOR = 8, NA4 = 16, NAPOT = 24, LOCKED = 128 };
#define ALL (READ | WRITE | EXECUTE)

static void set(word a0, word a1, word a2, word c0, word c1, word c2) {
  csr_write(pmpcfg0, 0);
  csr_write(pmpaddr0, a0);
  csr_write(pmpaddr1, a1);
  csr_write(pmpaddr2, a2);
  csr_write(pmpcfg0, c0 | c1 << 8 | c2 << 16);
  fence_all();
}

static word napot(const volatile void *base, word bytes) {
  return (word)base >> 2 | ((bytes >> 3) - 1);
}

static long load(word va) {
  load_in(SUPERVISOR, va);
  check(trap.cause == NO_TRAP || trap.tval == va);
  return trap.cause;
}

static long store(word va) {
  store_in(SUPERVISOR, va, 1);
  check(trap.cause == NO_TRAP || trap.tval == va);
  return trap.cause;
}

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  word flags = V | R | W | X | A | D;
  volatile pte *leaf = place(root, scheme->levels, VA, 0);
  *leaf = entry(data[0], flags);
  *place(root, scheme->levels, VA + PAGE, 0) = entry(data[1], flags);
  word base = (word)data[0];
  csr_write(satp, satp_of(scheme, 1, root));
  /* TOR: from one address up to the next one, not with it. */
  set((base + 64) >> 2, (base + 256) >> 2, -1UL, 0, TOR | READ, NAPOT | ALL);
  check(store(VA + 64 - sizeof(word)) == NO_TRAP);
  check(load(VA + 64) == NO_TRAP && store(VA + 64) == STORE_ACCESS);
  check(load(VA + 248) == NO_TRAP && store(VA + 248) == STORE_ACCESS);
  check(store(VA + 256) == NO_TRAP);
  /* An empty range matches nothing. */
  set((base + 256) >> 2, (base + 64) >> 2, -1UL, 0, TOR, NAPOT | ALL);
  check(store(VA + 64) == NO_TRAP && store(VA + 128) == NO_TRAP);
  /* The first entry with any byte of the access decides, and must have them all. */
  set((base + 512) >> 2, -1UL, -1UL, NA4, NAPOT | ALL, 0);
  if ((csr_read(pmpcfg0) & NAPOT) == NA4) {
    check(load(VA + 512) == LOAD_ACCESS && store(VA + 512) == STORE_ACCESS);
    check(load(VA + 512 - sizeof(word)) == NO_TRAP && load(VA + 520) == NO_TRAP);
    set((base + 512) >> 2, -1UL, -1UL, NA4 | ALL, NAPOT | ALL, 0);
    check(load(VA + 512) == (sizeof(word) == 8 ? LOAD_ACCESS : NO_TRAP));
  }
  /* The first that matches decides, though a later one says otherwise. */
  set(napot(data[0], PAGE), napot(data[0], 2 * PAGE), -1UL, NAPOT | ALL, NAPOT, NAPOT | ALL);
  check(store(VA) == NO_TRAP);
  check(load(VA + PAGE) == LOAD_ACCESS);
  set(napot(data[0], PAGE), -1UL, -1UL, NAPOT, NAPOT | ALL, NAPOT | ALL);
  check(load(VA) == LOAD_ACCESS && load(VA + PAGE) == NO_TRAP);
  /* Without translation as with it. */
  csr_write(satp, 0);
  check(load(base) == LOAD_ACCESS && load(base + PAGE) == NO_TRAP);
  check(load_in(MACHINE, base) != 1234567 && trap.cause == NO_TRAP);
  csr_write(satp, satp_of(scheme, 1, root));
  /* What no entry matches, only M-mode may. */
  set(napot(root, PAGE), 0, 0, NAPOT | ALL, 0, 0);
  check(load(base) != NO_TRAP);
  csr_write(satp, 0);
  check(load(base) == LOAD_ACCESS && store(base) == STORE_ACCESS);
  jump_in(SUPERVISOR, base);
  check(trap.cause == FETCH_ACCESS && trap.tval == base);
  load_in(MACHINE, base);
  check(trap.cause == NO_TRAP);
  csr_write(satp, satp_of(scheme, 1, root));
  /* A superpage of which one page is not permitted. */
  word size = 1UL << (12 + BITS);
  word start = base & ~(size - 1), va = VA + 2 * size;
  *place(root, scheme->levels, va, 1) = entry((void *)start, flags);
  set(napot(data[2], PAGE), -1UL, -1UL, NAPOT | READ, NAPOT | ALL, 0);
  word at = va + ((word)data[2] - start);
  check(store(at - 64) == NO_TRAP && store(at + PAGE) == NO_TRAP);
  check(load(at) == NO_TRAP && store(at) == STORE_ACCESS && store(at + PAGE - 64) == STORE_ACCESS);
  check(store(at - 64) == NO_TRAP);
  /* A and D: the walker's writes are judged, too. */
#if __riscv_xlen == 64
  csr_set(menvcfg, 1UL << 61);
  int updates = (csr_read(menvcfg) >> 61 & 1) != 0;
#else
  csr_set(0x31a, 1UL << 29); /* menvcfgh */
  int updates = (csr_read(0x31a) >> 29 & 1) != 0;
#endif
  if (updates) {
    void *table = (void *)((word)leaf & ~(PAGE - 1));
    set(napot(table, PAGE), -1UL, -1UL, NAPOT | READ, NAPOT | ALL, 0);
    *leaf = entry(data[0], V | R | W | X);
    fence_all();
    check(load(VA) == LOAD_ACCESS && store(VA) == STORE_ACCESS && !(*leaf & (A | D)));
    *leaf = entry(data[0], V | R | W | X | A);
    fence_all();
    check(load(VA) == NO_TRAP && store(VA) == STORE_ACCESS && !(*leaf & D));
    *leaf = entry(data[0], flags);
    fence_all();
    check(load(VA) == NO_TRAP && store(VA) == NO_TRAP);
  }
#if __riscv_xlen == 64
  csr_clear(menvcfg, 1UL << 61);
#else
  csr_clear(0x31a, 1UL << 29);
#endif
  set(-1UL, 0, 0, NAPOT | ALL, 0, 0);
}

/* A locked entry binds M-mode, and cannot be changed until reset. */
static void locked(void) {
  set(napot(data[7], PAGE), -1UL, 0, NAPOT | LOCKED | READ, NAPOT | ALL, 0);
  word address = csr_read(pmpaddr0);
  load_in(MACHINE, (word)data[7]);
  check(trap.cause == NO_TRAP);
  store_in(MACHINE, (word)data[7], 1);
  check(trap.cause == STORE_ACCESS && trap.tval == (word)data[7]);
  store_in(MACHINE, (word)data[6], 1);
  check(trap.cause == NO_TRAP);
  csr_write(pmpaddr0, 0);
  csr_write(pmpcfg0, 0);
  check(csr_read(pmpaddr0) == address);
  check((csr_read(pmpcfg0) & 0xff) == (NAPOT | LOCKED | READ));
  fence_all();
  store_in(MACHINE, (word)data[7], 1);
  check(trap.cause == STORE_ACCESS);
}

int main(void) {
  in_each_scheme(test);
  locked();
  return 0;
}
