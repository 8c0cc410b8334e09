//! Dumps through the tools that people use: GTKWave and its converters.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use waves::{Builder, Error, Format, Value};

use crate::reader::Dump;

/// Whether a tool is installed; if not, and outside CI, the test is skipped.
#[allow(clippy::print_stderr)] // A test has no other way to say that it did nothing.
fn has(tool: &str) -> bool {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(tool).is_file()));
    if !found {
        assert!(std::env::var_os("CI").is_none(), "tool {tool} missing, and CI must not skip");
        eprintln!("skipped: tool {tool} missing");
    }
    found
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {told}");
    String::from_utf8(output.stdout).unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// A dump with every item that some reader has mishandled.
fn play(path: &Path, format: Format) -> Result<(), Error> {
    let mut signals = Builder::new("everything: at once, $end and more").format(format);
    signals.clock("run.clock")?;
    let bits = [0, 1, 2].map(|at| signals.bits(&format!("a.x_{at}"), 1).expect("a name"));
    let wide = signals.bits("a.wide", 128)?;
    let state = signals.state("a.b.state", 3, &["Idle", "two words", "a:b"])?;
    let valid = signals.bits("tlb.line[3].valid", 1)?;
    signals.alias("tlb.hit", valid)?;
    signals.alias("a.other", state)?;
    let text = signals.text("a.b.text")?;
    let event = signals.event("a.event")?;
    let real = signals.real("a.real")?;
    let last = signals.bits("z.last", 16)?;
    let mut wave = signals.create(path)?;
    let words = ["one", "two words", "", "?red?x", "a\\b", "na\u{ef}ve: #1", "$end", "B1", "R2"];
    for cycle in 0..40_u64 {
        // Some cycles are left out.
        let at = cycle + cycle / 7 * 100;
        wave.cycle(at)?;
        for (place, bit) in bits.iter().enumerate() {
            wave.set(*bit, cycle >> place & 1 == 1)?;
        }
        wave.set(wide, u128::from(cycle) << 90 | 1)?;
        let number = (cycle % 9 != 8).then_some(cycle % 5);
        wave.set(state, number)?;
        wave.set(valid, cycle % 3 == 0)?;
        wave.set(text, words[cycle as usize % words.len()])?;
        wave.set(real, cycle as f64 / 3.0)?;
        wave.set(last, cycle * 1000)?;
        if cycle % 4 == 3 {
            wave.set(event, Value::Fires)?;
        }
    }
    wave.finish()
}

/// The changes of all signals of a dump in one reader; of events the times.
fn changes(path: &Path) -> BTreeMap<String, Vec<(u64, String)>> {
    let dump = Dump::open(path);
    let one = |path: String| {
        let mut changes = dump.changes(&path);
        if path == "a.event" {
            changes.iter_mut().for_each(|change| change.1.clear());
        }
        if path == "a.real" {
            let real = |text: &str| text.parse::<f64>().expect("a number");
            changes.iter_mut().for_each(|change| change.1 = format!("{:.9}", real(&change.1)));
        }
        // Readers differ in whether a repeated value is a change.
        changes.dedup_by(|next, before| path != "a.event" && next.1 == before.1);
        (path, changes)
    };
    dump.paths().into_iter().map(one).collect()
}

fn assert_same(of: &str, path: &Path, expected: &BTreeMap<String, Vec<(u64, String)>>) {
    let found = changes(path);
    let names = |all: &BTreeMap<String, Vec<(u64, String)>>| -> Vec<String> {
        all.keys().cloned().collect()
    };
    assert_eq!(names(&found), names(expected), "{of}");
    for (path, changes) in expected {
        assert_eq!(&found[path], changes, "{path} in {of}");
    }
}

fn in_folder(folder: &tempfile::TempDir, name: &str) -> PathBuf {
    folder.path().join(name)
}

