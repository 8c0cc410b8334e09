//! One document as HTML: its links lead to pages of the site, its headings have names, what is wide
//! can be scrolled, and commands that show a run lead to its page.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html,
};

use crate::Error;
use crate::documents::{relative, resolved};
use crate::html::{Slugs, escaped, png_size};
use crate::links::{Leads, Links, Needed};
use crate::live::{Commands, arguments};
use crate::pictures::Picture;

/// The Markdown of the documents: CommonMark and tables.
pub(crate) const OPTIONS: Options = Options::ENABLE_TABLES;

/// A heading below the title.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    pub(crate) slug: String,
    pub(crate) text: String,
}

/// A document as a part of its page.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    pub(crate) title: String,
    /// Its chapters, headings of the second level.
    pub(crate) chapters: Vec<Heading>,
    pub(crate) body: String,
    pub(crate) needed: BTreeSet<Needed>,
}

/// What documents have in common.
pub(crate) struct Common<'a> {
    pub(crate) pictures: &'a BTreeMap<String, Picture>,
    pub(crate) commands: &'a mut Commands,
}

/// The text up to the end of the heading or picture that the first event starts.
fn plain(events: &[Event<'_>]) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::SoftBreak => text.push(' '),
            Event::End(TagEnd::Heading(_) | TagEnd::Image) => break,
            _ => {}
        }
    }
    text
}

/// Renders a document.
///
/// # Errors
/// When a link leads nowhere, or two commands would have the same page.
pub(crate) fn render(
    text: &str,
    links: &Links<'_>,
    common: &mut Common<'_>,
) -> Result<Rendered, Error> {
    let parsed = Parser::new_ext(text, OPTIONS).into_offset_iter();
    let (events, places): (Vec<_>, Vec<_>) = parsed.unzip();
    let page = Page {
        text,
        links,
        common,
        places: &places,
        out: Vec::new(),
        done: Rendered::default(),
        slugs: Slugs::default(),
        heading: None,
        open: Vec::new(),
        picture: None,
        is_after_picture: false,
    };
    page.render(&events)
}

/// A document on its way.
struct Page<'a, 'c, 'm> {
    text: &'a str,
    links: &'a Links<'a>,
    common: &'a mut Common<'c>,
    places: &'a [Range<usize>],
    out: Vec<Event<'m>>,
    done: Rendered,
    slugs: Slugs,
    /// The open heading, to which a link is added at its end.
    heading: Option<Heading>,
    /// Of each open link, whether it is one in the site.
    open: Vec<bool>,
    /// The last picture of a page: its command, and the link to its moment.
    picture: Option<(String, String)>,
    is_after_picture: bool,
}

