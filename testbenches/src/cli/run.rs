//! `pagewalk run`

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use model::mmu::Mmu;

use super::output::{print, print_json};
use super::wave::{Failure, Place, Recorded, Recordings};
use super::{RunArgs, Status, interrupt};
use crate::table::{Column, aligned};
use engine::segment;
use engine::{Engine, UnknownConfig, build};
use scenario::library;
use scenario::load::{Body, Scenario};
use scenario::run::{self, Report};
use scenario::segments;
use scenario::variant::{Select, Variant, configurations};

/// Counts printed with a run, in this order, if the scenario has them.
const SHOWN: [(&str, &str); 16] = [
    ("fetch_hit", "fetch hits"),
    ("fetch_miss", "misses"),
    ("data_hit", "data hits"),
    ("data_miss", "misses"),
    ("pte_read", "PTE reads"),
    ("pte_update", "A/D writes"),
    ("fetch_hits", "fetch hits"),
    ("fetch_misses", "misses"),
    ("data_hits", "data hits"),
    ("data_misses", "misses"),
    ("pte_reads", "PTE reads"),
    ("pte_updates", "A/D writes"),
    ("minor_faults", "minor faults"),
    ("major_faults", "major"),
    ("swap_ins", "swap-ins"),
    ("swap_outs", "swap-outs"),
];

/// Counts printed only if they are not 0.
const RARE: [(&str, &str); 4] = [
    ("supervisor_faults", "S-mode faults"),
    ("efaults", "EFAULTs"),
    ("sum_faults", "without SUM"),
    ("mxr_faults", "without MXR"),
];

/// Runs scenarios and reports.
pub(super) fn run(arguments: &RunArgs, engine: Engine) -> anyhow::Result<Status> {
    let mut scenarios = Vec::new();
    if arguments.all {
        scenarios = library::all()?;
    }
    for name in &arguments.names {
        scenarios.extend(library::find(name)?);
    }
    let mode = arguments.mode;
    let select = Select { config: arguments.config.as_deref(), mode };
    known(select.config)?;
    let place = arguments.wave.place()?;
    let mut made = 0;
    let stop = interrupt::stop_flag()?;
    let (mut reports, mut text) = (Vec::new(), String::new());
    let mut recorded = Vec::new();
    let mut failed = 0;
    for scenario in &scenarios {
        // If many are given, the selection need not apply to every one.
        if scenarios.len() > 1 && !concerns(scenario, select)? {
            continue;
        }
        let (own, waves) = one(scenario, select, arguments, (place.as_ref(), made), engine, stop)?;
        made += waves.len();
        failed += own.iter().filter(|report| report.mismatch.is_some()).count();
        let brief = scenarios.len() > 1;
        text += &if brief { line(scenario, &own) } else { page(scenario, &own) };
        for (at, report) in own.iter().enumerate() {
            let view = waves.get(at).and_then(|wave| wave.view.as_ref());
            if let Some(failure) = report.failure() {
                text += &format!("FAIL  {failure}\n");
                if let Some(view) = view {
                    text += &format!("  wave      {}\n", view.display());
                }
            } else if let Some(view) = view {
                text += &format!("wave  {}\n", view.display());
            }
        }
        recorded.extend(waves);
        if !arguments.json {
            print(&std::mem::take(&mut text))?;
        }
        reports.extend(own);
        if stop.load(Relaxed) {
            break;
        }
    }
    if reports.is_empty() && !stop.load(Relaxed) {
        let names = match arguments.all {
            true => "the scenarios".to_owned(),
            false => format!("`{}`", arguments.names.join("`, `")),
        };
        anyhow::bail!("nothing was run: no machine of {names} is the one that was selected");
    }
    if arguments.json {
        print_json(&reports)?;
    } else {
        let (runs, cycles) = (reports.len(), reports.iter().map(|r| r.cycles).sum::<u64>());
        print(&format!("{runs} runs, {cycles} cycles: {failed} failed\n"))?;
    }
    let status = match (stop.load(Relaxed), failed) {
        (true, _) => Status::Interrupted,
        (false, 0) => Status::Fine,
        (false, _) => Status::Differs,
    };
    Ok(recorded.iter().fold(status, |status, wave| wave.status(status)))
}

