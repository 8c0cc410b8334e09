#!/usr/bin/env bash
# Simulates the demonstration and compares its console with demo/expected.txt.
#
#   simulate.sh [SIMULATOR...]   icarus, verilator; both if none is named
#
# Icarus Verilog also writes the wave. See prepare.sh for the environment that it knows; besides,
#   DEMO_UPDATE  if set, the console of the last simulator becomes the expected text
set -euo pipefail

demo=$(cd "$(dirname "$0")/.." && pwd)
build=${DEMO_BUILD:-$demo/build}
simulators=("$@")
[ ${#simulators[@]} -gt 0 ] || simulators=(verilator icarus)

fail() {
  echo "error: $*" >&2
  exit 1
}

# Something from outside is not there: 77, so that tests can tell it from a defect.
missing() {
  echo "missing: $*" >&2
  exit 77
}

for simulator in "${simulators[@]}"; do
  case $simulator in
    icarus) tools=(iverilog vvp) ;;
    verilator) tools=(verilator g++ make) ;;
    *) fail "no simulator $simulator; there are icarus and verilator" ;;
  esac
  for tool in "${tools[@]}"; do
    command -v "$tool" > /dev/null \
      || missing "tool $tool; scripts/setup.sh installs it where apt-get can"
  done
done

"$demo/scripts/prepare.sh"
build=$(cd "$build" && pwd)
mmu=$(cat "$build/mmu.name")
sources=("$demo"/sim/bench.v "$demo"/sim/terminal.v "$demo"/rtl/*.v "$build/$mmu.v"
  "$build"/picorv32.v)

# The saved view, with the markers that the run has printed; it opens at the first of them.
view() {
  awk '
    FNR == NR && /^marker / {
      times[++count] = $2
      letter = substr("ABCDEFGHIJKLMNOPQRSTUVWXYZ", count, 1)
      sub(/^marker [0-9]+ /, "")
      names = names "[markername] " letter count " " $0 "\n"
    }
    FNR == NR { next }
    /^\[timestart\]/ { print "[timestart] " times[1] - 200000; next }
    /^\*ZOOM/ {
      printf "*-17.4 %d", times[1]
      for (i = 1; i <= 26; i++) printf " %d", i <= count ? times[i] : -1
      printf "\n%s", names
      next
    }
    { print }
  ' log.txt "$demo/wave/demo.gtkw"
}

icarus() {
  iverilog -g2005 -DVIEW "-DMMU=$mmu" -s bench -o bench.vvp "$demo/sim/view.v" "${sources[@]}"
  vvp -n bench.vvp -fst > log.txt || fail "Icarus Verilog failed: $(tail -n 1 log.txt)"
  mkdir -p "$build/wave"
  cp -r "$demo"/wave/filters "$build/wave"
  mv demo.fst "$build/wave"
  view > "$build/wave/demo.gtkw"
}

verilate() {
  # The core is as its authors wrote it, so its style is not judged here.
  verilator --binary "-DMMU=$mmu" --timing -j 2 --top-module bench -Mdir . -o bench -Wno-fatal -Wno-lint \
    -Wno-style "${sources[@]}" > verilate.txt 2>&1 \
    || fail "Verilator failed: $(grep -m 1 '%Error' verilate.txt || tail -n 1 verilate.txt)"
  ./bench > log.txt || fail "the verilated bench failed: $(tail -n 1 log.txt)"
}

for simulator in "${simulators[@]}"; do
  mkdir -p "$build/$simulator"
  cd "$build/$simulator"
  cp "$build/kernel.hex" .
  rm -f console.txt
  if [ "$simulator" = icarus ]; then icarus; else verilate; fi
  if [ -n "${DEMO_UPDATE:-}" ]; then
    cp console.txt "$demo/expected.txt"
    echo "$simulator: its console is the expected text now"
    continue
  elif ! diff -u "$demo/expected.txt" console.txt > difference.txt; then
    cat difference.txt >&2
    grep '^error' log.txt >&2 || true
    fail "the console of $simulator differs from demo/expected.txt (- expected, + printed)"
  fi
  echo "$simulator: $(grep ' cycles, ' log.txt | tail -n 1), console as expected"
done
[ "${simulators[-1]}" != icarus ] || echo "wave: gtkwave $build/wave/demo.gtkw"
