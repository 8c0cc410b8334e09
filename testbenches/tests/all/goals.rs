//! The smallest TLB that meets a goal, against the hardware; and how curves of TLBs are shown.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::command::within::{json, sound};

/// A program that fetches from one page and goes through others in loops that grow.
fn folder() -> TempDir {
    let mut text = String::new();
    for n in 0..9_000_u64 {
        let page = n / 3 % (3 + n / 150);
        let _ = writeln!(text, "2 {:x}", 0x40_0000 + n % 600 * 4);
        let _ = writeln!(text, "{} {:x}", n % 2, 0x80_0000 + page * 4096 + n % 500 * 8);
    }
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("loops.din"), text).expect("it can be written");
    folder
}

/// The misses per 1000 instructions of a size.
fn rate(curves: &Value, port: &str, ways: u64, lines: u64) -> f64 {
    let rows = curves["rows"].as_array().expect("a list");
    let of = |row: &&Value| row["port"] == port && row["ways"] == ways;
    let row = rows.iter().filter(of).find(|row| row["lines"] == lines);
    row.or(rows.iter().rfind(of)).and_then(|row| row["mpki"].as_f64()).expect("a rate")
}

fn curves(folder: &Path, options: &[&str]) -> Value {
    json(folder, &[&["curve", "loops.din", "--json"], options].concat())
}

#[test]
fn the_hardware_that_meets_a_goal_meets_it_and_half_of_it_does_not() {
    let folder = folder();
    let folder = folder.path();
    let whole = curves(folder, &["--ways", "0,1,4"]);
    // Between sizes that there are as hardware.
    let goal = rate(&whole, "data", 0, 24);
    assert!(rate(&whole, "data", 0, 16) > goal && goal > rate(&whole, "data", 0, 32));
    let asked = curves(folder, &["--ways", "0,1,4", "--goal", &goal.to_string()]);
    assert_eq!(asked["rows"], whole["rows"]);
    let answers = asked["goal"]["answers"].as_array().expect("a list");
    assert_eq!(answers.len(), 6, "two ports, three organisations");
    let mut built = 0;
    for answer in answers {
        let port = answer["port"].as_str().expect("a port");
        let ways = answer["ways"].as_u64().expect("a number");
        if let Some(lines) = answer["lines"].as_u64() {
            assert!(rate(&whole, port, ways, lines) <= goal, "{answer}");
            let smaller = if ways == 0 { lines - 1 } else { lines / 2 };
            assert!(smaller < ways.max(1) || rate(&whole, port, ways, smaller) > goal, "{answer}");
        }
        let Some(config) = answer["hardware"]["config"].as_str() else { continue };
        built += 1;
        let counted = |config: &str| {
            let report = json(folder, &["trace", "loops.din", "--json", "--config", config]);
            report["total"][port]["tlb_mpki"].as_f64().expect("a rate")
        };
        let of_hardware = counted(config);
        assert!(of_hardware <= goal, "{answer}: {of_hardware}");
        let said = answer["hardware"]["rate"].as_f64().expect("a rate");
        assert!((of_hardware - said).abs() < 1e-9, "{answer}: {of_hardware}");
        let names = [("huge", "large"), ("large", "linux"), ("linux", "small"), ("small", "tiny")];
        let smaller = names.iter().find(|(size, _)| config.starts_with(&format!("rv64_{size}")));
        if let Some((size, smaller)) = smaller {
            let half = config.replace(size, smaller);
            assert!(counted(&half) > goal, "{half} would do for {answer}");
        }
    }
    assert!(built >= 4, "{answers:?}");
    assert_eq!(answers.iter().find(|a| a["port"] == "data").map(|a| &a["lines"]), Some(&24.into()));
}

