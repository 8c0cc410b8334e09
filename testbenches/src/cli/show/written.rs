//! The file that is written.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::Shown;
use crate::cli::output::print;
use crate::export::{begin, complete};
use crate::show::{page, script};

/// An error if a file's name says neither page nor record.
pub(super) fn check(path: &Path) -> anyhow::Result<()> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html" | "json") => Ok(()),
        _ => bail!("--output {}: its name must end in .html or .json", path.display()),
    }
}

/// Writes the page or the record, and says where.
pub(super) fn write(shown: &Shown, path: Option<&Path>) -> anyhow::Result<()> {
    let Shown { document, stem, .. } = shown;
    let path = path.map_or_else(|| PathBuf::from(own_name(stem)), Path::to_owned);
    let (text, kind) = match path.extension().is_some_and(|extension| extension == "json") {
        true => (script(document)?, "record"),
        false => (page(document)?, "page"),
    };
    write_whole(&path, &text).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(print(&format!("{kind}  {}\n", path.display()))?)
}

/// Writes a file that is whole or, if that fails, what it was before.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut file = begin(path)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    complete(file, path)
}

/// The name of a page, after what it shows.
fn own_name(title: &str) -> String {
    let title = title.strip_suffix(".toml").unwrap_or(title);
    let last = title.rsplit(['/', '\\']).next().unwrap_or(title);
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let name: String = last.chars().map(plain).collect();
    format!("{}.html", name.trim_matches(['-', '.']))
}

#[cfg(test)]
mod tests {
    use super::own_name;

    #[test]
    fn a_page_is_called_like_what_it_shows() {
        assert_eq!(own_name("who-is-killed/a-null-pointer"), "a-null-pointer.html");
        assert_eq!(own_name("mine/first try.toml"), "first-try.html");
        assert_eq!(own_name("policy"), "policy.html");
    }
}
