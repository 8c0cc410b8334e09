//! A program in execution: lines are turned into steps, one at a time.

use std::ops::Range;
use std::rc::Rc;

use kernel::{RegionSpec, Remap, UserAccess};
use machine::cpu::{self, Op, Program, ProgramError};
use model::isa::PAGE_BYTES;

use super::resolve::{Action, Base, Element, Loop, Remapped, Scope};
use super::{Line, PartCall, Purpose};
use crate::limits::MOST_CYCLES;
use crate::number::Variables;

/// More turns of loops without a step are an error: such a loop would never let go.
const MOST_IDLE: u64 = 1 << 20;

/// A list of actions in execution.
#[derive(Clone, Debug)]
struct Level {
    actions: Rc<[Action]>,
    next: usize,
    again: Again,
}

/// What repeats it.
#[derive(Clone, Copy, Debug)]
enum Again {
    /// So many more times.
    Times(u64),
    /// A loop with this variable, up to and including `last`.
    Loop { variable: usize, last: i64, by: i64 },
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
    /// The values of the loops' variables, the outermost first.
    variables: Vec<i64>,
    /// The pages that were allocated last.
    allocated: Option<Range<u64>>,
    /// Cycles of computing so far.
    thought: u64,
    failed: bool,
    /// The line of each of the outermost actions.
    texts: Rc<[String]>,
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
        let mut scope = Scope::new(regions, variables);
        let (mut actions, mut texts) = (Vec::new(), Vec::new());
        for (at, line) in lines.iter().enumerate() {
            for node in &line.nodes {
                if let Some(action) = scope.outer(node).map_err(|why| (at, why))? {
                    actions.push(action);
                    texts.push(line.to_string());
                }
            }
        }
        let end = |r: &RegionSpec| r.start.saturating_add(r.pages.saturating_mul(PAGE_BYTES));
        let stated = regions.iter().map(|region| region.start..end(region)).collect();
        Ok(Script::of(actions.into(), stated, texts.into()))
    }

    fn of(whole: Rc<[Action]>, stated: Rc<[Range<u64>]>, texts: Rc<[String]>) -> Script {
        let levels = vec![Level { actions: whole.clone(), next: 0, again: Again::Times(0) }];
        let places = stated.to_vec();
        Script {
            whole,
            levels,
            points: None,
            stated,
            places,
            turn: 0,
            variables: Vec::new(),
            allocated: None,
            thought: 0,
            failed: false,
            texts,
        }
    }

    /// The same program, from its beginning.
    #[must_use]
    pub fn restarted(&self) -> Script {
        Script::of(self.whole.clone(), self.stated.clone(), self.texts.clone())
    }

    fn step(&mut self) -> Option<Result<Op, String>> {
        let mut idle = 0;
        loop {
            if let Some(points) = &mut self.points {
                if let Some(va) = points.addresses.next() {
                    return Some(Ok(points.at(va)));
                }
                self.points = None;
            }
            let level = self.levels.last_mut()?;
            let Some(action) = level.actions.get(level.next) else {
                idle += 1;
                if idle > MOST_IDLE {
                    return Some(Err("a loop goes round without a step".to_owned()));
                }
                self.turn_of_loop();
                continue;
            };
            level.next += 1;
            match action {
                Action::Op(Op::Think(cycles)) => {
                    let cycles = *cycles;
                    self.thought = self.thought.saturating_add(cycles);
                    if self.thought > MOST_CYCLES {
                        let message = format!("it has computed for more than {MOST_CYCLES} cycles");
                        return Some(Err(message));
                    }
                    return Some(Ok(Op::Think(cycles)));
                }
                Action::Op(op) => return Some(Ok(op.clone())),
                Action::Part { call, region, from, to } => {
                    return Some(Ok(call.op(part(&self.places[*region], *from, *to))));
                }
                Action::Mmap(region, spec) => {
                    self.places[*region] = self.stated[*region].clone();
                    return Some(Ok(Op::Mmap(spec.clone())));
                }
                Action::Mremap(asked) => return Some(Ok(asked.op(&self.places[asked.region]))),
                Action::Touch { purpose, bytes, base, pattern } => {
                    let start = match start(*base, &self.places, self.allocated.as_ref()) {
                        Ok(start) => start,
                        Err(message) => return Some(Err(message)),
                    };
                    let addresses = pattern.addresses(start, self.turn);
                    self.turn += 1;
                    self.points = Some(Points { purpose: *purpose, bytes: *bytes, addresses });
                }
                Action::Element(element) => {
                    let element = element.clone();
                    return Some(self.element(&element));
                }
                Action::Repeat(times, actions) => {
                    if let Some(left) = times.checked_sub(1) {
                        let (actions, again) = (actions.clone(), Again::Times(left));
                        self.levels.push(Level { actions, next: 0, again });
                    }
                }
                Action::For(inner) => {
                    let inner = inner.clone();
                    if let Err(message) = self.enter(&inner) {
                        return Some(Err(message));
                    }
                }
            }
        }
    }

    /// A list of actions is done: it begins again, or what is around it goes on.
    fn turn_of_loop(&mut self) {
        let Some(level) = self.levels.last_mut() else { return };
        let goes_on = match &mut level.again {
            Again::Times(0) => false,
            Again::Times(left) => {
                *left -= 1;
                true
            }
            Again::Loop { variable, last, by } => {
                let next = self.variables.get(*variable).and_then(|value| value.checked_add(*by));
                match next.filter(|next| if *by > 0 { next <= last } else { next >= last }) {
                    Some(next) => {
                        self.variables[*variable] = next;
                        true
                    }
                    None => {
                        self.variables.truncate(*variable);
                        false
                    }
                }
            }
        };
        if goes_on {
            level.next = 0;
        } else {
            self.levels.pop();
        }
    }

    /// Begins a loop, unless it has no turn.
    fn enter(&mut self, inner: &Loop) -> Result<(), String> {
        let (from, last) = (inner.from.value(&self.variables)?, inner.to.value(&self.variables)?);
        let by = inner.by;
        if if by > 0 { from > last } else { from < last } {
            return Ok(());
        }
        let variable = self.variables.len();
        self.variables.push(from);
        let again = Again::Loop { variable, last, by };
        self.levels.push(Level { actions: inner.body.clone(), next: 0, again });
        Ok(())
    }

    /// The access to an element whose number is calculated.
    fn element(&self, element: &Element) -> Result<Op, String> {
        let inside = element.inside(&self.variables)?;
        let start = start(element.base, &self.places, self.allocated.as_ref())?;
        let va = start.wrapping_add_signed(inside);
        let (purpose, bytes) = (element.purpose, element.bytes);
        Ok(Points { purpose, bytes, addresses: Box::new(std::iter::empty()) }.at(va))
    }
}

/// The address at which a place begins now.
fn start(base: Base, places: &[Range<u64>], new: Option<&Range<u64>>) -> Result<u64, String> {
    match base {
        Base::Region(region) => Ok(places[region].start),
        Base::At(va) => Ok(va),
        Base::New => new.map(|range| range.start).ok_or_else(|| {
            "`new` is what the last `sbrk` or `mmap` gave, and none has given anything yet"
                .to_owned()
        }),
    }
}

impl Program for Script {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        if self.failed {
            return None;
        }
        let step = self.step()?;
        self.failed = step.is_err();
        Some(step.map_err(|problem| {
            let outermost = self.levels.first().map_or(0, |level| level.next.saturating_sub(1));
            let text = self.texts.get(outermost).map(String::as_str).unwrap_or_default();
            ProgramError::Step { problem: format!("`{text}`: {problem}") }
        }))
    }

    /// A name moves with its region; if only a part was moved, it stays with the rest.
    fn moved(&mut self, old: &Range<u64>, new: &Range<u64>) {
        if let Some(place) = self.places.iter_mut().find(|place| **place == *old) {
            place.clone_from(new);
        }
    }

    fn allocated(&mut self, range: &Range<u64>) {
        self.allocated = Some(range.clone());
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
