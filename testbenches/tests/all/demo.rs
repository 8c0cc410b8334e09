//! The demonstration (`demo/`): its console in two simulators and with other MMUs, its wave, its
//! Verilog, its documents, and that a defect of the hardware shows on the console.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use testbenches::export::tools;

use crate::figures::documented;

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo")
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A build folder of its own for each test, since they run in parallel. Folders stay, so that the
/// public core is fetched once: by the test that comes first.
fn build(name: &str) -> PathBuf {
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo");
    let folder = all.join(name);
    fs::create_dir_all(&folder).unwrap();
    let core = all.join("picorv32.v");
    if core.is_file() {
        fs::copy(&core, folder.join("picorv32.v")).unwrap();
    }
    folder
}

/// Runs a script of the demonstration. `None` if it misses a tool or the network, which is told,
/// and a failure where CI requires everything.
fn script(demo: &Path, build: &Path, arguments: &[&str], mmu: &str) -> Option<Output> {
    let output = Command::new(demo.join("scripts").join(arguments[0]))
        .args(&arguments[1..])
        .env("DEMO_BUILD", build)
        .env("DEMO_MMU", mmu)
        .env("PAGEWALK", env!("CARGO_BIN_EXE_pagewalk"))
        .env_remove("DEMO_UPDATE")
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", arguments[0]));
    let core = build.join("picorv32.v");
    if core.is_file() {
        // Renamed into its place, so that nobody reads half of it.
        let part = build.join("picorv32.v.copy");
        fs::copy(&core, &part).unwrap();
        fs::rename(part, build.parent().unwrap().join("picorv32.v")).unwrap();
    }
    if output.status.code() == Some(77) {
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}, and CI=true requires it");
        println!("skipped: {why}");
        return None;
    }
    Some(output)
}

/// Runs the demonstration in a simulator; it compares the console itself.
fn simulated(simulator: &str, mmu: &str) -> bool {
    let folder = build(&format!("{simulator}-{mmu}"));
    let Some(output) = script(&demo(), &folder, &["simulate.sh", simulator], mmu) else {
        return false;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the demonstration in {simulator} with {mmu}:\n{errors}");
    println!("{mmu}: {said}");
    true
}

#[test]
fn the_console_is_as_expected_in_verilator() {
    simulated("verilator", "rv32_tiny");
}

#[test]
fn the_console_is_as_expected_in_icarus_and_the_wave_is_complete() {
    if simulated("icarus", "rv32_tiny") {
        let view = build("icarus-rv32_tiny").join("wave/demo.gtkw");
        crate::waves::complete(&view).unwrap_or_else(|error| panic!("{}: {error}", view.display()));
    }
}

/// The console of `demo/serv`, whose script compares it; `None` if something is missing.
fn serv(demo: &Path, name: &str) -> Option<Output> {
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo-serv");
    let folder = all.join(name);
    let [core, copy] = [all.join("console/serv/core"), folder.join("serv/core")];
    if core.is_dir() && !copy.is_dir() {
        fs::create_dir_all(&copy).unwrap();
        for entry in fs::read_dir(core).unwrap() {
            let from = entry.unwrap().path();
            fs::copy(&from, copy.join(from.file_name().unwrap())).unwrap();
        }
    }
    let output = Command::new(demo.join("serv/run.sh"))
        .env("DEMO_BUILD", folder)
        .env("PAGEWALK", env!("CARGO_BIN_EXE_pagewalk"))
        .env_remove("DEMO_UPDATE")
        .output()
        .unwrap();
    if output.status.code() == Some(77) {
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}, and CI=true requires it");
        println!("skipped: {why}");
        return None;
    }
    Some(output)
}

