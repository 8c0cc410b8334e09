//! Events of scope `os`: signals that fire at an instant, and whether they ever did.

use super::{Builder, Error, SignalId};

/// An event signal.
#[derive(Debug)]
pub(super) struct Instant {
    pub(super) name: &'static str,
    pub(super) id: SignalId,
    /// It happened at least once.
    pub(super) seen: bool,
}

/// One signal for each name, in order.
pub(super) fn declare(
    builder: &mut Builder,
    names: &[&'static str],
) -> Result<Vec<Instant>, Error> {
    let one = |&name: &&'static str| {
        Ok(Instant { name, id: builder.event(&format!("os.{name}"))?, seen: false })
    };
    names.iter().map(one).collect()
}

/// Whether an event of this name happened.
pub(super) fn saw(events: &[Instant], name: &str) -> bool {
    events.iter().any(|event| event.seen && event.name == name)
}
