//! Which registers and nets are row i of an array of equal children.

use super::tree::Tree;
use crate::ir::{
    ArrayRows, Body, Column, Design, NetId, Primitive, RegisterId, Rows, element_name,
};

/// All arrays of more than one equal child, outer ones first.
pub(super) fn rows(design: &Design, tree: &Tree<'_>) -> Vec<ArrayRows> {
    let mut arrays = Vec::new();
    for block in &tree.blocks {
        let module = design.module(block.module);
        for (instance, children) in module.instances.iter().zip(&block.children) {
            let Some(shared) = instance.uniform().filter(|_| children.len() > 1) else { continue };
            let dot = if block.path.is_empty() { "" } else { "." };
            let mut columns = Vec::new();
            collect(design, tree, children, "", &mut columns);
            arrays.push(ArrayRows {
                path: format!("{}{dot}{}", block.path, instance.name),
                module: design.module(shared).name.clone(),
                rows: children.len() as u32,
                columns,
            });
        }
    }
    arrays
}

/// The columns of blocks that are equal, and of what is inside them.
fn collect(
    design: &Design,
    tree: &Tree<'_>,
    blocks: &[usize],
    path: &str,
    columns: &mut Vec<Column>,
) {
    let Some(first) = blocks.first() else { return };
    let module = tree.blocks[*first].module;
    let layout = &tree.layouts[module.0 as usize];
    if let Body::Primitive(Primitive::Register { .. }) = design.module(module).body {
        let id = |block: &usize| {
            let at = tree.registers.binary_search(block).expect("a register is in the list");
            RegisterId(at as u32)
        };
        let rows = Rows::Registers(blocks.iter().map(id).collect());
        columns.push(Column { path: path.to_owned(), rows });
    }
    let inside = |name: String| if path.is_empty() { name } else { format!("{path}.{name}") };
    for wire in 0..layout.own_count {
        let nets = blocks.iter().map(|block| NetId(tree.blocks[*block].first + wire)).collect();
        let path = inside(layout.name(design, module, wire));
        columns.push(Column { path, rows: Rows::Nets(nets) });
    }
    for (id, instance) in design.module(module).instances.iter().enumerate() {
        for row in 0..instance.modules.len() {
            let child = |block: &usize| tree.blocks[*block].children[id][row];
            let children: Vec<usize> = blocks.iter().map(child).collect();
            let name = instance.name.clone() + &element_name(&instance.dims, row as u32);
            collect(design, tree, &children, &inside(name), columns);
        }
    }
}
