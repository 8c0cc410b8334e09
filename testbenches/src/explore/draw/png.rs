//! The picture in pixels, made of its SVG by resvg with the binary's own font.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::{DrawError, font, library};

/// Pixels of the PNG for one of the SVG.
const SCALE: f32 = 2.0;

/// Draws an SVG of [`super::svg`] as PNG.
///
/// # Errors
/// [`DrawError`] for a text that is no SVG.
pub fn png(svg: &str) -> Result<Vec<u8>, DrawError> {
    let mut options = Options { font_family: font::FAMILY.to_owned(), ..Options::default() };
    let fonts = options.fontdb_mut();
    fonts.load_font_data(notosans::REGULAR_TTF.to_vec());
    fonts.load_font_data(notosans::BOLD_TTF.to_vec());
    let tree = Tree::from_str(svg, &options).map_err(library)?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or(DrawError::Empty)?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or(DrawError::Empty)?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(library)
}
