//! Progress on standard error, where a person watches; nothing elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar or a counter.
#[derive(Clone)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar towards a known number of bytes.
    pub(super) fn bytes(total: u64) -> Progress {
        let template = "{wide_bar} {percent}% of {total_bytes}, {eta} left {msg}";
        Progress::new(ProgressBar::with_draw_target(Some(total), target()), template)
    }

    /// A counter of things whose number is not known before.
    pub(super) fn counting(things: &str) -> Progress {
        let template = format!("{{spinner}} {{human_pos}} {things}, {{elapsed}} {{msg}}");
        Progress::new(ProgressBar::with_draw_target(None, target()), &template)
    }

    /// A bar towards a known number of runs of something.
    pub(super) fn runs(total: u64, name: &str) -> Progress {
        let template = "{msg} {wide_bar} {pos} of {len} runs, {eta} left";
        let bar = ProgressBar::with_draw_target(Some(total), target());
        bar.set_message(name.to_owned());
        Progress::new(bar, template)
    }

    fn new(bar: ProgressBar, template: &str) -> Progress {
        // A template that indicatif does not understand would only look different.
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Progress(bar)
    }

    /// So far.
    pub(super) fn set(&self, position: u64) {
        self.0.set_position(position);
    }

    /// What is being done.
    pub(super) fn say(&self, what: &str) {
        self.0.set_message(what.to_owned());
    }

    /// One more is done.
    pub(super) fn one_more(&self) {
        self.0.inc(1);
    }

    /// So many more are done.
    pub(super) fn more(&self, count: u64) {
        self.0.inc(count);
    }

    /// Lets something be written without the bar in its way.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    /// It is over.
    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// indicatif itself stays silent where standard error is no terminal.
fn target() -> ProgressDrawTarget {
    ProgressDrawTarget::stderr()
}
