//! `--snapshot` and `--restore` of `pagewalk boot`, and `--trace-out`, with a program that is built
//! here: a run that is cut in two is the run that was not.

use std::fs;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value;
use tempfile::TempDir;

use crate::command::finished;
use crate::command::within::pagewalk;

const COMPILER: &str = "riscv64-unknown-elf-gcc";

/// More pages than a TLB has lines, accessed from U-mode; entries that change without a fence; and a
/// line that is typed.
const PROGRAM: &str = r#"
#include "check.h"

#if __riscv_xlen == 64
SNIPPET(copy_one, "ld a0, (a3)\nadd a0, a0, a5\nsd a0, (a4)\namoadd.d a0, a5, (a4)");
#else
SNIPPET(copy_one, "lw a0, (a3)\nadd a0, a0, a5\nsw a0, (a4)\namoadd.w a0, a5, (a4)");
#endif
#define CODE VA
#define PAGES 24
static word pages[PAGES][PAGE / sizeof(word)] __attribute__((aligned(4096)));
static volatile unsigned char *const uart = (volatile unsigned char *)0x10000000;
static volatile unsigned *const plic = (volatile unsigned *)0xc000000;

static void digit(word value) {
  char text[2] = {"0123456789abcdef"[value & 15], 0};
  say(text);
}

static void test(const struct scheme *scheme) {
  pte *root = new_table();
  csr_write(satp, satp_of(scheme, 5, root));
  *place(root, scheme->levels, CODE, 0) = entry(data[0], V | X | U | A | D);
  copy(data[0], copy_one);
  for (int at = 0; at < PAGES; at++)
    *place(root, scheme->levels, VA + (at + 1) * PAGE, 0) = entry(pages[at], V | R | W | U | A | D);
  fence_all();
  for (int round = 0; round < 8; round++) {
    for (word at = 0; at < PAGES; at++) {
      word from = VA + PAGE + (at * 7 + round) % PAGES * PAGE, to = VA + PAGE + at * PAGE;
      run_in(USER, CODE, 0, from, to + 8 * round, at);
      check(trap.cause == CALL_U);
      /* Legal, and stale for as long as somebody knows the entry: the page is the same. */
      if (at % 5 == 0)
        *place(root, scheme->levels, to, 0) ^= 1 << 8;
    }
    digit(pages[round][round]);
  }
  say("\n");
}

/* Whatever is typed comes back, until the end of the line. */
static void echo(void) {
  plic[10] = 1;
  plic[0x2000 / 4] = 1 << 10;
  csr_write(mie, 1 << 11);
  uart[1] = 1;
  for (;;) {
    __asm__ volatile("wfi");
    unsigned source = plic[0x200004 / 4];
    while (uart[5] & 1) {
      unsigned char got = uart[0];
      uart[0] = got;
      if (got == '\n' || got == 4)
        return;
    }
    plic[0x200004 / 4] = source;
  }
}

int main(void) {
  in_each_scheme(test);
  echo();
  say("end\n");
  return 0;
}
"#;

/// A folder with the program of a width; `None` without a compiler, which is an error in CI.
fn built(bits: u32) -> Option<TempDir> {
    if Command::new(COMPILER).arg("--version").output().is_err() {
        println!("skipped: tool {COMPILER} missing");
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI needs {COMPILER}");
        return None;
    }
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("program.c"), PROGRAM).expect("written");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let abi = if bits == 64 { "lp64" } else { "ilp32" };
    let output = Command::new(COMPILER)
        .current_dir(folder.path())
        .args([format!("-march=rv{bits}imac_zicsr_zifencei"), format!("-mabi={abi}")])
        .args(["-mcmodel=medany", "-O1", "-Wall", "-Werror", "-ffreestanding", "-nostdlib"])
        .args(["-nostartfiles", "-static", "-Wl,--no-warn-rwx-segments", "-T"])
        .arg(sources.join("link.ld"))
        .arg("-I")
        .arg(&sources)
        .arg(sources.join("start.S"))
        .args(["program.c", "-o", "program"])
        .output()
        .expect("the compiler runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(folder)
}

/// `pagewalk boot`, into which a line is typed: what it prints, and its standard error.
fn boot(folder: &Path, arguments: &str) -> (String, String) {
    let mut command = cargo_bin_cmd!("pagewalk");
    let command = command.current_dir(folder).arg("boot").args(arguments.split(' '));
    let (out, error, status) = finished(&command.write_stdin("ab\n").output().expect("it runs"));
    assert_eq!(status, 0, "{arguments}: {error}");
    (out, error)
}