/// A core without privilege: its console is as expected, and another one without its fences.
#[test]
fn the_console_of_serv_is_as_expected_and_shows_a_defect() {
    let Some(output) = serv(&demo(), "console") else {
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let copy = tempfile::tempdir().unwrap();
    for folder in ["serv", "scripts"] {
        fs::create_dir(copy.path().join(folder)).unwrap();
        for entry in fs::read_dir(demo().join(folder)).unwrap() {
            let from = entry.unwrap().path();
            fs::copy(&from, copy.path().join(folder).join(from.file_name().unwrap())).unwrap();
        }
    }
    let path = copy.path().join("serv/attached.v");
    let (source, fence) = (text(&path), ".fence_valid(fence)");
    assert_eq!(source.matches(fence).count(), 1);
    fs::write(&path, source.replace(fence, ".fence_valid(1'b0)")).unwrap();
    let Some(output) = serv(copy.path(), "defect") else {
        return;
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("differs from"), "{errors}");
}

/// Nothing on the console depends on how many lines a TLB has, nor on what else is built in.
#[test]
fn the_console_is_the_same_with_other_mmus() {
    for mmu in ["rv32_linux", "rv32_linux_full", "rv32_tiny+fetch_lines=2"] {
        simulated("verilator", mmu);
    }
}

/// Defects of the hardware around the MMU and of the kernel, each in one place: a file, a piece
/// of its text, and its replacement.
const DEFECTS: &[(&str, &str, &str)] = &[
    // A fence by address does not reach the MMU, but is acknowledged.
    ("rtl/mmu_registers.v", "assign fence_by_va = select[0];", "assign fence_by_va = 1'b1;"),
    ("rtl/mmu_registers.v", "assign fence_va = write_data;", "assign fence_va = ~write_data;"),
    // The compare-and-swap says that it has written, but has not.
    ("rtl/main_memory.v", "(equal || !compares)", "!compares"),
    // The kernel forgets the fence of every eviction, and the copy.
    ("firmware/kernel.c", "    if (fenced)\n        fence(address);", "    (void)fenced;"),
    ("firmware/kernel.c", "        users[from]--;", "        to = from;\n        users[from]--;"),
    // The adapter takes a store for a load.
    (
        "rtl/translated_bus.v",
        "assign data_req_store = core_write_bytes != 4'd0;",
        "assign data_req_store = 1'b0;",
    ),
];

#[test]
fn the_console_shows_each_defect() {
    for (number, (file, what, instead)) in DEFECTS.iter().enumerate() {
        let copy = tempfile::tempdir().unwrap();
        for folder in ["rtl", "sim", "scripts", "firmware", "wave"] {
            fs::create_dir(copy.path().join(folder)).unwrap();
            for entry in fs::read_dir(demo().join(folder)).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    let to = copy.path().join(folder).join(path.file_name().unwrap());
                    fs::copy(&path, to).unwrap();
                }
            }
        }
        for name in ["core.txt", "expected.txt"] {
            fs::copy(demo().join(name), copy.path().join(name)).unwrap();
        }
        let path = copy.path().join(file);
        let source = text(&path);
        assert_eq!(source.matches(what).count(), 1, "{file} has `{what}` once");
        fs::write(&path, source.replacen(what, instead, 1)).unwrap();
        let folder = build(&format!("defect-{number}"));
        let arguments = ["simulate.sh", "verilator"];
        let Some(output) = script(copy.path(), &folder, &arguments, "rv32_tiny") else {
            return;
        };
        let errors = String::from_utf8_lossy(&output.stderr);
        println!(
            "`{instead}`: {}",
            errors.lines().find(|l| l.starts_with('+') && !l.starts_with("+++")).unwrap_or("-")
        );
        assert!(
            !output.status.success() && errors.contains("differs from demo/expected.txt"),
            "`{instead}` in {file} is not noticed: {errors}"
        );
    }
}

