#!/usr/bin/env bash
# riscv-isa: c.and, and the compressed shifts by 32 and more, are decoded as unimp, and a reserved
# code as and.
#
# Version   riscv-isa 0.3.1 (crates.io).
# Input     for RV64 with C, compressed instructions and, where there is one, the same in 32 bits.
# Expected  the unprivileged manual, chapter C: the code of c.and has bit 12 clear, as those of c.sub,
#           c.xor and c.or; with bit 12 set that code is reserved. On RV64 bit 12 is the bit 5 of
#           a shift's amount, which may be 32 to 63. The crate's page names RV64 and C as supported.
# Seen      c.and a0, a1 is unimp, and the reserved code is and. The three shifts are right by 31 and
#           unimp by 32 and 63. In 32 bits all are right. Nothing tells it from a code that is illegal.
# Why       decode/compressed.rs asks for a set bit 12 at C_AND and for a clear one at C_SLLI, C_SRLI
#           and C_SRAI.
# Hurts     who disassembles, counts or emulates programs: compilers use c.and often, and c.slli with
#           c.srli by 32 to clear the upper half of a register. Decode these codes before asking it.
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
name = "compressed"
version = "0.0.0"
edition = "2021"

[dependencies]
riscv-isa = "=0.3.1"
TOML
cat > "$folder/src/main.rs" << 'RUST'
use std::str::FromStr;

use riscv_isa::{Decoder, Target};

fn decode(bytes: &[u8]) -> String {
    let target = Target::from_str("RV64IMAC").unwrap();
    Decoder::from_le_bytes(target, bytes).next().map_or("nothing".into(), |found| found.to_string())
}

fn main() {
    let codes: [(&str, u16, Option<u32>); 11] = [
        ("c.sub a0, a1", 0x8d0d, Some(0x40b5_0533)),
        ("c.or a0, a1", 0x8d4d, Some(0x00b5_6533)),
        ("c.and a0, a1", 0x8d6d, Some(0x00b5_7533)),
        ("reserved", 0x9d6d, None),
        ("c.slli a0, 31", 0x057e, Some(0x01f5_1513)),
        ("c.slli a0, 32", 0x1502, Some(0x0205_1513)),
        ("c.slli a0, 63", 0x157e, Some(0x03f5_1513)),
        ("c.srli a0, 31", 0x817d, Some(0x01f5_5513)),
        ("c.srli a0, 32", 0x9101, Some(0x0205_5513)),
        ("c.srai a0, 31", 0x857d, Some(0x41f5_5513)),
        ("c.srai a0, 32", 0x9501, Some(0x4205_5513)),
    ];
    for (text, short, long) in codes {
        let long = long.map_or(String::new(), |long| {
            format!("; in 32 bits {}", decode(&long.to_le_bytes()))
        });
        println!("{text}: {}{long}", decode(&short.to_le_bytes()));
    }
}
RUST

seen=$(cd "$folder" && CARGO_HOME="$folder/cargo" CARGO_TARGET_DIR="$folder/target" \
  "$cargo" run --quiet)
expected='c.sub a0, a1: sub x10, x10, x11; in 32 bits sub x10, x10, x11
c.or a0, a1: or x10, x10, x11; in 32 bits or x10, x10, x11
c.and a0, a1: unimp; in 32 bits and x10, x10, x11
reserved: and x10, x10, x11
c.slli a0, 31: slli x10, x10, 31; in 32 bits slli x10, x10, 31
c.slli a0, 32: unimp; in 32 bits slli x10, x10, 32
c.slli a0, 63: unimp; in 32 bits slli x10, x10, 63
c.srli a0, 31: srli x10, x10, 31; in 32 bits srli x10, x10, 31
c.srli a0, 32: unimp; in 32 bits srli x10, x10, 32
c.srai a0, 31: srai x10, x10, 31; in 32 bits srai x10, x10, 31
c.srai a0, 32: unimp; in 32 bits srai x10, x10, 32'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
