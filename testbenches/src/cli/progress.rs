//! Progress on standard error, if it is a terminal; nothing elsewhere.

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

    /// A counter without a known total.
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
        // If indicatif rejects a template, it only looks different.
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Progress(bar)
    }

    /// None: a dashboard shows it.
    pub(super) fn hidden() -> Progress {
        Progress(ProgressBar::hidden())
    }

    /// Sets the number completed.
    pub(super) fn set(&self, position: u64) {
        self.0.set_position(position);
    }

    /// Sets the message.
    pub(super) fn say(&self, what: &str) {
        self.0.set_message(what.to_owned());
    }

    /// One more is complete.
    pub(super) fn one_more(&self) {
        self.0.inc(1);
    }

    /// So many more are complete.
    pub(super) fn more(&self, count: u64) {
        self.0.inc(count);
    }

    /// Writes something without interference by the bar.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    /// Removes the bar.
    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// indicatif itself stays silent where standard error is no terminal.
fn target() -> ProgressDrawTarget {
    ProgressDrawTarget::stderr()
}
