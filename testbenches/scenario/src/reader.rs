//! Parses a file's tables into values: every error is reported with its place.

use std::borrow::Cow;
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, ValueDeserializer};

use super::error::{Lines, LoadError, in_words};
use super::place::Mistake;

pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// A file's name, for messages, and its text.
pub(super) struct Reader<'t> {
    pub(super) file: &'t str,
    pub(super) text: &'t str,
    lines: Lines,
}

impl<'t> Reader<'t> {
    pub(super) fn new(file: &'t str, text: &'t str) -> Reader<'t> {
        Reader { file, text, lines: Lines::of(text) }
    }

    pub(super) fn error(&self, span: Range<usize>, message: impl Into<String>) -> LoadError {
        LoadError::at(self.file, self.text, Some(span), message)
    }

    pub(super) fn toml(&self, error: &toml::de::Error, otherwise: Range<usize>) -> LoadError {
        self.error(error.span().unwrap_or(otherwise), in_words(error.message()))
    }

    pub(super) fn mistake(&self, mistake: Mistake) -> LoadError {
        LoadError::of(self.file, self.text, mistake)
    }

    /// The line of a span, from 1.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        self.lines.line(span.start)
    }

    pub(super) fn read<T: DeserializeOwned>(&self, value: Value<'t>) -> Result<T, LoadError> {
        let span = value.span();
        T::deserialize(ValueDeserializer::from(value)).map_err(|e| self.toml(&e, span))
    }

    /// The rest of the file.
    pub(super) fn root<T: DeserializeOwned>(
        &self,
        root: Spanned<DeTable<'t>>,
    ) -> Result<T, LoadError> {
        T::deserialize(Deserializer::from(root)).map_err(|e| self.toml(&e, 0..0))
    }

    pub(super) fn steps<S>(
        &self,
        value: Value<'t>,
        step: impl FnMut(Value<'t>) -> Result<S, LoadError>,
    ) -> Result<Vec<S>, LoadError> {
        let span = value.span();
        match value.into_inner() {
            DeValue::Array(items) => items.into_iter().map(step).collect(),
            _ => Err(self.error(span, "expected a list of steps")),
        }
    }

    /// A step's table; `example` is one.
    pub(super) fn table(&self, value: Value<'t>, example: &str) -> Result<DeTable<'t>, LoadError> {
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.error(span, format!("a step is a table, as {example}"))),
        }
    }

    /// The value of a step that has only its own key, if that is one of `those`.
    pub(super) fn single(
        &self,
        table: &mut DeTable<'t>,
        action: &str,
        those: &[&str],
    ) -> Result<Option<Value<'t>>, LoadError> {
        let Some((_, value)) = those.contains(&action).then(|| take(table, action)).flatten()
        else {
            return Ok(None);
        };
        match table.iter().next() {
            Some((other, _)) => {
                let message = format!("`{}` does not belong to `{action}`", other.get_ref());
                Err(self.error(other.span(), message))
            }
            None => Ok(Some(value)),
        }
    }
}

/// Removes a key, with its place and value.
pub(super) fn take<'t>(table: &mut DeTable<'t>, key: &str) -> Option<(Range<usize>, Value<'t>)> {
    let span = table.iter().find(|(k, _)| k.get_ref() == key).map(|(k, _)| k.span())?;
    let value = table.remove(&Spanned::new(span.clone(), Cow::from(key.to_owned())))?;
    Some((span, value))
}
