#!/usr/bin/env bash
# Puts all that simulation and synthesis need into the build folder: the public core, the MMU's
# Verilog, the firmware. Prints nothing but errors, and is quick where nothing has changed.
#
#   DEMO_BUILD   the build folder; demo/build if not set
#   DEMO_MMU     the configuration of the MMU, any of RV32 with two ports and without PMP; rv32_tiny if not
#                set
#   PAGEWALK     the command `pagewalk`; built with cargo if not set
set -euo pipefail

demo=$(cd "$(dirname "$0")/.." && pwd)
build=${DEMO_BUILD:-$demo/build}
mkdir -p "$build"
build=$(cd "$build" && pwd)

fail() {
  echo "error: $*" >&2
  exit 1
}

# Something from outside is not there: 77, so that tests can tell it from a defect.
missing() {
  echo "missing: $*" >&2
  exit 77
}

for tool in riscv64-unknown-elf-gcc python3; do
  command -v "$tool" > /dev/null || missing "tool $tool; scripts/setup.sh installs it where apt-get can"
done

# The core: one file of a package of the Python index, whose name, version and hash are pinned.
if ! [ -s "$build/picorv32.v" ]; then
  rm -rf "$build/core"
  mkdir "$build/core"
  python3 -m pip --disable-pip-version-check --quiet download --no-deps --require-hashes \
    --dest "$build/core" --requirement "$demo/core.txt" > "$build/core.log" 2>&1 \
    || missing "the public core could not be fetched (demo/core.txt): $(tail -n 1 "$build/core.log")"
  python3 -m zipfile -e "$build"/core/*.whl "$build/core"
  cp "$build/core/pythondata_cpu_picorv32/verilog/picorv32.v" "$build/picorv32.v.part"
  mv "$build/picorv32.v.part" "$build/picorv32.v"
  rm -rf "$build/core"
fi

# The MMU. Its module has the configuration's name, with `_` for what a name may not contain.
config=${DEMO_MMU:-rv32_tiny}
if [ -n "${PAGEWALK:-}" ]; then
  "$PAGEWALK" export "$config" --output "$build" > "$build/export.log"
else
  "$demo/../scripts/need-cargo.sh"
  (cd "$demo/.." && cargo run --quiet --release --package testbenches --bin pagewalk -- \
    export "$config" --output "$build") > "$build/export.log"
fi
mmu=${config//[^a-z0-9_]/_}
[ -s "$build/$mmu.v" ] || fail "the export of $config is not in $build/$mmu.v"
grep -q fetch_req_valid "$build/$mmu.v" \
  || fail "$config has one port; the demonstration's core fetches through a port of its own"
echo "$mmu" > "$build/mmu.name"

# The firmware: the program becomes a part of the kernel's image, which installs it on the disk.
tools=riscv64-unknown-elf-
flags=(-march=rv32i -mabi=ilp32 -Os -std=c11 -ffreestanding -nostdlib -fno-builtin -fno-common
  -fno-tree-loop-distribute-patterns -Wall -Wextra -Werror -I"$demo/firmware")
kernel_bytes=8192
cd "$build"
"${tools}gcc" "${flags[@]}" -T "$demo/firmware/program.ld" -o program.elf \
  "$demo"/firmware/program_start.S "$demo"/firmware/program.c
"${tools}objcopy" -O binary program.elf program.bin
"${tools}gcc" "${flags[@]}" -Wa,-I"$build" -T "$demo/firmware/kernel.ld" \
  -Wl,--defsym=KERNEL_BYTES=$kernel_bytes -o kernel.elf \
  "$demo"/firmware/kernel_start.S "$demo"/firmware/kernel.c "$demo"/firmware/say.c
"${tools}objcopy" -O binary kernel.elf kernel.bin
python3 "$demo/scripts/words.py" kernel.bin $((kernel_bytes / 4)) > kernel.hex
