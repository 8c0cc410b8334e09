//! The results of a sweep: a table, CSV and JSON, and curves for pictures.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table, TableComponent};
use serde_json::{Value, json};

use super::draw::{Axis, Curve, Picture, Remark, Unit, written};
use super::study::{Measure, RemarkText};
use super::sweep::{Failed, Plan, Point, Run};
use super::values::Choice;

/// The points of a plan, with its texts.
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
    /// The results, in order.
    pub points: Vec<Point>,
    /// The remarks in the picture.
    pub remarks: Vec<RemarkText>,
}

/// The points that differ only in their place along x, and one measure of them.
struct Series<'f> {
    name: String,
    measure: usize,
    points: Vec<&'f Point>,
}

impl Series<'_> {
    /// Whether it has this name, with or without what its numbers are of.
    fn is_called(&self, name: &str, plan: &Plan) -> bool {
        let labels = |point: &&Point| {
            point.choices.iter().skip(1).map(|choice| choice.label.clone()).collect::<Vec<_>>()
        };
        let plain = self.points.first().map(labels).unwrap_or_default();
        self.name == name || plan.named(&plain)[self.measure] == name
    }

    /// The value at a place along x.
    fn at(&self, label: &str) -> Option<f64> {
        let run = self.points.iter().find(|point| point.label() == label)?.run()?;
        run.measured[self.measure]
    }
}

impl Plan {
    /// The names of the curves that a combination of the sweeps not along x is a point of, one for
    /// each measure.
    pub fn curves(&self, choices: &[Choice]) -> Vec<String> {
        let labels = self.sweeps.iter().zip(choices).skip(1);
        self.named(&labels.map(|(sweep, choice)| sweep.curve(choice)).collect::<Vec<_>>())
    }

    /// The names of the measures of a curve with these labels.
    fn named(&self, labels: &[String]) -> Vec<String> {
        let name = |measure: &Measure| match (labels.is_empty(), self.measures.len()) {
            (true, _) => measure.title().to_owned(),
            (false, 1) => labels.join(", "),
            (false, _) => format!("{}: {}", labels.join(", "), measure.title()),
        };
        self.measures.iter().map(name).collect()
    }

    /// A value of a measure as a table shows it.
    pub fn cell(&self, measure: usize, value: Option<f64>) -> String {
        let unit = &self.measures[measure].unit;
        value.map_or_else(|| "-".to_owned(), |value| written(value, unit))
    }

    /// The settings of a point, in words.
    fn settings(&self, choices: &[Choice]) -> String {
        let pairs = self.sweeps.iter().zip(choices);
        pairs.map(|(s, c)| format!("{} {}", s.title(), c.label)).collect::<Vec<_>>().join(", ")
    }

    /// The head of CSV.
    ///
    /// # Errors
    /// Those of the CSV writer.
    pub fn csv_head(&self) -> anyhow::Result<String> {
        let sweeps = self.sweeps.iter().map(|sweep| sweep.set.clone());
        let measures = self.measures.iter().map(|measure| measure.title().to_owned());
        csv_line(sweeps.chain(["machine".to_owned()]).chain(measures))
    }

    /// A point's line of CSV: its settings, the machine, the measures. Of a failed one only the
    /// settings.
    ///
    /// # Errors
    /// Those of the CSV writer.
    pub fn csv_row(&self, point: &Point) -> anyhow::Result<String> {
        let choices = point.choices.iter().map(|choice| choice.label.clone());
        let number = |value: &Option<f64>| value.map_or_else(String::new, |v| v.to_string());
        let (machine, measured) = match point.run() {
            Some(run) => (run.machine.clone(), run.measured.iter().map(number).collect()),
            None => (String::new(), vec![String::new(); self.measures.len()]),
        };
        csv_line(choices.chain([machine]).chain(measured))
    }
}

fn csv_line(cells: impl Iterator<Item = String>) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells)?;
    Ok(String::from_utf8(writer.into_inner()?)?)
}

