//! The average time of an access with a TLB, page tables and a cache.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::diary::tell;
use super::{Answer, Difficulty, Key, Posed};
use crate::explore::figures::Figures;
use engine::Engine;
use scenario::load::Scenario;

/// The accesses of a run; a multiple of every number below.
const LOADS: u64 = 2000;

/// The costs, in cycles, and how often each is paid.
struct Task {
    mode: &'static str,
    levels: u64,
    /// Cycles of a TLB lookup.
    lookup: u64,
    /// Cycles of a read of memory.
    memory: u64,
    /// One access in so many misses the TLB.
    tlb_miss_every: u64,
    /// Cycles of the cache, and one access in so many misses it; none without a cache.
    cache: Option<(u64, u64)>,
}

impl Task {
    /// Easy: no cache. Hard: three or four levels.
    fn draw(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Task {
        let modes: &[(&str, u64)] = match difficulty {
            Difficulty::Hard => &[("sv39", 3), ("sv48", 4)],
            _ => &[("sv32", 2), ("sv39", 3)],
        };
        let (mode, levels) = modes[rng.random_range(0..modes.len())];
        let lookup = rng.random_range(1..=20);
        let memory = 10 * rng.random_range(4..=20);
        // Percentages without decimals: 50, 80, 90, 95, 96 and 98 hits in a hundred.
        let every = [2, 5, 10, 20, 25, 50];
        let tlb_miss_every = every[rng.random_range(0..every.len())];
        let cached = difficulty != Difficulty::Easy;
        let cache =
            cached.then(|| (rng.random_range(2..=10), every[rng.random_range(0..every.len())]));
        Task { mode, levels, lookup, memory, tlb_miss_every, cache }
    }

    fn text(&self) -> String {
        let (lookup, memory, every) = (self.lookup - 1, self.memory, self.tlb_miss_every);
        let data = match self.cache {
            None => memory.to_string(),
            Some((hit, every)) => {
                format!("{{ hit = {hit}, miss = {}, every = {every} }}", hit + memory)
            }
        };
        // Five pages in turn, one more than the TLB has lines; so many accesses that what the first
        // one takes longer is no hundredth of a cycle on average.
        let rounds = LOADS / (5 * every);
        let pages: Vec<_> = (0..5).map(|page| format!("{every} x (load a {page})")).collect();
        format!(
            "idea = \"The average time of an access.\"\n\
             spec = \"sv32algorithm: reads may be satisfied by the address-translation cache\"\n\
             machine = {{ walk_cache = 0, l2 = 0, line_fill = 0, modes = \"{}\", size = \"tiny\", \
             latency = {memory} }}\n\
             os = {{ data_latency = {data}, tlb_lookup = {lookup}, one_at_a_time = true }}\n\n\
             [[process]]\n\
             name = \"program\"\n\
             regions = [{{ name = \"a\", kind = \"bss\", start = 0x400000, pages = 5, prefault = true \
             }}]\n\
             program = [\"{rounds} x ({})\"]\n",
            self.mode,
            pages.join("; ")
        )
    }

    fn given(&self) -> Vec<String> {
        let percent = |every: u64| 100 - 100 / every;
        let mut given = vec![
            format!(
                "TLB     a lookup takes {}; {} % of the accesses hit",
                cycles(self.lookup),
                percent(self.tlb_miss_every)
            ),
            format!(
                "walk    {} levels, one read of memory in each, and 2 cycles more in all",
                self.levels
            ),
            format!("memory  a read takes {}", cycles(self.memory)),
        ];
        match self.cache {
            None => given.push("data    is in memory; there is no cache".to_owned()),
            Some((hit, every)) => given.push(format!(
                "cache   for data only: a lookup takes {}; {} % of the accesses hit, the others read \
                 memory after it",
                cycles(hit),
                percent(every)
            )),
        }
        given.push(
            "One thing after the other: TLB lookup, walk if it missed, then the data.".to_owned(),
        );
        given
    }

    fn answer(&self, engine: Engine) -> anyhow::Result<Answer> {
        let scenario = Scenario::parse("quiz", "quiz.toml", &self.text())?;
        let told = tell(&scenario, None, engine)?;
        let figures = Figures::of(&told.observed.report);
        let figure = |name: &str| figures.get(name).map_err(anyhow::Error::msg);
        let average = figure("average_memory_access_time")?;
        let (loads, misses) = (figure("loads")?, figure("data_misses")?);
        let (every, levels, memory) = (self.tlb_miss_every, self.levels, self.memory);
        let mut worked = vec![
            format!("TLB     {}", self.lookup),
            format!("walk    1/{every} * (2 + {levels} * {memory})"),
            match self.cache {
                None => format!("data    {memory}"),
                Some((hit, every)) => format!("data    {hit} + 1/{every} * {memory}"),
            },
        ];
        worked.push(format!("run     {loads} loads, {misses} TLB misses"));
        let text = format!("{average:.2} cycles");
        let key = Key::average(average);
        Ok(Answer { value: json!({ "average": average }), text, worked, key })
    }
}

fn cycles(count: u64) -> String {
    if count == 1 { "1 cycle".to_owned() } else { format!("{count} cycles") }
}

/// How long on average?
pub(super) fn pose(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    let task = Task::draw(rng, difficulty);
    let (given, scenario) = (task.given(), task.text());
    let ask = "How many cycles does an access take on average?";
    let form = "Write a number with two decimals, as 31.40.";
    Posed::about(given, [ask, form], scenario, Box::new(move |engine| task.answer(engine)))
}
