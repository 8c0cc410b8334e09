//! What a signal is, and what it can hold.

use vcd::IdCode;

/// A declared signal, valid for the [`super::Writer`] that its [`super::Builder`] became.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SignalId(pub(super) u32);

/// What a signal holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The clock, drawn by the writer itself: rising where a cycle begins, falling in its middle.
    Clock,
    /// An unsigned number.
    Bits {
        /// 1 to 128.
        width: u32,
    },
    /// A number with names; a string signal `PATH_name` beside it holds the name.
    State {
        /// 1 to 32.
        width: u32,
        /// By value; each one word.
        names: Vec<String>,
    },
    /// One word; see [`super::sanitise`].
    Text,
    /// An instant.
    Event,
    /// A floating-point number.
    Real,
}

/// A value to set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing there (an idle port): drawn as a line in the middle. For bits, states and texts.
    Absent,
    /// For bits and states.
    Bits(u128),
    /// For texts.
    Text(&'a str),
    /// For reals; must be finite.
    Real(f64),
    /// For events: it happens in this cycle.
    Fires,
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Bits(u128::from(value))
    }
}

impl From<u64> for Value<'_> {
    fn from(value: u64) -> Self {
        Value::Bits(u128::from(value))
    }
}

impl From<u128> for Value<'_> {
    fn from(value: u128) -> Self {
        Value::Bits(value)
    }
}

impl From<f64> for Value<'_> {
    fn from(value: f64) -> Self {
        Value::Real(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Value::Text(value)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Absent, Into::into)
    }
}

/// What a signal holds now.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Held {
    /// Never set.
    Unknown,
    Absent,
    Bits(u128),
    Text(String),
    Real(f64),
    /// Whether it fires in this cycle.
    Event(bool),
}

/// A signal as the writer keeps it.
#[derive(Debug)]
pub(super) struct Signal {
    pub(super) path: String,
    pub(super) kind: Kind,
    pub(super) code: IdCode,
    /// The name's code, of a state.
    pub(super) name_code: IdCode,
    /// What follows the digits of a vector.
    pub(super) ending: String,
    pub(super) now: Held,
    pub(super) written: Held,
    /// Already in the list of signals that may have changed in this cycle.
    pub(super) touched: bool,
}

impl Signal {
    pub(super) fn new(path: String, kind: Kind) -> Signal {
        let start = match kind {
            Kind::Clock | Kind::Bits { .. } | Kind::State { .. } => Held::Unknown,
            Kind::Text => Held::Text(String::new()),
            Kind::Event => Held::Event(false),
            Kind::Real => Held::Real(0.0),
        };
        Signal {
            path,
            kind,
            code: IdCode::FIRST,
            name_code: IdCode::FIRST,
            ending: String::new(),
            now: start.clone(),
            written: start,
            touched: false,
        }
    }

    /// The path as viewers spell it, with the bit range of a vector.
    pub(super) fn reference(&self) -> String {
        match self.kind {
            Kind::Bits { width } | Kind::State { width, .. } if width > 1 => {
                format!("{}[{}:0]", self.path, width - 1)
            }
            _ => self.path.clone(),
        }
    }
}
