//! `pagewalk show`
//!
//! | file | does |
//! |---|---|
//! | `scenario` | a scenario, on one machine or two |
//! | `trace` | a recorded program |
//! | `policy` | a page-reference string |
//! | `serve` | the page from a server on this machine, where the scenario can be edited |
//! | `http` | the little of HTTP that this needs |
//! | `written` | the file: a page, or the record as JSON |

mod http;
mod policy;
mod scenario;
mod serve;
mod trace;
mod written;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use kernel::PolicyKind;
use machine::show::Document;
use model::isa::Mode;

use super::machine::RecordedArgs;
use super::policy::StringArgs;
use super::values::{named, scheme};
use super::{Status, output};
use engine::Engine;

/// The most runs that a page shows side by side.
const MOST_RUNS: usize = 2;

/// `pagewalk show`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct ShowArgs {
    /// The scenario by name, or a file ending in .toml.
    #[arg(required = true)]
    pub name: Option<String>,
    /// On this configuration [default: the first that the file names]; two with a comma between
    /// them are shown side by side.
    #[arg(long, value_name = "CONFIG,...", value_delimiter = ',')]
    pub config: Vec<String>,
    /// With this scheme [default: the first that the file names].
    #[arg(long, value_parser = scheme())]
    pub mode: Option<Mode>,
    /// Under this replacement policy [default: the first that the file names]; two with a comma
    /// between them are shown side by side.
    #[arg(long, value_name = "POLICY,...", value_delimiter = ',', value_parser = named)]
    pub policy: Vec<PolicyKind>,
    /// Show the page from a server on this machine, where editing the scenario runs it again.
    #[arg(long, conflicts_with = "output")]
    pub serve: bool,
    /// The server's port [default: any that is free].
    #[arg(long, value_name = "N", requires = "serve")]
    pub port: Option<u16>,
    /// Something else than a scenario.
    #[command(subcommand)]
    pub other: Option<ShowOther>,
    /// Where and as what it is written.
    #[command(flatten)]
    pub output: ShowOutput,
}

/// Where a page is written.
#[derive(Clone, Debug, Args)]
pub struct ShowOutput {
    /// The page, ending in .html, or its record, ending in .json [default: the name of what is
    /// shown, as .html in the current directory].
    #[arg(short, long, value_name = "FILE", global = true)]
    pub output: Option<PathBuf>,
}

/// What else can be shown.
#[derive(Debug, Subcommand)]
pub enum ShowOther {
    /// The recorded memory trace of a real program.
    Trace(RecordedArgs),
    /// A page-reference string under one replacement policy or two.
    Policy(StringArgs),
}

/// What is shown.
struct Shown {
    document: Document,
    /// What its file is called if no name is given.
    stem: String,
    status: Status,
}

/// Runs what is to be shown, and writes the page.
pub(super) fn show(arguments: &ShowArgs, engine: Engine) -> anyhow::Result<Status> {
    if arguments.serve {
        return serve::serve(arguments, engine);
    }
    let place = arguments.output.output.as_deref();
    place.map_or(Ok(()), written::check)?;
    let shown = match &arguments.other {
        Some(ShowOther::Trace(recorded)) => trace::show(recorded, engine)?,
        Some(ShowOther::Policy(string)) => policy::show(string, engine)?,
        None => scenario::show(arguments, engine)?,
    };
    written::write(&shown, place)?;
    if shown.status == Status::Interrupted {
        output::note("interrupted: the page shows what was simulated until then");
    }
    Ok(shown.status)
}
