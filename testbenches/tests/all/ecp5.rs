//! The modules in cells of the ECP5: each proven equal to the one without them, and a wrong one not.

use engine::find;
use testbenches::cosim::{Outcome, Replayer, record, replay};
use testbenches::export::{Target, ecp5, modules, tools};

/// Two comparators, the choice of the key, the encoder, and the choice of the address.
const IN_CELLS: usize = 5;

#[test]
fn every_module_in_cells_is_proven_equal() {
    if !tools::or_skip("yosys") {
        return;
    }
    for name in [
        "rv32_tiny",
        "rv32_large",
        "rv64_linux",
        "rv64_linux_napot",
        "rv64_huge",
        "rv64_linux_registered",
        "rv32_tiny_registered",
    ] {
        let config = find(name).unwrap();
        let [plain, cells] = [Target::Generic, Target::Ecp5].map(|of| modules(config, of));
        let folder = tempfile::tempdir().unwrap();
        let napot = ecp5::has_napot(config);
        let proven = ecp5::prove(&plain, &cells, napot, folder.path())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        // The choice of the key has no form in cells where answers are registered.
        let registered = name.ends_with("_registered");
        assert_eq!(proven, IN_CELLS - usize::from(registered), "{name}");
    }
}

#[test]
fn a_wrong_cell_is_found() {
    if !tools::or_skip("yosys") {
        return;
    }
    let config = find("rv32_tiny").unwrap();
    let [plain, cells] = [Target::Generic, Target::Ecp5].map(|of| modules(config, of));
    for (right, wrong) in [
        (".A0(held[", ".A0(key["),
        ("INJECT1_0(\"YES\")", "INJECT1_0(\"NO\")"),
        (".ALUT(other[i]), .BLUT(own[i])", ".ALUT(own[i]), .BLUT(other[i])"),
        (".B(usable[", ".B(same["),
        (".D(only_early)", ".D(1'b0)"),
    ] {
        let mut broken = cells.clone();
        let module = broken.modules.iter_mut().find(|module| module.text.contains(right)).unwrap();
        module.text = module.text.replacen(right, wrong, 1);
        let folder = tempfile::tempdir().unwrap();
        let verdict = ecp5::prove(&plain, &broken, false, folder.path());
        assert!(verdict.is_err(), "{right} -> {wrong} is not found");
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

/// The whole MMU in cells, with random inputs.
#[test]
fn icarus_runs_the_cells_as_rust_does() {
    if !tools::or_skip("iverilog") || !tools::or_skip("yosys") {
        return;
    }
    const CYCLES: usize = 8_000;
    for name in ["rv32_tiny", "rv64_linux_napot"] {
        let config = find(name).unwrap();
        let recording = record(config, CYCLES, 0x5eed_0ec5);
        let design = format!("{}\n{}", modules(config, Target::Ecp5), models());
        let folder = tempfile::tempdir().unwrap();
        let outcome = replay(Replayer::Icarus, &design, &recording, folder.path())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(outcome, Outcome::Equal { cycles: CYCLES }, "{name}: {outcome}");
    }
}
