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
use super::{Answer, Difficulty, Key, Posed};
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
struct Task {
    mode: Mode,
    satp: u64,
    request: Request,
    /// Every entry that is in memory.
    entries: BTreeMap<u64, u64>,
}

impl Task {
    /// Easy: Sv32, a small page, mapped or not. Hard: three to five levels, more superpages and
    /// more entries that fault for a reason to be found.
    fn draw(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Task {
        let modes: &[Mode] = match difficulty {
            Difficulty::Easy => &[Mode::Sv32],
            Difficulty::Medium => &[Mode::Sv32, Mode::Sv39],
            Difficulty::Hard => &[Mode::Sv39, Mode::Sv48, Mode::Sv57],
        };
        let mode = modes[rng.random_range(0..modes.len())];
        let levels = mode.levels();
        // The lower half: user addresses, canonical.
        let va = rng.random_range(PAGE_BYTES..1 << (mode.va_bits() - 1)) & !3;
        let access = [Access::Fetch, Access::Load, Access::Store][rng.random_range(0..3)];
        let is_superpage = rng.random_range(0..12) < difficulty.pick(0, 3, 5);
        let leaf = u32::from(is_superpage);
        let mut entries = BTreeMap::new();
        // Each table in a frame of its own.
        let tables: Vec<u64> =
            (0..levels).map(|n| 0x8_0000 + u64::from(n) * 16 + rng.random_range(0..16)).collect();
        let defect = rng.random_range(difficulty.pick(0..6, 0..12, 1..12));
        // An easy question has an entry that is not valid, or none that is wrong.
        let defect = if difficulty == Difficulty::Easy && defect != 2 { 0 } else { defect };
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
        let request = Request { va, access, bytes: 4, context: Context::USER };
        Task { mode, satp, request, entries }
    }

    fn memory(&self) -> anyhow::Result<SharedMemory> {
        let bits = if self.mode == Mode::Sv32 { 34 } else { 56 };
        let memory = SharedMemory::with_ram(0..1 << bits)?;
        for (pa, entry) in &self.entries {
            memory.write(*pa, self.mode.pte_bytes() as u8, *entry)?;
        }
        Ok(memory)
    }

    fn regime(&self) -> Regime {
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

    /// The same as a scenario.
    fn text(&self) -> String {
        let mode = self.mode.name().to_lowercase();
        let entries: String = self
            .entries
            .iter()
            .map(|(pa, entry)| format!("    {{ at = {pa:#x}, value = {entry:#x} }},\n"))
            .collect();
        format!(
            "idea = \"Which physical address, or which fault?\"\n\
             spec = \"sv32algorithm: let a be satp.ppn × PAGESIZE, and let i=LEVELS-1\"\n\
             machine = {{ modes = \"{mode}\", latency = {LATENCY}, satp = \"{:#x}\" }}\n\
             entry = [\n{entries}]\n\
             step = [{{ {} = {:#x} }}]\n",
            self.satp, self.request.access, self.request.va
        )
    }

    /// Runs the access on the hardware.
    fn run(&self, engine: Engine) -> anyhow::Result<(Response, Diary)> {
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
pub(super) fn pose(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    let task = Task::draw(rng, difficulty);
    let given = task.given();
    let ask = format!(
        "Which physical address does the {} reach, or which fault does it raise?",
        task.request.access
    );
    let form = "Write the physical address in hexadecimal, as 0x80001234, or the name of the fault, \
                as store page fault.";
    let scenario = Some(task.text());
    let solve = Box::new(move |engine| {
        let (response, diary) = task.run(engine)?;
        let (value, text, key) = match response {
            Ok(pa) => {
                let pa = format!("{pa:#x}");
                (json!({ "pa": pa }), format!("physical address {pa}"), Key::text(&pa))
            }
            Err(fault) => {
                let cause = fault.cause.to_string();
                let text = format!("{cause} (scause {})", fault.cause as u8);
                // There is no other fault here than a page fault.
                let key = Key::Text(vec![cause.clone(), "page fault".to_owned()]);
                (json!({ "fault": cause }), text, key)
            }
        };
        Ok(Answer { value, text, worked: task.worked(response, &diary)?, key })
    });
    Posed { given, ask, form: form.to_owned(), options: Vec::new(), scenario, solve }
}
