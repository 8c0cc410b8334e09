//! Builds the whole site: the documents that belong to it and those that these link to, the files
//! that they need, and a page for each run that an idea shows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::documents::{FOLDERS, FRONT, LIVE, in_folder, listing_of, page_of};
use crate::layout::{self, Contents};
use crate::links::{Links, Needed, Scenarios};
use crate::live::Commands;
use crate::markdown::{Common, Rendered, render};
use crate::output::Output;
use crate::{Error, check, pictures};

/// What was built.
#[derive(Debug)]
pub struct Built {
    /// The number of documents.
    pub documents: usize,
    /// The number of runs shown.
    pub runs: usize,
}

/// Builds the site of the project in `root` in the folder `place`, which must be a site, empty or
/// not there. `pagewalk` is the command with its first arguments; `tell` is told what is being done.
///
/// # Errors
/// When a file cannot be read or written, a link leads nowhere, or a run fails; an older site is
/// then still in its place.
pub fn build(
    root: &Path,
    place: &Path,
    pagewalk: &[String],
    tell: &mut dyn FnMut(&str),
) -> Result<Built, Error> {
    let output = Output::begin(place)?;
    let listed = pictures::read(root)?;
    let mut commands = Commands::default();
    let mut common = Common { pictures: &listed, commands: &mut commands };
    let (documents, needed) = documents(root, &mut common)?;
    tell(&format!("{} documents", documents.len()));

    let titles = documents.iter().map(|(name, document)| (name, &document.title));
    let contents = Contents::of(titles);
    for (name, document) in &documents {
        let page = page_of(name);
        let body = layout::document(document);
        let text = layout::page(&contents, &page, &document.title, &body);
        output.write(&page, text.as_bytes())?;
    }
    for file in &needed {
        match file {
            Needed::Document(_) => {}
            Needed::Copy(name) => {
                let path = root.join(name);
                output.write(name, &std::fs::read(&path).map_err(Error::read(path))?)?;
            }
            Needed::Listing(name) => {
                let path = root.join(name);
                let text = std::fs::read_to_string(&path).map_err(Error::read(path))?;
                let page = listing_of(name);
                let body = layout::listing(name, &text);
                output.write(&page, layout::page(&contents, &page, name, &body).as_bytes())?;
            }
        }
    }
    let list = layout::live(&commands, &contents);
    let list = layout::page(&contents, LIVE, contents.title(LIVE).unwrap_or_default(), &list);
    output.write(LIVE, list.as_bytes())?;
    output.write(layout::STYLE_FILE, layout::STYLE.as_bytes())?;
    commands.write(pagewalk, root, output.folder(), tell)?;

    if let Some((page, target)) = check::dead_links(output.folder())?.into_iter().next() {
        return Err(Error::NoTarget { page, target });
    }
    output.finish()?;
    Ok(Built { documents: documents.len(), runs: commands.len() })
}

/// The documents of the site by name, and what else they need.
type Documents = (BTreeMap<String, Rendered>, BTreeSet<Needed>);

fn documents(root: &Path, common: &mut Common<'_>) -> Result<Documents, Error> {
    let mut wanted = vec![FRONT.to_owned()];
    for folder in FOLDERS {
        wanted.extend(in_folder(root, folder).map_err(Error::read(root.join(folder)))?);
    }
    let scenarios = Scenarios::of(root)?;
    let mut documents = BTreeMap::new();
    let mut needed = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        if documents.contains_key(&name) {
            continue;
        }
        let path = root.join(&name);
        let text = std::fs::read_to_string(&path).map_err(Error::read(path))?;
        let links = Links { root, document: &name, page: &page_of(&name), scenarios: &scenarios };
        let rendered = render(&text, &links, common)?;
        for file in &rendered.needed {
            if let Needed::Document(other) = file {
                wanted.push(other.clone());
            }
        }
        needed.extend(rendered.needed.iter().cloned());
        documents.insert(name, rendered);
    }
    Ok((documents, needed))
}
