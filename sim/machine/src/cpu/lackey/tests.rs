//! Traces good and bad, plain and compressed.

use super::*;
use crate::cpu::decompress;
use std::io::{Cursor, Write};

const SAMPLE: &str =
    "==7== Lackey\n\nI  0401ab70,3\n L 1ffefffe28,8\n S 1ffefffe28,8\n M 0421c7cc,4\n";

fn read(bytes: Vec<u8>) -> Vec<Result<Op, String>> {
    let source = decompress(Cursor::new(bytes)).unwrap();
    let mut trace = Lackey::new("t", source);
    std::iter::from_fn(|| trace.next()).map(|op| op.map_err(|e| e.to_string())).collect()
}

fn expected() -> Vec<Result<Op, String>> {
    use isa::Access::{Fetch, Load, Store};
    let op = |kind, va, bytes| Ok(Op::Access(Access { kind, va, bytes }));
    vec![
        op(Fetch, 0x0401_ab70, 3),
        op(Load, 0x1f_fefffe28, 8),
        op(Store, 0x1f_fefffe28, 8),
        op(Load, 0x0421_c7cc, 4),
        op(Store, 0x0421_c7cc, 4),
    ]
}

fn gzip(text: &str) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap()
}

fn zstd(text: &str) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn plain_gzip_and_zstd_read_alike() {
    assert_eq!(read(SAMPLE.into()), expected());
    assert_eq!(read(gzip(SAMPLE)), expected());
    assert_eq!(read(zstd(SAMPLE)), expected());
    assert_eq!(read(Vec::new()), []);
    assert_eq!(read(SAMPLE.trim_end().into()), expected());
}

#[test]
fn malformed_lines_name_file_line_and_column() {
    for (text, problem) in [
        ("X  1,2", "t:1:1: a line begins with \"I  \", \" L \", \" S \" or \" M \""),
        ("I  ,2", "t:1:4: expected a hexadecimal address"),
        ("I  12", "t:1:6: a comma belongs between address and size"),
        ("I  12,", "t:1:7: expected a size in decimal"),
        ("I  12,0", "t:1:7: a size is 1 to 4096 bytes, not 0"),
        ("I  12,9 9", "t:1:9: nothing may follow the size"),
        ("I  11112222333344445,1", "t:1:4: expected a hexadecimal address of at most 64 bits"),
        (" L ffffffffffffffff,2", "t:1:4: the access runs past the end of the address space"),
    ] {
        let ops = read(text.into());
        assert_eq!(ops, [Err(problem.to_owned())], "{text}");
    }
    let ops = read(format!("{SAMPLE}I  zz,1\n{SAMPLE}").into());
    assert_eq!(ops.len(), 6, "lines before the error are delivered, later ones are not");
    assert!(ops[5].as_ref().unwrap_err().starts_with("t:7:4: "));
}

#[test]
fn truncated_compressed_traces_deliver_what_was_whole() {
    let text = SAMPLE.repeat(10_000);
    for whole in [gzip(&text), zstd(&text)] {
        let ops = read(whole[..whole.len() / 2].into());
        let (last, before) = ops.split_last().unwrap();
        assert!(last.as_ref().unwrap_err().starts_with("t: after line "), "{last:?}");
        assert!(before.iter().all(Result::is_ok));
    }
}

#[test]
fn valgrinds_own_lines_are_passed_over_whatever_their_length() {
    let long = format!("==7== Command: {}\n", "x".repeat(200_000));
    let text = format!("{long}--7-- WARNING\n**7** said\n I\n");
    let ops = read(format!("{text}{SAMPLE}").into());
    assert!(ops[0].as_ref().unwrap_err().starts_with("t:4:1: a line begins with"), "{ops:?}");
    assert_eq!(read(text.replace(" I\n", SAMPLE).into()), expected());
    let odd = SAMPLE.replace('\n', " \r\n").replace("0401ab70", "00000000000000000401ab70");
    assert_eq!(read(odd.into()), expected(), "blanks and leading zeroes");
}

#[test]
fn a_source_that_has_no_lines_is_refused_at_once() {
    let mut trace = Lackey::new("zero", Box::new(std::io::repeat(0)));
    let error = trace.next().unwrap().unwrap_err().to_string();
    assert!(error.starts_with("zero:1:1: a line begins with"), "{error}");
    assert!(trace.next().is_none());
}

