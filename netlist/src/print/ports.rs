//! The ports of a printed top, for whoever writes the text around it.

use super::describe::Describe;
use super::names::port_names;
use super::{Net, one_line};
use crate::ir::{Design, Expr, Kind, Type, each_assignment};
use crate::rewrite::reads;

/// A port of the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name in the text.
    pub name: String,
    /// Whether it is an input.
    pub input: bool,
    /// Whether it is a clock.
    pub clock: bool,
    /// Its width in bits.
    pub width: u32,
    /// Whether the design does without it: an input that nothing reads, or an output that is always
    /// the same number.
    pub idle: bool,
    /// What it means, if the description says so.
    pub about: Option<String>,
    /// The heading above it, if it is the first of a group.
    pub heading: Option<String>,
}

/// The ports of a design that is ready to print, in order of declaration.
pub(super) fn ports(design: &Design, describe: &Describe) -> Vec<Port> {
    let module = design.top_module();
    let body = module.statements();
    let port = |(id, name): (_, String)| {
        let signal = module.signal(id);
        let (net, input) = (Net::Own(id), signal.kind == Kind::Input);
        let idle = match input {
            true => !reads(body, net),
            false => {
                let mut fixed = true;
                each_assignment(body, &mut |target, value| {
                    fixed &= Net::of(&target.reference) != net || is_fixed(value);
                });
                fixed
            }
        };
        let path = format!("{}.{}", module.name, signal.name);
        Port {
            name,
            input,
            clock: signal.ty == Type::Clock,
            width: design.types.width(signal.ty) * signal.count(),
            idle,
            about: describe.text(&path).map(one_line),
            heading: describe.heading(&path).map(one_line),
        }
    };
    port_names(module).into_iter().map(port).collect()
}

fn is_fixed(value: &Expr) -> bool {
    let mut fixed = true;
    value.each_read(&mut |_| fixed = false);
    fixed
}
