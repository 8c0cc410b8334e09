//! Base and bounds, and segments.

use std::str::FromStr;

use anyhow::{Context, ensure};
use model::toy::{Placed, Segment, Segments, bounds as placed};
use serde_json::{Value, json};

use super::{BITS, ToyArgs, number};
use crate::cli::Status;
use crate::cli::output::{print, print_json};
use crate::table::{Column, aligned};

/// No address of a toy is larger.
const LARGEST: u64 = 1 << 20;

/// A segment; without a number it has the one after the segment before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentArg {
    number: Option<u64>,
    name: String,
    base: u64,
    limit: u64,
    down: bool,
}

impl FromStr for SegmentArg {
    type Err = String;

    fn from_str(text: &str) -> Result<SegmentArg, String> {
        let wrong = || format!("`{text}` is not written NAME=BASE+LIMIT, as code=32+20");
        let (name, place) = text.split_once('=').ok_or_else(wrong)?;
        let (at, name) = match name.split_once(':') {
            Some((at, name)) => (Some(number(at)?), name),
            None => (None, name),
        };
        if name.is_empty() {
            return Err(wrong());
        }
        let down = place.contains('-');
        let (base, limit) = place.split_once(['+', '-']).ok_or_else(wrong)?;
        let (base, limit) = (number(base)?, number(limit)?);
        Ok(SegmentArg { number: at, name: name.to_owned(), base, limit, down })
    }
}

/// The segments, numbered.
fn numbered(arguments: &[SegmentArg]) -> Vec<Segment> {
    let mut next = 0;
    let segment = |argument: &SegmentArg| {
        let SegmentArg { number, name, base, limit, down } = argument.clone();
        let number = number.unwrap_or(next);
        next = number.saturating_add(1);
        Segment { name, number, base, limit, down }
    };
    arguments.iter().map(segment).collect()
}

/// Prints what became of each address.
fn shown(json: bool, head: &str, about: Value, told: &[(u64, Placed)]) -> anyhow::Result<Status> {
    if json {
        let access = |(va, Placed { lines, pa }): &(u64, Placed)| json!({ "va": va, "pa": pa, "told": lines });
        let accesses: Vec<_> = told.iter().map(access).collect();
        print_json(&json!({ "machine": about, "accesses": accesses }))?;
        return Ok(Status::Fine);
    }
    let mut text = head.to_owned();
    for (va, Placed { lines, pa }) in told {
        text += &format!("\naddress {va}\n");
        lines.iter().for_each(|line| text += &format!("  {line}\n"));
        text += &match pa {
            Some(pa) => format!("physical address {pa}\n"),
            None => "fault\n".to_owned(),
        };
    }
    print(&text)?;
    Ok(Status::Fine)
}

/// One base and one limit.
pub(super) fn bounds(arguments: &ToyArgs, base: u64, limit: u64) -> anyhow::Result<Status> {
    for (option, value) in [("base", base), ("limit", limit)] {
        ensure!(value <= LARGEST, "--{option} {value}: a toy has addresses up to {LARGEST}");
    }
    ensure!(limit > 0, "--limit 0: the process has no byte");
    let mut told = Vec::new();
    for text in &arguments.subjects {
        let va = number(text).map_err(anyhow::Error::msg)?;
        told.push((va, placed(base, limit, va)));
    }
    let last = base + limit - 1;
    let head = format!("A model: base {base}, limit {limit}; the process has {base} to {last}\n");
    shown(arguments.json, &head, json!({ "base": base, "limit": limit }), &told)
}

/// Several segments, chosen by the upper bits of an address.
pub(super) fn segments(arguments: &ToyArgs) -> anyhow::Result<Status> {
    let bits = arguments.bits.unwrap_or(BITS);
    let machine = Segments::new(bits, numbered(&arguments.segments)).context("--segments")?;
    let mut told = Vec::new();
    for text in &arguments.subjects {
        let va = number(text).map_err(anyhow::Error::msg)?;
        told.push((va, machine.access(va)?));
    }
    let (number_bits, span) = (machine.number_bits(), machine.span());
    let mut rows = vec![["segment", "number", "base", "limit", "grows"].map(str::to_owned)];
    rows.extend(machine.segments().iter().map(|segment| {
        let Segment { name, number, base, limit, down } = segment;
        let grows = if *down { "down" } else { "up" };
        [name.clone(), number.to_string(), base.to_string(), limit.to_string(), grows.to_owned()]
    }));
    let head = format!(
        "A model: addresses of {bits} bits, the upper {number_bits} a segment's number; offsets 0 to {}\n\
         \n{}",
        span - 1,
        aligned(&[Column::left(0).gap(0), Column::right(0)], rows)
    );
    let about = machine.segments().iter().map(|segment| {
        let Segment { name, number, base, limit, down } = segment;
        json!({ "name": name, "number": number, "base": base, "limit": limit, "down": down })
    });
    let about = Value::Array(about.collect());
    shown(arguments.json, &head, about, &told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine::contiguous::{Descriptor, Request, Rights, Shape, golden};
    use model::isa::Access;
    use proptest::prelude::*;

    /// The machine of `segment_toy`: four segments in addresses of 14 bits.
    const SHAPE: Shape = Shape { segments: 4, offset_bits: 12 };

    proptest! {
        /// Against what base and limit mean for the segmentation unit, byte by byte.
        #[test]
        fn segments_are_those_of_the_hardware(
            table in prop::collection::vec((0..50_000_u64, 1..4097_u64, any::<bool>()), 4),
            va in 0..1_u64 << 14,
        ) {
            let table: Vec<_> = table
                .into_iter()
                .map(|(base, limit, down)| (if down { base + limit } else { base }, limit, down))
                .collect();
            let segment = |(number, (base, limit, down)): (u64, &(u64, u64, bool))| Segment {
                name: number.to_string(), number, base: *base, limit: *limit, down: *down
            };
            let toy = Segments::new(14, (0..).zip(&table).map(segment).collect()).unwrap();
            let descriptor = |(base, limit, down): &(u64, u64, bool)| {
                let rights = Rights { read: true, write: true, execute: true, user: true, down: *down };
                Some(Descriptor { base: *base, limit: *limit, rights })
            };
            let table: Vec<_> = table.iter().map(descriptor).collect();
            let request = Request { va, bytes: 1, access: Access::Load, user: true };
            let expected = golden::translate(&table, SHAPE, &request).ok();
            prop_assert_eq!(toy.access(va).unwrap().pa, expected);
        }

        #[test]
        fn bounds_are_those_of_one_segment(base in 0..9_u64, limit in 1..9_u64, va in 0..20_u64) {
            let bytes: Vec<u64> = (base..base + limit).collect();
            prop_assert_eq!(placed(base, limit, va).pa, bytes.get(va as usize).copied());
        }

        #[test]
        fn whatever_is_written_is_read_or_refused(text in "[0-9a-cK:=+-]{0,16}") {
            let _ = text.parse::<SegmentArg>();
        }
    }

    #[test]
    fn the_segments_of_the_book() {
        // Arpaci-Dusseau, Operating Systems: Three Easy Pieces, Segmentation.
        let texts = ["code=32K+2K", "heap=34K+3K", "3:stack=28K-2K"];
        let segments = numbered(&texts.map(|text| text.parse().unwrap()));
        let machine = Segments::new(14, segments).unwrap();
        let pa = |va| machine.access(va).unwrap().pa;
        let expected = [Some(32868), Some(34920), None, Some(27648), None];
        assert_eq!([100, 4200, 7168, 15360, 8192].map(pa), expected);
    }
}
