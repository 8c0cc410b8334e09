/* The ends of the address space: the highest and lowest pages of both halves, what is beyond them,
   and what runs over an end. Privileged architecture, "Sv39: Page-Based 39-bit Virtual-Memory System"
   and its like for the other schemes, on addresses that are not canonical. */
#include "check.h"

SNIPPET(nothing, "nop");

static void works(word va, word value) {
  check(load_in(SUPERVISOR, va) == value && trap.cause == NO_TRAP);
  store_in(SUPERVISOR, va + 64, value);
  check(trap.cause == NO_TRAP);
  jump_in(SUPERVISOR, va + 128);
  check(trap.cause == CALL_S && trap.epc == va + 128);
}

#if __riscv_xlen == 64
static void faults(word va) {
  load_in(SUPERVISOR, va);
  check(trap.cause == LOAD_PAGE && trap.tval == va);
  store_in(SUPERVISOR, va, 1);
  check(trap.cause == STORE_PAGE && trap.tval == va);
  jump_in(SUPERVISOR, va);
  check(trap.cause == FETCH_PAGE && trap.tval == va);
}
#endif

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  csr_write(satp, satp_of(scheme, 1, root));
  word half = 1UL << (12 + BITS * scheme->levels - 1);
  word pages[] = {0, half - PAGE, -half, -PAGE};
  for (unsigned i = 0; i < 4; i++) {
    data[i][0] = 50 + i;
    ((unsigned *)data[i])[32] = callee[0];
    *place(root, scheme->levels, pages[i], 0) = entry(data[i], V | R | W | X | A | D);
  }
  fence_all();
  for (unsigned i = 0; i < 4; i++)
    works(pages[i], 50 + i);
#if __riscv_xlen == 64
  faults(half);
  faults(-half - PAGE);
  faults(half | 128);
  faults(1UL << 63);
  faults(~(1UL << 63) & -PAGE);
  /* An access that begins below the end, and one that begins below the upper half. */
  word edge = half - 4;
  load_in(SUPERVISOR, edge);
  check(trap.cause == LOAD_MISALIGNED || (trap.cause == LOAD_PAGE && trap.tval == half));
  store_in(SUPERVISOR, -half - 4, 1);
  check(trap.cause == STORE_MISALIGNED || (trap.cause == STORE_PAGE && trap.tval == -half - 4));
  /* Execution runs over the end. */
  ((unsigned *)data[1])[1023] = nothing[0];
  __asm__ volatile("fence.i" ::: "memory");
  jump_in(SUPERVISOR, half - 4);
  check(trap.cause == FETCH_PAGE && trap.epc == half && trap.tval == half);
#endif
  /* After the last address comes the first. */
  ((unsigned *)data[3])[1023] = nothing[0];
  ((unsigned *)data[0])[0] = callee[0];
  __asm__ volatile("fence.i" ::: "memory");
  jump_in(SUPERVISOR, -4UL);
  check(trap.cause == CALL_S && trap.epc == 0);
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
