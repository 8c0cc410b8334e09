//! Free lists: where a request is placed among the holes.

use engine::Engine;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::contiguous::{Came, play};
use super::{Answer, Difficulty, Key, Posed};

/// The rules of the questions, and what a student must know about each.
const FITS: [(&str, &str); 4] = [
    ("first", "the hole with the lowest address that is large enough"),
    (
        "best",
        "the smallest hole that is large enough; of equal ones the one with the lowest address",
    ),
    ("worst", "the largest hole; of equal ones the one with the lowest address"),
    (
        "next",
        "as first fit, but the search begins behind the piece that was placed last, and after the \
         end of memory again at its beginning",
    ),
];

/// An action on memory.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Action {
    Request(char, u64),
    Free(char),
}

/// Holes, and what happens.
struct Task {
    fit: (&'static str, &'static str),
    holes: Vec<u64>,
    actions: Vec<Action>,
}

impl Task {
    /// Easy: first or best fit, three requests. Hard: more of everything, and pieces are freed.
    fn draw(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Task {
        let fit = FITS[rng.random_range(0..difficulty.pick(2, FITS.len(), FITS.len()))];
        let count = rng.random_range(difficulty.pick(3..=3, 4..=5, 5..=7));
        let holes: Vec<u64> = (0..count).map(|_| 10 * rng.random_range(4..=60)).collect();
        let largest = holes.iter().max().copied().unwrap_or(40);
        let requests = rng.random_range(difficulty.pick(3..=3, 3..=5, 5..=7));
        let mut actions = Vec::new();
        // Those that have certainly been placed: the largest hole had room for all before them, too.
        let mut placed = Vec::new();
        let mut total = 0;
        for name in ('A'..='Z').take(requests) {
            // Under next fit freed memory would merge with the hole in which the search stands,
            // and books differ in what happens then.
            let may = difficulty != Difficulty::Easy && fit.0 != "next" && !placed.is_empty();
            if may && rng.random_range(0..2) == 0 {
                actions.push(Action::Free(placed.remove(rng.random_range(0..placed.len()))));
            }
            let length = rng.random_range(largest / 10..=largest * 2 / 3);
            actions.push(Action::Request(name, length));
            total += length;
            if total <= largest {
                placed.push(name);
            }
        }
        Task { fit, holes, actions }
    }

    fn text(&self) -> String {
        let holes: Vec<_> = self.holes.iter().map(u64::to_string).collect();
        let (mut steps, mut processes) = (String::new(), String::new());
        for action in &self.actions {
            match action {
                Action::Request(name, length) => {
                    steps += &format!("    {{ load = \"{name}\" }},\n");
                    processes += &format!("{name} = [{{ length = {length} }}]\n");
                }
                Action::Free(name) => steps += &format!("    {{ end = \"{name}\" }},\n"),
            }
        }
        format!(
            "idea = \"Where is it placed?\"\n\
             source = \"a question\"\n\
             contiguous = {{ unit = 1, holes = [{}], fit = \"{}\", latency = 1 }}\n\
             step = [\n{steps}]\n\n\
             [process]\n{processes}",
            holes.join(", "),
            self.fit.0
        )
    }

    fn given(&self) -> Vec<String> {
        let mut given = Vec::new();
        let mut start = 0;
        for hole in &self.holes {
            given.push(format!("hole     {start} to {}: {hole} bytes", start + hole - 1));
            start += hole + 1;
        }
        given.push("Everything else is in use, and stays so.".to_owned());
        let (fit, meaning) = self.fit;
        given.push(format!("rule     {fit} fit ({meaning})"));
        given.push(
            "A piece is placed at the low end of its hole. Freed pieces merge with the holes \
             beside them. A request without a hole is refused, and nothing changes."
                .to_owned(),
        );
        for (at, action) in self.actions.iter().enumerate() {
            let which = if at == 0 { "first" } else { "then" };
            given.push(match action {
                Action::Request(name, length) => {
                    format!("{which:8} {name} is requested: {length} bytes")
                }
                Action::Free(name) => format!("{which:8} {name} is freed"),
            });
        }
        given
    }

    fn answer(&self, engine: Engine) -> anyhow::Result<Answer> {
        let came = play(&self.text(), engine)?;
        let mut worked = Vec::new();
        let mut last = None;
        for (action, came) in self.actions.iter().zip(&came) {
            match (action, came) {
                (Action::Request(name, length), Came::Loaded(loaded)) => {
                    last = loaded.at.first().copied().filter(|_| loaded.placed);
                    worked.push(match last {
                        Some(at) => format!("{name}, {length} bytes: at {at}"),
                        None => format!("{name}, {length} bytes: no hole is large enough"),
                    });
                }
                (Action::Free(name), _) => worked.push(format!("{name} is freed")),
                _ => {}
            }
        }
        let text = last.map_or_else(|| "none".to_owned(), |at| at.to_string());
        Ok(Answer { value: json!({ "at": last }), key: Key::text(&text), text, worked })
    }
}

/// Where is the last request placed?
pub(super) fn pose(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    let mut task = Task::draw(rng, difficulty);
    // The last action is the one that is asked about.
    while matches!(task.actions.last(), Some(Action::Free(_))) {
        task.actions.pop();
    }
    let last = match task.actions.last() {
        Some(Action::Request(name, _)) => *name,
        _ => 'A',
    };
    let (given, scenario) = (task.given(), task.text());
    let ask = format!("At which address is the last request, {last}, placed?");
    let form = "Write the address of its first byte, or none if no hole is large enough.";
    Posed::about(given, [&ask, form], scenario, Box::new(move |engine| task.answer(engine)))
}
