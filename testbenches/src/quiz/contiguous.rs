//! Base and limit, and segments: one access in a process that lies in contiguous memory.

use engine::Engine;
use engine::segment::{self, Hardware};
use machine::contiguous::{Loaded, Reason, Request, World};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::{Answer, Difficulty, Key, Posed};
use scenario::load::{Body, Scenario};
use scenario::segments::{Action, spec};

/// Physical memory of these questions, in bytes.
const MEMORY: u64 = 1 << 16;
/// Bytes of addresses in each segment of `segment_toy`.
const SPAN: u64 = 1 << 12;

/// The result of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Came {
    Loaded(Loaded),
    Answered(Result<u64, Reason>),
    /// Anything without a result.
    Done,
}

/// Runs the steps of a scenario of segments on its first unit; what it expects is not compared.
pub(super) fn play(text: &str, engine: Engine) -> anyhow::Result<Vec<Came>> {
    let scenario = Scenario::parse("quiz", "quiz.toml", text)?;
    let Body::Segments(head, steps) = &scenario.body else {
        anyhow::bail!("a question about segments is a scenario of segments");
    };
    let (units, fits) = (head.contiguous.hardware.list(), head.contiguous.fit.list());
    let (Some(unit), Some(fit)) = (units.first(), fits.first()) else {
        anyhow::bail!("the question names no hardware");
    };
    let hardware = Box::new(Hardware::new(segment::find(unit)?, engine));
    let mut world = World::new(hardware, head.contiguous.config(*fit))?;
    let mut came = Vec::new();
    for step in steps {
        came.push(match &step.action {
            Action::Load(load) => {
                Came::Loaded(world.load(&spec(&load.load, &head.process[&load.load]))?)
            }
            Action::End(end) => {
                world.end(&end.end)?;
                Came::Done
            }
            Action::Run(name) => {
                world.run(name)?;
                Came::Done
            }
            Action::Access(access, text) => {
                let (va, user) = (u64::try_from(text.address)?, !text.supervisor);
                let request = Request { va, bytes: text.bytes, access: *access, user };
                Came::Answered(world.access(request, 0)?.answer)
            }
            other => anyhow::bail!("{other:?} is no step of a question"),
        });
        world.check()?;
    }
    Ok(came)
}

/// A segment: number, name, start, length, rights, whether it grows downwards.
type Segment = (u64, &'static str, u64, u64, &'static str, bool);

/// A process and one access: verb, logical address, bytes.
struct Task {
    hardware: &'static str,
    segments: Vec<Segment>,
    access: (&'static str, u64, u64),
}

impl Task {
    fn text(&self) -> String {
        let segment = |(number, name, start, length, rights, down): &Segment| {
            format!(
                "    {{ name = \"{name}\", number = {number}, length = {length}, rights = \
                 \"{rights}\", down = {down}, at = {start} }},\n"
            )
        };
        let segments: String = self.segments.iter().map(segment).collect();
        let (verb, va, bytes) = self.access;
        let verb = match verb {
            "load" => "read",
            "store" => "write",
            other => other,
        };
        format!(
            "idea = \"One access.\"\n\
             source = \"a question\"\n\
             contiguous = {{ hardware = \"{}\", unit = 1, memory = {MEMORY}, latency = 1 }}\n\
             step = [{{ load = \"process\" }}, {{ run = \"process\" }}, {{ {verb} = {va}, bytes = \
             {bytes} }}]\n\n\
             [process]\n\
             process = [\n{segments}]\n",
            self.hardware
        )
    }

    fn posed(self, given: Vec<String>, ask: String, form: &str) -> Posed {
        let (form, scenario) = (form.to_owned(), Some(self.text()));
        let solve = Box::new(move |engine| self.answer(engine));
        Posed { given, ask, form, options: Vec::new(), scenario, solve }
    }

