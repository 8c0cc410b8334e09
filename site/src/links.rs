//! Where a link of a document leads in the site, or a name of a file in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::documents::{listing_of, page_of, relative, resolved};

/// The scenarios, which documents name without folder and ending.
const SCENARIOS: &str = "testbenches/scenarios";
/// The longest source that is listed, in bytes.
const LONGEST: u64 = 400_000;
/// Endings of files that are copied as they are.
const COPIED: [&str; 6] = ["png", "svg", "jpg", "gif", "webp", "pdf"];

/// The scenarios by name: with its folder, and alone where that is one scenario's only.
#[derive(Debug, Default)]
pub(crate) struct Scenarios(BTreeMap<String, Option<String>>);

impl Scenarios {
    /// Those of a project, which may have none.
    ///
    /// # Errors
    /// When their folders cannot be read.
    pub(crate) fn of(root: &Path) -> Result<Scenarios, Error> {
        let mut found = BTreeMap::new();
        let all = root.join(SCENARIOS);
        let entries = |path: &Path| -> Result<Vec<String>, Error> {
            let names = std::fs::read_dir(path).map_err(Error::read(path))?;
            let name = |entry: std::io::Result<std::fs::DirEntry>| {
                Ok(entry.map_err(Error::read(path))?.file_name().to_string_lossy().into_owned())
            };
            names.map(name).collect()
        };
        let folders = if all.is_dir() { entries(&all)? } else { Vec::new() };
        for folder in folders.iter().filter(|folder| all.join(folder).is_dir()) {
            for file in entries(&all.join(folder))? {
                let Some(name) = file.strip_suffix(".toml") else { continue };
                let path = format!("{SCENARIOS}/{folder}/{file}");
                found.insert(format!("{folder}/{name}"), Some(path.clone()));
                found
                    .entry(name.to_owned())
                    .and_modify(|known| *known = None)
                    .or_insert(Some(path));
            }
        }
        Ok(Scenarios(found))
    }

    fn file(&self, name: &str) -> Option<&String> {
        self.0.get(name)?.as_ref()
    }
}

/// A file of the project that a link needs in the site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Needed {
    /// A document, as a page.
    Document(String),
    /// A source file, listed with its lines.
    Listing(String),
    /// A file as it is.
    Copy(String),
}

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Leads {
    /// Somewhere in the site, for which something is needed, if it is not in the page itself.
    To(String, Option<Needed>),
    /// Somewhere that is not shown: what it says stays, without a link.
    Nowhere,
    /// The document names what is not there.
    Missing,
}

/// The links of one document.
pub(crate) struct Links<'a> {
    pub(crate) root: &'a Path,
    pub(crate) document: &'a str,
    pub(crate) page: &'a str,
    pub(crate) scenarios: &'a Scenarios,
}

