//! The TLBs of every size at once, behind the same port.
//!
//! What a TLB without limit would have is kept as a table of pages: filled by answers, removed by
//! fences, as the hardware does both. For each number of sets the stacks of the sets have the same
//! pages in the order of their use. A page is in a TLB of so many sets and ways if it is not deeper in
//! its set's stack than there are ways.
//!
//! | use | counts as |
//! |---|---|
//! | answered, and the page is there | a hit in all sizes that reach to it |
//! | the first store to a page that was filled clean | a miss in all sizes: hardware sets D by a walk, and the entry is written again |
//! | answered, and the page is not there | a miss in all sizes; the page is filled |
//! | a fault, and the page is there | a hit in all sizes that reach to it: its rights decide |
//! | a fault, and it is not there | a miss in all sizes; nothing is filled |

use model::mmu::Fence;
use rustc_hash::FxHashMap;

use super::depths::Depths;
use super::stack::Stack;

/// A page of some size in an address space, or in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Page {
    space: Option<u16>,
    /// Bits of the page number that lie inside the page.
    inside: u32,
    /// The page number without them.
    number: u64,
}

impl Page {
    fn has(self, vpn: u64) -> bool {
        vpn >> self.inside == self.number
    }
}

/// A page, as long as a TLB without limit has it.
#[derive(Clone, Copy, Debug)]
struct Entry {
    page: Page,
    dirty: bool,
    /// The page number with which it was filled; it chooses the set.
    placed: u64,
    /// A fault was decided by it, after which a kernel fences.
    faulted: bool,
}

/// A leaf as a walk read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Leaf {
    /// D.
    pub dirty: bool,
    /// G, in the leaf or above.
    pub global: bool,
}

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A page with so many bits of the page number inside, and its leaf, if a walk read it.
    Page {
        /// Bits of the page number inside.
        inside: u32,
        /// The leaf.
        leaf: Option<Leaf>,
    },
    /// A fault.
    Fault,
}

/// A translated request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The address space.
    pub space: u16,
    /// The page number.
    pub vpn: u64,
    /// It is a store, for which hardware sets D if it is clear.
    pub marks: bool,
}

/// A number of sets.
#[derive(Clone, Debug)]
struct Shape {
    stacks: Vec<Stack>,
    depths: Depths,
}

/// All TLBs behind one port.
#[derive(Clone, Debug)]
pub struct Translations {
    /// By the power of two of sets.
    shapes: Vec<Shape>,
    entries: Vec<Entry>,
    /// Numbers of entries that are no more.
    free: Vec<u32>,
    by_page: FxHashMap<Page, u32>,
    /// The sizes that there are, in bits inside.
    sizes: Vec<u32>,
    /// The entry used last: it is at the top of every stack.
    last: Option<(u16, u64, u32)>,
    /// Uses of the entry used last, not added to the shapes yet.
    again: u64,
    doubts: u64,
    large: bool,
}

impl Translations {
    /// Of one set, and of every power of two of them up to this one.
    pub fn new(most_sets: u32) -> Translations {
        let shape = |sets: u32| Shape {
            stacks: vec![Stack::default(); 1 << sets],
            depths: Depths::default(),
        };
        Translations {
            shapes: (0..=most_sets).map(shape).collect(),
            entries: Vec::new(),
            free: Vec::new(),
            by_page: FxHashMap::default(),
            sizes: Vec::new(),
            last: None,
            again: 0,
            doubts: 0,
            large: false,
        }
    }

    /// How deep uses were, with so many sets (a power of two).
    pub fn depths(&self, sets: u32) -> Depths {
        let mut depths = self.shapes[sets as usize].depths.clone();
        if self.again > 0 {
            depths.add_many(Some(1), self.again);
        }
        depths
    }

    /// Uses for which the sizes may differ in more than a stack knows: a line that had refused an
    /// access was used again without a fence between, or a page was in a TLB and not in the table.
    pub fn doubts(&self) -> u64 {
        self.doubts
    }

    /// Whether there were pages of more than 4 KiB. In several sets their place depends on the
    /// address that missed, which is not the same in all sizes.
    pub fn has_large(&self) -> bool {
        self.large
    }

    /// A request was answered.
    #[inline]
    pub fn answered(&mut self, used: Use, answer: Answer) {
        if let Some((space, vpn, entry)) = self.last
            && (space, vpn) == (used.space, used.vpn)
            && (!used.marks || self.entries[entry as usize].dirty)
            && answer != Answer::Fault
        {
            self.again += 1;
            return;
        }
        self.other(used, answer);
    }

