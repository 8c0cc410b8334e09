//! Text in HTML: what must be escaped, the names of headings, the sizes of pictures.

use std::collections::BTreeMap;

/// Text as it may stand between tags and in attributes.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// Text as [`escaped`] had it.
pub(crate) fn unescaped(text: &str) -> String {
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    plain.replace("&amp;", "&")
}

/// The identifiers of the headings of a page, as code hosts give them: lower case, blanks as
/// hyphens, no punctuation, a number if there was one of this name before.
#[derive(Default)]
pub(crate) struct Slugs(BTreeMap<String, usize>);

impl Slugs {
    /// The identifier of the next heading.
    pub(crate) fn next(&mut self, heading: &str) -> String {
        let kept = |c: char| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        };
        let slug: String = heading.to_lowercase().chars().filter_map(kept).collect();
        let seen = self.0.entry(slug.clone()).or_default();
        *seen += 1;
        if *seen == 1 { slug } else { format!("{slug}-{}", *seen - 1) }
    }
}

/// Width and height of a PNG.
pub(crate) fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let number = |at: usize| header.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    Some((number(8)?, number(12)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_the_names_that_code_hosts_give_them() {
        let mut slugs = Slugs::default();
        assert_eq!(slugs.next("Size and clock on FPGAs"), "size-and-clock-on-fpgas");
        assert_eq!(slugs.next("SUM, MXR, EFAULT: `a_b`?"), "sum-mxr-efault-a_b");
        assert_eq!(slugs.next("An \"idea\" & more"), "an-idea--more");
        assert_eq!(slugs.next("An \"idea\" & more"), "an-idea--more-1");
    }

    #[test]
    fn text_stays_text() {
        let text = "<a href=\"x\">&amp;</a>";
        assert!(!escaped(text).contains(['<', '"']));
        assert_eq!(unescaped(&escaped(text)), text);
    }

    #[test]
    fn a_picture_says_how_large_it_is() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        png.extend([0, 0, 4, 0xb0, 0, 0, 0, 9]);
        assert_eq!(png_size(&png), Some((1200, 9)));
        assert_eq!(png_size(&png[..20]), None);
        assert_eq!(png_size(b"GIF89a"), None);
    }
}
