//! What a run shows at one moment.

/// A moment of a run. What a command does not know is `None` or empty, and is not shown; zero is a
/// count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// The command and its subject, as `trace sort on rv64_linux, Sv39`.
    pub title: String,
    /// What is being run just now, the most important first.
    pub running: Vec<String>,
    /// How far it is.
    pub progress: Option<Progress>,
    /// Instructions completed.
    pub instructions: Option<u64>,
    /// Cycles.
    pub cycles: Option<u64>,
    /// Where the program is.
    pub place: Option<Place>,
    /// The TLB of each port.
    pub ports: Vec<PortRate>,
    /// The page walks.
    pub walks: Option<Walks>,
    /// Faults and other traps, by cause.
    pub faults: Vec<(&'static str, u64)>,
    /// Fences, by form.
    pub fences: Vec<(&'static str, u64)>,
    /// Frames and page tables.
    pub memory: Vec<(&'static str, u64)>,
    /// What else is worth counting.
    pub other: Vec<(&'static str, u64)>,
    /// Of `faults`, those that the curve over the run counts.
    pub faults_in_all: Option<u64>,
    /// The title of the lines at the bottom, as `console`.
    pub lines_are: &'static str,
    /// The last lines of what the program printed, or of results.
    pub lines: Vec<String>,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// So much is done.
    pub done: u64,
    /// Of so much, if that is known.
    pub total: Option<u64>,
    /// Of what, as `bytes` or `runs`.
    pub unit: &'static str,
}

/// Where a program is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The program counter.
    pub pc: u64,
    /// The function and the distance from its beginning.
    pub symbol: Option<(String, u64)>,
    /// The privilege mode, as `S`.
    pub privilege: Option<&'static str>,
    /// The translation scheme and the address space, as `Sv39, ASID 3`.
    pub space: Option<String>,
}

/// The TLB of one port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortRate {
    /// The port.
    pub name: &'static str,
    /// Translations answered from the TLB.
    pub hits: u64,
    /// Those that were not.
    pub misses: u64,
}

/// The page walks. What an organisation does not have is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walks {
    /// Walks begun.
    pub walks: u64,
    /// Entries that they read.
    pub entries: u64,
    /// A and D set by hardware.
    pub updates: u64,
    /// Misses answered from the second level.
    pub l2_hits: Option<u64>,
    /// Walks that the walk cache shortened.
    pub cache_hits: Option<u64>,
}

impl Snapshot {
    /// What the curves are drawn over: cycles, or else instructions, or what is done.
    pub(super) fn along(&self) -> Option<(u64, &'static str)> {
        let done = self.progress.map(|progress| (progress.done, progress.unit));
        let cycles = self.cycles.map(|cycles| (cycles, "cycles"));
        cycles.or(self.instructions.map(|count| (count, "instructions"))).or(done)
    }

    /// Misses of all ports.
    pub(super) fn misses(&self) -> Option<u64> {
        (!self.ports.is_empty()).then(|| self.ports.iter().map(|port| port.misses).sum())
    }

    /// Fences of all forms.
    pub(super) fn fences_in_all(&self) -> Option<u64> {
        (!self.fences.is_empty()).then(|| self.fences.iter().map(|(_, count)| count).sum())
    }
}
