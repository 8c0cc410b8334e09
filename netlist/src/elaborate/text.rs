//! Syntax trees as Rust text, for diagnostics.

use rust_hdl::prelude::ast::{
    VerilogConditional, VerilogExpression, VerilogLink, VerilogMatch, VerilogOp, VerilogOpUnary,
    VerilogStatement,
};

/// The first line of a statement, as Rust would write it.
pub(super) fn statement(statement: &VerilogStatement) -> String {
    match statement {
        VerilogStatement::Assignment(target, value) => {
            format!("{} = {}", expression(target), expression(value))
        }
        VerilogStatement::SliceAssignment { base, width, offset, replacement } => format!(
            "{}.next[{} +: {width}] = {}",
            expression(base),
            expression(offset),
            expression(replacement)
        ),
        VerilogStatement::If(VerilogConditional { test, .. }) => {
            format!("if {}", expression(test))
        }
        VerilogStatement::Match(VerilogMatch { test, .. }) => {
            format!("match {}", expression(test))
        }
        VerilogStatement::Loop(found) => {
            format!("for {} in {:x}..{:x}", found.index, found.from, found.to)
        }
        VerilogStatement::Comment(text) => format!("// {text}"),
        VerilogStatement::Link(links) => links.first().map_or_else(String::new, link),
        VerilogStatement::Macro(_) => "dff_setup! or clock!".to_owned(),
    }
}

fn link(link: &VerilogLink) -> String {
    let (VerilogLink::Forward(names)
    | VerilogLink::Backward(names)
    | VerilogLink::Bidirectional(names)) = link;
    format!("link({}, {})", path(&names.owner_name), path(&names.other_name))
}

fn path(name: &str) -> String {
    format!("self.{}", name.trim_start_matches('.').replace('$', "."))
}

/// An expression, as Rust would write it.
pub(super) fn expression(tree: &VerilogExpression) -> String {
    match tree {
        VerilogExpression::Signal(name) if name.contains('$') || name.contains('[') => path(name),
        VerilogExpression::Signal(name) => name.clone(),
        VerilogExpression::Literal(literal) => {
            let text = format!("{literal:x}");
            text.split_once("'h").map_or(text.clone(), |(_, digits)| format!("0x{digits}"))
        }
        VerilogExpression::Cast(inner, bits) => format!("bits::<{bits}>({})", expression(inner)),
        VerilogExpression::Signed(inner) => format!("signed_cast({})", expression(inner)),
        VerilogExpression::Unsigned(inner) => format!("unsigned_cast({})", expression(inner)),
        VerilogExpression::Paren(inner) => format!("({})", expression(inner)),
        VerilogExpression::Binary(left, op, right) => {
            format!("{} {} {}", expression(left), binary(op), expression(right))
        }
        VerilogExpression::Unary(VerilogOpUnary::Not, inner) => format!("!{}", expression(inner)),
        VerilogExpression::Unary(VerilogOpUnary::Neg, inner) => format!("-{}", expression(inner)),
        VerilogExpression::Unary(op, inner) => {
            let name = match op {
                VerilogOpUnary::All => "all",
                VerilogOpUnary::Any => "any",
                _ => "xor",
            };
            format!("{}.{name}()", expression(inner))
        }
        VerilogExpression::Index(inner, at) => {
            format!("{}.get_bit({})", expression(inner), expression(at))
        }
        VerilogExpression::Slice(inner, width, at) => {
            format!("{}.get_bits::<{width}>({})", expression(inner), expression(at))
        }
        VerilogExpression::IndexReplace(inner, at, bit) => {
            format!("{}.replace_bit({}, {})", expression(inner), expression(at), expression(bit))
        }
    }
}

fn binary(op: &VerilogOp) -> &'static str {
    match op {
        VerilogOp::Add => "+",
        VerilogOp::Sub => "-",
        VerilogOp::Mul => "*",
        VerilogOp::LogicalAnd => "&&",
        VerilogOp::LogicalOr => "||",
        VerilogOp::BitXor => "^",
        VerilogOp::BitAnd => "&",
        VerilogOp::BitOr => "|",
        VerilogOp::Shl => "<<",
        VerilogOp::Shr => ">>",
        VerilogOp::Eq => "==",
        VerilogOp::Lt => "<",
        VerilogOp::Le => "<=",
        VerilogOp::Ne => "!=",
        VerilogOp::Ge => ">=",
        VerilogOp::Gt => ">",
    }
}
