//! Random programs that change their privilege: down by returns, up by calls, with traps delegated
//! and not, and bits of `mstatus` set and cleared.

use super::generate::{
    Generator, MCAUSE, MEPC, MRET, MSTATUS, SCAUSE, SEPC, SSCRATCH, X3, X4, addi, auipc, csrrc,
    csrrs, csrrw, i, lui,
};
use rand::Rng;
use rand::seq::IndexedRandom;

const ECALL: u32 = 0x73;
const SRET: u32 = 0x1020_0073;
const SFENCE: u32 = 0x1200_0073;
const MEDELEG: u32 = 0x302;

/// Registers that are read: what traps and returns change.
const READ: [u32; 8] = [0x100, 0x141, 0x142, 0x180, 0x300, 0x302, 0x341, 0x342];

/// What the handler of M-mode does in addition: a call from below returns to M-mode.
pub(super) fn raise_callers() -> Vec<u32> {
    vec![
        csrrs(X4, MCAUSE, 0),
        addi(X4, X4, -8),
        i(0x13, 7, X4, X4, -2),
        // bne x4, x0, 16
        0x63 | 1 << 12 | X4 << 15 | 8 << 8,
        lui(X4, 2),
        addi(X4, X4, -0x800),
        csrrs(0, MSTATUS, X4),
    ]
}

/// The handler of S-mode: `sepc` goes to the next instruction.
pub(super) fn supervisor_handler() -> Vec<u32> {
    vec![
        csrrw(SSCRATCH, X4),
        csrrs(X3, SEPC, 0),
        i(0x03, 5, X4, X3, 0),
        i(0x13, 7, X4, X4, 3),
        addi(X4, X4, -3),
        addi(X3, X3, 2),
        // bne x4, x0, 8
        0x63 | 1 << 12 | X4 << 15 | 8 << 7,
        addi(X3, X3, 2),
        csrrw(SEPC, X3),
        csrrs(X4, SSCRATCH, 0),
        SRET,
    ]
}

impl Generator {
    /// What changes or shows privilege. Where it is not allowed, each instruction traps and is
    /// skipped.
    pub(super) fn privileged(&mut self) {
        let target = self.target();
        match self.random.random_range(0..8) {
            // Down, or to where it is, by mret behind these instructions.
            0 => {
                let mode = [0, 1, 3].choose(&mut self.random).copied().unwrap_or(0);
                self.words(&[
                    auipc(X4, 0),
                    addi(X4, X4, 40),
                    csrrw(MEPC, X4),
                    lui(X4, 2),
                    addi(X4, X4, -0x800),
                    csrrc(0, MSTATUS, X4),
                    addi(X4, 0, mode),
                    i(0x13, 1, X4, X4, 11),
                    csrrs(0, MSTATUS, X4),
                    MRET,
                ]);
            }
            1 => self.words(&[auipc(X4, 0), addi(X4, X4, 16), csrrw(SEPC, X4), SRET]),
            2 => self.words(&[ECALL]),
            3 => {
                let delegated = self.random.random_range(0..0x400);
                self.words(&[addi(X4, 0, delegated), csrrw(MEDELEG, X4)]);
            }
            4 => {
                // SUM, MXR, TVM. (Of QEMU, some versions keep MPRV when mret goes down.)
                let bit = self.random.random_range(18..21);
                let set = self.random.random_bool(0.5);
                let change = if set { csrrs(0, MSTATUS, X4) } else { csrrc(0, MSTATUS, X4) };
                self.words(&[lui(X4, 1 << (bit - 12)), change]);
            }
            5 => self.words(&[SFENCE]),
            6 => self.words(&[csrrs(target, SCAUSE, 0)]),
            _ => {
                let csr = READ.choose(&mut self.random).copied().unwrap_or(MSTATUS);
                self.words(&[csrrs(target, csr, 0)]);
            }
        }
    }
}
