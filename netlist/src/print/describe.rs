//! Comments for printed modules and ports, taken from the doc comments of their Rust source.
//!
//! rust-hdl does not see doc comments, but the source has them. [`Describe::read_rust`] reads it as
//! tokens, not as a syntax tree, so that a block declared by a macro is found as well:
//!
//! ```text
//! /// What it is.                      macro_rules! ports { (... $name:ident ...) => {
//! pub struct Counter {                     pub struct $name {
//!     /// What it means.                       /// What it means.
//!     pub limit: Signal<...>,                  pub limit: Signal<...>,
//! }                                        }
//!                                      } }
//!                                      ports!(/// What it is.
//!                                             Counter, 8);
//! ```

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::collections::BTreeMap;
use thiserror::Error;

/// What readers are told about printed modules and ports: for `Module` or `Module.port` a sentence,
/// headings above groups of ports, and words for blocks.
#[derive(Clone, Debug, Default)]
pub struct Describe {
    texts: BTreeMap<String, String>,
    headings: BTreeMap<String, String>,
    words: BTreeMap<String, String>,
    /// Types that a macro declares: the macro's name, with its `!`.
    declared_by: BTreeMap<String, String>,
}

/// A text is not Rust.
#[derive(Clone, Debug, Error)]
#[error("no Rust source: {0}")]
pub struct NotRust(String);

impl Describe {
    /// No descriptions.
    pub fn new() -> Self {
        Self::default()
    }

    /// Describes a module (by its name in the design) or a port (`Module.port`).
    pub fn set(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.texts.insert(path.into(), text.into());
    }

    /// Puts a heading above a port (`Module.port`), the first of a group.
    pub fn head(&mut self, port: impl Into<String>, heading: impl Into<String>) {
        self.headings.insert(port.into(), heading.into());
    }

    /// Calls the modules of a block, by its type's name without parameters, by another word than
    /// that name in lower case.
    pub fn call(&mut self, block: impl Into<String>, word: impl Into<String>) {
        self.words.insert(block.into(), word.into());
    }

    /// Takes the first paragraph of the doc comments of all structures in a Rust source, and of
    /// their fields. A module whose name consists of a type's name and its parameters (`Counter_8`)
    /// is described by the type. Existing descriptions are kept.
    ///
    /// # Errors
    ///
    /// If the text does not consist of Rust tokens.
    pub fn read_rust(&mut self, source: &str) -> Result<(), NotRust> {
        let tokens: TokenStream =
            source.parse().map_err(|error: proc_macro2::LexError| NotRust(error.to_string()))?;
        self.scan(tokens, None, None);
        Ok(())
    }

    /// The heading above a port.
    pub(super) fn heading(&self, port: &str) -> Option<&str> {
        self.headings.get(port).map(String::as_str)
    }

    /// The word for a block.
    pub(super) fn word(&self, block: &str) -> Option<&str> {
        self.words.get(block).map(String::as_str)
    }

