//! Checks every response of every run against the specification.
//!
//! While software edits page tables, the legal answers of an MMU are a set, not a single value
//! (`norm:sfence_vma_ordering_semantics`: any translation valid at any time since the most recent
//! SFENCE.VMA that subsumes the address). Every write to a table word, every fence and every
//! acceptance is reported to the checker. An answer is legal if it is the result of some walk in
//! which each entry read has its present value or an older one that no fence has invalidated since:
//!
//! - a fence without address invalidates every older value; with an ASID, only for walks of that
//!   address space, and not if the walk is global;
//! - a fence with an address invalidates older values that are not pointers, if the page that they
//!   map (at their level) contains the address. Older pointers stay valid;
//! - with Svnapot, an access to a page of a NAPOT range may use the entry of any page of the range,
//!   as long as it is in memory, and after that until a fence as above; but only an entry in which
//!   A and D need not be set;
//! - with Svpbmt, the value that PBMTE had before is an older one too, until a fence of everything;
//! - a root that satp held before is such an older value too: for walks of its ASID, and if it
//!   leads to a global mapping, for all;
//! - PMP registers judge accesses to tables when they are made; a translation from before a change of
//!   them may be used until a fence of everything. The final access of each answer is judged by the
//!   registers at the time of the answer, or at any time since the request was accepted;
//! - the fences accepted before a request apply to it. A request in flight when a fence is accepted
//!   may have seen the tables before or after it;
//! - an A/D write compares with memory, so no answer may depend on a stale entry that would have
//!   needed one.
//!
//! Approximations. Strict: at most 16 older values are kept for an entry, and 256 older states of the
//! PMP registers; after 65,536 fences none
//! of which was full, what is older than the last half of them counts as fenced; a root counts only
//! if a request was accepted under it; an invalid value found above the last level is invalidated
//! like a leaf (only an MMU that caches invalid entries could differ). Lenient: an injected bus
//! error permits an access fault of any request in flight; if too many older values combine, the
//! answer is left unchecked, and counted.
//!
//! | file | holds |
//! |---|---|
//! | `history` | older values of table words, older roots, the fences in between |
//! | `choices` | the search for a walk of such values that gives the answer |
//! | `memo` | a cache of walks of present memory |
//! | `protection` | PMP registers, present and older |
//! | `mismatch` | an answer that no legal walk gives, explained |
//! | `state` | what a checker remembers, to go on from later |

mod choices;
mod history;
mod memo;
mod mismatch;
mod protection;
mod state;
#[cfg(test)]
mod tests;

use choices::Choices;
use history::{Age, History, View};
use memo::Memo;
pub use mismatch::Mismatch;
use protection::Protection;
pub use state::CheckerState;

use super::{Pmp, PteSource, Regime, Rule, Walk, guarded_walk};
use crate::isa::{
    Attributes, Cause, Extension, Extensions, Physical, Satp, Sizes, Translation, Xlen,
};
use crate::mmu::{Fence, Reason, Request, Response};

/// Walks tried for one response before it is left unchecked.
const WALKS: u32 = 1 << 16;

/// A request in flight: the registers and the moment of its acceptance. Returned by
/// [`Checker::accepted`], and to be passed to [`Checker::check`] or [`Checker::dropped`].
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an accepted request must be checked or dropped"]
pub struct Token {
    regime: Regime,
    accepted: u64,
}

/// The checker of one MMU. Within a cycle, report acceptances and responses before the fence
/// accepted in the same cycle: that fence affects later cycles only.
#[derive(Debug)]
pub struct Checker {
    xlen: Xlen,
    extensions: Extensions,
    sizes: Sizes,
    /// `menvcfg.PBMTE`.
    pbmte: bool,
    history: History,
    memo: Memo,
    protection: Protection,
    checked: u64,
    stale: u64,
    unjudged: u64,
}

impl Checker {
    /// A checker without any history, of an MMU without extensions.
    pub fn new(xlen: Xlen) -> Checker {
        Checker::with(xlen, Extensions::NONE)
    }

    /// A checker without any history.
    pub fn with(xlen: Xlen, extensions: Extensions) -> Checker {
        Checker::of(xlen, extensions, Physical::NONE)
    }

    /// A checker without any history, of an MMU that protects physical memory.
    pub fn of(xlen: Xlen, extensions: Extensions, physical: Physical) -> Checker {
        Checker {
            xlen,
            extensions,
            sizes: Sizes::ALL,
            pbmte: false,
            history: History::default(),
            memo: Memo::default(),
            protection: Protection::new(xlen, physical),
            checked: 0,
            stale: 0,
            unjudged: 0,
        }
    }

    /// The same for an MMU of these sizes.
    pub fn sized(self, sizes: Sizes) -> Checker {
        Checker { sizes, ..self }
    }

    /// Software has written a CSR of PMP.
    pub fn csr_written(&mut self, csr: u16, value: u64) {
        self.protection.change(&mut self.history, |pmp| pmp.write(csr, value));
    }

