//! `pagewalk trace` on traces of several formats, the real binary: the same accesses give the same
//! report, and what a format leaves unknown is said.

use std::fs;
use std::io::Write;

use assert_cmd::cargo::cargo_bin_cmd;
use lzma_rust2::{XzOptions, XzWriter};
use serde_json::Value;
use tempfile::TempDir;

/// Runs `pagewalk trace` on a file: standard output, standard error, status.
fn trace(bytes: &[u8], arguments: &[&str]) -> (String, String, i32) {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("x.trace");
    fs::write(&path, bytes).expect("a temporary folder takes files");
    let mut command = cargo_bin_cmd!("pagewalk");
    let output = command.arg("trace").arg(&path).args(arguments).output().expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert!(!error.contains("panicked"), "{error}");
    (out, error, output.status.code().expect("no signal"))
}

/// The report, and the format that it says; the report is then without it.
fn report(bytes: &[u8], arguments: &[&str]) -> (Value, String) {
    let (out, error, status) = trace(bytes, &[arguments, &["--json"]].concat());
    assert_eq!((status, error.as_str()), (0, ""), "{arguments:?}");
    let mut report: Value = serde_json::from_str(&out).expect("JSON");
    let process = report["processes"][0].as_object_mut().expect("a process");
    let format = process.remove("trace_format").expect("its format");
    (report, format.as_str().expect("a name").to_owned())
}

/// An access: `I`, `L` or `S`, and the address.
type Access = (char, u64);

/// A loop: two instructions, a load and a store, over 40 pages in a fixed disorder.
fn looped() -> Vec<Access> {
    let one = |n: u64| {
        let page = 0x60_0000 + n * 7 % 40 * 0x1000 + n % 512 * 8;
        [('I', 0x40_0000), ('L', page), ('I', 0x40_0008), ('S', page ^ 0x100)]
    };
    (0..400).flat_map(one).collect()
}

fn lines(accesses: &[Access], line: impl Fn(&Access) -> String) -> Vec<u8> {
    accesses.iter().map(|access| line(access) + "\n").collect::<String>().into_bytes()
}

fn lackey(accesses: &[Access]) -> Vec<u8> {
    let kind = |kind| if kind == 'I' { "I ".to_owned() } else { format!(" {kind}") };
    lines(accesses, |(name, va)| format!("{} {va:08x},8", kind(*name)))
}

fn plain(accesses: &[Access]) -> Vec<u8> {
    let letter = |kind| if kind == 'S' { 'W' } else { 'R' };
    lines(accesses, |(kind, va)| format!("{va:08x} {}", letter(*kind)))
}

/// ChampSim's records: each instruction has at most one load and one store here.
fn champsim(accesses: &[Access]) -> Vec<u8> {
    let mut records: Vec<[u64; 8]> = Vec::new();
    for (kind, va) in accesses {
        if *kind == 'I' {
            records.push([*va, 0, 0, 0, 0, 0, 0, 0]);
        } else {
            let place = if *kind == 'L' { 4 } else { 2 };
            records.last_mut().expect("an instruction comes first")[place] = *va;
        }
    }
    records.iter().flatten().flat_map(|word| word.to_le_bytes()).collect()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(1)).expect("sound options");
    writer.write_all(bytes).expect("memory takes it");
    writer.finish().expect("memory takes it")
}

#[test]
fn the_same_accesses_give_the_same_report_in_every_format() {
    let all = looped();
    let number = |kind| "LSI".find(kind).expect("a kind");
    let name = |kind| ["read", "write", "ifetch"][number(kind)];
    let traces = [
        ("lackey", lackey(&all)),
        ("din", lines(&all, |(kind, va)| format!("{} {va:x}", number(*kind)))),
        ("xdin", lines(&all, |(kind, va)| format!("{} 0x{va:x} 8", &name(*kind)[..1]))),
        (
            "drmemtrace",
            lines(&all, |(kind, va)| format!(" 1 1: 9 {} 8 byte(s) @ 0x{va:x} by", name(*kind))),
        ),
        ("champsim", champsim(&all)),
    ];
    let options = ["--frames", "90", "--config", "rv64_small"];
    let (expected, _) = report(&traces[0].1, &options);
    assert_eq!(expected["total"]["accesses"]["instructions"], 800);
    for (name, bytes) in traces {
        for bytes in [xz(&bytes), bytes] {
            assert_eq!(report(&bytes, &options), (expected.clone(), name.to_owned()), "{name}");
        }
    }
    let data: Vec<_> = all.into_iter().filter(|(kind, _)| *kind != 'I').collect();
    let (expected, _) = report(&lackey(&data), &options);
    assert_eq!(report(&plain(&data), &options), (expected, "plain".to_owned()));
}

