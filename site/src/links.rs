//! Where a link of a document leads in the site, or a name of a file in it.

use std::path::{Path, PathBuf};

use crate::documents::{listing_of, page_of, relative, resolved};

/// The scenarios, which documents name without folder and ending.
const SCENARIOS: &str = "testbenches/scenarios";
/// The longest source that is listed, in bytes.
const LONGEST: u64 = 400_000;
/// Endings of files that are copied as they are.
const COPIED: [&str; 6] = ["png", "svg", "jpg", "gif", "webp", "pdf"];

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
        if !code.contains('/')
            || code.starts_with('/')
            || code.contains("..")
            || !code.chars().all(is_path)
        {
            return None;
        }
        let names = [code.to_owned(), format!("{SCENARIOS}/{code}.toml")];
        let name = names.into_iter().find(|name| is_listed(&self.root.join(name)))?;
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
        let links = Links { root: &root, document, page: &page_of(document) };
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
        let links = Links { root: &root, document: "README.md", page: "index.html" };
        let named = |code: &str| links.named(code).map(|(link, _)| link);
        assert_eq!(named("site/src/links.rs").as_deref(), Some("source/site/src/links.rs.html"));
        let scenario = "source/testbenches/scenarios/who-shares-it/a-mailbox.toml.html";
        assert_eq!(named("pagewalk run who-shares-it/a-mailbox").as_deref(), Some(scenario));
        assert_eq!(named("who-shares-it/a-mailbox").as_deref(), Some(scenario));
        for other in
            ["hdl/src", "who-shares-it", "a/b", "LICENSE", "site/../LICENSE", "1/2", "/bin/sh"]
        {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
