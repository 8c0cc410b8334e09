//! The hierarchy as a picture.

use super::tree::registers;
use crate::ir::{Body, Design, ModuleId};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The modules of a design as a directed graph in Graphviz' language: a box for each module, an
/// arrow from each to the modules of its children, with the children's names and numbers.
///
/// `pagewalk netlist CONFIG --dot | dot -Tsvg > picture.svg`
pub fn dot(design: &Design) -> String {
    let mut text = String::from("digraph hierarchy {\n");
    text += "    rankdir=LR;\n    node [shape=box, fontname=\"sans-serif\"];\n";
    text += "    edge [fontname=\"sans-serif\", fontsize=10];\n";
    for at in (0..design.modules.len()).rev() {
        let id = ModuleId(at as u32);
        let module = design.module(id);
        let (own, bits) = registers(design, id);
        let inside = match &module.body {
            Body::Kernel(_) if own > 0 => format!("\\n{own} registers, {bits} bits"),
            Body::Kernel(_) => String::new(),
            Body::Primitive(primitive) if is_register(primitive) => continue,
            Body::Primitive(_) => "\\nmemory".to_owned(),
        };
        line(&mut text, format!("    m{at} [label=\"{}{inside}\"];", module.name));
        // One arrow for each module below, however many of its instances are children.
        let mut below: BTreeMap<ModuleId, Vec<String>> = BTreeMap::new();
        for instance in &module.instances {
            let mut count: BTreeMap<ModuleId, u32> = BTreeMap::new();
            for child in &instance.modules {
                *count.entry(*child).or_default() += 1;
            }
            for (child, count) in count {
                let times = if count > 1 { format!(" ×{count}") } else { String::new() };
                below.entry(child).or_default().push(format!("{}{times}", instance.name));
            }
        }
        for (child, names) in below {
            let drawn = !matches!(&design.module(child).body, Body::Primitive(p) if is_register(p));
            if drawn {
                let names = names.join("\\n");
                line(&mut text, format!("    m{at} -> m{} [label=\"{names}\"];", child.0));
            }
        }
    }
    text + "}\n"
}

fn is_register(primitive: &crate::ir::Primitive) -> bool {
    matches!(primitive, crate::ir::Primitive::Register { .. })
}

fn line(text: &mut String, line: String) {
    writeln!(text, "{line}").expect("a string takes all");
}
