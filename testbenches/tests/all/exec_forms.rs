//! `pagewalk exec`: the forms in which test programs come, how they speak to the host, and how they end
//! without saying so.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::command::within::pagewalk;

const COMPILER: &str = "riscv64-unknown-elf-gcc";

/// A linker script: where the text is in virtual and in physical memory, and the data.
fn script(va: &str, pa: &str) -> String {
    format!(
        "ENTRY(_start) SECTIONS {{ . = {va};
           .text : AT({pa}) {{ *(.text) }}
           . = ALIGN(4096); .tohost : {{ *(.tohost) }} .data : {{ *(.data) }}
           .bss : {{ *(.bss) }} }}"
    )
}

const USUAL: (&str, &str) = ("0x80000000", "0x80000000");
const TO_HOST: &str = ".section .tohost,\"aw\"\n.balign 64\n.globl tohost\ntohost: .dword 0\n\
                       .globl fromhost\nfromhost: .dword 0\n";

/// A program in assembler, built for a machine; `None` without a compiler, which is an error in CI.
fn assembled(machine: &str, text: &str, (va, pa): (&str, &str)) -> Option<TempDir> {
    if Command::new(COMPILER).arg("--version").output().is_err() {
        println!("skipped: tool {COMPILER} missing");
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI needs {COMPILER}");
        return None;
    }
    let folder = TempDir::new().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("written");
    };
    write("program.s", &format!(".text\n.globl _start\n_start:\n{text}\n"));
    write("link.ld", &script(va, pa));
    let abi = if machine.starts_with("rv64") { "lp64" } else { "ilp32" };
    let output = Command::new(COMPILER)
        .current_dir(folder.path())
        .args([format!("-march={machine}"), format!("-mabi={abi}")])
        .args(["-nostdlib", "-nostartfiles", "-static", "-Wl,--no-warn-rwx-segments"])
        .args(["-T", "link.ld", "program.s", "-o", "program"])
        .output()
        .expect("the compiler runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(folder)
}

fn executed(folder: &Path, more: &[&str]) -> (String, String, i32) {
    pagewalk(folder, &[&["exec", "program"], more].concat())
}

/// Each of these ends with code 5, having printed this.
fn ends_with_five(machine: &str, text: &str, addresses: (&str, &str), printed: &str) {
    let Some(folder) = assembled(machine, text, addresses) else { return };
    let (out, error, status) = executed(folder.path(), &["--quiet"]);
    assert_eq!((out.as_str(), error.as_str(), status), (printed, "", 5), "{text}");
}

#[test]
fn the_word_is_found_by_its_symbol_or_its_section_however_it_is_written() {
    let end = "li t0, 11\nla t1, tohost\n";
    let halves = "sw t0, 0(t1)\nsw zero, 4(t1)\n1: j 1b\n";
    for machine in ["rv64imac", "rv32imac"] {
        ends_with_five(machine, &format!("{end}{halves}{TO_HOST}"), USUAL, "");
        // The upper half first.
        let upper_first = "sw zero, 4(t1)\nsw t0, 0(t1)\n1: j 1b\n";
        ends_with_five(machine, &format!("{end}{upper_first}{TO_HOST}"), USUAL, "");
        // The section alone tells where it is.
        let local = TO_HOST.replace("tohost:", "1:").replace(".globl tohost", "");
        let by_section = format!("li t0, 11\nla t1, 1f\nsw t0, 0(t1)\n2: j 2b\n{local}");
        ends_with_five(machine, &by_section, USUAL, "");
        // A word of 32 bits, at a multiple of 4, with other data behind it.
        let short = ".section .tohost,\"aw\"\n.balign 4\n.globl tohost\ntohost: .word 0\n\
                     .data\n.balign 4\n.word 0x12345678, 0x9abcdef0\n";
        ends_with_five(machine, &format!("{end}sw t0, 0(t1)\n1: j 1b\n{short}"), USUAL, "");
    }
}

