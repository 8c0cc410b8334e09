//! The Verilog test bench: recorded inputs, with ports and state compared with rust-hdl's in every
//! cycle.

use netlist::ir::{Design, Kind, Module, SignalId, Type};
use netlist::print::{Place, port_names};
use std::fmt::Write as _;

/// A signal that is driven or compared: its Verilog name and width, and the paths of its elements
/// in rust-hdl (lowest first).
pub(crate) struct Signal {
    pub(crate) name: String,
    pub(crate) width: u32,
    pub(crate) paths: Vec<String>,
    kind: Role,
}

#[derive(PartialEq, Eq)]
enum Role {
    Input,
    Output,
    State,
}

/// The ports of a top except its clock, its state, and the clock's name.
pub(crate) fn signals(design: &Design, places: &[Place]) -> (Vec<Signal>, Option<String>) {
    let module: &Module = design.top_module();
    let mut signals = Vec::new();
    let mut clock = None;
    for (id, name) in port_names(module) {
        let signal = module.signal(id);
        if signal.ty == Type::Clock && signal.kind == Kind::Input {
            clock = Some(name);
            continue;
        }
        let width = design.types.width(signal.ty) * signal.count();
        let kind = if signal.kind == Kind::Input { Role::Input } else { Role::Output };
        signals.push(Signal { name, width, paths: element_paths(module, id), kind });
    }
    for place in places {
        let range = format!("[{}:{}]", place.low + place.width - 1, place.low);
        let range = if place.of == 1 { "" } else { &range };
        let name = format!("{}{range}", place.name);
        let paths = vec![place.path.clone()];
        signals.push(Signal { name, width: place.width, paths, kind: Role::State });
    }
    (signals, clock)
}

fn element_paths(module: &Module, id: SignalId) -> Vec<String> {
    let signal = module.signal(id);
    let mut paths = vec![signal.name.clone()];
    for dim in &signal.dims {
        let each = |path: &String| (0..*dim).map(|at| format!("{path}[{at}]")).collect::<Vec<_>>();
        paths = paths.iter().flat_map(each).collect();
    }
    paths
}

/// The bench of one device: one vector of all signals a cycle, compared before every edge.
pub(crate) fn bench(device: &str, signals: &[Signal], clock: Option<&str>, cycles: u64) -> String {
    let (mut wires, mut checks, mut low) = (String::new(), String::new(), 0);
    let mut connections: Vec<String> =
        clock.map(|name| format!(".{name}(clock)")).into_iter().collect();
    for signal in signals {
        let (name, range) = (&signal.name, signal.width - 1);
        let expected = format!("vector[{}:{low}]", low + range);
        low += signal.width;
        let seen = match signal.kind {
            Role::Input => {
                connections.push(format!(".{name}(p_{name})"));
                let _ = writeln!(wires, "    wire [{range}:0] p_{name} = {expected};");
                continue;
            }
            Role::Output => {
                connections.push(format!(".{name}(p_{name})"));
                let _ = writeln!(wires, "    wire [{range}:0] p_{name};");
                format!("p_{name}")
            }
            Role::State => format!("dut.{name}"),
        };
        let _ = writeln!(
            checks,
            "            if ({seen} !== {expected}) begin\n                $display(\"{device}, \
             cycle %0d: {name} is %h, not %h\", at, {seen}, {expected});\n                wrong = \
             wrong + 1;\n            end"
        );
    }
    format!(
        "module bench_{device}(output reg done);\n    reg clock;\n    reg [{top}:0] vector;\n    \
         reg [{top}:0] vectors [0:{last}];\n    integer at, wrong;\n{wires}    \
         {device} dut ({connections});\n    initial begin\n        \
         $readmemh(\"{device}.hex\", vectors);\n        clock = 0;\n        done = 0;\n        \
         wrong = 0;\n        for (at = 0; at < {cycles} && wrong < 6; at = at + 1) begin\n            \
         vector = vectors[at];\n            #1;\n{checks}            clock = 1;\n            #1;\n            \
         clock = 0;\n            #1;\n        end\n        \
         if (wrong == 0) $display(\"{device} agreed on {cycles} cycles\");\n        done = 1;\n    \
         end\nendmodule\n",
        top = low - 1,
        last = cycles - 1,
        connections = connections.join(", "),
    )
}

/// The top of all benches: it ends when the last one does.
pub(crate) fn top(devices: &[&str]) -> String {
    let mut text =
        format!("module bench;\n    wire [{}:0] done;\n", devices.len().saturating_sub(1));
    for (at, device) in devices.iter().enumerate() {
        let _ = writeln!(text, "    bench_{device} run_{device} (.done(done[{at}]));");
    }
    text + "    initial begin\n        #1;\n        wait (&done);\n        $finish;\n    end\nendmodule\n"
}
