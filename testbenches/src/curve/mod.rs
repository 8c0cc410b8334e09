//! One pass, every size: miss-ratio curves by stack distance, of TLBs and of page frames, reuse
//! distances, and working sets.
//!
//! | part | what it is |
//! |---|---|
//! | [`stack`] | an LRU stack, with holes for what is removed |
//! | [`depths`] | how often each depth was used: the misses of every size |
//! | [`tap`] | the stream: what the ports of an MMU are asked, and what they answer |
//! | [`tlb`] | the TLBs of every size and number of sets behind a port |
//! | [`pages`] | a program's pages: frames, reuse distances, working sets |
//! | [`sheet`] | results as table, CSV, JSON and picture |

pub mod depths;
pub mod pages;
pub mod sheet;
pub mod stack;
pub mod tap;
pub mod tlb;
