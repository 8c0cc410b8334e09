# A kernel as small as it can be, in the form of an image of Linux: it prints, waits for the timer,
# runs one page of a program in U-mode that is mapped when it is touched, echoes a line from the
# serial port, and turns the power off. Entered in S-mode without translation, with the number of
# the hart in a0 and the device tree in a1.

        .equ BYTE_OF_CONSOLE, 2
        .equ USER, 0x100000000
        .equ UART, 0x10000000
        .equ PLIC, 0x0c000000
        .equ VALID, 1
        .equ LEAF, 0xcf                  # valid, readable, writable, executable, accessed, dirty
        .equ USER_CODE, 0x5b             # valid, readable, executable, user, accessed

        .section .text.start
        .globl _start
_start: j begin
        .balign 8
        .dword 0x200000                  # where it is loaded, from the begin of memory
        .dword _end - _start             # the memory that it takes
        .dword 0
        .word 2, 0
        .dword 0
        .ascii "RISCV\0\0\0"
        .ascii "RSC\5"
        .word 0

        # Calls of firmware: console_write_byte, set_timer, and one that turns the power off.
        .macro sbi extension, function
        li a7, \extension
        li a6, \function
        ecall
        .endm

print:  mv t2, a0                        # the text from a0 to its zero
1:      lbu a0, 0(t2)
        beqz a0, 2f
        sbi 0x4442434e, BYTE_OF_CONSOLE
        addi t2, t2, 1
        j 1b
2:      ret

begin:  la sp, stack_top
        la t0, trap
        csrw stvec, t0
        lw t0, 0(a1)                     # a device tree begins with d00dfeed, big-endian
        li t1, 0xedfe0dd0
        sext.w t1, t1
        bne t0, t1, broken
        la a0, hello
        call print

        # The timer, waited for.
        li t0, 1 << 5
        csrs sie, t0
        rdtime a0
        addi a0, a0, 1000
        sbi 0x54494d45, 0
        wfi
        li a0, -1
        sbi 0x54494d45, 0
        csrw sie, zero
        la a0, tick
        call print

        # Sv39: the first and the third gigabyte are mapped as they are; the program's page is not.
        la t0, root
        li t1, LEAF
        sd t1, 0(t0)
        li t1, 0x80000000 >> 2 | LEAF
        sd t1, 16(t0)
        la t1, middle
        srli t1, t1, 2
        ori t1, t1, VALID
        sd t1, 32(t0)
        la t2, middle
        la t1, last
        srli t1, t1, 2
        ori t1, t1, VALID
        sd t1, 0(t2)
        srli t0, t0, 12
        li t1, 8 << 60
        or t0, t0, t1
        csrw satp, t0
        sfence.vma
        li t0, USER
        csrw sepc, t0
        li t0, 1 << 8
        csrc sstatus, t0
        sret

        .balign 4
trap:   csrr t0, scause
        li t1, 12
        beq t0, t1, touched
        li t1, 8
        beq t0, t1, called
broken: la a0, wrong
        call print
        li a0, 0
        j off

touched:                                 # the program's page: here it is
        la t0, program
        srli t0, t0, 2
        ori t0, t0, USER_CODE
        la t1, last
        sd t0, 0(t1)
        csrr t0, stval
        sfence.vma t0
        sret

called: la a0, user
        call print
        # The serial port may interrupt: its source is 10, and context 1 is S-mode.
        li t0, PLIC
        li t1, 1
        sw t1, 40(t0)
        li t0, PLIC + 0x2080
        li t1, 1 << 10
        sw t1, 0(t0)
        li t0, PLIC + 0x201000
        sw zero, 0(t0)
        li t0, UART
        li t1, 1
        sb t1, 1(t0)
        li t1, 1 << 9
        csrs sie, t1
more:   li t0, UART
        lbu t1, 5(t0)
        andi t1, t1, 1
        bnez t1, 3f
        wfi
        j more
3:      lbu s0, 0(t0)
        li t1, 4                         # the end of what is typed
        beq s0, t1, 4f
        mv a0, s0
        sbi 0x4442434e, BYTE_OF_CONSOLE
        li t1, 10
        bne s0, t1, more
4:      li a0, 0
off:    li a1, 0
        sbi 0x53525354, 0
5:      j 5b

        .balign 4096
program:
        ecall
        .balign 4096

hello:  .asciz "kernel\n"
tick:   .asciz "tick\n"
user:   .asciz "user\n"
wrong:  .asciz "wrong\n"

        .bss
        .balign 4096
root:   .skip 4096
middle: .skip 4096
last:   .skip 4096
        .skip 4096
stack_top:
