/* Who may touch what concerns translation: TVM, U-mode, and M-mode, which is not translated.
   Privileged architecture, "Virtualization Support in mstatus", "Supervisor Address Translation and
   Protection". */
#include "check.h"

#define CODE_S 16
static unsigned code[CODE_S] __attribute__((aligned(4096)));

/* Executes one instruction and a call in a mode, without translation; returns the cause. */
static long one(word mode, unsigned instruction) {
  code[0] = instruction;
  code[1] = callee[0];
  __asm__ volatile("fence.i" ::: "memory");
  jump_in(mode, (word)code);
  return trap.cause;
}

#define READ_SATP 0x180022f3u  /* csrr t0, satp */
#define WRITE_SATP 0x18001073u /* csrw satp, x0 */
#define FENCE 0x12000073u      /* sfence.vma */

int main(void) {
  csr_write(satp, 0);
  unsigned all[] = {READ_SATP, WRITE_SATP, FENCE};
  for (unsigned i = 0; i < 3; i++) {
    check(one(SUPERVISOR, all[i]) == CALL_S);
    check(one(USER, all[i]) == ILLEGAL);
    csr_set(mstatus, TVM);
    check(one(SUPERVISOR, all[i]) == ILLEGAL && trap.epc == (word)code);
    csr_clear(mstatus, TVM);
  }
  /* M-mode is not translated, whatever satp says, and neither is MPRV with MPP = M. */
  data[0][0] = 77;
  pte *root = new_table();
  csr_write(satp, satp_of(&schemes[0], 0, root));
  check(((volatile word *)data[0])[0] == 77);
  check(load_in(MACHINE, (word)data[0]) == 77 && trap.cause == NO_TRAP);
  load_in(SUPERVISOR, (word)data[0]);
  check(trap.cause == LOAD_PAGE);
  /* A mode that is not implemented leaves satp as it was. */
#if __riscv_xlen == 64
  word before = csr_read(satp);
  for (word mode = 1; mode < 16; mode++) {
    if (mode >= 8 && mode <= 10)
      continue;
    csr_write(satp, mode << 60 | 5);
    check(csr_read(satp) == before);
  }
#endif
  csr_write(satp, 0);
  return 0;
}
