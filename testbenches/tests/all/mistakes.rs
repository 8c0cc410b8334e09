//! What a stranger types: every mistake ends with status 2, and is told in the user's words.

use std::fs;
use std::process::Stdio;

use assert_cmd::cargo::cargo_bin_cmd;
use tempfile::TempDir;

use crate::command::{finished, within::pagewalk};

/// Words of the program's own, which say nothing to a user.
const OURS: [&str; 6] = ["struct ", "expected u", "expected i6", "Some(", "None,", "unwrap"];

/// Arguments, and a part of the message.
const MISTAKES: [(&[&str], &str); 28] = [
    (&["run", "rooms"], "but a folder of that name; name a file in it"),
    (&["run", "notes.txt"], "but a file of that name; a scenario's file ends in .toml"),
    (&["run", "nope"], "there is no scenario `nope`; `pagewalk list` shows all"),
    (&["run", "belady"], "did you mean what-is-evicted/belady-with-3-frames"),
    (&["run", "own.toml", "--config", "rv64_linux"], "but the segmentation unit segment_toy"),
    (&["run", "own.toml", "--mode", "sv39"], "nothing to run with scheme Sv39: it has no MMU"),
    (&["run", "megapage", "--config", "rv32_tiny", "--mode", "sv39"], "that has no Sv39"),
    (&["run", "gigapage", "--mode", "sv32"], "nothing to run with scheme Sv32: its file asks for"),
    (&["wave", "own.toml", "--config", "rv64_linux"], "but the segmentation unit segment_toy"),
    (&["show", "own.toml"], "`pagewalk run` tells its steps, `pagewalk wave` shows its signals"),
    (&["show", "own.toml", "--mode", "sv39"], "nothing to run with scheme Sv39: it has no MMU"),
    (&["show", "nope"], "there is no scenario `nope`"),
    (&["curve", "nope"], "there is no file `nope`: there is no scenario `nope`"),
    (&["curve", "own.toml"], "runs on no MMU"),
    (&["compare", "rv64_linux", "rv64_large"], "what to run it on, as --on FILE.trace"),
    (&["compare", "rv64_linux", "rv64_large", "--on", "own.toml"], "runs on no MMU"),
    (&["compare", "rv64_linux", "rv64_large", "--on", "nope"], "there is no file `nope`"),
    (&["compare", "rv64_linux", "rv32_tiny", "--on", "gigapage"], "which `rv32_tiny` does not"),
    (&["compare", "a.json", "notes.txt"], "notes.txt: this is no report in JSON"),
    (&["trace", "notes.txt"], "notes.txt:1:1: `hello` is in no known format of traces"),
    (&["trace", "nope"], "nope: No such file"),
    (&["trace", "notes.txt", "--os", "asids=true"], "expected a whole number from 0 to 65535"),
    (&["explore", "nope"], "there is no study or scenario `nope`"),
    (&["explore", "belady-with-3-frames", "--sweep", "machine.l1=4,8"], "expected a table"),
    (&["explore", "belady-with-3-frames", "--sweep", "os.asids=true,false"], "a whole number from"),
    (&["quiz", "nope"], "there is no question or scenario `nope`"),
    (&["toy", "--map", "0=1,0=2", "3"], "page 0 of A is mapped twice"),
    (&["new", "own"], "own.toml is there already"),
];

/// A folder with what mistakes are made of.
fn folder() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let (_, error, status) = pagewalk(folder.path(), &["new", "own", "--kind", "segments"]);
    assert_eq!(status, 0, "{error}");
    fs::create_dir(folder.path().join("rooms")).expect("a new folder");
    fs::write(folder.path().join("notes.txt"), "hello\n").expect("it can be written");
    fs::write(folder.path().join("a.json"), "{\"a\":1}").expect("it can be written");
    folder
}

#[test]
fn mistakes_are_told_in_the_users_words() {
    let folder = folder();
    for (arguments, part) in MISTAKES {
        let (out, error, status) = pagewalk(folder.path(), arguments);
        assert_eq!((out.as_str(), status), ("", 2), "{arguments:?}: {error}");
        assert!(error.contains(part), "{arguments:?}: {error}");
        let ours = OURS.iter().find(|word| error.contains(*word));
        assert_eq!(ours, None, "{arguments:?}: {error}");
        assert!(!error.contains("any,") && !error.contains("scheme any"), "{error}");
    }
}

/// Output that cannot be written is an error, and the message says what could not be written.
#[test]
fn a_full_device_is_told() {
    let folder = folder();
    let commands: [&[&str]; 7] = [
        &["run", "belady-with-3-frames"],
        &["explore", "internal-fragmentation"],
        &["explore", "internal-fragmentation", "--csv"],
        &["explore", "internal-fragmentation", "--shard", "1/4"],
        &["quiz", "translate"],
        &["toy", "--map", "0=1", "3"],
        &["list"],
    ];
    for arguments in commands {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux");
        let mut command = std::process::Command::new(cargo_bin_cmd!("pagewalk").get_program());
        let command = command.current_dir(folder.path()).args(arguments).stdin(Stdio::null());
        let output = command.stdout(full).output().expect("the binary starts");
        let (_, error, status) = finished(&output);
        assert_eq!(status, 2, "{arguments:?}: {error}");
        let says = "standard output cannot be written: No space left on device";
        assert!(error.contains(says), "{arguments:?}: {error}");
    }
}

/// One figure is, several are.
#[test]
fn one_figure_is_the_same() {
    let folder = folder();
    let (out, error, status) = pagewalk(folder.path(), &["compare", "a.json", "a.json"]);
    assert_eq!((error.as_str(), status), ("", 0));
    assert!(out.ends_with("no figure differs; 1 is the same\n"), "{out}");
}
