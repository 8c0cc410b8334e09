//! What the pages of a recorded program are, inferred from the whole recording.
//!
//! A recording contains only addresses. The contents of a page are inferred from its use:
//!
//! | a page is | if |
//! |---|---|
//! | text, from a file | instructions are fetched from it |
//! | stack, zero | else, if it lies near the first store: programs begin by pushing |
//! | constants, from a file | else, if it is only ever read: a file must have put there what is read |
//! | data, from a file | else, if it is read before it is written, and lies above text and below bss |
//! | bss, zero | else, if it lies above text |
//! | heap, zero | else |
//!
//! "Above text" means at most 2 MiB above a page of text, since the parts of a program or a library
//! follow each other in that order.
//!
//! Pages of one kind form one region, across gaps that are never accessed. Known regions, such as
//! those of an ELF file, take precedence and are left as they are.

use super::{AHEAD, Access, Op, Program};
use kernel::{RegionKind, RegionSpec};
use model::isa::{self, PAGE_BYTES};
use model::recent::Recent;
use std::collections::BTreeMap;
use std::ops::Range;

/// How far below the first store the stack reaches: the usual limit of a stack.
const STACK_BELOW: u64 = (8 << 20) / PAGE_BYTES;
/// How far above it: the arguments and the environment.
const STACK_ABOVE: u64 = (1 << 20) / PAGE_BYTES;
/// Data and bss of a program or a library are no farther above its text than this.
const ABOVE_TEXT: u64 = (2 << 20) / PAGE_BYTES;
/// A wider gap between pages separates regions.
const GAP: u64 = (2 << 20) / PAGE_BYTES;

/// How a page is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Use {
    fetched: bool,
    stored: bool,
    /// Its first load or store is a store.
    stored_first: bool,
}

/// The pages of a recording.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// By page number.
    pages: BTreeMap<u64, Use>,
    /// The page of the first store.
    stack: Option<u64>,
    /// Pages that were recently accessed, in each way: another access to one of these is nothing
    /// new.
    lately: Recent<(), 64>,
}

impl Shape {
    /// Reads a program to its end, or to its first error, which running it will report; or until
    /// `go_on` is false.
    pub fn of(program: &mut dyn Program, go_on: impl Fn() -> bool) -> Shape {
        let mut shape = Shape::default();
        let mut touched = Vec::with_capacity(AHEAD + 1);
        while go_on() {
            touched.clear();
            program.touched(u64::MAX, &mut touched);
            if touched.is_empty() && !next(program, &mut touched) {
                break;
            }
            for access in &touched {
                access.pages().for_each(|vpn| shape.note(access.kind, vpn));
            }
        }
        shape
    }

    /// Records an access to a page.
    #[inline]
    fn note(&mut self, kind: isa::Access, vpn: u64) {
        let way = vpn << 2 | kind as u64;
        if self.lately.get(way).is_none() {
            self.lately.put(way, ());
            self.note_new(kind, vpn);
        }
    }

    fn note_new(&mut self, kind: isa::Access, vpn: u64) {
        let known = self.pages.get(&vpn).copied();
        let mut page = known.unwrap_or_default();
        match kind {
            isa::Access::Fetch => page.fetched = true,
            isa::Access::Load | isa::Access::CacheBlock => {}
            isa::Access::Store => {
                page.stored_first |= known.is_none();
                page.stored = true;
                self.stack.get_or_insert(vpn);
            }
        }
        self.pages.insert(vpn, page);
    }

    /// Whether instructions are fetched from these addresses.
    pub fn is_fetched(&self, addresses: &Range<u64>) -> bool {
        let pages = addresses.start / PAGE_BYTES..addresses.end.div_ceil(PAGE_BYTES);
        self.pages.range(pages).any(|(_, page)| page.fetched)
    }

