//! Which reference faulted, which page it evicted, and which pages the frames held: reconstructed
//! from the kernel's events, and checked against the string.

use std::collections::BTreeMap;
use std::fmt;

use kernel::replace::Kept;
use kernel::{Event, FaultKind, VirtualPage};
use machine::system::{Observer, WorldState};
use model::isa::PAGE_BYTES;
use serde::Serialize;

use super::string::Step;

/// The kernel's events about pages, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Note {
    /// A page was missing.
    Fault(u64),
    /// A page was evicted.
    Eviction(u64),
    /// A page was written to the disk.
    Write(u64),
    /// The policy's state from here on.
    State(Kept),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Fault(vpn) => write!(f, "a fault on virtual page {vpn:#x}"),
            Note::Eviction(vpn) => write!(f, "the eviction of virtual page {vpn:#x}"),
            Note::Write(vpn) => write!(f, "a write of virtual page {vpn:#x}"),
            Note::State(state) => write!(f, "the policy's state: {state}"),
        }
    }
}

/// Records the events of a run; pages are virtual page numbers.
#[derive(Debug, Default)]
pub(super) struct Journal(Vec<Note>);

impl Observer for Journal {
    fn sees_cycles(&self) -> bool {
        false
    }

    fn on_event(&mut self, _cycle: u64, event: &Event, _world: &WorldState) {
        self.0.push(match event {
            Event::PageFault { va, kind: FaultKind::Minor | FaultKind::Major, .. } => {
                Note::Fault(va / PAGE_BYTES)
            }
            Event::Eviction { va, .. } => Note::Eviction(va / PAGE_BYTES),
            Event::SwapOut { va, .. } => Note::Write(va / PAGE_BYTES),
            Event::Policy { state } => Note::State(state.clone()),
            _ => return,
        });
    }
}

/// An evicted page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Victim {
    /// Its number in the string.
    pub page: u64,
    /// It was dirty, and written back at its eviction.
    pub written: bool,
}

/// The effects of a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The evicted page, if there was one.
    pub victim: Option<Victim>,
    /// Pages written during the fault, ahead of their eviction.
    pub written_ahead: Vec<u64>,
}

/// One reference and the frames after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The page.
    pub page: u64,
    /// Whether the reference stores.
    pub store: bool,
    /// Whether a tick came just before it.
    pub ticked: bool,
    /// The effects of the fault; `None` on a hit.
    pub fault: Option<Fault>,
    /// The page in each frame used so far.
    pub frames: Vec<Option<u64>>,
    /// The policy's state, in the policy's own notation.
    pub state: String,
}

/// A contradiction between the events and the string: a defect.
pub(super) type Disagreement = String;

impl Journal {
    /// Compares the string with the events. `label` gives a virtual page its number in the string;
    /// `keep` requests rows. Returns the faults, and the rows.
    pub(super) fn follow(
        self,
        steps: &[Step],
        label: impl Fn(u64) -> Option<u64>,
        keep: bool,
    ) -> Result<(u64, Vec<Row>), Disagreement> {
        let strange = |vpn: u64| format!("page {vpn:#x} of an event is not in the string");
        let name = |page: VirtualPage| {
            label(page.vpn).map_or_else(|| page.to_string(), |number| number.to_string())
        };
        let label = |vpn: u64| label(vpn).ok_or_else(|| strange(vpn));
        let mut notes = self.0.into_iter().peekable();
        let (mut faults, mut rows) = (0, Vec::new());
        let (mut frames, mut places) = (Vec::new(), BTreeMap::new());
        let (mut free, mut ticked, mut state) = (Vec::new(), false, Kept::default());
        for step in steps {
            let Step::Reference { page, store } = *step else {
                ticked = true;
                continue;
            };
            while let Some(Note::State(said)) = notes.next_if(|note| matches!(note, Note::State(_)))
            {
                state = said;
            }
            let mut fault = None;
            if !places.contains_key(&page) {
                match notes.next() {
                    Some(Note::Fault(vpn)) if label(vpn)? == page => faults += 1,
                    Some(other) => {
                        return Err(format!(
                            "page {page} was not in a frame, but the next event was {other}"
                        ));
                    }
                    None => {
                        return Err(format!(
                            "page {page} was not in a frame, and there was no event"
                        ));
                    }
                }
                let mut became = Fault { victim: None, written_ahead: Vec::new() };
                while let Some(note) = notes.next_if(|note| !matches!(note, Note::Fault(_))) {
                    match note {
                        Note::Eviction(vpn) => {
                            let gone = label(vpn)?;
                            let place = places.remove(&gone);
                            free.extend(place);
                            became.victim = Some(Victim { page: gone, written: false });
                        }
                        Note::Write(vpn) => {
                            let page = label(vpn)?;
                            match became.victim.as_mut().filter(|victim| victim.page == page) {
                                Some(victim) => victim.written = true,
                                None => became.written_ahead.push(page),
                            }
                        }
                        Note::State(said) => {
                            state = said;
                            break;
                        }
                        Note::Fault(_) => {}
                    }
                }
                let place = free.pop().unwrap_or(frames.len());
                if place == frames.len() {
                    frames.push(None);
                }
                frames[place] = Some(page);
                places.insert(page, place);
                fault = Some(became);
            }
            if keep {
                let (frames, state) = (frames.clone(), state.named(name));
                rows.push(Row { page, store, ticked, fault, frames, state });
            }
            ticked = false;
        }
        match notes.find(|note| matches!(note, Note::Fault(_) | Note::Eviction(_))) {
            Some(note) => Err(format!("the string is over, but there was {note}")),
            None => Ok((faults, rows)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(page: u64) -> Step {
        Step::Reference { page, store: false }
    }

    #[test]
    fn a_machine_that_does_something_else_is_found_out() {
        let notes = || {
            vec![
                Note::Fault(1),
                Note::State(Kept::default().word("1")),
                Note::Fault(2),
                Note::Eviction(1),
                Note::Write(1),
                Note::State(Kept::default().word("2")),
            ]
        };
        let steps = [reference(1), reference(1), reference(2)];
        let (faults, rows) = Journal(notes()).follow(&steps, Some, true).unwrap();
        assert_eq!((faults, rows[1].fault.clone(), rows[1].state.as_str()), (2, None, "1"));
        let fault = rows[2].fault.as_ref().unwrap();
        assert_eq!(fault.victim, Some(Victim { page: 1, written: true }));
        assert_eq!(rows[2].frames, [Some(2)]);
        // Page 1 was evicted and must fault again; page 3 was never loaded; one fault has no
        // reference.
        for steps in
            [vec![reference(1), reference(2), reference(1)], vec![reference(3)], vec![reference(1)]]
        {
            assert!(Journal(notes()).follow(&steps, Some, true).is_err(), "{steps:?}");
        }
    }
}
