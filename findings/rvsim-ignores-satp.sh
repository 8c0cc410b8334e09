#!/usr/bin/env bash
# rvsim: a program given as an ELF file can write satp, read it back and enter S-mode, but no address
# is translated.
#
# Version   rvsim 2.1.0 (PyPI).
# Input     an ELF file that the script writes: M-mode sets PMP to allow all, satp to Sv39, executes
#           sfence.vma and returns to S-mode, which loads from 0x80021000. The table maps that page
#           to 0x80020000; at 0x80020000 is 0x1111, at 0x80021000 0x2222.
# Expected  0x1111. The package's page announces "SV39 / SV48 / SV57 virtual memory", TLBs and a
#           page-table walker, and its examples run ELF files through Simulator(..., binary=...),
#           as here.
# Seen      0x2222, the word at the untranslated address, in S-mode with satp 0x8000000000080010.
#           Simulator.translate() gives the same. With the flag general.direct_mode cleared in the
#           dictionary that Config becomes, everything else unchanged, the load gives 0x1111: the MMU
#           is there, and off.
# Why       The conversion of Config to that dictionary (rvsim/config/_serialize.py) sets direct_mode
#           to true always, and Config has no parameter for it.
# Hurts     who measures or tests an MMU with it: TLB sizes make no difference, page faults never
#           come, and a program whose table is an identity mapping passes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps rvsim==2.1.0

cat > "$folder/satp.py" << 'PYTHON'
import struct
import sys

from rvsim import Config, Simulator
from rvsim.config._config import _config_to_dict

BASE = 0x80000000
ENTER, TRAP, CONSTANTS = 0x200, 0x400, 0x700  # offsets of S-mode's code, the handler, the numbers
ROOT, MIDDLE, LAST = BASE + 0x10000, BASE + 0x11000, BASE + 0x12000
DATA, OTHER = BASE + 0x20000, BASE + 0x21000
A0, A1, T0, T1 = 10, 11, 5, 6


def ld(to, base, offset):
    return offset << 20 | base << 15 | 3 << 12 | to << 7 | 0x03


def csrw(csr, value):
    return csr << 20 | value << 15 | 1 << 12 | 0x73


memory = bytearray(0x30000)


def put(offset, words):
    memory[offset : offset + 4 * len(words)] = struct.pack(f"<{len(words)}I", *words)


def store(address, value):
    struct.pack_into("<Q", memory, address - BASE, value)


def entry(table, index, target, flags):
    store(table + 8 * index, target >> 12 << 10 | flags)


# PMP first, then what M-mode needs to enter S-mode; a0 is the address to load from.
numbers = {
    0x3B0: (1 << 54) - 1, 0x3A0: 0x1F, 0x180: 8 << 60 | ROOT >> 12,
    0x305: BASE + TRAP, 0x300: 1 << 11, 0x341: BASE + ENTER,
}
code = [0x00000297]  # auipc t0, 0
for at, (csr, value) in enumerate(numbers.items()):
    store(BASE + CONSTANTS + 8 * at, value)
    code += [ld(T1, T0, CONSTANTS + 8 * at), csrw(csr, T1)]
store(BASE + CONSTANTS + 8 * len(numbers), OTHER)
code += [ld(A0, T0, CONSTANTS + 8 * len(numbers)), 0x12000073, 0x30200073]  # sfence.vma, mret
put(0, code)
put(ENTER, [ld(A1, A0, 0), 0x0000006F])
put(TRAP, [0x0000006F])
entry(ROOT, 2, MIDDLE, 0x01)
entry(MIDDLE, 0, LAST, 0x01)
entry(LAST, 0, BASE, 0x4B)  # the code: V, R, X, A
entry(LAST, 0x21, DATA, 0xC7)  # V, R, W, A, D
store(DATA, 0x1111)
store(OTHER, 0x2222)

path = sys.argv[1] + "/program.elf"
with open(path, "wb") as out:
    header = b"\x7fELF\2\1\1".ljust(16, b"\0")
    header += struct.pack("<HHIQQQIHHHHHH", 2, 243, 1, BASE, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    header += struct.pack("<IIQQQQQQ", 1, 7, 0x1000, BASE, BASE, len(memory), len(memory), 0x1000)
    out.write(header.ljust(0x1000, b"\0") + memory)


def run(name, config):
    simulator = Simulator(config, binary=path)
    ends = BASE + TRAP, BASE + ENTER + 4
    simulator.run_until(lambda hart: hart.pc in ends, chunk=1, limit=100_000)
    print(f"{name}: {simulator.privilege}-mode at {simulator.pc:#x}, satp {simulator.csrs['satp']:#x}")
    print(f"  the load gives {simulator.regs[A1]:#x}, translate() gives {simulator.translate(OTHER):#x}")


run("ELF file", Config(width=1))
changed = _config_to_dict(Config(width=1))
changed["general"]["direct_mode"] = False
run("ELF file, direct_mode cleared", changed)
PYTHON

seen=$("$folder/venv/bin/python" "$folder/satp.py" "$folder")
expected='ELF file: S-mode at 0x80000204, satp 0x8000000000080010
  the load gives 0x2222, translate() gives 0x80021000
ELF file, direct_mode cleared: S-mode at 0x80000204, satp 0x8000000000080010
  the load gives 0x1111, translate() gives 0x80020000'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
