//! The Verilog test bench: reads the vectors, drives the inputs, compares every output.

use super::record::Recording;
use engine::{Direction, PINS, Pin};
use std::fmt::Write;

/// The file that the test bench reads, one row of hexadecimal digits per cycle.
pub(super) const VECTORS: &str = "vectors.hex";

/// The rows as digits: the pins in the order of [`PINS`], each in whole digits.
pub(super) fn vectors(recording: &Recording) -> String {
    let mut text = String::new();
    for row in &recording.rows {
        for (value, width) in row.iter().zip(&recording.widths) {
            write!(text, "{value:0digits$x}", digits = width.div_ceil(4)).expect(INFALLIBLE);
        }
        text.push('\n');
    }
    text
}

/// Plain Verilog-2005; prints `EQUAL` and the number of cycles, or `MISMATCH`, the cycle, the
/// pin and both values, and ends.
pub(super) fn testbench(recording: &Recording) -> String {
    let bits: usize = recording.widths.iter().map(|width| width.div_ceil(4) * 4).sum();
    let mut declarations = String::new();
    let mut ports = String::new();
    let mut drive = String::new();
    let mut compare = String::new();
    let mut above = bits;
    for (&pin, &width) in PINS.iter().zip(&recording.widths) {
        above -= width.div_ceil(4) * 4;
        if !recording.config.has_pin(pin) {
            continue;
        }
        let (pin, is_input) = (Pin::name(pin), pin.direction() == Direction::In);
        let kind = if is_input { "reg" } else { "wire" };
        let part = format!("row[{} : {above}]", above + width - 1);
        writeln!(declarations, "  {kind} [{}:0] {pin};", width - 1).expect(INFALLIBLE);
        write!(ports, ",\n    .{pin}({pin})").expect(INFALLIBLE);
        if is_input {
            writeln!(drive, "      {pin} = {part};").expect(INFALLIBLE);
        } else {
            writeln!(
                compare,
                "      if (!failed && {pin} !== {part}) begin\n        failed = 1;\n        \
                 $display(\"MISMATCH %0d {pin} %h %h\", cycle, {part}, {pin});\n      end"
            )
            .expect(INFALLIBLE);
        }
    }
    format!(
        "`timescale 1ns / 1ns
module testbench;
  localparam CYCLES = {cycles};
  reg [{top}:0] vectors [0:CYCLES-1];
  reg [{top}:0] row;
  reg clock;
  reg failed;
  integer cycle;
{declarations}
  {name} mmu(
    .clock(clock){ports}
  );

  initial begin
    $readmemh(\"{VECTORS}\", vectors);
    clock = 0;
    failed = 0;
    for (cycle = 0; cycle < CYCLES && !failed; cycle = cycle + 1) begin
      row = vectors[cycle];
{drive}      #5;
{compare}      clock = 1;
      #5;
      clock = 0;
    end
    if (!failed) $display(\"EQUAL %0d\", cycle);
    $finish;
  end
endmodule
",
        cycles = recording.cycles(),
        top = bits - 1,
        name = recording.config.module(),
    )
}

const INFALLIBLE: &str = "writing to a string cannot fail";
