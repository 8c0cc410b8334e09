//! What lies beside the exported Verilog: template, test bench, FuseSoC's description, guide; and all
//! configurations in one project.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use engine::{CONFIGS, Config, PINS, find, segment};
use testbenches::export::{self, ExportError, File, Kind, Target, tools};

fn of(files: &[File], kind: Kind) -> &File {
    files.iter().find(|file| file.kind == kind).expect("every kind is there")
}

/// Every configuration of the MMU and of the segmentation unit.
fn all() -> Vec<File> {
    let units = segment::CONFIGS.iter().flat_map(export::segment::files);
    CONFIGS.iter().flat_map(|config| export::files(config, Target::Generic)).chain(units).collect()
}

#[test]
fn all_configurations_are_one_project() {
    let home = tempfile::tempdir().unwrap();
    let files = all();
    export::write(home.path(), &files).unwrap();
    let mut modules = BTreeSet::new();
    for file in files.iter().filter(|file| file.name.ends_with(".v")) {
        let unit = file.name.trim_end_matches(".v");
        for line in file.text.lines().filter(|line| line.starts_with("module ")) {
            let name = line.split([' ', ';']).nth(1).unwrap();
            assert!(modules.insert(name.to_owned()), "{name} is there twice");
            let own = name.strip_prefix(unit).unwrap_or_else(|| panic!("{name} of {unit}"));
            // Words, and at most the number of one element; no list of parameters.
            let numbers = own.split('_').filter(|part| part.parse::<u64>().is_ok()).count();
            let element = own.starts_with("_second_level_bank");
            assert_eq!(numbers, usize::from(element), "{name}");
            assert!(!own.contains(|c: char| c.is_ascii_uppercase()), "{name}");
        }
    }
    for wanted in ["rv64_linux_port", "rv64_linux_walker", "rv64_linux_tlb_line", "rv32_tiny_tlb"] {
        assert!(modules.contains(wanted), "there is no {wanted}");
    }
    // Two of one block, told apart by their places.
    for wanted in ["rv64_linux_fetch8_tlb_fetch", "rv64_linux_fetch8_tlb_data"] {
        assert!(modules.contains(wanted), "there is no {wanted}");
    }
    if !tools::or_skip("iverilog") {
        return;
    }
    let designs = files.iter().filter(|file| [Kind::Verilog, Kind::Template].contains(&file.kind));
    let names: Vec<&str> = designs.map(|file| file.name.as_str()).collect();
    let arguments = ["-g2005", "-Wall", "-Wno-timescale", "-t", "null"];
    let said = tools::run("iverilog", home.path(), &[&arguments[..], &names].concat()).unwrap();
    assert_eq!(said, "", "all together");
}

/// The shell, in a folder.
pub(crate) fn shell(folder: &Path, command: &str) -> Output {
    Command::new("sh").args(["-c", command]).current_dir(folder).output().expect("a shell")
}

