//! The modules in cells of the ECP5: each proven equal to the one without them, and a wrong one not.

use engine::find;
use testbenches::export::{Target, ecp5, modules, tools};

/// Two comparators, the choice of the key, the encoder, and the choice of the address.
const IN_CELLS: usize = 5;

#[test]
fn every_module_in_cells_is_proven_equal() {
    if !tools::required() && tools::run("yosys", std::path::Path::new("."), &["-V"]).is_err() {
        return;
    }
    for name in ["rv32_tiny", "rv32_large", "rv64_linux", "rv64_linux_napot", "rv64_huge"] {
        let config = find(name).unwrap();
        let [plain, cells] = [Target::Generic, Target::Ecp5].map(|of| modules(config, of));
        let folder = tempfile::tempdir().unwrap();
        let napot = ecp5::has_napot(config);
        let proven = ecp5::prove(&plain, &cells, napot, folder.path())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(proven, IN_CELLS, "{name}");
    }
}

#[test]
fn a_wrong_cell_is_found() {
    if !tools::required() && tools::run("yosys", std::path::Path::new("."), &["-V"]).is_err() {
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
