//! Where a word has its operands, and how an assembler writes them.

use super::{Code, NOWHERE, Op};
use crate::csr;
use model::isa::Xlen;

/// The operands of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operands {
    /// None, or none that make a difference.
    Nothing,
    /// `rd, rs1, rs2`
    Register,
    /// `rd, rs1, imm`
    Immediate,
    /// `rd, rs1, shamt` of 6 bits.
    Shift64,
    /// `rd, rs1, shamt` of 5 bits.
    Shift32,
    /// `rd, imm`, the upper 20 bits.
    Upper,
    /// `rd, target`
    Jump,
    /// `rd, imm(rs1)`
    JumpRegister,
    /// `rs1, rs2, target`
    Branch,
    /// `rd, imm(rs1)`
    Load,
    /// `rs2, imm(rs1)`
    Store,
    /// `rd, (rs1)`, with the bits aq and rl.
    Reserve,
    /// `rd, rs2, (rs1)`, with the bits aq and rl.
    Atomic,
    /// `predecessor, successor`
    Fence,
    /// `rs1, rs2`
    Fences,
    /// `rd, csr, rs1`
    Csr,
    /// `rd, csr, imm`
    CsrImmediate,
    /// `fd, imm(rs1)`
    FloatLoad,
    /// `fs2, imm(rs1)`
    FloatStore,
    /// `fd, fs1, fs2, fs3`, rounded.
    Float4,
    /// `fd, fs1, fs2`
    Float3,
    /// `fd, fs1, fs2`, rounded.
    Float3Rounded,
    /// `fd, fs1`, rounded.
    Float2Rounded,
    /// `rd, fs1, fs2`
    FloatCompare,
    /// `rd, fs1`
    FloatToInteger,
    /// `rd, fs1`, rounded.
    FloatToIntegerRounded,
    /// `fd, rs1`
    FloatFromInteger,
    /// `fd, rs1`, rounded.
    FloatFromIntegerRounded,
}

/// The sign-extended immediates of the formats, each put together from the word's fields: from bit
/// `high` down to `low`, to begin at bit `to`.
fn field(word: u32, high: u32, low: u32, to: u32) -> i32 {
    ((word >> low & (u32::MAX >> (31 - (high - low)))) << to) as i32
}

/// The sign, from bit `to` on.
fn sign(word: u32, to: u32) -> i32 {
    (word as i32 >> 31) << to
}

fn upper(word: u32) -> i32 {
    (word & 0xffff_f000) as i32
}

fn short(word: u32) -> i32 {
    word as i32 >> 20
}

fn store(word: u32) -> i32 {
    sign(word, 11) | field(word, 30, 25, 5) | field(word, 11, 7, 0)
}

fn branch(word: u32) -> i32 {
    let low = field(word, 30, 25, 5) | field(word, 11, 8, 1);
    sign(word, 12) | field(word, 7, 7, 11) | low
}

fn jump(word: u32) -> i32 {
    let low = field(word, 20, 20, 11) | field(word, 30, 21, 1);
    sign(word, 20) | field(word, 19, 12, 12) | low
}

impl Operands {
    /// Whether bits 14 to 12 are a rounding mode.
    pub(super) fn is_rounded(self) -> bool {
        use Operands::*;
        matches!(
            self,
            Float4
                | Float3Rounded
                | Float2Rounded
                | FloatToIntegerRounded
                | FloatFromIntegerRounded
        )
    }

    /// Whether the result goes to a floating-point register, which has no register that is zero.
    fn writes_float(self) -> bool {
        use Operands::*;
        matches!(
            self,
            FloatLoad
                | Float4
                | Float3
                | Float3Rounded
                | Float2Rounded
                | FloatFromInteger
                | FloatFromIntegerRounded
        )
    }

    /// Takes the operands out of a word.
    pub(super) fn read(self, code: Code, word: u32) -> Op {
        use Operands::*;
        let register = |at: u32| (word >> at & 0x1f) as u8;
        let imm = match self {
            Immediate | JumpRegister | Load | FloatLoad => short(word),
            Shift64 => (word >> 20 & 0x3f) as i32,
            Shift32 => (word >> 20 & 0x1f) as i32,
            Upper => upper(word),
            Jump => jump(word),
            Branch => branch(word),
            Store | FloatStore => store(word),
            Csr | CsrImmediate => (word >> 20) as i32,
            _ => 0,
        };
        let rd = match register(7) {
            0 if !self.writes_float() => NOWHERE,
            rd => rd,
        };
        let registers = [rd, register(15), register(20), register(27)];
        Op::new(code, word, imm, registers, (word >> 12 & 7) as u8)
    }