#[test]
fn an_answer_is_that_of_every_size_and_says_what_it_lacks() {
    let folder = folder();
    let folder = folder.path();
    let all = curves(folder, &["--goal", "100"]);
    let few = curves(folder, &["--goal", "100", "--sizes", "1,60"]);
    assert_eq!(all["goal"], few["goal"]);
    assert_ne!(all["rows"], few["rows"]);
    // The answer has a marker of its own, and is told beside it only where it is shown.
    let drawn = |options: &[&str]| {
        let always = ["curve", "loops.din", "--port", "data", "--goal", "100", "--plot", "x.svg"];
        sound(folder, &[&always[..], options].concat());
        fs::read_to_string(folder.join("x.svg")).expect("it was drawn")
    };
    let out = sound(folder, &["curve", "loops.din", "--goal", "0.01", "--port", "data"]);
    assert!(out.contains("none") && out.contains(" at best"), "{out}");
    let out = sound(folder, &["curve", "loops.din", "--goal", "100", "--avoidable"]);
    assert!(out.contains("counted by the hardware, with what every size misses: "), "{out}");
    let lines = all["goal"]["answers"].as_array().expect("a list");
    let lines = lines.iter().find(|answer| answer["port"] == "data").expect("an answer");
    let text = format!("{} lines", lines["lines"]);
    assert!(drawn(&[]).contains(&text));
    assert!(!drawn(&["--sizes", "1,60"]).contains(&text));
}

#[test]
fn the_command_that_confirms_an_answer_runs_and_agrees() {
    let folder = folder();
    let folder = folder.path();
    let options = ["--goal", "100", "--port", "data", "--os", "frames=512"];
    let out = sound(folder, &[&["curve", "loops.din"], &options[..]].concat());
    let line = out.lines().find_map(|line| line.strip_prefix("counted by the hardware: pagewalk "));
    let words: Vec<_> = line.unwrap_or_else(|| panic!("{out}")).split(' ').collect();
    assert!(words.contains(&"frames=512"), "{words:?}");
    let report = json(folder, &[&words[..], &["--json"]].concat());
    let counted = report["total"]["data"]["tlb_mpki"].as_f64().expect("a rate");
    let row = out.lines().find(|line| line.starts_with("data")).expect("an answer");
    assert!(counted <= 100.0 && row.contains(&format!("{counted:.3}")), "{row}: {counted}");
    // Without a goal the note names the hardware's sizes.
    let out = sound(folder, &["curve", "loops.din"]);
    let line = out.lines().find_map(|line| line.split_once("they count: pagewalk "));
    let words: Vec<_> = line.expect("a command").1.split(' ').collect();
    let reports = json(folder, &[&words[..], &["--json"]].concat());
    assert_eq!(reports.as_array().map(Vec::len), Some(5));
    let whole = curves(folder, &[]);
    for (report, lines) in reports.as_array().expect("a list").iter().zip([4, 8, 16, 32, 64]) {
        let counted = report["total"]["data"]["tlb_mpki"].as_f64().expect("a rate");
        assert!((counted - rate(&whole, "data", 0, lines)).abs() < 1e-9, "{lines} lines");
    }
}

#[test]
fn the_heading_tells_the_curves_replacement_from_the_machines() {
    let folder = folder();
    let folder = folder.path();
    let out = sound(folder, &["curve", "loops.din"]);
    let first = out.lines().next().unwrap_or_default();
    assert!(first.contains("LRU TLBs of every size, fully associative"), "{first}");
    assert!(first.ends_with("; rv64_linux itself replaces by FIFO"), "{first}");
    assert!(out.contains("first touch misses twice"), "{out}");
    // A machine that replaces by LRU sees the same, whatever its size.
    let out = sound(folder, &["curve", "loops.din", "--config", "rv64_huge+replacement=lru"]);
    assert!(!out.contains("itself"), "{out}");
    let lru = curves(folder, &["--config", "rv64_huge+replacement=lru"]);
    assert_eq!(lru["rows"], curves(folder, &[])["rows"]);
    let report = sound(folder, &["trace", "loops.din"]);
    assert!(
        report.contains("lines replaced by FIFO; kernel: pages replaced by clock;"),
        "{report}"
    );
    let config = "rv64_large+replacement=lru+ways=4";
    let report = sound(folder, &["trace", "loops.din", "--config", config]);
    assert!(report.contains("32 lines a port, in sets of 4, lines replaced by LRU;"), "{report}");
}

