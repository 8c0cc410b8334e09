//! Bars from left to right: a row for each name, however long, and a panel for each quantity.

use plotters::element::{PathElement, Rectangle, Text};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, TextStyle};

use super::axis::Axis;
use super::frame::{Area, LEFT, heading, widest};
use super::palette::{FAINT, GREY, INK, colour};
use super::{DrawError, Drawing, SIZE, font, library};

/// Pixels above the rows: the heading, the names of the panels and of their parts.
const HEAD: i32 = 142;
/// Pixels from a row to the next, and of a bar.
const ROW: i32 = 24;
const BAR: i32 = 15;
/// Pixels below the rows: the ticks.
const FOOT: i32 = 40;
/// Pixels between names and panels, and right of a bar for its value.
const GAP: i32 = 14;
const VALUE: i32 = 56;
/// The size of names, and of everything smaller.
const NAME: i32 = 14;
const SMALL: i32 = 13;
/// A panel is no narrower than this.
const NARROW: i32 = 120;

/// One quantity of every row, as a bar in parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Its name, unit included.
    pub name: String,
    /// The names of the parts.
    pub parts: Vec<String>,
    /// The parts of each row's bar, from left to right.
    pub bars: Vec<Vec<f64>>,
}

/// Rows of bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// The heading.
    pub title: String,
    /// The idea, under the heading.
    pub idea: String,
    /// The names of the rows, from top to bottom.
    pub names: Vec<String>,
    /// The quantities, from left to right.
    pub panels: Vec<Panel>,
}

impl Drawing for Rows {
    fn size(&self) -> (u32, u32) {
        (SIZE.0, (HEAD + FOOT) as u32 + ROW as u32 * self.names.len() as u32)
    }

    fn is_empty(&self) -> bool {
        self.names.is_empty() || self.panels.is_empty()
    }

    fn draw<B: DrawingBackend>(&self, root: &Area<B>) -> Result<(), DrawError> {
        heading(root, &self.title, &self.idea)?;
        let style = font::text(NAME, INK).pos(Pos::new(HPos::Left, VPos::Center));
        for (row, name) in self.names.iter().enumerate() {
            root.draw(&Text::new(name.clone(), (LEFT, middle(row)), style.clone()))
                .map_err(library)?;
        }
        let names = room(self.names.iter().map(String::as_str), &style)?;
        let (first, count) = (LEFT + names + GAP, self.panels.len() as i32);
        let wide = (SIZE.0 as i32 - first - GAP) / count;
        let mut colours = 0;
        for (panel, number) in self.panels.iter().zip(0..) {
            let left = first + wide * number;
            panel.draw(root, (left, (wide - GAP).max(NARROW)), colours)?;
            colours += panel.parts.len();
        }
        Ok(())
    }
}

/// The middle of a row.
fn middle(row: usize) -> i32 {
    HEAD + ROW * row as i32 + ROW / 2
}

/// The width in pixels of the longest text. The drawing library measures a font by its full height
/// and draws it by its em square, in which this font is a tenth larger.
fn room<'n>(texts: impl Iterator<Item = &'n str>, style: &TextStyle<'_>) -> Result<i32, DrawError> {
    Ok(widest(texts, style)? * 11 / 10)
}

impl Panel {
    /// Draws it in its place, `wide` pixels from `left` on, in colours from a first one on.
    fn draw<B: DrawingBackend>(
        &self,
        root: &Area<B>,
        (left, wide): (i32, i32),
        first: usize,
    ) -> Result<(), DrawError> {
        let sums: Vec<f64> = self.bars.iter().map(|parts| parts.iter().sum()).collect();
        let axis = Axis::default();
        let scale = axis.upwards(&sums);
        let part = f64::from(wide - VALUE) / (scale.to - scale.from);
        let at = |value: f64| left + ((value - scale.from) * part).round() as i32;
        self.legend(root, left, first)?;
        let bottom = HEAD + ROW * self.bars.len() as i32;
        let below = font::text(SMALL, GREY).pos(Pos::new(HPos::Center, VPos::Top));
        // Ticks whose numbers would overlap: every other one is enough.
        let crowded = scale.ticks.len() as i32 * 34 > wide;
        for tick in scale.ticks.iter().step_by(if crowded { 2 } else { 1 }) {
            let line = vec![(at(*tick), HEAD), (at(*tick), bottom + 4)];
            root.draw(&PathElement::new(line, FAINT.stroke_width(1))).map_err(library)?;
            let text =
                Text::new(scale.tick(*tick, &axis.unit), (at(*tick), bottom + 8), below.clone());
            root.draw(&text).map_err(library)?;
        }
        let beside = font::text(SMALL, INK).pos(Pos::new(HPos::Left, VPos::Center));
        for (row, (parts, sum)) in self.bars.iter().zip(&sums).enumerate() {
            let (top, mut from) = (middle(row) - BAR / 2, 0.0);
            for (value, number) in parts.iter().zip(first..) {
                let corners = [(at(from), top), (at(from + value), top + BAR)];
                root.draw(&Rectangle::new(corners, colour(number).filled())).map_err(library)?;
                from += value;
            }
            // With the same decimals in every row, they can be compared at a glance.
            let value = format!("{sum:.2}");
            root.draw(&Text::new(value, (at(*sum) + 6, middle(row)), beside.clone()))
                .map_err(library)?;
        }
        Ok(())
    }

    /// Its name and, under it, those of its parts.
    fn legend<B: DrawingBackend>(
        &self,
        root: &Area<B>,
        left: i32,
        first: usize,
    ) -> Result<(), DrawError> {
        let above = font::bold(NAME, INK).pos(Pos::new(HPos::Left, VPos::Bottom));
        root.draw(&Text::new(self.name.clone(), (left, HEAD - 26), above)).map_err(library)?;
        let style = font::text(SMALL, INK).pos(Pos::new(HPos::Left, VPos::Center));
        let (mut x, y) = (left, HEAD - 14);
        for (name, number) in self.parts.iter().zip(first..) {
            let swatch = [(x, y - 5), (x + 10, y + 5)];
            root.draw(&Rectangle::new(swatch, colour(number).filled())).map_err(library)?;
            root.draw(&Text::new(name.clone(), (x + 15, y), style.clone())).map_err(library)?;
            x += 15 + room(std::iter::once(name.as_str()), &style)? + GAP;
        }
        Ok(())
    }
}
