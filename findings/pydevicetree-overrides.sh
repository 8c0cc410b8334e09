#!/usr/bin/env bash
# pydevicetree: a property that is given again later keeps its first value, a deleted one keeps it
# too, and octal numbers are read as decimal.
#
# Version   pydevicetree 0.0.13 with pyparsing 3.3.3; devicetree 0.0.2, a part of Zephyr, as a second
#           reader (PyPI).
# Input     a node, a second definition of it by its label and a third by its path, as boards do to
#           the nodes of their chip's include file: one property changed, one enabled, one deleted.
# Expected  the values that dtc and devicetree give: the last one of each property, none of the
#           deleted one. Devicetree Specification, 6.3: cells are integers in the style of C, where
#           0755 is 493, and a property that was defined before may be deleted. The page promises to
#           parse sources as described by its version 0.2.
# Seen      the old speed, status "disabled", mode 755, and the deleted property. Its own to_dts has
#           both values and the deletion before the definition, which dtc refuses.
# Why       Definitions of a node are joined by adding their lists of properties (ast/node.py, merge),
#           and get_fields takes the first of the name. A leading 0 has no meaning in the grammar.
# Hurts     who generates headers, memory maps or settings from a board's tree. Flatten the source
#           with dtc -O dts first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
  pydevicetree==0.0.13 pyparsing==3.3.3 devicetree==0.0.2

cat > "$folder/board.dts" << 'DTS'
/dts-v1/;

/ {
	port: port@0 {
		speed = <1000>;
		status = "disabled";
		mode = <0755>;
		old = <1>;
	};
};
&port {
	speed = <2000>;
	/delete-property/ old;
};
/ {
	port@0 {
		status = "okay";
	};
};
DTS
cat > "$folder/read.py" << 'PYTHON'
import sys

from devicetree import dtlib
from pydevicetree import Devicetree

first = Devicetree.parseFile(sys.argv[1])
second = dtlib.DT(sys.argv[1]).get_node("/port@0")
for name in "speed", "mode", "status", "old":
    found = second.props.get(name)
    if found is None:
        value = None
    else:
        value = found.to_string() if name == "status" else found.to_num()
    print(f"{name}: devicetree {value}, pydevicetree {first.get_by_path('/port@0').get_field(name)}")
print(first.to_dts())
PYTHON

seen=$("$folder/venv/bin/python" "$folder/read.py" "$folder/board.dts" | grep -v '^$')
expected='speed: devicetree 2000, pydevicetree 1000
mode: devicetree 493, pydevicetree 755
status: devicetree okay, pydevicetree disabled
old: devicetree None, pydevicetree 1
/dts-v1/;
/ {
	port: port@0 {
		/delete-property/ "old";
		speed = <1000>;
		status = "disabled";
		mode = <755>;
		old = <1>;
		speed = <2000>;
		status = "okay";
	};
};'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
