#!/bin/bash
# Builds the public RISC-V test programs (riscv-tests, environments p and v) and runs each with
# `pagewalk exec` on several configurations of the MMU: a line for each, with those that fail.
#
#   scripts/suites.sh [FOLDER]      sources and programs go there [default: target/suites]
#
# PAGEWALK  the command [default: a release build of it]
# TESTS     a clone of riscv-tests to take instead of fetching it
# HEADERS   the folder of a C library's headers for the target [default: picolibc's]
# CONFIGS   configurations to run [default: those below]
#
# It needs git, make, and Debian's gcc-riscv64-unknown-elf and picolibc-riscv64-unknown-elf.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$here/target/suites}
source=${TESTS:-https://github.com/riscv-software-src/riscv-tests}
commit=34e6b6d1e7936b526075432fb730d89148623484
headers=${HEADERS:-/usr/lib/picolibc/riscv64-unknown-elf/include}
compiler=riscv64-unknown-elf-gcc

for tool in git make "$compiler"; do
    if ! command -v "$tool" >/dev/null; then
        echo "suites: $tool is missing; Debian has it: apt-get install git make gcc-riscv64-unknown-elf" >&2
        exit 2
    fi
done
if [ ! -e "$headers/string.h" ]; then
    echo "suites: no C headers in $headers: apt-get install picolibc-riscv64-unknown-elf" >&2
    exit 2
fi
if [ -z "${PAGEWALK:-}" ]; then
    (cd "$here" && cargo build --release --quiet -p testbenches --bin pagewalk)
    PAGEWALK=$here/target/release/pagewalk
fi

mkdir -p "$folder"
if [ ! -e "$folder/riscv-tests/isa/Makefile" ]; then
    git clone --quiet "$source" "$folder/riscv-tests"
    git -C "$folder/riscv-tests" checkout --quiet "$commit"
    git -C "$folder/riscv-tests" submodule --quiet update --init env
fi

groups="ui um ua uf ud uc si mi"
for bits in 32 64; do
    mkdir -p "$folder/isa$bits"
    wanted=$(for group in $groups; do echo "rv$bits$group"; done)
    if [ "$bits" = 64 ]; then wanted="$wanted rv64ssvnapot"; fi
    # A target of a group also lists its programs, which nobody reads here.
    make -C "$folder/isa$bits" -f "$folder/riscv-tests/isa/Makefile" -j "$(nproc)" --silent \
        src_dir="$folder/riscv-tests/isa" XLEN="$bits" RISCV_OBJDUMP=true \
        RISCV_GCC="$compiler -isystem $headers -Wl,--no-warn-rwx-segments" $wanted
    rm -f "$folder/isa$bits"/*.dump
done

run() { # program configuration: its line if it fails
    local said status=0
    said=$("$PAGEWALK" exec "$1" --config "$2" --max 20000000 2>&1) || status=$?
    if [ "$status" != 0 ]; then
        echo "$(basename "$1"): $(echo "$said" | head -2 | sed '1s/^.* on [^ ]*: //' | paste -sd ';')"
    fi
}
export -f run
export PAGEWALK

default="rv32_linux_pmp rv32_tiny rv32_tiny_one_port rv32_tiny_registered rv32_linux_full
    rv64_linux_pmp rv64_linux rv64_tiny rv64_linux_one_port rv64_linux_registered rv64_linux_pages
    rv64_linux+l2=64+walk_cache=8+walkers=2 rv64_linux_full rv64_linux_protected rv64_sv39"
failed=0
printf '%-42s %9s %9s\n' configuration programs passed
for config in ${CONFIGS:-$default}; do
    bits=${config:2:2}
    programs=("$folder/isa$bits"/rv*-*)
    lines=$(printf '%s\n' "${programs[@]}" | xargs -P "$(nproc)" -I{} bash -c 'run "$@"' _ {} "$config")
    count=$(grep -c . <<<"$lines" || true)
    printf '%-42s %9d %9d\n' "$config" "${#programs[@]}" $((${#programs[@]} - count))
    if [ -n "$lines" ]; then
        sort <<<"$lines" | sed 's/^/    /'
        # Without PMP the program about its registers fails; any other is a defect.
        if grep -qv '^rv..mi-p-pmpaddr: .*PMP' <<<"$lines"; then failed=1; fi
    fi
done
exit $failed
