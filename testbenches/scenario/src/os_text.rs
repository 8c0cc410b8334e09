//! `os` in a scenario of processes, and the environment of a recording: a configuration of machine
//! and kernel, as written.

use std::collections::BTreeSet;

use kernel::{LoadControl, MachineConfig, PolicyKind};
use model::bus::LatencySpec;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};

use super::place::{Mistake, Place};
use super::schema::OneOrMany;
use super::variant::Variant;

/// The options of [`MachineConfig`] under their own names; `policy` may be a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OsText {
    /// The options as written, with defaults for the rest.
    pub config: MachineConfig,
    /// The policies to run with, if any is named.
    pub policies: Vec<PolicyKind>,
    /// The keys that are present.
    stated: BTreeSet<String>,
}

impl OsText {
    /// Whether an option is present, possibly with its default.
    pub fn states(&self, key: &str) -> bool {
        self.stated.contains(key)
    }

    /// Checks what can be checked without a machine; `place` is its place in the file.
    ///
    /// # Errors
    /// The first error.
    pub fn check(&self, place: &Place) -> Result<(), Mistake> {
        self.config.check().map_err(|error| place.path(&error.path).wrong(error.message))
    }

    /// An option that is present and has no effect, whatever the programs do, and the reason.
    pub fn without_effect(&self) -> Option<(&'static str, &'static str)> {
        let config = &self.config;
        let by = |control| config.load_control == control;
        let wsclock = PolicyKind::WsClock;
        let ages = config.policy == wsclock || self.policies.contains(&wsclock);
        let rules = [
            ("tau", ages, "it is of the policy wsclock"),
            ("pff_cycles", by(LoadControl::Pff), "it is of the load control `pff`"),
            ("ws_cycles", by(LoadControl::WorkingSet), "it is of the load control `working_set`"),
            ("swap_limit", config.swap_grow > 0, "swap does not grow without `os.swap_grow`"),
        ];
        let vain = rules.into_iter().find(|(name, acts, _)| !acts && self.states(name));
        vain.map(|(name, _, why)| (name, why))
    }

    /// The policies to run with; `None` stands for the machine's own.
    pub fn policies(&self) -> Vec<Option<PolicyKind>> {
        if self.policies.is_empty() {
            return vec![None];
        }
        self.policies.iter().copied().map(Some).collect()
    }

    /// The machine that it describes. Every invariant is checked after each kernel entry unless the
    /// options say otherwise.
    pub fn config(&self, adue: bool, variant: &Variant) -> MachineConfig {
        let mut config = self.config.clone();
        (config.mode, config.adue) = (variant.mode, adue);
        config.latency = LatencySpec::Fixed(variant.latency);
        config.policy = variant.policy.unwrap_or_default();
        // A file counts as if answers came at once: a delay is part of the lookup.
        config.tlb_lookup = config.tlb_lookup.saturating_sub(variant.variables().delay);
        config.check_every.get_or_insert(1);
        config
    }
}

impl<'de> Deserialize<'de> for OsText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OsText, D::Error> {
        struct Table;
        impl<'de> Visitor<'de> for Table {
            type Value = OsText;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a table of options")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OsText, A::Error> {
                let mut reader = Reader { map, key: String::new(), os: OsText::default() };
                let config = MapAccessDeserializer::new(&mut reader);
                let config = MachineConfig::deserialize(config)?;
                Ok(OsText { config, ..reader.os })
            }
        }
        deserializer.deserialize_map(Table)
    }
}

/// Records the keys of a table, and takes lists of policies out of it.
struct Reader<A> {
    map: A,
    key: String,
    os: OsText,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Reader<A> {
    type Error = A::Error;

    fn next_key_seed<K>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error>
    where
        K: DeserializeSeed<'de>,
    {
        let key = self.map.next_key_seed(Noted { seed, key: &mut self.key })?;
        if key.is_some() {
            self.os.stated.insert(self.key.clone());
        }
        Ok(key)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        if self.key != "policy" {
            return self.map.next_value_seed(seed);
        }
        self.os.policies = self.map.next_value::<OneOrMany<PolicyKind>>()?.list();
        let first = self.os.policies.first().copied().unwrap_or_default();
        seed.deserialize(first.name().into_deserializer())
    }
}

/// A key that is read and recorded.
struct Noted<'k, K> {
    seed: K,
    key: &'k mut String,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Noted<'_, K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K::Value, D::Error> {
        *self.key = String::deserialize(deserializer)?;
        self.seed.deserialize(self.key.as_str().into_deserializer())
    }
}
