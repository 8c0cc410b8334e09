#!/usr/bin/env bash
# fdt (Rust): a stdout-path with options behind a colon, such as serial0:115200n8, leads to no node,
# as if /chosen named no console.
#
# Version   fdt 0.1.5, the newest that is no alpha, on trees that vm-fdt 0.3.0 makes (crates.io).
# Input     a tree with a serial port and its alias, and /chosen with stdout-path as an alias and as
#           a path, each with and without options; then with stdin-path.
# Expected  Devicetree Specification 0.4, 3.6: a ":" in stdout-path or stdin-path ends the path, and
#           what follows is for the device. If stdin-path is missing, it is taken to be stdout-path.
#           Chosen::stdout is documented as the node of the property, if that exists.
# Seen      the node without options, None with them; for stdin-path with options the node of
#           stdout-path, another device.
# Why       The whole text is looked up as a path or an alias (standard_nodes.rs, stdout and stdin).
# Hurts     kernels: where a board's tree gives the speed there, as many do, the console stays dark,
#           and in QEMU, whose virt gives none, it works. Take the property and cut it at the colon.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo=$(command -v cargo) || { echo "error: cargo is missing" >&2; exit 2; }
# Where HOME is not the one that rustup was installed for, its toolchains are still beside it.
rustup=$(dirname "$(dirname "$(dirname "$cargo")")")/.rustup
if [ -z "${RUSTUP_HOME:-}" ] && [ -d "$rustup" ]; then export RUSTUP_HOME=$rustup; fi
mkdir "$folder/src"
cat > "$folder/Cargo.toml" << 'TOML'
[package]
name = "console"
version = "0.0.0"
edition = "2021"

[dependencies]
fdt = "=0.1.5"
vm-fdt = "=0.3.0"
TOML
cat > "$folder/src/main.rs" << 'RUST'
use fdt::Fdt;
use vm_fdt::{Error, FdtWriter};

fn tree(stdout: &str, stdin: Option<&str>) -> Result<Vec<u8>, Error> {
    let mut writer = FdtWriter::new()?;
    let root = writer.begin_node("")?;
    writer.property_u32("#address-cells", 1)?;
    writer.property_u32("#size-cells", 1)?;
    let aliases = writer.begin_node("aliases")?;
    writer.property_string("serial0", "/serial@10000000")?;
    writer.property_string("serial1", "/serial@20000000")?;
    writer.end_node(aliases)?;
    let chosen = writer.begin_node("chosen")?;
    writer.property_string("stdout-path", stdout)?;
    if let Some(stdin) = stdin {
        writer.property_string("stdin-path", stdin)?;
    }
    writer.end_node(chosen)?;
    for address in [0x1000_0000, 0x2000_0000] {
        let serial = writer.begin_node(&format!("serial@{address:x}"))?;
        writer.property_array_u32("reg", &[address, 0x100])?;
        writer.end_node(serial)?;
    }
    writer.end_node(root)?;
    writer.finish()
}

fn main() {
    for (stdout, stdin) in [
        ("serial0", None),
        ("serial0:115200n8", None),
        ("/serial@10000000", None),
        ("/serial@10000000:115200", None),
        ("serial0", Some("serial1")),
        ("serial0", Some("serial1:9600")),
    ] {
        let blob = tree(stdout, stdin).unwrap();
        let fdt = Fdt::new(&blob).unwrap();
        let chosen = fdt.chosen();
        println!(
            "{stdout} {}: stdout {:?}, stdin {:?}",
            stdin.unwrap_or("-"),
            chosen.stdout().map(|node| node.name),
            chosen.stdin().map(|node| node.name)
        );
    }
}
RUST

seen=$(cd "$folder" && CARGO_HOME="$folder/cargo" CARGO_TARGET_DIR="$folder/target" \
  "$cargo" run --quiet)
expected='serial0 -: stdout Some("serial@10000000"), stdin Some("serial@10000000")
serial0:115200n8 -: stdout None, stdin None
/serial@10000000 -: stdout Some("serial@10000000"), stdin Some("serial@10000000")
/serial@10000000:115200 -: stdout None, stdin None
serial0 serial1: stdout Some("serial@10000000"), stdin Some("serial@20000000")
serial0 serial1:9600: stdout Some("serial@10000000"), stdin Some("serial@10000000")'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
