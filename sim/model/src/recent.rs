//! A small cache in front of a slower map.

use std::cell::Cell;

/// A direct-mapped cache of `N` values by key, in front of a slower map. The values must be `Copy`,
/// and each may be dropped at any time; the map behind it is authoritative.
#[derive(Clone, Debug)]
pub struct Recent<V: Copy, const N: usize>([Cell<Option<(u64, V)>>; N]);

impl<V: Copy, const N: usize> Recent<V, N> {
    /// The value of a key, if it is cached.
    #[inline]
    pub fn get(&self, key: u64) -> Option<V> {
        let (known, value) = self.line(key).get()?;
        (known == key).then_some(value)
    }

    /// Caches the value of a key, displacing another.
    #[inline]
    pub fn put(&self, key: u64, value: V) {
        self.line(key).set(Some((key, value)));
    }

    /// Drops everything.
    pub fn clear(&self) {
        self.0.iter().for_each(|line| line.set(None));
    }

    #[inline]
    fn line(&self, key: u64) -> &Cell<Option<(u64, V)>> {
        &self.0[key as usize % N]
    }
}

impl<V: Copy, const N: usize> Default for Recent<V, N> {
    fn default() -> Recent<V, N> {
        Recent(std::array::from_fn(|_| Cell::new(None)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_the_last_of_its_keys() {
        let recent = Recent::<u32, 4>::default();
        recent.put(1, 10);
        recent.put(2, 20);
        assert_eq!((recent.get(1), recent.get(2), recent.get(5)), (Some(10), Some(20), None));
        recent.put(5, 50);
        assert_eq!((recent.get(1), recent.get(2), recent.get(5)), (None, Some(20), Some(50)));
        recent.clear();
        assert_eq!((recent.get(2), recent.get(5)), (None, None));
    }
}
