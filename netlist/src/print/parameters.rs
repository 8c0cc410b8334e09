//! Localparams: states, fields, constants. Only what a module uses is declared.

use super::names::{legal, upper};
use super::net::range;
use super::sheet::{Sheet, literal};
use crate::ir::{ConstantId, EnumId, StructId, Value};

impl Sheet<'_> {
    fn fresh_parameter(&mut self, short: &str, long: String) -> String {
        let free = !short.is_empty() && self.scope.is_free(&legal(short));
        self.scope.take(if free { short } else { &long })
    }

    /// The localparam of a `Constant` field.
    pub(super) fn constant_name(&mut self, id: ConstantId) -> String {
        if let Some(name) = self.constants.get(&id) {
            return name.clone();
        }
        let name = self.scope.take(&upper(&self.module.constant(id).name));
        self.constants.insert(id, name.clone());
        name
    }

    /// The localparam of a variant; `None` if the number names none.
    pub(super) fn variant_name(&mut self, id: EnumId, value: &Value) -> Option<String> {
        let at = value.to_u64()?;
        if let Some(name) = self.variants.get(&(id, at)) {
            return Some(name.clone());
        }
        let ty = self.design.types.enumeration(id);
        let short = upper(ty.variants.get(usize::try_from(at).ok()?)?);
        let long = format!("{}_{short}", upper(&ty.name));
        let name = self.fresh_parameter(&short, long);
        self.variants.insert((id, at), name.clone());
        Some(name)
    }

    /// The localparam of a field's lowest bit.
    pub(super) fn field_name(&mut self, id: StructId, low: u32, field: &str) -> String {
        let key = (id, low, field.to_owned());
        if let Some(name) = self.fields.get(&key) {
            return name.clone();
        }
        let ty = self.design.types.structure(id);
        let name = self.scope.take(&format!("{}_{}", upper(&ty.name), upper(field)));
        self.fields.insert(key, name.clone());
        name
    }

    /// Lines that declare every localparam used.
    pub(super) fn parameters(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut last = None;
        for ((id, value), name) in &self.variants {
            let ty = self.design.types.enumeration(*id);
            if last.replace(*id) != Some(*id) {
                lines.push(format!("// {}", ty.name));
            }
            let literal = literal(&Value::new(ty.width, *value));
            lines.push(format!("localparam {}{name} = {literal};", range(ty.width)));
        }
        let mut last = None;
        for ((id, low, _), name) in &self.fields {
            if last.replace(*id) != Some(*id) {
                let name = &self.design.types.structure(*id).name;
                lines.push(format!("// Lowest bits of the fields of {name}"));
            }
            lines.push(format!("localparam {name} = {low};"));
        }
        if !self.constants.is_empty() && !lines.is_empty() {
            lines.push("// Constants".to_owned());
        }
        for (id, name) in &self.constants {
            let constant = self.module.constant(*id);
            let mut all = constant.values[0].clone();
            for value in &constant.values[1..] {
                all = value.concat(&all);
            }
            let range = range(all.width());
            lines.push(format!("localparam {range}{name} = {};", literal(&all)));
        }
        lines
    }
}
