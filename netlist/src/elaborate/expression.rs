//! Types and widths of expressions.

use super::literal::Literal;
use super::natural::{self, Natural};
use super::scope::{Fields, Meaning, Scope};
use crate::check::Problem;
use crate::ir::{Binary, Expr, ExprKind, Index, Type, Unary, Value};
use rust_hdl::prelude::ast::{VerilogExpression, VerilogOp, VerilogOpUnary};

impl Scope<'_> {
    /// Lowers an expression to the expected type, or to its own if none is expected.
    pub(super) fn expression(
        &self,
        tree: &VerilogExpression,
        expected: Natural,
    ) -> Result<Expr, Problem> {
        let ty = match (self.natural(tree)?, expected) {
            (Natural::Fixed(own), _) => own,
            (Natural::SignedOfSomeWidth, Natural::Fixed(ty)) if ty.is_signed() => ty,
            (Natural::Number, Natural::Fixed(ty)) => ty,
            (Natural::Number, _) => return self.usize(tree),
            _ => return Err(Problem::UnknownWidth),
        };
        let made = self.typed(tree, ty)?;
        if let Natural::Fixed(expected) = expected {
            let width = self.types.width(expected);
            if made.width != width {
                return Err(Problem::WidthMismatch { expected: width, found: made.width });
            }
            let apart = matches!((made.ty, expected), (Type::Enum(a), Type::Enum(b)) if a != b);
            if apart || (made.ty == Type::Clock) != (expected == Type::Clock) {
                return Err(Problem::TypeMismatch);
            }
        }
        Ok(made)
    }

    /// One bit.
    pub(super) fn condition(&self, tree: &VerilogExpression) -> Result<Expr, Problem> {
        self.expression(tree, Natural::Fixed(Type::BIT))
    }

    fn make(&self, kind: ExprKind, ty: Type) -> Expr {
        Expr { kind, ty, width: self.types.width(ty) }
    }

    fn typed(&self, tree: &VerilogExpression, ty: Type) -> Result<Expr, Problem> {
        let width = self.types.width(ty);
        Ok(match tree {
            VerilogExpression::Signal(name) => self.named(name, ty)?,
            VerilogExpression::Literal(literal) => {
                Expr::literal(Literal::new(literal)?.fit(width, ty.is_signed())?, ty)
            }
            VerilogExpression::Paren(inner) => self.typed(inner, ty)?,
            VerilogExpression::Cast(inner, _) => self.cast(inner, ty)?,
            VerilogExpression::Signed(inner) => match self.natural(inner)? {
                Natural::Fixed(own) if own.is_signed() => {
                    let inner = self.typed(inner, own)?;
                    self.make(ExprKind::SignResize(Box::new(inner)), ty)
                }
                Natural::Fixed(own) => {
                    let inner = self.typed(inner, own)?;
                    self.make(ExprKind::Resize(Box::new(inner)), ty)
                }
                Natural::Number => self.typed(inner, ty)?,
                Natural::SignedOfSomeWidth => return Err(Problem::UnknownWidth),
            },
            VerilogExpression::Unsigned(inner) => {
                let inner = self.expression(inner, Natural::Number)?;
                self.make(ExprKind::Resize(Box::new(inner)), ty)
            }
            VerilogExpression::Unary(op, inner) => {
                let (op, inner) = match op {
                    VerilogOpUnary::Not => (Unary::Not, self.typed(inner, ty)?),
                    VerilogOpUnary::Neg => (Unary::Negate, self.typed(inner, ty)?),
                    VerilogOpUnary::All => (Unary::All, self.sized(inner)?),
                    VerilogOpUnary::Any => (Unary::Any, self.sized(inner)?),
                    VerilogOpUnary::Xor => (Unary::Parity, self.sized(inner)?),
                };
                self.make(ExprKind::Unary(op, Box::new(inner)), ty)
            }
            VerilogExpression::Index(base, at) => self.slice(base, at, Type::BIT, None)?,
            VerilogExpression::Slice(base, bits, at) => {
                let (ty, field) = self.slice_type(base, natural::width(*bits)?, at)?;
                self.slice(base, at, ty, field)?
            }
            VerilogExpression::IndexReplace(base, at, bit) => {
                let base = self.typed(base, ty)?;
                let (at, bit) = (self.usize(at)?, self.condition(bit)?);
                let kind = ExprKind::InsertBit(Box::new(base), Box::new(at), Box::new(bit));
                self.make(kind, ty)
            }
            VerilogExpression::Binary(left, op, right) => self.binary(left, op, right, ty)?,
        })
    }

    fn named(&self, name: &str, ty: Type) -> Result<Expr, Problem> {
        match self.read(name) {
            Ok((Meaning::Loop(variable), _)) => {
                Ok(self.make(ExprKind::Index(Index::Variable(variable)), ty))
            }
            Ok((Meaning::Signal(reference, _, whole), fields)) => {
                let read = self.make(ExprKind::Read(reference), whole);
                Ok(self.field_of(read, fields))
            }
            Ok((Meaning::Constant(id, element, whole), fields)) => {
                let read = self.make(ExprKind::Constant(id, element), whole);
                Ok(self.field_of(read, fields))
            }
            Err(problem) => match ty {
                Type::Enum(id) => match self.variant_of(name, id) {
                    Some(value) => Ok(Expr::literal(value, ty)),
                    None => Err(problem),
                },
                _ => Err(problem),
            },
        }
    }

    fn field_of(&self, whole: Expr, fields: Option<Fields>) -> Expr {
        match fields {
            None => whole,
            Some(Fields { offset, ty, path }) => {
                self.make(ExprKind::Slice(Box::new(whole), offset, path), ty)
            }
        }
    }

    /// An expression that must have a type of its own.
    fn sized(&self, tree: &VerilogExpression) -> Result<Expr, Problem> {
        match self.natural(tree)? {
            Natural::Fixed(ty) => self.typed(tree, ty),
            _ => Err(Problem::UnknownWidth),
        }
    }

    /// `bits::<N>(k)` and `bit_cast`.
    fn cast(&self, inner: &VerilogExpression, ty: Type) -> Result<Expr, Problem> {
        match self.natural(inner)? {
            Natural::Fixed(own) => {
                let inner = self.typed(inner, own)?;
                Ok(self.make(ExprKind::Resize(Box::new(inner)), ty))
            }
            Natural::Number => match (inner, self.constant_index(inner)) {
                (VerilogExpression::Literal(_), _) | (_, None) => self.typed(inner, ty),
                (_, Some(index)) => Ok(self.make(ExprKind::Index(index), ty)),
            },
            Natural::SignedOfSomeWidth => Err(Problem::UnknownWidth),
        }
    }

    fn slice(
        &self,
        base: &VerilogExpression,
        at: &VerilogExpression,
        ty: Type,
        field: Option<String>,
    ) -> Result<Expr, Problem> {
        let base = self.sized(base)?;
        let at = self.usize(at)?;
        if let ExprKind::Index(Index::Const(offset)) = at.kind {
            // `get_bits` may start at the very end, `get_bit` may not: Rust panics beyond.
            let offset = u32::try_from(offset).unwrap_or(u32::MAX);
            if offset > base.width || (offset == base.width && ty == Type::BIT) {
                return Err(Problem::IndexOutOfRange);
            }
            return Ok(self.make(ExprKind::Slice(Box::new(base), offset, field), ty));
        }
        Ok(self.make(ExprKind::DynamicSlice(Box::new(base), Box::new(at)), ty))
    }

    fn binary(
        &self,
        left: &VerilogExpression,
        op: &VerilogOp,
        right: &VerilogExpression,
        ty: Type,
    ) -> Result<Expr, Problem> {
        let (op, left, right) = match op {
            VerilogOp::LogicalAnd => (Binary::And, self.condition(left)?, self.condition(right)?),
            VerilogOp::LogicalOr => (Binary::Or, self.condition(left)?, self.condition(right)?),
            VerilogOp::Eq => self.comparison(Binary::Equal, left, right)?,
            VerilogOp::Ne => self.comparison(Binary::NotEqual, left, right)?,
            VerilogOp::Lt => self.comparison(Binary::Less, left, right)?,
            VerilogOp::Le => self.comparison(Binary::LessEqual, left, right)?,
            VerilogOp::Gt => self.comparison(Binary::Greater, left, right)?,
            VerilogOp::Ge => self.comparison(Binary::GreaterEqual, left, right)?,
            VerilogOp::Shl => (Binary::Shl, self.typed(left, ty)?, self.amount(right)?),
            VerilogOp::Shr => (Binary::Shr, self.typed(left, ty)?, self.amount(right)?),
            VerilogOp::Mul => {
                let (left, right) = self.factors(left, right, ty)?;
                (Binary::Mul, left, right)
            }
            VerilogOp::Add => {
                let expected = Natural::Fixed(ty);
                let (left, own) = (self.expression(left, expected)?, self.natural(right)?);
                // rust-hdl adds a bool to a word as 0 or 1.
                let right = if own == Natural::Fixed(Type::BIT) && left.width > 1 {
                    let bit = self.typed(right, Type::BIT)?;
                    self.make(ExprKind::Resize(Box::new(bit)), ty)
                } else {
                    self.expression(right, expected)?
                };
                (Binary::Add, left, right)
            }
            VerilogOp::Sub => self.alike(Binary::Sub, left, right, ty)?,
            VerilogOp::BitAnd => self.alike(Binary::And, left, right, ty)?,
            VerilogOp::BitOr => self.alike(Binary::Or, left, right, ty)?,
            VerilogOp::BitXor => self.alike(Binary::Xor, left, right, ty)?,
        };
        Ok(self.make(ExprKind::Binary(op, Box::new(left), Box::new(right)), ty))
    }

    fn alike(
        &self,
        op: Binary,
        left: &VerilogExpression,
        right: &VerilogExpression,
        ty: Type,
    ) -> Result<(Binary, Expr, Expr), Problem> {
        let expected = Natural::Fixed(ty);
        Ok((op, self.expression(left, expected)?, self.expression(right, expected)?))
    }

    fn comparison(
        &self,
        op: Binary,
        left: &VerilogExpression,
        right: &VerilogExpression,
    ) -> Result<(Binary, Expr, Expr), Problem> {
        let (left_own, right_own) = (self.natural(left)?, self.natural(right)?);
        let numbers = [(left, left_own), (right, right_own)]
            .into_iter()
            .filter(|(_, own)| *own == Natural::Number);
        let by_loop = numbers.clone().any(|(tree, _)| {
            !matches!(tree, VerilogExpression::Literal(_))
                && self.constant_index(tree).is_some_and(|index| index.evaluate(&[]).is_none())
        });
        let (left, right) = match (left_own, right_own) {
            (Natural::Number, Natural::Number) => self.compare_usize(left, right)?,
            _ if by_loop => self.compare_usize(left, right)?,
            (own @ Natural::Fixed(_), _) | (_, own @ Natural::Fixed(_)) => {
                (self.expression(left, own)?, self.expression(right, own)?)
            }
            _ => return Err(Problem::UnknownWidth),
        };
        Ok((op, left, right))
    }

    /// A shift amount: an unsigned word of at most 64 bits, or a number.
    fn amount(&self, tree: &VerilogExpression) -> Result<Expr, Problem> {
        match self.natural(tree)? {
            Natural::Fixed(ty @ Type::Bits(width)) if width <= 64 => self.typed(tree, ty),
            Natural::Fixed(_) => Err(Problem::unsupported("this type of a shift amount")),
            _ => self.usize(tree),
        }
    }

    /// The operands of a product, extended to its width.
    fn factors(
        &self,
        left: &VerilogExpression,
        right: &VerilogExpression,
        ty: Type,
    ) -> Result<(Expr, Expr), Problem> {
        let factor = |tree: &VerilogExpression| match self.natural(tree)? {
            Natural::Fixed(own @ Type::Signed(16)) => {
                let narrow = self.typed(tree, own)?;
                Ok(self.make(ExprKind::SignResize(Box::new(narrow)), ty))
            }
            Natural::Fixed(own @ Type::Bits(16)) if !ty.is_signed() => {
                Ok(self.make(ExprKind::Resize(Box::new(self.typed(tree, own)?)), ty))
            }
            Natural::SignedOfSomeWidth => {
                let narrow = self.typed(tree, Type::Signed(16))?;
                Ok(self.make(ExprKind::SignResize(Box::new(narrow)), ty))
            }
            Natural::Number => self.typed(tree, ty),
            Natural::Fixed(_) => Err(Problem::unsupported("a product of these types")),
        };
        Ok((factor(left)?, factor(right)?))
    }

    /// The pattern of a `match` arm as a value of the test's type; `None`: it never matches.
    pub(super) fn pattern(&self, text: &str, test: &Expr) -> Result<Option<Value>, Problem> {
        let unresolved = || Problem::UnresolvedName { name: text.to_owned() };
        match test.ty {
            Type::Enum(id) => self.variant_of(text, id).map(Some).ok_or_else(unresolved),
            _ if text == "true" => Ok(Some(Value::new(test.width, 1))),
            _ if text == "false" => Ok(Some(Value::new(test.width, 0))),
            _ => {
                let number = super::literal::rust_integer(text).ok_or_else(unresolved)?;
                let value = Value::new(test.width, number);
                Ok((value.to_u64() == Some(number)).then_some(value))
            }
        }
    }
}
