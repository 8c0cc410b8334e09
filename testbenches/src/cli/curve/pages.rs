//! A program's pages: frames, reuse distances, working sets.

use std::sync::atomic::Ordering::Relaxed;

use model::isa::Mode;

use super::{CurveArgs, Of, as_trace, stack};
use crate::cli::trace::{Job, process_name};
use crate::cli::{Status, output};
use crate::curve::pages::References;
use crate::curve::sheet::{Cell, Sheet, rated};
use crate::explore::draw::{Axis, Curve, Picture, Unit};
use crate::explore::values::Values;

/// Points of a series over time, unless the trace is too short for them.
const SAMPLES: u64 = 200;

/// A curve of the pages of a trace: it is read, and no machine runs.
pub(super) fn pages(arguments: &CurveArgs) -> anyhow::Result<(Option<Sheet>, String, Status)> {
    if let Some(text) = &arguments.string {
        return Ok((Some(string_of(arguments, text)?), stem("string", arguments), Status::Fine));
    }
    anyhow::ensure!(
        arguments.of != Of::Stack,
        "`--of stack` shows every reference; it is for a short `--string`, as 1,2,3,4,1,2"
    );
    let job = Job::new(&as_trace(arguments))?;
    let name = process_name(arguments.subject()).to_owned();
    let mode = arguments.mode.unwrap_or(Mode::Sv39);
    let (mut references, mut series) = (References::default(), Series::new(arguments.tau));
    job.references(mode, |page| {
        references.refer(page);
        series.after(&mut references);
        !job.stop.load(Relaxed)
    })?;
    if job.stop.load(Relaxed) {
        output::note("interrupted: the trace was not read to its end");
        return Ok((None, name, Status::Interrupted));
    }
    anyhow::ensure!(references.count() > 0, "{}: there is no access in it", arguments.subject());
    job.warn();
    let sheet = sheet(arguments, &name, &mut references, series)?;
    Ok((Some(sheet), stem(&name, arguments), Status::Fine))
}

/// A curve of the pages that `--string` names.
fn string_of(arguments: &CurveArgs, text: &str) -> anyhow::Result<Sheet> {
    let wrong = |error| anyhow::anyhow!("--string: {error}");
    let string = crate::policy::string::pages(text).map_err(wrong)?;
    anyhow::ensure!(!string.is_empty(), "--string: there is no page in it");
    if arguments.of == Of::Stack {
        return stack::sheet(&string);
    }
    let (mut references, mut series) = (References::default(), Series::new(arguments.tau));
    for page in string {
        references.refer(page);
        series.after(&mut references);
    }
    sheet(arguments, "string", &mut references, series)
}

fn sheet(
    arguments: &CurveArgs,
    name: &str,
    references: &mut References,
    series: Series,
) -> anyhow::Result<Sheet> {
    Ok(match (arguments.of, arguments.tau) {
        (Of::Frames, _) => frames(name, references, sizes(arguments)?),
        (Of::Reuse, _) => reuse(name, references),
        (_, Some(tau)) => series.sheet(name, tau, references),
        _ => working_sets(name, references),
    })
}

/// The name of a picture's file.
fn stem(name: &str, arguments: &CurveArgs) -> String {
    let of = match (arguments.of, arguments.tau) {
        (Of::Tlb, _) => "tlb",
        (Of::Frames, _) => "frames",
        (Of::WorkingSet, None) => "working-set",
        (Of::WorkingSet, Some(_)) => "working-set-over-time",
        (Of::Reuse, _) => "reuse",
        (Of::Stack, _) => "stack",
    };
    format!("{name}-{of}")
}

/// The sizes that `--sizes` names.
pub(super) fn sizes(arguments: &CurveArgs) -> anyhow::Result<Option<Vec<usize>>> {
    let Some(text) = &arguments.sizes else { return Ok(None) };
    let wrong = |why: String| anyhow::anyhow!("--sizes {text}: {why}");
    let values = Values::parse(text).map_err(wrong)?;
    let size = |choice: &crate::explore::values::Choice| {
        let size = choice.value.as_integer().and_then(|size| usize::try_from(size).ok());
        size.filter(|size| *size > 0).ok_or_else(|| {
            wrong(format!("`{}` is not a size; sizes are whole numbers from 1", choice.label))
        })
    };
    values.0.iter().map(size).collect::<anyhow::Result<_>>().map(Some)
}

