//! The guide beside an exported unit: what it consists of, how to simulate, build and connect it.

use super::unit::{Spare, Unit};
use super::{Target, parts, testbench, timing};
use engine::Config;
use std::fmt::Write;

/// The contract of the MMU's ports, of which the guide has the sections that a designer needs first.
const INTERFACES: &str = include_str!("../../../docs/interfaces.md");

/// The configuration of which the contract speaks where it needs one.
const EXAMPLE: &str = "rv64_linux";

/// What the contract says of an instance with two ports, and what holds with one.
const ONE_PORT: [(&str, &str); 3] = [
    (
        "        .data_req_store      (lsu_store),\n",
        "        .data_req_fetch      (is_fetch),             // the access is a fetch\n        \
         .data_req_store      (lsu_store),\n",
    ),
    ("(mprv ? mpp : privilege)", "(!is_fetch && mprv ? mpp : privilege)"),
    ("// the fetch port likewise, then fence,", "// then fence,"),
];

/// The guide of an MMU for a target.
pub(super) fn mmu(config: &Config, unit: &Unit, target: Target) -> String {
    let name = &unit.name;
    let cells = target == Target::Ecp5;
    let mut text = opening(unit, cells);
    text.push_str("\n| | |\n|---|---|\n");
    let (sizes, xlen) = (config.organisation.sizes, config.xlen);
    let widths = [
        ("physical addresses", "mem_req_addr", sizes.pa_bits(xlen)),
        ("ASIDs", "fence_asid", sizes.asid_bits(xlen)),
    ];
    let widths = widths.map(|(what, port, has)| match unit.width(port) {
        all if all == has => (what, format!("{all} bits")),
        all => (what, format!("{has} of {all} bits; the others are ignored or 0")),
    });
    for (part, is) in parts::parts(config).into_iter().chain(widths) {
        writeln!(text, "| {part} | {is} |").expect(INFALLIBLE);
    }
    text.push_str(&files(unit, !cells));
    text.push_str(&if cells { simulating_cells(name) } else { simulating(name) });
    text.push_str(&building(unit));
    text.push_str(&latencies(config));
    text.push_str(&spares(unit));
    for title in ["The rules", "Combinational paths", "Integration guide"] {
        text.push_str(&section(title).replace(EXAMPLE, name));
    }
    if config.organisation.one_port {
        for (two, one) in ONE_PORT {
            assert!(text.contains(two), "the contract shows an instance: {two}");
            text = text.replace(two, one);
        }
    }
    text
}

/// How to simulate it.
fn simulating(name: &str) -> String {
    let [icarus, verilator] = testbench::commands(name);
    format!(
        "\n## Simulate\n\n\
         The test bench checks itself, prints `PASS` or `FAIL`, and writes `{name}_tb.vcd`:\n\n\
         ```\n{icarus}\n```\n\n\
         The same with Verilator (5 or newer), and with FuseSoC:\n\n\
         ```\n{verilator}\nfusesoc --cores-root . run --target=sim pagewalk:mmu:{name}\n```\n"
    )
}

/// How to simulate what its cells are equal to.
fn simulating_cells(name: &str) -> String {
    format!(
        "\n## Simulate\n\n\
         The cells have no models here. Simulate the plain form, `pagewalk export {name}` into another \
         folder, with the test bench beside it: the option `--check` has Yosys prove that each block \
         in cells is equal to the plain one.\n"
    )
}

/// The guide of another unit.
pub(super) fn other(unit: &Unit) -> String {
    [opening(unit, false), files(unit, false), building(unit), spares(unit)].concat()
}

fn opening(unit: &Unit, cells: bool) -> String {
    let cells = if cells { "cells of the Lattice ECP5" } else { "no vendor cells" };
    format!(
        "# {name}\n\n\
         Pagewalk {version}, {title}.\n\
         Plain Verilog-2005 with one clock, a synchronous reset and {cells}; the names of all \
         modules begin with `{name}`.\n",
        name = unit.name,
        version = env!("CARGO_PKG_VERSION"),
        title = unit.title,
    )
}

fn files(unit: &Unit, testbench: bool) -> String {
    let name = &unit.name;
    let mut text = format!(
        "\n## Files\n\n\
         | file | what it is |\n|---|---|\n\
         | `{name}.v` | the unit; its ports are explained where they are declared |\n\
         | `{name}_template.v` | an instance to copy, with every port, and what to do with those that are not needed |\n\
         | `{name}.core` | its description for FuseSoC |\n"
    );
    if testbench {
        writeln!(
            text,
            "| `{name}_tb.v` | a test bench with a core's side, a memory and a page table |"
        )
        .expect(INFALLIBLE);
    }
    text
}

