//! The golden model against the vectors of an independent model: every access of every
//! applicable scenario, in result, physical address, reads, last entry read and A/D write.
//!
//! The shipped subset always runs. Set `PAGEWALK_VECTORS` to a folder with the full set
//! (`*-walk.txt.gz`, `*-tlb.txt.gz`, `*-pmp.txt.gz`) to run that too.

#![allow(clippy::print_stdout, reason = "a test says what it covered")]

use std::path::{Path, PathBuf};

use model::bus::SharedMemory;
use model::golden::{Guard, Pmp, Regime, guarded_walk};
use model::vectors::{Reader, Record, VectorAccess};

#[derive(Debug, Default)]
struct Tally {
    accesses: u64,
    mismatches: u64,
    first: Option<String>,
}

/// The differences between the golden model and the expectation, field by field.
fn compare(regime: Regime, pmp: &Pmp, vector: &VectorAccess, memory: &SharedMemory) -> Vec<String> {
    let guard = Guard { regions: &[], tables: &[pmp], access: Some(pmp) };
    let walk = guarded_walk(regime, &vector.request, memory, guard);
    let mut differences = Vec::new();
    let mut check = |field: &str, expected: String, got: String| {
        if expected != got {
            differences.push(format!("{field}: expected {expected}, got {got} ({})", walk.rule));
        }
    };
    let expected = &vector.expected;
    let result = walk.outcome.map_err(|fault| fault.cause);
    check("result", format!("{:x?}", expected.result), format!("{result:x?}"));
    check("reads", expected.reads.to_string(), walk.reads.len().to_string());
    let last = walk.reads.last().map(|read| (read.pa, read.value.ok()));
    let expected_last = expected.last.map(|read| (read.pa, read.value));
    check("last", format!("{expected_last:x?}"), format!("{last:x?}"));
    let update = walk.update.map(|update| (update.pa, update.new));
    check("update", format!("{:x?}", expected.update), format!("{update:x?}"));
    if let Err(fault) = walk.outcome {
        check("tval", format!("{:x}", vector.request.va), format!("{:x}", fault.tval));
    }
    differences
}

fn replay(path: &Path) -> Tally {
    let mut tally = Tally::default();
    let mut reader = Reader::open(path).unwrap();
    let mut memory = SharedMemory::new();
    let mut regime = None;
    let mut bytes = 0;
    while let Some(record) = reader.next() {
        let record = record.unwrap();
        match (record, &mut regime) {
            (Record::Scenario(scenario), _) => {
                memory = scenario.memory().unwrap();
                bytes = scenario.mode.pte_bytes() as u8;
                let entries = scenario.pmp_entries();
                regime = Some((scenario.regime(), scenario.pmp(entries)));
            }
            (Record::Word { pa, value }, Some(_)) => {
                memory.load(pa, &value.to_le_bytes()[..bytes.into()]).unwrap();
            }
            (Record::Write { pa, value }, Some(_)) => memory.write(pa, bytes, value).unwrap(),
            (Record::Satp(satp), Some((regime, _))) => regime.satp = satp,
            (Record::Access(vector), Some((regime, pmp))) => {
                tally.accesses += 1;
                let differences = compare(*regime, pmp, &vector, &memory);
                if !differences.is_empty() {
                    tally.mismatches += 1;
                    tally.first.get_or_insert_with(|| {
                        format!("{}:{}: {differences:#?}", path.display(), reader.line())
                    });
                }
                if let Some((pa, value)) = vector.expected.update {
                    memory.write(pa, bytes, value).unwrap();
                }
            }
            _ => {}
        }
    }
    tally
}

fn replay_folder(folder: &Path) -> Tally {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut total = Tally::default();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy();
        if !["-walk", "-tlb", "-pmp"].iter().any(|kind| name.ends_with(&format!("{kind}.txt.gz"))) {
            continue;
        }
        let tally = replay(&file);
        println!("{name}: {tally:?}");
        assert!(tally.accesses > 0, "{name} has no applicable access");
        total.accesses += tally.accesses;
        total.mismatches += tally.mismatches;
        total.first = total.first.or(tally.first);
    }
    println!("{}: {total:?}", folder.display());
    total
}

#[test]
fn golden_agrees_with_the_shipped_vectors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testbenches/data/vectors");
    let total = replay_folder(&folder);
    assert_eq!(total.mismatches, 0, "{}", total.first.unwrap_or_default());
    assert!(total.accesses > 10_000, "{} accesses", total.accesses);
}

#[test]
fn golden_agrees_with_the_full_vectors_where_they_are() {
    let Some(folder) = std::env::var_os("PAGEWALK_VECTORS") else {
        println!("skipped: PAGEWALK_VECTORS is not set");
        return;
    };
    let total = replay_folder(Path::new(&folder));
    assert_eq!(total.mismatches, 0, "{}", total.first.unwrap_or_default());
}
