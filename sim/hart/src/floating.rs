//! The executors of floating-point instructions: registers and their boxes, rounding modes, flags,
//! and `mstatus.FS`.

use crate::float::{self, Binary, Compare, Integer, Outcome, Precision};
use crate::hart::{Executed, Hart};
use crate::{Op, Surroundings, status};
use rustc_apfloat::Round;

/// What a sign-injection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Copy,
    Negate,
    Xor,
}

/// The upper half of a register that holds a number of single precision.
const BOX: u64 = 0xffff_ffff_0000_0000;
/// The NaN of single precision, for which a number that is not boxed counts.
const UNBOXED: u64 = 0x7fc0_0000;

impl Precision {
    fn bytes(self) -> u8 {
        if self == Precision::Single { 4 } else { 8 }
    }

    fn sign(self) -> u64 {
        if self == Precision::Single { 1 << 31 } else { 1 << 63 }
    }
}

impl Hart {
    /// Whether the instruction exists now: `mstatus.FS` is not Off (`norm:mstatus_fs_vs_xs_off_op`).
    #[inline(always)]
    pub(crate) fn has_floats(&self) -> bool {
        self.mstatus & status::FS != 0
    }

    /// A source register; a number of single precision must be boxed.
    #[inline(always)]
    fn float(&self, precision: Precision, register: usize) -> u64 {
        let value = self.f[register & 31];
        match precision {
            Precision::Single if value & BOX != BOX => UNBOXED,
            Precision::Single => value & !BOX,
            Precision::Double => value,
        }
    }

    #[inline(always)]
    fn set_float(&mut self, precision: Precision, register: usize, value: u64) {
        let boxed = if precision == Precision::Single { value | BOX } else { value };
        self.f[register & 31] = boxed;
        self.mstatus |= status::FS;
    }

    fn raise_flags(&mut self, flags: u8) {
        if flags != 0 {
            self.fflags |= flags;
            self.mstatus |= status::FS;
        }
    }

    /// The rounding mode: the instruction's or that of `frm`. `None` if it is reserved, or there are
    /// no floating-point instructions now.
    fn round(&self, op: Op) -> Option<Round> {
        let mode = if op.round() == 7 { self.frm } else { op.round() };
        float::rounding(mode).filter(|_| self.has_floats())
    }

    /// Completes an instruction that writes a floating-point register.
    fn complete_float(
        &mut self,
        op: Op,
        precision: Precision,
        (value, flags): Outcome,
    ) -> Executed {
        self.set_float(precision, op.rd(), value);
        self.raise_flags(flags);
        self.advance(op)
    }

    /// Completes an instruction that writes an integer register.
    fn complete_integer(&mut self, op: Op, (value, flags): Outcome) -> Executed {
        self.set(op, value);
        self.raise_flags(flags);
        self.advance(op)
    }

    #[inline(always)]
    pub(crate) fn float_load<S: Surroundings>(
        &mut self,
        around: &mut S,
        op: Op,
        precision: Precision,
    ) -> Executed {
        if !self.has_floats() {
            return self.illegal(op);
        }
        let value = self.read(around, op, self.address(op), precision.bytes())?;
        self.set_float(precision, op.rd(), value);
        self.advance(op)
    }

    #[inline(always)]
    pub(crate) fn float_store<S: Surroundings>(
        &mut self,
        around: &mut S,
        op: Op,
        precision: Precision,
    ) -> Executed {
        if !self.has_floats() {
            return self.illegal(op);
        }
        let value = self.f[op.rs2()];
        self.write(around, op, self.address(op), precision.bytes(), value)?;
        self.advance(op)
    }

    pub(crate) fn float_binary<S>(
        &mut self,
        _: &mut S,
        op: Op,
        p: Precision,
        operation: Binary,
    ) -> Executed {
        let Some(round) = self.round(op) else { return self.illegal(op) };
        let (a, b) = (self.float(p, op.rs1()), self.float(p, op.rs2()));
        self.complete_float(op, p, float::binary(p, operation, a, b, round))
    }

