//! One round of a soak: a machine and its processes, which can be saved as a scenario.

use kernel::PolicyKind;
use model::isa::Mode;

/// How a process is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Birth {
    /// It exists at the start.
    Start,
    /// Another process forks it.
    Forked,
    /// Another process executes it.
    Executed,
}

/// The effect of a line on the lines after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// None: the program is valid without it.
    Neutral,
    /// It changes the mappings or their permissions.
    Layout,
    /// It forks or executes this process.
    Makes(String),
    /// It kills the process.
    Offence,
}

/// A line of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) role: Role,
}

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) name: String,
    pub(super) birth: Birth,
    /// Regions as the file has them.
    pub(super) regions: Vec<String>,
    pub(super) lines: Vec<Line>,
    /// The expected ends.
    pub(super) ends: String,
}

/// A round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its seed.
    pub seed: u64,
    pub(super) mode: Mode,
    pub(super) policy: PolicyKind,
    /// The configuration on which it runs, if it is not a plain one of this size.
    pub config: Option<&'static str>,
    pub(super) size: &'static str,
    pub(super) latency: u64,
    pub(super) adue: bool,
    /// Keys of `os` and their values, as the file has them.
    pub(super) os: Vec<(&'static str, String)>,
    pub(super) processes: Vec<Process>,
}

/// A rule that applies to whatever a kernel does.
const SPEC: &str = "norm:satp_op_sfence_vma: if an ASID is reused, it may be necessary to execute \
                    an SFENCE.VMA";

impl Round {
    /// The round as a scenario file.
    pub fn to_toml(&self) -> String {
        let Round { seed, mode, policy, size, latency, adue, .. } = self;
        let mut text = format!(
            "idea = \"Random programs of seed {seed}: every byte is as it was written, and every \
             invariant holds.\"\nspec = \"{SPEC}\"\nmachine = {{ modes = \"{}\", size = \
             \"{size}\", latency = {latency}, adue = {adue} }}\n\n[os]\npolicy = \"{policy}\"\n\
             seed = {seed}\n",
            mode.name().to_lowercase(),
        );
        for (key, value) in &self.os {
            text += &format!("{key} = {value}\n");
        }
        for process in &self.processes {
            text += &process.to_toml();
        }
        text
    }

    /// The number of lines of its programs.
    pub fn lines(&self) -> usize {
        self.processes.iter().map(|process| process.lines.len()).sum()
    }

    /// The number of processes in it.
    pub fn processes(&self) -> usize {
        self.processes.len()
    }
}

impl Process {
    fn to_toml(&self) -> String {
        let mut text = format!("\n[[process]]\nname = \"{}\"\n", self.name);
        text += match self.birth {
            Birth::Start => "",
            Birth::Forked => "forked = true\n",
            Birth::Executed => "executed = true\n",
        };
        if !self.regions.is_empty() {
            text += "regions = [\n";
            self.regions.iter().for_each(|region| text += &format!("    {region},\n"));
            text += "]\n";
        }
        text += "program = [\n";
        self.lines.iter().for_each(|line| text += &format!("    \"{}\",\n", line.text));
        text += &format!("]\nends = \"{}\"\n", self.ends);
        text
    }
}
