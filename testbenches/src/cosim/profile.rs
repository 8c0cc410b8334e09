//! The probabilities of each phase of the stimulus.

/// Probabilities of one phase, in per mille of a cycle, request or entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Profile {
    /// A port without a request presents one.
    pub(super) request: u32,
    /// Requests follow the list of directed addresses.
    pub(super) directed: bool,
    /// A fence is presented.
    pub(super) fence: u32,
    /// `satp` changes.
    pub(super) switch: u32,
    /// ADUE toggles, and so does PBMTE.
    pub(super) toggle_adue: u32,
    /// ADUE at the phase's beginning.
    pub(super) adue: bool,
    /// Memory is ready.
    pub(super) ready: u32,
    /// Longest latency of memory, in cycles.
    pub(super) latency: u64,
    /// Memory answers with an error.
    pub(super) error: u32,
    /// Another agent changes the entry just before a compare-and-swap.
    pub(super) contend: u32,
    /// Another agent changes some entry that was read.
    pub(super) edit: u32,
    /// The held fault is taken.
    pub(super) fault_ready: u32,
    /// Reset.
    pub(super) reset: u32,
    /// Payloads of idle channels change.
    pub(super) garbage: u32,
    /// Every input pin is random, without regard to the rules.
    pub(super) chaos: bool,
    /// Length in cycles.
    pub(super) cycles: u64,
}

/// Everything at full speed: memory always ready, latency 1, no disturbance.
const CALM: Profile = Profile {
    request: 1000,
    directed: false,
    fence: 0,
    switch: 0,
    toggle_adue: 0,
    adue: true,
    ready: 1000,
    latency: 1,
    error: 0,
    contend: 0,
    edit: 0,
    fault_ready: 1000,
    reset: 0,
    garbage: 0,
    chaos: false,
    cycles: 500,
};

/// A mixture of everything that the rules allow.
const STORM: Profile = Profile {
    request: 700,
    fence: 25,
    switch: 15,
    toggle_adue: 10,
    adue: false,
    ready: 700,
    latency: 6,
    error: 50,
    contend: 250,
    edit: 8,
    fault_ready: 300,
    reset: 2,
    garbage: 500,
    cycles: 700,
    ..CALM
};

/// The phases, repeated in turn. The first is the directed one.
pub(super) const PHASES: &[Profile] = &[
    Profile { directed: true, cycles: 1500, ..CALM },
    STORM,
    CALM,
    // Fences at every moment of a walk, and back to back.
    Profile { fence: 150, error: 0, reset: 0, ..STORM },
    // A and D updates while another agent often clears the bits that were set.
    Profile {
        request: 900,
        contend: 600,
        edit: 300,
        fence: 60,
        switch: 4,
        error: 10,
        toggle_adue: 0,
        adue: true,
        ready: 850,
        latency: 3,
        ..STORM
    },
    CALM,
    Profile { switch: 120, fence: 10, cycles: 500, ..STORM },
    // Memory that is slow, rarely ready, and often refuses.
    Profile { error: 250, ready: 300, cycles: 400, adue: true, ..STORM },
    Profile { reset: 40, cycles: 300, ..STORM },
    Profile { chaos: true, reset: 50, cycles: 150, ..STORM },
];
