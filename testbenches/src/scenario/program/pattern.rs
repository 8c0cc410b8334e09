//! Which parts of a region, in which order: pages, elements of an array, a matrix.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Part of a list of pages or elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// From the first to the second, both included as far as the step hits them.
    Range { from: i64, to: i64, step: u64 },
    /// So many, drawn evenly.
    Random { count: u64, from: i64, to: i64, seed: u64 },
}

/// The order in which a matrix, stored row after row, is gone through.
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

    /// The places as addresses; `turn` makes random ones differ between repetitions.
    pub(super) fn addresses(&self, start: u64, turn: u64) -> Box<dyn Iterator<Item = u64>> {
        let (unit, first) = (self.unit, start.wrapping_add(self.offset));
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
