//! The hierarchy as an indented list.

use crate::ir::{Body, Design, ModuleId, Primitive};
use std::fmt::Write as _;

/// The blocks of a design from the top down, children indented, with their modules.
///
/// An array of children is one line (`lines[8]`), and so are all registers of a block together. A
/// module's contents are shown at its first occurrence; `...` refers to it.
pub fn tree(design: &Design) -> String {
    let mut text = String::new();
    let mut shown = vec![false; design.modules.len()];
    // Name, module, depth; the next one last.
    let mut open = vec![(design.top_module().name.clone(), design.top, 0)];
    while let Some((name, id, depth)) = open.pop() {
        let module = design.module(id);
        let margin = "  ".repeat(depth);
        let own = if depth == 0 { String::new() } else { format!(": {}", module.name) };
        let again = std::mem::replace(&mut shown[id.0 as usize], true);
        let inside = if again { " ..." } else { &inside(design, id) };
        writeln!(text, "{margin}{name}{own}{inside}").expect("a string takes all");
        if again {
            continue;
        }
        for instance in module.instances.iter().rev() {
            if matches!(design.primitive(instance), Some(Primitive::Register { .. })) {
                continue;
            }
            let dims: String = instance.dims.iter().map(|dim| format!("[{dim}]")).collect();
            let mut modules = instance.modules.clone();
            modules.sort_unstable();
            modules.dedup();
            for child in modules.into_iter().rev() {
                open.push((format!("{}{dims}", instance.name), child, depth + 1));
            }
        }
    }
    text
}

/// What a module has besides child blocks, in brackets.
fn inside(design: &Design, id: ModuleId) -> String {
    let module = design.module(id);
    if let Body::Primitive(primitive) = &module.body {
        return match primitive {
            Primitive::Register { .. } => " (register)".to_owned(),
            Primitive::Memory { read_clock, read_address, data, .. } => {
                let width = |id| design.types.width(module.signal(id).ty);
                let (address, word) = (width(*read_address), width(*data));
                let when = if read_clock.is_some() { "" } else { ", read within the cycle" };
                format!(" (memory, 2^{address} words of {word} bits{when})")
            }
            Primitive::Table { .. } => " (table)".to_owned(),
        };
    }
    let mut parts = vec![format!("{} ports", module.ports().count())];
    let (registers, bits) = registers(design, id);
    if registers > 0 {
        parts.push(format!("{registers} registers of {bits} bits"));
    }
    format!(" ({})", parts.join(", "))
}

/// Registers of a module itself, and their bits.
pub(super) fn registers(design: &Design, id: ModuleId) -> (u32, u32) {
    let (mut registers, mut bits) = (0, 0);
    for instance in &design.module(id).instances {
        if let Some(Primitive::Register { init, .. }) = design.primitive(instance) {
            registers += instance.count();
            bits += instance.count() * init.width();
        }
    }
    (registers, bits)
}