impl Findings {
    /// One curve for each combination of the sweeps not along x, and each measure.
    fn series(&self) -> Vec<Series<'_>> {
        let mut all: Vec<Series<'_>> = Vec::new();
        for point in &self.points {
            for (measure, name) in self.plan.curves(&point.choices).into_iter().enumerate() {
                match all.iter_mut().find(|series| series.name == name && series.measure == measure)
                {
                    Some(series) => series.points.push(point),
                    None => all.push(Series { name, measure, points: vec![point] }),
                }
            }
        }
        all
    }

    /// The labels along x, in order.
    fn rows(&self) -> Vec<&str> {
        let mut rows: Vec<&str> = Vec::new();
        for label in self.points.iter().map(Point::label) {
            if !rows.contains(&label) {
                rows.push(label);
            }
        }
        rows
    }

    fn runs(&self) -> impl Iterator<Item = &Run> {
        self.points.iter().filter_map(Point::run)
    }

    /// Why points failed, in order.
    pub fn failed(&self) -> impl Iterator<Item = &Failed> {
        self.points.iter().filter_map(Point::failed)
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
                cells.push(self.plan.cell(series.measure, series.at(row)));
            }
            table.add_row(cells);
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let idea = if self.idea.is_empty() { String::new() } else { format!("{}\n", self.idea) };
        format!("{}\n{idea}\n{}\n\n{}", self.title, table.trim_fmt(), self.foot())
    }

    /// What stands under a table: measures, machines, notes, failures.
    pub fn foot(&self) -> String {
        let measures: Vec<_> = self.plan.measures.iter().map(|measure| &*measure.of).collect();
        let mut text = format!("measured  {}\n", measures.join("\n          "));
        let mut machines: Vec<&str> = Vec::new();
        for run in self.runs() {
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
        for Failed { error, .. } in self.failed() {
            text += &format!("failed    {error}\n");
        }
        text
    }

    fn notes(&self) -> Vec<(String, &str)> {
        let mut notes = Vec::new();
        for point in &self.points {
            let said = self.plan.settings(&point.choices);
            let own = point.run().into_iter().flat_map(|run| &run.notes);
            notes.extend(own.map(|note| (said.clone(), note.as_str())));
        }
        notes
    }

    /// One line for each point, under a head.
    ///
    /// # Errors
    /// Those of the CSV writer.
    pub fn csv(&self) -> anyhow::Result<String> {
        let rows = self.points.iter().map(|point| self.plan.csv_row(point));
        let rows: anyhow::Result<String> = rows.collect();
        Ok(self.plan.csv_head()? + &rows?)
    }

    /// All as one JSON object: `points` has a flat record for each point, `series` the curves.
    pub fn json(&self) -> Value {
        let seen = |point: &Point, measure: usize| {
            let run = point.run()?;
            Some(json!({
                "x": point.choices.first().map(|choice| &choice.label),
                "at": run.at,
                "y": run.measured[measure],
                "machine": run.machine,
                "notes": run.notes,
            }))
        };
        let series: Vec<_> = self
            .series()
            .iter()
            .map(|series| {
                let points = series.points.iter();
                let points: Vec<_> = points.filter_map(|p| seen(p, series.measure)).collect();
                let measure = &self.plan.measures[series.measure];
                json!({ "name": series.name, "measure": measure.of, "points": points })
            })
            .collect();
        let sweep =
            |sweep: &super::study::Sweep| json!({ "set": sweep.set, "name": sweep.title() });
        let sweeps: Vec<_> = self.plan.sweeps.iter().map(sweep).collect();
        let set = self.plan.set.iter().map(|s| (s.set.clone(), json!(s.value)));
        let set: serde_json::Map<_, _> = set.collect();
        let scenario = &self.plan.base.name;
        let failed = |point: &Point| {
            let labels: Vec<_> = point.choices.iter().map(|choice| &choice.label).collect();
            Some(json!({ "choices": labels, "error": point.failed()?.error }))
        };
        let failed: Vec<_> = self.points.iter().filter_map(failed).collect();
        let points: Vec<_> = self.points.iter().map(|point| self.record(point)).collect();
        json!({
            "title": self.title,
            "idea": self.idea,
            "scenario": scenario,
            "set": set,
            "sweeps": sweeps,
            "points": points,
            "series": series,
            "failed": failed,
        })
    }

    /// A point as one flat record: settings by path, measures by name.
    fn record(&self, point: &Point) -> Value {
        let mut record = serde_json::Map::new();
        for (sweep, choice) in self.plan.sweeps.iter().zip(&point.choices) {
            // A list or a table is no value of a column.
            let is_plain = !matches!(choice.value, toml::Value::Array(_) | toml::Value::Table(_));
            let value = if is_plain { json!(choice.value) } else { json!(choice.label) };
            record.insert(sweep.set.clone(), value);
        }
        let run = point.run();
        record.insert("machine".to_owned(), json!(run.map(|run| &run.machine)));
        record.insert("at".to_owned(), json!(run.and_then(|run| run.at)));
        for (measure, text) in self.plan.measures.iter().enumerate() {
            let value = run.and_then(|run| run.measured[measure]);
            record.insert(text.title().to_owned(), json!(value));
        }
        record.insert("error".to_owned(), json!(point.failed().map(|failed| &failed.error)));
        Value::Object(record)
    }

    /// The picture.
    ///
    /// # Errors
    /// A sentence, for a remark about a point that does not exist.
    pub fn picture(&self) -> Result<Picture, String> {
        let rows = self.rows();
        let numbers = self.runs().all(|run| run.at.is_some());
        let place = |point: &Point| match point.run().and_then(|run| run.at) {
            Some(at) if numbers => at,
            _ => rows.iter().position(|row| *row == point.label()).unwrap_or(0) as f64,
        };
        let series = self.series();
        let curve = |series: &Series<'_>| {
            let point =
                |point: &&Point| Some((place(point), point.run()?.measured[series.measure]?));
            let mut points: Vec<_> = series.points.iter().filter_map(point).collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            (!points.is_empty()).then(|| Curve { name: series.name.clone(), points })
        };
        let mut remarks = Vec::new();
        for RemarkText { x, curve, text, offset } in &self.remarks {
            let found = series.iter().find(|series| series.is_called(curve, &self.plan));
            let found = found.and_then(|series| {
                let point = series.points.iter().find(|point| point.label() == x)?;
                Some((place(point), point.run()?.measured[series.measure]?))
            });
            let at = match found {
                Some(at) => at,
                // The point may be one that failed.
                None if self.failed().next().is_some() => continue,
                None => return Err(format!("no point at {x} of `{curve}` to remark on")),
            };
            remarks.push(Remark { at, lines: text.clone(), offset: *offset });
        }
        let first = self.plan.sweeps.first();
        let x = first.map_or_else(Axis::default, |sweep| Axis {
            name: sweep.axis.as_deref().unwrap_or(sweep.title()).to_owned(),
            unit: sweep.unit.clone(),
            log: sweep.is_log() && numbers,
        });
        let measures = &self.plan.measures;
        let y = Axis {
            name: match (&self.y, &measures[..]) {
                (Some(name), _) => name.clone(),
                (None, [measure]) => measure.axis(),
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
            curves: series.iter().filter_map(curve).collect(),
            remarks,
            ..Picture::default()
        })
    }
}
