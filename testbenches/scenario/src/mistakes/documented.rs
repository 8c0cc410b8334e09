//! Messages, and the forms in the documentation.

use super::*;

#[test]
fn what_differs_is_said_in_words() {
    let differs = |text: &str| {
        let reports = runs(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let mismatch = reports[0].mismatch.as_ref().unwrap_or_else(|| panic!("all as expected"));
        format!("{}: {}, not {}", mismatch.what, mismatch.got, mismatch.expected)
    };
    // Addresses are compared as numbers: 0x8 and 0x4000 do not match 0x80 or 0x40000.
    for (access, at) in [("load at 0x80", "8"), ("load at 0x4_0000", "0x4000")] {
        let end = format!("program = [\"{access}\"]\nends = \"any\"\nat = {at}");
        let said = differs(&story("", "", &end));
        assert!(said.starts_with("end of process `p`: SIGSEGV"), "{said}");
    }
    let right = story("", "", "program = [\"load at 0x80\"]\nends = \"null_page\"\nat = 0x80");
    assert_eq!(runs(&right).map(|reports| reports[0].mismatch.clone()), Ok(None));
    assert_eq!(
        differs(&story("", "", "faults_at = [1, 2]")),
        "accesses of `p` that faulted: 1, 2, 3, 4, not 1, 2"
    );
    assert_eq!(
        differs(&story("", "", "victims = [3, \"heap 4\"]")),
        "pages evicted from `p`: none, not heap 3, heap 4"
    );
    let sv39 = "machine = { modes = \"sv39\" }";
    let fault = "{ take_faults = false }, { load = 0x9000 },";
    for (held, said) in [
        ("{ held = \"nothing\" },", "load page fault at 0x9000, not nothing"),
        ("{ held = \"store page fault\" },", "load page fault at 0x9000, not store page fault"),
        ("{ held = \"load page fault\", tval = 8 },", "not load page fault at 0x8"),
    ] {
        let got = differs(&steps(sv39, &format!("{fault} {held}")));
        assert!(got.starts_with("the held fault: ") && got.ends_with(said), "{got}");
    }
}

/// The code in a page of the documentation, between two headings.
fn documented(heading: &str) -> Vec<&'static str> {
    let page = include_str!("../../../../docs/processes.md");
    let (_, part) = page.split_once(&format!("\n## {heading}\n")).expect("the heading is there");
    let part = part.split_once("\n## ").map_or(part, |(part, _)| part);
    part.split('`').skip(1).step_by(2).collect()
}

/// The rows of tables in a page of the documentation, below a heading: their cells.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let page = include_str!("../../../../docs/processes.md");
    let (_, part) = page.split_once(&format!("\n## {heading}\n")).expect("the heading is there");
    let part = part.split_once("\n## ").map_or(part, |(part, _)| part);
    let rows = part.lines().filter(|line| line.starts_with("| `"));
    let cells = |line: &str| {
        line.split('|').skip(1).map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    };
    rows.map(cells).collect()
}

#[test]
fn regions_are_as_their_tables_say() {
    use kernel::{RegionKind, RegionSpec};
    let rows = rows("Regions");
    let (kinds, keys) = rows.split_at(RegionKind::NAMES.len());
    let named: Vec<&str> = kinds.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(named, RegionKind::NAMES);
    for row in kinds {
        let kind: RegionKind = serde_json::from_value(row[0].as_str().into()).expect("a kind");
        let said = kernel::Permissions::parse(&row[1]).expect("permissions");
        assert_eq!(said, kind.permissions(), "{}", row[0]);
        assert_eq!(row[2].contains("image"), kind.from_image(), "{}", row[0]);
    }
    let spec = serde_json::to_value(RegionSpec::new(RegionKind::Bss, 0, 1)).expect("a table");
    let mut all: Vec<&String> = spec.as_object().expect("a table").keys().collect();
    let mut said: Vec<&String> = keys.iter().map(|row| &row[0]).collect();
    all.sort();
    said.sort();
    assert_eq!(said, all);
}

#[test]
fn what_the_documentation_writes_is_read() {
    use crate::program::Line;
    let mut lines = 0;
    let mut read = |text: &str| {
        let line: Result<Line, String> = text.parse();
        assert!(line.is_ok(), "{text}: {}", line.unwrap_err());
        lines += 1;
    };
    let is_line = |text: &&str| {
        let first = text.split(' ').next().unwrap_or_default();
        first != "image" && !first.contains('(') && text.contains(' ') && !text.contains('=')
    };
    for code in documented("Programs").into_iter().filter(is_line) {
        match code.strip_prefix("at ") {
            Some(address) => read(&format!("load at {address}")),
            None => read(code),
        }
    }
    let source = include_str!("../program.rs");
    let (_, block) = source.split_once("//! ```text\n").expect("there is a list");
    let (block, _) = block.split_once("//! ```").expect("it ends");
    for line in block.lines() {
        let line = line.trim_start_matches("//! ");
        // A line that begins with blanks continues an explanation.
        let code = line.split("  ").next().filter(|code| !code.is_empty());
        code.into_iter().flat_map(|code| code.split(" / ")).for_each(&mut read);
    }
    assert!(lines > 40, "{lines}");
    // The code about the kernel and about expectations consists of keys and values.
    let is_key = |code: &&str| code.contains(" = ") && !code.starts_with('{');
    let keys = documented("The operating system").into_iter().filter(is_key);
    let mut count = 0;
    for option in keys {
        let os: Result<crate::os_text::OsText, _> = toml::from_str(option);
        assert!(os.is_ok(), "{option}: {}", os.unwrap_err());
        count += 1;
    }
    for process in documented("What is expected").into_iter().filter(is_key) {
        let key = process.split(' ').next().unwrap_or_default();
        let text = match key {
            "ends" | "victims" | "faults_at" | "frames_after" => process.to_owned(),
            "at" => format!("ends = \"any\"\n{process}"),
            _ => format!("expect = {{ {process} }}"),
        };
        let read = Scenario::parse("t", "t.toml", &story("", "", &text));
        assert!(read.is_ok(), "{process}: {}", read.unwrap_err());
        count += 1;
    }
    assert!(count > 12, "{count}");
}
