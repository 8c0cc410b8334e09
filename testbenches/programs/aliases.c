/* One frame under several addresses: what is written by one is read by the other, code that another
   mapping wrote is executed after FENCE.I, and a table changes itself by its own mapping. Privileged
   architecture, "Supervisor Memory-Management Fence Instruction"; unprivileged architecture,
   "Zifencei". */
#include "check.h"

SNIPPET(first, "li a0, 1");
SNIPPET(second, "li a0, 2");
/* Changes an entry at a3 to a4, and reads at a5. */
SNIPPET(change, STORE "a4, (a3)\nsfence.vma a5, x0\n" LOAD "a0, (a5)");
/* Writes an instruction a4 at a3, and executes it there. */
SNIPPET(replace, "sw a4, (a3)\nfence.i\njr a5");
#define CODE (VA + 0x100000)
#define MIRROR (VA + 0x101000)
#define TABLE (VA + 0x102000)
#define SCRIPT (VA + 0x103000)

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  csr_write(satp, satp_of(scheme, 1, root));
  volatile pte *one = place(root, scheme->levels, VA, 0);
  pte *table = (pte *)((word)one & ~(PAGE - 1));
  word flags = V | R | W | A | D;
  *one = entry(data[0], flags);
  *place(root, scheme->levels, VA + PAGE, 0) = entry(data[0], flags);
  volatile pte *code = place(root, scheme->levels, CODE, 0);
  *code = entry(data[1], V | X | A | D);
  *place(root, scheme->levels, MIRROR, 0) = entry(data[1], flags);
  *place(root, scheme->levels, SCRIPT, 0) = entry(data[2], V | X | A | D);
  *place(root, scheme->levels, TABLE, 0) = entry(table, flags);
  fence_all();
  for (word i = 0; i < PAGE; i += 8 * sizeof(word)) {
    store_in(SUPERVISOR, VA + i, i + 1);
    check(load_in(SUPERVISOR, VA + PAGE + i) == i + 1);
    store_in(SUPERVISOR, VA + PAGE + i, i + 2);
    check(load_in(SUPERVISOR, VA + i) == i + 2);
  }
  /* Code, by S-mode itself. */
  copy(data[1], first);
  check(run_in(SUPERVISOR, CODE, 0, 0, 0, 0) == 1 && trap.cause == CALL_S);
  copy(data[2], replace);
  check(run_in(SUPERVISOR, SCRIPT, 0, MIRROR, second[0], CODE) == 2 && trap.cause == CALL_S);
  check(run_in(SUPERVISOR, SCRIPT, 0, MIRROR, first[0], CODE) == 1 && trap.cause == CALL_S);
  /* The same address gets another frame, with other code. */
  copy(data[3], second);
  *code = entry(data[3], V | X | A | D);
  fence_va(CODE);
  check(run_in(SUPERVISOR, CODE, 0, 0, 0, 0) == 2);
  *code = entry(data[1], V | X | A | D);
  fence_va(CODE);
  check(run_in(SUPERVISOR, CODE, 0, 0, 0, 0) == 1);
  /* The table by its own mapping: first another entry, then that of the mapping. */
  copy(data[2], change);
  for (word page = 4; page < 8; page++) {
    data[page][0] = 40 + page;
    word at = TABLE + ((word)one & (PAGE - 1));
    check(run_in(SUPERVISOR, SCRIPT, 0, at, entry(data[page], flags), VA) == 40 + page);
    check(trap.cause == CALL_S);
  }
  word own = TABLE + index_of(TABLE, 0) * sizeof(pte);
  run_in(SUPERVISOR, SCRIPT, 0, own, entry(data[5], flags), TABLE);
  check(trap.cause == CALL_S && load_in(SUPERVISOR, TABLE) == 45);
  *place(root, scheme->levels, TABLE, 0) = entry(table, flags);
  fence_all();
  run_in(SUPERVISOR, SCRIPT, 0, own, 0, TABLE);
  check(trap.cause == LOAD_PAGE && trap.tval == TABLE && trap.epc == SCRIPT + 8);
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
