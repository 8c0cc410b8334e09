//! The translation ports, and values that exist once per port.

use crate::isa::Access;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Index, IndexMut};
use strum::IntoStaticStr;

/// A translation port of the MMU. A value that exists once for each port is a [`PerPort`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, IntoStaticStr, Serialize, Deserialize,
)]
#[strum(serialize_all = "lowercase")]
pub enum Port {
    /// Instruction fetches.
    Fetch,
    /// Loads and stores.
    Data,
}

impl Port {
    /// How many there are.
    pub const COUNT: usize = 2;

    /// All of them, by number.
    pub const ALL: [Port; Port::COUNT] = [Port::Fetch, Port::Data];

    /// The port for an access.
    #[inline]
    pub fn of(access: Access) -> Port {
        if access == Access::Fetch { Port::Fetch } else { Port::Data }
    }

    /// `fetch` or `data`.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One value for each port, in the order of [`Port::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct PerPort<T>(pub [T; Port::COUNT]);

impl<T> PerPort<T> {
    /// Makes each port's value.
    pub fn from_fn(mut make: impl FnMut(Port) -> T) -> PerPort<T> {
        PerPort(Port::ALL.map(&mut make))
    }

    /// Maps each value.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> PerPort<U> {
        PerPort(self.0.map(change))
    }

    /// Ports and values.
    pub fn iter(&self) -> impl Iterator<Item = (Port, &T)> {
        Port::ALL.into_iter().zip(&self.0)
    }

    /// Ports and values, mutable.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Port, &mut T)> {
        Port::ALL.into_iter().zip(&mut self.0)
    }

    /// The values.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}

impl<T: Default> PerPort<T> {
    /// This value on one port, the default on the others.
    pub fn only(port: Port, value: T) -> PerPort<T> {
        let mut all = PerPort(Port::ALL.map(|_| T::default()));
        all[port] = value;
        all
    }
}

impl<T> IntoIterator for PerPort<T> {
    type Item = (Port, T);
    type IntoIter = std::iter::Zip<
        std::array::IntoIter<Port, { Port::COUNT }>,
        std::array::IntoIter<T, { Port::COUNT }>,
    >;

    fn into_iter(self) -> Self::IntoIter {
        Port::ALL.into_iter().zip(self.0)
    }
}

impl<T> Index<Port> for PerPort<T> {
    type Output = T;

    #[inline]
    fn index(&self, port: Port) -> &T {
        &self.0[port as usize]
    }
}

impl<T> IndexMut<Port> for PerPort<T> {
    #[inline]
    fn index_mut(&mut self, port: Port) -> &mut T {
        &mut self.0[port as usize]
    }
}
