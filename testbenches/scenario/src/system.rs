//! The schema of a scenario of processes under the operating system.

mod check;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use kernel::{Death, PolicyKind, RegionKind, RegionSpec};
use machine::system::ElfImage;
use model::isa::{Mode, PAGE_BYTES};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use super::expect::Expected;
use super::images;
use super::names::from_text;
use super::number::Number;
use super::os_text::OsText;
use super::place::{Mistake, Place};
use super::program::{Line, find, title};
use super::schema::{Exactly, L1, Least, Machine, OneOrMany, Size};
use super::trace::Traced;

/// The machine under an operating system; lists as in [`Machine`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SystemMachine {
    /// Lines of the TLBs; `small` by default.
    pub size: Option<OneOrMany<Size>>,
    /// The TLBs' shape, as in [`Machine`].
    pub l1: L1,
    /// Translation schemes; all four by default.
    pub modes: OneOrMany<Mode>,
    /// L, of walker and kernel; 10 by default.
    pub latency: OneOrMany<u64>,
    /// `menvcfg.ADUE`; on by default.
    pub adue: bool,
    /// When a hit is answered, as in [`Machine`].
    pub answer: Option<String>,
    /// Lines of the walk cache, as in [`Machine`].
    pub walk_cache: Option<usize>,
    /// Entries for 4 KiB pages in each TLB, as in [`Machine`].
    pub pages: Option<usize>,
    /// Walkers: 1 for both ports, or 2.
    pub walkers: Option<usize>,
    /// Translation ports, 2 or 1. A file whose cycles count on a fetch beside a data access, or whose TLB
    /// misses count on two TLBs, says 2.
    pub ports: Option<usize>,
    /// Lines of memory that each walker keeps.
    pub line_fill: Option<usize>,
    /// Entries of the second-level TLB.
    pub l2: Option<usize>,
    /// Ways of its sets.
    pub l2_ways: Option<usize>,
    /// 1: the MMU has trace pins, and reports count what they tell.
    pub trace: Option<usize>,
    /// How both TLBs replace.
    pub replacement: Option<String>,
    /// Lines in each set of a TLB.
    pub ways: Option<usize>,
    /// Lines of the fetch port's TLB.
    pub fetch_lines: Option<usize>,
    /// Implemented bits of ASIDs and physical addresses, and schemes, as in [`Machine`].
    pub sizes: Exactly,
    /// ... and at least.
    pub least: Least,
}

impl Default for SystemMachine {
    fn default() -> SystemMachine {
        let Machine { size, l1, modes, .. } = Machine::default();
        SystemMachine {
            size,
            l1,
            modes,
            latency: OneOrMany::One(10),
            adue: true,
            answer: None,
            walk_cache: None,
            pages: None,
            walkers: None,
            ports: None,
            line_fill: None,
            l2: None,
            l2_ways: None,
            trace: None,
            replacement: None,
            ways: None,
            fetch_lines: None,
            sizes: Exactly::default(),
            least: Least::default(),
        }
    }
}

impl SystemMachine {
    /// The machine, from which the variants are made.
    pub fn machine(&self) -> Machine {
        let SystemMachine { size, l1, modes, latency, answer, replacement, sizes, .. } =
            self.clone();
        let SystemMachine { adue, walk_cache, walkers, line_fill, l2, l2_ways, .. } = *self;
        let SystemMachine { pages, ports, trace, ways, fetch_lines, least, .. } = *self;
        Machine {
            size,
            l1,
            modes,
            latency,
            adue,
            answer,
            walk_cache,
            pages,
            ports,
            walkers,
            line_fill,
            l2,
            l2_ways,
            trace,
            replacement,
            ways,
            fetch_lines,
            sizes,
            least,
            ..Machine::default()
        }
    }
}

