//! Copy on write: how many pages are copied after a fork.

use kernel::Event;
use model::isa::PAGE_BYTES;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::diary::{Entry, tell};
use super::{Answer, Difficulty, Key, Posed};
use crate::explore::figures::Figures;
use engine::Engine;
use scenario::load::Scenario;

/// The address of page 0.
const START: u64 = 0x40_0000;

/// Loads and stores of pages.
type Accesses = Vec<(&'static str, u64)>;

/// A parent and its child.
struct Task {
    pages: u64,
    /// The parent before it waits, the child, the parent after the child's end.
    parts: [Accesses; 3],
}

impl Task {
    /// Easy: only the child stores. Hard: both do, and the parent once more after the child's end.
    fn draw(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Task {
        let pages = rng.random_range(difficulty.pick(4..=6, 5..=8, 6..=10));
        let mut draw = |count| -> Accesses {
            let access = |_| {
                let verb = if rng.random_range(0..3) == 0 { "load" } else { "store" };
                (verb, rng.random_range(0..pages))
            };
            (0..count).map(access).collect()
        };
        let most = difficulty.pick([0, 5, 0], [3, 5, 0], [4, 6, 5]);
        Task { pages, parts: most.map(&mut draw) }
    }

    fn text(&self) -> String {
        let lines = |part: &Accesses| -> String {
            part.iter().map(|(verb, page)| format!("\"{verb} heap {page}\", ")).collect()
        };
        let [before, child, after] = &self.parts;
        format!(
            "idea = \"A fork, and what is stored after it.\"\n\
             spec = \"sv32algorithm: if pte.v=0, raise a page-fault exception\"\n\
             machine = {{ modes = \"sv39\" }}\n\
             os = {{ window = 1 }}\n\n\
             [[process]]\n\
             name = \"parent\"\n\
             regions = [{{ kind = \"heap\", start = {START:#x}, pages = {} }}]\n\
             program = [\"store heap 0..{}\", \"fork child\", {}\"wait\", {}]\n\n\
             [[process]]\n\
             name = \"child\"\n\
             forked = true\n\
             program = [{}\"exit\"]\n",
            self.pages,
            self.pages - 1,
            lines(before),
            lines(after),
            lines(child)
        )
    }

    fn given(&self) -> Vec<String> {
        let words = |part: &Accesses| {
            let words: Vec<_> = part.iter().map(|(verb, page)| format!("{verb} {page}")).collect();
            words.join(", ")
        };
        let [before, child, after] = &self.parts;
        let last = self.pages - 1;
        let mut given =
            vec![format!("parent  stores to its pages 0 to {last}, each in a frame of its own")];
        given.push(
            "parent  forks a child; both share all frames, read-only, copy on write".to_owned(),
        );
        if !before.is_empty() {
            given.push(format!("parent  {}", words(before)));
        }
        given.push("parent  waits for the child".to_owned());
        given.push(format!("child   {}", words(child)));
        given.push("child   ends".to_owned());
        if !after.is_empty() {
            given.push(format!("parent  {}", words(after)));
        }
        given.push("A frame that only one process still uses is not copied.".to_owned());
        given
    }

    fn answer(&self, engine: Engine) -> anyhow::Result<Answer> {
        let scenario = Scenario::parse("quiz", "quiz.toml", &self.text())?;
        let told = tell(&scenario, None, engine)?;
        let figures = Figures::of(&told.observed.report);
        let figure = |name: &str| figures.get(name).map_err(anyhow::Error::msg);
        let (copied, kept) = (figure("cow_copies")? as u64, figure("cow_reuses")? as u64);
        let mut worked = Vec::new();
        // A store that faulted: whose, and whether its page was copied.
        let mut store: Option<(u32, u64, bool)> = None;
        let mut forked = false;
        for entry in &told.diary.entries {
            match entry {
                Entry::Happened(Event::Fork { .. }) => forked = true,
                Entry::Happened(Event::PageFault { pid, va, .. }) if forked => {
                    store = Some((*pid, va.saturating_sub(START) / PAGE_BYTES, false));
                }
                Entry::Happened(Event::Copy { .. }) => {
                    store = store.map(|(pid, page, _)| (pid, page, true));
                }
                Entry::Answered { response: Ok(_), .. } => {
                    let Some((pid, page, copied)) = store.take() else { continue };
                    let who = if pid == 1 { "parent" } else { "child" };
                    worked.push(match copied {
                        true => format!("{who:6}  stores to page {page}, which is shared: a copy"),
                        false => format!("{who:6}  stores to page {page}, which is its own now"),
                    });
                }
                _ => {}
            }
        }
        let value = json!({ "copied": copied, "kept": kept });
        let text = format!("{copied} copied, {kept} faults that copy nothing");
        Ok(Answer { value, text, worked, key: Key::count(copied) })
    }
}

/// How many pages are copied?
pub(super) fn pose(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    let task = Task::draw(rng, difficulty);
    let (given, scenario) = (task.given(), task.text());
    let ask = "How many pages are copied in all?";
    let form = "Write a number.";
    Posed::about(given, [ask, form], scenario, Box::new(move |engine| task.answer(engine)))
}
