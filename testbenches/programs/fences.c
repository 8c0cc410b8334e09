/* After a fence that covers an entry its present value counts; entries of other address spaces and
   addresses may stay. Privileged architecture, "Supervisor Memory-Management Fence Instruction". */
#include "check.h"

static void test(const struct scheme *scheme) {
  pte *one = new_table(), *two = new_table();
  volatile pte *of_one = place(one, scheme->levels, VA, 0);
  volatile pte *of_two = place(two, scheme->levels, VA, 0);
  word flags = V | R | W | A | D;
  for (int page = 0; page < 8; page++)
    data[page][0] = 100 + page;
  *of_one = entry(data[0], flags);
  *of_two = entry(data[1], flags);
  csr_write(satp, satp_of(scheme, 1, one));
  fence_all();
  check(load_in(SUPERVISOR, VA) == 100);
  /* A new root and a new ASID need no fence. */
  csr_write(satp, satp_of(scheme, 2, two));
  check(load_in(SUPERVISOR, VA) == 101);
  csr_write(satp, satp_of(scheme, 1, one));
  check(load_in(SUPERVISOR, VA) == 100);
  /* Each form of the fence, with an entry that it covers. */
  for (int form = 0; form < 4; form++) {
    *of_one = entry(data[2 + form], flags);
    switch (form) {
    case 0: fence_all(); break;
    case 1: fence_va(VA); break;
    case 2: fence_asid(1); break;
    case 3: fence_both(VA + 8, 1); break;
    }
    check(load_in(SUPERVISOR, VA) == 102 + (word)form);
    /* The other space is as it was. */
    csr_write(satp, satp_of(scheme, 2, two));
    check(load_in(SUPERVISOR, VA) == 101);
    csr_write(satp, satp_of(scheme, 1, one));
  }
  /* A mapping that is taken away. */
  *of_one = 0;
  fence_both(VA, 1);
  load_in(SUPERVISOR, VA);
  check(trap.cause == LOAD_PAGE);
  /* One that appears. A fault may have been remembered until the fence. */
  *of_one = entry(data[6], flags);
  fence_va(VA);
  check(load_in(SUPERVISOR, VA) == 106);
  /* A global mapping stays under a fence by address space, and goes under one by address. */
  *of_one = entry(data[7], flags | G);
  *of_two = *of_one;
  fence_all();
  check(load_in(SUPERVISOR, VA) == 107);
  csr_write(satp, satp_of(scheme, 2, two));
  check(load_in(SUPERVISOR, VA) == 107);
  *of_one = *of_two = entry(data[0], flags | G);
  fence_va(VA);
  check(load_in(SUPERVISOR, VA) == 100);
  csr_write(satp, satp_of(scheme, 1, one));
  check(load_in(SUPERVISOR, VA) == 100);
  /* A table that is replaced: a fence of everything. */
  pte *above = place(one, scheme->levels, VA, 1);
  pte *other = new_table();
  other[index_of(VA, 0)] = entry(data[3], flags);
  *above = entry(other, V);
  fence_all();
  check(load_in(SUPERVISOR, VA) == 103);
}

int main(void) {
  in_each_scheme(test);
  return 0;
}
