# A kernel in machine mode, at 0, and a program in U-mode, in translated memory, on one core.

    .equ CONSOLE, 0x40000000        # and the other registers, by their offsets from it
    .equ SATP, 0x04
    .equ CAUSE, 0x08
    .equ TVAL, 0x0c
    .equ STOP, 0x10

    .equ V, 1                       # bits of an entry: A and D are the MMU's to set
    .equ R, 2
    .equ W, 4
    .equ X, 8
    .equ U, 16

    .equ TEXT, 0x2000               # physical: the program's text
    .equ ROOT, 0x4000               # the root table
    .equ LEAF, 0x5000               # the table of the 4 MiB from PROGRAM
    .equ FRAMES, 0x8000             # frames for the program's data
    .equ PROGRAM, 0x10000000        # virtual: text
    .equ DATA, 0x10100000           # virtual: data, 16 pages, there when they are touched

    .macro say text
    la a0, \text
    jal puts
    .endm

    # The kernel's registers: a0, t0 to t4, ra; s0, the next free frame; s1, CONSOLE.
    .globl _start
_start:
    la t0, trap
    csrw mtvec, t0
    li s0, FRAMES
    li s1, CONSOLE
    li t0, ROOT + (PROGRAM >> 22) * 4
    li t1, (LEAF >> 12 << 10) | V
    sw t1, 0(t0)
    li t0, LEAF + (PROGRAM >> 12 & 1023) * 4
    li t1, (TEXT >> 12 << 10) | V | R | X | U
    sw t1, 0(t0)
    li t0, 0x80000000 | (ROOT >> 12)
    sw t0, SATP(s1)
    say starts
    li t0, PROGRAM
    csrw mepc, t0
    mret

trap:
    lw t0, CAUSE(s1)
    li t1, 8
    beq t0, t1, call
    say fault
    mv a0, t0
    jal hex
    say at
    lw a0, TVAL(s1)
    jal hex
    lw t1, TVAL(s1)
    srli t1, t1, 12
    li t2, DATA >> 12
    sub t2, t1, t2
    sltiu t2, t2, 16
    beqz t2, refuse
    jal entry
    lw t2, 0(t1)
    bnez t2, write
    srli t2, s0, 2                  # no entry: a frame; for a load it is read-only
    ori t2, t2, V | R | U
    li t3, 0x1000
    add s0, s0, t3
    lw t0, CAUSE(s1)
    li t3, 13
    beq t0, t3, 1f
    ori t2, t2, W
1:  sw t2, 0(t1)
    say mapped
    j again
write:                              # a store to a read-only page: the TLB has the old entry
    ori t2, t2, W
    sw t2, 0(t1)
    sfence.vma
    say writable
again:                              # the ecall came after the load or store that faulted
    csrr t0, mepc
    addi t0, t0, -4
    csrw mepc, t0
    mret
refuse:
    say refused
    sw zero, STOP(s1)
    j .

# The program's calls: a2 = 0 prints a3, a2 = 1 takes the page a3 away.
call:
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    bnez a2, 1f
    say program
    mv a0, a3
    jal hex
    say newline
    mret
1:  srli t1, a3, 12
    jal entry
    sw zero, 0(t1)
    sfence.vma
    say taken
    mret

# t1: from the number of a page to the address of its entry.
entry:
    andi t1, t1, 1023
    slli t1, t1, 2
    li t2, LEAF
    add t1, t1, t2
    ret

# Prints the text at a0.
puts:
    lbu t1, 0(a0)
    beqz t1, 1f
    sw t1, 0(s1)
    addi a0, a0, 1
    j puts
1:  ret

# Prints a0 without its leading zeros.
hex:
    li t2, 28
1:  srl t1, a0, t2
    bnez t1, 2f
    addi t2, t2, -4
    bgtz t2, 1b
2:  srl t1, a0, t2
    andi t1, t1, 15
    addi t1, t1, '0'
    li t3, '9'
    ble t1, t3, 3f
    addi t1, t1, 'a' - '0' - 10
3:  sw t1, 0(s1)
    addi t2, t2, -4
    bgez t2, 2b
    ret

starts: .asciz "SERV: kernel in machine mode, program at 10000000\n"
fault: .asciz "fault, cause "
at: .asciz " at "
mapped: .asciz ": a new frame\n"
writable: .asciz ": writable, fence\n"
refused: .asciz ": refused\n"
taken: .asciz "page taken away, fence\n"
program: .asciz "program: "
newline: .asciz "\n"

    # The program's registers: a2 to a7, s2 to s11. No load may overwrite its own address: when it
    # faults, the core has written its destination by the time of the trap.
    .org TEXT
    li s2, DATA
    lw a3, 8(s2)                    # a fault: a frame, read-only
    li a4, 0x1234567
    sw a4, 8(s2)                    # a fault: writable
    lw a3, 8(s2)
    li a2, 0
    ecall                           # prints 1234567
    li s3, 6                        # more pages than the TLB has lines
    li s4, 0
1:  slli s5, s4, 12
    add s5, s5, s2
    sw s4, 16(s5)
    addi s4, s4, 1
    bne s4, s3, 1b
    li a3, 0                        # add them up, twice
    li a4, 2
2:  li s4, 0
3:  slli s5, s4, 12
    add s5, s5, s2
    lw a5, 16(s5)
    add a3, a3, a5
    addi s4, s4, 1
    bne s4, s3, 3b
    addi a4, a4, -1
    bnez a4, 2b
    ecall                           # prints 1e: 2 * 15
    mv a3, s2
    li a2, 1
    ecall                           # the first page is taken away
    lw a3, 8(s2)                    # a fault: not the old frame
    li a2, 0
    ecall                           # prints 0
    lui s5, 0x20000
    jr s5                           # a fault: no such text