    fn answer(&self, engine: Engine) -> anyhow::Result<Answer> {
        let came = play(&self.text(), engine)?;
        let Some(Came::Answered(answer)) = came.last() else {
            anyhow::bail!("the access was not answered");
        };
        let plain = self.segments.len() == 1;
        let mut worked = Vec::new();
        let (_, va, bytes) = self.access;
        let (number, offset) = if plain { (0, va) } else { (va / SPAN, va % SPAN) };
        if !plain {
            worked.push(format!(
                "{va} = {number} * {SPAN} + {offset}: segment {number}, offset {offset}"
            ));
        }
        if let Some((_, name, start, length, rights, down)) =
            self.segments.iter().find(|(own, ..)| *own == number)
        {
            let (first, end) = if *down { (SPAN - length, SPAN) } else { (0, *length) };
            let last = offset + bytes - 1;
            let what = if plain { "the limit allows".to_owned() } else { format!("{name} has") };
            worked.push(format!(
                "{what} offsets {first} to {}; the access has {offset} to {last}",
                end - 1
            ));
            if !plain {
                worked.push(format!("{name} allows {rights}"));
            }
            if answer.is_ok() {
                worked.push(match down {
                    false => format!("base {start} + offset {offset}"),
                    true => format!("base {} - ({SPAN} - offset {offset})", start + length),
                });
            }
        } else {
            worked.push(format!("there is no segment {number}"));
        }
        Ok(match answer {
            Ok(pa) => {
                let key = Key::text(&pa.to_string());
                Answer {
                    value: json!({ "pa": pa }),
                    text: format!("physical address {pa}"),
                    worked,
                    key,
                }
            }
            Err(reason) => {
                let word = reason.name().replace('-', " ");
                let fault = if plain { "fault".to_owned() } else { word.clone() };
                let text = format!("a fault: {word}");
                Answer { value: json!({ "fault": word }), text, worked, key: Key::text(&fault) }
            }
        })
    }
}

/// One base, one limit. Easy: one byte, round numbers. Hard: several bytes near the limit.
pub(super) fn base(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    let round = difficulty.pick(256, 4, 1);
    let limit = round * rng.random_range(1024 / round..=8192 / round);
    let base = round * rng.random_range(1..=(MEMORY - limit) / round);
    let base = base.min(MEMORY - limit);
    let bytes = if difficulty == Difficulty::Easy { 1 } else { 1 << rng.random_range(0..4) };
    let near = difficulty.pick(limit / 2, 64, 8);
    let va = match rng.random_range(0..3) {
        // Somewhere, or on either side of the limit.
        0 => rng.random_range(0..limit),
        _ => rng.random_range(limit - near..limit + near),
    };
    let verb = if rng.random_range(0..2) == 0 { "load" } else { "store" };
    let given = vec![
        format!("base    {base}"),
        format!("limit   {limit} bytes"),
        format!("access  {verb} of {} at address {va}", plural(bytes)),
    ];
    let segments = vec![(0, "all", base, limit, "rw", false)];
    let task = Task { hardware: "segment_4", segments, access: (verb, va, bytes) };
    let ask = format!("Which physical address does the {verb} reach, or does it fault?");
    task.posed(given, ask, "Write the physical address in decimal, or the word fault.")
}

/// Segments of the textbooks' machine. Easy: all grow upwards, one byte. Hard: several bytes, and
/// often what the rights refuse.
pub(super) fn segments(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    let is_easy = difficulty == Difficulty::Easy;
    let round = difficulty.pick(256, 16, 1);
    // A quarter of memory for each, so that they do not overlap.
    let mut quarters = [0, 1, 2, 3];
    for place in (1..quarters.len()).rev() {
        quarters.swap(place, rng.random_range(0..=place));
    }
    let kinds = [(0, "code", "rx", false), (1, "heap", "rw", false), (3, "stack", "rw", !is_easy)];
    let mut segments = Vec::new();
    for ((number, name, rights, down), quarter) in kinds.into_iter().zip(quarters) {
        let length = round * rng.random_range(512 / round..=3584 / round);
        let room = MEMORY / 4 - length;
        let start = MEMORY / 4 * quarter + round * rng.random_range(0..=room / round);
        segments.push((number, name, start, length, rights, down));
    }
    let bytes = if is_easy { 1 } else { 1 << rng.random_range(0..4) };
    let near = difficulty.pick(256, 64, 8);
    let chosen = rng.random_range(0..12);
    let (va, natural) = match segments.get(chosen % 4) {
        // Every twelfth time the segment that does not exist.
        _ if chosen == 11 => (2 * SPAN + rng.random_range(0..SPAN - bytes), "load"),
        Some(&(number, name, _, length, _, down)) => {
            let edge = if down { SPAN - length } else { length };
            let (low, high) = (edge.saturating_sub(near), (edge + near).min(SPAN - bytes));
            let inside = if down { edge..SPAN - bytes } else { 0..length - bytes };
            let offset = match rng.random_range(0..2) {
                0 => rng.random_range(inside),
                _ => rng.random_range(low..high),
            };
            (number * SPAN + offset, if name == "code" { "fetch" } else { "store" })
        }
        None => {
            let (number, _, _, length, ..) = segments[1];
            (number * SPAN + rng.random_range(0..length - bytes), "store")
        }
    };
    let refused = rng.random_range(0..12) < difficulty.pick(1, 2, 4);
    let verb = match (natural, refused) {
        ("fetch", true) => "store",
        ("store", true) => "fetch",
        (verb, _) => verb,
    };
    let mut given = vec![
        "address   14 bits: the upper two are the segment's number, the lower twelve the offset"
            .to_owned(),
        "segment   number  base   limit  grows  allows".to_owned(),
    ];
    for (number, name, start, length, rights, down) in &segments {
        let (base, grows) = if *down { (start + length, "down") } else { (*start, "up") };
        let rights = if *rights == "rx" { "load, fetch" } else { "load, store" };
        given.push(format!("  {name:7} {number:6}  {base:5}  {length:5}  {grows:5}  {rights}"));
    }
    if !is_easy {
        given.push(
            "A segment that grows down ends at its base: its last byte, offset 4095, is the byte \
             below the base, and its limit counts downwards from there."
                .to_owned(),
        );
    }
    given.push(
        "Faults    no segment, if there is none of this number; else limit, if any byte of the \
         access is outside; else protection, if the segment does not allow it"
            .to_owned(),
    );
    given.push(format!("access    {verb} of {} at address {va}", plural(bytes)));
    let task = Task { hardware: "segment_toy", segments, access: (verb, va, bytes) };
    let ask =
        format!("Which physical address does the {verb} reach, or which fault does it raise?");
    let form =
        "Write the physical address in decimal, or the fault: no segment, limit, or protection.";
    task.posed(given, ask, form)
}

fn plural(bytes: u64) -> String {
    if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") }
}
