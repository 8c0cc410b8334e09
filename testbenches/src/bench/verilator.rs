//! Verilator on the exported Verilog, in the same closed loop written in C++.

use super::traffic::{LATENCY, Traffic, Workload};
use super::{BenchError, Measurement};
use crate::engine::Config;
use crate::export::{self, ToolError, tools};
use sim::isa::Xlen;
use std::fmt::Write;
use tempfile::TempDir;

const TOOL: &str = "verilator";

/// The loop. `XLEN` and `LATENCY` come as definitions.
const HARNESS: &str = include_str!("harness.cpp");

/// A configuration, compiled.
pub(super) struct Compiled {
    directory: TempDir,
}

impl Compiled {
    /// Exports, translates and compiles a configuration.
    pub(super) fn build(config: &Config) -> Result<Self, BenchError> {
        if tools::find(TOOL).is_none() {
            return Err(ToolError::Missing { tool: TOOL }.into());
        }
        let directory = tempfile::tempdir().map_err(io)?;
        let file = export::export(config, directory.path())?;
        std::fs::write(directory.path().join("harness.cpp"), HARNESS).map_err(io)?;
        let xlen = if config.xlen == Xlen::Rv32 { 32 } else { 64 };
        let flags = format!("-O3 -march=native -DXLEN={xlen} -DLATENCY={LATENCY}");
        let file = file.to_string_lossy().into_owned();
        let arguments = [
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
            "-Wno-UNOPTFLAT",
            "--prefix",
            "Vmmu",
            "--top-module",
            config.name,
            "-CFLAGS",
            &flags,
            "-o",
            "bench",
            &file,
            "harness.cpp",
        ];
        tools::run(TOOL, directory.path(), &arguments)?;
        Ok(Self { directory })
    }

    /// Runs twice from reset, for as many cycles as asked.
    pub(super) fn run(
        &mut self,
        config: &Config,
        workload: Workload,
        seed: u64,
        cycles: [u64; 2],
    ) -> Result<(Measurement, Measurement), BenchError> {
        let traffic = Traffic::new(config.xlen, workload, seed);
        let mut text = format!("{:x} {}\n", traffic.satp, traffic.fetch.len());
        for (fetch, (data, store)) in traffic.fetch.iter().zip(&traffic.data) {
            writeln!(text, "{fetch:x} {data:x} {}", u8::from(*store))
                .expect("writing to a string cannot fail");
        }
        let directory = self.directory.path();
        std::fs::write(directory.join("requests.txt"), text).map_err(io)?;
        let program = directory.join("obj_dir/bench");
        let run = |cycles: u64| -> Result<Measurement, BenchError> {
            let said = tools::run_program(TOOL, &program, directory, &[&cycles.to_string()])?;
            measurement(&said, cycles).ok_or_else(|| {
                let message = format!("the benchmark said `{}`", said.trim());
                ToolError::Objected { tool: TOOL, message }.into()
            })
        };
        Ok((run(cycles[0])?, run(cycles[1])?))
    }
}

fn io(source: std::io::Error) -> BenchError {
    ToolError::Io { tool: TOOL, source }.into()
}

fn measurement(said: &str, cycles: u64) -> Option<Measurement> {
    let words: Vec<&str> = said.split_whitespace().collect();
    let [translations, checksum, seconds] = words[..] else { return None };
    Some(Measurement {
        cycles,
        translations: translations.parse().ok()?,
        checksum: u64::from_str_radix(checksum, 16).ok()?,
        seconds: seconds.parse().ok()?,
    })
}
