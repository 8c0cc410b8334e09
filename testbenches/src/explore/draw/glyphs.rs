//! Text as outlines: the glyphs of the only font, with kerning.

use ttf_parser::gpos::{PairAdjustment, PositioningSubtable};
use ttf_parser::{Face, GlyphId, OutlineBuilder, Tag};

use super::DrawError;
use super::shape::{Point, Shape};

/// The font at one weight.
pub(super) struct Glyphs {
    face: Face<'static>,
}

impl Glyphs {
    pub(super) fn new(font: &'static [u8]) -> Result<Self, DrawError> {
        Ok(Self { face: Face::parse(font, 0).map_err(super::library)? })
    }

    /// A line of text at a size, with its baseline beginning at the origin; returns also its width.
    pub(super) fn line(&self, text: &str, size: f32) -> (Vec<Shape>, f32) {
        let scale = size / f32::from(self.face.units_per_em());
        let (mut shapes, mut pen, mut last) = (Vec::new(), 0.0, None);
        for character in text.chars() {
            // A character that the font lacks shows as its empty box.
            let glyph = self.face.glyph_index(character).unwrap_or(GlyphId(0));
            if let Some(last) = last {
                pen += f32::from(self.kerning(last, glyph)) * scale;
            }
            let mut outline = Outline { shape: Shape::default(), scale, pen };
            if self.face.outline_glyph(glyph, &mut outline).is_some() {
                shapes.push(outline.shape);
            }
            pen += f32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
            last = Some(glyph);
        }
        (shapes, pen)
    }

    /// The kerning of a pair of glyphs, in the font's units: from the first kerning table of the
    /// font that contains the pair.
    fn kerning(&self, left: GlyphId, right: GlyphId) -> i16 {
        let Some(layout) = self.face.tables().gpos else { return 0 };
        let kerns = layout.features.into_iter().filter(|f| f.tag == Tag::from_bytes(b"kern"));
        let lookups = kerns.flat_map(|feature| feature.lookup_indices);
        let tables = lookups.filter_map(|index| layout.lookups.get(index));
        let mut pairs = tables.flat_map(|lookup| lookup.subtables.into_iter()).filter_map(
            |table: PositioningSubtable<'_>| match table {
                PositioningSubtable::Pair(pairs) => Some(pairs),
                _ => None,
            },
        );
        pairs.find_map(|pairs| advance(&pairs, left, right)).unwrap_or(0)
    }
}

/// The adjustment between two glyphs in a table of pairs. `None` if it does not contain the first.
fn advance(pairs: &PairAdjustment<'_>, left: GlyphId, right: GlyphId) -> Option<i16> {
    let (first, _) = match pairs {
        PairAdjustment::Format1 { coverage, sets } => sets.get(coverage.get(left)?)?.get(right)?,
        PairAdjustment::Format2 { coverage, classes, matrix } => {
            coverage.get(left)?;
            matrix.get((classes.0.get(left), classes.1.get(right)))?
        }
    };
    Some(first.x_advance)
}

/// Converts a glyph of the font, with y upwards, to a shape, with y downwards.
struct Outline {
    shape: Shape,
    scale: f32,
    pen: f32,
}

impl Outline {
    fn at(&self, x: f32, y: f32) -> Point {
        Point { x: self.pen + x * self.scale, y: -y * self.scale }
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.shape.begin(self.at(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.shape.line(self.at(x, y));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.shape.curve(self.at(x1, y1), self.at(x, y));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        // TrueType fonts, such as ours, have none; the midpoint of its handles is a good
        // approximation.
        self.shape.curve(self.at(f32::midpoint(x1, x2), f32::midpoint(y1, y2)), self.at(x, y));
    }

    fn close(&mut self) {
        self.shape.close();
    }
}
