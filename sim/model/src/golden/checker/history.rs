//! History: older values of page-table words, roots that satp held, fences in between.
//!
//! Time is a version that every write, fence and bus error increments. A value that was replaced at
//! version w may still be seen by a request accepted at version t, unless a fence that subsumes it
//! was accepted between the two.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::golden::{Pte, PteRead};
use crate::isa::Mode;
use crate::mmu::Fence;

/// Older values kept for one word.
const VALUES: usize = 16;
/// Fences kept; beyond this the older half counts as full.
const FENCES: usize = 1 << 16;
/// Roots kept.
const ROOTS: usize = 4096;

/// When a value was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// It is the present value in memory (or satp).
    Present,
    /// It was replaced at this version.
    Until(u64),
    /// It is the entry of another page of the same NAPOT range, or was until this version.
    Beside(Option<u64>),
}

/// The request for which a value is considered.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    pub(super) va: u64,
    pub(super) asid: u16,
    pub(super) accepted: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct History {
    version: u64,
    /// By address: older values, each once, with the version of its last replacement, which
    /// orders them.
    values: BTreeMap<u64, VecDeque<(u64, u64)>>,
    count: usize,
    fences: VecDeque<(u64, Fence)>,
    /// Versions of full fences (or what counts as one) that may still invalidate something.
    full: VecDeque<u64>,
    /// By satp value: the version of the last acceptance under it.
    roots: BTreeMap<u64, u64>,
    satp: Option<(u64, u64)>,
    /// Versions of acceptance of the requests in flight, in order, with the number of requests; the
    /// first entry's is not 0.
    under_way: VecDeque<(u64, u32)>,
    bus_failed: u64,
    /// The version of the last change of PBMTE, unless a fence has ended what it was before.
    pbmte_changed: Option<u64>,
    /// The last fence of everything that applies to every request in flight or to come.
    floor: u64,
}

impl History {
    pub(super) fn wrote(&mut self, pa: u64, old: u64) {
        self.version += 1;
        let values = self.values.entry(pa).or_default();
        self.count -= values.len();
        values.retain(|(value, _)| *value != old);
        if values.len() == VALUES {
            values.pop_front();
        }
        values.push_back((old, self.version));
        self.count += values.len();
    }

    pub(super) fn fenced(&mut self, fence: Fence) {
        self.version += 1;
        if fence == (Fence { va: None, asid: None }) {
            self.full.push_back(self.version);
            self.prune();
        }
        self.fences.push_back((self.version, fence));
        if self.fences.len() > FENCES {
            self.full.push_back(self.fences[FENCES / 2].0);
            self.full.make_contiguous().sort_unstable();
            self.prune();
            // Requests that never end must not let the log grow without bound.
            if self.fences.len() > FENCES {
                self.fences.drain(..FENCES / 2);
            }
        }
    }

    pub(super) fn bus_failed(&mut self) {
        self.version += 1;
        self.bus_failed = self.version;
    }

    /// PBMTE has changed.
    pub(super) fn pbmte_changed(&mut self) {
        self.version += 1;
        self.pbmte_changed = Some(self.version);
    }

    /// PMP registers have changed; the version of the change.
    pub(super) fn pmp_changed(&mut self) -> u64 {
        self.version += 1;
        self.version
    }

    /// Whether a fence of everything was accepted after a version, up to and including another.
    pub(super) fn fenced_fully(&self, after: u64, last: u64) -> bool {
        let floor = self.floor.min(last);
        floor > after
            || self
                .fences_between(after, last)
                .any(|fence| fence.va.is_none() && fence.asid.is_none())
    }

    /// Whether the other value of PBMTE may still be in effect for some entries: until a fence of
    /// everything (`norm:menvcfg_pbmte_fence`).
    pub(super) fn other_pbmte_stands(&self, accepted: u64) -> bool {
        self.pbmte_changed.is_some_and(|until| !self.fenced_fully(until, accepted))
    }

    pub(super) fn bus_failed_since(&self, accepted: u64) -> bool {
        self.bus_failed > accepted
    }

    pub(super) fn accepted(&mut self, satp: u64) -> u64 {
        match self.under_way.back_mut() {
            Some((version, number)) if *version == self.version => *number += 1,
            _ => self.under_way.push_back((self.version, 1)),
        }
        match self.satp {
            Some((current, _)) if current == satp => {}
            Some((before, used)) => {
                self.roots.insert(before, used);
                if self.roots.len() > ROOTS {
                    let oldest = self.roots.iter().min_by_key(|(_, used)| **used);
                    let oldest = oldest.map(|(satp, _)| *satp);
                    oldest.and_then(|satp| self.roots.remove(&satp));
                }
            }
            None => {}
        }
        self.satp = Some((satp, self.version));
        self.version
    }

