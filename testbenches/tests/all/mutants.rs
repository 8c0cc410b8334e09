//! Defects planted in the hardware, each caught by a scenario, a vector or a block's own test, and
//! in the memory manager, each caught by the tests that drive it.
//!
//! All of a list are planted in one build, and one is chosen when it runs; those that cannot stand
//! beside the others are built alone. It takes minutes, so this runs only when asked to:
//! `make mutants`. `linux` boots an operating system on some of them: `make linux-defects`.

mod linux;
mod plant;

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::figures::documented;
use plant::Change;

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
    /// It needs a build of its own.
    #[serde(default)]
    alone: bool,
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

/// The text of a file without a mutation.
fn sound(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).expect("the file is there")
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
        let text = sound(&mutant.file);
        assert_ne!(mutated(&mutant, &text), text, "{} changes nothing", mutant.name);
    }
}

/// Makes a folder a copy of the tracked tree, in which these files have another text. What is there
/// already is not written again: cargo would build it again.
fn copy_of_the_tree(target: &Path, changed: &BTreeMap<String, String>) {
    let listed = run(Command::new("git").args(["ls-files", "-z"]).current_dir(root()));
    for name in String::from_utf8(listed.stdout).expect("names are UTF-8").split_terminator('\0') {
        let (from, to) = (root().join(name), target.join(name));
        let wanted = changed
            .get(name)
            .cloned()
            .map_or_else(|| std::fs::read(&from), |text| Ok(text.into_bytes()));
        let wanted = wanted.expect("the file is there");
        if std::fs::read(&to).is_ok_and(|there| there == wanted) {
            continue;
        }
        std::fs::create_dir_all(to.parent().expect("a file has a folder")).expect("it is made");
        // With its permissions.
        std::fs::copy(from, &to).expect("the file copies");
        std::fs::write(to, wanted).expect("the file is written");
    }
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"))
}

/// The variable by which a run chooses a mutant.
const CHOICE: &str = "PAGEWALK_PLANTED";

/// What the sources of a crate call to learn whether a mutant is chosen.
const CHOOSER: &str = r#"
/// 1 if this mutant is chosen.
#[doc(hidden)]
#[allow(clippy::all, dead_code)]
pub fn planted(number: usize) -> usize {
    static CHOSEN: std::sync::OnceLock<Option<usize>> = std::sync::OnceLock::new();
    let read = || std::env::var("PAGEWALK_PLANTED").ok().and_then(|text| text.parse().ok());
    usize::from(*CHOSEN.get_or_init(read) == Some(number))
}

/// 1 if it is not.
#[doc(hidden)]
#[allow(clippy::all, dead_code)]
pub fn sound(number: usize) -> usize {
    1 - planted(number)
}
"#;

/// A copy of the tree with mutants in it, and which of them is chosen.
struct Tree {
    folder: PathBuf,
    chosen: Option<usize>,
}

