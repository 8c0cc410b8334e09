//! Waves of scenarios are complete; and our waveform and Verilator's agree on every signal that
//! both have.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use scenario::library;
use testbenches::bench::{WaveOptions, waves};
use testbenches::export::tools;

/// Checks that a view would open as a picture: a dump that can be read to its end and has a
/// history, every row a signal of it, every filter a file.
pub(crate) fn complete(view: &Path) -> Result<(), String> {
    let text = fs::read_to_string(view).map_err(|error| error.to_string())?;
    let folder = view.parent().expect("a file has a folder");
    let lines = |start: &'static str| text.lines().filter_map(move |line| line.strip_prefix(start));
    let dump = lines("[dumpfile] ").next().ok_or("no dump is named")?;
    let dump = folder.join(dump.trim_matches('"'));
    // A reader that shares nothing with our writer.
    let waves = wellen::simple::read(&dump).map_err(|error| format!("{dump:?}: {error}"))?;
    let hierarchy = waves.hierarchy();
    let all: BTreeSet<String> =
        hierarchy.all_vars().map(|var| hierarchy[var].full_name(hierarchy)).collect();
    let mut rows = 0;
    for row in lines("+{") {
        let path = row.split_once("} ").ok_or("a row without a signal")?.1;
        let path = path.split('[').next().unwrap_or(path);
        if !all.contains(path) {
            return Err(format!("the row {path} is not a signal of the dump"));
        }
        rows += 1;
    }
    for filter in lines("^").filter_map(|line| line.split_once(' ')) {
        if !folder.join(filter.1).is_file() {
            return Err(format!("the filter {} is not there", filter.1));
        }
    }
    let times = waves.time_table();
    if rows < 10 || times.len() < 2 || !times.is_sorted() {
        return Err(format!("{rows} rows and {} times are not a picture", times.len()));
    }
    Ok(())
}

/// Scenarios of segments that differ in kind: holes, blocks, pages, faults, growth, sharing,
/// compaction, and a long random history.
const SEGMENTS: [&str; 8] = [
    "first-fit",
    "buddies",
    "pages-need-no-neighbours",
    "segments-of-the-book",
    "stack-and-heap-grow",
    "one-code-for-two-processes",
    "half-is-free-and-nothing-fits",
    "the-fifty-percent-rule",
];

