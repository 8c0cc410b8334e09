//! `pagewalk show`, the real binary: what is recorded agrees with the report, and the memory that the
//! record describes gives the addresses that the hardware answered.

mod served;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use testbenches::export::tools;

use crate::command::finished;

/// Runs `pagewalk show` with these arguments, and reads its record; with its exit status.
fn recorded(arguments: &[&str]) -> (Value, i32) {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("record.json");
    let (_, error, status) = show(arguments, &path);
    let text = std::fs::read_to_string(&path);
    let text = text.unwrap_or_else(|_| panic!("{arguments:?}: no record was written: {error}"));
    (serde_json::from_str(&text).expect("JSON"), status)
}

fn show(arguments: &[&str], path: &Path) -> (String, String, i32) {
    let mut command = cargo_bin_cmd!("pagewalk");
    let command = command.arg("show").args(arguments).arg("-o").arg(path);
    finished(&command.output().expect("the binary starts"))
}

fn records(run: &Value) -> impl Iterator<Item = &Value> {
    run["records"].as_array().expect("a list").iter()
}

fn of<'r>(run: &'r Value, kind: &'r str) -> impl Iterator<Item = &'r Value> {
    records(run).filter(move |record| record["k"] == kind)
}

fn events<'r>(run: &'r Value, event: &'r str) -> usize {
    of(run, "event").filter(|record| record["event"] == event).count()
}

fn hex(value: &Value) -> u64 {
    let text = value.as_str().and_then(|text| text.strip_prefix("0x"));
    u64::from_str_radix(text.expect("an address"), 16).expect("64 bits")
}

/// A scheme as a walk needs it.
struct Scheme {
    bytes: u64,
    /// Bits and lowest bit of each level's field, from the root.
    levels: Vec<(u32, u32)>,
}

impl Scheme {
    fn of(run: &Value) -> Scheme {
        let scheme = &run["machine"]["scheme"];
        let number = |value: &Value| value.as_u64().expect("a number") as u32;
        let fields = scheme["levels"].as_array().expect("levels").iter();
        let levels = fields.map(|field| (number(&field["bits"]), number(&field["shift"])));
        Scheme { bytes: number(&scheme["pte_bytes"]).into(), levels: levels.collect() }
    }

    /// The address that the recorded words give; `None` without a leaf.
    fn walk(&self, words: &BTreeMap<u64, u64>, root: u64, va: u64) -> Option<u64> {
        let ppn_mask = if self.bytes == 4 { (1 << 22) - 1 } else { (1 << 44) - 1 };
        let mut table = root;
        for (bits, shift) in &self.levels {
            let index = va >> shift & ((1 << bits) - 1);
            let entry = words.get(&(table * 4096 + index * self.bytes)).copied()?;
            let ppn = entry >> 10 & ppn_mask;
            match (entry & 1, entry & 0xe) {
                (0, _) => return None,
                (_, 0) => table = ppn,
                _ => {
                    let below = (1_u64 << shift) - 1;
                    return Some((ppn << 12 & !below) | va & below);
                }
            }
        }
        None
    }
}

/// What a record says while it is read in its order.
#[derive(Default)]
struct Memory {
    words: BTreeMap<u64, u64>,
    root: u64,
    paged: bool,
    /// The use of each frame.
    frames: BTreeMap<u64, String>,
}

impl Memory {
    fn take(&mut self, record: &Value) {
        match record["k"].as_str() {
            Some("pte") => drop(self.words.insert(hex(&record["pa"]), hex(&record["value"]))),
            Some("satp") => {
                self.root = hex(&record["root"]);
                self.paged = record["mode"] != "bare";
            }
            Some("frame") => {
                let purpose = record["use"].as_str().expect("a use").to_owned();
                self.frames.insert(hex(&record["ppn"]), purpose);
            }
            _ => {}
        }
    }
}

