//! Files embedded in a binary, so that an installed `pagewalk` needs no folder.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Writes a list of the files below a folder: names without extension, and texts.
pub(crate) fn embed(root: &Path, extension: &str, list_name: &str) -> io::Result<()> {
    let mut files = Vec::new();
    if root.is_dir() {
        collect(root, extension, &mut files)?;
    }
    files.sort();
    let mut list = String::from("pub(super) static FILES: &[(&str, &str)] = &[\n");
    for file in files {
        let name = file.strip_prefix(root).expect("found below it").with_extension("");
        let name = name.to_string_lossy().replace('\\', "/");
        writeln!(list, "    ({name:?}, include_str!({file:?})),").expect("a string takes all");
    }
    list.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    fs::write(out.join(list_name), list)
}

/// Every file with an extension below a folder.
fn collect(folder: &Path, wanted: &str, files: &mut Vec<PathBuf>) -> io::Result<()> {
    // A new file in a folder changes the folder, not its parent.
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, wanted, files)?;
        } else if path.extension().is_some_and(|extension| extension == wanted) {
            files.push(path);
        }
    }
    Ok(())
}
