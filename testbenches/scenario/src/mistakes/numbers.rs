//! Numbers that are out of range.

use super::*;

#[test]
fn numbers_out_of_range_are_named() {
    let mut all = Refusals::default();
    let program = |lines: &str| story("", "", &format!("program = [{lines}]"));
    for (lines, part) in [
        ("\"store heap 0\", ¦\"store heap 4503599627370496\"", "page 4503599627370496 of `heap`"),
        ("¦\"store heap 0..4503599627370496 step 4503599627370496\"", "page 4503599627370496"),
        ("¦\"load heap -1025\"", "page -1025 of `heap` is out of range"),
        ("¦\"load heap random 3 of 0..9223372036854775807 seed 1\"", "page 9223372036854775807"),
        ("¦\"load heap 0 offset 0xffff_ffff_ffff_ffff\"", "page 0 of `heap` is out of range"),
        ("¦\"load heap elements 0..2 of 0x8000_0000_0000_0000\"", "element 2 of `heap`"),
        (
            "¦\"load heap rows 2 x 2 of 0x4000_0000_0000_0000 offset 0x4000_0000_0000_0000\"",
            "element 3",
        ),
        ("¦\"think 18446744073709551615\"", "`18446744073709551615` is out of range"),
        ("¦\"think 18446744073709551616\"", "`18446744073709551616` is out of range"),
        ("\"store heap 0\",\n¦\"9000000 x (think 1_000_000_000_000)\"", "more cycles than can be"),
        ("¦\"18446744073709551616 x (tick)\"", "`18446744073709551616` is out of range"),
        ("¦\"1099511627777 x (tick)\"", "1099511627777 steps in one line"),
        ("¦\"sbrk 4503599627370497\"", "`4503599627370497` is out of range"),
        ("¦\"sbrk -9223372036854775809\"", "`9223372036854775809` does not fit 64 bits"),
        ("¦\"munmap heap 0..4503599627370495\"", "page 4503599627370495 of `heap`"),
        ("¦\"mprotect heap 9223372036854775807 r--\"", "page 9223372036854775807 of `heap`"),
        ("¦\"load at 1 << 64\"", "`1 << 64` does not fit 64 bits"),
        ("¦\"load at (1 << 127) + (1 << 126) + (1 << 126)\"", "does not fit 64 bits"),
    ] {
        all.refused(&program(lines), part);
    }
    let narrow = "machine = { modes = [\"sv32\"] }";
    all.refused(&story(narrow, "", "program = [¦\"load heap 1047552\"]"), "page 1047552 of `heap`");
    all.refused(&story(narrow, "", "program = [¦\"load at 1 << 32\"]"), "does not fit 32 bits");
    for (os, part) in [
        ("{ costs = { ¦trap = 9223372036854775807, handler = 9223372036854775807 } }", "`trap` is"),
        ("{ costs = { ¦disk_read = 9223372036854775807 } }", "`disk_read` is 9223372036854775807"),
        ("{ ¦tlb_lookup = 9223372036854775807 }", "`tlb_lookup` is 9223372036854775807"),
        ("{ ¦frames = 268435457 }", "`frames` is 268435457"),
        ("{ ¦data_latency = 10000 }", "less than 10000"),
        ("{ ¦read_ahead = 9223372036854775807 }", "`read_ahead` is"),
        ("{ reserved = [[1, 1],\n ¦[9223372036854775807, 9223372036854775807]] }", "not among the"),
        ("{ quantum = ¦-1 }", "`-1`"),
        ("{ frames = ¦18446744073709551616 }", "18446744073709551616"),
    ] {
        all.refused(&story("", &format!("os = {os}"), ""), part);
    }
    for (process, part) in [
        ("victims = [0,\n ¦4503599627370496]", "page 4503599627370496 of `heap` is out of range"),
        ("frames_after = [¦\"heap -2000\"]", "page -2000 of `heap` is out of range"),
        ("expect = { ¦minor_faults = \"2 - 3\" }", "`2 - 3` is negative"),
        ("expect = { ¦minor_faults = \"1 << 64\" }", "does not fit 64 bits"),
        ("ends = \"any\"\n¦at = \"1 << 64\"\nprogram = [\"load at 0\"]", "does not fit 64 bits"),
    ] {
        all.refused(&story("", "", process), part);
    }
}

#[test]
fn numbers_of_steps_out_of_range_are_named() {
    let mut all = Refusals::default();
    for (line, part) in [
        ("¦{ load = \"1 << 64\" },", "does not fit 64 bits"),
        ("¦{ wait = \"0 - 1\" },", "is negative"),
        ("¦{ wait = \"1 << 41\" },", "cycles; at most"),
        (
            "{ load = 0x1000 },\n¦{ stream = \"load\", va = 0x1000, stride = \"1 << 62\", count = 9 },",
            "leaves the",
        ),
        ("¦{ stream = \"load\", va = 0x1000, stride = 4, count = \"1 << 40\" },", "accesses"),
        ("¦{ load = 0x1000, latency = \"0 - 1\" },", "is negative"),
        ("¦{ load = 0x1000, pa = \"1 << 56\" },", "physical address"),
        ("¦{ pte = 0x1000, pa = \"1 << 56\" },", "physical address"),
        ("{ fence = {} , cycles = ¦-1 },", "`-1` is negative"),
        ("{ load = 0x1000, during = [{ at = ¦-1, load = 0x1000 }] },", "`-1` is negative"),
        ("¦{ load = 0x1000, during = [{ at = \"1 << 60\", load = 0x1000 }] },", "cycles; at most"),
    ] {
        all.refused(&steps("machine = { modes = \"sv39\" }", line), part);
    }
    let load = "{ load = 0x1000 },";
    for (head, part) in [
        ("events.¦fence = \"0 - 1\"", "is negative"),
        ("machine = { ¦tables = \"1 << 56\" }", "physical address"),
        ("machine = { ¦tables = 0x1_0800 }", "not a multiple"),
        ("entry = [¦{ at = 0x8000_0002, value = 1 }]", "not a multiple of the"),
        ("entry = [¦{ at = \"1 << 60\", value = 1 }]", "physical address"),
        ("machine = { ¦satp = \"1 << 64\" }", "does not fit 64 bits"),
        (
            "space.s = { asid = 1, map = [\n¦{ va = 0, pa = 0, flags = \"R\", pages = 65537 }] }",
            "65537 pages",
        ),
        (
            "space.s = { asid = 1, map = [\n¦{ va = \"1 << 60\", pa = 0, flags = \"R\" }] }",
            "leave the addresses",
        ),
        (
            "space.s = { asid = 1, map = [\n¦{ va = \"(1 << va_bits) - 4096\", pa = 0, flags = \"R\" }] }",
            "leave the addresses",
        ),
        (
            "space.s = { asid = 1, map = [\n¦{ va = 0, pa = \"1 << 56\", flags = \"R\" }] }",
            "physical",
        ),
        (
            "space.s = { asid = 1, map = [\n¦{ va = 0, pa = 0, flags = \"R\", pages = 65536, level = 2 }] }",
            "leave",
        ),
        ("space.s = { ¦asid = 512 }", "ASID 512 does not exist in Sv32"),
        ("space.s = { asid = ¦65536 }", "65536"),
    ] {
        let head = if head.contains("asid = 512") {
            head.to_owned()
        } else if head.contains("machine") {
            head.replace("machine = { ", "machine = { modes = \"sv39\", ")
        } else {
            format!("machine = {{ modes = \"sv39\" }}\n{head}")
        };
        all.refused(&steps(&head, load), part);
    }
}
