//! The units of figures, for measures that say none.

use super::draw::Unit;

/// What a measure counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// How its numbers are written.
    pub unit: Unit,
    /// In words, unless the numbers or the name of the figure say it themselves.
    pub name: Option<&'static str>,
}

/// The last parts of figures' names, or their ends, with their units in words.
const ENDS: [(&str, &str); 7] = [
    ("tlb_mpki", "misses per 1000 instructions"),
    ("wcpi", "cycles per instruction"),
    ("access_time", "cycles per access"),
    ("miss_rate", "of all translations"),
    ("utilisation", "of the time"),
    ("turnaround", "cycles"),
    ("response", "cycles"),
];
/// Parts of figures' names below which all is in cycles, but for counts.
const CYCLES: [&str; 4] = ["cycles", "times", "walk_latency", "fault_latency"];

/// What a formula counts, if it is one figure; of anything else nothing is known.
pub fn of(formula: &str) -> Counted {
    let figure = formula.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    if !figure.chars().all(is_name) {
        return Counted::default();
    }
    let last = figure.rsplit('.').next().unwrap_or(figure);
    if last == "bytes" || last.ends_with("_bytes") {
        return Counted { unit: Unit::Bytes, name: None };
    }
    let ends = ENDS.iter().find(|(end, _)| last.ends_with(end)).map(|(_, unit)| *unit);
    let mut above = figure.split('.').rev().skip(1);
    let cycles = last != "count" && above.any(|part| CYCLES.contains(&part));
    Counted { unit: Unit::Count, name: ends.or(cycles.then_some("cycles")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_follow_what_is_counted() {
        assert_eq!(of("memory.page_table_bytes").unit, Unit::Bytes);
        assert_eq!(of("total.data.tlb_mpki").name, Some("misses per 1000 instructions"));
        assert_eq!(of("total.cycles.handler").name, Some("cycles"));
        assert_eq!(of("total.fault_latency.p99").name, Some("cycles"));
        for plain in
            ["cycles", "2 * page_table_bytes", "walk_latency.count", "total.cycles.idle / cycles"]
        {
            assert_eq!(of(plain), Counted::default(), "{plain}");
        }
    }
}
