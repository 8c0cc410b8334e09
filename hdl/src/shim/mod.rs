//! Shims: how the MMU's ports meet memories and buses that other people have.
//!
//! Not part of the MMU. Each of them is a block of its own, and a file of its own when exported.
//! `docs/shims.md` says how to connect them.
//!
//! | block | does |
//! |---|---|
//! | [`SwapByLock`] | a compare-and-swap for memory that cannot do one: read, compare, write under a lock (`swap`) |
//! | [`NarrowAddress`] | 34 or 56 address bits on a bus with fewer: what is outside is refused (`narrow`) |
//! | [`Lanes`] | words on a bus of twice their width (`lanes`) |
//! | [`WalkerAccess`] | the walker's memory port as single bus accesses: the three above (`walker`) |
//! | [`DataAccess`] | a load or store: first the MMU's answer, then one bus access (`data`) |
//! | [`AxiHandshake`] | one bus access on the five channels of AXI (`axi`) |
//! | [`WalkerAxi4`], [`WalkerAxiLite`], [`WalkerWishbone`] | the walker on a bus (`axi4`, `axi_lite`, `wishbone`) |
//! | [`DataAxi4`], [`DataAxiLite`], [`DataWishbone`] | loads and stores on a bus (the same files) |
//!
//! Names of ports: towards the MMU its own (`mem_*`, `data_*`), towards the core `core_*`, towards a
//! bus those of its protocol in lower case (`m_axi_arvalid`, `wb_cyc_o`), and between blocks
//! `bus_*`, the plain port:
//!
//! - `bus_req_valid`, `bus_req_ready` with `addr`, `write`, `data`, `lock`: a stream. Valid does not
//!   wait for ready, and the payload holds until the transfer.
//! - `bus_resp_valid` with `data`, `error`, `locked`: a flow, one response for each request, in
//!   order.
//! - A write, and whatever is locked, is presented only while nothing else is in flight.

mod axi;
mod axi4;
mod axi_lite;
mod data;
mod lanes;
mod narrow;
mod swap;
mod walker;
mod wishbone;

pub use axi::AxiHandshake;
pub use axi_lite::{DataAxiLite, WalkerAxiLite};
pub use axi4::{DataAxi4, WalkerAxi4};
pub use data::DataAccess;
pub use lanes::Lanes;
pub use narrow::NarrowAddress;
pub use swap::SwapByLock;
pub use walker::WalkerAccess;
pub use wishbone::{DataWishbone, WalkerWishbone};
