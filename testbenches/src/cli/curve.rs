//! `pagewalk curve`
//!
//! | file | does |
//! |---|---|
//! | `ports` | TLBs of every size, behind the ports of a run |
//! | `family` | those behind one port, and which of them there are as hardware |
//! | `shown` | their rows, table, notes and picture |
//! | `goal` | the smallest that misses no more often than is allowed |
//! | `pages` | a program's pages: frames, reuse distances, working sets |
//! | `stack` | the LRU stack of a short string, reference by reference |

mod family;
mod goal;
mod pages;
mod ports;
mod shown;
mod stack;

use std::path::PathBuf;

use anyhow::{bail, ensure};
use clap::{Args, ValueEnum};
use model::isa::Mode;
use scenario::load::Body;
use serde_json::Value;

use super::output::{print, print_json};
use super::values::scheme;
use super::{RecordedArgs, Status, plot, subject};
use crate::curve::sheet::Sheet;
use engine::Engine;

/// `pagewalk curve`
#[derive(Debug, Args)]
pub struct CurveArgs {
    /// A trace, as `pagewalk trace` reads it; for TLBs also a scenario, by name or file.
    #[arg(required_unless_present = "string")]
    pub subject: Option<String>,
    /// Pages in the order of their use, as 7,0,1,2 or 200x(0..49), instead of a trace.
    #[arg(long, value_name = "PAGES", conflicts_with_all = ["subject", "mode", "fold", "pid"])]
    pub string: Option<String>,
    /// What the curve is of.
    #[arg(long, value_name = "WHAT", default_value = "tlb")]
    pub of: Of,
    /// TLBs of so many ways, several with commas between them; 0 is fully associative [default: 0].
    #[arg(long, value_name = "N,...", value_delimiter = ',')]
    pub ways: Vec<usize>,
    /// Only these sizes, as 4..64x2 or 8,12,16 [default: powers of two in the table, every size in CSV,
    /// JSON and pictures].
    #[arg(long, value_name = "VALUES")]
    pub sizes: Option<String>,
    /// Find the smallest TLB with at most so many misses per 1000 instructions (translations, if the
    /// trace has no fetches), and the smallest that there is as hardware.
    #[arg(long, value_name = "MISSES", value_parser = goal_of, allow_negative_numbers = true)]
    pub goal: Option<f64>,
    /// Only the TLB behind this port.
    #[arg(long)]
    pub port: Option<Side>,
    /// Leave out the misses that every size has: those that a larger TLB does not avoid.
    #[arg(long)]
    pub avoidable: bool,
    /// The size of the working set over time, in a window of so many references.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub tau: Option<u64>,
    /// The MMU on which a trace runs and whose ports are observed [default: rv64_linux]; a scenario runs
    /// on the first that its file names.
    #[arg(long)]
    pub config: Option<String>,
    /// The scheme [default: sv39, or sv32 on rv32 configurations].
    #[arg(long, value_parser = scheme())]
    pub mode: Option<Mode>,
    /// A key of `os` in a scenario, as policy=lru or frames=192.
    #[arg(long, value_name = "KEY=VALUE")]
    pub os: Vec<String>,
    /// Fold a trace's addresses outside the scheme's range into it.
    #[arg(long)]
    pub fold: bool,
    /// In a log that several processes wrote, only what follows the lines of this one.
    #[arg(long, value_name = "PID")]
    pub pid: Option<u32>,
    /// Draw into a file ending in .svg or .png, or both into a folder.
    #[arg(long, value_name = "FILE|DIR")]
    pub plot: Vec<PathBuf>,
    /// Print JSON: a record for each size.
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print CSV: a line for each size.
    #[arg(long)]
    pub csv: bool,
}

/// A port of an MMU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Side {
    /// The fetch port.
    Fetch,
    /// The data port.
    Data,
    /// The only port of an MMU that has one.
    Both,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Side::Fetch => "fetch",
            Side::Data => "data",
            Side::Both => "both",
        }
    }
}

/// A number of misses, 0 or more.
fn goal_of(text: &str) -> Result<f64, String> {
    let goal = text.parse().ok().filter(|goal: &f64| goal.is_finite() && *goal >= 0.0);
    goal.ok_or_else(|| "it is no number of misses per 1000 instructions, as 5 or 0.5".to_owned())
}

