//! The instantiation template: a module around the unit that has the ports which a design connects.

use super::unit::{Group, Spare, Unit, range};
use netlist::print::Port;
use std::fmt::Write;

/// The text of the file.
pub(super) fn template(unit: &Unit) -> String {
    let name = &unit.name;
    format!(
        "// Instantiation template of {name}.\n\
         //\n\
         // Copy the instance into your design, or use this module as it is. Inputs that {name}\n\
         // does not read are tied low; outputs that are always 0, and events, are open.\n\
         \n\
         /* verilator lint_off DECLFILENAME */\n\
         /* verilator lint_off PINCONNECTEMPTY */\n\
         \n\
         module {name}_template (\n{ports});\n\n{instance}endmodule\n",
        ports = ports(unit),
        instance = instance(unit),
    )
}

/// The ports of the module: those that are not spare.
fn ports(unit: &Unit) -> String {
    let mut text = String::new();
    let used = |group: Group<'_>| {
        let used = group.ports.into_iter().filter(|(_, spare)| spare.is_none());
        (group.heading.to_owned(), used.map(|(port, _)| port.clone()).collect())
    };
    let groups: Vec<(String, Vec<Port>)> = unit.groups().into_iter().map(used).collect();
    let groups: Vec<_> = groups.into_iter().filter(|(_, ports)| !ports.is_empty()).collect();
    let last = groups.last().and_then(|(_, ports)| ports.last()).map(|port| port.name.clone());
    for (at, (heading, ports)) in groups.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        writeln!(text, "    // {heading}").expect(INFALLIBLE);
        for port in ports {
            text.push_str(attributes(port));
            let direction = if port.input { "input  wire" } else { "output wire" };
            let comma = if Some(&port.name) == last.as_ref() { "" } else { "," };
            let range = range(port.width);
            writeln!(text, "    {direction} {range:>7}{}{comma}", port.name).expect(INFALLIBLE);
        }
    }
    text
}

/// What tells Vivado's block designs that a port is a clock or a reset, and of which polarity.
fn attributes(port: &Port) -> &'static str {
    match port.name.as_str() {
        "clock" => {
            "    (* X_INTERFACE_INFO = \"xilinx.com:signal:clock:1.0 clock CLK\" *)\n    \
             (* X_INTERFACE_PARAMETER = \"ASSOCIATED_RESET reset\" *)\n"
        }
        "reset" => {
            "    (* X_INTERFACE_INFO = \"xilinx.com:signal:reset:1.0 reset RST\" *)\n    \
             (* X_INTERFACE_PARAMETER = \"POLARITY ACTIVE_HIGH\" *)\n"
        }
        _ => "",
    }
}

/// The instance, with a comment for each group and for each port.
fn instance(unit: &Unit) -> String {
    let mut text = format!("    {} {} (\n", unit.name, unit.label);
    let column = unit.ports.iter().map(|port| port.name.len()).max().unwrap_or(0);
    let last = unit.ports.last().map(|port| port.name.as_str());
    for (at, Group { heading, ports }) in unit.groups().into_iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        writeln!(text, "        // {heading}").expect(INFALLIBLE);
        for (port, spare) in ports {
            let name = &port.name;
            let (connection, why) = match spare {
                Some(Spare::Low) => (format!("{}'d0", port.width), "tied low; "),
                Some(Spare::Zero) => (String::new(), "always 0; "),
                Some(Spare::Event) => (String::new(), ""),
                None => (name.clone(), ""),
            };
            let comma = if Some(name.as_str()) == last { ' ' } else { ',' };
            let about = port.about.as_deref().unwrap_or_default();
            let connection = format!("({connection}){comma}");
            let width = column + 3;
            let row = format!("        .{name:column$} {connection:width$}  // {why}{about}");
            writeln!(text, "{}", row.trim_end()).expect(INFALLIBLE);
        }
    }
    text.push_str("    );\n");
    text
}

const INFALLIBLE: &str = "writing to a string cannot fail";