/// Powers of two, up to the first that is not less than the last size.
pub(super) fn doubling(last: usize) -> Vec<usize> {
    let mut sizes = vec![1];
    while sizes.last().is_some_and(|size| *size < last) {
        sizes.push(sizes[sizes.len() - 1] * 2);
    }
    sizes
}

fn about(name: &str, what: &str, references: &References) -> Vec<String> {
    let (count, pages) = (references.count(), references.pages());
    vec![format!("{name}: {what}; {count} page references, {pages} pages")]
}

fn frames(name: &str, references: &mut References, sizes: Option<Vec<usize>>) -> Sheet {
    let depths = references.depths().clone();
    let count = references.count() as f64;
    let row = |(frames, faults): &(usize, u64)| {
        vec![
            Cell::Count(*frames as u64),
            Cell::Count(*faults),
            Cell::Rate(Some(*faults as f64 / count)),
        ]
    };
    let mut table =
        vec![["frames", "page faults", "per 1000 references"].map(str::to_owned).to_vec()];
    // Above the last size nothing changes.
    let every: Vec<(usize, u64)> = match &sizes {
        Some(sizes) => sizes.iter().map(|n| (*n, depths.misses_with(*n))).collect(),
        None => depths.misses().into_iter().enumerate().skip(1).collect(),
    };
    for frames in sizes.unwrap_or_else(|| doubling(depths.deepest())) {
        let faults = depths.misses_with(frames);
        let rate = rated(Some(1000.0 * faults as f64 / count));
        table.push(vec![frames.to_string(), faults.to_string(), rate]);
    }
    let points = every.iter().map(|(n, faults)| (*n as f64, *faults as f64));
    Sheet {
        head: about(name, "page faults under LRU, for every number of frames", references),
        columns: vec!["frames", "page_faults", "fault_ratio"],
        rows: every.iter().map(row).collect(),
        table,
        notes: Vec::new(),
        picture: picture(
            format!("{name}: page faults against frames"),
            "LRU, which never faults more with more frames. Every number of frames from one pass.",
            axis("frames", true),
            axis("page faults", true),
            vec![Curve { name: "LRU".to_owned(), points: points.collect() }],
        ),
    }
}

fn reuse(name: &str, references: &mut References) -> Sheet {
    let depths = references.depths().clone();
    let classes = depths.classes();
    let count = references.count() as f64;
    // Between two uses of a page at depth d, d - 1 others were used.
    let named = |from: usize, to: usize| match (from - 1, to - 1) {
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from}-{to}"),
    };
    let mut rows: Vec<_> = classes
        .iter()
        .map(|((from, to), uses)| {
            let ends = [*from, *to].map(|end| Cell::Count(end as u64 - 1));
            let [from, to] = ends;
            vec![from, to, Cell::Count(*uses), Cell::Rate(Some(*uses as f64 / count))]
        })
        .collect();
    let first = depths.never();
    rows.push(vec![
        Cell::Text(String::new()),
        Cell::Text(String::new()),
        Cell::Count(first),
        Cell::Rate(Some(first as f64 / count)),
    ]);
    let percent = |uses: u64| format!("{:.3} %", 100.0 * uses as f64 / count);
    let head = ["other pages between", "references", "of all"];
    let mut table = vec![head.map(str::to_owned).to_vec()];
    for ((from, to), uses) in &classes {
        table.push(vec![named(*from, *to), uses.to_string(), percent(*uses)]);
    }
    table.push(vec!["first use".to_owned(), first.to_string(), percent(first)]);
    let names: Vec<_> = table.iter().skip(1).map(|row| row[0].clone()).collect();
    let bars = classes.iter().map(|(_, uses)| *uses).chain([first]).enumerate();
    let points = bars.map(|(n, uses)| (n as f64, uses as f64)).collect();
    Sheet {
        head: about(name, "reuse distances of pages", references),
        columns: vec!["from", "to", "references", "part"],
        rows,
        table,
        notes: Vec::new(),
        picture: Picture {
            categories: Some(names),
            ..picture(
                format!("{name}: reuse distances"),
                "How many other pages were used since a page was used last.",
                axis("other pages between two uses of a page", false),
                axis("references", false),
                vec![Curve { name: "references".to_owned(), points }],
            )
        },
    }
}