#[test]
fn sizes_and_ports_are_those_that_were_asked_for_everywhere() {
    let folder = folder();
    let folder = folder.path();
    let whole = curves(folder, &[]);
    let some = curves(folder, &["--sizes", "8,24,4096", "--port", "data"]);
    let rows = some["rows"].as_array().expect("a list");
    let lines: Vec<_> = rows.iter().filter_map(|row| row["lines"].as_u64()).collect();
    assert_eq!(lines, [8, 24, 4096]);
    for row in rows {
        let lines = row["lines"].as_u64().expect("a number");
        assert_eq!(
            (row["port"].as_str(), row["mpki"].as_f64()),
            (Some("data"), Some(rate(&whole, "data", 0, lines)))
        );
    }
    let csv = sound(folder, &["curve", "loops.din", "--sizes", "8,24", "--csv"]);
    assert_eq!(csv.lines().count(), 5, "{csv}");
    let csv = sound(folder, &["curve", "loops.din", "--of", "frames", "--sizes", "5,9", "--csv"]);
    assert_eq!(csv.lines().count(), 3, "{csv}");
    let markers = |options: &[&str]| {
        let all = [&["curve", "loops.din", "--port", "data", "--plot", "x.svg"], options].concat();
        sound(folder, &all);
        let svg = fs::read_to_string(folder.join("x.svg")).expect("it was drawn");
        svg.matches("<polygon").count()
    };
    assert_eq!(markers(&["--sizes", "8,24"]), 2);
    assert!(markers(&[]) > 5);
}

#[test]
fn what_every_size_misses_can_be_left_out() {
    let folder = folder();
    let folder = folder.path();
    let (all, avoidable) = (curves(folder, &[]), curves(folder, &["--avoidable"]));
    let misses = |curves: &Value| {
        let rows = curves["rows"].as_array().expect("a list");
        let of = |row: &&Value| row["port"] == "data";
        rows.iter().filter(of).filter_map(|row| row["misses"].as_u64()).collect::<Vec<_>>()
    };
    let (all, avoidable) = (misses(&all), misses(&avoidable));
    // The largest size of all misses what no size avoids.
    let always = all[all.len() - 1];
    assert!(always > 120, "{always}: 62 pages, twice each");
    assert_eq!(avoidable, all.iter().map(|misses| misses - always).collect::<Vec<_>>());
    // Two pages in turn, and ten of which each is used twice: rates that are far apart, and none at all
    // with enough lines. Zero has no logarithm.
    let page = |n: u64| if n < 4000 { n % 2 } else { 10 + n % 10 };
    let line = |n: u64| format!("2 400000\n0 {:x}\n", 0x80_0000 + page(n) * 4096);
    fs::write(folder.join("far.din"), (0..4020).map(line).collect::<String>()).expect("written");
    let drawn = |options: &[&str]| {
        let out = sound(folder, &[&["curve", "far.din", "--plot", "x.svg"], options].concat());
        (out, fs::read_to_string(folder.join("x.svg")).expect("it was drawn"))
    };
    let (out, svg) = drawn(&["--avoidable"]);
    assert!(out.starts_with("far: avoidable misses") && out.contains("left out"), "{out}");
    assert!(svg.contains("0 is below the break"), "{svg}");
    let (_, svg) = drawn(&["--port", "data"]);
    assert!(svg.contains(">\n50\n<") && !svg.contains(">\n0\n<"), "logarithmic: {svg}");
}

#[test]
fn many_organisations_are_told_apart() {
    let folder = folder();
    let folder = folder.path();
    let ways = ["curve", "loops.din", "--ways", "0,1,2,4,8", "--plot", "x.svg"];
    let out = sound(folder, &ways);
    let table: Vec<_> = out.lines().filter(|line| !line.contains("note")).collect();
    assert!(table.iter().all(|line| line.chars().count() <= 100), "{out}");
    assert!(out.contains("fully associative") && out.contains("a minus is no size"), "{out}");
    assert!(table.iter().any(|line| line.starts_with("data") && !line.contains("- ")), "{out}");
    let svg = fs::read_to_string(folder.join("x.svg")).expect("it was drawn");
    for name in ["data, fully associative", "data, 1 way", "fetch, 8 ways", "Dashed: fetch"] {
        assert!(svg.contains(name), "{name}");
    }
}
