//! The site of this project: every link leads somewhere, every idea shows a run, and two builds are
//! the same. The runs are those of the real command, which `cargo build -p testbenches` builds;
//! `PAGEWALK` names another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use site::{Built, Error, build, commands_of_ideas, dead_links};
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The command, in the folder of all that is built: tests are in a folder of it.
fn pagewalk() -> String {
    let built = || {
        let test = std::env::current_exe().expect("a test has a file");
        let folder = test.ancestors().nth(2).expect("it is in a folder of those of the build");
        folder.join("pagewalk").to_string_lossy().into_owned()
    };
    let command = std::env::var("PAGEWALK").unwrap_or_else(|_| built());
    assert!(
        Path::new(&command).is_file(),
        "{command} is not there: `cargo build -p testbenches` builds it, or PAGEWALK names another"
    );
    command
}

fn built(root: &Path, place: &Path, command: &str) -> Result<Built, Error> {
    build(root, place, &[command.to_owned()], &mut |_| {})
}

/// All files below a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inside) = folders.pop() {
        for entry in std::fs::read_dir(inside).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("it is inside").to_string_lossy();
            found.insert(name.into_owned(), std::fs::read(&path).expect("a file"));
        }
    }
    found
}

#[test]
fn every_link_leads_somewhere_and_every_run_is_shown() {
    let command = pagewalk();
    let folder = TempDir::new().expect("a temporary folder");
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let about = built(&root(), &one, &command).expect("the site is built");
    assert_eq!(dead_links(&one).expect("it can be read"), []);
    assert!(about.documents > 30 && about.runs >= 15, "{about:?}");

    let files_of_one = files(&one);
    for name in
        ["index.html", "live.html", "site.css", "docs/ideas/index.html", "docs/images/wave.png"]
    {
        assert!(files_of_one.contains_key(name), "no {name}");
    }
    let text = |name: &str| String::from_utf8_lossy(&files_of_one[name]).into_owned();
    let runs = files_of_one.keys().filter(|name| name.starts_with("live/"));
    for name in runs.clone() {
        assert!(text(name).contains(r#""pagewalk_show":1"#), "{name} has no record");
        assert!(text("live.html").contains(name), "{name} is not in the list");
    }
    assert_eq!(runs.count(), about.runs);
    for (name, bytes) in &files_of_one {
        let text = String::from_utf8_lossy(bytes);
        // Without a network, and wherever it is put.
        if name.ends_with(".html") && !name.starts_with("live/") {
            assert!(!text.contains("<script") && !text.contains("href=\"/"), "{name}");
            assert!(!text.contains("src=\"http"), "{name}");
        }
        assert!(!text.contains(&*root().to_string_lossy()), "{name} knows this machine");
    }

    built(&root(), &two, &command).expect("the site is built again");
    assert!(files_of_one == files(&two), "two builds differ");
    look_at(&one);
}

/// Opens a site in Chromium, where that is possible; with `CI=true` it must be.
#[allow(clippy::print_stdout)] // Tests have no other way to say that they did nothing.
fn look_at(site: &Path) {
    let folder = root().join("testbenches/show");
    let starts = |tool: &str| Command::new(tool).arg("--version").output().is_ok();
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    if !starts("node") || !starts(&chromium) || !folder.join("node_modules").is_dir() {
        assert!(
            std::env::var_os("CI").is_none_or(|value| value != "true"),
            "CI=true requires node, chromium and what `scripts/page.sh ready` installs"
        );
        println!("skipped: node, chromium or what `scripts/page.sh ready` installs is missing");
        return;
    }
    let mut tests = Command::new("node");
    tests.args(["--test", "test/browser/site.test.mjs"]).current_dir(folder);
    let output = tests.env("SITE", site).output().expect("node starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("pass 4"), "{text}");
}

#[test]
fn every_idea_shows_a_run() {
    let commands = commands_of_ideas(&root()).expect("the ideas can be read");
    assert!(commands.len() >= 15, "{commands:?}");
    for (document, commands) in commands {
        assert!(!commands.is_empty(), "{document} has no `pagewalk show ...`");
    }
}

/// The captions of the pictures of pages name the command and the moment of the list.
#[test]
fn captions_are_those_of_the_list() {
    let ideas = root().join("docs/ideas");
    let entries = std::fs::read_dir(ideas).expect("the ideas");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let texts: Vec<String> =
        paths.map(|path| std::fs::read_to_string(path).expect("a document")).collect();
    let folder = root().join("docs/images/pages");
    let list = std::fs::read_to_string(folder.join("list.json")).expect("the list");
    let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    let list = list.as_array().expect("a list");
    for entry in list {
        let of = |name: &str| entry[name].as_str().expect("text");
        let (picture, show, at) = (of("picture"), of("show"), of("at"));
        let caption =
            format!("](../images/pages/{picture})\n\n*`pagewalk show {show}` at `#{at}`: ");
        assert!(texts.iter().any(|text| text.contains(&caption)), "{picture} has no {caption}");
        assert!(folder.join(picture).is_file(), "{picture} is not drawn: make screenshots");
    }
    let pictures = std::fs::read_dir(&folder).expect("the pictures").count() - 1;
    assert_eq!(list.len(), pictures, "there are pictures that are not in the list");
    assert!(pictures >= 15);
}

/// A project with a README and one idea.
fn project(readme: &str, idea: &str) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
        std::fs::write(path, text).expect("it can be written");
    };
    write("README.md", readme);
    write("docs/ideas/README.md", "# Ideas\n");
    write("docs/ideas/01-one.md", idea);
    write("docs/images/pages/list.json", "[]");
    folder
}

#[test]
fn what_is_wrong_is_told_and_leaves_the_older_site() {
    let place = TempDir::new().expect("a temporary folder");
    let place = place.path().join("site");
    let good = project("# One\n\n[two](docs/ideas/01-one.md#a-b)\n", "# Two\n\n## A B\n");
    built(good.path(), &place, "false").expect("it shows no run");
    let before = files(&place);
    let fails = |readme: &str, idea: &str, command: &str, says: &str| {
        let error = built(project(readme, idea).path(), &place, command).err();
        let error = error.unwrap_or_else(|| panic!("no error: {says}")).to_string();
        assert!(error.contains(says), "{error}");
        assert!(files(&place) == before, "{says}: the older site is gone");
    };
    fails(
        "# One\n\ntext\n[x](no.md)\n",
        "# Two\n",
        "false",
        "README.md, line 4: the link to no.md",
    );
    fails(
        "[x](docs/ideas/01-one.md#no)\n",
        "# Two\n",
        "false",
        "docs/ideas/01-one.html#no, which is not there",
    );
    let idea = "# Two\n\n`pagewalk show a/b`\n";
    fails("# One\n", idea, "false", "docs/ideas/01-one.md: `pagewalk show a/b` failed");
    fails("# One\n", idea, "true", "docs/ideas/01-one.md: `pagewalk show a/b` failed");
    fails("# One\n", idea, "no-such-command", "no-such-command cannot be started");
}
