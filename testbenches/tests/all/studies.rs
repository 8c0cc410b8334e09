//! Studies from files, as `testbenches/explore/README.md` describes them.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::command::within::{pagewalk, sound};

/// A folder with a file in it.
fn with(name: &str, text: &str) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join(name), text).expect("a temporary folder takes files");
    folder
}

/// The first example of the documentation.
fn example() -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("explore/README.md");
    let readme = fs::read_to_string(readme).expect("it is there");
    let rest = readme.split("```toml\n").nth(1).expect("an example");
    rest.split("```").next().expect("its end").to_owned()
}

#[test]
fn the_example_of_the_documentation_runs() {
    let folder = with("mine.toml", &example());
    let out = sound(folder.path(), &["explore", "mine.toml", "--csv"]);
    // Belady's anomaly.
    let built_in = sound(folder.path(), &["explore", "faults-against-frames", "--csv"]);
    let row = built_in.lines().find(|line| line.starts_with("4,FIFO,")).expect("a row");
    assert!(row.ends_with(",10"), "{row}");
    assert!(out.lines().any(|line| line.starts_with("4,FIFO,") && line.ends_with(",10")), "{out}");
    sound(folder.path(), &["explore", "mine.toml", "--plot", "drawn"]);
    let svg = fs::read_to_string(folder.path().join("drawn/mine.svg")).expect("it was drawn");
    for part in ["Page faults against frames", "one frame more, one fault more", "page faults"] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
}

const OWN: &str = r#"
title = "Stores"
idea = "As many stores as there are pages."
y = "things"

[base]
machine = { modes = "sv39", size = "{lines}" }
os = { frames = 4000 }

[[base.process]]
name = "job"
copies = 2
regions = [{ kind = "heap", start = 0x0040_0000, pages = "{2 * pages}", prefault = false }]
program = ["store heap 0..{pages - 1}"]

[[sweep]]
set = "pages"
name = "pages"
axis = "minor faults"
at = "minor_faults"
values = [2, { value = 4, label = "four" }]

[[sweep]]
set = "lines"
values = ["tiny", "small"]

[[measure]]
of = "minor_faults"
name = "faults"

[[measure]]
of = "{processes.job-2.counts.accesses.stores}"
name = "stores of one"

[[remark]]
x = "four"
curve = "small: faults"
text = ["here"]
"#;

#[test]
fn a_study_has_variables_copies_formulas_axes_and_remarks() {
    let folder = with("own.toml", OWN);
    let csv = sound(folder.path(), &["explore", "own.toml", "--csv"]);
    let rows: Vec<_> = csv.lines().collect();
    assert_eq!(rows[0], "pages,lines,machine,faults,stores of one");
    assert_eq!(rows[1], "2,tiny,rv64_tiny Sv39 L=10,4,2");
    assert_eq!(rows[4], "four,small,rv64_small Sv39 L=10,8,4");
    let found: Value =
        serde_json::from_str(&sound(folder.path(), &["explore", "own.toml", "--json"])).unwrap();
    let expected = serde_json::json!({
        "pages": 4, "lines": "small", "machine": "rv64_small Sv39 L=10", "at": 8.0,
        "faults": 8.0, "stores of one": 4.0, "error": null,
    });
    assert_eq!(found["points"][3], expected);
    sound(folder.path(), &["explore", "own.toml", "--plot", "x.svg"]);
    let svg = fs::read_to_string(folder.path().join("x.svg")).expect("it was drawn");
    for part in ["things", "minor faults", "here", "tiny: stores of one"] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
}

