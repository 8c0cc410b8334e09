//! The model's TLBs: lookup, permission check at a hit, fence.

use model::isa::{Access, Attributes, Privilege, Xlen};
use model::mmu::Request;

use super::defective::{Answer, Line, Model};
use super::mutant::Mutant as M;

impl Model {
    pub(super) fn covers(&self, line: &Line, va: u64) -> bool {
        let segment = if self.rules.xlen == Xlen::Rv32 { 10 } else { 9 };
        if self.rules.is_range(line.entry, line.level) && !self.is(M::NapotLineOfOnePage) {
            return line.va >> 16 == va >> 16;
        }
        let wide = self.is(M::MegapageTagTooWide) && line.level > 0;
        let shift = 12 + (line.level - u32::from(wide)) * segment;
        line.va >> shift == va >> shift
    }

    pub(super) fn lookup(&self, port: usize, va: u64, satp: u64) -> Option<Line> {
        let asid = self.asid(satp);
        let matches = |line: &&Line| {
            let same = match self.mutant {
                Some(M::AsidIgnored) => true,
                Some(M::AsidCompareLowByte) => line.asid as u8 == asid as u8,
                _ => line.asid == asid,
            };
            (line.global || same) && self.covers(line, va)
        };
        let own = self.lines[port].iter().find(matches);
        let shared = self.is(M::SharedTlbWithoutExecuteCheck);
        own.or_else(|| self.lines[1 - port].iter().filter(|_| shared).find(matches)).copied()
    }

    /// The answer of a hit; `None` passes the request to the walker.
    pub(super) fn hit(&self, line: &Line, request: &Request, adue: bool) -> Option<Answer> {
        let mut judged = *request;
        match self.mutant {
            Some(M::MxrFrozenAtFill) => judged.context.mxr = line.mxr,
            Some(M::NoWriteCheckOnHit) => judged.access = Access::Load,
            Some(M::SharedTlbWithoutExecuteCheck) if judged.access == Access::Fetch => {
                judged.access = Access::Load;
            }
            Some(M::NoUserCheckOnHit) => {
                let user = line.entry.user();
                judged.context.privilege =
                    if user { Privilege::User } else { Privilege::Supervisor };
            }
            _ => {}
        }
        let fault = (Err(self.rules.page_fault(request)), Attributes::default());
        if !self.rules.allowed(line.entry, &judged) {
            return Some(fault);
        }
        let dirty = !self.rules.needs_dirty(request.access)
            || line.entry.dirty()
            || self.is(M::DirtyIgnored);
        match (dirty, adue) {
            (true, _) => {
                let pa = self.rules.physical(line.entry, line.level, request.va);
                let mut attributes = self.rules.attributes(line.entry, line.level);
                if self.is(M::TypeLostOnHit) {
                    attributes.pbmt = 0;
                }
                Some((Ok(pa), attributes))
            }
            (false, false) => Some(fault),
            (false, true) => None,
        }
    }

    pub(super) fn fence(&mut self, va: Option<u64>, asid: Option<u16>, satp: u64) {
        let va = match self.mutant {
            Some(M::FenceForgetsVa) => None,
            Some(M::FenceVaFromLastFence) if va.is_some() => self.last_fence_va.or(va),
            _ => va,
        };
        self.last_fence_va = va.or(self.last_fence_va);
        let asid = match self.mutant {
            Some(M::FenceAsidFromSatp) => asid.map(|_| self.asid(satp)),
            _ => asid,
        };
        for port in 0..2 {
            let lines = std::mem::take(&mut self.lines[port]);
            let stays = |line: &Line| {
                let range = self.rules.is_range(line.entry, line.level);
                let exact = self.is(M::SuperpageFencedByExactVa)
                    || self.is(M::NapotFencedByExactVa) && range;
                let by_va = va.is_none_or(|va| {
                    if exact { line.va >> 12 == va >> 12 } else { self.covers(line, va) }
                });
                let spared = line.global && !self.is(M::AsidFenceKillsGlobal);
                let by_asid = asid.is_none_or(|asid| line.asid == asid && !spared);
                let global = self.is(M::VaFenceSparesGlobal) && va.is_some() && line.global;
                !(by_va && by_asid) || global
            };
            self.lines[port] = lines.into_iter().filter(stays).collect();
        }
    }
}
