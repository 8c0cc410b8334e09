//! Every shipped scenario on the hardware, by the runner that the command uses.

use std::sync::atomic::AtomicBool;

use sim::mmu::Mmu;
use testbenches::scenario::library;
use testbenches::scenario::run::run;
use testbenches::scenario::variant::Select;

#[test]
fn every_scenario_holds_on_the_hardware() {
    let factory =
        |config: &str| -> anyhow::Result<Box<dyn Mmu>> { Ok(testbenches::engine::build(config)?) };
    let mut failures = Vec::new();
    for scenario in library::all().unwrap_or_else(|error| panic!("{error}")) {
        let reports = run(
            &scenario,
            Select::default(),
            &factory,
            &mut |_, _| Ok(None),
            &AtomicBool::new(false),
        )
        .unwrap_or_else(|error| panic!("{error}"));
        assert!(!reports.is_empty(), "{} runs on nothing", scenario.name);
        for report in reports {
            failures.extend(report.failure());
        }
    }
    let failures_text = failures.join("\n");
    assert!(failures.is_empty(), "{} runs failed\n{failures_text}", failures.len());
}
