"""Prints a binary file as the hexadecimal words that $readmemh reads, filled up with zeros.

    words.py FILE WORDS
"""

import sys

name, count = sys.argv[1], int(sys.argv[2])
with open(name, "rb") as file:
    data = file.read()
if len(data) > 4 * count:
    sys.exit(f"error: {name} has {len(data)} bytes, and its memory {4 * count}")
data = data.ljust(4 * count, b"\0")
for at in range(0, len(data), 4):
    print(f"{int.from_bytes(data[at:at + 4], 'little'):08x}")
