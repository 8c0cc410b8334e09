//! Checks a file of page tables and steps for contradictions and dangling references.

use machine::system::LatencySpec;
use model::isa::Mode;

use super::{Edit, Head, Machine};
use crate::events::Counts;
use crate::limits::within;
use crate::number::Number;
use crate::place::{Mistake, Place};
use crate::step::{Action, Step};
use crate::variant;

/// The largest address-space identifier of RV32.
const LARGEST_ASID_RV32: u16 = 511;

impl Machine {
    /// Checks the machine's properties.
    ///
    /// # Errors
    /// The first error.
    pub fn check(&self, place: &Place) -> Result<(), Mistake> {
        if self.modes.list().contains(&Mode::Bare) {
            let message =
                "`bare` is not a scheme; the step `satp = \"bare\"` turns translation off";
            return Err(place.key("modes").text("bare").wrong(message));
        }
        for size in self.sizes() {
            let exists = variant::exists(self, size);
            exists.map_err(|message| place.key("extensions").wrong(message))?;
        }
        let parts = self.parts();
        let parts = parts.map_err(|(name, message)| place.key(name).wrong(message))?;
        for size in self.sizes() {
            let fits = variant::fits(self, &parts, size);
            fits.map_err(|message| place.wrong(message))?;
        }
        for latency in self.latency.list() {
            let place = place.key("latency").word(&latency.to_string());
            let checked = LatencySpec::Fixed(latency).check();
            checked.map_err(|message| place.wrong(format!("`latency` is {latency}: {message}")))?;
        }
        within(&place.key("ready_every"), self.ready_every, 1..=9999)
    }
}

impl Head {
    /// Checks everything that can be checked without a machine.
    ///
    /// # Errors
    /// The first error.
    pub fn check(&self, steps: &[Step]) -> Result<(), Mistake> {
        let root = Place::file();
        self.machine.check(&root.key("machine"))?;
        if let Some(name) = self.machine.satp.as_ref().filter(|name| !self.is_register(name)) {
            return Err(no_space(&root.key("machine").key("satp"), name));
        }
        let known = Counts::default();
        if let Some(name) = self.events.keys().find(|name| known.get(name).is_none()) {
            let there: Vec<_> = known.iter().map(|(name, _)| name).collect();
            let message = format!("there is no event `{name}`; there are {}", there.join(", "));
            return Err(root.key("events").key(name).wrong(message));
        }
        self.check_edits(&self.edit, &root)?;
        for (name, space) in &self.space {
            let place = root.key("space").key(name);
            if name == "bare" {
                return Err(place.wrong("`bare` stands for no translation, and names no space"));
            }
            if name == "main" && !self.map.is_empty() {
                return Err(place.wrong("`main` is the space of the mappings outside of spaces"));
            }
            self.check_asid(space.asid, &place.key("asid"))?;
            self.check_edits(&space.edit, &place)?;
        }
        if steps.is_empty() {
            return Err(root.key("step").wrong("a scenario needs a step: `step` is empty"));
        }
        steps.iter().try_for_each(|step| self.check_step(step))
    }

    fn check_edits(&self, edits: &[Edit], place: &Place) -> Result<(), Mistake> {
        for (number, edit) in edits.iter().enumerate() {
            self.check_edit(edit, &place.key("edit").item(number))?;
        }
        Ok(())
    }

    fn check_edit(&self, edit: &Edit, place: &Place) -> Result<(), Mistake> {
        if let Some(name) = edit.space.as_ref().filter(|name| !self.is_space(name)) {
            return Err(no_space(&place.key("space"), name));
        }
        let parts = edit.set.ones != 0 || edit.clear.ones != 0 || edit.pa.is_some();
        match (parts, &edit.value) {
            (true, Some(_)) => {
                Err(place.wrong("`value` is the whole entry, and leaves no other part"))
            }
            (false, None) => Err(place.wrong("an entry needs `set`, `clear`, `pa` or `value`")),
            _ if edit.clear.zeros != 0 => {
                Err(place.key("clear").wrong("a field with a value is `set`; `PBMT` clears it"))
            }
            _ if edit.set.ones & edit.clear.ones != 0 => {
                Err(place.wrong("a bit cannot be both in `set` and in `clear`"))
            }
            _ => Ok(()),
        }
    }

    fn check_step(&self, step: &Step) -> Result<(), Mistake> {
        let place = Place::line(step.line);
        let harts = self.machine.harts;
        if step.hart >= harts {
            let (hart, last) = (step.hart, harts - 1);
            let message = format!("there is no hart {hart}: of {harts} the last is {last}");
            return Err(place.word("hart").wrong(message));
        }
        match &step.action {
            Action::Satp(name) if !self.is_register(name) => return Err(no_space(&place, name)),
            Action::Pte(edit) | Action::ExpectPte(edit) => self.check_edit(edit, &place)?,
            Action::BusError(error) => {
                if let Some(name) = error.space.as_ref().filter(|name| !self.is_space(name)) {
                    return Err(no_space(&place, name));
                }
            }
            Action::Access(_, access) if self.machine.trace != Some(1) => {
                let told = [("from", access.from.is_some()), ("because", access.because.is_some())];
                if let Some((name, _)) = told.iter().find(|(_, told)| *told) {
                    let message = format!("`{name}` needs trace pins: `machine = {{ trace = 1 }}`");
                    return Err(place.word(name).wrong(message));
                }
            }
            Action::Fence(fence) => {
                self.check_asid(fence.fence.asid.unwrap_or(0), &place)?;
            }
            _ => {}
        }
        step.during.iter().try_for_each(|timed| self.check_step(&timed.step))
    }

    fn check_asid(&self, asid: u16, place: &Place) -> Result<(), Mistake> {
        if asid > LARGEST_ASID_RV32 && self.machine.modes.list().contains(&Mode::Sv32) {
            let message = format!("ASID {asid} does not exist in Sv32; the last is 511");
            return Err(place.wrong(message));
        }
        Ok(())
    }

    fn is_space(&self, name: &str) -> bool {
        let main = name == "main" && (!self.map.is_empty() || self.space.is_empty());
        main || self.space.contains_key(name)
    }

    /// Whether this is a value of `satp`.
    fn is_register(&self, name: &str) -> bool {
        name == "bare" || self.is_space(name) || Number::parse(name).is_ok()
    }
}

fn no_space(place: &Place, name: &str) -> Mistake {
    place.text(name).wrong(format!("there is no address space `{name}`"))
}
