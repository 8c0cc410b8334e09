//! The documents of the project as a static site: plain HTML with relative links, which can be put
//! on any server or opened from a folder, with the pages that `pagewalk show` writes beside it.
//!
//! | module | contents |
//! |---|---|
//! | [`build()`] | the whole site, from the front page along all links |
//! | [`Commands`] (`live`) | the runs that the ideas show, and how they become pages |
//! | `documents` | which file becomes which page, and how one page links to another |
//! | `markdown` | one document as HTML |
//! | `links` | where a link of a document, or a name in it, leads |
//! | `pictures` | the list of the pictures of pages, with their moments |
//! | `layout` | what surrounds every page; lists of sources and of runs |
//! | `html` | text in HTML |
//! | `output` | the folder of the site, which is complete or not there |
//! | [`dead_links`] (`check`) | links of a site that lead nowhere |
//! | [`Error`] | errors |

mod build;
mod check;
mod documents;
mod error;
mod html;
mod layout;
mod links;
mod live;
mod markdown;
mod output;
mod pictures;

pub use build::{Built, build};
pub use check::dead_links;
pub use error::Error;
pub use live::{Commands, commands_of_ideas};
