//! The core file, by which FuseSoC finds the unit and simulates or checks it (CAPI2).

use super::unit::Unit;

/// The text of the file. `testbench`: there is a test bench beside the unit. `plain`: it has no cells,
/// for which Verilator has no models.
pub(super) fn core(unit: &Unit, testbench: bool, plain: bool) -> String {
    let Unit { name, title, .. } = unit;
    let version = env!("CARGO_PKG_VERSION");
    let (files, target) = if testbench {
        (
            format!("  tb:\n    files:\n      - {name}_tb.v\n    file_type: verilogSource-2005\n"),
            format!(
                "  sim:\n\
                 \x20   description: Run the test bench, which checks itself\n\
                 \x20   filesets: [rtl, tb]\n\
                 \x20   toplevel: {name}_tb\n\
                 \x20   flow: sim\n\
                 \x20   flow_options:\n\
                 \x20     tool: icarus\n"
            ),
        )
    } else {
        Default::default()
    };
    let lint = if plain {
        format!(
            "  lint:\n\
             \x20   description: Let Verilator look for mistakes\n\
             \x20   filesets: [rtl]\n\
             \x20   toplevel: {name}\n\
             \x20   flow: lint\n\
             \x20   flow_options:\n\
             \x20     tool: verilator\n\
             \x20     verilator_options: [-Wall]\n"
        )
    } else {
        String::new()
    };
    format!(
        "CAPI=2:\n\
         # Simulate or check it: fusesoc --cores-root . run --target=TARGET pagewalk:mmu:{name}\n\
         name: pagewalk:mmu:{name}:{version}\n\
         description: Pagewalk, {title}\n\
         \n\
         filesets:\n\
         \x20 rtl:\n\
         \x20   files:\n\
         \x20     - {name}.v\n\
         \x20   file_type: verilogSource-2005\n\
         {files}\
         \n\
         targets:\n\
         \x20 default:\n\
         \x20   filesets: [rtl]\n\
         \x20   toplevel: {name}\n\
         {target}\
         {lint}"
    )
}
