#!/usr/bin/env sh
# Records waveforms of two scenarios and draws the documents' pictures of them.
set -eu
out=waves/out/pictures
rm -rf "$out"
draw() { # SCENARIO PICTURE SIZE
  cargo run --quiet --release --package testbenches --bin pagewalk -- \
    run "$1" --config rv64_tiny --wave="$out/$2" > /dev/null
  status=0
  waves/render.sh "$(ls "$out/$2"/*Sv39*.gtkw)" "docs/images/$2.png" "$3" || status=$?
  # 77: a tool is missing, and the script has said which.
  [ "$status" -eq 0 ] || [ "$status" -eq 77 ]
}
draw when-are-a-and-d-set/hardware-sets-d wave 1400x960
draw where-do-pages-come-from/zeroes-on-demand page-fault 1400x1180
