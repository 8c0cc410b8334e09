//! The schema of a scenario file: the machine, its page tables, the expected counts.
//!
//! Steps are in [`super::step`], systems of processes in [`super::system`].

mod check;
mod l1;
mod sizes;

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use engine::Parts;
use model::isa::{Extension, Mode, Privilege};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, IntoDeserializer, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::flags::{Bits, Flags};
use super::number::Number;
pub use l1::L1;
pub use sizes::{Exactly, Least};

/// One value, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OneOrMany<T> {
    /// `key = value`
    One(T),
    /// `key = [value, value]`
    Many(Vec<T>),
}

impl<T: Clone> OneOrMany<T> {
    /// All of them.
    pub fn list(&self) -> Vec<T> {
        match self {
            OneOrMany::One(value) => vec![value.clone()],
            OneOrMany::Many(values) => values.clone(),
        }
    }
}

impl<'de, T: Deserialize<'de> + PartialEq> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + PartialEq> Visitor<'de> for Either<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one value or a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                let values: Vec<T> = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                if values.is_empty() {
                    return Err(de::Error::custom("the list is empty"));
                }
                for (at, value) in values.iter().enumerate() {
                    if let Some(twin) = values[..at].iter().position(|other| other == value) {
                        let (first, second) = (twin + 1, at + 1);
                        let message = format!("entries {first} and {second} are the same");
                        return Err(de::Error::custom(message));
                    }
                }
                Ok(OneOrMany::Many(values))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                T::deserialize(text.into_deserializer()).map(OneOrMany::One)
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
                T::deserialize(value.into_deserializer()).map(OneOrMany::One)
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
                T::deserialize(value.into_deserializer()).map(OneOrMany::One)
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// Lines of each TLB, by the name that ends a configuration's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Size {
    /// 4 lines.
    Tiny,
    /// 8 lines.
    Small,
    /// 16 lines.
    Linux,
    /// 32 lines.
    Large,
    /// 64 lines.
    Huge,
}

impl Size {
    /// Every size, smallest first.
    pub const ALL: [Size; 5] = [Size::Tiny, Size::Small, Size::Linux, Size::Large, Size::Huge];

    /// The name in a configuration's name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Lines in each TLB.
    pub fn lines(self) -> usize {
        match self {
            Size::Tiny => 4,
            Size::Small => 8,
            Size::Linux => 16,
            Size::Large => 32,
            Size::Huge => 64,
        }
    }
}

