//! Figures in documents equal the output of their commands.
//!
//! A test that has computed a figure calls [`documented`] with the words around it. Figures
//! computed only for a document are here. `make figures` updates all of them, including those that
//! take minutes.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use testbenches::bench::{WaveOptions, waves};

/// Compares figures of a document with the present ones. `words` is a piece of one line with `{}`
/// for each figure; it must occur in the document exactly once. With `PAGEWALK_UPDATE` set, the
/// document is updated instead.
pub(crate) fn documented(document: &str, words: &str, now: &[String]) {
    // Tests run in parallel, and several may write one document.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(document);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{document}: {e}"));
    let pieces: Vec<&str> = words.split("{}").collect();
    assert_eq!(pieces.len(), now.len() + 1, "{words} has a place for each figure");
    // Words that begin with a figure must begin at its first digit.
    let inside = |at: usize| text[..at].ends_with(|c: char| c.is_ascii_digit() || ".,".contains(c));
    let places = text.match_indices(pieces[0]).map(|(at, _)| at);
    let places = places.filter(|&at| !pieces[0].is_empty() || !inside(at));
    let found: Vec<_> =
        places.filter_map(|at| figures(&text[at..], &pieces).map(|f| (at, f))).collect();
    let [(at, (figures, length))] = &found[..] else {
        panic!("{document} says `{words}` {} times", found.len());
    };
    if figures == now {
        return;
    }
    assert!(
        std::env::var_os("PAGEWALK_UPDATE").is_some(),
        "{document} says `{words}` with {figures:?}; now it is {now:?}. `make figures` writes it."
    );
    let mut line = pieces[0].to_owned();
    for (figure, piece) in now.iter().zip(&pieces[1..]) {
        line += figure;
        line += piece;
    }
    let text = format!("{}{line}{}", &text[..*at], &text[at + length..]);
    std::fs::write(&path, text).unwrap_or_else(|error| panic!("{document}: {error}"));
}

/// The figures between the pieces at the beginning of a text, and the length of the whole.
fn figures(text: &str, pieces: &[&str]) -> Option<(Vec<String>, usize)> {
    let mut at = pieces[0].len();
    let mut found = Vec::new();
    for piece in &pieces[1..] {
        let rest = &text[at..];
        let run = rest.bytes().take_while(|b| b.is_ascii_digit() || b".,".contains(b)).count();
        // A figure ends with a digit; what follows may begin with a comma.
        let end = (1..=run).rev().find(|&end| {
            rest.as_bytes()[end - 1].is_ascii_digit() && rest[end..].starts_with(piece)
        })?;
        found.push(rest[..end].to_owned());
        at += end + piece.len();
    }
    Some((found, at))
}

/// A whole number with its thousands separated.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|g| std::str::from_utf8(g).expect("digits"))
        .collect();
    groups.join(",")
}

/// The output of a command of the project.
fn printed(arguments: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_pagewalk"));
    let run = command.args(arguments.split_whitespace()).current_dir(root).output();
    let run = run.expect("the command starts");
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "pagewalk {arguments}: {errors}");
    String::from_utf8(run.stdout).unwrap_or_else(|error| panic!("{arguments}: {error}"))
}

/// The same as JSON.
fn report(arguments: &str) -> Value {
    let text = printed(arguments);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments}: {error}"))
}

/// The number at a path of a report, as `total.faults.evictions`.
fn number(report: &Value, path: &str) -> u64 {
    let at = |report: &Value, part: &str| report[part].clone();
    let value = path.split('.').fold(report.clone(), |value, part| at(&value, part));
    value.as_u64().unwrap_or_else(|| panic!("{path} is {value}"))
}

/// The same with a fraction, rounded to some decimals.
fn rounded(report: &Value, path: &str, decimals: usize) -> String {
    let value = path.split('.').fold(report, |value, part| &value[part]);
    let value = value.as_f64().unwrap_or_else(|| panic!("{path} is {value}"));
    format!("{value:.decimals$}")
}

const RESULTS: &str = "docs/results.md";
const SORT: &str = "trace testbenches/data/traces/sort.lackey.zst --json";

