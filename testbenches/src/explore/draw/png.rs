//! The picture in pixels: shapes filled with smooth edges, coordinates as in the SVG.

use std::convert::Infallible;

use ab_glyph_rasterizer::{Point, point};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind, FontStyle,
};

use super::glyphs::Glyphs;
use super::shape::{Bounds, Shape};
use super::{DrawError, Drawing, library};

/// Pixels of the PNG for one of the SVG.
const SCALE: u32 = 2;
/// Conversion of the drawing library's font sizes to pixels of the em square.
const POINTS: f64 = 1.24;

/// Draws a picture as PNG.
///
/// # Errors
/// [`DrawError`].
pub fn png(picture: &impl Drawing) -> Result<Vec<u8>, DrawError> {
    let size = picture.size();
    let (width, height) = (size.0 * SCALE, size.1 * SCALE);
    let mut rgb = vec![0xff; (width * height * 3) as usize];
    super::draw(Canvas::new(&mut rgb, size)?, picture)?;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    // With flat areas and few colours, filters only make the file longer.
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().map_err(library)?;
    writer.write_image_data(&rgb).map_err(library)?;
    writer.finish().map_err(library)?;
    Ok(bytes)
}

/// The canvas of the drawing library.
struct Canvas<'p> {
    rgb: &'p mut [u8],
    size: (u32, u32),
    regular: Glyphs,
    bold: Glyphs,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl<'p> Canvas<'p> {
    fn new(rgb: &'p mut [u8], size: (u32, u32)) -> Result<Self, DrawError> {
        let (regular, bold) = (notosans::REGULAR_TTF, notosans::BOLD_TTF);
        Ok(Self { rgb, size, regular: Glyphs::new(regular)?, bold: Glyphs::new(bold)? })
    }

    /// Fills the union of shapes. Where several cover a part of a pixel, the largest part counts:
    /// the joints of a line are no darker than the line.
    fn fill(&mut self, shapes: &[Shape], colour: BackendColor) -> Drawn {
        let Some(bounds) = shapes.iter().filter_map(Shape::bounds).reduce(Bounds::with) else {
            return Ok(());
        };
        let columns = bounds.right - bounds.left;
        // A bar of 0 covers nothing.
        if columns == 0 {
            return Ok(());
        }
        let mut parts = vec![0.0_f32; (columns * (bounds.bottom - bounds.top)) as usize];
        for shape in shapes {
            shape.cover(|x, y, part| {
                let at = (y - bounds.top) * columns + x - bounds.left;
                let covered = &mut parts[at as usize];
                *covered = covered.max(part);
            });
        }
        let (red, green, blue) = colour.rgb;
        let (width, height) = (i64::from(self.size.0 * SCALE), i64::from(self.size.1 * SCALE));
        for (y, row) in (bounds.top..).zip(parts.chunks(columns as usize)) {
            for (x, part) in (bounds.left..).zip(row) {
                if *part == 0.0 || !(0..width).contains(&x) || !(0..height).contains(&y) {
                    continue;
                }
                let part = part * colour.alpha as f32;
                let pixel = &mut self.rgb[3 * (y * width + x) as usize..][..3];
                for (old, new) in pixel.iter_mut().zip([red, green, blue]) {
                    *old = (f32::from(*old) * (1.0 - part) + f32::from(new) * part).round() as u8;
                }
            }
        }
        Ok(())
    }
}

/// A coordinate of the drawing library, in pixels.
fn scaled((x, y): BackendCoord) -> Point {
    point(x as f32 * SCALE as f32, y as f32 * SCALE as f32)
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, colour: BackendColor) -> Drawn {
        self.draw_rect(at, (at.0 + 1, at.1 + 1), &colour, true)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        if fill {
            return self.fill_polygon(corners, style);
        }
        self.draw_path(corners.into_iter().chain([corners[0], corners[1]]), style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points: Vec<Point> = path.into_iter().map(scaled).collect();
        let width = (style.stroke_width() * SCALE) as f32;
        self.fill(&Shape::stroke(&points, width), style.color())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        let corners: Vec<Point> = corners.into_iter().map(scaled).collect();
        self.fill(&[Shape::polygon(&corners)], style.color())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        let size = (style.size() / POINTS) as f32 * SCALE as f32;
        let glyphs =
            if matches!(style.style(), FontStyle::Bold) { &self.bold } else { &self.regular };
        let (shapes, width) = glyphs.line(text, size);
        let at = scaled(at);
        let left = match style.anchor().h_pos {
            HPos::Left => at.x,
            HPos::Center => at.x - width / 2.0,
            HPos::Right => at.x - width,
        };
        // The baseline at the same place as in the drawing library's SVG.
        let baseline = match style.anchor().v_pos {
            VPos::Top => at.y + 0.76 * size,
            VPos::Center => at.y + 0.25 * size,
            VPos::Bottom => at.y - 0.25 * size,
        };
        let shapes: Vec<_> =
            shapes.into_iter().map(|shape| shape.moved(point(left, baseline))).collect();
        self.fill(&shapes, style.color())
    }
}
