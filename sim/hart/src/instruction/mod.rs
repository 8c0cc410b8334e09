//! Instructions: from bits to an [`Op`], which a hart executes, and to text.
//!
//! | part | what it is |
//! |---|---|
//! | `table` | the instructions of 32 bits, one a row, and [`Code`], their numbers |
//! | `compressed` | those of 16 bits, one a row, with the instruction that each is short for |
//! | `operands` | where a word has its operands, and how they are written |
//! | [`Decoder`] | finds the row |

mod compressed;
mod operands;
mod table;

pub use operands::Operands;
#[cfg(test)]
pub(crate) use operands::{F, X};
pub use table::Code;
pub(crate) use table::{instructions, number};

use crate::Config;
use model::isa::Xlen;
pub(crate) use table::TABLE;

/// The register that takes what is written to `x0`.
pub(crate) const NOWHERE: u8 = 32;

/// A decoded instruction. Plain data: it may be kept for as long as the bits in memory and the
/// hart's configuration stay the same.
///
/// It is packed into two numbers, so that one that is passed on is passed in registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Op {
    /// From the lowest bit: the instruction's 32 bits, `rd` (6), `rs1`, `rs2`, `rs3` (5 each), the
    /// rounding mode (3), and the length (3).
    fields: u64,
    /// From the lowest bit: the immediate operand (32), and the code.
    operation: u64,
}

impl Op {
    /// Nothing was decoded: a hart is never given it.
    pub const UNKNOWN: Op = Op { fields: 0, operation: (Code::Unknown as u64) << 32 };

    /// An operation without operands.
    const fn none(code: Code, len: u8, bits: u32) -> Op {
        let fields = bits as u64 | (NOWHERE as u64) << 32 | (len as u64) << 56;
        Op { fields, operation: (code as u64) << 32 }
    }

    /// An operation of 32 bits, with its registers `rd` (32 instead of `x0`), `rs1`, `rs2`, `rs3`.
    fn new(code: Code, bits: u32, imm: i32, registers: [u8; 4], round: u8) -> Op {
        let [rd, rs1, rs2, rs3] = registers.map(u64::from);
        let registers = rd << 32 | rs1 << 38 | rs2 << 43 | rs3 << 48;
        let fields = u64::from(bits) | registers | u64::from(round) << 53 | 4 << 56;
        Op { fields, operation: u64::from(imm as u32) | (code as u64) << 32 }
    }

    /// The same as an instruction of 16 bits.
    fn shortened(self, bits: u16) -> Op {
        Op { fields: self.fields & !0xffff_ffff & !(7 << 56) | u64::from(bits) | 2 << 56, ..self }
    }

    /// Which instruction it is.
    pub fn code(self) -> Code {
        let unlisted = if self.is_known() { Code::Illegal } else { Code::Unknown };
        TABLE.get(usize::from(self.number())).map_or(unlisted, |row| row.code)
    }

    /// The number of its code.
    #[inline(always)]
    pub(crate) fn number(self) -> u8 {
        (self.operation >> 32) as u8
    }

    /// Its bytes: 2 or 4.
    #[inline(always)]
    pub fn bytes(self) -> u64 {
        self.fields >> 56
    }

    /// Its bits, of a compressed instruction the lower 16.
    pub fn bits(self) -> u32 {
        self.fields as u32
    }

    /// Whether it was decoded.
    #[inline(always)]
    pub fn is_known(self) -> bool {
        // One that is decoded has a length.
        self.fields != 0
    }

    /// The register that is written; 32 instead of `x0`.
    #[inline(always)]
    pub(crate) fn rd(self) -> usize {
        (self.fields >> 32) as usize & 63
    }

    /// The first source register.
    #[inline(always)]
    pub(crate) fn rs1(self) -> usize {
        (self.fields >> 38) as usize & 31
    }

    /// The second source register.
    #[inline(always)]
    pub(crate) fn rs2(self) -> usize {
        (self.fields >> 43) as usize & 31
    }

    /// The third source register.
    #[inline(always)]
    pub(crate) fn rs3(self) -> usize {
        (self.fields >> 48) as usize & 31
    }

    /// Bits 14 to 12: the rounding mode of instructions that have one.
    pub(crate) fn round(self) -> u8 {
        (self.fields >> 53) as u8 & 7
    }

