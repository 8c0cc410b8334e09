//! The recorder of memory without pages, read back.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use machine::contiguous::{
    Config, Fit, IdealUnit, ProcessSpec, Request, Rights, SegmentSpec, Shape, World,
};
use machine::wave::segment::{Recorder, Subject};
use machine::wave::{Ending, Recording};
use model::isa::Access;
use waves::{Error, Window};

use crate::reader::Dump;

const SHAPE: Shape = Shape { segments: 4, offset_bits: 12 };

fn process(name: &str, length: u64) -> ProcessSpec {
    let rights = Rights { read: true, write: true, user: true, ..Rights::default() };
    let segment =
        SegmentSpec { name: "data".to_owned(), number: 1, length, rights, at: None, shared: None };
    ProcessSpec { name: name.to_owned(), segments: vec![segment] }
}

/// Three processes fill memory; the middle one ends, a longer one does not fit, memory is
/// compacted, and it fits. Then one access goes beyond the end of its segment.
fn story(path: &Path, window: Window) -> Result<PathBuf, Error> {
    let config = Config {
        unit: 64,
        holes: std::iter::once(0..16).collect(),
        fit: Fit::First,
        page: 1,
        compaction: false,
        latency: 5,
        handler: 40,
    };
    let mut world = World::new(Box::new(IdealUnit::new(SHAPE)), config).expect("a world");
    let labels = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    let (title, signals) = ("a story".to_owned(), world.signals());
    let recording = Recording { title, window, signals, ..Recording::default() };
    let subject = Subject { shape: SHAPE, fit: "first".to_owned(), units: 16, labels };
    let recorder = Rc::new(RefCell::new(Recorder::create(path, recording, subject)?));
    world.observe(Box::new(recorder.clone()));
    for (name, length) in [("a", 4), ("b", 4), ("c", 4)] {
        assert!(world.load(&process(name, length)).expect("it runs").placed);
    }
    world.run("c").expect("it runs");
    world.end("a").expect("it is there");
    assert!(!world.load(&process("d", 6)).expect("it runs").placed);
    world.compact().expect("nothing forbids it");
    assert!(world.load(&process("d", 6)).expect("it runs").placed);
    let load = |va| Request { va, bytes: 8, access: Access::Load, user: true };
    world.access(load(SHAPE.address(1, 16)), 0).expect("it is answered");
    world.access(load(SHAPE.address(1, 256)), 0).expect("it is answered");
    world.finish();
    recorder.borrow_mut().finish()
}

#[test]
fn story_of_holes_reads_back() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("holes.vcd");
    let view = story(&path, Window::default())?;
    let dump = Dump::open(&path);
    let told = |path: &str| -> Vec<String> {
        dump.changes(path).into_iter().map(|(_, value)| value).filter(|v| !v.is_empty()).collect()
    };
    assert_eq!(
        told("os.hole"),
        ["16_at_0..15", "12_at_4..15", "8_at_8..15", "none_is_long_enough", "8_at_8..15"]
    );
    assert_eq!(told("os.given"), ["at_0..3", "at_4..7", "at_8..11", "at_8..13"]);
    assert_eq!(told("memory.hole_lengths"), ["16", "12", "8", "4", "4,4", "8", "2"]);
    let summary = told("memory.summary");
    assert!(summary.contains(&"8_free:4_longest:external_50%".to_owned()), "{summary:?}");
    // The map: the second lane from below was a's, then free, then b's.
    assert_eq!(told("memory.lane_1_name"), ["free", "a", "free", "b"]);
    assert_eq!(told("memory.lane_15_name"), ["free"]);
    let events = |name: &str| dump.changes(&format!("os.{name}")).len();
    let counted = ["allocate", "no_room", "loaded", "free", "compact", "move", "segment_fault"];
    assert_eq!(counted.map(events), [4, 1, 4, 1, 1, 2, 1]);
    let text = told("os.text");
    assert!(text.contains(&"move:b:4:to_0".to_owned()), "{text:?}");
    assert_eq!(text.last().map(String::as_str), Some("limit_fault:4352"));
    assert_eq!(told("os.process"), ["c"]);
    assert_eq!(told("os.fault_name"), ["limit"]);
    assert_eq!(told("request.asked"), ["data+16", "data+256"]);
    // c begins at unit 4 after the move, which is byte 256.
    assert_eq!(told("request.answered"), ["272", "limit_fault"]);
    let register = told("register.segment_1");
    assert_eq!(register, ["data:base_512:limit_256:rw", "data:base_256:limit_256:rw"]);
    let text = fs::read_to_string(view).expect("a save file");
    for row in text.lines().filter_map(|line| line.strip_prefix("+{")) {
        let reference = row.split_once("} ").expect("an alias and a signal").1;
        dump.var(reference.split('[').next().expect("a path"));
    }
    for group in ["Operating system", "Request", "Segment registers", "Memory bus", "Memory"] {
        assert!(text.contains(&format!("-{group}\n")), "{group}: {text}");
    }
    assert!(text.contains("limit fault\n"), "{text}");
    Ok(())
}

#[test]
fn every_byte_of_an_image_is_on_the_bus() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("bus.vcd");
    story(&path, Window::default())?;
    let dump = Dump::open(&path);
    // Images of 18 units, moves of 8, both read and written; one load: of 8 bytes each.
    let words = (18 + 2 * 8) * 64 / 8 + 1;
    let asked = dump.changes("bus.pa").into_iter().filter(|(_, value)| !value.contains('z'));
    assert_eq!(asked.count(), words);
    Ok(())
}

#[test]
fn window_shows_the_same_as_the_whole() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (whole, part) = (folder.path().join("whole.vcd"), folder.path().join("part.vcd"));
    story(&whole, Window::default())?;
    let whole = Dump::open(&whole);
    let end = whole.times().1 / 10;
    for from in (0..end - 60).step_by(173) {
        story(&part, Window { from, cycles: Some(50) })?;
        let part = Dump::open(&part);
        for path in ["os.hole", "memory.free", "memory.lane_4", "request.asked", "bus.pa"] {
            for time in (from * 10 + 10..(from + 50) * 10).step_by(70) {
                assert_eq!(part.at(path, time), whole.at(path, time), "{path} at {time}");
            }
        }
    }
    Ok(())
}
