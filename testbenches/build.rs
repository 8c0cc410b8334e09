//! Embeds every study and the hardware's source in the binary. The source is read for its doc
//! comments when Verilog is exported.

mod embed;

use std::path::PathBuf;
use std::{env, io};

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    embed::embed(&manifest.join("explore"), "toml", "study_files.rs")?;
    embed::embed(&manifest.join("../hdl/src"), "rs", "hardware_sources.rs")
}
