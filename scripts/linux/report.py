#!/usr/bin/env python3
"""What Linux does to an MMU: boots Debian's Linux, and brings docs/linux.md up to date.

  report.py [boots|plots|waves|tables]...     those parts; all without one

  boots    every boot that a table needs, one after the other; each leaves a report in
           target/linux/reports. One that is there is not made again: delete it to do so
  plots    the lean boot over time, and misses by organisation, into docs/images/linux
  waves    the moments that docs/linux.md shows, drawn into docs/images/linux
  tables   the tables of docs/linux.md, from the reports

Needs apt for Debian's files, and GTKWave and Xvfb for waves. Progress goes to stderr.

  PAGEWALK    the command; built with cargo if not set
  LINUX_VENV  a Python environment with scripts/linux/requirements.txt; made in target/linux if
              not set
"""
import json, os, pathlib, shlex, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "target" / "linux"
FOLDER, REPORTS, WAVES = BUILD / "files", BUILD / "reports", BUILD / "waves"
DOCUMENT = ROOT / "docs" / "linux.md"
IMAGES = ROOT / "docs" / "images" / "linux"
MARK = "<!-- linux {}: {} -->\n"

CONFIG = "rv64_linux"
# The name of a report, and what is said to `pagewalk linux` besides its folder.
BOOTS = {
    "lean": f"--config {CONFIG}",
    "lean-svade": f"--config {CONFIG} --extensions svade",
    "lean-sv48": f"--config {CONFIG} --append no5lvl",
    "lean-sv39": f"--config {CONFIG} --append no4lvl",
    "default": f"--config {CONFIG} --boot default",
    "default-svade": f"--config {CONFIG} --boot default --extensions svade",
}
# Those that are compared as a table and a plot; a lean boot each.
ORGANISATIONS = [
    "rv64_tiny", "rv64_small", "rv64_linux", "rv64_linux_registered", "rv64_linux_pages",
    "rv64_large", "rv64_huge", "rv64_linux+walk_cache=8", "rv64_linux+l2=512",
    "rv64_linux+l2=512+walk_cache=8",
]
# The name of a picture, and its moment with the cycles before and after it.
MOMENTS = {
    "trampoline": ("satp:5", 20, 100),
    "first-user-fault": ("user-fault:1", 30, 150),
    "copy-on-write": ("user-fault:38", 60, 120),
    "execve": ("satp:10", 20, 100),
    "switch": ("satp:30", 20, 100),
}
# Counted in QEMU 7.2 and 10.0 on the same packages; fences and leaves by a plugin, the rest by its
# log of interrupts (`-d int`). The lean boot's fences were not counted.
QEMU = {
    "instructions": (None, "1,026,000,000"),
    "fetch page faults": (198, 198), "load page faults": (122, 115), "store page faults": (244, 250),
    "load page faults, Svade": (None, 187), "store page faults, Svade": (None, 247),
    "system calls": (329, 328),
    "fences": (None, 97659), "fences by address": (None, 97425),
    "fences by address and address space": (None, 185), "fences by address space": (None, 36),
    "fences of everything": (None, 13), "fence.i": (None, 41209),
    "2 MiB leaves": (None, 65), "4 KiB leaves, supervisor": (None, 2761),
    "4 KiB leaves, user": (None, 293), "tables": (None, 229),
}


def tell(text):
    print(text, file=sys.stderr, flush=True)


