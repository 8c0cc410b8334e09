//! Reference strings: replacement, and working sets.

use std::collections::VecDeque;

use super::*;

/// Faults and evicted pages of a reference string, by the textbook.
fn by_the_book(question: &Question) -> (usize, Vec<u64>) {
    let string = numbers(line(question, "reference string"));
    let frames = numbers(line(question, "frames"))[0] as usize;
    let policy = line(question, "policy").split(' ').next().expect("a policy");
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

fn words(pages: &[u64]) -> String {
    pages.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn faults_of_strings() {
    agree("faults", 10, |question| Right::Number(by_the_book(question).0 as f64));
}

#[test]
fn victims_of_strings() {
    agree("victims", 100, |question| Right::Text(words(&by_the_book(question).1)));
}

#[test]
fn working_sets() {
    agree("working-set", 60, |question| {
        let string = numbers(line(question, "reference string"));
        let window = numbers(line(question, "window"))[0] as usize;
        let asked = numbers(&question.ask);
        let moment = asked[0] as usize;
        assert_eq!(string[moment - 1], asked[asked.len() - 1], "the page of that reference");
        // Denning's definition: the pages referenced in the window that ends with this reference.
        let is_in = |page: &u64| {
            (1..=string.len())
                .any(|at| at <= moment && at + window > moment && string[at - 1] == *page)
        };
        Right::Text(words(&(0..100).filter(is_in).collect::<Vec<_>>()))
    });
}
