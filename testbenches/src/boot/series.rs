//! A run over time: what each stretch of it missed, walked, faulted and fenced.

use machine::computer::{Account, Computer};
use machine::stats::MmuCounters;

use crate::curve::sheet::{Cell, Sheet, rated};
use crate::explore::draw::{Axis, Curve, Picture, Unit};

/// The most rows of a table that people read.
const ROWS: usize = 40;

type Counter = fn(&Account, &MmuCounters) -> u64;

/// What is counted, under the name of its column.
const COUNTERS: [(&str, Counter); 14] = [
    ("cycles", |of, _| of.cycles.iter().sum()),
    ("in_m", |of, _| of.instructions[0]),
    ("in_s", |of, _| of.instructions[1]),
    ("in_u", |of, _| of.instructions[2]),
    ("fetch_misses", |_, mmu| mmu.fetch_misses),
    ("data_misses", |_, mmu| mmu.data_misses),
    ("walks", |_, mmu| mmu.walks),
    ("entries_read", |_, mmu| mmu.pte_reads),
    ("fetch_faults", |of, _| of.exceptions[1] + of.exceptions[12]),
    ("load_faults", |of, _| of.exceptions[5] + of.exceptions[13]),
    ("store_faults", |of, _| of.exceptions[7] + of.exceptions[15]),
    ("fences", |of, _| of.fences + of.fences_by_va + of.fences_by_asid + of.fences_by_va_and_asid),
    ("instruction_fences", |of, _| of.instruction_fences),
    ("satp_writes", |of, _| of.satp_writes),
];

/// The columns before those of [`COUNTERS`]; the first is the end of the stretch.
const COLUMNS: [&str; 5] = ["instructions", "stretch", "cpi", "fetch_mpki", "data_mpki"];

/// Everything that was counted until a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sample {
    instructions: u64,
    counts: [u64; COUNTERS.len()],
}

/// Samples of a run, each so many instructions after the one before.
#[derive(Clone, Debug)]
pub struct Series {
    every: u64,
    samples: Vec<Sample>,
}

/// What was counted between two samples.
struct Stretch {
    end: u64,
    instructions: u64,
    counts: [u64; COUNTERS.len()],
}

impl Stretch {
    fn count(&self, name: &str) -> u64 {
        let at = COUNTERS.iter().position(|(of, _)| *of == name);
        at.map_or(0, |at| self.counts[at])
    }

    fn per_instruction(&self, name: &str, times: f64) -> f64 {
        times * self.count(name) as f64 / self.instructions.max(1) as f64
    }

    fn row(&self) -> Vec<Cell> {
        let rate = |name, times| Cell::Rate(Some(self.per_instruction(name, times)));
        let mut row = vec![
            Cell::Count(self.end),
            Cell::Count(self.instructions),
            rate("cycles", 1.0),
            rate("fetch_misses", 1000.0),
            rate("data_misses", 1000.0),
        ];
        row.extend(self.counts.map(Cell::Count));
        row
    }

    fn text(&self) -> Vec<String> {
        let text = |cell: Cell| match cell {
            Cell::Text(text) => text,
            Cell::Count(count) => count.to_string(),
            Cell::Rate(rate) => rated(rate),
        };
        self.row().into_iter().map(text).collect()
    }
}

impl Series {
    /// None yet, and one every so many instructions.
    pub fn new(every: u64) -> Series {
        Series { every: every.max(1), samples: Vec::new() }
    }

    /// Instructions until the next sample: a run of at most so many steps does not miss it, since a
    /// step completes one instruction or none.
    pub fn left(&self, computer: &Computer) -> u64 {
        self.next().saturating_sub(computer.hart().retired()).max(1)
    }

    fn next(&self) -> u64 {
        self.every.saturating_mul(self.samples.len() as u64 + 1)
    }

    /// Takes a sample if it is due.
    pub fn look(&mut self, computer: &mut Computer) {
        if computer.hart().retired() >= self.next() {
            self.take(computer);
        }
    }

    /// Takes the last sample: of what came after the one before.
    pub fn end(&mut self, computer: &mut Computer) {
        let last = self.samples.last().map_or(0, |sample| sample.instructions);
        if computer.hart().retired() > last {
            self.take(computer);
        }
    }

    fn take(&mut self, computer: &mut Computer) {
        // An account has settled what the board has counted.
        let account = computer.account();
        let mmu = computer.board().meter.total().mmu;
        self.samples.push(Sample {
            instructions: computer.hart().retired(),
            counts: COUNTERS.map(|(_, counter)| counter(&account, &mmu)),
        });
    }

    fn stretches(&self) -> Vec<Stretch> {
        let before = [Sample::default()].into_iter().chain(self.samples.iter().copied());
        let stretch = |(before, end): (Sample, &Sample)| {
            let mut counts = end.counts;
            counts.iter_mut().zip(before.counts).for_each(|(count, before)| *count -= before);
            let instructions = end.instructions - before.instructions;
            Stretch { end: end.instructions, instructions, counts }
        };
        before.zip(&self.samples).map(stretch).collect()
    }