def pagewalk(arguments):
    command = os.environ.get("PAGEWALK") or (
        "cargo run --quiet --release --package testbenches --bin pagewalk --")
    subprocess.run([*shlex.split(command), "linux", str(FOLDER), "--check", "off", "--quiet",
                    "--memory", "96M", *arguments],
                   check=True, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def boot(name, words):
    report = REPORTS / f"{name}.json"
    if report.exists():
        return
    tell(f"boot {name}")
    REPORTS.mkdir(parents=True, exist_ok=True)
    pagewalk(words.split())
    os.replace(FOLDER / "report.json", report)


def boots():
    for name, words in BOOTS.items():
        boot(name, words)
    for name in ORGANISATIONS:
        if name != CONFIG:
            boot(name, f"--config {name}")


def report(name):
    return json.loads(path(name).read_text())


def path(name):
    return REPORTS / f"{'lean' if name == CONFIG else name}.json"


def there(names):
    """Those of them that were booted; the others are told, and have no place in tables."""
    for name in names:
        if not path(name).exists():
            tell(f"there is no report of {name} yet: scripts/linux/report.py boots makes it")
    return [name for name in names if path(name).exists()]


def plots():
    IMAGES.mkdir(parents=True, exist_ok=True)
    pagewalk(["--config", CONFIG, "--every", "1000000", "--plot",
              str(IMAGES.relative_to(ROOT)), "--csv", str(BUILD / "lean.csv")])
    venv = pathlib.Path(os.environ.get("LINUX_VENV") or BUILD / "venv")
    if not (venv / "bin" / "python").exists():
        tell("a Python environment for the plot")
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "--quiet", "--requirement",
                        ROOT / "scripts" / "linux" / "requirements.txt"], check=True)
    rows = [(name, *mpki(report(name))) for name in there(ORGANISATIONS)]
    subprocess.run([venv / "bin" / "python", "-c", DRAW, json.dumps(rows),
                    str(IMAGES / "organisations.png")], check=True)


DRAW = """
import json, sys
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plot
rows = json.loads(sys.argv[1])[::-1]
chart, axes = plot.subplots(1, 2, figsize=(9, 3.8), sharey=True)
names = [row[0] for row in rows]
for axis, column, title in ((axes[0], 2, "data"), (axes[1], 1, "fetch")):
    values = [row[column] for row in rows]
    bars = axis.barh(names, values, color="#0072b2")
    axis.bar_label(bars, [f"{value:.2f}" for value in values], padding=3, fontsize=8)
    axis.set_title(f"{title} TLB misses per 1000 instructions, lean boot", fontsize=9)
    axis.set_xlim(right=max(values) * 1.18)
    axis.tick_params(labelsize=8)
chart.tight_layout()
chart.savefig(sys.argv[2], dpi=110, metadata={"Software": None})
"""


def waves():
    WAVES.mkdir(parents=True, exist_ok=True)
    for name, (moment, before, after) in MOMENTS.items():
        tell(f"wave {name}")
        dump = WAVES / f"{name}.vcd"
        pagewalk(["--config", CONFIG, "--wave", str(dump), "--wave-at",
                  moment, "--wave-before", str(before), "--wave-after", str(after)])
        drawn = subprocess.run([ROOT / "waves" / "render.sh", dump.with_suffix(".gtkw"),
                                IMAGES / f"{name}.png", "1400"])
        # 77: a tool is missing, which the script has reported.
        if drawn.returncode not in (0, 77):
            sys.exit(drawn.returncode)


def table(head, rows):
    text = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in row) + " |\n" for row in text)


def number(value):
    return f"{value:,}" if isinstance(value, int) else (value or "")


def mpki(section):
    """Misses of the fetch and of the data TLB per 1000 instructions, in all modes."""
    counts = [sum(mode["mmu"][f"{port}_misses"] for mode in section["modes"].values())
              for port in ("fetch", "data")]
    return [1000 * count / section["instructions"] for count in counts]


def mmu(section, counter):
    return sum(mode["mmu"][counter] for mode in section["modes"].values())


def phases():
    rows = []
    for phase in [*report("lean")["phases"], report("lean")]:
        name = phase.get("name", "all")
        rows.append([
            name, number(phase["instructions"]), number(phase["cycles"]), f"{phase['cpi']:.3f}",
            *(f"{value:.3f}" for value in mpki(phase)), number(mmu(phase, "walks")),
            number(mmu(phase, "pte_reads")),
            number(sum(count for what, count in phase["exceptions"].items() if "fault" in what)),
            number(sum(count for what, count in phase["fences"].items()
                       if what != "of instructions")), phase["satp_writes"],
        ])
    return table(["phase", "instructions", "cycles", "CPI", "fetch MPKI", "data MPKI", "walks",
                  "entries read", "faults", "fences", "writes of satp"], rows)


def modes():
    rows = []
    for phase in report("lean")["phases"]:
        for mode, of in phase["modes"].items():
            rows.append([f"{phase['name']}, {mode}", number(of["instructions"]),
                         f"{of['fetch_tlb_mpki']:.3f}", f"{of['data_tlb_mpki']:.3f}",
                         number(of["mmu"]["walks"]), number(of["mmu"]["pte_updates"])])
    return table(["phase and mode", "instructions", "fetch MPKI", "data MPKI", "walks",
                  "A and D bits set"], rows)


