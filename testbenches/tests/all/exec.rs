//! `pagewalk exec`: programs that are built from `testbenches/programs`, on the hardware.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::command::within::pagewalk;

const COMPILER: &str = "riscv64-unknown-elf-gcc";

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("programs")
}

/// The programs, by the rules that they check.
fn names() -> Vec<String> {
    let files = std::fs::read_dir(sources()).expect("a folder").filter_map(Result::ok);
    let mut names: Vec<_> = files
        .filter(|file| file.path().extension().is_some_and(|kind| kind == "c"))
        .filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    assert!(names.len() >= 17, "{names:?}");
    names
}

/// A folder with every program of a width; `None` without a compiler, which is an error in CI.
pub(crate) fn built(bits: u32) -> Option<TempDir> {
    if Command::new(COMPILER).arg("--version").output().is_err() {
        println!("skipped: tool {COMPILER} missing");
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI needs {COMPILER}");
        return None;
    }
    let folder = TempDir::new().expect("a temporary folder");
    for name in names() {
        let out = build(&folder, bits, &format!("{name}.c"), &name);
        assert!(out.is_empty(), "{name}: {out}");
    }
    Some(folder)
}

/// Builds one source file; returns what the compiler complains about.
fn build(folder: &TempDir, bits: u32, source: &str, name: &str) -> String {
    let abi = if bits == 64 { "lp64" } else { "ilp32" };
    let output = Command::new(COMPILER)
        .current_dir(sources())
        .arg(format!("-march=rv{bits}imac_zicsr_zifencei"))
        .arg(format!("-mabi={abi}"))
        .args(["-mcmodel=medany", "-O1", "-Wall", "-Werror", "-ffreestanding", "-nostdlib"])
        .args(["-nostartfiles", "-static", "-Wl,--no-warn-rwx-segments", "-T", "link.ld", "-I."])
        .args(["start.S", source, "-o"])
        .arg(folder.path().join(name))
        .output()
        .expect("the compiler runs");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a program reports.
fn report(folder: &TempDir, arguments: &[&str]) -> (Value, i32) {
    let all = [&["exec"], arguments, &["--json"]].concat();
    let (_, error, status) = pagewalk(folder.path(), &all);
    let report = serde_json::from_str(&error);
    (report.unwrap_or_else(|_| panic!("{arguments:?}: {error}")), status)
}

/// Every program on these configurations; those without PMP cannot run the one about it.
fn pass(bits: u32, configs: &[&str]) {
    let Some(folder) = built(bits) else { return };
    for config in configs {
        for name in names() {
            // Sv32 has no extensions.
            if name == "extensions" && bits == 32 {
                continue;
            }
            if name.starts_with("protection")
                && !config.contains("pmp")
                && !config.contains("protected")
            {
                continue;
            }
            let (report, status) = report(&folder, &[&name, "--config", config]);
            assert_eq!(
                status, 0,
                "{name} on {config} fails in line {}: {report:#}",
                report["code"]
            );
            assert_eq!(report["code"], 0);
            assert!(report["checked"].as_u64().is_some_and(|checked| checked > 100), "{report:#}");
        }
    }
}

#[test]
fn the_rules_of_translation_hold_for_programs_in_64_bits() {
    pass(64, &["rv64_linux_pmp", "rv64_tiny", "rv64_linux_registered", "rv64_linux_one_port"]);
}

#[test]
fn the_rules_hold_with_a_second_level_a_walk_cache_and_pages_in_sets() {
    pass(64, &["rv64_linux+l2=64+walk_cache=8+walkers=2", "rv64_linux_pages", "rv64_sv39"]);
}

#[test]
fn the_rules_of_translation_hold_for_programs_in_32_bits() {
    pass(32, &["rv32_linux_pmp", "rv32_tiny", "rv32_tiny_one_port", "rv32_linux_full"]);
}

#[test]
fn each_configuration_has_the_extensions_of_its_name() {
    let Some(folder) = built(64) else { return };
    for (config, lines) in [
        ("rv64_linux", &[][..]),
        ("rv64_linux_napot", &["Svnapot"]),
        ("rv64_linux_pbmt_pmp", &["Svpbmt"]),
        ("rv64_linux_full", &["Svnapot", "Svpbmt"]),
    ] {
        let (out, error, status) =
            pagewalk(folder.path(), &["exec", "extensions", "--config", config, "--quiet"]);
        // In each of the three schemes.
        assert_eq!(out.lines().collect::<Vec<_>>(), lines.repeat(3), "{config}");
        assert_eq!((error.as_str(), status), ("", 0), "{config}");
    }
    let (out, ..) = pagewalk(folder.path(), &["exec", "invalidation", "--quiet"]);
    assert_eq!(out, "Svinval\n".repeat(3));
}

#[test]
fn a_hart_that_rests_hears_the_answer_to_what_it_gave_up() {
    let Some(wide) = built(64) else { return };
    let Some(narrow) = built(32) else { return };
    for latency in ["1", "40", "300"] {
        for (folder, config) in [
            (&wide, "rv64_linux_one_port"),
            (&wide, "rv64_linux_registered"),
            (&narrow, "rv32_tiny_one_port"),
            (&narrow, "rv32_tiny_registered"),
        ] {
            let all = ["interrupts", "--config", config, "--latency", latency, "--max", "1000000"];
            let (report, status) = report(folder, &all);
            assert_eq!(status, 0, "{config}, latency {latency}: {report:#}");
            assert!(report["interrupts"]["machine timer"].as_u64() >= Some(12), "{report:#}");
        }
    }
}

#[test]
fn the_report_counts_what_the_program_did() {
    let Some(folder) = built(64) else { return };
    let (report, _) = report(&folder, &["fences", "--config", "rv64_linux_pmp"]);
    let count = |path: &str| report.pointer(path).and_then(Value::as_u64).unwrap_or(0);
    // In each of three schemes: the fences of the source, and one before the test.
    assert_eq!(count("/fences/by address"), 3 * 3);
    assert_eq!(count("/fences/by address space"), 3);
    assert_eq!(count("/fences/by address and address space"), 3 * 2);
    assert_eq!(count("/exceptions/load page fault"), 3);
    assert_eq!(count("/modes/M/instructions"), count("/instructions"));
    assert!(report["modes"]["S"].is_null(), "S-mode is imitated by MPRV here");
    assert_eq!(report["config"], "rv64_linux_pmp");
    // What it executes in other modes are calls, which trap: the fetch takes a walk there.
    let (report, _) = self::report(&folder, &["permissions"]);
    for mode in ["S", "U"] {
        let counts = &report["modes"][mode];
        assert_eq!(counts["instructions"], 0, "{counts:#}");
        assert!(counts["cycles"].as_u64().is_some_and(|count| count > 0), "{counts:#}");
        assert!(counts["mmu"]["walks"].as_u64().is_some_and(|count| count > 0), "{counts:#}");
    }
    // In S-mode, with TVM clear: satp read, satp written, a fence.
    let (report, _) = self::report(&folder, &["privilege"]);
    assert_eq!(report["modes"]["S"]["instructions"], 3);
}

#[test]
fn the_exit_status_is_the_programs() {
    let Some(folder) = built(64) else { return };
    std::fs::write(folder.path().join("seven.c"), "int main(void) { return 7; }").expect("written");
    let source = folder.path().join("seven.c");
    assert_eq!(build(&folder, 64, source.to_str().expect("UTF-8"), "seven"), "");
    let (out, error, status) = pagewalk(folder.path(), &["exec", "seven"]);
    assert_eq!((out.as_str(), status), ("", 7), "{error}");
    assert!(error.contains("ended, code 7"), "{error}");
    let (_, error, status) = pagewalk(folder.path(), &["exec", "seven", "--quiet"]);
    assert_eq!((error.as_str(), status), ("", 7));
}

#[test]
fn what_a_program_prints_and_its_signature() {
    let Some(folder) = built(64) else { return };
    let text = "
        unsigned begin_signature[2] = {0x12345678, 0x9abcdef0};
        __asm__(\".globl end_signature\\n.set end_signature, begin_signature + 8\");
        int main(void) {
          for (const char *at = \"walk\\n\"; *at; at++) *(volatile char *)0x10000000 = *at;
          return 0;
        }";
    std::fs::write(folder.path().join("prints.c"), text).expect("written");
    let source = folder.path().join("prints.c");
    assert_eq!(build(&folder, 64, source.to_str().expect("UTF-8"), "prints"), "");
    let all = ["exec", "prints", "--quiet", "--signature", "signature.txt"];
    let (out, error, status) = pagewalk(folder.path(), &all);
    assert_eq!((out.as_str(), status), ("walk\n", 0), "{error}");
    let signature = std::fs::read_to_string(folder.path().join("signature.txt"));
    assert_eq!(signature.expect("it was written"), "12345678\n9abcdef0\n");
}

#[test]
fn what_cannot_be_executed_is_said() {
    let Some(folder) = built(64) else { return };
    let loops = "int main(void) { for (;;) ; }";
    std::fs::write(folder.path().join("loops.c"), loops).expect("written");
    let source = folder.path().join("loops.c");
    assert_eq!(build(&folder, 64, source.to_str().expect("UTF-8"), "loops"), "");
    std::fs::write(folder.path().join("text"), "no program").expect("written");
    let whole = std::fs::read(folder.path().join("loops")).expect("a file");
    std::fs::write(folder.path().join("cut"), &whole[..200]).expect("written");
    let shell = std::env::current_exe().expect("this test").display().to_string();
    for (arguments, says) in [
        (&["loops", "--max", "1000"][..], "stopped at the limit of steps (--max)"),
        (&["nowhere"][..], "nowhere: No such file"),
        (&["text"][..], "text: not a readable ELF file"),
        (&["cut"][..], "cut: not a readable ELF file"),
        (&[shell.as_str()][..], "another machine than RISC-V"),
        (&["loops", "--config", "rv32_tiny"][..], "loops is for RV64, rv32_tiny is not"),
        (&["loops", "--config", "rv64_tny"][..], "did you mean rv64_tiny"),
        (&["loops", "--memory", "4K"][..], "are not in memory"),
        (&["loops", "--memory", "5000"][..], "not whole pages"),
        (&["loops", "--memory", "much"][..], "is no size"),
        (&["loops", "--signature", "x"][..], "--signature has no effect"),
        (&["loops", "--latency", "0"][..], "0 is not in"),
    ] {
        let (_, error, status) = pagewalk(folder.path(), &[&["exec"], arguments].concat());
        assert!(error.contains(says), "{arguments:?}: {error}");
        assert_eq!(status, 2, "{arguments:?}");
    }
}
