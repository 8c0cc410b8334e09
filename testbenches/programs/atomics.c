/* LR faults as a load, SC and the atomic operations as stores, whatever the entry lacks; a pair that
   may succeeds. Unprivileged architecture, "Load-Reserved/Store-Conditional Instructions"; privileged
   architecture, "Supervisor Cause Register", on the causes of AMOs. */
#include "check.h"

SNIPPET(reserve, "lr.w a0, (a3)");
SNIPPET(pair, "lr.w a0, (a3)\nsc.w a0, a5, (a4)");
SNIPPET(add, "amoadd.w a0, a5, (a3)");
#define CODE (VA + 0x100000)
#define ONE VA
#define TWO (VA + PAGE)

static volatile pte *one, *two;

static long of(const unsigned *from, const unsigned *end, word a3, word a4) {
  copy_code(data[4], from, end);
  fence_all();
  run_in(SUPERVISOR, CODE, 0, a3, a4, 5);
  return trap.cause;
}
#define cause_of(name, a3, a4) of(name, name##_end, a3, a4)

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  csr_write(satp, satp_of(scheme, 1, root));
  one = place(root, scheme->levels, ONE, 0);
  two = place(root, scheme->levels, TWO, 0);
  *place(root, scheme->levels, CODE, 0) = entry(data[4], V | X | A | D);
  word all = V | R | W | X | A | D;
  volatile unsigned *at = (volatile unsigned *)data[0];
  /* A pair, and an addition. */
  *one = entry(data[0], all);
  *at = 3;
  copy(data[4], pair);
  fence_all();
  check(run_in(SUPERVISOR, CODE, 0, ONE, ONE, 5) == 0 && trap.cause == CALL_S && *at == 5);
  copy(data[4], add);
  check(run_in(SUPERVISOR, CODE, 0, ONE, 0, 5) == 5 && trap.cause == CALL_S && *at == 10);
  /* The frame twice, where only one may be written. */
  *two = entry(data[0], V | R | A | D);
  check(cause_of(reserve, TWO, 0) == CALL_S);
  check(cause_of(pair, ONE, TWO) == STORE_PAGE && trap.tval == TWO && *at == 10);
  check(cause_of(add, TWO, 0) == STORE_PAGE && trap.tval == TWO && *at == 10);
  /* Nothing there. */
  *two = 0;
  check(cause_of(reserve, TWO, 0) == LOAD_PAGE && trap.tval == TWO);
  check(cause_of(pair, ONE, TWO) == STORE_PAGE && trap.tval == TWO);
  check(cause_of(add, TWO, 0) == STORE_PAGE && trap.tval == TWO && trap.epc == CODE);
  /* Not to be read, which MXR changes for LR. */
  *two = entry(data[0], V | X | A | D);
  check(cause_of(reserve, TWO, 0) == LOAD_PAGE);
  csr_set(mstatus, MXR);
  check(cause_of(reserve, TWO, 0) == CALL_S);
  check(cause_of(add, TWO, 0) == STORE_PAGE);
  csr_clear(mstatus, MXR);
  /* D is clear: LR may, without hardware that sets it the others may not. Then A, too. */
  *two = entry(data[0], all & ~(word)D);
  check(cause_of(reserve, TWO, 0) == CALL_S);
  check(cause_of(pair, ONE, TWO) == STORE_PAGE);
  check(cause_of(add, TWO, 0) == STORE_PAGE);
  *two = entry(data[0], all & ~(word)(A | D));
  check(cause_of(reserve, TWO, 0) == LOAD_PAGE);
  check(cause_of(add, TWO, 0) == STORE_PAGE);
  /* A page of user mode, without and with SUM. */
  *two = entry(data[0], all | U);
  check(cause_of(reserve, TWO, 0) == LOAD_PAGE);
  check(cause_of(add, TWO, 0) == STORE_PAGE);
  csr_set(mstatus, SUM);
  check(cause_of(reserve, TWO, 0) == CALL_S);
  check(cause_of(add, TWO, 0) == CALL_S);
  csr_clear(mstatus, SUM);
  /* Addresses that are no multiples. */
  check(cause_of(reserve, ONE + 2, 0) == LOAD_MISALIGNED || trap.cause == LOAD_ACCESS);
  check(trap.tval == ONE + 2);
  check(cause_of(add, ONE + 2, 0) == STORE_MISALIGNED || trap.cause == STORE_ACCESS);
  check(trap.tval == ONE + 2);
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
