//! The environment of a recording: `os` of a scenario, as far as it can have an effect.

use kernel::{FrameChoice, LoadControl, PolicyKind};
use machine::system::{LatencySpec, MachineConfig};
use model::isa::Mode;

use crate::os_text::OsText;
use crate::schema::{Machine, OneOrMany};
use crate::variant::{Select, Variant};

/// The configuration of a run.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The machine.
    pub config: MachineConfig,
    /// The limit of frames for the program's pages.
    pub frames: Option<u64>,
}

impl Environment {
    /// The options that `os` states. If it states no ticks and the policy learns only at ticks, one
    /// comes after as many accesses as there are frames for pages: scanning all of them then costs
    /// at most one kernel access for each of the program's.
    ///
    /// # Errors
    /// A sentence: an option that is invalid, or would have no effect.
    pub fn new(
        os: &OsText,
        mode: Mode,
        latency: LatencySpec,
        adue: bool,
    ) -> Result<Environment, String> {
        let policy = match os.policies()[..] {
            [policy] => policy,
            _ => return Err("`os.policy`: one policy can be run at a time".to_owned()),
        };
        let machine = Machine { modes: OneOrMany::One(mode), ..Machine::default() };
        let variants = Variant::all(&machine, Select::default()).map_err(|e| e.to_string())?;
        let variant = variants.into_iter().next().ok_or("no scheme")?;
        let variant = Variant { policy, ..variant };
        let mut config = os.config(adue, &variant);
        config.latency = latency;
        long(os, &mut config);
        if let Some(problem) = without_effect(os, &config) {
            return Err(problem);
        }
        let frames = config.allocation.shares(&[1])?;
        let frames = frames.and_then(|shares| shares.first().copied());
        Ok(Environment { config, frames })
    }
}

/// What `os` does not state, for recordings, which are long. Invariants are checked at the end. If
/// the policy learns only at ticks, one comes after as many accesses as there are frames for pages.
pub(crate) fn long(os: &OsText, config: &mut MachineConfig) {
    config.check_every = os.config.check_every;
    if !os.states("tick_every") && config.policy.lives_on_ticks() {
        let frames = config.frames.saturating_sub(config.kernel);
        config.tick_every = frames.max(1);
    }
}

/// An option without effect, and the reason.
fn without_effect(os: &OsText, config: &MachineConfig) -> Option<String> {
    let random = |latency| matches!(latency, LatencySpec::Range(_));
    let draws = config.policy == PolicyKind::Random
        || config.frame_choice == FrameChoice::Random
        || random(config.latency)
        || random(config.data_latency);
    let (one, alone) = ("there is one process to kill", "a recorded program forks no process");
    let unread = "the kernel does not reach into a recorded program's memory";
    let silent = "a recorded program reads and writes no console";
    let rules = [
        ("fork", true, alone),
        ("oom", true, one),
        ("console", true, silent),
        ("sum", true, unread),
        ("mxr", true, unread),
        ("load_control", config.load_control == LoadControl::Pff, "there is one process"),
        (
            "thp_promote",
            config.thp_promote > 0 && config.tick_every == 0,
            "superpages are made at ticks; set `os.tick_every`",
        ),
        (
            "seed",
            !draws,
            "neither the policy nor the choice of frames nor a latency is drawn at random",
        ),
    ];
    let found = rules.into_iter().find(|(name, is_vain, _)| *is_vain && os.states(name));
    let found = found.map(|(name, _, why)| (name, why)).or_else(|| os.without_effect());
    found.map(|(name, why)| format!("`os.{name}` has no effect here: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(text: &str) -> Result<Environment, String> {
        let os: OsText = toml::from_str(text).expect("it reads");
        Environment::new(&os, Mode::Sv39, LatencySpec::Fixed(10), true)
    }

    #[test]
    fn what_would_have_no_effect_is_refused() {
        for (text, name) in [
            ("fork = \"copy\"", "fork"),
            ("oom = \"newest\"", "oom"),
            ("sum = false", "sum"),
            ("tau = 3", "tau"),
            ("seed = 2", "seed"),
            ("swap_limit = 9", "swap_limit"),
            ("pff_cycles = 9", "pff_cycles"),
            ("ws_cycles = 9", "ws_cycles"),
            ("load_control = \"pff\"", "load_control"),
            ("load_control = \"working_set\"\npff_cycles = 9", "pff_cycles"),
            ("thp_promote = 9", "thp_promote"),
        ] {
            let error = environment(text).unwrap_err();
            assert!(error.starts_with(&format!("`os.{name}` has no effect here")), "{error}");
        }
        for text in ["policy = \"random\"\nseed = 2", "data_latency = [1, 3]\nseed = 2"] {
            assert!(environment(text).is_ok(), "{text}");
        }
        assert!(environment("policy = [\"fifo\", \"lru\"]").is_err());
    }

    #[test]
    fn policies_that_learn_by_ticks_get_ticks() {
        let ticks = |text: &str| environment(text).unwrap().config.tick_every;
        for &policy in PolicyKind::ALL {
            let expected = if policy.lives_on_ticks() { 4096 - 64 } else { 0 };
            assert_eq!(ticks(&format!("policy = \"{policy}\"")), expected, "{policy}");
        }
        assert_eq!(ticks("policy = \"nru\"\nframes = 74"), 10);
        assert_eq!(ticks("policy = \"nru\"\ntick_every = 7"), 7);
        assert_eq!(ticks("policy = \"fifo\"\ntick_every = 7"), 7);
    }

    #[test]
    fn a_share_of_the_frames_is_a_limit() {
        assert_eq!(environment("allocation = { equal = 9 }").unwrap().frames, Some(9));
        assert_eq!(environment("").unwrap().frames, None);
    }
}
