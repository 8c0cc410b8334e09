//! Verilog text as tokens, as far as [`super::lint`] needs them.

/// One token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// Counted from 1.
    pub(super) line: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word,
    /// `$signed` and its like.
    System,
    /// A literal, with width and base if it has them.
    Number,
    /// A quoted string.
    Text,
    /// An operator or bracket.
    Symbol,
}

/// Operators of more than one character, longest first.
const LONG_SYMBOLS: &[&str] = &[
    "<<<", ">>>", "===", "!==", "&&", "||", "==", "!=", "<=", ">=", "<<", ">>", "+:", "-:", "~|",
    "~&", "~^", "**",
];

/// Splits text into tokens; comments and white space vanish.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = if first.is_whitespace() {
            (None, first.len_utf8())
        } else if rest.starts_with("//") {
            (None, rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            (None, rest.find("*/").map_or(rest.len(), |end| end + 2))
        } else if first == '"' {
            (Some(Kind::Text), rest[1..].find('"').map_or(rest.len(), |end| end + 2))
        } else if first == '$' {
            (Some(Kind::System), 1 + span(&rest[1..], is_name))
        } else if first.is_ascii_alphabetic() || first == '_' {
            (Some(Kind::Word), span(rest, is_name))
        } else if first.is_ascii_digit() || first == '\'' {
            (Some(Kind::Number), number(rest))
        } else {
            let long = LONG_SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
            (Some(Kind::Symbol), long.map_or(first.len_utf8(), |symbol| symbol.len()))
        };
        let (token, after) = rest.split_at(length);
        if let Some(kind) = kind {
            tokens.push(Token { kind, text: token, line });
        }
        line += token.matches('\n').count();
        rest = after;
    }
    tokens
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || character == '$'
}

fn span(text: &str, wanted: fn(char) -> bool) -> usize {
    text.find(|character| !wanted(character)).unwrap_or(text.len())
}

/// The length of a literal such as `12` or `45'h1ff`.
fn number(text: &str) -> usize {
    let size = span(text, |character| character.is_ascii_digit());
    match text[size..].strip_prefix('\'') {
        Some(based) => size + 1 + span(based, |character| character.is_ascii_alphanumeric()),
        None => size,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_numbers_and_operators_come_apart() {
        let texts: Vec<&str> =
            tokens("a$q<=45'h1f // no\n&&x[(64'h2)+:(3)];").iter().map(|t| t.text).collect();
        let expected = [
            "a$q", "<=", "45'h1f", "&&", "x", "[", "(", "64'h2", ")", "+:", "(", "3", ")", "]", ";",
        ];
        assert_eq!(texts, expected);
    }

    #[test]
    fn lines_are_counted_through_comments() {
        let found = tokens("a\n/* b\n c */ d");
        assert_eq!(found[1], Token { kind: Kind::Word, text: "d", line: 3 });
    }
}
