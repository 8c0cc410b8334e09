//! One access in an address space: which fault it raises, or what kills the process.

use anyhow::Context;
use kernel::Event;
use model::isa::PAGE_BYTES;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::diary::{Diary, Entry, tell};
use super::{Answer, Difficulty, Key, Posed};
use scenario::load::Scenario;

/// An address space, and the accesses made in it: the question is about the last.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Task {
    /// Kind, first address, pages, limit.
    regions: Vec<(&'static str, u64, u64, Option<u64>)>,
    accesses: Vec<(&'static str, u64)>,
}

/// Every outcome of these questions: the machine's word for it, and what a student reads. No two
/// are true at the same time.
const OUTCOMES: [(&str, &str); 10] = [
    ("none", "no fault"),
    ("minor", "a minor page fault: nothing is read from the disk, and the process goes on"),
    ("major", "a major page fault: the page is read from the file, and the process goes on"),
    ("null_page", "the end of the process: a null pointer, an address in page 0"),
    ("guard_page", "the end of the process: the guard page below the largest stack"),
    ("kernel_address", "the end of the process: an address of the kernel"),
    ("non_canonical", "the end of the process: an address that is not canonical"),
    ("hole", "the end of the process: any other address that no region contains"),
    ("write_to_text", "the end of the process: a store to text"),
    ("execute_of_data", "the end of the process: a fetch of what may not be executed"),
];

impl Task {
    /// Easy: plain mistakes, a page of zeroes, a page that is there. Hard: the limits of the stack,
    /// addresses beyond, what data may not do.
    fn draw(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Task {
        let text = 0x1_0000 + PAGE_BYTES * rng.random_range(0..16);
        let data = 0x10_0000 + PAGE_BYTES * rng.random_range(0..64);
        let bss = 0x40_0000 + PAGE_BYTES * rng.random_range(0..64);
        let stack = 0x7f0_0000 + PAGE_BYTES * rng.random_range(0..128);
        let (pages, limit) = (rng.random_range(2..=6), rng.random_range(3..=8));
        let regions = vec![
            ("text", text, pages, None),
            ("data", data, pages, None),
            ("bss", bss, pages, None),
            ("stack", stack, 1, Some(limit)),
        ];
        let inside = 4 * rng.random_range(0..PAGE_BYTES / 4);
        let page = PAGE_BYTES * rng.random_range(0..pages) + inside;
        let grown = stack - PAGE_BYTES * rng.random_range(1..limit) + inside;
        // Below the lowest page that the stack can ever have.
        let guard = stack - PAGE_BYTES * limit + inside;
        let hole = data + PAGE_BYTES * (pages + rng.random_range(1..9)) + inside;
        let kernel = 0xffff_ffc0_0000_0000 + PAGE_BYTES * rng.random_range(0..1 << 20) + inside;
        let beyond = (1 << rng.random_range(38..63)) | (bss + page);
        let drawn: &[u32] = match difficulty {
            Difficulty::Easy => &[0, 1, 3, 8, 9, 11],
            Difficulty::Medium => &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
            Difficulty::Hard => &[2, 4, 5, 6, 7, 10, 12],
        };
        let accesses = match drawn[rng.random_range(0..drawn.len())] {
            0 => vec![("load", inside)],
            1 => vec![("store", text + page)],
            2 => vec![("fetch", data + page)],
            3 => vec![("load", hole)],
            4 => vec![("load", kernel)],
            5 => vec![("store", beyond)],
            6 => vec![("store", guard)],
            7 => vec![("store", grown)],
            8 => vec![("store", bss + page)],
            9 => vec![("load", data + page)],
            10 => vec![("fetch", text + page)],
            11 => vec![("store", bss + page), ("load", bss + (page ^ 4))],
            _ => vec![("fetch", text + page), ("load", text + (page ^ 4))],
        };
        Task { regions, accesses }
    }

    fn text(&self) -> String {
        let region = |(kind, start, pages, limit): &(&str, u64, u64, Option<u64>)| {
            let limit = limit.map_or_else(String::new, |limit| format!(", limit = {limit}"));
            format!("    {{ kind = \"{kind}\", start = {start:#x}, pages = {pages}{limit} }},\n")
        };
        let access = |(verb, va): &(&str, u64)| format!("\"{verb} at {va:#x}\"");
        let regions: String = self.regions.iter().map(region).collect();
        let program: Vec<_> = self.accesses.iter().map(access).collect();
        format!(
            "idea = \"What is the outcome of the last access?\"\n\
             spec = \"sv32algorithm: if pte.v=0, raise a page-fault exception\"\n\
             machine = {{ modes = \"sv39\" }}\n\
             os = {{ window = 1 }}\n\n\
             [[process]]\n\
             name = \"program\"\n\
             regions = [\n{regions}]\n\
             program = [{}]\n",
            program.join(", ")
        )
    }

    fn given(&self) -> Vec<String> {
        let mut given = vec!["scheme  Sv39, user mode, the kernel in the upper half".to_owned()];
        for (kind, start, pages, limit) in &self.regions {
            let end = start + pages * PAGE_BYTES - 1;
            let what = match *kind {
                "text" => "r-x, from the program's file",
                "data" => "rw-, from the program's file",
                "bss" => "rw-, zeroes",
                _ => "rw-, zeroes",
            };
            let grows = limit.map_or_else(String::new, |limit| {
                format!(", grows down to {limit} pages in all, then a guard page")
            });
            given.push(format!("{kind:6}  {start:#x}..{end:#x}  {what}{grows}"));
        }
        let count = self.accesses.len();
        for (at, (verb, va)) in self.accesses.iter().enumerate() {
            let which = if at + 1 == count { "then" } else { "first" };
            given.push(format!("{which:6}  {verb} at {va:#x}"));
        }
        given
    }
}

/// What is the outcome?
pub(super) fn pose(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    let task = Task::draw(rng, difficulty);
    let ask = "What is the outcome of the last access?";
    let form = "Choose one:".to_owned();
    let options = OUTCOMES.map(|(_, text)| text.to_owned()).into();
    let (given, scenario) = (task.given(), Some(task.text()));
    let solve = Box::new(move |engine| {
        let scenario = Scenario::parse("quiz", "quiz.toml", &task.text())?;
        let told = tell(&scenario, None, engine)?;
        answer(&told.diary, task.accesses.len())
    });
    Posed { given, ask: ask.to_owned(), form, options, scenario, solve }
}

/// Reads the outcome of the last access.
fn answer(diary: &Diary, accesses: usize) -> anyhow::Result<Answer> {
    let mut complete = 0;
    let (mut word, mut text) = ("none".to_owned(), "no fault: the page is there".to_owned());
    let mut worked = Vec::new();
    for entry in &diary.entries {
        let last = complete + 1 == accesses;
        match entry {
            Entry::Answered { response: Ok(pa), .. } => {
                worked.push(format!("the MMU answers with physical address {pa:#x}"));
                complete += 1;
            }
            Entry::Answered { response: Err(fault), .. } => {
                worked.push(format!("the MMU raises a {}, stval = {:#x}", fault.cause, fault.tval));
            }
            Entry::Happened(Event::PageFault { kind, .. }) => {
                worked.push(format!("the kernel finds: {} fault", kind.name()));
                if last {
                    word = kind.name().to_owned();
                    text = format!("a {} page fault, and the process goes on", kind.name());
                }
            }
            Entry::Happened(Event::Kill { death, .. }) => {
                worked.push(format!("the kernel kills the process: {death}"));
                word = death.name().to_owned();
                text = format!("the process is killed: {death}");
            }
            Entry::Walked { pa, value, is_update } => worked.push(match value {
                Some(_) if *is_update => format!("the walker sets A or D in the entry at {pa:#x}"),
                Some(value) => format!("the walker reads {value:#x} at {pa:#x}"),
                None => format!("memory refuses the walker at {pa:#x}"),
            }),
            _ => {}
        }
    }
    let right = OUTCOMES.iter().position(|(name, _)| *name == word);
    let right = right.with_context(|| format!("`{word}` is none of the outcomes asked for"))?;
    let key = Key::Choice { right };
    Ok(Answer { value: json!({ "outcome": word }), text, worked, key })
}
