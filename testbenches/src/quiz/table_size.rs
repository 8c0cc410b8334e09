//! The bytes of page tables that an address space takes.

use model::isa::{Mode, PAGE_BYTES};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::diary::tell;
use super::{Answer, Difficulty, Key, Posed};
use crate::explore::figures::Figures;
use engine::Engine;
use scenario::load::Scenario;

/// An address space in a few pieces: the first address and the pages of each.
struct Task {
    mode: Mode,
    regions: Vec<(u64, u64)>,
}

impl Task {
    /// Easy: Sv32, two pieces. Hard: four or five levels, more pieces, some across two tables.
    fn draw(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Task {
        let modes: &[Mode] = match difficulty {
            Difficulty::Easy => &[Mode::Sv32],
            Difficulty::Medium => &[Mode::Sv32, Mode::Sv39],
            Difficulty::Hard => &[Mode::Sv39, Mode::Sv48, Mode::Sv57],
        };
        let mode = modes[rng.random_range(0..modes.len())];
        let count = rng.random_range(difficulty.pick(2..=2, 3..=4, 4..=6));
        // Bytes that a last-level table maps.
        let reach = PAGE_BYTES << mode.segment_bits();
        let mut regions: Vec<(u64, u64)> = Vec::new();
        while regions.len() < count {
            let pages = rng.random_range(1..=6);
            let start = match (regions.last(), rng.random_range(0..4)) {
                // Beside the last one, which costs nothing; or in the next table.
                (Some((last, length)), 0) => last + (length + 1) * PAGE_BYTES,
                (Some((last, _)), 1) => last + reach,
                // The piece ends just beyond a boundary between tables.
                (_, 2) if difficulty == Difficulty::Hard => {
                    let bits = mode.va_bits() - 1 - reach.trailing_zeros();
                    reach * rng.random_range(1..1 << bits) - PAGE_BYTES
                }
                _ => PAGE_BYTES * rng.random_range(1..1 << (mode.va_bits() - 14)),
            };
            let (end, half) = (start + pages * PAGE_BYTES, 1 << (mode.va_bits() - 1));
            // Apart by a page, so that every piece is one.
            let apart = regions
                .iter()
                .all(|(other, pages)| end < *other || other + pages * PAGE_BYTES < start);
            if apart && end < half {
                regions.push((start, pages));
            }
        }
        regions.sort_unstable();
        Task { mode, regions }
    }

    fn text(&self) -> String {
        let region = |(at, (start, pages)): (usize, &(u64, u64))| {
            format!(
                "    {{ name = \"r{at}\", kind = \"bss\", start = {start:#x}, pages = {pages} }},\n"
            )
        };
        let touch =
            |(at, (_, pages)): (usize, &(u64, u64))| format!("\"store r{at} 0..{}\"", pages - 1);
        let regions: String = self.regions.iter().enumerate().map(region).collect();
        let touches: Vec<_> = self.regions.iter().enumerate().map(touch).collect();
        format!(
            "idea = \"The size of page tables.\"\n\
             spec = \"sv32algorithm: let a be satp.ppn × PAGESIZE, and let i=LEVELS-1\"\n\
             machine = {{ modes = \"{}\" }}\n\
             os = {{ window = 1 }}\n\n\
             [[process]]\n\
             name = \"process\"\n\
             regions = [\n{regions}]\n\
             program = [{}]\n",
            self.mode.name().to_lowercase(),
            touches.join(", ")
        )
    }

    fn given(&self) -> Vec<String> {
        let mode = self.mode;
        let mut given = vec![format!(
            "scheme  {}: {} levels of tables, {} entries of {} bytes in each, pages of {PAGE_BYTES} \
             bytes",
            mode.name(),
            mode.levels(),
            1 << mode.segment_bits(),
            mode.pte_bytes()
        )];
        for (start, pages) in &self.regions {
            let (end, s) = (start + pages * PAGE_BYTES - 1, if *pages == 1 { "" } else { "s" });
            given.push(format!("in use  {start:#x}..{end:#x}  {pages} page{s}"));
        }
        given.push(
            "Every page in use is mapped as a page of its own. No table is empty.".to_owned(),
        );
        given
    }

    fn answer(&self, engine: Engine) -> anyhow::Result<Answer> {
        let scenario = Scenario::parse("quiz", "quiz.toml", &self.text())?;
        let told = tell(&scenario, None, engine)?;
        let figures = Figures::of(&told.observed.report);
        let bytes = figures.get("page_table_bytes").map_err(anyhow::Error::msg)? as u64;
        let tables = bytes / PAGE_BYTES;
        let mut worked = Vec::new();
        for level in (0..self.mode.levels()).rev() {
            let shift = 12 + (level + 1) * self.mode.segment_bits();
            let mut parts: Vec<u64> = self
                .regions
                .iter()
                .flat_map(|(start, pages)| {
                    start >> shift..=(start + pages * PAGE_BYTES - 1) >> shift
                })
                .collect();
            parts.dedup();
            let (count, s) = (parts.len(), if parts.len() == 1 { "" } else { "s" });
            worked.push(match level + 1 == self.mode.levels() {
                true => format!("level {level}: {count} table{s}, the root"),
                false => {
                    let parts: Vec<_> = parts.iter().map(|part| format!("{part:#x}")).collect();
                    format!(
                        "level {level}: {count} table{s}, for va >> {shift} = {}",
                        parts.join(", ")
                    )
                }
            });
        }
        worked.push(format!("{tables} tables of {PAGE_BYTES} bytes: {bytes} bytes"));
        let value = json!({ "bytes": bytes, "tables": tables });
        let text = format!("{bytes} bytes: {tables} tables");
        Ok(Answer { value, text, worked, key: Key::count(bytes) })
    }
}

/// How many bytes?
pub(super) fn pose(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    let task = Task::draw(rng, difficulty);
    let (given, scenario) = (task.given(), task.text());
    let ask = "How many bytes do the page tables take, the root included?";
    let form = "Write the number of bytes.";
    Posed::about(given, [ask, form], scenario, Box::new(move |engine| task.answer(engine)))
}
