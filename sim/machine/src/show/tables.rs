//! The words of page tables, found from their roots.

use super::{Hex, What};
use kernel::{PAGE_WORDS, PageData};
use model::bus::{Burst, SharedMemory};
use model::isa::{Mode, PAGE_BYTES, pte};
use rustc_hash::{FxHashMap, FxHashSet};

/// The most tables that are looked at: more are no picture.
const MOST: usize = 4096;

/// A table that is only a table of pointers has none of these set.
const LEAF: u64 = pte::READ | pte::WRITE | pte::EXECUTE;

/// The tables as they were told, by physical page number; words that were never told are 0.
#[derive(Debug, Default)]
pub(super) struct Tables(FxHashMap<u64, Box<PageData>>);

impl Tables {
    /// Tells the words below these roots that are different.
    pub(super) fn look(
        &mut self,
        roots: impl Iterator<Item = (Mode, u64)>,
        memory: &SharedMemory,
        by: &'static str,
        mut tell: impl FnMut(What),
    ) {
        let mut seen = FxHashSet::default();
        let mut data = [0; PAGE_WORDS];
        for (mode, root) in roots.filter(|(mode, _)| *mode != Mode::Bare) {
            let mut open = vec![(root, mode.levels() - 1)];
            while let Some((table, level)) = open.pop() {
                let pa = table.wrapping_mul(PAGE_BYTES);
                if seen.len() >= MOST || !seen.insert((table, level)) {
                    continue;
                }
                let read = memory.burst(&mut Burst::Read { pa, words: &mut data });
                if read.is_none() {
                    continue;
                }
                let told = self.0.entry(table).or_insert_with(|| Box::new([0; PAGE_WORDS]));
                for (index, new) in words(mode, &data).enumerate() {
                    if level > 0 && new & pte::VALID != 0 && new & LEAF == 0 {
                        open.push((pte::ppn(mode, new), level - 1));
                    }
                    let old = word(mode, told, index);
                    if old != new {
                        let pa = Hex(pa + index as u64 * mode.pte_bytes());
                        tell(What::Pte { pa, value: Hex(new), by });
                    }
                }
                told.copy_from_slice(&data);
            }
        }
    }

    /// A word was told otherwise.
    pub(super) fn told(&mut self, mode: Mode, pa: u64, value: u64) {
        let Some(told) = self.0.get_mut(&(pa / PAGE_BYTES)) else { return };
        let (word, shift) = ((pa % PAGE_BYTES / 8) as usize, pa % 8 * 8);
        let mask = match mode {
            Mode::Sv32 => 0xffff_ffff << shift,
            _ => u64::MAX,
        };
        told[word] = told[word] & !mask | value << shift & mask;
    }
}

/// The entries of a table.
fn words(mode: Mode, data: &PageData) -> impl Iterator<Item = u64> {
    let entries = (PAGE_BYTES / mode.pte_bytes()) as usize;
    (0..entries).map(move |index| word(mode, data, index))
}

fn word(mode: Mode, data: &PageData, index: usize) -> u64 {
    match mode {
        Mode::Sv32 => data[index / 2] >> (index % 2 * 32) & 0xffff_ffff,
        _ => data[index],
    }
}
