//! Which reference faulted, what left for it, and where pages stood: put together from the
//! kernel's events, and checked against the string on the way.

use std::collections::BTreeMap;
use std::fmt;

use kernel::replace::Kept;
use kernel::{Event, FaultKind, VirtualPage};
use machine::system::{Observer, WorldState};
use model::isa::PAGE_BYTES;
use serde::Serialize;

use super::string::Step;

/// What the kernel did, as far as pages are concerned, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Note {
    /// A page had to come.
    Fault(u64),
    /// A page went.
    Eviction(u64),
    /// A page was written to the disk.
    Write(u64),
    /// What the policy keeps from here on.
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

/// Takes notes of a run; pages are virtual page numbers.
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

/// A page that left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Victim {
    /// Its number, as the string writes it.
    pub page: u64,
    /// It was dirty, and written back then.
    pub written: bool,
}

/// What a fault led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The page that made room, if one had to.
    pub victim: Option<Victim>,
    /// Pages written ahead of their eviction meanwhile.
    pub written_ahead: Vec<u64>,
}

/// One reference and the frames after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The page.
    pub page: u64,
    /// The reference stored.
    pub store: bool,
    /// A tick came just before it.
    pub ticked: bool,
    /// What happened if the page was not there; nothing on a hit.
    pub fault: Option<Fault>,
    /// The page in each frame so far used.
    pub frames: Vec<Option<u64>>,
    /// What the policy keeps, in its own words.
    pub state: String,
}

/// A disagreement between the events and the string: a defect.
pub(super) type Disagreement = String;

impl Journal {
    /// Follows the string through the notes. `label` gives a virtual page its number in the
    /// string; `keep` says that rows are wanted. Returns the faults, and the rows.
    pub(super) fn follow(
        self,
        steps: &[Step],
        label: impl Fn(u64) -> Option<u64>,
        keep: bool,
    ) -> Result<(u64, Vec<Row>), Disagreement> {
        let strange = |vpn: u64| format!("the machine speaks of a page {vpn:#x} of nobody");
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
                        return Err(format!("page {page} was away, but there came {other}"));
                    }
                    None => return Err(format!("page {page} was away, and nothing came")),
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
            Some(note) => Err(format!("the string is over, but there came {note}")),
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
        // Page 1 is gone and must come again; page 3 never came; a fault is left over.
        for steps in
            [vec![reference(1), reference(2), reference(1)], vec![reference(3)], vec![reference(1)]]
        {
            assert!(Journal(notes()).follow(&steps, Some, true).is_err(), "{steps:?}");
        }
    }
}
