/* Every combination of R, W, X and U, against every access in S-mode and U-mode, with and without SUM
   and MXR. Privileged architecture, "Virtual Address Translation Process", step 5, and the text on SUM
   and MXR under "Supervisor Status". */
#include "check.h"

static int may(word flags, word mode, int access, word status) {
  if (mode == USER && !(flags & U))
    return 0;
  if (mode == SUPERVISOR && (flags & U) && (access == X || !(status & SUM)))
    return 0;
  if (access == R && (status & MXR) && (flags & X))
    return 1;
  return (flags & access) != 0;
}

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  pte *leaf = place(root, scheme->levels, VA, 0);
  for (unsigned i = 0; i < 1; i++)
    ((unsigned *)data[0])[i] = callee[i];
  csr_write(satp, satp_of(scheme, 1, root));
  for (word flags = 0; flags < 32; flags += 2) {
    word kind = flags & (R | W | X);
    /* Without R, W and X it is a pointer, and W without R is reserved: another program has those. */
    if (kind == 0 || kind == W || kind == (W | X))
      continue;
    *leaf = entry(data[0], flags | V | A | D);
    fence_va(VA);
    for (int choice = 0; choice < 8; choice++) {
      word mode = choice & 1 ? SUPERVISOR : USER;
      word status = (choice & 2 ? SUM : 0) | (choice & 4 ? MXR : 0);
      csr_clear(mstatus, SUM | MXR);
      csr_set(mstatus, status);
      load_in(mode, VA);
      check(trap.cause == (may(flags, mode, R, status) ? NO_TRAP : LOAD_PAGE));
      check(trap.cause == NO_TRAP || trap.tval == VA);
      store_in(mode, VA + 8, 7);
      check(trap.cause == (may(flags, mode, W, status) ? NO_TRAP : STORE_PAGE));
      check(trap.cause == NO_TRAP || trap.tval == VA + 8);
      /* An atomic operation is a store, also where it may not read. */
      swap_in(mode, VA + 16, 7);
      check(trap.cause == (may(flags, mode, W, status) ? NO_TRAP : STORE_PAGE));
      jump_in(mode, VA);
      check(trap.cause == (!may(flags, mode, X, status) ? FETCH_PAGE
                           : mode == USER               ? CALL_U
                                                        : CALL_S));
      check(trap.cause != FETCH_PAGE || (trap.tval == VA && trap.epc == VA));
    }
  }
  csr_clear(mstatus, SUM | MXR);
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
