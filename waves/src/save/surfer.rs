//! Surfer's command file: the same rows in the same order.
//!
//! Names of states need no file: the dump carries them as enumerations, which Surfer reads.

use std::fmt::Write;

use super::{Group, Row, View};

pub(super) fn commands(view: &View) -> String {
    let mut text = String::new();
    for group in &view.groups {
        rows(&mut text, group);
    }
    text.push_str("zoom_fit\n");
    text
}

fn rows(text: &mut String, group: &Group) {
    writeln!(text, "divider_add {}", group.name).expect("writing into a string cannot fail");
    for row in &group.rows {
        match row {
            Row::Trace(trace) => {
                let path = trace.reference.split('[').next().unwrap_or(&trace.reference);
                writeln!(text, "variable_add {path}").expect("writing into a string cannot fail");
            }
            // Groups folded in GTKWave are left out of the initial view: Surfer's dividers do not
            // fold.
            Row::Group(inner) if inner.open => rows(text, inner),
            Row::Group(_) => {}
        }
    }
}
