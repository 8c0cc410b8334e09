#!/usr/bin/env bash
# rustc_apfloat (Rust): an overflow whose rounded result is the largest finite number sets INEXACT
# only; OVERFLOW is set only where the result is an infinity.
#
# Version   rustc_apfloat 0.2.3+llvm-462a31f5a5ab (crates.io).
# Input     the largest single-precision number, doubled, in each of the five rounding directions, for
#           both signs.
# Expected  IEEE 754-2019, 7.4: the overflow exception is signaled if and only if the format's largest
#           finite number is exceeded in magnitude by the rounded result as if the exponent were
#           unbounded, whatever is delivered: an infinity, or, where the direction is towards zero or
#           away from that infinity, the largest finite number. The RISC-V manual takes this over for
#           the flag OF.
# Seen      OVERFLOW | INEXACT with an infinity, INEXACT alone with the largest finite number.
# Hurts     emulators that take fflags from Status: with the modes rtz, rdn and rup OF stays clear
#           where processors set it. Where a finite result is the largest number and inexact, round
#           once more to nearest and see whether that overflows.
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
name = "overflow"
version = "0.0.0"
edition = "2021"

[dependencies]
rustc_apfloat = "=0.2.3"
TOML
cat > "$folder/src/main.rs" << 'RUST'
use rustc_apfloat::ieee::Single;
use rustc_apfloat::{Float, Round, Status};

fn main() {
    for (name, round) in [
        ("to nearest, even", Round::NearestTiesToEven),
        ("to nearest, away", Round::NearestTiesToAway),
        ("towards zero", Round::TowardZero),
        ("down", Round::TowardNegative),
        ("up", Round::TowardPositive),
    ] {
        for (sign, number) in [("+", Single::largest()), ("-", -Single::largest())] {
            let doubled = number.add_r(number, round);
            let value = if doubled.value.is_infinite() { "infinity" } else { "largest finite" };
            let flag = doubled.status.contains(Status::OVERFLOW);
            println!("{name} {sign}: {value}, overflow {flag}");
        }
    }
}
RUST
"$cargo" run --quiet --manifest-path "$folder/Cargo.toml" > "$folder/seen"
cat > "$folder/expected" << 'TEXT'
to nearest, even +: infinity, overflow true
to nearest, even -: infinity, overflow true
to nearest, away +: infinity, overflow true
to nearest, away -: infinity, overflow true
towards zero +: largest finite, overflow false
towards zero -: largest finite, overflow false
down +: largest finite, overflow false
down -: infinity, overflow true
up +: infinity, overflow true
up -: largest finite, overflow false
TEXT
cat "$folder/seen"
if ! diff "$folder/expected" "$folder/seen" > "$folder/difference"; then
  echo "changed:" >&2
  cat "$folder/difference" >&2
  exit 1
fi
echo "as described: the largest finite number comes without OVERFLOW"
