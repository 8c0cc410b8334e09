//! Checks a file of processes for contradictions and dangling references.

use std::collections::BTreeMap;

use kernel::{Allocation, PolicyKind};

use super::{ProcessText, System};
use crate::limits::within;
use crate::place::{Mistake, Place};
use crate::program::{Line, title};

/// The most cycles for which all programs together may compute without memory.
const MOST_THOUGHT: u64 = 1 << 62;

impl System {
    /// Checks everything that can be checked without a machine.
    ///
    /// # Errors
    /// The first error.
    pub fn check(&self) -> Result<(), Mistake> {
        let root = Place::file();
        self.machine.machine().check(&root.key("machine"))?;
        self.os.check(&root.key("os"))?;
        if self.process.is_empty() {
            return Err(root.key("process").wrong("a scenario needs a process: the list is empty"));
        }
        self.limits()?;
        let mut thought = 0_u64;
        for (number, process) in self.process.iter().enumerate() {
            let place = root.key("process").item(number);
            self.check_kind(number, &place)?;
            self.check_regions(number)?;
            self.check_program(process, &place)?;
            self.check_expectations(process, &place)?;
            for (line, text) in process.lines().iter().enumerate() {
                thought = thought.saturating_add(text.thought());
                if thought > MOST_THOUGHT {
                    let message = "the programs compute for more cycles than can be counted";
                    return Err(place.key("program").item(line).wrong(message));
                }
            }
        }
        Ok(())
    }

    /// Checks the expectations under single policies.
    ///
    /// # Errors
    /// An expectation under a policy that the file does not run: it would never be checked.
    pub fn check_policies(&self) -> Result<(), Mistake> {
        let (root, key) = (Place::file(), "expect_by_policy");
        for (number, process) in self.process.iter().enumerate() {
            let place = root.key("process").item(number);
            self.runs_all(&process.victims_by_policy, &place.key("victims_by_policy"))?;
            self.runs_all(&process.expect_by_policy, &place.key(key))?;
        }
        self.runs_all(&self.expect_by_policy, &root.key(key))
    }

    /// Checks the process itself: how it is created, and the keys that depend on that.
    fn check_kind(&self, number: usize, place: &Place) -> Result<(), Mistake> {
        let process = &self.process[number];
        let name = &process.name;
        let wrong = |key: &str, message: &str| {
            Err(place.key(key).word(name).wrong(format!("`{name}`: {message}")))
        };
        let any = |does: &dyn Fn(&Line) -> bool| {
            self.process.iter().any(|process| process.lines().iter().any(does))
        };
        if name.trim().is_empty() {
            return wrong("name", "a process needs a name");
        }
        if self.process[..number].iter().any(|other| other.name == *name) {
            return wrong("name", "two processes have this name");
        }
        if process.forked && process.executed {
            return wrong("name", "a process is forked or executed, not both");
        }
        if process.forked && !any(&|line| line.forks(name)) {
            return wrong("name", "no process forks this one");
        }
        if process.executed && !any(&|line| line.executes(name)) {
            return wrong("name", "no process executes this one");
        }
        if process.forked && process.regions.iter().any(|r| r.mapped != Some(false)) {
            let message = "a forked process has its parent's regions; its own are `mapped = false`";
            return wrong("name", message);
        }
        if process.trace.is_some() {
            self.check_trace(process, place)?;
        } else if process.fold {
            return Err(place.key("fold").wrong("`fold` has no effect: it is about a `trace`"));
        } else if process.program.is_none() {
            return Err(place.wrong("missing field `program`, or `trace`"));
        } else if !process.forked && process.regions.is_empty() {
            return wrong("name", "a process needs regions");
        }
        if let Some(frames) = process.frames {
            if self.os.states("allocation") {
                let message = "its frame limit is set twice, by `os.allocation` and by `frames`";
                return wrong("frames", message);
            }
            if process.forked || process.executed {
                return wrong(
                    "frames",
                    "it has the limit of the process that forks or executes it",
                );
            }
            within(&place.key("frames"), frames, 1..=u64::MAX)?;
        }
        Ok(())
    }