/// The report in standard error, after other lines.
fn report(error: &str) -> Value {
    let from = error.find('{').expect("a report");
    serde_json::from_str(&error[from..]).unwrap_or_else(|_| panic!("{error}"))
}

/// Cut at these moments, the run prints and counts what the whole one does.
fn is_the_same(folder: &Path, machine: &str, moments: &[&str]) {
    let whole = format!("--kernel program --json --memory 4M {machine}");
    let (out, error) = boot(folder, &whole);
    assert!(out.ends_with("ab\nend\n"), "{out}");
    for moment in moments {
        let cut = format!("{whole} --snapshot x.snap --snapshot-at {moment}");
        let (first_out, first_error) = boot(folder, &cut);
        assert_eq!(first_out, out, "{machine} {moment}");
        let check = machine.split("--config").next().unwrap_or_default();
        let (rest, rest_error) = boot(folder, format!("--restore x.snap --json {check}").trim());
        // The first moments come before anything is printed.
        let begun = *moment != "idle" || rest.len() < out.len();
        assert!(!rest.is_empty() && begun && out.ends_with(&rest), "{moment}: {rest}");
        let [rest, first, uncut] = [&rest_error, &first_error, &error].map(|text| report(text));
        for part in [&rest, &first] {
            assert_eq!(part["instructions"], uncut["instructions"], "{machine} {moment}");
        }
        // Where answers come from registers, cycles differ.
        if !machine.contains("registered") {
            assert_eq!(rest, first, "{machine} {moment}");
        }
        // To wait for ports at rest may take cycles.
        if machine.contains("pmp") {
            assert_eq!(first, uncut, "{machine} {moment}");
        }
    }
}

#[test]
fn a_run_that_is_cut_in_two_is_the_run_that_was_not() {
    let Some(folder) = built(64) else { return };
    let moments = ["fault:1", "instruction:30000", "cycle:55555", "user", "idle"];
    is_the_same(folder.path(), "--check all --config rv64_linux_pmp", &moments[1..]);
    for config in ["rv64_linux_full", "rv64_linux_registered", "rv64_linux_one_port"] {
        is_the_same(folder.path(), &format!("--check all --config {config}"), &moments[2..4]);
    }
    is_the_same(folder.path(), "--check all --config rv64_linux_walk", &["satp:2", "idle"]);
}

#[test]
fn and_so_it_is_with_32_bits() {
    let Some(folder) = built(32) else { return };
    is_the_same(folder.path(), "--check all --config rv32_linux_pmp", &["cycle:20000", "idle"]);
}

/// What `pagewalk boot` says of arguments that it refuses.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let (_, error, status) = pagewalk(folder, &[&["boot"], arguments].concat());
    assert_eq!(status, 2, "{arguments:?}: {error}");
    error
}

#[test]
fn files_that_are_no_sound_snapshots_and_options_that_contradict_one_are_named() {
    let Some(folder) = built(64) else { return };
    let folder = folder.path();
    boot(folder, "--kernel program --quiet --memory 4M --snapshot good.snap");
    let good = fs::read(folder.join("good.snap")).expect("a snapshot");
    let says = |bytes: &[u8]| {
        fs::write(folder.join("bad.snap"), bytes).expect("written");
        refused(folder, &["--restore", "bad.snap"])
    };
    for length in [12, 13, 20, 60, good.len() / 2, good.len() - 1] {
        assert!(says(&good[..length]).contains("bad.snap is damaged: it is cut off"), "{length}");
    }
    for at in [40, 70, good.len() / 2, good.len() - 1] {
        let mut bytes = good.clone();
        bytes[at] ^= 0x10;
        assert!(says(&bytes).contains("bad.snap is damaged: its checksum is wrong"), "{at}");
    }
    assert!(says(&[&good[..], b"x"].concat()).contains("something follows its end"));
    for other in [&b""[..], b"\x7fELF", b"{}"] {
        assert!(says(other).contains("bad.snap is no snapshot of Pagewalk"), "{other:?}");
    }
    let mut older = good.clone();
    older[8] = 0;
    assert!(says(&older).contains("in format 0, and this is"));
    assert!(refused(folder, &["--restore", "none.snap"]).contains("none.snap: "));
    for option in [
        ["--config", "rv64_linux"],
        ["--memory", "8M"],
        ["--kernel", "program"],
        ["--initrd", "program"],
        ["--append", "x"],
        ["--firmware", "program"],
        ["--latency", "3"],
        ["--data-latency", "3"],
        ["--misaligned", "trap"],
        ["--extensions", "none"],
        ["--seed", "2"],
    ] {
        let error = refused(folder, &[&["--restore", "good.snap"], &option[..]].concat());
        assert!(error.contains(option[0]) && error.contains("cannot be used with"), "{error}");
    }
    let disk = refused(folder, &["--restore", "good.snap", "--disk", "program"]);
    assert!(disk.contains("has no disk: --disk has no effect"), "{disk}");
    let engine = refused(folder, &["--restore", "good.snap", "--engine", "interpreter"]);
    assert!(engine.contains("the engine `compiled` does"), "{engine}");
    let lost = ["--kernel", "program", "--snapshot", "none/x.snap"];
    assert!(refused(folder, &lost).contains("none/x.snap: "));
    let never = ["--kernel", "program", "--snapshot", "never.snap", "--snapshot-at", "satp:99"];
    assert!(refused(folder, &never).contains("write 99 of satp never came: never.snap was not"));
    let left: Vec<_> = fs::read_dir(folder).expect("a folder").filter_map(Result::ok).collect();
    let names = left.iter().map(|file| file.file_name().to_string_lossy().into_owned());
    assert!(!names.into_iter().any(|name| name.starts_with('.') || name == "never.snap"));
}

