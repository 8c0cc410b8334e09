/* Transposes a matrix of 192 x 192 numbers, 72 pages, into another: what is read along its rows is
 * written down the columns of the other, so that each row goes once through all 72 pages.
 *
 *   gcc -O2 -fno-tree-vectorize -static -nostdlib -ffreestanding -fno-stack-protector -o transpose transpose.c
 */

enum { N = 192 };
static long from[N][N];
static volatile long to[N][N];

void _start(void) {
    for (long n = 0; n < N * N; n++)
        from[n / N][n % N] = n;
    for (long row = 0; row < N; row++)
        for (long column = 0; column < N; column++)
            to[column][row] = from[row][column];
    __asm__ volatile("syscall" : : "a"(60), "D"(0));
}
