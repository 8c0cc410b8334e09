//! `pagewalk trace`, the real binary: logs in Valgrind's format, policies that look ahead or need
//! ticks, the classification of a trace's pages, and several configurations compared.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value;
use tempfile::TempDir;

use crate::command::finished;

/// Runs `pagewalk trace` on a text: standard output, standard error, status.
fn trace(text: &str, arguments: &[&str]) -> (String, String, i32) {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("x.trace");
    fs::write(&path, text).expect("a temporary folder takes files");
    run(&path, arguments)
}

fn run(path: &Path, arguments: &[&str]) -> (String, String, i32) {
    let mut command = cargo_bin_cmd!("pagewalk");
    let command = command.arg("trace").arg(path).args(arguments);
    finished(&command.output().expect("the binary starts"))
}

/// The same from a pipe.
fn piped(text: &str, arguments: &[&str]) -> (String, String, i32) {
    let mut command = cargo_bin_cmd!("pagewalk");
    let command = command.args(["trace", "-"]).args(arguments).write_stdin(text);
    finished(&command.output().expect("the binary starts"))
}

fn json(text: &str, arguments: &[&str]) -> Value {
    let (out, error, status) = trace(text, &[arguments, &["--json"]].concat());
    assert_eq!((status, error.as_str()), (0, ""), "{arguments:?}");
    serde_json::from_str(&out).expect("JSON")
}

/// 200 stores to 12 pages, drawn by a fixed rule.
fn drawn() -> String {
    let mut state = 12_345_u64;
    let mut line = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (page, offset) = ((state >> 33) % 12, (state >> 50) % 512 * 8);
        format!(" S {:08x},8\n", 0x40_0000 + page * 0x1000 + offset)
    };
    (0..200).map(|_| line()).collect()
}

fn faults(text: &str, arguments: &[&str]) -> u64 {
    let counts = &json(text, arguments)["total"]["faults"];
    let count = |name: &str| counts[name].as_u64().expect("a count");
    count("minor_faults") + count("major_faults")
}

/// Faults of a list of pages with so many frames; the page needed last is evicted.
fn optimal(pages: &[u64], frames: usize) -> u64 {
    let (mut resident, mut faults) = (Vec::new(), 0);
    for (now, page) in pages.iter().enumerate() {
        if resident.contains(page) {
            continue;
        }
        faults += 1;
        if resident.len() == frames {
            let next = |page: &u64| pages[now..].iter().position(|p| p == page);
            let last = (0..frames).max_by_key(|&at| next(&resident[at]).unwrap_or(usize::MAX));
            resident.remove(last.expect("there are frames"));
        }
        resident.push(*page);
    }
    faults
}

#[test]
fn opt_reads_the_trace_ahead() {
    let text = drawn();
    let page = |line: &str| u64::from_str_radix(&line[3..11], 16).expect("an address") >> 12;
    let pages: Vec<u64> = text.lines().map(page).collect();
    let few = ["--frames", "74", "--os", "allocation.equal=6", "--policy"];
    let with = |policy: &str| faults(&text, &[&few[..], &[policy]].concat());
    assert_eq!(with("opt"), optimal(&pages, 6));
    assert!(with("opt") < with("lru").min(with("fifo")));
    let (_, error, status) = piped(&text, &["--policy", "opt"]);
    assert_eq!(status, 2);
    assert!(error.contains("twice") && error.contains("give a file"), "{error}");
}

#[test]
fn policies_that_live_on_ticks_get_ticks() {
    let text = drawn();
    for policy in ["nru", "nfu", "aging", "wsclock", "generations"] {
        let few = ["--frames", "74", "--policy", policy];
        let ticks = |more: &[&str]| {
            let report = json(&text, &[&few[..], more].concat());
            report["total"]["faults"]["ticks"].as_u64().expect("a count")
        };
        assert_eq!(ticks(&[]), 20, "{policy}: one for as many accesses as frames for pages");
        assert_eq!(ticks(&["--tick", "50"]), 4, "{policy}");
        assert_eq!(ticks(&["--tick", "0"]), 0, "{policy}");
    }
    let plain = json(&text, &["--frames", "74", "--policy", "fifo"]);
    assert_eq!(plain["total"]["faults"]["ticks"], 0);
}

