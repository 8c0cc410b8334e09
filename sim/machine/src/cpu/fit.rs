//! Addresses of a recorded program and the address range of the translation scheme.

use super::{Access, Format, Op, Program, ProgramError};
use kernel::{Bounds, Owner};
use model::isa::Mode;
use serde::{Deserialize, Serialize};

/// What to do with an address that is not a user address of the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// Stop with an error: what runs is what was recorded.
    #[default]
    Refuse,
    /// Keep the low bits only: the lower half of the space, 2 GiB in Sv32. Pages that differ only
    /// in higher bits collide; locality survives, but the figures are those of another program.
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

    /// The end of the user addresses that fit as they are.
    fn users(&self) -> u64 {
        let bounds = Bounds::new(self.mode);
        bounds.kernel().map_or(bounds.user_end(), |kernel| kernel.start)
    }

    /// What helps with an access that does not fit.
    fn hint(&self, access: Access) -> &'static str {
        let wider = |mode: &Mode| mode.va_bits() > self.mode.va_bits() && has(*mode, access);
        match [Mode::Sv39, Mode::Sv48, Mode::Sv57].into_iter().find(wider) {
            Some(Mode::Sv39) => {
                "Sv39 has it, or addresses can be folded: choose mode sv39, or fold"
            }
            Some(Mode::Sv48) => {
                "Sv48 has it, or addresses can be folded: choose mode sv48, or fold"
            }
            Some(_) => "Sv57 has it, or addresses can be folded: choose mode sv57, or fold",
            None => "no scheme has it, but addresses can be folded",
        }
    }

    fn fitted(&self, access: Access) -> Result<Access, ProgramError> {
        if has(self.mode, access) {
            return Ok(access);
        }
        if self.fit == Fit::Refuse {
            return Err(ProgramError::Address {
                position: self.inner.position(),
                va: access.va,
                scheme: self.mode.name(),
                hint: self.hint(access),
            });
        }
        // An access must not cross the edge that folding creates: it is moved below it.
        let edge = 1_u64 << (self.mode.va_bits() - 1);
        let va = (access.va & (edge - 1)).min(edge - u64::from(access.bytes));
        Ok(Access { va, ..access })
    }
}

/// Whether all of an access is at user addresses of a scheme.
fn has(mode: Mode, access: Access) -> bool {
    let bounds = Bounds::new(mode);
    let last = access.va.wrapping_add(u64::from(access.bytes) - 1);
    let fits = |va| va < bounds.user_end() && bounds.owner(va) == Owner::User;
    fits(access.va) && fits(last)
}

impl<P: Program> Program for Fitted<P> {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        Some(match self.inner.next()? {
            Ok(Op::Access(access)) => self.fitted(access).map(Op::Access),
            other => other,
        })
    }

    /// The accesses that fit as they are; [`Program::next`] handles the others.
    fn accesses(&mut self, end: u64, ahead: &mut Vec<Access>) {
        self.inner.accesses(end.min(self.users()), ahead);
    }

    fn touched(&mut self, end: u64, touched: &mut Vec<Access>) {
        self.inner.touched(end.min(self.users()), touched);
    }

    fn position(&self) -> String {
        self.inner.position()
    }

    fn format(&self) -> Option<Format> {
        self.inner.format()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::{Lackey, Listed};
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
        let said = "0x1ffefffe28 is not a user address of Sv32; Sv39 has it, or ";
        assert!(refused.starts_with(said), "{refused}");
        for (va, hint) in [
            (0x7fff_ffff_0000, "Sv48 has it, or"),
            (0x80_0000_0000_0000, "Sv57 has it, or"),
            (0xffff_8000_0000_0000, "no scheme has it, but"),
        ] {
            let refused = through(Mode::Sv39, Fit::Refuse, va).unwrap_err();
            assert!(refused.contains(hint), "{refused}");
        }
        assert_eq!(through(Mode::Sv32, Fit::Fold, stack), Ok(0x7eff_fe28));
        assert_eq!(through(Mode::Sv32, Fit::Fold, 0xc000_0000), Ok(0x4000_0000));
        assert_eq!(through(Mode::Sv39, Fit::Fold, 0x3f_ffff_fffc), Ok(0x3f_ffff_fff8));
    }

    /// A recording of loads of 8 bytes.
    fn recorded(mode: Mode, fit: Fit, vas: &[u64]) -> Fitted<Lackey> {
        let lines: Vec<_> = vas.iter().map(|va| format!(" L {va:08x},8\n")).collect();
        let source = Box::new(std::io::Cursor::new(lines.concat()));
        Fitted::new(Lackey::new("t", source), mode, fit)
    }

    #[test]
    fn what_is_read_ahead_is_what_comes_one_by_one() {
        let kernel = Bounds::new(Mode::Sv32).kernel().expect("Sv32 has one");
        let sv32 = [0, kernel.start - 8, kernel.start - 4, 0x8000_0000, kernel.end, 0xffff_fff8];
        let sv39 = [0x1000, 0x3f_ffff_fff8, 0x3f_ffff_fffc, 0x2000, u64::MAX - 7, 0x3000];
        for (mode, vas) in [(Mode::Sv32, sv32), (Mode::Sv39, sv39)] {
            for fit in [Fit::Refuse, Fit::Fold] {
                let mut one_by_one = recorded(mode, fit, &vas);
                let expected: Vec<_> = std::iter::from_fn(|| one_by_one.next()).map(said).collect();
                let (mut program, mut got) = (recorded(mode, fit, &vas), Vec::new());
                loop {
                    let mut ahead = Vec::new();
                    program.accesses(u64::MAX, &mut ahead);
                    got.extend(ahead.into_iter().map(|access| said(Ok(Op::Access(access)))));
                    let Some(next) = program.next() else { break };
                    got.push(said(next));
                }
                assert_eq!(got, expected, "{mode:?} {fit:?}");
            }
        }
    }

    fn said(step: Result<Op, ProgramError>) -> String {
        step.map_or_else(|error| error.to_string(), |op| format!("{op:?}"))
    }
}