def measured(name):
    """What is compared with QEMU; nothing if it was not booted."""
    if not there([name]):
        return {}
    of = report(name)
    traps, fences, tables = of["exceptions"], of["fences"], of["tables"]
    leaves = {leaf["bytes"]: leaf for leaf in tables["leaves"]}
    count = fences.get
    return {
        "instructions": of["instructions"],
        "fetch page faults": traps["instruction page fault"],
        "load page faults": traps["load page fault"],
        "store page faults": traps["store page fault"],
        "system calls": traps["call from U-mode"],
        "fences": sum(count for what, count in fences.items() if what != "of instructions"),
        "fences by address": count("by address"),
        "fences by address and address space": count("by address and address space"),
        "fences by address space": count("by address space"),
        "fences of everything": count("all"),
        "fence.i": count("of instructions"),
        "2 MiB leaves": leaves[2 << 20]["supervisor"] + leaves[2 << 20]["user"],
        "4 KiB leaves, supervisor": leaves[4096]["supervisor"],
        "4 KiB leaves, user": leaves[4096]["user"],
        "tables": tables["tables"],
    }


def beside_qemu():
    lean, lean_svade, default, default_svade = map(
        measured, ("lean", "lean-svade", "default", "default-svade"))
    rows = []
    for name, (theirs_lean, theirs) in QEMU.items():
        if name.endswith(", Svade"):
            plain = name.removesuffix(", Svade")
            ours = lean_svade.get(plain), default_svade.get(plain)
        else:
            ours = lean.get(name), default.get(name)
        rows.append([name, number(ours[0]), number(theirs_lean), number(ours[1]), number(theirs)])
    return table(["", "lean, here", "lean, QEMU", "default, here", "default, QEMU"], rows)


def schemes():
    rows = []
    for name, scheme in (("lean", "Sv57"), ("lean-sv48", "Sv48"), ("lean-sv39", "Sv39"),
                         ("lean-svade", "Sv57, A and D by software")):
        of, counts = report(name), measured(name)
        rows.append([scheme, number(counts["fences"]), counts["load page faults"],
                     counts["store page faults"], counts["tables"], number(mmu(of, "walks")),
                     f"{mmu(of, 'pte_reads') / mmu(of, 'walks'):.2f}", number(of["cycles"])])
    return table(["scheme", "fences", "load faults", "store faults", "tables at the end", "walks",
                  "entries a walk", "cycles"], rows)


def organisations():
    rows = []
    for name in there(ORGANISATIONS):
        of = report(name)
        rows.append([f"`{name}`", *(f"{value:.3f}" for value in mpki(of)), number(mmu(of, "walks")),
                     number(mmu(of, "pte_reads")), number(mmu(of, "l2_hits")),
                     number(mmu(of, "walk_cache_hits")), f"{of['cpi']:.4f}"])
    return table(["configuration", "fetch MPKI", "data MPKI", "walks", "entries read", "L2 hits",
                  "walk cache hits", "CPI"], rows)


def missing():
    of = report("lean")
    rows = [[f"`{place['symbol']}`", number(place["fetch_misses"]), number(place["data_misses"])]
            for place in of["missing"]]
    return table(["instruction", "fetch misses", "data misses"], rows)


TABLES = {"phases": phases, "modes": modes, "beside QEMU": beside_qemu, "schemes": schemes,
          "organisations": organisations, "missing": missing}


def tables():
    text = DOCUMENT.read_text()
    for name, make in TABLES.items():
        begin, end = MARK.format(name, "begin"), MARK.format(name, "end")
        if text.count(begin) != 1 or text.count(end) != 1:
            sys.exit(f"{DOCUMENT}: the place of the table `{name}` is missing")
        before, rest = text.split(begin)
        text = before + begin + make() + end + rest.split(end)[1]
    DOCUMENT.write_text(text)


def main():
    parts = {"boots": boots, "plots": plots, "waves": waves, "tables": tables}
    wanted = sys.argv[1:] or list(parts)
    for name in wanted:
        if name not in parts:
            sys.exit(__doc__)
    for name in wanted:
        parts[name]()


main()