/// `[machine]`: what the scenario runs on. Lists make one file run in every combination.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Machine {
    /// Lines of the TLBs; `small` by default.
    pub size: Option<OneOrMany<Size>>,
    /// The TLBs' shape.
    pub l1: L1,
    /// Translation schemes; each chooses the machine's width. All four by default; those of a width
    /// without a suitable configuration are left out.
    pub modes: OneOrMany<Mode>,
    /// Extensions that must be built in; none by default.
    pub extensions: Vec<Extension>,
    /// Extensions that must not be built in; none by default.
    pub without: Vec<Extension>,
    /// When a hit is answered: `at_once`, or `registered`, a cycle later. Where a file does not name
    /// it, it counts as if answers came at once.
    pub answer: Option<String>,
    /// Lines of the walk cache. Where this or one of the following is given, the configuration has
    /// exactly so many; the plain one of the size has none. A walk that the cache shortens meets
    /// `reads` with fewer, and `latency` with L less for each.
    pub walk_cache: Option<usize>,
    /// Entries for 4 KiB pages in each TLB, in sets, beside the lines, which keep larger pages; 0: lines
    /// keep pages of every size.
    pub pages: Option<usize>,
    /// Translation ports: 2, for fetches and for data with a TLB each, or 1 for both with one TLB. A file
    /// that presents a fetch and a data access at once, or counts on two TLBs, says 2.
    pub ports: Option<usize>,
    /// Walkers: 1 for both ports, or 2.
    pub walkers: Option<usize>,
    /// Lines of memory that each walker keeps: an entry in one of them is read in a cycle. Where a file
    /// does not name it, `reads` and `latency` are met accordingly.
    pub line_fill: Option<usize>,
    /// Entries of the second-level TLB for pages of 4 KiB. A walk begins a cycle later where there
    /// is one, and a miss that it answers reads nothing and takes 2.
    pub l2: Option<usize>,
    /// Ways of its sets.
    pub l2_ways: Option<usize>,
    /// 1: its entries have parity.
    pub l2_parity: Option<usize>,
    /// 1: the MMU has trace pins, which the keys `from` and `because` of accesses read.
    pub trace: Option<usize>,
    /// How both TLBs replace: `fifo`, `lru`, `plru`, `nmr`, `random`.
    pub replacement: Option<String>,
    /// Lines in each set of a TLB; 0: fully associative.
    pub ways: Option<usize>,
    /// Lines of the fetch port's TLB; 0: as many as the data port's has.
    pub fetch_lines: Option<usize>,
    /// Implemented bits of ASIDs and physical addresses, and schemes, exactly.
    pub sizes: Exactly,
    /// ... and at least.
    pub least: Least,
    /// PMP entries that must be built in, exactly; any number by default.
    pub pmp: Option<usize>,
    /// PMP is as after reset; by default its last entry allows everything, as if firmware had run.
    pub closed: bool,
    /// Regions of memory with attributes (PMA) must be built in.
    pub regions: bool,
    /// L: cycles from an accepted memory request to its response; 1 by default.
    pub latency: OneOrMany<u64>,
    /// Memory accepts a request only in every n-th cycle; 1 by default.
    pub ready_every: u64,
    /// `menvcfg.ADUE`: hardware sets A and D. Off by default.
    pub adue: bool,
    /// `menvcfg.PBMTE`: entries have a memory type, where Svpbmt is built in. Off by default.
    pub pbmte: bool,
    /// Harts on the same memory, each with an MMU of its own, 1 to 8; 1 by default.
    #[serde(deserialize_with = "harts")]
    pub harts: usize,
    /// The address space at the start: `bare`, a space's name, or a register value. The first
    /// space by default.
    pub satp: Option<String>,
    /// Where page tables are in physical memory.
    pub tables: Option<Number>,
}

impl Default for Machine {
    fn default() -> Machine {
        Machine {
            size: None,
            l1: L1::default(),
            modes: OneOrMany::Many(vec![Mode::Sv32, Mode::Sv39, Mode::Sv48, Mode::Sv57]),
            extensions: Vec::new(),
            without: Vec::new(),
            answer: None,
            walk_cache: None,
            pages: None,
            ports: None,
            walkers: None,
            line_fill: None,
            l2: None,
            l2_ways: None,
            l2_parity: None,
            trace: None,
            replacement: None,
            ways: None,
            fetch_lines: None,
            sizes: Exactly::default(),
            least: Least::default(),
            pmp: None,
            closed: false,
            regions: false,
            latency: OneOrMany::One(1),
            ready_every: 1,
            adue: false,
            pbmte: false,
            harts: 1,
            satp: None,
            tables: None,
        }
    }
}

impl Machine {
    /// The sizes of the TLBs.
    pub fn sizes(&self) -> Vec<Size> {
        match (self.l1.size(), &self.size) {
            (Ok(Some(size)), _) => vec![size],
            (_, Some(sizes)) => sizes.list(),
            (_, None) => vec![Size::Small],
        }
    }

    /// The parts of the configuration that the file chooses.
    ///
    /// # Errors
    /// The name of one that cannot be, and why.
    pub(super) fn parts(&self) -> Result<Parts, (&'static str, String)> {
        let (l1, fetch_lines) = (&self.l1, self.l1.fetch_lines());
        for (name, twice) in [
            ("size", l1.data.is_some() && self.size.is_some()),
            ("ways", l1.ways.is_some() && self.ways.is_some()),
            ("fetch_lines", fetch_lines.is_some() && self.fetch_lines.is_some()),
            ("replacement", l1.replacement.is_some() && self.replacement.is_some()),
        ] {
            if twice {
                return Err((name, format!("`{name}` and `l1` say the same")));
            }
        }
        l1.size().map_err(|message| ("l1", message))?;
        let replacement = l1.replacement.clone().or_else(|| self.replacement.clone());
        let mut parts = Parts::default();
        let chosen = [
            ("walk_cache", self.walk_cache),
            ("pages", self.pages),
            ("ports", self.ports),
            ("walkers", self.walkers),
            ("line_fill", self.line_fill),
            ("l2", self.l2),
            ("l2_ways", self.l2_ways),
            ("l2_parity", self.l2_parity),
            ("trace", self.trace),
            ("ways", l1.ways.or(self.ways)),
            ("fetch_lines", fetch_lines.or(self.fetch_lines)),
        ];
        let numbers = chosen.map(|(name, value)| (name, value.map(|value| value.to_string())));
        let words = [("replacement", replacement), ("answer", self.answer.clone())];
        for (name, value) in numbers.into_iter().chain(words) {
            let Some(value) = value else { continue };
            parts.add(name, &value).map_err(|message| (name, message))?;
        }
        for (name, value) in self.sizes.parts() {
            let Some(value) = value else { continue };
            parts.add(name, &value).map_err(|message| ("sizes", message))?;
        }
        Ok(parts)
    }
}

