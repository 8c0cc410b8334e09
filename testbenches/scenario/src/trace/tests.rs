//! Recordings on machines: look-ahead, and the classification of pages.

use super::*;
use crate::os_text::OsText;
use machine::system::{LatencySpec, Outcome};
use model::golden::IdealMmu;
use model::isa::{Mode, Xlen};
use std::io::BufReader;

fn run(text: &str, os: &str, again: bool) -> Result<Outcome, TraceError> {
    let recording = Recording {
        file: "t".to_owned(),
        open: Box::new(|| Ok(Box::new(BufReader::new(std::io::Cursor::new(text.to_owned()))))),
        again,
        fit: Fit::Refuse,
        only: None,
        images: Vec::new(),
    };
    let os: OsText = toml::from_str(os).expect("it reads");
    let environment = Environment::new(&os, Mode::Sv39, LatencySpec::Fixed(10), true);
    let environment = environment.expect("all has an effect");
    let mmu = Box::new(IdealMmu::new(Xlen::Rv64));
    let stop = AtomicBool::new(false);
    let around = |program| -> Box<dyn Program> { Box::new(program) };
    let mut machine = recording.machine("t", mmu, &environment, around, &stop)?;
    Ok(machine.run(&stop))
}

/// Stores to pages of the string of Silberschatz, in three frames.
fn silberschatz() -> String {
    let string = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1];
    string.iter().map(|page| format!(" S {:08x},8\n", 0x40_0000 + page * 0x1000)).collect()
}

#[test]
fn opt_looks_ahead_or_is_refused() {
    let faults = |policy: &str, again| {
        let os = format!("policy = \"{policy}\"\nallocation = {{ equal = 3 }}\nwindow = 1");
        run(&silberschatz(), &os, again).map(|outcome| {
            assert!(outcome.error.is_none(), "{:?}", outcome.error);
            let counts = outcome.report.total.faults;
            counts.minor_faults + counts.major_faults
        })
    };
    for (policy, expected) in [("fifo", 15), ("lru", 12), ("opt", 9)] {
        assert_eq!(faults(policy, true).unwrap(), expected, "{policy}");
    }
    assert_eq!(faults("lru", false).unwrap(), 12);
    let error = faults("opt", false).unwrap_err().to_string();
    assert!(error.contains("needs to read the trace twice"), "{error}");
}

#[test]
fn text_and_data_are_read_from_the_file_and_heap_and_stack_are_not() {
    // Text, constants, data, bss, heap (read first), stack.
    let text = "I  00401000,4\n S 1ffefffe28,8\n L 00403000,8\n L 00404000,8\n S 00404000,8\n \
                S 00405000,8\n L 04a00000,8\n S 04a00000,8\n L 1ffeffff00,8\n";
    let faults = run(text, "", true).unwrap().report.total.faults;
    assert_eq!((faults.major_faults, faults.minor_faults), (3, 3));
}

#[test]
fn large_zeroed_memory_may_come_in_superpages() {
    let heap = |n: u64| 0x4000_0000 + n * 0x1_0000;
    let text: String = (0..64).map(|n| format!(" S {:08x},8\n", heap(n))).collect();
    let text = format!(" S 1ffefffe28,8\n{text}");
    let run = |again| run(&text, "thp = \"always\"", again);
    let faults = run(true).unwrap().report.total.faults;
    assert!(faults.thp_allocations > 0, "{faults:?}");
    assert!(run(false).is_err());
}
