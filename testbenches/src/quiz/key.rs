//! What counts as the right answer, for a learning platform that grades.

use serde_json::{Value, json};

/// The right answer of a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// A number, right within this distance.
    Number {
        /// The number.
        value: f64,
        /// The distance; 0 for a count.
        within: f64,
    },
    /// Any of these texts, in capital or small letters. The first is the one to show.
    Text(Vec<String>),
    /// One of the question's options.
    Choice {
        /// The place of the right one, from 0.
        right: usize,
    },
    /// A text that a person grades.
    Open,
}

impl Key {
    /// A count.
    pub(super) fn count(value: u64) -> Key {
        Key::Number { value: value as f64, within: 0.0 }
    }

    /// An average to two decimals, rounded or cut off.
    pub(super) fn average(value: f64) -> Key {
        Key::Number { value: (value * 100.0).round() / 100.0, within: 0.01 }
    }

    /// One text.
    pub(super) fn text(text: &str) -> Key {
        Key::Text(vec![text.to_owned()])
    }

    /// Numbers in order, separated by blanks, commas, or both.
    pub(super) fn list(numbers: &[u64]) -> Key {
        let words: Vec<_> = numbers.iter().map(u64::to_string).collect();
        Key::Text([" ", ", ", ","].map(|between| words.join(between)).into())
    }

    /// For programs.
    pub fn json(&self) -> Value {
        match self {
            Key::Number { value, within } => json!({ "number": value, "within": within }),
            Key::Text(accepted) => json!({ "texts": accepted }),
            Key::Choice { right } => json!({ "right": right }),
            Key::Open => json!({ "open": true }),
        }
    }
}
