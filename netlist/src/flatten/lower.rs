//! Lowers typed expressions to nodes.

use super::execute::Execution;
use super::wires::Wire;
use crate::check::Problem;
use crate::ir::{Binary, Expr, ExprKind, InputId, Kind, NodeId, Op, Reference, Unary, Value};

impl Execution<'_> {
    /// The wire of a reference, for the present loop variables; outside an array it is a finding.
    pub(super) fn wire(&mut self, reference: &Reference) -> Option<Wire> {
        let (layout, design) = (self.layout, self.design);
        let wire = layout.wire(design, self.layouts, self.module, reference, &self.loops);
        if wire.is_none() {
            let module = design.module(self.module);
            let name = match &reference.instance {
                Some((id, _)) => module.instance(*id).name.clone(),
                None => module.signal(reference.signal).name.clone(),
            };
            self.fault_named(name, Problem::IndexOutOfRange);
        }
        wire
    }

    /// A wire's value, with the bits that are `demanded`.
    fn read(&mut self, wire: Wire, demanded: &Value) -> NodeId {
        let info = self.layout.wires[wire as usize];
        if let Some(settled) = self.settled {
            return match &settled[wire as usize] {
                Some(value) => self.graph.value(value.clone()),
                None => self.graph.make(Op::Input(InputId(wire)), info.width),
            };
        }
        // Outputs and locals read their last assignment, everything else its settled value.
        if info.child.is_none() && info.kind != Kind::Input {
            let slot = self.state.slot(wire);
            let (node, missing) = (slot.node, demanded.and(&slot.assigned.not()));
            if missing.any() {
                self.fault(wire, Problem::ReadBeforeWrite);
            }
            return node.unwrap_or_else(|| self.graph.number(info.width, 0));
        }
        self.graph.make(Op::Input(InputId(wire)), info.width)
    }

    fn read_reference(&mut self, reference: &Reference, width: u32, demanded: &Value) -> NodeId {
        match self.wire(reference) {
            Some(wire) => self.read(wire, demanded),
            None => self.graph.number(width, 0),
        }
    }

    /// The node of an expression.
    pub(super) fn expr(&mut self, expr: &Expr) -> NodeId {
        let width = expr.width;
        match &expr.kind {
            ExprKind::Literal(value) => self.graph.value(value.clone()),
            ExprKind::Constant(id, element) => {
                let constant = self.design.module(self.module).constant(*id);
                let at = element.as_ref().map_or(Some(0), |index| index.evaluate(&self.loops));
                let at = at.and_then(|at| usize::try_from(at).ok());
                match at.and_then(|at| constant.values.get(at)) {
                    Some(value) => self.graph.value(value.clone()),
                    None => {
                        self.fault_named(constant.name.clone(), Problem::IndexOutOfRange);
                        self.graph.number(width, 0)
                    }
                }
            }
            ExprKind::Index(index) => {
                let number = index.evaluate(&self.loops);
                let value = Value::new(width, number.unwrap_or(0));
                if number.is_none() || (width <= 32 && value.to_u64() != number) {
                    self.fault_named("(loop variable)".to_owned(), Problem::IndexOutOfRange);
                }
                self.graph.value(value)
            }
            ExprKind::Read(reference) => self.read_reference(reference, width, &Value::ones(width)),
            ExprKind::Slice(base, offset, _) => {
                let base = match &base.kind {
                    ExprKind::Read(reference) => {
                        let bits = Value::ones(width.min(base.width)).resize(base.width);
                        let demanded = bits.shl(u64::from(*offset));
                        self.read_reference(reference, base.width, &demanded)
                    }
                    _ => self.expr(base),
                };
                self.graph.slice(base, *offset, width)
            }
            ExprKind::DynamicSlice(base, at) => {
                let (base, at) = (self.expr(base), self.expr(at));
                self.graph.make(Op::Extract(base, at), width)
            }
            ExprKind::InsertBit(base, at, bit) => {
                let (base, at, bit) = (self.expr(base), self.expr(at), self.expr(bit));
                self.graph.make(Op::InsertBit(base, at, bit), width)
            }
            ExprKind::Resize(inner) => {
                let inner = self.expr(inner);
                self.graph.zero_extend(inner, width)
            }
            ExprKind::SignResize(inner) => {
                let inner = self.expr(inner);
                self.graph.sign_extend(inner, width)
            }
            ExprKind::Unary(op, inner) => {
                let inner = self.expr(inner);
                match op {
                    Unary::Not => self.graph.not(inner),
                    Unary::Negate => {
                        let zero = self.graph.number(width, 0);
                        self.graph.make(Op::Sub(zero, inner), width)
                    }
                    Unary::All => self.graph.make(Op::All(inner), 1),
                    Unary::Any => self.graph.make(Op::Any(inner), 1),
                    Unary::Parity => self.graph.make(Op::Parity(inner), 1),
                }
            }
            ExprKind::Binary(op, left, right) => {
                let signed = left.ty.is_signed();
                let (left, right) = (self.expr(left), self.expr(right));
                self.binary(*op, left, right, width, signed)
            }
            ExprKind::Choose(test, then, otherwise) => {
                let test = self.expr(test);
                let (then, otherwise) = (self.expr(then), self.expr(otherwise));
                self.graph.make(Op::Mux(test, then, otherwise), width)
            }
        }
    }

    fn binary(&mut self, op: Binary, a: NodeId, b: NodeId, width: u32, signed: bool) -> NodeId {
        let less = |a, b| if signed { Op::SignedLess(a, b) } else { Op::Less(a, b) };
        let graph = &mut self.graph;
        match op {
            Binary::Add => graph.make(Op::Add(a, b), width),
            Binary::Sub => graph.make(Op::Sub(a, b), width),
            Binary::Mul => graph.make(Op::Mul(a, b), width),
            Binary::And => graph.make(Op::And(a, b), width),
            Binary::Or => graph.make(Op::Or(a, b), width),
            Binary::Xor => graph.make(Op::Xor(a, b), width),
            Binary::Shl => graph.make(Op::Shl(a, b), width),
            Binary::Shr => graph.make(Op::Shr(a, b), width),
            Binary::Equal => graph.make(Op::Equal(a, b), 1),
            Binary::Less => graph.make(less(a, b), 1),
            Binary::Greater => graph.make(less(b, a), 1),
            Binary::NotEqual => {
                let equal = graph.make(Op::Equal(a, b), 1);
                graph.not(equal)
            }
            Binary::LessEqual => {
                let greater = graph.make(less(b, a), 1);
                graph.not(greater)
            }
            Binary::GreaterEqual => {
                let less = graph.make(less(a, b), 1);
                graph.not(less)
            }
        }
    }
}
