//! The runs that the ideas show: a code span `pagewalk show ...` in a document of `docs/ideas` is a
//! whole command, which becomes a page of the site.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use pulldown_cmark::{Event, Parser};

use crate::documents::{IDEAS, in_folder};
use crate::markdown::OPTIONS;
use crate::{Error, html};

/// How a command begins that is shown.
const BEGINNING: &str = "pagewalk show ";

/// The runs to be shown: of each command's arguments the file, and the document that named it first.
#[derive(Debug, Default)]
pub struct Commands(BTreeMap<String, Named>);

#[derive(Debug)]
struct Named {
    arguments: String,
    document: String,
}

/// The arguments of `pagewalk show` in a code span of an idea's page.
pub(crate) fn arguments(document: &str, code: &str) -> Option<String> {
    let of_idea = document.starts_with(IDEAS) && !document.ends_with("README.md");
    let rest = code.strip_prefix(BEGINNING).filter(|_| of_idea)?;
    Some(rest.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The page of the run of a command.
fn file_of(arguments: &str) -> String {
    let letters = arguments.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    let words: String = letters.collect();
    let words: Vec<&str> = words.split('-').filter(|word| !word.is_empty()).collect();
    format!("live/{}.html", words.join("-"))
}

impl Commands {
    /// Notes that a document shows a run, and returns the page that it will have.
    ///
    /// # Errors
    /// When another command has this page.
    pub(crate) fn note(&mut self, document: &str, arguments: &str) -> Result<String, Error> {
        let name = file_of(arguments);
        let named = Named { arguments: arguments.to_owned(), document: document.to_owned() };
        let known = self.0.entry(name.clone()).or_insert(named);
        if known.arguments != arguments {
            let first = known.arguments.clone();
            return Err(Error::SameName { first, second: arguments.to_owned(), name });
        }
        Ok(name)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The page of each with its command's arguments and the document that named it first, in the
    /// order of the documents.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let mut all: Vec<_> = self
            .0
            .iter()
            .map(|(name, named)| (name.as_str(), named.arguments.as_str(), named.document.as_str()))
            .collect();
        all.sort_by_key(|&(name, _, document)| (document.to_owned(), name.to_owned()));
        all.into_iter()
    }

    /// Runs each, and writes its page; `tell` is called before each.
    ///
    /// # Errors
    /// At the first that cannot be run or fails.
    pub(crate) fn write(
        &self,
        pagewalk: &[String],
        root: &Path,
        folder: &Path,
        tell: &mut dyn FnMut(&str),
    ) -> Result<(), Error> {
        let (program, first) = pagewalk.split_first().expect("a command has a first word");
        for (number, (name, arguments, document)) in self.iter().enumerate() {
            let command = format!("{BEGINNING}{arguments}");
            tell(&format!("[{}/{}] {command}", number + 1, self.len()));
            let page = folder.join(name);
            let mut run = Command::new(program);
            run.args(first).arg("show").args(arguments.split(' ')).arg("-o").arg(&page);
            let done = run.current_dir(root).output();
            let done =
                done.map_err(|source| Error::Start { command: pagewalk.join(" "), source })?;
            if !done.status.success() || !page.is_file() {
                let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
                let said = if said.is_empty() { done.status.to_string() } else { said };
                return Err(Error::Run { document: document.to_owned(), command, said });
            }
        }
        Ok(())
    }

    /// The list of all as HTML, with links from the page `LIVE`.
    pub(crate) fn list(&self, titles: &dyn Fn(&str) -> (String, String)) -> String {
        let mut rows = String::new();
        for (name, arguments, document) in self.iter() {
            let (page, title) = titles(document);
            rows.push_str(&format!(
                "<tr><td><a href=\"{}\">{}</a></td>\
                 <td><a class=\"live\" href=\"{}\"><code>{BEGINNING}{}</code></a></td></tr>\n",
                html::escaped(&page),
                html::escaped(&title),
                html::escaped(name),
                html::escaped(arguments),
            ));
        }
        rows
    }
}

/// The arguments of the runs that each page of an idea shows, by document.
///
/// # Errors
/// When a document cannot be read.
pub fn commands_of_ideas(root: &Path) -> Result<BTreeMap<String, Vec<String>>, Error> {
    let documents = in_folder(root, IDEAS).map_err(Error::read(root.join(IDEAS)))?;
    let mut all = BTreeMap::new();
    for document in documents.into_iter().filter(|document| !document.ends_with("README.md")) {
        let path = root.join(&document);
        let text = std::fs::read_to_string(&path).map_err(Error::read(path))?;
        let codes = Parser::new_ext(&text, OPTIONS).filter_map(|event| match event {
            Event::Code(code) => arguments(&document, &code),
            _ => None,
        });
        let commands = codes.collect();
        all.insert(document, commands);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDEA: &str = "docs/ideas/05-sharing.md";

    #[test]
    fn only_whole_commands_of_ideas_are_shown() {
        assert_eq!(
            arguments(IDEA, "pagewalk show a/b  --mode sv39").as_deref(),
            Some("a/b --mode sv39")
        );
        assert_eq!(arguments(IDEA, "pagewalk run a/b"), None);
        assert_eq!(arguments(IDEA, "pagewalk show"), None);
        assert_eq!(arguments("docs/show.md", "pagewalk show NAME"), None);
    }

    #[test]
    fn each_command_has_a_page_of_its_own() {
        let mut commands = Commands::default();
        let page = commands.note(IDEA, "policy --frames 3 --string 7,0").expect("it is the first");
        assert_eq!(page, "live/policy-frames-3-string-7-0.html");
        commands.note(IDEA, "policy --frames 3 --string 7,0").expect("it is the same");
        assert_eq!(commands.len(), 1);
        let other = commands.note(IDEA, "policy --frames 3 --string 7/0");
        assert!(matches!(other, Err(Error::SameName { .. })));
    }
}
