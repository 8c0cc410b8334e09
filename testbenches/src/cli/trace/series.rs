//! A run over time: what each stretch of it missed, faulted and walked.

use std::str::FromStr;

use machine::system::{Every, Sample};
use serde_json::Value;

use crate::curve::sheet::{Cell, Sheet, rated};
use crate::explore::draw::{Axis, Curve, Picture, Unit};

/// The most rows of a table that people read.
const ROWS: usize = 40;

/// `--every`: `10000` instructions, or `10000cycles`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EveryArg(pub Every);

impl FromStr for EveryArg {
    type Err = String;

    fn from_str(text: &str) -> Result<EveryArg, String> {
        let (number, every): (_, fn(u64) -> Every) = match text.strip_suffix("cycles") {
            Some(number) => (number, Every::Cycles),
            None => (text, Every::Instructions),
        };
        match number.trim().parse() {
            Ok(0) => Err("a stretch has 1 instruction or cycle at least".to_owned()),
            Ok(number) => Ok(EveryArg(every(number))),
            Err(_) => Err(format!(
                "`{text}` is not a stretch; write 10000 for instructions, or 10000cycles"
            )),
        }
    }
}

/// The columns.
const COLUMNS: [&str; 12] = [
    "cycles",
    "instructions",
    "fetch_mpki",
    "data_mpki",
    "fetch_misses",
    "data_misses",
    "walks",
    "minor_faults",
    "major_faults",
    "evictions",
    "frames",
    "cpi",
];

/// A stretch of a run, between two samples: the counts at its end, and what was counted in it.
struct Stretch {
    end: Sample,
    own: Sample,
}

fn stretches(samples: &[Sample]) -> Vec<Stretch> {
    let mut before = Sample::default();
    let own = |end: &Sample, before: &Sample| Sample {
        cycles: end.cycles - before.cycles,
        instructions: end.instructions - before.instructions,
        data_accesses: end.data_accesses - before.data_accesses,
        fetch_misses: end.fetch_misses - before.fetch_misses,
        data_misses: end.data_misses - before.data_misses,
        walks: end.walks - before.walks,
        minor_faults: end.minor_faults - before.minor_faults,
        major_faults: end.major_faults - before.major_faults,
        evictions: end.evictions - before.evictions,
        frames: end.frames,
    };
    let stretch = |end: &Sample| {
        let own = own(end, &before);
        before = *end;
        Stretch { end: *end, own }
    };
    samples.iter().map(stretch).collect()
}

impl Stretch {
    /// A count of it per 1000 instructions, if it had any.
    fn per_1000(&self, count: u64) -> Option<f64> {
        let instructions = self.own.instructions;
        (instructions > 0).then(|| 1000.0 * count as f64 / instructions as f64)
    }

    fn row(&self) -> Vec<Cell> {
        let Stretch { end, own } = self;
        let cpi = (own.instructions > 0).then(|| own.cycles as f64 / own.instructions as f64);
        vec![
            Cell::Count(end.cycles),
            Cell::Count(end.instructions),
            Cell::Rate(self.per_1000(own.fetch_misses)),
            Cell::Rate(self.per_1000(own.data_misses)),
            Cell::Count(own.fetch_misses),
            Cell::Count(own.data_misses),
            Cell::Count(own.walks),
            Cell::Count(own.minor_faults),
            Cell::Count(own.major_faults),
            Cell::Count(own.evictions),
            Cell::Count(end.frames),
            Cell::Rate(cpi),
        ]
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

/// The series of a run of a trace of this name.
pub(super) fn sheet(name: &str, every: Every, samples: &[Sample]) -> Sheet {
    let stretches = stretches(samples);
    let step = stretches.len().div_ceil(ROWS).max(1);
    let mut table = vec![COLUMNS.map(str::to_owned).to_vec()];
    table.extend(stretches.iter().step_by(step).map(Stretch::text));
    let mut notes = Vec::new();
    if step > 1 {
        let all = stretches.len();
        notes.push(format!("every {step}th of {all} stretches is shown; --csv has all"));
    }
    let (along, unit): (fn(&Sample) -> u64, _) = match every {
        Every::Instructions(_) => (|sample| sample.instructions, "instructions"),
        Every::Cycles(_) => (|sample| sample.cycles, "cycles"),
    };
    let curve = |name: &str, of: &dyn Fn(&Stretch) -> Option<f64>| {
        let point = |s: &Stretch| Some((along(&s.end) as f64, of(s)?));
        Curve { name: name.to_owned(), points: stretches.iter().filter_map(point).collect() }
    };
    let faults = |own: &Sample| own.minor_faults + own.major_faults;
    let curves = [
        curve("fetch TLB misses", &|s| s.per_1000(s.own.fetch_misses)),
        curve("data TLB misses", &|s| s.per_1000(s.own.data_misses)),
        curve("page faults", &|s| s.per_1000(faults(&s.own))),
    ];
    Sheet {
        head: vec![format!("{name}: each row is a stretch of the run, its counts, and its end")],
        columns: COLUMNS.to_vec(),
        rows: stretches.iter().map(Stretch::row).collect(),
        table,
        notes,
        picture: Picture {
            title: format!("{name} over time"),
            idea: "TLB misses and page faults of each stretch of the run.".to_owned(),
            x: Axis { name: unit.to_owned(), unit: Unit::Count, log: false },
            y: Axis { name: "per 1000 instructions".to_owned(), unit: Unit::Count, log: false },
            curves: curves.into_iter().filter(|curve| !curve.points.is_empty()).collect(),
            ..Picture::default()
        },
    }
}

/// The picture of the frames in use.
pub(super) fn frames(name: &str, every: Every, samples: &[Sample]) -> Picture {
    let (along, unit): (fn(&Sample) -> u64, _) = match every {
        Every::Instructions(_) => (|sample| sample.instructions, "instructions"),
        Every::Cycles(_) => (|sample| sample.cycles, "cycles"),
    };
    let points = samples.iter().map(|s| (along(s) as f64, s.frames as f64)).collect();
    Picture {
        title: format!("{name}: frames over time"),
        idea: "Frames in use by pages and page tables.".to_owned(),
        x: Axis { name: unit.to_owned(), unit: Unit::Count, log: false },
        y: Axis { name: "frames".to_owned(), unit: Unit::Count, log: false },
        curves: vec![Curve { name: "frames".to_owned(), points }],
        ..Picture::default()
    }
}

/// A report with the series in it.
pub(super) fn joined(mut report: Value, sheet: &Sheet) -> Value {
    report["series"] = sheet.json()["rows"].take();
    report
}
