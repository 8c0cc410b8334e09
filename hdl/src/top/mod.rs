//! The two tops: ports, schemes and walks wired together.
//!
//! | file | does |
//! |---|---|
//! | `ports` | the ports of both tops, and the blocks behind them |
//! | `wiring` | how those blocks are connected |
//! | `tells` | ... to what tells of the answers: fault port, trace pins, status, events |

#[macro_use]
mod ports;
#[macro_use]
mod tells;
#[macro_use]
mod wiring;

use crate::Organisation;
use crate::fault::HeldFault;
use crate::flags::{AccessContext, Leaf};
use crate::pmp::{Protection, SingleProtection, constants, list};
use crate::port::Port;
use crate::scheme::{Scheme32, Scheme64};
use crate::second::SecondLevel;
use crate::tlb::{SameWord, Shape};
use crate::trace::PortTrace;
use crate::walker::Walks;
use rust_hdl::prelude::*;

mmu_ports!(
    /// The RV32 MMU: Bare and Sv32, 34-bit physical addresses, 9-bit ASIDs.
    Rv32Mmu, Scheme32, 32, 20, 22, 34, 32, 9, 29
);

mmu_ports!(
    /// The RV64 MMU: Bare, Sv39, Sv48 and Sv57 chosen by `satp.MODE` at run time, 56-bit physical
    /// addresses, 16-bit ASIDs.
    Rv64Mmu, Scheme64, 64, 45, 44, 56, 54, 16, 61
);

mmu_wiring!(Rv32Mmu, 32, 20, 22, 34, 9);
mmu_wiring!(Rv64Mmu, 64, 45, 44, 56, 16);
