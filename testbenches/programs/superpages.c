/* Leaves above the last level: each size, the bits that must be zero, the fence by any address of it,
   and a superpage that becomes a table. Privileged architecture, "Virtual Address Translation
   Process", steps 5 to 8, and "Supervisor Memory-Management Fence Instruction". */
#include "check.h"

static void faults(word va) {
  fence_all();
  load_in(SUPERVISOR, va);
  check(trap.cause == LOAD_PAGE && trap.tval == va);
  store_in(SUPERVISOR, va, 1);
  check(trap.cause == STORE_PAGE && trap.tval == va);
  jump_in(SUPERVISOR, va);
  check(trap.cause == FETCH_PAGE && trap.tval == va && trap.epc == va);
}

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  csr_write(satp, satp_of(scheme, 1, root));
  word flags = V | R | W | X | A | D;
  data[0][0] = 7;
  data[1][0] = 8;
  ((unsigned *)data[2])[0] = callee[0];
  for (int level = 1; level < scheme->levels; level++) {
    word size = 1UL << (12 + BITS * level);
    /* The page of this size that has the data, at an address with another one's number. */
    word base = (word)data[0] & ~(size - 1);
    word va = 3 * size;
    volatile pte *leaf = place(root, scheme->levels, va, level);
    pte good = entry((void *)base, flags);
    *leaf = good;
    fence_all();
    /* What is below the page number comes from the address. */
    word at = va + ((word)data[0] - base);
    check(load_in(SUPERVISOR, at) == 7 && trap.cause == NO_TRAP);
    check(load_in(SUPERVISOR, at + PAGE) == 8);
    store_in(SUPERVISOR, at + PAGE + 64, (word)level);
    check(trap.cause == NO_TRAP && *(volatile word *)((word)data[1] + 64) == (word)level);
    jump_in(SUPERVISOR, at + 2 * PAGE);
    check(trap.cause == CALL_S && trap.epc == at + 2 * PAGE);
    /* Each bit of the page number that must be zero. */
    for (int bit = 0; bit < BITS * level; bit++) {
      *leaf = good | (pte)1 << (10 + bit);
      faults(at);
    }
    /* A fence by one address of it concerns all of it. */
    *leaf = good;
    fence_all();
    check(load_in(SUPERVISOR, at) == 7 && load_in(SUPERVISOR, at + PAGE) == 8);
    *leaf = entry((void *)base, V | X | A | D);
    fence_va(at + PAGE);
    load_in(SUPERVISOR, at);
    check(trap.cause == LOAD_PAGE);
    *leaf = 0;
    fence_va(va + size - 1);
    load_in(SUPERVISOR, at + PAGE);
    check(trap.cause == LOAD_PAGE);
    /* It becomes a table, with a page of another frame. */
    pte *table = new_table();
    *leaf = entry(table, V);
    pte *small = place(root, scheme->levels, at, 0);
    *small = entry(data[1], flags);
    fence_all();
    check(load_in(SUPERVISOR, at) == 8);
    load_in(SUPERVISOR, at + PAGE);
    check(trap.cause == LOAD_PAGE);
    /* And a page of that size again. */
    *leaf = good;
    fence_all();
    check(load_in(SUPERVISOR, at) == 7 && load_in(SUPERVISOR, at + PAGE) == 8);
    *leaf = 0;
    fence_all();
    used = 1;
  }
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
