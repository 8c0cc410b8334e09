/* Page faults that S-mode handles itself: its handler is translated, too, and what M-mode and MPRV
   do is not delegated. Privileged architecture, "Machine Trap Delegation Registers", "Supervisor
   Trap Value Register", "Virtual Memory and mstatus.MPRV". */
#include "check.h"

SNIPPET(load, LOAD "a0, (a3)");
SNIPPET(store, STORE "a4, (a3)");
#define CODE_S (VA + 0x100000)
#define CODE_U (VA + 0x200000)
#define HANDLER (VA + 0x300000)
#define MISSING (VA + 0x301000)
#define SPP (1UL << 8)

/* What S-mode was told; its handler is a call, which comes to M-mode. */
static void told(word cause, word va, word pc, word mode) {
  check(trap.cause == CALL_S && trap.epc == HANDLER);
  check(csr_read(scause) == cause && csr_read(stval) == va && csr_read(sepc) == pc);
  check(((csr_read(sstatus) & SPP) != 0) == (mode == SUPERVISOR));
}

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  csr_write(satp, satp_of(scheme, 1, root));
  ((unsigned *)data[0])[0] = callee[0];
  *place(root, scheme->levels, HANDLER, 0) = entry(data[0], V | X | A | D);
  *place(root, scheme->levels, CODE_S, 0) = entry(data[1], V | X | A | D);
  *place(root, scheme->levels, CODE_U, 0) = entry(data[1], V | X | U | A | D);
  csr_write(medeleg, 1 << FETCH_PAGE | 1 << LOAD_PAGE | 1 << STORE_PAGE);
  csr_write(stvec, HANDLER);
  fence_all();
  copy(data[1], load);
  run_in(SUPERVISOR, CODE_S, 0, MISSING, 1, 0);
  told(LOAD_PAGE, MISSING, CODE_S, SUPERVISOR);
  run_in(USER, CODE_U, 0, MISSING, 1, 0);
  told(LOAD_PAGE, MISSING, CODE_U, USER);
  /* The code itself: S-mode does not execute what U-mode may, and the other way round. */
  run_in(USER, CODE_S, 0, MISSING, 1, 0);
  told(FETCH_PAGE, CODE_S, CODE_S, USER);
  csr_set(mstatus, SUM | MXR);
  run_in(SUPERVISOR, CODE_U, 0, MISSING, 1, 0);
  told(FETCH_PAGE, CODE_U, CODE_U, SUPERVISOR);
  csr_clear(mstatus, SUM | MXR);
  copy(data[1], store);
  run_in(SUPERVISOR, CODE_S, 0, CODE_U + 8, 1, 0);
  told(STORE_PAGE, CODE_U + 8, CODE_S, SUPERVISOR);
  run_in(USER, CODE_U, 0, MISSING + 16, 1, 0);
  told(STORE_PAGE, MISSING + 16, CODE_U, USER);
  /* M-mode's own accesses, with MPRV, trap to M-mode; its fetches are never translated. */
  load_in(SUPERVISOR, MISSING);
  check(trap.cause == LOAD_PAGE && trap.tval == MISSING);
  store_in(USER, MISSING, 1);
  check(trap.cause == STORE_PAGE && trap.tval == MISSING);
  csr_write(medeleg, 0);
  /* Return to a less privileged mode clears MPRV, to M-mode it does not. */
  const word mprv = 1UL << 17;
  csr_set(mstatus, mprv | 3UL << 11);
  __asm__ volatile("la t0, 1f\ncsrw mepc, t0\nmret\n.balign 4\n1:" ::: "t0", "memory");
  check(csr_read(mstatus) & mprv);
  csr_clear(mstatus, 3UL << 11);
  csr_clear(mstatus, mprv);
  ((unsigned *)data[1])[0] = callee[0];
  __asm__ volatile("fence.i" ::: "memory");
  jump_in(SUPERVISOR, CODE_S);
  check(trap.cause == CALL_S && !(csr_read(mstatus) & mprv));
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
