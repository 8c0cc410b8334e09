//! The state of a block in rust-hdl's simulation: every signal with its path.

use netlist::ir::Value;
use rust_hdl::prelude::*;

/// Collects the paths of all atoms.
#[derive(Default)]
struct Paths {
    path: Vec<String>,
    namespace: Vec<String>,
    found: Vec<String>,
}

/// `rows$3` as name and element.
fn spelled(name: &str) -> (String, String) {
    let mut parts = name.split('$');
    let base = parts.next().unwrap_or_default().to_owned();
    (base, parts.map(|at| format!("[{at}]")).collect())
}

impl Probe for Paths {
    fn visit_start_scope(&mut self, name: &str, _block: &dyn Block) {
        let (base, element) = spelled(name);
        self.path.push(base + &element);
    }

    fn visit_end_scope(&mut self, _name: &str, _block: &dyn Block) {
        self.path.pop();
    }

    fn visit_start_namespace(&mut self, name: &str, _block: &dyn Block) {
        self.namespace.push(name.to_owned());
    }

    fn visit_end_namespace(&mut self, _name: &str, _block: &dyn Block) {
        self.namespace.pop();
    }

    fn visit_atom(&mut self, name: &str, atom: &dyn Atom) {
        if atom.kind() == AtomKind::Constant {
            return;
        }
        let names = self.namespace.iter().map(String::as_str).chain([name]).map(spelled);
        let (bases, elements): (Vec<String>, Vec<String>) = names.unzip();
        let mut path = self.path[1..].to_vec();
        path.push(bases.join(".") + &elements.concat());
        self.found.push(path.join("."));
    }
}

/// Collects the values of all atoms.
#[derive(Default)]
struct Observed(Vec<Value>);

impl Probe for Observed {
    fn visit_atom(&mut self, _name: &str, atom: &dyn Atom) {
        if atom.kind() == AtomKind::Constant {
            return;
        }
        let width = atom.bits() as u32;
        let literal = atom.verilog();
        let value = if width <= 32 {
            Value::new(width, literal.as_usize() as u64)
        } else {
            let text = format!("{literal:x}");
            let digits = text.split_once("'h").expect("a hexadecimal literal").1;
            Value::parse(width, digits, 16).expect("digits")
        };
        self.0.push(value);
    }
}

/// The values of all atoms, in the order of [`paths`].
pub(crate) fn observe<B: Block>(block: &B) -> Vec<Value> {
    let mut observed = Observed::default();
    block.accept("top", &mut observed);
    observed.0
}

/// The paths of all atoms, in the order of a walk.
pub(crate) fn paths<B: Block>(block: &B) -> Vec<String> {
    let mut paths = Paths::default();
    block.accept("top", &mut paths);
    paths.found
}
