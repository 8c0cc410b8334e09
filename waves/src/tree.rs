//! Declarations as nested scopes, each opened once.

use crate::SignalId;

/// An item of the header.
pub(crate) enum Item<'a> {
    /// A scope opens.
    Scope(&'a str),
    /// A variable of the open scope; a signal that is repeated has another name there.
    Variable { name: &'a str, id: SignalId },
    /// The last opened scope closes.
    Up,
}

#[derive(Default)]
struct Scope<'a> {
    name: &'a str,
    variables: Vec<(&'a str, SignalId)>,
    scopes: Vec<Scope<'a>>,
}

impl<'a> Scope<'a> {
    fn add(&mut self, path: &'a str, id: SignalId) {
        let Some((first, rest)) = path.split_once('.') else {
            self.variables.push((path, id));
            return;
        };
        let found = self.scopes.iter().position(|scope| scope.name == first);
        let at = found.unwrap_or_else(|| {
            self.scopes.push(Scope { name: first, ..Scope::default() });
            self.scopes.len() - 1
        });
        self.scopes[at].add(rest, id);
    }

    fn list(&self, items: &mut Vec<Item<'a>>) {
        items.extend(self.variables.iter().map(|&(name, id)| Item::Variable { name, id }));
        for scope in &self.scopes {
            items.push(Item::Scope(scope.name));
            scope.list(items);
            items.push(Item::Up);
        }
    }
}

/// The header of signals declared by paths, in order of first appearance.
pub(crate) fn items(paths: &[(String, SignalId)]) -> Vec<Item<'_>> {
    let mut root = Scope::default();
    for (path, id) in paths {
        root.add(path, *id);
    }
    let mut items = Vec::new();
    root.list(&mut items);
    items
}