impl<'m> Page<'_, '_, 'm> {
    fn render(mut self, events: &[Event<'m>]) -> Result<Rendered, Error> {
        let mut at = 0;
        while at < events.len() {
            at += self.take(events, at)?;
        }
        html::push_html(&mut self.done.body, self.out.into_iter());
        Ok(self.done)
    }

    /// Renders what begins with an event; returns the number of events taken.
    fn take(&mut self, events: &[Event<'m>], at: usize) -> Result<usize, Error> {
        match &events[at] {
            Event::Start(Tag::Heading { level, .. }) => {
                let text = plain(&events[at..]);
                let slug = self.slugs.next(&text);
                self.raw(format!("<{level} id=\"{slug}\">"));
                if *level == HeadingLevel::H2 {
                    self.done.chapters.push(Heading { slug: slug.clone(), text: text.clone() });
                }
                if self.done.title.is_empty() {
                    self.done.title = text;
                } else {
                    self.heading = Some(Heading { slug, text });
                }
            }
            Event::End(TagEnd::Heading(level)) => {
                if let Some(Heading { slug, text }) = self.heading.take() {
                    let label = escaped(&format!("Link to: {text}"));
                    let link =
                        format!("<a class=\"self\" href=\"#{slug}\" aria-label=\"{label}\">");
                    self.raw(format!("{link}#</a>"));
                }
                self.raw(format!("</{level}>\n"));
            }
            Event::Start(Tag::Paragraph) => self.paragraph(events, at),
            Event::Start(Tag::Table(_)) => {
                self.raw(
                    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">"
                        .into(),
                );
                self.out.push(events[at].clone());
            }
            Event::End(TagEnd::Table) => {
                self.out.push(events[at].clone());
                self.raw("</div>\n".into());
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match kind {
                    CodeBlockKind::Fenced(name) if !name.is_empty() => name.to_string(),
                    _ => "text".to_owned(),
                };
                let language = escaped(&language);
                self.raw(format!("<pre tabindex=\"0\"><code class=\"language-{language}\">"));
            }
            Event::End(TagEnd::CodeBlock) => self.raw("</code></pre>\n".into()),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let link = self.follow(dest_url, at)?;
                self.open.push(link.is_some());
                if let Some(link) = link {
                    self.raw(format!("<a href=\"{}\">", escaped(&link)));
                }
            }
            Event::End(TagEnd::Link) => {
                if self.open.pop() == Some(true) {
                    self.raw("</a>".into());
                }
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                self.image(dest_url, &plain(&events[at + 1..]), at)?;
                let length = events[at..].iter().take_while(|e| **e != Event::End(TagEnd::Image));
                return Ok(length.count() + 1);
            }
            Event::Code(code) => self.code(code)?,
            other => self.out.push(other.clone()),
        }
        Ok(1)
    }

    fn raw(&mut self, html: String) {
        self.out.push(Event::Html(CowStr::from(html)));
    }

    /// A paragraph that is a picture, or its caption, is marked as such.
    fn paragraph(&mut self, events: &[Event<'m>], at: usize) {
        let length =
            events[at..].iter().take_while(|e| **e != Event::End(TagEnd::Paragraph)).count();
        let inside = &events[at + 1..at + length];
        let is_picture = match inside {
            [Event::Start(Tag::Image { .. }), .., Event::End(TagEnd::Image)] => true,
            [Event::Start(Tag::Link { .. }), Event::Start(Tag::Image { .. }), .., last] => {
                *last == Event::End(TagEnd::Link)
            }
            _ => false,
        };
        let is_caption =
            self.is_after_picture && matches!(inside.first(), Some(Event::Start(Tag::Emphasis)));
        self.is_after_picture = is_picture;
        // In tight lists there are no paragraphs, so a tag is never left open.
        let class = if is_picture {
            " class=\"picture\""
        } else if is_caption {
            " class=\"caption\""
        } else {
            ""
        };
        self.raw(format!("<p{class}>"));
    }

    /// The link to a target; `None` if it is not shown in the site.
    fn follow(&mut self, target: &str, at: usize) -> Result<Option<String>, Error> {
        match self.links.follow(target) {
            Leads::To(link, needed) => {
                self.done.needed.extend(needed);
                Ok(Some(link))
            }
            Leads::Nowhere => Ok(None),
            Leads::Missing => Err(Error::DeadLink {
                document: self.links.document.to_owned(),
                line: self.text[..self.places[at].start].matches('\n').count() + 1,
                target: target.to_owned(),
            }),
        }
    }

    /// A picture leads to its moment in a page that shows the run, else to itself at its full size;
    /// one in a link, where the link leads.
    fn image(&mut self, target: &str, alternative: &str, at: usize) -> Result<(), Error> {
        let Some(link) = self.follow(target, at)? else { return Ok(()) };
        let file = resolved(self.links.document, target);
        let bytes = file.as_ref().and_then(|file| std::fs::read(self.links.root.join(file)).ok());
        let size = bytes.and_then(|bytes| png_size(&bytes));
        let size = size.map(|(width, height)| format!(" width=\"{width}\" height=\"{height}\""));
        let image = format!(
            "<img src=\"{}\" alt=\"{}\"{} loading=\"lazy\">",
            escaped(&link),
            escaped(alternative),
            size.unwrap_or_default(),
        );
        if self.open.last() == Some(&true) {
            self.raw(image);
            return Ok(());
        }
        let mut leads = link;
        if let Some(picture) = file.as_ref().and_then(|file| self.common.pictures.get(file)) {
            let page = self.common.commands.note(self.links.document, &picture.show)?;
            leads = format!("{}#{}", relative(self.links.page, &page), picture.at);
            self.picture = Some((picture.show.clone(), leads.clone()));
        }
        self.raw(format!("<a href=\"{}\">{image}</a>", escaped(&leads)));
        Ok(())
    }

    /// A code span: a run that is shown, a file that is listed, or just code.
    fn code(&mut self, code: &str) -> Result<(), Error> {
        let text = format!("<code>{}</code>", escaped(code));
        if self.open.last() == Some(&true) {
            self.raw(text);
            return Ok(());
        }
        if let Some(shown) = arguments(self.links.document, code) {
            let page = self.common.commands.note(self.links.document, &shown)?;
            // A caption's command leads to the moment of its picture.
            let link = match &self.picture {
                Some((command, moment)) if *command == shown => moment.clone(),
                _ => relative(self.links.page, &page),
            };
            self.raw(format!("<a class=\"live\" href=\"{}\">{text}</a>", escaped(&link)));
        } else if let Some((link, needed)) = self.links.named(code) {
            self.done.needed.insert(needed);
            self.raw(format!("<a class=\"file\" href=\"{}\">{text}</a>", escaped(&link)));
        } else {
            self.raw(text);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// A document of the ideas, rendered.
    fn rendered(text: &str) -> (Rendered, usize) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let picture = r#"{"picture": "05-sharing.png", "show": "a/b", "at": "access=2",
            "panels": ["tree"], "says": ""}"#;
        let picture: Picture = serde_json::from_str(picture).expect("a picture");
        let pictures = [("docs/images/pages/05-sharing.png".to_owned(), picture)].into();
        let mut commands = Commands::default();
        let mut common = Common { pictures: &pictures, commands: &mut commands };
        let (document, page) = ("docs/ideas/05-sharing.md", "docs/ideas/05-sharing.html");
        let scenarios = crate::links::Scenarios::default();
        let links = Links { root: &root, document, page, scenarios: &scenarios };
        let done = render(text, &links, &mut common).expect("its links lead somewhere");
        (done, commands.len())
    }

    #[test]
    fn chapters_have_names_and_links_to_themselves() {
        let (done, _) = rendered("# A *b*\n\n## `C` & d\n\ntext\n\n### E\n");
        assert_eq!(done.title, "A b");
        let chapter = Heading { slug: "c--d".into(), text: "C & d".into() };
        assert_eq!(done.chapters, [chapter]);
        assert!(done.body.starts_with("<h1 id=\"a-b\">A <em>b</em></h1>\n"), "{}", done.body);
        assert!(done.body.contains("<code>C</code> &amp; d<a class=\"self\" href=\"#c--d\""));
        assert!(done.body.contains("<h3 id=\"e\">E<a class=\"self\""));
    }

    #[test]
    fn a_picture_and_its_caption_lead_to_the_moment() {
        let text = "![x](../images/pages/05-sharing.png)\n\n*`pagewalk show a/b` at `#access=2`: y.*\n\n\
            `pagewalk show c/d`, `pagewalk show a/b`\n";
        let (done, commands) = rendered(text);
        assert_eq!(commands, 2);
        let moment = "href=\"../../live/a-b.html#access=2\"";
        assert!(done.body.starts_with(&format!("<p class=\"picture\"><a {moment}><img src=")));
        let caption =
            format!("<p class=\"caption\"><em><a class=\"live\" {moment}><code>pagewalk show a/b");
        assert!(done.body.contains(&caption), "{}", done.body);
        assert!(done.body.contains(" alt=\"x\" width=\"1200\" height=\""));
        assert!(done.body.contains("href=\"../../live/c-d.html\""));
        // A picture in a link leads where the link does.
        let (done, commands) =
            rendered("[![x](../images/pages/05-sharing.png)](01-address-translation.md)\n");
        assert_eq!((commands, done.body.matches("<a ").count()), (0, 1));
        assert!(
            done.body.contains("<p class=\"picture\"><a href=\"01-address-translation.html\">")
        );
    }

    #[test]
    fn text_is_text_and_wide_things_scroll() {
        let text = "| a | b |\n|---|---|\n| `<x>` | c |\n\n```\n<script> & \"\n```\n\n[out](../../hdl/src) `hdl/src/flags.rs`\n";
        let (done, _) = rendered(text);
        assert!(done.body.contains("<div class=\"scroll\" tabindex=\"0\""));
        assert!(done.body.contains("<code>&lt;x&gt;</code>") && !done.body.contains("<script"));
        // A folder without a page is no link; a file is listed.
        assert!(
            done.body
                .contains("<p>out <a class=\"file\" href=\"../../source/hdl/src/flags.rs.html\">")
        );
        assert_eq!(done.needed.len(), 1);
    }
}
