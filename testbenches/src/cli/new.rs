//! `pagewalk new`

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};

use super::Status;
use super::output::print;

/// `pagewalk new`
#[derive(Debug, Args)]
pub struct NewArgs {
    /// The scenario's name; the file is NAME.toml.
    pub name: PathBuf,
    /// What it is about.
    #[arg(long, value_name = "KIND", default_value = "processes")]
    pub kind: TemplateKind,
}

/// What a new scenario is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TemplateKind {
    /// Processes under the operating system.
    Processes,
    /// Accesses at the ports of the MMU.
    Steps,
    /// Segments in contiguous memory.
    Segments,
}

impl TemplateKind {
    /// The template; `NAME` in it stands for the file.
    fn text(self) -> &'static str {
        match self {
            TemplateKind::Processes => include_str!("../../templates/processes.toml"),
            TemplateKind::Steps => include_str!("../../templates/steps.toml"),
            TemplateKind::Segments => include_str!("../../templates/segments.toml"),
        }
    }
}

/// Writes a template that runs as it is, and says what to do next. An existing file stays as it is.
pub(super) fn new(arguments: &NewArgs) -> anyhow::Result<Status> {
    let path = path(&arguments.name)?;
    let shown = path.display().to_string();
    let text = arguments.kind.text().replace("NAME", &shown);
    let file = File::create_new(&path);
    let mut file = match file {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{shown} is there already, and is left as it is; choose another name")
        }
        other => other.with_context(|| format!("cannot write {shown}"))?,
    };
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write {shown}"))?;
    let mut next = format!(
        "wrote {shown}\n\n  pagewalk run {shown}      runs it\n  pagewalk wave {shown}     opens its \
         wave\n"
    );
    if arguments.kind == TemplateKind::Processes {
        next += &format!(
            "  pagewalk explore {shown} --sweep os.frames=70..82:4 --measure evictions\n\nIt can be \
             changed with any editor; docs/processes.md explains every key.\n"
        );
    }
    print(&next)?;
    Ok(Status::Fine)
}

/// The file of a name.
fn path(name: &Path) -> anyhow::Result<PathBuf> {
    let Some(last) = name.file_name().and_then(|last| last.to_str()) else {
        bail!("`{}` is no name of a scenario; write a word, as my-first", name.display());
    };
    // Words that a command line or a file system would take for something else.
    if last.starts_with(['-', '.']) || last.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        bail!("`{last}` is no name of a scenario; write a word, as my-first");
    }
    match name.extension() {
        Some(extension) if extension == "toml" => Ok(name.to_owned()),
        _ => Ok(name.with_file_name(format!("{last}.toml"))),
    }
}
