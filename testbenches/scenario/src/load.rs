//! Parsing a scenario file: every error is reported with file, line and column.

use std::borrow::Cow;
use std::ops::Range;

use model::isa::Access;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::LoadError;
use super::place::Place;
use super::reader::{Reader, Value, take};
use super::schema::{Head, OneOrMany};
use super::segments;
use super::step::{Action, Step, Timed};
use super::system::System;

/// A scenario, read and checked as far as it can be without running it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `folder/behaviour`, or the path that it was read from.
    pub name: String,
    /// The file, for messages.
    pub file: String,
    /// One sentence: its idea; empty where the file says nothing.
    pub idea: String,
    /// The rules of the specification that it demonstrates; often none in a file of one's own.
    pub spec: Vec<String>,
    /// The books, papers and exams from which its numbers are taken.
    pub source: Vec<String>,
    /// Its contents.
    pub body: Body,
    /// The file's text, to quote from.
    pub text: String,
}

/// The kinds of scenarios.
#[derive(Clone, Debug)]
pub enum Body {
    /// Steps at the ports of the MMU.
    Ports(Box<Head>, Vec<Step>),
    /// Processes under the operating system.
    System(Box<System>),
    /// Processes in contiguous memory, under a segmentation unit.
    Segments(Box<segments::Head>, Vec<segments::Step>),
}

impl Scenario {
    /// Parses a file's text. `name` is the scenario's name, `file` the one in messages.
    ///
    /// # Errors
    /// [`LoadError`] at the first error.
    pub fn parse(name: &str, file: &str, text: &str) -> Result<Scenario, LoadError> {
        let reader = Reader::new(file, text);
        let (idea, spec, body) = reader.scenario()?;
        let source = match &body {
            Body::Ports(head, _) => listed(&head.source),
            Body::System(system) => listed(&system.source),
            Body::Segments(head, _) => listed(&head.source),
        };
        let (name, file, text) = (name.to_owned(), file.to_owned(), text.to_owned());
        Ok(Scenario { name, file, idea, spec, source, body, text })
    }

    /// Checks that every option of the kernel has an effect. A variation of a study may lack the
    /// part that it is for.
    ///
    /// # Errors
    /// [`LoadError`]: one has none.
    pub fn check_effects(&self) -> Result<(), LoadError> {
        let Body::System(system) = &self.body else { return Ok(()) };
        let Some((name, why)) = system.os.without_effect() else { return Ok(()) };
        let place = Place::file().key("os").key(name);
        let reader = Reader::new(&self.file, &self.text);
        Err(reader.mistake(place.wrong(format!("`os.{name}` has no effect here: {why}"))))
    }

    /// The number of its harts.
    pub fn harts(&self) -> usize {
        match &self.body {
            Body::Ports(head, _) => head.machine.harts,
            Body::System(_) | Body::Segments(..) => 1,
        }
    }

    /// A line of the file, from 1, without its indentation.
    pub fn line(&self, line: usize) -> &str {
        self.text.lines().nth(line.saturating_sub(1)).unwrap_or("").trim()
    }
}

/// The texts of a key that may be absent.
fn listed(texts: &Option<OneOrMany<String>>) -> Vec<String> {
    texts.as_ref().map(OneOrMany::list).unwrap_or_default()
}

/// The keys that name a step's kind.
const ACTIONS: [&str; 19] = [
    "fetch",
    "load",
    "store",
    "cbo",
    "stream",
    "fence",
    "satp",
    "pte",
    "expect_pte",
    "bus_error",
    "bus_ok",
    "adue",
    "pbmte",
    "l2_inject",
    "pmp",
    "csr",
    "wait",
    "take_faults",
    "held",
];

impl<'t> Reader<'t> {
    fn scenario(&self) -> Result<(String, Vec<String>, Body), LoadError> {
        let mut root = DeTable::parse(self.text).map_err(|e| self.toml(&e, 0..0))?;
        if root.get_ref().iter().any(|(key, _)| key.get_ref() == "contiguous") {
            let (head, steps) = self.segments(root)?;
            // No rule of the specification: it has no segments.
            return Ok((head.idea.clone(), Vec::new(), Body::Segments(Box::new(head), steps)));
        }
        let steps = take(root.get_mut(), "step");
        let is_system = root.get_ref().iter().any(|(key, _)| key.get_ref() == "process");
        let (idea, spec, body) = match (steps, is_system) {
            (Some((key, _)), true) => {
                return Err(self.error(key, "a scenario has either steps or processes"));
            }
            (Some((_, value)), false) => {
                let steps = self.steps(value, |item| self.step(item, false))?;
                let head: Head = self.root(root)?;
                let (idea, spec) = (head.idea.clone(), listed(&head.spec));
                head.check(&steps).map_err(|mistake| self.mistake(mistake))?;
                (idea, spec, Body::Ports(Box::new(head), steps))
            }
            (None, true) => {
                let mut system: System = self.root(root)?;
                let images = system.load_images(self.file);
                images.and_then(|()| system.check()).map_err(|mistake| self.mistake(mistake))?;
                let (idea, spec) = (system.idea.clone(), listed(&system.spec));
                (idea, spec, Body::System(Box::new(system)))
            }
            (None, false) => {
                return Err(self.error(0..0, "a scenario needs `step` or `[[process]]`"));
            }
        };
        match spec.iter().find(|rule| !rule.contains(':')) {
            Some(rule) => {
                let place = Place::file().key("spec").word(rule);
                Err(self.mistake(place.wrong("a rule is written `anchor: words`")))
            }
            None => Ok((idea, spec, body)),
        }
    }

