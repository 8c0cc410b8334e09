//! The kernel's walks through page tables, which mostly pass through the same upper tables.
//!
//! If the entries above a table of the lowest level have not changed since a walk passed them, the
//! next one begins at that table. It counts as many reads as if it had begun at the root.

use arrayvec::ArrayVec;
use kernel::space::table::Walk;
use model::bus::SharedMemory;
use model::golden::PteSource;
use model::isa::PAGE_BYTES;
use model::recent::Recent;

/// The end of the upper part of a walk.
#[derive(Clone, Copy, Debug)]
struct Upper {
    /// The address of its first entry, in the root table.
    root: u64,
    /// Its last entry: a pointer to a table of the lowest level.
    pointer: u64,
    /// [`PteSource::version`] when these were read; all of them are watched.
    version: u64,
}

/// The upper parts of recent walks, by root table and the pages below.
#[derive(Debug, Default)]
pub(super) struct Walks(Recent<Upper, 256>);

impl Walks {
    /// Performs the reads of a walk. Returns how many they are, and the last entry read, or where
    /// memory refused.
    #[inline]
    pub(super) fn walk(&self, walk: &mut Walk, memory: &SharedMemory) -> (u64, Result<u64, u64>) {
        let (root, levels) = (walk.at(), walk.level());
        let key = walk.region() ^ (root / PAGE_BYTES * 5);
        let known = self.0.get(key).filter(|known| {
            known.root == root && known.version == memory.version() && walk.ends_low()
        });
        let Some(Upper { pointer, .. }) = known else { return self.whole(walk, memory, key) };
        let whole = *walk;
        let mut read = (u64::from(levels), Ok(pointer));
        if walk.pass_to_lowest(pointer) {
            let entry = memory.read(walk.at(), walk.bytes());
            read = (read.0 + 1, entry.map_err(|_| walk.at()));
        }
        debug_assert_eq!(read, self.whole(&mut whole.clone(), memory, key), "tables kept quiet");
        read
    }

    /// The same, from the root on; its upper part is kept if it is complete.
    fn whole(&self, walk: &mut Walk, memory: &SharedMemory, key: u64) -> (u64, Result<u64, u64>) {
        let (root, bytes) = (walk.at(), walk.bytes());
        let mut upper = ArrayVec::<(u64, u64), 4>::new();
        let mut words = 0;
        let last = loop {
            let at = walk.at();
            words += 1;
            let Ok(entry) = memory.read(at, bytes) else { break Err(at) };
            if walk.level() > 0 {
                upper.push((at, entry));
            }
            if !walk.follow(entry) {
                break Ok(entry);
            }
        };
        let watched = |(at, _): &(u64, u64)| memory.watch(*at, bytes.into());
        if walk.level() == 0
            && let Some(&(_, pointer)) = upper.last()
            && upper.iter().all(watched)
        {
            self.0.put(key, Upper { root, pointer, version: memory.version() });
        }
        (words, last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::isa::{Mode, pte};

    /// Two tables below a root in the first frame, and the entry of page 5 in the last.
    const ROOT: u64 = 0x8_0000;

    fn tables() -> SharedMemory {
        let memory = SharedMemory::with_ram(ROOT * PAGE_BYTES..(ROOT + 8) * PAGE_BYTES).unwrap();
        point(&memory, ROOT, 0, ROOT + 1);
        point(&memory, ROOT + 1, 0, ROOT + 2);
        point(&memory, ROOT + 2, 5, 0x1234);
        memory
    }

    fn point(memory: &SharedMemory, table: u64, index: u64, to: u64) {
        let at = table * PAGE_BYTES + 8 * index;
        memory.write(at, 8, pte::entry(to, pte::VALID)).unwrap();
    }

    /// The frame in the entry of page 5.
    fn read(walks: &Walks, memory: &SharedMemory) -> (u64, Result<u64, u64>) {
        let mut walk = Walk::new(Mode::Sv39, ROOT, 5, 0);
        let (words, entry) = walks.walk(&mut walk, memory);
        (words, entry.map(|entry| pte::ppn(Mode::Sv39, entry)))
    }

    #[test]
    fn every_change_of_a_table_is_seen() {
        let (walks, memory) = (Walks::default(), tables());
        for _ in 0..3 {
            assert_eq!(read(&walks, &memory), (3, Ok(0x1234)));
        }
        point(&memory, ROOT + 2, 5, 0x4321);
        assert_eq!(read(&walks, &memory), (3, Ok(0x4321)));
        point(&memory, ROOT + 3, 5, 0x1111);
        point(&memory, ROOT + 1, 0, ROOT + 3);
        assert_eq!(read(&walks, &memory), (3, Ok(0x1111)));
        point(&memory, ROOT + 4, 0, ROOT + 2);
        point(&memory, ROOT, 0, ROOT + 4);
        assert_eq!(read(&walks, &memory), (3, Ok(0x4321)));
        memory.write(ROOT * PAGE_BYTES, 8, 0).unwrap();
        assert_eq!(read(&walks, &memory), (1, Ok(0)));
    }

    #[test]
    fn one_that_finds_the_entry_does_not_read_it() {
        let (walks, memory) = (Walks::default(), tables());
        for _ in 0..2 {
            let mut walk = Walk::new(Mode::Sv39, ROOT, 5, 1);
            let (words, last) = walks.walk(&mut walk, &memory);
            assert_eq!((words, last), (2, Ok(pte::entry(ROOT + 2, pte::VALID))));
            assert_eq!(walk.at(), (ROOT + 2) * PAGE_BYTES + 40);
        }
    }

    #[test]
    fn memory_that_refuses_is_named() {
        let (walks, memory) = (Walks::default(), tables());
        point(&memory, ROOT + 1, 0, 7);
        for _ in 0..2 {
            assert_eq!(read(&walks, &memory), (3, Err(7 * PAGE_BYTES + 40)));
        }
    }
}
