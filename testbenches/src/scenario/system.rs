//! A scenario of processes under the operating system, as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use sim::isa::{Mode, PAGE_BYTES};
use sim::machine::ElfImage;
use sim::os::{PolicyKind, RegionKind, RegionSpec};

use super::expect::Expected;
use super::images;
use super::number::Number;
use super::os_text::OsText;
use super::program::{Line, find};
use super::schema::{Machine, OneOrMany, Size};

/// The machine under an operating system; lists as in [`Machine`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SystemMachine {
    /// Lines of the TLBs; `small` unless said otherwise.
    pub size: OneOrMany<Size>,
    /// Translation schemes; all four unless said otherwise.
    pub modes: OneOrMany<Mode>,
    /// L, of walker and kernel; 10 unless said otherwise.
    pub latency: OneOrMany<u64>,
    /// `menvcfg.ADUE`; on unless said otherwise.
    pub adue: bool,
}

impl Default for SystemMachine {
    fn default() -> SystemMachine {
        let Machine { size, modes, .. } = Machine::default();
        SystemMachine { size, modes, latency: OneOrMany::One(10), adue: true }
    }
}

impl SystemMachine {
    /// What the variants are made of.
    pub fn machine(&self) -> Machine {
        let (size, modes) = (self.size.clone(), self.modes.clone());
        let (latency, adue) = (self.latency.clone(), self.adue);
        Machine { size, modes, latency, adue, ..Machine::default() }
    }
}

/// `[[process]]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessText {
    /// Its name.
    pub name: String,
    /// Its regions; those with `mapped = false` are only there once `mmap` names them.
    #[serde(default)]
    pub regions: Vec<RegionSpec>,
    /// An ELF file whose segments are regions too: text, rodata, data and bss.
    pub image: Option<String>,
    /// What it does, line by line.
    pub program: Vec<Line>,
    /// It does not exist before another process forks it, with a copy of that one's regions.
    #[serde(default)]
    pub forked: bool,
    /// It does not exist before another process becomes it by `exec`.
    #[serde(default)]
    pub executed: bool,
    /// The most frames that its pages may hold.
    pub frames: Option<u64>,
    /// How it must end: `exited`, or the reason of its kill in one word; several with ` or `,
    /// `never` if it need not be made at all, or `any`.
    #[serde(default = "exited")]
    pub ends: String,
    /// The address that must have killed it.
    pub at: Option<Number>,
    /// Its counts.
    #[serde(default)]
    pub expect: Expected,
    /// The pages that it must lose, in order: `3` is page 3 of its first region, `"heap 3"` of
    /// the region `heap`.
    pub victims: Option<Vec<PageText>>,
    /// Its counts under each policy, where the file names several.
    #[serde(default)]
    pub expect_by_policy: BTreeMap<PolicyKind, Expected>,
    /// The pages that it must lose under each policy, in order.
    #[serde(default)]
    pub victims_by_policy: BTreeMap<PolicyKind, Vec<PageText>>,
    /// The accesses that must fault, minor or major, counted from 1.
    pub faults_at: Option<Vec<u64>>,
    /// The pages that must be in frames when it ends by itself, in any order.
    pub frames_after: Option<Vec<PageText>>,
    /// The file of [`ProcessText::image`], once it is read.
    #[serde(skip)]
    pub loaded: Option<ElfImage>,
}

impl ProcessText {
    /// Whether such an end is as expected.
    pub fn may_end(&self, word: &str) -> bool {
        self.ends.split(" or ").map(str::trim).any(|end| end == word || end == "any")
    }
}

fn exited() -> String {
    "exited".to_owned()
}

/// A page of a process, as [`ProcessText::victims`] names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum PageText {
    /// Of the first region.
    Number(i64),
    /// `region page`
    Named(String),
}

impl PageText {
    /// Its first address. The error is a sentence.
    pub fn address(&self, regions: &[RegionSpec]) -> Result<u64, String> {
        let (region, page) = match self {
            PageText::Number(page) => (regions.first(), *page),
            PageText::Named(text) => {
                let wrong = || format!("`{text}` is no page; pages are written `heap 3`");
                let (name, page) = text.trim().rsplit_once(' ').ok_or_else(wrong)?;
                (find(regions, name.trim()), page.parse().map_err(|_| wrong())?)
            }
        };
        let region = region.ok_or_else(|| format!("{self:?} is in no region of the process"))?;
        Ok(region.start.wrapping_add_signed(page.wrapping_mul(PAGE_BYTES as i64)))
    }
}

