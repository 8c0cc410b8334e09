//! Working sets: the pages that were used in a window of references.

use std::collections::BTreeSet;

use model::isa::PAGE_BYTES;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::diary::{Entry, tell};
use super::{Answer, Difficulty, Key, Posed};
use engine::Engine;
use scenario::load::Scenario;

/// The address of page 0.
const START: u64 = 0x40_0000;

/// A string, a window, and a moment: references count from 1.
struct Task {
    string: Vec<u64>,
    window: usize,
    moment: usize,
}

impl Task {
    /// Easy: a short string. Hard: a long one, a large window, and a moment that may be earlier
    /// than the window is long.
    fn draw(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Task {
        let length = rng.random_range(difficulty.pick(8..=10, 12..=18, 20..=28));
        let window = rng.random_range(difficulty.pick(3..=4, 4..=7, 6..=12));
        let mut string: Vec<u64> = Vec::new();
        // Phases: each with its own few pages.
        let mut first = 0;
        while string.len() < length {
            if rng.random_range(0..6) == 0 {
                first = rng.random_range(0..5);
            }
            string.push(first + rng.random_range(0..4));
        }
        let least = if difficulty == Difficulty::Hard { 2 } else { window };
        let moment = rng.random_range(least..=length);
        Task { string, window, moment }
    }

    fn words(&self) -> String {
        self.string.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
    }

    fn text(&self) -> String {
        format!(
            "idea = \"A reference string, and the pages in a window of it.\"\n\
             spec = \"sv32algorithm: if pte.v=0, raise a page-fault exception\"\n\
             machine = {{ modes = \"sv39\" }}\n\
             os = {{ window = 1 }}\n\n\
             [[process]]\n\
             name = \"string\"\n\
             regions = [{{ kind = \"bss\", start = {START:#x}, pages = 16 }}]\n\
             program = [\"load bss {}\"]\n",
            self.words()
        )
    }

    fn given(&self) -> Vec<String> {
        vec![
            format!("reference string  {}", self.words()),
            format!(
                "window            the last {} references, the present one included; all, if there \
                 were fewer",
                self.window
            ),
        ]
    }

    /// Reads the accesses that the machine completed.
    fn answer(&self, engine: Engine) -> anyhow::Result<Answer> {
        let scenario = Scenario::parse("quiz", "quiz.toml", &self.text())?;
        let told = tell(&scenario, None, engine)?;
        let (mut pages, mut asked) = (Vec::new(), 0);
        for entry in &told.diary.entries {
            match entry {
                Entry::Asked { va, .. } => asked = va.saturating_sub(START) / PAGE_BYTES,
                Entry::Answered { response: Ok(_), .. } => pages.push(asked),
                _ => {}
            }
        }
        let end = self.moment.min(pages.len());
        let seen = &pages[end.saturating_sub(self.window)..end];
        let set: Vec<u64> = seen.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let words = |pages: &[u64]| pages.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
        let from = end + 1 - seen.len();
        let worked = vec![format!("references {from} to {end}: {}", words(seen))];
        let text = format!("{{{}}}: {} pages", words(&set), set.len());
        let value = json!({ "pages": set, "size": set.len() });
        Ok(Answer { value, text, worked, key: Key::list(&set) })
    }
}

/// Which pages are in the working set?
pub(super) fn pose(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    let task = Task::draw(rng, difficulty);
    let (given, scenario) = (task.given(), Some(task.text()));
    let page = task.string.get(task.moment - 1).copied().unwrap_or_default();
    let ask = format!(
        "Which pages are in the working set just after reference number {} (counted from 1), which is \
         to page {page}?",
        task.moment
    );
    let form =
        "Write the numbers of the pages in ascending order with blanks between them, as 0 2 5.";
    let solve = Box::new(move |engine| task.answer(engine));
    Posed { given, ask, form: form.to_owned(), options: Vec::new(), scenario, solve }
}