    /// The description of a module or a port.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        let (module, port) = match path.split_once('.') {
            Some((module, port)) => (module, format!(".{port}")),
            None => (path, String::new()),
        };
        // `Counter_8_3`, `Counter_8`, `Counter`.
        let ends = module.match_indices('_').map(|(at, _)| at).rev();
        let names = std::iter::once(module.len()).chain(ends).map(|end| &module[..end]);
        for name in names {
            let macros = self.declared_by.get(name).filter(|_| !port.is_empty());
            for owner in std::iter::once(name).chain(macros.map(String::as_str)) {
                if let Some(text) = self.texts.get(&format!("{owner}{port}")) {
                    return Some(text);
                }
            }
        }
        None
    }

    fn note(&mut self, path: String, docs: &[String]) {
        if let Some(text) = paragraph(docs) {
            self.texts.entry(path).or_insert(text);
        }
    }

    /// Structures in a stream of tokens. `within`: the macro that the stream defines; `called`:
    /// the macro whose arguments it is.
    fn scan(&mut self, tokens: TokenStream, within: Option<&str>, called: Option<&str>) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut docs = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let rest = &tokens[at..];
            at += 1;
            match rest {
                [TokenTree::Punct(hash), TokenTree::Group(attribute), ..]
                    if hash.as_char() == '#' =>
                {
                    docs.extend(doc(attribute));
                    at += 1;
                }
                [TokenTree::Ident(word), ..] if word == "pub" => {}
                [TokenTree::Ident(word), ..] if word == "struct" => {
                    at += self.structure(&rest[1..], &docs, within);
                    docs.clear();
                }
                [TokenTree::Ident(rules), TokenTree::Punct(mark), TokenTree::Ident(name), ..]
                    if rules == "macro_rules" && mark.as_char() == '!' =>
                {
                    if let Some(TokenTree::Group(body)) = rest.get(3) {
                        self.scan(body.stream(), Some(&format!("{name}!")), None);
                    }
                    at += 3;
                }
                [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Group(body), ..]
                    if mark.as_char() == '!' =>
                {
                    self.scan(body.stream(), within, Some(&format!("{name}!")));
                    at += 2;
                }
                [TokenTree::Ident(name), TokenTree::Punct(comma), ..]
                    if comma.as_char() == ',' && !docs.is_empty() && called.is_some() =>
                {
                    let called = called.unwrap_or_default().to_owned();
                    self.note(name.to_string(), &docs);
                    self.declared_by.insert(name.to_string(), called);
                    docs.clear();
                }
                // `(crate)` of a visibility is between a comment and its item.
                [TokenTree::Group(group), ..] if group.delimiter() == Delimiter::Parenthesis => {
                    self.scan(group.stream(), within, None);
                }
                [TokenTree::Group(group), ..] => {
                    self.scan(group.stream(), within, None);
                    docs.clear();
                }
                _ => docs.clear(),
            }
        }
    }

    /// A structure, from its name on; how many tokens it takes.
    fn structure(&mut self, rest: &[TokenTree], docs: &[String], within: Option<&str>) -> usize {
        let name = match (rest.first(), within) {
            (Some(TokenTree::Ident(name)), _) => name.to_string(),
            // `struct $name` in a macro: the macro's callers describe it.
            (Some(TokenTree::Punct(_)), Some(within)) => within.to_owned(),
            _ => return 0,
        };
        if !name.ends_with('!') {
            self.note(name.clone(), docs);
        }
        for (at, token) in rest.iter().enumerate() {
            match token {
                TokenTree::Punct(end) if end.as_char() == ';' => return at + 1,
                TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => {
                    self.fields(&name, body);
                    return at + 1;
                }
                _ => {}
            }
        }
        rest.len()
    }

    fn fields(&mut self, structure: &str, body: &Group) {
        let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
        let mut docs = Vec::new();
        let mut depth = 0_i32;
        for (at, token) in tokens.iter().enumerate() {
            match (token, tokens.get(at + 1)) {
                (TokenTree::Group(attribute), _)
                    if attribute.delimiter() == Delimiter::Bracket && depth == 0 =>
                {
                    docs.extend(doc(attribute));
                }
                (TokenTree::Ident(name), Some(TokenTree::Punct(colon)))
                    if colon.as_char() == ':' && depth == 0 && !docs.is_empty() =>
                {
                    self.note(format!("{structure}.{name}"), &docs);
                    docs.clear();
                }
                (TokenTree::Punct(mark), _) => match mark.as_char() {
                    '<' => depth += 1,
                    '>' => depth -= 1,
                    ',' if depth == 0 => docs.clear(),
                    _ => {}
                },
                _ => {}
            }
        }
    }
}

/// The line of a doc comment, if an attribute is one.
fn doc(attribute: &Group) -> Option<String> {
    let tokens: Vec<TokenTree> = attribute.stream().into_iter().collect();
    let [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Literal(text)] = &tokens[..]
    else {
        return None;
    };
    let text = text.to_string();
    let text = text.strip_prefix('"')?.strip_suffix('"')?;
    (name == "doc").then(|| text.replace("\\\"", "\"").replace("\\\\", "\\"))
}

/// The first paragraph, without Markdown markup.
fn paragraph(docs: &[String]) -> Option<String> {
    let lines = docs.iter().map(|line| line.trim());
    let lines: Vec<&str> =
        lines.skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty()).collect();
    let text = lines.join(" ").replace("[`", "").replace("`]", "").replace('`', "");
    let text = text.replace("\\[", "[").replace("\\]", "]");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
        /// Counts a clock's `ticks` up to 2 × M,
        /// its limit.
        ///
        /// Reset: zero.
        #[derive(LogicBlock, Default)]
        pub struct Counter<const N: usize, const M: usize> where Bits<N>: Synth {
            /// The "limit", see [`Other`].
            pub limit: Signal<In, Pair<Bits<N>, M>>,
            pub plain: Signal<In, Bit>,
            /// Held.
            held: DFF<Bits<N>>,
        }
        enum Kind { /// Not a block.
            Idle, Busy }
        macro_rules! ports {
            ($(#[$doc:meta])* $name:ident, $width:literal) => {
                $(#[$doc])*
                ///
                /// More.
                pub(crate) struct $name { /// Rising \[edge\].
                    pub clock: Signal<In, Clock>, }
            };
        }
        ports!(/// The first of two.
            First, 3);
        ports!(/// The second of two.
            Second, 4);
    "#;

    #[test]
    fn sources_describe_blocks_and_ports() {
        let mut describe = Describe::new();
        describe.set("Counter.held", "told by hand");
        describe.read_rust(SOURCE).expect("Rust");
        let text = |path: &str| describe.text(path);
        assert_eq!(text("Counter_8_4"), Some("Counts a clock's ticks up to 2 × M, its limit."));
        assert_eq!(text("Counter_8_4.limit"), Some("The \"limit\", see Other."));
        assert_eq!(text("Counter_8_4.plain"), None);
        assert_eq!(text("Counter.held"), Some("told by hand"));
        assert_eq!(text("First_3"), Some("The first of two."));
        assert_eq!(text("Second"), Some("The second of two."));
        assert_eq!(text("Second_4.clock"), Some("Rising [edge]."));
        assert_eq!((text("Idle"), text("Third.clock")), (None, None));
        assert!(describe.read_rust("struct {").is_err());
    }
}
