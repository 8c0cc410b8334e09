//! Descriptions of the hardware's modules and ports: the doc comments of its source, their only
//! source.

use netlist::print::Describe;

include!(concat!(env!("OUT_DIR"), "/hardware_sources.rs"));

/// The hardware's doc comments.
pub(super) fn describe() -> Describe {
    let mut describe = Describe::new();
    for (_, source) in FILES {
        describe.read_rust(source).expect("rustc has read the same files");
    }
    describe
}
