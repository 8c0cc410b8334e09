/* Operands of fences that name no page or more than an address space, and Svinval: the forms of
   SINVAL.VMA between its two fences, and who may execute them. Privileged architecture, "Supervisor
   Memory-Management Fence Instruction", "Svinval". */
#include "check.h"

/* sfence.w.inval, sinval.vma with each choice of operands, sfence.inval.ir */
#define BEFORE ".word 0x18000073\n"
#define AFTER "\n.word 0x18100073"
SNIPPET(all, BEFORE ".word 0x16000073" AFTER);
SNIPPET(by_va, BEFORE ".word 0x16068073" AFTER);        /* a3, x0 */
SNIPPET(by_asid, BEFORE ".word 0x16e00073" AFTER);      /* x0, a4 */
SNIPPET(by_both, BEFORE ".word 0x16e68073" AFTER);      /* a3, a4 */
SNIPPET(begin, ".word 0x18000073");
SNIPPET(end, ".word 0x18100073");
SNIPPET(only, ".word 0x16000073");
SNIPPET(fence, "sfence.vma a3, a4");
#define CODE (VA + 0x100000)
#define CODE_U (VA + 0x101000)

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  volatile pte *leaf = place(root, scheme->levels, VA, 0);
  *place(root, scheme->levels, CODE, 0) = entry(data[7], V | X | G | A | D);
  *place(root, scheme->levels, CODE_U, 0) = entry(data[7], V | X | U | G | A | D);
  word flags = V | R | W | A | D;
  for (int page = 0; page < 7; page++)
    data[page][0] = 100 + page;
  csr_write(satp, satp_of(scheme, 1, root));
  *leaf = entry(data[0], flags);
  fence_all();
  check(load_in(SUPERVISOR, VA) == 100);
  /* Bits of the second operand above those of an ASID do not count. */
  *leaf = entry(data[1], flags);
  fence_asid(1UL << (sizeof(word) * 8 - 1) | 1);
  check(load_in(SUPERVISOR, VA) == 101);
  /* An address that is not canonical is no error. */
  copy(data[7], fence);
  run_in(SUPERVISOR, CODE, 0, 1UL << (sizeof(word) * 8 - 2), 1, 0);
  check(trap.cause == CALL_S);
  check(load_in(SUPERVISOR, VA) == 101);
  /* Lower bits of the first do not count. */
  *leaf = entry(data[2], flags);
  run_in(SUPERVISOR, CODE, 0, VA + PAGE - 1, 1, 0);
  check(trap.cause == CALL_S && load_in(SUPERVISOR, VA) == 102);
  /* Svinval, if it is there. */
  copy(data[7], all);
  run_in(SUPERVISOR, CODE, 0, VA, 1, 0);
  if (trap.cause == ILLEGAL)
    return;
  say("Svinval\n");
  *leaf = entry(data[3], flags);
  run_in(SUPERVISOR, CODE, 0, VA, 1, 0);
  check(trap.cause == CALL_S && load_in(SUPERVISOR, VA) == 103);
  *leaf = entry(data[4], flags);
  copy(data[7], by_va);
  run_in(SUPERVISOR, CODE, 0, VA + 24, 9, 0);
  check(trap.cause == CALL_S && load_in(SUPERVISOR, VA) == 104);
  *leaf = entry(data[5], flags);
  copy(data[7], by_asid);
  run_in(SUPERVISOR, CODE, 0, 0, 1, 0);
  check(trap.cause == CALL_S && load_in(SUPERVISOR, VA) == 105);
  *leaf = entry(data[6], flags);
  copy(data[7], by_both);
  run_in(SUPERVISOR, CODE, 0, VA, 1, 0);
  check(trap.cause == CALL_S && load_in(SUPERVISOR, VA) == 106);
  /* TVM stops SINVAL.VMA, not its fences; U-mode may none of them. */
  csr_set(mstatus, TVM);
  copy(data[7], only);
  run_in(SUPERVISOR, CODE, 0, 0, 0, 0);
  check(trap.cause == ILLEGAL && trap.epc == CODE);
  copy(data[7], begin);
  run_in(SUPERVISOR, CODE, 0, 0, 0, 0);
  check(trap.cause == CALL_S);
  copy(data[7], end);
  run_in(SUPERVISOR, CODE, 0, 0, 0, 0);
  check(trap.cause == CALL_S);
  csr_clear(mstatus, TVM);
  run_in(USER, CODE_U, 0, 0, 0, 0);
  check(trap.cause == ILLEGAL && trap.epc == CODE_U);
  copy(data[7], begin);
  run_in(USER, CODE_U, 0, 0, 0, 0);
  check(trap.cause == ILLEGAL);
  copy(data[7], only);
  run_in(USER, CODE_U, 0, 0, 0, 0);
  check(trap.cause == ILLEGAL);
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