    /// The regions of the pages that lie in none of the known ones, in ascending order.
    pub fn regions(&self, known: &[RegionSpec]) -> Vec<RegionSpec> {
        let known: Vec<Range<u64>> = known.iter().map(place).collect();
        let ends = known.iter().map(|place| place.end);
        let mut regions: Vec<RegionSpec> = Vec::new();
        let mut part = Part::Heap;
        let mut text = None;
        for (&vpn, page) in &self.pages {
            if page.fetched {
                (text, part) = (Some(vpn), Part::Data);
            } else if text.is_none_or(|text| vpn - text > ABOVE_TEXT) {
                part = Part::Heap;
            } else if page.stored_first {
                part = Part::Bss;
            }
            // An access to the null page kills the program.
            if vpn == 0 || known.iter().any(|place| place.contains(&vpn)) {
                continue;
            }
            let kind = self.kind(vpn, *page, part);
            if let Some(before) = regions.last_mut()
                && before.kind == kind
                && vpn - place(before).end <= GAP
                && !known.iter().any(|known| (place(before).end..vpn).contains(&known.start))
            {
                before.pages = vpn + 1 - before.start / PAGE_BYTES;
                continue;
            }
            let mut region = RegionSpec::new(kind, vpn * PAGE_BYTES, 1);
            // The place in the file is the address itself.
            region.offset = kind.from_image().then_some(vpn);
            let touches = |first: u64| place(&region).start == first;
            let above = regions.last().map(|before| place(before).end);
            if kind == RegionKind::Stack && above.into_iter().chain(ends.clone()).any(touches) {
                // There is no room for the guard page of a stack.
                (region.kind, region.name) = (RegionKind::Bss, Some("stack".to_owned()));
            }
            regions.push(region);
        }
        regions
    }

    fn kind(&self, vpn: u64, page: Use, part: Part) -> RegionKind {
        let stack = |top: u64| top.saturating_sub(STACK_BELOW)..=top.saturating_add(STACK_ABOVE);
        match (page, part) {
            (Use { fetched: true, .. }, _) => RegionKind::Text,
            _ if self.stack.is_some_and(|top| stack(top).contains(&vpn)) => RegionKind::Stack,
            (Use { stored: false, .. }, _) => RegionKind::Rodata,
            (_, Part::Data) => RegionKind::Data,
            (_, Part::Bss) => RegionKind::Bss,
            (_, Part::Heap) => RegionKind::Heap,
        }
    }
}

/// Reads a program as [`Shape::of`] does. `page` is called with the number of each page accessed,
/// in order; `false` ends the reading.
pub fn each_page(program: &mut dyn Program, mut page: impl FnMut(u64) -> bool) {
    let mut ahead = Vec::with_capacity(AHEAD + 1);
    loop {
        ahead.clear();
        program.accesses(u64::MAX, &mut ahead);
        if ahead.is_empty() && !next(program, &mut ahead) {
            return;
        }
        if !ahead.iter().flat_map(|access| access.pages()).all(&mut page) {
            return;
        }
    }
}

/// Reads a program's next step, and adds it if it is an access; `false` at the end, and after an
/// error.
fn next(program: &mut dyn Program, ahead: &mut Vec<Access>) -> bool {
    match program.next() {
        Some(Ok(Op::Access(access))) => ahead.push(access),
        Some(Ok(_)) => {}
        Some(Err(_)) | None => return false,
    }
    true
}

/// The part of a program that the walk up the address space has reached, judged by stores so far.
#[derive(Clone, Copy)]
enum Part {
    /// Above text; no page so far was written before it was read.
    Data,
    /// Above such a page.
    Bss,
    /// There is no text close below.
    Heap,
}

