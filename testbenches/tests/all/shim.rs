//! The shims' Verilog: read by every tool, each port explained, listed where people look.

use std::collections::BTreeSet;

use assert_cmd::cargo::cargo_bin_cmd;
use engine::shim::{CONFIGS, find};
use testbenches::export::shim::{files, verilog};
use testbenches::export::{Kind, checks, tools, write};

#[test]
fn every_shim_is_read_by_every_tool() {
    let home = tempfile::tempdir().unwrap();
    for config in CONFIGS {
        let path = &write(home.path(), &files(config)).unwrap()[0];
        let verdicts = checks::check(&path.path, config.name, tools::required())
            .unwrap_or_else(|error| panic!("{}: {error}", config.name));
        for verdict in verdicts {
            println!("{}: {verdict}", config.name);
        }
    }
}

#[test]
fn every_port_and_module_is_explained_and_the_text_is_the_same_in_every_run() {
    for config in CONFIGS {
        let text = verilog(config);
        assert_eq!(text, verilog(config), "{}", config.name);
        assert!(text.contains(config.what) && text.contains("Reset:"), "{}", config.name);
        let top = text.split_once(&format!("\nmodule {} (", config.name)).unwrap().1;
        let ports = top.split_once("\n);").unwrap().0;
        let declared: Vec<_> = ports.lines().filter(|line| line.contains("put ")).collect();
        assert!(declared.len() > 10, "{}: {ports}", config.name);
        for port in declared {
            assert!(port.contains("  // "), "{}: {port} is not explained", config.name);
        }
        let lines: Vec<&str> = text.lines().collect();
        for at in 1..lines.len() {
            if lines[at].starts_with("module ") {
                assert!(lines[at - 1].starts_with("// "), "{}: {}", config.name, lines[at]);
            }
        }
        assert_eq!(netlist::check::names(&config.design()), []);
    }
}

/// A template without a port would be an instance that does nothing.
#[test]
fn every_template_is_sound_and_has_every_port() {
    let home = tempfile::tempdir().unwrap();
    for config in CONFIGS {
        let files = files(config);
        let template = &files.iter().find(|file| file.kind == Kind::Template).unwrap().text;
        let design = config.design();
        let ports: Vec<_> = design.top_module().ports().map(|(_, port)| &port.name).collect();
        for name in &ports {
            assert!(template.contains(&format!("        .{name} ")), "{}: {name}", config.name);
        }
        for bus in ports.iter().filter(|name| name.starts_with("m_axi_") || name.starts_with("wb_"))
        {
            let connected = template.lines().any(|line| {
                let mut words = line.split_whitespace();
                words.next() == Some(&format!(".{bus}"))
                    && words.next().is_some_and(|to| to.starts_with(&format!("({bus})")))
            });
            assert!(connected, "{}: {bus} is not connected", config.name);
        }
        if tools::or_skip("verilator") {
            let paths = write(home.path(), &files).unwrap();
            let top = format!("{}_template", config.name);
            let arguments = ["--lint-only", "-Wall", "--top-module", &top];
            let paths: Vec<&str> = paths.iter().map(|path| path.path.to_str().unwrap()).collect();
            let said = tools::run("verilator", home.path(), &[&arguments[..], &paths].concat());
            assert_eq!(said.unwrap_or_else(|error| panic!("{top}: {error}")), "", "{top}");
        }
    }
}

/// Ports by which FuseSoC, LiteX and Vivado recognise a bus.
#[test]
fn ports_have_the_names_of_their_protocols() {
    let ports = |name: &str| -> BTreeSet<String> {
        let design = find(name).unwrap().design();
        design.top_module().ports().map(|(_, port)| port.name.clone()).collect()
    };
    let of = |prefix: &str, names: &str| -> BTreeSet<String> {
        names.split_whitespace().map(|name| format!("{prefix}{name}")).collect()
    };
    let lite = of(
        "m_axi_",
        "awaddr awprot awvalid awready wdata wstrb wvalid wready bresp bvalid bready araddr arprot
         arvalid arready rdata rresp rvalid rready",
    );
    let full = of(
        "m_axi_",
        "awlen awsize awburst awlock awcache wlast arlen arsize arburst arlock arcache rlast",
    );
    let wishbone = of("wb_", "cyc_o stb_o we_o adr_o dat_o sel_o lock_o dat_i ack_i err_i");
    let mem = of(
        "mem_",
        "req_valid req_ready req_addr req_swap req_expected req_desired resp_valid resp_data
         resp_error resp_swapped",
    );
    for (name, bus) in [("axi_lite", lite.clone()), ("axi4", &lite | &full), ("wishbone", wishbone)]
    {
        let walker = ports(&format!("shim_walker_{name}_rv32"));
        let is_bus = |port: &&String| port.starts_with("m_axi_") || port.starts_with("wb_");
        assert_eq!(walker.iter().filter(is_bus).cloned().collect::<BTreeSet<_>>(), bus);
        assert!(walker.is_superset(&mem), "the names of the MMU's port");
        let data = ports(&format!("shim_data_{name}_rv64"));
        assert_eq!(data.iter().filter(is_bus).cloned().collect::<BTreeSet<_>>(), bus);
    }
}

#[test]
fn documents_list_every_shim() {
    let guide = include_str!("../../../docs/shims.md");
    let makefile = include_str!("../../../Makefile");
    for config in CONFIGS {
        let row = format!("| `{}` |", config.name);
        assert!(guide.contains(&row), "docs/shims.md has no row {row}");
        let named =
            makefile.split_whitespace().any(|word| word.trim_end_matches(';') == config.name);
        assert!(named, "`make export` does not name {}", config.name);
    }
}

#[test]
fn an_unknown_shim_is_an_error_that_lists_them() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().to_str().unwrap();
    let export = |name: &str| {
        let mut command = cargo_bin_cmd!("pagewalk");
        command.args(["export", name, "-o", folder]).output().unwrap()
    };
    let output = export("shim_walker_axi4_rv33");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("shim_walker_axi4_rv33") && said.contains("shim_data_wishbone_rv64"));
    assert!(export("shim_swap_rv32").status.success());
    assert!(home.path().join("shim_swap_rv32.v").exists());
}
