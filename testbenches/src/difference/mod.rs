//! Two runs beside each other: which figures differ, and by how much, the important ones first.
//!
//! | file | does |
//! |---|---|
//! | `rank` | how important a figure is |

mod rank;

use serde_json::{Value, json};

use crate::explore::draw::{Unit, written};
use crate::explore::figures::Figures;
use crate::explore::units;
use crate::table::{Column, aligned};

/// A run: what it is called, and its report.
#[derive(Clone, Debug)]
pub struct Side {
    /// Its name.
    pub name: String,
    /// The report, as `--json` prints it.
    pub report: Value,
}

/// A figure that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its dotted name.
    pub figure: String,
    /// In the first run and in the second; `None` where it has no value.
    pub values: [Option<f64>; 2],
    /// The second in parts of the first, less 1; `None` where there is no such number.
    pub relative: Option<f64>,
}

/// What two runs have otherwise.
#[derive(Clone, Debug)]
pub struct Difference {
    names: [String; 2],
    /// Words that differ: the configuration, the policy.
    words: Vec<(String, [String; 2])>,
    rows: Vec<Row>,
    /// Figures that are the same.
    same: usize,
}

/// Keys of the report whose words say what the run was.
const WORDS: [&str; 6] = ["config", "mmu", "mode", "policy", "seed", "machine"];