#[test]
fn a_study_names_a_scenario_of_its_folder_and_traces() {
    let study = "title = \"t\"\nidea = \"i\"\nscenario = \"eight.toml\"\n[[sweep]]\n\
                 set = \"os.frames\"\nvalues = \"80,100\"\n[[measure]]\nof = \"minor_faults\"";
    let folder = with("study.toml", study);
    let lines: String = (0..40).map(|n| format!("{:x} W\n", 0x70_0000 + n % 8 * 4096)).collect();
    fs::write(folder.path().join("mine.trace"), lines).expect("it can be written");
    let scenario = "idea = \"x\"\nspec = \"none: x\"\nmachine = { modes = \"sv39\" }\n\
                    [[process]]\nname = \"p\"\ntrace = \"mine.trace\"";
    fs::write(folder.path().join("eight.toml"), scenario).expect("it can be written");
    let above = folder.path().parent().expect("a folder above");
    let name = folder.path().file_name().and_then(|name| name.to_str()).expect("a plain name");
    let csv = sound(above, &["explore", &format!("{name}/study.toml"), "--csv"]);
    assert!(csv.lines().count() == 3 && csv.lines().skip(1).all(|l| l.ends_with(",8")), "{csv}");
}

/// A study says no more than it must; its trace runs where `pagewalk trace` would run it, and values that
/// multiply are logarithmic, as on the command line.
#[test]
fn a_study_of_a_trace_needs_neither_title_nor_scheme() {
    let study = "[base]\n[[base.process]]\nname = \"mine\"\ntrace = \"mine.trace\"\n\
                 [[sweep]]\nset = \"machine.l1.data\"\nvalues = \"4..64x2\"\n\
                 [[measure]]\nof = \"data_misses\"\nlog = true\n\
                 [[remark]]\nx = \"16\"\ncurve = \"data_misses\"\ntext = [\"here\"]";
    let folder = with("own.toml", study);
    let line = |n: u64| format!("{:x} W\n", 0x1f_feff_0000 - n % 20 * 4096);
    fs::write(folder.path().join("mine.trace"), (0..400).map(line).collect::<String>()).unwrap();
    let folder = folder.path();
    let out = sound(folder, &["explore", "own.toml", "--plot", "x.svg"]);
    assert!(out.starts_with("own.toml\n") && out.contains("Sv39"), "{out}");
    let of_study = fs::read_to_string(folder.join("x.svg")).expect("it was drawn");
    assert!(of_study.contains("here"), "{of_study}");
    let rest = |svg: String| svg.split_once("</text>").map(|(_, rest)| rest.to_owned());
    // Without the remark, and with the range on the command line: the same curve at the same places.
    fs::write(folder.join("own.toml"), study.split("[[remark]]").next().unwrap()).unwrap();
    sound(folder, &["explore", "own.toml", "--plot", "x.svg"]);
    let of_study = rest(fs::read_to_string(folder.join("x.svg")).expect("it was drawn"));
    let other = study.replace("4..64x2", "1,2,3").replace("[[remark]]", "[[rest]]");
    fs::write(folder.join("own.toml"), other.split("[[rest]]").next().unwrap()).unwrap();
    let sweep = ["--sweep", "machine.l1.data=4..64x2", "--plot", "x.svg"];
    sound(folder, &[&["explore", "own.toml"], &sweep[..]].concat());
    let of_command = rest(fs::read_to_string(folder.join("x.svg")).expect("it was drawn"));
    assert_eq!(of_study, of_command);
    // Stated, it is linear.
    fs::write(folder.join("own.toml"), study.replace("4..64x2\"", "4..64x2\"\nlog = false"))
        .unwrap();
    sound(folder, &["explore", "own.toml", "--plot", "x.svg"]);
    assert_ne!(rest(fs::read_to_string(folder.join("x.svg")).expect("it was drawn")), of_study);
}

#[test]
fn mistakes_in_a_study_are_told_with_their_place() {
    for (from, to, part) in [
        ("of = \"minor_faults\"", "off = \"minor_faults\"", "own.toml:28"),
        ("[base]", "scenario = \"x\"\n[base]", "either `scenario` or `base`"),
        ("values = [\"tiny\", \"small\"]", "values = \"5..1\"", "goes down"),
        ("set = \"lines\"", "set = \"nothing\"", "nothing is called `nothing`"),
        ("curve = \"small: faults\"", "curve = \"x\"", "no point at four of `x`"),
    ] {
        assert!(OWN.contains(from), "{from}");
        let folder = with("own.toml", &OWN.replacen(from, to, 1));
        let arguments = ["explore", "own.toml", "--plot", "x.svg"];
        let (_, error, status) = pagewalk(folder.path(), &arguments);
        assert_eq!(status, 2, "{error}");
        assert!(error.contains(part), "{part} in {error}");
    }
}