/// One scenario of each question, and one of each kind without pages.
#[test]
fn scenarios_of_every_kind_leave_waves_that_open() {
    let mut chosen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for scenario in library::all().unwrap_or_else(|error| panic!("{error}")) {
        let (question, own) = scenario.name.split_once('/').expect("names have a folder");
        let of_question = chosen.entry(question.to_owned()).or_default();
        if of_question.is_empty() || question == "where-does-it-fit" && SEGMENTS.contains(&own) {
            of_question.push(scenario.name.clone());
        }
    }
    assert!(chosen.len() > 20 && chosen["where-does-it-fit"].len() > SEGMENTS.len(), "{chosen:?}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut bad = Vec::new();
    for name in chosen.values().flatten() {
        // The beginning of a long run is enough.
        let output = cargo_bin_cmd!("pagewalk")
            .args(["wave", name, "--no-open", "--wave-cycles", "50000", "--dir"])
            .arg(folder.path())
            .output()
            .expect("the binary starts");
        let text = String::from_utf8_lossy(&output.stdout);
        let view = text.lines().find_map(|line| line.strip_prefix("view  "));
        let verdict = match view.filter(|_| output.status.success()) {
            Some(view) => complete(Path::new(view)),
            None => Err(format!("{text}{}", String::from_utf8_lossy(&output.stderr))),
        };
        bad.extend(verdict.err().map(|why| format!("{name}: {why}")));
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Every value that a signal takes in a dump, as the reader prints it.
fn values(dump: &Path, path: &str) -> Vec<String> {
    let mut waves = wellen::simple::read(dump).unwrap_or_else(|error| panic!("{dump:?}: {error}"));
    let hierarchy = waves.hierarchy();
    let var = hierarchy.all_vars().find(|var| hierarchy[*var].full_name(hierarchy) == path);
    let signal = hierarchy[var.unwrap_or_else(|| panic!("no {path}"))].signal_ref();
    waves.load_signals(&[signal]);
    let signal = waves.get_signal(signal).expect("it is loaded");
    signal.iter_changes().map(|(_, value)| value.to_string()).collect()
}

/// Runs the command in a folder: status, standard output and standard error.
fn command(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = cargo_bin_cmd!("pagewalk")
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the binary starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn every_hart_has_its_ports_in_a_wave() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let shoot_down = ["wave", "what-does-another-hart-see/a-shoot-down", "--no-open", "--dir", "w"];
    let (status, told, wrong) = command(folder.path(), &shoot_down);
    assert_eq!(status, Some(0), "{wrong}");
    let path = |key| told.lines().find_map(|line| line.strip_prefix(key)).expect("a path");
    let (dump, view) = (folder.path().join(path("wave  ")), folder.path().join(path("view  ")));
    complete(&view).unwrap_or_else(|why| panic!("{why}"));
    let answers = |hart: &str| {
        let answers = values(&dump, &format!("{hart}data.answered")).into_iter();
        answers.filter(|answer| !answer.is_empty()).collect::<Vec<_>>()
    };
    // Each hart keeps the page until it executes a fence of its own.
    let (gone, stays) = ("load_page_fault", "80001000");
    assert_eq!(answers(""), ["80000000", gone]);
    assert_eq!(answers("hart1."), ["80000000", gone]);
    assert_eq!(answers("hart2."), ["80000000", stays, "80000000", gone, stays]);
    for hart in ["", "hart1.", "hart2."] {
        let fences = values(&dump, &format!("{hart}fence.valid"));
        assert_eq!(fences.iter().filter(|level| *level == "1").count(), 1, "{hart}{fences:?}");
    }
    let view = fs::read_to_string(view).expect("a view");
    for group in ["-Request\n", "-Hart 1\n", "-Hart 2\n"] {
        assert!(view.contains(group), "{group}: {view}");
    }
    assert!(view.contains("+{data VA} hart2.data.asked\n"), "{view}");
}

const INVALID: &str = "what-is-a-valid-entry/invalid-at-every-level";

#[test]
fn walker_shows_no_level_that_is_none_and_an_invalid_entry_as_such() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (status, _, told) = command(folder.path(), &["wave", INVALID, "--no-open", "--dir", "w"]);
    assert_eq!(status, Some(0), "{told}");
    let files = fs::read_dir(folder.path().join("w")).expect("a folder");
    let dump = files
        .map(|file| file.expect("a file").path())
        .find(|path| path.extension().is_some_and(|extension| extension == "vcd"))
        .expect("a dump");
    let levels = values(&dump, "mmu.walks.walker.next_level");
    assert!(
        levels.len() > 2 && levels.iter().all(|level| level <= &"100".to_owned()),
        "{levels:?}"
    );
    let kinds = values(&dump, "memory.pte_name");
    assert!(kinds.iter().any(|kind| kind == "invalid"), "{kinds:?}");
    let states: BTreeSet<String> =
        values(&dump, "mmu.walks.walker.state_name").into_iter().collect();
    assert!(states.contains("Check") && !states.contains("Leaf"), "{states:?}");
    let stem = dump.file_stem().expect("a name").to_string_lossy().into_owned();
    let filters = folder.path().join("w/filters").join(stem);
    let filter = fs::read_to_string(filters.join("mmu.walks.walker.state.flt")).expect("a filter");
    assert!(!filter.contains("SpringGreen"), "no state of the walk is a success: {filter}");
}

#[test]
fn empty_window_is_an_error_that_says_how_long_the_run_was() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for place in ["--wave=w", "--wave=w.fst"] {
        let (status, text, told) = command(
            folder.path(),
            &["run", INVALID, "--mode", "sv39", place, "--wave-from", "5000"],
        );
        let cycles = text.lines().find_map(|line| line.split_once(" runs, "));
        let cycles = cycles.and_then(|(_, rest)| rest.split_once(' ')).expect("a summary").0;
        assert_eq!(status, Some(2), "{told}");
        assert!(told.contains(&format!("the run has {cycles} cycles")), "{cycles}: {told}");
    }
}

#[test]
fn options_of_waves_without_a_wave_are_errors() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for option in [&["--wave-from", "5"][..], &["--wave-cycles", "5"], &["--plain"]] {
        let (status, _, told) = command(folder.path(), &[&["run", INVALID], option].concat());
        assert_eq!(status, Some(2), "{told}");
        assert!(told.contains(option[0]) && told.contains("--wave"), "{told}");
    }
    let plain = command(folder.path(), &["run", INVALID, "--wave=x.fst", "--plain"]);
    assert_eq!(plain.0, Some(2), "{plain:?}");
    let none = command(folder.path(), &["run", INVALID, "--wave", "--wave-cycles", "0"]);
    assert_eq!(none.0, Some(2), "{none:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn wave_that_a_full_disk_cuts_is_kept_and_the_run_is_reported() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = std::process::Command::new("sh")
        .current_dir(folder.path())
        // Files may not grow as long as the dump, and the signal about that is ignored.
        .args(["-c", "trap '' XFSZ; ulimit -f 200; exec \"$@\"", "sh"])
        .arg(assert_cmd::cargo::cargo_bin!("pagewalk"))
        .args(["run", "the-second-reader", "--config", "rv64_small", "--mode", "sv39", "--wave=w"])
        .output()
        .expect("a shell");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(text.contains("1 runs, "), "the run itself is reported: {text}");
    let cycle = told.trim().rsplit_once("it is kept up to cycle ").expect("what is kept").1;
    let cycle: u64 = cycle.parse().expect("a cycle");
    let view = text.lines().find_map(|line| line.strip_prefix("wave  ")).expect("a view");
    let view = folder.path().join(view);
    complete(&view).unwrap_or_else(|error| panic!("{error}"));
    let waves = wellen::simple::read(view.with_extension("vcd")).expect("a dump");
    assert_eq!(waves.time_table().last().map(|time| time / 10), Some(cycle));
}

#[test]
fn file_named_for_a_wave_is_written_in_the_format_of_its_extension() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let select = ["--config", "rv64_tiny", "--mode", "sv39"];
    for place in [&["--wave", "x.fst"][..], &["--wave=y.vcd"], &["--wave=z.vcd", "--plain"]] {
        let (status, _, told) =
            command(folder.path(), &[&["run"], place, &[INVALID], &select[..]].concat());
        assert_eq!(status, Some(0), "{told}");
    }
    let path = |name: &str| folder.path().join(name);
    let [x, y, z] = ["x.fst", "y.vcd", "z.vcd"].map(path);
    for (view, dump) in [("x.gtkw", &x), ("y.gtkw", &y), ("z.gtkw", &z)] {
        complete(&path(view)).unwrap_or_else(|error| panic!("{view}: {error}"));
        assert_eq!(values(dump, "satp.mode"), values(&y, "satp.mode"), "{view}");
    }
    for signal in ["memory.flags", "mmu.walks.walker.state_name", "data.asked", "data.va"] {
        assert_eq!(values(&x, signal), values(&y, signal), "{signal}");
    }
    assert!(fs::read(&x).expect("FST").len() * 2 < fs::read(&y).expect("VCD").len());
    let plain = fs::read_to_string(&z).expect("VCD");
    assert!(!plain.contains("$attrbegin") && !plain.contains("$var string"), "{plain}");
}

