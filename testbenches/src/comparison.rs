//! Organisations of the MMU on one recorded program: a table, and bars.

use engine::Config;
use machine::cpu::Format;
use machine::stats::Report;

use crate::explore::draw::{Panel, Rows};
use crate::table::{Column, aligned};

/// The run of one configuration.
#[derive(Clone, Debug)]
pub struct Run {
    /// The configuration's name, as it was requested.
    pub name: String,
    /// The configuration.
    pub config: &'static Config,
    /// What was counted.
    pub report: Report,
}

/// Runs of one program, in the order in which they are shown.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The program.
    pub trace: String,
    /// Its runs. All are relative to the first.
    pub runs: Vec<Run>,
}

impl Run {
    /// Misses per 1000 instructions: of the fetch port, and of the data port. `None` for a program
    /// without fetches.
    fn misses(&self) -> [Option<f64>; 2] {
        let total = &self.report.total;
        [total.fetch.tlb_mpki, total.data.tlb_mpki]
    }

    fn access_time(&self) -> f64 {
        self.report.total.average_memory_access_time
    }

    /// The cells of its row.
    fn row(&self, first: f64) -> Vec<String> {
        let (total, organisation) = (&self.report.total, self.config.organisation);
        // What a configuration does not have is not 0.
        let part = |has: bool, count: u64| if has { count.to_string() } else { "-".to_owned() };
        let mut cells = vec![self.name.clone()];
        let misses = |mpki: Option<f64>| mpki.map_or("-".to_owned(), |mpki| format!("{mpki:.3}"));
        cells.extend(self.misses().map(misses));
        cells.extend([total.mmu.walks, total.mmu.pte_reads].map(|count| count.to_string()));
        cells.push(part(organisation.walk_cache > 0, total.mmu.walk_cache_hits));
        cells.push(part(organisation.l2 > 0, total.mmu.l2_hits));
        cells.push(part(organisation.l2 > 0, total.mmu.l2_misses));
        cells.push(total.cycles.walk_stall.to_string());
        let time = self.access_time();
        cells.push(format!("{time:.3}"));
        // Every access takes time: without one there is no run.
        cells.push(format!("{:.3}", time / first));
        cells
    }
}

/// The format of the trace that a run read.
fn format_of(report: &Report) -> String {
    let format = report.processes.first().and_then(|process| process.trace_format);
    format.map_or("no trace", Format::name).to_owned()
}

/// The columns, and what is in them.
const COLUMNS: [(&str, &str); 11] = [
    ("configuration", ""),
    ("fetch_mpki", "misses of the fetch TLB per 1000 instructions"),
    ("data_mpki", "misses of the data TLB per 1000 instructions"),
    ("walks", "page walks"),
    ("pte_reads", "page-table entries that they read"),
    ("walk_cache", "walks that began at a table known to the walk cache; -: there is none"),
    ("l2_hits", "misses answered from the second-level TLB; -: there is none"),
    ("l2_misses", "misses not found there"),
    ("walk_stall", "cycles in which the program only waited for a translation"),
    (
        "amat",
        "average memory access time: cycles per access, translation and memory; the kernel's work \
         and the disk are not in it",
    ),
    ("relative", "amat, compared with the first configuration"),
];

impl Comparison {
    /// One line for each configuration, under an explanation of the columns.
    pub fn table(&self) -> String {
        let Some(Run { report: first, .. }) = self.runs.first() else { return String::new() };
        let schemes = self.distinct(|report| report.mode.to_owned());
        let length = match self.is_without_fetches() {
            true => "no fetches, so misses per 1000 instructions cannot be known".to_owned(),
            false => {
                let count = |report: &Report| report.total.accesses.instructions.to_string();
                format!("{} instructions", self.distinct(count))
            }
        };
        let mut text = format!(
            "{} ({}): {length}, {schemes}; lines of TLBs replaced by {}; kernel: pages replaced by {}; \
             seed {}\n",
            self.trace,
            self.distinct(format_of),
            self.distinct(|report| report.tlb_replacement.clone()),
            first.policy,
            first.seed
        );
        let notes = self.distinct(|report| report.notes.join("; "));
        text += &if notes.is_empty() { "\n".to_owned() } else { format!("note  {notes}\n\n") };
        let explained = COLUMNS.iter().skip(1).map(|(name, meaning)| [*name, *meaning]);
        text += &aligned(&[Column::left(0), Column::left(0)], explained);
        let mut rows = vec![COLUMNS.map(|(name, _)| name.to_owned()).to_vec()];
        let first = first.total.average_memory_access_time;
        rows.extend(self.runs.iter().map(|run| run.row(first)));
        text + "\n" + &aligned(&[Column::left(0).gap(0), Column::right(0)], rows)
    }

    /// Whether the trace says nothing about instructions.
    fn is_without_fetches(&self) -> bool {
        self.runs.iter().all(|run| run.report.total.accesses.instructions == 0)
    }

    /// The different values of the runs, in their order.
    fn distinct(&self, of: impl Fn(&Report) -> String) -> String {
        let mut all: Vec<String> = Vec::new();
        for value in self.runs.iter().map(|run| of(&run.report)) {
            if !all.contains(&value) {
                all.push(value);
            }
        }
        all.join(", ")
    }

    /// The reports, in their order.
    pub fn reports(&self) -> Vec<&Report> {
        self.runs.iter().map(|run| &run.report).collect()
    }

    /// The average memory access time and the misses of each run.
    pub fn picture(&self) -> Rows {
        let of = |bars: &dyn Fn(&Run) -> Vec<f64>| self.runs.iter().map(bars).collect();
        let words = |parts: [&str; 2]| parts.map(str::to_owned).to_vec();
        let time = Panel {
            name: "Cycles per access".to_owned(),
            parts: words(["issue and memory", "waiting for walks"]),
            bars: of(&|run| {
                let (time, ideal) = (run.access_time(), run.report.total.ideal_access_time);
                vec![ideal, time - ideal]
            }),
        };
        let misses = match self.is_without_fetches() {
            // Of the fetch port nothing is known.
            true => Panel {
                name: "TLB misses per 1000 translations".to_owned(),
                parts: vec!["data".to_owned()],
                bars: of(&|run| vec![run.report.total.data.miss_rate * 1000.0]),
            },
            false => Panel {
                name: "TLB misses per 1000 instructions".to_owned(),
                parts: words(["fetch", "data"]),
                bars: of(&|run| run.misses().map(Option::unwrap_or_default).to_vec()),
            },
        };
        Rows {
            title: format!("{}: organisations of the MMU", self.trace),
            idea: "Average memory access time, without the kernel's work and the disk; misses of \
                   the first-level TLBs."
                .to_owned(),
            names: self.runs.iter().map(|run| run.name.clone()).collect(),
            panels: vec![time, misses],
        }
    }
}
