//! Configurations that are made of another one and other parts: `rv64_linux+walk_cache=8`.

use super::config::{CONFIGS, Config};
use hdl::second::SecondShape;
use model::isa::{Mode, Sizes, Xlen};
use model::mmu::{Organisation, Replacement};
use std::sync::{Mutex, PoisonError};

mod lines;

pub use lines::sizes;

/// A part whose size can be chosen.
struct Part {
    /// Its name in texts.
    name: &'static str,
    /// What it is, and which values are possible.
    meaning: &'static str,
    /// Words for its values 0, 1, ...; without words a value is a number.
    words: &'static [&'static str],
    /// Whether there can be one with this value.
    allowed: fn(usize) -> bool,
    /// Its value in an organisation.
    get: fn(&Organisation) -> usize,
    set: fn(&mut Organisation, usize),
}

/// Every part, in the order of names.
const PARTS: &[Part] = &[
    Part {
        name: "answer",
        meaning: "when a hit is answered: at_once, or registered, a cycle later",
        words: &["at_once", "registered"],
        allowed: |answer| answer < 2,
        get: |organisation| usize::from(organisation.registered_answer),
        set: |organisation, answer| organisation.registered_answer = answer == 1,
    },
    Part {
        name: "asid_bits",
        meaning: "implemented bits of an ASID: 0 to 16, for RV32 to 9",
        words: &[],
        allowed: |bits| bits <= 16,
        get: |organisation| organisation.sizes.asid_bits as usize,
        set: |organisation, bits| organisation.sizes.asid_bits = bits as u32,
    },
    Part {
        name: "fetch_lines",
        meaning: "lines of the fetch port's TLB: a power of two from 2, at most those of the data \
                  port's; or 0, as many",
        words: &[],
        allowed: |lines| lines == 0 || (lines.is_power_of_two() && (2..=64).contains(&lines)),
        get: |organisation| organisation.fetch_lines,
        set: |organisation, lines| organisation.fetch_lines = lines,
    },
    Part {
        name: "l2",
        meaning: "entries of the second-level TLB: 0, or a power of two from 64 to 2048",
        words: &[],
        allowed: |l2| l2 == 0 || (l2.is_power_of_two() && (64..=2048).contains(&l2)),
        get: |organisation| organisation.l2,
        set: |organisation, l2| organisation.l2 = l2,
    },
    Part {
        name: "l2_ways",
        meaning: "ways of the second-level TLB: 1, 2, 4 or 8",
        words: &[],
        allowed: |ways| matches!(ways, 1 | 2 | 4 | 8),
        get: |organisation| organisation.l2_ways,
        set: |organisation, ways| organisation.l2_ways = ways,
    },
    Part {
        name: "l2_parity",
        meaning: "parity of the second-level TLB: 0 or 1",
        words: &[],
        allowed: |parity| parity < 2,
        get: |organisation| usize::from(organisation.l2_parity),
        set: |organisation, parity| organisation.l2_parity = parity == 1,
    },
    Part {
        name: "line_fill",
        meaning: "lines of memory that each walker keeps: 0 to 8",
        words: &[],
        allowed: |lines| lines <= 8,
        get: |organisation| organisation.line_fill,
        set: |organisation, lines| organisation.line_fill = lines,
    },
    Part {
        name: "pages",
        meaning: "entries for 4 KiB pages in each TLB, in sets of 1, 2 or 4 ways in distributed RAM, \
                  beside lines for larger pages: 16, 32 or 64, with registered answers; or 0",
        words: &[],
        allowed: |pages| matches!(pages, 0 | 16 | 32 | 64),
        get: |organisation| organisation.pages,
        set: |organisation, pages| organisation.pages = pages,
    },
    Part {
        name: "pa_bits",
        meaning: "implemented bits of a physical address: 32 to 56, for RV32 to 34",
        words: &[],
        allowed: |bits| (32..=56).contains(&bits),
        get: |organisation| organisation.sizes.pa_bits as usize,
        set: |organisation, bits| organisation.sizes.pa_bits = bits as u32,
    },
    Part {
        name: "ports",
        meaning: "translation ports: 2, for fetches and for data, or 1 for both, with one TLB",
        words: &[],
        allowed: |ports| ports == 1 || ports == 2,
        get: |organisation| 2 - usize::from(organisation.one_port),
        set: |organisation, ports| organisation.one_port = ports == 1,
    },
    Part {
        name: "replacement",
        meaning: "how both TLBs replace: fifo, lru, plru, nmr or random",
        words: &["fifo", "lru", "plru", "nmr", "random"],
        allowed: |at| at < REPLACEMENTS.len(),
        get: |of| REPLACEMENTS.iter().position(|one| *one == of.replacement).unwrap_or(0),
        set: |organisation, at| organisation.replacement = REPLACEMENTS[at],
    },
    Part {
        name: "schemes",
        meaning: "the schemes of RV64: sv39, or sv48 and those below, or sv57 and those below",
        words: &["sv39", "sv48", "sv57"],
        allowed: |at| at < SCHEMES.len(),
        get: |of| SCHEMES.iter().position(|mode| *mode == of.sizes.deepest).unwrap_or(0),
        set: |organisation, at| organisation.sizes.deepest = SCHEMES[at],
    },
    Part {
        name: "trace",
        meaning: "pins that trace ports and walks: 0 or 1",
        words: &[],
        allowed: |trace| trace < 2,
        get: |organisation| usize::from(organisation.trace),
        set: |organisation, trace| organisation.trace = trace == 1,
    },
    Part {
        name: "walk_cache",
        meaning: "lines of the walk cache: 0, or 2 to 16",
        words: &[],
        allowed: |lines| lines == 0 || (2..=16).contains(&lines),
        get: |organisation| organisation.walk_cache,
        set: |organisation, lines| organisation.walk_cache = lines,
    },
    Part {
        name: "walkers",
        meaning: "walkers: 1 for both ports, or 2",
        words: &[],
        allowed: |walkers| walkers == 1 || walkers == 2,
        get: |organisation| 1 + usize::from(organisation.two_walkers),
        set: |organisation, walkers| organisation.two_walkers = walkers == 2,
    },
    Part {
        name: "ways",
        meaning: "lines in each set of a TLB: 0 for full associativity, 1, 2, 4 or 8",
        words: &[],
        allowed: |ways| matches!(ways, 0 | 1 | 2 | 4 | 8),
        get: |organisation| organisation.ways,
        set: |organisation, ways| organisation.ways = ways,
    },
];

