//! The results of a sweep: a table, CSV and JSON, and curves for pictures.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table, TableComponent};
use serde_json::{Value, json};

use super::draw::{Axis, Curve, Picture, Remark, Unit, written};
use super::study::RemarkText;
use super::sweep::{Failed, Plan, Run};
use super::values::Choice;

/// The runs of a plan, with its texts.
#[derive(Debug)]
pub struct Findings {
    /// A heading.
    pub title: String,
    /// The idea.
    pub idea: String,
    /// The common name of several measures.
    pub y: Option<String>,
    /// The plan.
    pub plan: Plan,
    /// The results.
    pub runs: Vec<Run>,
    /// The runs that failed.
    pub failed: Vec<Failed>,
    /// The remarks in the picture.
    pub remarks: Vec<RemarkText>,
}

/// The runs that differ only in their place along x, and one measure of them.
struct Series<'f> {
    name: String,
    measure: usize,
    runs: Vec<&'f Run>,
}

impl Findings {
    /// One curve for each combination of the sweeps not along x, and each measure.
    fn series(&self) -> Vec<Series<'_>> {
        let mut all: Vec<Series<'_>> = Vec::new();
        for run in &self.runs {
            let labels: Vec<_> = run.choices.iter().skip(1).map(|c| c.label.as_str()).collect();
            for (measure, text) in self.plan.measures.iter().enumerate() {
                let name = match (labels.is_empty(), self.plan.measures.len()) {
                    (true, _) => text.title().to_owned(),
                    (false, 1) => labels.join(", "),
                    (false, _) => format!("{}: {}", labels.join(", "), text.title()),
                };
                match all.iter_mut().find(|series| series.name == name && series.measure == measure)
                {
                    Some(series) => series.runs.push(run),
                    None => all.push(Series { name, measure, runs: vec![run] }),
                }
            }
        }
        all
    }

    /// The labels along x, in order.
    fn rows(&self) -> Vec<&str> {
        let mut rows: Vec<&str> = Vec::new();
        for label in self.runs.iter().filter_map(|run| run.choices.first()).map(|c| &*c.label) {
            if !rows.contains(&label) {
                rows.push(label);
            }
        }
        rows
    }

    /// A table: one row for each place along x, one column for each curve.
    pub fn table(&self) -> String {
        let series = self.series();
        let mut table = Table::new();
        table.load_preset(NOTHING);
        table.set_style(TableComponent::HeaderLines, '─');
        let first = self.plan.sweeps.first();
        let mut head = vec![first.map_or("", |sweep| sweep.title()).to_owned()];
        head.extend(series.iter().map(|series| series.name.clone()));
        table.set_header(head);
        for row in self.rows() {
            let mut cells = vec![row.to_owned()];
            for series in &series {
                let run = series.runs.iter().find(|run| run.choices[0].label == row);
                let value = run.and_then(|run| run.measured[series.measure]);
                let unit = &self.plan.measures[series.measure].unit;
                cells.push(value.map_or_else(|| "-".to_owned(), |value| written(value, unit)));
            }
            table.add_row(cells);
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let mut text = format!("{}\n{}\n\n", self.title, self.idea);
        text += &format!("{}\n\n", table.trim_fmt());
        let measures: Vec<_> = self.plan.measures.iter().map(|measure| &*measure.of).collect();
        text += &format!("measured  {}\n", measures.join("\n          "));
        let mut machines: Vec<&str> = Vec::new();
        for run in &self.runs {
            if !machines.contains(&&*run.machine) {
                machines.push(&run.machine);
            }
        }
        let all = machines.len();
        machines.truncate(4);
        let more = if all > machines.len() { ", ..." } else { "" };
        text += &format!("machine   {}{more}\n", machines.join(", "));
        for (settings, note) in self.notes() {
            text += &format!("note      {settings}: {note}\n");
        }
        for Failed { error, .. } in &self.failed {
            text += &format!("failed    {error}\n");
        }
        text
    }

    /// The settings of a run, in words.
    fn settings(&self, choices: &[Choice]) -> String {
        let pairs = self.plan.sweeps.iter().zip(choices);
        pairs.map(|(s, c)| format!("{} {}", s.title(), c.label)).collect::<Vec<_>>().join(", ")
    }

    fn notes(&self) -> Vec<(String, &str)> {
        let mut notes = Vec::new();
        for run in &self.runs {
            let said = self.settings(&run.choices);
            notes.extend(run.notes.iter().map(|note| (said.clone(), note.as_str())));
        }
        notes
    }

    /// One line for each run: its settings, the machine, the measures. For a failed run only its
    /// settings.
    ///
    /// # Errors
    /// Those of the CSV writer.
    pub fn csv(&self) -> anyhow::Result<String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let sweeps = self.plan.sweeps.iter().map(|sweep| sweep.set.clone());
        let measures = self.plan.measures.iter().map(|measure| measure.title().to_owned());
        writer.write_record(sweeps.chain(["machine".to_owned()]).chain(measures))?;
        for run in &self.runs {
            let choices = run.choices.iter().map(|choice| choice.label.clone());
            let number = |value: &Option<f64>| value.map_or_else(String::new, |v| v.to_string());
            let measured = run.measured.iter().map(number);
            writer.write_record(choices.chain([run.machine.clone()]).chain(measured))?;
        }
        for failed in &self.failed {
            let choices = failed.choices.iter().map(|choice| choice.label.as_str());
            let nothing = std::iter::repeat_n("", 1 + self.plan.measures.len());
            writer.write_record(choices.chain(nothing))?;
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }

    /// The same as one JSON object.
    pub fn json(&self) -> Value {
        let point = |run: &Run, measure: usize| {
            json!({
                "x": run.choices.first().map(|choice| &choice.label),
                "at": run.at,
                "y": run.measured[measure],
                "machine": run.machine,
                "notes": run.notes,
            })
        };
        let series: Vec<_> = self
            .series()
            .iter()
            .map(|series| {
                let points: Vec<_> =
                    series.runs.iter().map(|run| point(run, series.measure)).collect();
                let measure = &self.plan.measures[series.measure];
                json!({ "name": series.name, "measure": measure.of, "points": points })
            })
            .collect();
        let sweep =
            |sweep: &super::study::Sweep| json!({ "set": sweep.set, "name": sweep.title() });
        let sweeps: Vec<_> = self.plan.sweeps.iter().map(sweep).collect();
        let scenario = &self.plan.base.name;
        let failed = |failed: &Failed| {
            let labels: Vec<_> = failed.choices.iter().map(|choice| &choice.label).collect();
            json!({ "choices": labels, "error": failed.error.to_string() })
        };
        let failed: Vec<_> = self.failed.iter().map(failed).collect();
        json!({
            "title": self.title,
            "idea": self.idea,
            "scenario": scenario,
            "sweeps": sweeps,
            "series": series,
            "failed": failed,
        })
    }

    /// The picture.
    ///
    /// # Errors
    /// A sentence, for a remark about a point that does not exist.
    pub fn picture(&self) -> Result<Picture, String> {
        let rows = self.rows();
        let numbers = self.runs.iter().all(|run| run.at.is_some());
        let place = |run: &Run| match run.at {
            Some(at) if numbers => at,
            _ => rows.iter().position(|row| *row == run.choices[0].label).unwrap_or(0) as f64,
        };
        let series = self.series();
        let curve = |series: &Series<'_>| {
            let point = |run: &&Run| Some((place(run), run.measured[series.measure]?));
            let mut points: Vec<_> = series.runs.iter().filter_map(point).collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            Curve { name: series.name.clone(), points }
        };
        let mut remarks = Vec::new();
        for RemarkText { x, curve, text, offset } in &self.remarks {
            let found = series.iter().find(|series| series.name == *curve).and_then(|series| {
                let run = series.runs.iter().find(|run| run.choices[0].label == *x)?;
                Some((place(run), run.measured[series.measure]?))
            });
            let at = match found {
                Some(at) => at,
                // The point may be a run that failed.
                None if !self.failed.is_empty() => continue,
                None => return Err(format!("no point at {x} of `{curve}` to remark on")),
            };
            remarks.push(Remark { at, lines: text.clone(), offset: *offset });
        }
        let first = self.plan.sweeps.first();
        let x = first.map_or_else(Axis::default, |sweep| Axis {
            name: sweep.axis.as_deref().unwrap_or(sweep.title()).to_owned(),
            unit: sweep.unit.clone(),
            log: sweep.log && numbers,
        });
        let measures = &self.plan.measures;
        let y = Axis {
            name: match (&self.y, &measures[..]) {
                (Some(name), _) => name.clone(),
                (None, [measure]) => measure.title().to_owned(),
                (None, _) => String::new(),
            },
            unit: measures.first().map_or(Unit::Count, |measure| measure.unit.clone()),
            log: measures.iter().any(|measure| measure.log),
        };
        Ok(Picture {
            title: self.title.clone(),
            idea: self.idea.clone(),
            x,
            y,
            categories: (!numbers).then(|| rows.iter().map(|row| (*row).to_owned()).collect()),
            curves: series.iter().map(curve).collect(),
            remarks,
        })
    }
}
