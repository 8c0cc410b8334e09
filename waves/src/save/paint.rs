//! Colours of named values: the same meaning has the same colour everywhere.

/// The colour of a box with a name in it. Each is dark enough for white letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Idle.
    Grey,
    /// Reading, continuing.
    Blue,
    /// Requesting.
    Gold,
    /// Waiting.
    Orange,
    /// It succeeded.
    Green,
    /// Writing.
    Violet,
    /// A fault.
    Red,
    /// None of these.
    Teal,
}

/// Parts of names and their meanings; the first match counts.
const MEANINGS: [(&str, Paint); 37] = [
    ("fault", Paint::Red),
    ("error", Paint::Red),
    ("invalid", Paint::Red),
    ("kill", Paint::Red),
    ("protection", Paint::Red),
    ("idle", Paint::Grey),
    ("none", Paint::Grey),
    ("bare", Paint::Grey),
    ("drop", Paint::Grey),
    ("spurious", Paint::Grey),
    ("wait", Paint::Orange),
    ("miss", Paint::Orange),
    ("major", Paint::Orange),
    ("retry", Paint::Orange),
    ("update", Paint::Violet),
    ("swap", Paint::Violet),
    ("store", Paint::Violet),
    ("write", Paint::Violet),
    ("machine", Paint::Violet),
    ("dirty", Paint::Violet),
    ("hit", Paint::Green),
    ("process", Paint::Green),
    ("done", Paint::Green),
    ("leaf", Paint::Green),
    ("refill", Paint::Green),
    ("respond", Paint::Green),
    ("fetch", Paint::Teal),
    ("user", Paint::Green),
    ("handler", Paint::Gold),
    ("request", Paint::Gold),
    ("ask", Paint::Gold),
    ("supervisor", Paint::Gold),
    ("minor", Paint::Blue),
    ("read", Paint::Blue),
    ("load", Paint::Blue),
    ("pointer", Paint::Blue),
    ("check", Paint::Blue),
];

/// For names without a known meaning, in turn.
const OTHERS: [Paint; 4] = [Paint::Teal, Paint::Blue, Paint::Gold, Paint::Violet];

impl Paint {
    /// The colour that suits a state's name; `value` chooses among names without a meaning.
    pub fn of_name(name: &str, value: usize) -> Paint {
        let name = name.to_ascii_lowercase();
        let known = MEANINGS.iter().find(|(part, _)| name.contains(part));
        known.map_or(OTHERS[value % OTHERS.len()], |(_, paint)| *paint)
    }

    /// The colour's name among those of the X Window System, which GTKWave understands.
    pub(super) fn x11(self) -> &'static str {
        match self {
            Paint::Grey => "grey30",
            Paint::Blue => "SteelBlue4",
            Paint::Gold => "DarkGoldenrod4",
            Paint::Orange => "chocolate3",
            Paint::Green => "SpringGreen4",
            Paint::Violet => "MediumPurple4",
            Paint::Red => "firebrick3",
            Paint::Teal => "DarkCyan",
        }
    }
}
