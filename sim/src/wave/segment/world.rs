//! What the operating system does.

use std::ops::Range;

use super::super::instant::{self, Instant};
use super::super::{Builder, Error, SignalId, Value, Writer};
use super::ports;
use crate::contiguous::{Activity, Event, Reason};

const ACTIVITIES: [&str; 5] = ["process", "kernel", "loading", "moving", "switch"];

fn activity_number(activity: Activity) -> u64 {
    match activity {
        Activity::Process => 0,
        Activity::Kernel => 1,
        Activity::Load => 2,
        Activity::Move => 3,
        Activity::Switch => 4,
    }
}

const FAULTS: [&str; 3] = ["no_segment", "limit", "protection"];

fn fault_number(reason: Reason) -> u64 {
    match reason {
        Reason::NoSegment => 0,
        Reason::Limit => 1,
        Reason::Protection => 2,
    }
}

/// Event signals of scope `os`.
const EVENTS: [&str; 10] = [
    "allocate",
    "share",
    "no_room",
    "loaded",
    "free",
    "context_switch",
    "segment_fault",
    "grow",
    "compact",
    "move",
];

fn event_index(event: &Event) -> usize {
    match event {
        Event::Placed { .. } => 0,
        Event::Shared { .. } => 1,
        Event::Refused { .. } => 2,
        Event::Loaded { .. } => 3,
        Event::Ended { .. } => 4,
        Event::Switch { .. } => 5,
        Event::Fault { .. } => 6,
        Event::Grown { .. } => 7,
        Event::Compaction => 8,
        Event::Moved { .. } => 9,
    }
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) fit: SignalId,
    pub(super) process: SignalId,
    pub(super) activity: SignalId,
    pub(super) fault: SignalId,
    pub(super) text: SignalId,
    /// The hole that was chosen last, and what was given of it.
    pub(super) hole: SignalId,
    pub(super) given: SignalId,
    pub(super) events: Vec<Instant>,
    rule: String,
    running: Option<String>,
    begun: bool,
}

impl World {
    pub(super) fn declare(builder: &mut Builder, rule: String) -> Result<World, Error> {
        Ok(World {
            fit: builder.text("os.fit")?,
            process: builder.text("os.process")?,
            activity: builder.state("os.activity", 3, &ACTIVITIES)?,
            fault: builder.state("os.fault", 2, &FAULTS)?,
            text: builder.text("os.text")?,
            hole: builder.text("os.hole")?,
            given: builder.text("os.given")?,
            events: instant::declare(builder, &EVENTS)?,
            rule,
            running: None,
            begun: false,
        })
    }

    /// Whether an event of this name happened.
    pub(super) fn saw(&self, name: &str) -> bool {
        instant::saw(&self.events, name)
    }

    pub(super) fn event(&mut self, wave: &mut Writer, event: &Event) -> Result<(), Error> {
        let instant = &mut self.events[event_index(event)];
        instant.seen = true;
        wave.set(instant.id, Value::Fires)?;
        match event {
            Event::Placed { hole, at, .. } => {
                let length = hole.end - hole.start;
                let (first, last) = (hole.start, hole.end - 1);
                wave.set(self.hole, &*format!("{length}_at_{first}..{last}"))?;
                wave.set(self.given, &*pieces(at))?;
            }
            Event::Refused { .. } => {
                wave.set(self.hole, "none_is_long_enough")?;
                wave.set(self.given, Value::Absent)?;
            }
            Event::Switch { process, .. } => {
                self.running = Some(process.clone());
                wave.set(self.process, &**process)?;
            }
            Event::Ended { process } if self.running.as_ref() == Some(process) => {
                self.running = None;
                wave.set(self.process, Value::Absent)?;
            }
            Event::Fault { reason, .. } => wave.set(self.fault, fault_number(*reason))?,
            _ => {}
        }
        wave.set(self.text, &*tell(event))
    }

    /// A fault is over when a process accesses memory again.
    pub(super) fn activity(&mut self, wave: &mut Writer, what: Activity) -> Result<(), Error> {
        let first = !std::mem::replace(&mut self.begun, true);
        if first {
            wave.set(self.fit, &*self.rule)?;
        }
        if first || what == Activity::Process {
            wave.set(self.fault, Value::Absent)?;
            wave.set(self.text, Value::Absent)?;
        }
        wave.set(self.activity, activity_number(what))
    }
}

impl World {
    /// It is over, and nothing is done any more.
    pub(super) fn end(&self, wave: &mut Writer) -> Result<(), Error> {
        wave.set(self.activity, Value::Absent)
    }
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