#[test]
fn the_verilog_passes_lint() {
    if !tools::or_skip("verilator") {
        return;
    }
    let folder = build("lint");
    let Some(output) = script(&demo(), &folder, &["prepare.sh"], "rv32_tiny") else {
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for board in ["ulx3s", "icebreaker"] {
        let mut files: Vec<PathBuf> =
            fs::read_dir(demo().join("rtl")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.push(demo().join("boards/board_reset.v"));
        files.push(demo().join(format!("boards/{board}.v")));
        files.push(folder.join("rv32_tiny.v"));
        files.push(folder.join("picorv32.v"));
        let output = Command::new("verilator")
            .args(["--lint-only", "-Wall", "-Wno-fatal", "--top-module", board])
            // Outputs that nobody needs are left open; the core alone has a time scale.
            .args(["-Wno-PINMISSING", "-Wno-PINCONNECTEMPTY", "-Wno-TIMESCALEMOD"])
            .args(&files)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        // The core's file is not ours.
        let ours = |line: &&str| line.starts_with('%') && !line.contains("picorv32.v");
        let found: Vec<&str> =
            said.lines().filter(ours).filter(|line| !line.contains("%Error: Exiting")).collect();
        assert!(found.is_empty(), "{board}:\n{}", found.join("\n"));
    }
}

/// The block between two lines of the document.
fn quoted<'a>(document: &'a str, before: &str) -> &'a str {
    let (_, rest) = document.split_once(before).expect("the document has the block");
    rest.split_once("\n```\n").expect("the block ends").0
}

#[test]
fn readme_quotes_the_console() {
    for folder in [demo(), demo().join("serv")] {
        let readme = text(&folder.join("README.md"));
        let expected = text(&folder.join("expected.txt"));
        let quoted = quoted(&readme, "<!-- expected.txt -->\n```\n");
        for (at, (is, should)) in quoted.lines().zip(expected.lines()).enumerate() {
            assert_eq!(is, should, "line {} of the console in {}", at + 1, folder.display());
        }
        assert_eq!(
            quoted,
            expected.trim_end(),
            "the console in {} has all lines",
            folder.display()
        );
    }
}

/// `name` and the figure after it in the output of `fpga.sh`.
fn figure(said: &str, name: &str) -> String {
    let line = said.lines().find(|line| line.starts_with(name));
    let line = line.unwrap_or_else(|| panic!("fpga.sh prints no {name}:\n{said}"));
    let word = line[name.len()..].split_whitespace().next().expect("a figure");
    word.to_owned()
}

/// Makes a board's bitstream, and compares the figures that are printed with a row of the document.
fn fitted(board: &str, mmu: &str, bitstream: &str, words: &str, names: &[&str]) {
    let folder = build(&format!("fpga-{board}"));
    let Some(output) = script(&demo(), &folder, &["fpga.sh", board], mmu) else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    println!("{said}");
    let bitstream = folder.join("fpga").join(board).join(bitstream);
    let bytes = fs::metadata(&bitstream).unwrap_or_else(|e| panic!("{}: {e}", bitstream.display()));
    assert!(bytes.len() > 100_000, "{} bytes are no bitstream", bytes.len());
    let figures: Vec<String> = names.iter().map(|name| figure(&said, name)).collect();
    documented("demo/README.md", words, &figures);
}

#[test]
#[ignore = "places and routes, which takes minutes; `make figures` runs it"]
fn ulx3s_gets_a_bitstream_and_the_readme_says_its_size() {
    let words = "| ULX3S | `rv32_tiny` | {} | {} | {} | {} | {} MHz of 25 |";
    let names = ["LUTs", "flip-flops", "LUT RAMs", "block RAMs", "clock"];
    fitted("ulx3s", "rv32_tiny", "ulx3s.bit", words, &names);
}

#[test]
#[ignore = "places and routes, which takes minutes; `make figures` runs it"]
fn icebreaker_gets_a_bitstream_and_the_readme_says_its_size() {
    let mmu = "rv32_tiny+fetch_lines=2";
    let words =
        format!("| iCEBreaker | `{mmu}` | {{}} | {{}} | - | {{}} + {{}} large | {{}} MHz of 12 |");
    let names = ["LUTs", "flip-flops", "block RAMs", "large RAMs", "clock"];
    fitted("icebreaker", mmu, "icebreaker.bin", &words, &names);
}
