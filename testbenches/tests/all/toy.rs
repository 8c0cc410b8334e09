//! `pagewalk toy`: the machine of a book, every kind of table, and what cannot be.

use serde_json::Value;

use crate::command::pagewalk;

/// Runs `pagewalk toy`: standard output, standard error, status.
fn toy(arguments: &[&str]) -> (String, String, i32) {
    pagewalk(&[&["toy"], arguments].concat())
}

#[test]
fn the_machine_of_the_book_is_the_default() {
    let (out, error, status) = toy(&["--map", "0=3,1=7,2=5,3=2", "21", "0x3f"]);
    assert_eq!(status, 0, "{error}");
    assert!(
        out.starts_with("A model, no hardware: 64 bytes of addresses, pages of 16 bytes"),
        "{out}"
    );
    for line in ["0x15 = 01 0101: page 1, offset 5", "physical address 117, after 1 read of tables"]
    {
        assert!(out.contains(line), "{line} in {out}");
    }
}

#[test]
fn every_kind_of_table_gives_the_same_addresses() {
    let common =
        ["--bits", "8", "--memory", "256", "--map", "0=9,1=4,13=2,B/1=7", "0xd3", "B/0x1a", "0x20"];
    for kind in ["linear", "2+2", "1+3", "inverted", "hashed=1", "hashed=5"] {
        let arguments = [&["--table", kind, "--json"], &common[..]].concat();
        let (out, error, status) = toy(&arguments);
        assert_eq!(status, 0, "{kind}: {error}");
        let found: Value = serde_json::from_str(&out).expect("JSON");
        let accesses = found["accesses"].as_array().expect("a list");
        let addresses: Vec<_> = accesses.iter().map(|access| access["pa"].as_u64()).collect();
        assert_eq!(addresses, [Some(0x23), Some(0x7a), None], "{kind}");
        assert!(found["table_bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{kind}");
    }
}

#[test]
fn what_cannot_be_is_said() {
    for (arguments, said) in [
        (&["--map", "0=3", "64"][..], "there is no address 0x40"),
        (&["--map", "4=3", "0"], "there is no page 4"),
        (&["--map", "0=8", "0"], "there is no frame 8"),
        (&["--map", "0=1,0=2", "0"], "mapped twice"),
        (&["--map", "0=1", "C/0"], "no process `C`"),
        (&["--map", "0=1", "/0"], "names no process"),
        (&["--map", "0", "0"], "PAGE=FRAME"),
        (&["--map", "0=1", "--page", "12", "0"], "power of two"),
        (&["--map", "0=1", "--page", "64", "0"], "no more than"),
        (&["--map", "0=1", "--bits", "60", "0"], "a toy has"),
        (&["--map", "0=1", "--table", "3", "0"], "the levels have 3 bits"),
        (&["--map", "0=1", "--table", "4294967295+1", "0"], "no kind of table"),
        (&["--map", "0=1", "--table", "hashed=0", "0"], "0 buckets"),
        (&["--map", "0=1", "--table", "tree", "0"], "no kind of table"),
        (&["--map", "0=3,B/0=3", "--table", "inverted", "0"], "one entry for each frame"),
        (&["--map", "0=1", "--engine", "compiled", "0"], "--engine has no effect"),
        (&["0"], "--map"),
        (&["--map", "0=1", "--cache", "48", "0"], "`bytes` of a cache is 48"),
        (&["--map", "0=1", "--cache", "64", "--line", "32", "0"], "`line` of a cache is 32"),
        (&["--map", "0=1", "--ways", "2", "0"], "--cache"),
        (&["--map", "0=1", "--base", "1", "--limit", "1", "0"], "cannot be used with"),
        (&["--base", "1", "0"], "--limit"),
        (&["--base", "1", "--limit", "0", "0"], "no byte"),
        (&["--base", "9999999", "--limit", "1", "0"], "--base 9999999"),
        (&["--base", "1", "--limit", "1", "--bits", "3", "0"], "cannot be used with"),
        (&["--base", "1", "--limit", "1", "x"], "`x` is not a number"),
        (&["--segments", "code=1+2", "64"], "there is no address 64"),
        (&["--segments", "code=1", "0"], "NAME=BASE+LIMIT"),
        (&["--segments", "code=1+64", "0"], "`code` has 64 bytes"),
        (&["--segments", "code=8-9", "0"], "1 bytes below 0"),
        (&["--segments", "1:a=1+1,1:b=1+1", "0"], "two segments have the number 1"),
        (&["--segments", "99:a=1+1", "0"], "none is left for offsets"),
        (&["--segments", "18446744073709551615:a=1+1,b=1+1", "0"], "none is left for offsets"),
        (&["--segments", "a=9999999+1", "0"], "`a` is at 9999999"),
        (&["--segments", "a=1+1", "--bits", "30", "0"], "a toy has 20 at most"),
        (&["--segments", "a=1+1", "--page", "16", "0"], "cannot be used with"),
        (&["--segments", "a=1+1", "--fit", "best", "0"], "cannot be used with"),
        (&["--segments", "a=1+1", "--ways", "2", "0"], "cannot be used with"),
        (&["--map", "0=1", "--limit", "2", "0"], "cannot be used with"),
        (&["--map", "0=1", "--fit", "best", "0"], "cannot be used with"),
        (&["--holes", "5", "--cache", "64", "A=1"], "cannot be used with"),
        (&["--holes", "10,0", "A=1"], "a hole of 0"),
        (&["--holes", "10", "A"], "A has no piece to free"),
        (&["--holes", "10", "A=1", "A=1"], "A has a piece already"),
        (&["--holes", "10", "A=0"], "A=0: 1 to"),
        (&["--holes", "10", "5"], "NAME=BYTES"),
        (&["--holes", "10", "--fit", "buddy", "A=1"], "no rule"),
        (&["--map", "0=1"], "ADDRESS"),
    ] {
        let (out, error, status) = toy(arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}

/// The accesses of a report: physical addresses.
fn addresses(arguments: &[&str]) -> Vec<Option<u64>> {
    let (out, error, status) = toy(&[&["--json"], arguments].concat());
    assert_eq!(status, 0, "{error}");
    let found: Value = serde_json::from_str(&out).expect("JSON");
    let accesses = found["accesses"].as_array().expect("a list");
    accesses.iter().map(|access| access["pa"].as_u64()).collect()
}

#[test]
fn base_and_bounds_and_segments_are_those_of_the_books() {
    // Arpaci-Dusseau, Operating Systems: Three Easy Pieces, chapters 15 and 16.
    let bounds = addresses(&["--base", "32K", "--limit", "16K", "128", "15360", "16384"]);
    assert_eq!(bounds, [Some(32896), Some(48128), None]);
    let three = "code=32K+2K,heap=34K+3K,3:stack=28K-2K";
    let places = ["--bits", "14", "--segments", three, "100", "4200", "7168", "15360", "8192"];
    assert_eq!(addresses(&places), [Some(32868), Some(34920), None, Some(27648), None]);
    let (out, ..) = toy(&places);
    for line in [
        "15360 = 11 110000000000: segment 3, offset 3072",
        "stack grows down: offset 3072 is 1024 below its end",
        "base 28672 - 1024 = 27648",
    ] {
        assert!(out.contains(line), "{line} in {out}");
    }
}

#[test]
fn a_free_list_is_told_step_by_step() {
    let arguments = ["--holes", "100,500,200,300,600", "P1=212", "P2=417", "P3=112", "P4=426"];
    let placed = |fit: &str| -> Vec<Option<u64>> {
        let (out, error, status) = toy(&[&arguments[..], &["--fit", fit, "--json"]].concat());
        assert_eq!(status, 0, "{error}");
        let found: Value = serde_json::from_str(&out).expect("JSON");
        let steps = found["steps"].as_array().expect("a list");
        steps.iter().map(|step| step["at"].as_u64()).collect()
    };
    // Silberschatz, Galvin and Gagne: only best fit places all four.
    assert_eq!(placed("best"), [803, 101, 602, 1104].map(Some));
    assert_eq!(placed("first"), [Some(101), Some(1104), Some(313), None]);
    assert_eq!(placed("worst"), [Some(1104), Some(101), Some(1316), None]);
    let (out, ..) = toy(&["--holes", "10,20", "A=4", "B=8", "A"]);
    for line in ["A is freed, 4 bytes at 0", "becomes one with 6 bytes at 4"] {
        assert!(out.contains(line), "{line} in {out}");
    }
    assert!(out.ends_with("free: 10 bytes at 0 -> 12 bytes at 19\n"), "{out}");
}

#[test]
fn pages_of_one_colour_take_each_others_lines() {
    let misses = |map: &str, ways: &str| {
        let cache = ["--map", map, "--cache", "64", "--ways", ways, "--json"];
        let (out, error, status) = toy(&[&cache[..], &["2", "18", "2", "18"]].concat());
        assert_eq!(status, 0, "{error}");
        let found: Value = serde_json::from_str(&out).expect("JSON");
        let of = |what: &str| found["cache"][what].as_u64().expect("a count");
        (of("first_uses"), of("conflict_misses"), of("misses"))
    };
    assert_eq!(misses("0=1,1=5", "1"), (2, 2, 4));
    assert_eq!(misses("0=1,1=6", "1"), (2, 0, 2));
    assert_eq!(misses("0=1,1=5", "2"), (2, 0, 2));
}
