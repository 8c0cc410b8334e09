//! Every shipped scenario on the hardware, by the runner that the command uses.

use std::sync::atomic::AtomicBool;

use sim::mmu::Mmu;
use testbenches::scenario::library;
use testbenches::scenario::run::run;

#[test]
fn every_scenario_holds_on_the_hardware() {
    let factory = |config: &str| -> anyhow::Result<Box<dyn Mmu>> {
        Ok(testbenches::engine::build(config)?)
    };
    let mut failures = Vec::new();
    for scenario in library::all().unwrap_or_else(|error| panic!("{error}")) {
        eprintln!("{}", scenario.name);
        let reports = run(&scenario, None, &factory, &mut |_| Ok(None), &AtomicBool::new(false))
            .unwrap_or_else(|error| panic!("{error}"));
        assert!(!reports.is_empty(), "{} runs on nothing", scenario.name);
        for report in reports {
            if let Some(mismatch) = &report.mismatch {
                let step = report.step.as_deref().unwrap_or("");
                failures.push(format!(
                    "{} on {}\n  {step}\n  {mismatch}\n  again: pagewalk run {} --config {}",
                    report.scenario, report.machine, report.scenario, report.config
                ));
            }
        }
    }
    let failures_text = failures.join("\n");
    assert!(failures.is_empty(), "{} runs failed\n{failures_text}", failures.len());
}