#[test]
fn the_report_says_the_format_and_what_it_leaves_unknown() {
    let said = |bytes: &[u8]| {
        let (out, error, status) = trace(bytes, &[]);
        assert_eq!((status, error.as_str()), (0, ""));
        let line = out.lines().skip_while(|line| !line.starts_with("traces ")).nth(1);
        (line.expect("a line").trim().to_owned(), out)
    };
    let (line, out) = said(b"I  00400000,3\n");
    assert_eq!(line, "1 x                lackey");
    assert!(out.contains("fetch.tlb_mpki"), "{out}");
    let (line, _) = said(b"2 00400000\n");
    assert!(line.ends_with("din; no sizes: each access is taken as 8 bytes, aligned"), "{line}");
    let (line, out) = said(b"0041f7a0 R\n13f5e2c0 R\n05e78900 R\n31348900 W\n");
    let unknown = "no fetches: misses per 1000 instructions cannot be known";
    assert!(line.contains(" plain; ") && line.ends_with(unknown), "{line}");
    assert!(!out.contains("tlb_mpki") && out.contains("data.miss_rate_percent"), "{out}");
    let (report, _) = report(b"0041f7a0 w\n", &[]);
    assert!(report["total"]["data"]["tlb_mpki"].is_null(), "{report}");
    assert_eq!(report["total"]["accesses"]["stores"], 1);
}

#[test]
fn a_comparison_without_fetches_invents_no_misses_per_instruction() {
    let data: Vec<_> = looped().into_iter().filter(|(kind, _)| *kind != 'I').collect();
    let folder = TempDir::new().expect("a temporary folder");
    let picture = folder.path().join("x.svg");
    let plot = picture.to_str().expect("temporary paths are text");
    let several = ["--config", "rv64_tiny,rv64_small", "--plot", plot];
    let (out, error, status) = trace(&plain(&data), &several);
    assert_eq!(status, 0, "{error}");
    let head = "x (plain): no fetches, so misses per 1000 instructions cannot be known, Sv39; ";
    assert!(out.starts_with(head), "{out}");
    for row in out.lines().filter(|line| line.starts_with("rv64_")) {
        assert_eq!(row.split_whitespace().skip(1).take(2).collect::<Vec<_>>(), ["-", "-"], "{out}");
    }
    let svg = fs::read_to_string(&picture).expect("it was drawn");
    assert!(svg.contains("TLB misses per 1000 translations"), "{svg}");
    assert!(!svg.contains("1000 instructions"), "{svg}");
}

#[test]
fn what_is_no_trace_is_told_with_the_formats() {
    for (bytes, said) in [
        (&b"hello\n"[..], "x.trace:1:1: `hello` is in no known format of traces: lackey (` L "),
        (b"0 1000\n0 zz\n", "x.trace:2:3: `zz` is no hexadecimal address"),
        (&champsim(&looped())[..100], "x.trace: record 2: it is cut off after 36 of 64 bytes"),
        (b"\x7fELF\x02\x01\x01\0", "x.trace: record 1: it is cut off after 8 of 64 bytes"),
    ] {
        for arguments in [&[][..], &["--json"]] {
            let (_, error, status) = trace(bytes, arguments);
            assert_eq!(status, 2, "{error}");
            assert!(error.contains(said), "{error}");
        }
    }
    let whole = xz(&lackey(&looped()));
    let (_, error, status) = trace(&whole[..whole.len() / 2], &[]);
    assert_eq!(status, 2, "{error}");
    assert!(error.contains("x.trace: after line ") && error.contains("xz is cut off"), "{error}");
    let (out, error, status) = trace(b"0 1000\n", &["--pid", "7"]);
    assert_eq!((status, out.as_str()), (2, ""), "{error}");
    assert!(error.contains("the format din does not say which process"), "{error}");
}

#[test]
fn addresses_of_48_bits_need_a_wider_scheme_or_are_folded() {
    let text = b"2 401000\n1 7ffee8cd0f8\n0 7fd5a8a49700\n0 1000\n";
    let (_, error, status) = trace(text, &[]);
    assert_eq!(status, 2);
    let said = "x.trace:2: 0x7ffee8cd0f8 is not a user address of Sv39; Sv48 has it, or addresses";
    assert!(error.contains(said), "{error}");
    for arguments in [&["--mode", "sv48"][..], &["--fold"]] {
        let (report, _) = report(text, arguments);
        assert_eq!(report["total"]["accesses"]["loads"], 2, "{arguments:?}");
    }
}
