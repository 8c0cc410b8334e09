//! Lines with their names resolved: regions by their numbers, variables by their places.

use std::collections::BTreeMap;
use std::rc::Rc;

use kernel::RegionSpec;
use machine::cpu::Op;
use model::isa::PAGE_BYTES;

use super::expression::{Formula, Names};
use super::pattern::{Item, Pattern, Shape};
use super::{ACCESS_BYTES, Array, For, Index, Node, PartCall, Place, Purpose, Step, title};
use crate::number::Variables;

/// The number of pages in 64 bits of addresses.
const MOST_PAGES: u64 = 1 << 52;

/// A line's parts with all names resolved.
#[derive(Debug)]
pub(super) enum Action {
    Repeat(u64, Rc<[Action]>),
    For(Rc<Loop>),
    Touch { purpose: Purpose, bytes: u64, base: Base, pattern: Pattern },
    Element(Rc<Element>),
    Part { call: PartCall, region: usize, from: i64, to: i64 },
    Mmap(usize, Rc<RegionSpec>),
    Mremap(Box<Remapped>),
    Op(Op),
}

/// The base of a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Base {
    /// The start of the region with this number, wherever it is now.
    Region(usize),
    At(u64),
    /// What was allocated last.
    New,
}

/// A region or a part of it that is to be moved or resized.
#[derive(Debug)]
pub(super) struct Remapped {
    pub(super) region: usize,
    pub(super) part: Option<(i64, i64)>,
    pub(super) to: Option<u64>,
    pub(super) pages: Option<u64>,
    pub(super) may_move: bool,
}

/// A loop; both ends are included.
#[derive(Debug)]
pub(super) struct Loop {
    pub(super) from: Formula,
    pub(super) to: Formula,
    /// Not 0.
    pub(super) by: i64,
    pub(super) body: Rc<[Action]>,
}

/// An access to an element whose number is calculated.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) purpose: Purpose,
    pub(super) bytes: u64,
    pub(super) base: Base,
    /// As it is written, for messages.
    name: String,
    /// The number in each dimension, and how many there are; no limit to the pages of a region.
    indices: Vec<(Formula, Option<i64>)>,
    unit: i64,
    /// Where in the base the first one begins.
    start: i64,
    /// Where in the element the access is, from 0 on.
    offset: Formula,
}

impl Element {
    /// Bytes from the base on.
    ///
    /// # Errors
    /// A sentence: there is no such element.
    pub(super) fn inside(&self, variables: &[i64]) -> Result<i64, String> {
        let mut place: i64 = 0;
        for (index, length) in &self.indices {
            let index = index.value(variables)?;
            if let Some(length) = length
                && !(0..*length).contains(&index)
            {
                return Err(format!(
                    "{index} is no index of `{}`: there they go from 0 to {}",
                    self.name,
                    length - 1
                ));
            }
            let row = place.checked_mul(length.unwrap_or(1));
            place = row.and_then(|row| row.checked_add(index)).ok_or_else(|| self.too_far())?;
        }
        let offset = self.offset.value(variables)?;
        if offset < 0 {
            return Err(format!("the offset in `{}` is {offset}; it is 0 or more", self.name));
        }
        let bytes = place.checked_mul(self.unit).and_then(|bytes| bytes.checked_add(self.start));
        bytes.and_then(|bytes| bytes.checked_add(offset)).ok_or_else(|| self.too_far())
    }

    fn too_far(&self) -> String {
        format!("an index of `{}` does not fit 64 bits", self.name)
    }
}

/// An array, with its numbers known.
#[derive(Clone, Debug)]
struct Known {
    lengths: Vec<i64>,
    unit: u64,
    region: usize,
    offset: u64,
}

/// What the names of a program mean, line after line.
pub(super) struct Scope<'r> {
    regions: &'r [RegionSpec],
    variables: &'r Variables,
    names: Names,
    arrays: BTreeMap<String, Known>,
}

