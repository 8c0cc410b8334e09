//! The exported Verilog as text: whole, reproducible, and read by tools that we did not write.

use crate::exported::{commands, shell};
use engine::{CONFIGS, Direction, PINS, find};
use model::isa::{Extensions, Physical, Xlen};
use std::path::Path;
use testbenches::export::{self, ExportError, Kind, Target, checks, tools};

#[test]
fn every_configuration_prints_the_same_text_twice() {
    for config in CONFIGS {
        let text = export::verilog(config);
        assert_eq!(text, export::verilog(config), "{}", config.name);
        assert_eq!(text.matches(&format!("\nmodule {} (", config.name)).count(), 1);
    }
}

#[test]
fn every_port_is_explained_in_the_words_of_the_source() {
    for config in CONFIGS {
        let text = export::verilog(config);
        let header: Vec<&str> = text.lines().take_while(|line| line.starts_with("//")).collect();
        assert!(header[0].contains(env!("CARGO_PKG_VERSION")) && header[0].contains(config.name));
        assert!(header.iter().any(|line| line.contains("Reset:")), "reset is explained");
        let top = text.split_once(&format!("\nmodule {} (", config.name)).unwrap().1;
        let ports = top.split_once("\n);").unwrap().0;
        for &pin in PINS.iter().filter(|pin| config.has_pin(**pin)) {
            let port = ports
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .find(|line| line.split([' ', ',']).any(|word| word == pin.name()))
                .unwrap_or_else(|| panic!("{} is not a port", pin.name()));
            assert_eq!(port.contains("input "), pin.direction() == Direction::In, "{port}");
            let range = format!("[{}:0]", config.pin_width(pin).max(2) - 1);
            assert_eq!(port.contains(&range), config.pin_width(pin) > 1, "{port}");
            assert!(port.contains("  // "), "{port} is not explained");
        }
    }
    let text = export::verilog(&CONFIGS[0]);
    assert!(text.contains("// The RV32 MMU: Bare and Sv32"), "the top says what it is");
    assert!(text.contains("// One TLB entry of any page size"), "and so does every block");
    assert!(text.contains("// The satp register; sampled by a request when it is accepted."));
}

#[test]
fn every_module_says_what_it_is() {
    for config in CONFIGS {
        let text = export::verilog(config);
        let lines: Vec<&str> = text.lines().collect();
        for at in 1..lines.len() {
            if lines[at].starts_with("module ") {
                assert!(lines[at - 1].starts_with("// "), "{}: {}", config.name, lines[at]);
            }
        }
    }
}

/// The hardware's names are legal in Verilog and SystemVerilog without changes.
#[test]
fn no_name_is_a_keyword() {
    for config in CONFIGS {
        assert_eq!(netlist::check::names(&config.design()), []);
    }
}

#[test]
fn a_file_appears_whole_in_a_directory_that_is_made_for_it() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("a/b");
    let path = export::export(&CONFIGS[0], &directory).unwrap();
    assert_eq!(path, directory.join("rv32_tiny.v"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), export::verilog(&CONFIGS[0]));
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1, "nothing temporary is left");
}

#[test]
fn a_directory_that_is_a_file_is_an_error_that_names_it() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("taken");
    std::fs::write(&file, "").unwrap();
    let error = export::export(&CONFIGS[0], &file).unwrap_err();
    assert!(matches!(error, ExportError::Write { .. }));
    assert!(error.to_string().contains("taken/rv32_tiny.v"), "{error}");
}

#[test]
fn every_configuration_is_read_by_every_tool() {
    let home = tempfile::tempdir().unwrap();
    for config in CONFIGS {
        let path = export::export(config, home.path()).unwrap();
        let verdicts = checks::check(&path, config.name, tools::required())
            .unwrap_or_else(|error| panic!("{}: {error}", config.name));
        for verdict in verdicts {
            println!("{}: {verdict}", config.name);
        }
    }
}

