//! What was counted in a run, or in a phase of it.

use std::collections::BTreeMap;

use machine::computer::{Account, MODES};
use machine::stats::MmuCounters;
use model::isa::Privilege;
use serde::Serialize;

/// The counts of one privilege mode.
#[derive(Clone, Debug, Serialize)]
pub struct ModeReport {
    /// Instructions completed.
    pub instructions: u64,
    /// Cycles.
    pub cycles: u64,
    /// Fetch TLB misses per 1000 instructions.
    pub fetch_tlb_mpki: f64,
    /// Data TLB misses per 1000 instructions.
    pub data_tlb_mpki: f64,
    /// The MMU's counters.
    pub mmu: MmuCounters,
}

/// What was counted, in a whole run or in a phase of it.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    /// Instructions completed.
    pub instructions: u64,
    /// Cycles.
    pub cycles: u64,
    /// Cycles per instruction.
    pub cpi: f64,
    /// By mode: `M`, `S`, `U`.
    pub modes: BTreeMap<&'static str, ModeReport>,
    /// Exceptions by name, as far as there were any.
    pub exceptions: BTreeMap<&'static str, u64>,
    /// Interrupts by name, likewise.
    pub interrupts: BTreeMap<&'static str, u64>,
    /// `sfence.vma` by its operands, and `fence.i`.
    pub fences: BTreeMap<&'static str, u64>,
    /// Writes of `satp`.
    pub satp_writes: u64,
}

/// The names of the exception codes.
const EXCEPTIONS: [&str; 16] = [
    "instruction address misaligned",
    "instruction access fault",
    "illegal instruction",
    "breakpoint",
    "load address misaligned",
    "load access fault",
    "store address misaligned",
    "store access fault",
    "call from U-mode",
    "call from S-mode",
    "reserved (10)",
    "call from M-mode",
    "instruction page fault",
    "load page fault",
    "reserved (14)",
    "store page fault",
];

/// The names of the interrupt codes.
const INTERRUPTS: [&str; 16] = [
    "0",
    "supervisor software",
    "2",
    "machine software",
    "4",
    "supervisor timer",
    "6",
    "machine timer",
    "8",
    "supervisor external",
    "10",
    "machine external",
    "12",
    "13",
    "14",
    "15",
];

/// The name of an exception.
pub(crate) fn cause(code: usize) -> &'static str {
    EXCEPTIONS.get(code).copied().unwrap_or("other exceptions")
}

/// The name of an interrupt.
pub(crate) fn interrupt_cause(code: usize) -> &'static str {
    INTERRUPTS.get(code).copied().unwrap_or("other interrupts")
}

impl Section {
    pub(super) fn new(account: &Account, mmu: impl Fn(usize) -> MmuCounters) -> Section {
        let (instructions, cycles) =
            (account.instructions.iter().sum(), account.cycles.iter().sum());
        let modes = MODES.iter().enumerate().filter(|(place, _)| account.cycles[*place] > 0);
        let report = |place| mode_report(account, place, mmu(place));
        Section {
            instructions,
            cycles,
            cpi: ratio(cycles, instructions),
            modes: modes.map(|(place, mode)| (letter(*mode), report(place))).collect(),
            exceptions: named(&EXCEPTIONS, &account.exceptions),
            interrupts: named(&INTERRUPTS, &account.interrupts),
            fences: [
                ("all", account.fences),
                ("by address", account.fences_by_va),
                ("by address space", account.fences_by_asid),
                ("by address and address space", account.fences_by_va_and_asid),
                ("of instructions", account.instruction_fences),
            ]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .collect(),
            satp_writes: account.satp_writes,
        }
    }

    /// What happened, as lines.
    pub(super) fn counts(&self) -> String {
        let mut text = String::new();
        for (what, counts) in [
            ("exceptions", &self.exceptions),
            ("interrupts", &self.interrupts),
            ("fences", &self.fences),
        ] {
            if !counts.is_empty() {
                let counts = counts.iter().map(|(name, count)| format!("{name} {count}"));
                text += &format!("{what}: {}\n", counts.collect::<Vec<_>>().join(", "));
            }
        }
        if self.satp_writes > 0 {
            text += &format!("writes of satp: {}\n", self.satp_writes);
        }
        text
    }
}

/// The columns of the table by mode.
pub(super) const HEAD: [&str; 12] = [
    "phase",
    "mode",
    "instructions",
    "cycles",
    "translated",
    "fetch MPKI",
    "data MPKI",
    "walks",
    "entries read",
    "A/D updates",
    "L2 hits",
    "walk cache hits",
];

/// A row of it.
pub(super) fn row(name: &str, mode: &str, of: &ModeReport) -> [String; 12] {
    [
        name.to_owned(),
        mode.to_owned(),
        of.instructions.to_string(),
        of.cycles.to_string(),
        of.mmu.translated.to_string(),
        format!("{:.3}", of.fetch_tlb_mpki),
        format!("{:.3}", of.data_tlb_mpki),
        of.mmu.walks.to_string(),
        of.mmu.pte_reads.to_string(),
        of.mmu.pte_updates.to_string(),
        of.mmu.l2_hits.to_string(),
        of.mmu.walk_cache_hits.to_string(),
    ]
}

fn letter(mode: Privilege) -> &'static str {
    match mode {
        Privilege::Machine => "M",
        Privilege::Supervisor => "S",
        Privilege::User => "U",
    }
}

fn mode_report(account: &Account, place: usize, mmu: MmuCounters) -> ModeReport {
    let instructions = account.instructions[place];
    ModeReport {
        instructions,
        cycles: account.cycles[place],
        fetch_tlb_mpki: 1000.0 * ratio(mmu.fetch_misses, instructions),
        data_tlb_mpki: 1000.0 * ratio(mmu.data_misses, instructions),
        mmu,
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn named(names: &[&'static str], counts: &[u64]) -> BTreeMap<&'static str, u64> {
    names.iter().copied().zip(counts.iter().copied()).filter(|(_, count)| *count > 0).collect()
}
