"""Prints what a design needs and how fast it is: cells of synthesis, clocks after routing.

    report.py CELLS REPORT

CELLS is the text of yosys's `stat`, REPORT nextpnr's JSON.
"""

import json
import re
import sys

# Names of cells, by what they are. A CCU2C is two LUTs with their carry chain, a DPR16X4 is
# 16 x 4 bits of RAM in LUTs.
KINDS = [
    ("LUTs", r"LUT4|SB_LUT4"),
    ("carry", r"CCU2C|SB_CARRY"),
    ("flip-flops", r"TRELLIS_FF|SB_DFF\w*"),
    ("LUT RAMs", r"TRELLIS_DPR16X4"),
    ("block RAMs", r"DP16KD|SB_RAM40_4K\w*"),
    ("large RAMs", r"SB_SPRAM256KA"),
]

cells_file, report_file = sys.argv[1:]
counts = {}
with open(cells_file, encoding="utf-8") as file:
    for line in file:
        found = re.fullmatch(r"\s+(\d+)\s+(?:\S+\s+)?(\w+)\s*", line)
        if found:
            counts[found[2]] = int(found[1])
for name, pattern in KINDS:
    count = sum(n for cell, n in counts.items() if re.fullmatch(pattern, cell))
    if count:
        print(f"{name:10} {count}")
with open(report_file, encoding="utf-8") as file:
    report = json.load(file)
if not report["fmax"]:
    sys.exit(f"error: {report_file} has no clock")
for name, clock in report["fmax"].items():
    reached, wanted = clock["achieved"], clock["constraint"]
    print(f"clock      {reached:.1f} MHz reached, {wanted:.1f} MHz wanted")
    if reached < wanted:
        sys.exit("error: the board's clock is faster than the design")
