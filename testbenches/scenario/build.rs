//! Embeds every scenario in the library.

#[path = "../embed.rs"]
mod embed;

use std::path::PathBuf;
use std::{env, io};

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    embed::embed(&manifest.join("../scenarios"), "toml", "scenario_files.rs")
}
