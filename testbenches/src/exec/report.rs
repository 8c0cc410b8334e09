//! What happened when a program ran.

use std::collections::BTreeMap;

use machine::computer::{Account, Computer, MODES};
use machine::stats::MmuCounters;
use model::isa::Privilege;
use serde::Serialize;

use super::{Outcome, Program};
use crate::table::{Column, aligned};

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

/// A report.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The program's file.
    pub program: String,
    /// The configuration of the MMU.
    pub config: String,
    /// How it ended.
    pub end: String,
    /// The code with which it ended, if it ended itself.
    pub code: Option<u64>,
    /// What it needs, by its own account, and lacks here: said if it failed.
    pub lacking: Vec<String>,
    /// Instructions completed.
    pub instructions: u64,
    /// Cycles.
    pub cycles: u64,
    /// Cycles per instruction.
    pub cpi: f64,
    /// Answers that the golden model checked.
    pub checked: u64,
    /// By mode: `M`, `S`, `U`.
    pub modes: BTreeMap<&'static str, ModeReport>,
    /// Exceptions by name, as far as there were any.
    pub exceptions: BTreeMap<&'static str, u64>,
    /// Interrupts by name, likewise.
    pub interrupts: BTreeMap<&'static str, u64>,
    /// `sfence.vma` by its operands.
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

/// The place of one of them.
const ILLEGAL_INSTRUCTION: usize = 2;

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

impl Report {
    /// The report of a computer that has stopped.
    pub fn new(
        program: &Program,
        config: &str,
        outcome: &Outcome,
        computer: &mut Computer,
    ) -> Report {
        let account = computer.account();
        let instructions: u64 = account.instructions.iter().sum();
        let cycles: u64 = account.cycles.iter().sum();
        let code = match outcome {
            Outcome::Ended(code) => Some(*code),
            _ => None,
        };
        let modes = MODES.iter().enumerate().filter(|(place, _)| account.cycles[*place] > 0);
        Report {
            program: program.name.clone(),
            config: config.to_owned(),
            end: said(outcome),
            code,
            lacking: lacking(program, outcome, computer),
            instructions,
            cycles,
            cpi: ratio(cycles, instructions),
            checked: computer.board().hart(0).checker().checked(),
            modes: modes
                .map(|(place, mode)| (letter(*mode), mode_report(computer, &account, place)))
                .collect(),
            exceptions: named(&EXCEPTIONS, &account.exceptions),
            interrupts: named(&INTERRUPTS, &account.interrupts),
            fences: [
                ("all", account.fences),
                ("by address", account.fences_by_va),
                ("by address space", account.fences_by_asid),
                ("by address and address space", account.fences_by_va_and_asid),
            ]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .collect(),
            satp_writes: account.satp_writes,
        }
    }

    /// The report as text.
    pub fn text(&self) -> String {
        let Report { program, config, end, instructions, cycles, cpi, checked, .. } = self;
        let mut text = format!("{program} on {config}: {end}\n");
        for what in &self.lacking {
            text += &format!("it may have failed for want of {what}\n");
        }
        text += &format!(
            "{instructions} instructions, {cycles} cycles ({cpi:.3} \
             each), {checked} translations checked\n\n"
        );
        let head = [
            "mode",
            "instructions",
            "cycles",
            "translated",
            "fetch MPKI",
            "data MPKI",
            "walks",
            "entries read",
            "A/D updates",
        ];
        let rows = self.modes.iter().map(|(mode, of)| {
            [
                (*mode).to_owned(),
                of.instructions.to_string(),
                of.cycles.to_string(),
                of.mmu.translated.to_string(),
                format!("{:.3}", of.fetch_tlb_mpki),
                format!("{:.3}", of.data_tlb_mpki),
                of.mmu.walks.to_string(),
                of.mmu.pte_reads.to_string(),
                of.mmu.pte_updates.to_string(),
            ]
        });
        let columns = [Column::left(4).gap(0), Column::right(1)];
        text += &aligned(&columns, [head.map(str::to_owned)].into_iter().chain(rows));
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

/// What a program that failed may have failed for.
fn lacking(program: &Program, outcome: &Outcome, computer: &mut Computer) -> Vec<String> {
    let account = computer.account();
    let mut lacking = Vec::new();
    if matches!(outcome, Outcome::Ended(0)) {
        return lacking;
    }
    if account.exceptions[ILLEGAL_INSTRUCTION] > 0 {
        let built_for = program.lacking.iter();
        lacking.extend(built_for.map(|name| format!("{name}, for which it was built")));
    }
    if computer.mmu().physical().pmp == 0 && account.pmp_writes > 0 {
        lacking.push("PMP, whose registers it wrote: no entries in this configuration".to_owned());
    }
    lacking
}

fn named_cause(code: u64) -> String {
    let name = usize::try_from(code).ok().and_then(|code| EXCEPTIONS.get(code));
    name.map_or_else(|| format!("cause {code}"), |name| (*name).to_owned())
}

fn letter(mode: Privilege) -> &'static str {
    match mode {
        Privilege::Machine => "M",
        Privilege::Supervisor => "S",
        Privilege::User => "U",
    }
}

fn mode_report(computer: &Computer, account: &Account, place: usize) -> ModeReport {
    let tally = computer.board().meter.of(place as u32);
    let mmu = tally.map(|tally| tally.mmu).unwrap_or_default();
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

fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Ended(0) => "ended, code 0".to_owned(),
        Outcome::Ended(code) => format!("ended, code {code}"),
        Outcome::Reboot => "asked for a reboot".to_owned(),
        Outcome::Limit => "stopped at the limit of steps (--max)".to_owned(),
        Outcome::Asleep => "waits for an interrupt that nothing will signal".to_owned(),
        Outcome::Strange(word) => format!("wrote {word:#x} to tohost, which means nothing"),
        Outcome::Call(number) => format!("asked by tohost for system call {number}, unknown here"),
        Outcome::Loops(pc) => format!("jumps to itself at {pc:#x} without end"),
        Outcome::Traps(trap) => format!(
            "its trap handler traps without end: {} at {:#x}",
            named_cause(trap.cause),
            trap.pc
        ),
        Outcome::Interrupted => "interrupted".to_owned(),
        Outcome::Hardware(error) => format!("the MMU broke a rule: {error}"),
    }
}
