#!/usr/bin/env bash
# Simulates SERV behind the MMU in Icarus Verilog, and compares its console with expected.txt.
# DEMO_BUILD and PAGEWALK are those of ../scripts/prepare.sh; DEMO_UPDATE writes expected.txt.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
build=${DEMO_BUILD:-$here/../build}/serv
mkdir -p "$build"
cd "$build"

# Something from outside is not there: 77, so that tests can tell it from a defect.
missing() {
  echo "missing: $*" >&2
  exit 77
}

for tool in riscv64-unknown-elf-gcc iverilog vvp python3; do
  command -v "$tool" > /dev/null || missing "tool $tool; scripts/setup.sh installs it where apt-get can"
done

# The core: a package of the Python index, whose name, version and hash are pinned.
if ! [ -s core/serv_rf_top.v ]; then
  rm -rf package core.part
  mkdir package core.part
  python3 -m pip --disable-pip-version-check --quiet download --no-deps --require-hashes \
    --dest package --requirement "$here/core.txt" > core.log 2>&1 \
    || missing "the public core could not be fetched (demo/serv/core.txt): $(tail -n 1 core.log)"
  python3 -m zipfile -e package/*.whl package
  cp package/pythondata_cpu_serv/verilog/rtl/serv_*.v core.part
  rm -rf core package
  mv core.part core
fi

units=(rv32_tiny shim_data_wishbone_rv32 shim_walker_wishbone_rv32)
for unit in "${units[@]}"; do
  if [ -n "${PAGEWALK:-}" ]; then
    "$PAGEWALK" export "$unit" --output mmu > export.log
  else
    "$here/../../scripts/need-cargo.sh"
    (cd "$here/../.." && cargo run --quiet --release --package testbenches --bin pagewalk -- \
      export "$unit" --output "$build/mmu") > export.log
  fi
done

riscv64-unknown-elf-gcc -march=rv32i_zicsr -mabi=ilp32 -nostdlib -Wl,-Ttext=0 -o program.elf \
  "$here/program.S"
riscv64-unknown-elf-objcopy -O binary program.elf program.bin
words=$((($(wc -c < program.bin) + 3) / 4))
python3 "$here/../scripts/words.py" program.bin "$words" > program.hex

iverilog -g2005 -DPROGRAM_WORDS="$words" -s bench -o serv.vvp "$here/bench.v" "$here/attached.v" \
  mmu/rv32_tiny.v mmu/rv32_tiny_template.v mmu/shim_data_wishbone_rv32.v \
  mmu/shim_walker_wishbone_rv32.v core/serv_*.v
vvp -n serv.vvp > console.txt
cat console.txt
if [ -n "${DEMO_UPDATE:-}" ]; then cp console.txt "$here/expected.txt"; fi
diff -u "$here/expected.txt" console.txt >&2 || {
  echo "error: the console differs from demo/serv/expected.txt" >&2
  exit 1
}
