//! A block's stimulus and responses under rust-hdl, replayed on its printed Verilog.

use crate::base::{Clocked, Dice};
use netlist::ir::{Design, Kind, Module, SignalId, Type, Value};
use netlist::print::{Describe, port_names, verilog};
use rust_hdl::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// Values of a block's own ports, by path.
#[derive(Default)]
struct Ports {
    depth: u32,
    namespace: Vec<String>,
    values: BTreeMap<String, Value>,
}

fn spelled(name: &str) -> (String, String) {
    let mut parts = name.split('$');
    let base = parts.next().unwrap_or_default().to_owned();
    (base, parts.map(|at| format!("[{at}]")).collect())
}

impl Probe for Ports {
    fn visit_start_scope(&mut self, _name: &str, _block: &dyn Block) {
        self.depth += 1;
    }

    fn visit_end_scope(&mut self, _name: &str, _block: &dyn Block) {
        self.depth -= 1;
    }

    fn visit_start_namespace(&mut self, name: &str, _block: &dyn Block) {
        self.namespace.push(name.to_owned());
    }

    fn visit_end_namespace(&mut self, _name: &str, _block: &dyn Block) {
        self.namespace.pop();
    }

    fn visit_atom(&mut self, name: &str, atom: &dyn Atom) {
        if self.depth > 1 || atom.kind() == AtomKind::Constant {
            return;
        }
        let names = self.namespace.iter().map(String::as_str).chain([name]).map(spelled);
        let (bases, elements): (Vec<String>, Vec<String>) = names.unzip();
        let text = format!("{:x}", atom.verilog());
        let digits = text.split_once("'h").expect("a hexadecimal literal").1;
        let value = Value::parse(4096, digits, 16).expect("digits");
        let path = bases.join(".") + &elements.concat();
        self.values.insert(path, value.resize(atom.bits() as u32));
    }
}

/// A port of the bench: its Verilog name, width, paths of its elements (lowest first).
struct Port {
    name: String,
    width: u32,
    input: bool,
    elements: Vec<String>,
}

fn ports(design: &Design) -> (Vec<Port>, Option<String>) {
    let module: &Module = design.top_module();
    let mut ports = Vec::new();
    let mut clock = None;
    for (id, name) in port_names(module) {
        let signal = module.signal(id);
        if signal.ty == Type::Clock && signal.kind == Kind::Input {
            clock = Some(name);
            continue;
        }
        let width = design.types.width(signal.ty) * signal.count();
        let elements = element_paths(module, id);
        ports.push(Port { name, width, input: signal.kind == Kind::Input, elements });
    }
    (ports, clock)
}

fn element_paths(module: &Module, id: SignalId) -> Vec<String> {
    let signal = module.signal(id);
    let mut paths = vec![signal.name.clone()];
    for dim in &signal.dims {
        let each = |path: &String| (0..*dim).map(|at| format!("{path}[{at}]")).collect::<Vec<_>>();
        paths = paths.iter().flat_map(each).collect();
    }
    paths
}

/// The values of ports as one number, the first port in the lowest bits.
fn packed<B: Block>(block: &B, ports: &[Port]) -> Value {
    let mut found = Ports::default();
    block.accept("top", &mut found);
    let mut all: Option<Value> = None;
    for path in ports.iter().flat_map(|port| &port.elements) {
        let value = found.values.get(path).unwrap_or_else(|| panic!("no port {path}"));
        all = Some(all.map_or_else(|| value.clone(), |low| value.concat(&low)));
    }
    all.expect("a block has ports")
}

/// The bench: one vector of inputs and expected outputs a line, compared before every edge.
fn bench(ports: &[Port], clock: Option<&str>, cycles: u64) -> String {
    let (mut inputs, mut outputs, mut width) = (String::new(), String::new(), 0);
    let mut connections =
        clock.map(|name| format!(".{name}(clock)")).into_iter().collect::<Vec<_>>();
    for port in ports {
        let (name, high) = (&port.name, width + port.width - 1);
        connections.push(format!(".{name}(p_{name})"));
        let range = port.width - 1;
        if port.input {
            let _ = writeln!(inputs, "    wire [{range}:0] p_{name} = vector[{high}:{width}];");
        } else {
            let _ = writeln!(inputs, "    wire [{range}:0] p_{name};");
            let _ = writeln!(
                outputs,
                "            if (p_{name} !== vector[{high}:{width}]) begin\n                \
                 $display(\"cycle %0d: {name} is %h, not %h\", at, p_{name}, vector[{high}:{width}]);\n                \
                 wrong = wrong + 1;\n            end"
            );
        }
        width += port.width;
    }
    format!(
        "module bench;\n    reg clock;\n    reg [{top}:0] vector;\n    \
         reg [{top}:0] vectors [0:{last}];\n    integer at, wrong;\n{inputs}    \
         device device ({connections});\n    initial begin\n        \
         $readmemh(\"vectors.hex\", vectors);\n        clock = 0;\n        wrong = 0;\n        \
         for (at = 0; at < {cycles}; at = at + 1) begin\n            vector = vectors[at];\n            \
         #1;\n{outputs}            if (wrong > 5) $finish;\n            clock = 1;\n            #1;\n            \
         clock = 0;\n            #1;\n        end\n        \
         if (wrong == 0) $display(\"agreed on {cycles} cycles\");\n        $finish;\n    end\nendmodule\n",
        top = width - 1,
        last = cycles - 1,
        connections = connections.join(", "),
    )
}

