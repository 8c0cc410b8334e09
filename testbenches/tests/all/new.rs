//! `pagewalk new`: its templates run as they are, and nothing is overwritten.

use std::fs;

use tempfile::TempDir;

use crate::command::within::pagewalk;

#[test]
fn a_template_runs_at_once_and_so_does_what_it_suggests() {
    let folder = TempDir::new().expect("a temporary folder");
    for kind in ["processes", "steps", "segments"] {
        let name = format!("my-{kind}");
        let (out, error, status) = pagewalk(folder.path(), &["new", &name, "--kind", kind]);
        assert_eq!(status, 0, "{error}");
        assert!(out.starts_with(&format!("wrote {name}.toml\n")), "{out}");
        let file =
            fs::read_to_string(folder.path().join(format!("{name}.toml"))).expect("it is there");
        assert!(
            file.contains(&format!("pagewalk run {name}.toml")) && !file.contains("NAME"),
            "{file}"
        );
        let suggested: Vec<&str> =
            out.lines().filter_map(|line| line.trim().strip_prefix("pagewalk ")).collect();
        assert!(suggested.len() >= 2, "{out}");
        for line in suggested {
            // Everything up to the explanation, in two columns.
            let command = line.split("   ").next().expect("a command");
            let mut words: Vec<&str> = command.split_whitespace().collect();
            if words[0] == "wave" {
                words.push("--no-open");
            }
            let (out, error, status) = pagewalk(folder.path(), &words);
            assert_eq!(status, 0, "{line}: {out}{error}");
        }
    }
    // The default is the first.
    let (_, error, status) = pagewalk(folder.path(), &["new", "zzz.toml"]);
    assert_eq!(status, 0, "{error}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("it is there");
    assert_eq!(read("zzz.toml").replace("zzz", "my-processes"), read("my-processes.toml"));
}

#[test]
fn nothing_is_overwritten() {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("mine.toml"), "mine").expect("it can be written");
    for name in ["mine", "mine.toml", "./mine"] {
        let (out, error, status) = pagewalk(folder.path(), &["new", name]);
        assert_eq!((out.as_str(), status), ("", 2), "{error}");
        assert!(error.contains("mine.toml is there already"), "{error}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("mine.toml")).expect("it is there"), "mine");
    for name in ["nowhere/mine", "..", "two words", ".hidden", ""] {
        let (out, error, status) = pagewalk(folder.path(), &["new", name]);
        assert_eq!((out.as_str(), status), ("", 2), "{name}: {error}");
        assert!(error.starts_with("error: "), "{name}: {error}");
    }
    assert_eq!(pagewalk(folder.path(), &["new", "x", "--engine", "compiled"]).2, 2);
}

#[test]
fn a_first_file_needs_neither_idea_nor_specification() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("first.toml");
    fs::write(
        &path,
        "[[process]]\nname = \"p\"\nregions = [{ kind = \"bss\", start = 0x400000, pages = 4 }]\n\
         program = [\"for i in 0..3: store bss[i]\"]\n",
    )
    .expect("it can be written");
    for arguments in [
        &["run", "first.toml"][..],
        &["run", "first.toml", "--json"],
        &["quiz", "first.toml", "--answer"],
        &["explore", "first.toml", "--sweep", "os.frames=80,90", "--measure", "minor_faults"],
    ] {
        let (out, error, status) = pagewalk(folder.path(), arguments);
        assert_eq!(status, 0, "{arguments:?}: {out}{error}");
        assert!(!out.contains("\n\n\n"), "{out}");
    }
    let beyond = "array x[3] of 4 in bss\", \"load x[3]";
    let text = fs::read_to_string(&path).expect("it is there");
    fs::write(&path, text.replace("for i in 0..3: store bss[i]", beyond))
        .expect("it can be written");
    let (out, error, status) = pagewalk(folder.path(), &["run", "first.toml"]);
    assert_eq!((status, out.as_str()), (2, ""), "{error}");
    assert!(error.contains("first.toml:4:38: "), "{error}");
    assert!(
        error.contains("`load x[3]`: 3 is no index of `x`: there they go from 0 to 2"),
        "{error}"
    );
}