impl Links<'_> {
    /// Where the target of a link leads.
    pub(crate) fn follow(&self, target: &str) -> Leads {
        let elsewhere = ["https://", "http://", "mailto:"];
        if target.starts_with('#') || elsewhere.iter().any(|start| target.starts_with(start)) {
            return Leads::To(target.to_owned(), None);
        }
        let (path, part) = match target.split_once('#') {
            Some((path, part)) => (path, format!("#{part}")),
            None => (target, String::new()),
        };
        let Some(name) = resolved(self.document, path) else { return Leads::Missing };
        let file = self.root.join(&name);
        if file.is_dir() {
            let readme =
                if name.is_empty() { "README.md".to_owned() } else { format!("{name}/README.md") };
            if !self.root.join(&readme).is_file() {
                return Leads::Nowhere;
            }
            return self.to(&page_of(&readme), &part, Needed::Document(readme));
        }
        if !file.is_file() {
            return Leads::Missing;
        }
        let ending = file.extension().unwrap_or_default().to_string_lossy().into_owned();
        if ending == "md" {
            self.to(&page_of(&name), &part, Needed::Document(name))
        } else if COPIED.contains(&ending.as_str()) {
            self.to(&name, "", Needed::Copy(name.clone()))
        } else if is_listed(&file) {
            self.to(&listing_of(&name), "", Needed::Listing(name))
        } else {
            Leads::Nowhere
        }
    }

    /// The listing of a file that a code span names: a path from the project's root, or a scenario.
    pub(crate) fn named(&self, code: &str) -> Option<(String, Needed)> {
        let code = code.strip_prefix("pagewalk run ").unwrap_or(code);
        let is_path = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
        let name = if let Some(scenario) = self.scenarios.file(code).filter(|_| code.contains('-'))
        {
            scenario.clone()
        } else {
            let is_inside = code.contains('/') && !code.starts_with('/') && !code.contains("..");
            Some(code).filter(|code| is_inside && code.chars().all(is_path))?.to_owned()
        };
        if !is_listed(&self.root.join(&name)) {
            return None;
        }
        let link = relative(self.page, &listing_of(&name));
        Some((link, Needed::Listing(name)))
    }

    fn to(&self, page: &str, part: &str, needed: Needed) -> Leads {
        Leads::To(format!("{}{part}", relative(self.page, page)), Some(needed))
    }
}

/// Whether a file is text that can be listed.
fn is_listed(file: &PathBuf) -> bool {
    let is_short =
        std::fs::metadata(file).is_ok_and(|about| about.is_file() && about.len() <= LONGEST);
    is_short && std::fs::read_to_string(file).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(target: &str) -> Leads {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let document = "docs/ideas/05-sharing.md";
        let scenarios = Scenarios::default();
        let links =
            Links { root: &root, document, page: &page_of(document), scenarios: &scenarios };
        links.follow(target)
    }

    #[test]
    fn links_lead_to_pages_listings_and_pictures() {
        let to = |link: &str, needed| Leads::To(link.to_owned(), Some(needed));
        let document = Needed::Document("docs/quiz.md".to_owned());
        assert_eq!(follow("../quiz.md#kinds"), to("../quiz.html#kinds", document));
        let folder = Needed::Document("demo/README.md".to_owned());
        assert_eq!(follow("../../demo/"), to("../../demo/index.html", folder));
        let source = Needed::Listing("LICENSE".to_owned());
        assert_eq!(follow("../../LICENSE"), to("../../source/LICENSE.html", source));
        let picture = Needed::Copy("docs/images/wave.png".to_owned());
        assert_eq!(follow("../images/wave.png"), to("../images/wave.png", picture));
    }

    #[test]
    fn what_is_not_shown_is_told_from_what_is_not_there() {
        assert_eq!(follow("../../hdl/src"), Leads::Nowhere);
        assert_eq!(follow("../../testbenches/data/traces/sort.lackey.zst"), Leads::Nowhere);
        assert_eq!(follow("99-nothing.md"), Leads::Missing);
        assert_eq!(
            follow("https://example.org/x.md"),
            Leads::To("https://example.org/x.md".into(), None)
        );
    }

    #[test]
    fn names_of_files_and_scenarios_are_listings() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let scenarios = Scenarios::of(&root).expect("the scenarios can be listed");
        let links =
            Links { root: &root, document: "README.md", page: "index.html", scenarios: &scenarios };
        let named = |code: &str| links.named(code).map(|(link, _)| link);
        assert_eq!(named("site/src/links.rs").as_deref(), Some("source/site/src/links.rs.html"));
        let scenario = "source/testbenches/scenarios/who-shares-it/a-mailbox.toml.html";
        assert_eq!(named("pagewalk run who-shares-it/a-mailbox").as_deref(), Some(scenario));
        assert_eq!(named("who-shares-it/a-mailbox").as_deref(), Some(scenario));
        assert_eq!(named("a-mailbox").as_deref(), Some(scenario));
        for other in
            ["hdl/src", "who-shares-it", "a/b", "LICENSE", "site/../LICENSE", "1/2", "/bin/sh"]
        {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
