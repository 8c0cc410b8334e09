#!/usr/bin/env bash
# vm-superio (Rust): of two received bytes only the first interrupts; reading it, or reading the
# identification register, takes the interrupt back while the second still waits.
#
# Version   vm-superio 0.8.2 (crates.io).
# Input     a serial port whose "received data available" is enabled; two bytes arrive, and are read
#           by a driver that takes one byte for each interrupt.
# Expected  The 16550's data sheet: the interrupt is a level, and "received data available" is pending
#           while the receiver has data (in FIFO mode: as many bytes as the trigger level, 1 at
#           reset); reading the identification register resets only "transmitter empty".
# Seen      after one byte is read: data ready in the line status, no interrupt in the identification
#           register, and no further call of the trigger. The same after a mere second look at that
#           register.
# Why       Each read of the identification register, and of the data, clears the pending bit; it is
#           set again when another byte comes, or when the interrupt enable register is written.
# Hurts     drivers without a loop over "data ready": small kernels and firmware miss input until the
#           next key. Make the interrupt line from the line status and the enable register instead.
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
name = "serial"
version = "0.0.0"
edition = "2021"

[dependencies]
vm-superio = "=0.8.2"
TOML
cat > "$folder/src/main.rs" << 'RUST'
use std::cell::Cell;
use std::convert::Infallible;
use std::rc::Rc;
use vm_superio::{Serial, Trigger};

struct Line(Rc<Cell<u32>>);

impl Trigger for Line {
    type E = Infallible;

    fn trigger(&self) -> Result<(), Infallible> {
        self.0.set(self.0.get() + 1);
        Ok(())
    }
}

fn main() {
    for looks in [1, 2] {
        let calls = Rc::new(Cell::new(0));
        let mut serial = Serial::new(Line(calls.clone()), std::io::sink());
        serial.write(1, 1).expect("received data available is enabled");
        serial.enqueue_raw_bytes(b"ab").expect("there is room");
        let pending = |serial: &mut Serial<_, _, _>| if serial.read(2) & 1 == 0 { "pending" } else { "none" };
        println!("two bytes: interrupt {}, trigger called {}", pending(&mut serial), calls.get());
        if looks == 2 {
            println!("second look: interrupt {}, data ready {}", pending(&mut serial), serial.read(5) & 1);
        }
        let byte = serial.read(0) as char;
        let ready = serial.read(5) & 1;
        println!("{byte} is read: data ready {ready}, interrupt {}, trigger called {}", pending(&mut serial), calls.get());
    }
}
RUST
"$cargo" run --quiet --manifest-path "$folder/Cargo.toml" > "$folder/seen"
cat > "$folder/expected" << 'TEXT'
two bytes: interrupt pending, trigger called 1
a is read: data ready 1, interrupt none, trigger called 1
two bytes: interrupt pending, trigger called 1
second look: interrupt none, data ready 1
a is read: data ready 1, interrupt none, trigger called 1
TEXT
cat "$folder/seen"
if ! diff "$folder/expected" "$folder/seen" > "$folder/difference"; then
  echo "changed:" >&2
  cat "$folder/difference" >&2
  exit 1
fi
echo "as described: the second byte waits without an interrupt"
