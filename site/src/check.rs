//! Links of a site that lead nowhere. Pages in `live/` hold their own links only, and are not read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::Error;
use crate::documents::resolved;
use crate::html::unescaped;

/// What a page links to, and what can be linked to in it.
#[derive(Default)]
struct Page {
    links: Vec<String>,
    names: BTreeSet<String>,
}

/// Links of a built site that lead nowhere, as (page, link): to no file, to no place in a page, or
/// out of the site by a path.
///
/// # Errors
/// When the site cannot be read.
pub fn dead_links(folder: &Path) -> Result<Vec<(String, String)>, Error> {
    let mut pages: BTreeMap<String, Page> = BTreeMap::new();
    let mut files = BTreeSet::new();
    let mut folders = vec![String::new()];
    while let Some(inside) = folders.pop() {
        let path = folder.join(&inside);
        for entry in std::fs::read_dir(&path).map_err(Error::read(&path))? {
            let entry = entry.map_err(Error::read(&path))?;
            let file = entry.file_name().to_string_lossy().into_owned();
            let name = if inside.is_empty() { file } else { format!("{inside}/{file}") };
            if entry.path().is_dir() {
                folders.push(name);
                continue;
            }
            if name.ends_with(".html") && !name.starts_with("live/") {
                let text =
                    std::fs::read_to_string(entry.path()).map_err(Error::read(entry.path()))?;
                pages.insert(name.clone(), read(&text));
            }
            files.insert(name);
        }
    }
    let leads = |from: &str, link: &str| {
        if link.starts_with("https://")
            || link.starts_with("http://")
            || link.starts_with("mailto:")
        {
            return true;
        }
        let (path, part) = link.split_once('#').unwrap_or((link, ""));
        let target = if path.is_empty() { Some(from.to_owned()) } else { resolved(from, path) };
        let Some(target) = target.filter(|target| files.contains(target)) else { return false };
        let page = pages.get(&target);
        part.is_empty() || page.is_none_or(|page| page.names.contains(part))
    };
    let all = pages.iter().flat_map(|(name, page)| page.links.iter().map(move |link| (name, link)));
    let dead = all.filter(|(name, link)| !leads(name, link));
    Ok(dead.map(|(name, link)| (name.clone(), link.clone())).collect())
}

/// Reads the tags of a page. In text and in attributes `<` is escaped, so it begins a tag.
fn read(text: &str) -> Page {
    let mut page = Page::default();
    for tag in text.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        for (at, value) in
            ["href", "src", "id"].iter().filter_map(|name| Some((*name, attribute(tag, name)?)))
        {
            if at == "id" {
                page.names.insert(value);
            } else {
                page.links.push(value);
            }
        }
    }
    page
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split_once('"')?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_no_file_and_to_no_place_are_dead() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
            std::fs::write(path, text).expect("it can be written");
        };
        write(
            "a.html",
            "<h1 id=\"top\">A</h1><a href=\"b/c.html#there\">x</a> &lt;a href=\"no\"&gt;",
        );
        write("b/c.html", "<p id=\"there\"><a href=\"../a.html#top\"><img src=\"x.png\"></a>");
        write("b/x.png", "");
        write("live/z.html", "<a href=\"no.html\">");
        assert_eq!(dead_links(folder.path()).expect("it can be read"), []);
        write(
            "d.html",
            "<a href=\"a.html#no\"></a><a href=\"b\"></a><img src=\"../x\"><a href=\"#no\">",
        );
        let dead = dead_links(folder.path()).expect("it can be read");
        let links: Vec<&str> = dead.iter().map(|(_, link)| link.as_str()).collect();
        assert_eq!(links, ["a.html#no", "b", "../x", "#no"]);
    }
}
