//! Random programs that make only valid accesses, until the last line of some.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::memory::{
    Area, DEVICE, EXECUTE, GUARD, HEAP, MAPPED, READ, WRITE, areas, device, regions,
};
use super::round::{Birth, Line, Process, Role};

/// Ends that are not a program's fault, but that may occur when memory is short.
const HUNGER: &str = " or out_of_memory or out_of_swap";
/// The maximum number of processes of a round.
const MOST: usize = 12;

/// Writes the programs of a round.
pub(super) struct Author<'r> {
    pub(super) random: &'r mut ChaCha8Rng,
    /// Whether there are regions for superpages.
    pub(super) large: bool,
    /// Possible ends because of injected errors.
    pub(super) errors: &'static str,
    pub(super) processes: Vec<Process>,
}

impl Author<'_> {
    /// A process that exists at the start, and all of its children, of about so many steps. The
    /// driver is the one with the console.
    pub(super) fn root(&mut self, steps: u64, is_driver: bool) {
        let index = self.begin("p", Birth::Start);
        let mut areas = areas(self.large);
        if is_driver {
            let (text, area) = device();
            self.processes[index].regions.push(text);
            areas.push(area);
        }
        let ends = self.program(index, areas, steps);
        self.processes[index].ends = ends;
    }

    fn begin(&mut self, prefix: &str, birth: Birth) -> usize {
        let index = self.processes.len();
        let regions = if birth == Birth::Forked { Vec::new() } else { regions(self.large) };
        let name = format!("{prefix}{index}");
        let (lines, ends) = (Vec::new(), String::new());
        self.processes.push(Process { name, birth, regions, lines, ends });
        index
    }

    /// Writes a program; returns its expected end.
    fn program(&mut self, index: usize, mut areas: Vec<Area>, steps: u64) -> String {
        let mut left = steps as i64;
        while left > 0 {
            left -= 1;
            let many = self.processes.len() >= MOST;
            match self.random.random_range(0..1000) {
                0..6 if !many && left > 50 => {
                    let share = (left / 2) as u64;
                    left -= share as i64;
                    self.fork(index, areas.clone(), share);
                }
                6..8 if !many && left > 50 => return self.exec(index, left as u64),
                8..28 => self.change(index, &mut areas),
                28..40 => {
                    let text = ["tick", "tick", "think 50", "wait"][self.random.random_range(0..4)];
                    self.write(index, text.to_owned(), Role::Neutral);
                }
                40..70 => self.call(index, &areas),
                _ => left -= self.touch(index, &areas) as i64,
            }
        }
        if self.random.random_bool(0.75) {
            return self.ends("exited");
        }
        let (text, end) = self.offence(&areas);
        self.write(index, text, Role::Offence);
        self.ends(end)
    }

    fn ends(&self, end: &str) -> String {
        format!("{end}{HUNGER}{}", self.errors)
    }

    fn write(&mut self, index: usize, text: String, role: Role) {
        self.processes[index].lines.push(Line { text, role });
    }

    fn fork(&mut self, parent: usize, areas: Vec<Area>, steps: u64) {
        let child = self.begin("c", Birth::Forked);
        let areas = areas.into_iter().filter(|area| area.name != DEVICE).collect();
        let name = self.processes[child].name.clone();
        self.write(parent, format!("fork {name}"), Role::Makes(name));
        let ends = self.program(child, areas, steps);
        self.processes[child].ends = format!("never or {ends}");
    }

    fn exec(&mut self, index: usize, steps: u64) -> String {
        let image = self.begin("x", Birth::Executed);
        let name = self.processes[image].name.clone();
        self.write(index, format!("exec {name}"), Role::Makes(name));
        let ends = self.program(image, areas(self.large), steps);
        self.processes[image].ends.clone_from(&ends);
        ends
    }

    /// Writes accesses; returns their number.
    fn touch(&mut self, index: usize, areas: &[Area]) -> u64 {
        let random = &mut *self.random;
        let area = &areas[random.random_range(0..areas.len())];
        let (kind, bit) = match area.name {
            "text" => [("fetch", EXECUTE), ("load", READ)][usize::from(random.random_bool(0.2))],
            _ => [("load", READ), ("store", WRITE)][random.random_range(0..2)],
        };
        let Some(page) = area.any(random, bit) else { return 0 };
        let (low, high) = area.around(page, bit);
        let name = area.name;
        if name == DEVICE {
            // Registers, not memory: each access has a side effect.
            self.write(index, format!("{kind} {name} {page}"), Role::Neutral);
            return 1;
        }
        let bytes = [1, 2, 3, 4, 5, 8, 8, 16, 40][random.random_range(0..9)];
        let offset = random.random_range(0..=4096 - bytes);
        let (text, count) = match random.random_range(0..10) {
            // Across a page boundary.
            0 if page < high && bytes > 1 => {
                (format!("{kind} {name} {page} offset {} bytes {bytes}", 4097 - bytes), 1)
            }
            // The whole range, every byte.
            1 if random.random_bool(0.02) && high - low < 30 => {
                (format!("load {name} {low}..{high} bytes 4096"), (high - low + 1) as u64)
            }
            0..5 => {
                let last = high.min(page + random.random_range(0..6));
                let text = format!("{kind} {name} {page}..{last} offset {offset} bytes {bytes}");
                (text, (last - page + 1) as u64)
            }
            5 | 6 => {
                let seed: u32 = random.random();
                let (low, high) = (low.max(page - 5), high.min(page + 5));
                let count = random.random_range(5..40);
                let text = format!("{kind} {name} random {count} of {low}..{high} seed {seed}");
                (format!("{text} offset {offset} bytes {bytes}"), count)
            }
            _ => (format!("{kind} {name} {page} offset {offset} bytes {bytes}"), 1),
        };
        // What is loaded in all pages must be allowed in all pages.
        let text = if bit == WRITE { text.replace("load", "store") } else { text };
        self.write(index, text, Role::Neutral);
        count
    }

    /// A system call in which the kernel accesses the program's memory. None is fatal: an invalid
    /// access is an error that is returned to the program.
    fn call(&mut self, index: usize, areas: &[Area]) {
        let random = &mut *self.random;
        let word = ["read", "write", "read", "write", "emulate", "stray"];
        let word = word[random.random_range(0..6)];
        let bytes = [1, 7, 8, 64, 100, 900, 4096, 9000][random.random_range(0..8)];
        let text = if random.random_range(0..12) == 0 {
            let at = ["0x0", "0x3000_0000", "0xc000_0000", "-(1 << va_bits - 1)", "-4"];
            format!("{word} at {} bytes {bytes}", at[random.random_range(0..at.len())])
        } else {
            let area = &areas[random.random_range(0..areas.len())];
            let past = area.first + area.pages.len() as i64;
            let anywhere = random.random_range(area.first - 2..past + 2);
            let page = area.any(random, MAPPED).filter(|_| random.random_bool(0.8));
            let (page, offset) = (page.unwrap_or(anywhere), random.random_range(0..4096));
            format!("{word} {} {page} offset {offset} bytes {bytes}", area.name)
        };
        self.write(index, text, Role::Neutral);
    }

    /// Changes the address space.
    fn change(&mut self, index: usize, areas: &mut [Area]) {
        let random = &mut *self.random;
        if random.random_range(0..4) == 0 {
            let heap = areas.iter_mut().find(|area| area.name == "heap").expect("there is one");
            let now = heap.pages.iter().filter(|bits| **bits != 0).count() as i64;
            let then = (now + random.random_range(-3..=3)).clamp(0, HEAP.1 as i64);
            heap.set(0, HEAP.1 as i64 - 1, 0);
            heap.set(0, then - 1, READ | WRITE | MAPPED);
            if then != now {
                self.write(index, format!("sbrk {}", then - now), Role::Layout);
            }
            return;
        }
        let area = &mut areas[random.random_range(0..11.min(areas.len()))];
        let name = area.name;
        if area.is_late && area.pages.iter().all(|bits| *bits == 0) {
            area.pages.fill(READ | WRITE | MAPPED);
            self.write(index, format!("mmap {name}"), Role::Layout);
            return;
        }
        let Some(page) = area.any(random, MAPPED).filter(|_| area.is_plain) else { return };
        let (low, high) = area.around(page, MAPPED);
        let (low, high) = (low.max(page - random.random_range(0..4)), high.min(page + 3));
        let whole = area.is_late && random.random_bool(0.5);
        let text = if whole {
            area.pages.fill(0);
            format!("munmap {name} 0..{}", area.pages.len() - 1)
        } else if random.random_range(0..6) == 0 {
            area.set(low, high, 0);
            format!("munmap {name} {low}..{high}")
        } else {
            let choices = [("r--", READ), ("rw-", READ | WRITE), ("---", 0)];
            let (word, bits) = choices[[0, 1, 1, 2][random.random_range(0..4)]];
            area.set(low, high, bits | MAPPED);
            format!("mprotect {name} {low}..{high} {word}")
        };
        self.write(index, text, Role::Layout);
    }

    /// A fatal line, and the cause of death.
    fn offence(&mut self, areas: &[Area]) -> (String, &'static str) {
        let random = &mut *self.random;
        let page = random.random_range(0..5);
        let plain = |area: &&Area| area.is_plain && area.name != "large";
        let found = |without: u8| {
            areas.iter().filter(plain).find_map(|area| {
                let at = area.pages.iter().position(|b| b & MAPPED != 0 && b & without == 0)?;
                Some((area.name, at))
            })
        };
        match random.random_range(0..7) {
            0 => ("load at 0x0".to_owned(), "null_page"),
            1 => ("store at 0x3000_0000".to_owned(), "hole"),
            2 => (format!("store stack {GUARD}"), "guard_page"),
            3 => (format!("fetch heap {HEAP_PAST}"), "hole"),
            4 if let Some((name, at)) = found(WRITE) => {
                (format!("store {name} {at}"), "write_to_read_only")
            }
            5 if let Some((name, at)) = found(READ) => (format!("load {name} {at}"), "read_denied"),
            6 if let Some((name, at)) = found(EXECUTE) => {
                (format!("fetch {name} {at}"), "execute_of_data")
            }
            _ => (format!("store text {page}"), "write_to_text"),
        }
    }
}

/// A page above the heap's limit.
const HEAP_PAST: usize = HEAP.1 + 2;
