//! The translation algorithm (`sv32algorithm`) as a pure function. The steps in the comments are
//! those of the edition that `docs/spec.md` pins.
//!
//! Left out: the hypervisor's second stage.

use arrayvec::ArrayVec;

use super::guard::{Guard, Refusal};
use super::{Pte, Rule};
use crate::bus::BusError;
use crate::isa::{
    Access, Attributes, Cause, Context, Extension, Extensions, Fault, Mode, PAGE_BYTES, Privilege,
    Satp, Sizes, Xlen,
};
use crate::mmu::{Request, Response};

/// Levels of the deepest page table, that of Sv57.
const LEVELS: usize = 5;

/// The memory that holds the page-table entries.
pub trait PteSource {
    /// Reads the `bytes` (4 or 8) wide little-endian entry at the aligned address `pa`.
    ///
    /// # Errors
    /// [`BusError`] when there is no memory, or it refuses.
    fn read(&self, pa: u64, bytes: u64) -> Result<u64, BusError>;

    /// Whether an entry that can be read there could also be written.
    fn writable(&self, pa: u64, bytes: u64) -> bool;

    /// Watches an entry: [`PteSource::version`] increases before [`PteSource::read`] or
    /// [`PteSource::writable`] would give a different result for it, and the watch then ends. False
    /// where that cannot be guaranteed.
    fn watch(&self, _pa: u64, _bytes: u64) -> bool {
        false
    }

    /// How often a watched entry has changed, or may have changed.
    fn version(&self) -> u64 {
        0
    }
}

/// The registers under which a request is translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regime {
    /// The machine's width.
    pub xlen: Xlen,
    /// The `satp` register's value.
    pub satp: u64,
    /// `menvcfg.ADUE`: A and D are set by hardware instead of faulting.
    pub adue: bool,
    /// `menvcfg.PBMTE`: entries have a memory type, if Svpbmt is implemented.
    pub pbmte: bool,
    /// The extensions that are implemented.
    pub extensions: Extensions,
    /// What is implemented of physical addresses and schemes.
    pub sizes: Sizes,
}

impl Regime {
    /// The request's virtual address at the machine's width: what a fault reports as `tval`.
    #[inline]
    pub fn va(self, request: &Request) -> u64 {
        match self.xlen {
            Xlen::Rv32 => request.va & 0xffff_ffff,
            Xlen::Rv64 => request.va,
        }
    }

    /// Whether a physical address exists.
    fn exists(self, pa: u64) -> bool {
        self.sizes.exists(pa, self.xlen)
    }

    /// The extensions that are implemented and not switched off (`norm:menvcfg_pbmte_op`).
    fn in_effect(self) -> Extensions {
        let off = if self.pbmte { &[][..] } else { &[Extension::Svpbmt] };
        self.extensions.without(Extensions::of(off))
    }

    /// Whether the request goes through page tables (`norm:satp_op_active`); otherwise it
    /// translates to itself. A reserved MODE counts as active, so that no access succeeds under it.
    #[inline]
    pub fn is_active(self, request: &Request) -> bool {
        let bare = Satp::decode(self.satp, self.xlen).is_some_and(|satp| satp.mode == Mode::Bare);
        request.context.privilege != Privilege::Machine && !bare
    }
}

/// One page-table entry read during the walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PteRead {
    /// The level, as the specification counts: 0 is the last.
    pub level: u32,
    /// The entry's physical address.
    pub pa: u64,
    /// Its value.
    pub value: Result<u64, BusError>,
}

/// The write of A (and D) that the translation requires before it may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Update {
    /// The leaf entry's physical address.
    pub pa: u64,
    /// The entry as it was read: the write happens only if memory still holds this value.
    pub old: u64,
    /// The entry with A (and D) set.
    pub new: u64,
}

/// A walk from the root and its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// The physical address, or the fault.
    pub outcome: Response,
    /// The rule that decided.
    pub rule: Rule,
    /// Every entry read, from the root down.
    pub reads: ArrayVec<PteRead, LEVELS>,
    /// The A/D write that success requires.
    pub update: Option<Update>,
    /// The leaf's level, once one was reached (0: a base page).
    pub leaf_level: Option<u32>,
    /// G was set in the leaf or in a pointer above it.
    pub global: bool,
    /// Size and memory type of the page, if the outcome is the address of one.
    pub attributes: Attributes,
}

