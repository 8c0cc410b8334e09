//! The type of an expression by itself, before any context.

use super::literal::Literal;
use super::scope::{Meaning, Scope};
use crate::check::Problem;
use crate::ir::Type;
use rust_hdl::prelude::ast::{VerilogExpression, VerilogOp, VerilogOpUnary};

/// The type that an expression has by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Natural {
    /// None: a literal, a loop variable or arithmetic on them. It takes the other operand's type,
    /// or is a `usize`.
    Number,
    /// A signed conversion, whose width the syntax tree does not keep.
    SignedOfSomeWidth,
    /// This type.
    Fixed(Type),
}

impl Natural {
    fn or(self, other: Natural) -> Natural {
        if let Natural::Fixed(_) = self { self } else { other.at_least(self) }
    }

    fn at_least(self, other: Natural) -> Natural {
        if self == Natural::Number { other } else { self }
    }
}

impl Scope<'_> {
    /// The type that an expression has by itself.
    pub(super) fn natural(&self, tree: &VerilogExpression) -> Result<Natural, Problem> {
        Ok(match tree {
            VerilogExpression::Signal(name) => self.natural_of_name(name)?,
            VerilogExpression::Literal(literal) => {
                let is_bool = Literal::new(literal)?.is_bool;
                if is_bool { Natural::Fixed(Type::BIT) } else { Natural::Number }
            }
            VerilogExpression::Cast(_, bits) => Natural::Fixed(Type::Bits(width(*bits)?)),
            // `signed_cast` keeps the width of an unsigned word; `signed_bit_cast` has no known
            // width.
            VerilogExpression::Signed(inner) => match self.natural(inner)? {
                Natural::Fixed(Type::Bits(width)) => Natural::Fixed(Type::Signed(width)),
                _ => Natural::SignedOfSomeWidth,
            },
            VerilogExpression::Unsigned(inner) => match self.natural(inner)? {
                Natural::Fixed(ty) => Natural::Fixed(Type::Bits(self.types.width(ty))),
                _ => return Err(Problem::UnknownWidth),
            },
            VerilogExpression::Paren(inner) => self.natural(inner)?,
            VerilogExpression::Unary(op, inner) => match op {
                VerilogOpUnary::Not | VerilogOpUnary::Neg => self.natural(inner)?,
                _ => Natural::Fixed(Type::BIT),
            },
            VerilogExpression::Index(..) => Natural::Fixed(Type::BIT),
            VerilogExpression::Slice(inner, bits, at) => {
                Natural::Fixed(self.slice_type(inner, width(*bits)?, at)?.0)
            }
            VerilogExpression::IndexReplace(inner, ..) => self.natural(inner)?,
            VerilogExpression::Binary(left, op, right) => match op {
                VerilogOp::LogicalAnd
                | VerilogOp::LogicalOr
                | VerilogOp::Eq
                | VerilogOp::Ne
                | VerilogOp::Lt
                | VerilogOp::Le
                | VerilogOp::Gt
                | VerilogOp::Ge => Natural::Fixed(Type::BIT),
                // `literal << signal` is a shift of a u64.
                VerilogOp::Shl | VerilogOp::Shr => {
                    match (self.natural(left)?, self.natural(right)?) {
                        (Natural::Number, Natural::Fixed(_)) => Natural::Fixed(Type::Bits(64)),
                        (left, _) => left,
                    }
                }
                VerilogOp::Mul => match (self.natural(left)?, self.natural(right)?) {
                    (Natural::Number, Natural::Number) => Natural::Number,
                    // rust-hdl multiplies two words of 16 bits, signed or not, and no others.
                    (Natural::Fixed(Type::Bits(_)), _) | (_, Natural::Fixed(Type::Bits(_))) => {
                        Natural::Fixed(Type::Bits(32))
                    }
                    _ => Natural::Fixed(Type::Signed(32)),
                },
                _ => self.natural(left)?.or(self.natural(right)?),
            },
        })
    }

    fn natural_of_name(&self, name: &str) -> Result<Natural, Problem> {
        match self.read(name) {
            Ok((Meaning::Loop(_), _)) => Ok(Natural::Number),
            Ok((Meaning::Signal(_, _, ty) | Meaning::Constant(_, _, ty), fields)) => {
                Ok(Natural::Fixed(fields.map_or(ty, |fields| fields.ty)))
            }
            Err(problem) => match self.variants(name)[..] {
                [] => Err(problem),
                [(id, _)] => Ok(Natural::Fixed(Type::Enum(id))),
                // Two enumerations of one name: the other operand must decide.
                _ => Ok(Natural::Number),
            },
        }
    }

    /// The type of a slice, and the field's name if it is a field of a structure.
    pub(super) fn slice_type(
        &self,
        base: &VerilogExpression,
        width: u32,
        at: &VerilogExpression,
    ) -> Result<(Type, Option<String>), Problem> {
        let Natural::Fixed(of) = self.natural(base)? else {
            return Err(Problem::UnknownWidth);
        };
        if let (Type::Struct(id), VerilogExpression::Literal(at)) = (of, at) {
            let at = Literal::new(at)?.as_u64();
            let fields = &self.types.structure(id).fields;
            let field = fields.iter().find(|field| {
                Some(u64::from(field.offset)) == at && self.types.width(field.ty) == width
            });
            if let Some(field) = field {
                return Ok((field.ty, Some(field.name.clone())));
            }
        }
        let ty = if of.is_signed() { Type::Signed(width) } else { Type::Bits(width) };
        Ok((ty, None))
    }
}

/// A width of the syntax tree.
pub(super) fn width(bits: usize) -> Result<u32, Problem> {
    match u32::try_from(bits) {
        Ok(0) | Err(_) => Err(Problem::unsupported(format!("a value of {bits} bits"))),
        Ok(width) => Ok(width),
    }
}
