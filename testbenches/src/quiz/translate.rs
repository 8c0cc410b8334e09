//! One address, and page-table entries in memory: translate the address.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use machine::board::Board;
use model::bus::{FixedLatency, SharedMemory};
use model::golden::{Regime, walk};
use model::isa::{Access, Context, Extensions, Mode, PAGE_BYTES, Satp, Sizes, Xlen};
use model::mmu::{Request, Response};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::diary::{Diary, Entry};
use super::{Answer, Posed};
use engine::{Engine, build};
use scenario::flags::letters;

/// Bits of an entry.
const V: u64 = 1;
const R: u64 = 1 << 1;
const W: u64 = 1 << 2;
const X: u64 = 1 << 3;
const U: u64 = 1 << 4;
const ACCESSED_DIRTY: u64 = 0b11 << 6;
/// Cycles of a memory read; few, since the question is not about time.
const LATENCY: u64 = 2;
/// An address space with one path of tables, and an access in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) mode: Mode,
    pub(super) satp: u64,
    pub(super) request: Request,
    /// Every entry that is in memory.
    pub(super) entries: BTreeMap<u64, u64>,
}

impl Task {
    pub(super) fn draw(rng: &mut ChaCha8Rng) -> Task {
        let mode = if rng.random_range(0..2) == 0 { Mode::Sv32 } else { Mode::Sv39 };
        let levels = mode.levels();
        // The lower half: user addresses, canonical.
        let va = rng.random_range(PAGE_BYTES..1 << (mode.va_bits() - 1)) & !3;
        let access = [Access::Fetch, Access::Load, Access::Store][rng.random_range(0..3)];
        let leaf = if rng.random_range(0..4) == 0 { 1 } else { 0 };
        let mut entries = BTreeMap::new();
        // Each table in a frame of its own.
        let tables: Vec<u64> =
            (0..levels).map(|n| 0x8_0000 + u64::from(n) * 16 + rng.random_range(0..16)).collect();
        let defect = rng.random_range(0..12);
        for level in (leaf..levels).rev() {
            let table = tables[level as usize] * PAGE_BYTES;
            let index = vpn(mode, va, level);
            let entry = if level == leaf {
                leaf_entry(mode, level, access, defect, rng)
            } else {
                let pointer = tables[level as usize - 1] << 10 | V;
                // A broken path: an entry that is no valid pointer.
                if defect == 1 && level == levels - 1 { pointer & !V } else { pointer }
            };
            // Neighbouring entries, so that the right one has to be found.
            for near in [index.wrapping_sub(1), index + 1, index ^ 8] {
                if near < 1 << mode.segment_bits() {
                    let other = rng.random_range(0x8_1000_u64..0x8_8000) << 10 | V | R | U;
                    entries.insert(table + near * mode.pte_bytes(), other | ACCESSED_DIRTY);
                }
            }
            entries.insert(table + index * mode.pte_bytes(), entry);
        }
        let root = tables[levels as usize - 1];
        let satp = Satp { mode, asid: rng.random_range(1..100), root }.encode(xlen(mode));
        let request = Request { va, access, bytes: 8, context: Context::USER };
        Task { mode, satp, request, entries }
    }

    pub(super) fn memory(&self) -> anyhow::Result<SharedMemory> {
        let bits = if self.mode == Mode::Sv32 { 34 } else { 56 };
        let memory = SharedMemory::with_ram(0..1 << bits)?;
        for (pa, entry) in &self.entries {
            memory.write(*pa, self.mode.pte_bytes() as u8, *entry)?;
        }
        Ok(memory)
    }

    pub(super) fn regime(&self) -> Regime {
        let (xlen, satp) = (xlen(self.mode), self.satp);
        let (extensions, sizes) = (Extensions::NONE, Sizes::ALL);
        Regime { xlen, satp, adue: false, pbmte: false, extensions, sizes }
    }

    fn given(&self) -> Vec<String> {
        let verb = self.request.access;
        let mut given = vec![
            format!(
                "scheme  {}, {} bytes an entry, user mode",
                self.mode.name(),
                self.mode.pte_bytes()
            ),
            format!("satp    {:#x}", self.satp),
            format!("access  {verb} at {:#x}", self.request.va),
            "memory".to_owned(),
        ];
        let width = 2 * self.mode.pte_bytes() as usize + 2;
        for (pa, entry) in &self.entries {
            given.push(format!("  {pa:#x}  {entry:#0width$x}"));
        }
        given.push(
            "Everything else in memory is zero. A and D are never set by hardware.".to_owned(),
        );
        given
    }

