//! The frame allocator: the use of every frame of physical memory.

use super::Placement;
use crate::{Buddy, PageId, Pid};
use model::isa::PAGE_BYTES;

/// The order of the largest free blocks: a superpage of Sv32.
const LARGEST: u32 = 10;

/// What a frame is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Low memory that the kernel reserves for itself.
    Kernel,
    /// Memory reserved at boot, for a device or for firmware.
    Reserved,
    /// Nothing.
    Free,
    /// A page table of this process.
    Table(Pid),
    /// A page.
    Page(PageId),
}

/// A frame that is wanted for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The use.
    pub purpose: Use,
    /// The virtual page whose frame it will be, which may decide about its place.
    pub vpn: Option<u64>,
}

impl Use {
    /// A frame for this virtual page.
    pub fn at(self, vpn: u64) -> Wanted {
        Wanted { purpose: self, vpn: Some(vpn) }
    }
}

impl From<Use> for Wanted {
    /// Any frame will do.
    fn from(purpose: Use) -> Wanted {
        Wanted { purpose, vpn: None }
    }
}

/// The number of frames in each use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the uses, counted")]
pub struct Census {
    pub kernel: u64,
    pub reserved: u64,
    pub free: u64,
    pub tables: u64,
    pub pages: u64,
}

/// All frames of physical memory. A frame is named by its physical page number.
#[derive(Debug)]
pub struct Frames {
    first: u64,
    /// Frames of the kernel, and reserved ones.
    kept: u64,
    uses: Vec<Use>,
    /// The free frames.
    buddy: Buddy,
    free: u64,
    /// The most frames that tables and pages together ever occupied.
    peak: u64,
    tables: u64,
    /// The most frames that tables ever occupied.
    peak_tables: u64,
    /// Where pages are placed; `None`: anywhere.
    placement: Option<Placement>,
}

impl Frames {
    /// `total` frames from physical address `base` on, the lowest `kernel` of them the kernel's,
    /// and the `reserved` ranges (first frame counted from the lowest, number) not used.
    pub fn new(base: u64, total: u64, kernel: u64, reserved: &[[u64; 2]]) -> Frames {
        let first = base / PAGE_BYTES;
        let is_reserved =
            |n: u64| reserved.iter().any(|&[from, count]| n >= from && n - from < count);
        let purpose = |n: u64| match n {
            _ if n < kernel => Use::Kernel,
            _ if is_reserved(n) => Use::Reserved,
            _ => Use::Free,
        };
        let uses: Vec<Use> = (0..total).map(purpose).collect();
        let mut buddy = Buddy::new(first, total, LARGEST);
        let taken = (0..total).filter(|&n| uses[n as usize] != Use::Free);
        let kept = taken.filter(|n| buddy.take(first + n, 0)).count() as u64;
        let (free, placement) = (total - kept, None);
        Frames { first, kept, uses, buddy, free, peak: 0, tables: 0, peak_tables: 0, placement }
    }

    /// With a choice of frames for pages.
    pub fn placing(self, placement: Placement) -> Frames {
        Frames { placement: Some(placement), ..self }
    }

    /// Allocates a free frame: for a page one that the placement chooses, else the lowest of the
    /// smallest blocks. `None` when there is none.
    pub fn allocate(&mut self, wanted: impl Into<Wanted>) -> Option<u64> {
        let Wanted { purpose, vpn } = wanted.into();
        let placement = self.placement.as_mut().zip(vpn);
        let chosen = placement.and_then(|(placement, vpn)| placement.choose(vpn, &self.buddy));
        match chosen.filter(|frame| self.buddy.take(*frame, 0)) {
            Some(frame) => {
                self.allocated(frame, 0, purpose);
                Some(frame)
            }
            None => self.allocate_run(0, purpose),
        }
    }

    /// Allocates 2^order contiguous frames, aligned to their number; each can be freed alone.
    /// `None` where no such run is free.
    pub fn allocate_run(&mut self, order: u32, purpose: Use) -> Option<u64> {
        let frame = self.buddy.allocate(order)?;
        if order > 0 {
            self.buddy.split(frame, order, 0).expect("it was just handed out");
        }
        self.allocated(frame, order, purpose);
        Some(frame)
    }

