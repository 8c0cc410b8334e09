//! A part of a run: its first values are those that were held.

use tempfile::TempDir;
use waves::{Builder, Error, Value, Window};

use crate::reader::Dump;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn window_begins_with_the_values_that_were_held() -> Result<(), Error> {
    for (first_inside, expected_at_200) in [(20, "00000020"), (23, "00000019")] {
        let folder = folder();
        let path = folder.path().join("window.vcd");
        let window = Window { from: 20, cycles: Some(5) };
        let mut signals = Builder::new("").window(window);
        let bits = signals.bits("a.bits", 32)?;
        let event = signals.event("a.event")?;
        let still = signals.text("a.still")?;
        let mut wave = signals.create(&path)?;
        let cycles = (0..20).chain(first_inside..100);
        for cycle in cycles {
            wave.cycle(cycle)?;
            if cycle == 0 {
                wave.set(still, "early")?;
            }
            // The decimal digits, so that the value can be read in hexadecimal.
            wave.set(bits, u64::from_str_radix(&cycle.to_string(), 16).expect("digits"))?;
            wave.set(event, Value::Fires)?;
        }
        wave.finish()?;
        let dump = Dump::open(&path);
        assert_eq!(dump.times(), (200, 250));
        let value = dump.at("a.bits", 200).map(|bits| u64::from_str_radix(&bits, 2));
        assert_eq!(format!("{:08x}", value.expect("set").expect("bits")), expected_at_200);
        assert_eq!(dump.at("a.still", 200).as_deref(), Some("early"));
        let events: Vec<u64> = dump.changes("a.event").into_iter().map(|(time, _)| time).collect();
        assert_eq!(events, (first_inside..25).map(|cycle| cycle * 10).collect::<Vec<_>>());
    }
    Ok(())
}

#[test]
fn run_that_never_reaches_its_window_loads() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("early.vcd");
    let mut signals = Builder::new("").window(Window { from: 500, cycles: None });
    let bits = signals.bits("a.bits", 4)?;
    let mut wave = signals.create(&path)?;
    wave.cycle(3)?;
    wave.set(bits, 7_u64)?;
    wave.finish()?;
    let dump = Dump::open(&path);
    assert_eq!(dump.times(), (5000, 5010));
    assert_eq!(dump.at("a.bits", 5000).as_deref(), Some("0111"));
    Ok(())
}

#[test]
fn window_within_a_jump_shows_what_was_held() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("jumped.vcd");
    let mut signals = Builder::new("").window(Window { from: 500, cycles: Some(10) });
    let bits = signals.bits("a.bits", 4)?;
    let mut wave = signals.create(&path)?;
    for (cycle, value) in [(3, 7_u64), (1000, 1), (1001, 2)] {
        wave.cycle(cycle)?;
        wave.set(bits, value)?;
    }
    wave.finish()?;
    let dump = Dump::open(&path);
    assert_eq!(dump.times(), (5000, 5100));
    assert_eq!(dump.changes("a.bits"), [(5000, "0111".to_owned())]);
    Ok(())
}

#[test]
fn dump_begins_where_the_run_does() -> Result<(), Error> {
    let folder = folder();
    let path = folder.path().join("late.vcd");
    let mut signals = Builder::new("");
    let bits = signals.bits("a.bits", 4)?;
    let mut wave = signals.create(&path)?;
    wave.cycle(100)?;
    wave.set(bits, 7_u64)?;
    wave.finish()?;
    let dump = Dump::open(&path);
    assert_eq!(dump.times(), (1000, 1010));
    assert_eq!(dump.changes("a.bits"), [(1000, "0111".to_owned())]);
    Ok(())
}
