//! Pictures: curves or bars with axes, or rows of bars, as SVG or PNG.
//!
//! | file | what it does |
//! |---|---|
//! | `axis` | ticks that people can read, values as people write them |
//! | `font` | the one font, embedded in the binary; no system fonts are used |
//! | `lines`, `bars` | the curves or bars |
//! | [`Rows`] | bars from left to right, where names are long |
//! | `labels` | names at the ends of curves, without overlap; remarks |
//! | `frame`, `palette` | axes, grid and title; colours and markers |
//! | [`png`], `shape`, `glyphs` | the same picture in pixels: shapes with smooth edges, text as shapes |
//!
//! A picture is a function of its data: the same data give the same bytes. Names are next to the
//! curves in the curves' colours, which colour-blind people can distinguish, and each curve has its
//! own marker.
//!
//! A logarithmic axis reaches down to the tick below the smallest value that is not 0. Zero, which has
//! no logarithm, is drawn beyond a break in the axis, with a hollow marker; with a value below zero the
//! axis is linear.

mod axis;
mod bars;
mod font;
mod frame;
mod glyphs;
mod labels;
mod lines;
mod palette;
mod png;
mod rows;
mod shape;

pub use axis::{Axis, Unit, written};
pub use png::png;
pub use rows::{Panel, Rows};

use frame::Area;
use plotters::prelude::{DrawingBackend, IntoDrawingArea, SVGBackend, WHITE};

/// Pixels of a picture before scaling: width and height.
pub const SIZE: (u32, u32) = (960, 580);

/// A picture that cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// There are no values to draw.
    #[error("there is nothing to draw: no run has a value")]
    Empty,
    /// The drawing library failed.
    #[error("the picture cannot be drawn: {0}")]
    Library(String),
}

/// One curve, or one colour of bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Its name.
    pub name: String,
    /// Its points, from left to right.
    pub points: Vec<(f64, f64)>,
}

/// A remark at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Remark {
    /// The point.
    pub at: (f64, f64),
    /// Its text, one string per line.
    pub lines: Vec<String>,
    /// The position of the text relative to the point, in pixels: to the right, and down.
    pub offset: (i32, i32),
}

/// The look of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its colour, by number.
    pub colour: usize,
    /// Its line is dashed.
    pub dashed: bool,
}

/// A value that is a line from left to right.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// The value.
    pub at: f64,
    /// What stands on the line.
    pub name: String,
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// The heading.
    pub title: String,
    /// The idea, under the heading.
    pub idea: String,
    /// To the right.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// The names of the places along x if these are not numbers: then there are bars.
    pub categories: Option<Vec<String>>,
    /// The curves or bars.
    pub curves: Vec<Curve>,
    /// The looks of the curves; those without one have the next colour, and are dashed when all colours
    /// are used.
    pub looks: Vec<Look>,
    /// Values to compare the curves with.
    pub levels: Vec<Level>,
    /// The remarks at points.
    pub remarks: Vec<Remark>,
}

impl Picture {
    /// The look of a curve, by its number.
    fn look(&self, curve: usize) -> Look {
        let next = Look { colour: curve, dashed: palette::is_used(curve) };
        self.looks.get(curve).copied().unwrap_or(next)
    }
}

/// What can be drawn.
pub trait Drawing {
    /// Its pixels before scaling: width and height.
    fn size(&self) -> (u32, u32) {
        SIZE
    }

    /// Whether there is nothing to draw.
    fn is_empty(&self) -> bool;

    /// Draws it on a white area of its size.
    ///
    /// # Errors
    /// [`DrawError`].
    fn draw<B: DrawingBackend>(&self, root: &Area<B>) -> Result<(), DrawError>;
}

impl Drawing for Picture {
    fn is_empty(&self) -> bool {
        self.curves.iter().all(|curve| curve.points.is_empty())
    }

    fn draw<B: DrawingBackend>(&self, root: &Area<B>) -> Result<(), DrawError> {
        match &self.categories {
            Some(names) => bars::draw(root, self, names),
            None => lines::draw(root, self),
        }
    }
}

/// Draws a picture as SVG.
///
/// # Errors
/// [`DrawError`].
pub fn svg(picture: &impl Drawing) -> Result<String, DrawError> {
    let mut text = String::new();
    draw(SVGBackend::with_string(&mut text, picture.size()), picture)?;
    Ok(text)
}

/// Draws a picture on a backend of the drawing library.
fn draw<B: DrawingBackend>(backend: B, picture: &impl Drawing) -> Result<(), DrawError> {
    if picture.is_empty() {
        return Err(DrawError::Empty);
    }
    font::register();
    let root = backend.into_drawing_area();
    root.fill(&WHITE).map_err(library)?;
    picture.draw(&root)?;
    root.present().map_err(library)
}

/// An error of the drawing library, as text.
fn library(error: impl std::fmt::Display) -> DrawError {
    DrawError::Library(error.to_string())
}

#[cfg(test)]
mod tests;
