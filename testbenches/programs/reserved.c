/* Entries that are not valid, and bits that must be zero. Privileged architecture, "Virtual Address
   Translation Process", steps 3 to 6, and the encodings of the flags. */
#include "check.h"

static pte *root;

static void faults(word va) {
  fence_all();
  load_in(SUPERVISOR, va);
  check(trap.cause == LOAD_PAGE && trap.tval == va);
  store_in(SUPERVISOR, va, 1);
  check(trap.cause == STORE_PAGE && trap.tval == va);
  jump_in(SUPERVISOR, va);
  check(trap.cause == FETCH_PAGE && trap.tval == va);
}

static void works(word va) {
  fence_all();
  load_in(SUPERVISOR, va);
  check(trap.cause == NO_TRAP);
}

static void test(const struct scheme *scheme) {
  root = new_table();
  pte *leaf = place(root, scheme->levels, VA, 0);
  pte *above = place(root, scheme->levels, VA, 1);
  pte good = entry(data[0], V | R | W | X | A | D);
  csr_write(satp, satp_of(scheme, 0, root));
  *leaf = good;
  works(VA);
  *leaf = good & ~V;
  faults(VA);
  /* W without R is reserved. */
  *leaf = entry(data[0], V | W | A | D);
  faults(VA);
  *leaf = entry(data[0], V | W | X | A | D);
  faults(VA);
  /* A pointer at the last level leads nowhere. */
  *leaf = entry(data[0], V);
  faults(VA);
  *leaf = good;
  works(VA);
  /* In a pointer A, D and U are reserved. */
  pte pointer = *above;
  for (unsigned bit = U; bit <= D; bit <<= 1) {
    *above = pointer | bit;
    if (bit == G)
      works(VA);
    else
      faults(VA);
  }
  *above = pointer;
  works(VA);
#if __riscv_xlen == 64
  /* Bits 60 to 54 are reserved; so are N and PBMT, which this machine is told not to have. */
  for (int bit = 54; bit < 61; bit++) {
    *leaf = good | 1UL << bit;
    faults(VA);
    *leaf = good;
    *above = pointer | 1UL << bit;
    faults(VA);
    *above = pointer;
  }
  /* Addresses whose upper bits do not repeat the highest one. */
  int high = 12 + BITS * scheme->levels - 1;
  works(VA);
  for (int bit = high + 1; bit < 64; bit++)
    faults(VA | 1UL << bit);
#endif
  /* Superpages whose lower page number bits are not zero. */
  for (int level = 1; level < scheme->levels; level++) {
    word va = VA + (word)level * (1UL << (12 + BITS * level) % (8 * sizeof(word)));
    if (level > 1)
      break;
    pte *large = place(root, scheme->levels, VA + (4UL << 20) * 2, level);
    va = VA + (4UL << 20) * 2;
    *large = (pte)(0x80000000UL >> 12 << 10 | V | R | W | X | A | D);
    works(va);
    *large = (pte)((0x80000000UL + PAGE) >> 12 << 10 | V | R | W | X | A | D);
    faults(va);
  }
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
