//! The hardware against translation vectors of an independent model.

use std::path::{Path, PathBuf};
use testbenches::conform::{Options, conform};

use crate::figures::{documented, thousands};

/// Replays every vector file of a folder that this hardware supports.
fn replay_folder(folder: &Path, options: &Options) -> (u64, u64) {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it lists").path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            ["walk", "tlb", "pmp"].iter().any(|kind| name.ends_with(&format!("-{kind}.txt.gz")))
        })
        .collect();
    files.sort();
    assert_eq!(files.len(), 12, "walk, tlb and pmp of four modes in {}", folder.display());
    let mut accesses = 0;
    let mut without_walk = 0;
    for file in files {
        let outcome = conform(&file, options, |_| {}).expect("the file replays");
        assert_eq!(outcome.mismatches, 0, "{}", outcome.first.unwrap_or_default());
        assert!(outcome.accesses > 0, "{} holds nothing that applies", file.display());
        assert!(outcome.skipped.is_empty(), "{}: {:?}", file.display(), outcome.skipped);
        accesses += outcome.accesses;
        without_walk += outcome.without_walk;
    }
    (accesses, without_walk)
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/vectors")
}

#[test]
fn shipped_vectors_warm_agree() {
    let (accesses, without_walk) = replay_folder(&shipped(), &Options::default());
    assert!(accesses > 30_000, "only {accesses} accesses were replayed");
    documented(
        "docs/results.md",
        "The hardware replays {} accesses of the shipped subset",
        &[thousands(accesses)],
    );
    assert!(without_walk > accesses / 5, "the TLB hardly answered: {without_walk} of {accesses}");
}

#[test]
fn shipped_vectors_cold_agree() {
    let options = Options { cold: true, ..Options::default() };
    let (accesses, _) = replay_folder(&shipped(), &options);
    assert!(accesses > 30_000, "only {accesses} accesses were replayed");
}

#[test]
fn shipped_vectors_agree_with_second_level_and_walk_cache() {
    let parts = engine::Parts::read("walk_cache=4+l2=64+walkers=2").expect("they fit together");
    for cold in [false, true] {
        let options = Options { cold, parts: parts.clone(), ..Options::default() };
        let (accesses, _) = replay_folder(&shipped(), &options);
        assert!(accesses > 30_000, "only {accesses} accesses were replayed");
    }
}

/// `PAGEWALK_VECTORS=DIR` names a folder with larger files.
#[test]
fn larger_vectors_agree_where_present() {
    if let Some(folder) = std::env::var_os("PAGEWALK_VECTORS") {
        let (accesses, _) = replay_folder(Path::new(&folder), &Options::default());
        documented(
            "docs/results.md",
            "On the full set from which the subset was cut it is {} accesses",
            &[thousands(accesses)],
        );
    }
}
