#!/usr/bin/env bash
# Unicorn, RISC-V: reg_read() and reg_write() of a CSR obey the privilege of the emulated hart. While
# it is in U- or S-mode, machine registers cannot be read or written from the host, and no error says
# so.
#
# Version   unicorn 2.1.4 (PyPI).
# Input     no instructions: the host puts the hart into each mode by UC_RISCV_REG_PRIV, writes mtvec
#           and stvec, reads them, and reads them again in M-mode.
# Expected  the value that was written, or a UcError: the calls act on the registers of the machine,
#           as for a debugger, whatever the hart itself may do; general registers, pc and the mode
#           itself can be read and written in every mode.
# Seen      U-mode: neither is written, and reads return other numbers. S-mode: stvec works, mtvec does
#           not. M-mode: both work. Back in M-mode one sees what the registers really hold.
# Why       Both calls execute the access like a CSR instruction and ignore that it was refused.
# Hurts     who sets mtvec, mepc or medeleg, or reads mcause, in a hook while a program is in U- or
#           S-mode. Set UC_RISCV_REG_PRIV to 3 around the access.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps unicorn==2.1.4

cat > "$folder/csr.py" << 'PYTHON'
from unicorn import UC_ARCH_RISCV, UC_MODE_RISCV64, Uc, UcError
from unicorn import riscv_const as reg

OLD, NEW, MACHINE = 0x80001000, 0x80002000, 3


def attempt(mode, csr):
    uc = Uc(UC_ARCH_RISCV, UC_MODE_RISCV64)
    uc.reg_write(csr, OLD)
    assert uc.reg_read(csr) == OLD
    uc.reg_write(reg.UC_RISCV_REG_PRIV, mode)
    assert uc.reg_read(reg.UC_RISCV_REG_PRIV) == mode
    try:
        before = uc.reg_read(csr)
        uc.reg_write(csr, NEW)
        after = uc.reg_read(csr)
    except UcError as error:
        return f"UcError {error}"
    uc.reg_write(reg.UC_RISCV_REG_PRIV, MACHINE)
    holds = {OLD: "the old value", NEW: "the new value"}[uc.reg_read(csr)]
    reads = "right" if (before, after) == (OLD, NEW) else "wrong"
    return f"no error, reads {reads}, holds {holds}"


for name, mode in ("U", 0), ("S", 1), ("M", MACHINE):
    print(f"{name}-mode, mtvec: {attempt(mode, reg.UC_RISCV_REG_MTVEC)}")
    print(f"{name}-mode, stvec: {attempt(mode, reg.UC_RISCV_REG_STVEC)}")
PYTHON

seen=$("$folder/venv/bin/python" "$folder/csr.py")
expected='U-mode, mtvec: no error, reads wrong, holds the old value
U-mode, stvec: no error, reads wrong, holds the old value
S-mode, mtvec: no error, reads wrong, holds the old value
S-mode, stvec: no error, reads right, holds the new value
M-mode, mtvec: no error, reads right, holds the new value
M-mode, stvec: no error, reads right, holds the new value'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
