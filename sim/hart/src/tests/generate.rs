//! Random programs that run anywhere: straight ahead, with a trap handler that skips what traps.
//!
//! Of the registers, `x2` is the middle of the data, `x3` is the handler's, and `x4` the address of
//! the next atomic access. All others are arbitrary.

use super::privileged::{raise_callers, supervisor_handler};
use crate::instruction::{Extension, Operands, Row, TABLE};
use crate::{Config, Decoder};
use model::isa::Privilege;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Where a program begins.
pub(super) const BASE: u64 = 0x8000_0000;
const HANDLER: u64 = 0x1000;
const SUPERVISOR_HANDLER: u64 = 0x1400;
const BODY: u64 = 0x2000;
const DATA: u64 = 0x10_0000;
const DATA_BYTES: usize = 0x2000;
/// The device that ends QEMU, when this is written to it.
const FINISHER: u32 = 0x10_0000;
const FINISH: i32 = 0x5555;

pub(super) const SP: u32 = 2;
pub(super) const X3: u32 = 3;
pub(super) const X4: u32 = 4;

/// A program and where it ends: what is there ends QEMU.
pub(super) struct Program {
    pub(super) image: Vec<u8>,
    pub(super) end: u64,
}

pub(super) fn i(opcode: u32, funct3: u32, rd: u32, rs1: u32, imm: i32) -> u32 {
    opcode | rd << 7 | funct3 << 12 | rs1 << 15 | (imm as u32) << 20
}
pub(super) fn addi(rd: u32, rs1: u32, imm: i32) -> u32 {
    i(0x13, 0, rd, rs1, imm)
}
pub(super) fn lui(rd: u32, imm: u32) -> u32 {
    0x37 | rd << 7 | imm << 12
}
pub(super) fn auipc(rd: u32, imm: u32) -> u32 {
    0x17 | rd << 7 | imm << 12
}
pub(super) fn csrrw(csr: u32, rs1: u32) -> u32 {
    i(0x73, 1, 0, rs1, csr as i32)
}
pub(super) fn csrrs(rd: u32, csr: u32, rs1: u32) -> u32 {
    i(0x73, 2, rd, rs1, csr as i32)
}
pub(super) fn csrrc(rd: u32, csr: u32, rs1: u32) -> u32 {
    i(0x73, 3, rd, rs1, csr as i32)
}
pub(super) const MRET: u32 = 0x3020_0073;
pub(super) const MSTATUS: u32 = 0x300;
const MTVEC: u32 = 0x305;
const STVEC: u32 = 0x105;
pub(super) const SSCRATCH: u32 = 0x140;
pub(super) const SEPC: u32 = 0x141;
pub(super) const SCAUSE: u32 = 0x142;
const MSCRATCH: u32 = 0x340;
pub(super) const MEPC: u32 = 0x341;
pub(super) const MCAUSE: u32 = 0x342;

/// CSRs that programs may use, and some that there are not. (QEMU keeps bit 0 of `sepc`.)
const CSRS: [u32; 14] = [
    0x001, 0x002, 0x003, 0x100, 0x105, 0x140, 0x142, 0x143, 0x342, 0x343, 0x5c0, 0x123, 0x7c0,
    0x8ff,
];

/// Numbers that matter.
const DOUBLES: [u64; 14] = [
    0,
    1 << 63,
    0x3ff0_0000_0000_0000,
    0xbff0_0000_0000_0000,
    0x7ff0_0000_0000_0000,
    0xfff0_0000_0000_0000,
    0x7ff8_0000_0000_0000,
    0x7ff0_0000_0000_0001,
    0x0010_0000_0000_0000,
    0x000f_ffff_ffff_ffff,
    0x0000_0000_0000_0001,
    0x7fef_ffff_ffff_ffff,
    0x41df_ffff_ffc0_0000,
    0x43e0_0000_0000_0000,
];
const SINGLES: [u32; 14] = [
    0,
    1 << 31,
    0x3f80_0000,
    0xbf80_0000,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0x7f80_0001,
    0x0080_0000,
    0x007f_ffff,
    0x0000_0001,
    0x7f7f_ffff,
    0x4f00_0000,
    0x5f00_0000,
];

