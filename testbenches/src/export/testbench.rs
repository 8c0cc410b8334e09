//! The test bench beside an exported MMU: plain Verilog that checks itself.

use super::timing::Timing;
use super::unit::{Unit, range};
use engine::Config;
use model::isa::Extension::{Svnapot, Svpbmt};
use model::isa::Xlen;
use std::fmt::Write;

/// What is the same for all configurations.
const TEXT: &str = include_str!("verilog/testbench.v");

/// The latency of its memory.
const MEMORY_LATENCY: usize = 3;

/// The commands that run it, in the folder of the files; the first is Icarus Verilog's.
pub(super) fn commands(name: &str) -> [String; 2] {
    [
        format!("iverilog -g2005 -o {name}_tb.vvp {name}.v {name}_tb.v && vvp -n {name}_tb.vvp"),
        format!(
            "verilator --binary --trace --top-module {name}_tb {name}.v {name}_tb.v && \
             obj_dir/V{name}_tb"
        ),
    ]
}

/// The text of the file.
pub(super) fn testbench(config: &Config, unit: &Unit) -> String {
    let name = &unit.name;
    let [icarus, verilator] = commands(name);
    let verilator = verilator.replace(" && ", " &&\n//       ");
    [
        ("@ICARUS@", icarus.as_str()),
        ("@VERILATOR@", &verilator),
        ("@PARAMETERS@", parameters(config, unit).trim_end()),
        ("@SIGNALS@", signals(unit).trim_end()),
        ("@INSTANCE@", instance(unit).trim_end()),
        ("@NAME@", name),
    ]
    .iter()
    .fold(TEXT.to_owned(), |text, (mark, with)| text.replace(mark, with))
}

fn parameters(config: &Config, unit: &Unit) -> String {
    let (levels, bits, mode) = match config.xlen {
        Xlen::Rv32 => (2, 10, 1),
        Xlen::Rv64 => (3, 9, 8),
    };
    let timing = Timing::of(config);
    let sizes = config.organisation.sizes;
    let second = usize::from(timing.second_level);
    let built_in = |extension| usize::from(config.extensions.has(extension));
    let rows = [
        ("XLEN", unit.width("satp") as usize, "bits of a register and of an entry"),
        ("PA_BITS", unit.width("mem_req_addr") as usize, "bits of a physical address"),
        ("ASID_BITS", unit.width("fence_asid") as usize, "bits of an ASID"),
        ("ASIDS", usize::from(sizes.asid_bits > 0), "some of them are implemented"),
        ("PMP", config.physical.pmp, "PMP entries"),
        ("SVPBMT", built_in(Svpbmt), "entries have a memory type"),
        ("SVNAPOT", built_in(Svnapot), "entries may belong to a NAPOT range"),
        ("LINE_FILL", config.organisation.line_fill, "memory gives lines, and so many are kept"),
        ("LEVELS", levels, "levels of the scheme that is tested"),
        ("INDEX_BITS", bits, "bits of an index into a table"),
        ("MEMORY_LATENCY", MEMORY_LATENCY, "of the memory here, at least 1"),
        ("HIT_LATENCY", timing.hit, "cycles from a request to its answer"),
    ];
    let mut text = String::new();
    for (name, value, about) in rows {
        let declared = format!("localparam {name} = {value};");
        writeln!(text, "    {declared:36} // {about}").expect(INFALLIBLE);
    }
    let miss = format!("HIT_LATENCY + 2 + LEVELS * MEMORY_LATENCY + {second}");
    let miss = miss.trim_end_matches(" + 0");
    writeln!(text, "    localparam MISS_LATENCY = {miss};").expect(INFALLIBLE);
    writeln!(text, "    localparam [XLEN-1:0] SATP_MODE = {mode};").expect(INFALLIBLE);
    text
}

/// A variable for each input, a wire for each output.
fn signals(unit: &Unit) -> String {
    let mut text = String::new();
    for port in &unit.ports {
        // Memory drives its side of its port all the time.
        let driven = port.input && !port.name.starts_with("mem_");
        let (kind, start) = if driven { ("reg ", " = 0") } else { ("wire", "") };
        writeln!(text, "    {kind} {:>7}{}{start};", range(port.width), port.name)
            .expect(INFALLIBLE);
    }
    text
}

fn instance(unit: &Unit) -> String {
    let ports = unit.ports.iter().map(|port| format!("        .{0}({0})", port.name));
    format!("    {} mmu (\n{}\n    );\n", unit.name, ports.collect::<Vec<_>>().join(",\n"))
}

const INFALLIBLE: &str = "writing to a string cannot fail";
