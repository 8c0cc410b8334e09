// The kernel: it gives the program frames when it touches pages, takes them away again, and says
// on the console what it does.
//
// The program is stopped whenever the kernel works, and the MMU then has no walk under way, so
// entries can be changed by plain stores. A and D are set by the MMU alone, while the program
// runs, by its compare-and-swap on the entry in memory.
#include "machine.h"

// The program's memory. `disk` is the page of the disk that belongs to the region's first page.
struct region {
    const char *name;
    word base;
    word pages;
    word rights;
    word disk;
    word on_disk; // The disk has its contents from the beginning; otherwise pages begin as zeros.
};

static const struct region regions[] = {
    {"text", TEXT, 1, R | X, 0, 1},
    {"table", TABLE, TABLE_PAGES, R, 1, 1},
    {"data", DATA, DATA_PAGES, R | W, 3, 0},
    {"stack", STACK, 1, R | W, 9, 0},
    {"private", PRIVATE, 1, R | W, 10, 0},
};
#define REGIONS (sizeof regions / sizeof regions[0])

// The page that each frame holds, or 0; and how many pages share it.
static word page_in[FIRST_FRAME + FRAMES];
static word users[FIRST_FRAME + FRAMES];

static word hand;            // Of the clock: the frame that was looked at last.
static word written;         // A bit for each page of the disk: it has been written.
static word evicted_word;    // The first word of the page that was evicted on request,
static word evicted_frame;   // the frame that it was in,
static word evicted_unfenced; // and whether the fence was forgotten.

// What happened, for the summary.
static word faults, loads, write_backs, evictions, copies, refusals, fences;

extern const word program_image[], program_image_end[];

static volatile word *leaf_entry(word address) {
    return frame_words(LEAVES) + ((address / PAGE) & (WORDS - 1u));
}

static void fence(word address) {
    FENCE_ADDRESS = address;
    fences++;
}

static const struct region *region_of(word address) {
    for (word i = 0; i < REGIONS; i++) {
        word inside = address - regions[i].base;
        if (address >= regions[i].base && inside / PAGE < regions[i].pages)
            return &regions[i];
    }
    return 0;
}

static word disk_page(word address) {
    const struct region *region = region_of(address);
    return region->disk + (address - region->base) / PAGE;
}

static void disk_read(word page, word frame) {
    DISK = frame << 4 | page;
}

static void disk_write(word page, word frame) {
    DISK = 256u | frame << 4 | page;
}

// Takes a page's frame away: first its translation, then its contents.
static void evict(word frame, word fenced) {
    word address = page_in[frame];
    volatile word *entry = leaf_entry(address);
    word was = *entry;
    *entry = 0;
    if (fenced)
        fence(address);
    say("  evict %x: ", address);
    if (was & (D | UNSAVED)) {
        word page = disk_page(address);
        disk_write(page, frame);
        written |= 1u << page;
        write_backs++;
        say("dirty, frame %d to disk page %d\n", frame, page);
    } else {
        say("clean, frame %d\n", frame);
    }
    page_in[frame] = 0;
    users[frame] = 0;
    evictions++;
}

// A free frame. If there is none, the clock chooses a page: one that was used since the hand last
// passed it gets a second chance.
static word take_frame(void) {
    for (word frame = FIRST_FRAME; frame < FIRST_FRAME + FRAMES; frame++)
        if (users[frame] == 0)
            return frame;
    for (;;) {
        hand = hand + 1u < FRAMES ? hand + 1u : 0u;
        word frame = FIRST_FRAME + hand;
        if (users[frame] > 1u || page_in[frame] == 0)
            continue; // Shared, or the kernel's own.
        volatile word *entry = leaf_entry(page_in[frame]);
        if (*entry & A) {
            *entry &= ~A;
            fence(page_in[frame]); // Or the MMU would not set it again.
        } else {
            evict(frame, 1);
            return frame;
        }
    }
}

static void clear(word frame) {
    volatile word *to = frame_words(frame);
    for (volatile word *end = to + WORDS; to != end; to += 8) {
        to[0] = 0;
        to[1] = 0;
        to[2] = 0;
        to[3] = 0;
        to[4] = 0;
        to[5] = 0;
        to[6] = 0;
        to[7] = 0;
    }
}

