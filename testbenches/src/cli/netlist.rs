//! `pagewalk netlist`

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use clap::Args;
use comfy_table::{CellAlignment, Table, presets};
use netlist::ir::Body;
use netlist::optimise::{Options, program};
use netlist::show::{self, Counts, Stage};
use netlist::{Compiled, Design, Netlist, check, rewrite};
use serde_json::{Value, json};

use super::Status;
use super::output::{note, print, print_json};
use super::run::known;
use engine::{self, Config};

/// `pagewalk netlist`
#[derive(Debug, Args)]
pub struct NetlistArgs {
    /// The configuration.
    pub config: String,
    /// The hierarchy of blocks as a list.
    #[arg(long, group = "what")]
    pub tree: bool,
    /// The hierarchy of modules as a picture, for Graphviz: `| dot -Tsvg > hierarchy.svg`.
    #[arg(long, group = "what")]
    pub dot: bool,
    /// The flat netlist, one line for each node.
    #[arg(long, group = "what")]
    pub ir: bool,
    /// The flat netlist of the design after this pass before printing (for example `settle`).
    #[arg(long, value_name = "PASS", requires = "ir")]
    pub after: Option<String>,
    /// The program that is compiled, one line for each term.
    #[arg(long, group = "what")]
    pub program: bool,
    /// Print statistics as JSON.
    #[arg(long, group = "what")]
    pub json: bool,
}

