# Where the kernel's core begins, with its stack pointer set.
# A reset by the button does not load memory again, so the variables are cleared here.
    .section .start, "ax"
    .globl start
start:
    la t0, bss_start
    la t1, bss_end
1:  bgeu t0, t1, 2f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 1b
2:  call kernel
3:  j 3b

# The program, as it is to be installed on the disk.
    .section .rodata
    .balign 4
    .globl program_image, program_image_end
program_image:
    .incbin "program.bin"
    .balign 4
program_image_end:
