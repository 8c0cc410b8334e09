//! `pagewalk boot`: a kernel of some hundred instructions, built from source, on the hardware.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const COMPILER: &str = "riscv64-unknown-elf-gcc";

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/kernel")
}

/// A folder with `kernel` as an ELF file and as an image; `None` without a compiler, which is an
/// error in CI.
fn built() -> Option<TempDir> {
    if Command::new(COMPILER).arg("--version").output().is_err() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI needs {COMPILER}");
        return None;
    }
    let folder = TempDir::new().expect("a temporary folder");
    let (elf, image) = (folder.path().join("kernel.elf"), folder.path().join("kernel"));
    let run = |command: &mut Command| {
        let output = command.output().expect("the toolchain runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(Command::new(COMPILER)
        .current_dir(sources())
        .args(["-march=rv64imac_zicsr_zifencei", "-mabi=lp64", "-mcmodel=medany", "-nostdlib"])
        .args(["-nostartfiles", "-static", "-Wl,--no-warn-rwx-segments", "-T", "kernel.ld"])
        .args(["kernel.S", "-o"])
        .arg(&elf));
    run(Command::new("riscv64-unknown-elf-objcopy").args(["-O", "binary"]).arg(&elf).arg(&image));
    Some(folder)
}

/// What it prints, what is said on standard error, and the exit status.
fn boot(folder: &Path, arguments: &[&str], typed: &str) -> (String, String, i32) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pagewalk"))
        .current_dir(folder)
        .arg("boot")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    // It may have ended before it reads.
    let _ = child.stdin.take().expect("piped").write_all(typed.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap_or(-1))
}

fn report(error: &str) -> Value {
    let from = error.find('{').unwrap_or_else(|| panic!("no report: {error}"));
    let to = error.rfind('}').unwrap_or(error.len() - 1);
    serde_json::from_str(&error[from..=to]).unwrap_or_else(|_| panic!("no JSON: {error}"))
}

const PRINTED: &str = "kernel\ntick\nuser\nhello\n";

#[test]
fn a_kernel_boots_and_what_is_typed_comes_back() {
    let Some(folder) = built() else { return };
    let mut cycles = Vec::new();
    for config in ["rv64_linux", "rv64_linux_pmp", "rv64_linux+l2=64+walk_cache=8"] {
        let arguments = ["--kernel", "kernel", "--config", config, "--json", "--check", "all"];
        let (out, error, status) = boot(folder.path(), &arguments, "hello\nnobody reads this\n");
        assert_eq!((out.as_str(), status), (PRINTED, 0), "{config}: {error}");
        let report = report(&error);
        let count = |path: &str| report.pointer(path).and_then(Value::as_u64).unwrap_or(0);
        assert_eq!(count("/exceptions/instruction page fault"), 1, "{report:#}");
        assert_eq!(count("/exceptions/call from U-mode"), 1);
        // The bytes of the texts, two of the timer, the bytes of the echo, power-off.
        assert_eq!(count("/exceptions/call from S-mode"), 17 + 2 + 6 + 1, "{report:#}");
        assert_eq!(count("/fences/all"), 1);
        assert_eq!(count("/fences/by address"), 1);
        assert_eq!(report["tables"]["scheme"], "Sv39");
        assert_eq!(count("/tables/tables"), 3);
        let names = report["phases"].as_array().map(|all| all.iter().map(|of| of["name"].clone()));
        assert_eq!(names.map(Vec::from_iter).unwrap_or_default(), ["kernel", "programs"]);
        // The page of the program, once as a fault and once as a page.
        assert_eq!(count("/modes/U/mmu/fetch_misses"), 2, "{report:#}");
        assert_eq!(
            count("/modes/S/instructions") + count("/modes/U/instructions"),
            count("/instructions")
        );
        cycles.push(count("/cycles"));
    }
    assert!(cycles.iter().all(|count| *count > 100_000), "the timer is waited for: {cycles:?}");
}

#[test]
fn checks_are_made_as_asked_for() {
    let Some(folder) = built() else { return };
    let checked = |how: &str| {
        let arguments = ["--kernel", "kernel", "--json", "--check", how];
        let (out, error, status) = boot(folder.path(), &arguments, "hello\n");
        assert_eq!((out.as_str(), status), (PRINTED, 0), "{error}");
        let report = report(&error);
        let count = |name: &str| report[name].as_u64().unwrap_or(0);
        (count("checked"), count("instructions"), count("cycles"))
    };
    let (all, sampled, off) = (checked("all"), checked("sampled"), checked("off"));
    assert!(all.0 > sampled.0 && sampled.0 > 0 && off.0 == 0, "{all:?} {sampled:?} {off:?}");
    assert_eq!((all.1, all.2), (sampled.1, sampled.2));
    assert_eq!((all.1, all.2), (off.1, off.2));
}

#[test]
fn an_elf_file_begins_in_machine_mode() {
    let Some(folder) = built() else { return };
    // Its first call goes to M-mode, where nothing is: the trap vector is 0, which is no memory.
    let arguments = ["--kernel", "kernel.elf", "--max", "100000"];
    let (out, error, status) = boot(folder.path(), &arguments, "");
    assert_eq!((out.as_str(), status), ("", 2), "{error}");
    assert!(error.contains("stopped at the limit"), "{error}");
    assert!(error.contains("instruction access fault"), "{error}");
}

#[test]
fn a_wave_shows_the_first_fault_of_a_program_and_what_led_to_it() {
    let Some(folder) = built() else { return };
    for at in ["user-fault:1", "user", "satp:1", "pc:0x100000000", "fence:2", "instruction:200"] {
        let wave = ["--kernel", "kernel", "--wave", "moment.vcd", "--wave-at", at];
        let (out, error, status) = boot(folder.path(), &wave, "hello\n");
        assert_eq!((out.as_str(), status), (PRINTED, 0), "{at}: {error}");
        assert!(error.contains("moment.vcd: wave of "), "{at}: {error}");
        let dump = fs::read_to_string(folder.path().join("moment.vcd")).expect("a dump");
        for name in [" pc ", " instruction ", " mode ", " trap "] {
            assert!(dump.contains(name), "{at}: no{name}");
        }
        let first = at == "user-fault:1";
        assert!(!first || dump.contains("instruction_page_fault"), "{at}");
        assert!(!first || dump.contains("s100000000 "), "{at}: no such pc");
        // Before the fault, it has returned from the kernel.
        assert!(!first || dump.contains("ssret "), "{at}: what led to it is missing");
    }
}

#[test]
fn a_run_over_time_adds_up_and_changes_nothing() {
    let Some(folder) = built() else { return };
    let whole = |more: &[&str]| {
        let arguments = [&["--kernel", "kernel", "--json"], more].concat();
        let (out, error, status) = boot(folder.path(), &arguments, "hello\n");
        assert_eq!((out.as_str(), status), (PRINTED, 0), "{error}");
        report(&error)
    };
    let plain = whole(&[]);
    let mut long =
        whole(&["--every", "100", "--csv", "series.csv", "--plot", "plots", "--plot", "one.svg"]);
    let series = long["series"].take();
    let rows = series.as_array().expect("rows");
    long.as_object_mut().expect("a report").remove("series");
    assert_eq!(long, plain, "what is counted over time changes the run");
    let sum = |name: &str| rows.iter().filter_map(|row| row[name].as_u64()).sum::<u64>();
    let count = |path: &str| plain.pointer(path).and_then(Value::as_u64).unwrap_or(0);
    let modes = |name: &str| {
        ["M", "S", "U"].map(|mode| count(&format!("/modes/{mode}/mmu/{name}"))).iter().sum::<u64>()
    };
    assert_eq!(sum("stretch"), count("/instructions"));
    assert_eq!(sum("cycles"), count("/cycles"));
    assert_eq!(sum("in_u"), count("/modes/U/instructions"));
    assert_eq!(sum("fetch_misses"), modes("fetch_misses"));
    assert_eq!(sum("walks"), modes("walks"));
    assert_eq!(
        (sum("fetch_faults"), sum("fences"), sum("satp_writes")),
        (1, 2, count("/satp_writes"))
    );
    let (last, before) = rows.split_last().expect("rows");
    assert!(before.len() > 3 && before.iter().all(|row| row["stretch"] == 100), "{series:#}");
    assert!(last["stretch"].as_u64().is_some_and(|count| count <= 100));
    let csv = fs::read_to_string(folder.path().join("series.csv")).expect("CSV");
    assert_eq!(csv.lines().count(), rows.len() + 1);
    for name in ["misses", "faults", "fences", "modes"] {
        assert!(folder.path().join(format!("plots/boot-{name}.png")).is_file(), "{name}");
    }
    assert!(
        fs::read_to_string(folder.path().join("one.svg")).is_ok_and(|svg| svg.contains("<svg"))
    );
}

#[test]
fn what_does_not_boot_is_said() {
    let Some(folder) = built() else { return };
    let place = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("written");
    };
    let whole = fs::read(folder.path().join("kernel")).expect("an image");
    place("empty", b"");
    place("short", &whole[..40]);
    place("text", &b"no kernel at all, but long enough to be one, as far as that goes.".repeat(2));
    place("gzip", &[&[0x1f, 0x8b, 8, 0][..], &[0; 100]].concat());
    let mut arm = whole.clone();
    arm[0x38..0x3c].copy_from_slice(b"ARM\x64");
    place("arm", &arm);
    place("firmware", &[0; 0x20_0001]);
    // `j .`, with the header of an image.
    let mut loops = whole.clone();
    loops[..4].copy_from_slice(&[0x6f, 0, 0, 0]);
    place("loops", &loops);
    let shell = std::env::current_exe().expect("this test").display().to_string();
    for (arguments, says) in [
        (&["nowhere"][..], "nowhere: No such file"),
        (&["empty"][..], "empty"),
        (&["short"][..], "short"),
        (&["text"][..], "text"),
        (&["gzip"][..], "unpack it"),
        (&["arm"][..], "ARM with 64 bits"),
        (&[shell.as_str()][..], "another machine than RISC-V"),
        (&["loops", "--max", "100000"][..], "stopped at the limit of steps (--max)"),
        (&["kernel", "--memory", "2M"][..], "are too few: the kernel would end at"),
        (&["kernel", "--initrd", "nowhere"][..], "nowhere: No such file"),
        (&["kernel", "--firmware", "firmware"][..], "the firmware has 2097153 bytes"),
        (&["kernel.elf", "--firmware", "firmware"][..], "--firmware has no effect"),
        (&["kernel", "--config", "rv32_tiny"][..], "the kernel is for RV64"),
        (&["kernel", "--config", "rv64_tny"][..], "did you mean rv64_tiny"),
        (&["kernel", "--extensions", "svnapot"][..], "has no svnapot"),
        (&["kernel", "--extensions", "svadu,svade"][..], "contradict"),
        (&["kernel", "--wave-at", "user"][..], "--wave"),
        (&["kernel", "--wave", "x.vcd", "--wave-at", "noon"][..], "is no moment"),
        (&["kernel", "--wave", "x.vcd", "--wave-at", "pc:main"][..], "give an address"),
        (&["kernel", "--wave", "x.vcd", "--wave-at", "satp:9"][..], "there is no wave of it"),
        (&["kernel", "--disk", "nowhere"][..], "nowhere"),
        (&["kernel", "--watch"][..], "terminal"),
        (&["kernel", "--every", "0"][..], "0 is not in 1.."),
        (&["kernel", "--csv", "x.csv"][..], "--every"),
        (&["kernel", "--every", "9", "--quiet"][..], "no effect with --quiet"),
        (&["kernel", "--every", "9", "--plot", "x.pdf"][..], "neither svg nor png"),
    ] {
        let all = [&["--kernel"], arguments].concat();
        let (_, error, status) = boot(folder.path(), &all, "hello\n");
        assert!(error.contains(says), "{arguments:?}: {error}");
        assert_eq!(status, 2, "{arguments:?}: {error}");
    }
}