/// A region's page numbers.
fn place(region: &RegionSpec) -> Range<u64> {
    let first = region.start / PAGE_BYTES;
    first..first + region.pages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::{Lackey, Listed};
    use isa::Access::{Fetch, Load, Store};
    use kernel::scramble;
    use std::cell::Cell;
    use std::io::Cursor;
    use std::iter;

    fn shape(accesses: &[(isa::Access, u64)]) -> Shape {
        let op = |&(kind, va)| Op::Access(Access { kind, va, bytes: 8 });
        Shape::of(&mut Listed::new(accesses.iter().map(op)), || true)
    }

    fn told(shape: &Shape, known: &[RegionSpec]) -> Vec<(&'static str, u64, u64)> {
        let tell = |region: RegionSpec| (region.kind.name(), region.start, region.pages);
        shape.regions(known).into_iter().map(tell).collect()
    }

    /// A program at 0x400000, its heap far above, a file mapped at 0x7000000.
    const PROGRAM: [(isa::Access, u64); 16] = [
        (Load, 0x40_0040),
        (Fetch, 0x40_1000),
        (Store, 0x1f_feff_fff0),
        (Fetch, 0x40_4000),
        (Load, 0x1f_ff00_0100),
        (Load, 0x40_6000),
        (Load, 0x40_8010),
        (Store, 0x40_8010),
        (Store, 0x40_9000),
        (Load, 0x40_a000),
        (Store, 0x40_a000),
        (Load, 0x420_0000),
        (Store, 0x420_0000),
        (Store, 0x420_5000),
        (Load, 0x700_0000),
        (Load, 0x700_0ffc),
    ];

    #[test]
    fn each_page_is_what_its_use_says() {
        let expected = [
            ("rodata", 0x40_0000, 1),
            ("text", 0x40_1000, 4),
            ("rodata", 0x40_6000, 1),
            ("data", 0x40_8000, 1),
            ("bss", 0x40_9000, 2),
            ("heap", 0x420_0000, 6),
            ("rodata", 0x700_0000, 2),
            ("stack", 0x1f_feff_f000, 2),
        ];
        assert_eq!(told(&shape(&PROGRAM), &[]), expected);
    }

    #[test]
    fn what_is_known_stays_as_it_is() {
        let known = [RegionSpec::new(RegionKind::Data, 0x420_2000, 1)];
        let told = told(&shape(&PROGRAM), &known);
        let heaps: Vec<_> = told.iter().filter(|(kind, ..)| *kind == "heap").collect();
        assert_eq!(heaps, [&("heap", 0x420_0000, 1), &("heap", 0x420_5000, 1)]);
        let known = [RegionSpec::new(RegionKind::Bss, 0x420_0000, 6)];
        assert!(!told_kinds(&shape(&PROGRAM), &known).contains(&"heap"));
    }

    fn told_kinds(shape: &Shape, known: &[RegionSpec]) -> Vec<&'static str> {
        told(shape, known).into_iter().map(|(kind, ..)| kind).collect()
    }

    #[test]
    fn reading_can_be_ended() {
        let op = |&(kind, va)| Op::Access(Access { kind, va, bytes: 8 });
        let program = || Listed::new(PROGRAM.iter().map(op));
        let mut seen = Vec::new();
        each_page(&mut program(), |vpn| {
            seen.push(vpn);
            seen.len() < 2
        });
        assert_eq!(seen, [0x400, 0x401]);
        let left = Cell::new(3);
        let shape = Shape::of(&mut program(), || left.replace(left.get() - 1) > 1);
        assert_eq!(shape.pages.into_keys().collect::<Vec<_>>(), [0x400, 0x401]);
    }

    /// A recording leaves out only accesses that add nothing.
    #[test]
    fn the_shape_of_a_recording_is_that_of_all_its_accesses() {
        let mut text = String::new();
        for number in 0..20_000 {
            let random = scramble(number) as usize;
            let kind = ["I ", " L", " S", " M"][random % 4];
            // Some begin with the same digits as pages of others.
            let page = [0x400_0000, 0x401_a000, 0x41_0000, 0x1f_ff00_0000, 0x4_01a0_0000, 0xf000];
            let va = page[(random >> 8) % page.len()] + (random >> 16 & 0x3fff);
            let bytes = [1, 4, 8, 8, 16, 32, 4096, 8][random >> 32 & 7];
            text += &format!("{kind} {va:08x},{bytes}\n");
        }
        let recording = || Lackey::new("t", Box::new(Cursor::new(text.clone())));
        let mut program = recording();
        let accesses: Vec<_> = iter::from_fn(|| program.next()).map(Result::unwrap).collect();
        let all = Shape::of(&mut Listed::new(accesses), || true);
        let shape = Shape::of(&mut recording(), || true);
        assert_eq!((shape.pages, shape.stack), (all.pages, all.stack));
    }
}
