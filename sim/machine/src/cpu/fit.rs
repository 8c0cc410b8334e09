//! Addresses of a recorded program against the addresses that a translation scheme has.

use super::{Access, Op, Program, ProgramError};
use kernel::{Bounds, Owner};
use model::isa::Mode;
use serde::{Deserialize, Serialize};

/// What to do with an address that is no user address of the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// Stop with an error: what runs is what was recorded.
    #[default]
    Refuse,
    /// Keep the low bits only: the lower half of the space, 2 GiB in Sv32. Pages that differ
    /// only above collide; locality survives, the figures are those of another program.
    Fold,
}

/// A program whose addresses are made to fit.
pub struct Fitted<P> {
    inner: P,
    mode: Mode,
    fit: Fit,
}

impl<P: Program> Fitted<P> {
    /// Fits a program's addresses into a scheme.
    pub fn new(inner: P, mode: Mode, fit: Fit) -> Fitted<P> {
        Fitted { inner, mode, fit }
    }

    /// The program as it is recorded.
    pub fn inner(&self) -> &P {
        &self.inner
    }

    fn fitted(&self, access: Access) -> Result<Access, ProgramError> {
        let bounds = Bounds::new(self.mode);
        let last = access.va.wrapping_add(u64::from(access.bytes) - 1);
        let fits = |va| va < bounds.user_end() && bounds.owner(va) == Owner::User;
        if fits(access.va) && fits(last) {
            return Ok(access);
        }
        if self.fit == Fit::Refuse {
            return Err(ProgramError::Address {
                position: self.inner.position(),
                va: access.va,
                scheme: self.mode.name(),
                hint: "a wider scheme may have it, or addresses can be folded",
            });
        }
        // An access must not run over the edge that folding makes: it is moved below it.
        let edge = 1_u64 << (self.mode.va_bits() - 1);
        let va = (access.va & (edge - 1)).min(edge - u64::from(access.bytes));
        Ok(Access { va, ..access })
    }
}

impl<P: Program> Program for Fitted<P> {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        Some(match self.inner.next()? {
            Ok(Op::Access(access)) => self.fitted(access).map(Op::Access),
            other => other,
        })
    }

    fn position(&self) -> String {
        self.inner.position()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::Listed;
    use model::isa;

    fn through(mode: Mode, fit: Fit, va: u64) -> Result<u64, String> {
        let program = Listed::accesses(isa::Access::Load, 8, [va]);
        match Fitted::new(program, mode, fit).next() {
            Some(Ok(Op::Access(access))) => Ok(access.va),
            Some(Err(error)) => Err(error.to_string()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn addresses_that_fit_pass_and_others_are_refused_or_folded() {
        let stack = 0x1f_feff_fe28;
        assert_eq!(through(Mode::Sv39, Fit::Refuse, stack), Ok(stack));
        let refused = through(Mode::Sv32, Fit::Refuse, stack).unwrap_err();
        assert!(refused.starts_with("0x1ffefffe28 is no user address of Sv32"), "{refused}");
        assert_eq!(through(Mode::Sv32, Fit::Fold, stack), Ok(0x7eff_fe28));
        assert_eq!(through(Mode::Sv32, Fit::Fold, 0xc000_0000), Ok(0x4000_0000));
        assert_eq!(through(Mode::Sv39, Fit::Fold, 0x3f_ffff_fffc), Ok(0x3f_ffff_fff8));
    }
}