impl Tree {
    /// A command in the copy, with the choice.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env("CARGO_TARGET_DIR", self.folder.join("target"));
        match self.chosen {
            Some(number) => command.env(CHOICE, number.to_string()),
            None => command.env_remove(CHOICE),
        };
        command
    }

    /// Builds the command; a mutant that does not compile would prove nothing.
    fn build(&self) {
        let mut cargo = self.command(env!("CARGO"));
        cargo.args(["build", "--quiet", "--release", "--bin", "pagewalk"]);
        succeeded(&run(&mut cargo));
    }

    fn pagewalk(&self) -> Command {
        self.command(self.folder.join("target/release/pagewalk"))
    }

    /// The first scenario that fails.
    fn scenario_that_fails(&self) -> Option<String> {
        let mut scenarios = self.pagewalk();
        scenarios.args(["run", "--all"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut running = scenarios.spawn().expect("it starts");
        let lines = BufReader::new(running.stdout.take().expect("it is piped")).lines();
        let mut lines = lines.map_while(Result::ok);
        let failed = lines.find(|line| line.contains("FAIL"));
        if failed.is_some() {
            // One is enough; it may have ended by itself.
            let _ = running.kill();
        }
        let status = running.wait().expect("it ends");
        match failed {
            Some(line) => Some(line.trim().to_owned()),
            None => (!status.success()).then(|| "a run of the scenarios".to_owned()),
        }
    }

    /// The test that catches a defect of the hardware: scenarios, then vectors, then tests of
    /// blocks.
    fn hardware_caught_by(&self) -> Option<String> {
        if let Some(failed) = self.scenario_that_fails() {
            return Some(failed);
        }
        let mut conform = self.pagewalk();
        conform.arg("conform");
        for mode in ["sv32", "sv39", "sv48", "sv57"] {
            for kind in ["walk", "tlb", "pmp"] {
                conform.arg(format!("testbenches/data/vectors/{mode}-{kind}.txt.gz"));
            }
        }
        if run(&mut conform).status.code() == Some(1) {
            return Some("the vectors".to_owned());
        }
        let mut blocks = self.command(env!("CARGO"));
        blocks.args(["test", "--quiet", "--release", "--package", "hdl"]);
        (!run(&mut blocks).status.success()).then(|| "a block test".to_owned())
    }

    /// The test that catches a defect of the kernel: its own tests, then scenarios, then a short
    /// soak.
    fn kernel_caught_by(&self) -> Option<String> {
        if let Some(test) = self.kernel_test_that_fails() {
            return Some(test);
        }
        if let Some(failed) = self.scenario_that_fails() {
            return Some(failed);
        }
        let mut soak = self.pagewalk();
        soak.args(["soak", "--ops", "50000", "--policy", "clock,fifo,lru"]);
        (!run(&mut soak).status.success()).then(|| "the soak".to_owned())
    }

    /// The first of the kernel's own tests that fails.
    fn kernel_test_that_fails(&self) -> Option<String> {
        let tests = ["test", "--quiet", "--release", "--package", "machine", "--lib"];
        let mut built = self.command(env!("CARGO"));
        succeeded(&run(built.args(tests).arg("--no-run")));
        let mut cargo = self.command(env!("CARGO"));
        let tests = run(cargo.args(tests).arg("system::tests"));
        let text = String::from_utf8_lossy(&tests.stdout).into_owned();
        let first = text.lines().find(|line| line.starts_with("---- "));
        let name = first.map(|line| line.trim_matches(['-', ' ']).to_owned());
        (!tests.status.success()).then(|| name.unwrap_or_else(|| "a test of the kernel".to_owned()))
    }
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The files of a list with all mutants in them that can stand beside others, by name.
fn planted(mutants: &[Mutant]) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for (number, mutant) in mutants.iter().enumerate().filter(|(_, mutant)| !mutant.alone) {
        let text = files.entry(mutant.file.clone()).or_insert_with(|| sound(&mutant.file));
        let change = Change { number, find: &mutant.find, replace: &mutant.replace };
        let made = plant::planted(text, &change);
        *text = made.unwrap_or_else(|why| panic!("{}: {why}", mutant.name));
    }
    files
}

#[test]
fn every_mutant_can_be_planted_beside_the_others() {
    for list in [HARDWARE, KERNEL] {
        for (name, text) in planted(&catalogue(list)) {
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

/// A copy of the tree in this folder, built, with all mutants of a list in it that can stand beside
/// others; none is chosen yet.
fn all_planted(folder: &Path, mutants: &[Mutant]) -> Tree {
    let mut changed = planted(mutants);
    let library = |file: &String| {
        let (library, _) = file.split_once("/src/").expect("a file of a crate");
        format!("{library}/src/lib.rs")
    };
    let libraries: BTreeSet<String> = changed.keys().map(library).collect();
    for library in libraries {
        let text = changed.remove(&library).unwrap_or_else(|| sound(&library));
        changed.insert(library, text + CHOOSER);
    }
    copy_of_the_tree(folder, &changed);
    let tree = Tree { folder: folder.to_owned(), chosen: None };
    tree.build();
    tree
}

/// Plants the mutants of a list in a copy, and says what catches each. `PAGEWALK_MUTANT` may name
/// some, separated by commas.
fn plant(folder: &str, mutants: &[Mutant], caught_by: impl Fn(&Tree) -> Option<String>) {
    let only = std::env::var("PAGEWALK_MUTANT").ok();
    let is_wanted = |mutant: &Mutant| {
        only.as_ref().is_none_or(|only| only.split(',').any(|name| name == mutant.name))
    };
    let target = root().join("target");
    let mut tree = all_planted(&target.join(folder), mutants);
    assert_eq!(caught_by(&tree), None, "what is unbroken does not pass");
    let mut survivors = Vec::new();
    let mut tell = |mutant: &Mutant, caught: Option<String>| {
        println!("{:45} {}", mutant.name, caught.as_deref().unwrap_or("SURVIVES"));
        if caught.is_none() {
            survivors.push(format!("{} ({})", mutant.name, mutant.defect));
        }
    };
    for (number, mutant) in mutants.iter().enumerate() {
        if is_wanted(mutant) && !mutant.alone {
            tree.chosen = Some(number);
            tell(mutant, caught_by(&tree));
        }
    }
    let alone = mutants.iter().filter(|mutant| is_wanted(mutant) && mutant.alone);
    let tree = Tree { folder: target.join(format!("{folder}-alone")), chosen: None };
    for mutant in alone {
        let text = mutated(mutant, &sound(&mutant.file));
        copy_of_the_tree(&tree.folder, &BTreeMap::from([(mutant.file.clone(), text)]));
        tree.build();
        tell(mutant, caught_by(&tree));
    }
    assert!(survivors.is_empty(), "not caught: {survivors:#?}");
}

#[test]
#[ignore = "builds the hardware with its mutants: make mutants"]
fn every_mutant_is_caught() {
    plant("mutants", &catalogue(HARDWARE), Tree::hardware_caught_by);
}

#[test]
#[ignore = "builds the memory manager with its mutants: make mutants"]
fn every_kernel_mutant_is_caught() {
    plant("kernel-mutants", &catalogue(KERNEL), Tree::kernel_caught_by);
}
