//! A unit with everything that the files around its Verilog tell about it.

use netlist::print::{Port, Verilog};

use super::groups::{BUSES, EVENTS, grouped};

/// An exported unit.
pub(super) struct Unit {
    /// The name of the top module and of all files.
    pub(super) name: String,
    /// What it is, in half a line.
    pub(super) title: String,
    /// The name of an instance in examples.
    pub(super) label: &'static str,
    /// The text of the Verilog file.
    pub(super) verilog: String,
    /// The ports of the top.
    pub(super) ports: Vec<Port>,
}

/// The connection of a port of which an ordinary design makes no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spare {
    /// An input to be tied low.
    Low,
    /// An output to be left open: it is always 0.
    Zero,
    /// An output to be left open: it is for counters.
    Event,
}

/// A group of ports.
pub(super) struct Group<'a> {
    pub(super) heading: &'a str,
    /// Each with the connection that it has if it is spare.
    pub(super) ports: Vec<(&'a Port, Option<Spare>)>,
}

impl Unit {
    /// Printed modules below a header comment.
    pub(super) fn new(
        name: String,
        (title, label): (String, &'static str),
        header: &str,
        printed: Verilog,
    ) -> Unit {
        let verilog = format!("{header}\n{printed}");
        Unit { name, title, label, verilog, ports: printed.ports }
    }

    /// Its groups of ports.
    pub(super) fn groups(&self) -> Vec<Group<'_>> {
        let spare = |heading: &str, port: &Port| match port {
            _ if BUSES.iter().any(|bus| port.name.starts_with(bus)) => None,
            // A defect on purpose is for tests alone.
            Port { input: true, idle, name, .. } => {
                (*idle || name == "l2_inject").then_some(Spare::Low)
            }
            Port { idle: true, .. } => Some(Spare::Zero),
            _ => (heading == EVENTS).then_some(Spare::Event),
        };
        let mut groups = Vec::new();
        for (heading, ports) in grouped(&self.ports) {
            let ports = ports.iter().map(|port| (port, spare(heading, port))).collect();
            groups.push(Group { heading, ports });
        }
        groups
    }

    /// The width of a port.
    pub(super) fn width(&self, name: &str) -> u32 {
        self.ports.iter().find(|port| port.name == name).map_or(0, |port| port.width)
    }
}

/// The range of a declaration, with a space after it; empty for one bit.
pub(super) fn range(width: u32) -> String {
    if width == 1 { String::new() } else { format!("[{}:0] ", width - 1) }
}