impl Difference {
    /// The difference of two runs. Those of single processes count only where `all` says so.
    pub fn of(first: &Side, second: &Side, all: bool) -> Difference {
        let sides = [first, second];
        let figures = sides.map(|side| Figures::of(&side.report));
        let word = |side: &Side, key: &str| match &side.report[key] {
            Value::Null => "-".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let words = WORDS.iter().map(|key| (*key, sides.map(|side| word(side, key))));
        let words = words.filter(|(_, [first, second])| first != second);
        let mut names: Vec<&str> =
            figures.iter().flat_map(|figures| figures.iter().map(|(name, _)| name)).collect();
        names.sort_unstable();
        names.dedup();
        let is_counted = |name: &&str| {
            let of_one = name.starts_with("processes.") && !all;
            // The seed and numbers of processes are names, and no quantities.
            !of_one && *name != "seed" && !name.ends_with(".pid")
        };
        let value = |figures: &Figures, name: &str| {
            figures.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        let (mut rows, mut same) = (Vec::new(), 0);
        for name in names.into_iter().filter(is_counted) {
            let values = [value(&figures[0], name), value(&figures[1], name)];
            if values[0] == values[1] {
                same += 1;
                continue;
            }
            let relative = match values {
                [Some(first), Some(second)] if first != 0.0 => Some(second / first - 1.0),
                _ => None,
            };
            rows.push(Row { figure: name.to_owned(), values, relative });
        }
        rows.sort_by(|a, b| rank::order(a).cmp(&rank::order(b)).then_with(|| rank::by_size(a, b)));
        Difference {
            names: sides.map(|side| side.name.clone()),
            words: words.map(|(key, words)| (key.to_owned(), words)).collect(),
            rows,
            same,
        }
    }

    /// The figures that differ, the important ones first.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// A table of at most so many figures.
    pub fn text(&self, most: usize) -> String {
        let [first, second] = &self.names;
        let mut text = format!("A  {first}\nB  {second}\n\n");
        let words = self.words.iter().map(|(key, [a, b])| vec![key.clone(), a.clone(), b.clone()]);
        let words: Vec<_> = words.collect();
        if !words.is_empty() {
            text += &aligned(&[Column::left(0).gap(0), Column::left(0)], words);
            text += "\n";
        }
        if self.rows.is_empty() {
            let are = if self.same == 1 { "is" } else { "are" };
            return text + &format!("no figure differs; {} {are} the same\n", self.same);
        }
        let head = ["figure", "A", "B", "B - A", "B / A - 1", "unit"].map(str::to_owned).to_vec();
        let shown = self.rows.iter().take(most).map(Row::cells);
        let columns = [
            Column::left(0).gap(0),
            Column::right(0),
            Column::right(0),
            Column::right(0),
            Column::right(0),
            Column::left(0),
        ];
        text += &aligned(&columns, std::iter::once(head).chain(shown));
        let hidden = self.rows.len().saturating_sub(most);
        let more =
            if hidden > 0 { format!("{hidden} more differ (--all); ") } else { String::new() };
        let figures = if self.same == 1 { "figure is" } else { "figures are" };
        text + &format!("\n{more}{} {figures} the same\n", self.same)
    }

    /// All figures that differ, a record for each.
    pub fn json(&self) -> Value {
        let row = |row: &Row| {
            let [a, b] = row.values;
            json!({
                "figure": row.figure, "a": a, "b": b, "difference": row.absolute(),
                "relative": row.relative, "unit": row.unit(),
            })
        };
        let words = self.words.iter().map(|(key, [a, b])| json!({ "key": key, "a": a, "b": b }));
        json!({
            "a": self.names[0],
            "b": self.names[1],
            "words": words.collect::<Vec<_>>(),
            "figures": self.rows.iter().map(row).collect::<Vec<_>>(),
            "same": self.same,
        })
    }
}

impl Row {
    fn absolute(&self) -> Option<f64> {
        let [first, second] = self.values;
        Some(second? - first?)
    }

    fn unit(&self) -> &'static str {
        let counted = units::of(&self.figure);
        match (counted.unit, counted.name) {
            (Unit::Bytes, _) => "bytes",
            (_, Some(name)) => name,
            _ if self.figure == "cycles" || self.figure.ends_with("cycles_total") => "cycles",
            _ if self.figure.contains("frames") => "frames",
            _ => "",
        }
    }

    fn cells(&self) -> Vec<String> {
        let shown = |value: Option<f64>| match value {
            Some(value) => written(value, &Unit::Count),
            None => "-".to_owned(),
        };
        let signed = |value: f64, text: String| if value > 0.0 { format!("+{text}") } else { text };
        let absolute = self.absolute().map(|value| signed(value, shown(Some(value))));
        let relative = self.relative.map(|part| signed(part, format!("{:.1} %", 100.0 * part)));
        vec![
            self.figure.clone(),
            shown(self.values[0]),
            shown(self.values[1]),
            absolute.unwrap_or_else(|| "-".to_owned()),
            relative.unwrap_or_else(|| "-".to_owned()),
            self.unit().to_owned(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(name: &str, report: Value) -> Side {
        Side { name: name.to_owned(), report }
    }

    #[test]
    fn what_matters_comes_first_and_what_is_the_same_is_counted() {
        let report = |cycles: u64, misses: u64, config: &str| {
            json!({
                "mmu": config, "seed": 1, "cycles": cycles, "memory": { "peak_frames": misses },
                "total": { "data": { "tlb_misses": misses }, "faults": { "ticks": 0 } },
                "processes": [{ "name": "p", "pid": 1, "turnaround": cycles }],
            })
        };
        let (a, b) = (side("a", report(100, 8, "x")), side("b", report(90, 2, "y")));
        let difference = Difference::of(&a, &b, false);
        let names: Vec<_> = difference.rows().iter().map(|row| row.figure.as_str()).collect();
        assert_eq!(names, ["cycles", "total.data.tlb_misses", "memory.peak_frames"]);
        let first = &difference.rows()[0];
        assert_eq!((first.absolute(), first.values), (Some(-10.0), [Some(100.0), Some(90.0)]));
        assert!((first.relative.expect("a number") + 0.1).abs() < 1e-12);
        assert!(difference.text(9).contains("mmu  x  y"), "{}", difference.text(9));
        assert!(difference.text(1).contains("2 more differ"));
        assert_eq!(difference.json()["same"], 1);
        assert_eq!(Difference::of(&a, &b, true).rows().len(), 4);
        assert!(Difference::of(&a, &a, true).text(9).contains("no figure differs"));
    }

    #[test]
    fn where_there_is_no_quotient_there_is_none() {
        let a = side("a", json!({ "cycles": 0, "mpki": null }));
        let b = side("b", json!({ "cycles": 5, "mpki": 2.5 }));
        let difference = Difference::of(&a, &b, false);
        assert!(difference.rows().iter().all(|row| row.relative.is_none()));
        assert!(difference.text(9).contains("+5"), "{}", difference.text(9));
        assert_eq!(difference.json()["figures"][1]["a"], Value::Null);
    }
}
