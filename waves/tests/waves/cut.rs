//! A disk that becomes full in the middle of a dump.

use std::env;
use std::path::Path;
use std::process::Command;

use waves::{Builder, Error, Format};

use crate::reader::Dump;

/// Passes the dump's path to the process whose files may not grow.
const PATH: &str = "WAVES_CUT";

/// Writes cycles until the file is full; returns the error.
fn fill(path: &Path) -> Error {
    let format =
        if path.extension().is_some_and(|e| e == "fst") { Format::Fst } else { Format::Vcd };
    let mut signals = Builder::new("").format(format);
    signals.clock("run.clock").expect("a name");
    let count = signals.bits("a.count", 64).expect("a name");
    let word = signals.text("a.word").expect("a name");
    let mut wave = signals.create(path).expect("a dump");
    for cycle in 0..2_000_000_u64 {
        // Values that do not compress well.
        let noise = cycle.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ cycle << 20;
        let told = wave
            .cycle(cycle)
            .and_then(|()| wave.set(count, noise))
            .and_then(|()| wave.set(word, &*format!("{cycle}")));
        if let Err(error) = told {
            assert!(matches!(wave.cycle(cycle + 1), Err(Error::GivenUp)));
            return error;
        }
    }
    wave.finish().expect_err("the files of this process may not grow so far")
}

#[test]
fn what_was_whole_is_kept_when_the_disk_is_full() {
    if let Some(path) = env::var_os(PATH) {
        println!("told: {}", fill(Path::new(&path)));
        return;
    }
    for name in ["cut.vcd", "cut.fst"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join(name);
        let output = Command::new("sh")
            .arg("-c")
            .arg("trap '' XFSZ; ulimit -f 12000; exec \"$0\" --exact \"$1\" --nocapture")
            .arg(env::current_exe().expect("a test"))
            .arg("cut::what_was_whole_is_kept_when_the_disk_is_full")
            .env(PATH, &path)
            .output()
            .expect("a shell");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let told = text.lines().find_map(|line| line.split_once("told: ")).map(|parts| parts.1);
        let told = told.unwrap_or_else(|| panic!("{name}: {text}{errors}"));
        assert!(told.starts_with(&format!("cannot write all of {}: ", path.display())), "{told}");
        let kept: u64 = told.rsplit(' ').next().and_then(|n| n.parse().ok()).expect("a cycle");
        assert!(kept > 10_000, "{told}");
        let dump = Dump::open(&path);
        // The last complete cycle is there, and nothing of a later one.
        let words = dump.changes("a.word");
        assert_eq!(words.len() as u64, kept + 1, "{told}");
        assert_eq!(words.last(), Some(&(kept * 10, kept.to_string())));
        assert_eq!(dump.changes("a.count").len(), words.len());
        assert!((kept * 10..=kept * 10 + 5).contains(&dump.times().1), "{told}");
        let files = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(files, 1, "nothing else stays");
    }
}