/// Walks every successful translation of a run through the recorded tables, as they were when it
/// was accepted; returns how many there were.
fn walked(run: &Value) -> usize {
    let (scheme, mut memory, mut checked) = (Scheme::of(run), Memory::default(), 0);
    for record in records(run) {
        memory.take(record);
        if record["k"] != "access" || record["how"] == "bare" || record.get("pa").is_none() {
            continue;
        }
        let (va, pa) = (hex(&record["va"]), hex(&record["pa"]));
        // A/D updates of its own walk change no address.
        assert_eq!(scheme.walk(&memory.words, memory.root, va), Some(pa), "{record}");
        if let Some(purpose) = memory.frames.get(&(pa / 4096)) {
            assert_eq!(purpose, "page", "{record}");
        }
        checked += 1;
    }
    checked
}

/// No memory of these scenarios answers later.
const LATENCY: u64 = 10;

/// A scenario under a kernel, of which everything is recorded.
const STORIES: [&str; 4] = [
    "how-do-processes-begin-and-end/a-fork-copies-nothing",
    "how-do-processes-begin-and-end/a-shell",
    "who-is-killed/a-null-pointer",
    "how-busy-is-the-processor/another-runs-meanwhile",
];

#[test]
fn recorded_tables_give_the_addresses_that_were_answered() {
    for name in STORIES {
        let (document, status) = recorded(&[name]);
        assert_eq!(status, 0, "{name}");
        let run = &document["runs"][0];
        assert_eq!(run["window"]["whole"], true, "{name}");
        assert!(walked(run) > 0, "{name}");
    }
}

#[test]
fn records_agree_with_the_counts_of_the_report() {
    for name in STORIES {
        let (document, _) = recorded(&[name]);
        let run = &document["runs"][0];
        let count = |name: &str| run["report"]["counts"][name].as_u64().unwrap_or_default();
        let faults = |kind: &str| {
            let of_kind =
                |record: &&Value| record["event"] == "page_fault" && record["kind"] == kind;
            of(run, "event").filter(of_kind).count() as u64
        };
        assert_eq!(faults("minor"), count("minor_faults"), "{name}");
        assert_eq!(faults("major"), count("major_faults"), "{name}");
        assert_eq!(events(run, "eviction") as u64, count("evictions"), "{name}");
        assert_eq!(events(run, "swap_in") as u64, count("swap_ins"), "{name}");
        assert_eq!(of(run, "start").count() as u64, count("walks"), "{name}");
        // The kernel's first fence, at its boot, comes before anything can be observed.
        assert_eq!(of(run, "fence").count() as u64 + 1, count("fences"), "{name}");
        let reads = of(run, "read").filter(|record| record.get("error").is_none());
        assert_eq!(reads.count() as u64, count("pte_reads"), "{name}");
        let hits = |port: &str| {
            let hit = |record: &&Value| record["port"] == port && record["how"] == "tlb";
            of(run, "access").filter(hit).count() as u64
        };
        assert_eq!(hits("data"), count("data_hits"), "{name}");
        assert_eq!(hits("fetch"), count("fetch_hits"), "{name}");
        let cycles = run["cycles"].as_u64().expect("a number");
        assert_eq!(cycles, run["report"]["cycles"], "{name}");
        let mut last = 0;
        for record in records(run) {
            let at = record["at"].as_u64().expect("a cycle");
            assert!((last..=cycles).contains(&at), "{name}: {record}");
            last = at;
        }
    }
}

#[test]
fn a_hit_is_in_a_line_that_was_told() {
    let (document, _) = recorded(&["how-busy-is-the-processor/one-program-alone"]);
    let run = &document["runs"][0];
    let mut lines: BTreeMap<(String, u64), Value> = BTreeMap::new();
    let mut hits = 0;
    for record in records(run) {
        match record["k"].as_str() {
            Some("line") => {
                let tlb = record["tlb"].as_str().expect("a name").to_owned();
                lines.insert((tlb, record["line"].as_u64().expect("a number")), record.clone());
            }
            Some("access") if record["how"] == "tlb" && record.get("pa").is_some() => {
                let (vpn, ppn) = (hex(&record["va"]) >> 12, hex(&record["pa"]) >> 12);
                let holds = |line: &Value| {
                    let is_small = line["valid"] == true && line["level"] == 0;
                    is_small && hex(&line["vpn"]) == vpn && hex(&line["ppn"]) == ppn
                };
                let port = record["port"].as_str().expect("a port");
                let mut own = lines.iter().filter(|((tlb, _), _)| tlb == port);
                assert!(own.any(|(_, line)| holds(line)), "{record}\n{lines:?}");
                hits += 1;
            }
            _ => {}
        }
    }
    assert!(hits > 10, "{hits}");
}

