//! A program in execution: lines are turned into steps, one at a time.

use std::ops::Range;
use std::rc::Rc;

use kernel::{RegionSpec, Remap, UserAccess};
use machine::cpu::{self, Op, Program, ProgramError};
use model::isa::PAGE_BYTES;

use super::pattern::{Item, Pattern, Shape};
use super::{Line, Node, PartCall, Place, Purpose, Step, title};
use crate::number::Variables;

/// A line's parts with all names resolved.
#[derive(Debug)]
enum Action {
    Repeat(u64, Rc<[Action]>),
    Touch { purpose: Purpose, bytes: u64, base: Base, pattern: Pattern },
    Part { call: PartCall, region: usize, from: i64, to: i64 },
    Mmap(usize, Rc<RegionSpec>),
    Mremap(Box<Remapped>),
    Op(Op),
}

/// The base of a place.
#[derive(Clone, Copy, Debug)]
enum Base {
    /// The start of the region with this number, wherever it is now.
    Region(usize),
    At(u64),
}

/// A region or a part of it that is to be moved or resized.
#[derive(Debug)]
struct Remapped {
    region: usize,
    part: Option<(i64, i64)>,
    to: Option<u64>,
    pages: Option<u64>,
    may_move: bool,
}

/// A list of actions in execution, and how often it is repeated after this time.
#[derive(Clone, Debug)]
struct Level {
    actions: Rc<[Action]>,
    next: usize,
    left: u64,
}

/// The accesses of the step in execution.
struct Points {
    purpose: Purpose,
    bytes: u64,
    addresses: Box<dyn Iterator<Item = u64>>,
}

impl Points {
    fn at(&self, va: u64) -> Op {
        let bytes = self.bytes;
        match self.purpose {
            // An access by the program itself is at most one page.
            Purpose::Access(kind) => Op::Access(cpu::Access { kind, va, bytes: bytes as u16 }),
            Purpose::Call(call) => Op::User(UserAccess { call, va, bytes }),
        }
    }
}

/// A program; it runs once from its beginning.
pub struct Script {
    whole: Rc<[Action]>,
    levels: Vec<Level>,
    points: Option<Points>,
    /// The range of each region as stated, and its present one.
    stated: Rc<[Range<u64>]>,
    pub(super) places: Vec<Range<u64>>,
    /// Steps with accesses that have begun so far.
    turn: u64,
}