#[test]
fn lines_are_read_whole_however_the_source_gives_them() {
    /// Delivers so many bytes at a time.
    struct Drip(Cursor<Vec<u8>>, usize);
    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let bytes = self.1.min(buffer.len());
            self.0.read(&mut buffer[..bytes])
        }
    }
    let text = SAMPLE.repeat(50);
    for bytes in [1, 7, 63, 64, 65, 1000] {
        let source = Drip(Cursor::new(text.clone().into_bytes()), bytes);
        let mut trace = Lackey::new("t", Box::new(source));
        let ops: Vec<_> = std::iter::from_fn(|| trace.next()).map(|op| op.map_err(drop)).collect();
        assert_eq!(ops.len(), 250, "{bytes} at a time");
        assert_eq!(ops.iter().filter(|op| op.is_err()).count(), 0);
        let source = Drip(Cursor::new(text.clone().into_bytes()), bytes);
        assert_eq!(run_ahead(Lackey::new("t", Box::new(source))), ops, "{bytes} at a time");
    }
}

/// The steps of a trace, as many of them as possible read ahead.
fn run_ahead(mut trace: Lackey) -> Vec<Result<Op, ()>> {
    let (mut ops, mut most) = (Vec::new(), 0);
    loop {
        let mut ahead = Vec::new();
        trace.accesses(u64::MAX, &mut ahead);
        most = most.max(ahead.len());
        ops.extend(ahead.into_iter().map(|access| Ok(Op::Access(access))));
        let Some(op) = trace.next() else { break };
        ops.push(op.map_err(drop));
    }
    assert!(most > 1, "something is read ahead");
    ops
}

#[test]
fn reading_ahead_stops_before_what_is_not_asked_for() {
    let text = "I  00001000,4\n".repeat(20) + " M 00001ff8,8\n" + &" L 00002000,8\n".repeat(20);
    let mut trace = Lackey::new("t", Box::new(Cursor::new(text)));
    let mut ahead = Vec::new();
    trace.accesses(0x2000, &mut ahead);
    assert_eq!(ahead.len(), 22);
    assert_eq!(trace.position(), "t:21: ");
    trace.accesses(0x2000, &mut ahead);
    assert_eq!(ahead.len(), 22, "the next one lies higher");
    trace.accesses(0x2008, &mut ahead);
    assert!(ahead.len() > 22);
}

#[test]
fn sizes_from_1_to_512_are_valid() {
    for bytes in 1..=512 {
        let ops = read(format!(" L 00600e80,{bytes}\n").into());
        let access = Access { kind: isa::Access::Load, va: 0x60_0e80, bytes };
        assert_eq!(ops, [Ok(Op::Access(access))]);
    }
}

#[test]
fn one_process_of_a_log_can_be_chosen() {
    let text = "==1== Command: sh\nI  01,1\n==2== Command: ls\nI  02,1\n M 03,1\n--2-- note\n\
        I  04,1\n==2== Exit code: 0\nI  05,1\n==1== Exit code: 0\n";
    let of = |pid| {
        let mut trace = Lackey::new("t", Box::new(text.as_bytes())).only(pid);
        let mut vas = Vec::new();
        while let Some(op) = trace.next() {
            let Ok(Op::Access(access)) = op else { panic!("{op:?}") };
            vas.push(access.va);
        }
        assert_eq!(trace.processes(), [1, 2]);
        vas
    };
    assert_eq!(of(None), [1, 2, 3, 3, 4, 5]);
    assert_eq!(of(Some(1)), [1, 5]);
    assert_eq!(of(Some(2)), [2, 3, 3, 4]);
    assert!(of(Some(3)).is_empty());
}

#[test]
fn lines_in_the_plain_form_are_read_as_any_line() {
    let mut beginnings = Beginnings::new();
    let mut read = 0;
    for line in ["I  09af1b7c,8\n", " S 1ffefffe28,16\n", " M 0123456789abcdef,4096\n"] {
        for at in 0..line.len() {
            for byte in 0..=255 {
                let mut text = format!("{line}{}", "I  04000000,1\n".repeat(3)).into_bytes();
                text[at] = byte;
                let Some((line, beginning)) = beginnings.of(&text) else { continue };
                let Some((access, bytes)) = beginning.line(line) else { continue };
                read += 1;
                assert_eq!(text[bytes - 1], b'\n');
                assert_eq!(
                    parse(&text[..bytes - 1]),
                    Ok((access, beginning.modify)),
                    "{byte:#x} at {at}"
                );
            }
        }
    }
    assert!(read > 700, "only {read} lines are in the plain form");
}