#[test]
fn options_without_effect_are_refused() {
    for arguments in [
        &["--os", "tau=9"][..],
        &["--seed", "2"],
        &["--os", "seed=2"],
        &["--os", "fork=copy"],
        &["--os", "console.at=0x10000000"],
        &["--wave-cycles", "9"],
        &["--wave-from", "9"],
        &["--frames", "80", "--os", "frames=90"],
        &["--os", "framse=90"],
        &["--os", "frames"],
        &["--os", "policy=[\"fifo\", \"lru\"]"],
        &["--pid", "7"],
    ] {
        let (out, error, status) = trace("==1== x\nI  00010000,3\n", arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}: {error}");
        assert!(!error.is_empty());
    }
    let (_, error, status) = piped("I  00010000,3\n", &["--os", "thp=always"]);
    assert_eq!(status, 2, "{error}");
}

#[test]
fn a_trace_runs_under_what_scenarios_state() {
    let text = drawn();
    let with = |arguments: &[&str]| json(&text, arguments);
    let costly = with(&["--os", "costs.disk_read=7", "--os", "costs.trap=1"]);
    assert!(costly["cycles"].as_u64() < with(&[])["cycles"].as_u64());
    let slow = with(&["--os", "data_latency=[20, 30]", "--seed", "3"]);
    assert!(slow["cycles"].as_u64() > with(&[])["cycles"].as_u64());
    assert_eq!(with(&["--swap", "9"])["memory"]["swap_slots"], 9);
}

#[test]
fn nothing_to_run_is_an_error() {
    for text in ["", "\n \n", "==1== Command: x\n--1-- WARNING\n==1== Exit code: 0\n"] {
        for (out, error, status) in [trace(text, &[]), piped(text, &["--json"])] {
            assert_eq!((status, out.as_str()), (2, ""), "{text:?}: {error}");
            assert!(error.contains("no access"), "{error}");
        }
    }
}

#[test]
fn valgrinds_own_lines_are_passed_over() {
    let text = "==1== Command: x\nI  00400000,3\n L 1ffefffe28,8\n\
                --1-- WARNING: unhandled amd64-linux syscall: 449\n**1** said by the program\n\
                --1-- You may be able to write your own handler.\n S 1ffefffe28,8\n==1== done\n";
    assert_eq!(json(text, &[])["total"]["accesses"]["stores"], 1);
    let (_, error, status) = trace("-x-1-- WARNING\n", &[]);
    assert_eq!(status, 2);
    assert!(error.contains("x.trace:1:1"), "{error}");
}

#[test]
fn a_log_of_two_processes_is_told_of_and_one_can_be_chosen() {
    let text = "==100== Command: x\nI  00400000,3\n S 00600000,4\n\
                ==101== child\nI  00400000,3\n==100== \n==101== \n";
    for (_, error, status) in [trace(text, &[]), piped(text, &[])] {
        assert_eq!(status, 0, "{error}");
        assert!(error.contains("processes 100, 101 wrote this log"), "{error}");
    }
    let chosen = |pid| json(text, &["--pid", pid])["total"]["accesses"].clone();
    assert_eq!((&chosen("100")["fetches"], &chosen("100")["stores"]), (&1.into(), &1.into()));
    assert_eq!((&chosen("101")["fetches"], &chosen("101")["stores"]), (&1.into(), &0.into()));
    let (_, error, status) = trace(text, &["--pid", "102"]);
    assert_eq!(status, 2);
    assert!(error.contains("no access of process 102"), "{error}");
}

/// Text, constants, data, bss, a heap that is read first, and the stack.
const KINDS: &str = "I  00401000,4\n S 1ffefffe28,8\n L 00403000,8\n L 00404000,8\n S 00404000,8\n \
                     S 00405000,8\n L 04a00000,8\n S 04a00000,8\n";

#[test]
fn pages_of_files_come_from_the_disk_and_others_do_not() {
    let counts = json(KINDS, &[])["total"]["faults"].clone();
    assert_eq!((&counts["major_faults"], &counts["minor_faults"]), (&3.into(), &3.into()));
}

