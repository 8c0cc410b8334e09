//! Text that every reader of a waveform interprets as intended.

/// The longest string value written, in bytes.
const LONGEST: usize = 240;

/// Makes a text safe as a string value: one word of visible ASCII.
///
/// A space ends the value (and GTKWave then stops loading), `?` starts a colour in GTKWave, a
/// backslash starts an escape in some readers, so each of them becomes `_`; so does anything
/// outside visible ASCII. Longer texts are cut at 240 bytes.
pub fn sanitise(text: &str) -> String {
    let mut safe = String::new();
    push(&mut safe, text);
    safe
}

/// Appends the sanitised text.
pub(crate) fn push(safe: &mut String, text: &str) {
    let visible = |c: char| c.is_ascii_graphic() && c != '?' && c != '\\';
    safe.extend(text.chars().take(LONGEST).map(|c| if visible(c) { c } else { '_' }));
}

/// Free text of a header: several words, without the keyword that would end it.
pub(crate) fn header(text: &str) -> String {
    let plain = |c: char| (c.is_ascii_graphic() || c == ' ') && c != '$';
    text.chars().map(|c| if plain(c) { c } else { '_' }).collect()
}

/// Whether this can be a signal's name.
pub(crate) fn is_name(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether this can be the name of a scope: an element of a list, `lines[3]`, may be one.
pub(crate) fn is_scope(part: &str) -> bool {
    let name = part.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '[' | ']'));
    is_name(part) || part.ends_with(']') && is_name(name)
}

/// Turns a foreign path into one that all readers accept: parts joined by `.`, each of letters,
/// digits and `_`. An element of a list, `lines[3]`, may stay a scope, but as a variable it is
/// `lines_3`: readers join neighbouring bits `x[0]`, `x[1]` into one vector.
pub fn path(foreign: &str) -> String {
    let parts: Vec<&str> = foreign.split('.').filter(|part| !part.is_empty()).collect();
    let mut safe = String::new();
    for (at, part) in parts.iter().enumerate() {
        let last = at + 1 == parts.len();
        if at > 0 {
            safe.push('.');
        }
        for c in part.chars() {
            match c {
                c if c.is_ascii_alphanumeric() || c == '_' => safe.push(c),
                '[' | ']' if !last => safe.push(c),
                ']' => {}
                _ => safe.push('_'),
            }
        }
    }
    safe
}
