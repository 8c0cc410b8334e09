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
        (&["--map", "0=1"], "ADDRESS"),
    ] {
        let (out, error, status) = toy(arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}
