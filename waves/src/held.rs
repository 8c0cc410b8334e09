//! The value of a signal between two changes.

use crate::{Dump, Kind, SignalId, Value, text};

/// The present value of a signal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Held {
    /// Never set.
    Unknown,
    Absent,
    Bits(u128),
    Text(String),
    Real(f64),
    /// Whether it fires in this cycle.
    Event(bool),
}

/// A signal in the writer's records.
#[derive(Debug)]
pub(crate) struct Signal {
    pub(crate) kind: Kind,
    pub(crate) now: Held,
    pub(crate) written: Held,
    /// Already in the list of signals that may have changed in this cycle.
    pub(crate) touched: bool,
}

/// The outcome of setting a value.
pub(crate) enum Outcome {
    Same,
    Changed,
    /// Not of the signal's kind, or too wide.
    Wrong,
}

impl Signal {
    pub(crate) fn new(kind: Kind) -> Signal {
        let start = match kind {
            Kind::Clock | Kind::Bits { .. } | Kind::State { .. } => Held::Unknown,
            Kind::Text => Held::Text(String::new()),
            Kind::Event => Held::Event(false),
            Kind::Real => Held::Real(0.0),
        };
        Signal { kind, now: start.clone(), written: start, touched: false }
    }

    /// Sets the signal's value. `word` is a buffer for a text, reused.
    pub(crate) fn hold(&mut self, value: Value<'_>, word: &mut String) -> Outcome {
        let held = match (&self.kind, value) {
            (Kind::Bits { width } | Kind::State { width, .. }, Value::Bits(bits)) => {
                if *width < 128 && bits >> width != 0 {
                    return Outcome::Wrong;
                }
                Held::Bits(bits)
            }
            (Kind::Bits { .. } | Kind::State { .. }, Value::Absent) => Held::Absent,
            (Kind::Text, Value::Absent | Value::Text(_)) => {
                let text = if let Value::Text(text) = value { text } else { "" };
                return self.hold_text(text, word);
            }
            (Kind::Event, Value::Absent) => return Outcome::Same,
            (Kind::Event, Value::Fires) => Held::Event(true),
            (Kind::Real, Value::Real(real)) if real.is_finite() => Held::Real(real),
            _ => return Outcome::Wrong,
        };
        if self.now == held {
            return Outcome::Same;
        }
        self.now = held;
        Outcome::Changed
    }

    fn hold_text(&mut self, text: &str, word: &mut String) -> Outcome {
        word.clear();
        text::push(word, text);
        match &mut self.now {
            Held::Text(now) if now == word => return Outcome::Same,
            Held::Text(now) => now.clone_from(word),
            other => *other = Held::Text(word.clone()),
        }
        Outcome::Changed
    }
}

impl Held {
    /// Writes the value as a change of the signal.
    pub(crate) fn write(&self, dump: &mut Dump<'_>, id: SignalId) {
        match self {
            Held::Unknown => dump.unknown(id),
            Held::Absent => dump.absent(id),
            Held::Bits(bits) => dump.bits(id, &[*bits as u64, (*bits >> 64) as u64]),
            Held::Text(text) => dump.text(id, text),
            Held::Real(real) => dump.real(id, *real),
            Held::Event(_) => dump.fire(id),
        }
    }
}
