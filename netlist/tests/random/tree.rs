//! Generated kernels as rust-hdl's syntax trees.

use super::draw::{Expr, Line, Size};
use rust_hdl::prelude::ast::{
    VerilogBlock, VerilogBlockOrConditional, VerilogConditional, VerilogExpression as Tree,
    VerilogOp as Op, VerilogOpUnary as Unary, VerilogStatement as Statement,
};

/// The syntax tree that `#[hdl_gen]` would make of a kernel.
pub(super) fn block(lines: &[Line]) -> VerilogBlock {
    let line = |line: &Line| match line {
        Line::Assign(size, at, value) => {
            let name = match size {
                Size::Bit => ["x$next", "l$next", "f$d$next"],
                Size::Short => ["y$next", "m$next", "g$d$next"],
                Size::Long => ["z$next", "n$next", "h$d$next"],
            }[usize::from(*at).min(2)];
            Statement::Assignment(Tree::Signal(name.into()), tree(value, *size))
        }
        Line::If(test, then, otherwise) => Statement::If(VerilogConditional {
            test: tree(test, Size::Bit),
            then: block(then),
            otherwise: match &otherwise[..] {
                [] => VerilogBlockOrConditional::None,
                lines => VerilogBlockOrConditional::Block(block(lines)),
            },
        }),
    };
    lines.iter().map(line).collect()
}

fn tree(expr: &Expr, size: Size) -> Tree {
    let paren = |expr: &Expr, size| Box::new(Tree::Paren(Box::new(tree(expr, size))));
    // `(word & mask).index()`: a position that exists.
    let masked = |at: &Expr, mask: u64| {
        let mask = Tree::Cast(Box::new(Tree::Literal((mask as u32).into())), 8);
        let and = Tree::Binary(paren(at, Size::Short), Op::BitAnd, Box::new(mask));
        Box::new(Tree::Paren(Box::new(and)))
    };
    let last = |size| if size == Size::Short { 7 } else { 31 };
    match expr {
        Expr::Read(at) => {
            let names = match size {
                Size::Bit => ["p", "q", "x", "l", "f$q"],
                Size::Short => ["a", "b", "y", "m", "g$q"],
                Size::Long => ["c", "d", "z", "n", "h$q"],
            };
            Tree::Signal(names[usize::from(at % 5)].into())
        }
        Expr::Literal(number) => match size {
            Size::Bit => Tree::Literal((*number == 1).into()),
            Size::Short => Tree::Cast(Box::new(Tree::Literal((*number).into())), 8),
            Size::Long => Tree::Cast(Box::new(Tree::Literal((*number).into())), 40),
        },
        Expr::Bare(number) => Tree::Literal((*number as i32).into()),
        Expr::Binary(op, a, b) => {
            let op =
                [Op::Add, Op::Sub, Op::BitAnd, Op::BitOr, Op::BitXor][usize::from(*op)].clone();
            Tree::Binary(paren(a, size), op, paren(b, size))
        }
        Expr::Compare(size, op, a, b) => {
            let ops = [Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge];
            Tree::Binary(paren(a, *size), ops[usize::from(*op)].clone(), paren(b, *size))
        }
        Expr::Logic(both, a, b) => {
            let op = if *both { Op::LogicalAnd } else { Op::LogicalOr };
            Tree::Binary(paren(a, size), op, paren(b, size))
        }
        Expr::Not(a) => Tree::Unary(Unary::Not, paren(a, size)),
        Expr::Shift(left, a, by) => {
            let op = if *left { Op::Shl } else { Op::Shr };
            Tree::Binary(paren(a, size), op, paren(by, Size::Short))
        }
        Expr::Reduce(of, op, a) => {
            let op = [Unary::Any, Unary::All, Unary::Xor][usize::from(*op)].clone();
            Tree::Unary(op, paren(a, *of))
        }
        Expr::GetBit(of, a, at) => Tree::Index(paren(a, *of), masked(at, last(*of))),
        Expr::GetShort(a, at) => Tree::Slice(paren(a, Size::Long), 8, masked(at, 31)),
        Expr::Replace(of, a, at, bit) => {
            Tree::IndexReplace(paren(a, *of), masked(at, last(*of)), paren(bit, Size::Bit))
        }
        Expr::Resize(a) if size == Size::Short => Tree::Cast(paren(a, Size::Long), 8),
        Expr::Resize(a) => Tree::Cast(paren(a, Size::Short), 40),
    }
}
