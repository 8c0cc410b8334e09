//! Curves.

use plotters::element::{DashedPathElement, PathElement, Polygon};
use plotters::prelude::DrawingBackend;
use plotters::style::{Color as _, WHITE};

use super::frame::{Area, beside, frame};
use super::palette::{colour, marker};
use super::{Curve, DrawError, Look, Picture, labels, library};

/// A curve with more points is dense.
const DENSE: usize = 80;
/// So is one with more points than this, if many are nearer to the next than a marker is wide.
const SOME: usize = 12;
const NEAR: i32 = 11;
/// The least distance of two markers of a dense curve, in pixels.
const APART: i32 = 24;

/// Draws every curve with its markers and its name.
pub(super) fn draw<B: DrawingBackend>(root: &Area<B>, picture: &Picture) -> Result<(), DrawError> {
    let curves = merged(&picture.curves);
    let points = || curves.iter().flat_map(|(_, curve)| &curve.points);
    let levels = picture.levels.iter().map(|level| level.at);
    let across = picture.x.along(&points().map(|(x, _)| *x).collect::<Vec<_>>());
    let upwards = picture.y.upwards(&points().map(|(_, y)| *y).chain(levels).collect::<Vec<_>>());
    let room = beside(curves.iter().map(|(_, curve)| curve.name.as_str()), labels::NAME)?;
    let tick = |place| across.tick(place, &picture.x.unit);
    let chart = frame(root, picture, (&across, &upwards), &tick, room)?;
    let pixel = |(x, y): (f64, f64)| chart.backend_coord(&(across.place(x), upwards.place(y)));
    let (columns, rows) = chart.plotting_area().get_pixel_range();
    for level in &picture.levels {
        let (_, y) = pixel((0.0, level.at));
        labels::level(root, level, y, (columns.start, columns.end))?;
    }
    let is_zero =
        |point: &(f64, f64)| (across.log && point.0 == 0.0) || (upwards.log && point.1 == 0.0);
    // The first curve, usually the most important, is drawn last.
    // Of curves without looks of their own, those that are drawn have the first colours.
    let look = |drawn: usize, number: usize| {
        picture.look(if picture.looks.is_empty() { drawn } else { number })
    };
    for (drawn, (number, curve)) in curves.iter().enumerate().rev() {
        let look = look(drawn, *number);
        let path: Vec<_> = curve.points.iter().map(|point| pixel(*point)).collect();
        let (colour, corners) = (colour(look.colour), marker(drawn));
        stroke(root, path.clone(), look, 2)?;
        let told = |point: &(f64, f64)| picture.remarks.iter().any(|remark| remark.at == *point);
        let told: Vec<_> = (0..path.len()).filter(|at| told(&curve.points[*at])).collect();
        for at in marked(&path, &told) {
            let (x, y) = path[at];
            let shape: Vec<_> = corners.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
            let edge: Vec<_> = shape.iter().chain(&shape[..1]).copied().collect();
            let (inside, line) = match is_zero(&curve.points[at]) {
                true => (WHITE, colour),
                false => (colour, WHITE),
            };
            root.draw(&Polygon::new(shape, inside.filled())).map_err(library)?;
            root.draw(&PathElement::new(edge, line.stroke_width(1))).map_err(library)?;
        }
    }
    let ends = curves.iter().enumerate().filter_map(|(drawn, (number, curve))| {
        Some((look(drawn, *number), curve.name.clone(), pixel(*curve.points.last()?)))
    });
    labels::names(root, ends.collect(), columns.end, (rows.start, rows.end))?;
    labels::remarks(root, &picture.remarks, &pixel)
}

/// Draws a line in a look.
pub(super) fn stroke<B: DrawingBackend>(
    root: &Area<B>,
    path: Vec<(i32, i32)>,
    look: Look,
    width: u32,
) -> Result<(), DrawError> {
    let style = colour(look.colour).stroke_width(width);
    match look.dashed {
        false => root.draw(&PathElement::new(path, style)),
        true => root.draw(&DashedPathElement::new(path, 8, 5, style)),
    }
    .map_err(library)
}

/// The points that have a marker, by number. Those of a dense curve would be a band of markers: there
/// they are apart, and those that are told of stand alone.
fn marked(path: &[(i32, i32)], told: &[usize]) -> Vec<usize> {
    let near = path.windows(2).filter(|pair| pair[1].0 - pair[0].0 < NEAR).count();
    if path.len() <= SOME || (path.len() <= DENSE && near <= path.len() / 3) {
        return (0..path.len()).collect();
    }
    let mut kept: Vec<usize> = Vec::new();
    for (at, (x, _)) in path.iter().enumerate() {
        let is_near = |other: &usize| (x - path[*other].0).abs() < APART;
        let is_told = told.contains(&at);
        if is_told || !kept.last().is_some_and(is_near) && !told.iter().any(is_near) {
            kept.push(at);
        }
    }
    kept
}

/// The curves with points, by number. Those with the same points are merged, with all their names.
fn merged(curves: &[Curve]) -> Vec<(usize, Curve)> {
    let mut kept: Vec<(usize, Curve)> = Vec::new();
    for (number, curve) in curves.iter().enumerate().filter(|(_, c)| !c.points.is_empty()) {
        match kept.iter_mut().find(|(_, other)| other.points == curve.points) {
            Some((_, same)) => same.name = format!("{}, {}", same.name, curve.name),
            None => kept.push((number, curve.clone())),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dense_curves_have_markers_apart() {
        let line = |many: i32, apart: i32| (0..many).map(|n| (n * apart, 0)).collect::<Vec<_>>();
        assert_eq!(marked(&line(20, 20), &[]).len(), 20);
        assert_eq!(marked(&line(12, 1), &[]).len(), 12);
        // Few points, but near, as on a logarithmic axis.
        for path in [line(200, 1), line(60, 6)] {
            for told in [vec![], vec![7]] {
                let some = marked(&path, &told);
                let apart = some.windows(2).all(|two| path[two[1]].0 - path[two[0]].0 >= APART);
                assert!(some.len() > 5 && apart, "{some:?}");
                assert!(told.iter().all(|at| some.contains(at)), "{some:?}");
            }
        }
    }
}
