//! `--watch`

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::watch::{COUNTS, Dashboard, Progress, Snapshot, Viewer, of_counts};

/// The dashboard of a command, if it was asked for one. What the command prints on a terminal appears
/// when this is dropped.
pub(super) struct Watched(
    #[expect(dead_code, reason = "it is there until it is dropped")] Option<Dashboard>,
);

impl Watched {
    /// Starts a dashboard if it is wanted. The run is given the viewer.
    ///
    /// # Errors
    /// If there is no terminal.
    pub(super) fn start(
        wanted: bool,
        stop: &'static AtomicBool,
    ) -> anyhow::Result<(Watched, Option<Viewer>)> {
        let dashboard = wanted.then(|| Dashboard::start(stop)).transpose()?;
        let viewer = dashboard.as_ref().map(|dashboard| dashboard.viewer().clone());
        Ok((Watched(dashboard), viewer))
    }
}

/// Many runs at a time, of which each is counted when it has ended.
pub(super) struct Sums {
    viewer: Viewer,
    title: String,
    total: (u64, &'static str),
    now: Mutex<Now>,
}

#[derive(Default)]
struct Now {
    done: u64,
    running: Vec<String>,
    counts: BTreeMap<&'static str, u64>,
}

impl Sums {
    /// For so many runs, or what else they are measured in.
    pub(super) fn new(viewer: Viewer, title: String, total: (u64, &'static str)) -> Sums {
        Sums { viewer, title, total, now: Mutex::default() }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A run of this name begins.
    pub(super) fn begin(&self, name: &str) {
        self.now().running.push(name.to_owned());
        self.look();
    }

    /// It has ended.
    pub(super) fn end(&self, name: &str) {
        let mut now = self.now();
        let place = now.running.iter().position(|other| other == name);
        if let Some(place) = place {
            now.running.remove(place);
        }
    }

    /// Adds what a run has counted.
    pub(super) fn add(&self, done: u64, count: impl Fn(&str) -> Option<u64>) {
        let mut now = self.now();
        now.done += done;
        for name in COUNTS {
            if let Some(count) = count(name) {
                *now.counts.entry(name).or_default() += count;
            }
        }
        drop(now);
        self.look();
    }

    /// A result in a line.
    pub(super) fn tell(&self, line: &str) {
        self.viewer.print(format!("{}\n", line.trim_end()).as_bytes());
    }

    fn look(&self) {
        self.viewer.look(|| {
            let now = self.now();
            let (total, unit) = self.total;
            Snapshot {
                title: self.title.clone(),
                progress: Some(Progress { done: now.done, total: Some(total), unit }),
                running: now.running.clone(),
                lines_are: "results",
                lines: self.viewer.printed(),
                ..of_counts(|name| now.counts.get(name).copied())
            }
        });
    }
}
