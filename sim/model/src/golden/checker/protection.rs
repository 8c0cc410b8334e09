//! The PMP registers as the checker sees them: present ones, and older ones that may still count.

use std::collections::VecDeque;

use super::History;
use crate::golden::{Guard, Pmp};
use crate::isa::{Physical, Xlen};

/// Older states kept.
const STATES: usize = 256;

/// The protection of physical memory of one MMU.
#[derive(Debug)]
pub(super) struct Protection {
    physical: Physical,
    present: Pmp,
    /// Older states, each with the version of its end; the latest last.
    older: VecDeque<(Pmp, u64)>,
    /// Everything is allowed as far as PMP decides.
    open: bool,
}

impl Protection {
    pub(super) fn new(xlen: Xlen, physical: Physical) -> Protection {
        let present = Pmp::new(xlen, physical.pmp);
        let open = present.is_open();
        Protection { physical, present, older: VecDeque::new(), open }
    }

    /// The registers.
    pub(super) fn pmp(&self) -> &Pmp {
        &self.present
    }

    /// Present registers and older states, to keep.
    pub(super) fn states(&self) -> (Pmp, VecDeque<(Pmp, u64)>) {
        (self.present.clone(), self.older.clone())
    }

    /// Takes over what [`Protection::states`] gave; false if it is of other PMP registers.
    pub(super) fn restore(&mut self, present: Pmp, older: VecDeque<(Pmp, u64)>) -> bool {
        let is_like = |pmp: &Pmp| pmp.is_like(&self.present);
        let fit = is_like(&present) && older.iter().all(|(pmp, _)| is_like(pmp));
        if fit {
            self.open = present.is_open();
            (self.present, self.older) = (present, older);
        }
        fit
    }

    /// Whether PMP allows everything, so that all accesses to a page have the same outcome.
    #[inline]
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// The registers change.
    pub(super) fn change(&mut self, history: &mut History, change: impl FnOnce(&mut Pmp)) {
        let before = self.present.clone();
        change(&mut self.present);
        if before != self.present {
            self.open = self.present.is_open();
            self.older.push_back((before, history.pmp_changed()));
            if self.older.len() > STATES {
                self.older.pop_front();
            }
        }
    }

    /// The guard of a walk that sees the present registers only.
    pub(super) fn now<'a>(&'a self, tables: &'a [&'a Pmp]) -> Guard<'a> {
        let access = (!self.present.is_empty()).then_some(&self.present);
        let tables = if self.present.is_empty() { &[] } else { tables };
        Guard { regions: self.physical.regions, tables, access }
    }

    /// The combinations of states that may judge a request accepted at this version: each pair is
    /// the states of which one must allow accesses to tables, and the state that judges the final
    /// access. While the request was in flight, each state may have judged what the MMU did then;
    /// what it had read before, under a state that no fence has ended, it may use still.
    pub(super) fn others(&self, history: &History, accepted: u64) -> Vec<(Vec<&Pmp>, &Pmp)> {
        let flying =
            || self.older.iter().filter(|(_, until)| *until > accepted).map(|(pmp, _)| pmp);
        let stands = |until| until > accepted || !history.fenced_fully(until, accepted);
        let standing = self.older.iter().filter(|(_, until)| stands(*until)).map(|(pmp, _)| pmp);
        let present = || std::iter::once(&self.present);
        let any: Vec<&Pmp> = present().chain(standing).collect();
        let mut pairs = Vec::new();
        for access in present().chain(flying()) {
            pairs.extend(present().chain(flying()).map(|tables| (vec![tables], access)));
            if any.len() > 1 {
                pairs.push((any.clone(), access));
            }
        }
        pairs
    }

    /// A guard of such a pair.
    pub(super) fn guard<'a>(&self, (tables, access): &'a (Vec<&'a Pmp>, &'a Pmp)) -> Guard<'a> {
        let some = !access.is_empty();
        let tables = if some { &tables[..] } else { &[] };
        Guard { regions: self.physical.regions, tables, access: some.then_some(*access) }
    }
}