#[test]
fn steps_and_tables_of_scenarios_without_a_kernel_are_recorded() {
    let (document, status) = recorded(&["how-large-is-a-page/megapage"]);
    assert_eq!(status, 0);
    let run = &document["runs"][0];
    let quoted: BTreeSet<_> = of(run, "step").map(|step| step["line"].as_u64()).collect();
    assert!(quoted.len() > 1, "{quoted:?}");
    let text = document["source"]["text"].as_str().expect("the file");
    for step in of(run, "step") {
        let line = step["line"].as_u64().expect("a line") as usize;
        assert_eq!(text.lines().nth(line - 1).map(str::trim), step["text"].as_str());
    }
    assert!(walked(run) > 0);
}

#[test]
fn two_machines_are_shown_side_by_side() {
    let (document, status) = recorded(&[
        "policy",
        "--string",
        "7,0,1,2,0,3,0,4",
        "--frames",
        "3",
        "--policy",
        "fifo,lru",
    ]);
    assert_eq!(status, 0);
    let runs = document["runs"].as_array().expect("a list");
    let faults: Vec<_> = runs.iter().map(|run| run["report"]["faults"].as_u64()).collect();
    assert_eq!(faults, [Some(7), Some(6)]);
    // The string's pages are 0 to 4, and 7, which is the sixth.
    assert_eq!(runs[0]["labels"]["1:0x405"], "7");
    for run in runs {
        let swapped_or_new = events(run, "page_fault") as u64;
        assert_eq!(Some(swapped_or_new), run["report"]["faults"].as_u64());
    }
}

#[test]
fn a_page_holds_the_record_and_nothing_that_ends_it() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("x.toml");
    let hostile = r#"
idea = "</script><script>alert(1)</script>"
spec = "sv32algorithm: <b>the translation is successful</b>"
machine = { modes = "sv39" }
map = [{ va = 0x1000, pa = 0x8000_0000, flags = "R UAD" }]
step = [{ load = 0x1000, pa = 0x8000_0000 }]
"#;
    std::fs::write(&path, hostile).expect("a temporary folder takes files");
    let page = folder.path().join("x.html");
    let (out, error, status) = show(&[path.to_str().expect("text")], &page);
    assert_eq!((status, error.as_str()), (0, ""));
    assert!(out.contains("x.html"), "{out}");
    let text = std::fs::read_to_string(&page).expect("a page");
    let (_, after) = text.split_once(r#"id="record">"#).expect("the record's element");
    let (record, _) = after.split_once("</script>").expect("its end");
    let document: Value = serde_json::from_str(record).expect("JSON");
    assert_eq!(document["idea"], "</script><script>alert(1)</script>");
}

#[test]
fn the_shipped_trace_fits_a_small_file_that_says_what_it_leaves_out() {
    let folder = TempDir::new().expect("a temporary folder");
    let page = folder.path().join("trace.html");
    let trace = concat!(env!("CARGO_MANIFEST_DIR"), "/data/traces/sort.lackey.zst");
    let (_, _, status) = show(&["trace", trace], &page);
    assert_eq!(status, 0);
    let bytes = std::fs::metadata(&page).expect("a page").len();
    assert!(bytes < 5 << 20, "{bytes} bytes");
    let (document, _) = recorded(&["trace", trace]);
    let run = &document["runs"][0];
    assert_eq!(run["window"]["whole"], false);
    assert!(run["window"]["why"].as_str().is_some_and(|why| why.ends_with('.')));
    assert!(walked(run) > 1000);
}

