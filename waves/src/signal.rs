//! The kinds of signals, and their values.

/// A declared signal, valid for the writer or dump made from its [`crate::Builder`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SignalId(pub(crate) u32);

/// The kind of a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The clock, drawn by the writer itself: rising where a cycle begins, falling in its middle.
    Clock,
    /// An unsigned number.
    Bits {
        /// 1 to 128; more for signals that only a [`crate::Dump`] sets.
        width: u32,
    },
    /// A number with names for its values; a string signal `PATH_name` next to it holds the name.
    State {
        /// 1 to 32.
        width: u32,
        /// By value; each one word.
        names: Vec<String>,
    },
    /// One word; see [`crate::sanitise`].
    Text,
    /// An instant.
    Event,
    /// A floating-point number.
    Real,
}

impl Kind {
    /// Bits, where it is a number.
    pub(crate) fn width(&self) -> Option<u32> {
        match self {
            Kind::Clock => Some(1),
            Kind::Bits { width } | Kind::State { width, .. } => Some(*width),
            Kind::Text | Kind::Event | Kind::Real => None,
        }
    }

    /// Names of values, if it is a state.
    pub(crate) fn names(&self) -> &[String] {
        if let Kind::State { names, .. } = self { names } else { &[] }
    }

    /// The bit range behind a vector's name.
    pub(crate) fn range(&self) -> Option<u32> {
        self.width().filter(|width| *width > 1).map(|width| width - 1)
    }
}

/// A value to set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// No value (an idle port): drawn as a line in the middle. For bits, states and texts.
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

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Value::Text(value)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Absent, Into::into)
    }
}
