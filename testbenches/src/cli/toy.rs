//! `pagewalk toy`: machines of the size that books draw.
//!
//! | file | does |
//! |---|---|
//! | `pages` | page tables of every kind, and a cache of physical addresses behind them |
//! | `places` | base and bounds, and segments |
//! | `holes` | free lists: first, best, worst and next fit |

mod holes;
mod pages;
mod places;

use clap::{ArgGroup, Args};

use super::Status;
use holes::FitArg;
use pages::{MapArg, TableArg};
use places::SegmentArg;

/// Bits of a virtual address, unless they are given.
const BITS: u32 = 6;

/// `pagewalk toy`
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("machine").required(true).args(["map", "base", "segments", "holes"]))]
pub struct ToyArgs {
    /// Virtual addresses, as 21 or 0x15; of another process than A with its name, as B/21. With
    /// --holes requests, as X=20, and X alone to free it again.
    #[arg(required = true, value_name = "ADDRESS|REQUEST")]
    pub subjects: Vec<String>,
    /// The pages in memory: PAGE=FRAME, of another process than A with its name, as B/0=4.
    #[arg(long, value_name = "PAGE=FRAME,...", value_delimiter = ',')]
    pub map: Vec<MapArg>,
    /// Base and bounds instead of pages: where the process begins; with --limit.
    #[arg(long, value_name = "ADDRESS", requires = "limit", value_parser = number)]
    pub base: Option<u64>,
    /// With --base: the bytes of the process.
    #[arg(long, value_name = "BYTES", requires = "base", value_parser = number,
          conflicts_with_all = ["map", "segments", "holes"])]
    pub limit: Option<u64>,
    /// Segments instead of pages: NAME=BASE+LIMIT, or NAME=BASE-LIMIT for one that grows down to
    /// LIMIT bytes below its base. They are numbered from 0; 3:NAME=... is number 3.
    #[arg(long, value_name = "SEGMENT,...", value_delimiter = ',')]
    pub segments: Vec<SegmentArg>,
    /// A free list instead of pages: the bytes of each hole; one byte between two is in use.
    #[arg(long, value_name = "BYTES,...", value_delimiter = ',', value_parser = number)]
    pub holes: Vec<u64>,
    /// With --holes: which hole a request gets: first, best, worst or next [default: first].
    #[arg(long, value_name = "RULE", conflicts_with_all = ["map", "base", "segments"])]
    pub fit: Option<FitArg>,
    /// Bits of a virtual address [default: 6].
    #[arg(long, value_name = "N", conflicts_with_all = ["base", "holes"])]
    pub bits: Option<u32>,
    /// Bytes of a page, a power of two [default: 16].
    #[arg(long, value_name = "BYTES", conflicts_with_all = ["base", "segments", "holes"])]
    pub page: Option<u64>,
    /// Bytes of memory, a power of two [default: 128].
    #[arg(long, value_name = "BYTES", conflicts_with_all = ["base", "segments", "holes"])]
    pub memory: Option<u64>,
    /// The page tables: linear; 2+2, a tree with so many bits in each level; inverted; or hashed=4,
    /// with so many buckets [default: linear].
    #[arg(long, value_name = "KIND", conflicts_with_all = ["base", "segments", "holes"])]
    pub table: Option<TableArg>,
    /// Bytes of a cache of physical addresses.
    #[arg(long, value_name = "BYTES", value_parser = number,
          conflicts_with_all = ["base", "segments", "holes"])]
    pub cache: Option<u64>,
    /// Lines in each set of the cache [default: 1].
    #[arg(long, value_name = "N", requires = "cache",
          conflicts_with_all = ["base", "segments", "holes"])]
    pub ways: Option<u64>,
    /// Bytes of a line of the cache [default: 4].
    #[arg(long, value_name = "BYTES", requires = "cache",
          conflicts_with_all = ["base", "segments", "holes"])]
    pub line: Option<u64>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// A number, decimal or hexadecimal; 2K is 2048.
fn number(text: &str) -> Result<u64, String> {
    let (digits, unit) = text.strip_suffix('K').map_or((text, 1), |digits| (digits, 1024));
    let number = match digits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    let number = number.ok().and_then(|number| number.checked_mul(unit));
    number.ok_or_else(|| format!("`{text}` is not a number, as 21 or 0x15"))
}

/// Does what is asked, and says how.
pub(super) fn toy(arguments: &ToyArgs) -> anyhow::Result<Status> {
    match (arguments.base.zip(arguments.limit), &arguments.segments[..], &arguments.holes[..]) {
        (Some((base, limit)), ..) => places::bounds(arguments, base, limit),
        (None, [_, ..], _) => places::segments(arguments),
        (None, [], [_, ..]) => holes::holes(arguments),
        (None, [], []) => pages::pages(arguments),
    }
}
