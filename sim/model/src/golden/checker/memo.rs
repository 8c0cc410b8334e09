//! A cache of walks of present memory: most answers follow from tables that do not change.
//!
//! An entry is valid as long as its version is memory's: every entry that its walk read is watched,
//! so any write there, whether by the kernel, the walker or a stray store, invalidates all of them.
//! Debug builds repeat the walk and compare.

use crate::golden::{PteSource, Regime, Walk};
use crate::isa::{Attributes, Cause, Fault, Mode, PAGE_BYTES, Satp, Translation};
use crate::mmu::{Request, Response};

/// Walks cached, a power of two.
const LINES: usize = 256;

/// Everything that a walk depends on besides the tables, without the page offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    satp: u64,
    /// The page, and below it access, context, ADUE and PBMTE.
    page: u64,
}

/// A walk's outcome for all addresses of its page.
#[derive(Clone, Copy, Debug)]
struct Line {
    key: Key,
    version: u64,
    /// The page as [`Translation::page`] has it.
    outcome: Result<u64, Cause>,
}

/// The cached walks of one machine width.
#[derive(Debug, Default)]
pub(super) struct Memo {
    lines: Vec<Option<Line>>,
}

impl Memo {
    /// The outcome of a walk of present memory, if it is cached.
    #[inline]
    pub(super) fn recall(
        &self,
        regime: Regime,
        request: &Request,
        memory: &(impl PteSource + ?Sized),
    ) -> Option<(Response, Attributes)> {
        let key = Key::new(regime, request);
        let line = self.lines.get(key.line())?.as_ref()?;
        if line.key != key || line.version != memory.version() {
            return None;
        }
        let va = regime.va(request);
        Some(match line.outcome {
            Ok(page) => {
                let translation = Translation::at(page, va);
                (Ok(translation.pa()), translation.attributes())
            }
            Err(cause) => (Err(Fault { cause, tval: va }), Attributes::default()),
        })
    }

    /// Whether a walk of present memory, which has this version, is cached with this result.
    #[inline]
    pub(super) fn leads_to(
        &self,
        regime: Regime,
        request: &Request,
        translation: Translation,
        version: u64,
    ) -> bool {
        let key = Key::new(regime, request);
        let Some(Some(line)) = self.lines.get(key.line()) else { return false };
        line.key.page == key.page
            && line.key.satp == key.satp
            && line.version == version
            && line.outcome.is_ok_and(|page| translation.is_in(page, regime.va(request)))
    }

    /// Caches a walk just made of this memory, if everything that it read can be watched.
    pub(super) fn remember(
        &mut self,
        regime: Regime,
        request: &Request,
        walk: &Walk,
        memory: &dyn PteSource,
    ) {
        let mode = Satp::decode(regime.satp, regime.xlen).map_or(Mode::Bare, |satp| satp.mode);
        if !walk.reads.iter().all(|read| memory.watch(read.pa, mode.pte_bytes())) {
            return;
        }
        let key = Key::new(regime, request);
        let outcome = match walk.outcome {
            Ok(pa) => Ok(Translation::new(pa, walk.attributes).page()),
            Err(fault) => Err(fault.cause),
        };
        self.lines.resize(LINES, None);
        self.lines[key.line()] = Some(Line { key, version: memory.version(), outcome });
    }
}

impl Key {
    #[inline]
    fn new(regime: Regime, request: &Request) -> Key {
        let context = request.context;
        let circumstances = request.access as u64
            | (context.privilege as u64) << 2
            | u64::from(context.sum) << 4
            | u64::from(context.mxr) << 5
            | u64::from(regime.adue) << 6
            | u64::from(regime.pbmte) << 7;
        Key { satp: regime.satp, page: regime.va(request) & !(PAGE_BYTES - 1) | circumstances }
    }

    /// Neighbouring pages, and the kinds of access to one, have different lines.
    #[inline]
    fn line(self) -> usize {
        ((self.page / PAGE_BYTES * 3 + self.page % 4) % LINES as u64) as usize
    }
}
