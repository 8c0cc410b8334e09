#!/usr/bin/env bash
# tinyfive: with NumPy 2, lw, lh and lhu read only the first byte well; so do read_i32() and the
# fetch of an instruction.
#
# Version   tinyfive 1.0.0 with numpy 2.2.6, and with 1.26.4 for comparison (PyPI).
# Input     words in memory, each read by lw, lh and lhu, called as functions; the same as machine
#           code by asm() and exe(); and an example of its page, a sum of vectors, also with elements
#           above 255.
# Expected  the values stored: by the manual of the unprivileged instructions, lw loads 32 bits, lh
#           and lhu 16. tinyfive asks for numpy>1.20.0, without an upper bound, so that pip brings 2.
# Seen      with 1.26.4 they are right. With 2.2.6 the word 0x11223344 reads as 0x44, and -2 as 254,
#           though all bytes are in memory; machine code leaves the registers unchanged; sums of
#           vectors are right only while all numbers are below 256, as in the page's example. There
#           is no warning.
# Why       A load shifts single bytes of the memory, of the type uint8, to the left and adds them
#           (machine.py, LW and read_i32). Since NumPy 2 (NEP 50) the shift of such a byte by a
#           Python number remains in eight bits and gives 0.
# Hurts     every program with data in memory, and every one run by exe(). Install numpy<2 with it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat > "$folder/loads.py" << 'PYTHON'
import numpy
from tinyfive.machine import machine

m = machine(mem_size=4000)
words = 0x44, 0x11223344, -2
names = "lw", "lh", "lhu"
for number, word in enumerate(words):
    m.write_i32(word, 4 * number)
for number, word in enumerate(words):
    at = 4 * number
    m.LW(10, at, 0)
    m.LH(11, at, 0)
    m.LHU(12, at, 0)
    loaded = ", ".join(f"{name} {int(m.x[10 + i])}" for i, name in enumerate(names))
    print(f"memory {bytes(m.mem[at : at + 4]).hex()}: {loaded}, read_i32 {int(m.read_i32(at))}")
m.pc = 80
for i, name in enumerate(names):
    m.asm(name, 13 + i, 4, 0)
m.exe(start=80, instructions=3)
print("machine code:", ", ".join(f"{name} {int(m.x[13 + i])}" for i, name in enumerate(names)))
for a, b in ([1, 2, 3], [10, 20, 30]), ([1000, 2000, 3000], [1, 2, 3]):
    m.write_i32_vec(numpy.array(a), 400)
    m.write_i32_vec(numpy.array(b), 500)
    for i in range(3):
        m.LW(11, 400 + 4 * i, 0)
        m.LW(12, 500 + 4 * i, 0)
        m.ADD(10, 11, 12)
        m.SW(10, 600 + 4 * i, 0)
    print(f"{a} + {b} = {[int(number) for number in m.read_i32_vec(600, size=3)]}")
PYTHON

run() { # VERSION of numpy
  python3 -m venv "$folder/$1"
  "$folder/$1/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    tinyfive==1.0.0 "numpy==$1"
  echo "numpy $1"
  "$folder/$1/bin/python" "$folder/loads.py"
}
seen=$(
  run 1.26.4
  run 2.2.6
)
expected='numpy 1.26.4
memory 44000000: lw 68, lh 68, lhu 68, read_i32 68
memory 44332211: lw 287454020, lh 13124, lhu 13124, read_i32 287454020
memory feffffff: lw -2, lh -2, lhu 65534, read_i32 -2
machine code: lw 287454020, lh 13124, lhu 13124
[1, 2, 3] + [10, 20, 30] = [11, 22, 33]
[1000, 2000, 3000] + [1, 2, 3] = [1001, 2002, 3003]
numpy 2.2.6
memory 44000000: lw 68, lh 68, lhu 68, read_i32 68
memory 44332211: lw 68, lh 68, lhu 68, read_i32 68
memory feffffff: lw 254, lh 254, lhu 254, read_i32 254
machine code: lw 0, lh 0, lhu 0
[1, 2, 3] + [10, 20, 30] = [11, 22, 33]
[1000, 2000, 3000] + [1, 2, 3] = [233, 210, 187]'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
