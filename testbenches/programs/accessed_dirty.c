/* A and D: without Svadu an access that needs them set is a page fault; with `menvcfg.ADUE` the
   hardware sets them, and nothing else. Privileged architecture, "Virtual Address Translation
   Process", step 9, and "Svade", "Svadu". */
#include "check.h"

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  volatile pte *leaf = place(root, scheme->levels, VA, 0);
  csr_write(satp, satp_of(scheme, 0, root));
  word base = V | R | W | X;
  ((unsigned *)data[0])[0] = callee[0];
  for (int adue = 0; adue < 2; adue++) {
#if __riscv_xlen == 64
    word bit = 1UL << 61;
    csr_clear(menvcfg, bit);
    if (adue) {
      csr_set(menvcfg, bit);
      if (!(csr_read(menvcfg) & bit))
        return;
    }
#else
    word bit = 1UL << 29;
    csr_clear(0x31a, bit); /* menvcfgh */
    if (adue) {
      csr_set(0x31a, bit);
      if (!(csr_read(0x31a) & bit))
        return;
    }
#endif
    /* Neither is set. */
    *leaf = entry(data[0], base);
    fence_all();
    load_in(SUPERVISOR, VA);
    check(trap.cause == (adue ? NO_TRAP : LOAD_PAGE));
    check((*leaf & (A | D)) == (adue ? A : 0));
    *leaf = entry(data[0], base);
    fence_all();
    jump_in(SUPERVISOR, VA);
    check(trap.cause == (adue ? CALL_S : FETCH_PAGE));
    check((*leaf & (A | D)) == (adue ? A : 0));
    *leaf = entry(data[0], base);
    fence_all();
    store_in(SUPERVISOR, VA + 8, 1);
    check(trap.cause == (adue ? NO_TRAP : STORE_PAGE));
    check((*leaf & (A | D)) == (adue ? A | D : 0));
    /* A is set: a load may, a store needs D. */
    *leaf = entry(data[0], base | A);
    fence_all();
    load_in(SUPERVISOR, VA);
    check(trap.cause == NO_TRAP && (*leaf & (A | D)) == A);
    store_in(SUPERVISOR, VA + 8, 1);
    check(trap.cause == (adue ? NO_TRAP : STORE_PAGE));
    check((*leaf & (A | D)) == (adue ? A | D : A));
    /* An access that is refused sets nothing. */
    *leaf = entry(data[0], V | R);
    fence_all();
    store_in(SUPERVISOR, VA + 8, 1);
    check(trap.cause == STORE_PAGE && (*leaf & (A | D)) == 0);
    /* A superpage has them, too. */
    word va = VA + (8UL << 20);
    volatile pte *large = place(root, scheme->levels, va, 1);
    *large = (pte)(0x80000000UL >> 12 << 10 | base);
    fence_all();
    load_in(SUPERVISOR, va + 64);
    check(trap.cause == (adue ? NO_TRAP : LOAD_PAGE));
    check((*large & (A | D)) == (adue ? A : 0));
  }
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
