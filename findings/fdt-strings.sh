#!/usr/bin/env bash
# fdt: strings of a device-tree source lose their semicolons, keep their escapes as two characters,
# and end at a //, where the next property is lost as well.
#
# Version   fdt 0.3.3 (PyPI); devicetree 0.0.2, a part of Zephyr, as a second reader (PyPI).
# Input     one property with each kind of string in /chosen, read by parse_dts and from the dtb made
#           of it.
# Expected  Devicetree Specification 0.4, 6.3: the value of a string includes a null byte at its end,
#           and a value may have several parts, separated by commas, of more than one kind; dtc and
#           devicetree read escapes as in C. The page has an example that turns dts into dtb, and
#           names no limits for strings.
# Seen      ";" is gone from a command line; "http://..." becomes "http:", joined with the text of the
#           property after it, which is missing; /* */ is cut out of a string; \t stays as two
#           characters, and \" loses the quote and leaves the backslash; "" has no null byte; in
#           "reset", <3> the number becomes the text <3>. No message, though it refuses /bits/ by name.
# Why       Comments are removed and lines split before strings are looked for, at any // and any ;
#           (fdt/misc.py, strip_comments and split_to_lines), and each value is taken to be of the
#           kind with which it begins (parse_dts).
# Hurts     who builds or edits boards' trees with it: boot arguments differ from what is in the
#           source. Compile with dtc, then use parse_dtb.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
  fdt==0.3.3 devicetree==0.0.2

cat > "$folder/board.dts" << 'DTS'
/dts-v1/;

/ {
	chosen {
		plain = "one", "two";
		bootargs = "console=ttyS0; root=/dev/vda";
		image = "http://boot.example/kernel";
		after = "image";
		remark = "a /* b */ c";
		tab = "a\tb";
		quoted = "say \"hi\"";
		empty = "";
		mixed = "reset", <3>;
	};
};
DTS
cat > "$folder/strings.py" << 'PYTHON'
import sys

import fdt
from devicetree import dtlib

with open(sys.argv[1]) as file:
    tree = fdt.parse_dts(file.read())
again = fdt.parse_dtb(tree.to_dtb(version=17))
for name, prop in dtlib.DT(sys.argv[1]).get_node("/chosen").props.items():
    texts = []
    for one in tree, again:
        found = one.get_property(name, "/chosen")
        texts.append("missing" if found is None else str(getattr(found, "data", "no data")))
    print(f"{name}: devicetree {prop.value}, fdt {texts[0]}, from dtb {texts[1]}")
PYTHON

seen=$("$folder/venv/bin/python" "$folder/strings.py" "$folder/board.dts")
expected=$(cat << 'TEXT'
plain: devicetree b'one\x00two\x00', fdt ['one', 'two'], from dtb ['one', 'two']
bootargs: devicetree b'console=ttyS0; root=/dev/vda\x00', fdt ['console=ttyS0 root=/dev/vda'], from dtb ['console=ttyS0 root=/dev/vda']
image: devicetree b'http://boot.example/kernel\x00', fdt ['http: after = image'], from dtb ['http: after = image']
after: devicetree b'image\x00', fdt missing, from dtb missing
remark: devicetree b'a /* b */ c\x00', fdt ['a c'], from dtb ['a c']
tab: devicetree b'a\tb\x00', fdt ['a\\tb'], from dtb ['a\\tb']
quoted: devicetree b'say "hi"\x00', fdt ['say \\hi\\'], from dtb ['say \\hi\\']
empty: devicetree b'\x00', fdt [], from dtb no data
mixed: devicetree b'reset\x00\x00\x00\x00\x03', fdt ['reset', '<3>'], from dtb ['reset', '<3>']
TEXT
)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
