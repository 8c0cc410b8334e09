//! `pagewalk soak`: short soaks of every scheme, and error messages.

use assert_cmd::cargo::cargo_bin_cmd;
use engine::CONFIGS;
use model::isa::Mode;
use model::mmu::Organisation;
use serde_json::Value;
use tempfile::TempDir;

/// Runs `pagewalk soak`: standard output, standard error, status.
fn soak(arguments: &[&str]) -> (String, String, i32) {
    let directory = TempDir::new().expect("a directory");
    let output = cargo_bin_cmd!("pagewalk")
        .arg("soak")
        .args(arguments)
        .current_dir(&directory)
        .output()
        .expect("the binary starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    (out, error, output.status.code().expect("no signal"))
}

/// The rows of a soak without failures.
fn rows(arguments: &[&str]) -> Vec<Value> {
    let (out, error, status) = soak(&[arguments, &["--json"]].concat());
    assert_eq!(status, 0, "{out}{error}");
    serde_json::from_str(&out).expect("a list")
}

fn total(rows: &[Value], name: &str) -> u64 {
    rows.iter().filter_map(|row| row["counts"][name].as_u64()).sum()
}

#[test]
fn random_programs_keep_every_invariant_in_every_scheme() {
    let rows = rows(&["--ops", "20000", "--mode", "all", "--policy", "clock,two-list"]);
    assert_eq!(rows.len(), 8);
    assert!(rows.iter().all(|row| row["steps"].as_u64() >= Some(20_000)), "{rows:?}");
    for name in ["swap_ins", "cow_copies", "forks", "execs", "munmaps", "mprotects", "file_writes"]
    {
        assert!(total(&rows, name) > 8, "{name}: {}", total(&rows, name));
    }
}

/// Load control suspended a process for which a frame was reserved, and others waited for that
/// frame for ever.
#[test]
fn nobody_waits_for_the_frame_of_a_suspended_process() {
    rows(&["--ops", "1", "--mode", "sv39", "--policy", "lru", "--seed", "2"]);
}

#[test]
fn errors_of_bus_and_disk_hit_their_victims_only() {
    let errors = ["--bus-errors", "200", "--disk-errors", "5000"];
    let what = ["--ops", "20000", "--mode", "sv39", "--policy", "fifo,random", "--seed", "900"];
    let rows = rows(&[&errors[..], &what[..]].concat());
    assert!(total(&rows, "disk_errors") > 0, "{rows:?}");
}

#[test]
fn each_organisation_is_soaked_itself() {
    for config in CONFIGS.iter().filter(|config| config.entries == 16) {
        // Where only some schemes are implemented, the deepest of them.
        let deepest = match config.organisation.sizes.deepest {
            Mode::Sv39 => &["--mode=sv39"][..],
            Mode::Sv48 => &["--mode=sv48"],
            _ => &[],
        };
        let options = ["--ops=2000", "--policy=clock", "--bus-errors=100", "--config", config.name];
        let rows = rows(&[&options[..], deepest].concat());
        assert!(rows.iter().all(|row| row["config"] == config.name), "{rows:?}");
        let Organisation { walk_cache, l2, line_fill, .. } = config.organisation;
        for (event, built_in) in
            [("l2_hits", l2 > 0), ("walk_cache_hits", walk_cache > 0), ("line_hits", line_fill > 0)]
        {
            assert_eq!(total(&rows, event) > 0, built_in, "{event} of {}", config.name);
        }
    }
}

#[test]
fn a_soak_is_the_same_each_time() {
    let arguments = ["--ops", "3000", "--mode", "sv32", "--policy", "random"];
    assert_eq!(soak(&arguments), soak(&arguments));
}

#[test]
fn mistakes_are_explained() {
    for (arguments, said) in [
        (&["--policy", "clok"][..], "did you mean clock?"),
        (&["--mode", "sv40"][..], "there is no scheme `sv40`"),
        (&["--config", "rv32_small", "--mode", "sv39"][..], "rv32_small does not support Sv39"),
        (&["--config", "segment_4"][..], "no pages to soak"),
    ] {
        let (_, error, status) = soak(arguments);
        assert_eq!(status, 2, "{error}");
        assert!(error.contains(said), "{error}");
    }
}
