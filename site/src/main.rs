//! Builds the documents as a static site: `make site`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Builds the documents as a static site, with pages that show runs.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "After -- the command that writes pages of runs, such as: \
    -- target/release/pagewalk"
)]
struct Arguments {
    /// The project's folder.
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// The folder of the site; an older site in it is replaced.
    #[arg(short, long, default_value = "target/site")]
    output: PathBuf,
    /// The command `pagewalk`, with words before its own arguments, if it has some.
    #[arg(last = true, required = true)]
    pagewalk: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Who does not read what is said must not stop the work.
    let mut tell = |what: &str| drop(writeln!(std::io::stderr(), "{what}"));
    let built = site::build(&arguments.root, &arguments.output, &arguments.pagewalk, &mut tell);
    match built {
        Ok(built) => {
            let front = arguments.output.join("index.html");
            let said = format!(
                "{} documents, {} runs: open {}",
                built.documents,
                built.runs,
                front.display()
            );
            drop(writeln!(std::io::stdout(), "{said}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            tell(&format!("error: {error}"));
            ExitCode::from(2)
        }
    }
}