    fn other(&mut self, used: Use, answer: Answer) {
        self.last = None;
        match (self.find(used), answer) {
            (Some(entry), Answer::Page { .. }) => self.hit(entry, used),
            (None, Answer::Page { inside, leaf }) => self.miss(used, inside, leaf),
            (Some(entry), Answer::Fault) => {
                let placed = self.entries[entry as usize].placed;
                for shape in &mut self.shapes {
                    let depth = shape.of(placed).depth(entry);
                    shape.depths.add(depth);
                }
                self.entries[entry as usize].faulted = true;
            }
            (None, Answer::Fault) => {
                self.shapes.iter_mut().for_each(|shape| shape.depths.add(None));
            }
        }
    }

    /// A page that is there answers.
    fn hit(&mut self, entry: u32, used: Use) {
        let known = &mut self.entries[entry as usize];
        self.doubts += u64::from(known.faulted);
        known.faulted = false;
        let is_marked = used.marks && !known.dirty;
        known.dirty |= used.marks;
        let placed = known.placed;
        for shape in &mut self.shapes {
            let stack = shape.of(placed);
            if is_marked {
                stack.fill(entry, &[entry]);
                shape.depths.add(None);
            } else {
                let depth = stack.touch(entry);
                shape.depths.add(depth);
            }
        }
        self.last = Some((used.space, used.vpn, entry));
    }

    /// A page that is not there is filled.
    fn miss(&mut self, used: Use, inside: u32, leaf: Option<Leaf>) {
        self.doubts += u64::from(leaf.is_none());
        let Leaf { dirty, global } = leaf.unwrap_or_default();
        let space = (!global).then_some(used.space);
        let page = Page { space, inside, number: used.vpn >> inside };
        let overlaps = |entry: &u32| {
            let known = self.entries[*entry as usize].page;
            let alike = known.space.is_none() || global || known.space == page.space;
            let large = known.inside.max(inside);
            alike && known.number << known.inside >> large == page.number << inside >> large
        };
        let mut removed: Vec<u32> = match inside {
            // Of pages of the smallest size another one is found, if it is there.
            0 if !global => Vec::new(),
            _ => self.by_page.values().copied().filter(overlaps).collect(),
        };
        removed.sort_unstable();
        for gone in &removed {
            self.by_page.remove(&self.entries[*gone as usize].page);
        }
        let dirty = dirty || used.marks;
        let entry = Entry { page, dirty, placed: used.vpn, faulted: false };
        let number = match self.free.pop() {
            Some(free) => {
                self.entries[free as usize] = entry;
                free
            }
            None => {
                self.entries.push(entry);
                (self.entries.len() - 1) as u32
            }
        };
        self.by_page.insert(page, number);
        if !self.sizes.contains(&inside) {
            self.sizes.push(inside);
        }
        self.large |= inside > 0;
        for shape in &mut self.shapes {
            for gone in &removed {
                let placed = self.entries[*gone as usize].placed;
                if shape.set(placed) != shape.set(used.vpn) {
                    shape.of(placed).remove(*gone);
                }
            }
            let at = shape.set(used.vpn);
            let here = |gone: &u32| shape.set(self.entries[*gone as usize].placed) == at;
            let here: Vec<u32> = removed.iter().copied().filter(here).collect();
            shape.stacks[at].fill(number, &here);
            shape.depths.add(None);
        }
        self.free.extend(removed);
        self.last = Some((used.space, used.vpn, number));
    }

    /// The entry that translates a page.
    fn find(&self, Use { space, vpn, .. }: Use) -> Option<u32> {
        let spaces = [Some(space), None];
        let pages = self.sizes.iter().flat_map(|inside| {
            spaces.map(|space| Page { space, inside: *inside, number: vpn >> inside })
        });
        pages.into_iter().find_map(|page| self.by_page.get(&page).copied())
    }

