#!/usr/bin/env bash
# Installs the tools that the tests need besides Rust, if they are missing and can be installed.
# Tools that remain missing are named; with CI=true that is a failure. Safe to run repeatedly.
set -u

# tool -> Debian package
declare -A packages=(
  [cc]=gcc [g++]=g++ [make]=make
  [iverilog]=iverilog [verilator]=verilator [yosys]=yosys [yosys-config]=yosys-dev
  [gtkwave]=gtkwave [xvfb-run]=xvfb [xauth]=xauth [convert]=imagemagick
  [qemu-system-riscv64]=qemu-system-misc
  [riscv64-unknown-elf-gcc]=gcc-riscv64-unknown-elf [python3]=python3 [pip3]=python3-pip
  [node]=nodejs [npm]=npm [chromium]=chromium
  [parallel]=parallel
  [cpio]=cpio
)
tools=(cc g++ make iverilog verilator yosys yosys-config gtkwave xvfb-run xauth convert
  qemu-system-riscv64 riscv64-unknown-elf-gcc python3 pip3 node npm chromium parallel cpio)
# Newer releases have it in a package of its own.
if apt-cache show qemu-system-riscv > /dev/null 2>&1; then
  packages[qemu-system-riscv64]=qemu-system-riscv
fi

missing=()
wanted=()
look() {
  missing=() wanted=()
  local tool
  for tool in "${tools[@]}"; do
    # Another Chromium than Debian's may be named.
    [ "$tool" = chromium ] && [ -x "${CHROMIUM:-}" ] && continue
    if ! command -v "$tool" > /dev/null 2>&1; then
      missing+=("$tool")
      wanted+=("${packages[$tool]}")
    fi
  done
}

install() { # PACKAGE...
  command -v apt-get > /dev/null 2>&1 || return 1
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    # -n: never ask for a password; if one is needed, install by hand.
    command -v sudo > /dev/null 2>&1 && sudo -n true 2> /dev/null || return 1
    as_root=(sudo -n)
  fi
  echo "installing: ${wanted[*]}" >&2
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
  "${apt[@]}" update > /dev/null || return 1
  "${apt[@]}" install -y --no-install-recommends "$@" > /dev/null && return
  # One package that cannot be installed, such as npm beside a node from elsewhere, must not keep
  # the others away.
  local package status=0
  for package in "$@"; do
    "${apt[@]}" install -y --no-install-recommends "$package" > /dev/null || status=1
  done
  return "$status"
}

look
if [ "${#missing[@]}" -gt 0 ]; then
  install "${wanted[@]}" || echo "could not install: ${wanted[*]}" >&2
  look
fi
for tool in "${missing[@]}"; do
  echo "skipped: tool $tool missing (Debian package ${packages[$tool]})" >&2
done
if [ "${#missing[@]}" -gt 0 ] && [ "${CI:-}" = true ]; then
  echo "error: CI=true requires every tool" >&2
  exit 1
fi
exit 0
