//! The font: Noto Sans, embedded in the binary.

use std::sync::Once;

use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, TextStyle, register_font};

/// The name of the font in pictures.
pub(super) const FAMILY: &str = "Noto Sans";

/// Registers the font with the drawing library, which measures texts with it.
pub(super) fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Only an invalid font is refused; a test draws with both.
        let _ = register_font(FAMILY, FontStyle::Normal, notosans::REGULAR_TTF);
        let _ = register_font(FAMILY, FontStyle::Bold, notosans::BOLD_TTF);
    });
}

/// Text of a size in pixels and a colour.
pub(super) fn text(size: i32, colour: RGBColor) -> TextStyle<'static> {
    styled(size, FontStyle::Normal, colour)
}

/// The same in bold.
pub(super) fn bold(size: i32, colour: RGBColor) -> TextStyle<'static> {
    styled(size, FontStyle::Bold, colour)
}

fn styled(size: i32, style: FontStyle, colour: RGBColor) -> TextStyle<'static> {
    let font = FontDesc::new(FontFamily::Name(FAMILY), f64::from(size), style);
    TextStyle { color: colour.to_backend_color(), ..TextStyle::from(font) }
}
