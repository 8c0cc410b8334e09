//! The accessed parts of a region and their order: pages, elements of an array, a matrix.

use model::isa::PAGE_BYTES;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Part of a list of pages or elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// From the first to the second, both included if the step reaches them.
    Range { from: i64, to: i64, step: u64 },
    /// `count` of them, drawn uniformly.
    Random { count: u64, from: i64, to: i64, seed: u64 },
}

/// The order of accesses to a matrix that is stored row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Rows,
    Columns,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Items(Vec<Item>),
    Matrix { order: Order, rows: u64, columns: u64 },
}

/// Places in a region. Place `n` begins `n * unit + offset` bytes after the region's start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) shape: Shape,
    pub(super) unit: u64,
    pub(super) offset: u64,
}

impl Pattern {
    /// How many places there are.
    pub(super) fn count(&self) -> u64 {
        let item = |item: &Item| match *item {
            Item::Range { from, to, step } => (from.abs_diff(to) / step).saturating_add(1),
            Item::Random { count, .. } => count,
        };
        match &self.shape {
            Shape::Items(items) => items.iter().map(item).fold(0, u64::saturating_add),
            Shape::Matrix { rows, columns, .. } => rows.saturating_mul(*columns),
        }
    }

    /// The lowest and the highest place.
    fn ends(&self) -> [i64; 2] {
        match &self.shape {
            Shape::Items(items) => {
                let ends = items.iter().flat_map(|item| match *item {
                    Item::Range { from, to, .. } | Item::Random { from, to, .. } => [from, to],
                });
                let (low, high) = (ends.clone().min(), ends.max());
                [low.unwrap_or_default(), high.unwrap_or_default()]
            }
            // A line of a program has fewer steps than this can hold.
            Shape::Matrix { .. } => [0, self.count().saturating_sub(1) as i64],
        }
    }

    /// Checks that every place has an address, and `bytes` bytes after it, in a region `name` that
    /// begins at `start`: addresses go up to `last`.
    ///
    /// # Errors
    /// A sentence that names the first place without an address.
    pub(super) fn check(
        &self,
        name: &str,
        start: u64,
        bytes: u64,
        last: u64,
    ) -> Result<(), String> {
        for place in self.ends() {
            let inside = i128::from(place) * i128::from(self.unit) + i128::from(self.offset);
            let first = i128::from(start) + inside;
            if first < 0 || first + i128::from(bytes) - 1 > i128::from(last) {
                let what = if self.unit == PAGE_BYTES { "page" } else { "element" };
                return Err(format!(
                    "{what} {place} of `{name}` is out of range: addresses go from 0 to {last:#x}"
                ));
            }
        }
        Ok(())
    }

    /// The places as addresses; `turn` makes random ones differ between repetitions. They must have
    /// been checked.
    pub(super) fn addresses(&self, start: u64, turn: u64) -> Box<dyn Iterator<Item = u64>> {
        let (unit, first) = (self.unit, start.wrapping_add(self.offset));
        // Modulo 2^64: parts of the sum may overflow, the sum does not.
        let address = move |index: i64| first.wrapping_add_signed(index.wrapping_mul(unit as i64));
        match &self.shape {
            Shape::Items(items) => {
                let places = items.clone().into_iter().flat_map(move |item| item.places(turn));
                Box::new(places.map(address))
            }
            Shape::Matrix { order, rows, columns } => {
                let (order, rows, columns) = (*order, *rows, *columns);
                let place = move |n: u64| match order {
                    Order::Rows => n,
                    Order::Columns => n % rows * columns + n / rows,
                };
                Box::new((0..rows * columns).map(move |n| address(place(n) as i64)))
            }
        }
    }
}

impl Item {
    fn places(self, turn: u64) -> Box<dyn Iterator<Item = i64>> {
        match self {
            Item::Range { from, to, step } => {
                let last = from.abs_diff(to) / step;
                let place = move |n: u64| {
                    let way = n.wrapping_mul(step) as i64;
                    if from <= to { from.wrapping_add(way) } else { from.wrapping_sub(way) }
                };
                Box::new((0..=last).map(place))
            }
            Item::Random { count, from, to, seed } => {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                random.set_stream(turn);
                let (low, high) = (from.min(to), from.max(to));
                Box::new((0..count).map(move |_| random.random_range(low..=high)))
            }
        }
    }
}