    pub(super) fn finished(&mut self, accepted: u64) {
        let mut under_way = self.under_way.iter_mut();
        let found = under_way.find(|(version, number)| *version == accepted && *number > 0);
        let Some((_, number)) = found else { return };
        *number -= 1;
        if self.under_way.front().is_some_and(|(_, number)| *number == 0) {
            while self.under_way.front().is_some_and(|(_, number)| *number == 0) {
                self.under_way.pop_front();
            }
            self.prune();
        }
    }

    /// [`History::accepted`] and [`History::finished`] in one.
    #[inline]
    pub(super) fn passed(&mut self, satp: u64) {
        match &mut self.satp {
            // Nothing waits for pruning.
            Some((current, used)) if *current == satp && self.full.is_empty() => {
                *used = self.version;
            }
            _ => {
                let accepted = self.accepted(satp);
                self.finished(accepted);
            }
        }
    }

    /// Whether nothing is in flight.
    pub(super) fn is_idle(&self) -> bool {
        self.under_way.is_empty()
    }

    /// The same with counts that follow from the rest.
    pub(super) fn counted(mut self) -> History {
        self.count = self.values.values().map(VecDeque::len).sum();
        self
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    #[cfg(test)]
    pub(super) fn fence_count(&self) -> usize {
        self.fences.len()
    }

    /// Discards what a full fence invalidated for every request in flight or to come.
    fn prune(&mut self) {
        if self.full.is_empty() {
            return;
        }
        let oldest = self.under_way.front().map_or(self.version, |(version, _)| *version);
        let passed = self.full.partition_point(|full| *full <= oldest);
        let Some(floor) = self.full.drain(..passed).next_back() else { return };
        self.floor = floor;
        self.values.retain(|_, values| {
            values.retain(|(_, until)| *until > floor);
            !values.is_empty()
        });
        self.count = self.values.values().map(VecDeque::len).sum();
        self.roots.retain(|_, used| *used >= floor);
        self.pbmte_changed = self.pbmte_changed.filter(|changed| *changed > floor);
        let passed = self.fences.partition_point(|(version, _)| *version <= floor);
        self.fences.drain(..passed);
    }

    /// Older values of a word that a request accepted at this version might see.
    pub(super) fn older(&self, pa: u64, accepted: u64) -> impl Iterator<Item = (u64, u64)> {
        let full = self.full.iter().rev().find(|full| **full <= accepted).copied().unwrap_or(0);
        let values = self.values.get(&pa).into_iter().flatten().rev().copied();
        values.take_while(move |(_, until)| *until > full)
    }

    /// The roots that a request under `satp` might start from: first the present one.
    pub(super) fn roots(&self, satp: u64, accepted: u64) -> Vec<(u64, Age)> {
        let others = self.roots.iter().map(|(satp, used)| (*satp, Age::Until(*used)));
        // The register may have changed while the request was in flight.
        let current = self.satp.map(|(satp, used)| (satp, Age::Until(used.min(accepted))));
        let others = others.chain(current).filter(|(other, _)| *other != satp);
        [(satp, Age::Present)].into_iter().chain(others).collect()
    }

    /// Whether a root may still be used: only fences without address invalidate it.
    pub(super) fn root_stands(&self, age: Age, view: &View, global: bool) -> bool {
        let Age::Until(used) = age else { return true };
        // The root was in use up to and including that version; a fence at the next ends it.
        !self.fences_between(used, view.accepted).any(|fence| {
            fence.va.is_none() && fence.asid.is_none_or(|asid| asid == view.asid && !global)
        })
    }

    /// Whether the value of an entry may still be used.
    pub(super) fn entry_stands(
        &self,
        age: Age,
        mode: Mode,
        read: &PteRead,
        view: &View,
        global: bool,
    ) -> bool {
        let (Age::Until(until) | Age::Beside(Some(until))) = age else { return true };
        let pte = Pte::new(mode, read.value.unwrap_or(0));
        let pointer = pte.valid() && !pte.is_leaf() && !pte.writable();
        let page = 12 + read.level * mode.segment_bits();
        !self.fences_between(until, view.accepted).any(|fence| {
            let space = fence.asid.is_none_or(|asid| asid == view.asid && !global);
            let place = fence.va.is_none_or(|va| !pointer && va >> page == view.va >> page);
            space && place
        })
    }

    /// Fences after a version, up to and including another.
    fn fences_between(&self, after: u64, last: u64) -> impl Iterator<Item = Fence> {
        let first = self.fences.partition_point(|(version, _)| *version <= after);
        let fences = self.fences.range(first..);
        fences.take_while(move |(version, _)| *version <= last).map(|(_, fence)| *fence)
    }
}