    /// A fence was accepted. Its address is a page number.
    pub fn fenced(&mut self, fence: Fence) {
        self.last = None;
        let Fence { va: vpn, asid } = fence;
        let gone: Vec<u32> = match (vpn, asid) {
            (Some(vpn), Some(space)) => {
                let found = self.find(Use { space, vpn, marks: false });
                let of_space = |entry: &u32| self.entries[*entry as usize].page.space.is_some();
                found.into_iter().filter(of_space).collect()
            }
            _ => {
                let named = |page: &Page| {
                    vpn.is_none_or(|vpn| page.has(vpn))
                        && asid.is_none_or(|asid| page.space == Some(asid))
                };
                let mut gone: Vec<u32> =
                    self.by_page.iter().filter(|(page, _)| named(page)).map(|(_, n)| *n).collect();
                gone.sort_unstable();
                gone
            }
        };
        for entry in gone {
            let Entry { page, placed, .. } = self.entries[entry as usize];
            self.by_page.remove(&page);
            self.shapes.iter_mut().for_each(|shape| shape.of(placed).remove(entry));
            self.free.push(entry);
        }
    }
}

impl Shape {
    fn set(&self, vpn: u64) -> usize {
        vpn as usize & (self.stacks.len() - 1)
    }

    fn of(&mut self, vpn: u64) -> &mut Stack {
        let set = self.set(vpn);
        &mut self.stacks[set]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(vpn: u64) -> Use {
        Use { space: 1, vpn, marks: false }
    }

    const CLEAN: Answer =
        Answer::Page { inside: 0, leaf: Some(Leaf { dirty: false, global: false }) };
    const ALL: Fence = Fence { va: None, asid: None };

    #[test]
    fn first_stores_and_fences_are_misses_of_every_size() {
        let mut tlbs = Translations::new(2);
        tlbs.answered(load(5), CLEAN);
        tlbs.answered(load(5), CLEAN);
        tlbs.answered(Use { marks: true, ..load(5) }, CLEAN);
        tlbs.answered(Use { marks: true, ..load(5) }, CLEAN);
        assert_eq!(tlbs.depths(0).misses(), [4, 2]);
        tlbs.fenced(Fence { va: Some(6), asid: Some(1) });
        tlbs.fenced(Fence { va: Some(5), asid: Some(2) });
        tlbs.answered(load(5), CLEAN);
        assert_eq!(tlbs.depths(0).misses(), [5, 2]);
        tlbs.fenced(ALL);
        tlbs.answered(load(5), CLEAN);
        tlbs.answered(load(7), Answer::Fault);
        assert_eq!(tlbs.depths(0).misses(), [7, 4]);
        assert_eq!(tlbs.doubts(), 0);
    }

    #[test]
    fn sets_are_chosen_by_the_lowest_bits() {
        let mut tlbs = Translations::new(2);
        for vpn in [0, 2, 0, 2, 1, 0] {
            tlbs.answered(load(vpn), CLEAN);
        }
        // One line after the other, or in two sets: 0 and 2 displace each other.
        assert_eq!(tlbs.depths(0).misses_with(2), 4);
        assert_eq!(tlbs.depths(1).misses_with(1), 6);
        assert_eq!(tlbs.depths(2).misses_with(1), 3);
    }

    #[test]
    fn a_larger_page_takes_the_place_of_those_inside_it() {
        let mut tlbs = Translations::new(2);
        let leaf = Some(Leaf { dirty: false, global: false });
        let large = Answer::Page { inside: 9, leaf };
        tlbs.answered(load(1), CLEAN);
        tlbs.fenced(Fence { va: Some(1), asid: Some(1) });
        tlbs.answered(load(2), CLEAN);
        tlbs.answered(load(511), large);
        for vpn in [2, 1, 300] {
            tlbs.answered(load(vpn), large);
        }
        assert_eq!(tlbs.depths(0).misses(), [6, 3]);
        assert!(tlbs.has_large());
        tlbs.answered(load(512), CLEAN);
        tlbs.answered(Use { space: 2, ..load(1) }, CLEAN);
        assert_eq!(tlbs.depths(0).misses_with(9), 5);
    }

    #[test]
    fn global_pages_serve_every_space_and_pass_its_fences() {
        let mut tlbs = Translations::new(2);
        let global = Answer::Page { inside: 0, leaf: Some(Leaf { dirty: true, global: true }) };
        tlbs.answered(load(3), global);
        tlbs.fenced(Fence { va: None, asid: Some(1) });
        tlbs.fenced(Fence { va: Some(3), asid: Some(1) });
        tlbs.answered(Use { space: 9, vpn: 3, marks: true }, global);
        assert_eq!(tlbs.depths(0).misses_with(1), 1);
        tlbs.fenced(Fence { va: Some(3), asid: None });
        tlbs.answered(load(3), global);
        assert_eq!(tlbs.depths(0).misses_with(1), 2);
    }
}
