//! Parses such a file.

use model::isa::Access;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Action, Check, Head, Step};
use crate::error::LoadError;
use crate::reader::{Reader, Value, take};

/// The keys that name a step's kind.
const ACTIONS: [&str; 10] =
    ["load", "end", "run", "read", "write", "fetch", "grow", "compact", "check", "churn"];

impl<'t> Reader<'t> {
    /// Parses a file whose table has the key `contiguous`.
    pub(crate) fn segments(
        &self,
        mut root: Spanned<DeTable<'t>>,
    ) -> Result<(Head, Vec<Step>), LoadError> {
        let steps = take(root.get_mut(), "step");
        let head: Head = self.root(root)?;
        let Some((_, steps)) = steps else {
            return Err(self.error(0..0, "a scenario of contiguous memory needs `step`"));
        };
        let steps = self.steps(steps, |item| self.segment_step(item))?;
        head.check(&steps).map_err(|mistake| self.mistake(mistake))?;
        Ok((head, steps))
    }

    fn segment_step(&self, value: Value<'t>) -> Result<Step, LoadError> {
        let span = value.span();
        let line = self.line(&span);
        let mut table = self.table(value, "{ load = \"P1\" }")?;
        let found = table.iter().map(|(key, _)| key.get_ref().to_string());
        let Some(action) = found.into_iter().find(|key| ACTIONS.contains(&key.as_str())) else {
            return Err(self.error(span, format!("a step needs one of {}", ACTIONS.join(", "))));
        };
        let single = self.single(&mut table, &action, &["run", "check"])?;
        let whole = Spanned::new(span, DeValue::Table(table));
        let action = match (action.as_str(), single) {
            ("run", Some(name)) => Action::Run(self.read(name)?),
            (_, Some(check)) => Action::Check(self.read::<Check>(check)?),
            ("load", _) => Action::Load(self.read(whole)?),
            ("end", _) => Action::End(self.read(whole)?),
            ("read", _) => Action::Access(Access::Load, self.read(whole)?),
            ("write", _) => Action::Access(Access::Store, self.read(whole)?),
            ("fetch", _) => Action::Access(Access::Fetch, self.read(whole)?),
            ("grow", _) => Action::Grow(self.read(whole)?),
            ("compact", _) => Action::Compact(self.read(whole)?),
            _ => Action::Churn(self.read(whole)?),
        };
        Ok(Step { line, action })
    }
}
