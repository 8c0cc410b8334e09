//! The model's rules of the specification: one entry, one request at a time.

use model::isa::{
    Access, Attributes, Cause, Extension, Extensions, Fault, Mode, Privilege, Satp, Xlen,
};
use model::mmu::{Request, Response};

use super::mutant::Mutant as M;

/// A page-table entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) mode: Mode,
    pub(crate) bits: u64,
}

impl Entry {
    fn bit(self, bit: u32) -> bool {
        self.bits >> bit & 1 == 1
    }
    pub(crate) fn valid(self) -> bool {
        self.bit(0)
    }
    pub(crate) fn leaf(self) -> bool {
        self.bit(1) || self.bit(3)
    }
    pub(crate) fn user(self) -> bool {
        self.bit(4)
    }
    pub(crate) fn global(self) -> bool {
        self.bit(5)
    }
    pub(crate) fn accessed(self) -> bool {
        self.bit(6)
    }
    pub(crate) fn dirty(self) -> bool {
        self.bit(7)
    }
    fn ppn(self) -> u64 {
        let bits = if self.mode == Mode::Sv32 { 22 } else { 44 };
        self.bits >> 10 & ((1 << bits) - 1)
    }
    fn pbmt(self) -> u8 {
        if self.mode == Mode::Sv32 { 0 } else { (self.bits >> 61 & 3) as u8 }
    }
    fn upper(self) -> u64 {
        if self.mode == Mode::Sv32 { 0 } else { self.bits >> 54 }
    }
}

/// The rules, with at most one of them broken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) xlen: Xlen,
    pub(crate) extensions: Extensions,
    pub(crate) mutant: Option<M>,
}

impl Rules {
    fn is(&self, mutant: M) -> bool {
        self.mutant == Some(mutant)
    }

    fn segment(&self) -> u32 {
        if self.xlen == Xlen::Rv32 { 10 } else { 9 }
    }

    /// The answer to a request that needs no table.
    pub(crate) fn untranslated(
        &self,
        request: &Request,
        satp: u64,
        previous: u64,
    ) -> Option<Response> {
        let machine =
            request.context.privilege == Privilege::Machine && !self.is(M::MachineTranslated);
        let decoded = Satp::decode(satp, self.xlen);
        let bare = decoded.is_some_and(|satp| satp.mode == Mode::Bare);
        if machine || bare {
            if self.is(M::BareChecksPermission) && request.context.privilege == Privilege::User {
                return Some(Err(self.page_fault(request)));
            }
            let fits = self.xlen == Xlen::Rv32 || request.va >> 56 == 0;
            if fits || self.is(M::BareBeyondWidthPasses) {
                return Some(Ok(request.va));
            }
            let cause = Cause::access_fault(request.access);
            return Some(Err(Fault { cause, tval: request.va }));
        }
        let Some(satp) = decoded else {
            let passes = self.is(M::ReservedModePasses);
            return Some(if passes { Ok(request.va) } else { Err(self.page_fault(request)) });
        };
        let judged = if self.is(M::CanonicalOneLate) { previous } else { request.va };
        let unchecked = self.is(M::CanonicalUnchecked);
        let unused = 64 - satp.mode.va_bits();
        let canonical = ((judged << unused) as i64 >> unused) as u64 == judged;
        let fine = self.xlen == Xlen::Rv32 || canonical || unchecked;
        (!fine).then(|| Err(self.page_fault(request)))
    }

    pub(crate) fn page_fault(&self, request: &Request) -> Fault {
        Fault { cause: Cause::page_fault(request.access), tval: self.tval(request.va) }
    }

    fn tval(&self, va: u64) -> u64 {
        if self.is(M::TvalCut) { va & !0xfff } else { va }
    }

    pub(crate) fn fault(&self, cause: Cause, request: &Request, entry: Entry) -> Fault {
        let physical = self.is(M::TvalIsPhysical);
        let tval = if physical { entry.ppn() << 12 } else { self.tval(request.va) };
        Fault { cause, tval }
    }

    pub(crate) fn bus_error(&self, request: &Request) -> Cause {
        match (self.mutant, request.access) {
            (Some(M::StoreBusErrorAsLoad), Access::Store) => Cause::LoadAccessFault,
            (Some(M::BusErrorAsPageFault), access) => Cause::page_fault(access),
            (_, access) => Cause::access_fault(access),
        }
    }

    /// Those of an entry's upper bits to which extensions give a meaning.
    fn known(&self, pbmte: bool) -> u64 {
        let napot = u64::from(self.extensions.has(Extension::Svnapot)) << 9;
        let software = self.extensions.has(Extension::Svrsw60t59b);
        let typed = self.extensions.has(Extension::Svpbmt) && (pbmte || self.is(M::PbmteIgnored));
        let types = if typed { 0x180 } else { 0 };
        napot | types | if software && !self.is(M::SoftwareBitsRefused) { 0x60 } else { 0 }
    }

    /// Size and memory type of a leaf's page.
    pub(crate) fn attributes(&self, entry: Entry, level: u32) -> Attributes {
        let range = self.is_range(entry, level);
        let size = if range && !self.is(M::NapotSizeHidden) { 5 } else { level as u8 };
        let pbmt = if self.extensions.has(Extension::Svpbmt) { entry.pbmt() } else { 0 };
        Attributes { size, pbmt, pma: 0 }
    }

    /// One entry of a NAPOT range.
    pub(crate) fn is_range(&self, entry: Entry, level: u32) -> bool {
        self.extensions.has(Extension::Svnapot) && entry.bit(63) && level == 0
    }

