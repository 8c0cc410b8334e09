//! A hashed page table: buckets, each with a chain of entries.

use super::Mapping;

/// The table of a machine. A page's bucket is its number modulo the number of buckets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed {
    chains: Vec<Vec<Mapping>>,
}

impl Hashed {
    /// An empty table; at least one bucket.
    pub fn new(buckets: u64) -> Hashed {
        Hashed { chains: (0..buckets.max(1)).map(|_| Vec::new()).collect() }
    }

    /// The bucket of a page.
    pub fn bucket(&self, page: u64) -> usize {
        (page % self.chains.len() as u64) as usize
    }

    /// Adds a page at the end of its chain.
    pub fn add(&mut self, mapping: Mapping) {
        let bucket = self.bucket(mapping.page);
        self.chains[bucket].push(mapping);
    }

    /// The chain of each bucket.
    pub fn chains(&self) -> &[Vec<Mapping>] {
        &self.chains
    }

    /// Searches a page: the frame, and how many entries of its chain were read.
    pub fn search(&self, process: &str, page: u64) -> (Option<u64>, usize) {
        let chain = &self.chains[self.bucket(page)];
        let is_it = |entry: &Mapping| entry.process == process && entry.page == page;
        match chain.iter().position(is_it) {
            Some(place) => (Some(chain[place].frame), place + 1),
            None => (None, chain.len()),
        }
    }
}