/// The message of a check for a small module.
fn objection(body: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("t.v");
    let text = format!("module t(input wire a, input wire b, output reg o);\n{body}\nendmodule\n");
    std::fs::write(&path, text).unwrap();
    match checks::check(Path::new(&path), "t", tools::required()) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_tools_find_what_they_are_asked_for() {
    if !tools::or_skip("yosys") {
        return;
    }
    assert_eq!(objection("always @(*) o = a & b;"), "");
    for (what, body) in [
        ("latch", "always @(*) if (a) o = b;"),
        ("undriven net", "wire n; always @(*) o = a & n;"),
        ("combinational loop", "wire n; assign n = a ^ o; always @(*) o = b & n;"),
        ("unknown module", "u x(.a(a)); always @(*) o = a;"),
    ] {
        assert_ne!(objection(body), "", "a {what} must be found");
    }
}

/// Simulators, linter and synthesis read everything that lies beside the Verilog.
#[test]
fn every_test_bench_passes_and_every_template_is_sound() {
    if !tools::or_skip("iverilog") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    for config in CONFIGS {
        let files = export::files(config, Target::Generic);
        export::write(home.path(), &files).unwrap();
        let path = |kind: Kind| {
            home.path().join(&files.iter().find(|file| file.kind == kind).unwrap().name)
        };
        let (design, bench) = (path(Kind::Verilog), path(Kind::Testbench));
        let verdict = checks::simulate(&design, &bench, true);
        println!("{}: {}", config.name, verdict.unwrap_or_else(|e| panic!("{}: {e}", config.name)));
        if tools::or_skip("verilator") {
            let top = format!("{}_template", config.name);
            let [design, template] = [design, path(Kind::Template)].map(|path| path.to_owned());
            let arguments = ["--lint-only", "-Wall", "--top-module", &top];
            let files = [design.to_str().unwrap(), template.to_str().unwrap()];
            let said = tools::run("verilator", home.path(), &[&arguments[..], &files].concat());
            assert_eq!(said.unwrap_or_else(|error| panic!("{top}: {error}")), "", "{top}");
        }
    }
}

/// The guide's commands that take longer than those of `exported`.
#[test]
fn the_guide_says_how_to_run_verilator_and_yosys() {
    let home = tempfile::tempdir().unwrap();
    let files = export::files(find("rv32_tiny").unwrap(), Target::Generic);
    export::write(home.path(), &files).unwrap();
    let guide = &files.iter().find(|file| file.kind == Kind::Guide).unwrap().text;
    if tools::or_skip("verilator") {
        let ran = shell(home.path(), &commands(guide, "Simulate")[1]);
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && said.contains("\nPASS: "), "{ran:?}");
    }
    if tools::or_skip("yosys") {
        let ran = shell(home.path(), &commands(guide, "Synthesise")[0]);
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && said.contains("LUT4"), "{ran:?}");
    }
}

/// README's table and `make export` have every configuration.
#[test]
fn documents_list_every_configuration() {
    let readme = include_str!("../../../README.md");
    let makefile = include_str!("../../../Makefile");
    for config in CONFIGS {
        let width = if config.xlen == Xlen::Rv32 { 32 } else { 64 };
        let extensions = match config.extensions {
            Extensions::NONE => "none".to_owned(),
            some => some.to_string(),
        };
        let Physical { pmp, regions } = config.physical;
        let pmp = (pmp > 0).then(|| format!("{pmp} PMP entries"));
        let regions = (!regions.is_empty()).then(|| "regions (PMA)".to_owned());
        let own = Some(config.organisation.to_string()).filter(|own| own != "none");
        let parts: Vec<_> = own.into_iter().chain(pmp).chain(regions).collect();
        let parts = if parts.is_empty() { "none".to_owned() } else { parts.join(", ") };
        let entries = config.entries;
        let row = format!("| `{}` | RV{width} | {entries} | {extensions} | {parts} |", config.name);
        assert!(readme.contains(&row), "README.md has no row {row}");
        let named = makefile.split_whitespace().any(|word| word == config.name);
        assert!(named, "`make export` does not name {}", config.name);
    }
}
