#!/usr/bin/env sh
# next.sh [--open] DIRECTORY: what to do with the newest waveform in a directory, or do it.
set -eu
open=false
if [ "$1" = --open ]; then open=true; shift; fi
directory=$1

save=$(ls -t "$directory"/*.gtkw 2> /dev/null | head -n 1 || true)
if [ -z "$save" ]; then
  echo "error: no waveform in $directory" >&2
  exit 2
fi
if $open; then
  if ! command -v gtkwave > /dev/null 2>&1; then
    echo "error: gtkwave is missing; \`make setup\` installs it" >&2
    exit 2
  fi
  exec gtkwave "$save"
fi
cat << EOF

Next:
  gtkwave $save
                                  see the hardware at work (or: make waves)
  cargo run --release -p testbenches -- list
                                  the scenarios, with the idea each one shows
  make export                     Verilog of every configuration
  make test                       prove all of it (installs the simulators first)
EOF
