//! The tools' working directory: the exported Verilog, the traffic in files, and the programs built
//! from both.

use super::clock::ChildClock;
use super::{BenchError, Measurement};
use crate::export::{self, ToolError, tools};
use engine::traffic::{LATENCY, Traffic, Workload};
use engine::{Config, Pin};
use model::isa::Xlen;
use std::fmt::{LowerHex, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The loop in C++.
const HARNESS: &str = include_str!("verilog/harness.cpp");
/// The loop in Verilog, and what drives its clock.
const BENCH: &str = include_str!("verilog/bench.v");
const CLOCK: &str = include_str!("verilog/clock.cpp");
const ICARUS: &str = include_str!("verilog/icarus.v");

/// A directory for one configuration, which is removed when this is dropped.
pub(super) struct Workshop {
    pub(super) config: &'static Config,
    directory: TempDir,
}

impl Workshop {
    /// Exports the configuration and writes the test benches next to it.
    pub(super) fn new(config: &'static Config) -> Result<Self, BenchError> {
        let directory = tempfile::tempdir()?;
        export::export(config, directory.path())?;
        let files = [
            ("harness.cpp", HARNESS),
            ("bench.v", BENCH),
            ("clock.cpp", CLOCK),
            ("icarus.v", ICARUS),
        ];
        for (name, text) in files {
            std::fs::write(directory.path().join(name), text)?;
        }
        Ok(Self { config, directory })
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The name of the exported file.
    pub(super) fn design(&self) -> String {
        format!("{}.v", self.config.module())
    }

    /// Constants for the loop in C++.
    pub(super) fn harness_definitions(&self) -> [String; 2] {
        let xlen = if self.config.xlen == Xlen::Rv32 { 32 } else { 64 };
        [format!("-DXLEN={xlen}"), format!("-DLATENCY={LATENCY}")]
    }

    /// Constants for the loop in Verilog.
    pub(super) fn bench_definitions(&self) -> Vec<String> {
        let (mark, mixed) = Traffic::table_bits(self.config.xlen);
        let width = |pin| self.config.pin_width(pin);
        let mut definitions = vec![format!("-DDESIGN={}", self.config.module())];
        let numbers = [
            ("XLEN", width(Pin::FetchReqVa)),
            ("PA", width(Pin::MemReqAddr)),
            ("ASID", width(Pin::FenceAsid)),
            ("LATENCY", LATENCY as usize),
            ("MARK", mark as usize),
            ("MIXED", mixed as usize),
        ];
        definitions.extend(numbers.map(|(name, number)| format!("-D{name}={number}")));
        definitions
    }

    /// Writes the traffic to the files that the programs read.
    pub(super) fn load(&self, workload: Workload, seed: u64) -> Result<(), BenchError> {
        let traffic = Traffic::new(self.config.xlen, workload, seed);
        let mut text = format!("{:x} {}\n", traffic.satp, traffic.fetch.len());
        for (fetch, (data, store)) in traffic.fetch.iter().zip(traffic.data.iter()) {
            writeln!(text, "{fetch:x} {data:x} {}", u8::from(*store))
                .expect("writing to a string cannot fail");
        }
        let lists = [
            ("requests.txt", text),
            ("fetch.hex", hexadecimal(traffic.fetch.iter())),
            ("data.hex", hexadecimal(traffic.data.iter().map(|(va, _)| va))),
            ("store.hex", hexadecimal(traffic.data.iter().map(|(_, store)| u8::from(*store)))),
            ("given.hex", hexadecimal([traffic.satp, 0])),
        ];
        for (name, text) in lists {
            std::fs::write(self.path().join(name), text)?;
        }
        Ok(())
    }

    /// Runs a tool here. Returns its output, and the seconds of CPU time that it took.
    pub(super) fn run(
        &self,
        tool: &'static str,
        arguments: &[String],
    ) -> Result<(String, f64), BenchError> {
        let clock = ChildClock::start();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let said = tools::run(tool, self.path(), &arguments)?;
        Ok((said, clock.seconds()))
    }
}

fn hexadecimal<T: LowerHex>(numbers: impl IntoIterator<Item = T>) -> String {
    numbers.into_iter().fold(String::new(), |mut text, number| {
        writeln!(text, "{number:x}").expect("writing to a string cannot fail");
        text
    })
}

/// A program built by a tool. It runs from reset for the number of cycles in its argument, and
/// prints translations, checksum and seconds of CPU time.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) tool: &'static str,
    pub(super) file: PathBuf,
    /// The arguments before the number of cycles.
    pub(super) arguments: Vec<String>,
    /// The arguments after it.
    pub(super) after: Vec<String>,
}

impl Program {
    pub(super) fn run(&self, workshop: &Workshop, cycles: u64) -> Result<Measurement, BenchError> {
        let number = cycles.to_string();
        let arguments: Vec<&str> =
            self.arguments.iter().chain([&number]).chain(&self.after).map(String::as_str).collect();
        let said = tools::run_program(self.tool, &self.file, workshop.path(), &arguments)?;
        measurement(&said, cycles).ok_or_else(|| strange(self.tool, &said))
    }
}

/// A program printed something other than its measurement.
pub(super) fn strange(tool: &'static str, said: &str) -> BenchError {
    let message = format!("the benchmark said `{}`", said.trim());
    ToolError::Objected { tool, message }.into()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measurement_is_three_words() {
        let read = measurement("12 00ff 0.5\n", 7).unwrap();
        let told = Measurement { cycles: 7, translations: 12, checksum: 255, seconds: 0.5 };
        assert_eq!(read, told);
        for said in ["", "12 00ff", "12 xyz 0.5", "12 00ff 0.5 more"] {
            assert_eq!(measurement(said, 7), None, "{said}");
        }
    }
}
