//! What can go wrong, each with where and what to do.

use std::path::PathBuf;

/// Why no site was built.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder of the project cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// A file or folder of the site cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The folder in which the site shall be is missing.
    #[error("there is no folder {} for the site to be in; make it, or name another", path.display())]
    NoFolder {
        /// The folder above that of the site.
        path: PathBuf,
    },
    /// The folder holds something else than a site.
    #[error(
        "{} is not empty, and no site that was built here; name another folder, or empty it",
        path.display()
    )]
    Occupied {
        /// The folder named for the site.
        path: PathBuf,
    },
    /// A link leads nowhere.
    #[error("{document}, line {line}: the link to {target} leads nowhere")]
    DeadLink {
        /// The document that has it.
        document: String,
        /// The line in it.
        line: usize,
        /// What it names.
        target: String,
    },
    /// A link to a heading that is not there.
    #[error("{page} links to {target}, which is not there")]
    NoTarget {
        /// The page of the site.
        page: String,
        /// What it links to.
        target: String,
    },
    /// The command that writes pages cannot be started.
    #[error("{command} cannot be started: {source}")]
    Start {
        /// Its words.
        command: String,
        /// The reason.
        source: std::io::Error,
    },
    /// A run that an idea shows made no page.
    #[error("{document}: `{command}` failed: {said}")]
    Run {
        /// The document that names it.
        document: String,
        /// The command.
        command: String,
        /// Its last words.
        said: String,
    },
    /// Two commands would write the same file.
    #[error("`{first}` and `{second}` would both be {name}; give one of them another form")]
    SameName {
        /// One command.
        first: String,
        /// The other.
        second: String,
        /// The name of the file.
        name: String,
    },
    /// The list of pictures is not as it must be.
    #[error("{}: {reason}", path.display())]
    Pictures {
        /// The list.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl Error {
    /// The error of a file that cannot be read.
    pub(crate) fn read(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        |source| Error::Read { path, source }
    }

    /// The error of a file that cannot be written.
    pub(crate) fn write(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        |source| Error::Write { path, source }
    }
}
