//! The machine's answers compared with independent calculations.

use std::collections::{BTreeSet, VecDeque};

use model::golden::walk;

use super::*;

const ENGINE: Engine = Engine::Compiled;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn solved(kind: &str, seed: u64) -> Answer {
    let question = pose(kind, seed).unwrap_or_else(|error| panic!("{error}"));
    question.answer(ENGINE).unwrap_or_else(|error| panic!("{kind} {seed}: {error:#}"))
}

#[test]
fn translations_are_those_of_the_golden_walk() {
    let mut outcomes = BTreeSet::new();
    for seed in 0..60 {
        let task = translate::Task::draw(&mut rng(seed));
        let walk = walk(task.regime(), &task.request, &task.memory().expect("it fits"));
        let (response, diary) = task.run(ENGINE).expect("it answers");
        assert_eq!(response, walk.outcome, "seed {seed}");
        let read: Vec<_> = diary
            .entries
            .iter()
            .filter_map(|entry| match entry {
                diary::Entry::Walked { pa, value, .. } => Some((*pa, *value)),
                _ => None,
            })
            .collect();
        let wanted: Vec<_> = walk.reads.iter().map(|read| (read.pa, read.value.ok())).collect();
        assert_eq!(read, wanted, "seed {seed}");
        outcomes.insert(format!("{:?}", walk.rule));
    }
    assert!(outcomes.len() >= 7, "all kinds of outcomes occur: {outcomes:?}");
}

/// Faults and evicted pages of a reference string, by the textbook.
fn by_the_book(policy: &str, frames: usize, string: &[u64]) -> (usize, Vec<u64>) {
    let (mut faults, mut victims) = (0, Vec::new());
    // FIFO, LRU, OPT: the order in which pages were loaded, or used. Clock: the ring, hand in
    // front.
    let mut queue: VecDeque<(u64, bool)> = VecDeque::new();
    for (now, &page) in string.iter().enumerate() {
        if let Some(place) = queue.iter().position(|(held, _)| *held == page) {
            match policy {
                "lru" => {
                    let held = queue.remove(place).expect("it was found");
                    queue.push_back(held);
                }
                _ => queue[place].1 = true,
            }
            continue;
        }
        faults += 1;
        if queue.len() == frames {
            while policy == "clock" && queue[0].1 {
                queue[0].1 = false;
                queue.rotate_left(1);
            }
            let next = |page: u64| string[now..].iter().position(|p| *p == page).unwrap_or(99);
            // The largest; of equal ones the first.
            let last = |best: usize, at: usize| {
                if next(queue[at].0) > next(queue[best].0) { at } else { best }
            };
            let place = if policy == "opt" { (0..frames).fold(0, last) } else { 0 };
            victims.extend(queue.remove(place).map(|(page, _)| page));
        }
        queue.push_back((page, true));
    }
    (faults, victims)
}

#[test]
fn reference_strings_come_out_as_by_the_book() {
    let mut policies = BTreeSet::new();
    for seed in 0..30 {
        let task = replacement::Task::draw(&mut rng(seed));
        let (faults, victims) = by_the_book(task.policy, task.frames as usize, &task.string);
        assert_eq!(solved("faults", seed).value["faults"], faults, "seed {seed}: {task:?}");
        assert_eq!(
            solved("victims", seed).value["victims"],
            serde_json::json!(victims),
            "{task:?}"
        );
        policies.insert(task.policy);
    }
    assert_eq!(policies.len(), 4, "every policy is asked about");
}

#[test]
fn accesses_come_to_what_their_address_space_says() {
    let mut outcomes = BTreeSet::new();
    for seed in 0..60 {
        let task = outcome::Task::draw(&mut rng(seed));
        let answer = solved("fault", seed);
        assert_eq!(answer.value["outcome"], task.intended, "seed {seed}: {task:?}");
        outcomes.insert(task.intended);
    }
    assert!(outcomes.len() >= 9, "{outcomes:?}");
}

/// Hits and misses of a FIFO TLB, by the textbook.
fn fifo_tlb(task: &loops::Task) -> (u64, u64) {
    let (mut held, mut hits, mut misses) = (VecDeque::new(), 0, 0);
    for (at, (first, pages, passes)) in task.loops.iter().enumerate() {
        if at > 0 && task.fenced {
            held.clear();
        }
        for page in (0..*passes).flat_map(|_| *first..first + pages) {
            if held.contains(&page) {
                hits += 1;
                continue;
            }
            misses += 1;
            if held.len() as u64 == task.entries {
                held.pop_front();
            }
            held.push_back(page);
        }
    }
    (hits, misses)
}

#[test]
fn loops_hit_and_miss_as_a_fifo_of_their_size_does() {
    for seed in 0..25 {
        let (hits, misses) = fifo_tlb(&loops::Task::draw(&mut rng(seed)));
        let answer = solved("tlb", seed).value;
        assert_eq!((&answer["hits"], &answer["misses"]), (&hits.into(), &misses.into()), "{seed}");
    }
}

#[test]
fn a_translation_takes_as_long_as_the_formula_says() {
    for seed in 0..25 {
        let mut task = loops::Task::draw(&mut rng(seed));
        task.fenced = false;
        let (hits, misses) = fifo_tlb(&task);
        // A miss is answered 2 + levels * L cycles after the cycle of its request.
        let cycles = hits + misses * (3 + task.levels * task.latency);
        assert_eq!(solved("time", seed).value["cycles"], cycles, "seed {seed}: {task:?}");
    }
}

#[test]
fn scenarios_are_questions_that_do_not_tell_their_answer() {
    let question = pose("belady-with-3-frames", 1).expect("it is a scenario");
    let given = question.given.join("\n");
    assert!(given.contains("1 2 3 4 1 2 5 1 2 3 4 5") && !given.contains("expect"), "{given}");
    assert!(!given.contains("More frames, more faults"), "{given}");
    assert!(question.ask.contains("minor_faults of belady"), "{}", question.ask);
    let answer = question.answer(ENGINE).expect("it runs");
    assert_eq!(answer.value["minor_faults of belady"], 9.0);
    let ports = solved("a-hit-takes-none", 3);
    assert!(!ports.text.is_empty() && ports.worked.len() > 2);
}

#[test]
fn a_seed_is_a_question_and_another_seed_another() {
    for kind in KINDS {
        let given = |seed| pose(kind.name, seed).expect("it is a kind").given;
        assert_eq!(given(7), given(7));
        assert!((8..12).any(|seed| given(seed) != given(7)), "{}", kind.name);
    }
    let error = pose("faluts", 1).err().expect("nothing is called so").to_string();
    assert!(error.contains("did you mean faults"), "{error}");
    assert!(pose("who-may-access", 1).is_err());
}