fn number(random: &mut ChaCha8Rng) -> u64 {
    let near = |random: &mut ChaCha8Rng| random.random_range(-2..3_i64) as u64;
    match random.random_range(0..6) {
        0 => random.random(),
        1 => near(random),
        2 => DOUBLES.choose(random).map_or(0, |bits| bits.wrapping_add(near(random))),
        3 => u64::from(*SINGLES.choose(random).unwrap_or(&0)) | 0xffff_ffff << 32,
        4 => 1_u64.rotate_left(random.random_range(0..64)).wrapping_add(near(random)),
        // Exponents close to each other, so that sums and products are not always extreme.
        _ => random.random::<u64>() & !(0x7f << 56) | random.random_range(0x3c..0x43) << 56,
    }
}

/// A random program for a mode.
pub(super) struct Generator {
    pub(super) random: ChaCha8Rng,
    /// It changes its privilege.
    privileged: bool,

    decoder: Decoder,
    pub(super) config: Config,
    rows: Vec<&'static Row>,
    floats: Vec<&'static Row>,
    body: Vec<u8>,
}

impl Generator {
    pub(super) fn new(config: &Config, seed: u64) -> Generator {
        let usable = |row: &&Row| {
            let unusable = ["mret", "sret", "wfi", "sfence.vma", "jal", "jalr", "auipc"];
            let pages = row.extension == Extension::Svinval;
            row.width.is(config.xlen) && !unusable.contains(&row.name) && !pages
        };
        let rows: Vec<&Row> = TABLE.iter().filter(usable).collect();
        let float = |row: &&&Row| matches!(row.extension, Extension::F | Extension::D);
        Generator {
            random: ChaCha8Rng::seed_from_u64(seed),
            privileged: false,

            decoder: Decoder::new(config),
            config: *config,
            floats: rows.iter().filter(float).copied().collect(),
            rows,
            body: Vec::new(),
        }
    }

    /// One whose programs change their privilege.
    pub(super) fn with_privilege(config: &Config, seed: u64) -> Generator {
        Generator { privileged: true, ..Generator::new(config, seed) }
    }

    fn word(&mut self, word: u32) {
        self.body.extend(word.to_le_bytes());
    }

    pub(super) fn words(&mut self, words: &[u32]) {
        words.iter().for_each(|word| self.word(*word));
    }

