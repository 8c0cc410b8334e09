//! What a configuration consists of, in words: for the header of its Verilog and for its guide.

use engine::Config;
use model::isa::{Extensions, Mode, Sizes, Xlen};
use model::mmu::{Organisation, Replacement};

/// Rows of a name and what stands for it.
pub(super) fn parts(config: &Config) -> Vec<(&'static str, String)> {
    let modes = match config.xlen {
        Xlen::Rv32 => "Bare and Sv32",
        Xlen::Rv64 => match config.organisation.sizes.deepest {
            Mode::Sv39 => "Bare and Sv39",
            Mode::Sv48 => "Bare, Sv39 and Sv48, by satp.MODE",
            _ => "Bare, Sv39, Sv48 and Sv57, by satp.MODE",
        },
    };
    let organisation = config.organisation;
    let lines = match organisation.fetch_lines {
        _ if organisation.one_port => format!("{} lines in one for all accesses", config.entries),
        0 => format!("{} lines for each port", config.entries),
        fetch => format!("{fetch} lines for fetches, {} for data", config.entries),
    };
    let placement = match organisation.ways {
        0 => "fully associative".to_owned(),
        ways => format!("in sets of {ways}"),
    };
    // What has a row of its own is not repeated.
    let others = Organisation {
        replacement: Replacement::Fifo,
        ways: 0,
        fetch_lines: 0,
        one_port: false,
        two_walkers: false,
        sizes: Sizes { deepest: Mode::Sv57, ..organisation.sizes },
        ..organisation
    };
    let extensions = match config.extensions {
        Extensions::NONE => "none".to_owned(),
        built_in => built_in.to_string(),
    };
    let protection = match (config.physical.pmp, config.physical.regions.len()) {
        (0, 0) => "none".to_owned(),
        (pmp, 0) => format!("{pmp} PMP entries"),
        (pmp, regions) => format!("{pmp} PMP entries, {regions} regions with attributes (PMA)"),
    };
    let walkers = match (organisation.one_port, organisation.two_walkers) {
        (true, _) => "one",
        (false, true) => "one for each port",
        (false, false) => "one for both ports",
    };
    let ports = match organisation.one_port {
        true => vec![("translation ports", "one for fetches and data".to_owned())],
        false => Vec::new(),
    };
    let rows = vec![
        ("translation", modes.to_owned()),
        ("TLBs", format!("{lines}, {placement}, {} replacement", organisation.replacement)),
        ("page-table walkers", walkers.to_owned()),
        ("extensions", extensions),
        ("other parts", others.to_string()),
        ("memory protection", protection),
    ];
    ports.into_iter().chain(rows).collect()
}
