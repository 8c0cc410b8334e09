//! The line that opens a scenario: `S id key=value ...`.

use std::ops::Range;

use super::fields::{Bad, Fields, HEX, bit, hex};
use super::record::{PmpEntry, Scenario};
use crate::isa::{Mode, Xlen};

const MODE: &str = "sv32, sv39, sv48 or sv57";
const XLEN: &str = "32 for sv32, 64 for the others";
const KEY: &str = "KEY=VALUE with a known key, none twice but ram and rom";
const ASID_BITS: &str = "a decimal number up to 16";
const RANGE: &str = "LO-HI in hexadecimal, LO below HI";
const PMP: &str = "CFG:ADDR in hexadecimal for an entry 0 to 63";

/// Keys that may occur once; required ones have no default.
#[derive(Default)]
struct Keys {
    mode: Option<Mode>,
    xlen: Option<Xlen>,
    adue: Option<bool>,
    pbmte: Option<bool>,
    svnapot: Option<bool>,
    warm: Option<bool>,
    satp: Option<u64>,
    asid_bits: Option<u32>,
}

/// Parses the part after the `S`.
pub(super) fn scenario(fields: &mut Fields<'_>) -> Result<Scenario, Bad> {
    let id = fields.text("id", "the scenario's name")?.to_owned();
    let mut keys = Keys::default();
    let (mut ram, mut rom, mut pmp) = (Vec::new(), Vec::new(), Vec::new());
    for text in fields.rest() {
        let (key, value) = text.split_once('=').ok_or_else(|| Bad::new("key", KEY, text))?;
        let fresh = match key {
            "mode" => set(&mut keys.mode, mode(value)?),
            "xlen" => set(&mut keys.xlen, xlen(value)?),
            "adue" => set(&mut keys.adue, bit("adue", value)?),
            "pbmte" => set(&mut keys.pbmte, bit("pbmte", value)?),
            "svnapot" => set(&mut keys.svnapot, bit("svnapot", value)?),
            "warm" => set(&mut keys.warm, bit("warm", value)?),
            "satp" => set(&mut keys.satp, hex("satp", value)?),
            "asidbits" => set(&mut keys.asid_bits, asid_bits(value)?),
            "ram" => push(&mut ram, range("ram", value)?),
            "rom" => push(&mut rom, range("rom", value)?),
            _ => match key.strip_prefix("pmp") {
                Some(index) => push(&mut pmp, pmp_entry(index, value)?),
                None => false,
            },
        };
        if !fresh {
            return Err(Bad::new("key", KEY, text));
        }
    }
    let mode = keys.mode.ok_or_else(|| Bad::end("mode", MODE))?;
    let xlen = keys.xlen.ok_or_else(|| Bad::end("xlen", XLEN))?;
    if (mode == Mode::Sv32) != (xlen == Xlen::Rv32) {
        return Err(Bad::new("xlen", XLEN, if xlen == Xlen::Rv32 { "32" } else { "64" }));
    }
    let flag = |value: Option<bool>, field| value.ok_or_else(|| Bad::end(field, "0 or 1"));
    Ok(Scenario {
        id,
        mode,
        xlen,
        adue: flag(keys.adue, "adue")?,
        pbmte: flag(keys.pbmte, "pbmte")?,
        svnapot: flag(keys.svnapot, "svnapot")?,
        warm: flag(keys.warm, "warm")?,
        satp: keys.satp.ok_or_else(|| Bad::end("satp", HEX))?,
        ram,
        rom,
        asid_bits: keys.asid_bits,
        pmp,
    })
}

/// Sets a value that was not set; false if it was.
fn set<T>(slot: &mut Option<T>, value: T) -> bool {
    slot.replace(value).is_none()
}

fn push<T>(list: &mut Vec<T>, value: T) -> bool {
    list.push(value);
    true
}

fn mode(text: &str) -> Result<Mode, Bad> {
    match text {
        "sv32" => Ok(Mode::Sv32),
        "sv39" => Ok(Mode::Sv39),
        "sv48" => Ok(Mode::Sv48),
        "sv57" => Ok(Mode::Sv57),
        _ => Err(Bad::new("mode", MODE, text)),
    }
}

fn xlen(text: &str) -> Result<Xlen, Bad> {
    match text {
        "32" => Ok(Xlen::Rv32),
        "64" => Ok(Xlen::Rv64),
        _ => Err(Bad::new("xlen", XLEN, text)),
    }
}

fn asid_bits(text: &str) -> Result<u32, Bad> {
    let bits = text.parse().ok().filter(|bits| *bits <= 16);
    bits.ok_or_else(|| Bad::new("asidbits", ASID_BITS, text))
}

fn range(field: &'static str, text: &str) -> Result<Range<u64>, Bad> {
    let bad = || Bad::new(field, RANGE, text);
    let (low, high) = text.split_once('-').ok_or_else(bad)?;
    let (low, high) = (hex(field, low).map_err(|_| bad())?, hex(field, high).map_err(|_| bad())?);
    if low < high { Ok(low..high) } else { Err(bad()) }
}

fn pmp_entry(index: &str, text: &str) -> Result<PmpEntry, Bad> {
    let bad = || Bad::new("pmp", PMP, text);
    let index = index.parse().ok().filter(|index| *index < 64).ok_or_else(bad)?;
    let (cfg, addr) = text.split_once(':').ok_or_else(bad)?;
    let cfg = u8::try_from(hex("pmp", cfg).map_err(|_| bad())?).map_err(|_| bad())?;
    Ok(PmpEntry { index, cfg, addr: hex("pmp", addr).map_err(|_| bad())? })
}
