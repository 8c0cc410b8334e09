#!/usr/bin/env bash
# tinyrv: an ecall from S-mode has the cause of one from M-mode, 11 instead of 9.
#
# Version   tinyrv 0.1.0 (PyPI).
# Input     one ecall in each of the three modes, without translation.
# Expected  the privileged specification, table of mcause: 8 from U-mode, 9 from S-mode, 11 from
#           M-mode.
# Seen      8, 11, 11. Bit 9 of medeleg therefore delegates nothing, and bit 11, which no hart
#           implements because such a call is never from below, hands the supervisor's call to the
#           supervisor.
# Why       The cause is chosen by whether the mode is U (tinyrv/sim.py, _ecall).
# Hurts     who writes firmware or an SBI on it: the handler that distinguishes calls of the kernel
#           from its own never sees the former.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps tinyrv==0.1.0

cat > "$folder/call.py" << 'PYTHON'
import struct

from tinyrv.sim import sim

CODE, MACHINE, SUPERVISOR = 0x80000000, 0x80000100, 0x80000200


def call(mode, delegated=0):
    hart = sim(xlen=64)
    hart.copy_in(CODE, struct.pack("<I", 0x00000073))
    hart.csr[hart.MTVEC], hart.csr[hart.STVEC] = MACHINE, SUPERVISOR
    hart.csr[hart.MEDELEG] = delegated
    hart.plevel, hart.pc = mode, CODE
    hart.step(trace=False)
    if hart.pc == SUPERVISOR:
        return f"to S-mode, scause {hart.csr[hart.SCAUSE]}"
    return f"to M-mode, mcause {hart.csr[hart.MCAUSE]}"


for name, mode in ("U", 0), ("S", 1), ("M", 3):
    print(f"ecall in {name}-mode: {call(mode)}")
for bit in 9, 11:
    print(f"ecall in S-mode, medeleg bit {bit}: {call(1, 1 << bit)}")
PYTHON

seen=$("$folder/venv/bin/python" "$folder/call.py")
expected='ecall in U-mode: to M-mode, mcause 8
ecall in S-mode: to M-mode, mcause 11
ecall in M-mode: to M-mode, mcause 11
ecall in S-mode, medeleg bit 9: to M-mode, mcause 11
ecall in S-mode, medeleg bit 11: to S-mode, scause 11'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
