//! The scenarios themselves are tested: each planted defect is caught by the one that names it.

mod model;
mod mutant;
mod rules;

use model::Model;
use mutant::Mutant;
use sim::isa::Xlen;
use sim::mmu::Mmu;
use testbenches::scenario::run::{Report, run};
use testbenches::scenario::library;

fn runs(name: &str, mutant: Option<Mutant>) -> Vec<Report> {
    let factory = |config: &str| -> anyhow::Result<Box<dyn Mmu>> {
        let xlen = if config.starts_with("rv32") { Xlen::Rv32 } else { Xlen::Rv64 };
        let entries = match config.rsplit('_').next() {
            Some("tiny") => 4,
            Some("small") => 8,
            Some("linux") => 16,
            _ => 32,
        };
        Ok(Box::new(Model::new(xlen, entries, mutant)))
    };
    let scenarios = library::find(name).unwrap_or_else(|error| panic!("{error}"));
    let mut reports = Vec::new();
    for scenario in scenarios {
        let result = run(&scenario, None, &factory, &mut |_| Ok(None));
        reports.extend(result.unwrap_or_else(|error| panic!("{error}")));
    }
    reports
}

#[test]
fn the_sound_model_passes_every_scenario() {
    let mut failures = Vec::new();
    for (name, _) in library::files() {
        for report in runs(name, None) {
            if let Some(mismatch) = report.mismatch {
                failures.push(format!("{name} on {}\n{:?}\n{mismatch}", report.machine, report.step));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}
