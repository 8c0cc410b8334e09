# Start, end, and accesses that may trap. All traps come to M-mode.

#if __riscv_xlen == 64
# define LOAD ld
# define STORE sd
# define BYTES 8
#else
# define LOAD lw
# define STORE sw
# define BYTES 4
#endif
#define MPRV (1 << 17)
#define MPP  (3 << 11)
#define MPIE (1 << 7)

        .section .text.start
        .globl _start
_start: la sp, stack_top
        la t0, trap_entry
        csrw mtvec, t0
        # One PMP entry that permits everything, where there are any.
        la t0, 1f
        csrw mtvec, t0
        li t0, -1
        csrw pmpaddr0, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
        .balign 4
1:      la t0, trap_entry
        csrw mtvec, t0
        csrw mstatus, zero
        call main
        # fall through

        # finish(code): 0 is success.
        .globl finish
finish: slli t0, a0, 1
        ori t0, t0, 1
        la t1, tohost
        STORE t0, 0(t1)
        # Where nobody looks at tohost there is a power-off register.
        slli t0, a0, 16
        li t1, 0x3333
        or t0, t0, t1
        bnez a0, 2f
        li t0, 0x5555
2:      li t1, 0x100000
        sw t0, 0(t1)
3:      j 3b

        # A trap is written down, and the program goes on at `resume` in M-mode.
        .text
        .balign 4
trap_entry:
        csrw mscratch, t0
        la t0, trap
        STORE t1, (3 * BYTES)(t0)
        csrr t1, mcause
        STORE t1, 0(t0)
        csrr t1, mtval
        STORE t1, BYTES(t0)
        csrr t1, mepc
        STORE t1, (2 * BYTES)(t0)
        li t1, MPP
        csrs mstatus, t1
        # M-mode goes on without interrupts.
        li t1, MPIE
        csrc mstatus, t1
        la t1, resume
        LOAD t1, 0(t1)
        csrw mepc, t1
        LOAD t1, (3 * BYTES)(t0)
        csrr t0, mscratch
        mret

        # Prepares an access in mode a0: nothing has trapped, and a trap goes on at a2.
        .macro prepare
        la t0, resume
        STORE a2, 0(t0)
        la t0, trap
        li t1, -1
        STORE t1, 0(t0)
        li t0, MPP
        csrc mstatus, t0
        slli t0, a0, 11
        csrs mstatus, t0
        .endm

        # word load_in(mode, address): as if in that mode, by MPRV.
        .globl load_in
load_in:
        la a2, 1f
        prepare
        li t0, MPRV
        csrs mstatus, t0
        LOAD a0, 0(a1)
        .balign 4
1:      li t0, MPRV
        csrc mstatus, t0
        ret

        # void store_in(mode, address, value)
        .globl store_in
store_in:
        mv a3, a2
        la a2, 1f
        prepare
        li t0, MPRV
        csrs mstatus, t0
        STORE a3, 0(a1)
        .balign 4
1:      li t0, MPRV
        csrc mstatus, t0
        ret

        # word swap_in(mode, address, value): amoswap
        .globl swap_in
swap_in:
        mv a3, a2
        la a2, 1f
        prepare
        li t0, MPRV
        csrs mstatus, t0
#if __riscv_xlen == 64
        amoswap.d a0, a3, (a1)
#else
        amoswap.w a0, a3, (a1)
#endif
        .balign 4
1:      li t0, MPRV
        csrc mstatus, t0
        ret

        # void jump_in(mode, address): executes what is there until it traps.
        .globl jump_in
jump_in:
        la a2, 1f
        prepare
        csrw mepc, a1
        mret
        .balign 4
1:      ret

        # What is executed elsewhere: a call of the environment.
        .globl callee, callee_end
        .balign 4
callee: .word 0x00000073
callee_end:

        .section .tohost, "aw"
        .balign 64
        .globl tohost, fromhost
tohost: .dword 0
        .balign 64
fromhost: .dword 0

        .bss
        .balign 16
        .globl trap
trap:   .space 4 * BYTES
resume: .space BYTES
        .balign 16
        .space 8192
stack_top:
