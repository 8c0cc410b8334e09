//! Reading such a file: every mistake is said with its place.

use std::borrow::Cow;
use std::ops::Range;

use model::isa::Access;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, ValueDeserializer};

use super::{Action, Check, Head, Step};
use crate::error::{LoadError, position};

/// The keys that name a step's kind.
const ACTIONS: [&str; 10] =
    ["load", "end", "run", "read", "write", "fetch", "grow", "compact", "check", "churn"];

struct Reader<'t> {
    file: &'t str,
    text: &'t str,
}

/// Reads a file whose table has the key `contiguous`.
pub(crate) fn read(
    file: &str,
    text: &str,
    mut root: Spanned<DeTable<'_>>,
) -> Result<(Head, Vec<Step>), LoadError> {
    let reader = Reader { file, text };
    let steps = take(root.get_mut(), "step");
    let head = Head::deserialize(Deserializer::from(root)).map_err(|e| reader.toml(&e, 0..0))?;
    let Some(steps) = steps else {
        return Err(reader.error(0..0, "a scenario of contiguous memory needs `step`"));
    };
    let span = steps.span();
    let DeValue::Array(items) = steps.into_inner() else {
        return Err(reader.error(span, "expected a list of steps"));
    };
    let steps: Vec<Step> =
        items.into_iter().map(|item| reader.step(item)).collect::<Result<_, _>>()?;
    head.check(&steps).map_err(|mistake| LoadError::of(file, text, mistake))?;
    Ok((head, steps))
}

impl Reader<'_> {
    fn error(&self, span: Range<usize>, message: impl Into<String>) -> LoadError {
        LoadError::at(self.file, self.text, Some(span), message)
    }

    fn toml(&self, error: &toml::de::Error, otherwise: Range<usize>) -> LoadError {
        self.error(error.span().unwrap_or(otherwise), error.message())
    }

    fn value<T: DeserializeOwned>(&self, value: Spanned<DeValue<'_>>) -> Result<T, LoadError> {
        let span = value.span();
        T::deserialize(ValueDeserializer::from(value)).map_err(|e| self.toml(&e, span))
    }

    fn step(&self, value: Spanned<DeValue<'_>>) -> Result<Step, LoadError> {
        let span = value.span();
        let line = position(self.text, span.start).0;
        let DeValue::Table(mut table) = value.into_inner() else {
            return Err(self.error(span, "a step is a table, as { load = \"P1\" }"));
        };
        let found = table.iter().map(|(key, _)| key.get_ref().to_string());
        let Some(action) = found.into_iter().find(|key| ACTIONS.contains(&key.as_str())) else {
            return Err(self.error(span, format!("a step needs one of {}", ACTIONS.join(", "))));
        };
        let single = match action.as_str() {
            "run" | "check" => take(&mut table, &action),
            _ => None,
        };
        if let Some((key, _)) = table.iter().next().filter(|_| single.is_some()) {
            let message = format!("`{}` does not belong to `{action}`", key.get_ref());
            return Err(self.error(key.span(), message));
        }
        let whole = Spanned::new(span, DeValue::Table(table));
        let action = match (action.as_str(), single) {
            ("run", Some(name)) => Action::Run(self.value(name)?),
            (_, Some(check)) => Action::Check(self.value::<Check>(check)?),
            ("load", _) => Action::Load(self.value(whole)?),
            ("end", _) => Action::End(self.value(whole)?),
            ("read", _) => Action::Access(Access::Load, self.value(whole)?),
            ("write", _) => Action::Access(Access::Store, self.value(whole)?),
            ("fetch", _) => Action::Access(Access::Fetch, self.value(whole)?),
            ("grow", _) => Action::Grow(self.value(whole)?),
            ("compact", _) => Action::Compact(self.value(whole)?),
            _ => Action::Churn(self.value(whole)?),
        };
        Ok(Step { line, action })
    }
}

/// Removes a key and returns its value.
fn take<'t>(table: &mut DeTable<'t>, key: &str) -> Option<Spanned<DeValue<'t>>> {
    let span = table.iter().find(|(k, _)| k.get_ref() == key).map(|(k, _)| k.span())?;
    table.remove(&Spanned::new(span, Cow::from(key.to_owned())))
}
