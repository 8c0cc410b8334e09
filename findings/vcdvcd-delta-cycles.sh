#!/usr/bin/env bash
# vcdvcd: asked for a signal at a time, it gives the first of the values written for that time, not
# the last. On waves of Amaranth's simulator that is a value before the logic has settled.
#
# Version   vcdvcd 2.6.0, amaranth 0.5.10 with pyvcd 0.4.2; pywellen 0.25.7 as a second reader (PyPI).
# Input     a counter and sums of it in a chain, w = c + 2 in the end; Amaranth writes the VCD file.
# Expected  at each rising edge w = c + 2, as at the times after it. Amaranth writes every value that a
#           signal takes while the logic settles, all with the same time, and means to; the signal has
#           the last of them from then on. vcdvcd's page promises the value of the signal at a given
#           time, and in its example a change at time 2 is visible at time 2.
# Seen      at the edges c is 1, 2, 3, 4 and w is 1, 2, 3, 4; one femtosecond later w is 3, 4, 5, 6.
#           pywellen gives the last value, and so does vcdvcd's own callback.
# Why       A search for the leftmost entry with that time (vcdvcd.py, Signal.__getitem__).
# Hurts     who samples signals at clock edges to check a design. Ask for a time later than the edge, or
#           search Signal.tv from the right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps vcdvcd==2.6.0 \
  amaranth==0.5.10 pyvcd==0.4.2 pywellen==0.25.7 Jinja2==3.1.6 MarkupSafe==3.0.4 jschon==0.11.1 \
  rfc3986==2.0.0

cat > "$folder/edges.py" << 'PYTHON'
import sys

import pywellen
from amaranth.hdl import Elaboratable, Module, Signal
from amaranth.sim import Simulator
from vcdvcd import VCDVCD, StreamParserCallbacks


class Sums(Elaboratable):
    def elaborate(self, platform):
        m = Module()
        c, x, y, w = (Signal(6, name=name) for name in "cxyw")
        m.d.sync += c.eq(c + 1)
        m.d.comb += [x.eq(c + 1), y.eq(x + c), w.eq(y - c + 1)]
        return m


path = sys.argv[1] + "/waves.vcd"
simulator = Simulator(Sums())
simulator.add_clock(1e-6)
with simulator.write_vcd(path):
    simulator.run_until(4e-6)


class Last(StreamParserCallbacks):
    """The values when a time is complete."""

    seen = {}

    def time(self, vcd, time, values):
        self.seen[time] = dict(values)


waves = VCDVCD(path, callbacks=Last())
clock, c, w = (waves[f"bench.top.{name}"] for name in ("clk", "c", "w"))
second = {var.full_name: var.signal for var in pywellen.Waveform(path).all_vars()}["bench.top.w"]
code = waves.references_to_ids["bench.top.w"]
for edge in [time for time, value in clock.tv if value == "1"]:
    values = [int(value, 2) for time, value in w.tv if time == edge]
    print(
        f"edge: c {int(c[edge], 2)}, w written {values}, vcdvcd {int(w[edge], 2)}, "
        f"1 fs later {int(w[edge + 1], 2)}, its callback {int(Last.seen[edge][code], 2)}, "
        f"pywellen {second.value_at(edge)}"
    )
PYTHON

seen=$("$folder/venv/bin/python" "$folder/edges.py" "$folder")
expected='edge: c 1, w written [1, 2, 3], vcdvcd 1, 1 fs later 3, its callback 3, pywellen 3
edge: c 2, w written [2, 3, 4], vcdvcd 2, 1 fs later 4, its callback 4, pywellen 4
edge: c 3, w written [3, 4, 5], vcdvcd 3, 1 fs later 5, its callback 5, pywellen 5
edge: c 4, w written [4, 5, 6], vcdvcd 4, 1 fs later 6, its callback 6, pywellen 6'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
