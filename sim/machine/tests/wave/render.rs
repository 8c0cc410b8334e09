//! The saved view through GTKWave itself: a picture for people.

use std::path::Path;
use std::process::Command;

use waves::Window;

use crate::demo::Demo;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../waves/render.sh");

/// Status of `render.sh` when a tool is missing outside CI.
const SKIPPED: i32 = 77;

/// Colours of a PNG, by ImageMagick; `None` without it.
fn colours(picture: &Path) -> Option<usize> {
    let output = Command::new("identify").args(["-format", "%k"]).arg(picture).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

#[test]
fn saved_view_renders_to_a_picture_with_named_states() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dump = folder.path().join("demo.vcd");
    let save = Demo::new(&dump, Window::default()).expect("a recorder").play().expect("a story");
    // Kept for those who want to look at it.
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo.png");
    let output = Command::new(SCRIPT).arg(&save).arg(&kept).output().expect("the script starts");
    let told = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(SKIPPED) {
        assert!(std::env::var_os("CI").is_none(), "nothing may be skipped in CI: {told}");
        assert!(told.starts_with("skipped: tool "), "{told}");
        return;
    }
    assert!(output.status.success(), "{told}");
    let bytes = std::fs::read(&kept).expect("a picture");
    assert!(bytes.starts_with(b"\x89PNG"), "not a PNG");
    if let Some(colours) = colours(&kept) {
        assert!(colours > 30, "an empty picture: {colours} colours");
    }
}
