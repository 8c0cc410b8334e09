//! Text that every reader of VCD takes as it was meant.

/// The longest string value written, in bytes.
const LONGEST: usize = 240;

/// Makes a text safe as a VCD string value: one word of visible ASCII.
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
pub(super) fn push(safe: &mut String, text: &str) {
    let visible = |c: char| c.is_ascii_graphic() && c != '?' && c != '\\';
    safe.extend(text.chars().take(LONGEST).map(|c| if visible(c) { c } else { '_' }));
}

/// Free text of a header command: several words, but nothing that ends the command.
pub(super) fn header(text: &str) -> String {
    let plain = |c: char| (c.is_ascii_graphic() || c == ' ') && c != '$';
    text.chars().map(|c| if plain(c) { c } else { '_' }).collect()
}

/// Whether this can be one part of a signal's path.
pub(super) fn is_name(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
