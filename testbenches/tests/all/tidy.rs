//! Properties that readers rely on: crate dependencies, file lengths, citations, paths.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The longest that a Rust file may be, in lines: one idea, and no object spread thin.
const LONGEST: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate stands in a workspace").into()
}

fn read(path: &str) -> String {
    let file = root().join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The project's text files, sorted; no generated ones.
fn files(extensions: &[&str]) -> Vec<PathBuf> {
    const GENERATED: &[&str] = &["target", "export", "out", "build", "node_modules"];
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                // `.git` and the like; but `.ci` belongs to the project.
                let hidden = name.starts_with('.') && name != ".ci";
                let source = folder.ends_with("src");
                if !hidden && (source || !GENERATED.contains(&name.as_str())) {
                    folders.push(path);
                }
            } else if extensions.iter().any(|extension| {
                path.extension().map_or(name == *extension, |found| found == *extension)
            }) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no files of {extensions:?}");
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

/// The names in a table of a crate's manifest.
fn dependencies(manifest: &str, table: &str) -> BTreeSet<String> {
    let manifest: toml::Table = read(manifest).parse().unwrap();
    let table = manifest.get(table).and_then(|table| table.as_table());
    table.map(|table| table.keys().cloned().collect()).unwrap_or_default()
}

#[test]
fn crates_have_only_the_edges_that_the_architecture_draws() {
    let hdl = dependencies("hdl/Cargo.toml", "dependencies");
    assert_eq!(hdl, ["array-init", "rust-hdl"].map(String::from).into(), "hdl is hardware only");
    for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
        for (world, strangers) in [
            ("model", ["hart", "kernel", "machine", "platform"].as_slice()),
            ("kernel", ["hart", "machine", "platform"].as_slice()),
            ("hart", ["kernel", "machine", "platform"].as_slice()),
            ("platform", ["hart", "kernel", "machine"].as_slice()),
            ("machine", [].as_slice()),
        ] {
            let known = dependencies(&format!("sim/{world}/Cargo.toml"), table);
            let hardware = ["hdl", "netlist", "rust-hdl", "rust-hdl-core", "engine", "testbenches"];
            for stranger in hardware.iter().chain(strangers) {
                assert!(!known.contains(*stranger), "{world} must not know {stranger} ({table})");
            }
        }
        let hdl = dependencies("hdl/Cargo.toml", table);
        for world in ["hart", "kernel", "machine", "model", "engine", "scenario", "testbenches"] {
            assert!(!hdl.contains(world), "hdl must not know {world} ({table})");
        }
        let engine = dependencies("testbenches/engine/Cargo.toml", table);
        for above in ["kernel", "scenario", "testbenches"] {
            assert!(!engine.contains(above), "engine must not know {above} ({table})");
        }
        let scenario = dependencies("testbenches/scenario/Cargo.toml", table);
        for stranger in ["hdl", "netlist", "clap", "testbenches"] {
            assert!(!scenario.contains(stranger), "scenario must not know {stranger} ({table})");
        }
    }
    let netlist = dependencies("netlist/Cargo.toml", "dependencies");
    for stranger in ["hdl", "model", "machine", "engine", "testbenches"] {
        assert!(!netlist.contains(stranger), "netlist must not know {stranger}");
    }
    for table in ["dependencies", "dev-dependencies"] {
        let waves = dependencies("waves/Cargo.toml", table);
        for stranger in ["hdl", "netlist", "model", "machine", "testbenches", "rust-hdl"] {
            assert!(!waves.contains(stranger), "waves must not know {stranger} ({table})");
        }
    }
    let site = dependencies("site/Cargo.toml", "dependencies");
    for stranger in ["hdl", "netlist", "model", "machine", "scenario", "testbenches", "waves"] {
        assert!(!site.contains(stranger), "site must not know {stranger}");
    }
    let engine = dependencies("testbenches/engine/Cargo.toml", "dependencies");
    for joined in ["hdl", "netlist", "model"] {
        assert!(engine.contains(joined), "engine is where hardware and world meet");
    }
}

#[test]
fn hardware_has_no_world_and_the_world_no_hardware() {
    for path in files(&["rs"]) {
        let name = relative(&path);
        let text = std::fs::read_to_string(&path).unwrap();
        let forbidden: &[&str] = if name.starts_with("sim/") {
            &["rust_hdl", "use hdl", "hdl::"]
        } else if name.starts_with("hdl/src/") {
            &["std::fs", "std::io", "std::time", "rand::", "println!", "Simulation"]
        } else {
            continue;
        };
        for word in forbidden {
            assert!(!text.contains(word), "{name} must not say `{word}`");
        }
    }
}