fn working_sets(name: &str, references: &mut References) -> Sheet {
    let last = usize::try_from(references.count()).unwrap_or(usize::MAX);
    let taus: Vec<u64> = doubling(last).into_iter().map(|tau| tau as u64).collect();
    let means = references.working_sets(&taus);
    let mut table = vec![["window", "mean working set"].map(str::to_owned).to_vec()];
    let mut rows = Vec::new();
    for (tau, mean) in taus.iter().zip(&means) {
        rows.push(vec![Cell::Count(*tau), Cell::Rate(Some(*mean))]);
        table.push(vec![tau.to_string(), rated(Some(*mean))]);
    }
    let points = taus.iter().zip(&means).map(|(tau, mean)| (*tau as f64, *mean)).collect();
    let what = "the mean size of the working set, for each window";
    Sheet {
        head: about(name, what, references),
        columns: vec!["tau", "working_set"],
        rows,
        table,
        notes: Vec::new(),
        picture: picture(
            format!("{name}: working set against window"),
            "The mean number of pages among the last references, over the whole program.",
            axis("window in references", true),
            axis("pages", false),
            vec![Curve { name: "mean".to_owned(), points }],
        ),
    }
}

/// The size of the working set over time.
struct Series {
    tau: Option<u64>,
    every: u64,
    points: Vec<(u64, u64)>,
}

impl Series {
    fn new(tau: Option<u64>) -> Series {
        Series { tau, every: 1, points: Vec::new() }
    }

    /// Takes a sample, if one is due. As the length is not known before, samples become half as dense
    /// whenever there are twice as many as are wanted.
    fn after(&mut self, references: &mut References) {
        let Some(tau) = self.tau else { return };
        let now = references.count();
        if !now.is_multiple_of(self.every) {
            return;
        }
        self.points.push((now, references.working_set(tau) as u64));
        if self.points.len() as u64 >= 2 * SAMPLES {
            self.every *= 2;
            self.points.retain(|(now, _)| now.is_multiple_of(self.every));
        }
    }

    fn sheet(self, name: &str, tau: u64, references: &mut References) -> Sheet {
        let mean = references.working_sets(&[tau])[0];
        let mut table = vec![["references", "working set"].map(str::to_owned).to_vec()];
        let step = self.points.len().div_ceil(20).max(1);
        table.extend(
            self.points.iter().step_by(step).map(|(t, w)| vec![t.to_string(), w.to_string()]),
        );
        let points = self.points.iter().map(|(t, w)| (*t as f64, *w as f64)).collect();
        let what = format!("the working set in a window of {tau} references, mean {mean:.3}");
        let row = |(t, w): &(u64, u64)| vec![Cell::Count(*t), Cell::Count(*w)];
        Sheet {
            head: about(name, &what, references),
            columns: vec!["references", "working_set"],
            rows: self.points.iter().map(row).collect(),
            table,
            notes: Vec::new(),
            picture: picture(
                format!("{name}: working set over time"),
                &format!("The pages among the last {tau} references."),
                axis("references", false),
                axis("pages", false),
                vec![Curve { name: "working set".to_owned(), points }],
            ),
        }
    }
}

pub(super) fn axis(name: &str, log: bool) -> Axis {
    Axis { name: name.to_owned(), unit: Unit::Count, log }
}

pub(super) fn picture(title: String, idea: &str, x: Axis, y: Axis, curves: Vec<Curve>) -> Picture {
    Picture { title, idea: idea.to_owned(), x, y, curves, ..Picture::default() }
}