#[test]
fn a_real_program() {
    let report = report(SORT);
    let count = |path: &str| thousands(number(&report, path));
    let latency = |part: &str| count(&format!("total.walk_latency.{part}"));
    documented(RESULTS, "GNU `sort`, {} instructions", &[count("total.accesses.instructions")]);
    let accesses = ["fetches", "loads", "stores"];
    let accesses = accesses.map(|kind| number(&report, &format!("total.accesses.{kind}")));
    documented(
        RESULTS,
        "| accesses (a page crossing counts twice) | {} |",
        &[thousands(accesses.iter().sum())],
    );
    for port in ["fetch", "data"] {
        let words = format!("| {port} TLB, 16 lines: misses per 1000 instructions | {{}} |");
        documented(RESULTS, &words, &[rounded(&report, &format!("total.{port}.tlb_mpki"), 3)]);
    }
    documented(
        RESULTS,
        "| walks, entries read per walk | {}, {} |",
        &[count("total.mmu.walks"), rounded(&report, "total.pte_reads_per_walk", 3)],
    );
    documented(
        RESULTS,
        "| walk latency in cycles: least, median, 99 %, most | {}, {}, {}, {} |",
        &["min", "p50", "p99", "max"].map(latency),
    );
    documented(
        RESULTS,
        "| page faults: minor, major | {}, {} |",
        &["minor", "major"].map(|kind| count(&format!("total.faults.{kind}_faults"))),
    );
    documented(
        RESULTS,
        "| frames at most, page tables | {}, {} bytes |",
        &["peak_frames", "page_table_bytes"].map(|path| count(&format!("memory.{path}"))),
    );
    documented(
        RESULTS,
        "| cycles an access: ideal, with everything | {}, {} |",
        &["ideal", "effective"]
            .map(|kind| rounded(&report, &format!("total.{kind}_access_time"), 3)),
    );
}

#[test]
fn a_real_program_that_does_not_fit() {
    for (policy, remark) in [
        ("fifo", ""),
        ("clock", " (by the hardware's A bits)"),
        ("lru", " (an oracle)"),
        ("opt", " (an oracle that looks ahead)"),
    ] {
        let arguments = format!("{SORT} --config rv64_small --frames 192 --policy {policy}");
        let report = report(&arguments);
        let paths = ["major_faults", "evictions", "write_backs", "write_backs_saved"];
        let mut now = paths.map(|path| number(&report, &format!("total.faults.{path}"))).to_vec();
        now.push(number(&report, "cycles"));
        documented(
            RESULTS,
            &format!("| {policy}{remark} | {{}} | {{}} | {{}} | {{}} | {{}} |"),
            &now.into_iter().map(thousands).collect::<Vec<_>>(),
        );
    }
}

/// Organisations of the MMU on two recorded programs: the configurations of the Makefile.
#[test]
#[ignore = "thirty runs: make figures"]
fn the_organisations() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect(name);
    let makefile = read("Makefile");
    let list = makefile.lines().find_map(|line| line.strip_prefix("ORGANISATIONS := "));
    let list = list.expect("the Makefile has them");
    let command = format!("--plot docs/images/plots --config {list}\n");
    assert!(read(RESULTS).replace("\\\n", "").contains(&command), "{RESULTS} has not {command}");
    let reports = ["sort", "transpose"].map(|trace| {
        report(&format!("trace testbenches/data/traces/{trace}.lackey.zst --json --config {list}"))
    });
    let time =
        |report: &Value| report["total"]["average_memory_access_time"].as_f64().expect("a figure");
    for (row, name) in list.split(',').enumerate() {
        let mut now = Vec::new();
        for reports in &reports {
            let report = &reports[row];
            let [misses, reads, stall] = ["data.tlb_mpki", "mmu.pte_reads", "cycles.walk_stall"]
                .map(|p| format!("total.{p}"));
            now.push(rounded(report, &misses, 2));
            now.extend([reads, stall].map(|path| thousands(number(report, &path))));
            now.push(format!("{:.3}", time(report)));
            now.push(format!("{:.3}", time(report) / time(&reports[0])));
        }
        let words = format!("| `{name}` |{}", " {} |".repeat(now.len()));
        documented(RESULTS, &words, &now);
    }
    let said =
        ["rv64_linux", "rv64_linux+walk_cache=8", "rv64_large", "rv64_huge", "rv64_linux+l2=512"];
    let row = |name: &str| list.split(',').position(|other| other == name).expect(name);
    for (program, reports) in ["`sort`", "the transposition"].iter().zip(&reports) {
        documented(
            RESULTS,
            &format!(
                "On {program}, an access of {{}} cycles with 16 lines takes {{}} with a walk cache \
                 of 8 lines, {{}} with twice and {{}} with four times the lines, and {{}} with a \
                 second level of 512 entries."
            ),
            &said.map(|name| format!("{:.3}", time(&reports[row(name)]))),
        );
    }
}

