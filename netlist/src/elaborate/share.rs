//! The modules of a design: equal ones shared, unused ones dropped, all named.

use super::types::module_name;
use crate::ir::{Body, Design, Module, ModuleId, Primitive, Type, Types};
use std::collections::{HashMap, HashSet};

/// Modules under collection.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) modules: Vec<Module>,
    /// The preferred name of each module.
    wishes: Vec<String>,
    /// Modules by everything but their names.
    known: HashMap<Module, ModuleId>,
}

impl Shared {
    /// The id of a module without a name, and whether it is the first of its kind.
    pub(super) fn add(
        &mut self,
        module: Module,
        types: &Types,
        instance: &str,
    ) -> (ModuleId, bool) {
        if let Some(id) = self.known.get(&module) {
            return (*id, false);
        }
        let id = ModuleId(self.modules.len() as u32);
        let field = instance.split('$').next().unwrap_or(instance);
        let wish = primitive_name(&module, types).unwrap_or_else(|| field.to_owned());
        self.wishes.push(wish);
        self.known.insert(module.clone(), id);
        self.modules.push(module);
        (id, true)
    }

    /// A better name for a module.
    pub(super) fn call(&mut self, id: ModuleId, name: &str) {
        name.clone_into(&mut self.wishes[id.0 as usize]);
    }

    /// The design below a top: only what it contains, with unique names.
    pub(super) fn finish(self, top: ModuleId, types: Types) -> Design {
        let mut used = vec![false; self.modules.len()];
        if let Some(top) = used.get_mut(top.0 as usize) {
            *top = true;
        }
        for at in (0..self.modules.len()).rev().filter(|at| *at <= top.0 as usize) {
            if used[at] {
                for child in self.modules[at].instances.iter().flat_map(|child| &child.modules) {
                    used[child.0 as usize] = true;
                }
            }
        }
        let mut taken = HashSet::new();
        let mut unique = |wish: &str| {
            let numbered = (2..).map(|number| format!("{wish}_{number}"));
            let mut names = std::iter::once(wish.to_owned()).chain(numbered);
            let name = names.find(|name| !taken.contains(name)).expect("numbers do not end");
            taken.insert(name.clone());
            name
        };
        // The top chooses its name first.
        let top_name = self.wishes.get(top.0 as usize).map(|wish| unique(wish));
        let mut renumbered = vec![ModuleId(0); self.modules.len()];
        let mut modules = Vec::new();
        for (at, mut module) in self.modules.into_iter().enumerate() {
            if !used[at] {
                continue;
            }
            renumbered[at] = ModuleId(modules.len() as u32);
            module.name = match &top_name {
                Some(name) if at == top.0 as usize => name.clone(),
                _ => unique(&self.wishes[at]),
            };
            for child in module.instances.iter_mut().flat_map(|child| &mut child.modules) {
                *child = renumbered[child.0 as usize];
            }
            modules.push(module);
        }
        let top = renumbered.get(top.0 as usize).copied().unwrap_or(top);
        Design { modules, top, types }
    }
}

/// Primitives are named after their kind, not after the name of the first instance.
fn primitive_name(module: &Module, types: &Types) -> Option<String> {
    let Body::Primitive(primitive) = &module.body else { return None };
    let (kind, of) = match primitive {
        Primitive::Register { q, .. } => ("register", *q),
        Primitive::Memory { data, .. } => ("memory", *data),
        Primitive::Table { data, .. } => ("lookup", *data),
    };
    let ty = module.signal(of).ty;
    let suffix = match ty {
        Type::Enum(id) => module_name(&types.enumeration(id).name),
        Type::Struct(id) => module_name(&types.structure(id).name),
        _ => types.width(ty).to_string(),
    };
    Some(format!("{kind}_{suffix}"))
}
