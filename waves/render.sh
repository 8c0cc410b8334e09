#!/bin/sh
# Renders a GTKWave save file to a PNG, without a screen: render.sh FILE.gtkw OUT.png [WIDTH[xHEIGHT]]
#
# The save file determines the visible time span, in every width. Without a height all rows that
# are not folded are visible.
#
# Status: 0 done, 1 failed, 2 usage, 77 skipped because a tool is missing (1 when CI=true).
set -eu

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
    echo "usage: $0 FILE.gtkw OUT.png [WIDTH[xHEIGHT]]" >&2
    exit 2
fi
save=$1 picture=$2 size=${3:-1600}
case $size in
*[!0-9x]* | x* | *x | *x*x*) echo "error: $size is not a size like 1600 or 1600x1200" >&2; exit 2 ;;
esac
[ -r "$save" ] || { echo "error: cannot read $save" >&2; exit 1; }
width=${size%x*}
case $size in
*x*) height=${size#*x} ;;
*)
    # A row is 20 pixels high; a folded group is one, its end another; the rest is the frame.
    height=$(awk '
        /^@/ { flags = $0; next }
        /^-/ && flags ~ /^@c002/ { if (!folded++) rows++; next }
        /^-/ && flags ~ /^@14012/ { folded--; next }
        /^[-+]/ && !folded { rows++ }
        END { print rows * 20 + 190 }
    ' "$save")
    ;;
esac

for tool in gtkwave xvfb-run; do
    command -v "$tool" >/dev/null 2>&1 && continue
    if [ "${CI:-}" = true ]; then
        echo "error: tool $tool missing, and CI must not skip" >&2
        exit 1
    fi
    echo "skipped: tool $tool missing (Debian: apt-get install gtkwave xvfb)" >&2
    exit 77
done

folder=$(cd "$(dirname "$save")" && pwd)
scratch=$(mktemp -d)
# The copy is next to the original, because its paths are relative.
copy=$folder/.render-$$.gtkw
trap 'rm -rf "$scratch" "$copy"' EXIT
trap 'exit 1' HUP INT TERM
# The zoom is the negative binary logarithm of the time of a pixel; 454 pixels are names and frame.
awk -v width="$width" -v height="$height" '
    /^\[size\]/ { old = $2; print "[size]", width, height; next }
    /^\*/ { $1 = sprintf("*%.6f", substr($1, 2) + log((width - 454) / (old - 454)) / log(2)) }
    { print }
' "$save" >"$copy"
cat >"$scratch/picture.tcl" <<TCL
gtkwave::/File/Grab_To_File $scratch/picture.png
gtkwave::/File/Quit
TCL

status=0
HOME=$scratch GDK_BACKEND=x11 timeout -k 5 300 \
    xvfb-run -a -s "-screen 0 $((width + 20))x$((height + 60))x24" \
    gtkwave --rcvar 'splash_disable on' "$copy" -S "$scratch/picture.tcl" \
    >"$scratch/log" 2>&1 || status=$?
if [ "$status" -ne 0 ] || [ ! -s "$scratch/picture.png" ]; then
    echo "error: gtkwave made no picture of $save (status $status):" >&2
    tail -n 20 "$scratch/log" >&2
    exit 1
fi
if grep -q 'Could not open filter file' "$scratch/log"; then
    echo "error: $save names a filter file that is not there" >&2
    exit 1
fi
mkdir -p "$(dirname "$picture")"
# The title bar shows the folder's path on this machine. Without ImageMagick, or with something else
# of that name, the picture keeps it.
if ! { command -v convert >/dev/null 2>&1 &&
    convert "$scratch/picture.png" -gravity North -chop 0x50 +repage "$picture" 2>/dev/null; }; then
    mv "$scratch/picture.png" "$picture"
fi