/// A configuration on its way through the compiler.
struct Made {
    config: &'static Config,
    design: Design,
    flat: Netlist,
    /// Milliseconds of each step; they differ from run to run.
    times: Vec<(&'static str, f64)>,
}

/// Shows the results of the netlist compiler for a configuration.
pub(super) fn netlist(arguments: &NetlistArgs) -> anyhow::Result<Status> {
    known(Some(&arguments.config))?;
    let made = make(engine::find(&arguments.config)?);
    if arguments.tree {
        print(&show::tree(&made.design))?;
    } else if arguments.dot {
        print(&show::dot(&made.design))?;
    } else if arguments.ir {
        print(&show::netlist(&after(&made, arguments.after.as_deref())?))?;
    } else if arguments.program {
        print(&show::program(&program(&made.flat, &Options::default()), &made.flat))?;
    } else {
        statistics(made, arguments.json)?;
    }
    Ok(Status::Fine)
}

/// The netlist, or that of the design after a pass if one is named.
fn after(made: &Made, pass: Option<&str>) -> anyhow::Result<Netlist> {
    let Some(pass) = pass else { return Ok(made.flat.clone()) };
    let Some(design) = rewrite::after(&made.design, pass) else {
        let names: Vec<&str> = rewrite::PASSES.iter().map(|pass| pass.name()).collect();
        anyhow::bail!("there is no pass `{pass}`; {}", names.join(", "));
    };
    let flat = design.flatten();
    Ok(flat.unwrap_or_else(|found| panic!("a pass makes a design of a design: {found:?}")))
}

fn make(config: &'static Config) -> Made {
    let mut times = Vec::new();
    let design = timed(&mut times, "elaborate", || config.design());
    let flat = timed(&mut times, "flatten", || design.flatten());
    let flat =
        flat.unwrap_or_else(|found| panic!("a configuration that every run uses: {found:?}"));
    Made { config, design, flat, times }
}

fn timed<T>(
    times: &mut Vec<(&'static str, f64)>,
    step: &'static str,
    run: impl FnOnce() -> T,
) -> T {
    let start = Instant::now();
    let result = run();
    times.push((step, start.elapsed().as_secs_f64() * 1e3));
    result
}

fn statistics(mut made: Made, as_json: bool) -> anyhow::Result<()> {
    let stages = show::stages(&made.flat, &Options::default());
    let flat = &made.flat;
    let compiled = timed(&mut made.times, "optimise and compile", || Compiled::new(flat));
    let bytes = compiled.as_ref().map(|compiled| compiled.statistics().bytes).ok();
    let sizes = sizes(&made, bytes);
    if as_json {
        print_json(&as_value(&made, &sizes, &stages))?;
    } else {
        print(&as_text(&made, &sizes, &stages))?;
    }
    if let Err(error) = compiled {
        note(&format!("{error}; the interpreter takes its place"));
    }
    // Times are not part of the output: they would differ from run to run.
    for (step, milliseconds) in &made.times {
        note(&format!("{step}: {milliseconds:.1} ms"));
    }
    Ok(())
}

/// Names and numbers, in the order in which they are shown.
fn sizes(made: &Made, bytes: Option<usize>) -> Vec<(&'static str, usize)> {
    let (design, flat) = (&made.design, &made.flat);
    let kernels = design.modules.iter().filter(|module| matches!(module.body, Body::Kernel(_)));
    let bits: u32 = flat.registers.iter().map(|register| register.width).sum();
    let mut sizes = vec![
        ("modules", kernels.count()),
        ("instances", instances(design)),
        ("registers", flat.registers.len()),
        ("register bits", bits as usize),
        ("memories", flat.memories.len()),
        ("nets", flat.nets.len()),
        ("nodes", flat.nodes.len()),
        ("longest path", flat.levels().into_iter().max().unwrap_or(0) as usize),
        ("names that are keywords", check::names(design).len()),
    ];
    sizes.extend(bytes.map(|bytes| ("bytes of state", bytes)));
    sizes
}

/// Blocks with a kernel in the whole tree, the top included.
fn instances(design: &Design) -> usize {
    let mut below: Vec<usize> = Vec::new();
    // Children come before their parents.
    for module in &design.modules {
        let own = usize::from(matches!(module.body, Body::Kernel(_)));
        let children = module.instances.iter().flat_map(|instance| &instance.modules);
        below.push(own + children.map(|child| below[child.0 as usize]).sum::<usize>());
    }
    below[design.top.0 as usize]
}

fn as_text(made: &Made, sizes: &[(&str, usize)], stages: &[Stage]) -> String {
    let title = format!("{}: {}\n", made.config.name, made.design.top_module().name);
    let mut plain = table();
    for (name, number) in sizes {
        plain.add_row([(*name).to_owned(), number.to_string()]);
    }
    let mut passes = table();
    passes.set_header(["after", "terms", "columns", "always", "states", "guarded"]);
    let flat = &made.flat;
    let states = flat.registers.len();
    let nodes = flat.nodes.len();
    passes.add_row([
        "flatten".to_owned(),
        nodes.to_string(),
        "0".into(),
        nodes.to_string(),
        states.to_string(),
        "0".into(),
    ]);
    for stage in stages {
        let numbers = [stage.terms(), stage.columns, stage.hot, stage.states, stage.guarded];
        let cells = std::iter::once(stage.pass.to_owned());
        passes.add_row(cells.chain(numbers.iter().map(usize::to_string)));
    }
    let mut operations = table();
    let all = columns(flat, stages);
    let heads = std::iter::once("operation").chain(all.iter().map(|(pass, _)| *pass));
    operations.set_header(heads);
    let names: BTreeSet<&str> = all.iter().flat_map(|(_, counts)| counts.keys().copied()).collect();
    for name in names {
        let count = |counts: &Counts| match counts.get(name) {
            Some(count) => count.to_string(),
            None => "-".to_owned(),
        };
        let cells = std::iter::once(name.to_owned());
        operations.add_row(cells.chain(all.iter().map(|(_, counts)| count(counts))));
    }
    let tables = [plain, passes, operations].map(|mut table| {
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table.lines().map(|line| line.trim_end().to_owned() + "\n").collect::<String>()
    });
    title + &tables.join("\n")
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table
}

/// Operations before the first pass and after each.
fn columns(flat: &Netlist, stages: &[Stage]) -> Vec<(&'static str, Counts)> {
    let mut all = vec![("flatten", show::counts(flat))];
    all.extend(stages.iter().map(|stage| (stage.pass, stage.operations.clone())));
    all
}

fn as_value(made: &Made, sizes: &[(&str, usize)], stages: &[Stage]) -> Value {
    let sizes: BTreeMap<String, usize> =
        sizes.iter().map(|(name, number)| (name.replace(' ', "_"), *number)).collect();
    let flat = json!({ "pass": "flatten", "operations": show::counts(&made.flat) });
    let stage = |stage: &Stage| {
        json!({
            "pass": stage.pass,
            "operations": stage.operations,
            "terms": stage.terms(),
            "columns": stage.columns,
            "always": stage.hot,
            "states": stage.states,
            "guarded": stage.guarded,
        })
    };
    let passes: Vec<Value> = std::iter::once(flat).chain(stages.iter().map(stage)).collect();
    json!({
        "config": made.config.name,
        "top": made.design.top_module().name,
        "sizes": sizes,
        "passes": passes,
    })
}
