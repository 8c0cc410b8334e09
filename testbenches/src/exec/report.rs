//! What happened when a program ran.

use std::collections::BTreeMap;

use machine::computer::{Account, Computer, MODES};
use machine::stats::MmuCounters;
use model::isa::Privilege;
use model::mmu::Port;
use serde::Serialize;

use super::{Outcome, Tables};
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

/// A phase.
#[derive(Clone, Debug, Serialize)]
pub struct PhaseReport {
    /// Its name.
    pub name: String,
    /// What was counted in it.
    #[serde(flatten)]
    pub counts: Section,
}

/// A place in the program that missed.
#[derive(Clone, Debug, Serialize)]
pub struct MissingPlace {
    /// The address of the instruction.
    pub pc: u64,
    /// Its symbol and the distance from it, if one is known.
    pub symbol: Option<String>,
    /// Misses of the fetch TLB.
    pub fetch_misses: u64,
    /// Misses of the data TLB.
    pub data_misses: u64,
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
    /// Answers that the golden model checked.
    pub checked: u64,
    /// The whole run.
    #[serde(flatten)]
    pub total: Section,
    /// Its phases, if there is more than one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<PhaseReport>,
    /// The page tables at the end, if addresses were translated then.
    pub tables: Option<Tables>,
    /// The instructions that missed most.
    pub missing: Vec<MissingPlace>,
}

/// Names of addresses.
pub type Names<'a> = &'a dyn Fn(u64) -> Option<String>;

/// So many places are reported.
const PLACES: usize = 10;

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

impl Report {
    /// The report of a computer that has stopped. `names` gives symbols of addresses.
    pub fn new(
        program: &str,
        config: &str,
        outcome: &Outcome,
        computer: &mut Computer,
        names: Names<'_>,
    ) -> Report {
        let accounts = computer.phases();
        let code = match outcome {
            Outcome::Ended(code) => Some(*code),
            _ => None,
        };
        let numbered = || accounts.iter().enumerate();
        let phases: Vec<PhaseReport> = numbered()
            .filter(|_| accounts.len() > 1)
            .map(|(phase, (name, account))| PhaseReport {
                name: name.clone(),
                counts: Section::new(account, |place| tally(computer, phase, place)),
            })
            .collect();
        let total = Section::new(&computer.account(), |place| {
            numbered().fold(MmuCounters::default(), |mut total, (phase, _)| {
                total += tally(computer, phase, place);
                total
            })
        });
        let missing = computer.missing(PLACES).into_iter().map(|(pc, misses)| MissingPlace {
            pc,
            symbol: names(pc),
            fetch_misses: misses[Port::Fetch],
            data_misses: misses[Port::Data],
        });
        Report {
            program: program.to_owned(),
            config: config.to_owned(),
            end: said(outcome),
            code,
            checked: computer.board().hart(0).checker().checked(),
            total,
            phases,
            tables: Tables::of(computer),
            missing: missing.collect(),
        }
    }

    /// The report as JSON.
    ///
    /// # Errors
    /// None in practice; those of the library.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// The report as text.
    pub fn text(&self) -> String {
        let Report { program, config, end, checked, .. } = self;
        let Section { instructions, cycles, cpi, .. } = &self.total;
        let mut text = format!(
            "{program} on {config}: {end}\n{instructions} instructions, {cycles} cycles ({cpi:.3} \
             each), {checked} translations checked\n\n"
        );
        let parts = self.phases.iter().map(|phase| (phase.name.as_str(), &phase.counts));
        let rows = parts.chain([("all", &self.total)]).flat_map(|(name, section)| {
            section.modes.iter().map(move |(mode, of)| row(name, mode, of))
        });
        let columns = match self.phases.is_empty() {
            true => &[Column::left(4).gap(0), Column::right(1)],
            false => &[Column::left(10).gap(0), Column::right(1)],
        };
        let rows = [HEAD.map(str::to_owned)].into_iter().chain(rows).map(|row| {
            match self.phases.is_empty() {
                true => row[1..].to_vec(),
                false => row.to_vec(),
            }
        });
        text += &aligned(columns, rows);
        text += &self.total.counts();
        if let Some(tables) = &self.tables {
            text += &tables.text();
        }
        if !self.missing.is_empty() {
            text += "\nmost misses, by instruction\n";
            let rows = self.missing.iter().map(|place| {
                [
                    format!("{:#x}", place.pc),
                    place.fetch_misses.to_string(),
                    place.data_misses.to_string(),
                    place.symbol.clone().unwrap_or_default(),
                ]
            });
            let head = ["pc", "fetch", "data", ""].map(str::to_owned);
            let columns =
                [Column::left(18).gap(0), Column::right(8), Column::right(8), Column::left(1)];
            text += &aligned(&columns, [head].into_iter().chain(rows));
        }
        text
    }
}

impl Section {
    fn new(account: &Account, mmu: impl Fn(usize) -> MmuCounters) -> Section {
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
    fn counts(&self) -> String {
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

const HEAD: [&str; 12] = [
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

fn row(name: &str, mode: &str, of: &ModeReport) -> [String; 12] {
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

/// The MMU's counters of a mode in a phase.
fn tally(computer: &Computer, phase: usize, place: usize) -> MmuCounters {
    let number = (phase * MODES.len() + place) as u32;
    computer.board().meter.of(number).map(|tally| tally.mmu).unwrap_or_default()
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

fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Ended(0) => "ended, code 0".to_owned(),
        Outcome::Ended(code) => format!("ended, code {code}"),
        Outcome::Reboot => "asked for a reboot".to_owned(),
        Outcome::Limit => "stopped at the limit of steps (--max)".to_owned(),
        Outcome::Asleep => "waits for an interrupt that nothing will signal".to_owned(),
        Outcome::Strange(word) => format!("wrote {word:#x} to tohost, which means nothing"),
        Outcome::Interrupted => "interrupted".to_owned(),
        Outcome::Unhandled(trap) => format!(
            "{} {} at {:#x} (tval {:#x}) trapped into M-mode, where no firmware is",
            if trap.is_interrupt { "interrupt" } else { "exception" },
            trap.cause,
            trap.pc,
            trap.tval
        ),
        Outcome::Hardware(error) => format!("the MMU broke a rule: {error}"),
    }
}
