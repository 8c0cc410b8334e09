//! The instructions of 16 bits, one a row: each is short for one of 32 bits, into which it is
//! expanded.
//!
//! What the expansion is not allowed to be is reserved: the row then has none.

use super::Width;
use crate::Config;

/// A row of the table.
struct Row {
    name: &'static str,
    mask: u16,
    bits: u16,
    width: Width,
    /// The instruction that it is short for, unless its operands are reserved.
    expand: fn(u32) -> Option<u32>,
}

/// Expands an instruction; `None` if there is none with these bits. Whether the hart implements
/// what it is expanded to is for the other table.
pub(super) fn expand(parcel: u16, config: &Config) -> Option<u32> {
    find(parcel, config).and_then(|row| (row.expand)(u32::from(parcel)))
}

/// The name of an instruction.
pub(super) fn name(parcel: u16, config: &Config) -> Option<&'static str> {
    find(parcel, config).map(|row| row.name)
}

/// The first row that fits.
fn find(parcel: u16, config: &Config) -> Option<&'static Row> {
    TABLE.iter().find(|row| parcel & row.mask == row.bits && row.width.is(config.xlen))
}

/// Bits `high` to `low`, moved to begin at `to`.
const fn take(parcel: u32, high: u32, low: u32, to: u32) -> u32 {
    (parcel >> low & ((1 << (high - low + 1)) - 1)) << to
}

/// The lowest `width` bits of an immediate, sign-extended.
const fn signed(value: u32, width: u32) -> u32 {
    ((value << (32 - width)) as i32 >> (32 - width)) as u32
}

/// The registers: in the full fields, and in those of three bits.
fn rd(p: u32) -> u32 {
    take(p, 11, 7, 0)
}
fn rs2(p: u32) -> u32 {
    take(p, 6, 2, 0)
}
fn rd_short(p: u32) -> u32 {
    8 + take(p, 4, 2, 0)
}
fn rs1_short(p: u32) -> u32 {
    8 + take(p, 9, 7, 0)
}

/// The immediates, by the instructions that have them.
fn six(p: u32) -> u32 {
    signed(shift(p), 6)
}
fn shift(p: u32) -> u32 {
    take(p, 12, 12, 5) | take(p, 6, 2, 0)
}
fn word_offset(p: u32) -> u32 {
    take(p, 12, 10, 3) | take(p, 6, 6, 2) | take(p, 5, 5, 6)
}
fn double_offset(p: u32) -> u32 {
    take(p, 12, 10, 3) | take(p, 6, 5, 6)
}
fn word_load_offset(p: u32) -> u32 {
    take(p, 12, 12, 5) | take(p, 6, 4, 2) | take(p, 3, 2, 6)
}
fn double_load_offset(p: u32) -> u32 {
    take(p, 12, 12, 5) | take(p, 6, 5, 3) | take(p, 4, 2, 6)
}
fn word_store_offset(p: u32) -> u32 {
    take(p, 12, 9, 2) | take(p, 8, 7, 6)
}
fn double_store_offset(p: u32) -> u32 {
    take(p, 12, 10, 3) | take(p, 9, 7, 6)
}
fn jump_offset(p: u32) -> u32 {
    let high = take(p, 12, 12, 11) | take(p, 11, 11, 4) | take(p, 10, 9, 8) | take(p, 8, 8, 10);
    signed(high | take(p, 7, 7, 6) | take(p, 6, 6, 7) | take(p, 5, 3, 1) | take(p, 2, 2, 5), 12)
}
fn branch_offset(p: u32) -> u32 {
    let high = take(p, 12, 12, 8) | take(p, 11, 10, 3) | take(p, 6, 5, 6);
    signed(high | take(p, 4, 3, 1) | take(p, 2, 2, 5), 9)
}
fn stack_frame(p: u32) -> u32 {
    take(p, 12, 11, 4) | take(p, 10, 7, 6) | take(p, 6, 6, 2) | take(p, 5, 5, 3)
}
fn stack_adjustment(p: u32) -> u32 {
    let high = take(p, 12, 12, 9) | take(p, 6, 6, 4) | take(p, 5, 5, 6);
    signed(high | take(p, 4, 3, 7) | take(p, 2, 2, 5), 10)
}

