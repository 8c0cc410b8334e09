//! The kernel's events: the last one in words, and each kind as an instant.

use waves::Error;
use waves::save::Line;

use super::table::Declare;

/// The group of its rows.
pub(super) const GROUP: &str = "Operating system";

/// The current event, and the last text.
#[derive(Debug, Default)]
pub(super) struct Story {
    says: Option<String>,
    happens: Option<&'static str>,
}

impl Story {
    /// An event of this kind happens; a state has no kind, and is not shown.
    pub(super) fn event(&mut self, kind: Option<&'static str>, says: impl FnOnce() -> String) {
        self.happens = kind;
        if kind.is_some() {
            self.says = Some(says());
        }
    }

    /// The event was shown.
    pub(super) fn happened(&mut self) {
        self.happens = None;
    }

    /// The last text is no longer current.
    pub(super) fn over(&mut self) {
        self.says = None;
    }
}

/// Declares the text of events.
pub(super) fn declare_text<S: 'static>(
    declare: &mut Declare<'_, S>,
    story: fn(&S) -> &Story,
) -> Result<(), Error> {
    declare.text("os.text", move |s| story(s).says.clone())?.row(GROUP, "what happens");
    Ok(())
}

/// Declares an instant for each kind of event.
pub(super) fn declare_kinds<S: 'static>(
    declare: &mut Declare<'_, S>,
    kinds: &'static [&'static str],
    story: fn(&S) -> &Story,
) -> Result<(), Error> {
    for kind in kinds {
        declare
            .event(format!("os.{kind}"), move |s| story(s).happens == Some(*kind))?
            .row(GROUP, kind.replace('_', " "))
            .line(Line::Orange)
            .if_seen();
    }
    Ok(())
}
