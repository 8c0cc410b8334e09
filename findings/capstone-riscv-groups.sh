#!/usr/bin/env bash
# capstone: on RISC-V a return and a plain jump are in the group "call", and nothing is in "ret".
#
# Version   capstone 5.0.9 (PyPI).
# Input     jumps, calls and returns of RV64, and for comparison the same ones of AArch64 and x86-64.
# Expected  capstone.h: CS_GRP_CALL is all call instructions, CS_GRP_RET all return instructions,
#           CS_GRP_JUMP all jumps, direct and indirect ones too, CS_GRP_IRET all returns from
#           interrupts. The unprivileged manual calls `jal x0` a plain unconditional jump and
#           `jalr x0, 0(ra)` the return from a subroutine. riscv.h declares the groups for RISC-V too.
# Seen      ret, j and jr are in "call" only, as jal and jalr, which are calls; mret and sret are in
#           none. The compressed c.jr ra is in "jump", so that a return depends on its length. On the
#           other two machines each is in the group of its name.
# Why       The groups come from a table with one entry for jal and one for jalr, whatever rd is
#           (arch/RISCV/RISCVMappingInsn.inc); mnemonics such as ret are only printed.
# Hurts     who builds call graphs or finds the ends of functions by group: each return and each
#           loop that jumps back is a call. Decide by rd: x0 is no call; with rs1 = ra it returns.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps capstone==5.0.9

cat > "$folder/groups.py" << 'PYTHON'
import capstone as cs

KINDS = {
    cs.CS_GRP_CALL: "call", cs.CS_GRP_JUMP: "jump", cs.CS_GRP_RET: "ret", cs.CS_GRP_IRET: "iret",
}
MACHINES = (
    ("riscv", cs.CS_ARCH_RISCV, cs.CS_MODE_RISCV64 | cs.CS_MODE_RISCVC, (
        "ef000001", "e7000500", "6f000001", "67000500", "67800000", "8280", "73002030", "73002010",
    )),
    ("aarch64", cs.CS_ARCH_ARM64, cs.CS_MODE_ARM, (
        "04000094", "00003fd6", "04000014", "00001fd6", "c0035fd6",
    )),
    ("x86", cs.CS_ARCH_X86, cs.CS_MODE_64, ("e80b000000", "ffd0", "eb0e", "ffe0", "c3", "48cf")),
)
for name, arch, mode, codes in MACHINES:
    machine = cs.Cs(arch, mode)
    machine.detail = True
    for code in codes:
        (found,) = machine.disasm(bytes.fromhex(code), 0)
        groups = [text for group, text in KINDS.items() if found.group(group)]
        print(f"{name}: {found.mnemonic} {found.op_str}".strip() + f": {', '.join(groups) or 'none'}")
PYTHON

seen=$("$folder/venv/bin/python" "$folder/groups.py")
expected='riscv: jal 0x10: call
riscv: jalr a0: call
riscv: j 0x10: call
riscv: jr a0: call
riscv: ret: call
riscv: c.jr ra: jump
riscv: mret: none
riscv: sret: none
aarch64: bl #0x10: call, jump
aarch64: blr x0: call, jump
aarch64: b #0x10: jump
aarch64: br x0: jump
aarch64: ret: ret
x86: call 0x10: call
x86: call rax: call
x86: jmp 0x10: jump
x86: jmp rax: jump
x86: ret: ret
x86: iretq: iret'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