    /// A program of about so many instructions.
    pub(super) fn program(mut self, mode: Privilege, count: usize) -> Program {
        for _ in 0..count {
            match self.random.random_range(0..10) {
                0..=3 if self.privileged => self.privileged(),
                0..=5 => self.instruction(false),
                6 => self.instruction(true),
                7 | 8 => self.compressed(),
                _ => self.special(),
            }
        }
        // The end is of 32 bits and aligned.
        if !self.body.len().is_multiple_of(4) {
            self.body.extend(1_u16.to_le_bytes());
        }
        let end = BASE + BODY + self.body.len() as u64;
        for word in [lui(X3, FINISHER >> 12), lui(X4, 5), addi(X4, X4, FINISH & 0xfff)] {
            self.word(word);
        }
        self.word(0x23 | 2 << 12 | X3 << 15 | X4 << 20);
        self.word(0x6f);

        let mut image = vec![0; DATA as usize + DATA_BYTES];
        let mut put = |at: u64, words: &[u32]| {
            for (index, word) in words.iter().enumerate() {
                let at = at as usize + 4 * index;
                image[at..at + 4].copy_from_slice(&word.to_le_bytes());
            }
        };
        // mtvec, PMP, mstatus.FS and MPP, the data, the body.
        put(
            0,
            &[
                auipc(X3, (HANDLER >> 12) as u32),
                csrrw(MTVEC, X3),
                addi(X3, X3, SUPERVISOR_HANDLER as i32 - HANDLER as i32),
                csrrw(STVEC, X3),
                addi(X4, 0, -1),
                csrrw(0x3b0, X4),
                addi(X4, 0, 0x1f),
                csrrw(0x3a0, X4),
                lui(X4, 6),
                csrrs(0, MSTATUS, X4),
                addi(X4, 0, mode as i32),
                i(0x13, 1, X4, X4, 11),
                csrrs(0, MSTATUS, X4),
                auipc(SP, ((DATA + 0x1000) >> 12) as u32),
                addi(SP, SP, -4 * 13),
                auipc(X3, (BODY >> 12) as u32),
                addi(X3, X3, -4 * 15),
                csrrw(MEPC, X3),
                MRET,
            ],
        );
        // Of an exception, mepc += 2 or 4 by the lowest two bits of the instruction. An interrupt
        // changes nothing.
        let raise = if self.privileged { raise_callers() } else { Vec::new() };
        let over = 36 + 4 * raise.len() as u32;
        let mut handler = vec![
            csrrw(MSCRATCH, X4),
            csrrs(X4, MCAUSE, 0),
            // blt x4, x0, over
            0x63 | 4 << 12 | X4 << 15 | (over >> 1 & 0xf) << 8 | (over >> 5) << 25,
            csrrs(X3, MEPC, 0),
            i(0x03, 5, X4, X3, 0),
            i(0x13, 7, X4, X4, 3),
            addi(X4, X4, -3),
            addi(X3, X3, 2),
            // bne x4, x0, 8
            0x63 | 1 << 12 | X4 << 15 | 8 << 7,
            addi(X3, X3, 2),
            csrrw(MEPC, X3),
        ];
        handler.extend(raise);
        handler.extend([csrrs(X4, MSCRATCH, 0), MRET]);
        put(HANDLER, &handler);
        put(SUPERVISOR_HANDLER, &supervisor_handler());
        image[BODY as usize..BODY as usize + self.body.len()].copy_from_slice(&self.body);
        for data in image[DATA as usize..].chunks_exact_mut(8) {
            data.copy_from_slice(&number(&mut self.random).to_le_bytes());
        }
        Program { image, end }
    }

    /// A register that may be written.
    pub(super) fn target(&mut self) -> u32 {
        if self.random.random_range(0..16) == 0 { 0 } else { self.random.random_range(5..32) }
    }

    /// An instruction of a row of the table, with what keeps it in its place.
    fn instruction(&mut self, float: bool) {
        let rows = if float { &self.floats } else { &self.rows };
        let Some(row) = rows.choose(&mut self.random).copied() else { return };
        let target = self.target();
        let word = row.bits | self.random.random::<u32>() & !row.mask;
        let with = |word: u32, at: u32, register: u32| word & !(0x1f << at) | register << at;
        match row.operands {
            Operands::Load | Operands::FloatLoad => {
                let word = with(word, 15, SP);
                self.word(if row.operands == Operands::Load {
                    with(word, 7, target)
                } else {
                    word
                });
            }
            Operands::Store | Operands::FloatStore => self.word(with(word, 15, SP)),
            Operands::Branch => {
                // Over the next instruction, or not.
                self.word(row.bits | word & 0x1ff_f000 | 8 << 7);
                let skipped = addi(target, target, 1);
                self.word(skipped);
            }
            Operands::Reserve | Operands::Atomic => self.atomic(row, target),
            Operands::Csr | Operands::CsrImmediate => {
                let mut csr = CSRS.choose(&mut self.random).copied().unwrap_or(0);
                if self.privileged && [STVEC, SSCRATCH].contains(&csr) {
                    csr = SCAUSE;
                }
                // QEMU lets one write sstatus.UXL.
                let word = if csr == 0x100 { word | 6 << 12 } else { word };
                self.word(with(word, 7, target) & 0xf_ffff | csr << 20);
            }
            Operands::Nothing => self.word(row.bits),
            Operands::Fence => self.word(0x0ff0_000f),
            Operands::Float4
            | Operands::Float3
            | Operands::Float3Rounded
            | Operands::Float2Rounded
            | Operands::FloatFromInteger
            | Operands::FloatFromIntegerRounded => {
                self.word(word);
                self.flags();
            }
            _ => {
                self.word(with(word, 7, target));
                if float {
                    self.flags();
                }
            }
        }
    }