impl<'r> Scope<'r> {
    pub(super) fn new(regions: &'r [RegionSpec], variables: &'r Variables) -> Scope<'r> {
        let (names, arrays) = (Names::of(variables), BTreeMap::new());
        Scope { regions, variables, names, arrays }
    }

    /// A node outside of loops and groups; definitions become no action.
    ///
    /// # Errors
    /// A sentence: a name means nothing, or there is no such address.
    pub(super) fn outer(&mut self, node: &Node) -> Result<Option<Action>, String> {
        match node {
            Node::Step(Step::Let(name, expression)) => {
                let value = self.names.value(expression)?;
                match self.names.known.insert(name.clone(), value) {
                    None => Ok(None),
                    Some(_) => Err(format!("`{name}` has a meaning already")),
                }
            }
            Node::Step(Step::Array(array)) => {
                let known = self.array(array)?;
                match self.arrays.insert(array.name.clone(), known) {
                    None => Ok(None),
                    Some(_) => Err(format!("there are two arrays `{}`", array.name)),
                }
            }
            _ => self.action(node).map(Some),
        }
    }

    fn array(&self, array: &Array) -> Result<Known, String> {
        let Array { name, lengths, unit, region, offset } = array;
        let region = self.region(region)?;
        let mut all = *unit;
        let mut known = Vec::new();
        for length in lengths {
            let length = self.names.value(length)?;
            let fits = u64::try_from(length).ok().filter(|length| *length > 0);
            let fits = fits.and_then(|length| all.checked_mul(length));
            all = fits
                .ok_or_else(|| format!("array `{name}` cannot have {length} elements in a row"))?;
            known.push(length);
        }
        let room = self.regions[region].limit.unwrap_or(0).max(self.regions[region].pages);
        let room = room.saturating_mul(PAGE_BYTES);
        match all.checked_add(*offset) {
            Some(end) if end <= room => {}
            _ => {
                let title = title(&self.regions[region]);
                return Err(format!(
                    "array `{name}` has {all} bytes, and `{title}` has room for {}",
                    room.saturating_sub(*offset)
                ));
            }
        }
        Ok(Known { lengths: known, unit: *unit, region, offset: *offset })
    }

    fn region(&self, name: &str) -> Result<usize, String> {
        let at = self.regions.iter().position(|region| title(region) == name);
        at.ok_or_else(|| format!("no region `{name}`"))
    }

    /// A region, or what was allocated last.
    fn base(&self, name: &str) -> Result<Base, String> {
        match self.region(name) {
            Err(_) if name == "new" => Ok(Base::New),
            found => found.map(Base::Region),
        }
    }

    fn list(&mut self, nodes: &[Node]) -> Result<Rc<[Action]>, String> {
        nodes.iter().map(|node| self.action(node)).collect()
    }

    fn action(&mut self, node: &Node) -> Result<Action, String> {
        match node {
            Node::Step(step) => self.step(step),
            Node::Repeat(times, nodes) => Ok(Action::Repeat(*times, self.list(nodes)?)),
            Node::For(inner) => self.for_loop(inner),
        }
    }

    fn for_loop(&mut self, inner: &For) -> Result<Action, String> {
        let For { name, from, to, by, body } = inner;
        if self.names.loops.contains(name) || self.names.known.contains_key(name) {
            return Err(format!("`{name}` has a meaning already"));
        }
        let (from, to) = (self.names.resolve(from)?, self.names.resolve(to)?);
        let by = by.as_ref().map_or(Ok(1), |by| self.names.value(by))?;
        if by == 0 {
            return Err(format!("the step of `{name}` is 0"));
        }
        self.names.loops.push(name.clone());
        let body = self.list(body);
        self.names.loops.pop();
        Ok(Action::For(Rc::new(Loop { from, to, by, body: body? })))
    }

    fn index(&self, index: &Index) -> Result<Action, String> {
        let Index { purpose, bytes, name, indices, offset } = index;
        let formulas = indices.iter().map(|index| self.names.resolve(index));
        let formulas = formulas.collect::<Result<Vec<_>, _>>()?;
        let (base, unit, start, lengths) = match self.arrays.get(name) {
            Some(known) => {
                let lengths: Vec<_> = known.lengths.iter().map(|length| Some(*length)).collect();
                (Base::Region(known.region), known.unit, known.offset, lengths)
            }
            None => {
                let base = self.base(name).map_err(|_| format!("no region or array `{name}`"))?;
                (base, PAGE_BYTES, 0, vec![None])
            }
        };
        if formulas.len() != lengths.len() {
            return Err(format!(
                "`{name}` needs {} in brackets, not {}",
                lengths.len(),
                formulas.len()
            ));
        }
        let fits = |number: u64| {
            i64::try_from(number).map_err(|_| format!("`{name}` does not fit 64 bits"))
        };
        let whole = if unit >= PAGE_BYTES { ACCESS_BYTES } else { unit };
        Ok(Action::Element(Rc::new(Element {
            purpose: *purpose,
            bytes: bytes.unwrap_or(whole),
            base,
            name: name.clone(),
            indices: formulas.into_iter().zip(lengths).collect(),
            unit: fits(unit)?,
            start: fits(start)?,
            offset: self.names.resolve(offset)?,
        })))
    }

    fn step(&mut self, step: &Step) -> Result<Action, String> {
        let (regions, variables) = (self.regions, self.variables);
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
                        let base = self.base(name)?;
                        if let Base::Region(region) = base {
                            // A buffer beyond the address space is for the kernel to refuse.
                            let bytes = if let Purpose::Access(_) = purpose { *bytes } else { 1 };
                            pattern.check(name, regions[region].start, bytes, last)?;
                        }
                        (base, pattern.clone())
                    }
                    Place::At(at) => {
                        let items = vec![Item::Range { from: 0, to: 0, step: 1 }];
                        let pattern = Pattern { shape: Shape::Items(items), unit: 1, offset: 0 };
                        (Base::At(at.word(variables)?), pattern)
                    }
                };
                return Ok(Action::Touch { purpose: *purpose, bytes: *bytes, base, pattern });
            }
            Step::Index(index) => return self.index(index),
            Step::Let(name, _) => {
                return Err(format!("`let {name}` stands in a loop; write it before, on its own"));
            }
            Step::Array(array) => {
                let name = &array.name;
                return Err(format!(
                    "`array {name}` stands in a loop; write it before, on its own"
                ));
            }
            Step::Think(cycles) => Op::Think(*cycles),
            Step::Tick => Op::Tick,
            Step::Sbrk(pages) => {
                let pages = self.names.value(pages)?;
                if pages.unsigned_abs() > MOST_PAGES {
                    return Err(format!(
                        "`{pages}` is out of range: an address space has {MOST_PAGES} pages"
                    ));
                }
                Op::Sbrk(pages)
            }
            Step::Mmap(name) => {
                let at = self.region(name)?;
                return Ok(Action::Mmap(at, Rc::new(regions[at].clone())));
            }
            Step::Part(call, name, from, to) => {
                let (region, from, to) = (self.region(name)?, *from, *to);
                check(region, name, from, to)?;
                return Ok(Action::Part { call: *call, region, from, to });
            }
            Step::Mremap { region: name, part, to, pages, may_move } => {
                let (region, part, to) = (self.region(name)?, *part, *to);
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
}
