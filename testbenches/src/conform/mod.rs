//! Replays translation vectors of an independent model through the hardware.
//!
//! The format is described in `testbenches/data/vectors/README.md`. Every access's result, physical
//! address, fault address and A/D write are compared; if the hardware walked, so are the number of
//! entries read and the last one.

mod replay;

use engine::{CONFIGS, Config, Engine, Parts, UnknownConfig, find};
use model::bus::MapError;
use model::isa::{Extensions, Sizes, Xlen};
use model::vectors::{Reader, Record, Scenario, VectorError};
use replay::Replay;
use std::collections::BTreeMap;
use std::path::Path;

/// How to replay.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The configuration; by default the smallest, but with eight entries, that has the scenario's
    /// width and extensions.
    pub config: Option<String>,
    /// Parts that the configurations have that are chosen by default.
    pub parts: Parts,
    /// Clear the TLB before every access, even if the format allows a warm one.
    pub cold: bool,
    /// The engine that runs the hardware.
    pub engine: Engine,
}

/// The result of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Scenarios replayed.
    pub scenarios: u64,
    /// Accesses compared.
    pub accesses: u64,
    /// Of these, answered without a walk.
    pub without_walk: u64,
    /// Accesses whose answer differs.
    pub mismatches: u64,
    /// The first difference, in full.
    pub first: Option<String>,
    /// Accesses of scenarios that need what the hardware does not have, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Clock cycles simulated.
    pub cycles: u64,
}

/// Why a file could not be replayed to its end.
#[derive(Debug, thiserror::Error)]
pub enum ConformError {
    /// The file cannot be parsed.
    #[error(transparent)]
    Vector(#[from] VectorError),
    /// A scenario's memory map is invalid.
    #[error("{file}: scenario {scenario}: {source}")]
    Map {
        /// The file.
        file: String,
        /// The scenario's name.
        scenario: String,
        /// What is wrong with it.
        source: MapError,
    },
    /// A word lies where the scenario has no memory.
    #[error("{file}:{line}: no memory answers at {pa:#x}")]
    NoMemory {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// The word's address.
        pa: u64,
    },
    /// The configuration does not exist.
    #[error(transparent)]
    Config(#[from] UnknownConfig),
    /// Parts that do not fit together.
    #[error("{0}")]
    Parts(String),
    /// The configuration is of the other width.
    #[error("{file}: scenario {scenario} needs an {needed} configuration, `{config}` is not one")]
    Width {
        /// The file.
        file: String,
        /// The scenario's name.
        scenario: String,
        /// RV32 or RV64.
        needed: &'static str,
        /// The configuration requested.
        config: String,
    },
}

/// Replays one file. `progress` is called after every scenario with the accesses so far.
///
/// # Errors
/// [`ConformError`]; a difference is a result, not an error.
pub fn conform(
    path: &Path,
    options: &Options,
    mut progress: impl FnMut(u64),
) -> Result<Outcome, ConformError> {
    let file = path.display().to_string();
    let mut reader = Reader::open(path)?;
    let mut outcome = Outcome::default();
    let mut machines: BTreeMap<&'static str, Box<dyn model::mmu::Mmu>> = BTreeMap::new();
    let mut skipping: Option<String> = None;
    let mut replay: Option<Replay> = None;
    while let Some(record) = reader.next() {
        let at = reader.line();
        match record? {
            Record::Scenario(scenario) => {
                let config = config_for(&scenario, options, &file)?;
                skipping = unsupported(&scenario, config);
                replay = None;
                if let Some(config) = config.filter(|_| skipping.is_none()) {
                    let mmu =
                        machines.remove(config.name).unwrap_or_else(|| config.mmu(options.engine));
                    let memory = scenario.memory().map_err(|source| ConformError::Map {
                        file: file.clone(),
                        scenario: scenario.id.clone(),
                        source,
                    })?;
                    outcome.scenarios += 1;
                    replay = Some(Replay::new(config, mmu, memory, *scenario, options.cold));
                }
            }
            Record::End => {
                if let Some(ended) = replay.take() {
                    outcome.cycles += ended.cycles;
                    machines.insert(ended.config.name, ended.mmu);
                }
                progress(outcome.accesses);
            }
            Record::Access(access) => match (&mut replay, &skipping) {
                (Some(replay), _) => {
                    outcome.accesses += 1;
                    let (walked, difference) = replay.access(&access);
                    outcome.without_walk += u64::from(!walked);
                    if let Some(difference) = difference {
                        outcome.mismatches += 1;
                        outcome.first.get_or_insert_with(|| format!("{file}:{at}: {difference}"));
                    }
                }
                (None, Some(reason)) => *outcome.skipped.entry(reason.clone()).or_default() += 1,
                (None, None) => {}
            },
            Record::Word { pa, value } | Record::Write { pa, value } => {
                if let Some(replay) = &mut replay {
                    replay.place(pa, value).map_err(|_| ConformError::NoMemory {
                        file: file.clone(),
                        line: at,
                        pa,
                    })?;
                }
            }
            Record::Fence(fence) => replay.iter_mut().for_each(|replay| replay.fence(fence)),
            Record::Satp(satp) => replay.iter_mut().for_each(|replay| replay.satp(satp)),
        }
    }
    Ok(outcome)
}

/// Why a scenario cannot be replayed on a configuration, if so.
fn unsupported(scenario: &Scenario, config: Option<&Config>) -> Option<String> {
    let asid_bits = if scenario.xlen == Xlen::Rv32 { 9 } else { 16 };
    let extensions = scenario.extensions();
    let sizes = config.map_or(Sizes::ALL, |config| config.organisation.sizes);
    let asid_bits = sizes.asid_bits(scenario.xlen).min(asid_bits);
    if !sizes.has(scenario.mode) {
        return Some(scenario.mode.name().to_owned());
    }
    if sizes.pa_bits(scenario.xlen) < Sizes::ALL.pa_bits(scenario.xlen) {
        return Some("more bits of physical addresses".into());
    }
    if scenario.asid_bits.is_some_and(|bits| bits > asid_bits) {
        return Some("more ASID bits".into());
    }
    if config.is_some_and(|config| scenario.runs_on(config.extensions, config.physical)) {
        return None;
    }
    let extensions = match extensions == Extensions::NONE {
        true => "no extensions".to_owned(),
        false => format!("only {extensions}"),
    };
    Some(match scenario.pmp_entries() {
        0 => extensions,
        entries => format!("{extensions}, {entries} PMP entries"),
    })
}

/// The configuration requested, or else the first that can run the scenario.
fn config_for(
    scenario: &Scenario,
    options: &Options,
    file: &str,
) -> Result<Option<&'static Config>, ConformError> {
    let Some(name) = &options.config else {
        let suits = |config: &&Config| {
            config.xlen == scenario.xlen && scenario.runs_on(config.extensions, config.physical)
        };
        let mut all = CONFIGS.iter().filter(suits);
        let plain = all.clone().find(|config| config.entries == 8).or_else(|| all.next());
        let with = plain.map(|plain| options.parts.put_into(plain)).transpose();
        return with.map_err(ConformError::Parts);
    };
    let config = find(name)?;
    let needed = if scenario.xlen == Xlen::Rv32 { "RV32" } else { "RV64" };
    if config.xlen != scenario.xlen {
        return Err(ConformError::Width {
            file: file.into(),
            scenario: scenario.id.clone(),
            needed,
            config: config.name.into(),
        });
    }
    Ok(Some(config))
}
