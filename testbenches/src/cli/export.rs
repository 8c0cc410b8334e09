//! `pagewalk export`

use super::output::print;
use super::run::known;
use super::{ExportArgs, Status};
use crate::engine;
use crate::export::{checks, export as write, tools};

/// Writes a configuration as Verilog, and lets third-party tools judge it if asked to.
pub(super) fn export(arguments: &ExportArgs) -> anyhow::Result<Status> {
    known(Some(&arguments.config))?;
    let config = engine::find(&arguments.config)?;
    let path = write(config, &arguments.output)?;
    print(&format!("{}\n", path.display()))?;
    if arguments.check {
        for verdict in checks::check(&path, config.name, tools::required())? {
            print(&format!("  {verdict}\n"))?;
        }
    }
    Ok(Status::Fine)
}