    /// A trace is the program, and says what the regions are.
    fn check_trace(&self, process: &ProcessText, place: &Place) -> Result<(), Mistake> {
        let of_image = process.loaded.as_ref().map_or(0, |image| image.regions.len());
        let vain = [
            ("program", process.program.is_some(), "the trace is the program"),
            ("regions", process.regions.len() > of_image, "the trace says which pages there are"),
            ("forked", process.forked, "a trace is run from its beginning"),
            ("executed", process.executed, "a trace is run from its beginning"),
        ];
        if let Some((key, _, why)) = vain.into_iter().find(|(_, is_vain, _)| *is_vain) {
            return Err(place.key(key).wrong(format!("`{key}` cannot be beside `trace`: {why}")));
        }
        if matches!(self.os.config.allocation, Allocation::Proportional(_)) {
            let message = "the size of a process with a trace is not known beforehand: share the \
                           frames out in equal parts";
            return Err(Place::file().key("os").key("allocation").wrong(message));
        }
        Ok(())
    }

    /// Regions are distinguished by their names.
    fn check_regions(&self, number: usize) -> Result<(), Mistake> {
        let regions = &self.process[number].regions;
        for (at, region) in regions.iter().enumerate() {
            let name = title(region);
            if regions[..at].iter().any(|other| title(other) == name) {
                let message = format!("two regions are called `{name}`; give one a `name`");
                return Err(self.region_at(number, at).wrong(message));
            }
        }
        Ok(())
    }

    /// The regions and processes named in a program must exist.
    fn check_program(&self, process: &ProcessText, place: &Place) -> Result<(), Mistake> {
        let regions = self.regions(process);
        let named = |name: &str| self.process.iter().find(|process| process.name == name);
        let can_become = |name: &str| named(name).is_some_and(|p| p.forked || p.executed);
        for (number, line) in process.lines().iter().enumerate() {
            let place = || place.key("program").item(number);
            if let Some(region) = line.stranger(&regions) {
                return Err(place().word(region).wrong(format!("there is no region `{region}`")));
            }
            if let Some(other) = line.unknown_process(&can_become) {
                let message =
                    format!("there is no process `{other}` that is marked `forked` or `executed`");
                return Err(place().word(other).wrong(message));
            }
        }
        Ok(())
    }

    /// Expectations must be possible.
    fn check_expectations(&self, process: &ProcessText, place: &Place) -> Result<(), Mistake> {
        let ends: Vec<&str> = process.ends.words().collect();
        let has_address =
            |end: &&str| !matches!(*end, "exited" | "never") && !end.starts_with("out_of");
        if process.at.is_some() && !ends.iter().any(has_address) {
            let message = "`at` is the access that killed it; `ends` says no kill by an access";
            return Err(place.key("at").wrong(message));
        }
        if let Some(accesses) = &process.faults_at {
            let place = place.key("faults_at");
            for (at, access) in accesses.iter().enumerate() {
                within(&place.item(at), *access, 1..=u64::MAX)?;
                if at > 0 && accesses[at - 1] >= *access {
                    let message = "accesses are named in the order in which they are made";
                    return Err(place.item(at).wrong(message));
                }
            }
        }
        let regions = self.regions(process);
        let by_policy = place.key("victims_by_policy");
        let lists = [("victims", &process.victims), ("frames_after", &process.frames_after)];
        let lists =
            lists.into_iter().filter_map(|(key, pages)| Some((place.key(key), pages.as_ref()?)));
        let more = process.victims_by_policy.iter();
        let lists = lists.chain(more.map(|(kind, pages)| (by_policy.key(kind.name()), pages)));
        for (place, pages) in lists {
            for (at, page) in pages.iter().enumerate() {
                page.address(&regions).map_err(|message| place.item(at).wrong(message))?;
            }
        }
        Ok(())
    }

    fn runs_all<T>(
        &self,
        expected: &BTreeMap<PolicyKind, T>,
        place: &Place,
    ) -> Result<(), Mistake> {
        let policies = self.os.policies();
        match expected.keys().find(|kind| !policies.contains(&Some(**kind))) {
            Some(stranger) => {
                let message = format!("`os.policy` does not name {stranger}, which is expected of");
                Err(place.key(stranger.name()).wrong(message))
            }
            None => Ok(()),
        }
    }
}
