#!/usr/bin/env bash
# tinyrv: under Sv39 a load from the upper half of the address space always ends in an access fault,
# while a store to the same mapped address succeeds; a misaligned store reports its physical address.
#
# Version   tinyrv 0.1.0 (PyPI).
# Input     an Sv39 table with one page of data, mapped readable and writable, at 0x40000000 and at
#           0xffffffc040000000; S-mode runs one ld or sd.
# Expected  the privileged specification, Sv39: an address whose bits 63 to 39 equal bit 38 is
#           translated, so both addresses reach the page. mtval, if not zero, is the faulting virtual
#           address, for a misaligned access as for a page fault.
# Seen      sd to 0xffffffc040000000 writes the page. ld from it gives mcause 5, load access fault,
#           before the table is read. sd to 0x40000004 gives mcause 6 with mtval 0x80020004, where
#           the page lies in memory, and not 0x40000004.
# Why       load() refuses any address with bit 63 set before it translates (tinyrv/sim.py), store()
#           does not, and store() keeps only the translated address.
# Hurts     who runs a kernel in the upper half, as Sv39 kernels are, or compares an MMU with it: the
#           first load of a global variable traps. The page of the package names Linux without an
#           MMU as what it boots, and says nothing of limits of its Sv39.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps tinyrv==0.1.0

cat > "$folder/upper.py" << 'PYTHON'
import struct

from tinyrv.sim import sim

CODE, HANDLER, DATA = 0x80000000, 0x80000100, 0x80020000
ROOT, MIDDLE, LAST = 0x80010000, 0x80011000, 0x80012000
LD, SD = 0x00053583, 0x00B53023  # ld a1, 0(a0); sd a1, 0(a0)
POINTER, READ_WRITE, ALL = 0x01, 0xC7, 0xCF  # flags of an entry, A and D set


def run(name, instruction, address):
    hart = sim(xlen=64)

    def put(at, value):
        hart.copy_in(at, struct.pack("<Q", value))

    def entry(table, level, target, flags):
        put(table + (address >> 12 + 9 * level & 511) * 8, target >> 12 << 10 | flags)

    put(ROOT + 8 * 2, CODE >> 12 << 10 | ALL)  # the code, at its own address
    entry(ROOT, 2, MIDDLE, POINTER)
    entry(MIDDLE, 1, LAST, POINTER)
    entry(LAST, 0, DATA, READ_WRITE)
    put(DATA, 0x1111)
    put(CODE, instruction)
    hart.csr[hart.SATP] = 8 << 60 | ROOT >> 12
    hart.csr[hart.MTVEC] = HANDLER
    hart.plevel, hart.pc = 1, CODE
    hart.x[10] = address - (address >> 63 << 64)
    hart.x[11] = 0x2222
    hart.step(trace=False)
    if hart.pc == HANDLER:
        result = f"mcause {hart.csr[hart.MCAUSE]}, mtval {hart.csr[hart.MTVAL] & 2**64 - 1:#x}"
    else:
        memory = struct.unpack("<Q", hart.copy_out(DATA, 8))[0]
        result = f"done, a1 {hart.x[11]:#x}, memory {memory:#x}"
    print(f"{name} {address:#x}: {result}")


for address in 0x40000000, 0xFFFFFFC040000000:
    run("ld", LD, address)
    run("sd", SD, address)
run("sd", SD, 0x40000004)
PYTHON

seen=$("$folder/venv/bin/python" "$folder/upper.py")
expected='ld 0x40000000: done, a1 0x1111, memory 0x1111
sd 0x40000000: done, a1 0x2222, memory 0x2222
ld 0xffffffc040000000: mcause 5, mtval 0xffffffc040000000
sd 0xffffffc040000000: done, a1 0x2222, memory 0x2222
sd 0x40000004: mcause 6, mtval 0x80020004'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