impl Script {
    /// Resolves the lines to a program of a process with these regions.
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
        let end = |r: &RegionSpec| r.start.saturating_add(r.pages.saturating_mul(PAGE_BYTES));
        let stated = regions.iter().map(|region| region.start..end(region)).collect();
        Ok(Script::of(actions.collect::<Result<Rc<[Action]>, _>>()?, stated))
    }

    fn of(whole: Rc<[Action]>, stated: Rc<[Range<u64>]>) -> Script {
        let levels = vec![Level { actions: whole.clone(), next: 0, left: 0 }];
        let places = stated.to_vec();
        Script { whole, levels, points: None, stated, places, turn: 0 }
    }

    /// The same program, from its beginning.
    #[must_use]
    pub fn restarted(&self) -> Script {
        Script::of(self.whole.clone(), self.stated.clone())
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
                Action::Part { call, region, from, to } => {
                    return Some(call.op(part(&self.places[*region], *from, *to)));
                }
                Action::Mmap(region, spec) => {
                    self.places[*region] = self.stated[*region].clone();
                    return Some(Op::Mmap(spec.clone()));
                }
                Action::Mremap(asked) => return Some(asked.op(&self.places[asked.region])),
                Action::Touch { purpose, bytes, base, pattern } => {
                    let start = match *base {
                        Base::Region(region) => self.places[region].start,
                        Base::At(va) => va,
                    };
                    let addresses = pattern.addresses(start, self.turn);
                    self.turn += 1;
                    self.points = Some(Points { purpose: *purpose, bytes: *bytes, addresses });
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

    /// A name moves with its region; if only a part was moved, it stays with the rest.
    fn moved(&mut self, old: &Range<u64>, new: &Range<u64>) {
        if let Some(place) = self.places.iter_mut().find(|place| **place == *old) {
            place.clone_from(new);
        }
    }
}

/// The addresses of some pages, counted from a region's start.
fn part(place: &Range<u64>, from: i64, to: i64) -> Range<u64> {
    let page = |n: i64| place.start.wrapping_add_signed(n.wrapping_mul(PAGE_BYTES as i64));
    page(from.min(to))..page(from.max(to).wrapping_add(1))
}

impl PartCall {
    fn op(self, range: Range<u64>) -> Op {
        match self {
            PartCall::Munmap => Op::Munmap(range),
            PartCall::Mprotect(permissions) => Op::Mprotect(range, permissions),
            PartCall::DontNeed => Op::Madvise(range),
            PartCall::Msync => Op::Msync(range),
            PartCall::Mlock => Op::Mlock(range),
            PartCall::Munlock => Op::Munlock(range),
        }
    }
}

impl Remapped {
    fn op(&self, place: &Range<u64>) -> Op {
        let old = self.part.map_or(place.clone(), |(from, to)| part(place, from, to));
        let pages = self.pages.unwrap_or(old.end.saturating_sub(old.start) / PAGE_BYTES);
        Op::Mremap(Remap { old, pages, to: self.to, may_move: self.may_move })
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
    let region = |name: &str| {
        let at = regions.iter().position(|region| title(region) == name);
        at.ok_or_else(|| format!("no region `{name}`"))
    };
    let last = if variables.va_bits == 32 { u64::from(u32::MAX) } else { u64::MAX };
    let check = |region: usize, name: &str, from: i64, to: i64| {
        let items = vec![Item::Range { from, to, step: 1 }];
        let pattern = Pattern { shape: Shape::Items(items), unit: PAGE_BYTES, offset: 0 };
        // The end is excluded, and must be a number of 64 bits itself.
        let bytes = PAGE_BYTES + u64::from(last == u64::MAX);
        pattern.check(name, regions[region].start, bytes, last)
    };
    Ok(Action::Op(match step {
        Step::Touch { purpose, bytes, place } => {
            let (base, pattern) = match place {
                Place::In(name, pattern) => {
                    let region = region(name)?;
                    // A buffer beyond the address space is for the kernel to refuse.
                    let bytes = if let Purpose::Access(_) = purpose { *bytes } else { 1 };
                    pattern.check(name, regions[region].start, bytes, last)?;
                    (Base::Region(region), pattern.clone())
                }
                Place::At(at) => {
                    let items = vec![Item::Range { from: 0, to: 0, step: 1 }];
                    let pattern = Pattern { shape: Shape::Items(items), unit: 1, offset: 0 };
                    (Base::At(at.word(variables)?), pattern)
                }
            };
            return Ok(Action::Touch { purpose: *purpose, bytes: *bytes, base, pattern });
        }
        Step::Think(cycles) => Op::Think(*cycles),
        Step::Tick => Op::Tick,
        Step::Sbrk(pages) => Op::Sbrk(*pages),
        Step::Mmap(name) => {
            let at = region(name)?;
            return Ok(Action::Mmap(at, Rc::new(regions[at].clone())));
        }
        Step::Part(call, name, from, to) => {
            let (region, from, to) = (region(name)?, *from, *to);
            check(region, name, from, to)?;
            return Ok(Action::Part { call: *call, region, from, to });
        }
        Step::Mremap { region: name, part, to, pages, may_move } => {
            let (region, part, to) = (region(name)?, *part, *to);
            if let Some((from, to)) = part {
                check(region, name, from, to)?;
            }
            let remapped = Remapped { region, part, to, pages: *pages, may_move: *may_move };
            return Ok(Action::Mremap(Box::new(remapped)));
        }
        Step::Fork(name) => Op::Fork(name.as_str().into()),
        Step::Exec(name) => Op::Exec(name.as_str().into()),
        Step::Wait => Op::Wait,
        Step::Exit => Op::Exit,
    }))
}
