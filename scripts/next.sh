#!/usr/bin/env sh
# next.sh DIRECTORY: prints how to open the newest waveform in a directory, and other next steps.
set -eu
directory=$1

save=$(ls -t "$directory"/*.gtkw 2> /dev/null | head -n 1 || true)
if [ -z "$save" ]; then
  echo "error: no waveform in $directory" >&2
  exit 2
fi
cat << EOF

Next:
  gtkwave $save
                                  see the hardware at work
  cargo run --release -p testbenches -- list
                                  the scenarios, with the idea each one shows
  make export                     Verilog of every configuration
  make test                       test all of it (installs the simulators first)
EOF