    /// Sometimes the flags are looked at.
    fn flags(&mut self) {
        if self.random.random_bool(0.3) {
            let target = self.target();
            self.word(csrrs(target, 1, 0));
        }
    }

    /// An atomic access; a store-conditional to what was reserved just before, or elsewhere.
    fn atomic(&mut self, row: &Row, target: u32) {
        let bytes = if row.bits >> 12 & 1 == 1 { 8 } else { 4 };
        let offset = self.random.random_range(-0x80..0x80) * bytes;
        self.word(addi(X4, SP, offset));
        let order = self.random.random_range(0..4) << 25;
        let at = order | X4 << 15;
        let lr = 0x1000_002f | (row.bits & 0x7000) | at;
        match row.name {
            "lr.w" | "lr.d" => self.word(lr | target << 7),
            "sc.w" | "sc.d" => {
                let reserved = self.target();
                self.word(lr | reserved << 7);
                if self.random.random_bool(0.2) {
                    self.word(addi(X4, X4, bytes));
                }
                let source = self.random.random_range(0..32);
                self.word(row.bits | at | target << 7 | source << 20);
                // A reservation does not outlive its store.
            }
            _ => {
                let source = self.random.random_range(0..32);
                self.word(row.bits | at | target << 7 | source << 20);
            }
        }
    }

    /// A compressed instruction that neither jumps nor uses memory other than by `x2`.
    fn compressed(&mut self) {
        loop {
            let parcel: u16 = self.random.random();
            let op = self.decoder.decode(u32::from(parcel));
            if op.bytes() != 2 {
                continue;
            }
            let Some(row) = TABLE.get(usize::from(op.number())) else {
                // Reserved: it traps.
                if parcel != 0 {
                    continue;
                }
                return self.body.extend(parcel.to_le_bytes());
            };
            let kept = (2..5).contains(&op.rd());
            let fits = match row.operands {
                Operands::Load | Operands::FloatLoad => op.rs1() == 2 && !kept,
                Operands::Store | Operands::FloatStore => op.rs1() == 2,
                Operands::Branch | Operands::Jump | Operands::JumpRegister => false,
                _ => !kept,
            };
            if fits {
                return self.body.extend(parcel.to_le_bytes());
            }
        }
    }

    /// Jumps, and words that are no instruction.
    fn special(&mut self) {
        let target = self.target();
        match self.random.random_range(0..4) {
            // jal over an instruction.
            0 => {
                self.word(0x6f | target << 7 | 8 << 20);
                self.word(0);
            }
            // jalr over one, by an address of its own.
            1 => {
                self.word(auipc(X4, 0));
                let odd = self.random.random_range(0..2);
                self.word(i(0x67, 0, target, X4, 12 + odd));
                self.word(0);
            }
            2 => {
                let target = target.max(5);
                let imm = self.random.random_range(0..1 << 20);
                self.word(auipc(target, imm));
            }
            _ => {
                // Of the major opcodes that nobody else uses.
                let major = [0x0b, 0x2b, 0x5b, 0x7b].choose(&mut self.random).copied();
                let bits = self.random.random::<u32>() & !0x7f;
                self.word(bits | major.unwrap_or(0x0b));
            }
        }
    }
}
