//! Everything that is written reads back.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use waves::{Builder, Value, sanitise};

use crate::reader::Dump;

const WIDTHS: [u32; 5] = [1, 2, 39, 64, 128];

/// A cycle's distance from the last one, and the values set in it: signal and value.
type Step = (u64, Vec<(usize, Option<u128>)>);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let set = (0..WIDTHS.len(), proptest::option::weighted(0.9, any::<u128>()));
    vec((1..4_u64, vec(set, 0..4)), 1..40)
}

fn bits(value: Option<u128>, width: u32) -> String {
    let width = width as usize;
    value.map_or("z".repeat(width), |value| format!("{value:0width$b}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn random_changes_read_back(steps in steps()) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("random.vcd");
        let mut signals = Builder::new("");
        let ids = WIDTHS.map(|width| signals.bits(&format!("a.w{width}"), width).expect("new"));
        let mut wave = signals.create(&path).expect("a dump");
        let mut expected = [(); WIDTHS.len()].map(|()| BTreeMap::new());
        let mut cycle = 0;
        for (distance, sets) in &steps {
            wave.cycle(cycle).expect("cycles increase");
            for &(signal, value) in sets {
                let width = WIDTHS[signal];
                let value = value.map(|value| value >> (128 - width));
                wave.set(ids[signal], value.map_or(Value::Absent, Value::Bits)).expect("it fits");
                expected[signal].insert(cycle * 10, bits(value, width));
            }
            cycle += distance;
        }
        wave.finish().expect("a whole dump");
        let dump = Dump::open(&path);
        for (width, expected) in WIDTHS.iter().zip(&expected) {
            for time in (0..cycle * 10).step_by(10) {
                let known = expected.range(..=time).next_back().map(|(_, value)| value.clone());
                let known = known.unwrap_or("x".repeat(*width as usize));
                prop_assert_eq!(dump.at(&format!("a.w{width}"), time), Some(known));
            }
        }
    }

    #[test]
    fn any_text_reads_back_sanitised(texts in vec(any::<String>(), 1..12)) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("texts.vcd");
        let mut signals = Builder::new(&texts[0]);
        let id = signals.text("a.text").expect("new");
        let after = signals.bits("a.after", 8).expect("new");
        let mut wave = signals.create(&path).expect("a dump");
        for (cycle, text) in texts.iter().enumerate() {
            wave.cycle(cycle as u64).expect("cycles increase");
            wave.set(id, text.as_str()).expect("any text will do");
            wave.set(after, cycle as u64).expect("it fits");
        }
        wave.finish().expect("a whole dump");
        let dump = Dump::open(&path);
        for (cycle, text) in texts.iter().enumerate() {
            let safe = sanitise(text);
            prop_assert!(safe.chars().all(|c| c.is_ascii_graphic() && c != '?' && c != '\\'));
            let time = cycle as u64 * 10;
            prop_assert_eq!(dump.at("a.text", time), Some(safe));
            prop_assert_eq!(dump.at("a.after", time), Some(format!("{cycle:08b}")));
        }
    }
}
