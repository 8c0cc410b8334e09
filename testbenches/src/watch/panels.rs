//! A snapshot as panels of rows, in a fixed order.

use super::snapshot::{PortRate, Snapshot, Walks};
use super::words::{count, percent, quotient};

/// A panel: a title and rows of cells.
pub(super) struct Panel {
    /// What it is about.
    pub(super) title: &'static str,
    /// The heads of the columns after the first; none for a list of counts.
    pub(super) heads: &'static [&'static str],
    /// The least widths of these columns, so that they stay where they are while numbers grow.
    pub(super) widths: &'static [u16],
    /// The rows; the first cell is the name.
    pub(super) rows: Vec<Vec<String>>,
}

impl Panel {
    /// Its lines, the title's included.
    pub(super) fn lines(&self) -> u16 {
        1 + u16::try_from(self.rows.len()).unwrap_or(u16::MAX - 2)
    }
}

/// The panels of what is known.
pub(super) fn panels(snapshot: &Snapshot) -> Vec<Panel> {
    let lists = [
        ("frames", &snapshot.memory),
        ("faults by cause", &snapshot.faults),
        ("fences", &snapshot.fences),
        ("other events", &snapshot.other),
    ];
    let lists = lists.into_iter().filter(|(_, counts)| !counts.is_empty());
    let lists = lists.map(|(title, counts)| list(title, counts));
    let walks = snapshot.walks.as_ref().map(walks);
    tlbs(snapshot).into_iter().chain(walks).chain(lists).collect()
}

fn tlbs(snapshot: &Snapshot) -> Option<Panel> {
    let instructions = snapshot.instructions.filter(|count| *count > 0);
    let row = |port: &PortRate| {
        let PortRate { name, hits, misses } = *port;
        let mut row = vec![name.to_owned(), percent(hits, hits + misses), count(misses)];
        row.extend(instructions.map(|count| quotient(misses, count, 1000.0)));
        row
    };
    let rows: Vec<_> = snapshot.ports.iter().map(row).collect();
    let heads: &[&str] = match instructions {
        Some(_) => &["hit rate", "misses", "MPKI"],
        None => &["hit rate", "misses"],
    };
    (!rows.is_empty()).then_some(Panel { title: "TLB", heads, widths: &[9, 12, 8], rows })
}

fn walks(walks: &Walks) -> Panel {
    let mut rows = vec![
        vec!["walks".to_owned(), count(walks.walks)],
        vec!["entries read per walk".to_owned(), quotient(walks.entries, walks.walks, 1.0)],
        vec!["A and D set".to_owned(), count(walks.updates)],
    ];
    let more = [("second-level hits", walks.l2_hits), ("walk-cache hits", walks.cache_hits)];
    for (name, hits) in more {
        rows.extend(hits.map(|hits| vec![name.to_owned(), count(hits)]));
    }
    Panel { title: "page walks", heads: &[], widths: &[11], rows }
}

fn list(title: &'static str, counts: &[(&'static str, u64)]) -> Panel {
    let rows = counts.iter().map(|(name, number)| vec![(*name).to_owned(), count(*number)]);
    Panel { title, heads: &[], widths: &[11], rows: rows.collect() }
}
