#!/usr/bin/env sh
# Draws the waves in the documents: each picture is the result of the command in its caption.
#
#   pictures.sh [PART-OF-A-PICTURE'S-NAME]
#
# PAGEWALK may name an existing binary. The plots come from `make plots`.
set -eu
only=${1:-}
pagewalk=${PAGEWALK:-cargo run --quiet --release --package testbenches --bin pagewalk --}
out=waves/out/pictures
rm -rf "$out"

# Picture and command, one line each: a caption begins with its command, below the picture or before
# a link to it.
captions() { # FILE...
  awk '
    function tell() {
      folder = FILENAME
      if (!sub(/\/[^\/]*$/, "", folder)) folder = "."
      print folder "/" picture, command
      picture = ""
    }
    {
      if (match($0, /\]\([^)]*images\/[^)]*\.png\)/)) picture = substr($0, RSTART + 2, RLENGTH - 3)
      command = ""
      if (match($0, /`pagewalk wave [^`]*`/)) command = substr($0, RSTART + 10, RLENGTH - 11)
      if (picture != "" && command != "") tell()
      else if (command == "" && $0 != "" && $0 !~ /images\//) picture = ""
    }
  ' "$@"
}

captions README.md docs/*.md docs/ideas/*.md > "${TMPDIR:-/tmp}/captions.$$"
trap 'rm -f "${TMPDIR:-/tmp}/captions.$$"' EXIT
while read -r picture command; do
  case $picture in *"$only"*) ;; *) continue ;; esac
  place=$out/$(basename "$picture" .png)
  # The words of the command are its arguments.
  # shellcheck disable=SC2086
  $pagewalk $command --no-open --dir "$place" > /dev/null
  status=0
  waves/render.sh "$(ls "$place"/*.gtkw)" "$picture" 1400 || status=$?
  # 77: a tool is missing, which the script has reported.
  [ "$status" -eq 0 ] || [ "$status" -eq 77 ] || exit "$status"
done < "${TMPDIR:-/tmp}/captions.$$"

# The demonstration's wave, which its own script writes.
case docs/images/demo.png in
  *"$only"*)
    status=0
    demo/scripts/simulate.sh icarus > /dev/null || status=$?
    [ "$status" -eq 77 ] && exit 0
    [ "$status" -eq 0 ] || exit "$status"
    waves/render.sh demo/build/wave/demo.gtkw docs/images/demo.png 1400 || status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq 77 ] || exit "$status"
    ;;
esac
