/* PMP: judged for each access by its physical address and its mode, and for the walker's reads of
   page tables as for S-mode. Privileged architecture, "Physical Memory Protection". */
#include "check.h"

/* NAPOT, R, W, X. */
enum { NAPOT = 0x18, PERMIT = 7 };

static void region(int number, word base, word bytes, word permissions) {
  word address = base >> 2 | ((bytes >> 3) - 1);
  word shift = 8 * (number % (int)sizeof(word));
  word cleared = csr_read(pmpcfg0) & ~(0xffUL << shift);
  if (number == 0)
    csr_write(pmpaddr0, address);
  else
    csr_write(pmpaddr1, address);
  csr_write(pmpcfg0, cleared | (NAPOT | permissions) << shift);
  fence_all();
}

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  pte *leaf = place(root, scheme->levels, VA, 0);
  *leaf = entry(data[0], V | R | W | X | A | D);
  ((unsigned *)data[0])[0] = callee[0];
  csr_write(satp, satp_of(scheme, 0, root));
  /* Entry 1 permits everything, entry 0 decides about one page. */
  csr_write(pmpaddr1, -1UL);
  csr_write(pmpcfg0, (word)(NAPOT | PERMIT) << 8);
  fence_all();
  for (word permissions = 0; permissions < 8; permissions++) {
    /* W without R is reserved. */
    if ((permissions & 3) == 2)
      continue;
    region(0, (word)data[0], PAGE, permissions);
    load_in(SUPERVISOR, VA);
    check(trap.cause == (permissions & 1 ? NO_TRAP : LOAD_ACCESS));
    check(trap.cause == NO_TRAP || trap.tval == VA);
    store_in(SUPERVISOR, VA + 8, 1);
    check(trap.cause == (permissions & 2 ? NO_TRAP : STORE_ACCESS));
    jump_in(SUPERVISOR, VA);
    check(trap.cause == (permissions & 4 ? CALL_S : FETCH_ACCESS));
    /* M-mode is not bound by an entry that is not locked. */
    check(load_in(MACHINE, (word)data[0]) != 0 && trap.cause == NO_TRAP);
  }
  /* Tables are read as S-mode does: an access fault of the access's own kind. */
  region(0, (word)root, PAGE, 0);
  load_in(SUPERVISOR, VA);
  check(trap.cause == LOAD_ACCESS && trap.tval == VA);
  store_in(SUPERVISOR, VA + 8, 1);
  check(trap.cause == STORE_ACCESS && trap.tval == VA + 8);
  jump_in(SUPERVISOR, VA);
  check(trap.cause == FETCH_ACCESS && trap.tval == VA);
  region(0, (word)root, PAGE, 1);
  load_in(SUPERVISOR, VA);
  check(trap.cause == NO_TRAP);
  csr_write(pmpcfg0, (word)(NAPOT | PERMIT) << 8);
  fence_all();
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
