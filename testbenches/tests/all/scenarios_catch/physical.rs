//! The model's PMP registers and regions, with ranges of bytes instead of granules.

use model::isa::{Access, Attributes, Physical, Privilege, RegionKind, Xlen};
use model::mmu::{CsrPort, Request};

use super::mutant::Mutant as M;

/// An entry's configuration byte and address register.
type Entry = (u64, u64);

/// What may be done where.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    xlen: Xlen,
    physical: Physical,
    mutant: Option<M>,
    entries: Vec<Entry>,
    /// A refusal of the walker's request, due in the next cycle.
    pub(super) refused: bool,
    /// The walker's request has been presented, and memory has not accepted it.
    pub(super) presented: bool,
}

const R: u64 = 1;
const W: u64 = 2;
const X: u64 = 4;
const LOCK: u64 = 0x80;

fn mode(config: u64) -> u64 {
    config >> 3 & 3
}

impl Memory {
    pub(super) fn new(xlen: Xlen, physical: Physical, mutant: Option<M>) -> Memory {
        let entries = vec![(0, 0); physical.pmp];
        Memory { xlen, physical, mutant, entries, refused: false, presented: false }
    }

    fn is(&self, mutant: M) -> bool {
        self.mutant == Some(mutant)
    }

    /// The addresses are kept.
    pub(super) fn reset(&mut self) {
        self.entries.iter_mut().for_each(|entry| entry.0 = 0);
        (self.refused, self.presented) = (false, false);
    }

    fn lane(&self, entry: usize) -> (u16, usize) {
        match self.xlen {
            Xlen::Rv32 => (0x3a0 + (entry / 4) as u16, entry % 4),
            Xlen::Rv64 => (0x3a0 + (entry / 8 * 2) as u16, entry % 8),
        }
    }

    pub(super) fn read(&self, csr: u16) -> u64 {
        let mut value = 0;
        for (number, (config, address)) in self.entries.iter().enumerate() {
            let (register, byte) = self.lane(number);
            if csr == register {
                value |= config << (8 * byte);
            } else if csr == 0x3b0 + number as u16 {
                value = *address;
            }
        }
        value
    }

    pub(super) fn write(&mut self, port: CsrPort) {
        let Some(value) = port.write else { return };
        for number in 0..self.entries.len() {
            let (config, _) = self.entries[number];
            if config & LOCK != 0 && !self.is(M::PmpLockIgnored) {
                continue;
            }
            let (register, byte) = self.lane(number);
            if port.number == register {
                let byte = value >> (8 * byte) & 0x9f;
                let reserved = byte & R == 0 && !self.is(M::PmpReservedKept);
                self.entries[number].0 = if reserved { byte & !W } else { byte };
            } else if port.number == 0x3b0 + number as u16 {
                let above = self.entries.get(number + 1).map_or(0, |above| above.0);
                let bound = above & LOCK != 0 && mode(above) == 1;
                if !bound || self.is(M::PmpTorLockIgnored) {
                    let width = if self.xlen == Xlen::Rv32 { 32 } else { 54 };
                    self.entries[number].1 = value & ((1 << width) - 1);
                }
            }
        }
    }

    /// The bytes that an entry matches.
    fn range(&self, number: usize) -> std::ops::Range<u64> {
        let (config, address) = self.entries[number];
        let below = if number == 0 { 0 } else { self.entries[number - 1].1 };
        match mode(config) {
            0 => 0..0,
            1 => below * 4..address * 4 + if self.is(M::PmpTopInclusive) { 4 } else { 0 },
            2 => address * 4..address * 4 + 4,
            _ => {
                let bytes = 8_u64 << address.trailing_ones();
                let base = address * 4 / bytes * bytes;
                base..base + bytes
            }
        }
    }

    fn pmp(&self, bytes: std::ops::Range<u64>, needs: u64, machine: bool) -> bool {
        let mut numbers: Vec<usize> = (0..self.entries.len()).collect();
        if self.is(M::PmpPriorityReversed) {
            numbers.reverse();
        }
        for number in numbers {
            let range = self.range(number);
            let touches = range.start < bytes.end && bytes.start < range.end;
            if touches && !range.is_empty() {
                let whole = range.start <= bytes.start && bytes.end <= range.end;
                let config = self.entries[number].0;
                let free = machine && config & LOCK == 0 && !self.is(M::PmpBindsMachine);
                let permitted = config & needs == needs || free;
                return permitted && (whole || self.is(M::PmpPartialAllowed));
            }
        }
        machine || self.entries.is_empty() || self.is(M::PmpNoMatchAllowed)
    }

    /// The kind of the last region that contains an address, atomics, page tables.
    fn region(&self, pa: u64) -> (RegionKind, bool, bool) {
        if self.physical.regions.is_empty() {
            return (RegionKind::Memory, true, true);
        }
        let contains = |base: u64, log2: u32| (base..base + (1 << log2)).contains(&pa);
        let mut found = (RegionKind::Absent, false, false);
        for region in self.physical.regions.iter().filter(|r| contains(r.base, r.log2)) {
            found = (region.kind, region.atomics, region.tables);
        }
        found
    }

    /// Whether the walker may read, or update, an entry.
    pub(super) fn serves_walker(&self, pa: u64, update: bool) -> bool {
        if self.is(M::TablesUnchecked) {
            return true;
        }
        let width = if self.xlen == Xlen::Rv32 { 4 } else { 8 };
        let writes = update && !self.is(M::UpdateCheckedAsRead);
        let needs = if writes { R | W } else { R };
        let (kind, atomics, tables) = self.region(pa);
        let tables = tables || self.is(M::RegionTablesIgnored);
        let atomics = atomics || !update || self.is(M::RegionAtomicsIgnored);
        self.pmp(pa..pa + width, needs, false) && kind != RegionKind::Absent && tables && atomics
    }

    /// The attributes of the memory of an access; `None` if it is refused.
    pub(super) fn serves(&self, request: &Request, pa: u64) -> Option<u8> {
        let needs = match request.access {
            Access::Fetch => X,
            Access::Load | Access::CacheBlock => R,
            Access::Store => W,
        };
        let end = (pa + u64::from(request.bytes)).min((pa / 4096 + 1) * 4096);
        let machine = request.context.privilege == Privilege::Machine;
        let (kind, atomics, _) = self.region(pa);
        let there = kind != RegionKind::Absent || self.is(M::AbsentRegionAnswers);
        if !there || !self.pmp(pa..end, needs, machine) {
            return None;
        }
        let io = if kind == RegionKind::Io { Attributes::IO } else { 0 };
        let plain = if atomics { 0 } else { Attributes::NO_ATOMICS };
        Some(if self.is(M::RegionHidden) { 0 } else { io | plain })
    }
}