static void map(word address, word frame, word flags) {
    *leaf_entry(address) = ENTRY(frame, flags);
    page_in[frame] = address;
    users[frame] = 1;
}

// The page is not there: it comes from the disk, or begins as zeros.
static void bring_in(const struct region *region, word address) {
    word page = disk_page(address);
    word frame = take_frame();
    if (region->on_disk || written >> page & 1u) {
        disk_read(page, frame);
        loads++;
        say("  disk page %d into frame %d\n", page, frame);
    } else {
        clear(frame);
        say("  zeros into frame %d\n", frame);
    }
    // An entry that was not valid is not in a TLB: no fence.
    map(address, frame, V | U | region->rights);
}

// Two pages share a frame, and one is written.
static void copy_on_write(word address, word rights) {
    volatile word *entry = leaf_entry(address);
    word from = FRAME_OF(*entry);
    if (users[from] > 1u) {
        word to = take_frame();
        volatile word *source = frame_words(from);
        volatile word *target = frame_words(to);
        for (word i = 0; i < WORDS; i += 4, source += 4, target += 4) {
            word a = source[0], b = source[1], c = source[2], d = source[3];
            target[0] = a;
            target[1] = b;
            target[2] = c;
            target[3] = d;
        }
        users[from]--;
        page_in[from] ^= address; // Of the two that it held, the other one.
        map(address, to, V | U | rights);
        copies++;
        say("  copied from frame %d to frame %d\n", from, to);
    } else {
        *entry = ENTRY(from, V | U | rights | (*entry & UNSAVED));
        say("  nobody shares frame %d any more: writable\n", from);
    }
    fence(address);
}

// Shares the frame of a page with PRIVATE.
static void clone(word address) {
    volatile word *entry = leaf_entry(address);
    say("program asks for a private copy of %x\n", address);
    if (!(*entry & V))
        bring_in(region_of(address), address);
    word frame = FRAME_OF(*entry);
    *entry = (*entry & ~W) | COW;
    fence(address); // A TLB may have it as writable.
    *leaf_entry(PRIVATE) = ENTRY(frame, V | R | U | COW | UNSAVED);
    page_in[frame] = address ^ PRIVATE;
    users[frame] = 2;
    say("  %x and %x share frame %d, read-only\n", address, PRIVATE, frame);
}

// Evicts a page that the program has just used, and puts the kernel's own data into the frame.
static void evict_on_request(word address, word fenced) {
    word frame = FRAME_OF(*leaf_entry(address));
    say("kernel takes frame %d from %x%s\n", frame, address, fenced ? "" : " and FORGETS THE FENCE");
    evicted_word = *frame_words(frame);
    evicted_frame = frame;
    evicted_unfenced = !fenced;
    evict(frame, fenced);
    *frame_words(frame) = SECRET;
    users[frame] = 1; // The kernel's: not to be given to anybody.
    say("  frame %d now holds the kernel's %x\n", frame, SECRET);
}

// What the program has read at the page that was evicted on request.
static void compare(word value) {
    say("program read %x, ", value);
    if (value == evicted_word) {
        say("which is right\n");
    } else {
        say("but its page holds %x\n", evicted_word);
        say("  STALE: the TLB still has frame %d%s\n", evicted_frame,
            evicted_unfenced ? "; the fence is missing" : "");
    }
    if (users[evicted_frame] == 1u && page_in[evicted_frame] == 0)
        users[evicted_frame] = 0;
}

static const char *const stages[] = {
    "1. More pages than frames",
    "2. Copy on write",
    "3. Protection",
    "4. A fence is forgotten",
    "5. The same with the fence",
};

// Returns whether the program goes on.
static word called(word number, word argument) {
    switch (number) {
    case STAGE:
        // Whatever a stage has done to the TLBs is over.
        FENCE_ALL = 0;
        fences++;
        say("\n%s\n", stages[argument - 1u]);
        break;
    case CHECKED:
        say("program has checked its memory: %d wrong\n", argument);
        break;
    case CLONE:
        clone(argument);
        break;
    case EVICT_UNFENCED:
    case EVICT:
        evict_on_request(argument, number == EVICT);
        break;
    case READ:
        compare(argument);
        break;
    default:
        return 0;
    }
    FINISH = 0;
    return 1;
}

