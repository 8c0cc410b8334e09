/* What the programs share: page tables, and accesses that may trap. */
#ifndef CHECK_H
#define CHECK_H

typedef unsigned long word;
#if __riscv_xlen == 64
typedef unsigned long pte;
#define BITS 9
#else
typedef unsigned int pte;
#define BITS 10
#endif

enum { V = 1, R = 2, W = 4, X = 8, U = 16, G = 32, A = 64, D = 128 };
enum { USER = 0, SUPERVISOR = 1, MACHINE = 3 };
enum {
  NO_TRAP = -1,
  FETCH_ACCESS = 1,
  ILLEGAL = 2,
  LOAD_MISALIGNED = 4,
  LOAD_ACCESS = 5,
  STORE_MISALIGNED = 6,
  STORE_ACCESS = 7,
  CALL_U = 8,
  CALL_S = 9,
  FETCH_PAGE = 12,
  LOAD_PAGE = 13,
  STORE_PAGE = 15,
};
#define SUM (1UL << 18)
#define MXR (1UL << 19)
#define TVM (1UL << 20)
#define PAGE 4096UL

/* The last trap. */
extern volatile struct {
  long cause;
  word tval, epc, scratch;
} trap;

word load_in(word mode, word va);
void store_in(word mode, word va, word value);
word swap_in(word mode, word va, word value);
void jump_in(word mode, word va);
void finish(word code) __attribute__((noreturn));
extern const unsigned callee[];

/* jump_in with arguments for what is executed: registers a3, a4 and a5. Returns a0. */
word run_in(word mode, word va, word unused, word a3, word a4, word a5) __asm__("jump_in");

/* Instructions that are copied to where they are executed. They end with a call. */
#define SNIPPET(name, text)                                                       \
  extern const unsigned name[], name##_end[];                                     \
  __asm__(".pushsection .text\n.option push\n.option norvc\n.balign 4\n" #name    \
          ":\n" text "\necall\n" #name "_end:\n.option pop\n.popsection")
#define copy(to, name) copy_code(to, name, name##_end)
static inline void copy_code(void *to, const unsigned *from, const unsigned *end) {
  volatile unsigned *at = to;
  while (from < end)
    *at++ = *from++;
  __asm__ volatile("fence.i" ::: "memory");
}

/* Prints on the serial port. */
static inline void say(const char *text) {
  while (*text)
    *(volatile char *)0x10000000 = *text++;
}

/* Ends with the line of the first check that fails. */
#define check(what)         \
  do {                      \
    if (!(what))            \
      finish(__LINE__);     \
  } while (0)

#define csr_write(csr, value) __asm__ volatile("csrw " #csr ", %0" ::"r"((word)(value)) : "memory")
#define csr_set(csr, value) __asm__ volatile("csrs " #csr ", %0" ::"r"((word)(value)) : "memory")
#define csr_clear(csr, value) __asm__ volatile("csrc " #csr ", %0" ::"r"((word)(value)) : "memory")
#define csr_read(csr)                                              \
  ({                                                               \
    word csr_value;                                                \
    __asm__ volatile("csrr %0, " #csr : "=r"(csr_value)::"memory"); \
    csr_value;                                                     \
  })

static inline void fence_all(void) { __asm__ volatile("sfence.vma" ::: "memory"); }
static inline void fence_va(word va) { __asm__ volatile("sfence.vma %0, x0" ::"r"(va) : "memory"); }
static inline void fence_asid(word asid) {
  __asm__ volatile("sfence.vma x0, %0" ::"r"(asid) : "memory");
}
static inline void fence_both(word va, word asid) {
  __asm__ volatile("sfence.vma %0, %1" ::"r"(va), "r"(asid) : "memory");
}

/* Tables. */
#define TABLES 24
static pte tables[TABLES][PAGE / sizeof(pte)] __attribute__((aligned(4096)));
static int used;

static inline pte *new_table(void) {
  check(used < TABLES);
  pte *table = tables[used++];
  for (unsigned i = 0; i < PAGE / sizeof(pte); i++)
    table[i] = 0;
  return table;
}

static inline pte entry(const volatile void *pa, word flags) {
  return (pte)((word)pa >> 12 << 10 | flags);
}

static inline unsigned index_of(word va, int level) {
  return va >> (12 + BITS * level) & ((1 << BITS) - 1);
}

/* The entry of an address at a level; tables above it are made if they are missing. */
static inline pte *place(pte *root, int levels, word va, int level) {
  pte *table = root;
  for (int at = levels - 1; at > level; at--) {
    pte *next = &table[index_of(va, at)];
    if (!(*next & V))
      *next = entry(new_table(), V);
    table = (pte *)((word)*next >> 10 << 12);
  }
  return &table[index_of(va, level)];
}

/* The schemes of this machine, each with its levels. */
struct scheme {
  word mode;
  int levels;
};
#if __riscv_xlen == 64
static const struct scheme schemes[] = {{8, 3}, {9, 4}, {10, 5}};
#define MODE_SHIFT 60
#define ASID_SHIFT 44
#else
static const struct scheme schemes[] = {{1, 2}};
#define MODE_SHIFT 31
#define ASID_SHIFT 22
#endif

static inline word satp_of(const struct scheme *scheme, word asid, const pte *root) {
  return scheme->mode << MODE_SHIFT | asid << ASID_SHIFT | (word)root >> 12;
}

/* Runs a test in each scheme that `satp` takes. */
static inline void in_each_scheme(void (*test)(const struct scheme *)) {
  int ran = 0;
  for (unsigned i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
    word satp = schemes[i].mode << MODE_SHIFT;
    csr_write(satp, satp);
    if (csr_read(satp) != satp)
      continue;
    csr_write(satp, 0);
    fence_all();
    used = 0;
    test(&schemes[i]);
    csr_write(satp, 0);
    ran++;
  }
  check(ran > 0);
}

/* Pages of data, all in one aligned range, and an address to map them at. */
static word data[8][PAGE / sizeof(word)] __attribute__((aligned(32768), unused));
#define VA 0x40000000UL

#if __riscv_xlen == 64
#define STORE "sd "
#define LOAD "ld "
#else
#define STORE "sw "
#define LOAD "lw "
#endif

#endif