#[test]
fn the_disk_of_a_snapshot_must_be_what_it_was() {
    let Some(folder) = built(64) else { return };
    let folder = folder.path();
    fs::write(folder.join("disk.img"), [7; 1024]).expect("written");
    boot(folder, "--kernel program --quiet --memory 4M --disk disk.img --snapshot x.snap");
    boot(folder, "--restore x.snap --quiet");
    fs::copy(folder.join("disk.img"), folder.join("copy.img")).expect("copied");
    fs::write(folder.join("disk.img"), [8; 1024]).expect("written");
    let changed = refused(folder, &["--restore", "x.snap"]);
    assert!(
        changed.contains("disk.img is not what it was when the snapshot was taken"),
        "{changed}"
    );
    boot(folder, "--restore x.snap --quiet --disk copy.img");
}

/// The text of a recording, compressed or not.
fn text(path: &Path) -> String {
    let mut text = String::new();
    let mut source = machine::cpu::open(path).expect("a recording");
    std::io::Read::read_to_string(&mut source, &mut text).expect("text");
    text
}

#[test]
fn the_accesses_of_u_mode_are_a_recording_that_can_be_run() {
    let Some(folder) = built(64) else { return };
    let folder = folder.path();
    let record = "--kernel program --quiet --memory 4M --trace-out";
    boot(folder, &format!("{record} x.trace"));
    let plain = text(&folder.join("x.trace"));
    // Three schemes, 8 rounds, 24 pages.
    let (rounds, line) = (3 * 8 * 24, "I  40000000,4\n L 40001000,8\nI  40000004,4\n");
    let first = format!(
        "==5== address space 5\n{line}I  40000008,4\n S 40001000,8\nI  4000000c,4\n M 40001000,8\n"
    );
    assert!(plain.starts_with(&first), "{}", &plain[..200]);
    let count = |start: &str| plain.lines().filter(|line| line.starts_with(start)).count();
    let counts = ["I  ", " L ", " S ", " M ", "=="].map(count);
    assert_eq!(counts, [4 * rounds, rounds, rounds, rounds, 1]);
    for end in ["gz", "xz", "zst"] {
        boot(folder, &format!("{record} x.{end}"));
        let path = folder.join(format!("x.{end}"));
        assert_eq!(text(&path), plain, "{end}");
        assert!(fs::metadata(&path).expect("a file").len() * 4 < plain.len() as u64, "{end}");
    }
    let (out, error, status) = pagewalk(folder, &["trace", "x.zst", "--json"]);
    assert_eq!(status, 0, "{error}");
    let run: Value = serde_json::from_str(&out).expect("JSON");
    assert!(out.contains("\"trace_format\": \"lackey\""), "{run:#}");
    // The program ends by itself under `exec`, too, where nobody types.
    let exec = ["exec", "program", "--max", "3000000", "--quiet", "--trace-out", "y.trace"];
    let none = [&exec[..], &["--trace-space", "6"]].concat();
    let (_, error, status) = pagewalk(folder, &none);
    assert_eq!(status, 2, "{error}");
    assert!(error.contains("no program ran in address space 6, only in 5"), "{error}");
    assert!(!folder.join("y.trace").exists());
    pagewalk(folder, &[&exec[..], &["--trace-space", "5"]].concat());
    assert_eq!(text(&folder.join("y.trace")), plain);
}