    /// The instruction as text.
    pub(super) fn write(self, name: &str, op: &Op, pc: u64, xlen: Xlen) -> String {
        use Operands::*;
        let x = |number: usize| X[number % 32];
        let f = |number: usize| F[number % 32];
        let (rd, rs1, rs2) = (x(op.rd()), x(op.rs1()), x(op.rs2()));
        let (fd, f1, f2, f3) = (f(op.rd()), f(op.rs1()), f(op.rs2()), f(op.rs3()));
        let imm = op.imm() as i32;
        let target = pc.wrapping_add(imm as i64 as u64);
        let target = if xlen == Xlen::Rv32 { target & 0xffff_ffff } else { target };
        let round = match op.round() {
            7 => String::new(),
            round => format!(",{}", ROUNDS[usize::from(round) % ROUNDS.len()]),
        };
        match self {
            Nothing => name.to_string(),
            Register => format!("{name} {rd},{rs1},{rs2}"),
            Immediate => format!("{name} {rd},{rs1},{imm}"),
            Shift64 | Shift32 => format!("{name} {rd},{rs1},{imm:#x}"),
            Upper => format!("{name} {rd},{:#x}", imm as u32 >> 12),
            Jump => format!("{name} {rd},{target:#x}"),
            Branch => format!("{name} {rs1},{rs2},{target:#x}"),
            JumpRegister | Load => format!("{name} {rd},{imm}({rs1})"),
            Store => format!("{name} {rs2},{imm}({rs1})"),
            Reserve => format!("{name}{} {rd},({rs1})", order(op.bits())),
            Atomic => format!("{name}{} {rd},{rs2},({rs1})", order(op.bits())),
            Fence => format!("{name} {},{}", set(op.bits() >> 24), set(op.bits() >> 20)),
            Fences => format!("{name} {rs1},{rs2}"),
            Csr => format!("{name} {rd},{},{rs1}", csr_name(imm)),
            CsrImmediate => format!("{name} {rd},{},{}", csr_name(imm), op.rs1()),
            FloatLoad => format!("{name} {fd},{imm}({rs1})"),
            FloatStore => format!("{name} {f2},{imm}({rs1})"),
            Float4 => format!("{name} {fd},{f1},{f2},{f3}{round}"),
            Float3 => format!("{name} {fd},{f1},{f2}"),
            Float3Rounded => format!("{name} {fd},{f1},{f2}{round}"),
            Float2Rounded => format!("{name} {fd},{f1}{round}"),
            FloatCompare => format!("{name} {rd},{f1},{f2}"),
            FloatToInteger => format!("{name} {rd},{f1}"),
            FloatToIntegerRounded => format!("{name} {rd},{f1}{round}"),
            FloatFromInteger => format!("{name} {fd},{rs1}"),
            FloatFromIntegerRounded => format!("{name} {fd},{rs1}{round}"),
        }
    }
}

/// aq and rl of an atomic instruction.
fn order(bits: u32) -> &'static str {
    ["", ".rl", ".aq", ".aqrl"][(bits >> 25 & 3) as usize]
}

/// The accesses of one side of a `fence`.
fn set(bits: u32) -> String {
    let letters = "iorw".chars().zip([8, 4, 2, 1]);
    let set: String =
        letters.filter(|(_, bit)| bits & bit != 0).map(|(letter, _)| letter).collect();
    if set.is_empty() { "0".to_string() } else { set }
}

/// A CSR's name, or its number if it has none.
fn csr_name(number: i32) -> String {
    csr::name(number as u16).map_or_else(|| format!("{number:#x}"), String::from)
}

const ROUNDS: [&str; 5] = ["rne", "rtz", "rdn", "rup", "rmm"];

/// The names of integer registers in the calling convention.
pub(crate) const X: [&str; 32] = [
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4",
    "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4",
    "t5", "t6",
];

/// The names of floating-point registers in the calling convention.
pub(crate) const F: [&str; 32] = [
    "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2",
    "fa3", "fa4", "fa5", "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9",
    "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
];
