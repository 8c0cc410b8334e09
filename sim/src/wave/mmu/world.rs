//! What the operating system does.

use super::super::{Builder, Error, SignalId, Value, Writer};

/// What a page fault turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Resolved without the disk.
    Minor,
    /// The page comes from the disk.
    Major,
    /// A or D was clear, and software sets it.
    AccessedDirty,
    /// The entry was in order already.
    Spurious,
    /// Not allowed.
    Protection,
}

const FAULTS: [&str; 5] = ["minor", "major", "accessed_dirty", "spurious", "protection"];

/// On whose account cycles pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// The process runs.
    Process,
    /// The kernel handles a trap.
    Handler,
    /// The disk works, and everyone waits.
    Disk,
    /// The kernel changes processes.
    Switch,
}

const ACTIVITIES: [&str; 4] = ["process", "handler", "disk_wait", "switch"];

/// An instant in the operating system's life; each kind is an event signal of scope `os`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A page fault was understood.
    PageFault(FaultKind),
    /// A page lost its frame.
    Eviction,
    /// A page is read from swap.
    SwapIn,
    /// A page is written to swap.
    SwapOut,
    /// The MMU accepted a fence.
    Fence,
    /// Another process runs.
    ContextSwitch,
    /// A process was killed.
    Kill,
}

/// Event signals, in the order of [`Happening`].
const EVENTS: [&str; 7] =
    ["page_fault", "eviction", "swap_in", "swap_out", "fence", "context_switch", "kill"];

/// An event signal.
#[derive(Debug)]
pub(super) struct Instant {
    pub(super) name: &'static str,
    pub(super) id: SignalId,
    /// It happened at least once.
    pub(super) seen: bool,
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) process: SignalId,
    pub(super) activity: SignalId,
    pub(super) fault: SignalId,
    pub(super) text: SignalId,
    pub(super) free_frames: SignalId,
    pub(super) events: Vec<Instant>,
    /// Nothing of it has been told: the view leaves the group out.
    pub(super) silent: bool,
}

impl World {
    pub(super) fn declare(builder: &mut Builder) -> Result<World, Error> {
        Ok(World {
            process: builder.text("os.process")?,
            activity: builder.state("os.activity", 2, &ACTIVITIES)?,
            fault: builder.state("os.fault", 3, &FAULTS)?,
            text: builder.text("os.text")?,
            free_frames: builder.bits("os.free_frames", 32)?,
            events: EVENTS
                .into_iter()
                .map(|name| {
                    let id = builder.event(&format!("os.{name}"))?;
                    Ok(Instant { name, id, seen: false })
                })
                .collect::<Result<_, Error>>()?,
            silent: true,
        })
    }

    pub(super) fn happening(
        &mut self,
        wave: &mut Writer,
        what: Happening,
        text: &str,
    ) -> Result<(), Error> {
        self.silent = false;
        let index = match what {
            Happening::PageFault(kind) => {
                wave.set(self.fault, kind as u64)?;
                0
            }
            Happening::Eviction => 1,
            Happening::SwapIn => 2,
            Happening::SwapOut => 3,
            Happening::Fence => 4,
            Happening::ContextSwitch => 5,
            Happening::Kill => 6,
        };
        let event = &mut self.events[index];
        event.seen = true;
        wave.set(event.id, Value::Fires)?;
        wave.set(self.text, text)
    }

    /// A fault is over when its process runs again.
    pub(super) fn activity(&mut self, wave: &mut Writer, what: Activity) -> Result<(), Error> {
        self.silent = false;
        if what == Activity::Process {
            wave.set(self.fault, Value::Absent)?;
            wave.set(self.text, Value::Absent)?;
        }
        wave.set(self.activity, what as u64)
    }

    pub(super) fn process(&mut self, wave: &mut Writer, name: &str) -> Result<(), Error> {
        self.silent = false;
        wave.set(self.process, name)
    }

    pub(super) fn free_frames(&mut self, wave: &mut Writer, frames: u64) -> Result<(), Error> {
        self.silent = false;
        wave.set(self.free_frames, frames.min(u64::from(u32::MAX)))
    }
}
