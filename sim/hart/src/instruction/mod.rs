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
pub use table::Code;
pub(crate) use table::instructions;

use crate::Config;
use model::isa::Xlen;
use table::TABLE;

/// The register that takes what is written to `x0`.
pub(crate) const NOWHERE: u8 = 32;

/// A decoded instruction. Plain data: it may be kept for as long as the bits in memory and the
/// hart's configuration stay the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Op {
    /// Which instruction it is.
    pub code: Code,
    /// Its bytes: 2 or 4.
    pub len: u8,
    /// The register that is written; 32 instead of `x0`.
    pub(crate) rd: u8,
    /// The first source register.
    pub(crate) rs1: u8,
    /// The second source register.
    pub(crate) rs2: u8,
    /// The third source register.
    pub(crate) rs3: u8,
    /// Bits 14 to 12: the rounding mode of instructions that have one.
    pub(crate) round: u8,
    /// The immediate operand; of CSR instructions the number of the CSR.
    pub(crate) imm: i32,
    /// Its bits, of a compressed instruction the lower 16.
    pub bits: u32,
}

impl Op {
    /// Nothing was decoded: a hart is never given it.
    pub const UNKNOWN: Op = Op {
        code: Code::Unknown,
        len: 4,
        rd: NOWHERE,
        rs1: 0,
        rs2: 0,
        rs3: 0,
        round: 0,
        imm: 0,
        bits: 0,
    };

    /// Whether it was decoded.
    #[inline]
    pub fn is_known(&self) -> bool {
        self.code != Code::Unknown
    }
}

/// For which width of the machine a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    Any,
    Rv32,
    Rv64,
}

impl Width {
    fn is(self, xlen: Xlen) -> bool {
        match self {
            Width::Any => true,
            Width::Rv32 => xlen == Xlen::Rv32,
            Width::Rv64 => xlen == Xlen::Rv64,
        }
    }
}

/// The extension to which a row belongs; `S` are the instructions of supervisor mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extension {
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
struct Row {
    code: Code,
    name: &'static str,
    operands: Operands,
    mask: u32,
    bits: u32,
    width: Width,
    extension: Extension,
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
            Some(long) => Op { len: 2, bits: short, ..self.decode_long(long) },
            None => Op { code: Code::Illegal, len: 2, bits: short, ..Op::UNKNOWN },
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
            None => Op { code: Code::Illegal, bits: word, ..Op::UNKNOWN },
        }
    }

    /// The name of the instruction; of a compressed one its own, with `c.`. `None` if it is none.
    pub fn name(&self, op: &Op) -> Option<&'static str> {
        let row = TABLE.get(op.code as usize)?;
        match op.len {
            2 => compressed::name(op.bits as u16, &self.config),
            _ => Some(row.name),
        }
    }

    /// The instruction as text, in the manual's assembly language without pseudo-instructions.
    /// Targets of jumps and branches are absolute: `pc` is its address.
    pub fn text(&self, op: &Op, pc: u64) -> String {
        match TABLE.get(op.code as usize) {
            Some(row) => row.operands.write(row.name, op, pc, self.config.xlen),
            None => match op.len {
                2 => format!(".2byte {:#06x}", op.bits),
                _ => format!(".4byte {:#010x}", op.bits),
            },
        }
    }
}

#[cfg(test)]
mod tests;
