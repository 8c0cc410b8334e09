//! Outcomes as text.

use std::fmt::Write;

use super::{Outcome, Row};
use crate::table::{Column, aligned};

/// At most so many frames are shown.
const WIDEST: usize = 12;
/// The longest bar of a curve, in characters.
const BAR: u64 = 40;

/// One run: its steps, if it has them, and its totals.
pub fn one(outcome: &Outcome) -> String {
    let mut text = format!("{}, {} frames", outcome.policy, outcome.frames);
    if outcome.oracle {
        text += " (an oracle: it knows more than hardware tells)";
    }
    text += "\n\n";
    if let Some(rows) = &outcome.steps {
        text += &steps(rows);
        text.push('\n');
    }
    text + &totals(outcome)
}

/// The table of steps.
fn steps(rows: &[Row]) -> String {
    let used = rows.last().map_or(0, |row| row.frames.len());
    let shown = used.min(WIDEST);
    let pages = rows.iter().map(|row| row.page.to_string().len()).max().unwrap_or(1);
    let columns = [
        Column::right(3).gap(0),
        // A page and the mark of a store.
        Column::right(5),
        Column::left(0),
        Column::left(6),
        Column::left(0),
    ];
    let head = ["ref", "page", "frames", "", "victim"].map(str::to_owned);
    let cells = (1..).zip(rows).map(|(at, row)| {
        let held = (0..shown).map(|place| {
            let held = row.frames.get(place).copied().flatten();
            let held = held.map_or("-".to_owned(), |page| page.to_string());
            format!("{held:>width$}", width = pages.max(2))
        });
        let page = format!("{}{}", row.page, if row.store { "w" } else { " " });
        let word = if row.fault.is_some() { "fault" } else { "hit" };
        let held = held.collect::<Vec<_>>().join(" ");
        [format!("{at}"), page, held, word.to_owned(), happened(row)]
    });
    let mut text = aligned(&columns, std::iter::once(head).chain(cells));
    if used > shown {
        let _ = writeln!(text, "({} more frames are not shown)", used - shown);
    }
    text
}

/// The effects of a fault besides loading its page.
fn happened(row: &Row) -> String {
    let mut said = Vec::new();
    if let Some(fault) = &row.fault {
        if let Some(victim) = fault.victim {
            let written = if victim.written { ", written back" } else { "" };
            said.push(format!("{}{written}", victim.page));
        }
        said.extend(fault.written_ahead.iter().map(|page| format!("({page} written ahead)")));
    }
    let said = said.join(" ");
    if row.ticked { format!("{said:<7} after a tick") } else { said }
}

fn totals(outcome: &Outcome) -> String {
    let Outcome { references, faults, hits, evictions, writebacks, cold_faults, .. } = outcome;
    let percent = |part: u64| part as f64 * 100.0 / (*references).max(1) as f64;
    let ticks =
        if outcome.ticks > 0 { format!(", {} ticks", outcome.ticks) } else { String::new() };
    format!(
        "{faults} faults, {hits} hits in {references} references ({:.1} % hits); {cold_faults} of \
         the faults are first touches\n{evictions} evictions, {writebacks} write-backs{ticks}\n",
        percent(*hits)
    )
}

/// Several runs: faults by frames (down) and policy (across), with Belady's anomalies.
pub fn many(outcomes: &[Outcome]) -> String {
    let (mut policies, mut frames) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        if !policies.contains(&outcome.policy) {
            policies.push(outcome.policy);
        }
        if !frames.contains(&outcome.frames) {
            frames.push(outcome.frames);
        }
    }
    let find = |policy: &str, frames: u64| {
        outcomes.iter().find(|outcome| outcome.policy == policy && outcome.frames == frames)
    };
    let references = outcomes.first().map_or(0, |outcome| outcome.references);
    let cold = outcomes.first().map_or(0, |outcome| outcome.cold_faults);
    let mut text = format!("{references} references to {cold} pages\n\n");
    if frames.len() == 1 {
        text += &compared(outcomes);
    } else {
        let most = outcomes.iter().map(|o| o.faults).max().unwrap_or(1).max(1);
        let mut columns = vec![Column::right(6).gap(0)];
        columns.extend(policies.iter().map(|_| Column::right(5)));
        columns.push(Column::left(0));
        let head = std::iter::once("frames").chain(policies.iter().copied());
        let mut rows = vec![head.map(str::to_owned).collect::<Vec<_>>()];
        for &count in &frames {
            let faults = |policy: &&str| find(policy, count).map_or(0, |outcome| outcome.faults);
            let mut row = vec![count.to_string()];
            row.extend(policies.iter().map(|policy| faults(policy).to_string()));
            // With one policy there is room for its curve.
            if let [policy] = &policies[..] {
                row.push("#".repeat((faults(policy) * BAR).div_ceil(most) as usize));
            }
            rows.push(row);
        }
        text += &aligned(&columns, rows);
    }
    for policy in &policies {
        for pair in frames.windows(2) {
            let (Some(few), Some(more)) = (find(policy, pair[0]), find(policy, pair[1])) else {
                continue;
            };
            if few.frames < more.frames && few.faults < more.faults {
                let _ = writeln!(
                    text,
                    "Belady's anomaly: {policy} faults {} times with {} frames, {} times with {}",
                    few.faults, few.frames, more.faults, more.frames
                );
            }
        }
    }
    text
}

/// One row per policy.
fn compared(outcomes: &[Outcome]) -> String {
    let Some(first) = outcomes.first() else { return String::new() };
    let columns = [
        Column::left(22).gap(0),
        Column::right(8),
        Column::right(8),
        Column::right(9),
        Column::right(10),
        Column::left(0),
    ];
    let head = ["policy", "faults", "hits", "evictions", "writebacks"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for outcome in outcomes {
        let Outcome { policy, faults, hits, evictions, writebacks, .. } = outcome;
        let mut row = vec![(*policy).to_owned()];
        row.extend([faults, hits, evictions, writebacks].map(u64::to_string));
        row.extend(outcome.oracle.then(|| "oracle".to_owned()));
        row.extend((outcome.ticks > 0).then(|| format!("{} ticks", outcome.ticks)));
        rows.push(row);
    }
    format!("{} frames\n{}", first.frames, aligned(&columns, rows))
}