/// Runs a block under rust-hdl, writes its Verilog and a bench into a directory.
pub(crate) fn record<B: Clocked>(
    directory: &Path,
    design: &Design,
    mut block: B,
    cycles: u64,
    seed: u64,
    mut present: impl FnMut(&mut Dice, &mut B),
) {
    let (ports, clock) = ports(design);
    let mut dice = Dice::new(seed);
    let mut vectors = String::new();
    for _ in 0..cycles {
        block.clock(false);
        present(&mut dice, &mut block);
        assert!(simulate(&mut block, 200), "the block does not settle");
        let _ = writeln!(vectors, "{:x}", packed(&block, &ports));
        block.clock(true);
        assert!(simulate(&mut block, 200), "the block does not settle");
    }
    let text = verilog(design, "device", &Describe::new()).to_string();
    let write = |name: &str, text: &str| {
        std::fs::write(directory.join(name), text).expect("a temporary file is written");
    };
    write("device.v", &text);
    write("vectors.hex", &vectors);
    write("bench.v", &bench(&ports, clock.as_deref(), cycles));
}

/// Which simulators replay a recording.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replay {
    /// Icarus.
    Icarus,
    /// Icarus and Verilator.
    Both,
    /// Icarus; Verilator may remark that a kernel compares with what is always zero.
    Drawn,
}

/// All tools accept the Verilog of a block without a warning, and it does as rust-hdl does.
pub(crate) fn replay<B: Clocked>(
    mut block: B,
    cycles: u64,
    seed: u64,
    which: Replay,
    present: impl FnMut(&mut Dice, &mut B),
) {
    let design = crate::base::elaborated(&block);
    block.connect_all();
    let directory = tempfile::tempdir().expect("a temporary directory");
    record(directory.path(), &design, block, cycles, seed, present);
    if let Ok(keep) = std::env::var("KEEP_VERILOG") {
        let name = format!("{keep}/{}.v", design.top_module().name);
        std::fs::copy(directory.path().join("device.v"), name).expect("kept");
    }
    let mut remarks = vec!["--lint-only", "-Wall"];
    if which == Replay::Drawn {
        remarks.extend(["-Wno-UNSIGNED", "-Wno-CMPCONST"]);
    }
    lint(directory.path(), &remarks);
    let agreed = format!("agreed on {cycles} cycles");
    if let Some(said) = icarus(directory.path()) {
        assert!(said.contains(&agreed), "Icarus: {said}\n{}", shown(directory.path()));
    }
    let arguments =
        ["--binary", "--timing", "-Wno-fatal", "--top-module", "bench", "device.v", "bench.v"];
    if which == Replay::Both && tool(directory.path(), "verilator", &arguments).is_some() {
        let binary = directory.path().join("obj_dir/Vbench");
        let said = tool(directory.path(), &binary.to_string_lossy(), &[]).expect("it was built");
        assert!(said.contains(&agreed), "Verilator: {said}");
    }
}

/// What the bench in a directory says in Icarus; `None` if it is not installed.
pub(crate) fn icarus(directory: &Path) -> Option<String> {
    let arguments = ["-g2005", "-Wall", "-o", "bench.vvp", "device.v", "bench.v"];
    silent(directory, "iverilog", &arguments)?;
    tool(directory, "vvp", &["bench.vvp"])
}

/// No tool has anything to say about `device.v`.
fn lint(directory: &Path, verilator: &[&str]) {
    silent(directory, "iverilog", &["-g2005", "-Wall", "-o", "lint.vvp", "device.v"]);
    silent(directory, "verilator", &[verilator, &["device.v"]].concat());
    let script = "read_verilog device.v; hierarchy -check -top device; proc; check -assert";
    silent(directory, "yosys", &["-q", "-p", script]);
}

fn shown(directory: &Path) -> String {
    std::fs::read_to_string(directory.join("device.v")).unwrap_or_default()
}

fn silent(directory: &Path, name: &str, arguments: &[&str]) -> Option<()> {
    let said = tool(directory, name, arguments)?;
    assert!(said.is_empty(), "{name} says: {said}\n{}", shown(directory));
    Some(())
}

/// What a tool says; `None` if it is not installed, which is reported.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn tool(directory: &Path, name: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(name).args(arguments).current_dir(directory).output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("skipped, tool {name} missing: {error}");
            return None;
        }
    };
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{name} fails: {text}\n{}", shown(directory));
    Some(text)
}