impl Walk {
    /// The response to the request, with the attributes of its page.
    pub fn answer(&self) -> (Response, Attributes) {
        (self.outcome, self.attributes)
    }
}

/// Translates one request: the specification's algorithm from its first step to its last.
pub fn walk(regime: Regime, request: &Request, source: &(impl PteSource + ?Sized)) -> Walk {
    guarded_walk(regime, request, source, Guard::NONE)
}

/// The same where PMP and PMA protect physical memory. An access that they refuse is not made.
pub fn guarded_walk(
    regime: Regime,
    request: &Request,
    source: &(impl PteSource + ?Sized),
    guard: Guard<'_>,
) -> Walk {
    let mut walk = Walk {
        outcome: Ok(0),
        rule: Rule::Success,
        reads: ArrayVec::new(),
        update: None,
        leaf_level: None,
        global: false,
        attributes: Attributes::default(),
    };
    let va = regime.va(request);
    let result = steps(regime, va, request, (source, guard), &mut walk);
    let result = result.and_then(|(pa, rule)| {
        let Request { bytes, access, context, .. } = *request;
        // Wherever it comes from, nothing is at an address beyond the implemented ones.
        if !regime.exists(pa) {
            return Err(Rule::PhysicalWidth);
        }
        let found = guard.access(pa, bytes, access, context.privilege);
        walk.attributes.pma = found.map_err(|refusal| match refusal {
            Refusal::Pmp => Rule::AccessPmp,
            Refusal::Pma => Rule::AccessPma,
        })?;
        Ok((pa, rule))
    });
    match result {
        Ok((pa, rule)) => {
            walk.outcome = Ok(pa);
            walk.rule = rule;
        }
        Err(rule) => {
            walk.attributes = Attributes::default();
            let cause = match rule.is_access_fault() {
                true => Cause::access_fault(request.access),
                false => Cause::page_fault(request.access),
            };
            walk.outcome = Err(Fault { cause, tval: va });
            walk.rule = rule;
        }
    }
    walk
}

