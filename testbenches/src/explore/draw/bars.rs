//! Bars, in groups: one group for each place along x, one bar in it for each curve.

use plotters::element::{Rectangle, Text};
use plotters::prelude::DrawingBackend;
use plotters::style::Color as _;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::axis::{Scale, written};
use super::frame::{Area, beside, frame};
use super::palette::{INK, colour};
use super::{DrawError, Picture, font, labels, library};

/// The fraction of a group's place that its bars take.
const FULL: f64 = 0.76;

/// Draws every bar with its value, and the legend next to them.
pub(super) fn draw<B: DrawingBackend>(
    root: &Area<B>,
    picture: &Picture,
    names: &[String],
) -> Result<(), DrawError> {
    let values = picture.curves.iter().flat_map(|curve| &curve.points).map(|(_, y)| *y);
    let upwards = picture.y.upwards(&values.collect::<Vec<_>>());
    let groups = names.len() as f64;
    let ticks = (0..names.len()).map(|n| n as f64).collect();
    let across = Scale { from: -0.5, to: groups - 0.5, ticks, log: false, zero: None };
    let room = beside(picture.curves.iter().map(|curve| curve.name.as_str()), labels::NAME)?;
    let tick = |place: f64| names.get(place.round() as usize).cloned().unwrap_or_default();
    let chart = frame(root, picture, (&across, &upwards), &tick, room)?;
    let wide = FULL / picture.curves.len().max(1) as f64;
    let floor = upwards.from;
    for (number, curve) in picture.curves.iter().enumerate() {
        for (x, y) in &curve.points {
            let left = x - FULL / 2.0 + wide * number as f64;
            let (low, high) = (left + wide * 0.06, left + wide * 0.94);
            let top = upwards.place(*y);
            let corners = [chart.backend_coord(&(low, top)), chart.backend_coord(&(high, floor))];
            root.draw(&Rectangle::new(corners, colour(number).filled())).map_err(library)?;
            let centre = i32::midpoint(corners[0].0, corners[1].0);
            let style = font::text(13, INK).pos(Pos::new(HPos::Center, VPos::Bottom));
            let value = written(*y, &picture.y.unit);
            root.draw(&Text::new(value, (centre, corners[0].1 - 3), style)).map_err(library)?;
        }
    }
    // The legend is next to the axes, with the first name on top.
    let (columns, rows) = chart.plotting_area().get_pixel_range();
    for (number, curve) in picture.curves.iter().enumerate() {
        let y = rows.start + 12 + 22 * number as i32;
        let swatch = [(columns.end + 10, y - 6), (columns.end + 22, y + 6)];
        root.draw(&Rectangle::new(swatch, colour(number).filled())).map_err(library)?;
        let style =
            font::bold(labels::NAME, colour(number)).pos(Pos::new(HPos::Left, VPos::Center));
        root.draw(&Text::new(curve.name.clone(), (columns.end + 28, y), style)).map_err(library)?;
    }
    Ok(())
}
