// The machine as the kernel sees it: its devices, main memory, and page-table entries.
#ifndef MACHINE_H
#define MACHINE_H

#include "layout.h"

// Registers; rtl/mmu_registers.v says what each does.
#define REGISTER(offset) (*(volatile word *)(0x20000000u + (offset)))
#define SATP REGISTER(0x00)
#define ADUE REGISTER(0x04)
#define FAULT REGISTER(0x08)
#define TVAL REGISTER(0x0c)
#define FENCE_ALL REGISTER(0x10)
#define FENCE_ADDRESS REGISTER(0x14)
#define PROGRAM REGISTER(0x20)
#define STORED REGISTER(0x24)
#define RETRY REGISTER(0x28)
#define FINISH REGISTER(0x2c)
#define MARKS REGISTER(0x30)
#define LEDS REGISTER(0x34)

#define PROGRAM_RUN 1u
#define PROGRAM_STOPPED 2u
#define PROGRAM_FETCH 4u
#define PROGRAM_STORE 8u
#define PROGRAM_BUS_ERROR 16u
#define PROGRAM_TRAP 32u

#define UART (*(volatile word *)0x10000000u)
#define DISK (*(volatile word *)0x30000000u)

// Main memory: 16 frames. Two are page tables.
#define MEMORY 0x80000000u
#define ROOT 0u
#define LEAVES 1u
#define FIRST_FRAME 2u
#define FRAMES 6u

static inline volatile word *frame_words(word frame) {
    return (volatile word *)(MEMORY + frame * PAGE);
}

// A page-table entry of Sv32.
#define V 1u
#define R 2u
#define W 4u
#define X 8u
#define U 16u
#define A 64u
#define D 128u
// Two bits for software.
#define COW 256u     // W was taken away: the page is to be copied when it is written.
#define UNSAVED 512u // Its page of the disk does not have its contents, even if D is 0.

#define ENTRY(frame, flags) ((((MEMORY / PAGE) + (frame)) << 10) | (flags))
#define FRAME_OF(entry) (((entry) >> 10) & 15u)

// Causes of faults.
#define FETCH_ACCESS 1u
#define LOAD_ACCESS 5u
#define STORE_ACCESS 7u
#define FETCH_PAGE 12u
#define LOAD_PAGE 13u
#define STORE_PAGE 15u

void say(const char *format, ...);

#endif
