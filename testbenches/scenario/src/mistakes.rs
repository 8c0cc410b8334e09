//! Invalid files: each is refused with the place of its error, and none is run.
//!
//! In the texts below `¦` precedes the place that the message must name.

mod documented;
mod numbers;
mod refused;

use std::sync::atomic::AtomicBool;

use model::golden::IdealMmu;
use model::isa::Xlen;
use model::mmu::Mmu;

use super::error::position;
use super::load::Scenario;
use super::run::{Report, RunError, Unwatched, run};
use super::variant::Select;

/// Runs a file on ideal MMUs.
fn runs(text: &str) -> Result<Vec<Report>, String> {
    let scenario = Scenario::parse("t", "t.toml", text).map_err(|error| error.to_string())?;
    scenario.check_effects().map_err(|error| error.to_string())?;
    let factory = |config: &str| {
        let xlen = if config.starts_with("rv32") { Xlen::Rv32 } else { Xlen::Rv64 };
        Ok(Box::new(IdealMmu::new(xlen)) as Box<dyn Mmu>)
    };
    let stop = AtomicBool::new(false);
    let reports = run(&scenario, Select::default(), &factory, &mut Unwatched, &stop);
    reports.map_err(|error| match error {
        RunError::Invalid { error, .. } => error.to_string(),
        other => format!("without a place: {other}"),
    })
}

/// Files that are not refused as they should be; none if the test passes.
#[derive(Default)]
struct Refusals(Vec<String>);

impl Refusals {
    /// Checks that a file is refused at its mark, with a message that contains `part`.
    fn refused(&mut self, marked: &str, part: &str) {
        let at = marked.find('¦').unwrap_or_else(|| panic!("no mark in {marked}"));
        let text = marked.replace('¦', "");
        let (line, column) = position(&text, at);
        let said = match runs(&text) {
            Err(said) => said,
            Ok(reports) => format!("it ran: {:?}", reports[0].mismatch),
        };
        let place = format!("t.toml:{line}:{column}: ");
        // Braces may be those of a form in the message, but never of Rust's debug text.
        let is_debug = said.contains(" { ") && !said.contains(" = ");
        if !said.starts_with(&place) || !said.contains(part) || is_debug {
            self.0.push(format!("{said}\n{place}... {part}\n{marked}"));
        }
    }
}

impl Drop for Refusals {
    fn drop(&mut self) {
        assert!(self.0.is_empty() || std::thread::panicking(), "{}", self.0.join("\n----\n"));
    }
}

/// A file with one process, from its parts; empty parts are omitted.
fn story(machine: &str, os: &str, process: &str) -> String {
    let machine = if machine.is_empty() { "machine = { modes = [\"sv39\"] }" } else { machine };
    let regions = "regions = [{ kind = \"heap\", start = 0x0040_0000, pages = 8 }]";
    let regions = if process.contains("regions") { "" } else { regions };
    let program = "program = [\"store heap 0..3\"]";
    let program = if process.contains("program") { "" } else { program };
    format!(
        "idea = \"x\"\nspec = \"sv32algorithm: y\"\n{machine}\n{os}\n[[process]]\nname = \"p\"\n\
         {regions}\n{program}\n{process}\n"
    )
}

/// A file of steps, from its parts.
fn steps(head: &str, steps: &str) -> String {
    format!(
        "idea = \"x\"\nspec = \"sv32algorithm: y\"\n{head}\nmap = [{{ va = 0x1000, pa = 0x8000_0000, \
         flags = \"RWXUAD\" }}]\nstep = [\n{steps}\n]\n"
    )
}

/// A file of segments, from its parts.
fn segments(head: &str, steps: &str) -> String {
    format!(
        "idea = \"x\"\nsource = \"a book\"\n{head}\nprocess.P = [{{ length = 4 }}]\nstep = \
         [\n{steps}\n]\n"
    )
}

const MEMORY: &str = "contiguous = { memory = 64 }";

#[test]
fn the_files_that_stand_beneath_the_mistakes_run() {
    for text in [
        story("", "", ""),
        story("", "", "program = ['load at \"1 << 22\"', \"load heap 0\"]"),
        steps("", "{ load = 0x1000 },"),
        segments(MEMORY, "{ load = \"P\" },"),
    ] {
        let reports = runs(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(reports.iter().all(|report| report.mismatch.is_none()), "{:?}", reports[0]);
    }
}
