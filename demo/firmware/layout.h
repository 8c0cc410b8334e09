// What kernel and program agree on: the program's virtual memory, and its calls.
#ifndef LAYOUT_H
#define LAYOUT_H

typedef unsigned int word;

#define PAGE 4096u
#define WORDS (PAGE / 4u)

// The regions of the program. Its stack ends where PRIVATE begins.
#define TEXT 0x00400000u
#define TABLE 0x00410000u    // A file; its word i is TABLE_WORD(i).
#define TABLE_PAGES 2u
#define TABLE_WORD(i) (((i) << 16) ^ ~(i))
#define DATA 0x00420000u
#define DATA_PAGES 6u
#define STACK 0x0043f000u
#define PRIVATE 0x00440000u  // After CLONE: a private copy of a page of DATA.
#define KERNEL 0x00450000u   // A page that only the kernel may use.
#define NO_TABLE 0x00800000u // Its page table would be where there is no memory.

// A call is a store of its argument to a page that is never there: the program stops at it, and
// the kernel ends the store when it has done what was asked.
#define GATE 0x007ff000u
#define STAGE 0u        // A part of the demonstration begins: its number.
#define CHECKED 1u      // The program has checked its memory: how many words were wrong.
#define CLONE 2u        // Map PRIVATE to a copy of the page at this address, copied on write.
#define EVICT_UNFENCED 3u // Evict the page at this address, and forget the fence.
#define EVICT 4u        // Evict the page at this address.
#define READ 5u         // What the program has then read there.
#define EXIT 6u

// What the kernel puts into a frame that is its own again.
#define SECRET 0x005ec4e7u

#endif
