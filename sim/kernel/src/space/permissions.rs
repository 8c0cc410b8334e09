//! Permissions of a page.

use model::isa::Access;
use serde::{Deserialize, Serialize};

/// The permissions of a page, as a program requests them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Permissions {
    /// Loads.
    pub read: bool,
    /// Stores.
    pub write: bool,
    /// Fetches.
    pub execute: bool,
}

impl Permissions {
    /// Reads three characters such as `r-x`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Permissions> {
        let flag = |at: usize, letter: u8| match text.as_bytes()[at] {
            byte if byte == letter => Some(true),
            b'-' => Some(false),
            _ => None,
        };
        if text.len() != 3 {
            return None;
        }
        let read = flag(0, b'r')?;
        let (write, execute) = (flag(1, b'w')?, flag(2, b'x')?);
        Some(Permissions { read, write, execute })
    }

    /// As an entry can express them: W without R is a reserved encoding, so a page that may be
    /// stored to may be loaded from as well.
    #[must_use]
    pub fn encodable(self) -> Permissions {
        Permissions { read: self.read || self.write, ..self }
    }

    /// Whether nothing is allowed at all (`PROT_NONE`).
    pub fn is_none(self) -> bool {
        self == Permissions::default()
    }

    /// Whether an access of this kind is allowed.
    pub fn allows(self, access: Access) -> bool {
        match access {
            Access::Fetch => self.execute,
            Access::Load => self.read,
            Access::Store => self.write,
            Access::CacheBlock => self.read || self.write,
        }
    }

    /// The least permissions that allow everything that either allows.
    #[must_use]
    pub fn union(self, other: Permissions) -> Permissions {
        Permissions {
            read: self.read || other.read,
            write: self.write || other.write,
            execute: self.execute || other.execute,
        }
    }

    /// The least legal permissions that allow this access.
    pub fn needed(access: Access) -> Permissions {
        Permissions {
            read: access != Access::Fetch,
            write: access == Access::Store,
            execute: access == Access::Fetch,
        }
    }
}

impl TryFrom<String> for Permissions {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Permissions::parse(&text).ok_or_else(|| {
            format!("permissions are written like \"r-x\" or \"rw-\", not \"{text}\"")
        })
    }
}

impl From<Permissions> for String {
    fn from(permissions: Permissions) -> String {
        let letter = |on: bool, letter| if on { letter } else { '-' };
        [
            letter(permissions.read, 'r'),
            letter(permissions.write, 'w'),
            letter(permissions.execute, 'x'),
        ]
        .iter()
        .collect()
    }
}