    /// Runs the access on the hardware.
    pub(super) fn run(&self, engine: Engine) -> anyhow::Result<(Response, Diary)> {
        let config = if self.mode == Mode::Sv32 { "rv32_small" } else { "rv64_small" };
        let memory = self.memory()?;
        let walker = Box::new(FixedLatency::new(memory.clone(), LATENCY));
        let mut board = Board::new(memory);
        let hart = board.add(build(config, engine)?, walker);
        board.hart_mut(hart).satp = self.satp;
        let diary = Rc::new(RefCell::new(Diary::default()));
        board.attach(Box::new(diary.clone()));
        board.reset()?;
        let response = board.translate(hart, self.request)?;
        let diary = std::mem::take(&mut *diary.borrow_mut());
        Ok((response, diary))
    }

    /// The hardware's walk, in words.
    fn worked(&self, response: Response, diary: &Diary) -> anyhow::Result<Vec<String>> {
        let (mode, va) = (self.mode, self.request.va);
        let root = Satp::decode(self.satp, xlen(mode)).map_or(0, |satp| satp.root);
        let mut worked = vec![format!("root table at {:#x}: satp.PPN * 4096", root * PAGE_BYTES)];
        let mut level = mode.levels();
        for entry in &diary.entries {
            let Entry::Walked { pa, value: Some(value), is_update: false } = entry else {
                continue;
            };
            level -= 1;
            let (shift, index) = (12 + level * mode.segment_bits(), vpn(mode, va, level));
            let top = shift + mode.segment_bits() - 1;
            worked.push(format!(
                "level {level}: VPN[{level}] = va[{top}:{shift}] = {index:#x}; entry at {:#x} + \
                 {index:#x} * {} = {pa:#x}",
                pa & !(PAGE_BYTES - 1),
                mode.pte_bytes()
            ));
            let ppn = value >> 10 & 0xfff_ffff_ffff;
            let what = match (value & V, value & (R | X)) {
                (0, _) => "not valid".to_owned(),
                (_, 0) => format!("a pointer to the table at {:#x}", ppn * PAGE_BYTES),
                _ => format!("a leaf: PPN {ppn:#x}"),
            };
            worked.push(format!("         it holds {value:#x} = {}, {what}", letters(*value)));
        }
        let rule = walk(self.regime(), &self.request, &self.memory()?).rule;
        worked.push(match response {
            Ok(pa) => format!(
                "offset va[{}:0] = {:#x}: physical address {pa:#x}",
                12 + level * mode.segment_bits() - 1,
                va & ((1 << (12 + level * mode.segment_bits())) - 1)
            ),
            Err(fault) => format!("{}, stval = {:#x}", fault.cause, fault.tval),
        });
        worked.push(format!("rule: {rule}"));
        Ok(worked)
    }
}

/// The leaf, valid or with one of several defects.
fn leaf_entry(mode: Mode, level: u32, access: Access, defect: u32, rng: &mut ChaCha8Rng) -> u64 {
    let inside = (1 << (level * mode.segment_bits())) - 1;
    let ppn = rng.random_range(0x9_0000_u64..0xf_0000) & !inside;
    let allowed = match access {
        Access::Fetch => X | if rng.random_range(0..2) == 0 { R } else { 0 },
        Access::Load | Access::CacheBlock => R | if rng.random_range(0..2) == 0 { W } else { 0 },
        Access::Store => R | W,
    };
    let sound = ppn << 10 | V | U | allowed | ACCESSED_DIRTY;
    match defect {
        2 => sound & !V,
        3 => sound & !(R | X) | W,
        // Every permission but the required one.
        4 => sound & !allowed | if access == Access::Fetch { R | W } else { X },
        5 => sound & !U,
        6 if level > 0 => sound | 1 << 10,
        // A pointer where only a leaf is allowed, or one that leads to an empty table.
        7 => ppn << 10 | V,
        8 => sound & !ACCESSED_DIRTY,
        _ => sound,
    }
}

fn xlen(mode: Mode) -> Xlen {
    if mode == Mode::Sv32 { Xlen::Rv32 } else { Xlen::Rv64 }
}

fn vpn(mode: Mode, va: u64, level: u32) -> u64 {
    va >> (12 + level * mode.segment_bits()) & ((1 << mode.segment_bits()) - 1)
}

/// Which physical address, or which fault?
pub(super) fn pose(rng: &mut ChaCha8Rng) -> Posed {
    let task = Task::draw(rng);
    let given = task.given();
    let ask = format!(
        "Which physical address does the {} reach, or which fault does it raise?",
        task.request.access
    );
    let solve = Box::new(move |engine| {
        let (response, diary) = task.run(engine)?;
        let (value, text) = match response {
            Ok(pa) => (json!({ "pa": format!("{pa:#x}") }), format!("physical address {pa:#x}")),
            Err(fault) => {
                let cause = fault.cause.to_string();
                (json!({ "fault": cause }), format!("{cause} (scause {})", fault.cause as u8))
            }
        };
        Ok(Answer { value, text, worked: task.worked(response, &diary)? })
    });
    Posed { given, ask, scenario: None, solve }
}
