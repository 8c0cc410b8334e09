//! Which file of the project becomes which page of the site.

use std::path::{Component, Path, PathBuf};

/// Where the ideas are.
pub(crate) const IDEAS: &str = "docs/ideas";
/// Folders of documents that belong to the site, linked to or not.
pub(crate) const FOLDERS: [&str; 2] = [IDEAS, "docs"];
/// The front page.
pub(crate) const FRONT: &str = "README.md";
/// The list of the runs that are shown.
pub(crate) const LIVE: &str = "live.html";

/// The page of a document: `README.md` is the page of its folder.
pub(crate) fn page_of(document: &str) -> String {
    let stem = document.strip_suffix(".md").unwrap_or(document);
    match stem.strip_suffix("README") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => format!("{folder}index.html"),
        _ => format!("{stem}.html"),
    }
}

/// The page that lists a source file.
pub(crate) fn listing_of(source: &str) -> String {
    format!("source/{source}.html")
}

/// A path that a file names, seen from the project's root; `None` if it leads out of it.
pub(crate) fn resolved(from: &str, target: &str) -> Option<String> {
    let folder = Path::new(from).parent().unwrap_or(Path::new(""));
    let mut parts: Vec<String> = Vec::new();
    for part in folder.join(target).components() {
        match part {
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

/// The link from one page of the site to another file of it.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let folders = from.len() - 1;
    let shared = from[..folders].iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b);
    let shared = shared.count();
    let mut link = "../".repeat(folders - shared);
    link.push_str(&to[shared..].join("/"));
    link
}

/// The documents in a folder, not below it, sorted: the folder's own page first.
pub(crate) fn in_folder(root: &Path, folder: &str) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join(folder))? {
        let path: PathBuf = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        if let Some(name) = name.filter(|name| name.ends_with(".md") && path.is_file()) {
            found.push(format!("{folder}/{name}"));
        }
    }
    found.sort_by_key(|name| (!name.ends_with("/README.md"), name.clone()));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_its_readme_as_its_page() {
        assert_eq!(page_of("README.md"), "index.html");
        assert_eq!(page_of("docs/ideas/README.md"), "docs/ideas/index.html");
        assert_eq!(page_of("docs/NOREADME.md"), "docs/NOREADME.html");
        assert_eq!(page_of("docs/show.md"), "docs/show.html");
    }

    #[test]
    fn paths_are_seen_from_the_root() {
        let from = "docs/ideas/05-sharing.md";
        assert_eq!(resolved(from, "../images/x.png").as_deref(), Some("docs/images/x.png"));
        assert_eq!(resolved(from, "./README.md").as_deref(), Some("docs/ideas/README.md"));
        assert_eq!(resolved(from, "../../../x"), None);
        assert_eq!(resolved(from, "/etc/passwd"), None);
    }

    #[test]
    fn links_are_relative() {
        assert_eq!(relative("index.html", "docs/a.html"), "docs/a.html");
        assert_eq!(relative("docs/ideas/a.html", "docs/b.html"), "../b.html");
        assert_eq!(relative("docs/ideas/a.html", "docs/ideas/b.html"), "b.html");
        assert_eq!(relative("docs/a.html", "live/b.html"), "../live/b.html");
        assert_eq!(relative("docs/docs.html", "docs.html"), "../docs.html");
    }
}
