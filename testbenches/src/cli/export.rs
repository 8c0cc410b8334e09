//! `pagewalk export`

use std::path::Path;

use super::output::print;
use super::run::known;
use super::{ExportArgs, Status};
use crate::export::{self, checks, tools};

/// Writes a configuration as Verilog, and has third-party tools check it if requested.
pub(super) fn export(arguments: &ExportArgs) -> anyhow::Result<Status> {
    if arguments.config.starts_with("shim") {
        return shim(arguments);
    }
    known(Some(&arguments.config))?;
    if let Ok(config) = engine::segment::find(&arguments.config) {
        let path = export::segment::export(config, &arguments.output)?;
        return written(&path, config.name, arguments.check);
    }
    let config = engine::find(&arguments.config)?;
    let path = export::export(config, &arguments.output)?;
    written(&path, &config.module(), arguments.check)
}

/// The same for a shim.
fn shim(arguments: &ExportArgs) -> anyhow::Result<Status> {
    let Ok(config) = engine::shim::find(&arguments.config) else {
        let names = engine::shim::CONFIGS.iter().map(|config| config.name);
        let names: Vec<&str> = names.collect();
        anyhow::bail!("there is no shim `{}`; {}", arguments.config, names.join(", "));
    };
    let path = export::shim::export(config, &arguments.output)?;
    written(&path, config.name, arguments.check)
}

/// Reports the place of the file, and the messages of third-party tools.
fn written(path: &Path, top: &str, check: bool) -> anyhow::Result<Status> {
    print(&format!("{}\n", path.display()))?;
    if check {
        for verdict in checks::check(path, top, tools::required())? {
            print(&format!("  {verdict}\n"))?;
        }
    }
    Ok(Status::Fine)
}
