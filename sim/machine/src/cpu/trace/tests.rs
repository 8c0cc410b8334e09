//! The same accesses in every format, traces in none, broken ones, and random bytes.

use super::*;
use crate::cpu::decompress;
use model::isa::Access::{Fetch, Load, Store};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

fn access(kind: model::isa::Access, va: u64) -> Access {
    Access { kind, va, bytes: 8 }
}

/// What comes of a source, step by step.
fn steps(bytes: &[u8]) -> Vec<Result<Access, String>> {
    let mut trace = of(bytes);
    let one = |op| match op {
        Ok(Op::Access(access)) => Ok(access),
        Ok(op) => panic!("{op:?}"),
        Err(error) => Err(ProgramError::to_string(&error)),
    };
    std::iter::from_fn(|| trace.next()).map(one).collect()
}

fn of(bytes: &[u8]) -> Trace {
    let source = decompress(Cursor::new(bytes.to_vec())).expect("memory can be read");
    Trace::new("t", Box::new(source))
}

/// The only error of a trace, and the number of accesses before it.
fn error(bytes: &[u8]) -> (usize, String) {
    let mut steps = steps(bytes);
    let error = steps.pop().expect("there is something").expect_err("there is an error");
    assert!(steps.iter().all(Result::is_ok), "{steps:?}");
    (steps.len(), error)
}

/// An instruction: its address, its loads, its stores.
type Instruction = (u64, &'static [u64], &'static [u64]);

/// Addresses are multiples of 8, where formats without sizes put them anyway.
const PROGRAM: [Instruction; 5] = [
    (0x40_1000, &[], &[0x1f_feff_fe28]),
    (0x40_1008, &[0x1f_feff_fe28, 0x40_3000], &[]),
    (0x40_1010, &[0x40_4000], &[0x40_4000]),
    (0x40_1000, &[0x8, 0x7fff_ffff_fff0, 0x10, 0x18], &[0x20, 0x28]),
    (0x7f00_dead_bee8, &[], &[]),
];

fn accesses_of(program: &[Instruction]) -> Vec<Access> {
    let one = |(ip, loads, stores): &Instruction| {
        let mut all = vec![access(Fetch, *ip)];
        all.extend(loads.iter().map(|va| access(Load, *va)));
        all.extend(stores.iter().map(|va| access(Store, *va)));
        all
    };
    program.iter().flat_map(one).collect()
}

/// A trace of accesses in a format.
fn written(format: Format, accesses: &[Access]) -> Vec<u8> {
    let mut text = String::new();
    if format == Format::Drmemtrace {
        text += "Output format:\n<--record#-> <--instr#->: <---tid---> <record details>\n-----\n";
        text += "           1           0:         901 <marker: version 6>\n";
    }
    for (number, Access { kind, va, .. }) in accesses.iter().enumerate() {
        let of = |names: [&'static str; 3]| match kind {
            Fetch => names[0],
            Load => names[1],
            _ => names[2],
        };
        let line = match format {
            Format::Lackey => format!("{} {va:08x},8", of(["I ", " L", " S"])),
            Format::Din => format!("{} {va:x}", of(["2", "0", "1"])),
            Format::Xdin => format!("{} {va:x} 8", of(["i", "r", "w"])),
            Format::Plain => format!("{va:08x} {}", of(["R", "R", "W"])),
            Format::Drmemtrace => {
                let name = of(["ifetch", "read", "write"]);
                let rest = if *kind == Fetch { "48 89 e7  mov" } else { "by PC 0x00401000" };
                format!("{number:12} 3: 901 {name:12} 8 byte(s) @ {va:#018x} {rest}")
            }
            Format::Champsim => return records(accesses),
        };
        writeln!(text, "{line}").unwrap();
    }
    if format == Format::Drmemtrace {
        text += "View tool results:\n              4 : total instructions\n";
    }
    text.into_bytes()
}

