/* Accesses that lie on two pages: both must permit them, the address of a fault is that of the part
   that faults, and nothing has happened when one does. */
#include "check.h"

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  pte *first = place(root, scheme->levels, VA, 0);
  pte *second = place(root, scheme->levels, VA + PAGE, 0);
  word flags = V | R | W | X | A | D;
  csr_write(satp, satp_of(scheme, 0, root));
  word edge = VA + PAGE - sizeof(word) / 2;
  word *last = &data[0][PAGE / sizeof(word) - 1];
  *last = 0;
  data[2][0] = 0;
  *first = entry(data[0], flags);
  *second = entry(data[2], flags);
  fence_all();
  /* Misaligned accesses may trap as such; then there is nothing to see here. */
  word value = (word)0x1122334455667788ULL;
  store_in(SUPERVISOR, edge, value);
  if (trap.cause == NO_TRAP) {
    check(load_in(SUPERVISOR, edge) == value);
    *second = entry(data[2], flags & ~(word)W);
    fence_all();
    word before = *last;
    store_in(SUPERVISOR, edge, ~value);
    check(trap.cause == STORE_PAGE && trap.tval == VA + PAGE);
    check(*last == before && load_in(SUPERVISOR, edge) == value);
    *second = 0;
    fence_all();
    load_in(SUPERVISOR, edge);
    check(trap.cause == LOAD_PAGE && trap.tval == VA + PAGE);
    *first = 0;
    fence_all();
    load_in(SUPERVISOR, edge);
    check(trap.cause == LOAD_PAGE && trap.tval == edge);
  }
#ifdef __riscv_compressed
  /* An instruction on two pages. */
  unsigned short *half = (unsigned short *)data[0] + PAGE / 2 - 1;
  unsigned short *rest = (unsigned short *)data[2];
  *half = (unsigned short)callee[0];
  rest[0] = (unsigned short)(callee[0] >> 16);
  word at = VA + PAGE - 2;
  *first = entry(data[0], flags);
  *second = entry(data[2], flags);
  fence_all();
  __asm__ volatile("fence.i" ::: "memory");
  jump_in(SUPERVISOR, at);
  check(trap.cause == CALL_S && trap.epc == at);
  *second = entry(data[2], flags & ~(word)X);
  fence_all();
  jump_in(SUPERVISOR, at);
  check(trap.cause == FETCH_PAGE && trap.epc == at && trap.tval == VA + PAGE);
  *first = entry(data[0], flags & ~(word)X);
  fence_all();
  jump_in(SUPERVISOR, at);
  check(trap.cause == FETCH_PAGE && trap.epc == at && trap.tval == at);
#endif
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
