//! The study: by name, from a file, with the parameters of the command line.

use std::path::Path;

use anyhow::{Context, anyhow, bail, ensure};

use super::ExploreArgs;
use crate::explore::base::Setting;
use crate::explore::study::{self, Measure, Study, Sweep};
use crate::explore::values::{Values, single};
use scenario::{files, library};

/// The largest size of a study's file, in bytes: far more than any needs.
const LONGEST: u64 = 16 << 20;

/// A study by its file, if it is one.
fn from_file(name: &str) -> anyhow::Result<Option<Study>> {
    if !name.ends_with(".toml") {
        return Ok(None);
    }
    let text = files::text(Path::new(name), LONGEST).with_context(|| name.to_owned())?;
    if !library::is_study(&text) {
        return Ok(None);
    }
    let mut study = Study::read(name, name, &text)?;
    // A scenario's file is found from the study's folder.
    let beside = study.scenario.as_ref().map(|scenario| Path::new(name).with_file_name(scenario));
    if let Some(path) = beside.filter(|path| path.is_file()) {
        study.scenario = path.to_str().map(str::to_owned);
    }
    Ok(Some(study))
}

/// A study by name, or one made from a scenario, without sweeps.
pub(super) fn find(name: &str) -> anyhow::Result<Study> {
    if let Some(study) = study::all()?.into_iter().find(|study| study.name == name) {
        return Ok(study);
    }
    if let Some(study) = from_file(name)? {
        return Ok(study);
    }
    let found = match library::find(name) {
        Ok(found) => found,
        Err(library::FindError::Unknown { .. }) => {
            let studies = study::files().iter().map(|(name, _)| *name);
            let names = studies.chain(library::files().iter().map(|(name, _)| *name));
            match &library::similar(name, names)[..] {
                [] => bail!(
                    "there is no study or scenario `{name}`; `pagewalk explore` lists the studies"
                ),
                like => bail!(
                    "there is no study or scenario `{name}`; did you mean {}?",
                    like.join(" or ")
                ),
            }
        }
        Err(error) => return Err(error.into()),
    };
    let [scenario] = &found[..] else {
        let names: Vec<_> = found.iter().map(|scenario| scenario.name.as_str()).collect();
        bail!("`{name}` matches {} scenarios; choose one: {}", found.len(), names.join(", "));
    };
    Ok(Study {
        name: scenario.name.clone(),
        title: scenario.name.clone(),
        idea: scenario.idea.clone(),
        y: None,
        source: None,
        scenario: None,
        base: Some(scenario.text.parse()?),
        sweep: Vec::new(),
        measure: Vec::new(),
        remark: Vec::new(),
    })
}

/// What `--set` sets in every run.
pub(super) fn fixed(arguments: &ExploreArgs, study: &Study) -> anyhow::Result<Vec<Setting>> {
    let mut all: Vec<Setting> = Vec::new();
    for text in &arguments.set {
        let (set, value) = text
            .split_once('=')
            .with_context(|| format!("--set {text}: write PATH=VALUE, as machine.size=large"))?;
        let set = set.trim().to_owned();
        let value = single(value.trim()).map_err(|error| anyhow!("--set {text}: {error}"))?;
        ensure!(all.iter().all(|other| other.set != set), "--set {text}: `{set}` is set twice");
        ensure!(study.sweep.iter().all(|sweep| sweep.set != set), "--set {text}: `{set}` is swept");
        all.push(Setting { set, value });
    }
    Ok(all)
}

/// A study with the parameters of the command line instead of its own.
pub(super) fn varied(mut study: Study, arguments: &ExploreArgs) -> anyhow::Result<Study> {
    for text in &arguments.sweep {
        let (set, values) = text.split_once('=').with_context(|| {
            format!("--sweep {text}: write PATH=VALUES, as os.frames=32..256:32")
        })?;
        let set = set.trim();
        let values =
            Values::parse(values).map_err(|message| anyhow::anyhow!("--sweep {set}: {message}"))?;
        match study.sweep.iter_mut().find(|sweep| sweep.set == set) {
            Some(sweep) => sweep.values = values,
            None => {
                let (set, name) = (set.to_owned(), Some(set.to_owned()));
                let (axis, at, unit, log) = (None, None, Default::default(), None);
                study.sweep.push(Sweep { set, name, values, axis, at, unit, log });
            }
        }
        study.remark.clear();
    }
    let measured = !study.measure.is_empty();
    if !arguments.measure.is_empty() {
        study.measure = arguments.measure.iter().map(|of| Measure::of(of)).collect();
        (study.y, study.remark) = (None, Vec::new());
    }
    if study.measure.is_empty() {
        study.measure.push(Measure::of("cycles"));
    }
    ensure!(
        !study.sweep.is_empty() || arguments.figures,
        "nothing is swept; say what, as --sweep os.frames=32..256:32"
    );
    if !arguments.measure.is_empty() {
        retitle(&mut study, measured);
    }
    Ok(study)
}

/// A title and an idea for what is measured instead of what the study measures, if it measures
/// anything.
fn retitle(study: &mut Study, measured: bool) {
    let measures: Vec<_> = study.measure.iter().map(Measure::title).collect();
    let Some(first) = study.sweep.first() else { return };
    let along = first.axis.as_deref().unwrap_or(first.title());
    let title = format!("{} against {along}", measures.join(", "));
    study.idea = match measured {
        // Its idea is about something else.
        true => format!("The sweep of {}, with a measure of its own.", study.name),
        false => format!("{}: {}", study.name, study.idea),
    };
    study.title = title;
}
