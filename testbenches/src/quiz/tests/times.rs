//! Loops over pages, and average times.

use std::collections::VecDeque;

use super::*;

/// Hits and misses of a TLB that replaces first in, first out.
fn loops(question: &Question) -> (u64, u64) {
    let entries = numbers(line(question, "TLB"))[0] as usize;
    let (mut held, mut hits, mut misses) = (VecDeque::new(), 0, 0);
    for given in &question.given {
        if given.contains("a fence") {
            held.clear();
        }
        let Some((passes, pages)) = given.split_once(" passes over the pages ") else { continue };
        let (passes, pages) = (numbers(passes)[0], numbers(pages));
        for page in (0..passes).flat_map(|_| pages[0]..=pages[1]) {
            if held.contains(&page) {
                hits += 1;
                continue;
            }
            misses += 1;
            if held.len() == entries {
                held.pop_front();
            }
            held.push_back(page);
        }
    }
    (hits, misses)
}

#[test]
fn misses_of_loops() {
    agree("tlb", 30, |question| Right::Number(loops(question).1 as f64));
}

#[test]
fn times_of_loops() {
    agree("time", 60, |question| {
        let (hits, misses) = loops(question);
        let walk = numbers(line(question, "walk"));
        let miss = 3 + walk[0] * walk[1];
        Right::Number((hits + misses * miss) as f64 / (hits + misses) as f64)
    });
}

#[test]
fn times_of_accesses() {
    agree("access-time", 100, |question| {
        let tlb = numbers(line(question, "TLB"));
        let walk = numbers(line(question, "walk"));
        let memory = numbers(line(question, "memory"))[0] as f64;
        let share_of_misses = |percent: u64| (100 - percent) as f64 / 100.0;
        let translation =
            tlb[0] as f64 + share_of_misses(tlb[1]) * (walk[0] as f64 * memory + walk[1] as f64);
        let data = match question.given.iter().find_map(|line| line.strip_prefix("cache")) {
            None => memory,
            Some(cache) => {
                let cache = numbers(cache);
                cache[0] as f64 + share_of_misses(cache[1]) * memory
            }
        };
        Right::Number(translation + data)
    });
}
