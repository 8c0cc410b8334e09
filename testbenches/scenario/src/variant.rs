//! The machines on which one file runs: every combination of its lists.

use std::fmt;

use engine::{CONFIGS, Config, Parts};
use kernel::PolicyKind;
use model::isa::{Extension, Mode, Physical, Xlen};

use super::number::Variables;
use super::schema::{Machine, Size};

/// One combination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The hardware.
    pub config: &'static Config,
    /// The scheme that `satp` selects for the file's spaces.
    pub mode: Mode,
    /// L.
    pub latency: u64,
    /// The replacement policy, if the file names any.
    pub policy: Option<PolicyKind>,
}

/// The selected combinations of a file; the default selects all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Select<'s> {
    /// Only this configuration, instead of the file's sizes.
    pub config: Option<&'s str>,
    /// Only this scheme.
    pub mode: Option<Mode>,
}

/// A configuration's name that no configuration has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnknownConfiguration(String);

/// The names of all configurations.
pub fn configurations() -> Vec<String> {
    CONFIGS.iter().map(|config| config.name.to_owned()).collect()
}

impl Variant {
    /// The machine's width.
    pub fn xlen(&self) -> Xlen {
        xlen(self.mode)
    }

    /// The configuration's name.
    pub fn config(&self) -> String {
        self.config.name.to_owned()
    }

    /// The values of names in numbers.
    pub fn variables(&self) -> Variables {
        Variables {
            latency: self.latency,
            levels: u64::from(self.mode.levels()),
            va_bits: u64::from(self.mode.va_bits()),
            entries: self.config.entries as u64,
            delay: self.config.organisation.delay(),
        }
    }

    /// Every selected combination of a file's lists. A configuration replaces the sizes and keeps
    /// the schemes of its width.
    ///
    /// # Errors
    /// [`UnknownConfiguration`].
    pub fn all(
        machine: &Machine,
        select: Select<'_>,
    ) -> Result<Vec<Variant>, UnknownConfiguration> {
        let Select { config, mode: only } = select;
        // A file with parts that cannot be was refused when it was read.
        let parts = machine.parts().unwrap_or_default();
        let of_size =
            |size: Size, mode: Mode| of_size(machine, size).find(|c| c.xlen == xlen(mode));
        let choices: Vec<Choice<'_>> = match config {
            None => {
                let parts = &parts;
                let with = move |config| parts.put_into(config).ok();
                let of =
                    |size| Box::new(move |mode| of_size(size, mode).and_then(with)) as Choice<'_>;
                machine.sizes().into_iter().map(of).collect()
            }
            Some(name) => {
                let named = engine::find(name);
                let named = named.map_err(|error| UnknownConfiguration(error.to_string()))?;
                let suited = Some(named).filter(|config| lacks(machine, config).is_none());
                vec![Box::new(move |mode| suited.filter(|config| config.xlen == xlen(mode)))]
            }
        };
        let modes = machine.modes.list().into_iter();
        let modes: Vec<Mode> = modes
            .filter(|mode| *mode != Mode::Bare && only.is_none_or(|only| only == *mode))
            .collect();
        let mut variants = Vec::new();
        for choice in choices {
            for &mode in &modes {
                let has = |config: &&Config| config.organisation.sizes.has(mode);
                let Some(config) = choice(mode).filter(has) else { continue };
                let latencies = machine.latency.list().into_iter();
                variants.extend(latencies.map(|latency| Variant {
                    config,
                    mode,
                    latency,
                    policy: None,
                }));
            }
        }
        Ok(variants)
    }
}

/// Whether a configuration has the extensions that a machine needs, and none that it excludes.
fn suits(machine: &Machine, config: &Config) -> bool {
    unsuited(machine, config).is_none()
}

/// What a machine asks for, apart from parts, that a configuration does not have.
fn unsuited(machine: &Machine, config: &Config) -> Option<String> {
    let Physical { pmp, regions } = config.physical;
    let has = |extension: &&Extension| config.extensions.has(**extension);
    if let Some(missing) = machine.extensions.iter().find(|extension| !has(extension)) {
        return Some(missing.name().to_owned());
    }
    if let Some(excluded) = machine.without.iter().find(has) {
        return Some(format!("no {}", excluded.name()));
    }
    if let Some(wanted) = machine.pmp.filter(|wanted| *wanted != pmp) {
        return Some(format!("pmp = {wanted}"));
    }
    if let Some(missing) = machine.least.missing_in(config) {
        return Some(missing);
    }
    (machine.regions && regions.is_empty()).then(|| "regions = true".to_owned())
}

