#!/usr/bin/env sh
# Draws the waves of docs/ideas; the plots come from `make plots`.
#
# PAGEWALK may name a binary that is built already.
set -eu
pagewalk=${PAGEWALK:-cargo run --quiet --release --package testbenches --bin pagewalk --}
out=waves/out/ideas
images=docs/images/ideas
rm -rf "$out"
mkdir -p "$images"

# Takes groups of signals out of a view, and opens it at a time of one's own.
#
# GTKWave's zoom is the negative binary logarithm of the time of a pixel, in its own units; the
# recorder's view of 458 ns in a picture 1400 wide is the gauge. In a long view the faults' markers
# would hide each other, so they are left out.
view() { # GTKW DROPPED-GROUPS [FROM LENGTH], in nanoseconds
  awk -v dropped="$2" -v from="${3:-}" -v length_ns="${4:-}" '
    BEGIN { count = split(dropped, names, ","); for (i = 1; i <= count; i++) drop[names[i]] = 1 }
    /^\[timestart\]/ && from != "" { print "[timestart] " from; next }
    /^\[markername\]/ && from != "" { next }
    /^\*/ && from != "" { for (i = 3; i <= NF; i++) $i = -1 }
    /^\*/ && from != "" { $1 = sprintf("*%.6f", -(6.610748 + log(length_ns / 458) / log(2))) }
    /^@/ { flags = $0; next }
    /^-/ && substr($0, 2) in drop { skipping = !skipping; flags = ""; next }
    skipping { next }
    flags != "" { print flags; flags = "" }
    { print }
  ' "$1" > "$1.new"
  mv "$1.new" "$1"
}

draw() { # SCENARIO MODE PICTURE SIZE DROPPED-GROUPS [FROM LENGTH | whole]
  case $2 in sv32) config=rv32_small ;; *) config=rv64_small ;; esac
  from=${6:-} length=${7:-}
  # GTKWave opens a long dump at its beginning, so the dump begins where the picture does.
  case $from in "" | whole) first=0 ;; *) first=$((from / 10)) ;; esac
  $pagewalk run "$1" --config "$config" --mode "$2" --wave="$out/$3" --wave-from "$first" > /dev/null
  save=$(ls "$out/$3"/*.gtkw)
  if [ "$from" = whole ]; then
    from=$(sed -n 's/^\[timestart\] //p' "$save")
    length=$(($(sed -n 's/^#//p' "${save%.gtkw}.vcd" | tail -n 1) - from))
  fi
  view "$save" "$5" "$from" "$length"
  status=0
  waves/render.sh "$save" "$images/$3.png" "$4" || status=$?
  # 77: a tool is missing, and the script has said which.
  [ "$status" -eq 0 ] || [ "$status" -eq 77 ]
}

inner="TLB,Walker,Memory bus,Fault"
draw what-is-behind-an-address/the-page-table-of-the-book sv32 01-translation 1400x760 "Operating system"
draw who-is-killed/one-after-the-other sv39 02-protection 1400x790 "$inner" whole
# Two copies with SUM, two stray loads without, and the end.
draw who-may-access/sum-lasts-as-long-as-the-copy sv39 02-kernel-copy 1400x860 "$inner" 37400 1300
draw where-do-pages-come-from/the-stack-grows sv39 03-layout 1400x760 "$inner" whole
# The end of the last of eight waits for the disk, and what follows.
draw what-is-loaded-when/the-second-reader sv39 04-demand-paging 1400x760 "$inner" 8000000 305000
draw who-shares-it/the-last-owner-copies-nothing sv39 05-sharing 1400x840 "$inner" whole
# Six milliseconds with dirty and clean evictions.
draw where-do-evicted-pages-go/a-clean-page-keeps-its-copy sv39 06-swapping 1400x760 "$inner" 4000000 6008000
# The page is shown; now its first walk, and the accesses.
draw what-is-no-memory/a-console-answers-once sv39 11-devices 1400x760 "Walker,Fault,Operating system" 42650 620
draw when-are-a-and-d-set/a-fault-for-each-dirty-page sv39 12-accessed-dirty 1400x760 "$inner" whole

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
