//! Curves.

use plotters::element::{PathElement, Polygon};
use plotters::prelude::DrawingBackend;
use plotters::style::{Color as _, WHITE};

use super::frame::{Area, beside, frame};
use super::palette::{colour, marker};
use super::{Curve, DrawError, Picture, labels, library};

/// A curve with more points is dense.
const DENSE: usize = 80;
/// The least distance of two markers of a dense curve, in pixels.
const APART: i32 = 24;

/// Draws every curve with its markers and its name.
pub(super) fn draw<B: DrawingBackend>(root: &Area<B>, picture: &Picture) -> Result<(), DrawError> {
    let curves = merged(&picture.curves);
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let across = picture.x.along(&points().map(|(x, _)| *x).collect::<Vec<_>>());
    let upwards = picture.y.upwards(&points().map(|(_, y)| *y).collect::<Vec<_>>());
    let room = beside(curves.iter().map(|curve| curve.name.as_str()), labels::NAME)?;
    let tick = |place| picture.x.tick(place);
    let chart = frame(root, picture, (&across, &upwards), &tick, room)?;
    let pixel = |(x, y): (f64, f64)| chart.backend_coord(&(picture.x.place(x), picture.y.place(y)));
    // The first curve, usually the most important, is drawn last.
    for (number, curve) in curves.iter().enumerate().rev() {
        let path: Vec<_> = curve.points.iter().map(|point| pixel(*point)).collect();
        let (colour, corners) = (colour(number), marker(number));
        root.draw(&PathElement::new(path.clone(), colour.stroke_width(2))).map_err(library)?;
        for (x, y) in marked(path) {
            let shape: Vec<_> = corners.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
            let edge: Vec<_> = shape.iter().chain(&shape[..1]).copied().collect();
            root.draw(&Polygon::new(shape, colour.filled())).map_err(library)?;
            root.draw(&PathElement::new(edge, WHITE.stroke_width(1))).map_err(library)?;
        }
    }
    let ends = curves.iter().enumerate().filter_map(|(number, curve)| {
        Some((number, curve.name.clone(), pixel(*curve.points.last()?)))
    });
    let (columns, rows) = chart.plotting_area().get_pixel_range();
    labels::names(root, ends.collect(), columns.end, (rows.start, rows.end))?;
    labels::remarks(root, &picture.remarks, &pixel)
}

/// The points that have a marker. Those of a dense curve would be a band of markers: there they are
/// apart.
fn marked(path: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    if path.len() <= DENSE {
        return path;
    }
    let mut kept: Vec<(i32, i32)> = Vec::new();
    for (x, y) in path {
        let is_near = |(kept, _): &(i32, i32)| x - kept < APART;
        if !kept.last().is_some_and(is_near) {
            kept.push((x, y));
        }
    }
    kept
}

/// Curves with the same points are merged, with all their names.
fn merged(curves: &[Curve]) -> Vec<Curve> {
    let mut kept: Vec<Curve> = Vec::new();
    for curve in curves.iter().filter(|curve| !curve.points.is_empty()) {
        match kept.iter_mut().find(|other| other.points == curve.points) {
            Some(same) => same.name = format!("{}, {}", same.name, curve.name),
            None => kept.push(curve.clone()),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dense_curves_have_markers_apart() {
        let few: Vec<_> = (0..20).map(|x| (x, 0)).collect();
        assert_eq!(marked(few.clone()), few);
        let many = marked((0..200).map(|x| (x, 0)).collect());
        assert!(many.len() > 5 && many.windows(2).all(|two| two[1].0 - two[0].0 >= APART));
    }
}
