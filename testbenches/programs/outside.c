/* Frames and tables where no memory is: an access fault of the access's own kind, and only if the
   entries permit the access. Physical addresses are not cut, neither the 34 bits of Sv32 nor the 56 of
   the others. Privileged architecture, "Virtual Address Translation Process", steps 2 and 8. */
#include "check.h"

static const pte nowhere[] = {
#if __riscv_xlen == 64
    0x4000000000UL >> 12, 1UL << 43 | 0x80000000UL >> 12, 1UL << 32, (1UL << 44) - 1,
#else
    /* RAM would be at these addresses if only their lower 32 bits counted. */
    0x180000000ULL >> 12, 0x280000000ULL >> 12, 0x380000000ULL >> 12, (1UL << 22) - 1,
#endif
};

static void refused(word va) {
  fence_all();
  load_in(SUPERVISOR, va);
  check(trap.cause == LOAD_ACCESS && trap.tval == va);
  store_in(SUPERVISOR, va, 1);
  check(trap.cause == STORE_ACCESS && trap.tval == va);
  swap_in(SUPERVISOR, va, 1);
  check(trap.cause == STORE_ACCESS && trap.tval == va);
  jump_in(SUPERVISOR, va);
  check(trap.cause == FETCH_ACCESS && trap.tval == va && trap.epc == va);
}

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  csr_write(satp, satp_of(scheme, 1, root));
  word flags = V | R | W | X | A | D;
  for (unsigned i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
    pte *leaf = place(root, scheme->levels, VA, 0);
    *leaf = nowhere[i] << 10 | flags;
    refused(VA);
    /* What the entry refuses is not looked for. */
    *leaf = nowhere[i] << 10 | V | R | A | D;
    fence_all();
    load_in(SUPERVISOR, VA);
    check(trap.cause == LOAD_ACCESS);
    store_in(SUPERVISOR, VA, 1);
    check(trap.cause == STORE_PAGE);
    jump_in(SUPERVISOR, VA);
    check(trap.cause == FETCH_PAGE);
    load_in(USER, VA);
    check(trap.cause == LOAD_PAGE);
    /* A table of each level. */
    for (int level = 1; level < scheme->levels; level++) {
      pte *above = place(root, scheme->levels, VA, level);
      pte before = *above;
      *above = nowhere[i] << 10 | V;
      refused(VA);
      *above = before;
    }
    *leaf = entry(data[0], flags);
    fence_all();
    load_in(SUPERVISOR, VA);
    check(trap.cause == NO_TRAP);
    /* The root, where satp holds so many bits. */
    csr_write(satp, satp_of(scheme, 1, 0) | nowhere[i]);
    if (csr_read(satp) == (satp_of(scheme, 1, 0) | nowhere[i]))
      refused(VA);
    csr_write(satp, satp_of(scheme, 1, root));
    fence_all();
    load_in(SUPERVISOR, VA);
    check(trap.cause == NO_TRAP);
  }
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