/// The formats of 32 bits, with the fixed bits of an instruction.
fn r(bits: u32, rd: u32, rs1: u32, rs2: u32) -> u32 {
    bits | rd << 7 | rs1 << 15 | rs2 << 20
}
fn i(bits: u32, rd: u32, rs1: u32, imm: u32) -> u32 {
    bits | rd << 7 | rs1 << 15 | imm << 20
}
fn s(bits: u32, rs1: u32, rs2: u32, imm: u32) -> u32 {
    bits | take(imm, 4, 0, 7) | rs1 << 15 | rs2 << 20 | take(imm, 11, 5, 25)
}
fn b(bits: u32, rs1: u32, rs2: u32, imm: u32) -> u32 {
    let low = take(imm, 11, 11, 7) | take(imm, 4, 1, 8);
    bits | low | rs1 << 15 | rs2 << 20 | take(imm, 10, 5, 25) | take(imm, 12, 12, 31)
}
fn j(bits: u32, rd: u32, imm: u32) -> u32 {
    let low = take(imm, 19, 12, 12) | take(imm, 11, 11, 20);
    bits | rd << 7 | low | take(imm, 10, 1, 21) | take(imm, 20, 20, 31)
}

/// The fixed bits of the instructions that are expanded to.
const ADDI: u32 = 0x13;
const ADDIW: u32 = 0x1b;
const SLLI: u32 = 0x1013;
const SRLI: u32 = 0x5013;
const SRAI: u32 = 0x4000_5013;
const ANDI: u32 = 0x7013;
const ADD: u32 = 0x33;
const SUB: u32 = 0x4000_0033;
const XOR: u32 = 0x4033;
const OR: u32 = 0x6033;
const AND: u32 = 0x7033;
const ADDW: u32 = 0x3b;
const SUBW: u32 = 0x4000_003b;
const LUI: u32 = 0x37;
const JAL: u32 = 0x6f;
const JALR: u32 = 0x67;
const BEQ: u32 = 0x63;
const BNE: u32 = 0x1063;
const LW: u32 = 0x2003;
const LD: u32 = 0x3003;
const SW: u32 = 0x2023;
const SD: u32 = 0x3023;
const FLW: u32 = 0x2007;
const FLD: u32 = 0x3007;
const FSW: u32 = 0x2027;
const FSD: u32 = 0x3027;
const EBREAK: u32 = 0x10_0073;

const SP: u32 = 2;

/// The load at a short offset from a short register, and the store.
fn load(bits: u32, p: u32, offset: u32) -> Option<u32> {
    Some(i(bits, rd_short(p), rs1_short(p), offset))
}
fn store(bits: u32, p: u32, offset: u32) -> Option<u32> {
    Some(s(bits, rs1_short(p), rd_short(p), offset))
}
/// An operation on a short register and an immediate, or two short registers.
fn short_immediate(bits: u32, p: u32, imm: u32) -> Option<u32> {
    Some(i(bits, rs1_short(p), rs1_short(p), imm & 0xfff))
}
fn short_registers(bits: u32, p: u32) -> Option<u32> {
    Some(r(bits, rs1_short(p), rs1_short(p), rd_short(p)))
}
/// A shift; of an RV32 register by less than 32.
fn shift32(bits: u32, register: u32, p: u32) -> Option<u32> {
    (shift(p) < 32).then(|| i(bits, register, register, shift(p)))
}
fn shift64(bits: u32, register: u32, p: u32) -> Option<u32> {
    Some(i(bits, register, register, shift(p)))
}

/// A row; lines are short so that the table can be read as one.
const fn row(
    name: &'static str,
    mask: u16,
    bits: u16,
    width: Width,
    expand: fn(u32) -> Option<u32>,
) -> Row {
    Row { name, mask, bits, width, expand }
}

use Width::{Any, Rv32, Rv64};

