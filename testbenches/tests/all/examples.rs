//! The examples run, and are as short as documented.

#[path = "../../examples/mmu.rs"]
#[allow(dead_code)] // Its `main` is the example's.
mod mmu;

#[test]
fn the_test_bench_of_sixty_lines_passes_and_leaves_a_wave() {
    let folder = tempfile::tempdir().expect("a folder");
    let view = mmu::run(folder.path()).unwrap_or_else(|error| panic!("{error}"));
    assert!(view.is_file() && view.with_extension("vcd").is_file(), "{}", view.display());
    let lines = include_str!("../../examples/mmu.rs").lines().count();
    assert!(lines < 60, "{lines} lines");
}