/// The steps: the physical address, or the rule that forbids it.
fn steps(
    regime: Regime,
    va: u64,
    request: &Request,
    (source, guard): (&(impl PteSource + ?Sized), Guard<'_>),
    walk: &mut Walk,
) -> Result<(u64, Rule), Rule> {
    // Step 1's condition: satp must be active, otherwise there is nothing to translate.
    if !regime.is_active(request) {
        return Ok((va, Rule::Identity));
    }
    // satp is WARL and never holds a reserved MODE, nor one that is not implemented; should it, no
    // access may succeed.
    let satp = Satp::decode(regime.satp, regime.xlen);
    let satp = satp.filter(|satp| regime.sizes.has(satp.mode));
    let Satp { mode, root, .. } = satp.ok_or(Rule::ReservedMode)?;
    if !is_canonical(mode, va) {
        return Err(Rule::NonCanonical);
    }

    // Step 1.
    let mut a = root * PAGE_BYTES;
    let mut level = mode.levels() - 1;
    let (pa, stored, pte) = loop {
        // Step 2.
        let pa = a + vpn(mode, va, level) * mode.pte_bytes();
        if !regime.exists(pa) {
            return Err(Rule::TableWidth);
        }
        guard.table(pa, mode.pte_bytes(), false).map_err(|refusal| match refusal {
            Refusal::Pmp => Rule::TablePmp,
            Refusal::Pma => Rule::TablePma,
        })?;
        let value = source.read(pa, mode.pte_bytes());
        walk.reads.push(PteRead { level, pa, value });
        let stored = Pte::new(mode, value.map_err(|BusError| Rule::TableRead)?);
        // Step 3.
        valid(stored, regime.in_effect())?;
        // Svnapot: the read of a NAPOT entry returns its copy for this page.
        let copy = || stored.napot_copy(level, vpn(mode, va, level)).ok_or(Rule::ReservedNapot);
        let pte = if stored.is_napot() { copy()? } else { stored };
        // Step 4.
        walk.global |= pte.global();
        if pte.is_leaf() {
            break (pa, stored, pte);
        }
        if pte.accessed() || pte.dirty() || pte.user() {
            return Err(Rule::PointerBits);
        }
        if pte.pbmt() != 0 {
            return Err(Rule::ReservedMemoryType);
        }
        level = level.checked_sub(1).ok_or(Rule::PointerAtLastLevel)?;
        a = pte.ppn() * PAGE_BYTES;
    };
    walk.leaf_level = Some(level);
    if pte.pbmt() == 3 {
        return Err(Rule::ReservedMemoryType);
    }
    let size = if stored.is_napot() { Attributes::NAPOT } else { level as u8 };
    walk.attributes = Attributes { size, pbmt: pte.pbmt(), ..Attributes::default() };
    // Step 5.
    let inside = (1 << (level * mode.segment_bits())) - 1;
    if pte.ppn() & inside != 0 {
        return Err(Rule::MisalignedSuperpage);
    }
    // Step 6.
    if !user_bit_allows(pte, request.access, request.context) {
        return Err(Rule::UserBit);
    }
    // Step 8 (step 7 concerns shadow stacks, which are not implemented).
    if !permission_allows(pte, request.access, request.context) {
        return Err(Rule::Permission);
    }
    // Step 9.
    let store = request.access == Access::Store;
    if !pte.accessed() || store && !pte.dirty() {
        if !regime.adue {
            return Err(Rule::AccessedDirty);
        }
        guard.table(pa, mode.pte_bytes(), true).map_err(|refusal| match refusal {
            Refusal::Pmp => Rule::UpdatePmp,
            Refusal::Pma => Rule::UpdatePma,
        })?;
        if !source.writable(pa, mode.pte_bytes()) {
            return Err(Rule::TableWrite);
        }
        let new = stored.bits() | Pte::A | if store { Pte::D } else { 0 };
        walk.update = Some(Update { pa, old: stored.bits(), new });
    }
    // Step 10. The virtual page number counts only below the leaf's level.
    let page = (pte.ppn() & !inside) | ((va / PAGE_BYTES) & inside);
    Ok(((page * PAGE_BYTES) | (va % PAGE_BYTES), Rule::Success))
}

/// Whether all bits above the translated ones equal the topmost of them.
fn is_canonical(mode: Mode, va: u64) -> bool {
    if mode == Mode::Sv32 {
        return true;
    }
    let unused = 64 - mode.va_bits();
    ((va << unused) as i64 >> unused) as u64 == va
}

/// The virtual page number's segment for a level.
fn vpn(mode: Mode, va: u64, level: u32) -> u64 {
    va >> (12 + level * mode.segment_bits()) & ((1 << mode.segment_bits()) - 1)
}

/// Step 3: validity and reserved encodings.
fn valid(pte: Pte, extensions: Extensions) -> Result<(), Rule> {
    if !pte.valid() {
        return Err(Rule::Invalid);
    }
    if pte.writable() && !pte.readable() {
        return Err(Rule::WriteWithoutRead);
    }
    if pte.reserved(extensions) != 0 {
        return Err(Rule::ReservedBits);
    }
    Ok(())
}

/// Step 6: user pages are for user mode; the supervisor may load and store there under SUM, and
/// never fetches from them.
fn user_bit_allows(pte: Pte, access: Access, context: Context) -> bool {
    match context.privilege {
        Privilege::User => pte.user(),
        _ => !pte.user() || context.sum && access != Access::Fetch,
    }
}

/// Step 8: MXR lets loads, and only loads, read executable pages, in every mode. Cache-block
/// management is permitted where a load or a store is (`norm:cbm_access`).
fn permission_allows(pte: Pte, access: Access, context: Context) -> bool {
    match access {
        Access::Fetch => pte.executable(),
        Access::Load => pte.readable() || context.mxr && pte.executable(),
        Access::Store => pte.writable(),
        Access::CacheBlock => [Access::Load, Access::Store]
            .into_iter()
            .any(|either| permission_allows(pte, either, context)),
    }
}