/// The deepest scheme, in the order of their words.
const SCHEMES: [Mode; 3] = [Mode::Sv39, Mode::Sv48, Mode::Sv57];

/// In the order of their words.
const REPLACEMENTS: [Replacement; 5] = [
    Replacement::Fifo,
    Replacement::Lru,
    Replacement::PseudoLru,
    Replacement::NotMostRecent,
    Replacement::Random,
];

impl Part {
    /// The value that a text names.
    fn read(&self, text: &str) -> Option<usize> {
        if self.words.is_empty() {
            return text.parse().ok();
        }
        self.words.iter().position(|word| *word == text)
    }

    /// A value as text.
    fn show(&self, value: usize) -> String {
        self.words.get(value).map_or_else(|| value.to_string(), |word| (*word).to_owned())
    }
}

/// Chosen parts, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts(Vec<(&'static str, usize)>);

impl Parts {
    /// The names of all parts, in order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        PARTS.iter().map(|part| part.name)
    }

    /// The parts of a text: `walk_cache=8+l2=512`.
    ///
    /// # Errors
    /// A sentence, if there is no such part, or not of this size.
    pub fn read(text: &str) -> Result<Parts, String> {
        Parts::of(text.split('+'))
    }

    fn of<'t>(words: impl Iterator<Item = &'t str>) -> Result<Parts, String> {
        let mut parts = Parts::default();
        for word in words {
            let Some((name, value)) = word.split_once('=') else {
                return Err(format!("`{word}` has no value, as in `walk_cache=8`"));
            };
            parts.add(name, value)?;
        }
        Ok(parts)
    }

    /// Adds a part of a size, or of a word.
    ///
    /// # Errors
    /// A sentence, if there is no such part, or not of this size.
    pub fn add(&mut self, name: &str, value: &str) -> Result<(), String> {
        let Some(part) = PARTS.iter().find(|part| part.name == name) else {
            if lines::WORDS.contains(&name) {
                return Err(lines::are_in_names(name, value));
            }
            let is_like = |known: &str| {
                !name.is_empty() && (known.starts_with(name) || name.starts_with(known))
            };
            let like = Parts::names().find(|known| is_like(known));
            let meant = like.map_or_else(String::new, |like| format!("did you mean `{like}`? "));
            let known: Vec<_> = Parts::names().collect();
            return Err(format!(
                "there is no part `{name}`; {meant}there are {}",
                known.join(", ")
            ));
        };
        let Some(value) = part.read(value).filter(|value| (part.allowed)(*value)) else {
            return Err(format!("`{name}` is `{value}`; possible are {}", part.meaning));
        };
        if self.0.iter().any(|(known, _)| *known == name) {
            return Err(format!("`{name}` is given twice"));
        }
        self.0.push((part.name, value));
        Ok(())
    }

    /// The first of these that a configuration does not have exactly, as `name = value`.
    pub fn missing_in(&self, config: &Config) -> Option<String> {
        let missing = self.0.iter().find(|(name, value)| {
            let mut with = config.organisation;
            let part = PARTS.iter().find(|part| part.name == *name);
            let Some(part) = part else { return true };
            (part.set)(&mut with, *value);
            with.sizes = implemented(config.xlen, with.sizes);
            with != config.organisation
        });
        missing.map(|(name, value)| {
            let part = PARTS.iter().find(|part| part.name == *name);
            format!("{name} = {}", part.map_or_else(|| value.to_string(), |part| part.show(*value)))
        })
    }

    /// A configuration with these parts instead of its own; one of the table, if it is there.
    ///
    /// # Errors
    /// A sentence, if they do not fit together.
    pub fn put_into(&self, config: &'static Config) -> Result<&'static Config, String> {
        let mut organisation = config.organisation;
        for (name, value) in &self.0 {
            if let Some(part) = PARTS.iter().find(|part| part.name == *name) {
                (part.set)(&mut organisation, *value);
            }
        }
        self.check_sizes(config.xlen, organisation.sizes)?;
        organisation.sizes = implemented(config.xlen, organisation.sizes);
        if organisation == config.organisation {
            return Ok(config);
        }
        self.check(config.entries, &organisation)?;
        let plain = Config { name: "", organisation, ..*config };
        if let Some(row) = CONFIGS.iter().find(|row| Config { name: "", ..**row } == plain) {
            return Ok(row);
        }
        Ok(interned(config, plain))
    }

    /// Whether a width can have these sizes.
    fn check_sizes(&self, xlen: Xlen, sizes: Sizes) -> Result<(), String> {
        if xlen == Xlen::Rv64 {
            let Sizes { pa_bits, deepest, .. } = sizes;
            let largest = 12 + 9 * (deepest.levels() - 1);
            return if largest <= pa_bits {
                Ok(())
            } else {
                let name = deepest.name();
                Err(format!(
                    "`pa_bits` is {pa_bits}, but {name} has pages of {largest} bits: at least that \
                     many are needed, or fewer schemes, as with `schemes=sv39`"
                ))
            };
        }
        let given = |name| self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        for (name, most) in [("asid_bits", 9), ("pa_bits", 34)] {
            if let Some(value) = given(name).filter(|value| *value > most) {
                return Err(format!("`{name}` is {value}; RV32 has {most} at most"));
            }
        }
        match given("schemes") {
            Some(_) => Err("`schemes` has no effect: RV32 has Sv32 only".to_owned()),
            None => Ok(()),
        }
    }

    /// Whether parts fit together, and each has an effect.
    fn check(&self, entries: usize, organisation: &Organisation) -> Result<(), String> {
        let Organisation { l2, l2_ways, ways, fetch_lines, .. } = *organisation;
        if organisation.one_port && organisation.two_walkers {
            return Err("`walkers=2` is one for each of two ports, and `ports` is 1".to_owned());
        }
        if organisation.one_port && fetch_lines != 0 {
            return Err(format!(
                "`fetch_lines` is {fetch_lines}, but the TLB of a fetch port does not exist where \
                 `ports` is 1"
            ));
        }
        if fetch_lines > entries {
            return Err(format!("`fetch_lines` is {fetch_lines}; at most {entries} are possible"));
        }
        let lines = if fetch_lines == 0 { entries } else { fetch_lines };
        if ways > lines {
            return Err(format!("`ways` is {ways}: more ways than the {lines} lines of a TLB"));
        }
        if organisation.pages > 0 && !organisation.registered_answer {
            return Err("`pages` needs registered answers (`answer=registered`)".to_owned());
        }
        if l2 == 0 {
            let unused = self.0.iter().find(|(name, _)| name.starts_with("l2_"));
            if let Some((name, _)) = unused {
                return Err(format!("`{name}` has no effect without a second level (`l2`)"));
            }
        }
        if l2 / l2_ways > SecondShape::SETS {
            let (most, sets) = (SecondShape::SETS * l2_ways, SecondShape::SETS);
            return Err(format!(
                "`l2` is {l2}; in {l2_ways} ways it is at most {most}, of {sets} sets"
            ));
        }
        Ok(())
    }
}

