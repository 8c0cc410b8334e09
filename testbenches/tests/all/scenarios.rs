//! Every built-in scenario on the hardware, with the command's runner.

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use engine::{CONFIGS, Config, Engine, build};
use model::isa::{Extensions, Xlen};
use model::mmu::Mmu;
use scenario::library;
use scenario::load::{Body, Scenario};
use scenario::run::{Report, RunError, Unwatched, run};
use scenario::variant::Select;

/// Runs whose walks read more entries than this take minutes in rust-hdl's own loop.
const LONGEST_ON_RUST_HDL: u64 = 20_000;

fn reports(scenario: &Scenario, engine: Engine) -> Vec<Report> {
    let factory = |config: &str| -> anyhow::Result<Box<dyn Mmu>> { Ok(build(config, engine)?) };
    run(scenario, Select::default(), &factory, &mut Unwatched, &AtomicBool::new(false))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Every built-in scenario with its reports on the compiled engine.
fn compiled() -> &'static [(Scenario, Vec<Report>)] {
    static RUNS: OnceLock<Vec<(Scenario, Vec<Report>)>> = OnceLock::new();
    RUNS.get_or_init(|| {
        let all = library::all().unwrap_or_else(|error| panic!("{error}"));
        let with_reports = |scenario| {
            let reports = reports(&scenario, Engine::Compiled);
            (scenario, reports)
        };
        all.into_iter().map(with_reports).collect()
    })
}

#[test]
fn every_scenario_holds_on_the_compiled_engine() {
    let mut failures = Vec::new();
    for (scenario, reports) in compiled() {
        assert!(!reports.is_empty(), "{} runs on nothing", scenario.name);
        failures.extend(reports.iter().filter_map(Report::failure));
    }
    let failures_text = failures.join("\n");
    assert!(failures.is_empty(), "{} runs failed\n{failures_text}", failures.len());
}

/// Every scenario that does not exclude an extension holds where it is built in, too.
#[test]
fn every_scenario_holds_where_extensions_are_built_in() {
    let factory =
        |config: &str| -> anyhow::Result<Box<dyn Mmu>> { Ok(build(config, Engine::Compiled)?) };
    let all = library::all().unwrap_or_else(|error| panic!("{error}"));
    // Some scenarios of processes have figures that RV32's shorter walks do not meet.
    let more = |config: &&Config| {
        let more = config.extensions != Extensions::NONE || config.physical.is_some();
        more && config.xlen == Xlen::Rv64
    };
    for config in CONFIGS.iter().filter(more) {
        let select = Select { config: Some(config.name), mode: None };
        let mut runs = 0;
        for scenario in &all {
            match run(scenario, select, &factory, &mut Unwatched, &AtomicBool::new(false)) {
                Ok(reports) => {
                    let failures: Vec<_> = reports.iter().filter_map(Report::failure).collect();
                    assert!(failures.is_empty(), "{}", failures.join("\n"));
                    runs += reports.len();
                }
                // It needs another width, or excludes what this one has.
                Err(RunError::NothingToRun { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert!(runs > 600, "{}: only {runs} runs", config.name);
    }
}

/// With the same reports as on the compiled engine, cycles and all counts included.
#[test]
fn every_scenario_holds_on_rust_hdl() {
    let reads = |report: &Report| report.counts.get("pte_reads").copied().unwrap_or(0);
    let mut failures = Vec::new();
    for (scenario, compiled) in compiled() {
        // Those without pages run on every engine, whatever is asked for.
        let everywhere = matches!(scenario.body, Body::Segments(..));
        if everywhere || compiled.iter().map(reads).sum::<u64>() > LONGEST_ON_RUST_HDL {
            continue;
        }
        let reports = reports(scenario, Engine::RustHdl);
        failures.extend(reports.iter().filter_map(Report::failure));
        assert_eq!(&reports, compiled, "{} differs from the compiled engine", scenario.name);
    }
    let failures_text = failures.join("\n");
    assert!(failures.is_empty(), "{} runs failed\n{failures_text}", failures.len());
}

/// A file of one's own needs neither; the project's say what they are about and by which rule.
#[test]
fn every_scenario_says_its_idea_and_what_it_rests_on() {
    for scenario in library::all().unwrap_or_else(|error| panic!("{error}")) {
        assert!(!scenario.idea.trim().is_empty(), "{} has no idea", scenario.name);
        // Segments are not in the specification; their numbers come from books.
        let rests_on = match scenario.body {
            Body::Segments(..) => &scenario.source,
            Body::Ports(..) | Body::System(_) => &scenario.spec,
        };
        assert!(
            rests_on.iter().any(|text| !text.trim().is_empty()),
            "{} rests on nothing",
            scenario.name
        );
    }
}

/// The test plan names only existing scenarios.
#[test]
fn the_test_plan_names_no_other_scenarios() {
    let plan = include_str!("../../../docs/testplan.md");
    let quoted: BTreeSet<&str> = plan.split('`').skip(1).step_by(2).collect();
    let there: BTreeSet<&str> = library::files().iter().map(|(name, _)| *name).collect();
    let folders: BTreeSet<&str> = there.iter().filter_map(|name| name.split('/').next()).collect();
    let is_scenario =
        |word: &&&str| word.split_once('/').is_some_and(|(folder, _)| folders.contains(folder));
    let strange: Vec<_> =
        quoted.iter().filter(is_scenario).filter(|word| !there.contains(**word)).collect();
    assert!(strange.is_empty(), "docs/testplan.md names {strange:?}, which are not there");
}

/// A shoot-down that misses a hart: the file that expects the new page there fails, on that line,
/// and with a fence in that hart it passes.
#[test]
fn a_hart_that_was_not_fenced_is_caught() {
    let text = |fence: &str| {
        format!(
            r#"
idea = "A page moves."
spec = "norm:sfence_vma_op: synchronizes updates"
machine = {{ harts = 2, modes = "sv39" }}
map = [{{ va = 0x0040_0000, pa = 0x8000_0000, flags = "RW UAD" }}]
step = [
    {{ hart = 1, load = 0x0040_0000 }},
    {{ pte = 0x0040_0000, pa = 0x9000_0000 }},
    {{ fence = {{}} }},
    {fence}
    {{ hart = 1, load = 0x0040_0000, pa = 0x9000_0000 }},
]
"#
        )
    };
    let factory =
        |config: &str| -> anyhow::Result<Box<dyn Mmu>> { Ok(build(config, Engine::Compiled)?) };
    let holds = |fence: &str| {
        let scenario = Scenario::parse("moves", "moves.toml", &text(fence)).unwrap();
        let stop = AtomicBool::new(false);
        let reports = run(&scenario, Select::default(), &factory, &mut Unwatched, &stop).unwrap();
        reports[0].mismatch.as_ref().map(|mismatch| (mismatch.line, mismatch.got.clone()))
    };
    assert_eq!(holds("{ hart = 1, fence = {} },"), None);
    let (line, got) = holds("").expect("the hart still has the old page");
    assert_eq!(line, 11);
    assert!(got.contains("0x80000000"), "{got}");
    // A hart that does not exist is an error in the file, at its place.
    let wrong = text("{ hart = 2, fence = {} },");
    let error = Scenario::parse("moves", "moves.toml", &wrong).unwrap_err().to_string();
    assert!(error.starts_with("moves.toml:10:7: there is no hart 2"), "{error}");
    let none = wrong.replace("harts = 2", "harts = 0");
    let error = Scenario::parse("moves", "moves.toml", &none).unwrap_err().to_string();
    assert!(error.contains("1 to 8 harts"), "{error}");
}
