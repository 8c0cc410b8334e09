//! Lines that the reader accepts, and its errors for those that it does not.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::isa::{Access, Cause, Mode, Privilege};
use crate::mmu::Fence;

const GOOD: &str = "# a comment
S 7 mode=sv39 xlen=64 adue=1 pbmte=0 svnapot=0 warm=1 satp=8000000000080000 ram=80000000-80040000 rom=0-1000 asidbits=8 pmp2=1f:ff
M 80000000 200007c1
A ffffffc000000ff8 S 8 3 1 0 1 0 ok 80001ff8 80001ff8 3 80000008 2000c7 80000008 2000c7
A 5 L 1 1 0 3 0 1 5 - - 1 99 - - -
P 80000000 0
F - 2a
F 1000 -
C 0
E
";

fn read(text: &[u8]) -> Vec<Result<Record, VectorError>> {
    Reader::new(std::io::Cursor::new(text.to_vec()), "x.txt").unwrap().collect()
}

#[test]
fn records_of_every_kind_are_read() {
    let records: Vec<Record> = read(GOOD.as_bytes()).into_iter().map(Result::unwrap).collect();
    let Record::Scenario(scenario) = &records[0] else { panic!("{:?}", records[0]) };
    assert_eq!((scenario.id.as_str(), scenario.mode), ("7", Mode::Sv39));
    assert_eq!(
        format!("{:x?} {:x?}", scenario.ram, scenario.rom),
        "[80000000..80040000] [0..1000]"
    );
    assert_eq!(scenario.pmp, [PmpEntry { index: 2, cfg: 0x1f, addr: 0xff }]);
    assert_eq!(scenario.pmp_entries(), 3);
    let Record::Access(store) = records[2] else { panic!("{:?}", records[2]) };
    assert_eq!(store.request.access, Access::Store);
    assert_eq!(store.request.context.privilege, Privilege::User, "MPRV applies MPP");
    assert_eq!(store.expected.result, Ok(0x8000_1ff8));
    assert_eq!(store.expected.update, Some((0x8000_0008, 0x20_00c7)));
    let Record::Access(load) = records[3] else { panic!("{:?}", records[3]) };
    assert_eq!(load.request.context.privilege, Privilege::Supervisor);
    assert_eq!(load.expected.result, Err(Cause::LoadAccessFault));
    assert_eq!(load.expected.last, Some(LastRead { pa: 0x99, value: None }));
    assert_eq!(records[5], Record::Fence(Fence { va: None, asid: Some(0x2a) }));
    assert_eq!(records[6], Record::Fence(Fence { va: Some(0x1000), asid: None }));
    assert_eq!(records[7..], [Record::Satp(0), Record::End]);
}

#[test]
fn gzip_is_told_by_content() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(GOOD.as_bytes()).unwrap();
    let records = read(&gzip.finish().unwrap());
    assert_eq!(records.len(), 9);
    assert!(records.iter().all(Result::is_ok));
}

/// The message for `GOOD` with one piece replaced; reading must end at the error.
fn message(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from));
    let mut records = read(GOOD.replacen(from, to, 1).as_bytes());
    let last = records.pop().unwrap();
    assert!(records.iter().all(Result::is_ok));
    last.unwrap_err().to_string()
}

#[test]
fn errors_name_file_line_field_and_expectation() {
    let cases = [
        ("M 80000000 2", "M 8000000g 2", "3: field `addr`: expected a hexadecimal number"),
        ("200007c1", "+1", "3: field `value`: expected a hexadecimal number"),
        ("S 8 3 1 0", "S 3 3 1 0", "4: field `size`: expected 1, 2, 4 or 8, found \"3\""),
        ("S 8 3 1 0", "S 8 2 1 0", "4: field `prv`: expected 0, 1 or 3, found \"2\""),
        ("L 1 1 0", "Q 1 1 0", "5: field `type`: expected L, S or F, found \"Q\""),
        (" 5 - - 1", " 7 - - 1", "5: field `result`: expected `ok` or a cause"),
        ("ok 80001ff8", "ok -", "4: field `pa`: expected an address exactly when"),
        ("80001ff8 3", "- 3", "4: field `walkpa`: expected the address in `pa`, found \"-\""),
        (
            " 99 - - -",
            " 99 - -",
            "5: field `wvalue`: expected a hexadecimal number of at most 64 bits, or `-`, found the end of the line",
        ),
        ("E\n", "E e\n", "10: field `(after the last)`: expected the end of the line, found \"e\""),
        ("E\n", "", "10: field `record`: expected `E`, found the end of the file"),
        ("E\n", "S 8\n", "10: field `record`: expected `E` before the next scenario"),
        ("S 7 ", "# S 7 ", "3: field `record`: expected `S`: no scenario has begun"),
        ("F - 2a", "F - 2a000", "7: field `asid`: expected an ASID of at most 16 bits"),
        ("mode=sv39", "mode=sv38", "2: field `mode`: expected sv32, sv39"),
        ("mode=sv39", "mode=sv32", "2: field `xlen`: expected 32 for sv32"),
        ("adue=1", "adue=1 adue=1", "2: field `key`: expected KEY=VALUE with a known key"),
        ("adue=1 ", "", "2: field `adue`: expected 0 or 1, found the end of the line"),
        ("warm=1", "worm=1", "2: field `key`: expected KEY=VALUE with a known key"),
        ("rom=0-1000", "rom=1000-0", "2: field `rom`: expected LO-HI"),
        ("pmp2=1f:ff", "pmp64=1f:ff", "2: field `pmp`: expected CFG:ADDR"),
        ("asidbits=8", "asidbits=17", "2: field `asidbits`: expected a decimal number up to 16"),
        ("C 0", "X 0", "9: field `record`: expected one of # S M A P F C E, found \"X\""),
    ];
    for (from, to, expected) in cases {
        let message = message(from, to);
        assert!(message.starts_with(&format!("x.txt:{expected}")), "{from} -> {to}: {message}");
    }
}

#[test]
fn line_without_end_is_refused_in_constant_memory() {
    let mut records = read(&vec![b'S'; 1 << 20]);
    let message = records.pop().unwrap().unwrap_err().to_string();
    assert!(message.contains("expected a line of at most 65536 bytes"), "{message}");
    assert!(message.len() < 300);
}

#[test]
fn bytes_that_are_no_text_and_broken_gzip_are_errors() {
    let last = read(b"# \xff\xfe\n").pop().unwrap().unwrap_err();
    assert!(last.to_string().contains("x.txt:1: field `record`: expected text"));
    let last = read(&[0x1f, 0x8b, 8, 0, 0]).pop().unwrap().unwrap_err();
    assert!(matches!(last, VectorError::Io { line: 1, .. }), "{last}");
}

#[test]
fn missing_file_is_named() {
    let error = Reader::open(std::path::Path::new("/nowhere/v.txt")).err().unwrap();
    assert!(error.to_string().starts_with("/nowhere/v.txt: "));
}