    /// The MMU was reset.
    pub fn reset(&mut self) {
        self.protection.change(&mut self.history, Pmp::reset);
    }

    /// The PMP registers.
    pub fn pmp(&self) -> &Pmp {
        self.protection.pmp()
    }

    /// A walk under the present PMP registers.
    fn walk(&self, regime: Regime, request: &Request, memory: &(impl PteSource + ?Sized)) -> Walk {
        guarded_walk(regime, request, memory, self.protection.now(&[self.pmp()]))
    }

    /// The registers of a request.
    #[inline]
    fn regime(&self, satp: u64, adue: bool) -> Regime {
        let Checker { xlen, pbmte, extensions, sizes, .. } = *self;
        let satp = sizes.satp(satp, xlen);
        Regime { xlen, satp, adue, pbmte, extensions, sizes }
    }

    /// `menvcfg.PBMTE` has this value for the requests that are accepted from now on.
    #[inline]
    pub fn set_pbmte(&mut self, pbmte: bool) {
        if pbmte != self.pbmte {
            self.pbmte = pbmte;
            self.history.pbmte_changed();
        }
    }

    /// Software has written the page-table word at `pa`, which held `old`. Other words may be
    /// reported too; they only take space.
    pub fn software_wrote(&mut self, pa: u64, old: u64) {
        self.history.wrote(pa, old);
    }

    /// The MMU has set A or D in the entry at `pa`, which held `old`. Matters only if ADUE is
    /// switched off later: until a fence, the old value may still fault then.
    pub fn hardware_updated(&mut self, pa: u64, old: u64) {
        self.history.wrote(pa, old);
    }

    /// The MMU has accepted a fence.
    pub fn fenced(&mut self, fence: Fence) {
        let va = fence.va.map(|va| match self.xlen {
            Xlen::Rv32 => va & 0xffff_ffff,
            Xlen::Rv64 => va,
        });
        let asid = fence.asid.map(|asid| self.sizes.asid(asid, self.xlen));
        self.history.fenced(Fence { va, asid });
    }

    /// A table access failed on the bus for a reason that the memory given to [`Checker::check`]
    /// does not show: requests in flight may be answered with an access fault.
    pub fn bus_failed(&mut self) {
        self.history.bus_failed();
    }

    /// The MMU has accepted a request under these registers.
    pub fn accepted(&mut self, satp: u64, adue: bool) -> Token {
        let regime = self.regime(satp, adue);
        Token { regime, accepted: self.history.accepted(regime.satp) }
    }

    /// The request will not be answered (reset).
    pub fn dropped(&mut self, token: Token) {
        self.history.finished(token.accepted);
    }

    /// Responses checked so far.
    pub fn checked(&self) -> u64 {
        self.checked
    }

    /// Those of them that were legal only because of an older value: a fence would have changed the
    /// answer.
    pub fn stale(&self) -> u64 {
        self.stale
    }

    /// Those of them that were left unchecked because too many older values combine.
    pub fn unjudged(&self) -> u64 {
        self.unjudged
    }

    /// The number of older page-table values kept at present.
    pub fn remembered(&self) -> usize {
        self.history.len()
    }

    /// Checks the response to an accepted request. `memory` is present memory, and the same in
    /// every call: what it has agreed to watch is not walked again.
    ///
    /// # Errors
    /// [`Mismatch`]: no legal walk gives this answer.
    pub fn check(
        &mut self,
        token: Token,
        request: &Request,
        (response, attributes): (&Response, Attributes),
        memory: &dyn PteSource,
    ) -> Result<(), Box<Mismatch>> {
        self.check_reason(token, request, (response, attributes, None), memory)
    }

    /// The same, if the answer is a fault for a reason that was told: the walk has to stop for it.
    ///
    /// # Errors
    /// As [`Checker::check`].
    pub fn check_reason(
        &mut self,
        token: Token,
        request: &Request,
        (response, attributes, reason): (&Response, Attributes, Option<Reason>),
        memory: &dyn PteSource,
    ) -> Result<(), Box<Mismatch>> {
        self.checked += 1;
        let verdict = self.judge(&token, request, (*response, attributes), reason, memory);
        self.history.finished(token.accepted);
        verdict
    }

    /// Whether a request that is accepted under these registers, and answered with this translation
    /// in the same cycle, is known to be answered correctly without a walk; if so, count it with
    /// [`Checker::passed`]. Otherwise check it as usual.
    #[inline]
    pub fn knows(
        &self,
        satp: u64,
        adue: bool,
        request: &Request,
        translation: Translation,
        memory: &impl PteSource,
    ) -> bool {
        let regime = self.regime(satp, adue);
        let known = self.protection.is_open()
            && self.memo.leads_to(regime, request, translation, memory.version());
        debug_assert!(
            !known || self.walks_to(satp, adue, request, translation, memory),
            "memory kept quiet"
        );
        known
    }