/// A view as a reader sees it: its groups and whether each is open, the visible times, the cursor,
/// and the named markers with their times.
struct Seen {
    groups: Vec<(String, bool)>,
    sight: (u64, u64),
    cursor: i64,
    markers: Vec<(i64, String)>,
}

/// The view that a command's recording opens with.
fn seen(arguments: &[&str]) -> (Option<i32>, Seen, std::path::PathBuf, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x.vcd");
    let place = format!("--wave={}", path.display());
    let (status, _, told) = command(folder.path(), &[arguments, &[&place]].concat());
    let text = fs::read_to_string(path.with_extension("gtkw"));
    let text = text.unwrap_or_else(|error| panic!("{error}: {told}"));
    let (mut groups, mut flags, mut depth) = (Vec::new(), "", 0);
    for line in text.lines() {
        if let Some(set) = line.strip_prefix('@') {
            flags = set;
        } else if let Some(name) = line.strip_prefix('-').filter(|name| !name.is_empty()) {
            if flags == "800200" || flags == "c00200" {
                if depth == 0 {
                    groups.push((name.to_owned(), flags == "800200"));
                }
                depth += 1;
            } else {
                depth -= 1;
            }
        }
    }
    let zoom = text.lines().find_map(|line| line.strip_prefix('*')).expect("a zoom");
    let numbers: Vec<f64> = zoom.split(' ').map(|number| number.parse().expect("one")).collect();
    let start = text.lines().find_map(|line| line.strip_prefix("[timestart] "));
    let start: u64 = start.and_then(|time| time.parse().ok()).expect("a time");
    // Values are shown in 1146 of the window's pixels, 200 of them per unit of time at zoom 0.
    let units = (2_f64.powf(-numbers[0]) * 1146.0 / 200.0).round() as u64;
    let names = text.lines().filter_map(|line| line.strip_prefix("[markername] "));
    let times = numbers[2..].iter().map(|time| *time as i64);
    let markers = times.zip(names).map(|(time, name)| (time, name[1..].to_owned())).collect();
    let seen = Seen { groups, sight: (start, start + units), cursor: numbers[1] as i64, markers };
    (status, seen, path, folder)
}

impl Seen {
    fn open(&self) -> Vec<&str> {
        self.groups.iter().filter(|(_, open)| *open).map(|(name, _)| &**name).collect()
    }
}