#[rustfmt::skip]
static TABLE: &[Row] = &[
    row("c.addi4spn", 0xe003, 0x0000, Any,  |p| (stack_frame(p) != 0).then(|| i(ADDI, rd_short(p), SP, stack_frame(p)))),
    row("c.fld",      0xe003, 0x2000, Any,  |p| load(FLD, p, double_offset(p))),
    row("c.lw",       0xe003, 0x4000, Any,  |p| load(LW, p, word_offset(p))),
    row("c.flw",      0xe003, 0x6000, Rv32, |p| load(FLW, p, word_offset(p))),
    row("c.ld",       0xe003, 0x6000, Rv64, |p| load(LD, p, double_offset(p))),
    row("c.fsd",      0xe003, 0xa000, Any,  |p| store(FSD, p, double_offset(p))),
    row("c.sw",       0xe003, 0xc000, Any,  |p| store(SW, p, word_offset(p))),
    row("c.fsw",      0xe003, 0xe000, Rv32, |p| store(FSW, p, word_offset(p))),
    row("c.sd",       0xe003, 0xe000, Rv64, |p| store(SD, p, double_offset(p))),

    row("c.addi",     0xe003, 0x0001, Any,  |p| Some(i(ADDI, rd(p), rd(p), six(p) & 0xfff))),
    row("c.jal",      0xe003, 0x2001, Rv32, |p| Some(j(JAL, 1, jump_offset(p)))),
    row("c.addiw",    0xe003, 0x2001, Rv64, |p| (rd(p) != 0).then(|| i(ADDIW, rd(p), rd(p), six(p) & 0xfff))),
    row("c.li",       0xe003, 0x4001, Any,  |p| Some(i(ADDI, rd(p), 0, six(p) & 0xfff))),
    row("c.addi16sp", 0xef83, 0x6101, Any,  |p| (six(p) != 0).then(|| i(ADDI, SP, SP, stack_adjustment(p) & 0xfff))),
    row("c.lui",      0xe003, 0x6001, Any,  |p| (six(p) != 0).then(|| LUI | rd(p) << 7 | six(p) << 12)),
    row("c.srli",     0xec03, 0x8001, Rv32, |p| shift32(SRLI, rs1_short(p), p)),
    row("c.srli",     0xec03, 0x8001, Rv64, |p| shift64(SRLI, rs1_short(p), p)),
    row("c.srai",     0xec03, 0x8401, Rv32, |p| shift32(SRAI, rs1_short(p), p)),
    row("c.srai",     0xec03, 0x8401, Rv64, |p| shift64(SRAI, rs1_short(p), p)),
    row("c.andi",     0xec03, 0x8801, Any,  |p| short_immediate(ANDI, p, six(p))),
    row("c.sub",      0xfc63, 0x8c01, Any,  |p| short_registers(SUB, p)),
    row("c.xor",      0xfc63, 0x8c21, Any,  |p| short_registers(XOR, p)),
    row("c.or",       0xfc63, 0x8c41, Any,  |p| short_registers(OR, p)),
    row("c.and",      0xfc63, 0x8c61, Any,  |p| short_registers(AND, p)),
    row("c.subw",     0xfc63, 0x9c01, Rv64, |p| short_registers(SUBW, p)),
    row("c.addw",     0xfc63, 0x9c21, Rv64, |p| short_registers(ADDW, p)),
    row("c.j",        0xe003, 0xa001, Any,  |p| Some(j(JAL, 0, jump_offset(p)))),
    row("c.beqz",     0xe003, 0xc001, Any,  |p| Some(b(BEQ, rs1_short(p), 0, branch_offset(p)))),
    row("c.bnez",     0xe003, 0xe001, Any,  |p| Some(b(BNE, rs1_short(p), 0, branch_offset(p)))),

    row("c.slli",     0xe003, 0x0002, Rv32, |p| shift32(SLLI, rd(p), p)),
    row("c.slli",     0xe003, 0x0002, Rv64, |p| shift64(SLLI, rd(p), p)),
    row("c.fldsp",    0xe003, 0x2002, Any,  |p| Some(i(FLD, rd(p), SP, double_load_offset(p)))),
    row("c.lwsp",     0xe003, 0x4002, Any,  |p| (rd(p) != 0).then(|| i(LW, rd(p), SP, word_load_offset(p)))),
    row("c.flwsp",    0xe003, 0x6002, Rv32, |p| Some(i(FLW, rd(p), SP, word_load_offset(p)))),
    row("c.ldsp",     0xe003, 0x6002, Rv64, |p| (rd(p) != 0).then(|| i(LD, rd(p), SP, double_load_offset(p)))),
    row("c.jr",       0xf07f, 0x8002, Any,  |p| (rd(p) != 0).then(|| i(JALR, 0, rd(p), 0))),
    row("c.mv",       0xf003, 0x8002, Any,  |p| Some(r(ADD, rd(p), 0, rs2(p)))),
    row("c.ebreak",   0xffff, 0x9002, Any,  |_| Some(EBREAK)),
    row("c.jalr",     0xf07f, 0x9002, Any,  |p| Some(i(JALR, 1, rd(p), 0))),
    row("c.add",      0xf003, 0x9002, Any,  |p| Some(r(ADD, rd(p), rd(p), rs2(p)))),
    row("c.fsdsp",    0xe003, 0xa002, Any,  |p| Some(s(FSD, SP, rs2(p), double_store_offset(p)))),
    row("c.swsp",     0xe003, 0xc002, Any,  |p| Some(s(SW, SP, rs2(p), word_store_offset(p)))),
    row("c.fswsp",    0xe003, 0xe002, Rv32, |p| Some(s(FSW, SP, rs2(p), word_store_offset(p)))),
    row("c.sdsp",     0xe003, 0xe002, Rv64, |p| Some(s(SD, SP, rs2(p), double_store_offset(p)))),
];
