//! One value: how it is held, and how it is written.

use std::io::{self, Write};

use vcd::{IdCode, Value as Bit};

use super::signal::{Held, Signal};
use super::{Kind, Value, file::Sink, text};

/// What became of a value that was set.
pub(super) enum Outcome {
    Same,
    Changed,
    /// Not of the signal's kind, or too wide.
    Wrong,
}

/// Makes a signal hold a value. `word` is room for a text, reused.
pub(super) fn hold(signal: &mut Signal, value: Value<'_>, word: &mut String) -> Outcome {
    let held = match (&signal.kind, value) {
        (Kind::Bits { width } | Kind::State { width, .. }, Value::Bits(bits)) => {
            if *width < 128 && bits >> width != 0 {
                return Outcome::Wrong;
            }
            Held::Bits(bits)
        }
        (Kind::Bits { .. } | Kind::State { .. }, Value::Absent) => Held::Absent,
        (Kind::Text, Value::Absent | Value::Text(_)) => {
            let text = if let Value::Text(text) = value { text } else { "" };
            return hold_text(signal, text, word);
        }
        (Kind::Event, Value::Absent) => return Outcome::Same,
        (Kind::Event, Value::Fires) => Held::Event(true),
        (Kind::Real, Value::Real(real)) if real.is_finite() => Held::Real(real),
        _ => return Outcome::Wrong,
    };
    if signal.now == held {
        return Outcome::Same;
    }
    signal.now = held;
    Outcome::Changed
}

fn hold_text(signal: &mut Signal, text: &str, word: &mut String) -> Outcome {
    word.clear();
    text::push(word, text);
    match &mut signal.now {
        Held::Text(now) if now == word => return Outcome::Same,
        Held::Text(now) => now.clone_from(word),
        other => *other = Held::Text(word.clone()),
    }
    Outcome::Changed
}

/// Writes the signal's new value.
pub(super) fn write(out: &mut vcd::Writer<Sink>, signal: &Signal) -> io::Result<()> {
    value(out, signal, &signal.now)
}

/// Writes the signal's value before the current cycle.
pub(super) fn write_held(out: &mut vcd::Writer<Sink>, signal: &Signal) -> io::Result<()> {
    value(out, signal, &signal.written)
}

fn value(out: &mut vcd::Writer<Sink>, signal: &Signal, held: &Held) -> io::Result<()> {
    let code = signal.code;
    if let Kind::State { names, .. } = &signal.kind {
        match held {
            Held::Bits(value) => match names.get(*value as usize).filter(|n| !n.is_empty()) {
                Some(name) => out.change_string(signal.name_code, name)?,
                None => out.change_string(signal.name_code, &value.to_string())?,
            },
            _ => out.change_string(signal.name_code, "")?,
        }
    }
    match held {
        Held::Bits(value) => number(out, code, signal, *value),
        Held::Unknown => level(out, code, signal, Bit::X),
        Held::Absent => level(out, code, signal, Bit::Z),
        Held::Text(text) => out.change_string(code, text),
        Held::Real(real) => out.change_real(code, *real),
        Held::Event(_) => out.change_scalar(code, Bit::V1),
    }
}

fn is_vector(signal: &Signal) -> bool {
    matches!(signal.kind, Kind::Bits { width } | Kind::State { width, .. } if width > 1)
}

/// All bits alike: readers extend x and z to the left.
fn level(out: &mut vcd::Writer<Sink>, code: IdCode, signal: &Signal, bit: Bit) -> io::Result<()> {
    if is_vector(signal) { out.change_vector(code, [bit]) } else { out.change_scalar(code, bit) }
}

/// A number without its leading zeros: readers add them. The text is that of the crate's
/// `change_vector`, which formats bit by bit.
fn number(
    out: &mut vcd::Writer<Sink>,
    code: IdCode,
    signal: &Signal,
    value: u128,
) -> io::Result<()> {
    if !is_vector(signal) {
        return out.change_scalar(code, value & 1 == 1);
    }
    let digits = (128 - value.leading_zeros()).max(1);
    let mut line = [b'b'; 129];
    for (place, bit) in (0..digits).rev().enumerate() {
        line[place + 1] = b'0' + (value >> bit & 1) as u8;
    }
    let out = out.writer();
    out.write_all(&line[..=digits as usize])?;
    out.write_all(signal.ending.as_bytes())
}
