//! The parts of an MMU that change how long its answers take, and what it reads for them; and its
//! sizes.

use crate::isa::{Mode, Sizes};
use std::fmt;

/// Which line of a TLB goes when all that may take a new entry are full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Replacement {
    /// First in, first out.
    #[default]
    Fifo,
    /// The least recently used.
    Lru,
    /// Nearly that, by a tree of bits.
    PseudoLru,
    /// Any but the one used last.
    NotMostRecent,
    /// Any.
    Random,
}

impl fmt::Display for Replacement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fifo => "FIFO",
            Self::Lru => "LRU",
            Self::PseudoLru => "pseudo-LRU",
            Self::NotMostRecent => "not most recent",
            Self::Random => "random",
        })
    }
}

/// The parts of an MMU besides the lines of its TLBs. [`Default`]: none of them, and all that the
/// specification has of `satp` and of physical addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Organisation {
    /// One port serves fetches and data, with one TLB; else there are two, with a TLB each.
    pub one_port: bool,
    /// How both TLBs replace.
    pub replacement: Replacement,
    /// Lines in a set of a TLB; 0: fully associative.
    pub ways: usize,
    /// Lines of the fetch port's TLB; 0: as many as the data port's has.
    pub fetch_lines: usize,
    /// Lines of the walk cache; 0 is none.
    pub walk_cache: usize,
    /// Each port has its own walker.
    pub two_walkers: bool,
    /// Lines of memory that each walker keeps; 0 is no line fill.
    pub line_fill: usize,
    /// Entries of the second-level TLB for pages of 4 KiB; 0 is none. Superpages have others.
    pub l2: usize,
    /// Ways of each of its sets.
    pub l2_ways: usize,
    /// Its entries have parity.
    pub l2_parity: bool,
    /// Every answer comes a cycle later.
    pub registered_answer: bool,
    /// Entries for 4 KiB pages in each TLB, besides the lines, which then keep larger pages only; 0 is
    /// none: lines keep pages of every size.
    pub pages: usize,
    /// Its ports tell where answers come from, why accesses fault, and what walks read.
    pub trace: bool,
    /// What is implemented of ASIDs, of physical addresses and of schemes.
    pub sizes: Sizes,
}

impl Default for Organisation {
    fn default() -> Self {
        Self::NONE
    }
}

impl Organisation {
    /// None of them.
    pub const NONE: Self = Self {
        one_port: false,
        replacement: Replacement::Fifo,
        ways: 0,
        fetch_lines: 0,
        walk_cache: 0,
        two_walkers: false,
        line_fill: 0,
        l2: 0,
        l2_ways: 4,
        l2_parity: false,
        registered_answer: false,
        pages: 0,
        trace: false,
        sizes: Sizes::ALL,
    };

    /// Whether a walk may read fewer entries than there are levels above and including its leaf's.
    pub fn shortens_walks(&self) -> bool {
        self.walk_cache > 0 || self.line_fill > 0
    }

    /// Whether a pin of the tops is none of this one's: with one port those of the fetch port, with
    /// two the one that tells what is requested of the only one.
    pub fn lacks(&self, pin: &str) -> bool {
        let of_fetches = ["fetch_req_", "fetch_resp_", "fetch_trace_"];
        match self.one_port {
            true => of_fetches.iter().any(|begin| pin.starts_with(begin)),
            false => pin == "data_req_fetch",
        }
    }

    /// The cycles from the acceptance of a request to its answer, if it needs no walk. A walk's comes
    /// as much later.
    pub fn delay(&self) -> u64 {
        u64::from(self.registered_answer)
    }

    /// Cycles that a walk begins later because the second level is looked up before it.
    pub fn lookup(&self) -> u64 {
        u64::from(self.l2 > 0)
    }
}

impl fmt::Display for Organisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.one_port {
            parts.push("one port".to_owned());
        }
        if self.replacement != Replacement::Fifo {
            parts.push(self.replacement.to_string());
        }
        if self.ways > 0 {
            parts.push(format!("{} ways", self.ways));
        }
        if self.fetch_lines > 0 {
            parts.push(format!("fetch TLB of {}", self.fetch_lines));
        }
        if self.walk_cache > 0 {
            parts.push(format!("walk cache of {}", self.walk_cache));
        }
        if self.l2 > 0 {
            let parity = if self.l2_parity { ", parity" } else { "" };
            parts.push(format!("second level of {} in {} ways{parity}", self.l2, self.l2_ways));
        }
        if self.line_fill > 0 {
            parts.push(format!("line fill of {}", self.line_fill));
        }
        if self.two_walkers {
            parts.push("2 walkers".to_owned());
        }
        if self.registered_answer {
            parts.push("registered answers".to_owned());
        }
        if self.pages > 0 {
            parts.push(format!("{} 4 KiB pages in sets", self.pages));
        }
        if self.trace {
            parts.push("trace ports".to_owned());
        }
        let Sizes { asid_bits, pa_bits, deepest } = self.sizes;
        if deepest != Mode::Sv57 {
            parts.push(format!("up to {}", deepest.name()));
        }
        if asid_bits < Sizes::ALL.asid_bits {
            parts.push(format!("{asid_bits}-bit ASIDs"));
        }
        if pa_bits < Sizes::ALL.pa_bits {
            parts.push(format!("{pa_bits}-bit physical addresses"));
        }
        f.write_str(&if parts.is_empty() { "none".to_owned() } else { parts.join(", ") })
    }
}
