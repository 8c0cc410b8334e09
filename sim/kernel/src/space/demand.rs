//! Regions of programs of which only the accesses are known, such as recorded traces.
//!
//! The first access to a page decides its kind, since a trace from standard input cannot be read
//! ahead: a fetch makes it text, loaded from the image; a load or store near the stack makes it
//! stack, zero; any other load makes it data, loaded from the image, since a value that is read
//! before it is written was there before; any other store makes it heap, zero. The stack is at the
//! first store, since programs begin by pushing. A later access of a kind that the page does not
//! allow widens its permissions.

use crate::AddressSpace;
use crate::space::{Backing, Image, Region, RegionKind};
use model::isa::{Access, PAGE_BYTES};

/// How far below the first store the stack reaches: the usual limit of a stack.
const STACK_BELOW: u64 = 8 << 20;
/// How far above it: the arguments and the environment.
const STACK_ABOVE: u64 = 1 << 20;

impl AddressSpace {
    /// Makes a region for an access: one page, or the growth of a neighbour.
    pub(crate) fn appear(&mut self, image: Image, va: u64, access: Access) {
        let start = va / PAGE_BYTES * PAGE_BYTES;
        if access == Access::Store && self.stack.is_none() {
            self.stack = Some(start);
        }
        let near_stack = self.stack.is_some_and(|stack| {
            (stack.saturating_sub(STACK_BELOW)..=stack.saturating_add(STACK_ABOVE)).contains(&start)
        });
        let kind = match access {
            Access::Fetch => RegionKind::Text,
            _ if near_stack => RegionKind::Stack,
            Access::Load | Access::CacheBlock => RegionKind::Data,
            Access::Store => RegionKind::Heap,
        };
        self.insert_page(image, start, kind);
    }

    /// Adds a page, joined with the regions of the same kind on both sides.
    fn insert_page(&mut self, image: Image, start: u64, kind: RegionKind) {
        let mut first = start;
        let mut end = start.saturating_add(PAGE_BYTES);
        let before = self.regions.range(..start).next_back().map(|(_, region)| region);
        if let Some(before) = before.filter(|r| r.kind == kind && r.end == start) {
            first = before.start;
        }
        if self.regions.get(&end).is_some_and(|after| after.kind == kind) {
            end = self.regions.remove(&end).map_or(end, |after| after.end);
        }
        // The file's offset is the address itself, so joining regions changes no offset.
        let backing = match kind.from_image() {
            true => Backing::File { file: image.file, offset: first },
            false => Backing::Zero,
        };
        let permissions = kind.permissions();
        let name = kind.name().to_owned();
        let region = Region {
            name,
            kind,
            start: first,
            end,
            lowest: first,
            highest: end,
            permissions,
            backing,
            object: kind.from_image().then_some(image.object),
            first: first / PAGE_BYTES,
            shared: false,
            locked: false,
        };
        self.regions.insert(first, region);
    }
}
