//! Base and limit, segments, free lists.

use super::*;

#[test]
fn base_and_limit() {
    agree("base", 100, |question| {
        let base = numbers(line(question, "base"))[0];
        let limit = numbers(line(question, "limit"))[0];
        let access = numbers(line(question, "access"));
        let (bytes, va) = (access[0], access[1]);
        match (va..va + bytes).all(|byte| byte < limit) {
            true => Right::Text((base + va).to_string()),
            false => Right::Text("fault".to_owned()),
        }
    });
}

/// A row of the table of segments.
struct Row<'q> {
    number: u64,
    base: u64,
    limit: u64,
    is_down: bool,
    allows: Vec<&'q str>,
}

fn rows(question: &Question) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for line in question.given.iter().filter(|line| line.starts_with("  ")) {
        let words: Vec<&str> = line.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        let number = |place: usize| words[place].parse().expect("a number");
        rows.push(Row {
            number: number(1),
            base: number(2),
            limit: number(3),
            is_down: words[4] == "down",
            allows: words[5..].to_vec(),
        });
    }
    rows
}

#[test]
fn segments() {
    agree("segments", 100, |question| {
        let access = line(question, "access");
        let verb = access.split(' ').next().expect("a verb");
        let (bytes, va) = (numbers(access)[0], numbers(access)[1]);
        let bits = format!("{va:014b}");
        let binary = |text: &str| u64::from_str_radix(text, 2).expect("bits");
        let (number, offset) = (binary(&bits[..2]), binary(&bits[2..]));
        let rows = rows(question);
        let Some(row) = rows.iter().find(|row| row.number == number) else {
            return Right::Text("no segment".to_owned());
        };
        let is_inside = |byte: u64| match row.is_down {
            // Counted from the end: offset 4095 is the first byte below the base.
            true => byte < 4096 && 4096 - byte <= row.limit,
            false => byte < row.limit,
        };
        if !(offset..offset + bytes).all(is_inside) {
            return Right::Text("limit".to_owned());
        }
        if !row.allows.contains(&verb) {
            return Right::Text("protection".to_owned());
        }
        let pa = if row.is_down { row.base - (4096 - offset) } else { row.base + offset };
        Right::Text(pa.to_string())
    });
}

/// Memory byte by byte: whether each is free.
struct Bytes(Vec<bool>);

impl Bytes {
    /// Runs of free bytes: where each begins, and its length.
    fn runs(&self) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (at, _) in self.0.iter().enumerate().filter(|(_, free)| **free) {
            match runs.last_mut() {
                Some((start, length)) if *start + *length == at => *length += 1,
                _ => runs.push((at, 1)),
            }
        }
        runs
    }
}

#[test]
fn free_lists() {
    agree("free-list", 60, |question| {
        let mut memory = Bytes(vec![false; 10_000]);
        let rule = line(question, "rule").split(' ').next().expect("a rule");
        let mut placed: Vec<(char, usize, usize)> = Vec::new();
        let (mut rover, mut last) = (0, None);
        for given in &question.given {
            let named = numbers(given);
            if given.starts_with("hole ") {
                memory.0[named[0] as usize..=named[1] as usize].fill(true);
                continue;
            }
            let Some((who, what)) = given[8..].trim().split_once(" is ") else { continue };
            let who = who.chars().next().expect("a name");
            if what == "freed" {
                let at = placed.iter().position(|(name, ..)| *name == who).expect("it was placed");
                let (_, start, length) = placed.remove(at);
                memory.0[start..start + length].fill(true);
            } else if what.starts_with("requested") {
                let length = numbers(what)[0] as usize;
                let runs: Vec<_> =
                    memory.runs().into_iter().filter(|(_, free)| *free >= length).collect();
                let longest = runs.iter().map(|(_, free)| *free).max();
                let shortest = runs.iter().map(|(_, free)| *free).min();
                let chosen = match rule {
                    "first" => runs.first(),
                    "best" => runs.iter().find(|(_, free)| Some(*free) == shortest),
                    "worst" => runs.iter().find(|(_, free)| Some(*free) == longest),
                    _ => runs.iter().find(|(start, _)| *start >= rover).or(runs.first()),
                };
                last = chosen.map(|(start, _)| *start);
                if let Some(start) = last {
                    memory.0[start..start + length].fill(false);
                    placed.push((who, start, length));
                    rover = start + length;
                }
            }
        }
        Right::Text(last.map_or_else(|| "none".to_owned(), |at| at.to_string()))
    });
}
