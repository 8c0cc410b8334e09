//! A program under way: lines turned into steps, one at a time.

use std::rc::Rc;

use sim::cpu::{self, Op, Program, ProgramError};
use sim::isa::PAGE_BYTES;
use sim::os::{RegionSpec, UserAccess};

use super::pattern::{Item, Pattern, Shape};
use super::{Deed, Line, Node, Place, Step, find};
use crate::scenario::number::Variables;

/// A line's parts with all names resolved.
#[derive(Debug)]
enum Action {
    Repeat(u64, Rc<[Action]>),
    Touch { deed: Deed, bytes: u64, start: u64, pattern: Pattern },
    Op(Op),
}

/// A list of actions that is being gone through, and how often it still is after this time.
#[derive(Clone, Debug)]
struct Level {
    actions: Rc<[Action]>,
    next: usize,
    left: u64,
}

/// The accesses of the step that is under way.
struct Points {
    deed: Deed,
    bytes: u64,
    addresses: Box<dyn Iterator<Item = u64>>,
}

impl Points {
    fn at(&self, va: u64) -> Op {
        let bytes = self.bytes;
        match self.deed {
            // What a program accesses by itself is at most a page.
            Deed::Access(kind) => Op::Access(cpu::Access { kind, va, bytes: bytes as u16 }),
            Deed::Call(call) => Op::User(UserAccess { call, va, bytes }),
        }
    }
}

/// A program; it runs from its beginning once.
pub struct Script {
    whole: Rc<[Action]>,
    levels: Vec<Level>,
    points: Option<Points>,
    /// Steps with accesses begun so far.
    turn: u64,
}

impl Script {
    /// The lines as a program of a process with these regions.
    ///
    /// # Errors
    /// The number of a line, from 0, and a sentence: a region is missing, or there is no such
    /// address.
    pub fn new(
        lines: &[Line],
        regions: &[RegionSpec],
        variables: &Variables,
    ) -> Result<Script, (usize, String)> {
        let lines = lines.iter().enumerate();
        let nodes = lines.flat_map(|(at, line)| line.nodes.iter().map(move |node| (at, node)));
        let actions =
            nodes.map(|(at, node)| action(node, regions, variables).map_err(|why| (at, why)));
        Ok(Script::of(actions.collect::<Result<Rc<[Action]>, _>>()?))
    }

    fn of(whole: Rc<[Action]>) -> Script {
        let levels = vec![Level { actions: whole.clone(), next: 0, left: 0 }];
        Script { whole, levels, points: None, turn: 0 }
    }

    /// The same program, from its beginning.
    #[must_use]
    pub fn restarted(&self) -> Script {
        Script::of(self.whole.clone())
    }

    fn step(&mut self) -> Option<Op> {
        loop {
            if let Some(points) = &mut self.points {
                if let Some(va) = points.addresses.next() {
                    return Some(points.at(va));
                }
                self.points = None;
            }
            let level = self.levels.last_mut()?;
            let Some(action) = level.actions.get(level.next) else {
                if level.left == 0 {
                    self.levels.pop();
                } else {
                    (level.next, level.left) = (0, level.left - 1);
                }
                continue;
            };
            level.next += 1;
            match action {
                Action::Op(op) => return Some(op.clone()),
                Action::Touch { deed, bytes, start, pattern } => {
                    let addresses = pattern.addresses(*start, self.turn);
                    self.turn += 1;
                    self.points = Some(Points { deed: *deed, bytes: *bytes, addresses });
                }
                Action::Repeat(times, actions) => {
                    if let Some(left) = times.checked_sub(1) {
                        let actions = actions.clone();
                        self.levels.push(Level { actions, next: 0, left });
                    }
                }
            }
        }
    }
}

impl Program for Script {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        self.step().map(Ok)
    }
}

fn action(node: &Node, regions: &[RegionSpec], variables: &Variables) -> Result<Action, String> {
    let step = match node {
        Node::Step(step) => step,
        Node::Repeat(times, nodes) => {
            let inner = nodes.iter().map(|node| action(node, regions, variables));
            return Ok(Action::Repeat(*times, inner.collect::<Result<_, _>>()?));
        }
    };
    let region = |name: &str| find(regions, name).ok_or_else(|| format!("no region `{name}`"));
    let last = if variables.va_bits == 32 { u64::from(u32::MAX) } else { u64::MAX };
    let range = |name: &str, from: i64, to: i64| {
        let start = region(name)?.start;
        let items = vec![Item::Range { from, to, step: 1 }];
        let pattern = Pattern { shape: Shape::Items(items), unit: PAGE_BYTES, offset: 0 };
        // The end is excluded, and must be a number of 64 bits itself.
        let bytes = PAGE_BYTES + u64::from(last == u64::MAX);
        pattern.check(name, start, bytes, last)?;
        let page = |n: i64| start.wrapping_add_signed(n.wrapping_mul(PAGE_BYTES as i64));
        let (low, high) = (from.min(to), from.max(to));
        Ok::<_, String>(page(low)..page(high) + PAGE_BYTES)
    };
    Ok(Action::Op(match step {
        Step::Touch { deed, bytes, place } => {
            let (start, pattern) = match place {
                Place::In(name, pattern) => {
                    let start = region(name)?.start;
                    // A buffer that leaves the address space is the kernel's business.
                    let bytes = if let Deed::Access(_) = deed { *bytes } else { 1 };
                    pattern.check(name, start, bytes, last)?;
                    (start, pattern.clone())
                }
                Place::At(at) => {
                    let items = vec![Item::Range { from: 0, to: 0, step: 1 }];
                    let pattern = Pattern { shape: Shape::Items(items), unit: 1, offset: 0 };
                    (at.word(variables)?, pattern)
                }
            };
            return Ok(Action::Touch { deed: *deed, bytes: *bytes, start, pattern });
        }
        Step::Think(cycles) => Op::Think(*cycles),
        Step::Tick => Op::Tick,
        Step::Sbrk(pages) => Op::Sbrk(*pages),
        Step::Mmap(name) => Op::Mmap(Rc::new(region(name)?.clone())),
        Step::Munmap(name, from, to) => Op::Munmap(range(name, *from, *to)?),
        Step::Mprotect(name, from, to, permissions) => {
            Op::Mprotect(range(name, *from, *to)?, *permissions)
        }
        Step::Fork(name) => Op::Fork(name.as_str().into()),
        Step::Exec(name) => Op::Exec(name.as_str().into()),
        Step::Wait => Op::Wait,
        Step::Exit => Op::Exit,
    }))
}
