//! The view with which a recording opens.

use std::collections::HashMap;
use waves::save::{Group, Trace, View};

use super::recorder::{Recorder, Scene};
use model::mmu::Signal;

/// What a view opens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The operating system, with the whole story in view.
    Os,
    /// The hardware, at the first fault or else the first miss.
    Hardware,
    /// Both unfolded, with the whole story in view.
    All,
}

/// What a view may open on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Opening {
    /// It is a story of processes.
    pub(super) story: bool,
    /// The moment that is worth seeing cycle by cycle.
    pub(super) moment: Option<u64>,
    /// The cycles in view before it and after it.
    pub(super) before: u64,
    pub(super) after: u64,
    /// The end of the moment.
    pub(super) until: Option<u64>,
}

pub(super) fn of<S: Scene>(recorder: &Recorder<S>) -> View {
    let (line, scene) = (&recorder.line, &recorder.scene);
    let opening = scene.opening();
    let own = if opening.story { Choice::Os } else { Choice::Hardware };
    let choice = recorder.choice.unwrap_or(own);
    let mut view = View::new();
    for (name, open) in scene.groups(choice) {
        view = view.group(group(recorder, &name, open));
    }
    let nets = Group::new("All nets of the ports").folded();
    let nets = recorder.pins.iter().fold(nets, |nets, pins| pins.nets(nets, &line.wave));
    let view = line.markers(view.group(nets).group(hardware(recorder)));
    let (start, last) = (line.start(), line.end());
    let around = |centre: u64, until: u64| {
        let first = centre.saturating_sub(opening.before).max(start);
        let end = until.max(first.saturating_add(opening.before)).saturating_add(opening.after);
        (first, end.min(last))
    };
    let failure = line.failure.as_ref().map(|(cycle, _)| *cycle);
    let failure = failure.filter(|cycle| (start..=last).contains(cycle));
    let whole = choice != Choice::Hardware;
    let (first, end) = match (failure, opening.moment) {
        (Some(cycle), _) => around(cycle, cycle),
        (None, _) if whole => (start, last),
        (None, moment) => {
            let centre = moment.unwrap_or(start);
            around(centre, opening.until.unwrap_or(centre))
        }
    };
    let view = view.zoom(first, end);
    match failure.or(opening.moment) {
        Some(cycle) => view.cursor(cycle),
        None => view,
    }
}

fn group<S: Scene>(recorder: &Recorder<S>, name: &str, open: bool) -> Group {
    let (wave, scene) = (&recorder.line.wave, &recorder.scene);
    let group = Group::new(name);
    let group = if open { group } else { group.folded() };
    let group = match name {
        "Request" => group.trace(Trace::of(wave, recorder.clock).alias("clock")),
        _ => group,
    };
    let group = recorder
        .pins
        .iter()
        .zip(scene.pins())
        .fold(group, |group, (table, pins)| table.rows(group, name, wave, pins));
    let group = recorder.system.rows(group, name, wave, scene);
    group.traces(S::own_rows(name, &recorder.signals, wave))
}

/// Every signal of the hardware by its first scope, folded.
fn hardware<S: Scene>(recorder: &Recorder<S>) -> Group {
    let scope = |signal: &Signal| signal.path.split('.').next().unwrap_or_default().to_owned();
    let mut scopes: Vec<String> = Vec::new();
    for (signal, _) in &recorder.signals {
        if !scopes.contains(&scope(signal)) {
            scopes.push(scope(signal));
        }
    }
    let order = tree_order(recorder.signals.iter().map(|(signal, _)| &*signal.path));
    scopes.iter().fold(Group::new("All signals of the hardware").folded(), |group, name| {
        let own = order.iter().map(|at| &recorder.signals[*at]);
        let own = own.filter(|(signal, _)| scope(signal) == *name);
        let rows = own.map(|(signal, id)| Trace::of(&recorder.line.wave, *id).alias(&signal.path));
        group.group(Group::new(name).folded().traces(rows))
    })
}

/// The numbers of these paths, so that those of a scope are together: scopes in the order in which
/// they are first seen.
fn tree_order<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut keys: Vec<(Vec<usize>, usize)> = Vec::new();
    for (at, path) in paths.enumerate() {
        let ends = path.match_indices('.').map(|(dot, _)| dot).chain([path.len()]);
        let key = ends.map(|end| *seen.entry(&path[..end]).or_insert(at)).collect();
        keys.push((key, at));
    }
    keys.sort();
    keys.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::tree_order;

    #[test]
    fn signals_of_a_scope_are_together() {
        let paths = ["a.x", "a.b.x", "c", "a.b.y.z", "a.w", "a.b.y.y"];
        assert_eq!(tree_order(paths.into_iter()), [0, 1, 3, 5, 4, 2]);
    }
}