/// `[[process]]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessText {
    /// Its name.
    pub name: String,
    /// Its regions; those with `mapped = false` exist only after `mmap` names them.
    #[serde(default)]
    pub regions: Vec<RegionSpec>,
    /// An ELF file whose segments are regions too: text, rodata, data and bss.
    pub image: Option<String>,
    /// Its program, line by line,
    pub program: Option<Vec<Line>>,
    /// or a file with a trace, which also says what its regions are.
    pub trace: Option<String>,
    /// The low bits of a trace's addresses are kept where the scheme does not have them.
    #[serde(default)]
    pub fold: bool,
    /// It does not exist until another process forks it, with a copy of that one's regions.
    #[serde(default)]
    pub forked: bool,
    /// It does not exist until another process executes it.
    #[serde(default)]
    pub executed: bool,
    /// The limit of frames for its pages.
    pub frames: Option<u64>,
    /// Its expected end.
    #[serde(default)]
    pub ends: Ends,
    /// The address that must have caused the kill: the virtual one of the access, or the physical
    /// one that memory refused.
    pub at: Option<Number>,
    /// Its counts.
    #[serde(default)]
    pub expect: Expected,
    /// The pages that must be evicted, in order: `3` is page 3 of its first region, `"heap 3"` of
    /// the region `heap`.
    pub victims: Option<Vec<PageText>>,
    /// Its counts under each policy, if the file names several.
    #[serde(default)]
    pub expect_by_policy: BTreeMap<PolicyKind, Expected>,
    /// The pages that must be evicted under each policy, in order.
    #[serde(default)]
    pub victims_by_policy: BTreeMap<PolicyKind, Vec<PageText>>,
    /// The accesses that must fault, minor or major, counted from 1.
    pub faults_at: Option<Vec<u64>>,
    /// The pages that must be in frames when it ends by itself, in any order.
    pub frames_after: Option<Vec<PageText>>,
    /// The file of [`ProcessText::image`], after it was read.
    #[serde(skip)]
    pub loaded: Option<ElfImage>,
    /// The file of [`ProcessText::trace`], after it was found.
    #[serde(skip)]
    pub traced: Option<Traced>,
}

impl ProcessText {
    /// The lines of its program; a trace has none.
    pub fn lines(&self) -> &[Line] {
        self.program.as_deref().unwrap_or_default()
    }

    /// Whether there are expectations about its single pages or accesses.
    pub fn expects_pages(&self) -> bool {
        self.victims.is_some()
            || !self.victims_by_policy.is_empty()
            || self.faults_at.is_some()
            || self.frames_after.is_some()
    }
}

/// The expected end of a process: `exited`, or the cause of its kill in one word; several with ` or
/// `, `never` if it need not be created at all, or `any`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends(String);

impl Ends {
    /// Each of them.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.split(" or ").map(str::trim)
    }

    /// Whether such an end is expected.
    pub fn allow(&self, word: &str) -> bool {
        self.words().any(|end| end == word || end == "any")
    }
}

impl Default for Ends {
    fn default() -> Ends {
        Ends("exited".to_owned())
    }
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Ends {
    type Err = String;

    fn from_str(text: &str) -> Result<Ends, String> {
        let ends = Ends(text.to_owned());
        let known =
            |word: &str| matches!(word, "exited" | "never" | "any") || Death::NAMES.contains(&word);
        let stranger = ends.words().find(|word| !known(word)).map(str::to_owned);
        stranger.map_or(Ok(ends), |word| {
            let names = Death::NAMES.join(", ");
            Err(format!(
                "`{word}` is not an end of a process; ends are exited, never, any, {names}"
            ))
        })
    }
}

impl<'de> Deserialize<'de> for Ends {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Ends, D::Error> {
        from_text(deserializer)
    }
}

/// A page of a process, as in [`ProcessText::victims`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageText {
    /// A page of the first region.
    Number(i64),
    /// `region page`
    Named(String, i64),
}

impl PageText {
    /// Its first address. The error is a sentence.
    pub fn address(&self, regions: &[RegionSpec]) -> Result<u64, String> {
        let (region, page) = match self {
            PageText::Number(page) => (regions.first(), *page),
            PageText::Named(name, page) => (find(regions, name), *page),
        };
        let region = region.ok_or_else(|| match self {
            PageText::Number(_) => "the process has no region that this could be a page of".into(),
            PageText::Named(name, _) => format!("there is no region `{name}`"),
        })?;
        let inside = page.checked_mul(PAGE_BYTES as i64);
        let address = inside.and_then(|inside| region.start.checked_add_signed(inside));
        address.ok_or_else(|| format!("page {page} of `{}` is out of range", title(region)))
    }
}

impl<'de> Deserialize<'de> for PageText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PageText, D::Error> {
        struct Forms;
        impl Visitor<'_> for Forms {
            type Value = PageText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a page: 3 of the first region, or \"heap 3\"")
            }
            fn visit_i64<E: de::Error>(self, page: i64) -> Result<PageText, E> {
                Ok(PageText::Number(page))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<PageText, E> {
                let parts = text.trim().rsplit_once(' ');
                let named = parts.and_then(|(name, page)| {
                    Some(PageText::Named(name.trim().to_owned(), page.parse().ok()?))
                });
                let wrong = || format!("`{text}` is not a page; pages are written `heap 3`");
                named.ok_or_else(|| E::custom(wrong()))
            }
        }
        deserializer.deserialize_any(Forms)
    }
}

