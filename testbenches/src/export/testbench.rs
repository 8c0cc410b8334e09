//! The test bench beside an exported MMU: plain Verilog that checks itself.

use super::timing::Timing;
use super::unit::{Unit, range};
use engine::Config;
use model::isa::Extension::{Svnapot, Svpbmt};
use model::isa::Xlen;
use netlist::print::Port;
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
    let one_port = config.organisation.one_port;
    [
        ("@ICARUS@", icarus.as_str()),
        ("@VERILATOR@", &verilator),
        ("@PARAMETERS@", parameters(config, unit).trim_end()),
        ("@SIGNALS@", signals(unit, one_port).trim_end()),
        ("@INSTANCE@", instance(unit, one_port).trim_end()),
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
fn signals(unit: &Unit, one_port: bool) -> String {
    let mut text = String::new();
    let range = |port: &Port| range(port.width);
    // What is requested of the one port follows from who requests it.
    for port in unit.ports.iter().filter(|port| port.name != "data_req_fetch") {
        // Memory drives its side of its port all the time.
        let driven = port.input && !port.name.starts_with("mem_");
        let (kind, start) = if driven { ("reg ", " = 0") } else { ("wire", "") };
        writeln!(text, "    {kind} {:>7}{}{start};", range(port), port.name).expect(INFALLIBLE);
    }
    if one_port {
        text.push_str("\n    // Fetches, which share the port with loads and stores.\n");
        for port in &unit.ports {
            let Some(name) = of_fetches(port) else { continue };
            let (kind, start) = if port.input { ("reg ", " = 0") } else { ("wire", "") };
            writeln!(text, "    {kind} {:>7}{name}{start};", range(port)).expect(INFALLIBLE);
        }
    }
    text
}

/// The name of a fetch port's pin, for one of the data port that a fetch port has as well.
fn of_fetches(port: &Port) -> Option<String> {
    let of_data = ["store", "cbo", "sum", "mxr", "fetch"];
    let name = port.name.strip_prefix("data_")?;
    let shared = name.strip_prefix("req_").is_none_or(|name| !of_data.contains(&name));
    (shared && !name.starts_with("trace")).then(|| format!("fetch_{name}"))
}

fn instance(unit: &Unit, one_port: bool) -> String {
    let connect = |port: &Port| {
        let Port { name, input, .. } = port;
        let to = match name.strip_prefix("data_") {
            Some("req_valid") if one_port => "data_req_valid || fetch_req_valid".to_owned(),
            Some("req_fetch") => "!of_data".to_owned(),
            Some(rest @ ("req_ready" | "resp_valid")) if one_port => format!("port_{rest}"),
            Some(_) if one_port && *input && of_fetches(port).is_some() => {
                format!("of_data ? {name} : {}", of_fetches(port).unwrap_or_default())
            }
            _ => name.clone(),
        };
        format!("        .{name}({to})")
    };
    let ports: Vec<_> = unit.ports.iter().map(connect).collect();
    let instance = format!("    {} mmu (\n{}\n    );\n", unit.name, ports.join(",\n"));
    if one_port { format!("{}\n{instance}", sharing(unit)) } else { instance }
}

/// How a core shares the one port: of a fetch and a data access that wait, the latter goes first;
/// what is presented stays until it is accepted, and answers come in order.
fn sharing(unit: &Unit) -> String {
    let outputs = unit.ports.iter().filter(|port| !port.input && port.name != "data_resp_valid");
    let answers = outputs.filter_map(|port| Some((&port.name, of_fetches(port)?)));
    let answers = answers.filter(|(_, fetch)| fetch.starts_with("fetch_resp"));
    let same: String =
        answers.map(|(data, fetch)| format!("    assign {fetch} = {data};\n")).collect();
    format!(
        "    // The core's side of the one port: a data access goes before a fetch, what is presented stays\n\
         \x20   // until it is accepted, and an answer belongs to the oldest of at most two requests.\n\
         \x20   wire       port_req_ready;\n\
         \x20   wire       port_resp_valid;\n\
         \x20   reg        held = 0;        // what was presented in the last cycle was not accepted\n\
         \x20   reg        held_data = 0;   // ... and is a data access\n\
         \x20   reg  [1:0] outstanding = 0; // requests without an answer\n\
         \x20   reg  [1:0] are_data = 0;    // which of them are data accesses, the oldest first\n\
         \x20   wire       presented = data_req_valid || fetch_req_valid;\n\
         \x20   wire       of_data = held ? held_data : data_req_valid;\n\
         \x20   wire       taken = presented && port_req_ready;\n\
         \x20   wire       older = outstanding != 0;\n\
         \x20   wire       to_data = older ? are_data[0] : of_data;\n\
         \x20   wire       ends = port_resp_valid && older;\n\
         \x20   wire [1:0] left = outstanding - ends;\n\
         \n\
         \x20   always @(posedge clock) begin\n\
         \x20       held <= presented && !port_req_ready && !reset;\n\
         \x20       held_data <= of_data;\n\
         \x20       outstanding <= reset ? 0 : outstanding + taken - port_resp_valid;\n\
         \x20       if (ends) are_data <= are_data >> 1;\n\
         \x20       if (taken) are_data[left[0]] <= of_data;\n\
         \x20   end\n\
         \n\
         \x20   assign data_req_ready = port_req_ready && of_data;\n\
         \x20   assign fetch_req_ready = port_req_ready && !of_data;\n\
         \x20   assign data_resp_valid = port_resp_valid && to_data;\n\
         \x20   assign fetch_resp_valid = port_resp_valid && !to_data;\n\
         {same}"
    )
}

const INFALLIBLE: &str = "writing to a string cannot fail";