/// An unknown configuration gets a suggestion.
pub(super) fn known(config: Option<&str>) -> anyhow::Result<()> {
    let Some(config) = config else { return Ok(()) };
    if config.contains(',') {
        anyhow::bail!("--config {config}: only one configuration is possible here");
    }
    match engine::find(config) {
        Ok(_) => return Ok(()),
        Err(error @ UnknownConfig::Parts { .. }) => return Err(error.into()),
        Err(UnknownConfig::Name { .. }) => {}
    }
    if let Some((part, _)) = config.split('+').next().and_then(|first| first.split_once('=')) {
        anyhow::bail!(
            "`{part}` is a part: write it after a configuration, as in rv64_linux+{config}"
        );
    }
    let mut names = configurations();
    names.extend(segment::CONFIGS.iter().map(|config| config.name.to_owned()));
    if names.iter().any(|name| name == config) {
        return Ok(());
    }
    match library::similar(config, names.iter().map(String::as_str)).first() {
        Some(like) => {
            let all = names.join(", ");
            anyhow::bail!("there is no configuration `{config}`; did you mean {like}? ({all})")
        }
        None => anyhow::bail!("there is no configuration `{config}`; {}", names.join(", ")),
    }
}

fn concerns(scenario: &Scenario, select: Select<'_>) -> anyhow::Result<bool> {
    let machine = match &scenario.body {
        Body::Ports(head, _) => head.machine.clone(),
        Body::System(system) => system.machine.machine(),
        Body::Segments(head, _) => return Ok(segments::concerns(head, select)),
    };
    if select.config.is_some_and(|name| segment::find(name).is_ok()) {
        return Ok(false);
    }
    Ok(!Variant::all(&machine, select)?.is_empty())
}

/// One scenario: its reports, and the recordings of its runs. `before` waves were made already.
fn one(
    scenario: &Scenario,
    select: Select<'_>,
    arguments: &RunArgs,
    (place, made): (Option<&Place>, usize),
    engine: Engine,
    stop: &AtomicBool,
) -> anyhow::Result<(Vec<Report>, Vec<Recorded>)> {
    let factory = |config: &str| -> anyhow::Result<Box<dyn Mmu>> { Ok(build(config, engine)?) };
    let window = arguments.wave.shape.window();
    let mut recordings = Recordings {
        place,
        window,
        scenario,
        engine,
        before: made,
        most: usize::MAX,
        made: vec![],
    };
    let reports = run::run(scenario, select, &factory, &mut recordings, stop)?;
    let failure = |at: usize| reports.get(at).and_then(failure);
    let made = recordings.made.into_iter().enumerate();
    let made = made.map(|(at, wave)| wave.finish(failure(at).as_ref())).collect();
    Ok((reports, made))
}

/// The cycle and the text of a run's difference.
pub(super) fn failure(report: &Report) -> Option<Failure> {
    report.mismatch.as_ref().map(|found| (found.cycle, format!("FAIL {}", found.what)))
}

/// One of many scenarios, in one line.
fn line(scenario: &Scenario, reports: &[Report]) -> String {
    let failed = reports.iter().filter(|report| report.mismatch.is_some()).count();
    let word = if failed == 0 { "ok" } else { "FAIL" };
    let cycles: u64 = reports.iter().map(|report| report.cycles).sum();
    format!("{word:4}  {}  ({} machines, {cycles} cycles)\n", scenario.name, reports.len())
}

/// A single scenario with its idea and its counts.
fn page(scenario: &Scenario, reports: &[Report]) -> String {
    let mut text = format!("{}\n", scenario.name);
    if !scenario.idea.is_empty() {
        text += &format!("{}\n", scenario.idea);
    }
    for rule in &scenario.spec {
        text += &format!("  spec  {rule}\n");
    }
    for source in &scenario.source {
        text += &format!("  source  {source}\n");
    }
    let shown = match &scenario.body {
        Body::Segments(..) => &segments::SHOWN[..],
        _ => &SHOWN[..],
    };
    let columns: Vec<_> = shown
        .iter()
        .filter(|(name, _)| reports.iter().any(|r| r.counts.contains_key(*name)))
        .chain(RARE.iter().filter(|(name, _)| {
            reports.iter().any(|r| r.counts.get(*name).is_some_and(|count| *count > 0))
        }))
        .collect();
    let mut layout = vec![Column::left(0).gap(0), Column::right(8)];
    layout.extend(columns.iter().map(|_| Column::right(8)));
    layout.push(Column::left(0));
    let titles = columns.iter().map(|(_, title)| *title);
    let mut rows = vec![["", "cycles"].into_iter().chain(titles).map(str::to_owned).collect()];
    for report in reports {
        let count = |name: &str| report.counts.get(name).copied().unwrap_or(0).to_string();
        let mut row = vec![report.machine.clone(), report.cycles.to_string()];
        row.extend(columns.iter().map(|(name, _)| count(name)));
        row.push(if report.mismatch.is_none() { "ok" } else { "FAIL" }.to_owned());
        rows.push(row);
    }
    text += &format!("\n{}", aligned(&layout, rows));
    for report in reports.iter().filter(|report| !report.told.is_empty()) {
        text += &format!("\n{}\n  {}\n", report.machine, report.told.join("\n  "));
    }
    text + "\n"
}