#[test]
fn title_axis_and_unit_follow_what_is_measured() {
    let folder = TempDir::new().expect("a temporary folder");
    let picture = |arguments: &[&str]| {
        let all = [&["explore", "faults-against-frames", "--plot", "x.svg"], arguments].concat();
        let out = sound(folder.path(), &all);
        (out, fs::read_to_string(folder.path().join("x.svg")).expect("it was drawn"))
    };
    let (out, svg) = picture(&["--measure", "memory.page_table_bytes"]);
    assert!(out.starts_with("memory.page_table_bytes against frames of the process\n"), "{out}");
    assert!(!out.contains("Belady"), "{out}");
    assert!(svg.contains("KiB") && !svg.contains("page faults") && out.contains("KiB"), "{svg}");
    let (_, svg) = picture(&["--measure", "total.cycles.handler"]);
    assert!(svg.contains("total.cycles.handler (cycles)"), "{svg}");
    // As it is, it keeps its own words.
    let (out, svg) = picture(&[]);
    assert!(out.starts_with("Page faults against frames\n") && svg.contains("anomaly"), "{svg}");
}

/// Every parameter of the machine, of the kernel and of memory: values that differ, and the base
/// that they need.
const PARAMETERS: [(&str, &[&str]); 27] = [
    ("machine.size=tiny,small,linux,large,huge", &[]),
    ("machine.l1.data=4,8,16", &[]),
    ("machine.l1.fetch=4,8", &["machine.l1.data=8"]),
    ("machine.modes=sv32,sv39,sv48,sv57", &[]),
    ("machine.latency=1,10,100", &[]),
    ("machine.adue=true,false", &[]),
    ("machine.answer=at_once,registered", &[]),
    ("machine.walk_cache=0,2,8,16", &[]),
    ("machine.pages=0,16,32,64", &["machine.answer=registered"]),
    ("machine.walkers=1,2", &[]),
    ("machine.ports=1,2", &[]),
    ("machine.line_fill=0,1,4", &[]),
    ("machine.l2=0,64,512", &[]),
    ("machine.l2_ways=1,4", &["machine.l2=64"]),
    ("machine.trace=0,1", &[]),
    ("machine.replacement=fifo,lru,plru,nmr,random", &[]),
    ("machine.ways=0,1,4", &[]),
    ("machine.fetch_lines=0,4", &[]),
    ("machine.sizes.asid_bits=0,4,16", &[]),
    ("os.frames=80..120:20", &[]),
    ("os.policy=fifo,lru,clock,random,opt", &["os.frames=80"]),
    ("os.data_latency=1,20", &[]),
    ("os.data_latency=[1,20],{ hit = 1, miss = 11, every = 10 }", &[]),
    ("os.costs.disk_read=1000,100000", &[]),
    ("os.quantum=0,50,1000", &[]),
    ("os.asids=0,1,15", &[]),
    ("os.window=1,4,16", &[]),
];

#[test]
fn every_parameter_can_be_swept() {
    let line = |n: u64| {
        let page = 0x60_0000 + n * 7 % 40 * 0x1000 + n % 512 * 8;
        format!("2 {:x}\n0 {page:x}\n1 {:x}\n", 0x40_0000 + n % 9 * 4096, page ^ 0x100)
    };
    let folder = with("loop.din", &(0..150).map(line).collect::<String>());
    for (sweep, set) in PARAMETERS {
        let set = set.iter().flat_map(|set| ["--set", *set]);
        let start = ["explore", "--trace", "loop.din", "--csv", "--measure", "cycles", "--sweep"];
        let arguments: Vec<_> = start.into_iter().chain([sweep]).chain(set).collect();
        let out = sound(folder.path(), &arguments);
        let values = testbenches::explore::values::Values::parse(
            sweep.split_once('=').expect("a path and values").1,
        );
        assert_eq!(out.lines().count(), 1 + values.expect("values").0.len(), "{sweep}: {out}");
    }
}
