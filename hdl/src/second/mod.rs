//! The second-level TLB: many entries in block RAM, for both ports.
//!
//! | block | does |
//! |---|---|
//! | [`SecondLevel`] | looks up misses one after the other; a bank for each page size (`level`) |
//! | [`Bank`] | the sets of one page size: lookup, write, fence |
//! | [`BankWay`], [`Kept`] | one way of all sets: its RAM and its comparator; what an entry keeps (`way`) |
//! | [`SecondShape`] | how large it is (`shape`) |

mod bank;
mod level;
mod shape;
mod way;

pub use bank::Bank;
pub use level::SecondLevel;
pub use shape::SecondShape;
pub use way::{BankWay, Kept};