/// The textbooks' averages, in nanoseconds: the scenario, the figure, cycles per nanosecond, the
/// book's number.
const AVERAGES: [(&str, &str, f64, &str); 8] = [
    ("a-tlb-of-80-percent", "average_memory_access_time", 1.0, "140"),
    ("a-tlb-of-98-percent", "average_memory_access_time", 1.0, "122"),
    ("a-free-tlb-of-80-percent", "average_memory_access_time", 10.0, "12"),
    ("a-free-tlb-of-99-percent", "average_memory_access_time", 10.0, "10.1"),
    ("a-tlb-and-a-cache", "average_memory_access_time", 10.0, "3.8"),
    ("one-fault-in-a-thousand", "effective_access_time", 1.0, "8199.8"),
    ("one-fault-in-four-hundred-thousand", "effective_access_time", 1.0, "220"),
    ("one-fault-in-ten-thousand", "effective_access_time", 1.0, "1999.9"),
];

#[test]
fn the_averages_of_the_textbooks() {
    for (scenario, figure, cycles, book) in AVERAGES {
        let arguments = format!("explore what-does-an-access-cost/{scenario} --figures");
        let name = format!("total.{figure} ");
        let text = printed(&arguments);
        let value = text.lines().find_map(|line| line.strip_prefix(&name)?.trim().parse().ok());
        let value: f64 = value.unwrap_or_else(|| panic!("no {figure} in {text}"));
        let words = format!("| {book} ns | {{}} ns |");
        documented("docs/ideas/13-cost.md", &words, &[format!("{:.2}", value / cycles)]);
    }
}

/// Soaks of every scheme and policy without errors, and as many with errors.
#[test]
#[ignore = "minutes of random programs: make figures"]
fn the_soaks() {
    let sum = |soaks: &Value, path: &str| {
        let soaks = soaks.as_array().expect("a list of soaks").iter();
        soaks.map(|soak| number(&soak["counts"], path)).sum::<u64>()
    };
    let steps = |soaks: &Value| {
        let soaks = soaks.as_array().expect("a list of soaks");
        assert!(soaks.iter().all(|soak| soak["failure"].is_null()), "{soaks:?}");
        let steps = soaks.iter().map(|soak| number(soak, "steps")).sum();
        [soaks.len() as u64, steps].map(thousands)
    };
    let sound = report("soak --json");
    let counts = ["page_faults", "evictions", "cow_copies", "forks", "oom_kills", "fences"];
    let counts = counts.map(|path| thousands(sum(&sound, path)));
    documented(
        RESULTS,
        "{} soaks (Sv32, Sv39, Sv48, each under every policy), {} steps, **0 failed**: {} page \
         faults, {} evictions, {} copies on write, {} forks, {} kills for memory, {} fences.",
        &[&steps(&sound)[..], &counts].concat(),
    );
    let erring = "soak --json --ops 100000 --seed 100001 --bus-errors 200 --disk-errors 2000";
    let erring = report(erring);
    documented(RESULTS, "{} soaks with errors, {} steps, **0 failed**", &steps(&erring));
}

/// Our waveforms compared with Verilator's.
#[test]
#[ignore = "minutes of compiling Verilog: make figures"]
fn the_waves_beside_verilators() {
    if !testbenches::export::tools::or_skip("verilator") {
        return;
    }
    for (config, cycles) in [("rv64_linux", 3000), ("rv64_large", 2000)] {
        let options = WaveOptions {
            config: config.to_owned(),
            cycles,
            rounds: 1,
            seconds: 0.01,
            ..WaveOptions::default()
        };
        let report = waves(&options).unwrap_or_else(|error| panic!("{error}"));
        let signals = [report.our_signals, report.verilator_signals, report.compared_signals];
        let lines = [report.our_lines, report.verilator_lines];
        let now = signals.into_iter().chain(lines).map(|count| thousands(count as u64));
        documented(
            RESULTS,
            &format!("| {config} | {{}}, {{}}, {{}} | {{}}, {{}} ({cycles} cycles) |"),
            &now.collect::<Vec<_>>(),
        );
    }
}

