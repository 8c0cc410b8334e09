//! Tests of whole programs and of single instructions in their surroundings.
//!
//! | module | what is tested |
//! |---|---|
//! | `generate` | writes random programs |
//! | `paging` | translation, decoded instructions and memory together |
//! | `pauses` | that answers which come late change nothing |
//! | `privileged` | programs that change their privilege |
//! | `qemu` | the hart against QEMU, instruction by instruction |
//! | `rules` | the rules of the privileged specification |
//! | `state` | a hart that goes on from the state of another |

mod generate;
mod paging;
mod pauses;
mod privileged;
mod qemu;
mod rules;
mod state;

use crate::functional::{Functional, Ram};
use crate::{Config, Hart, Step};
use model::isa::{Privilege, Xlen};

/// A hart with a little memory.
struct Bench {
    hart: Hart,
    around: Functional<()>,
}

impl Bench {
    /// Where it begins.
    const CODE: u64 = 0x8000_0000;

    fn new(xlen: Xlen) -> Bench {
        Bench::with(Config::all(xlen, Bench::CODE))
    }

    fn with(config: Config) -> Bench {
        let ram = Ram::new(Bench::CODE, 1 << 20);
        let mut bench =
            Bench { hart: Hart::new(&config), around: Functional::new(&config, ram, ()) };
        // U- and S-mode may access everything.
        for (csr, value) in [(0x3b0, u64::MAX), (0x3a0, 0x1f)] {
            bench.hart.set_register(31, value);
            let back = bench.hart.pc();
            assert_eq!(bench.run(generate::csrrw(csr, 31)), Step::Retired);
            bench.hart.set_pc(back);
        }
        bench.hart.set_register(31, 0);
        bench
    }

    fn put(&mut self, pa: u64, words: &[u32]) {
        for (index, word) in words.iter().enumerate() {
            assert!(self.around.ram_mut().write(pa + 4 * index as u64, &word.to_le_bytes()));
        }
    }

    fn step(&mut self) -> Step {
        self.hart.step(&mut self.around)
    }

    /// Puts an instruction where the hart is, and executes it.
    fn run(&mut self, word: u32) -> Step {
        let pc = self.hart.pc();
        self.put(pc, &[word]);
        self.step()
    }

    /// The interrupt that is taken next, of those that lines and software signal, and by which mode.
    fn interrupt(
        &mut self,
        mode: Privilege,
        mstatus: u64,
        mideleg: u64,
        software: u64,
    ) -> Option<(u64, Privilege)> {
        let hart = &mut self.hart;
        (hart.privilege, hart.mideleg, hart.software_pending) = (mode, mideleg, software);
        hart.mie = u64::MAX;
        hart.mstatus |= mstatus;
        hart.refresh();
        let step = self.run(generate::addi(0, 0, 0));
        let trap = self.hart.trap().filter(|trap| step == Step::Trapped && trap.is_interrupt);
        trap.map(|trap| (trap.cause, trap.to))
    }
}
