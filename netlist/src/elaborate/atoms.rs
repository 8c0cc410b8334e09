//! Groups names such as `bus$3`, `valid` into an array `bus.valid` and its elements.

use crate::check::Problem;
use crate::ir::{Constant, Instance, Kind, ModuleId, Signal, Type, Value};

/// A parsed name: `valid` in the scope `bus$3` has the base `bus.valid`, element `[3]`.
pub(super) struct Taken {
    pub(super) base: String,
    pub(super) element: Vec<u32>,
}

/// Parses the names of nested scopes, as rust-hdl's arrays are named.
pub(super) fn take_apart<'a>(names: impl IntoIterator<Item = &'a str>) -> Taken {
    let mut base = Vec::new();
    let mut element = Vec::new();
    for name in names {
        let mut parts = name.split('$');
        base.push(parts.next().unwrap_or_default());
        // A Rust name has no `$`: whatever follows one is a number.
        element.extend(parts.filter_map(|number| number.parse::<u32>().ok()));
    }
    Taken { base: base.join("."), element }
}

/// Elements come in order, so the last one gives the dimensions.
fn grow(dims: &mut [u32], element: &[u32]) {
    for (dim, at) in dims.iter_mut().zip(element) {
        *dim = (*dim).max(at + 1);
    }
}

/// What a block declares, in order.
#[derive(Default)]
pub(super) struct Declared {
    pub(super) signals: Vec<Signal>,
    pub(super) constants: Vec<Constant>,
    pub(super) instances: Vec<Instance>,
}

impl Declared {
    pub(super) fn signal(&mut self, name: Taken, kind: Kind, ty: Type) {
        match self.signals.iter_mut().rev().find(|signal| signal.name == name.base) {
            Some(signal) => grow(&mut signal.dims, &name.element),
            None => {
                let dims = vec![1; name.element.len()];
                self.signals.push(Signal { name: name.base, kind, ty, dims });
            }
        }
    }

    pub(super) fn constant(&mut self, name: Taken, ty: Type, value: Value) {
        match self.constants.iter_mut().rev().find(|constant| constant.name == name.base) {
            Some(constant) => {
                grow(&mut constant.dims, &name.element);
                constant.values.push(value);
            }
            None => {
                let dims = vec![1; name.element.len()];
                self.constants.push(Constant { name: name.base, ty, dims, values: vec![value] });
            }
        }
    }

    pub(super) fn instance(&mut self, name: Taken, module: ModuleId) {
        match self.instances.iter_mut().rev().find(|instance| instance.name == name.base) {
            Some(instance) => {
                grow(&mut instance.dims, &name.element);
                instance.modules.push(module);
            }
            None => {
                let dims = vec![1; name.element.len()];
                self.instances.push(Instance { name: name.base, dims, modules: vec![module] });
            }
        }
    }
}

impl Declared {
    /// Arrays whose elements do not fill their dimensions, as can happen with vectors of vectors.
    pub(super) fn ragged(&self) -> Vec<(Option<String>, Problem)> {
        let instances = self.instances.iter().map(|i| (&i.name, &i.dims, i.modules.len()));
        let constants = self.constants.iter().map(|c| (&c.name, &c.dims, c.values.len()));
        instances
            .chain(constants)
            .filter(|(_, dims, count)| dims.iter().product::<u32>() as usize != *count)
            .map(|(name, ..)| (Some(name.clone()), Problem::unsupported("a ragged array")))
            .collect()
    }
}