/// What a machine asks for that a configuration does not have, parts included.
fn lacks(machine: &Machine, config: &Config) -> Option<String> {
    // A file with parts that cannot be was refused when it was read.
    let parts = machine.parts().unwrap_or_default();
    unsuited(machine, config).or_else(|| parts.missing_in(config))
}

/// Why a machine has no combination with what was selected.
pub(super) fn why_not(machine: &Machine, select: Select<'_>) -> String {
    let named = |modes: &[Mode], and: &str| {
        modes.iter().map(|mode| mode.name()).collect::<Vec<_>>().join(and)
    };
    let of_file = machine.modes.list();
    let is_wanted = |mode: &Mode| select.mode.is_none_or(|only| only == *mode);
    let wanted: Vec<Mode> = of_file.iter().copied().filter(is_wanted).collect();
    if wanted.is_empty() {
        return format!("its file asks for {}", named(&of_file, ", "));
    }
    let Some(config) = select.config.and_then(|name| engine::find(name).ok()) else {
        return format!("no configuration has {}", named(&wanted, " or "));
    };
    match lacks(machine, config) {
        Some(lacks) => format!("it asks for {lacks}"),
        None => format!("that has no {}", named(&wanted, " and no ")),
    }
}

/// The configurations of a size that suit a machine.
fn of_size(machine: &Machine, size: Size) -> impl Iterator<Item = &'static Config> {
    let of_size = move |config: &&Config| config.entries == size.lines();
    CONFIGS.iter().filter(of_size).filter(move |config| suits(machine, config))
}

/// Checks that parts fit into the configurations of a size that [`Variant::all`] chooses.
///
/// # Errors
/// A sentence, if they do not.
pub(super) fn fits(machine: &Machine, parts: &Parts, size: Size) -> Result<(), String> {
    let widths: Vec<Xlen> = machine.modes.list().into_iter().map(xlen).collect();
    let first = |xlen| of_size(machine, size).find(|config| config.xlen == xlen);
    let mut chosen =
        [Xlen::Rv32, Xlen::Rv64].into_iter().filter(|xlen| widths.contains(xlen)).filter_map(first);
    let wrong = chosen.find_map(|config| parts.put_into(config).err());
    wrong.map_or(Ok(()), |wrong| Err(format!("with size `{}`: {wrong}", size.name())))
}

/// Checks that a machine has a configuration of a size.
///
/// # Errors
/// A sentence that says what there is instead.
pub(super) fn exists(machine: &Machine, size: Size) -> Result<(), String> {
    let twice = |list: &[Extension]| {
        let mut rest = list.iter().enumerate();
        rest.find(|(at, name)| list[..*at].contains(name)).map(|(_, name)| *name)
    };
    if let Some(extension) = twice(&machine.extensions).or_else(|| twice(&machine.without)) {
        return Err(format!("{} is named twice", extension.name()));
    }
    let both = machine.extensions.iter().find(|name| machine.without.contains(name));
    if let Some(extension) = both {
        return Err(format!("{} is in `extensions` and in `without`", extension.name()));
    }
    if of_size(machine, size).next().is_some() {
        return Ok(());
    }
    let others = CONFIGS.iter().filter(|config| suits(machine, config));
    let others: Vec<_> = others.map(|config| config.name).collect();
    let others = if others.is_empty() { "none".to_owned() } else { others.join(", ") };
    Err(format!(
        "no configuration of size `{}` has what is asked for ({others} of another size); one is \
         added as a row of CONFIGS in testbenches/engine/src/config.rs",
        size.name()
    ))
}

/// The configuration for a scheme, if one suits.
type Choice<'c> = Box<dyn Fn(Mode) -> Option<&'static Config> + 'c>;

/// The width of the machine that has a scheme.
fn xlen(mode: Mode) -> Xlen {
    if mode == Mode::Sv32 { Xlen::Rv32 } else { Xlen::Rv64 }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} L={}", self.config(), self.mode.name(), self.latency)?;
        self.policy.map_or(Ok(()), |policy| write!(f, " {policy}"))
    }
}
