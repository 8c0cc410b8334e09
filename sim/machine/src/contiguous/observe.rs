//! Events in a system without pages, for observers: each is declared here, once.

use std::ops::Range;

use super::{Counts, Inputs, Measure, Outputs, Reason, SegmentUnit};
use crate::board::Observed;
use model::{bus, events};
use strum::{IntoStaticStr, VariantNames};

/// A segmentation unit, and a kernel without pages.
#[derive(Clone, Copy, Debug)]
pub enum Contiguous {}

impl Observed for Contiguous {
    type Unit = dyn SegmentUnit;
    type Inputs = Inputs;
    type Outputs = Outputs;
    type World = ();
    type Event = Event;
    type Activity = Activity;
    type Pause<'a> = ();
}

/// What cycles are spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Activity {
    /// The running process accesses memory.
    Process,
    /// The operating system decides.
    Kernel,
    /// The image of a process is written.
    #[strum(serialize = "loading")]
    Load,
    /// Segments are moved.
    #[strum(serialize = "moving")]
    Move,
    /// Registers are written for another process.
    Switch,
}

events! {
    /// An event. Places and lengths are in units.
    pub enum Event {
        /// Memory was allocated for a segment of a process that is to be loaded, or that grows.
        Placed allocate {
            /// The process.
            process: String,
            /// The segment.
            segment: String,
            /// The length requested.
            length: u64,
            /// The chosen hole, as it was before.
            hole: Range<u64>,
            /// What was allocated: one piece, or pages.
            at: Vec<Range<u64>>,
        } says("allocate:{process}:{segment}:{length}:{}", pieces(at));

        /// A segment is in memory already, and one more process uses it.
        Shared share {
            /// The process.
            process: String,
            /// The segment.
            segment: String,
        } says("share:{process}:{segment}");

        /// No hole is large enough.
        Refused no_room {
            /// The process.
            process: String,
            /// The length requested, in all.
            wanted: u64,
        } says("no_room:{process}:{wanted}")
            marks First("no room {process}")
            counts(one(counts, "refused"));

        /// All segments of a process and their contents are in memory.
        Loaded loaded {
            /// The process.
            process: String,
        } says("loaded:{process}") marks First("loaded {process}") counts(one(counts, "loads"));

        /// A process ended; what no other process uses is free.
        Ended free {
            /// The process.
            process: String,
        } says("end:{process}") marks First("end {process}") counts(one(counts, "ends"));

        /// Another process is to run: its registers are written now.
        Switch context_switch {
            /// The process.
            process: String,
            /// Its segments: their numbers and names.
            segments: Vec<(usize, String)>,
        } says("to:{process}") counts(one(counts, "switches"));

        /// The unit refused an access.
        Fault segment_fault {
            /// The logical address.
            va: u64,
            /// The reason.
            reason: Reason,
        } says("{}:{va}", reason.fault())
            marks Each("{} fault", reason.name())
            counts(fault(counts, *reason));

        /// A segment is longer now.
        Grown grow {
            /// The process.
            process: String,
            /// The segment.
            segment: String,
            /// By how many units.
            by: u64,
            /// Whether it had to move.
            moved: bool,
        } says("grow:{process}:{segment}:{by}:{}", if *moved { "moved" } else { "in_place" })
            marks First("grow {process} {segment}")
            counts(one(counts, "grown"));

        /// Memory is about to be compacted.
        Compaction compact {} says("compact") counts(one(counts, "compactions"));

        /// A segment, or a piece of it, is about to be copied to another place.
        Moved move {
            /// The process and the segment.
            owner: String,
            /// The old place.
            from: Range<u64>,
            /// The new place.
            to: Range<u64>,
        } says("move:{owner}:{}:to_{}", from.start, to.start);
    }
    states {
        /// Time is spent on another activity from now on.
        Spends {
            /// The activity.
            activity: Activity,
        } says("{}", <&str>::from(*activity));

        /// The state of memory from now on.
        Memory {
            /// Its picture.
            picture: Picture,
        } says("{}_free", picture.measure.free);

        /// A transfer on the memory bus began, and is complete.
        Transfer {
            /// From its acceptance to its answer.
            cycles: Range<u64>,
            /// The request.
            request: bus::Request,
        } says("{request:?}");
    }
    with _names: (), counts: &mut Counts
}

/// Increments a counter.
fn one(counts: &mut Counts, name: &'static str) {
    *counts.entry(name).or_default() += 1;
}

/// Counts an access that was refused.
fn fault(counts: &mut Counts, reason: Reason) {
    one(counts, "faults");
    one(
        counts,
        match reason {
            Reason::NoSegment => "faults_no_segment",
            Reason::Limit => "faults_limit",
            Reason::Protection => "faults_protection",
        },
    );
}

/// An allocation as text: where it begins, and how many pieces it has if more than one.
pub(crate) fn pieces(at: &[Range<u64>]) -> String {
    match at {
        [] => "nothing".to_owned(),
        [one] => format!("at_{}..{}", one.start, one.end.saturating_sub(1)),
        [first, ..] => format!("{}_pieces_from_{}", at.len(), first.start),
    }
}

/// Memory at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its fragmentation.
    pub measure: Measure,
    /// How many segments there are.
    pub segments: u64,
    /// Free ranges, in ascending order.
    pub holes: Vec<Range<u64>>,
    /// Ranges in use, in ascending order, with their names: the name under which a segment is
    /// shared, else its process and, unless it is the only one, the segment.
    pub used: Vec<(Range<u64>, String)>,
}
