//! What the operating system does.

use strum::VariantNames;
use waves::Error;
use waves::save::Paint;

use super::super::story::{self, GROUP, Story};
use super::super::table::Declare;
use super::Unit;
use crate::contiguous::{Activity, Event, Reason, pieces};

/// The reasons of faults, from the first cause code on.
const FAULTS: [&str; 3] = ["no_segment", "limit", "protection"];

/// The operating system, as it was last seen.
#[derive(Debug)]
pub(super) struct System {
    /// The rule by which segments are placed.
    rule: String,
    running: Option<String>,
    doing: Option<Activity>,
    fault: Option<Reason>,
    pub(super) story: Story,
    /// The hole that was chosen last, and the part of it that was allocated.
    hole: Option<String>,
    given: Option<String>,
    begun: bool,
    /// Something was allocated.
    pub(super) placed: bool,
    switched: bool,
}

impl System {
    pub(super) fn new(rule: String) -> System {
        System {
            rule,
            running: None,
            doing: None,
            fault: None,
            story: Story::default(),
            hole: None,
            given: None,
            begun: false,
            placed: false,
            switched: false,
        }
    }

    pub(super) fn event(&mut self, event: &Event) {
        match event {
            Event::Placed { hole, at, .. } => {
                let length = hole.end - hole.start;
                let (first, last) = (hole.start, hole.end - 1);
                self.placed = true;
                self.hole = Some(format!("{length}_at_{first}..{last}"));
                self.given = Some(pieces(at));
            }
            Event::Refused { .. } => {
                self.hole = Some("none_is_long_enough".to_owned());
                self.given = None;
            }
            Event::Switch { process, .. } => {
                self.switched = true;
                self.running = Some(process.clone());
            }
            Event::Ended { process } if self.running.as_ref() == Some(process) => {
                self.running = None;
            }
            Event::Fault { reason, .. } => self.fault = Some(*reason),
            _ => {}
        }
        self.story.event(event.kind(), || event.says(()));
    }

    /// A fault is over when a process accesses memory again.
    pub(super) fn activity(&mut self, what: Activity) {
        let first = !std::mem::replace(&mut self.begun, true);
        if first || what == Activity::Process {
            self.fault = None;
            self.story.over();
        }
        self.doing = Some(what);
    }

    /// The run is over; the operating system does nothing more.
    pub(super) fn end(&mut self) {
        self.doing = None;
    }
}

pub(super) fn declare(declare: &mut Declare<'_, Unit>) -> Result<(), Error> {
    declare
        .text("os.process", |u| u.system.running.clone())?
        .row(GROUP, "process")
        .when(|u| u.system.switched);
    declare
        .word("os.activity", Activity::VARIANTS, |u| u.system.doing.map(<&str>::from))?
        .row(GROUP, "activity")
        .paint("kernel", Paint::Gold);
    story::declare_text(declare, |u| &u.system.story)?;
    declare
        .state("os.fault", 2, &FAULTS, |u| u.system.fault.map(|reason| reason.code() - 1))?
        .row(GROUP, "fault kind")
        .paint("limit", Paint::Red)
        .if_seen();
    declare
        .text("os.fit", |u| u.system.begun.then(|| u.system.rule.clone()))?
        .row(GROUP, "policy")
        .when(|u| u.system.placed);
    declare
        .text("os.hole", |u| u.system.hole.clone())?
        .row(GROUP, "hole chosen")
        .when(|u| u.system.placed);
    declare
        .text("os.given", |u| u.system.given.clone())?
        .row(GROUP, "given")
        .when(|u| u.system.placed);
    story::declare_kinds(declare, Event::KINDS, |u| &u.system.story)
}