fn harts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    match usize::deserialize(deserializer)? {
        harts @ 1..=8 => Ok(harts),
        other => Err(de::Error::custom(format_args!("a board has 1 to 8 harts, not {other}"))),
    }
}

/// `[[map]]`: consecutive pages, mapped.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// The first virtual address.
    pub va: Number,
    /// The first physical address.
    pub pa: Number,
    /// Letters of `RWXUGAD`; V is implied. For other bits see [`Edit`].
    pub flags: Flags,
    /// The level of the leaves: 0 is 4 KiB, 1 a megapage, ...
    #[serde(default = "zero")]
    pub level: Number,
    /// The number of consecutive pages.
    #[serde(default = "one")]
    pub pages: Number,
    /// Each page is a NAPOT range of 64 KiB: 16 entries with N.
    #[serde(default)]
    pub napot: bool,
}

/// A change to one page-table entry, which is named by an address whose walk reads it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The virtual address.
    pub pte: Number,
    /// The address space; the one in `satp` by default.
    pub space: Option<String>,
    /// The entry's level; 0 by default.
    #[serde(default = "zero")]
    pub level: Number,
    /// Bits to set: letters of `VRWXUGAD`, or names `N`, `PBMT`, `RSW`, `bitNN`.
    #[serde(default)]
    pub set: Bits,
    /// Bits to clear.
    #[serde(default)]
    pub clear: Bits,
    /// A new physical address.
    pub pa: Option<Number>,
    /// The whole entry, instead of the changes above.
    pub value: Option<Number>,
}

/// `[[entry]]`: a page-table entry at a physical address, as memory holds it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The physical address.
    pub at: Number,
    /// The whole entry.
    pub value: Number,
}

/// `[space.NAME]`: an additional address space.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Space {
    /// Its address-space identifier.
    pub asid: u16,
    /// Its mappings.
    #[serde(default)]
    pub map: Vec<Map>,
    /// Changes to its tables after they are built.
    #[serde(default)]
    pub edit: Vec<Edit>,
}

/// `[events]`: exact counts over the whole scenario; other events are not checked.
pub type Events = BTreeMap<String, Number>;

/// A port-level file without its steps.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// One sentence: its idea. The project's own scenarios have one, as they have a `spec`.
    #[serde(default)]
    pub idea: String,
    /// The rules of the specification that it demonstrates: `anchor: words`.
    pub spec: Option<OneOrMany<String>>,
    /// The books, papers and exams from which the numbers are taken.
    pub source: Option<OneOrMany<String>>,
    /// The machine.
    #[serde(default)]
    pub machine: Machine,
    /// Mappings of the space `main`, ASID 1.
    #[serde(default)]
    pub map: Vec<Map>,
    /// Changes to `main`'s tables after they are built.
    #[serde(default)]
    pub edit: Vec<Edit>,
    /// Entries anywhere in memory, for tables that `machine.satp` names by their address.
    #[serde(default)]
    pub entry: Vec<Entry>,
    /// More address spaces.
    #[serde(default)]
    pub space: BTreeMap<String, Space>,
    /// Exact counts at the end.
    #[serde(default)]
    pub events: Events,
}

pub(super) fn zero() -> Number {
    Number::from(0)
}

pub(super) fn one() -> Number {
    Number::from(1)
}

pub(super) fn user() -> Privilege {
    Privilege::User
}
