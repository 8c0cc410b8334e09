#!/usr/bin/env bash
# pycachesim: "RR", random replacement, never uses some of the ways if their number is no power of
# two. Of 3 ways it uses 2, of 9 ways 2, of 12 ways 8.
#
# Version   pycachesim 0.3.1 (PyPI, built from its source archive: needs a C compiler).
# Input     one set of W ways; 2000 rounds over W lines to warm up, then 1000 rounds counted.
# Expected  no miss in the counted rounds: W lines fit into W ways, and random choices reach every
#           way in 2000 rounds. The package's page lists the policy as random replacement, and any
#           number of ways is accepted; only the size of a line is checked to be a power of two.
# Seen      no miss for 2, 4, 8 and 16 ways. Otherwise thousands, and only 2^k of the W lines are
#           held, where k is the number of ones in the binary W - 1.
# Why       The victim is `rand() & (ways - 1)` (cachesim/backend.c, Cache__inject), which is a
#           random number below `ways` only for powers of two.
# Hurts     who models real caches and TLBs, which often have 3, 6 or 12 ways: the miss rate is that
#           of a cache a third or two thirds smaller. No message says so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip=("$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps)
"${pip[@]}" setuptools==80.9.0 wheel==0.45.1
"${pip[@]}" --no-build-isolation pycachesim==0.3.1

cat > "$folder/ways.py" << 'PYTHON'
from cachesim import Cache, CacheSimulator, MainMemory

LINE = 64
for ways in 2, 3, 4, 5, 6, 8, 9, 12, 16:
    memory = MainMemory()
    level = Cache("L1", 1, ways, LINE, "RR")
    memory.load_to(level)
    memory.store_from(level)
    simulator = CacheSimulator(level, memory)

    def rounds(count):
        before = level.stats()["MISS_count"]
        for _ in range(count):
            for line in range(ways):
                simulator.load(line * LINE)
        return level.stats()["MISS_count"] - before

    rounds(2000)
    # Which lines miss is a matter of chance, whether any does is not.
    misses = "some" if rounds(1000) else "no"
    held = sum(level.contains(line * LINE) for line in range(ways))
    print(f"{ways} ways, {ways} lines: {misses} misses, {held} lines held")
PYTHON

seen=$("$folder/venv/bin/python" "$folder/ways.py")
expected='2 ways, 2 lines: no misses, 2 lines held
3 ways, 3 lines: some misses, 2 lines held
4 ways, 4 lines: no misses, 4 lines held
5 ways, 5 lines: some misses, 2 lines held
6 ways, 6 lines: some misses, 4 lines held
8 ways, 8 lines: no misses, 8 lines held
9 ways, 9 lines: some misses, 2 lines held
12 ways, 12 lines: some misses, 8 lines held
16 ways, 16 lines: no misses, 16 lines held'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
