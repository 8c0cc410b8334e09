//! What surrounds every page: its head, the list of all documents, the way to the next one; and the
//! pages that are no documents.

use std::fmt::Write as _;

use crate::documents::{FRONT, IDEAS, LIVE, page_of, relative};
use crate::html::escaped;
use crate::live::Commands;
use crate::markdown::Rendered;

/// The style of all pages.
pub(crate) const STYLE: &str = include_str!("style.css");
/// Its file in the site.
pub(crate) const STYLE_FILE: &str = "site.css";
/// A page with fewer chapters has no list of them.
const CHAPTERS: usize = 4;

/// A document in the list of all.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) page: String,
    pub(crate) title: String,
}

/// The documents of a site, in groups.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    groups: Vec<(&'static str, Vec<Entry>)>,
}

impl Contents {
    /// Orders documents, each with its title: the front page, the ideas, what is in `docs`, others.
    pub(crate) fn of<'d>(documents: impl Iterator<Item = (&'d String, &'d String)>) -> Contents {
        let mut groups = [
            ("Pagewalk", Vec::new()),
            ("Ideas", Vec::new()),
            ("Guides and reference", Vec::new()),
            ("The project", Vec::new()),
        ];
        for (document, title) in documents {
            let group = match document.rsplit_once('/').map(|(folder, _)| folder) {
                _ if document == FRONT => 0,
                Some(IDEAS) => 1,
                Some("docs") => 2,
                _ => 3,
            };
            let page = page_of(document);
            groups[group].1.push(Entry { page, title: title.clone() });
        }
        // The overview of the ideas comes before them.
        groups[1].1.sort_by_key(|entry| (!entry.page.ends_with("/index.html"), entry.page.clone()));
        groups[1].1.push(Entry { page: LIVE.to_owned(), title: "Runs, moment by moment".into() });
        Contents { groups: groups.into() }
    }

    fn all(&self) -> Vec<&Entry> {
        self.groups.iter().flat_map(|(_, entries)| entries).collect()
    }

    /// The title of a page.
    pub(crate) fn title(&self, page: &str) -> Option<&str> {
        self.all().into_iter().find(|entry| entry.page == page).map(|entry| entry.title.as_str())
    }

    /// The list, as it is in a page.
    fn list(&self, page: &str) -> String {
        let mut out = String::new();
        for (name, entries) in &self.groups {
            _ = writeln!(out, "<h2>{name}</h2>\n<ul>");
            for entry in entries {
                let here = if entry.page == page { " aria-current=\"page\"" } else { "" };
                let link = escaped(&relative(page, &entry.page));
                // The number of an idea is that of its file.
                let file = entry.page.strip_prefix(IDEAS).unwrap_or("").trim_start_matches('/');
                let number = file.split('-').next().filter(|n| n.parse::<u32>().is_ok());
                let number = number.map(|n| n.trim_start_matches('0')).unwrap_or_default();
                let title = escaped(&entry.title);
                let number =
                    if number.is_empty() { String::new() } else { format!("<b>{number}</b> ") };
                _ = writeln!(out, "<li><a href=\"{link}\"{here}>{number}{title}</a></li>");
            }
            out.push_str("</ul>\n");
        }
        out
    }

    /// Links to the documents before and after.
    fn neighbours(&self, page: &str) -> String {
        let all = self.all();
        let Some(at) = all.iter().position(|entry| entry.page == page) else {
            return String::new();
        };
        let link = |entry: &Entry, class: &str, arrow: &str| {
            let link = escaped(&relative(page, &entry.page));
            let title = escaped(&entry.title);
            format!(
                "<a class=\"{class}\" rel=\"{class}\" href=\"{link}\"><span>{arrow}</span> {title}</a>\n"
            )
        };
        let before = at.checked_sub(1).map(|at| link(all[at], "prev", "Before:"));
        let after = all.get(at + 1).map(|entry| link(entry, "next", "Next:"));
        format!(
            "<nav class=\"way\" aria-label=\"Neighbours\">\n{}{}</nav>\n",
            before.unwrap_or_default(),
            after.unwrap_or_default()
        )
    }
}

/// A whole page.
pub(crate) fn page(contents: &Contents, page: &str, title: &str, body: &str) -> String {
    let style = escaped(&relative(page, STYLE_FILE));
    let front = escaped(&relative(page, &page_of(FRONT)));
    let shown = escaped(title);
    let whole = if title == "Pagewalk" { shown } else { format!("{shown} · Pagewalk") };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{whole}</title>\n\
         <link rel=\"stylesheet\" href=\"{style}\">\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#text\">To the text</a>\n\
         <header><a class=\"home\" href=\"{front}\">Pagewalk</a>\
         <a class=\"to-list\" href=\"#list\">All documents</a></header>\n\
         <div class=\"frame\">\n<main id=\"text\" tabindex=\"-1\">\n{body}{}</main>\n\
         <nav class=\"list\" id=\"list\" aria-label=\"All documents\">\n{}</nav>\n</div>\n</body>\n</html>\n",
        contents.neighbours(page),
        contents.list(page),
    )
}

/// The body of a document's page, with a list of its chapters below the title.
pub(crate) fn document(rendered: &Rendered) -> String {
    if rendered.chapters.len() < CHAPTERS {
        return rendered.body.clone();
    }
    let mut list = "<details class=\"chapters\"><summary>On this page</summary>\n<ul>\n".to_owned();
    for chapter in &rendered.chapters {
        _ = writeln!(list, "<li><a href=\"#{}\">{}</a></li>", chapter.slug, escaped(&chapter.text));
    }
    list.push_str("</ul>\n</details>\n");
    match rendered.body.split_once("</h1>\n") {
        Some((title, rest)) => format!("{title}</h1>\n{list}{rest}"),
        None => format!("{list}{}", rendered.body),
    }
}

/// The body of the page that lists a source file, with the numbers of its lines.
pub(crate) fn listing(name: &str, text: &str) -> String {
    let mut lines = String::new();
    for (number, line) in (1..).zip(text.lines()) {
        _ = writeln!(lines, "<span id=\"L{number}\">{}</span>", escaped(line));
    }
    format!(
        "<h1><code>{}</code></h1>\n<pre class=\"listing\" tabindex=\"0\"><code>{lines}</code></pre>\n",
        escaped(name)
    )
}

/// The body of the list of runs.
pub(crate) fn live(commands: &Commands, contents: &Contents) -> String {
    let titles = |document: &str| {
        let page = page_of(document);
        let title = contents.title(&page).unwrap_or(document).to_owned();
        (page, title)
    };
    format!(
        "<h1>Runs, moment by moment</h1>\n\
         <p>Each of these pages is one run of the hardware and its operating system, recorded by the \
         command beside it. Step through it with the arrow keys, by accesses, events or cycles; key \
         <kbd>?</kbd> lists the others. It is one file, which needs no network: save it, send it, \
         hand it out.</p>\n\
         <div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">\
         <table><thead><tr><th>shown in</th><th>run</th></tr></thead><tbody>\n{}</tbody></table></div>\n",
        commands.list(&titles)
    )
}
