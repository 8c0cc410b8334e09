//! Phases of a run: what is counted belongs to one of them.

use model::isa::Privilege;
use serde::{Deserialize, Serialize};

use super::Account;

/// A part of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Everything, where there are no parts; or what comes before the first instruction in S-mode.
    Firmware,
    /// From there until the first instruction in U-mode.
    Kernel,
    /// After it.
    Programs,
    /// One that somebody has begun.
    Named(String),
}

impl Phase {
    pub(super) fn named(name: &str) -> Phase {
        Phase::Named(name.to_owned())
    }

    /// Its name in reports.
    pub fn name(&self) -> &str {
        match self {
            Phase::Firmware => "firmware",
            Phase::Kernel => "kernel",
            Phase::Programs => "programs",
            Phase::Named(name) => name,
        }
    }
}

/// The phases of a run so far.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Phases {
    /// Those that have ended.
    ended: Vec<(Phase, Account)>,
    present: Phase,
    /// Phases begin with the modes.
    follows: bool,
}

impl Default for Phases {
    fn default() -> Self {
        Phases { ended: Vec::new(), present: Phase::Firmware, follows: false }
    }
}

impl Phases {
    /// From now on they begin with the modes; the hart is in this one.
    pub(super) fn follow_modes(&mut self, mode: Privilege) {
        self.follows = true;
        if mode == Privilege::Supervisor && self.ended.is_empty() {
            self.present = Phase::Kernel;
        }
    }

    /// The hart comes into a mode: the phase that begins with it.
    pub(super) fn entered(&self, mode: Privilege) -> Option<Phase> {
        match (&self.present, mode) {
            _ if !self.follows => None,
            (Phase::Firmware, Privilege::Supervisor) => Some(Phase::Kernel),
            (Phase::Firmware | Phase::Kernel, Privilege::User) => Some(Phase::Programs),
            _ => None,
        }
    }

    /// The next one begins; this was counted in the present one.
    pub(super) fn begin(&mut self, phase: Phase, counted: Account) {
        let ended = std::mem::replace(&mut self.present, phase);
        self.ended.push((ended, counted));
    }

    /// The number of the present one, from 0.
    pub(super) fn present(&self) -> usize {
        self.ended.len()
    }

    /// All of them with what was counted, in the present one this.
    pub(super) fn all(&self, present: Account) -> Vec<(String, Account)> {
        let ended = self.ended.iter().map(|(phase, account)| (phase.name().to_owned(), *account));
        ended.chain([(self.present.name().to_owned(), present)]).collect()
    }
}