/// The commands of the blocks of code in a section of a guide.
pub(crate) fn commands(guide: &str, section: &str) -> Vec<String> {
    let rest = guide.split_once(&format!("\n## {section}\n")).expect("it has this section").1;
    let rest = rest.split("\n## ").next().unwrap();
    let blocks = rest.split("```").skip(1).step_by(2);
    blocks.flat_map(str::lines).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn the_guide_says_how_to_simulate() {
    for name in ["rv32_tiny", "rv64_linux_protected", "rv32_tiny_one_port", "rv64_linux_one_port"] {
        let home = tempfile::tempdir().unwrap();
        let files = export::files(find(name).unwrap(), Target::Generic);
        export::write(home.path(), &files).unwrap();
        let commands = commands(&of(&files, Kind::Guide).text, "Simulate");
        let first = commands.iter().map(|command| command.split(' ').next().unwrap());
        assert_eq!(first.collect::<Vec<_>>(), ["iverilog", "verilator", "fusesoc"]);
        if tools::or_skip("iverilog") {
            let ran = shell(home.path(), &commands[0]);
            let said = String::from_utf8_lossy(&ran.stdout);
            assert!(ran.status.success() && said.contains("\nPASS: "), "{ran:?}");
            assert!(home.path().join(format!("{name}_tb.vcd")).metadata().unwrap().len() > 10_000);
        }
        // Often it is not there, even where everything else is.
        if tools::find("fusesoc").is_some() {
            let ran = shell(home.path(), &commands[2]);
            let said = String::from_utf8_lossy(&ran.stdout);
            assert!(ran.status.success() && said.contains("\nPASS: "), "{ran:?}");
        }
    }
}

/// Changes of the hardware: a piece of the Verilog of `rv32_tiny` and what replaces it.
const DEFECTS: &[(&str, &str)] = &[
    // The core's side: permissions, fences, causes.
    ("assign denied = !(", "assign denied = ("),
    ("wire fence = fence_valid && ", "wire fence = 1'b0 && "),
    (".fence_by_va(fence_by_va)", ".fence_by_va(1'b1)"),
    ("store ? 4'hf", "store ? 4'hd"),
    // Latencies: an answer that comes early, or reads twice.
    ("assign same = held == key;", "assign same = 1'b0;"),
    ("assign same = held == key;", "assign same = 1'b1;"),
    // The walker: A and D.
    ("marked = entry | marks", "marked = entry"),
    (".mem_resp_swapped(mem_resp_swapped)", ".mem_resp_swapped(1'b1)"),
    (".mem_resp_error(mem_resp_error)", ".mem_resp_error(1'b0)"),
    // The held fault is lost.
    ("if (!holding || ready)", "if (1'b0)"),
];

#[test]
fn the_test_bench_notices_broken_hardware() {
    if !tools::or_skip("iverilog") {
        return;
    }
    let files = export::files(find("rv32_tiny").unwrap(), Target::Generic);
    let (design, bench) = (of(&files, Kind::Verilog), of(&files, Kind::Testbench));
    let command = &commands(&of(&files, Kind::Guide).text, "Simulate")[0];
    let run = |text: &str| {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(&design.name), text).unwrap();
        std::fs::write(home.path().join(&bench.name), &bench.text).unwrap();
        let ran = shell(home.path(), command);
        (ran.status.success(), String::from_utf8_lossy(&ran.stdout).into_owned())
    };
    let (passes, said) = run(&design.text);
    assert!(passes, "{said}");
    for (what, instead) in DEFECTS {
        assert!(design.text.contains(what), "the Verilog has no `{what}` to change");
        let (passes, said) = run(&design.text.replace(what, instead));
        println!("`{instead}`: {}", said.lines().rev().find(|l| l.contains("FAIL")).unwrap_or(""));
        assert!(!passes && said.contains("\nFAIL"), "`{instead}` is not noticed: {said}");
        assert!(!said.contains("PASS"), "`{instead}`: {said}");
    }
}