#[test]
fn a_program_file_says_what_its_pages_are() {
    let elf = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/programs/primes.elf");
    let bytes = fs::read(&elf).expect("it ships with the project");
    let image = machine::system::ElfImage::read("primes", &bytes).expect("a program");
    let of = |kind| image.regions.iter().find(|region| region.kind == kind).expect("it has one");
    let text = of(kernel::RegionKind::Text).start;
    let bss = of(kernel::RegionKind::Bss).start;
    let elf = elf.to_str().expect("a plain path");
    // From the trace alone, bss that is only ever read looks like data from a file.
    let lines = format!("I  {text:08x},4\n S 1ffefffe28,8\n L {bss:08x},8\n");
    let major =
        |arguments: &[&str]| json(&lines, arguments)["total"]["faults"]["major_faults"].clone();
    assert_eq!(major(&[]), 2);
    assert_eq!(major(&["--elf", elf]), 1);
    let (_, error, status) = trace("I  70000000,4\n", &["--elf", elf]);
    assert_eq!(status, 2);
    assert!(error.contains("fetches nothing from its text"), "{error}");
    for wrong in ["/nonexistent.elf", "/dev/zero", env!("CARGO_MANIFEST_DIR")] {
        let (_, error, status) = trace(&lines, &["--elf", wrong]);
        assert_eq!(status, 2, "{wrong}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_trace_is_refused_at_once() {
    for path in ["/dev/zero", env!("CARGO_MANIFEST_DIR")] {
        let (out, error, status) = run(Path::new(path), &[]);
        assert_eq!(status, 2, "{path}: {out}{error}");
    }
}

/// A loop that stores to the pages of [`drawn`], with its instructions.
fn fetched() -> String {
    drawn().lines().map(|line| format!("I  00010000,4\nI  00010004,4\n{line}\n")).collect()
}

#[test]
fn several_configurations_are_compared() {
    const NAMES: [&str; 4] =
        ["rv64_tiny", "rv64_small+walk_cache=4", "rv64_tiny+l2=64", "rv64_tiny+walkers=2"];
    let text = fetched();
    let list = NAMES.join(",");
    let several = ["--frames", "100", "--config", &list];
    let (out, error, status) = trace(&text, &several);
    assert_eq!((status, error.as_str()), (0, ""));
    assert!(
        out.starts_with(
            "x (lackey): 400 instructions, Sv39; lines of TLBs replaced by FIFO; kernel: pages replaced \
             by clock; seed 1\n"
        ),
        "{out}"
    );
    let rows: Vec<Vec<&str>> = out
        .lines()
        .skip_while(|line| !line.starts_with("configuration "))
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows.len(), 1 + NAMES.len(), "{out}");
    let column = |name: &str| rows[0].iter().position(|head| *head == name).expect(name);
    let reports = json(&text, &several);
    let reports = reports.as_array().expect("a list");
    assert_eq!(reports.len(), NAMES.len());
    let first = reports[0]["total"]["average_memory_access_time"].as_f64().expect("a figure");
    for ((name, report), row) in NAMES.iter().zip(reports).zip(&rows[1..]) {
        // One configuration is reported as ever: an object, the same in the list.
        assert_eq!(&json(&text, &["--frames", "100", "--config", name]), report, "{name}");
        assert_eq!((row[0], row.len()), (*name, rows[0].len()), "{out}");
        let total = &report["total"];
        let parts = [("walk_cache", "walk_cache"), ("l2_hits", "l2="), ("l2_misses", "l2=")];
        for (head, part) in parts {
            assert_eq!(row[column(head)] == "-", !name.contains(part), "{head}: {out}");
        }
        for (head, value) in [
            ("walks", &total["mmu"]["walks"]),
            ("pte_reads", &total["mmu"]["pte_reads"]),
            ("walk_stall", &total["cycles"]["walk_stall"]),
        ] {
            assert_eq!(row[column(head)], value.to_string(), "{head}: {out}");
        }
        let time = total["average_memory_access_time"].as_f64().expect("a figure");
        for (head, value) in [
            ("fetch_mpki", total["fetch"]["tlb_mpki"].as_f64()),
            ("data_mpki", total["data"]["tlb_mpki"].as_f64()),
            ("amat", Some(time)),
            ("relative", Some(time / first)),
        ] {
            let value = value.expect("a figure");
            assert_eq!(row[column(head)], format!("{value:.3}"), "{head}: {out}");
        }
    }
    let figure = |row: usize, head: &str| rows[row][column(head)].parse::<f64>().expect(head);
    assert!(figure(2, "pte_reads") < figure(2, "walks") * 3.0, "{out}");
    assert!(figure(3, "l2_hits") > 0.0 && figure(3, "amat") < figure(1, "amat"), "{out}");
}

#[test]
fn a_comparison_is_drawn() {
    let folder = TempDir::new().expect("a temporary folder");
    let place = folder.path().join("new");
    let plot = place.to_str().expect("temporary paths are text");
    let configs = "rv64_small,rv64_small+walk_cache=4+walkers=2";
    let (_, error, status) = trace(&fetched(), &["--config", configs, "--plot", plot]);
    assert_eq!(status, 0, "{error}");
    let svg = fs::read_to_string(place.join("x-organisations.svg")).expect("it was drawn");
    for name in configs.split(',') {
        assert!(svg.contains(name), "{svg}");
    }
    assert!(place.join("x-organisations.png").is_file());
}

#[test]
fn what_makes_no_sense_for_several_configurations_is_refused() {
    for (arguments, about) in [
        (&["--config", "rv64_small,rv64_smal"][..], "did you mean rv64_small?"),
        (&["--config", "rv64_small,"], "there is no configuration ``"),
        (&["--config", "rv64_small,rv64_linux+tea=1"], "there is no part `tea`"),
        (&["--config", "rv64_small,rv64_small"], "rv64_small is named twice"),
        (
            &["--config", "rv64_linux_walk,rv64_linux+walk_cache=8"],
            "rv64_linux_walk and rv64_linux+walk_cache=8 are the same configuration",
        ),
        (&["--config", "rv64_small,rv32_small", "--mode", "sv39"], "`rv32_small` does not support"),
        (&["--config", "rv64_small,rv64_linux", "--wave=/nonexistent"], "--wave records one"),
        (&["--config", "rv64_small,rv64_linux", "--wave-from", "9"], "no effect without --wave"),
        (&["--config", "rv64_small,rv64_linux", "--plot", "x.gif"], "neither svg nor png"),
        (&["--config", "rv64_small", "--plot", "x.svg"], "--plot has no effect on one"),
        (&["--config", "rv64_small,rv64_linux", "--pid", "7"], "no access of process 7"),
    ] {
        let (out, error, status) = trace("==1== x\nI  00010000,3\n", arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}: {error}");
        assert!(error.contains(about), "{arguments:?}: {error}");
    }
    let several = ["--config", "rv64_tiny,rv64_small"];
    let (out, error, status) = piped("I  00010000,3\n", &several);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(error.contains("read the trace 2 times") && error.contains("give a file"), "{error}");
}

#[test]
fn a_configuration_that_fails_is_named_and_the_others_are_compared() {
    let text = "I  00010000,3\n S 1ffefffe28,8\n";
    let (out, error, status) = trace(text, &["--config", "rv64_tiny,rv32_tiny,rv64_small"]);
    assert_eq!(status, 2, "{error}");
    let rows: Vec<_> = out.lines().filter(|line| line.starts_with("rv")).collect();
    assert!(rows.len() == 2 && rows[1].starts_with("rv64_small "), "{out}");
    assert!(error.starts_with("error: rv32_tiny: ") && error.contains("of Sv32"), "{error}");
    let folded = trace(text, &["--config", "rv64_tiny,rv32_tiny", "--fold"]);
    assert_eq!(folded.2, 0, "{folded:?}");
    assert!(folded.0.starts_with("x (lackey): 1 instructions, Sv39, Sv32; "), "{folded:?}");
}

/// The rows of a log of walks: event, reason.
fn walks(text: &str, config: &str) -> (Vec<(String, String)>, Value) {
    let folder = TempDir::new().expect("a temporary folder");
    let place = folder.path().join("walks.csv");
    let path = place.to_str().expect("temporary paths are text");
    let arguments = ["--frames", "100", "--config", config, "--walks", path];
    let report = json(text, &arguments);
    let mut log = csv::Reader::from_path(&place).expect("it was written");
    assert_eq!(
        log.headers().expect("a head"),
        ["cycle", "port", "event", "level", "address", "entry", "reason"].as_slice()
    );
    let rows = log.records().map(|row| {
        let row = row.expect("a row");
        (row[2].to_owned(), row[6].to_owned())
    });
    (rows.collect(), report)
}

#[test]
fn nothing_is_written_over_the_trace_or_over_another_file() {
    let folder = TempDir::new().expect("a temporary folder");
    let place = |name: &str| folder.path().join(name).display().to_string();
    let [input, other] = ["in.vcd", "x.vcd"].map(place);
    std::fs::write(&input, fetched()).expect("it is written");
    let wave = |path: &str| format!("--wave={path}");
    for (options, said) in [
        (vec!["--walks", &input], "the trace itself"),
        (vec![&*wave(&input)], "the trace itself"),
        (vec!["--walks", &other, &*wave(&other)], "written twice"),
        (vec!["--walks", &place("x.gtkw"), &*wave(&other)], "written twice"),
    ] {
        let mut command = cargo_bin_cmd!("pagewalk");
        let output = command.args(["trace", &input]).args(&options).output().expect("it starts");
        let (_, error, status) = finished(&output);
        assert!(status == 2 && error.contains(said), "{options:?}: {error}");
        assert_eq!(std::fs::read_to_string(&input).expect("it is there"), fetched());
        assert!(!folder.path().join("x.vcd").exists());
    }
}

#[test]
fn the_log_of_walks_has_each_walk_each_entry_and_each_fault() {
    let configs = ["rv64_tiny", "rv64_tiny+walk_cache=4+l2=64+walkers=2", "rv32_tiny+walkers=2"];
    for config in configs {
        let (rows, report) = walks(&fetched(), config);
        let of = |event: &str| rows.iter().filter(|row| row.0 == event).count() as u64;
        let total = &report["total"];
        let counted = |name: &str| total["mmu"][name].as_u64().expect(name);
        // No fence overtakes a walk of a program that waits for its kernel.
        assert_eq!(of("start"), counted("walks"), "{config}");
        assert_eq!(of("read"), counted("pte_reads"), "{config}");
        assert_eq!(of("l2"), counted("l2_hits"), "{config}");
        let faults = rows.iter().filter(|row| !row.1.is_empty()).count() as u64;
        assert_eq!(faults, counted("page_faults") + counted("access_faults"), "{config}");
        let trace = &total["trace"];
        let sum = |list: &str, column: &str| -> u64 {
            let rows = trace[list].as_array().expect(list).iter();
            rows.map(|row| row[column].as_u64().expect(column)).sum()
        };
        assert_eq!(sum("walks_by_first_level", "walks"), counted("walks"), "{config}");
        assert_eq!(sum("answers_by_page_size", "l2"), counted("l2_hits"), "{config}");
        let hits = counted("fetch_hits") + counted("data_hits");
        assert_eq!(sum("answers_by_page_size", "tlb"), hits, "{config}");
        let reasons = trace["faults_by_reason"].as_object().expect("an object");
        let reasons: u64 = reasons.values().map(|count| count.as_u64().expect("a count")).sum();
        assert_eq!(reasons, faults, "{config}");
        let levels = trace["walks_by_first_level"].as_array().expect("a list");
        assert_eq!(levels.len() > 1, config.contains("walk_cache"), "{config}: {levels:?}");
    }
}

#[test]
fn a_log_of_walks_that_cannot_be_written_is_an_error() {
    let folder = TempDir::new().expect("a temporary folder");
    let place = folder.path().join("none/walks.csv");
    let path = place.to_str().expect("temporary paths are text");
    let (out, error, status) = trace(&fetched(), &["--walks", path]);
    assert_eq!((out.as_str(), status), ("", 2));
    assert!(error.contains("--walks") && error.contains("cannot be written"), "{error}");
    let several = ["--config", "rv64_tiny,rv64_small", "--walks", path];
    let (_, error, status) = trace(&fetched(), &several);
    assert_eq!(status, 2);
    assert!(error.contains("--walks logs one configuration, not 2"), "{error}");
}

#[test]
fn superpages_that_no_region_can_hold_are_said() {
    let folder = TempDir::new().expect("a temporary folder");
    let line = |page: u64| format!("{:x} W\n", 0x80_0000 + page * 4096);
    let small: String = (0..40).map(line).collect();
    // Three aligned superpages, with gaps that belong to the region.
    let large: String = (0..1536).step_by(100).chain([1535]).map(line).collect();
    for (name, text, is_said) in [("small", small, true), ("large", large, false)] {
        let file = folder.path().join(format!("{name}.trace"));
        fs::write(&file, text).expect("it can be written");
        let (out, _, status) = run(&file, &["--os", "thp=always"]);
        assert_eq!(status, 0, "{out}");
        assert_eq!(out.contains("note  there were no superpages: no region"), is_said, "{out}");
        assert_eq!(out.contains("thp_allocations"), !is_said, "{out}");
        let (out, ..) = run(&file, &[]);
        assert!(!out.contains("superpages"), "none were wanted: {out}");
        let two = ["--os", "thp=always", "--config", "rv64_linux,rv64_large"];
        let (out, ..) = run(&file, &two);
        assert_eq!(out.contains("note  there were no superpages"), is_said, "{out}");
    }
}