    /// `fmadd` and the others: the product, the addend, or both negated.
    pub(crate) fn float_fused<S>(
        &mut self,
        _: &mut S,
        op: Op,
        p: Precision,
        product: bool,
        addend: bool,
    ) -> Executed {
        let Some(round) = self.round(op) else { return self.illegal(op) };
        let signed = |value: u64, negated: bool| if negated { value ^ p.sign() } else { value };
        let a = signed(self.float(p, op.rs1()), product);
        let c = signed(self.float(p, op.rs3()), addend);
        let b = self.float(p, op.rs2());
        self.complete_float(op, p, float::fused(p, a, b, c, round))
    }

    pub(crate) fn float_root<S>(&mut self, _: &mut S, op: Op, p: Precision) -> Executed {
        let Some(round) = self.round(op) else { return self.illegal(op) };
        self.complete_float(op, p, float::root(p, self.float(p, op.rs1()), round))
    }

    pub(crate) fn float_sign<S>(
        &mut self,
        _: &mut S,
        op: Op,
        p: Precision,
        sign: Sign,
    ) -> Executed {
        if !self.has_floats() {
            return self.illegal(op);
        }
        let (a, b) = (self.float(p, op.rs1()), self.float(p, op.rs2()));
        let source = match sign {
            Sign::Copy => b,
            Sign::Negate => !b,
            Sign::Xor => a ^ b,
        };
        self.complete_float(op, p, (a & !p.sign() | source & p.sign(), 0))
    }

    pub(crate) fn float_extreme<S>(
        &mut self,
        _: &mut S,
        op: Op,
        p: Precision,
        greater: bool,
    ) -> Executed {
        if !self.has_floats() {
            return self.illegal(op);
        }
        let (a, b) = (self.float(p, op.rs1()), self.float(p, op.rs2()));
        self.complete_float(op, p, float::extreme(p, greater, a, b))
    }

    pub(crate) fn float_compare<S>(
        &mut self,
        _: &mut S,
        op: Op,
        p: Precision,
        compare: Compare,
    ) -> Executed {
        if !self.has_floats() {
            return self.illegal(op);
        }
        let (a, b) = (self.float(p, op.rs1()), self.float(p, op.rs2()));
        self.complete_integer(op, float::compare(p, compare, a, b))
    }

    pub(crate) fn float_classify<S>(&mut self, _: &mut S, op: Op, p: Precision) -> Executed {
        if !self.has_floats() {
            return self.illegal(op);
        }
        self.complete_integer(op, (float::classify(p, self.float(p, op.rs1())), 0))
    }

    pub(crate) fn float_to_integer<S>(
        &mut self,
        _: &mut S,
        op: Op,
        p: Precision,
        integer: Integer,
    ) -> Executed {
        let Some(round) = self.round(op) else { return self.illegal(op) };
        self.complete_integer(op, float::to_integer(p, integer, self.float(p, op.rs1()), round))
    }

    pub(crate) fn float_from_integer<S>(
        &mut self,
        _: &mut S,
        op: Op,
        p: Precision,
        integer: Integer,
    ) -> Executed {
        let Some(round) = self.round(op) else { return self.illegal(op) };
        self.complete_float(op, p, float::from_integer(p, integer, self.get(op.rs1()), round))
    }

    pub(crate) fn float_convert<S>(
        &mut self,
        _: &mut S,
        op: Op,
        from: Precision,
        to: Precision,
    ) -> Executed {
        let Some(round) = self.round(op) else { return self.illegal(op) };
        self.complete_float(op, to, float::convert(from, self.float(from, op.rs1()), round))
    }

    /// The bits of a floating-point register, boxed or not; those of single precision are
    /// sign-extended.
    pub(crate) fn float_move_out<S>(&mut self, _: &mut S, op: Op, p: Precision) -> Executed {
        if !self.has_floats() {
            return self.illegal(op);
        }
        let bits = self.f[op.rs1()];
        let bits = if p == Precision::Single { bits as i32 as u64 } else { bits };
        self.complete_integer(op, (bits, 0))
    }

    pub(crate) fn float_move_in<S>(&mut self, _: &mut S, op: Op, p: Precision) -> Executed {
        if !self.has_floats() {
            return self.illegal(op);
        }
        self.complete_float(op, p, (self.get(op.rs1()), 0))
    }
}