/// The file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// One sentence: what is shown.
    pub idea: String,
    /// The rules of the specification that are shown.
    pub spec: OneOrMany<String>,
    /// The books, papers and exams that the numbers come from.
    pub source: Option<OneOrMany<String>>,
    /// What it runs on.
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
    /// Counts of the whole run under each policy, where the file names several.
    #[serde(default)]
    pub expect_by_policy: BTreeMap<PolicyKind, Expected>,
}

/// Forks of forks deeper than this are a circle.
const DEEPEST: usize = 16;

impl System {
    /// Reads the files that processes are images of; `file` is the scenario's own. The error is
    /// the name of the image and a sentence.
    pub fn load_images(&mut self, file: &str) -> Result<(), (String, String)> {
        for process in &mut self.process {
            if let Some(name) = &process.image {
                let image = images::load(file, name).map_err(|problem| (name.clone(), problem))?;
                process.regions.splice(0..0, image.regions.clone());
                process.loaded = Some(image);
            }
        }
        Ok(())
    }

    /// The regions that a process's program can name: its own, and what it was forked with.
    pub fn regions(&self, process: &ProcessText) -> Vec<RegionSpec> {
        let mut regions = process.regions.clone();
        let mut child = process;
        for _ in 0..DEEPEST {
            let forks = |p: &&ProcessText| p.program.iter().any(|line| line.forks(&child.name));
            let Some(parent) = self.process.iter().find(forks).filter(|_| child.forked) else {
                break;
            };
            regions.extend(parent.regions.iter().cloned());
            child = parent;
        }
        regions
    }

    /// The most frames of each process that is there at the start, in order: its own, or what it
    /// is given of those that are shared out. The error is a sentence.
    pub fn limits(&self) -> Result<Vec<Option<u64>>, String> {
        let first = || self.process.iter().filter(|p| !p.forked && !p.executed);
        // A device is in no frame.
        let in_frames = |r: &&RegionSpec| r.kind != RegionKind::Device && r.mapped != Some(false);
        let size = |process: &ProcessText| {
            process.regions.iter().filter(in_frames).map(|region| region.pages).sum()
        };
        let sizes: Vec<u64> = first().map(size).collect();
        let shares = self.os.allocation.unwrap_or_default().shares(&sizes)?;
        Ok(match shares {
            Some(shares) => shares.into_iter().map(Some).collect(),
            None => first().map(|process| process.frames).collect(),
        })
    }

    /// A name that leads nowhere, and what is wrong with it.
    pub fn mistake(&self) -> Option<(String, String)> {
        if let Err(message) = self.limits() {
            return Some(("allocation".to_owned(), message));
        }
        let named = |name: &str| self.process.iter().find(|process| process.name == name);
        let can_become = |name: &str| named(name).is_some_and(|p| p.forked || p.executed);
        for process in &self.process {
            let name = &process.name;
            let twins = self.process.iter().filter(|other| other.name == *name).count();
            let message = if process.forked && process.executed {
                "a process is forked or executed, not both"
            } else if (process.forked || process.executed) && twins > 1 {
                "two processes have this name"
            } else if process.forked
                && !self.process.iter().any(|p| p.program.iter().any(|line| line.forks(name)))
            {
                "nobody forks this process"
            } else if process.forked && process.regions.iter().any(|r| r.mapped != Some(false)) {
                "a forked process has its parent's regions; its own are `mapped = false`"
            } else if process.frames.is_some() && self.os.allocation.is_some() {
                "`os.allocation` says how many frames it gets, and so does its `frames`"
            } else if !process.forked && process.regions.is_empty() {
                "a process needs regions"
            } else {
                ""
            };
            if !message.is_empty() {
                return Some((name.clone(), format!("`{name}`: {message}")));
            }
            let regions = self.regions(process);
            for line in &process.program {
                if let Some(region) = line.stranger(&regions) {
                    let message = format!("there is no region `{region}`");
                    return Some((region.to_owned(), message));
                }
                if let Some(other) = line.unknown_process(&can_become) {
                    let message = format!(
                        "there is no process `{other}` that is marked `forked` or `executed`"
                    );
                    return Some((other.to_owned(), message));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
