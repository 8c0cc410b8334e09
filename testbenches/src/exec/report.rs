//! What happened when a program ran.

use machine::computer::{Account, Computer, MODES};
use machine::stats::MmuCounters;
use model::mmu::Port;
use serde::Serialize;

use super::section::{HEAD, cause, row};
use super::{Outcome, Program, Section, Tables};
use crate::table::{Column, aligned};

/// The exception code of an instruction that does not exist here.
const ILLEGAL_INSTRUCTION: usize = 2;

/// Names of addresses.
pub type Names<'a> = &'a dyn Fn(u64) -> Option<String>;

/// So many places are reported.
const PLACES: usize = 10;

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
    /// What it needs, by its own account, and lacks here: said if it failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacking: Vec<String>,
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
            lacking: Vec::new(),
            checked: computer.board().hart(0).checker().checked(),
            total,
            phases,
            tables: Tables::of(computer),
            missing: missing.collect(),
        }
    }

    /// The same, with what the program may have failed for.
    #[must_use]
    pub fn lacks(self, program: &Program, outcome: &Outcome, computer: &mut Computer) -> Report {
        let (account, pmp) = (computer.account(), computer.mmu().physical().pmp);
        Report { lacking: lacking(program, outcome, &account, pmp), ..self }
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
        let mut text = format!("{program} on {config}: {end}\n");
        for what in &self.lacking {
            text += &format!("it may have failed for want of {what}\n");
        }
        text += &format!(
            "{instructions} instructions, {cycles} cycles ({cpi:.3} each), {checked} translations \
             checked\n\n"
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

/// The MMU's counters of a mode in a phase.
fn tally(computer: &Computer, phase: usize, place: usize) -> MmuCounters {
    let number = (phase * MODES.len() + place) as u32;
    computer.board().meter.of(number).map(|tally| tally.mmu).unwrap_or_default()
}

/// What a program that failed may have failed for.
fn lacking(program: &Program, outcome: &Outcome, account: &Account, pmp: usize) -> Vec<String> {
    let mut lacking = Vec::new();
    if matches!(outcome, Outcome::Ended(0)) {
        return lacking;
    }
    if account.exceptions[ILLEGAL_INSTRUCTION] > 0 {
        let built_for = program.lacking.iter();
        lacking.extend(built_for.map(|name| format!("{name}, for which it was built")));
    }
    if pmp == 0 && account.pmp_writes > 0 {
        lacking.push("PMP, whose registers it wrote: no entries in this configuration".to_owned());
    }
    lacking
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
        Outcome::Traps(trap) => {
            let what = cause(trap.cause as usize);
            format!("its trap handler traps without end: {what} at {:#x}", trap.pc)
        }
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
