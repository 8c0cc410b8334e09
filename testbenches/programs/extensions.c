/* Svnapot and Svpbmt, where the MMU has them; where not, their bits are reserved. It prints which it
   found. Privileged architecture, "Svnapot", "Svpbmt". */
#include "check.h"

#if __riscv_xlen == 64
#define N (1UL << 63)
#define PBMT_SHIFT 61
#define PBMTE (1UL << 62)
/* 64 KiB, and the encoding of that size in the lower bits of the page number. */
static word range[16][PAGE / sizeof(word)] __attribute__((aligned(65536)));
#define SIZE_64K (8UL << 10)

static void faults(word va) {
  fence_all();
  load_in(SUPERVISOR, va);
  check(trap.cause == LOAD_PAGE && trap.tval == va);
  store_in(SUPERVISOR, va, 1);
  check(trap.cause == STORE_PAGE && trap.tval == va);
  jump_in(SUPERVISOR, va);
  check(trap.cause == FETCH_PAGE && trap.tval == va);
}

static void works(word va, word value) {
  fence_all();
  check(load_in(SUPERVISOR, va) == value && trap.cause == NO_TRAP);
}

static void napot(const struct scheme *scheme, pte *root) {
  word flags = V | R | W | X | A | D;
  volatile pte *leaf = place(root, scheme->levels, VA, 0);
  volatile pte *above = place(root, scheme->levels, VA, 1);
  for (int page = 0; page < 16; page++) {
    leaf[page] = entry(range, flags | N | SIZE_64K);
    range[page][0] = 200 + page;
  }
  fence_all();
  load_in(SUPERVISOR, VA);
  int has = trap.cause == NO_TRAP;
  if (has)
    say("Svnapot\n");
  for (int page = 15; page >= 0; page--) {
    word va = VA + page * PAGE;
    if (has)
      works(va, 200 + page);
    else
      faults(va);
  }
  /* Every other encoding of a size is reserved. */
  for (word code = 0; code < 16; code++) {
    *leaf = entry(range, flags | N | code << 10);
    if (code != 8)
      faults(VA);
  }
  /* In a larger page, and in a pointer, N is reserved. */
  pte pointer = *above;
  *above = (pte)(0x80000000UL >> 12 << 10 | flags | N | SIZE_64K);
  faults(VA);
  *above = pointer | N;
  faults(VA);
  *above = pointer;
  *leaf = entry(range, flags);
  works(VA, 200);
}

static void pbmt(const struct scheme *scheme, pte *root) {
  word flags = V | R | W | X | A | D;
  volatile pte *leaf = place(root, scheme->levels, VA, 0);
  volatile pte *above = place(root, scheme->levels, VA, 1);
  pte pointer = *above;
  csr_set(menvcfg, PBMTE);
  int has = (csr_read(menvcfg) & PBMTE) != 0;
  if (has)
    say("Svpbmt\n");
  for (word type = 1; type < 4; type++) {
    *leaf = entry(range, flags | type << PBMT_SHIFT);
    if (has && type != 3)
      works(VA, 200);
    else
      faults(VA);
    *leaf = entry(range, flags);
    *above = pointer | type << PBMT_SHIFT;
    faults(VA);
    *above = pointer;
  }
  csr_clear(menvcfg, PBMTE);
  for (word type = 1; type < 4; type++) {
    *leaf = entry(range, flags | type << PBMT_SHIFT);
    faults(VA);
  }
}

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  csr_write(satp, satp_of(scheme, 1, root));
  napot(scheme, root);
  pbmt(scheme, root);
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
#else
/* Sv32 has neither. */
int main(void) { return 0; }
#endif
