//! The frame of curves and bars: heading, axes, grid.

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::element::{PathElement, Text};
use plotters::prelude::{Cartesian2d, DrawingArea, DrawingBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, TextStyle, WHITE};

use super::axis::Scale;
use super::palette::{FAINT, GREY, INK};
use super::{DrawError, Picture, font, library};

/// The drawing area of a picture.
pub(super) type Area<B> = DrawingArea<B, Shift>;
/// The inside of the axes.
pub(super) type Chart<'a, B> = ChartContext<'a, B, Cartesian2d<Scale, Scale>>;

/// Pixels left of everything.
pub(super) const LEFT: i32 = 24;
/// Pixels above the axes: the heading.
const HEAD: i32 = 118;
/// Characters of the idea in a line.
const WRAP: usize = 118;

/// Draws heading, axes and grid. `beside` pixels are left free to the right.
pub(super) fn frame<'a, B: DrawingBackend>(
    root: &'a Area<B>,
    picture: &Picture,
    (across, upwards): (&Scale, &Scale),
    across_tick: &dyn Fn(f64) -> String,
    beside: i32,
) -> Result<Chart<'a, B>, DrawError> {
    heading(root, &picture.title, &picture.idea)?;
    // The name of the y axis is above it, so that it is horizontal.
    let above = font::text(14, INK).pos(Pos::new(HPos::Left, VPos::Bottom));
    let named = |name: &str, scale: &Scale, place: &str| match scale.zero {
        Some(_) => format!("{name} (logarithmic; 0 is {place} the break)"),
        None => name.to_owned(),
    };
    let name = named(&picture.y.name, upwards, "below");
    root.draw(&Text::new(name, (LEFT, HEAD - 6), above)).map_err(library)?;
    let widest =
        upwards.ticks.iter().map(|tick| upwards.tick(*tick, &picture.y.unit).chars().count()).max();
    let mut chart = ChartBuilder::on(root)
        .margin_left(LEFT)
        .margin_right(beside)
        .margin_top(HEAD)
        .margin_bottom(14)
        .x_label_area_size(52)
        .y_label_area_size(14 + 8 * widest.unwrap_or(1) as i32)
        .build_cartesian_2d(across.clone(), upwards.clone())
        .map_err(library)?;
    let mut mesh = chart.configure_mesh();
    mesh.disable_x_mesh()
        .bold_line_style(FAINT)
        .light_line_style(plotters::style::TRANSPARENT)
        .axis_style(GREY)
        .x_labels(across.ticks.len())
        .y_labels(upwards.ticks.len())
        .label_style(font::text(14, INK))
        .axis_desc_style(font::text(14, INK))
        .x_desc(named(&picture.x.name, across, "left of"));
    let up = |place: &f64| upwards.tick(*place, &picture.y.unit);
    let along = |place: &f64| across_tick(*place);
    mesh.x_label_formatter(&along).y_label_formatter(&up).draw().map_err(library)?;
    let (columns, rows) = chart.plotting_area().get_pixel_range();
    let middle = |scale: &Scale| match (scale.zero, &scale.ticks[..]) {
        (Some(zero), [_, next, ..]) => Some(f64::midpoint(zero, *next)),
        _ => None,
    };
    if let Some(place) = middle(upwards) {
        let (_, y) = chart.backend_coord(&(across.from, place));
        broken(root, |along, aside| (columns.start + aside, y + along - aside / 2))?;
    }
    if let Some(place) = middle(across) {
        let (x, _) = chart.backend_coord(&(place, upwards.from));
        broken(root, |along, aside| (x + along + aside / 2, rows.end - 1 - aside))?;
    }
    Ok(chart)
}

/// Two strokes across an axis, and nothing of the axis between them. `at` is the pixel at a distance
/// along the axis and beside it.
fn broken<B: DrawingBackend>(
    root: &Area<B>,
    at: impl Fn(i32, i32) -> (i32, i32),
) -> Result<(), DrawError> {
    let between = vec![at(-2, 0), at(2, 0)];
    root.draw(&PathElement::new(between, WHITE.stroke_width(3))).map_err(library)?;
    for along in [-3, 3] {
        let stroke = vec![at(along, -5), at(along, 5)];
        root.draw(&PathElement::new(stroke, GREY.stroke_width(1))).map_err(library)?;
    }
    Ok(())
}

/// Draws the heading and, under it, the idea.
pub(super) fn heading<B: DrawingBackend>(
    root: &Area<B>,
    title: &str,
    idea: &str,
) -> Result<(), DrawError> {
    root.draw(&Text::new(title.to_owned(), (LEFT, 20), font::bold(23, INK))).map_err(library)?;
    for (line, text) in wrapped(idea, WRAP).into_iter().take(2).enumerate() {
        let at = (LEFT, 52 + 19 * line as i32);
        root.draw(&Text::new(text, at, font::text(15, GREY))).map_err(library)?;
    }
    Ok(())
}

/// The width in pixels of the longest name beside the axes.
pub(super) fn beside<'n>(
    names: impl Iterator<Item = &'n str>,
    size: i32,
) -> Result<i32, DrawError> {
    Ok(widest(names, &font::bold(size, INK))? + 48)
}

/// The width in pixels of the longest text.
pub(super) fn widest<'n>(
    texts: impl Iterator<Item = &'n str>,
    style: &TextStyle<'_>,
) -> Result<i32, DrawError> {
    let mut widest = 0;
    for text in texts {
        let (width, _) = style.font.box_size(text).map_err(library)?;
        widest = widest.max(width as i32);
    }
    Ok(widest)
}

/// A text in lines of at most `width` characters, broken between words.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("it begins with one line");
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            let gap = if last.is_empty() { "" } else { " " };
            *last += gap;
            *last += word;
        }
    }
    lines
}
