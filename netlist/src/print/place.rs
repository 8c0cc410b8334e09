//! Where the state of a design is in its printed text.

use super::Net;
use super::naming::Names;
use super::sheet::Sheet;
use crate::ir::{Body, Design, InstanceId, ModuleId, Primitive, SignalId, element_name};
use std::collections::BTreeMap;

/// The place of a register, or of the output of a memory, in the printed text.
///
/// A test bench that runs the text in a simulator accesses the state of the design by it: bits `low
/// .. low + width` of the `reg` named by `name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Path of the output's net, e.g. `tlb.lines[3].held.q`.
    pub path: String,
    /// Hierarchical Verilog name from inside the top module, e.g. `tlb.lines[3].one.held`.
    pub name: String,
    /// Lowest bit.
    pub low: u32,
    /// Bits.
    pub width: u32,
    /// Bits of the whole `reg`; a `reg` of one bit has no range.
    pub of: u32,
}

/// Names of instances and registers in the text of one module.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    /// Element of a child block: its name below the module.
    pub(super) children: BTreeMap<(InstanceId, u32), String>,
    /// State: its output, the name of its `reg`, bits of an element, elements.
    state: BTreeMap<InstanceId, (SignalId, String, u32, u32)>,
}

impl Labels {
    /// The names in a module that has been printed.
    pub(super) fn of(sheet: &Sheet<'_>, names: &Names) -> Self {
        let label = |(&(id, at), own): (&(InstanceId, u32), &String)| {
            let name = match names.arrays.get(&id) {
                Some(array) => format!("{array}[{at}].{own}"),
                None => own.clone(),
            };
            ((id, at), name)
        };
        let mut state = BTreeMap::new();
        for (id, primitive) in sheet.instances() {
            if let Some(
                Primitive::Register { q: output, .. }
                | Primitive::Memory { read_clock: Some(_), data: output, .. },
            ) = primitive
            {
                let net = Net::Child(id, *output);
                let shape = sheet.net(net);
                let name = names.nets[&net].clone();
                state.insert(id, (*output, name, shape.element, shape.count));
            }
        }
        Self { children: names.children.iter().map(label).collect(), state }
    }
}

/// The places of all state of a design, given every module's labels.
pub(super) fn places(design: &Design, labels: &[Labels]) -> Vec<Place> {
    let mut places = Vec::new();
    let mut open: Vec<(ModuleId, String, String)> =
        vec![(design.top, String::new(), String::new())];
    while let Some((id, path, name)) = open.pop() {
        let labels = &labels[id.0 as usize];
        for (at, instance) in design.module(id).instances.iter().enumerate() {
            let at = InstanceId(at as u32);
            for (row, child) in instance.modules.iter().enumerate() {
                let element = element_name(&instance.dims, row as u32);
                let path = format!("{path}{}{element}.", instance.name);
                if let Some((output, reg, width, count)) = labels.state.get(&at) {
                    places.push(Place {
                        path: path + &design.module(*child).signal(*output).name,
                        name: format!("{name}{reg}"),
                        low: row as u32 * width,
                        width: *width,
                        of: width * count,
                    });
                } else if let Body::Kernel(_) = design.module(*child).body {
                    let label = &labels.children[&(at, row as u32)];
                    open.push((*child, path, format!("{name}{label}.")));
                }
            }
        }
    }
    places
}
