#!/usr/bin/env sh
# page.sh ready|test|build|draw [NAME]: the page of `pagewalk show`, in node and in Chromium.
#
#   ready   installs what package-lock.json pins, unless it is there
#   test    checks that the bundle is that of its sources, and tests the page, in Chromium too
#   build   bundles the page first
#   draw    draws the pictures of docs/images/pages/list.json, or those whose name has a part;
#           PAGEWALK is the command, if not that of cargo
#
# What ready and test need may be missing (a tool, or the registry of npm): they say that they
# skipped it, and with CI=true that is a failure. Without it build and draw fail.
set -eu
mode=${1:-}
case $mode in ready | test | build | draw) ;; *) echo "usage: $0 ready|test|build|draw [NAME]" >&2; exit 2 ;; esac
cd "$(dirname "$0")/../testbenches/show"

without() { # WHAT
  if [ "$mode" = build ] || [ "$mode" = draw ] || [ "${CI:-}" = true ]; then
    echo "error: the page: $1" >&2
    exit 1
  fi
  echo "skipped: the page's tests: $1" >&2
  exit 0
}

CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}
export CHROMIUM
[ -x "$CHROMIUM" ] || without "tool chromium missing (Debian package chromium; CHROMIUM may name another)"
for tool in node npm; do
  command -v "$tool" > /dev/null || without "tool $tool missing (Debian packages nodejs and npm)"
done
# The first whose test runner can run one file at a time; Debian 12 has it.
node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 18 || a == 18 && b >= 19 ? 0 : 1)' ||
  without "node $(node --version) is too old: 18.19 or newer is needed"

# `npm ci` deletes what is there first, so without need it is not called.
installed=node_modules/.pagewalk-installed
if ! cmp -s package-lock.json "$installed"; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  echo "npm ci: esbuild, Preact and playwright-core for the tests of the page" >&2
  if ! npm ci --no-audit --no-fund --fetch-retries=1 --fetch-retry-mintimeout=1000 > "$log" 2>&1; then
    cat "$log" >&2
    # The lists of packages contradict each other: no other machine could install them either.
    ! grep -q EUSAGE "$log" || { echo "error: package.json and package-lock.json differ" >&2; exit 1; }
    without "npm ci could not install what testbenches/show/package-lock.json pins"
  fi
  cp package-lock.json "$installed"
fi

case $mode in
ready) exit 0 ;;
draw) exec node pictures.mjs ${2:+"$2"} ;;
build) npm run --silent build ;;
esac
npm run --silent check
npm run --silent test
npm run --silent test:browser