/// What the last cycle of a run empties is seen empty.
#[test]
fn a_fence_at_the_end_empties_its_lines() {
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("last.toml");
    let text = "machine = { modes = \"sv39\", size = \"tiny\" }\n\
        map = [{ va = 0x1000, pa = 0x8000_0000, flags = \"RW UAD\" }]\n\
        step = [{ load = 0x1000 }, { fence = {} }]\n";
    std::fs::write(&file, text).expect("it can be written");
    let (document, status) = recorded(&[file.to_str().expect("a path")]);
    assert_eq!(status, 0);
    let run = &document["runs"][0];
    let lines: Vec<_> = of(run, "line").collect();
    let valid: Vec<_> = lines.iter().map(|line| line["valid"] == true).collect();
    assert_eq!(valid, [true, false], "{lines:?}");
    assert_eq!(lines[1]["at"], run["cycles"]);
    let fence = of(run, "fence").next().expect("a fence");
    assert_eq!(fence["at"].as_u64().map(|at| at + 1), run["cycles"].as_u64());
}

#[test]
fn what_cannot_be_shown_is_refused() {
    let folder = TempDir::new().expect("a temporary folder");
    let page = folder.path().join("x.html");
    let refused = |arguments: &[&str], path: &Path, says: &str| {
        let (_, error, status) = show(arguments, path);
        assert_eq!(status, 2, "{arguments:?}: {error}");
        assert!(error.contains(says), "{arguments:?}: {error}");
        assert!(!path.is_file());
    };
    refused(&["no-such-thing"], &page, "there is no scenario");
    refused(&["who-is-killed"], &page, "matches");
    refused(&[STORIES[2], "--config", "rv32_tiny,rv32_small,rv64_tiny"], &page, "side by side");
    refused(&[STORIES[2], "--config", "rv32_tiny,rv32_tiny"], &page, "the same");
    refused(&["how-large-is-a-page/megapage", "--policy", "fifo"], &page, "no operating system");
    refused(&[STORIES[2]], &folder.path().join("x.txt"), ".html or .json");
    refused(&[STORIES[2]], &folder.path().join("no/x.html"), "cannot be written");
    refused(
        &["first-fit"],
        &page,
        "it has no MMU and no pages, but the segmentation unit segment_",
    );
    let many = ["policy", "--string", "1,2", "--frames", "1..3"];
    refused(&many, &page, "side by side");
}

/// `show/README.md` says what the digest is of.
#[test]
fn the_bundle_is_that_of_its_sources() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("show");
    let mut files: Vec<String> =
        ["build.mjs", "package.json", "package-lock.json"].map(str::to_owned).to_vec();
    let mut folders = vec!["src".to_owned()];
    while let Some(name) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&name)).expect("the sources") {
            let entry = entry.expect("an entry");
            let path = format!("{name}/{}", entry.file_name().to_str().expect("a plain name"));
            let is_folder = entry.file_type().expect("its type").is_dir();
            if is_folder { &mut folders } else { &mut files }.push(path);
        }
    }
    files.sort();
    let mut digest = Sha256::new();
    for name in &files {
        let bytes = std::fs::read(folder.join(name)).expect("a source");
        digest.update(format!("{name}\0{}\0", bytes.len()));
        digest.update(&bytes);
    }
    let hex: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let bundle = std::fs::read_to_string(folder.join("bundle.html")).expect("the bundle");
    let stated = bundle.split_once("sha256:").expect("a digest").1;
    assert_eq!(&stated[..64], hex, "run `npm run build` in testbenches/show");
}

/// Whether the page can be opened in Chromium; `make test` and `make page` install what that needs.
fn has_chromium() -> bool {
    let is_named = std::env::var_os("CHROMIUM").is_some();
    if !tools::or_skip("node") || !is_named && !tools::or_skip("chromium") {
        return false;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("show/node_modules");
    let is_ready = folder.is_dir();
    assert!(
        is_ready || !tools::required(),
        "CI=true requires what `scripts/page.sh ready` installs"
    );
    if !is_ready {
        println!("skipped: `scripts/page.sh ready` installs what it needs");
    }
    is_ready
}

/// Node in the folder of the page's sources, with these arguments.
fn node(arguments: &[&str]) -> std::process::Command {
    let mut node = std::process::Command::new("node");
    node.args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("show"));
    node
}