    /// The table, whose picture is that of the TLBs' misses.
    pub fn sheet(&self, name: &str) -> Sheet {
        let stretches = self.stretches();
        let step = stretches.len().div_ceil(ROWS).max(1);
        let columns: Vec<_> =
            COLUMNS.into_iter().chain(COUNTERS.map(|(column, _)| column)).collect();
        let mut table = vec![columns.iter().map(|&column| column.to_owned()).collect()];
        table.extend(stretches.iter().step_by(step).map(Stretch::text));
        let notes = (step > 1).then(|| {
            let all = stretches.len();
            format!("every {step}th of {all} stretches is shown; --csv has all")
        });
        Sheet {
            head: vec![format!("{name}: each row is a stretch of the run, its end and its counts")],
            columns,
            rows: stretches.iter().map(Stretch::row).collect(),
            table,
            notes: notes.into_iter().collect(),
            picture: self.misses(name, &stretches),
        }
    }

    /// The pictures, with the ends of their files' names.
    pub fn pictures(&self, name: &str) -> Vec<(&'static str, Picture)> {
        let stretches = self.stretches();
        let every = self.every;
        let per_stretch = format!("in a stretch of {every} instructions");
        let count = |title: &str, idea: &str, of: &[(&str, &str)]| {
            let count = |stretch: &Stretch, column: &str| stretch.count(column) as f64;
            let y = Axis { name: per_stretch.clone(), unit: Unit::Count, log: false };
            picture((title, idea), y, &stretches, of, &count)
        };
        vec![
            ("misses", self.misses(name, &stretches)),
            (
                "faults",
                count(
                    &format!("{name}: faults over time"),
                    "Page faults and access faults by what was tried.",
                    &[
                        ("store faults", "store_faults"),
                        ("load faults", "load_faults"),
                        ("fetch faults", "fetch_faults"),
                    ],
                ),
            ),
            (
                "fences",
                count(
                    &format!("{name}: fences over time"),
                    "Fences of translations, sfence.vma, and of instructions, fence.i.",
                    &[("sfence.vma", "fences"), ("fence.i", "instruction_fences")],
                ),
            ),
            (
                "modes",
                picture(
                    (&format!("{name}: modes over time"), "Instructions by privilege mode."),
                    Axis { name: "share of instructions".into(), unit: Unit::Percent, log: false },
                    &stretches,
                    &[("supervisor", "in_s"), ("user", "in_u"), ("machine", "in_m")],
                    &|stretch, column| stretch.per_instruction(column, 100.0),
                ),
            ),
        ]
    }

    fn misses(&self, name: &str, stretches: &[Stretch]) -> Picture {
        picture(
            (
                &format!("{name}: misses over time"),
                &format!("Misses of the two TLBs, in stretches of {} instructions.", self.every),
            ),
            Axis { name: "per 1000 instructions".to_owned(), unit: Unit::Count, log: false },
            stretches,
            &[("data TLB misses", "data_misses"), ("fetch TLB misses", "fetch_misses")],
            &|stretch, column| stretch.per_instruction(column, 1000.0),
        )
    }
}

/// A picture of columns over time.
fn picture(
    (title, idea): (&str, &str),
    y: Axis,
    stretches: &[Stretch],
    of: &[(&str, &str)],
    value: &dyn Fn(&Stretch, &str) -> f64,
) -> Picture {
    let curve = |(name, column): &(&str, &str)| Curve {
        name: (*name).to_owned(),
        points: stretches.iter().map(|s| (s.end as f64, value(s, column))).collect(),
    };
    Picture {
        title: title.to_owned(),
        idea: idea.to_owned(),
        x: Axis { name: "instructions".to_owned(), unit: Unit::Count, log: false },
        y,
        curves: of.iter().map(curve).collect(),
        ..Picture::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two stretches, of 1000 and of 500 instructions.
    fn series() -> Series {
        let counted = |factor: u64| {
            let mut counts = [0; COUNTERS.len()];
            counts.iter_mut().enumerate().for_each(|(at, count)| *count = factor * (at as u64 + 1));
            counts
        };
        let sample = |instructions, factor| Sample { instructions, counts: counted(factor) };
        Series { every: 1000, samples: vec![sample(1000, 1000), sample(1500, 1200)] }
    }

    #[test]
    fn each_stretch_has_its_own_counts() {
        let sheet = series().sheet("a run");
        let csv = sheet.csv().unwrap_or_default();
        let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(lines[0].len(), COLUMNS.len() + COUNTERS.len());
        assert_eq!(lines[1][..6], ["1000", "1000", "1", "5000", "6000", "1000"]);
        // 200 cycles, 1000 misses of fetches and 1200 of data in 500 instructions.
        assert_eq!(lines[2][..6], ["1500", "500", "0.4", "2000", "2400", "200"]);
        assert_eq!(lines[2][18], (200 * 14).to_string());
        assert_eq!(sheet.table.len(), 3);
        assert!(sheet.notes.is_empty());
    }

    #[test]
    fn pictures_show_columns_that_there_are() {
        let pictures = series().pictures("a run");
        assert_eq!(
            pictures.iter().map(|(end, _)| *end).collect::<Vec<_>>(),
            ["misses", "faults", "fences", "modes"]
        );
        for (end, picture) in pictures {
            for curve in picture.curves {
                assert_eq!(curve.points.len(), 2, "{end}");
                assert!(curve.points.iter().all(|(_, y)| *y > 0.0), "{end}: {}", curve.name);
            }
        }
    }
}