    /// False for a reserved encoding of N.
    fn is_valid_range(&self, entry: Entry, level: u32) -> bool {
        if !self.extensions.has(Extension::Svnapot) || !entry.bit(63) {
            return true;
        }
        let code = entry.ppn() & 0xf == 8 || self.is(M::NapotCodeUnchecked);
        if level == 0 { code } else { self.is(M::NapotSuperpageAccepted) }
    }

    /// Whether an entry is a leaf (or a pointer), or its fault.
    pub(crate) fn decode(
        &self,
        entry: Entry,
        level: u32,
        request: &Request,
        pbmte: bool,
    ) -> Result<bool, Cause> {
        let page = Cause::page_fault(request.access);
        if !entry.valid() && !self.is(M::InvalidAccepted) {
            return Err(page);
        }
        let fetch = request.access == Access::Fetch;
        let write_only = entry.bit(2) && !entry.bit(1);
        let blind = match self.mutant {
            Some(M::WriteOnlyAcceptedByFetch) => fetch,
            Some(M::WriteOnlyAcceptedByData) => !fetch,
            _ => false,
        };
        if write_only && !blind {
            return Err(page);
        }
        let pointer = entry.bits & 0b1110 == 0;
        let accepted = match self.mutant {
            Some(M::PointerReservedAccepted) if pointer => 0x3ff,
            Some(M::LeafReservedAccepted) if !pointer => 0x7f,
            Some(M::NapotAccepted) => 0x200,
            Some(M::PbmtAccepted) => 0x180,
            _ => 0,
        };
        let accepted = accepted | self.known(pbmte);
        let pbmt = entry.pbmt();
        let bad_type = match self.mutant {
            Some(M::ReservedTypeAccepted) => pointer && pbmt != 0,
            Some(M::PointerTypeAccepted) => !pointer && pbmt == 3,
            _ => pointer && pbmt != 0 || pbmt == 3,
        };
        let typed = self.extensions.has(Extension::Svpbmt);
        if typed && bad_type || !self.is_valid_range(entry, level) {
            return Err(page);
        }
        if entry.upper() & !accepted != 0 {
            let access = self.is(M::ReservedGivesAccessFault);
            return Err(if access { Cause::access_fault(request.access) } else { page });
        }
        if self.is(M::RswRefused) && entry.bits >> 8 & 3 != 0 {
            return Err(page);
        }
        if entry.leaf() {
            return Ok(true);
        }
        let reserved = entry.user() || entry.accessed() || entry.dirty();
        if reserved && !self.is(M::PointerBitsAccepted) {
            return Err(page);
        }
        if level == 0 && !self.is(M::PointerAtLastLevelAccepted) {
            return Err(page);
        }
        Ok(false)
    }

    /// Whether a leaf may be used for this request, except for A and D.
    pub(crate) fn leaf(&self, entry: Entry, level: u32, request: &Request) -> Result<(), Cause> {
        let inside = (1 << (level * self.segment())) - 1;
        let misaligned = entry.ppn() & inside != 0 && !self.is(M::MisalignedOred);
        if misaligned || !self.allowed(entry, request) {
            if self.is(M::CacheBlockFaultsAsLoad) && request.access == Access::CacheBlock {
                return Err(Cause::LoadPageFault);
            }
            return Err(Cause::page_fault(request.access));
        }
        Ok(())
    }

    /// Whether an access needs D.
    pub(crate) fn needs_dirty(&self, access: Access) -> bool {
        access == Access::Store || access == Access::CacheBlock && self.is(M::CacheBlockNeedsDirty)
    }

    /// U, R, W, X against privilege, SUM and MXR.
    pub(crate) fn allowed(&self, entry: Entry, request: &Request) -> bool {
        let context = request.context;
        let fetch = request.access == Access::Fetch;
        let user = match context.privilege {
            Privilege::User => entry.user() || self.is(M::UserReachesSupervisorPages),
            _ => {
                let sum = context.sum || self.is(M::SumIgnored);
                !entry.user() || sum && (!fetch || self.is(M::SumAllowsFetch))
            }
        };
        let (read, write, execute) = (entry.bit(1), entry.bit(2), entry.bit(3));
        user && match request.access {
            Access::Fetch => execute,
            Access::Load => read || context.mxr && execute,
            Access::Store => write || self.is(M::MxrOpensStores) && context.mxr && execute,
            Access::CacheBlock if self.is(M::CacheBlockNeedsWrite) => write,
            Access::CacheBlock => read || write || context.mxr && execute,
        }
    }

    /// The table that a pointer points to.
    pub(crate) fn table(&self, entry: Entry) -> u64 {
        let table = entry.ppn() << 12;
        if self.is(M::TablePpnCut) { table & 0xffff_ffff } else { table }
    }

    pub(crate) fn entry_address(&self, table: u64, va: u64, level: u32) -> u64 {
        let vpn = va >> (12 + level * self.segment()) & ((1 << self.segment()) - 1);
        table + vpn * if self.xlen == Xlen::Rv32 { 4 } else { 8 }
    }

    pub(crate) fn physical(&self, entry: Entry, level: u32, va: u64) -> u64 {
        let range = self.is_range(entry, level);
        let inside = if range { 0xffff } else { (1 << (12 + level * self.segment())) - 1 };
        let offset = if self.is(M::SuperpageOffsetCut) { va & 0xfff } else { va & inside };
        let base = entry.ppn() << 12;
        let whole = self.is(M::MisalignedOred) || self.is(M::NapotOffsetOred) && range;
        let base = if whole { base } else { base & !inside };
        let pa = base | offset;
        if self.is(M::PhysicalPpnCut) { pa & 0xffff_ffff } else { pa }
    }
}
