//! Localparams: states, fields, constants. Only what a module uses is declared.

use super::naming::Names;
use super::sheet::Sheet;
use super::text::{literal, range};
use crate::ir::Value;

/// Lines that declare every localparam used.
pub(super) fn parameters(sheet: &Sheet<'_>, names: &Names) -> Vec<String> {
    let types = &sheet.design.types;
    let mut lines = Vec::new();
    let mut last = None;
    for ((id, value), name) in &names.variants {
        let ty = types.enumeration(*id);
        if last.replace(*id) != Some(*id) {
            lines.push(format!("// {}", ty.name));
        }
        let literal = literal(&Value::new(ty.width, *value));
        lines.push(format!("localparam {}{name} = {literal};", range(ty.width)));
    }
    let mut last = None;
    for (field, name) in &names.fields {
        if last.replace(field.of) != Some(field.of) {
            let of = &types.structure(field.of).name;
            lines.push(format!("// Lowest bits of the fields of {of}"));
        }
        lines.push(format!("localparam {name} = {};", field.low));
    }
    if !names.constants.is_empty() && !lines.is_empty() {
        lines.push("// Constants".to_owned());
    }
    for (id, name) in &names.constants {
        let mut values = sheet.module.constant(*id).values.iter();
        let first = values.next().expect("a constant has a value").clone();
        let all = values.fold(first, |low, high| high.concat(&low));
        let range = range(all.width());
        lines.push(format!("localparam {range}{name} = {};", literal(&all)));
    }
    lines
}
