//! The writer alone, read back.

use std::fs;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use waves::{Builder, Error, Value, Writer};

use crate::reader::Dump;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// The bytes that a stream of the writer has taken so far.
#[derive(Clone, Default)]
struct Bytes(Arc<Mutex<Vec<u8>>>);

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("one thread").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn body(builder: Builder, play: impl FnOnce(&mut Writer)) -> String {
    let bytes = Bytes::default();
    let mut wave = builder.stream(Box::new(bytes.clone())).expect("a writer");
    play(&mut wave);
    wave.finish().expect("memory takes everything");
    let text = String::from_utf8(bytes.0.lock().expect("one thread").clone()).expect("ASCII");
    text.split_once("$enddefinitions $end\n").expect("a header").1.to_owned()
}

#[test]
fn every_kind_reads_back() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("deep/er/kinds.vcd");
    let mut signals = Builder::new("seed 7 $end of it");
    signals.clock("run.clock")?;
    let wide = signals.bits("a.wide", 128)?;
    let late = signals.bits("z.b.bit", 1)?;
    let state = signals.state("a.state", 3, &["Idle", "Walk", "Done"])?;
    let text = signals.text("a.b.text")?;
    let event = signals.event("a.event")?;
    let real = signals.real("a.real")?;
    let mut wave = signals.create(&path)?;
    wave.cycle(0)?;
    wave.set(wide, u128::MAX)?;
    wave.set(state, 1_u64)?;
    wave.set(text, "two words? yes")?;
    wave.cycle(3)?;
    wave.set(event, Value::Fires)?;
    wave.set(late, true)?;
    wave.set(state, 6_u64)?;
    wave.set(wide, 5_u64)?;
    wave.set(real, 1.5)?;
    wave.cycle(4)?;
    wave.set(wide, Value::Absent)?;
    wave.set(text, Value::Absent)?;
    wave.finish()?;

    let dump = Dump::open(&path);
    let mut paths = dump.paths();
    paths.sort();
    let expected = [
        "a.b.text",
        "a.event",
        "a.real",
        "a.state",
        "a.state_name",
        "a.wide",
        "run.clock",
        "z.b.bit",
    ];
    assert_eq!(paths, expected);
    assert_eq!(dump.times(), (0, 50));
    let change = |time, text: &str| (time, text.to_owned());
    let five = format!("{}101", "0".repeat(125));
    assert_eq!(
        dump.changes("a.wide"),
        [change(0, &"1".repeat(128)), change(30, &five), change(40, &"z".repeat(128))]
    );
    assert_eq!(dump.changes("a.state"), [change(0, "001"), change(30, "110")]);
    assert_eq!(dump.changes("a.state_name"), [change(0, "Walk"), change(30, "6")]);
    assert_eq!(dump.changes("a.b.text"), [change(0, "two_words__yes"), change(40, "")]);
    assert_eq!(dump.changes("a.event"), [change(30, "Event")]);
    assert_eq!(dump.changes("a.real"), [change(0, "0"), change(30, "1.5")]);
    assert_eq!(dump.changes("z.b.bit"), [change(0, "x"), change(30, "1")]);
    let clock: Vec<u64> = dump.changes("run.clock").into_iter().map(|(time, _)| time).collect();
    // No value changes in the cycles that were left out.
    assert_eq!(clock, [0, 5, 30, 35, 40, 45]);
    Ok(())
}

#[test]
fn state_names_are_an_enumeration_for_surfer() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("names.vcd");
    let mut signals = Builder::new("");
    signals.state("a.first", 2, &["Idle", "Wait"])?;
    signals.state("a.second", 2, &["Idle", "Wait"])?;
    signals.create(&path)?.finish()?;
    let dump = Dump::open(&path);
    let hierarchy = dump.waves().hierarchy();
    for path in ["a.first", "a.second"] {
        let names = hierarchy[dump.var(path)].enum_type(hierarchy).map(|(_, names)| names);
        assert_eq!(names, Some(vec![("00", "Idle"), ("01", "Wait")]), "{path}");
    }
    Ok(())
}

