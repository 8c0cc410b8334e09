//! Events and counters agree: an observer sees every fault, hit and eviction once.

use crate::stats::OsCounters;
use crate::system::{Observer, WorldState};
use kernel::{Event, FaultKind};
use std::cell::RefCell;
use std::rc::Rc;

/// Counts events, as the kernel counts what it does.
#[derive(Default)]
pub(super) struct Listener(OsCounters);

impl Listener {
    /// A listener, and the handle that the machine takes.
    pub(super) fn new() -> (Rc<RefCell<Listener>>, Box<dyn Observer>) {
        let listener = Rc::new(RefCell::new(Listener::default()));
        (listener.clone(), Box::new(listener))
    }

    /// Compares the events with the counters.
    pub(super) fn agrees(&self, counted: &OsCounters, label: &str) {
        let figures = |of: &OsCounters| {
            [
                ("minor faults", of.minor_faults),
                ("major faults", of.major_faults),
                ("A/D faults", of.ad_faults),
                ("spurious faults", of.spurious_faults),
                ("protection faults", of.protection_faults),
                ("page-cache hits", of.page_cache_hits),
                ("swap-cache hits", of.swap_cache_hits),
                ("copies", of.cow_copies + of.fork_copied_pages + of.fork_undone_pages),
                ("forks", of.forks),
            ]
        };
        // An eviction that the disk refuses is an event, but is not counted.
        let refused = self.0.evictions.checked_sub(counted.evictions);
        assert!(refused.is_some_and(|refused| refused <= counted.disk_errors), "{label}");
        assert_eq!(figures(&self.0), figures(counted), "{label}: heard, and counted");
    }
}

impl Observer for Listener {
    fn on_event(&mut self, _cycle: u64, event: &Event, _world: &WorldState) {
        let heard = &mut self.0;
        *match event {
            Event::PageFault { kind: FaultKind::Minor, .. } => &mut heard.minor_faults,
            Event::PageFault { kind: FaultKind::Major, .. } => &mut heard.major_faults,
            Event::PageFault { kind: FaultKind::AccessedDirty, .. } => &mut heard.ad_faults,
            Event::PageFault { kind: FaultKind::Spurious, .. } => &mut heard.spurious_faults,
            Event::PageFault { kind: FaultKind::Protection, .. } => &mut heard.protection_faults,
            Event::PageCacheHit { .. } => &mut heard.page_cache_hits,
            Event::SwapCacheHit { .. } => &mut heard.swap_cache_hits,
            Event::Copy { .. } => &mut heard.cow_copies,
            Event::Fork { .. } => &mut heard.forks,
            Event::Eviction { .. } => &mut heard.evictions,
            _ => return,
        } += 1;
    }
}
