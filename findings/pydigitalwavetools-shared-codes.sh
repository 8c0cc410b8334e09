#!/usr/bin/env bash
# pyDigitalWaveTools: of several variables that share an identifier code, only the first one declared
# has values; the others have an empty list, as if they had never been dumped.
#
# Version   pyDigitalWaveTools 1.2 (PyPI); pywellen 0.25.7 as a second reader.
# Input     a counter, and an instance whose ports have the codes of the nets connected to them, as
#           Icarus Verilog writes them for a clock.
# Expected  the same changes for a net and its port. IEEE 1364-2005 18.2.3, $var: more than one
#           reference name may be mapped to the same identifier code. The page promises to parse VCD
#           files and names no exception.
# Seen      the values are at bench's names; inside the instance there are none, and no message. So
#           it is in the JSON that the page's example prints.
# Why       The parser notices that the code is known, and hands the values collected so far to the
#           new variable, but as its vcdId; its data is another list, which stays empty
#           (vcd/parser.py, vcd_var).
# Hurts     who looks at a module from inside: a clock or a bus there seems to stand still. Where
#           vcdId is a list instead of a string, it is the values.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
  pyDigitalWaveTools==1.2 pywellen==0.25.7

cat > "$folder/waves.vcd" << 'VCD'
$timescale 1 ns $end
$scope module bench $end
$var reg 1 ! clock $end
$var reg 3 " count [2:0] $end
$var wire 1 # odd $end
$scope module inside $end
$var wire 1 ! clock $end
$var wire 3 " count [2:0] $end
$var wire 1 # odd $end
$upscope $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
0!
b0 "
0#
$end
#1
1!
b1 "
1#
#2
0!
#3
1!
b10 "
#4
0!
VCD
cat > "$folder/read.py" << 'PYTHON'
import sys

import pywellen
from pyDigitalWaveTools.vcd.parser import VcdParser

parser = VcdParser()
with open(sys.argv[1]) as file:
    parser.parse(file)
second = {var.full_name: var.signal for var in pywellen.Waveform(sys.argv[1]).all_vars()}


def show(scope, path):
    for name, child in scope.children.items():
        if hasattr(child, "children"):
            show(child, path + [name])
        else:
            full = ".".join(path + [name])
            data = [f"{time}:{value.lstrip('b')}" for time, value in child.data]
            values = " ".join(str(second[full].value_at(time)) for time in range(5))
            print(f"{full}: {' '.join(data) or 'nothing'}; pywellen, times 0 to 4: {values}")
            if isinstance(child.vcdId, list):
                print(f"  vcdId: a list of {len(child.vcdId)}")


show(parser.scope, [])
PYTHON

seen=$("$folder/venv/bin/python" "$folder/read.py" "$folder/waves.vcd")
expected='bench.clock: 0:0 1:1 2:0 3:1 4:0; pywellen, times 0 to 4: 0 1 0 1 0
bench.count: 0:0 1:1 3:10; pywellen, times 0 to 4: 0 1 1 2 2
bench.odd: 0:0 1:1; pywellen, times 0 to 4: 0 1 1 1 1
bench.inside.clock: nothing; pywellen, times 0 to 4: 0 1 0 1 0
  vcdId: a list of 5
bench.inside.count: nothing; pywellen, times 0 to 4: 0 1 1 2 2
  vcdId: a list of 3
bench.inside.odd: nothing; pywellen, times 0 to 4: 0 1 1 1 1
  vcdId: a list of 2'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
