#!/usr/bin/env bash
# riscemu: div rounds down instead of towards zero, and rem has the sign of the divisor.
#
# Version   riscemu 2.2.7 with pyelftools 0.30 (PyPI).
# Input     an assembly file: div and rem of 7 and 2 with each combination of signs, and the unsigned
#           ones.
# Expected  the unprivileged manual, chapter M: div rounds towards zero, and a rem not zero has the
#           sign of the dividend. -7 / 2 is -3, remainder -1. The page names the M extension among
#           those emulated.
# Seen      with one negative operand the quotient is -4, the remainder 1 for -7 by 2 and -1 for 7 by
#           -2. With two of the same sign, and unsigned, they are right.
# Why       The instructions use Python's // and % (instructions/RV32M.py, core/int32.py).
# Hurts     who checks programs, compilers or decimal output of negative numbers with it: the results
#           fit each other (quotient times divisor plus remainder) and are off by one. A division by
#           zero, which the manual defines, ends the emulator with a Python error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
  riscemu==2.2.7 pyelftools==0.30 importlib-resources==6.5.2

{
  printf '.text\nmain:\n'
  for pair in '7, 2' '-7, 2' '7, -2' '-7, -2'; do
    printf '  li a0, %s\n  li a1, %s\n' "${pair%,*}" "${pair#*, }"
    printf '  div a2, a0, a1\n  rem a3, a0, a1\n'
    printf '  print a0\n  print a1\n  print a2\n  print a3\n'
  done
  printf '  li a0, -7\n  li a1, 2\n  divu a2, a0, a1\n  remu a3, a0, a1\n'
  printf '  print a0\n  print a1\n  print a2\n  print a3\n  li a0, 0\n  li a7, 93\n  ecall\n'
} > "$folder/divide.s"

seen=$(
  "$folder/venv/bin/python" -m riscemu "$folder/divide.s" > "$folder/printed" 2>&1 || echo "exit $?"
  sed 's/^register \(..\) contains value/\1/' "$folder/printed" | paste -d ' ' - - - -
)
expected='a0 7 a1 2 a2 3 a3 1
a0 -7 a1 2 a2 -4 a3 1
a0 7 a1 -2 a2 -4 a3 -1
a0 -7 a1 -2 a2 3 a3 -1
a0 -7 a1 2 a2 2147483644 a3 1'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
