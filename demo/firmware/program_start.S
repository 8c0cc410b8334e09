# Where the program's core begins, with its stack pointer set. The program does not return.
    .section .start, "ax"
    .globl start
start:
    call program
1:  j 1b