/// How to synthesise it, and to instantiate it from LiteX.
fn building(unit: &Unit) -> String {
    let name = &unit.name;
    let class: String = name.split('_').map(capital).collect();
    let mut rows = String::new();
    let mut tied = String::new();
    for group in unit.groups() {
        for (port, spare) in group.ports {
            let direction = if port.input { "i" } else { "o" };
            match spare {
                _ if port.clock || port.name == "reset" => {}
                None => writeln!(rows, "    (\"{direction}_{}\", {}),", port.name, port.width)
                    .expect(INFALLIBLE),
                Some(Spare::Low) => {
                    writeln!(tied, "            i_{}=Constant(0, {}),", port.name, port.width)
                        .expect(INFALLIBLE);
                }
                Some(Spare::Zero | Spare::Event) => {}
            }
        }
    }
    format!(
        "\n## Synthesise\n\n\
         For a first estimate of its size, with Yosys for an ECP5 (`synth_ice40`, `synth_xilinx` and \
         the others likewise):\n\n\
         ```\nyosys -p 'read_verilog {name}.v; synth_ecp5 -top {name}; stat'\n```\n\n\
         In Vivado, Quartus and others add `{name}.v` as a source; in a block design of Vivado add \
         `{name}_template.v` too, as a module reference: it has only the ports that you connect. The \
         unit has no pins of the chip, so that the constraint of your design's clock is its only \
         one.\n\n\
         ## In LiteX\n\n\
         ```python\n\
         from migen import ClockSignal, Constant, Instance, Module, ResetSignal, Signal\n\n\
         PORTS = [\n{rows}]\n\n\n\
         class {class}(Module):\n\
         \x20   def __init__(self, platform):\n\
         \x20       for port, width in PORTS:\n\
         \x20           setattr(self, port[2:], Signal(width))\n\
         \x20       self.specials += Instance(\n\
         \x20           \"{name}\",\n\
         \x20           i_clock=ClockSignal(),\n\
         \x20           i_reset=ResetSignal(),\n\
         {tied}\
         \x20           **{{port: getattr(self, port[2:]) for port, _ in PORTS}},\n\
         \x20       )\n\
         \x20       platform.add_source(\"{name}.v\")\n\
         ```\n"
    )
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_ascii_uppercase() + rest
}

fn latencies(config: &Config) -> String {
    let mut text = "\n## Latencies\n\n\
        In cycles from the cycle in which a request is accepted (0: the same cycle), with memory that \
        is always ready and answers after L cycles. A hit is answered each cycle@.\n\n\
        | what | cycles | L = 1 | L = 10 |\n|---|---|---|---|\n"
        .to_owned();
    let both = if config.organisation.one_port { "" } else { ", on both ports at once" };
    text = text.replace('@', both);
    for timing::Row { what, formula, cycles } in timing::Timing::of(config).rows() {
        let [one, ten] =
            cycles.map_or(["", ""].map(String::from), |all| all.map(|n| n.to_string()));
        writeln!(text, "| {what} | {formula} | {one} | {ten} |").expect(INFALLIBLE);
    }
    text
}

/// The ports that an ordinary design does not need.
fn spares(unit: &Unit) -> String {
    let groups = unit.groups();
    let named = |wanted: Spare| {
        let ports = groups.iter().flat_map(|group| &group.ports);
        let names = ports.filter(|(_, spare)| *spare == Some(wanted));
        names.map(|(port, _)| format!("`{}`", port.name)).collect::<Vec<_>>().join(", ")
    };
    let mut text = String::new();
    for (which, names) in [
        ("Inputs to tie low, since this configuration does not use them", named(Spare::Low)),
        ("Outputs to leave open, since they are always 0", named(Spare::Zero)),
        ("Outputs for counters only", named(Spare::Event)),
    ] {
        if !names.is_empty() {
            write!(text, "\n{which}: {names}.\n").expect(INFALLIBLE);
        }
    }
    if text.is_empty() { text } else { format!("\n## Ports that are not needed\n{text}") }
}

/// A section of the contract.
fn section(title: &str) -> String {
    let begins = format!("\n## {title}\n");
    let from = INTERFACES.find(&begins).expect("the contract has this section");
    let rest = &INTERFACES[from..];
    let to = rest[1..].find("\n## ").map_or(rest.len(), |to| to + 1);
    format!("{}\n", unlinked(rest[..to].trim_end()))
}

/// Links between documents become their words: a guide stands alone.
fn unlinked(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        let Some((target, behind)) = after.split_once(')') else { break };
        let Some((head, words)) = before.rsplit_once('[') else { break };
        let _ = write!(plain, "{head}{words} (docs/{target})");
        rest = behind;
    }
    plain + rest
}

const INFALLIBLE: &str = "writing to a string cannot fail";