    /// The immediate operand, sign-extended; of CSR instructions the number of the CSR.
    #[inline(always)]
    pub(crate) fn imm(self) -> u64 {
        self.operation as i32 as u64
    }
}

/// For which width of the machine a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    Any,
    Rv32,
    Rv64,
}

impl Width {
    pub(crate) fn is(self, xlen: Xlen) -> bool {
        match self {
            Width::Any => true,
            Width::Rv32 => xlen == Xlen::Rv32,
            Width::Rv64 => xlen == Xlen::Rv64,
        }
    }
}

/// The extension to which a row belongs; `S` are the instructions of supervisor mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extension {
    I,
    M,
    A,
    F,
    D,
    Zicsr,
    Zifencei,
    S,
    Svinval,
}

impl Extension {
    fn is_in(self, config: &Config) -> bool {
        match self {
            Extension::I | Extension::Zicsr | Extension::Zifencei | Extension::S => true,
            Extension::M => config.m,
            Extension::A => config.a,
            Extension::F => config.f,
            Extension::D => config.f && config.d,
            Extension::Svinval => config.svinval,
        }
    }
}

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) code: Code,
    pub(crate) name: &'static str,
    pub(crate) operands: Operands,
    pub(crate) mask: u32,
    pub(crate) bits: u32,
    pub(crate) width: Width,
    pub(crate) extension: Extension,
}

/// Rows by the major opcode, bits 6 to 2.
const MAJORS: usize = 32;

/// Finds instructions in the tables, for one configuration.
#[derive(Clone, Debug)]
pub struct Decoder {
    config: Config,
    majors: [Vec<&'static Row>; MAJORS],
}

impl Decoder {
    /// For the instructions that a hart implements.
    pub fn new(config: &Config) -> Decoder {
        let mut majors = [const { Vec::new() }; MAJORS];
        for row in TABLE {
            if row.width.is(config.xlen) && row.extension.is_in(config) {
                majors[row.bits as usize >> 2 & (MAJORS - 1)].push(row);
            }
        }
        Decoder { config: *config, majors }
    }

    /// Whether an instruction that begins with these 16 bits has 16 more.
    pub fn is_long(parcel: u16) -> bool {
        parcel & 3 == 3
    }

    /// Decodes an instruction. Of one of 16 bits the upper half is ignored. What is no instruction
    /// becomes one that traps.
    pub fn decode(&self, word: u32) -> Op {
        if Decoder::is_long(word as u16) {
            return self.decode_long(word);
        }
        let short = word & 0xffff;
        let long = self.config.c.then(|| compressed::expand(short as u16, &self.config)).flatten();
        match long {
            Some(long) => self.decode_long(long).shortened(short as u16),
            None => Op::none(Code::Illegal, 2, short),
        }
    }

    fn decode_long(&self, word: u32) -> Op {
        let rows = &self.majors[word as usize >> 2 & (MAJORS - 1)];
        let found = rows.iter().find(|row| word & row.mask == row.bits);
        // Rounding modes 5 and 6 are reserved.
        let found = found
            .filter(|row| !row.operands.is_rounded() || word >> 12 & 7 < 5 || word >> 12 & 7 == 7);
        match found {
            Some(row) => row.operands.read(row.code, word),
            None => Op::none(Code::Illegal, 4, word),
        }
    }

    /// The name of the instruction; of a compressed one its own, with `c.`. `None` if it is none.
    pub fn name(&self, op: &Op) -> Option<&'static str> {
        let row = TABLE.get(usize::from(op.number()))?;
        match op.bytes() {
            2 => compressed::name(op.bits() as u16, &self.config),
            _ => Some(row.name),
        }
    }

    /// The instruction as text, in the manual's assembly language without pseudo-instructions.
    /// Targets of jumps and branches are absolute: `pc` is its address.
    pub fn text(&self, op: &Op, pc: u64) -> String {
        match TABLE.get(usize::from(op.number())) {
            Some(row) => row.operands.write(row.name, op, pc, self.config.xlen),
            None => match op.bytes() {
                2 => format!(".2byte {:#06x}", op.bits()),
                _ => format!(".4byte {:#010x}", op.bits()),
            },
        }
    }
}

#[cfg(test)]
mod tests;
