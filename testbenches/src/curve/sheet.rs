//! Results as a table, CSV, JSON and a picture.

use serde_json::{Map, Value};

use crate::explore::draw::Picture;
use crate::table::{Column, aligned};

/// A cell of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A word.
    Text(String),
    /// A count.
    Count(u64),
    /// A rate; `None` where it cannot be known.
    Rate(Option<f64>),
}

/// Rows of values under names, one observation in each, and what is shown of them.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What stands above the table.
    pub head: Vec<String>,
    /// The names of the columns.
    pub columns: Vec<&'static str>,
    /// All rows.
    pub rows: Vec<Vec<Cell>>,
    /// The table that people read: its head, and rows.
    pub table: Vec<Vec<String>>,
    /// What is worth knowing about the results.
    pub notes: Vec<String>,
    /// The picture.
    pub picture: Picture,
}

impl Cell {
    fn json(&self) -> Value {
        match self {
            Cell::Text(text) => Value::from(text.as_str()),
            Cell::Count(count) => Value::from(*count),
            Cell::Rate(rate) => Value::from(*rate),
        }
    }

    fn text(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Count(count) => count.to_string(),
            Cell::Rate(rate) => rate.map_or_else(String::new, |rate| rate.to_string()),
        }
    }
}

impl Sheet {
    /// The table, with what belongs to it.
    pub fn text(&self) -> String {
        let mut text: String = self.head.iter().map(|line| format!("{line}\n")).collect();
        let table = self.table.iter().map(|row| row.iter().map(String::as_str));
        text += "\n";
        text += &aligned(&[Column::left(0).gap(0), Column::right(0)], table);
        if !self.notes.is_empty() {
            text += "\n";
        }
        text + &self.notes.iter().map(|note| format!("note  {note}\n")).collect::<String>()
    }

    /// A line for each row, under the names.
    ///
    /// # Errors
    /// Those of the CSV writer.
    pub fn csv(&self) -> anyhow::Result<String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.columns)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(Cell::text))?;
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }

    /// One object: `rows` has a flat record for each row.
    pub fn json(&self) -> Value {
        let record = |row: &Vec<Cell>| {
            let pairs = self.columns.iter().zip(row);
            let record: Map<_, _> =
                pairs.map(|(name, cell)| ((*name).to_owned(), cell.json())).collect();
            Value::Object(record)
        };
        let rows: Vec<_> = self.rows.iter().map(record).collect();
        serde_json::json!({ "title": self.picture.title, "about": self.head, "notes": self.notes,
            "rows": rows })
    }
}

/// A rate with three decimals; a minus where it cannot be known.
pub fn rated(rate: Option<f64>) -> String {
    rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.3}"))
}
