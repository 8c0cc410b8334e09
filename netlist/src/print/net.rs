//! What has a name in a printed module: signals, ports of children, registers.

use super::rewrite::index_op;
use crate::ir::{Index, IndexOp, InstanceId, Module, Reference, SignalId, Type};

/// A signal of the module, or a port of a child (all elements of an array together).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Net {
    /// A port or local of the module.
    Own(SignalId),
    /// A port of a child.
    Child(InstanceId, SignalId),
}

impl Net {
    /// The net that a reference names.
    pub(super) fn of(reference: &Reference) -> Self {
        match &reference.instance {
            Some((instance, _)) => Net::Child(*instance, reference.signal),
            None => Net::Own(reference.signal),
        }
    }
}

/// How a net is printed: one vector, element 0 in the lowest bits.
#[derive(Clone, Debug)]
pub(super) struct NetInfo {
    /// Its identifier.
    pub(super) name: String,
    /// Type of an element.
    pub(super) ty: Type,
    /// Bits of an element.
    pub(super) element: u32,
    /// Elements in all.
    pub(super) count: u32,
    /// Elements of the port in one child; of the signal if it is the module's own.
    pub(super) per_instance: u32,
    /// The elements' identifiers when each is a wire of its own; else empty.
    pub(super) split: Vec<String>,
    /// Bits that some printed expression reads.
    pub(super) read: Vec<bool>,
}

impl NetInfo {
    /// Bits in all.
    pub(super) fn width(&self) -> u32 {
        self.element * self.count
    }
}

/// Which element of its net a reference names.
pub(super) fn element_of(reference: &Reference, per_instance: u32) -> Index {
    let element = reference.element.clone().unwrap_or(Index::Const(0));
    match &reference.instance {
        Some((_, Some(at))) => {
            let per_instance = Index::Const(u64::from(per_instance));
            let start = index_op(IndexOp::Mul, at.clone(), per_instance);
            index_op(IndexOp::Add, start, element)
        }
        _ => element,
    }
}

/// `[7:0] `, or nothing for a single bit.
pub(super) fn range(width: u32) -> String {
    if width == 1 { String::new() } else { format!("[{}:0] ", width - 1) }
}

/// The ports of a module by their Verilog names, in order of declaration.
///
/// An array is one vector, element 0 in the lowest bits; a structure is one vector, its first
/// field in the lowest bits.
pub fn port_names(module: &Module) -> Vec<(SignalId, String)> {
    let mut scope = super::names::Scope::default();
    module.ports().map(|(id, signal)| (id, scope.take(&signal.name))).collect()
}