#[test]
fn unchanged_values_cost_no_bytes() -> Result<(), Error> {
    let mut signals = Builder::new("");
    let bits = signals.bits("a.bits", 8)?;
    let text = signals.text("a.text")?;
    let body = body(signals, |wave| {
        for cycle in 0..1000 {
            wave.cycle(cycle).expect("cycles increase");
            wave.set(bits, 9_u64).expect("it fits");
            wave.set(bits, 3_u64).expect("it fits");
            wave.set(text, "same").expect("a word");
        }
    });
    assert_eq!(body, "#0\n$dumpvars\nb11 !\nssame \"\n$end\n#10000\n");
    Ok(())
}

#[test]
fn dropped_writer_leaves_a_whole_dump() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("dropped.vcd");
    let mut signals = Builder::new("");
    let bits = signals.bits("a.bits", 4)?;
    let mut wave = signals.create(&path)?;
    wave.cycle(0)?;
    wave.set(bits, 1_u64)?;
    assert!(!path.exists(), "the name is taken only by a whole dump");
    wave.cycle(1)?;
    wave.set(bits, 2_u64)?;
    drop(wave);
    assert_eq!(Dump::open(&path).at("a.bits", 10).as_deref(), Some("0010"));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing else stays");
    Ok(())
}

#[test]
fn wrong_calls_are_errors_that_name_the_signal() -> Result<(), Error> {
    let mut signals = Builder::new("");
    let bits = signals.bits("a.bits", 4)?;
    let real = signals.real("a.real")?;
    assert!(matches!(signals.bits("a.bits", 4), Err(Error::Duplicate { .. })));
    assert!(matches!(signals.text("bare"), Err(Error::Path { .. })));
    assert!(matches!(signals.text("a..b"), Err(Error::Path { .. })));
    assert!(matches!(signals.text("a.b c"), Err(Error::Path { .. })));
    assert!(matches!(signals.bits("a.none", 0), Err(Error::Width { .. })));
    assert!(matches!(signals.bits("a.wide", 129), Err(Error::Width { .. })));
    assert!(matches!(signals.state("a.s", 1, &["A", "B", "C"]), Err(Error::Width { .. })));
    let mut wave = signals.stream(Box::new(io::sink()))?;
    assert!(matches!(wave.set(bits, 1_u64), Err(Error::NoCycle)));
    wave.cycle(5)?;
    for cycle in [5, 4] {
        let told = wave.cycle(cycle).expect_err("time must increase").to_string();
        assert_eq!(
            told,
            format!("waveform time must increase: cycle {cycle} was announced after cycle 5")
        );
    }
    let told = wave.set(bits, 16_u64).expect_err("five bits").to_string();
    assert_eq!(told, "signal `a.bits` in cycle 5 cannot take the value Bits(16)");
    assert!(matches!(wave.set(bits, "text"), Err(Error::Value { .. })));
    assert!(matches!(wave.set(real, f64::NAN), Err(Error::Value { .. })));
    wave.set(bits, 15_u64)?;
    wave.finish()
}

#[test]
fn path_that_cannot_be_written_is_named() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    let below = format!("{} cannot be made: ", file.display());
    let folder_itself = format!("cannot write {}: ", folder.path().display());
    for (path, says) in [(file.join("below.vcd"), below), (folder.path().into(), folder_itself)] {
        let told = Builder::new("").create(&path).expect_err("not writable").to_string();
        assert!(told.starts_with(&says), "{told}");
    }
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is left");
}

/// A disk with room for a number of bytes.
struct Disk(usize);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn full_disk_is_an_error_and_not_a_panic() -> Result<(), Error> {
    let mut signals = Builder::new("");
    let bits = signals.bits("a.bits", 64)?;
    let mut wave = signals.stream(Box::new(Disk(100_000)))?;
    let mut played = (0..100_000).map(|cycle| {
        wave.cycle(cycle)?;
        wave.set(bits, cycle)
    });
    let failed = played.find_map(Result::err).expect("100 kB are not enough");
    assert!(matches!(failed, Error::File { .. }), "{failed}");
    drop(played);
    assert!(matches!(wave.cycle(1_000_000), Err(Error::GivenUp)));
    assert!(matches!(wave.finish(), Err(Error::GivenUp)));
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn full_device_is_named_at_the_end() -> Result<(), Error> {
    let mut wave = Builder::new("").create(std::path::Path::new("/dev/full"))?;
    wave.cycle(0)?;
    let told = wave.finish().expect_err("the device is full").to_string();
    assert!(told.starts_with("cannot write /dev/full: No space left on device"), "{told}");
    Ok(())
}
