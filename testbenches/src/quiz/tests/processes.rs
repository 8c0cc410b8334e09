//! Outcomes of accesses, and copies after a fork.

use std::collections::BTreeMap;

use super::*;

const PAGE: u64 = 4096;

#[test]
fn outcomes_of_accesses() {
    agree("fault", 10, |question| {
        let mut touched = BTreeSet::new();
        let mut outcome = "";
        let regions: Vec<(&str, u64, u64, u64)> = ["text", "data", "bss", "stack"]
            .map(|kind| {
                let row = numbers(line(question, kind));
                // What a stack may grow to, in pages.
                let limit = if kind == "stack" { row[2] } else { 0 };
                (kind, row[0], row[1], limit)
            })
            .into();
        for given in &question.given {
            let which = given.split_whitespace().next().unwrap_or_default();
            if !["first", "then"].contains(&which) {
                continue;
            }
            let verb = given.split_whitespace().nth(1).expect("a verb");
            let va = numbers(given)[0];
            let found = regions.iter().find(|(kind, first, last, limit)| {
                let first = if *kind == "stack" { last + 1 - limit * PAGE } else { *first };
                (first..=*last).contains(&va)
            });
            let (_, _, stack_end, limit) = regions[3];
            let guard = stack_end + 1 - (limit + 1) * PAGE;
            outcome = match found {
                None if va < PAGE => "a null pointer",
                // Bits 63 to 38 must be equal in Sv39.
                None if !(va >> 38 == 0 || va >> 38 == (1 << 26) - 1) => "not canonical",
                None if va >> 63 == 1 => "of the kernel",
                None if (guard..guard + PAGE).contains(&va) => "the guard page",
                None => "any other address",
                Some(("text", ..)) if verb == "store" => "a store to text",
                Some((kind, ..)) if verb == "fetch" && *kind != "text" => "a fetch of",
                Some((kind, ..)) => match (touched.insert(va / PAGE), *kind) {
                    (false, _) => "no fault",
                    (true, "text" | "data") => "a major page fault",
                    (true, _) => "a minor page fault",
                },
            };
        }
        let mut meant = question.options.iter().filter(|option| option.contains(outcome));
        let option = meant.next().unwrap_or_else(|| panic!("{outcome} is no option"));
        assert!(meant.next().is_none(), "{outcome} is more than one option");
        Right::Text(option.clone())
    });
}

#[test]
fn copies_after_a_fork() {
    agree("cow", 6, |question| {
        let pages = numbers(&question.given[0])[1] + 1;
        // The frame of each page of each process: at first the child has the parent's.
        let mut frames: BTreeMap<(&str, u64), u64> = (0..pages)
            .flat_map(|page| [(("parent", page), page), (("child", page), page)])
            .collect();
        let (mut next, mut copies) = (pages, 0);
        for given in &question.given[2..] {
            let Some((who, what)) = given.split_once(' ') else { continue };
            if who == "child" && what.trim() == "ends" {
                frames.retain(|(owner, _), _| *owner != "child");
            }
            for step in what.trim().split(", ") {
                let Some(page) = step.strip_prefix("store ") else { continue };
                let place = (who, page.parse().expect("a page"));
                let frame = frames[&place];
                if frames.values().filter(|other| **other == frame).count() > 1 {
                    frames.insert(place, next);
                    (next, copies) = (next + 1, copies + 1);
                }
            }
        }
        Right::Number(f64::from(copies))
    });
}