    /// Accounts for a run that was taken from the free ones.
    fn allocated(&mut self, frame: u64, order: u32, purpose: Use) {
        self.free -= 1 << order;
        (frame..frame + (1 << order)).for_each(|frame| self.assign(frame, purpose));
        self.peak = self.peak.max(self.in_use());
    }

    /// Changes the use of a frame that is in use.
    pub fn assign(&mut self, frame: u64, purpose: Use) {
        let held = std::mem::replace(&mut self.uses[(frame - self.first) as usize], purpose);
        self.tables -= u64::from(matches!(held, Use::Table(_)));
        self.tables += u64::from(matches!(purpose, Use::Table(_)));
        self.peak_tables = self.peak_tables.max(self.tables);
    }

    /// Frees a frame.
    pub fn release(&mut self, frame: u64) {
        if self.buddy.release(frame, 0).is_ok() {
            self.assign(frame, Use::Free);
            self.free += 1;
        } else {
            debug_assert!(false, "frame {frame:#x} was given back, but was free");
        }
    }

    /// What a frame is used for; `None` outside memory.
    pub fn usage(&self, frame: u64) -> Option<Use> {
        self.uses.get(frame.checked_sub(self.first)? as usize).copied()
    }

    /// Frames of tables and pages.
    pub fn in_use(&self) -> u64 {
        self.uses.len() as u64 - self.free - self.kept
    }

    /// Free frames.
    pub fn free(&self) -> u64 {
        self.free
    }

    /// The free blocks, with measures of their fragmentation.
    pub fn buddy(&self) -> &Buddy {
        &self.buddy
    }

    /// All frames.
    pub fn total(&self) -> u64 {
        self.uses.len() as u64
    }

    /// The most frames that tables and pages together ever occupied.
    pub fn peak(&self) -> u64 {
        self.peak
    }

    /// The most frames that page tables ever occupied.
    pub fn peak_tables(&self) -> u64 {
        self.peak_tables
    }

    /// The first frame's physical page number.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Counts the uses one by one, for comparison with the accounts.
    pub fn census(&self) -> Census {
        let mut census = Census { free: self.free, ..Census::default() };
        for held in &self.uses {
            match held {
                Use::Kernel => census.kernel += 1,
                Use::Reserved => census.reserved += 1,
                Use::Table(_) => census.tables += 1,
                Use::Page(_) => census.pages += 1,
                Use::Free => {}
            }
        }
        census
    }
}

/// A set of frames, quick to ask and to empty.
#[derive(Debug)]
pub struct FrameSet {
    first: u64,
    members: Vec<u64>,
    /// By frame, from the first on.
    is_member: Vec<bool>,
}

impl FrameSet {
    /// None of `total` frames from physical address `base` on.
    pub fn new(base: u64, total: u64) -> FrameSet {
        let is_member = vec![false; total as usize];
        FrameSet { first: base / PAGE_BYTES, members: Vec::new(), is_member }
    }

    /// Adds a frame.
    pub fn insert(&mut self, frame: u64) {
        let is_member = &mut self.is_member[(frame - self.first) as usize];
        if !std::mem::replace(is_member, true) {
            self.members.push(frame);
        }
    }

    /// Whether a frame is among them.
    pub fn contains(&self, frame: u64) -> bool {
        self.is_member[(frame - self.first) as usize]
    }

    /// Removes all.
    pub fn clear(&mut self) {
        for frame in self.members.drain(..) {
            self.is_member[(frame - self.first) as usize] = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn low_frames_stay_the_kernels_and_the_rest_come_in_order() {
        let page = |n| Use::Page(PageId(n));
        let mut frames = Frames::new(0x8000_0000, 6, 2, &[[4, 1], [5, u64::MAX]]);
        assert_eq!(frames.allocate(Use::Table(1)), Some(0x80002));
        assert_eq!(frames.allocate(page(7)), Some(0x80003));
        assert_eq!(frames.allocate(page(8)), None);
        frames.release(0x80002);
        assert_eq!(frames.usage(0x80002), Some(Use::Free));
        assert_eq!(frames.usage(0x80000), Some(Use::Kernel));
        assert_eq!(frames.usage(0x80004), Some(Use::Reserved));
        assert_eq!((frames.in_use(), frames.peak(), frames.free()), (1, 2, 1));
        assert_eq!(
            frames.census(),
            Census { kernel: 2, reserved: 2, free: 1, tables: 0, pages: 1 }
        );
    }
}