/// Sizes of a width: what it does not have at all makes no difference.
fn implemented(xlen: Xlen, sizes: Sizes) -> Sizes {
    let all = Sizes::ALL;
    let mut sizes = sizes;
    if sizes.asid_bits >= all.asid_bits(xlen) {
        sizes.asid_bits = all.asid_bits;
    }
    if sizes.pa_bits >= all.pa_bits(xlen) {
        sizes.pa_bits = all.pa_bits;
    }
    sizes
}

/// The one copy of a configuration that is not in the table, named after one that is.
fn interned(row: &'static Config, plain: Config) -> &'static Config {
    static MADE: Mutex<Vec<&'static Config>> = Mutex::new(Vec::new());
    // A panic while the lock was held left the list as it was.
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut name = row.name.split('+').next().unwrap_or_default().to_owned();
    let base = CONFIGS.iter().find(|config| config.name == name).map(|row| row.organisation);
    for part in PARTS {
        let value = (part.get)(&plain.organisation);
        if base.is_none_or(|base| (part.get)(&base) != value) {
            name += &format!("+{}={}", part.name, part.show(value));
        }
    }
    if let Some(known) = made.iter().find(|known| known.name == name) {
        return known;
    }
    // There are few, and each is used until the end.
    let config = Box::leak(Box::new(Config { name: Box::leak(name.into_boxed_str()), ..plain }));
    made.push(config);
    config
}

/// The configuration that a text names: a row of the table, or a row and parts.
///
/// # Errors
/// A sentence about the parts; `None` if there is no such row.
pub(super) fn named(text: &str) -> Result<Option<&'static Config>, String> {
    let mut words = text.split('+');
    let row = words.next().unwrap_or_default();
    let Some(row) = CONFIGS.iter().find(|config| config.name == row) else { return Ok(None) };
    Ok(Some(Parts::of(words)?.put_into(row)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_takes_other_parts() {
        let made = named("rv64_small+walkers=2+walk_cache=4").unwrap().unwrap();
        assert_eq!(made.name, "rv64_small+walk_cache=4+walkers=2");
        let parts = Organisation { walk_cache: 4, two_walkers: true, ..Organisation::NONE };
        assert_eq!(made.organisation, parts);
        let again = named(made.name).unwrap().unwrap();
        assert!(std::ptr::eq(made, again));
        assert_eq!(made.module(), "rv64_small_walk_cache_4_walkers_2");
    }

    #[test]
    fn what_is_in_the_table_keeps_its_name() {
        assert_eq!(named("rv64_linux+walk_cache=8").unwrap().unwrap().name, "rv64_linux_walk");
        assert_eq!(named("rv64_linux+walk_cache=0").unwrap().unwrap().name, "rv64_linux");
        assert_eq!(
            named("rv64_linux+asid_bits=16+schemes=sv57").unwrap().unwrap().name,
            "rv64_linux"
        );
        assert_eq!(named("rv32_linux+asid_bits=9+pa_bits=34").unwrap().unwrap().name, "rv32_linux");
        let sized = named("rv64_linux+schemes=sv39+pa_bits=40+asid_bits=9").unwrap().unwrap();
        assert_eq!(sized.name, "rv64_sv39");
        assert_eq!(named("rv64_linux+ports=1").unwrap().unwrap().name, "rv64_linux_one_port");
    }

    #[test]
    fn parts_that_cannot_be_are_refused() {
        for (text, about) in [
            ("rv64_linux+walk_cache=1", "2 to 16"),
            ("rv64_linux+walk_cache=17", "2 to 16"),
            ("rv64_linux+walkers=3", "1 for both ports"),
            ("rv64_linux+tea=3", "there is no part `tea`"),
            ("rv64_linux+walkers", "has no value"),
            ("rv64_linux+lines=32", "write rv64_large or rv32_large; rv64_tiny has 4"),
            ("rv64_linux+size=huge", "write rv64_huge"),
            ("rv64_linux+entries=12", "rv64_large has 32, rv64_huge has 64"),
            ("rv64_linux+replacement=mru", "fifo, lru, plru"),
            ("rv64_tiny+ways=8", "more ways"),
            ("rv64_tiny+fetch_lines=8", "at most"),
            ("rv64_linux+walkers=2+walkers=2", "twice"),
            ("rv64_tiny+ports=3", "or 1 for both"),
            ("rv64_linux+ports=1+walkers=2", "one for each of two ports"),
            ("rv64_linux_overlap+ports=1", "one for each of two ports"),
            ("rv64_linux+ports=1+fetch_lines=8", "does not exist"),
            ("rv64_tiny+pages=32", "needs registered answers"),
            ("rv64_tiny+pages=8+answer=registered", "16, 32 or 64"),
            ("rv64_linux+l2=100", "a power of two from 64 to 2048"),
            ("rv64_linux+l2_ways=2", "no effect without a second level"),
            ("rv64_linux+l2=1024+l2_ways=1", "at most 512"),
            ("rv64_linux+asid_bits=17", "0 to 16"),
            ("rv64_linux+pa_bits=31", "32 to 56"),
            ("rv64_linux+pa_bits=57", "32 to 56"),
            ("rv64_linux+pa_bits=40", "Sv57 has pages of 48 bits"),
            ("rv64_linux+pa_bits=38+schemes=sv48", "Sv48 has pages of 39 bits"),
            ("rv64_linux+schemes=sv32", "sv39"),
            ("rv32_linux+asid_bits=10", "RV32 has 9 at most"),
            ("rv32_linux+pa_bits=35", "RV32 has 34 at most"),
            ("rv32_linux+schemes=sv39", "RV32 has Sv32 only"),
        ] {
            let refused = named(text).expect_err(text);
            assert!(refused.contains(about), "{text}: {refused}");
        }
        assert_eq!(named("rv65_linux+walkers=2"), Ok(None));
    }
}