#[test]
fn the_template_has_every_port() {
    let of_a = |name: &str| -> Vec<File> { export::files(find(name).unwrap(), Target::Generic) };
    for config in CONFIGS {
        let files = of_a(config.name);
        let template = &of(&files, Kind::Template).text;
        for &pin in PINS {
            let there = template.contains(&format!("        .{} ", pin.name()));
            assert_eq!(there, config.has_pin(pin), "{}: {}", config.name, pin.name());
        }
    }
    let connection = |config: &str, port: &str| {
        let files = of_a(config);
        let text = of(&files, Kind::Template).text.clone();
        let line = text.lines().find(|line| line.trim_start().starts_with(&format!(".{port} ")));
        let line = line.unwrap().split("//").next().unwrap().to_owned();
        line.split(['(', ')']).nth(1).unwrap().to_owned()
    };
    for (config, port, connected) in [
        ("rv64_linux", "pmp_write_valid", "1'd0"),
        ("rv64_linux_one_port", "data_req_fetch", "data_req_fetch"),
        ("rv64_linux_pmp", "pmp_write_valid", "pmp_write_valid"),
        ("rv64_linux", "mem_resp_word_7", "64'd0"),
        ("rv64_linux_line", "mem_resp_word_7", "mem_resp_word_7"),
        ("rv64_linux", "fetch_resp_pbmt", ""),
        ("rv64_linux_pbmt", "fetch_resp_pbmt", "fetch_resp_pbmt"),
        ("rv64_linux_pmp", "fetch_resp_pma", ""),
        ("rv64_linux_protected", "fetch_resp_pma", "fetch_resp_pma"),
        ("rv64_linux", "data_trace_entry", ""),
        ("rv64_linux_traced", "data_trace_entry", "data_trace_entry"),
        ("rv64_linux", "event_refill", ""),
        ("rv32_linux_full", "l2_inject", "1'd0"),
        ("rv64_linux", "adue", "adue"),
    ] {
        assert_eq!(connection(config, port), connected, "{port} of {config}");
    }
}

#[test]
fn the_guide_tells_latencies_and_rules() {
    let guide = |name: &str| {
        of(&export::files(find(name).unwrap(), Target::Generic), Kind::Guide).text.clone()
    };
    for config in CONFIGS {
        let Config { name, .. } = config;
        let text = guide(name);
        for section in ["Files", "Latencies", "The rules", "Integration guide", "In LiteX"] {
            assert!(text.contains(&format!("\n## {section}\n")), "{name} has no {section}");
        }
        assert!(!text.contains("](") && !text.contains("](#"), "{name}: a link that leads nowhere");
        for file in export::files(config, Target::Generic) {
            let named = file.kind == Kind::Guide || text.contains(&format!("`{}`", file.name));
            assert!(named, "{} is not in the guide", file.name);
        }
    }
    assert!(guide("rv64_linux").contains("in Sv39, page or fault | 2 + 3·L | 5 | 32 |"));
    assert!(guide("rv64_linux_l2").contains("in Sv48, page or fault | 3 + 4·L | 7 | 43 |"));
    assert!(guide("rv64_linux_walk").contains("the walk cache knows | 2 + L | 3 | 12 |"));
    assert!(guide("rv32_tiny").contains("in Sv32, page or fault | 2 + 2·L | 4 | 22 |"));
}

#[test]
fn files_appear_together_or_not_at_all() {
    let home = tempfile::tempdir().unwrap();
    let files = export::files(&CONFIGS[0], Target::Generic);
    std::fs::create_dir(home.path().join("rv32_tiny.md")).unwrap();
    let error = export::write(home.path(), &files).unwrap_err();
    assert!(matches!(error, ExportError::Write { .. }));
    assert!(error.to_string().contains("rv32_tiny.md"), "{error}");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1, "nothing is left of the others");
    std::fs::remove_dir(home.path().join("rv32_tiny.md")).unwrap();
    let written = export::write(home.path(), &files).unwrap();
    for (written, file) in written.iter().zip(&files) {
        assert_eq!(std::fs::read_to_string(&written.path).unwrap(), file.text);
        assert!(!written.replaced);
        assert!(!file.text.contains('@') || file.text.contains("always @"), "{}", file.name);
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 5, "nothing temporary is left");
    assert_eq!(files, export::files(&CONFIGS[0], Target::Generic), "the same in every run");
    std::fs::write(home.path().join("rv32_tiny_template.v"), "edited").unwrap();
    let again = export::write(home.path(), &files).unwrap();
    let replaced: Vec<_> = again.iter().filter(|written| written.replaced).collect();
    let [template] = &replaced[..] else { panic!("{again:?}") };
    assert!(template.path.ends_with("rv32_tiny_template.v"));
}
