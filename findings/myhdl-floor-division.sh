#!/usr/bin/env bash
# MyHDL: `//` and `%` of negative numbers differ between its simulation and the Verilog that it
# writes for the same block.
#
# Version   myhdl 0.11.52 (PyPI); the Verilog is run by Icarus Verilog, any version (Debian's iverilog).
# Input     a block with a // b and a % b, signed, for a of both signs and b = 4.
# Expected  one answer. The manual's chapter on conversion says that a convertible design becomes an
#           equivalent model, and the converter refuses `/` with the advice to consider `//`.
# Seen      -7 // 4 is -2 and -7 % 4 is 1 in MyHDL, as in Python, which rounds down. The Verilog has
#           a / b and a % b, which IEEE 1364-2005 5.1.5 rounds towards zero: -1 and -3. The
#           conversion prints no warning. Where the remainder is zero, or nothing is negative, both
#           agree, so tests with such numbers pass.
# Hurts     who trusts a passing MyHDL test bench: index and bank arithmetic (`%`) on signed values
#           is wrong only in the hardware.
set -euo pipefail
command -v iverilog > /dev/null || { echo "error: iverilog is missing" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps myhdl==0.11.52

cat > "$folder/divide.py" << 'PYTHON'
import sys
import warnings

from myhdl import Signal, always_comb, block, delay, instance, intbv

warnings.simplefilter("error")  # a warning of the conversion would stop the script


def signals():
    byte = lambda start: Signal(intbv(start, min=-128, max=128))
    return byte(0), byte(1), byte(0), byte(0)


@block
def divide(a, b, quotient, remainder):
    @always_comb
    def logic():
        quotient.next = a // b
        remainder.next = a % b

    return logic


@block
def bench(cases):
    a, b, quotient, remainder = signals()
    dut = divide(a, b, quotient, remainder)

    @instance
    def stimulus():
        for case in cases:
            a.next, b.next = case, 4
            yield delay(1)
            print(f"MyHDL    {case} by 4: {int(quotient)}, {int(remainder)}")

    return dut, stimulus


cases = 7, -8, -7, -1
bench(cases).run_sim(quiet=1)
divide(*signals()).convert(hdl="Verilog", path=sys.argv[1])
steps = "".join(
    f'a = {case}; #1 $display("Verilog  %0d by 4: %0d, %0d", a, quotient, remainder);' for case in cases
)
with open(sys.argv[1] + "/bench.v", "w") as out:
    out.write(f"""module bench;
reg signed [7:0] a, b = 4;
wire signed [7:0] quotient, remainder;
divide dut(a, b, quotient, remainder);
initial begin {steps} end
endmodule
""")
PYTHON

seen=$("$folder/venv/bin/python" "$folder/divide.py" "$folder"
  grep -o 'assign .*' "$folder/divide.v"
  iverilog -g2005 -o "$folder/bench" "$folder/divide.v" "$folder/bench.v"
  vvp -n "$folder/bench")
expected='MyHDL    7 by 4: 1, 3
MyHDL    -8 by 4: -2, 0
MyHDL    -7 by 4: -2, 1
MyHDL    -1 by 4: -1, 3
assign quotient = (a / b);
assign remainder = (a % b);
Verilog  7 by 4: 1, 3
Verilog  -8 by 4: -2, 0
Verilog  -7 by 4: -1, -3
Verilog  -1 by 4: 0, -1'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
