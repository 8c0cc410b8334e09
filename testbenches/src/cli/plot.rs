//! Pictures as files.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use super::output;
use crate::explore::draw::{self, Drawing};

/// The format of a file by its name.
enum Format {
    Svg,
    Png,
    /// Both, in a folder.
    Folder,
}

fn format(path: &Path) -> anyhow::Result<Format> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("svg") => Ok(Format::Svg),
        Some("png") => Ok(Format::Png),
        Some(other) => bail!("--plot {}: `{other}` is neither svg nor png", path.display()),
        None => Ok(Format::Folder),
    }
}

/// An error if there is no format of that name.
pub(super) fn check(path: &Path) -> anyhow::Result<()> {
    format(path).map(drop)
}

/// Writes a picture: in the format of the file's name, or in both formats into a folder, as `stem`.
pub(super) fn write(picture: &impl Drawing, stem: &str, path: &Path) -> anyhow::Result<()> {
    let written = |path: &Path, bytes: &[u8]| {
        fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))?;
        output::note(&format!("plot  {}", path.display()));
        anyhow::Ok(())
    };
    match format(path)? {
        Format::Svg => written(path, draw::svg(picture)?.as_bytes()),
        Format::Png => written(path, &draw::png(picture)?),
        Format::Folder => {
            fs::create_dir_all(path)
                .with_context(|| format!("{} cannot be made", path.display()))?;
            written(&path.join(format!("{stem}.svg")), draw::svg(picture)?.as_bytes())?;
            written(&path.join(format!("{stem}.png")), &draw::png(picture)?)
        }
    }
}
