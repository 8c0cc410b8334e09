#!/usr/bin/env bash
# Migen: a sum, a difference or a ~ inside a comparison or a Cat is one number in its simulation and
# another in the Verilog that it writes, and neither says so.
#
# Version   migen 0.10.0 (PyPI); Icarus Verilog runs the Verilog, any version (Debian's iverilog).
# Input     two signals of four bits, a and b, and a + b > 15, a - b < 0, ~a == 15, Cat(a + b, a).
# Expected  the same values in both. Migen's value_bits_sign, which its Cat goes by, says that a sum
#           or difference of four bits has five, and that ~a has four as a has. IEEE 1364-2005 5.4.1:
#           in a comparison the wider operand gives the width of both, in a concatenation each operand
#           its own, so that the carry has no bit.
# Seen      In the simulation the overflow and the borrow are found and the sum takes five bits of the
#           Cat; in the Verilog a + b > 4'd15 and a - b < 1'd0 are never true and the sum takes four.
#           In the simulation ~0 == 15 is false (~0 is -1 there), in the Verilog it is true.
# Why       The simulation computes with whole Python numbers (sim/core.py, eval), the Verilog has
#           each operator as it stands (fhdl/verilog.py).
# Hurts     tests that pass for hardware that overflows. Assign a sum or a ~ to a signal of the wanted
#           width first, then compare or join that.
set -euo pipefail
command -v iverilog > /dev/null || { echo "error: iverilog is missing" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
  migen==0.10.0 colorama==0.4.6

cat > "$folder/sums.py" << 'PYTHON'
import sys

from migen import Cat, Module, Signal, run_simulation
from migen.fhdl.bitcontainer import value_bits_sign
from migen.fhdl.verilog import convert

INPUTS = (0, 0), (9, 9), (3, 5)


class Sums(Module):
    def __init__(self):
        self.a = a = Signal(4, name="a")
        self.b = b = Signal(4, name="b")
        self.over = Signal(name="over")
        self.under = Signal(name="under")
        self.ones = Signal(name="ones")
        self.joined = Signal(9, name="joined")
        self.comb += [
            self.over.eq(a + b > 15),
            self.under.eq(a - b < 0),
            self.ones.eq(~a == 15),
            self.joined.eq(Cat(a + b, a)),
        ]


def bench(sums):
    for a, b in INPUTS:
        yield sums.a.eq(a)
        yield sums.b.eq(b)
        yield
        yield
        over, under, ones = (yield sums.over), (yield sums.under), (yield sums.ones)
        print(f"simulation: {a} {b} over {over} under {under} ones {ones} joined {yield sums.joined:09b}")


sums = Sums()
for name, value in ("a + b", sums.a + sums.b), ("a - b", sums.a - sums.b), ("~a", ~sums.a):
    print(f"bits of {name}: {value_bits_sign(value)[0]}")
run_simulation(sums, bench(sums))
sums = Sums()
ports = {sums.a, sums.b, sums.over, sums.under, sums.ones, sums.joined}
with open(sys.argv[1] + "/sums.v", "w") as file:
    file.write(str(convert(sums, ports, name="sums")))
with open(sys.argv[1] + "/bench.v", "w") as file:
    steps = "\n".join(f"a = {a}; b = {b}; #1 show;" for a, b in INPUTS)
    file.write(f"""module bench;
  reg [3:0] a, b;
  wire over, under, ones;
  wire [8:0] joined;
  sums s(.a(a), .b(b), .over(over), .under(under), .ones(ones), .joined(joined));
  task show;
    $display("verilog: %0d %0d over %b under %b ones %b joined %b", a, b, over, under, ones, joined);
  endtask
  initial begin
{steps}
  end
endmodule
""")
PYTHON

seen=$(
  "$folder/venv/bin/python" "$folder/sums.py" "$folder"
  iverilog -g2005 -o "$folder/bench" "$folder/sums.v" "$folder/bench.v"
  vvp -n "$folder/bench"
)
expected='bits of a + b: 5
bits of a - b: 5
bits of ~a: 4
simulation: 0 0 over 0 under 0 ones 0 joined 000000000
simulation: 9 9 over 1 under 0 ones 0 joined 100110010
simulation: 3 5 over 0 under 1 ones 0 joined 001101000
verilog: 0 0 over 0 under 0 ones 1 joined 000000000
verilog: 9 9 over 0 under 0 ones 0 joined 010010010
verilog: 3 5 over 0 under 0 ones 0 joined 000111000'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
