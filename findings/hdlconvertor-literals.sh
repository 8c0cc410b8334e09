#!/usr/bin/env bash
# hdlConvertor: reading Verilog and writing it again drops the `s` of signed literals, and turns
# tri1, wand and supply1 into wire. The text remains valid, and computes something else.
#
# Version   hdlConvertor-binary 2.3 with hdlConvertorAst 1.2 (PyPI); both texts are run by Icarus
#           Verilog, any version (Debian's iverilog).
# Input     one module with 8'sd5, 16'shF000, a tri1, a wand and a supply1.
# Expected  a text with the same meaning, or a message. hdlConvertor does print "Conversion to Python
#           object not implemented" for what it leaves out, such as a gate or a delay; for these it
#           prints nothing. IEEE 1364-2005 3.5.1: `s` makes a literal signed, and by 5.5.1 one
#           unsigned operand makes an expression unsigned.
# Seen      a + 8'sd5 becomes a + 8'd5: -6 + 5 is 255 instead of -1, -6 < 5 is false, and
#           16'shF000 >>> 4 is 0f00 instead of ff00. The pulled-up net and the supply float, the
#           wired and is a conflict.
# Hurts     who formats, renames or instruments Verilog by way of its syntax tree.
set -euo pipefail
command -v iverilog > /dev/null || { echo "error: iverilog is missing" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
  hdlConvertor-binary==2.3 hdlConvertorAst==1.2

cat > "$folder/before.v" << 'VERILOG'
module dut(input signed [7:0] a, output signed [15:0] sum, output less,
           output signed [15:0] shifted, output pulled, output rail, output both);
  assign sum = a + 8'sd5;
  assign less = a < 8'sd5;
  assign shifted = 16'shF000 >>> 4;
  tri1 pulled;
  supply1 vdd;
  assign rail = vdd;
  wand meet;
  assign meet = a[0];
  assign meet = a[1];
  assign both = meet;
endmodule
VERILOG
cat > "$folder/bench.v" << 'VERILOG'
module bench;
  reg signed [7:0] a;
  wire signed [15:0] sum, shifted;
  wire less, pulled, rail, both;
  dut d(a, sum, less, shifted, pulled, rail, both);
  initial begin
    a = -8'sd6;
    #1 $display("sum=%0d less=%b shifted=%h pulled=%b rail=%b both=%b",
                sum, less, shifted, pulled, rail, both);
  end
endmodule
VERILOG
cat > "$folder/again.py" << 'PYTHON'
import sys

from hdlConvertor import HdlConvertor
from hdlConvertorAst.language import Language
from hdlConvertorAst.to.verilog.verilog2005 import ToVerilog2005

tree = HdlConvertor().parse([sys.argv[1]], Language.VERILOG_2005, [], hierarchyOnly=False, debug=True)
ToVerilog2005(sys.stdout).visit_HdlContext(tree)
PYTHON

run() { # FILE
  iverilog -g2005 -o "$folder/bench" "$1" "$folder/bench.v"
  vvp -n "$folder/bench"
}
"$folder/venv/bin/python" "$folder/again.py" "$folder/before.v" > "$folder/after.v" 2> "$folder/messages"
seen=$(
  echo "before: $(run "$folder/before.v")"
  echo "after:  $(run "$folder/after.v")"
  grep -E '5;|>>>|vdd;|meet;|pulled' "$folder/after.v" | sed 's/^ *//'
  echo "messages: $(wc -l < "$folder/messages")"
)
expected="before: sum=-1 less=1 shifted=ff00 pulled=1 rail=1 both=0
after:  sum=255 less=0 shifted=0f00 pulled=z rail=z both=x
output wire pulled,
assign sum = a + 8'd5;
assign less = a < 8'd5;
assign shifted = 16'hf000 >>> 4;
wire vdd;
assign rail = vdd;
wire meet;
assign both = meet;
messages: 0"
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
