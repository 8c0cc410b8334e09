//! Verilator on the exported Verilog: as usual, and at its best.

use super::workshop::{Program, Workshop};
use super::{BenchError, Measurement};
use crate::export::{ToolError, tools};

const TOOL: &str = "verilator";

/// Options for fast models of our designs; other options that promise speed (`--flatten`,
/// unrolling, profile-guided compilation) gave no improvement.
const OPTIONS: [&str; 13] = [
    "--cc",
    "--exe",
    "--build",
    "-j",
    "2",
    "-O3",
    "--x-assign",
    "fast",
    "--x-initial",
    "fast",
    "--noassert",
    "-Wno-lint",
    "-Wno-style",
];

/// The usual way: driven from C++, two evaluations a cycle. Returns also the seconds that it took.
pub(super) fn usual(workshop: &Workshop) -> Result<(Program, f64), BenchError> {
    driven(workshop, "usual", "harness.cpp")
}

/// As usual, by another driver, in a folder of this name.
pub(super) fn driven(
    workshop: &Workshop,
    name: &str,
    driver: &str,
) -> Result<(Program, f64), BenchError> {
    let flags = format!("-O3 -march=native {}", workshop.harness_definitions().join(" "));
    let top = workshop.config.module();
    let arguments = ["--prefix", "Vmmu", "--top-module", &top, "--Mdir", name, "-CFLAGS"];
    let mut arguments: Vec<String> = arguments.map(str::to_owned).into();
    arguments.extend([flags, workshop.design(), driver.to_owned()]);
    build(workshop, name, arguments)
}

/// As usual, but it also writes every signal as VCD into the file of its second argument.
pub(super) fn traced(workshop: &Workshop) -> Result<Program, BenchError> {
    let definitions = workshop.harness_definitions().join(" ");
    let flags = format!("-O3 -march=native -DTRACE {definitions}");
    let arguments = ["--trace", "--no-trace-params", "--prefix", "Vmmu", "--top-module"];
    let mut arguments: Vec<String> = arguments.map(str::to_owned).into();
    let top = workshop.config.module();
    arguments.extend([&top, "--Mdir", "traced", "-CFLAGS"].map(str::to_owned));
    // The runtime that writes is optimised like the model.
    arguments.extend([
        flags,
        "-MAKEFLAGS".into(),
        "OPT_FAST=-O3 OPT_SLOW=-O3 OPT_GLOBAL=-O3".into(),
    ]);
    arguments.extend([workshop.design(), "harness.cpp".into()]);
    Ok(build(workshop, "traced", arguments)?.0)
}

/// The all-Verilog test bench, compiled in every way that might be the fastest.
pub(super) struct Best {
    candidates: Vec<Program>,
    fastest: usize,
    /// CPU time to build one of them.
    pub(super) ready: f64,
}

impl Best {
    pub(super) fn build(workshop: &Workshop) -> Result<Self, BenchError> {
        let mut best = Self { candidates: Vec::new(), fastest: 0, ready: 0.0 };
        for compiler in ["clang++", "g++"] {
            if compiler == "clang++" && tools::find(compiler).is_none() {
                continue;
            }
            let (program, seconds) = all_verilog(workshop, compiler)?;
            best.ready = seconds;
            for evaluations in ["twice", "once"] {
                let arguments = vec![evaluations.to_owned()];
                best.candidates.push(Program { arguments, ..program.clone() });
            }
        }
        Ok(best)
    }

    /// Runs every candidate, and selects the fastest for [`Best::run`].
    pub(super) fn choose(&mut self, workshop: &Workshop, cycles: u64) -> Result<(), BenchError> {
        let mut least = f64::INFINITY;
        for _ in 0..2 {
            for (at, program) in self.candidates.iter().enumerate() {
                let seconds = program.run(workshop, cycles)?.seconds;
                if seconds < least {
                    (least, self.fastest) = (seconds, at);
                }
            }
        }
        Ok(())
    }

    pub(super) fn run(&self, workshop: &Workshop, cycles: u64) -> Result<Measurement, BenchError> {
        self.candidates[self.fastest].run(workshop, cycles)
    }
}

fn all_verilog(workshop: &Workshop, compiler: &str) -> Result<(Program, f64), BenchError> {
    let make = format!("OPT_FAST=-O3 OPT_GLOBAL=-O3 CXX={compiler} LINK={compiler}");
    let mut arguments = workshop.bench_definitions();
    let more = [
        "--prefix",
        "Vbench",
        "--top-module",
        "bench",
        "--Mdir",
        compiler,
        "-CFLAGS",
        "-O3 -march=native",
        "-MAKEFLAGS",
        &make,
        "bench.v",
        &workshop.design(),
        "clock.cpp",
    ];
    arguments.extend(more.map(str::to_owned));
    build(workshop, compiler, arguments)
}

fn build(workshop: &Workshop, name: &str, more: Vec<String>) -> Result<(Program, f64), BenchError> {
    for tool in [TOOL, "g++", "make"] {
        if tools::find(tool).is_none() {
            return Err(ToolError::Missing { tool }.into());
        }
    }
    let mut arguments: Vec<String> = OPTIONS.map(str::to_owned).into();
    arguments.extend(["-Wno-UNOPTFLAT", "-o", "bench"].map(str::to_owned));
    arguments.extend(more);
    let (_, seconds) = workshop.run(TOOL, &arguments)?;
    let file = workshop.path().join(name).join("bench");
    Ok((Program { tool: TOOL, file, arguments: Vec::new(), after: Vec::new() }, seconds))
}
