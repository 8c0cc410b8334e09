/* A small program for the scenarios: text, constants, initialised and zeroed variables.
 *
 *   clang --target=riscv64-unknown-elf -march=rv64i -mabi=lp64 -mno-relax -O1 -ffreestanding -nostdlib -c primes.c
 *   ld.lld -static -s -z max-page-size=4096 --image-base=0x10000 -o primes.elf primes.o
 */

static const unsigned char small[] = {2, 3, 5, 7, 11, 13, 17, 19};
static unsigned long found = 8;
static unsigned char sieve[16384];

void _start(void) {
    for (unsigned i = 0; i < sizeof small; i++)
        for (unsigned n = small[i] + small[i]; n < sizeof sieve; n += small[i])
            sieve[n] = 1;
    for (unsigned n = 23; n < sizeof sieve; n++)
        found += !sieve[n];
    for (;;)
        __asm__ volatile("ecall" : : "r"(found));
}
