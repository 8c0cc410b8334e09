//! `pagewalk export`

use std::path::{Path, PathBuf};

use super::output::{self, print};
use super::run::known;
use super::{ExportArgs, Status};
use crate::export::{self, File, Kind, Target, checks, tools};
use engine::Config;

/// Writes a configuration as Verilog with the files around it, and has third-party tools check it if
/// requested.
pub(super) fn export(arguments: &ExportArgs) -> anyhow::Result<Status> {
    let ExportArgs { config, output: folder, only, check, target } = arguments;
    is_folder(folder)?;
    let (files, top) = files(config, *target)?;
    let files = chosen(files, config, only)?;
    let has = |kind: Kind| files.iter().position(|file| file.kind == kind);
    let (verilog, testbench) = (has(Kind::Verilog), has(Kind::Testbench));
    if *check && verilog.is_none() {
        anyhow::bail!("--check has no effect without verilog in --only");
    }
    let written = export::write(folder, &files)?;
    let paths: Vec<PathBuf> = written.iter().map(|file| file.path.clone()).collect();
    for file in &written {
        print(&format!("{}\n", file.path.display()))?;
        if file.replaced {
            output::note(&format!(
                "note: there was another text in {}, which is lost: keep changes of your own in a \
                 file of another name",
                file.path.display()
            ));
        }
    }
    if *check && *target == Target::Ecp5 {
        let proven = in_cells(engine::find(config)?)?;
        print(&format!("  yosys: proves {proven} modules in cells equal to those without\n"))?;
    } else if *check && let Some(verilog) = verilog {
        let mut verdicts = checks::check(&paths[verilog], &top, tools::required())?;
        if let Some(testbench) = testbench {
            let (verilog, testbench) = (&paths[verilog], &paths[testbench]);
            verdicts.push(checks::simulate(verilog, testbench, tools::required())?);
        }
        for verdict in verdicts {
            print(&format!("  {verdict}\n"))?;
        }
    }
    Ok(Status::Fine)
}

/// The files of a configuration of the MMU, of the segmentation unit, or of a shim; and its top.
fn files(config: &str, target: Target) -> anyhow::Result<(Vec<File>, String)> {
    let other = if config.starts_with("shim") {
        Some((export::shim::files(shim(config)?), config.to_owned()))
    } else {
        known(Some(config))?;
        let unit = engine::segment::find(config).ok();
        unit.map(|unit| (export::segment::files(unit), unit.name.to_owned()))
    };
    match other {
        Some(_) if target != Target::Generic => {
            anyhow::bail!("--target has no effect on {config}: it has no other form")
        }
        Some(other) => Ok(other),
        None => {
            let config = engine::find(config)?;
            Ok((export::files(config, target), config.module()))
        }
    }
}

fn shim(name: &str) -> anyhow::Result<&'static engine::shim::Config> {
    engine::shim::find(name).map_err(|_| {
        let names = engine::shim::CONFIGS.iter().map(|config| config.name);
        let names: Vec<&str> = names.collect();
        anyhow::anyhow!("there is no shim `{name}`; {}", names.join(", "))
    })
}

/// Has Yosys compare the modules in cells with those without.
fn in_cells(config: &Config) -> anyhow::Result<usize> {
    let [plain, cells] = [Target::Generic, Target::Ecp5].map(|of| export::modules(config, of));
    let folder = tempfile::tempdir()?;
    let napot = export::ecp5::has_napot(config);
    Ok(export::ecp5::prove(&plain, &cells, napot, folder.path())?)
}

/// A name of a file where a folder is meant would become a folder of that name.
fn is_folder(output: &Path) -> anyhow::Result<()> {
    if output.is_file() {
        anyhow::bail!("-o {}: this is a file, and a folder is needed", output.display());
    }
    let ending = output.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if ["v", "sv", "vh", "core", "md"].contains(&ending) && !output.is_dir() {
        let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        anyhow::bail!(
            "-o names a folder, not a file as {} is; the files in it have the configuration's name: \
             -o {}",
            output.display(),
            folder.display()
        );
    }
    Ok(())
}

/// The files of the kinds that are wanted; all if none is named.
fn chosen(files: Vec<File>, config: &str, only: &[Kind]) -> anyhow::Result<Vec<File>> {
    if only.is_empty() {
        return Ok(files);
    }
    for (at, kind) in only.iter().enumerate() {
        let word =
            clap::ValueEnum::to_possible_value(kind).map(|value| value.get_name().to_owned());
        let word = word.unwrap_or_default();
        if only[..at].contains(kind) {
            anyhow::bail!("--only names {word} twice");
        }
        if !files.iter().any(|file| file.kind == *kind) {
            anyhow::bail!("--only {word}: {config} has none");
        }
    }
    Ok(files.into_iter().filter(|file| only.contains(&file.kind)).collect())
}
