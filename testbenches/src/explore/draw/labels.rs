//! Names at the ends of curves, and remarks at points.

use plotters::element::{PathElement, Text};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::frame::Area;
use super::palette::{GREY, INK, colour};
use super::{DrawError, Remark, font, library};
use plotters::style::Color as _;

/// Minimum distance of two names in pixels.
const APART: i32 = 20;
/// The size of a name.
pub(super) const NAME: i32 = 15;

/// The name of a curve at a point: number of the curve, name, pixel of the point.
pub(super) type Named = (usize, String, (i32, i32));

/// Writes names to the right of points, moved apart if they would overlap.
pub(super) fn names<B: DrawingBackend>(
    root: &Area<B>,
    mut names: Vec<Named>,
    at: i32,
    (top, bottom): (i32, i32),
) -> Result<(), DrawError> {
    names.sort_by_key(|(number, _, (_, y))| (*y, *number));
    let wanted: Vec<i32> = names.iter().map(|(_, _, (_, y))| *y).collect();
    let places = apart(&wanted, APART, (top, bottom));
    for ((number, name, (x, y)), place) in names.into_iter().zip(places) {
        let colour = colour(number);
        let elbow = vec![(x + 9, y), (at + 2, place), (at + 12, place)];
        root.draw(&PathElement::new(elbow, colour.stroke_width(1))).map_err(library)?;
        let style = font::bold(NAME, colour).pos(Pos::new(HPos::Left, VPos::Center));
        root.draw(&Text::new(name, (at + 17, place), style)).map_err(library)?;
    }
    Ok(())
}

/// Positions as close to the wanted ones (ascending) as the distance and the limits allow.
pub(super) fn apart(wanted: &[i32], distance: i32, (top, bottom): (i32, i32)) -> Vec<i32> {
    // Groups of names that touch, each around the mean of its members' wanted positions.
    let mut groups: Vec<(i32, i32, i32)> = Vec::new();
    for &place in wanted {
        groups.push((place, 1, place));
        while let [.., (_, before, upper), (sum, count, centre)] = groups[..] {
            let gap = distance * (before + count) / 2;
            if centre - upper >= gap {
                break;
            }
            groups.pop();
            let last = groups.last_mut().expect("two were there");
            last.0 += sum;
            last.1 += count;
            last.2 = last.0 / last.1;
        }
    }
    let mut places = Vec::new();
    for (_, count, centre) in groups {
        let half = distance * (count - 1) / 2;
        let least = places.last().map_or(top, |last| last + distance);
        let first = (centre - half).min(bottom - 2 * half).max(least);
        places.extend((0..count).map(|n| first + n * distance));
    }
    places
}

/// Writes remarks, each with a thin line to its point.
pub(super) fn remarks<B: DrawingBackend>(
    root: &Area<B>,
    remarks: &[Remark],
    pixel: &dyn Fn((f64, f64)) -> (i32, i32),
) -> Result<(), DrawError> {
    for Remark { at, lines, offset } in remarks {
        let (x, y) = pixel(*at);
        let (dx, dy) = *offset;
        let nearer = (x + dx.signum() * 6, y + dy.signum() * 7);
        let line = vec![nearer, (x + dx, y + dy)];
        root.draw(&PathElement::new(line, GREY.stroke_width(1))).map_err(library)?;
        let side = if dx < 0 { HPos::Right } else { HPos::Left };
        let height = 18 * lines.len() as i32;
        let first = if dy < 0 { y + dy - height + 8 } else { y + dy };
        for (n, text) in lines.iter().enumerate() {
            let style = font::text(14, INK).pos(Pos::new(side, VPos::Center));
            let at = (x + dx + dx.signum() * 5, first + 18 * n as i32);
            root.draw(&Text::new(text.clone(), at, style)).map_err(library)?;
        }
    }
    Ok(())
}
