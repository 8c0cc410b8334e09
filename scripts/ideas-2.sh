#!/usr/bin/env sh
# Draws the waves of docs/ideas for swapping and fragmentation; the plots of these pages come from
# `make plots`.
#
# PAGEWALK may name a binary that is built already.
set -eu
pagewalk=${PAGEWALK:-cargo run --quiet --release --package testbenches --bin pagewalk --}
out=waves/out/ideas-2
images=docs/images/ideas
rm -rf "$out"
mkdir -p "$images" "$out"

# Six milliseconds with dirty and clean evictions: GTKWave's zoom is the negative binary logarithm
# of a pixel's time. Groups that do not matter here are left out.
$pagewalk run where-do-evicted-pages-go/a-clean-page-keeps-its-copy --config rv64_small --mode sv39 \
  --wave="$out" > /dev/null
save=$(ls "$out"/*.gtkw)
awk -v dropped="TLB,Walker,Memory bus,Fault" '
  BEGIN { count = split(dropped, names, ","); for (i = 1; i <= count; i++) drop[names[i]] = 1 }
  /^\[timestart\]/ { print "[timestart] 4000000"; next }
  /^\*/ { $1 = "*-20.290000" }
  /^@/ { flags = $0; next }
  /^-/ && substr($0, 2) in drop { skipping = !skipping; flags = ""; next }
  skipping { next }
  flags != "" { print flags; flags = "" }
  { print }
' "$save" > "$save.new"
mv "$save.new" "$save"
status=0
waves/render.sh "$save" "$images/06-swapping.png" 1400x760 || status=$?
# 77: a tool is missing, and the script has said which.
[ "$status" -eq 0 ] || [ "$status" -eq 77 ]

# The whole of a short story of holes, without the bus. The recorder's view is 1600 pixels wide,
# 1146 of them for waves; the picture is 1400, 946 for waves: 0.2767 is the binary logarithm.
$pagewalk wave where-does-it-fit/half-is-free-and-nothing-fits --config segment_4 --no-open \
  --dir "$out/10" > /dev/null
save=$(ls "$out"/10/*.gtkw)
awk '
  /^\[markername\]/ { next }
  /^\*/ { $1 = sprintf("*%.6f", substr($1, 2) - 0.2767); for (i = 3; i <= NF; i++) $i = -1 }
  /^@/ { flags = $0; next }
  /^-(Memory bus|Request|Segment registers)$/ { skipping = !skipping; flags = ""; next }
  skipping { next }
  flags != "" { print flags; flags = "" }
  { print }
' "$save" > "$save.new"
mv "$save.new" "$save"
status=0
waves/render.sh "$save" "$images/10-fragmentation.png" 1400x1130 || status=$?
[ "$status" -eq 0 ] || [ "$status" -eq 77 ]