const STORY: &[&str] = &["run", "one-after-the-other", "--config", "rv64_small", "--mode", "sv39"];

#[test]
fn story_of_processes_opens_on_the_operating_system_with_all_of_it_in_sight() {
    let (status, view, dump, _folder) = seen(STORY);
    assert_eq!(status, Some(0));
    assert_eq!(view.open(), ["Operating system"]);
    assert_eq!(view.groups[0].0, "Operating system");
    let times = wellen::simple::read(&dump).expect("a dump");
    let times = times.time_table();
    let (first, last) = (times[0], times[times.len() - 1]);
    assert!(view.sight.0 == first && view.sight.1.abs_diff(last) <= 20, "{:?}", view.sight);
    let markers: Vec<&str> = view.markers.iter().map(|(_, name)| &**name).collect();
    // Every kill, and the first of each kind of everything else.
    for victim in ["null", "stray", "deep", "wild"] {
        assert!(
            markers.iter().any(|name| name.ends_with(&format!(" kill {victim}"))),
            "{markers:?}"
        );
    }
    let kinds: Vec<&str> =
        markers.iter().filter_map(|name| Some(name.split_once(' ')?.1)).collect();
    for kind in ["minor fault", "protection fault", "store_page_fault", "context switch", "exit"] {
        assert_eq!(kinds.iter().filter(|found| **found == kind).count(), 1, "{kind}: {kinds:?}");
    }
    assert!(view.markers.is_sorted_by_key(|(time, _)| *time), "{:?}", view.markers);
}

#[test]
fn view_is_what_was_asked_for() {
    let ports = ["Request", "TLB", "Walker", "Memory bus", "Fault"];
    let (_, hardware, _, _folder) = seen(&[STORY, &["--view", "hardware"]].concat());
    assert_eq!(hardware.open(), [&ports[..], &["Operating system"]].concat());
    let fault = hardware.markers.iter().find(|(_, name)| name.contains("page_fault"));
    assert_eq!(Some(hardware.cursor), fault.map(|(time, _)| *time));
    assert!(hardware.sight.1 - hardware.sight.0 < 4000, "{:?}", hardware.sight);
    let (_, all, _, _folder) = seen(&[STORY, &["--view", "all"]].concat());
    assert_eq!(all.open(), [&["Operating system"], &ports[..]].concat());
    let (_, os, _, _folder) = seen(STORY);
    assert_eq!(all.sight, os.sight);
    let (_, cycles, _, _folder) =
        seen(&["run", INVALID, "--config", "rv64_tiny", "--mode", "sv39"]);
    assert_eq!(cycles.open(), ports, "a scenario of single cycles opens on the hardware");
    let (_, fits, _, _folder) =
        seen(&["run", "where-does-it-fit/first-fit", "--config", "segment_4"]);
    assert_eq!(fits.open()[..2], ["Operating system", "Memory"]);
}

#[test]
fn failed_run_opens_at_its_failure() {
    let text = |pa: &str| {
        format!(
            "idea = \"One load.\"\nspec = \"sv32algorithm: the translation is successful\"\n\
             machine = {{ latency = 10 }}\n\
             map = [{{ va = 0x40_0000, pa = 0x8000_0000, pages = 2, flags = \"RW UAD\" }}]\n\
             step = [{{ load = 0x40_0000, pa = 0x8000_0000 }}, {{ load = 0x40_1000, pa = {pa} }}]\n"
        )
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("wrong.toml");
    fs::write(&file, text("0x8000_2000")).expect("a file");
    let file = file.display().to_string();
    let (status, view, _, _dump) = seen(&["run", &file, "--config", "rv64_tiny", "--mode", "sv39"]);
    assert_eq!(status, Some(1));
    let failure = view.markers.iter().find(|(_, name)| name.contains(" FAIL "));
    let failure = failure.unwrap_or_else(|| panic!("{:?}", view.markers)).0;
    assert_eq!(view.cursor, failure);
    assert!((view.sight.0..view.sight.1).contains(&(failure as u64)), "{:?}", view.sight);
}

#[test]
fn waves_of_compiled_state_are_those_of_verilator() {
    if !tools::or_skip("verilator") {
        return;
    }
    let config = "rv64_tiny".to_owned();
    let options =
        WaveOptions { config, cycles: 2000, rounds: 1, seconds: 0.01, ..WaveOptions::default() };
    let report = waves(&options).unwrap_or_else(|error| panic!("{error}"));
    assert!(report.compared_signals > 500, "{report}");
    assert!(report.compared_changes > 10_000, "{report}");
    println!("{report}");
}
