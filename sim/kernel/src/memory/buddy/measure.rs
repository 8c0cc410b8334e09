//! How much memory is free, in blocks of which sizes, and how fragmented it is.

use super::Buddy;
use rand::Rng;
use rand::seq::SliceRandom;

impl Buddy {
    /// Free frames in blocks of all orders.
    pub fn free(&self) -> u64 {
        self.census().iter().zip(0..).map(|(blocks, order)| blocks << order).sum()
    }

    /// Free blocks of each order, from order 0.
    pub fn census(&self) -> Vec<u64> {
        self.free.iter().map(|blocks| blocks.len() as u64).collect()
    }

    /// Every free block as (first frame, order), by order and address.
    pub fn free_blocks(&self) -> impl Iterator<Item = (u64, u32)> {
        let orders = self.free.iter().zip(0..);
        orders.flat_map(|(blocks, order)| blocks.iter().map(move |frame| (*frame, order)))
    }

    /// The lowest free frame whose number is `colour` modulo `colours`; `None` if there is none.
    pub fn lowest_of(&self, colour: u64, colours: u64) -> Option<u64> {
        let first = |(base, order): (u64, u32)| {
            let frame = base + (colour + colours - base % colours) % colours;
            (frame < base + (1 << order)).then_some(frame)
        };
        self.free_blocks().filter_map(first).min()
    }

    /// The n-th free frame, from 0, in the order of [`Buddy::free_blocks`].
    pub fn nth_free(&self, n: u64) -> Option<u64> {
        let mut left = n;
        for (base, order) in self.free_blocks() {
            if left < 1 << order {
                return Some(base + left);
            }
            left -= 1 << order;
        }
        None
    }

    /// The order of the largest free block; `None` when nothing is free.
    pub fn largest_free(&self) -> Option<u32> {
        (0..=self.max_order()).rev().find(|&order| !self.free[order as usize].is_empty())
    }

    /// Gorman's unusable free space index: the part of free memory that cannot serve a request of
    /// this order, from 0 (all of it can) to 1 (none). 0 when nothing is free.
    pub fn unusable_free_index(&self, order: u32) -> f64 {
        let free = self.free();
        let usable: u64 = self.free_blocks().filter(|b| b.1 >= order).map(|b| 1 << b.1).sum();
        if free == 0 { 0.0 } else { (free - usable) as f64 / free as f64 }
    }

    /// Gorman's fragmentation index: why a request of this order fails. Towards 0 for lack of
    /// memory, towards 1 because of fragmentation; `None` when it would not fail.
    pub fn fragmentation_index(&self, order: u32) -> Option<f64> {
        if self.largest_free().is_some_and(|largest| largest >= order) {
            return None;
        }
        let blocks: u64 = self.census().iter().sum();
        if blocks == 0 {
            return Some(0.0);
        }
        let requests = self.free() as f64 / 2_f64.powi(order as i32);
        Some(1.0 - (1.0 + requests) / blocks as f64)
    }

    /// Fragments free memory until at least the part `target` (0 to 1) of it cannot serve requests
    /// of `order`: allocates the lowest frame of one block of that order after the other, in an
    /// order drawn from `generator`. Returns the allocated frames (blocks of order 0): fewer than
    /// needed when memory has no such block left; none for order 0, which cannot be fragmented.
    pub fn fragment(&mut self, order: u32, target: f64, generator: &mut impl Rng) -> Vec<u64> {
        if order == 0 {
            return Vec::new();
        }
        let whole = self.free_blocks().filter(|(_, n)| *n >= order);
        let mut blocks: Vec<u64> = whole
            .flat_map(|(frame, n)| {
                (0..1_u64 << (n - order)).map(move |part| frame + (part << order))
            })
            .collect();
        blocks.shuffle(generator);
        let mut held = Vec::new();
        for block in blocks {
            if self.unusable_free_index(order) >= target {
                break;
            }
            if self.take(block, 0) {
                held.push(block);
            }
        }
        held
    }
}
