//! The exported Verilog as text: whole, reproducible, and read by tools that we did not write.
#![allow(clippy::print_stdout)] // Skipped checks are reported.

use std::path::Path;
use testbenches::engine::{CONFIGS, Direction, PINS};
use testbenches::export::{self, ExportError, checks, tools};

#[test]
fn every_configuration_prints_the_same_text_twice() {
    for config in CONFIGS {
        let text = export::verilog(config);
        assert_eq!(text, export::verilog(config), "{}", config.name);
        assert_eq!(text.matches(&format!("\nmodule {} (", config.name)).count(), 1);
    }
}

#[test]
fn the_header_names_configuration_version_and_every_port() {
    for config in CONFIGS {
        let text = export::verilog(config);
        let header: Vec<&str> = text.lines().take_while(|line| line.starts_with("//")).collect();
        assert!(header[0].contains(env!("CARGO_PKG_VERSION")) && header[0].contains(config.name));
        for &pin in PINS {
            let row = header
                .iter()
                .map(|line| line.split_whitespace().collect::<Vec<_>>())
                .find(|words| words.get(1) == Some(&pin.name()))
                .unwrap_or_else(|| panic!("{} is not in the header", pin.name()));
            assert_eq!(row[2] == "in", pin.direction() == Direction::In);
            assert_eq!(row[3], config.pin_width(pin).to_string());
        }
        assert!(header.iter().any(|line| line.contains("Reset:")), "reset is explained");
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

/// What a check says of a small module.
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