#[test]
fn a_console_of_two_halves_prints_in_either_order() {
    // Device 1, command 1, a letter; the host clears the word.
    let letter = |letter: char, stores: &str| {
        format!(
            "li t0, {}\nli t2, 0x01010000\nla t1, tohost\n{stores}\
             1: lw t3, 4(t1)\nbnez t3, 1b\n",
            u32::from(letter)
        )
    };
    let low_first = "sw t0, 0(t1)\nsw t2, 4(t1)\n";
    let high_first = "sw t2, 4(t1)\nsw t0, 0(t1)\n";
    let end = format!("li t0, 11\nsw t0, 0(t1)\n1: j 1b\n{TO_HOST}");
    for machine in ["rv32imac", "rv32ima"] {
        let text =
            letter('o', low_first) + &letter('k', high_first) + &letter('y', low_first) + &end;
        ends_with_five(machine, &text, USUAL, "oky");
    }
}

#[test]
fn system_calls_write_and_exit_others_are_named() {
    let call = "la t1, call\nla t2, tohost\nsw t1, 0(t2)\n1: lw t3, 0(t2)\nbnez t3, 1b\n";
    let data = "\n.data\n.balign 64\ncall: .dword 64, 1, text, 3\ntext: .ascii \"pte\"\n";
    let exit =
        "la t1, call\nli t3, 93\nsw t3, 0(t1)\nli t3, 5\nsw t3, 8(t1)\nsw t1, 0(t2)\n1: j 1b\n";
    for machine in ["rv64imac", "rv32imac"] {
        ends_with_five(machine, &format!("{call}{exit}{TO_HOST}{data}"), USUAL, "pte");
    }
    let other = format!("{call}{TO_HOST}{data}").replace("64, 1,", "1234, 1,");
    let Some(folder) = assembled("rv64imac", &other, USUAL) else { return };
    let (_, error, status) = executed(folder.path(), &[]);
    assert!(error.contains("system call 1234, unknown here"), "{error}");
    assert_eq!(status, 2);
}

#[test]
fn programs_are_loaded_where_their_segments_say() {
    // Linked for one address, placed at another: the entry and `tohost` are where they were placed.
    let end = "li t0, 11\nlla t1, tohost\nsw t0, 0(t1)\n1: j 1b\n";
    let high = ("0xffffffffc0000000", "0x80200000");
    ends_with_five("rv64imac", &format!("{end}{TO_HOST}"), high, "");
    ends_with_five("rv32imac", &format!("{end}{TO_HOST}"), ("0xc0000000", "0x80200000"), "");
    // Below the usual RAM, with an atomic operation on what was never written.
    let atomic = "la t1, sum\nli t0, 11\namoadd.w zero, t0, (t1)\namoadd.w t0, zero, (t1)\n\
                  la t1, tohost\nsw t0, 0(t1)\n1: j 1b\n.bss\n.balign 8\n.space 8192\nsum: .word 0\n";
    for low in ["0", "0x1000", "0x40000000"] {
        ends_with_five("rv64imac", &format!("{atomic}{TO_HOST}"), (low, low), "");
    }
    // More than the usual memory.
    let large = format!(
        "la t1, last\nli t0, 11\nsw t0, 0(t1)\nlw t0, 0(t1)\nla t1, tohost\nsw t0, 0(t1)\n1: j 1b\n\
         .bss\n.space 100 << 20\nlast: .word 0\n{TO_HOST}"
    );
    ends_with_five("rv64imac", &large, USUAL, "");
    let Some(folder) = assembled("rv64imac", &large, USUAL) else { return };
    let (_, error, status) = executed(folder.path(), &["--memory", "64M"]);
    assert!(error.contains("are not in memory, which is 0x80000000 to 0x84000000"), "{error}");
    assert_eq!(status, 2);
    // On a device.
    let on_device = format!("{end}{TO_HOST}");
    let at = ("0x10000000", "0x10000000");
    let Some(folder) = assembled("rv64imac", &on_device, at) else { return };
    let (_, error, status) = executed(folder.path(), &[]);
    assert!(error.contains("overlap"), "{error}");
    assert_eq!(status, 2);
}

