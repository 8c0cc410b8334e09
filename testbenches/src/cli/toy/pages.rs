//! Pages: a table of one kind, and a cache behind it.

use std::str::FromStr;

use anyhow::{Context, bail};
use model::cache::{Cache, CacheSpec};
use model::toy::{Kind, Machine, Mapping, Shape, Told};
use serde_json::json;

use super::{BITS, ToyArgs, number};
use crate::cli::Status;
use crate::cli::output::{print, print_json};

/// The process of an address without a name.
const PROCESS: &str = "A";
/// Bytes of a page, of memory, and of a line of the cache, unless they are given.
const PAGE: u64 = 16;
const MEMORY: u64 = 128;
const LINE: u64 = 4;

/// A number of a process: an address or a page.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PlaceArg {
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
        Ok(PlaceArg { process: process.to_owned(), number: super::number(number)? })
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

/// The bits of a size.
fn bits(option: &str, bytes: u64) -> anyhow::Result<u32> {
    if !bytes.is_power_of_two() {
        bail!("--{option} {bytes}: the size must be a power of two");
    }
    Ok(bytes.trailing_zeros())
}

/// A cache as the options describe it.
fn cache(arguments: &ToyArgs, shape: Shape) -> anyhow::Result<Option<Cache>> {
    let Some(bytes) = arguments.cache else { return Ok(None) };
    let (ways, line) = (arguments.ways.unwrap_or(1), arguments.line.unwrap_or(LINE));
    let cache = Cache::new(CacheSpec { bytes, ways, line }, shape.page());
    cache.map(Some).map_err(|problem| anyhow::anyhow!("--cache: {problem}"))
}

/// What happens in the cache, as one writes it down.
fn looked_up(cache: &mut Cache, shape: Shape, pa: u64) -> String {
    let spec = cache.spec();
    let (line, set, sets) = (pa / spec.line, spec.set(pa), spec.sets());
    let (frame, colours) = (shape.split(pa).0, spec.colours(shape.page()));
    let colour = frame % colours;
    let what = match cache.access(pa) {
        None => "a hit".to_owned(),
        Some(miss) => {
            let gone = miss.gone.map(|gone| format!("; the line of {gone:#x} goes"));
            format!("a miss, {}{}", miss.cause.name(), gone.unwrap_or_default())
        }
    };
    format!(
        "cache: {pa:#x} / {} = line {line}, set {line} mod {sets} = {set}; frame {frame:#x} has colour \
         {frame:#x} mod {colours} = {colour}: {what}",
        spec.line
    )
}

/// Translates each address, and says how.
pub(super) fn pages(arguments: &ToyArgs) -> anyhow::Result<Status> {
    let page_bits = bits("page", arguments.page.unwrap_or(PAGE))?;
    let va_bits = arguments.bits.unwrap_or(BITS);
    let pa_bits = bits("memory", arguments.memory.unwrap_or(MEMORY))?;
    let shape = Shape { va_bits, pa_bits, page_bits };
    shape.check()?;
    let kind = match &arguments.table {
        None | Some(TableArg::Linear) => Kind::Tree(vec![shape.vpn_bits()]),
        Some(TableArg::Other(kind)) => kind.clone(),
    };
    let mappings: Vec<Mapping> = arguments.map.iter().map(|MapArg(map)| map.clone()).collect();
    let machine = Machine::new(shape, &kind, &mappings)?;
    let mut cache = cache(arguments, shape)?;
    let mut told = Vec::new();
    for text in &arguments.subjects {
        let place: PlaceArg = text.parse().map_err(anyhow::Error::msg)?;
        let access = machine.access(&place.process, place.number);
        let access =
            access.with_context(|| format!("address {}/{}", place.process, place.number))?;
        let cached = access.pa.zip(cache.as_mut()).map(|(pa, cache)| looked_up(cache, shape, pa));
        told.push((place, access, cached));
    }
    let report = cache.map(|cache| cache.report());
    if arguments.json {
        let accesses = told.iter().map(|(place, Told { lines, reads, pa }, cached)| {
            let (process, va) = (&place.process, place.number);
            let told: Vec<_> = lines.iter().chain(cached).collect();
            json!({ "process": process, "va": va, "pa": pa, "reads": reads, "told": told })
        });
        let accesses: Vec<_> = accesses.collect();
        let mut all = json!({ "table_bytes": machine.table_bytes(), "accesses": accesses });
        if let Some(report) = report {
            all["cache"] = serde_json::to_value(report)?;
        }
        print_json(&all)?;
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
    for (PlaceArg { process, number }, Told { lines, reads, pa }, cached) in &told {
        text += &format!("\n{process} accesses {number}\n");
        for line in lines.iter().chain(cached) {
            text += &format!("  {line}\n");
        }
        let reads = if *reads == 1 { "1 read".to_owned() } else { format!("{reads} reads") };
        text += &match pa {
            Some(pa) => format!("physical address {pa}, after {reads} of tables\n"),
            None => format!("page fault, after {reads} of tables\n"),
        };
    }
    if let Some(report) = report {
        text += &format!("\nThe cache, {}\n", report.about());
        report.table().iter().for_each(|line| text += &format!("  {line}\n"));
    }
    print(&text)?;
    Ok(Status::Fine)
}