#[test]
fn no_rust_file_is_longer_than_a_reader_likes() {
    let long: Vec<String> = files(&["rs"])
        .iter()
        .map(|path| (relative(path), std::fs::read_to_string(path).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(name, lines)| format!("{name}: {lines}"))
        .collect();
    assert!(long.is_empty(), "longer than {LONGEST} lines: {}", long.join(", "));
}

/// The specification's anchors that a text cites.
fn anchors(text: &str) -> BTreeSet<String> {
    let is_anchor = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let mut found = BTreeSet::new();
    for (at, marker) in text.match_indices("norm:") {
        let name: String =
            text[at + marker.len()..].chars().take_while(|c| is_anchor(*c)).collect();
        if !name.is_empty() {
            found.insert(format!("{marker}{name}"));
        }
    }
    if text.contains("sv32algorithm") {
        found.insert("sv32algorithm".into());
    }
    found
}

#[test]
fn every_cited_anchor_stands_in_the_pinned_edition() {
    let known = anchors(&read("docs/spec.md"));
    assert!(known.contains("sv32algorithm"), "docs/spec.md names the algorithm");
    let mut missing = Vec::new();
    for path in files(&["rs", "md", "toml"]) {
        // This file only mentions anchors.
        if path.ends_with("all/tidy.rs") {
            continue;
        }
        for anchor in anchors(&std::fs::read_to_string(&path).unwrap()) {
            if !known.contains(&anchor) {
                missing.push(format!("{anchor} in {}", relative(&path)));
            }
        }
    }
    assert!(missing.is_empty(), "not in docs/spec.md: {}", missing.join(", "));
}

/// Words of a text that look like paths of a kind of file.
fn paths(text: &str, extension: &str) -> BTreeSet<String> {
    text.split(|c: char| c.is_whitespace() || "`()|[],;".contains(c))
        .filter(|word| word.ends_with(extension) && word.contains('/'))
        // `a/*.toml` and `NAME.toml` stand for many files.
        .filter(|word| !word.contains(['*', '<', '{', '$']) && !word.contains("NAME"))
        .map(|word| word.trim_start_matches("../").to_string())
        .collect()
}

#[test]
fn scenario_files_named_in_the_test_plan_exist() {
    let plan = read("docs/testplan.md");
    let named = paths(&plan, ".toml");
    let scenarios: Vec<String> = files(&["toml"]).iter().map(|path| relative(path)).collect();
    let gone: Vec<_> = named
        .iter()
        .filter(|name| {
            !scenarios.iter().any(|file| file.ends_with(&format!("/{name}")) || file == *name)
        })
        .collect();
    assert!(!named.is_empty() && gone.is_empty(), "docs/testplan.md names {gone:?}");
}

#[test]
fn links_between_documents_lead_somewhere() {
    for path in files(&["md"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let file = path.parent().unwrap().join(target);
            assert!(file.exists(), "{} links to {target}", relative(&path));
        }
    }
}

#[test]
fn no_file_knows_the_machine_that_it_was_written_on() {
    // Assembled here, so that this file does not contain them.
    let forbidden =
        [["/ho", "me/"], ["/ro", "ot/"], ["/wo", "rk/"], ["/Us", "ers/"]].map(|p| p.concat());
    for path in files(&["rs", "md", "toml", "sh", "run", "Makefile", "txt", "gtkw"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in &forbidden {
            // A longer path such as `src/work/` is a name inside the project.
            let absolute = text.match_indices(word.as_str()).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                before.is_none_or(|c| !c.is_ascii_alphanumeric() && !"._-$}*".contains(c))
            });
            assert!(!absolute, "{} names an absolute path {word}", relative(&path));
        }
    }
}

/// The modules that a file declares, except tests, each with the names that the file re-exports
/// from it.
fn modules(text: &str) -> Vec<Vec<&str>> {
    let words = |c: char| !c.is_alphanumeric() && c != '_';
    let mut found = Vec::new();
    let mut is_test = false;
    for line in text.lines() {
        let declares =
            line.starts_with("mod ") || line.starts_with("pub") && line.contains(" mod ");
        let module = line.split("mod ").nth(1).and_then(|rest| rest.strip_suffix(';'));
        if let Some(module) = module.filter(|_| declares && !is_test) {
            let path = format!("use {module}::");
            let exports = text.match_indices(&path).map(|(at, _)| &text[at + path.len()..]);
            let names = exports.filter_map(|rest| rest.split(';').next());
            let names = names.flat_map(|names| names.split(words)).filter(|name| !name.is_empty());
            found.push(std::iter::once(module).chain(names).collect());
        }
        is_test = line.starts_with("#[cfg(test)]");
    }
    found
}

#[test]
fn every_folder_says_what_is_in_it() {
    let words = |c: char| !c.is_alphanumeric() && c != '_';
    let mut missing = Vec::new();
    for path in files(&["rs"]) {
        let name = relative(&path);
        let folder = name.ends_with("/mod.rs") || name.ends_with("/lib.rs");
        if !folder || !name.contains("/src/") || name.contains("/tests/") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let modules = modules(&text);
        let head = text.lines().filter(|line| line.starts_with("//!"));
        let named: BTreeSet<&str> = head
            .flat_map(|line| line.split('`').skip(1).step_by(2))
            .flat_map(|code| code.split(words))
            .collect();
        for module in modules.iter().filter(|_| modules.len() > 1) {
            if !module.iter().any(|name| named.contains(name)) {
                missing.push(format!("{name}: {}", module[0]));
            }
        }
    }
    assert!(missing.is_empty(), "not in the head of its folder:\n{}", missing.join("\n"));
}
