// The program: it runs in translated memory and knows nothing of frames, disk and faults.
// Everything is on its stack or in the regions of layout.h; it has no data of its own.
#include "layout.h"

static volatile word *const table = (volatile word *)TABLE;
static volatile word *const data = (volatile word *)DATA;
static volatile word *const copy = (volatile word *)PRIVATE;

static void call(word number, word argument) {
    ((volatile word *)GATE)[number] = argument;
}

// The value that word `at` of data page `page` has.
static word value(word page, word at) {
    return (page << 24) ^ (at << 8) ^ 0x5au;
}

// A few words of each page are enough: pages, not words, are what this is about.
#define STRIDE 300u

// More pages than frames: each is written, a file is read in between, and all is read back.
static void paging(void) {
    word wrong = 0;
    for (word page = 0; page < DATA_PAGES; page++)
        for (word at = 0; at < WORDS; at += STRIDE)
            data[page * WORDS + at] = value(page, at);
    for (word i = 0; i < TABLE_PAGES * WORDS; i += STRIDE)
        if (table[i] != TABLE_WORD(i))
            wrong++;
    for (word page = 0; page < DATA_PAGES; page++)
        for (word at = 0; at < WORDS; at += STRIDE)
            if (data[page * WORDS + at] != value(page, at))
                wrong++;
    call(CHECKED, wrong);
}

// Two pages with one frame, until one of them is written.
static void copying(void) {
    word wrong = 0;
    call(CLONE, DATA);
    if (copy[0] != value(0, 0))
        wrong++;
    copy[0] = 0x12345678u;
    if (copy[0] != 0x12345678u || data[0] != value(0, 0))
        wrong++;
    for (word at = STRIDE; at < WORDS; at += STRIDE)
        if (copy[at] != data[at])
            wrong++;
    data[1] = 0x87654321u;
    if (data[1] != 0x87654321u || copy[1] == data[1])
        wrong++;
    call(CHECKED, wrong);
}

// What the program may not do; the kernel lets it go on without it.
static void protection(void) {
    word wrong = 0;
    volatile word *text = (volatile word *)TEXT;
    word before = *text;
    *text = 0;
    if (*text != before)
        wrong++;
    ((void (*)(void))(DATA + 16u))();
    if (*(volatile word *)KERNEL != 0)
        wrong++;
    if (*(volatile word *)NO_TABLE != 0)
        wrong++;
    call(CHECKED, wrong);
}

// A page is used, evicted, and used again.
// In line, because the stack is a page too, and its faults would be in the way.
static inline __attribute__((always_inline)) void evicted(word how) {
    (void)data[0];
    call(how, DATA);
    call(READ, data[0]);
}

void program(void) {
    call(STAGE, 1);
    paging();
    call(STAGE, 2);
    copying();
    call(STAGE, 3);
    protection();
    call(STAGE, 4);
    evicted(EVICT_UNFENCED);
    call(STAGE, 5);
    evicted(EVICT);
    call(EXIT, 0);
    for (;;)
        ;
}