    /// Whether a walk of memory in its present state leads to this translation.
    pub fn walks_to(
        &self,
        satp: u64,
        adue: bool,
        request: &Request,
        translation: Translation,
        memory: &impl PteSource,
    ) -> bool {
        let walk = self.walk(self.regime(satp, adue), request, memory);
        walk.outcome.is_ok_and(|pa| Translation::new(pa, walk.attributes) == translation)
    }

    /// `requests` requests were accepted and answered, each in one cycle and while no other was in
    /// flight, with the answers that [`Checker::knows`] confirmed.
    pub fn passed(&mut self, satp: u64, requests: u64) {
        self.checked += requests;
        if requests > 0 {
            self.history.passed(self.sizes.satp(satp, self.xlen));
        }
    }

    /// As [`Checker::passed`], of answers that nobody checked.
    pub fn trusted(&mut self, satp: u64, requests: u64) {
        if requests > 0 {
            self.history.passed(self.sizes.satp(satp, self.xlen));
        }
    }

    fn judge(
        &mut self,
        token: &Token,
        request: &Request,
        answer: (Response, Attributes),
        reason: Option<Reason>,
        memory: &dyn PteSource,
    ) -> Result<(), Box<Mismatch>> {
        let regime = token.regime;
        let open = self.protection.is_open();
        let gives = |walk: &Walk| {
            let told = reason.zip(walk.rule.reasons());
            walk.answer() == answer && told.is_none_or(|(told, right)| right.contains(&told))
        };
        if reason.is_none()
            && open
            && let Some(known) = self.memo.recall(regime, request, memory)
        {
            debug_assert_eq!(
                known,
                self.walk(regime, request, memory).answer(),
                "memory kept quiet"
            );
            if known == answer {
                return Ok(());
            }
        }
        let fresh = self.walk(regime, request, memory);
        if open {
            self.memo.remember(regime, request, &fresh, memory);
        }
        if gives(&fresh) {
            return Ok(());
        }
        let mut mismatch = Mismatch::new(regime, *request, answer, fresh);
        mismatch.reason = reason;
        if !regime.is_active(request) {
            return Err(Box::new(mismatch));
        }
        if let (Err(fault), _) = answer
            && fault.cause == Cause::access_fault(request.access)
            && fault.tval == regime.va(request)
            && self.history.bus_failed_since(token.accepted)
        {
            return Ok(());
        }
        let asid = Satp::decode(regime.satp, regime.xlen).map_or(0, |satp| satp.asid);
        let view = View { va: regime.va(request), asid, accepted: token.accepted };
        let types = self.extensions.has(Extension::Svpbmt);
        let other = types && self.history.other_pbmte_stands(token.accepted);
        let values = [Some(regime.pbmte), other.then_some(!regime.pbmte)];
        let mut walks = 0;
        let pairs = self.protection.others(&self.history, token.accepted);
        let roots = self.history.roots(regime.satp, token.accepted).into_iter();
        let starts = roots.flat_map(|root| values.into_iter().flatten().map(move |of| (root, of)));
        let starts = starts.flat_map(|start| pairs.iter().map(move |pair| (start, pair)));
        for (((satp, root), pbmte), pair) in starts {
            let regime = Regime { satp, pbmte, ..regime };
            let guard = self.protection.guard(pair);
            let mut choices = Choices::new(memory, &self.history, token.accepted);
            if self.extensions.has(Extension::Svnapot) {
                choices.allow_napot(regime);
            }
            loop {
                let walk = guarded_walk(regime, request, &choices, guard);
                let marks = walk.update.is_some() && pbmte != token.regime.pbmte;
                if !marks && self.is_legal(regime, root, &view, &walk, &choices) {
                    if gives(&walk) {
                        self.stale += 1;
                        return Ok(());
                    }
                    mismatch.add(walk);
                }
                walks += 1;
                if walks == WALKS {
                    self.unjudged += 1;
                    return Ok(());
                }
                if !choices.advance() {
                    break;
                }
            }
        }
        Err(Box::new(mismatch))
    }

    /// Whether no fence has invalidated any of the older values that a walk used.
    fn is_legal(
        &self,
        regime: Regime,
        root: Age,
        view: &View,
        walk: &Walk,
        choices: &Choices<'_>,
    ) -> bool {
        let Some(Satp { mode, asid, .. }) = Satp::decode(regime.satp, regime.xlen) else {
            return root == Age::Present;
        };
        if asid != view.asid && !walk.global || !self.history.root_stands(root, view, walk.global) {
            return false;
        }
        let ages = choices.ages();
        let entries = walk.reads.iter().zip(&ages);
        let stand = entries
            .clone()
            .all(|(read, age)| self.history.entry_stands(*age, mode, read, view, walk.global));
        let writes = [Rule::TableWrite, Rule::UpdatePmp, Rule::UpdatePma];
        let update = walk.update.is_some() || writes.contains(&walk.rule);
        let leaf_in_memory = match ages.last() {
            Some(Age::Until(until)) => *until > view.accepted,
            Some(Age::Beside(_)) => false,
            _ => true,
        };
        stand && (!update || leaf_in_memory)
    }
}
