//! What the operating system does.

use std::ops::Range;

use waves::Error;
use waves::save::{Line, Paint};

use super::super::table::{Declare, words};
use super::{Unit, ports};
use crate::contiguous::{Activity, Event, Reason};

/// The group of its rows.
pub(super) const GROUP: &str = "Operating system";

words! {
    /// On what a cycle is spent.
    ACTIVITIES, activity(Activity) {
        Activity::Process => "process",
        Activity::Kernel => "kernel",
        Activity::Load => "loading",
        Activity::Move => "moving",
        Activity::Switch => "switch",
    }
}

words! {
    /// Why an access was refused.
    FAULTS, fault(Reason) {
        Reason::NoSegment => "no_segment",
        Reason::Limit => "limit",
        Reason::Protection => "protection",
    }
}

words! {
    /// An event's kind.
    KINDS, kind(Event) {
        Event::Placed { .. } => "allocate",
        Event::Shared { .. } => "share",
        Event::Refused { .. } => "no_room",
        Event::Loaded { .. } => "loaded",
        Event::Ended { .. } => "free",
        Event::Switch { .. } => "context_switch",
        Event::Fault { .. } => "segment_fault",
        Event::Grown { .. } => "grow",
        Event::Compaction => "compact",
        Event::Moved { .. } => "move",
    }
}

/// The operating system, as it was last seen.
#[derive(Debug)]
pub(super) struct System {
    /// The rule by which segments are placed.
    rule: String,
    running: Option<String>,
    doing: Option<Activity>,
    fault: Option<Reason>,
    /// What happens, in a few words.
    text: Option<String>,
    /// The hole that was chosen last, and what was given of it.
    hole: Option<String>,
    given: Option<String>,
    /// The kind of the event that happens now.
    happens: &'static str,
    begun: bool,
    /// Something was given room.
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
            text: None,
            hole: None,
            given: None,
            happens: "",
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
        self.happens = kind(event);
        self.text = Some(tell(event));
    }

    /// The event was shown.
    pub(super) fn happened(&mut self) {
        self.happens = "";
    }

    /// A fault is over when a process accesses memory again.
    pub(super) fn activity(&mut self, what: Activity) {
        let first = !std::mem::replace(&mut self.begun, true);
        if first || what == Activity::Process {
            (self.fault, self.text) = (None, None);
        }
        self.doing = Some(what);
    }

    /// It is over, and nothing is done any more.
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
        .word("os.activity", ACTIVITIES, |u| u.system.doing.as_ref().map(activity))?
        .row(GROUP, "activity")
        .paint("kernel", Paint::Gold);
    declare.text("os.text", |u| u.system.text.clone())?.row(GROUP, "what happens");
    declare
        .word("os.fault", FAULTS, |u| u.system.fault.as_ref().map(fault))?
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
    for kind in KINDS {
        declare
            .event(format!("os.{kind}"), move |u| u.system.happens == *kind)?
            .row(GROUP, kind.replace('_', " "))
            .line(Line::Orange)
            .if_seen();
    }
    Ok(())
}

/// An event in a few words.
fn tell(event: &Event) -> String {
    match event {
        Event::Placed { process, segment, length, at, .. } => {
            format!("allocate:{process}:{segment}:{length}:{}", pieces(at))
        }
        Event::Shared { process, segment } => format!("share:{process}:{segment}"),
        Event::Refused { process, wanted } => format!("no_room:{process}:{wanted}"),
        Event::Loaded { process } => format!("loaded:{process}"),
        Event::Ended { process } => format!("end:{process}"),
        Event::Switch { process, .. } => format!("to:{process}"),
        Event::Fault { va, reason } => format!("{}:{va}", ports::reason(*reason)),
        Event::Grown { process, segment, by, moved } => {
            let how = if *moved { "moved" } else { "in_place" };
            format!("grow:{process}:{segment}:{by}:{how}")
        }
        Event::Compaction => "compact".to_owned(),
        Event::Moved { owner, from, to } => {
            format!("move:{owner}:{}:to_{}", from.start, to.start)
        }
    }
}

/// What was given: where it begins, and how many pieces it has if not one.
fn pieces(at: &[Range<u64>]) -> String {
    match at {
        [] => "nothing".to_owned(),
        [one] => format!("at_{}..{}", one.start, one.end.saturating_sub(1)),
        [first, ..] => format!("{}_pieces_from_{}", at.len(), first.start),
    }
}
