//! Outcomes as text for people.

use std::fmt::Write;

use super::{Outcome, Row};

/// More frames than this are not shown side by side.
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
    let (page, number) = (pages.max(4) + 1, rows.len().to_string().len().max(3));
    let cell = pages.max(2);
    let frames = format!("{:<width$}", "frames", width = (cell + 1) * shown);
    let mut text = format!("{:>number$}  {:>page$}  {frames}         victim\n", "ref", "page");
    for (at, row) in (1..).zip(rows) {
        let store = if row.store { "w" } else { " " };
        let _ = write!(text, "{at:>number$}  {:>width$}{store}  ", row.page, width = page - 1);
        for place in 0..shown {
            let held = row.frames.get(place).copied().flatten();
            let held = held.map_or("-".to_owned(), |page| page.to_string());
            let _ = write!(text, "{held:>cell$} ");
        }
        let word = if row.fault.is_some() { "fault" } else { "hit" };
        let mut line = format!(" {word:<6} ");
        if let Some(fault) = &row.fault {
            if let Some(victim) = fault.victim {
                let written = if victim.written { ", written back" } else { "" };
                line += &format!(" {}{written}", victim.page);
            }
            for page in &fault.written_ahead {
                line += &format!(" ({page} written ahead)");
            }
        }
        if row.ticked {
            line = format!("{line:<16} after a tick");
        }
        text += line.trim_end();
        text.push('\n');
    }
    if used > shown {
        let _ = writeln!(text, "({} more frames are not shown)", used - shown);
    }
    text
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

/// Several runs: faults by frames (down) and policy (across), with what the numbers show.
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
        text += "frames";
        policies.iter().for_each(|policy| text += &format!("  {policy:>5}"));
        text.push('\n');
        for &count in &frames {
            let _ = write!(text, "{count:>6}");
            for policy in &policies {
                let faults = find(policy, count).map_or(0, |outcome| outcome.faults);
                let _ = write!(text, "  {faults:>width$}", width = policy.len().max(5));
            }
            // With one policy there is room for its curve.
            if let ([policy], Some(outcome)) = (&policies[..], find(policies[0], count)) {
                let most = outcomes.iter().map(|o| o.faults).max().unwrap_or(1).max(1);
                let bar = (outcome.faults * BAR).div_ceil(most) as usize;
                let _ = write!(text, "  {}", "#".repeat(bar));
                debug_assert_eq!(*policy, outcome.policy);
            }
            text.push('\n');
        }
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

/// One row a policy.
fn compared(outcomes: &[Outcome]) -> String {
    let Some(first) = outcomes.first() else { return String::new() };
    let mut text = format!(
        "{} frames\n{:<22}  {:>8}  {:>8}  {:>9}  {:>10}\n",
        first.frames, "policy", "faults", "hits", "evictions", "writebacks"
    );
    for outcome in outcomes {
        let Outcome { policy, faults, hits, evictions, writebacks, .. } = outcome;
        let mut line =
            format!("{policy:<22}  {faults:>8}  {hits:>8}  {evictions:>9}  {writebacks:>10}");
        if outcome.oracle {
            line += "  oracle";
        }
        if outcome.ticks > 0 {
            line += &format!("  {} ticks", outcome.ticks);
        }
        text += &line;
        text.push('\n');
    }
    text
}
