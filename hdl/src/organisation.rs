//! What an MMU is made of besides its widths.

use crate::Extensions;
use crate::Sizes;
use crate::pmp::Physical;
use crate::second::SecondShape;
use crate::tlb::Shape;

/// The parts that an MMU is built with, chosen when it is made (`new`). [`Default`] is the smallest:
/// what is not named here is absent from the hardware, and costs nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Organisation {
    /// Extensions of the page-table entries.
    pub extensions: Extensions,
    /// One port, the data port, serves fetches too: there is neither a fetch port nor its TLB. A
    /// request says which it is (`data_req_fetch`).
    pub one_port: bool,
    /// The fetch port's TLB; `None`: as many lines as the top's sizes say, fully associative, the
    /// first in is the first out.
    pub fetch: Option<Shape>,
    /// The data port's, likewise.
    pub data: Option<Shape>,
    /// Lines of the walk cache, 2 to 16; 0 is none.
    pub walk_cache: usize,
    /// A walker for each port, so that both ports' misses are walked at the same time. The memory
    /// port then has up to two requests in flight. Not with one port.
    pub two_walkers: bool,
    /// Lines of memory that each walker keeps, 1 to 8; 0 is no line fill.
    pub line_fill: usize,
    /// The second-level TLB, if there is one.
    pub second: Option<SecondShape>,
    /// What protects physical memory.
    pub physical: Physical,
    /// Every answer comes a cycle later, from registers, and still one a cycle: a shorter clock for a
    /// longer way.
    pub registered_answer: bool,
    /// Ways of the sets that keep 4 KiB pages in each port's TLB
    /// ([`PageSets`](crate::tlb::PageSets)): 1, 2 or 4, where answers are registered. The lines are
    /// then those of larger pages. 0: the lines keep pages of every size.
    pub page_ways: usize,
    /// The trace pins tell what ports and walks do; otherwise they are 0.
    pub trace: bool,
    /// How much is implemented of ASIDs, of physical addresses and of schemes.
    pub sizes: Sizes,
}

impl Organisation {
    /// The smallest one, with these extensions.
    pub fn with(extensions: Extensions) -> Self {
        Self { extensions, ..Self::default() }
    }
}
