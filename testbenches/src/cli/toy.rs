//! `pagewalk toy`

use std::str::FromStr;

use anyhow::{Context, bail};
use clap::Args;
use model::toy::{Kind, Machine, Mapping, Shape, Told};
use serde_json::json;

use super::Status;
use super::output::{print, print_json};

/// The process of an address without a name.
const PROCESS: &str = "A";

/// `pagewalk toy`
#[derive(Debug, Args)]
pub struct ToyArgs {
    /// Virtual addresses, as 21 or 0x15; of another process than A with its name, as B/21.
    #[arg(required = true, value_name = "ADDRESS")]
    pub addresses: Vec<PlaceArg>,
    /// Bits of a virtual address.
    #[arg(long, value_name = "N", default_value_t = 6)]
    pub bits: u32,
    /// Bytes of a page, a power of two.
    #[arg(long, value_name = "BYTES", default_value_t = 16)]
    pub page: u64,
    /// Bytes of memory, a power of two.
    #[arg(long, value_name = "BYTES", default_value_t = 128)]
    pub memory: u64,
    /// The page tables: linear; 2+2, a tree with so many bits in each level; inverted; or hashed=4,
    /// with so many buckets.
    #[arg(long, value_name = "KIND", default_value = "linear")]
    pub table: TableArg,
    /// The pages in memory: PAGE=FRAME, of another process than A with its name, as B/0=4.
    #[arg(long, value_name = "PAGE=FRAME,...", required = true, value_delimiter = ',')]
    pub map: Vec<MapArg>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// A number of a process: an address or a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceArg {
    process: String,
    number: u64,
}

impl FromStr for PlaceArg {
    type Err = String;

    fn from_str(text: &str) -> Result<PlaceArg, String> {
        let (process, number) = text.split_once('/').unwrap_or((PROCESS, text));
        if process.is_empty() {
            return Err(format!("`{text}` names no process before its `/`"));
        }
        Ok(PlaceArg { process: process.to_owned(), number: self::number(number)? })
    }
}

/// A page and its frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapArg(Mapping);

impl FromStr for MapArg {
    type Err = String;

    fn from_str(text: &str) -> Result<MapArg, String> {
        let parts = text.split_once('=');
        let (page, frame) = parts.ok_or_else(|| format!("`{text}` is not written PAGE=FRAME"))?;
        let PlaceArg { process, number: page } = page.parse()?;
        Ok(MapArg(Mapping { process, page, frame: number(frame)? }))
    }
}

/// The kind of page tables; a linear one has as many bits as a page number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableArg {
    /// One table of one level.
    Linear,
    /// Any other.
    Other(Kind),
}

impl FromStr for TableArg {
    type Err = String;

    fn from_str(text: &str) -> Result<TableArg, String> {
        let wrong = || {
            format!("`{text}` is no kind of table; there are linear, 2+2, inverted and hashed=4")
        };
        match text {
            "linear" => Ok(TableArg::Linear),
            "inverted" => Ok(TableArg::Other(Kind::Inverted)),
            _ => match text.strip_prefix("hashed=") {
                Some(buckets) => Ok(TableArg::Other(Kind::Hashed(number(buckets)?))),
                None => {
                    // No level has more bits than fit a byte, so that no sum overflows.
                    let levels = text.split('+').map(|bits| bits.parse::<u8>().map(u32::from));
                    let levels: Result<Vec<u32>, _> = levels.collect();
                    Ok(TableArg::Other(Kind::Tree(levels.map_err(|_| wrong())?)))
                }
            },
        }
    }
}

/// A number, decimal or hexadecimal.
fn number(text: &str) -> Result<u64, String> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.map_err(|_| format!("`{text}` is not a number, as 21 or 0x15"))
}

/// The bits of a size.
fn bits(option: &str, bytes: u64) -> anyhow::Result<u32> {
    if !bytes.is_power_of_two() {
        bail!("--{option} {bytes}: the size must be a power of two");
    }
    Ok(bytes.trailing_zeros())
}

/// Translates each address, and says how.
pub(super) fn toy(arguments: &ToyArgs) -> anyhow::Result<Status> {
    let page_bits = bits("page", arguments.page)?;
    let (va_bits, pa_bits) = (arguments.bits, bits("memory", arguments.memory)?);
    let shape = Shape { va_bits, pa_bits, page_bits };
    shape.check()?;
    let kind = match &arguments.table {
        TableArg::Linear => Kind::Tree(vec![shape.vpn_bits()]),
        TableArg::Other(kind) => kind.clone(),
    };
    let mappings: Vec<Mapping> = arguments.map.iter().map(|MapArg(map)| map.clone()).collect();
    let machine = Machine::new(shape, &kind, &mappings)?;
    let mut told = Vec::new();
    for PlaceArg { process, number } in &arguments.addresses {
        let access = machine.access(process, *number);
        told.push((
            process,
            *number,
            access.with_context(|| format!("address {process}/{number}"))?,
        ));
    }
    if arguments.json {
        let accesses = told.iter().map(|(process, va, Told { lines, reads, pa })| {
            json!({ "process": process, "va": va, "pa": pa, "reads": reads, "told": lines })
        });
        let accesses: Vec<_> = accesses.collect();
        print_json(&json!({ "table_bytes": machine.table_bytes(), "accesses": accesses }))?;
        return Ok(Status::Fine);
    }
    let mut text = format!(
        "A model, no hardware: {} bytes of addresses, pages of {} bytes, {} frames\n\n",
        1_u64 << va_bits,
        shape.page(),
        shape.frames()
    );
    for line in machine.drawn() {
        text += &format!("{line}\n");
    }
    text += &format!("tables in all: {} bytes\n", machine.table_bytes());
    for (process, va, Told { lines, reads, pa }) in &told {
        text += &format!("\n{process} accesses {va}\n");
        for line in lines {
            text += &format!("  {line}\n");
        }
        let reads = if *reads == 1 { "1 read".to_owned() } else { format!("{reads} reads") };
        text += &match pa {
            Some(pa) => format!("physical address {pa}, after {reads} of tables\n"),
            None => format!("page fault, after {reads} of tables\n"),
        };
    }
    print(&text)?;
    Ok(Status::Fine)
}