    fn step(&self, value: Value<'t>, nested: bool) -> Result<Step, LoadError> {
        let span = value.span();
        let mut table = self.table(value, "{ load = 0x1000 }")?;
        let during = match take(&mut table, "during") {
            Some((key, _)) if nested => {
                return Err(self.error(key, "`during` cannot be inside `during`"));
            }
            Some((_, value)) => self.during(value)?,
            None => Vec::new(),
        };
        let hart = match take(&mut table, "hart") {
            Some((_, value)) => self.read(value)?,
            None => 0,
        };
        let mut keys = table.iter().filter(|(key, _)| ACTIONS.contains(&&**key.get_ref()));
        // `fence` and `satp` are never companions of another key, so two are an error.
        let action = match (keys.next(), keys.next()) {
            (Some((key, _)), None) => key.get_ref().to_string(),
            (Some(_), Some((key, _))) => {
                return Err(self.error(key.span(), "a step does one thing; here is a second"));
            }
            (None, _) => {
                let message = format!("a step needs one of {}", ACTIONS.join(", "));
                return Err(self.error(span, message));
            }
        };
        drop(keys);
        let line = self.line(&span);
        Ok(Step { line, hart, action: self.action(&action, table, span)?, during })
    }

    fn during(&self, value: Value<'t>) -> Result<Vec<Timed>, LoadError> {
        let timed = |mut item: Value<'t>| {
            let span = item.span();
            let at = match item.get_mut() {
                DeValue::Table(table) => take(table, "at"),
                _ => None,
            };
            let Some((_, at)) = at else {
                return Err(self.error(span, "a step in `during` needs `at`"));
            };
            Ok(Timed { at: self.read(at)?, step: self.step(item, true)? })
        };
        self.steps(value, timed)
    }

    fn action(
        &self,
        action: &str,
        mut table: DeTable<'t>,
        span: Range<usize>,
    ) -> Result<Action, LoadError> {
        const SINGLE: [&str; 7] =
            ["satp", "adue", "pbmte", "l2_inject", "wait", "take_faults", "bus_ok"];
        if let Some(value) = self.single(&mut table, action, &SINGLE)? {
            let value_span = value.span();
            return Ok(match action {
                "satp" => Action::Satp(self.read(value)?),
                "adue" => Action::Adue(self.read(value)?),
                "pbmte" => Action::Pbmte(self.read(value)?),
                "l2_inject" => Action::L2Inject(self.read(value)?),
                "wait" => Action::Wait(self.read(value)?),
                "take_faults" => Action::TakeFaults(self.read(value)?),
                _ if self.read(value)? => Action::BusOk,
                _ => return Err(self.error(value_span, "`bus_ok` can only be true")),
            });
        }
        // The key that names the action has another name in the step's schema.
        let table = match action {
            "fetch" | "load" | "store" | "cbo" => self.renamed(table, action, "va")?,
            "expect_pte" => self.renamed(table, action, "pte")?,
            _ => table,
        };
        let table = Spanned::new(span, DeValue::Table(table));
        Ok(match action {
            "fetch" => Action::Access(Access::Fetch, self.read(table)?),
            "load" => Action::Access(Access::Load, self.read(table)?),
            "store" => Action::Access(Access::Store, self.read(table)?),
            "cbo" => Action::Access(Access::CacheBlock, self.read(table)?),
            "stream" => Action::Stream(self.read(table)?),
            "fence" => Action::Fence(self.read(table)?),
            "pte" => Action::Pte(self.read(table)?),
            "expect_pte" => Action::ExpectPte(self.read(table)?),
            "pmp" => Action::Pmp(self.read(table)?),
            "csr" => Action::Csr(self.read(table)?),
            "bus_error" => Action::BusError(self.read(table)?),
            _ => Action::Held(self.read(table)?),
        })
    }

    /// A table in which a key is renamed.
    fn renamed(
        &self,
        mut table: DeTable<'t>,
        key: &str,
        name: &'static str,
    ) -> Result<DeTable<'t>, LoadError> {
        if let Some((other, _)) = table.iter().find(|(other, _)| other.get_ref() == name) {
            let message = format!("`{name}` does not belong to `{key}`");
            return Err(self.error(other.span(), message));
        }
        if let Some((span, value)) = take(&mut table, key) {
            table.insert(Spanned::new(span, Cow::from(name)), value);
        }
        Ok(table)
    }
}
