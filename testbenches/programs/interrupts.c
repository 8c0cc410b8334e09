/* A hart that waits while its MMU still answers: WFI is the last instruction of a page, what follows
   is on a page that no TLB has, and an interrupt comes before, while or after that walk ends. The
   interrupt is precise, and afterwards everything is as before. Privileged architecture, "Wait for
   Interrupt"; and what S-mode does while an interrupt of M-mode is pending. */
#include "check.h"

#define MTIE (1UL << 7)
#define TIMER ((long)(1UL << (sizeof(word) * 8 - 1) | 7))
static volatile unsigned *const compare = (volatile unsigned *)0x2004000;
static volatile unsigned *const now = (volatile unsigned *)0x200bff8;

SNIPPET(wait, "wfi");

static void after(unsigned ticks) {
  unsigned low = now[0], high = now[1];
  compare[1] = -1U;
  compare[0] = low + ticks;
  compare[1] = high + (low + ticks < low);
}

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  word flags = V | R | W | X | A | D;
  csr_write(satp, satp_of(scheme, 1, root));
  *place(root, scheme->levels, VA, 0) = entry(data[0], flags);
  volatile pte *second = place(root, scheme->levels, VA + PAGE, 0);
  *second = entry(data[1], flags);
  data[2][0] = 9;
  *place(root, scheme->levels, VA + 2 * PAGE, 0) = entry(data[2], flags);
  ((unsigned *)data[0])[PAGE / 4 - 1] = wait[0];
  copy(data[1], wait);
  csr_write(mie, MTIE);
  for (unsigned ticks = 0; ticks < 12; ticks++) {
    after(ticks);
    fence_all();
    jump_in(SUPERVISOR, VA + PAGE - 4);
    /* It may have been taken before the first instruction. */
    check(trap.cause == TIMER && trap.epc - (VA + PAGE - 4) <= 4);
    compare[1] = -1U;
    /* Both ports work, and nothing was kept that the fence did not see. */
    check(load_in(SUPERVISOR, VA + 2 * PAGE) == 9 && trap.cause == NO_TRAP);
    *second = 0;
    fence_all();
    jump_in(SUPERVISOR, VA + PAGE);
    check(trap.cause == FETCH_PAGE && trap.epc == VA + PAGE);
    *second = entry(data[1], flags);
  }
  csr_write(mie, 0);
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