/// The same, where every fetch begins a record.
fn records(accesses: &[Access]) -> Vec<u8> {
    let mut all: Vec<[u64; 8]> = Vec::new();
    for access in accesses {
        let slots = match access.kind {
            Fetch => {
                all.push([0; 8]);
                0..1
            }
            Load => 4..8,
            _ => 2..4,
        };
        let words = all.last_mut().expect("a trace begins with a fetch");
        let free = slots.into_iter().find(|slot| words[*slot] == 0).expect("there is room");
        words[free] = access.va;
        // A branch that is taken, and a register.
        words[1] = 0x0600_0101;
    }
    all.iter().flatten().flat_map(|word| word.to_le_bytes()).collect()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[test]
fn the_same_accesses_are_read_from_every_format() {
    let accesses = accesses_of(&PROGRAM);
    let data: Vec<_> = accesses.iter().copied().filter(|access| access.kind != Fetch).collect();
    for format in Format::ALL {
        // Only this one cannot tell a fetch.
        let expected = if format == Format::Plain { &data } else { &accesses };
        let trace = written(format, expected);
        for bytes in [trace.clone(), xz(&trace), gzip(&trace)] {
            assert_eq!(of(&bytes).format(), Some(format));
            let expected: Vec<_> = expected.iter().copied().map(Ok).collect();
            assert_eq!(steps(&bytes), expected, "{}", format.name());
        }
    }
}

#[test]
fn examples_are_of_their_formats() {
    let formats = Format::ALL.into_iter().filter(|format| *format != Format::Champsim);
    for format in formats {
        assert_eq!(of(format.example().as_bytes()).format(), Some(format), "{}", format.example());
        let expected = access(Load, 0x1f_feff_fe28);
        assert_eq!(steps(format.example().as_bytes()), [Ok(expected)], "{}", format.example());
    }
}

#[test]
fn addresses_without_sizes_are_aligned_down() {
    for text in ["0 1007 and a comment", "0x1001 r", "R 1002\n", "  0X1003   R  \r\n"] {
        assert_eq!(steps(text.as_bytes()), [Ok(access(Load, 0x1000))], "{text}");
    }
    let expected = Access { kind: Store, va: 0x1ffd, bytes: 0x20 };
    assert_eq!(steps(b"W 0x1ffd 0x20 seen\n"), [Ok(expected)], "a size is taken as it is");
}

#[test]
fn lines_that_are_no_accesses_are_passed_over() {
    let din = b"# a comment\n\n4 1000 a flush\n3 2000\n\n0 3000 W\n";
    assert_eq!(steps(din), [Ok(access(Load, 0x2000)), Ok(access(Load, 0x3000))]);
    let xdin = b"c 1000 99999\nv 1000 1\nm 2000 8\n";
    assert_eq!(steps(xdin), [Ok(access(Load, 0x2000))]);
    let view = b"  9  2:  901 ifetch  5 byte(s) @ 0x1000 48 b8 00 00 00 mov\n\
                 \x20    2:  901                     00 00 00 00 00\n\
                 10  2:  901 pref-r       8 byte(s) @ 0x9000 by PC 0x1000\n\
                 11  2:  901 <marker: tid 901 on core 3>\n\
                 12  3:  901 ifetch  2 byte(s) @ 0x1005 non-fetched instruction\n\
                 13  3: W0.T901 write  4 byte(s) @ 0x2000 by PC 0x1005\n";
    let expected = [
        Ok(Access { kind: Fetch, va: 0x1000, bytes: 5 }),
        Ok(Access { kind: Store, va: 0x2000, bytes: 4 }),
    ];
    assert_eq!(steps(view), expected);
}

#[test]
fn the_format_is_that_of_most_of_the_first_lines() {
    let head = "address type\n";
    let (count, said) = error(format!("{head}1000 R\n2000 W\n").as_bytes());
    assert_eq!(count, 0);
    assert!(
        said.starts_with("t:1:9: `type` is neither R nor W; the line is `address type`"),
        "{said}"
    );
    assert!(said.contains("lines of the format plain are like `1ffefffe28 R`"), "{said}");
    for (text, format) in [
        ("0 1000\n1000 R\n0 2000\n", Format::Din),
        ("0 1000\n1000 R\n2000 W\n", Format::Plain),
        ("0 R\n1 W\n", Format::Plain),
        ("r 10 4\n", Format::Xdin),
        ("r 10\n", Format::Plain),
        ("==1== Command: x\n 0 1000\n", Format::Lackey),
        ("I  zz,1\n", Format::Lackey),
        ("I  400000 4\n", Format::Xdin),
        ("", Format::Lackey),
        ("\n \n", Format::Lackey),
    ] {
        assert_eq!(of(text.as_bytes()).format(), Some(format), "{text}");
    }
    // Only 32 lines are looked at.
    let late = format!("{}{}", "0 1000\n".repeat(32), "1000 R\n".repeat(99));
    assert_eq!(of(late.as_bytes()).format(), Some(Format::Din));
    let (count, said) = error(late.as_bytes());
    assert!(count == 32 && said.starts_with("t:33:1: `1000` is no label"), "{said}");
}

#[test]
fn what_is_no_trace_is_refused_with_the_formats() {
    for (text, said) in [
        ("\n\nhello, world\n", "t:3:1: `hello, world` is in no known format"),
        ("0 zz\n", "t:1:1: `0 zz` is in no known format"),
        ("\x1b[1m\n", "t:1:1: `\\u{1b}[1m` is in no known format"),
    ] {
        let (_, error) = error(text.as_bytes());
        assert!(error.starts_with(said), "{error}");
        for format in Format::ALL {
            assert!(error.contains(&format!("{} (`", format.name())), "{error}");
        }
    }
}

#[test]
fn broken_lines_are_told_with_their_place() {
    let line = |format, more: &str| {
        let whole = written(format, &accesses_of(&PROGRAM));
        [&whole[..], more.as_bytes()].concat()
    };
    for (format, more, said) in [
        (Format::Din, "0", "t:17:2: the address is missing"),
        (Format::Din, "9 1000", "t:17:1: `9` is no label: 0 is a load, 1 a store, 2 a fetch"),
        (Format::Din, "0 10g0", "t:17:3: `10g0` is no hexadecimal address of at most 64 bits"),
        (Format::Xdin, "r 1000", "t:17:7: the size is missing"),
        (Format::Xdin, "r 1000 0", "t:17:8: `0` is no size from 1 to 4096 bytes"),
        (Format::Xdin, "r ffffffffffffffff 2", "t:17:20: `2` is a size that runs past the end"),
        (Format::Xdin, "q 1000 8", "t:17:1: `q` is no kind of access"),
        (Format::Plain, "10 R W", "t:17:6: `W` is too much"),
        (Format::Plain, "10", "t:17:3: R or W is missing"),
        (Format::Drmemtrace, "9 9: 1 read 8 byte(s) @", "t:23:24: the address is missing"),
        (Format::Drmemtrace, "9 9: 1 read 8 bytes", "t:23:15: `bytes` is not `byte(s)`"),
        (Format::Drmemtrace, "9 9 1 read", "t:23:3: `9` is no number of an instruction"),
        (Format::Drmemtrace, "hello", "t:23:1: `hello` is no number of a record"),
    ] {
        let (count, error) = error(&line(format, more));
        assert_eq!(count, 16, "{error}");
        assert!(error.starts_with(said), "{error}");
        assert!(error.contains(&format!("the format {} are like", format.name())), "{error}");
    }
}

#[test]
fn broken_records_are_told_with_their_place() {
    let whole = records(&accesses_of(&PROGRAM));
    let (count, said) = error(&whole[..whole.len() - 1]);
    assert_eq!(count, 15);
    assert!(said.starts_with("t: record 5: it is cut off after 63 of 64 bytes"), "{said}");
    for (place, byte, about) in [
        (64 + 8, 2, "its byte 8 is 0x02, and must be 0 or 1"),
        (64 + 9, 0xff, "its byte 9 is 0xff"),
    ] {
        let mut broken = whole.clone();
        broken[place] = byte;
        let (count, said) = error(&broken);
        assert!(count == 2 && said.starts_with(&format!("t: record 2: {about}")), "{said}");
        assert!(said.ends_with("the format is champsim"), "{said}");
    }
    for first in [&[0; 64][..], &[0; 3], b"\x7fELF\x02\x01\x01\0\x02"] {
        let (_, said) = error(first);
        assert!(said.starts_with("t: record 1: "), "{said}");
        assert!(
            said.contains("a trace that is not text is of champsim; formats: lackey"),
            "{said}"
        );
    }
}

#[test]
fn cut_off_files_deliver_what_was_whole() {
    let accesses: Vec<_> = accesses_of(&PROGRAM).repeat(2000);
    for format in Format::ALL {
        let trace = written(format, &accesses);
        for whole in [xz(&trace), gzip(&trace)] {
            let (count, said) = error(&whole[..whole.len() - 20]);
            let unit = if format == Format::Champsim { "record" } else { "line" };
            assert!(said.starts_with(&format!("t: after {unit} ")), "{said}");
            assert!(count <= accesses.len());
        }
    }
    let (_, said) = error(&xz(&written(Format::Din, &accesses))[..70]);
    assert!(said.contains("xz is cut off"), "{said}");
}

#[test]
fn processes_are_known_to_lackey_only() {
    for format in Format::ALL {
        let mut trace = of(&written(format, &[access(Fetch, 0x1000)]));
        assert!(trace.only(None));
        assert_eq!(trace.only(Some(1)), format == Format::Lackey, "{}", format.name());
    }
}

/// The steps of a trace, read ahead below an address where possible.
fn run_ahead(bytes: &[u8], end: u64) -> Vec<Result<Access, String>> {
    let mut trace = of(bytes);
    let mut all = Vec::new();
    loop {
        let mut ahead = Vec::new();
        trace.accesses(end, &mut ahead);
        assert!(ahead.iter().all(|access| access.end() <= end));
        all.extend(ahead.into_iter().map(Ok));
        match trace.next() {
            Some(Ok(Op::Access(access))) => all.push(Ok(access)),
            Some(Err(error)) => all.push(Err(error.to_string())),
            other => {
                assert!(other.is_none(), "{other:?}");
                assert!(trace.next().is_none());
                return all;
            }
        }
    }
}

#[test]
fn positions_are_those_of_what_comes_next() {
    let mut din = of("0 1000\n\n0 9000\n0 1000\n".as_bytes());
    let mut ahead = Vec::new();
    din.accesses(0x2000, &mut ahead);
    assert_eq!((ahead.len(), din.position().as_str()), (1, "t:3: "));
    let mut records = of(&records(&accesses_of(&PROGRAM)));
    records.accesses(0x7000_0000_0000, &mut ahead);
    assert_eq!((ahead.len(), records.position().as_str()), (1 + 10, "t: record 4: "));
}

/// Bytes that are nearly a trace: of some format, perhaps compressed, some of them changed.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (0..Format::ALL.len(), 0..3, changes, any::<prop::sample::Index>()).prop_map(
        |(format, packed, changes, cut)| {
            let trace = written(Format::ALL[format], &accesses_of(&PROGRAM));
            let mut bytes = match packed {
                0 => trace,
                1 => xz(&trace),
                _ => gzip(&trace),
            };
            for (place, byte) in changes {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            // One half is whole.
            let length = cut.index(2 * bytes.len());
            bytes.truncate(length.max(1));
            bytes
        },
    )
}

proptest! {
    #[test]
    fn random_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(run_ahead(&bytes, 0x1000_0000), steps(&bytes));
    }

    #[test]
    fn random_words_are_read_or_refused(text in "([0-9a-fxRWri:,<# ]{0,9}[ \n]){0,40}") {
        prop_assert_eq!(run_ahead(text.as_bytes(), 0x1000), steps(text.as_bytes()));
    }

    #[test]
    fn what_is_nearly_a_trace_is_read_or_refused(bytes in nearly()) {
        prop_assert_eq!(run_ahead(&bytes, 0x10_0000_0000), steps(&bytes));
    }
}
