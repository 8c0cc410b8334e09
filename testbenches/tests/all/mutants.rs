//! Defects planted in the hardware, each caught by a scenario, a vector or a block's own test, and
//! in the memory manager, each caught by the tests that drive it.
//!
//! Every mutant is a build of its own, so this runs only when asked to: `make mutants`.

use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::figures::documented;

#[derive(Deserialize)]
struct Catalogue {
    mutant: Vec<Mutant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    name: String,
    defect: String,
    file: String,
    find: String,
    replace: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The hardware's list.
const HARDWARE: &str = "mutants.toml";
/// The memory manager's list.
const KERNEL: &str = "kernel-mutants.toml";

fn catalogue(name: &str) -> Vec<Mutant> {
    let path = root().join("testbenches/data").join(name);
    let text = std::fs::read_to_string(path).expect("the catalogue is there");
    toml::from_str::<Catalogue>(&text).expect("the catalogue reads").mutant
}

/// The text of a file with a mutation.
fn mutated(mutant: &Mutant, text: &str) -> String {
    let places = text.matches(&mutant.find).count();
    assert_eq!(places, 1, "{}: its text stands {places} times in {}", mutant.name, mutant.file);
    text.replace(&mutant.find, &mutant.replace)
}

#[test]
fn every_mutant_still_has_its_place() {
    let hardware = catalogue(HARDWARE).len().to_string();
    documented("docs/results.md", "{} defects of real MMUs, planted in the hardware", &[hardware]);
    for mutant in catalogue(HARDWARE).into_iter().chain(catalogue(KERNEL)) {
        let text = std::fs::read_to_string(root().join(&mutant.file)).expect("the file is there");
        assert_ne!(mutated(&mutant, &text), text, "{} changes nothing", mutant.name);
    }
}

/// A copy of the tracked tree, in which mutants are planted.
fn copy_of_the_tree(target: &Path) {
    let listed = run(Command::new("git").args(["ls-files", "-z"]).current_dir(root()));
    for name in String::from_utf8(listed.stdout).expect("names are UTF-8").split_terminator('\0') {
        let to = target.join(name);
        std::fs::create_dir_all(to.parent().expect("a file has a folder")).expect("it is made");
        std::fs::copy(root().join(name), to).expect("the file copies");
    }
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"))
}

/// Builds the command in the copy; a mutant that does not compile would prove nothing.
fn build(copy: &Path) -> PathBuf {
    let built = run(Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--bin", "pagewalk"])
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .current_dir(copy));
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    copy.join("target/release/pagewalk")
}

/// The test that catches a defect of the hardware in the copy: scenarios, then vectors, then tests
/// of blocks.
fn caught_by(pagewalk: &Path, copy: &Path) -> Option<String> {
    let scenarios = run(Command::new(pagewalk).args(["run", "--all"]).current_dir(copy));
    if scenarios.status.code() == Some(1) {
        let text = String::from_utf8_lossy(&scenarios.stdout).into_owned();
        let first = text.lines().find(|line| line.contains("FAIL"));
        return Some(first.unwrap_or("a scenario").trim().to_owned());
    }
    assert!(scenarios.status.success(), "{}", String::from_utf8_lossy(&scenarios.stderr));
    let mut conform = Command::new(pagewalk);
    conform.arg("conform").current_dir(copy);
    for mode in ["sv32", "sv39", "sv48", "sv57"] {
        for kind in ["walk", "tlb", "pmp"] {
            conform.arg(format!("testbenches/data/vectors/{mode}-{kind}.txt.gz"));
        }
    }
    if run(&mut conform).status.code() == Some(1) {
        return Some("the vectors".to_owned());
    }
    let blocks = run(Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--release", "--package", "hdl"])
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .current_dir(copy));
    (!blocks.status.success()).then(|| "a block test".to_owned())
}

/// The test that catches a defect of the kernel in the copy: its own tests, then scenarios, then a
/// short soak.
fn kernel_caught_by(copy: &Path) -> Option<String> {
    if let Some(test) = kernel_test_that_fails(copy) {
        return Some(test);
    }
    let pagewalk = build(copy);
    let scenarios = run(Command::new(&pagewalk).args(["run", "--all"]).current_dir(copy));
    let text = String::from_utf8_lossy(&scenarios.stdout).into_owned();
    let failed = text.lines().find(|line| line.contains("FAIL"));
    let failed = failed.map(|line| line.trim().to_owned());
    if !scenarios.status.success() {
        return Some(failed.unwrap_or_else(|| "a scenario".to_owned()));
    }
    let mut soak = Command::new(&pagewalk);
    soak.args(["soak", "--ops", "50000", "--policy", "clock,fifo,lru"]).current_dir(copy);
    (!run(&mut soak).status.success()).then(|| "the soak".to_owned())
}

/// The first of the kernel's own tests that fails in the copy.
fn kernel_test_that_fails(copy: &Path) -> Option<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--quiet", "--release", "--package", "machine", "--lib", "system::tests"]);
    cargo.env("CARGO_TARGET_DIR", copy.join("target")).current_dir(copy);
    let built = run(Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--release", "--package", "machine", "--lib", "--no-run"])
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .current_dir(copy));
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let tests = run(&mut cargo);
    let text = String::from_utf8_lossy(&tests.stdout).into_owned();
    let first = text.lines().find(|line| line.starts_with("---- "));
    let name = first.map(|line| line.trim_matches(['-', ' ']).to_owned());
    (!tests.status.success()).then(|| name.unwrap_or_else(|| "a test of the kernel".to_owned()))
}

/// Plants each mutant of a list in the copy. `PAGEWALK_MUTANT` may name some, separated by commas.
fn plant(copy: &Path, mutants: Vec<Mutant>, caught_by: impl Fn() -> Option<String>) {
    assert_eq!(caught_by(), None, "what is unbroken does not pass");
    let only = std::env::var("PAGEWALK_MUTANT").ok();
    let mut survivors = Vec::new();
    for mutant in mutants {
        if only.as_ref().is_some_and(|only| !only.split(',').any(|name| name == mutant.name)) {
            continue;
        }
        let file = copy.join(&mutant.file);
        let sound = std::fs::read_to_string(&file).expect("the file is there");
        std::fs::write(&file, mutated(&mutant, &sound)).expect("the mutant is planted");
        let caught = caught_by();
        std::fs::write(&file, sound).expect("the file is restored");
        println!("{:45} {}", mutant.name, caught.as_deref().unwrap_or("SURVIVES"));
        if caught.is_none() {
            survivors.push(format!("{} ({})", mutant.name, mutant.defect));
        }
    }
    assert!(survivors.is_empty(), "not caught: {survivors:#?}");
}

#[test]
#[ignore = "builds the hardware once for each mutant: make mutants"]
fn every_mutant_is_caught() {
    let copy = root().join("target/mutants");
    copy_of_the_tree(&copy);
    plant(&copy, catalogue(HARDWARE), || caught_by(&build(&copy), &copy));
}

#[test]
#[ignore = "builds the memory manager once for each mutant: make mutants"]
fn every_kernel_mutant_is_caught() {
    let copy = root().join("target/kernel-mutants");
    copy_of_the_tree(&copy);
    plant(&copy, catalogue(KERNEL), || kernel_caught_by(&copy));
}
