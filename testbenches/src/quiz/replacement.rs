//! Reference strings: faults to count, evicted pages to name.

use std::collections::BTreeSet;

use kernel::Event;
use model::isa::PAGE_BYTES;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::diary::{Diary, Entry, tell};
use super::{Answer, Difficulty, Key, Posed};
use crate::table::{Column, aligned};
use scenario::load::Scenario;

/// The policies of the questions, and what a student must know about each.
const POLICIES: [(&str, &str); 4] = [
    ("fifo", "first in, first out"),
    ("lru", "least recently used"),
    (
        "opt",
        "evicts the page that is needed last; of pages never needed again, the one loaded first",
    ),
    (
        "clock",
        "second chance: a page is loaded with its accessed bit set; the hand clears bits until it \
         finds one clear, and stays behind the page that it replaced",
    ),
];
/// The address of page 0.
const START: u64 = 0x40_0000;

/// The parameters of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Task {
    policy: &'static str,
    meaning: &'static str,
    frames: u64,
    string: Vec<u64>,
}

/// The effects of one reference.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    page: u64,
    fault: bool,
    victim: Option<u64>,
    /// The pages in the frames after it.
    frames: Vec<Option<u64>>,
}

impl Task {
    /// Easy: FIFO or LRU, three frames, a short string. Hard: more frames, a longer string.
    fn draw(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Task {
        let policies = difficulty.pick(2, POLICIES.len(), POLICIES.len());
        let (policy, meaning) = POLICIES[rng.random_range(0..policies)];
        let frames = rng.random_range(difficulty.pick(3..=3, 3..=4, 4..=5));
        let pages = frames + rng.random_range(2..=3);
        let length = rng.random_range(difficulty.pick(8..=11, 12..=20, 20..=26));
        let mut string = references(pages, length, rng);
        // With a frame for each page there would be no evictions.
        while string.iter().collect::<BTreeSet<_>>().len() < frames as usize + 2 {
            string = references(pages, length, rng);
        }
        Task { policy, meaning, frames, string }
    }

    fn text(&self) -> String {
        let string: Vec<_> = self.string.iter().map(u64::to_string).collect();
        format!(
            "idea = \"A reference string.\"\n\
             spec = \"sv32algorithm: if pte.v=0, raise a page-fault exception\"\n\
             machine = {{ modes = \"sv39\" }}\n\
             os = {{ policy = \"{}\", window = 1 }}\n\n\
             [[process]]\n\
             name = \"string\"\n\
             frames = {}\n\
             regions = [{{ kind = \"bss\", start = {START:#x}, pages = 16 }}]\n\
             program = [\"load bss {}\"]\n",
            self.policy,
            self.frames,
            string.join(" ")
        )
    }

    fn posed(self, ask: &str, form: &str, answer: fn(&[Step]) -> Answer) -> Posed {
        let words: Vec<_> = self.string.iter().map(u64::to_string).collect();
        let given = vec![
            format!("reference string  {}", words.join(" ")),
            format!("frames            {}, empty at the start", self.frames),
            format!("policy            {} ({})", self.policy, self.meaning),
        ];
        let scenario = self.text();
        let solve = Box::new(move |engine| {
            let scenario = Scenario::parse("quiz", "quiz.toml", &self.text())?;
            let told = tell(&scenario, None, engine)?;
            let steps = steps(&told.diary, self.frames);
            let mut answer = answer(&steps);
            answer.worked = table(&steps);
            Ok(answer)
        });
        let (ask, form) = (ask.to_owned(), form.to_owned());
        Posed { given, ask, form, options: Vec::new(), scenario: Some(scenario), solve }
    }
}

/// A string of `length` references to `pages` pages.
fn references(pages: u64, length: usize, rng: &mut ChaCha8Rng) -> Vec<u64> {
    let mut string = Vec::new();
    while string.len() < length {
        // Sometimes a page that was used just now: without locality all policies are alike.
        let page = match string.len() {
            2.. if rng.random_range(0..4) == 0 => {
                string[string.len() - rng.random_range(2..=string.len().min(4))]
            }
            _ => rng.random_range(0..pages),
        };
        if string.last() != Some(&page) {
            string.push(page);
        }
    }
    string
}

/// How many faults?
pub(super) fn faults(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    let ask = "How many page faults does it take, the first touch of each page included?";
    Task::draw(rng, difficulty).posed(ask, "Write a number.", |steps| {
        let faults = steps.iter().filter(|step| step.fault).count();
        let hits = steps.len() - faults;
        Answer {
            value: json!({ "faults": faults, "hits": hits }),
            text: format!("{faults} page faults, {hits} hits"),
            worked: Vec::new(),
            key: Key::count(faults as u64),
        }
    })
}

/// Which pages are evicted?
pub(super) fn victims(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    let ask = "Which pages are evicted, in order?";
    let form = "Write the numbers of the pages with blanks between them, as 3 1 4.";
    Task::draw(rng, difficulty).posed(ask, form, |steps| {
        let victims: Vec<_> = steps.iter().filter_map(|step| step.victim).collect();
        let words: Vec<_> = victims.iter().map(u64::to_string).collect();
        Answer {
            value: json!({ "victims": victims }),
            text: words.join(" "),
            worked: Vec::new(),
            key: Key::list(&victims),
        }
    })
}

/// The effects of each reference, read from the recorded events.
fn steps(diary: &Diary, frames: u64) -> Vec<Step> {
    let page = |va: u64| va.saturating_sub(START) / PAGE_BYTES;
    let mut steps = Vec::new();
    let mut held: Vec<Option<u64>> = vec![None; frames as usize];
    let (mut fault, mut victim, mut asked) = (false, None, 0);
    for entry in &diary.entries {
        match entry {
            Entry::Asked { va, .. } => asked = page(*va),
            Entry::Happened(Event::PageFault { .. }) => fault = true,
            Entry::Happened(Event::Eviction { va, .. }) => victim = Some(page(*va)),
            // An access without a fault, or without another fault, ends the reference.
            Entry::Answered { response: Ok(_), .. } => {
                if fault {
                    let place = held.iter().position(|held| *held == victim);
                    if let Some(place) = place {
                        held[place] = Some(asked);
                    }
                }
                steps.push(Step { page: asked, fault, victim, frames: held.clone() });
                (fault, victim) = (false, None);
            }
            _ => {}
        }
    }
    steps
}

fn table(steps: &[Step]) -> Vec<String> {
    let head = ["reference", "frames afterwards", ""].map(str::to_owned);
    let rows = steps.iter().map(|Step { page, fault, victim, frames }| {
        let held = frames.iter().map(|held| held.map_or("-".to_owned(), |p| p.to_string()));
        let said = match (fault, victim) {
            (false, _) => "hit".to_owned(),
            (true, None) => "fault".to_owned(),
            (true, Some(victim)) => format!("fault, {victim} is evicted"),
        };
        [page.to_string(), held.collect::<Vec<_>>().join(" "), said]
    });
    let columns = [Column::right(9).gap(0), Column::left(17).gap(3), Column::left(0).gap(3)];
    aligned(&columns, std::iter::once(head).chain(rows)).lines().map(str::to_owned).collect()
}
