//! Shrinks a round that fails: processes, lines and options are removed while it still fails alike.
//!
//! If the run broke (wrong data, a broken invariant, a panic), any program that breaks it is good
//! enough. If only a process ended unexpectedly, the lines that decide how it ends are kept:
//! mappings and fatal ones.

use super::round::{Birth, Process, Role, Round};
use super::run::{Failure, Played};
use scenario::run::RunError;

/// Limits of shrinking: the steps run in all, and the rounds tried.
const PATIENCE: (u64, u32) = (500_000, 250);

/// Runs a round.
pub type Play<'p> = dyn FnMut(&Round) -> Result<Played, RunError> + 'p;

/// The smallest round found that fails like this one, and how it fails.
///
/// # Errors
/// As `play`.
pub fn shrink(
    round: Round,
    failure: Failure,
    play: &mut Play<'_>,
) -> Result<(Round, Failure), RunError> {
    let (left, tries) = PATIENCE;
    let mut shrinker = Shrinker { best: round, failure, play, left, tries };
    shrinker.check_always()?;
    loop {
        let before = (shrinker.best.lines(), shrinker.best.processes());
        shrinker.processes()?;
        shrinker.lines()?;
        shrinker.options()?;
        if before == (shrinker.best.lines(), shrinker.best.processes()) || shrinker.is_tired() {
            break;
        }
    }
    let Shrinker { mut best, failure, .. } = shrinker;
    if failure.is_break() {
        // The ends of processes do not matter in this round.
        best.processes.iter_mut().for_each(|process| process.ends = "never or any".to_owned());
    }
    Ok((best, failure))
}

struct Shrinker<'p, 'q> {
    best: Round,
    failure: Failure,
    play: &'p mut Play<'q>,
    /// The number of steps that may still be run.
    left: u64,
    tries: u32,
}

impl Shrinker<'_, '_> {
    fn is_tired(&self) -> bool {
        self.left == 0 || self.tries == 0
    }

    /// Accepts the candidate if it fails alike.
    fn fails(&mut self, candidate: Round) -> Result<bool, RunError> {
        if self.is_tired() || candidate.processes.iter().all(|p| p.birth != Birth::Start) {
            return Ok(false);
        }
        self.tries -= 1;
        let Ok(played) = (self.play)(&candidate) else { return Ok(false) };
        self.left = self.left.saturating_sub(played.steps + 200);
        let Some(failure) = played.failure else { return Ok(false) };
        let alike = match self.failure.is_break() {
            true => failure.is_break(),
            false => failure.what == self.failure.what,
        };
        if alike {
            (self.best, self.failure) = (candidate, failure);
        }
        Ok(alike)
    }

    /// A failure that is detected earlier needs fewer steps.
    fn check_always(&mut self) -> Result<(), RunError> {
        let mut round = self.best.clone();
        round.os.retain(|(key, _)| *key != "check_every");
        self.fails(round).map(|_| ())
    }

    /// Removes one process after another, and its children.
    fn processes(&mut self) -> Result<(), RunError> {
        let names: Vec<String> = self.best.processes.iter().map(|p| p.name.clone()).collect();
        for name in names.iter().rev() {
            let candidate = without(&self.best, name);
            self.fails(candidate)?;
        }
        Ok(())
    }

    /// Removes ranges of lines, long ones first.
    fn lines(&mut self) -> Result<(), RunError> {
        let mut at = 0;
        while at < self.best.processes.len() {
            let name = self.best.processes[at].name.clone();
            let mut run = self.best.processes[at].lines.len().next_power_of_two();
            while run > 0 && self.best.processes.get(at).is_some_and(|p| p.name == name) {
                let mut from = 0;
                while from < self.best.processes[at].lines.len() {
                    let gone = match self.less(at, from, run) {
                        Some(candidate) => self.fails(candidate)?,
                        None => false,
                    };
                    if !gone {
                        from += run;
                    }
                    if self.best.processes.get(at).is_none_or(|p| p.name != name) {
                        break;
                    }
                }
                run /= 2;
            }
            at += 1;
        }
        Ok(())
    }

    /// The best round without some lines of a program; `None` if none of them can be removed.
    fn less(&self, at: usize, from: usize, run: usize) -> Option<Round> {
        let mut round = self.best.clone();
        let lines = &mut round.processes[at].lines;
        let end = lines.len().min(from + run);
        let keeps = |role: &Role| !self.failure.is_break() && *role != Role::Neutral;
        let taken: Vec<_> = lines.drain(from..end).collect();
        let (kept, gone): (Vec<_>, Vec<_>) = taken.into_iter().partition(|l| keeps(&l.role));
        lines.splice(from..from, kept);
        if gone.is_empty() {
            return None;
        }
        for line in gone {
            if let Role::Makes(name) = line.role {
                round = without(&round, &name);
            }
        }
        Some(round)
    }

    /// Removes one option after another.
    fn options(&mut self) -> Result<(), RunError> {
        let keys: Vec<_> = self.best.os.iter().map(|(key, _)| *key).collect();
        for key in keys {
            let mut round = self.best.clone();
            round.os.retain(|(other, _)| *other != key);
            self.fails(round)?;
        }
        Ok(())
    }
}

/// The round without a process, the lines that create it, and its children.
fn without(round: &Round, name: &str) -> Round {
    let mut round = round.clone();
    let mut going = vec![name.to_owned()];
    while let Some(name) = going.pop() {
        let makes = |line: &super::round::Line| line.role == Role::Makes(name.clone());
        let place = round.processes.iter().position(|process| process.name == name);
        let Some(Process { lines, .. }) = place.map(|at| round.processes.remove(at)) else {
            continue;
        };
        for process in &mut round.processes {
            process.lines.retain(|line| !makes(line));
        }
        going.extend(lines.into_iter().filter_map(|line| match line.role {
            Role::Makes(name) => Some(name),
            _ => None,
        }));
    }
    round
}
