//! A hart: an instruction-set simulator of RV32 and RV64 that pauses at every memory access.
//!
//! It implements I, M, A, F, D, C, Zicsr, Zifencei, Zicntr, Sstc, Svinval and the modes M, S and U,
//! as far as its [`Config`] says. It translates nothing and has no memory: of everything outside it
//! asks its [`Surroundings`].
//!
//! # The contract
//!
//! [`Hart::step`] executes one instruction, or takes one trap, or says why it cannot. In its course
//! it asks questions, each a method of [`Surroundings`]:
//!
//! 1. **Fetch.** The instruction at `pc`, decoded. How many bytes are fetched at a time, and whether
//!    anything is fetched ahead, is the surroundings' affair; so is keeping decoded instructions, by
//!    the physical address of their bits, until the bits are written.
//! 2. **Translate.** The physical address of each load and store. An access that is not aligned
//!    becomes several that are, and all are translated before the first is made.
//! 3. **Load, store, modify.** The access itself, at its physical address.
//! 4. **Fence.** `sfence.vma`, `sinval.vma`, `fence.i`.
//!
//! An answer may be *not yet* ([`Poll::Pending`](std::task::Poll)). The step then ends with
//! [`Step::Pending`], nothing that software can see has changed, and the next step asks the same
//! question again. So surroundings that work in clock cycles present a request when they are first
//! asked, let cycles pass between steps, and answer when the hardware has answered; surroundings
//! without time answer at once, and a step is then a plain function call. What was answered before
//! within the same instruction is not asked again.
//!
//! While an instruction waits, [`Hart::midway`] is that instruction, and what is fetched next is
//! known unless it faults: a pipeline may fetch ahead. Traps are precise: when one is taken,
//! everything before it is complete and nothing after it has begun. Interrupts are taken between
//! instructions only, never while one waits; a fetch that waits is given up for them.
//!
//! The surroundings tell the hart about lines ([`Hart::signal`]), the time ([`Hart::tick`], at least
//! whenever [`Hart::deadline`] has come), and other masters' writes
//! ([`Hart::written_by_others`]). The hart tells them of writes of `satp`, `menvcfg` and the PMP
//! registers ([`Control`]), which count for everything asked from then on. The context of an access
//! (privilege after MPRV, SUM, MXR) is in each request.
//!
//! # Example
//!
//! ```
//! use hart::{Config, Hart, Step};
//! use hart::functional::{Functional, Ram};
//! use model::isa::Xlen;
//!
//! let config = Config::all(Xlen::Rv64, 0x8000_0000);
//! let mut ram = Ram::new(0x8000_0000, 0x1000);
//! ram.write(0x8000_0000, &0x0015_0513_u32.to_le_bytes()); // addi a0,a0,1
//! let mut around = Functional::new(&config, ram, ());
//! let mut hart = Hart::new(&config);
//! assert_eq!(hart.step(&mut around), Step::Retired);
//! assert_eq!((hart.pc(), hart.register_value(10)), (0x8000_0004, 1));
//! ```
//!
//! # Modules
//!
//! | module | what it has |
//! |---|---|
//! | `config` | [`Config`]: what a hart implements |
//! | `surroundings` | [`Surroundings`]: what it asks |
//! | `instruction` | the tables of instructions, [`Decoder`] and text |
//! | `hart` | [`Hart`], a step, and the instructions of the base |
//! | `integer` | arithmetic |
//! | `memory` | loads, stores, atomic operations, fences |
//! | `float` | floating-point arithmetic |
//! | `floating` | the instructions that use it |
//! | `csr` | control and status registers |
//! | `status` | the fields of `mstatus` |
//! | [`HartState`] (`state`) | all registers, to go on from later |
//! | `trap` | exceptions, interrupts, returns |
//! | [`functional`] | surroundings without time: RAM, and an MMU in software |

mod config;
mod csr;
mod float;
mod floating;
pub mod functional;
mod hart;
mod instruction;
mod integer;
mod memory;
mod state;
mod status;
mod surroundings;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tools;
mod trap;

pub use config::{Config, Misaligned};
pub use hart::{Hart, Step};
pub use instruction::{Code, Decoder, Op, Operands};
pub use state::{HartState, OtherHart};
pub use surroundings::{Control, Modify, Refused, Surroundings};
pub use trap::{Interrupt, Trap};