/// The file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// One sentence: its idea. The project's own scenarios have one, as they have a `spec`.
    #[serde(default)]
    pub idea: String,
    /// The rules of the specification that it demonstrates.
    pub spec: Option<OneOrMany<String>>,
    /// The books, papers and exams from which the numbers are taken.
    pub source: Option<OneOrMany<String>>,
    /// The machine.
    #[serde(default)]
    pub machine: SystemMachine,
    /// The operating system.
    #[serde(default)]
    pub os: OsText,
    /// The processes.
    pub process: Vec<ProcessText>,
    /// Counts of the whole run.
    #[serde(default)]
    pub expect: Expected,
    /// Counts of the whole run under each policy, if the file names several.
    #[serde(default)]
    pub expect_by_policy: BTreeMap<PolicyKind, Expected>,
}

/// Deeper nesting of forks must be a cycle.
const DEEPEST: usize = 16;

impl System {
    /// Reads the images of processes, and finds their traces; `file` is the scenario's own name.
    ///
    /// # Errors
    /// The first that cannot be read.
    pub fn load_images(&mut self, file: &str) -> Result<(), Mistake> {
        for (number, process) in self.process.iter_mut().enumerate() {
            if let Some(name) = &process.image {
                let place = Place::file().key("process").item(number).key("image").word(name);
                let image = images::load(file, name).map_err(|problem| place.wrong(problem))?;
                process.regions.splice(0..0, image.regions.clone());
                process.loaded = Some(image);
            }
            if let Some(name) = &process.trace {
                let place = Place::file().key("process").item(number).key("trace").word(name);
                let traced = Traced::find(file, name, process.fold);
                process.traced = Some(traced.map_err(|problem| place.wrong(problem))?);
            }
        }
        Ok(())
    }

    /// The regions that a process's program can name: its own, and those that it inherits by fork.
    pub fn regions(&self, process: &ProcessText) -> Vec<RegionSpec> {
        let mut regions = process.regions.clone();
        let mut child = process;
        for _ in 0..DEEPEST {
            let forks = |p: &&ProcessText| p.lines().iter().any(|line| line.forks(&child.name));
            let parent = if child.forked { self.process.iter().find(forks) } else { None };
            let Some(parent) = parent else { break };
            regions.extend(parent.regions.iter().cloned());
            child = parent;
        }
        regions
    }

    /// The frame limit of each process that exists at the start, in order: its own, or its share of
    /// the frames that are divided.
    ///
    /// # Errors
    /// If there are too few to divide.
    pub fn limits(&self) -> Result<Vec<Option<u64>>, Mistake> {
        let first = || self.process.iter().filter(|p| !p.forked && !p.executed);
        // A device has no frames.
        let in_frames = |r: &&RegionSpec| r.kind != RegionKind::Device && r.mapped != Some(false);
        let size = |process: &ProcessText| {
            process.regions.iter().filter(in_frames).map(|r| r.pages).fold(0, u64::saturating_add)
        };
        let sizes: Vec<u64> = first().map(size).collect();
        let place = Place::file().key("os").key("allocation");
        let shares = self.os.config.allocation.shares(&sizes);
        let shares = shares.map_err(|message| place.wrong(message))?;
        Ok(match shares {
            Some(shares) => shares.into_iter().map(Some).collect(),
            None => first().map(|process| process.frames).collect(),
        })
    }

    /// The place of a region of a process in the file, by their names in reports.
    pub fn region_place(&self, process: &str, region: &str) -> Place {
        let root = Place::file().key("process");
        let Some(number) = self.process.iter().position(|p| p.name == process) else {
            return root;
        };
        let regions = &self.process[number].regions;
        let at = regions.iter().position(|known| title(known) == region).unwrap_or_default();
        self.region_at(number, at)
    }

    /// The place of a region of a process in the file, by their numbers. Those of an image come
    /// first.
    fn region_at(&self, process: usize, region: usize) -> Place {
        let place = Place::file().key("process").item(process);
        let loaded = self.process[process].loaded.as_ref().map_or(0, |image| image.regions.len());
        match region.checked_sub(loaded) {
            Some(own) => place.key("regions").item(own),
            None => place.key("image"),
        }
    }
}

#[cfg(test)]
mod tests;