/// What is recommended has the sizes and clocks that were measured.
#[test]
fn the_recommended_configurations_are_those_of_the_report() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(RESULTS);
    let report = std::fs::read_to_string(path).expect("the results");
    for (config, chip, words) in [
        ("rv32_tiny_one_port", "generic | ice40", "{} LUT4 of an iCE40, {} MHz"),
        ("rv32_tiny_registered", "generic | ice40", "{} LUT4 of an iCE40, {} MHz"),
        ("rv64_linux_one_port", "ecp5 | ecp5", "area {} of an ECP5, {} MHz"),
        ("rv64_linux", "ecp5 | ecp5", "area {} of an ECP5, {} MHz"),
        ("rv64_linux_pages", "ecp5 | ecp5", "area {} of an ECP5, {} MHz"),
    ] {
        let begins = format!("| `{config}` | {chip} | ");
        let row = report.lines().find_map(|line| line.strip_prefix(&begins));
        let row: Vec<_> = row.expect("the configuration was measured").split(" | ").collect();
        let (size, clock) = (row[0], row[5].split('.').next().expect("a number"));
        documented(
            "README.md",
            &format!("| `{config}` | {words} |"),
            &[size, clock].map(Into::into),
        );
    }
}

/// Every part that can be put into a configuration is explained.
#[test]
fn the_parts_of_configurations_are_in_the_readme() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(path).expect("the README");
    for part in engine::Parts::names() {
        let named = [format!("`{part}`"), format!("`{part}=")];
        assert!(named.iter().any(|name| readme.contains(name)), "{part}");
    }
}

/// What the documents say of a page's size.
#[test]
fn the_budget_of_a_page() {
    let budget = machine::show::Budget::default();
    let thousands = |count: usize| format!("{},{:03}", count / 1000, count % 1000);
    let counts = [budget.cycles, budget.others].map(thousands);
    let text = "A page holds {} records of cycles and {} of everything else";
    documented("docs/show.md", text, &counts);
}

/// The result of synthesis by Yosys.
#[test]
#[ignore = "minutes of synthesis: make figures"]
fn the_size_on_an_fpga() {
    let (scratch, design) = (tempfile::tempdir().expect("a folder"), "rv64_linux");
    if !testbenches::export::tools::or_skip("yosys") {
        return;
    }
    let mut export = Command::new(env!("CARGO_BIN_EXE_pagewalk"));
    let exported = export.args(["export", design, "-o"]).arg(scratch.path()).status();
    assert!(exported.expect("the command starts").success());
    let script = format!("read_verilog {design}.v; synth_ecp5 -top {design}; tee -o stat stat");
    let mut yosys = Command::new("yosys");
    let run = yosys.args(["-q", "-p", &script]).current_dir(scratch.path()).status();
    assert!(run.expect("yosys starts").success());
    let stat = std::fs::read_to_string(scratch.path().join("stat")).expect("yosys counted");
    // The totals of the whole design come last.
    let cells = |kind: &str| {
        let line = stat.lines().rfind(|line| line.split_whitespace().any(|word| word == kind));
        let words = line.unwrap_or_else(|| panic!("no {kind} in {stat}")).split_whitespace();
        words.filter_map(|word| word.parse().ok()).next().expect("a count")
    };
    let now = ["LUT4", "TRELLIS_FF"].map(|kind| thousands(cells(kind)));
    documented(RESULTS, "{} LUT4 and {} flip-flops for two TLBs of 16 lines", &now);
}

#[test]
fn figures_are_found_by_the_words_around_them() {
    let pieces = |words: &'static str| words.split("{}").collect::<Vec<_>>();
    let found = |text, words| figures(text, &pieces(words)).map(|(found, _)| found);
    assert_eq!(found("12,345, and 6.", "{}, and {}"), Some(vec!["12,345".into(), "6".into()]));
    assert_eq!(found("a 1.5, b", "a {}, b"), Some(vec!["1.5".into()]));
    assert_eq!(found("a x, b", "a {}, b"), None);
    assert_eq!(thousands(1_234_567), "1,234,567");
    assert_eq!(thousands(12), "12");
}
