//! The groups of ports: headings in the Verilog, in the template and in the guide.

use netlist::ir::Design;
use netlist::print::{Describe, Port};

/// The first port of each group of the MMU, and the heading.
const MMU: &[(&str, &str)] = &[
    ("clock", "Clock and reset"),
    ("satp", "Context: registers of the core, valid in every cycle"),
    ("pmp_csr", "PMP port: the core's accesses to the PMP registers"),
    ("fetch_req_valid", "Fetch port, requests: a stream (valid and ready)"),
    ("fetch_resp_valid", "Fetch port, answers: a flow (valid alone)"),
    ("data_req_valid", "Data port, requests: a stream (valid and ready)"),
    ("data_resp_valid", "Data port, answers: a flow (valid alone)"),
    ("fence_valid", "Fence port, SFENCE.VMA: a stream (valid and ready)"),
    ("mem_req_valid", "Memory port, requests: a stream (valid and ready)"),
    ("mem_resp_valid", "Memory port, responses: a flow (valid alone)"),
    ("fault_valid", "Fault port: a stream (valid and ready)"),
    ("busy", "Status"),
    ("fetch_trace_source", "Trace of the fetch port"),
    ("data_trace_source", "Trace of the data port"),
    ("event_fetch_hit", EVENTS),
];

/// What is called otherwise where one port serves fetches and data.
const ONE_PORT: &[(&str, &str)] = &[
    ("data_req_valid", "The port for fetches and data, requests: a stream (valid and ready)"),
    ("data_resp_valid", "The port for fetches and data, answers: a flow (valid alone)"),
    ("data_trace_source", "Trace of the port"),
];

/// The heading of the group of pulses, which are for counters only.
pub(super) const EVENTS: &str = "Events for counters: pulses of one cycle";

/// As [`MMU`], of the segmentation unit.
const SEGMENT: &[(&str, &str)] = &[
    ("clock", "Clock and reset"),
    ("req_valid", "Requests: a stream (valid and ready)"),
    ("resp_valid", "Answers: a flow (valid alone)"),
    ("load_valid", "Writes of segment registers: a stream (valid and ready)"),
    ("fault_valid", "Fault port: a stream (valid and ready)"),
];

/// As [`MMU`], of all shims: each has some of them. One bus has one group.
const SHIM: &[(&str, &str)] = &[
    ("clock", "Clock and reset"),
    ("core_req_valid", "The core's loads and stores: a stream (valid and ready)"),
    ("core_resp_valid", "Their answers: a flow (valid alone)"),
    ("data_req_valid", "To the MMU's data or fetch port"),
    ("mem_req_valid", "The MMU's memory port, requests: a stream (valid and ready)"),
    ("mem_resp_valid", "The MMU's memory port, responses: a flow (valid alone)"),
    ("bus_req_valid", "To memory, requests: a stream (valid and ready)"),
    ("bus_resp_valid", "From memory, responses: a flow (valid alone)"),
    ("lock", "Beside the bus"),
    ("m_axi_awaddr", "AXI"),
    ("wb_cyc_o", "Wishbone"),
];

/// How the names of ports begin that belong to a bus, and are connected with it, constant or not.
pub(super) const BUSES: [&str; 2] = ["m_axi_", "wb_"];

/// Tells the printer of an MMU.
pub(super) fn of_the_mmu(describe: &mut Describe, design: &Design, one_port: bool) {
    head(describe, design, MMU);
    if one_port {
        head(describe, design, ONE_PORT);
    }
}

/// Tells the printer of a segmentation unit.
pub(super) fn of_the_segment_unit(describe: &mut Describe, design: &Design) {
    head(describe, design, SEGMENT);
}

/// Tells the printer of a shim.
pub(super) fn of_a_shim(describe: &mut Describe, design: &Design) {
    head(describe, design, SHIM);
}

fn head(describe: &mut Describe, design: &Design, groups: &[(&str, &str)]) {
    let top = &design.top_module().name;
    groups.iter().for_each(|(port, heading)| describe.head(format!("{top}.{port}"), *heading));
}

/// Ports by their groups, each with its heading.
pub(super) fn grouped(ports: &[Port]) -> Vec<(&str, &[Port])> {
    let starts = ports.iter().enumerate().filter(|(_, port)| port.heading.is_some());
    let starts: Vec<usize> = starts.map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([ports.len()]);
    let group = |(from, to): (&usize, usize)| {
        let group = &ports[*from..to];
        (group[0].heading.as_deref().unwrap_or_default(), group)
    };
    starts.iter().zip(ends).map(group).collect()
}