#[test]
fn every_format_says_the_same() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [vcd, plain, fst] = ["v.vcd", "p.vcd", "f.fst"].map(|name| in_folder(&folder, name));
    play(&vcd, Format::Vcd)?;
    play(&plain, Format::Plain)?;
    play(&fst, Format::Fst)?;
    let mut expected = changes(&vcd);
    // Neighbouring bits stay what they are.
    let bits = ["a.x_0", "a.x_1", "a.x_2"];
    assert!(bits.iter().all(|path| expected[*path].len() > 5), "{:?}", expected.keys());
    assert!(expected["a.b.text"].iter().any(|(_, text)| text == "two_words"));
    assert_eq!(expected["tlb.hit"], expected["tlb.line[3].valid"]);
    assert_eq!(Dump::open(&vcd).times(), Dump::open(&fst).times());
    assert_same("FST", &fst, &expected);
    // The plain one has no strings, and only items of the standard.
    expected.retain(|path, _| !path.ends_with("_name") && path != "a.b.text");
    assert_same("plain VCD", &plain, &expected);
    let text = std::fs::read_to_string(&plain).expect("ASCII");
    assert!(!text.contains("$attr") && !text.contains("string"), "{text}");
    assert!(text.is_ascii() && text.lines().all(|line| !line.starts_with('s')), "{text}");
    Ok(())
}

#[test]
fn dumps_are_the_same_bytes_each_time() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for format in [Format::Vcd, Format::Fst] {
        let [one, two] = ["one", "two"].map(|name| in_folder(&folder, name));
        play(&one, format)?;
        play(&two, format)?;
        let read = |path| std::fs::read(path).expect("a dump");
        assert!(read(one) == read(two), "{format:?}");
    }
    Ok(())
}

#[test]
fn converters_of_gtkwave_lose_nothing() -> Result<(), Error> {
    if !has("vcd2fst") || !has("fst2vcd") {
        return Ok(());
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let vcd = in_folder(&folder, "v.vcd");
    play(&vcd, Format::Vcd)?;
    let expected = changes(&vcd);
    let there = in_folder(&folder, "there.fst");
    run(Command::new("vcd2fst").arg(&vcd).arg(&there));
    let own = in_folder(&folder, "own.fst");
    play(&own, Format::Fst)?;
    for fst in [there, own] {
        let back = fst.with_extension("back.vcd");
        let text = run(Command::new("fst2vcd").arg(&fst));
        std::fs::write(&back, text).expect("a file");
        assert_same(&back.display().to_string(), &back, &expected);
    }
    Ok(())
}

/// Signals with their values at some times, as GTKWave itself sees them.
const LOOK: &str = r#"
puts "end [gtkwave::getMaxTime]"
set names {}
for {set at 0} {$at < [gtkwave::getNumFacs]} {incr at} { lappend names [gtkwave::getFacName $at] }
gtkwave::addSignalsFromList $names
foreach time {0 50 1160 2200} {
  gtkwave::setMarker $time
  foreach name $names { puts "$time $name = [gtkwave::getTraceValueAtMarkerFromName $name]" }
}
gtkwave::/File/Quit
"#;

#[test]
fn gtkwave_reads_every_format_to_its_end() -> Result<(), Error> {
    if !has("gtkwave") || !has("xvfb-run") {
        return Ok(());
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = in_folder(&folder, "look.tcl");
    std::fs::write(&script, LOOK).expect("a file");
    for (name, format) in [("v.vcd", Format::Vcd), ("p.vcd", Format::Plain), ("f.fst", Format::Fst)]
    {
        let path = in_folder(&folder, name);
        play(&path, format)?;
        let text = run(Command::new("xvfb-run")
            .args(["-a", "timeout", "60", "gtkwave", "--rcvar", "splash_disable on"])
            .arg(&path)
            .arg("-S")
            .arg(&script)
            .env("HOME", folder.path())
            .env("GDK_BACKEND", "x11"));
        let said = |line: &str| text.lines().any(|found| found.trim() == line);
        let end = Dump::open(&path).times().1;
        assert!(said(&format!("end {end}")), "{name} ends at {end}: {text}");
        for (time, signal, value) in [
            (0, "a.x_0", "0"),
            (50, "a.x_0", "1"),
            (50, "z.last[15:0]", "1388"),
            (50, "a.b.state[2:0]", "000"),
            (1160, "z.last[15:0]", "32C8"),
            (2200, "z.last[15:0]", "4E20"),
        ] {
            assert!(said(&format!("{time} {signal} = {value}")), "{name} {time} {signal}: {text}");
        }
        if format != Format::Plain {
            assert!(said("50 a.b.text = na_ve:_#1"), "{name}: {text}");
            assert!(said("50 a.b.state_name = Idle"), "{name}: {text}");
        }
    }
    Ok(())
}
