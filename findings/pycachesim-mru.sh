#!/usr/bin/env bash
# pycachesim: a cache with the policy "MRU" keeps one line, however many ways it has.
#
# Version   pycachesim 0.3.1 (PyPI, built from its source archive: needs a C compiler).
# Input     one set of four ways; 100 rounds over four lines, which all fit.
# Expected  4 misses, the cold ones, then 396 hits. A replacement policy chooses a victim once the
#           set is full, and the set never overflows here. The package's page lists "LRU, MRU, RR and
#           FIFO policies"; its own LRU and FIFO give the 4 misses, and so does the model of MRU
#           below, eight lines long.
# Seen      400 misses, no hit. Also 0, 1, 0 misses three times, with three ways still free.
# Why       In the function that places a line (cachesim/backend.c, Cache__inject) the queue of the
#           set is shifted by a loop with the condition `i > ways - 1` and a start at 0: it never
#           runs. The newest line stays first in the queue and is the next victim, although the
#           other ways were never filled.
# Hurts     who compares replacement policies: MRU is the textbook's answer to cyclic access, and
#           here it is the worst policy there. No message says so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip=("$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps)
"${pip[@]}" setuptools==80.9.0 wheel==0.45.1
"${pip[@]}" --no-build-isolation pycachesim==0.3.1

cat > "$folder/mru.py" << 'PYTHON'
from cachesim import Cache, CacheSimulator, MainMemory

LINE, WAYS = 64, 4


def run(policy, lines):
    memory = MainMemory()
    level = Cache("L1", 1, WAYS, LINE, policy)
    memory.load_to(level)
    memory.store_from(level)
    simulator = CacheSimulator(level, memory)
    for line in lines:
        simulator.load(line * LINE)
    stats = level.stats()
    return f"{stats['HIT_count']} hits, {stats['MISS_count']} misses"


def model(lines):
    held, misses = [], 0  # the most recently used line is the last
    for line in lines:
        if line not in held:
            misses += 1
            if len(held) == WAYS:
                held.pop()
        else:
            held.remove(line)
        held.append(line)
    return f"{len(lines) - misses} hits, {misses} misses"


rounds = list(range(WAYS)) * 100
for policy in "LRU", "FIFO", "MRU":
    print(f"{policy}: {run(policy, rounds)}")
print(f"MRU by definition: {model(rounds)}")
print(f"MRU, lines 0 1 0: {run('MRU', [0, 1, 0])}")
PYTHON

seen=$("$folder/venv/bin/python" "$folder/mru.py")
expected='LRU: 396 hits, 4 misses
FIFO: 396 hits, 4 misses
MRU: 0 hits, 400 misses
MRU by definition: 396 hits, 4 misses
MRU, lines 0 1 0: 0 hits, 3 misses'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
