//! CXXRTL, the simulator of Yosys, on the exported Verilog.

use super::BenchError;
use super::workshop::{Program, Workshop};
use crate::export::{ToolError, tools};
use engine::PINS;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const TOOL: &str = "yosys";
/// The name of the headers in [`ToolError::Missing`]; Debian has them in a separate package.
const HEADERS: &str = "cxxrtl.h (Debian package yosys-dev)";

/// Translates and compiles; returns also the seconds that it took.
pub(super) fn build(workshop: &Workshop) -> Result<(Program, f64), BenchError> {
    let yosys = tools::find(TOOL).ok_or(ToolError::Missing { tool: TOOL })?;
    let headers = headers(&yosys).ok_or(ToolError::Missing { tool: HEADERS })?;
    let compiler = ["clang++", "g++"].into_iter().find(|name| tools::find(name).is_some());
    let compiler = compiler.ok_or(ToolError::Missing { tool: "g++" })?;
    let top = &workshop.config.module();
    let script = format!(
        "read_verilog {}; hierarchy -check -top {top}; write_cxxrtl -g0 model.cpp",
        workshop.design()
    );
    let (_, translated) = workshop.run(TOOL, &["-q".into(), "-p".into(), script])?;
    std::fs::write(workshop.path().join("pins.h"), pins())?;
    let mut arguments: Vec<String> = workshop.harness_definitions().into();
    arguments.push(format!("-DDESIGN={}", mangled(top)));
    arguments.push(format!("-I{}", headers.display()));
    let more = ["-DCXXRTL", "-std=c++14", "-O3", "-march=native", "-w", "-o", "cxxrtl"];
    arguments.extend(more.map(str::to_owned));
    arguments.push("harness.cpp".into());
    let (_, compiled) = workshop.run(compiler, &arguments)?;
    let file = workshop.path().join("cxxrtl");
    Ok((
        Program { tool: TOOL, file, arguments: Vec::new(), after: Vec::new() },
        translated + compiled,
    ))
}

/// They are next to the installed tool: `PREFIX/bin/yosys`, `PREFIX/share/yosys/include`.
fn headers(yosys: &Path) -> Option<PathBuf> {
    let resolved = yosys.canonicalize().ok()?;
    let prefix = resolved.parent()?.parent()?;
    let root = prefix.join("share/yosys/include");
    // Newer releases have moved them.
    let places = ["", "backends/cxxrtl/runtime"].map(|place| root.join(place));
    let file = ["backends/cxxrtl/cxxrtl.h", "cxxrtl/cxxrtl.h"];
    places.into_iter().zip(file).find(|(place, file)| place.join(file).is_file()).map(|at| at.0)
}

/// CXXRTL's name of a public identifier.
fn mangled(name: &str) -> String {
    format!("p_{}", name.replace('_', "__"))
}

/// The names of all pins, for the harness.
fn pins() -> String {
    let mut text = String::new();
    for name in PINS.iter().map(|pin| pin.name()).chain(["clock"]) {
        writeln!(text, "#define PIN_{name} {}", mangled(name))
            .expect("writing to a string cannot fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn underscores_are_doubled() {
        assert_eq!(mangled("rv64_linux"), "p_rv64__linux");
        assert!(pins().contains("#define PIN_mem_req_valid p_mem__req__valid\n"));
    }
}
