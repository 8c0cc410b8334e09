//! A dump as `wellen` sees it, a reader that shares nothing with our writer.

use std::path::Path;

use wellen::simple::{self, Waveform};
use wellen::{SignalRef, SignalValueRef, VarRef};

pub(crate) struct Dump {
    waves: Waveform,
}

impl Dump {
    pub(crate) fn open(path: &Path) -> Dump {
        let mut waves = simple::read(path).expect("wellen reads the dump");
        let all: Vec<SignalRef> = {
            let hierarchy = waves.hierarchy();
            hierarchy.all_vars().map(|var| hierarchy[var].signal_ref()).collect()
        };
        waves.load_signals(&all);
        Dump { waves }
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        let hierarchy = self.waves.hierarchy();
        hierarchy.all_vars().map(|var| hierarchy[var].full_name(hierarchy)).collect()
    }

    pub(crate) fn var(&self, path: &str) -> VarRef {
        let hierarchy = self.waves.hierarchy();
        let mut vars = hierarchy.all_vars();
        vars.find(|&var| hierarchy[var].full_name(hierarchy) == path)
            .unwrap_or_else(|| panic!("no signal {path}"))
    }

    pub(crate) fn waves(&self) -> &Waveform {
        &self.waves
    }

    /// Changes as (time, text); bits as `b…`, strings as they are.
    pub(crate) fn changes(&self, path: &str) -> Vec<(u64, String)> {
        let signal = self.waves.hierarchy()[self.var(path)].signal_ref();
        let times = self.waves.time_table();
        let signal = self.waves.get_signal(signal).expect("all signals are loaded");
        signal.iter_changes().map(|(at, value)| (times[at as usize], text(&value))).collect()
    }

    /// The value at a time: that of the last change at or before it.
    pub(crate) fn at(&self, path: &str, time: u64) -> Option<String> {
        let changes = self.changes(path);
        changes.into_iter().take_while(|(t, _)| *t <= time).last().map(|(_, value)| value)
    }

    pub(crate) fn times(&self) -> (u64, u64) {
        let times = self.waves.time_table();
        (times[0], *times.last().expect("a dump has a time"))
    }
}

fn text(value: &SignalValueRef<'_>) -> String {
    value.to_string()
}
