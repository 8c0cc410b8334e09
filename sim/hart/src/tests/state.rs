//! A hart that goes on from the state of another.

use super::generate::{addi, csrrw};
use super::{Bench, Config, Hart, Step};
use crate::{Misaligned, OtherHart};
use model::isa::Xlen;

#[test]
fn a_hart_that_takes_over_a_state_goes_on_as_the_first() {
    for xlen in [Xlen::Rv32, Xlen::Rv64] {
        let mut bench = Bench::new(xlen);
        // mtvec, mscratch, satp, stvec and pmpaddr1, by whatever register 5 holds.
        for (at, csr) in [0x305, 0x340, 0x180, 0x105, 0x3b1].into_iter().enumerate() {
            bench.hart.set_register(5, 0x8000_1234 + 64 * at as u64);
            assert_eq!(bench.run(csrrw(csr, 5)), Step::Retired);
        }
        bench.hart.reservation = Some((0x8000_0040, 8));
        (bench.hart.f[3], bench.hart.fflags) = (7, 1);
        let state = bench.hart.state().expect("between two instructions");
        let mut other = Hart::new(bench.hart.config());
        other.restore(state).expect("the same configuration");
        assert_eq!(format!("{other:?}"), format!("{:?}", bench.hart));
        // An illegal instruction: the handler's address was taken over, too.
        bench.put(bench.hart.pc(), &[addi(6, 5, 3), 0]);
        for _ in 0..2 {
            assert_eq!(bench.step(), other.step(&mut bench.around));
        }
        assert_eq!(format!("{other:?}"), format!("{:?}", bench.hart));
    }
}

#[test]
fn a_state_of_another_configuration_is_refused() {
    let hart = Hart::new(&Config::all(Xlen::Rv64, 0));
    let state = hart.state().expect("between two instructions");
    for config in [
        Config { misaligned: Misaligned::Trap, ..*hart.config() },
        Config { pmp: 0, ..*hart.config() },
        Config::all(Xlen::Rv32, 0),
    ] {
        assert_eq!(Hart::new(&config).restore(state.clone()), Err(OtherHart));
    }
}
