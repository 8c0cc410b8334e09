//! Loops over pages: hits and misses in the TLB, and the time that the loops take.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::diary::{Diary, Entry, tell};
use super::{Answer, Difficulty, Key, Posed};
use scenario::load::Scenario;

/// The address of page 0.
const START: u64 = 0x40_0000;

/// Loops one after the other, with or without a fence in between.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Task {
    size: &'static str,
    entries: u64,
    mode: &'static str,
    levels: u64,
    latency: u64,
    /// First page, pages, passes.
    loops: Vec<(u64, u64, u64)>,
    fenced: bool,
}

impl Task {
    /// Easy: one loop. Hard: three. In between one to three.
    fn draw(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Task {
        let (size, entries) = [("tiny", 4), ("small", 8), ("linux", 16)][rng.random_range(0..3)];
        let (mode, levels) =
            [("sv32", 2), ("sv39", 3), ("sv48", 4), ("sv57", 5)][rng.random_range(0..4)];
        let latency = [1, 5, 10, 20, 50][rng.random_range(0..5)];
        let count = rng.random_range(difficulty.pick(1..=1, 1..=3, 3..=3));
        let draw = |rng: &mut ChaCha8Rng| {
            // Near the size of the TLB, on both sides.
            let pages = rng.random_range(entries - 2..=entries + 2);
            (rng.random_range(0..4), pages, rng.random_range(2..=6))
        };
        let mut loops: Vec<(u64, u64, u64)> = (0..count).map(|_| draw(rng)).collect();
        let fenced = count > 1 && rng.random_range(0..2) == 0;
        if fenced {
            // Before the fence the TLB must not overflow: a fence after an overflow changes the
            // order in which lines are filled, so that replacement is not exactly FIFO any more.
            loops[..count - 1].iter_mut().for_each(|(_, pages, _)| *pages = entries.min(*pages));
        }
        Task { size, entries, mode, levels, latency, loops, fenced }
    }

    fn text(&self) -> String {
        let mut steps = String::new();
        for (at, (first, pages, passes)) in self.loops.iter().enumerate() {
            if at > 0 && self.fenced {
                steps += "    { fence = {} },\n";
            }
            let va = START + first * 4096;
            steps += &format!(
                "    {{ stream = \"load\", va = {va:#x}, stride = 0x1000, count = {pages}, \
                 passes = {passes} }},\n"
            );
        }
        format!(
            "idea = \"Loops over pages.\"\n\
             spec = \"sv32algorithm: the address-translation cache may hold an arbitrary number \
             of entries\"\n\
             machine = {{ size = \"{}\", modes = \"{}\", latency = {} }}\n\
             map = [{{ va = {START:#x}, pa = 0x8000_0000, pages = 64, flags = \"RW UAD\" }}]\n\
             step = [\n{steps}]\n",
            self.size, self.mode, self.latency
        )
    }

    fn given(&self, timed: bool) -> Vec<String> {
        let mut given = vec![format!(
            "TLB     {} entries, empty at the start, fully associative, first in first out",
            self.entries
        )];
        if timed {
            given.push(format!(
                "walk    {} levels, L = {} cycle{} a memory read",
                self.levels,
                self.latency,
                if self.latency == 1 { "" } else { "s" }
            ));
            given.push(
                "time    a hit takes 1 cycle, a miss 3 + levels * L in all: it is answered \
                 2 + levels * L cycles after it is asked, and then the next load is asked"
                    .to_owned(),
            );
        }
        for (at, (first, pages, passes)) in self.loops.iter().enumerate() {
            if at > 0 && self.fenced {
                given.push("then    a fence: the TLB is emptied".to_owned());
            }
            let last = first + pages - 1;
            let which = if at == 0 { "first" } else { "then" };
            given.push(format!(
                "{which:6}  {passes} passes over the pages {first} to {last}, one load in each"
            ));
        }
        given
    }

    fn posed(self, ask: &str, timed: bool) -> Posed {
        let (given, scenario) = (self.given(timed), Some(self.text()));
        let solve = Box::new(move |engine| {
            let scenario = Scenario::parse("quiz", "quiz.toml", &self.text())?;
            let told = tell(&scenario, None, engine)?;
            Ok(self.answer(&told.diary, timed))
        });
        let form =
            if timed { "Write a number with two decimals, as 3.25." } else { "Write a number." };
        Posed {
            given,
            ask: ask.to_owned(),
            form: form.to_owned(),
            options: Vec::new(),
            scenario,
            solve,
        }
    }

    /// Reads hits, misses and cycles.
    fn answer(&self, diary: &Diary, timed: bool) -> Answer {
        let asked: Vec<bool> = diary
            .entries
            .iter()
            .filter_map(|entry| match entry {
                Entry::Asked { hit, .. } => Some(*hit),
                _ => None,
            })
            .collect();
        let hits = asked.iter().filter(|hit| **hit).count();
        let misses = asked.len() - hits;
        let mut worked = Vec::new();
        let mut rest = asked.as_slice();
        for (number, (first, pages, passes)) in self.loops.iter().enumerate() {
            for pass in 1..=*passes {
                let (these, after) = rest.split_at((*pages as usize).min(rest.len()));
                rest = after;
                let signs: String = these.iter().map(|hit| if *hit { 'h' } else { 'M' }).collect();
                worked.push(format!(
                    "loop {}, pass {pass}, pages {first} to {}: {signs}",
                    number + 1,
                    first + pages - 1
                ));
            }
        }
        worked.push("(h: hit, M: miss)".to_owned());
        if !timed {
            let value = json!({ "hits": hits, "misses": misses });
            let text = format!("{misses} misses, {hits} hits");
            return Answer { value, text, worked, key: Key::count(misses as u64) };
        }
        let cycles = cycles(diary);
        let average = cycles as f64 / asked.len().max(1) as f64;
        worked.push(format!("{hits} hits, {misses} misses, {cycles} cycles in all"));
        let text =
            format!("{average:.2} cycles on average: {cycles} cycles for {} loads", asked.len());
        let value = json!({ "cycles": cycles, "average": average });
        Answer { value, text, worked, key: Key::average(average) }
    }
}

/// Cycles in which a load was presented or outstanding: each begins at the answer before it.
fn cycles(diary: &Diary) -> u64 {
    let last = diary.entries.iter().rev().find_map(|entry| match entry {
        Entry::Answered { cycle, .. } => Some(*cycle),
        _ => None,
    });
    match (diary.first_asked, last) {
        (Some(first), Some(last)) => last + 1 - first,
        _ => 0,
    }
}

/// How many misses?
pub(super) fn misses(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    Task::draw(rng, difficulty).posed("How many of the loads miss the TLB?", false)
}

/// How long on average?
pub(super) fn time(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    let mut task = Task::draw(rng, difficulty);
    // A fence takes a cycle of its own, which is a different question.
    task.fenced = false;
    task.posed("How many cycles does a load's translation take on average?", true)
}
