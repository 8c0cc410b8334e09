//! The modules in cells of the ECP5: each proven equal to the one without them, and a wrong one not.

use engine::{CONFIGS, find};
use testbenches::cosim::{Outcome, Replayer, record, replay};
use testbenches::export::{Target, ecp5, modules, tools};

/// Configurations, and how many of their modules are in cells. All have three comparators, the encoder,
/// the choice of the address and two multiplexers of the walker's; those that answer at once the choice
/// of the key; sets of pages a comparator and three multiplexers.
const IN_CELLS: &[(&str, usize)] = &[
    ("rv32_tiny", 8),
    ("rv32_large", 8),
    ("rv64_linux", 8),
    ("rv64_linux_napot", 8),
    ("rv64_huge", 8),
    ("rv64_linux_registered", 7),
    ("rv32_tiny_registered", 7),
    ("rv64_linux_pages", 11),
    ("rv64_linux_rva23+answer=registered+pages=64", 11),
];

#[test]
fn every_module_in_cells_is_proven_equal() {
    if !tools::or_skip("yosys") {
        return;
    }
    for (name, in_cells) in IN_CELLS {
        let config = find(name).unwrap();
        let [plain, cells] = [Target::Generic, Target::Ecp5].map(|of| modules(config, of));
        let folder = tempfile::tempdir().unwrap();
        let napot = ecp5::has_napot(config);
        let proven = ecp5::prove(&plain, &cells, napot, folder.path())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(proven, *in_cells, "{name}");
    }
}

#[test]
fn a_wrong_cell_is_found() {
    if !tools::or_skip("yosys") {
        return;
    }
    for (name, right, wrong) in [
        ("rv32_tiny", ".A0(held[", ".A0(key["),
        ("rv32_tiny", "INJECT1_0(\"YES\")", "INJECT1_0(\"NO\")"),
        ("rv32_tiny", ".ALUT(other[i]), .BLUT(own[i])", ".ALUT(own[i]), .BLUT(other[i])"),
        ("rv32_tiny", ".B(usable[", ".B(same["),
        ("rv32_tiny", ".D(only_early)", ".D(1'b0)"),
        ("rv32_tiny", ".A(third[i])", ".A(first[i])"),
        ("rv64_linux_pages", ".A1(in_all)", ".A1(1'b0)"),
        ("rv64_linux_pages", ".A1(held_vpn[", ".A1(key_vpn["),
    ] {
        let config = find(name).unwrap();
        let [plain, cells] = [Target::Generic, Target::Ecp5].map(|of| modules(config, of));
        let mut broken = cells.clone();
        let found = broken.modules.iter_mut().find(|module| module.text.contains(right));
        let module = found.unwrap_or_else(|| panic!("{name} has no {right}"));
        module.text = module.text.replacen(right, wrong, 1);
        let folder = tempfile::tempdir().unwrap();
        let verdict = ecp5::prove(&plain, &broken, false, folder.path());
        let refuted =
            matches!(&verdict, Err(error) if error.to_string().contains("proof did fail"));
        assert!(refuted, "{right} -> {wrong} is not refuted: {verdict:?}");
    }
}

/// The models of the cells that the modules consist of, from Yosys.
fn models() -> String {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let beside = |folder: std::path::PathBuf| folder.join("../share/yosys/ecp5/cells_sim.v");
    let path = std::env::split_paths(&paths).map(beside).find(|path| path.exists());
    let path = path.expect("the models are in share/yosys beside the folder of yosys");
    let all = std::fs::read_to_string(path).unwrap();
    let of = |name: &str| {
        let begins = [format!("module {name}("), format!("module {name} (")];
        let from = begins.iter().find_map(|begin| all.find(begin));
        let text = &all[from.unwrap_or_else(|| panic!("no model of {name}"))..];
        format!("{}endmodule\n", text.split("endmodule").next().unwrap())
    };
    ["LUT2", "LUT4", "PFUMX", "CCU2C"].map(of).concat()
}

#[test]
fn cells_are_connected_in_every_configuration() {
    if !tools::or_skip("iverilog") || !tools::or_skip("yosys") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("design.v");
    for config in CONFIGS {
        let design = format!("{}\n{}", modules(config, Target::Ecp5), models());
        std::fs::write(&file, design).unwrap();
        let mut command = std::process::Command::new("iverilog");
        command.args(["-t", "null", "-Wimplicit", "-Wportbind", "-s", &config.module()]);
        let output = command.arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{}: {said}", config.name);
    }
}

/// The whole MMU in cells, with random inputs.
#[test]
fn icarus_runs_the_cells_as_rust_does() {
    if !tools::or_skip("iverilog") || !tools::or_skip("yosys") {
        return;
    }
    const CYCLES: usize = 8_000;
    for name in ["rv32_tiny", "rv64_linux_napot", "rv64_linux_pages"] {
        let config = find(name).unwrap();
        let recording = record(config, CYCLES, 0x5eed_0ec5);
        let design = format!("{}\n{}", modules(config, Target::Ecp5), models());
        let folder = tempfile::tempdir().unwrap();
        let outcome = replay(Replayer::Icarus, &design, &recording, folder.path())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(outcome, Outcome::Equal { cycles: CYCLES }, "{name}: {outcome}");
    }
}
