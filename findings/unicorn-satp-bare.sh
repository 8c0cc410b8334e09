#!/usr/bin/env bash
# Unicorn, RISC-V: switching satp from Bare to Sv39, or back, leaves pages that were touched before
# translated as they were.
#
# Version   unicorn 2.1.4 (PyPI).
# Input     a program in S-mode: a load from 0x80021000, a write of satp, the same load. The
#           Sv39 table maps that page to 0x80020000; at 0x80020000 is 0x1111, at 0x80021000 0x2222.
# Expected  Bare then Sv39: 0x2222, 0x1111; Sv39 then Bare: 0x1111, 0x2222. The privileged
#           specification (20211203 and later), section on SFENCE.VMA: changing satp.MODE from Bare to
#           another mode, or back, takes effect at once and needs no SFENCE.VMA.
# Seen      the second load gives what the first gave. It is right with an sfence.vma in between, if
#           the ASID changes with the mode, or if the page was not touched before. When the host
#           changes satp by reg_write() between two runs, the second is wrong likewise, unless the
#           host empties the TLB too.
# Why       The write of satp empties Unicorn's TLB only when the ASID field differs.
# Hurts     who runs a kernel that relies on this rule when it turns paging on, and who tests page
#           tables by writing satp from the host: the result depends on what ran before.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps unicorn==2.1.4

cat > "$folder/satp.py" << 'PYTHON'
import struct

from unicorn import UC_ARCH_RISCV, UC_CTL_IO_WRITE, UC_CTL_TLB_FLUSH, UC_MODE_RISCV64, Uc
from unicorn import riscv_const as reg

BASE = 0x80000000
ROOT, MIDDLE, LAST = BASE + 0x10000, BASE + 0x11000, BASE + 0x12000
DATA, PAGE = BASE + 0x20000, BASE + 0x21000
BARE, SV39, ASID_1 = 0, 8 << 60 | ROOT >> 12, 1 << 44
LOAD_A1, LOAD_A2 = 0x00053583, 0x00053603  # ld a1, (a0); ld a2, (a0)
WRITE_SATP, FENCE, NOP = 0x18029073, 0x12000073, 0x00000013  # csrw satp, t0; sfence.vma; nop


def hart(satp, code):
    uc = Uc(UC_ARCH_RISCV, UC_MODE_RISCV64)
    uc.mem_map(BASE, 0x40000)

    def entry(table, index, target, flags):
        uc.mem_write(table + 8 * index, struct.pack("<Q", target >> 12 << 10 | flags))

    entry(ROOT, 2, MIDDLE, 0x01)
    entry(MIDDLE, 0, LAST, 0x01)
    entry(LAST, 0, BASE, 0x4B)  # the code: V, R, X, A
    entry(LAST, 0x21, DATA, 0xC7)  # V, R, W, A, D
    uc.mem_write(DATA, struct.pack("<Q", 0x1111))
    uc.mem_write(PAGE, struct.pack("<Q", 0x2222))
    uc.mem_write(BASE, struct.pack(f"<{len(code)}I", *code))
    uc.reg_write(reg.UC_RISCV_REG_SATP, satp)
    uc.reg_write(reg.UC_RISCV_REG_PRIV, 1)
    uc.reg_write(reg.UC_RISCV_REG_A0, PAGE)
    return uc


def inside(first, second, between=NOP, touch=LOAD_A1):
    code = [touch, WRITE_SATP, between, LOAD_A2, NOP]
    uc = hart(first, code)
    uc.reg_write(reg.UC_RISCV_REG_T0, second)
    uc.emu_start(BASE, BASE + 4 * len(code))
    assert uc.reg_read(reg.UC_RISCV_REG_SATP) == second
    assert uc.reg_read(reg.UC_RISCV_REG_PRIV) == 1
    return [f"{uc.reg_read(r):#x}" for r in (reg.UC_RISCV_REG_A1, reg.UC_RISCV_REG_A2)]


def outside(first, second, flush):
    code = [LOAD_A1, LOAD_A2, NOP]
    uc = hart(first, code)
    uc.emu_start(BASE, BASE + 4)
    uc.reg_write(reg.UC_RISCV_REG_SATP, second)
    if flush:
        uc.ctl(UC_CTL_TLB_FLUSH, UC_CTL_IO_WRITE)
    uc.emu_start(BASE + 4, BASE + 8)
    return [f"{uc.reg_read(r):#x}" for r in (reg.UC_RISCV_REG_A1, reg.UC_RISCV_REG_A2)]


for name, loads in (
    ("Bare to Sv39", inside(BARE, SV39)),
    ("Sv39 to Bare", inside(SV39, BARE)),
    ("Bare to Sv39, sfence.vma", inside(BARE, SV39, between=FENCE)),
    ("Sv39 to Bare, sfence.vma", inside(SV39, BARE, between=FENCE)),
    ("Bare to Sv39, ASID 1", inside(BARE, SV39 | ASID_1)),
    ("Bare to Sv39, page not touched", inside(BARE, SV39, touch=NOP)),
    ("Bare to Sv39 by reg_write", outside(BARE, SV39, False)),
    ("Bare to Sv39 by reg_write, UC_CTL_TLB_FLUSH", outside(BARE, SV39, True)),
):
    print(f"{name}: {' '.join(loads)}")
PYTHON

seen=$("$folder/venv/bin/python" "$folder/satp.py")
expected='Bare to Sv39: 0x2222 0x2222
Sv39 to Bare: 0x1111 0x1111
Bare to Sv39, sfence.vma: 0x2222 0x1111
Sv39 to Bare, sfence.vma: 0x1111 0x2222
Bare to Sv39, ASID 1: 0x2222 0x1111
Bare to Sv39, page not touched: 0x0 0x1111
Bare to Sv39 by reg_write: 0x2222 0x2222
Bare to Sv39 by reg_write, UC_CTL_TLB_FLUSH: 0x2222 0x1111'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
