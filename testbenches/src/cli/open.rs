//! `pagewalk wave`

use std::env;
use std::io::ErrorKind;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use model::mmu::Mmu;

use super::output::print;
use super::run::{failure, known};
use super::wave::Recordings;
use super::{Status, WaveArgs};
use engine::{Engine, build};
use scenario::library;
use scenario::run;
use scenario::variant::Select;

/// Runs one scenario on one machine, and opens its waveform.
pub(super) fn open(arguments: &WaveArgs, engine: Engine) -> anyhow::Result<Status> {
    let mut found = library::find(&arguments.name)?;
    anyhow::ensure!(found.len() == 1, "`{}` matches {} scenarios", arguments.name, found.len());
    let scenario = found.remove(0);
    known(arguments.config.as_deref())?;
    let mode = arguments.mode;
    let select = Select { config: arguments.config.as_deref(), mode };
    let place = arguments.shape.at(&arguments.dir)?;
    let factory = |config: &str| -> anyhow::Result<Box<dyn Mmu>> { Ok(build(config, engine)?) };
    // The first machine is the one that is shown.
    let mut recordings = Recordings {
        place: Some(&place),
        window: arguments.shape.window(),
        scenario: &scenario,
        engine,
        before: 0,
        most: 1,
        made: Vec::new(),
    };
    let reports = run::run(&scenario, select, &factory, &mut recordings, &AtomicBool::new(false))?;
    let recording = recordings.made.pop().context("nothing was recorded")?;
    let failed = reports.first().and_then(failure);
    let recorded = recording.finish(failed.as_ref());
    let dump = &recorded.dump;
    let told = reports.first().and_then(run::Report::failure);
    let mut text = String::new();
    if let Some(view) = &recorded.view {
        text += &format!("wave  {}\nview  {}\n", dump.display(), view.display());
    }
    text += &told.iter().map(|failure| format!("FAIL  {failure}\n")).collect::<String>();
    print(&text)?;
    let status = if told.is_some() { Status::Differs } else { Status::Fine };
    let status = recorded.status(status);
    let Some(view) = recorded.view.filter(|_| !arguments.no_open && recorded.lost.is_none()) else {
        return Ok(status);
    };
    // GTKWave itself would print that and exit with success.
    let screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some());
    anyhow::ensure!(
        screen,
        "there is no display to open GTKWave on; the wave is {}",
        dump.display()
    );
    // The save file refers to its dump by a relative path.
    let folder = view.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut viewer = Command::new("gtkwave");
    viewer.arg(view.file_name().unwrap_or(view.as_os_str()));
    if let Some(folder) = folder {
        viewer.current_dir(folder);
    }
    match viewer.status() {
        Ok(status) if status.success() => {}
        Ok(status) => anyhow::bail!("gtkwave ended with {status}; the wave is there"),
        Err(error) if error.kind() == ErrorKind::NotFound => anyhow::bail!(
            "gtkwave is not installed (on Debian: apt-get install gtkwave); the wave is {}",
            dump.display()
        ),
        Err(error) => return Err(error).context("gtkwave cannot be started"),
    }
    Ok(status)
}