#[test]
fn without_section_headers_it_ends_by_the_power_off_register() {
    let text = "li t0, 0x53333\nli t1, 0x100000\nsw t0, 0(t1)\n1: j 1b\n";
    for (machine, fields) in
        [("rv64imac", [0x28..0x30, 0x3c..0x40]), ("rv32imac", [0x20..0x24, 0x30..0x34])]
    {
        let Some(folder) = assembled(machine, text, USUAL) else { return };
        let path = folder.path().join("program");
        let mut bytes = std::fs::read(&path).expect("it is there");
        fields.into_iter().for_each(|field| bytes[field].fill(0));
        std::fs::write(&path, bytes).expect("written");
        let (_, error, status) = executed(folder.path(), &["--quiet"]);
        assert_eq!((error.as_str(), status), ("", 5), "{machine}");
    }
}

#[test]
fn signatures_have_either_pair_of_symbols() {
    for (from, to) in [("begin_signature", "end_signature"), ("rvtest_sig_begin", "rvtest_sig_end")]
    {
        let text = format!(
            "li t0, 1\nla t1, tohost\nsw t0, 0(t1)\n1: j 1b\n.data\n.balign 8\n.globl {from}, {to}\n\
             {from}: .word 0x600df00d, 0x89abcdef\n.half 0x1234\n{to}: .word 0\n{TO_HOST}"
        );
        let Some(folder) = assembled("rv32imac", &text, USUAL) else { return };
        let (_, error, status) = executed(folder.path(), &["--quiet", "--signature", "out"]);
        assert_eq!((error.as_str(), status), ("", 0));
        let signature = std::fs::read_to_string(folder.path().join("out")).expect("it was written");
        assert_eq!(signature, "600df00d\n89abcdef\n00001234\n");
    }
}

#[test]
fn what_never_ends_is_told_soon() {
    for (text, says) in [
        ("1: j 1b", "jumps to itself at 0x80000000 without end"),
        ("nop\n1: beq zero, zero, 1b", "jumps to itself at 0x80000002 without end"),
        ("li a7, 93\necall", "its trap handler traps without end: instruction access fault at 0x0"),
        ("wfi", "waits for an interrupt that nothing will signal"),
    ] {
        let Some(folder) = assembled("rv64imac", text, USUAL) else { return };
        let (_, error, status) = executed(folder.path(), &[]);
        assert!(error.contains(says), "{text}: {error}");
        assert_eq!(status, 2, "{text}");
    }
    // With an interrupt enabled one waits for it.
    let timer = "la t0, 1f\ncsrw mtvec, t0\nli t0, 0x2004000\nli t1, 3000\nsd t1, 0(t0)\nli t0, 128\n\
                 csrw mie, t0\ncsrsi mstatus, 8\n2: j 2b\n.balign 4\n\
                 1: li t0, 11\nla t1, tohost\nsw t0, 0(t1)\n3: j 3b\n";
    ends_with_five("rv64imac_zicsr", &format!("{timer}{TO_HOST}"), USUAL, "");
}

#[test]
fn what_a_program_needs_and_does_not_find_is_named() {
    let ends = "1: li t0, 11\nla t1, tohost\nsw t0, 0(t1)\n2: j 2b\n";
    let needs = format!("la t0, 1f\ncsrw mtvec, t0\nsh1add t0, t0, t0\n.balign 4\n{ends}{TO_HOST}");
    let Some(folder) = assembled("rv64imac_zicsr_zba", &needs, USUAL) else { return };
    let (_, error, status) = executed(folder.path(), &[]);
    assert!(error.contains("for want of zba, for which it was built"), "{error}");
    assert_eq!(status, 5);
    let protects =
        format!("la t0, 1f\ncsrw mtvec, t0\ncsrw pmpaddr0, t0\n.balign 4\n{ends}{TO_HOST}");
    let Some(folder) = assembled("rv64imac_zicsr", &protects, USUAL) else { return };
    let (_, error, _) = executed(folder.path(), &["--config", "rv64_tiny"]);
    assert!(error.contains("for want of PMP, whose registers it wrote"), "{error}");
    let (_, error, _) = executed(folder.path(), &[]);
    assert!(!error.contains("for want of"), "{error}");
}
