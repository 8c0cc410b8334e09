//! What happens in a world without pages, for those who look on: each event is declared here,
//! once.

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
    /// Something happened. Places and lengths are in units.
    pub enum Event {
        /// A segment of a process that is to be loaded, or that grows, was given room.
        Placed allocate {
            /// Whose.
            process: String,
            /// Its name.
            segment: String,
            /// What was asked for.
            length: u64,
            /// The hole that was chosen, as it was before.
            hole: Range<u64>,
            /// What was given: one piece, or pages.
            at: Vec<Range<u64>>,
        } says("allocate:{process}:{segment}:{length}:{}", pieces(at));

        /// A segment is in memory already, and is used by one process more.
        Shared share {
            /// By whom.
            process: String,
            /// Its name.
            segment: String,
        } says("share:{process}:{segment}");

        /// There is no room.
        Refused no_room {
            /// For whom.
            process: String,
            /// What was asked for, in all.
            wanted: u64,
        } says("no_room:{process}:{wanted}")
            marks First("no room {process}")
            counts(one(counts, "refused"));

        /// All segments of a process and their contents are in memory.
        Loaded loaded {
            /// Which.
            process: String,
        } says("loaded:{process}") marks First("loaded {process}") counts(one(counts, "loads"));

        /// A process ended; what only it used is free.
        Ended free {
            /// Which.
            process: String,
        } says("end:{process}") marks First("end {process}") counts(one(counts, "ends"));

        /// Another process is to run: its registers are written now.
        Switch context_switch {
            /// Which.
            process: String,
            /// Its segments: their numbers and names.
            segments: Vec<(usize, String)>,
        } says("to:{process}") counts(one(counts, "switches"));

        /// The unit refused an access.
        Fault segment_fault {
            /// The logical address.
            va: u64,
            /// Why.
            reason: Reason,
        } says("{}:{va}", reason.fault())
            marks Each("{} fault", reason.name())
            counts(fault(counts, *reason));

        /// A segment is longer now.
        Grown grow {
            /// Whose.
            process: String,
            /// Its name.
            segment: String,
            /// By how much.
            by: u64,
            /// It had to go elsewhere.
            moved: bool,
        } says("grow:{process}:{segment}:{by}:{}", if *moved { "moved" } else { "in_place" })
            marks First("grow {process} {segment}")
            counts(one(counts, "grown"));

        /// Everything is about to be moved together.
        Compaction compact {} says("compact") counts(one(counts, "compactions"));

        /// A segment, or a piece of it, is about to be copied to another place.
        Moved move {
            /// Whose, and which.
            owner: String,
            /// From where.
            from: Range<u64>,
            /// To where.
            to: Range<u64>,
        } says("move:{owner}:{}:to_{}", from.start, to.start);
    }
    states {
        /// From now on time is spent on this.
        Spends {
            /// On what.
            activity: Activity,
        } says("{}", <&str>::from(*activity));

        /// From now on memory looks like this.
        Memory {
            /// How.
            picture: Picture,
        } says("{}_free", picture.measure.free);

        /// A transfer on the memory bus began, and is over.
        Transfer {
            /// From its acceptance to its answer.
            cycles: Range<u64>,
            /// What was asked.
            request: bus::Request,
        } says("{request:?}");
    }
    with _names: (), counts: &mut Counts
}

/// Counts one more.
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

/// What was given: where it begins, and how many pieces it has if not one.
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
    /// How broken up it is.
    pub measure: Measure,
    /// How many segments there are.
    pub segments: u64,
    /// What is free, from the lowest address on.
    pub holes: Vec<Range<u64>>,
    /// What is in use, from the lowest address on, and what it is called: by the name under which
    /// it is shared, else by its process and, unless that is all there is of it, its segment.
    pub used: Vec<(Range<u64>, String)>,
}