/// What a curve is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Of {
    /// Misses against the lines of a TLB, under LRU.
    Tlb,
    /// Page faults against frames, under LRU.
    Frames,
    /// The mean size of the working set against its window; with --tau its size over time.
    WorkingSet,
    /// How many other pages were used since a page was used last.
    Reuse,
    /// The LRU stack after each reference of a short string.
    Stack,
}

impl CurveArgs {
    /// The trace or scenario; how a string is called where there is none.
    fn subject(&self) -> &str {
        self.subject.as_deref().unwrap_or("string")
    }
}

/// Prints and draws a curve.
pub(super) fn curve(arguments: &CurveArgs, engine: Option<Engine>) -> anyhow::Result<Status> {
    arguments.plot.iter().try_for_each(|path| plot::check(path))?;
    let idle = |stated: bool, option: &str, of: &str| {
        ensure!(!stated, "{option} has no effect here: it is for {of}");
        anyhow::Ok(())
    };
    if arguments.of != Of::WorkingSet {
        idle(arguments.tau.is_some(), "--tau", "`--of working-set`")?;
    }
    if !matches!(arguments.of, Of::Tlb | Of::Frames) {
        idle(arguments.sizes.is_some(), "--sizes", "`--of tlb` and `--of frames`")?;
    }
    let mut goal = None;
    let (sheet, stem, status) = match arguments.of {
        Of::Tlb => {
            let of = "`--of frames`, `working-set`, `reuse` and `stack`";
            idle(arguments.string.is_some(), "--string", of)?;
            ensure!(
                arguments.goal.is_none() || !arguments.csv || !arguments.plot.is_empty(),
                "--goal has no effect on CSV; --json has the answer, and so has the table"
            );
            let (sheet, found, stem, status) = ports::tlbs(arguments, engine.unwrap_or_default())?;
            goal = found;
            (sheet, stem, status)
        }
        _ => {
            let of = "`--of tlb`: no machine runs";
            idle(!arguments.ways.is_empty(), "--ways", of)?;
            idle(arguments.goal.is_some(), "--goal", of)?;
            idle(arguments.port.is_some(), "--port", of)?;
            idle(arguments.avoidable, "--avoidable", of)?;
            idle(arguments.config.is_some(), "--config", of)?;
            idle(!arguments.os.is_empty(), "--os", of)?;
            idle(engine.is_some(), "--engine", of)?;
            if arguments.string.is_none() && subject::is_scenario(arguments.subject()) {
                bail!(no_references(arguments.subject(), arguments.of)?);
            }
            pages::pages(arguments)?
        }
    };
    if let Some(sheet) = sheet {
        shown(&sheet, goal, arguments, &stem)?;
    }
    Ok(status)
}

/// Why a scenario has no curve of its pages, and what there is instead. What its programs access next
/// depends on the kernel, as the address of a mapping, and the kernel on the frames: there is no string
/// of references to read beforehand.
fn no_references(subject: &str, of: Of) -> anyhow::Result<String> {
    let scenario = subject::scenario(subject)?;
    let of = of.to_possible_value().map_or_else(String::new, |of| of.get_name().to_owned());
    let why = format!(
        "{subject} is a scenario; `--of {of}` reads the references of a trace, and runs no kernel, on \
         which those of a scenario depend"
    );
    let process = match &scenario.body {
        Body::System(system) => system.process.first(),
        Body::Ports(..) | Body::Segments(..) => None,
    };
    Ok(match process {
        Some(process) => format!(
            "{why}. Page faults against frames are: pagewalk explore {subject} --sweep \
             process.{}.frames=1..16 --sweep os.policy=lru --measure 'minor_faults + major_faults'",
            process.name
        ),
        None => format!("{why}. For its TLBs there is `--of tlb`"),
    })
}

fn shown(
    sheet: &Sheet,
    goal: Option<Value>,
    arguments: &CurveArgs,
    stem: &str,
) -> anyhow::Result<()> {
    if arguments.json {
        let mut json = sheet.json();
        if let Some(goal) = goal {
            json["goal"] = goal;
        }
        print_json(&json)?;
    } else if arguments.csv {
        print(&sheet.csv()?)?;
    } else {
        print(&sheet.text())?;
    }
    for path in &arguments.plot {
        plot::write(&sheet.picture, stem, path)?;
    }
    Ok(())
}

/// The same for `pagewalk trace`.
fn as_trace(arguments: &CurveArgs) -> RecordedArgs {
    RecordedArgs {
        mode: arguments.mode,
        os: arguments.os.clone(),
        fold: arguments.fold,
        pid: arguments.pid,
        ..RecordedArgs::plain(arguments.subject())
    }
}