static const char *kind(word state) {
    return state & PROGRAM_FETCH ? "fetch" : state & PROGRAM_STORE ? "store" : "load";
}

// The program may not do this. It goes on without: a store is lost, a load gives 0, and a fetch
// gives the instruction `ret`.
static void refuse(word state, const char *why) {
    refusals++;
    say("  refused: %s\n", why);
    FINISH = state & PROGRAM_FETCH ? 0x00008067u : 0u;
}

// The program is stopped at an access: mends what is wrong, or refuses it.
static void page_fault(word state, word cause, word address) {
    const struct region *region = region_of(address);
    word right = cause == FETCH_PAGE ? X : cause == STORE_PAGE ? W : R;
    say("%s %x: page fault, cause %d\n", kind(state), address, cause);
    faults++;
    if (!region) {
        refuse(state, *leaf_entry(address) & V ? "the kernel's page" : "nothing is there");
        return;
    }
    if (!(region->rights & right)) {
        say("  %s may not be %s\n", region->name, right == X ? "executed" : "written");
        refuse(state, "protection");
        return;
    }
    address &= ~(PAGE - 1u);
    word entry = *leaf_entry(address);
    if (!(entry & V))
        bring_in(region, address);
    else if (entry & COW && right == W)
        copy_on_write(address, region->rights);
    else
        say("  the entry is %x: nothing to mend\n", entry);
    RETRY = 0;
}

// Returns whether the program goes on.
static word serve(word state) {
    if (state & PROGRAM_BUS_ERROR) {
        say("%s: no memory at its physical address\n", kind(state));
        refuse(state, "bus error");
        return 1;
    }
    word cause = FAULT & 15u;
    word address = TVAL;
    FAULT = 0;
    if (cause == STORE_PAGE && address - GATE < PAGE)
        return called((address - GATE) / 4u, STORED);
    if (cause == FETCH_PAGE || cause == LOAD_PAGE || cause == STORE_PAGE) {
        page_fault(state, cause, address);
    } else {
        faults++;
        say("%s %x: access fault, cause %d\n", kind(state), address, cause);
        refuse(state, "no memory for its page table");
    }
    return 1;
}

// Puts the program and its table on the disk.
static void install(void) {
    volatile word *words = frame_words(FIRST_FRAME);
    for (const word *from = program_image; from < program_image_end; from++)
        *words++ = *from;
    disk_write(regions[0].disk, FIRST_FRAME);
    for (word page = 0; page < TABLE_PAGES; page++) {
        words = frame_words(FIRST_FRAME);
        for (word i = page * WORDS; i < (page + 1u) * WORDS; i++)
            *words++ = TABLE_WORD(i);
        disk_write(regions[1].disk + page, FIRST_FRAME);
    }
}

void kernel(void) {
    LEDS = 1;
    say("Pagewalk: a program in virtual memory, with %d frames for %d pages\n", FRAMES,
        1u + TABLE_PAGES + DATA_PAGES + 1u + 1u);
    install();
    clear(ROOT);
    clear(LEAVES);
    frame_words(ROOT)[TEXT >> 22] = ENTRY(LEAVES, V);
    frame_words(ROOT)[NO_TABLE >> 22] = ENTRY(0x10000u, V);
    *leaf_entry(KERNEL) = ENTRY(LEAVES, V | R | W);
    SATP = 1u << 31 | 1u << 22 | (MEMORY / PAGE + ROOT);
    ADUE = 1;
    FENCE_ALL = 0;
    PROGRAM = PROGRAM_RUN;
    for (;;) {
        word state = PROGRAM;
        if (state & PROGRAM_TRAP) {
            say("program has trapped\n");
            break;
        }
        LEDS = state & PROGRAM_STOPPED ? 3u : 1u;
        if (state & PROGRAM_STOPPED && !serve(state))
            break;
    }
    say("\nprogram ends: %d faults, %d loads, %d evictions, %d write-backs, %d copy, %d refused\n",
        faults, loads, evictions, write_backs, copies, refusals);
    say("%d fences; A and D set by the MMU: %d, by the kernel: 0\n", fences, MARKS);
    LEDS = 8;
}
