//! The policies by name.

use super::{
    Aging, Clock, Clock0, EnhancedSecondChance, Fifo, Generations, Lfu, Nfu, Nru, Opt, Policy,
    Random, Recency, SecondChance, TwoList, WsClock,
};
use serde::Serialize;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use std::fmt;
use std::str::FromStr;
use strum::{IntoStaticStr, VariantArray};

/// A policy's name.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    IntoStaticStr,
    VariantArray,
)]
#[serde(into = "String")]
#[strum(serialize_all = "kebab-case")]
pub enum PolicyKind {
    /// First in, first out.
    Fifo,
    /// Least recently used, by an oracle.
    Lru,
    /// The page that is needed last, by an oracle of the future.
    Opt,
    /// Second chance by the hardware's accessed bits: a hand on a ring.
    #[default]
    Clock,
    /// The clock that loads pages with use = 0, by an oracle.
    Clock0,
    /// Second chance by the hardware's accessed bits: a queue.
    SecondChance,
    /// Second chance by four classes of A and D: a hand on a ring.
    EnhancedSecondChance,
    /// Not recently used: four classes by A and D.
    Nru,
    /// Not frequently used: ticks with use are counted.
    Nfu,
    /// Aging: eight ticks of history.
    Aging,
    /// Least frequently used, by an oracle.
    Lfu,
    /// Most recently used, by an oracle.
    Mru,
    /// A random one, by the seed.
    Random,
    /// The clock that keeps working sets.
    #[strum(serialize = "wsclock")]
    WsClock,
    /// An active and an inactive list.
    TwoList,
    /// Generations by ticks.
    Generations,
}

/// Parameters of some policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicySettings {
    /// The seed of [`Random`].
    pub seed: u64,
    /// Ticks for which a page stays in [`WsClock`]'s working set after its last use.
    pub tau: u64,
}

/// No policy has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no policy `{name}`; there are {}", names())]
pub struct UnknownPolicy {
    /// The name given.
    pub name: String,
}

fn names() -> String {
    PolicyKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ")
}

impl PolicyKind {
    /// Every policy, those of the textbooks' tables first.
    pub const ALL: &'static [PolicyKind] = Self::VARIANTS;

    /// Its name in scenarios and on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether it learns of use only at ticks, and not at all without them.
    pub fn lives_on_ticks(self) -> bool {
        use PolicyKind::{Aging, Generations, Nfu, Nru, WsClock};
        matches!(self, Nru | Nfu | Aging | WsClock | Generations)
    }

    /// A new policy of this kind.
    pub fn build(self, settings: PolicySettings) -> Box<dyn Policy> {
        match self {
            PolicyKind::Fifo => Box::new(Fifo::default()),
            PolicyKind::Lru => Box::new(Recency::lru()),
            PolicyKind::Opt => Box::new(Opt::default()),
            PolicyKind::Clock => Box::new(Clock::default()),
            PolicyKind::Clock0 => Box::new(Clock0::default()),
            PolicyKind::SecondChance => Box::new(SecondChance::default()),
            PolicyKind::EnhancedSecondChance => Box::new(EnhancedSecondChance::default()),
            PolicyKind::Nru => Box::new(Nru::default()),
            PolicyKind::Nfu => Box::new(Nfu::default()),
            PolicyKind::Aging => Box::new(Aging::default()),
            PolicyKind::Lfu => Box::new(Lfu::default()),
            PolicyKind::Mru => Box::new(Recency::mru()),
            PolicyKind::Random => Box::new(Random::new(settings.seed)),
            PolicyKind::WsClock => Box::new(WsClock::new(settings.tau)),
            PolicyKind::TwoList => Box::new(TwoList::default()),
            PolicyKind::Generations => Box::new(Generations::default()),
        }
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for PolicyKind {
    type Err = UnknownPolicy;

    /// The name in upper or lower case; `_`, a space or nothing may replace `-`.
    fn from_str(name: &str) -> Result<PolicyKind, UnknownPolicy> {
        let plain = |name: &str| {
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let wanted: String = plain(name);
        let found = PolicyKind::ALL.iter().find(|kind| wanted == plain(kind.name()));
        found.copied().ok_or_else(|| UnknownPolicy { name: name.to_owned() })
    }
}

impl<'de> Deserialize<'de> for PolicyKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PolicyKind, D::Error> {
        struct Name;
        // An error of the visitor has the place of the name, also in a list.
        impl Visitor<'_> for Name {
            type Value = PolicyKind;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a replacement policy")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<PolicyKind, E> {
                name.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Name)
    }
}

impl From<PolicyKind> for String {
    fn from(kind: PolicyKind) -> String {
        kind.name().to_owned()
    }
}
