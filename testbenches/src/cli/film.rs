//! Waves of one moment of a long run.
//!
//! A moment is known when it comes, and what led to it has passed by then. So the run is made twice:
//! first without a wave, until the moment comes, and then, since a run repeats itself cycle by cycle,
//! with a wave that begins a little before.

use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use anyhow::bail;
use clap::Args;
use machine::computer::{Computer, Moment};
use machine::wave::mmu::Names;
use waves::Window;

use super::output;
use super::wave::{Place, Recording};
use crate::boot::{self, Begin, Console, Follower, When};
use crate::exec::Outcome;
use crate::linux::Symbols;

/// What is recorded.
#[derive(Debug, Clone, Args)]
pub struct WaveAtArgs {
    /// Record a wave of one moment, as VCD or FST.
    #[arg(long, value_name = "FILE")]
    pub wave: Option<PathBuf>,
    /// The moment: cycle:N, instruction:N, pc:ADDRESS, pc:SYMBOL, fault:N, user-fault:N, fence:N,
    /// satp:N, or user for the first instruction in U-mode.
    #[arg(long, value_name = "MOMENT", requires = "wave", default_value = "user-fault:1")]
    pub wave_at: When,
    /// Cycles before the moment.
    #[arg(long, value_name = "CYCLES", requires = "wave", default_value_t = 100)]
    pub wave_before: u64,
    /// Cycles after it.
    #[arg(long, value_name = "CYCLES", requires = "wave", default_value_t = 300)]
    pub wave_after: u64,
}

impl WaveAtArgs {
    /// Records the first instruction of U-mode, without a run before to look for it.
    pub(super) fn film_first_user_fault(&mut self, file: PathBuf) {
        *self = WaveAtArgs {
            wave: Some(file),
            wave_at: When::Moment(Moment::User),
            wave_before: 0,
            wave_after: 400,
        };
    }
}

/// A wave that is to be recorded, or is.
pub(super) struct Film {
    path: PathBuf,
    place: Place,
    title: String,
    moment: Moment,
    before: u64,
    after: u64,
    /// The first cycle, once it is known.
    from: Option<u64>,
    names: Names,
    recording: Option<Recording>,
    done: bool,
}

impl Film {
    /// What is asked for.
    ///
    /// # Errors
    /// A name that is not known.
    pub(super) fn plan(
        arguments: &WaveAtArgs,
        title: &str,
        symbols: Option<&Rc<Symbols>>,
    ) -> anyhow::Result<Option<Film>> {
        let Some(path) = &arguments.wave else { return Ok(None) };
        let moment = arguments.wave_at.moment(symbols.map(Rc::as_ref));
        let moment = moment.map_err(anyhow::Error::msg)?;
        let symbols = symbols.cloned();
        let name = move |va| symbols.as_ref().and_then(|symbols| symbols.describe(va));
        Ok(Some(Film {
            place: Place::new(path, false, None)?,
            path: path.clone(),
            title: title.to_owned(),
            moment,
            before: arguments.wave_before,
            after: arguments.wave_after,
            from: None,
            names: Names(Rc::new(name)),
            recording: None,
            done: false,
        }))
    }

    /// Runs until the moment, to know when it is.
    ///
    /// # Errors
    /// If it does not come; or if somebody at a terminal would have to type everything twice.
    pub(super) fn scout(
        &mut self,
        begin: &Begin,
        console: &mut Console,
        most: u64,
        stop: &AtomicBool,
    ) -> anyhow::Result<()> {
        if let Moment::Cycle(cycle) = self.moment {
            self.from = Some(cycle.saturating_sub(self.before));
            return Ok(());
        }
        if self.before == 0 && self.moment.is_beginning() {
            return Ok(());
        }
        if console.is_interactive() {
            if !self.moment.is_beginning() {
                bail!(
                    "for a wave of {}, the run is made twice; what is typed has to come from a \
                     file, not from a terminal",
                    self.moment
                );
            }
            return Ok(());
        }
        output::note(&format!("looking for {}", self.moment));
        let mut scout = begin.computer(Box::new(io::sink()), true)?;
        scout.board_mut().set_checks(machine::board::Checks::Off);
        scout.watch_for(Some(self.moment));
        let mut found = Scout(false);
        let outcome = boot::run(&mut scout, console, most, stop, &mut found);
        match outcome {
            _ if found.0 => {
                let cycle = scout.cycles();
                output::note(&format!("{} is in cycle {cycle}", self.moment));
                self.from = Some(cycle.saturating_sub(self.before));
                Ok(())
            }
            Outcome::Interrupted => bail!("interrupted before {}", self.moment),
            _ => bail!("the run ended before {}: there is no wave of it", self.moment),
        }
    }

    /// The moment at which the wave begins.
    pub(super) fn begins(&self) -> Moment {
        self.from.map_or(self.moment, Moment::Cycle)
    }

    /// The moment has come at which the wave begins or ends.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn reached(&mut self, computer: &mut Computer) -> anyhow::Result<()> {
        if self.recording.is_some() {
            return self.end(computer);
        }
        let now = computer.cycles();
        let cycles = self.after + self.from.map_or(0, |_| self.before);
        let window = Window { from: now, cycles: Some(cycles) };
        let (recording, observer) = Recording::computer(
            &self.place,
            &self.title,
            window,
            self.names.clone(),
            computer.mmu(),
        )?;
        computer.board_mut().attach(observer);
        computer.watch_for(Some(Moment::Cycle(now + cycles)));
        self.recording = Some(recording);
        Ok(())
    }

    fn end(&mut self, computer: &mut Computer) -> anyhow::Result<()> {
        let Some(recording) = self.recording.take() else { return Ok(()) };
        computer.board_mut().end();
        computer.board_mut().detach();
        self.done = true;
        let recorded = recording.finish(None);
        match recorded.lost {
            None => Ok(()),
            Some(lost) => bail!("{}: {lost}", recorded.dump.display()),
        }
    }

    /// The run has ended.
    ///
    /// # Errors
    /// When a file cannot be written, or the moment never came.
    pub(super) fn finish(mut self, computer: &mut Computer) -> anyhow::Result<()> {
        self.end(computer)?;
        if !self.done {
            bail!("{} never came: {} was not written", self.moment, self.path.display());
        }
        output::note(&format!("{}: wave of {}", self.path.display(), self.moment));
        Ok(())
    }
}

/// Ends a run when the moment has come.
struct Scout(bool);

impl Follower for Scout {
    fn look(&mut self, _: &mut Computer) -> bool {
        true
    }

    fn reached(&mut self, _: &mut Computer) -> bool {
        self.0 = true;
        false
    }
}