/// What is written is read by the page.
#[test]
fn pages_that_were_written_are_read() {
    if !has_chromium() {
        return;
    }
    let files = TempDir::new().expect("a temporary folder");
    for (number, name) in STORIES.iter().enumerate() {
        let page = files.path().join(format!("{number}.html"));
        assert_eq!(show(&[name], &page).2, 0, "{name}");
    }
    let string = ["policy", "--string", "7,0,1,2,0,3,0,4", "--frames", "3", "--policy", "fifo,lru"];
    assert_eq!(show(&string, &files.path().join("two.html")).2, 0);
    let mut tests = node(&["--test", "test/browser/files.test.mjs"]);
    let output = tests.env("SHOW_FILES", files.path()).output().expect("node starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("pass 6"), "{text}");
}

/// Each picture of a page in the documents is of a moment at which the page says what it did.
#[test]
fn pictures_in_documents_are_of_their_moments() {
    if !has_chromium() {
        return;
    }
    let mut check = node(&["pictures.mjs", "--check"]);
    let command = env!("CARGO_BIN_EXE_pagewalk");
    let (out, error, status) =
        finished(&check.env("PAGEWALK", command).output().expect("node starts"));
    assert_eq!(status, 0, "{error}");
    assert!(out.contains("each page says"), "{out}");
}

/// Software writes an entry, then fences: the record has them in this order.
#[test]
fn what_a_fence_is_for_comes_before_it() {
    let (document, _) = recorded(&[STORIES[0]]);
    let run = &document["runs"][0];
    let all: Vec<&Value> = records(run).collect();
    let after = |start: usize, is: &dyn Fn(&Value) -> bool| {
        all[start..].iter().position(|record| is(record)).map(|at| start + at)
    };
    let copy = after(0, &|record| record["event"] == "copy").expect("a copy");
    let entry = after(copy, &|record| record["k"] == "pte" && record["by"] == "kernel");
    let fence = after(copy, &|record| record["k"] == "fence").expect("a fence");
    assert!(entry.is_some_and(|entry| entry < fence), "{entry:?} {fence}");
    // The fork takes W from every page of the parent, and fences its address space.
    let fork = after(0, &|record| record["event"] == "fork").expect("a fork");
    let fence = (0..fork).rev().find(|&at| all[at]["k"] == "fence").expect("a fence");
    let cycle = all[fence]["at"].as_u64().expect("a cycle");
    let emptied = of(run, "line").filter(|line| line["valid"] == false && line["at"] == cycle + 1);
    assert_eq!(emptied.count(), 8, "each line of the parent is empty in the next cycle");
}

/// What a walk reads is what the record says is there, or was there before a write that overtook
/// memory's answer.
#[test]
fn walks_read_the_words_that_were_recorded() {
    let mut read = 0;
    for name in [
        "a-global-walk-does-not-colour-the-next",
        "a-revoked-entry-is-not-used",
        "a-fence-overtakes-a-walk",
        "svade-faults-on-a-clear",
        STORIES[0],
        STORIES[3],
    ] {
        let (document, _) = recorded(&[name]);
        let run = &document["runs"][0];
        let (mut memory, mut overwritten) = (Memory::default(), BTreeMap::new());
        for record in records(run) {
            if record["k"] == "pte" {
                let pa = hex(&record["pa"]);
                let at = record["at"].as_u64().expect("a cycle");
                let before = memory.words.get(&pa).copied().unwrap_or_default();
                overwritten.insert(pa, (at, before));
            }
            memory.take(record);
            if record["k"] == "read" && record.get("error").is_none() {
                let (pa, value) = (hex(&record["pa"]), hex(&record["value"]));
                let there = memory.words.get(&pa).copied().unwrap_or_default();
                let at = record["at"].as_u64().expect("a cycle");
                let overtaken = overwritten
                    .get(&pa)
                    .is_some_and(|(written, before)| *before == value && at - written <= LATENCY);
                assert!(there == value || overtaken, "{name}: {there:#x}, {record}");
                read += 1;
            }
        }
    }
    assert!(read > 100, "{read}");
}
