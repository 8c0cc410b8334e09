//! Names at the ends of curves, and remarks at points.

use plotters::element::{DashedPathElement, PathElement, Rectangle, Text};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::frame::{Area, widest};
use super::lines::stroke;
use super::palette::{GREY, INK, colour};
use super::{DrawError, Level, Look, Remark, font, library};
use plotters::style::{Color as _, WHITE};

/// Minimum distance of two names in pixels.
const APART: i32 = 20;
/// The size of a name.
pub(super) const NAME: i32 = 15;

/// The name of a curve at a point: its look, its name, the pixel of the point.
pub(super) type Named = (Look, String, (i32, i32));

/// Writes names to the right of points, moved apart if they would overlap.
pub(super) fn names<B: DrawingBackend>(
    root: &Area<B>,
    mut names: Vec<Named>,
    at: i32,
    (top, bottom): (i32, i32),
) -> Result<(), DrawError> {
    names.sort_by_key(|(_, _, (_, y))| *y);
    let wanted: Vec<i32> = names.iter().map(|(_, _, (_, y))| *y).collect();
    let places = apart(&wanted, APART, (top, bottom));
    for ((look, name, (x, y)), place) in names.into_iter().zip(places) {
        // Lines turn only at the edge, where they are in the order of the names: none crosses another.
        let turn = (x + 9 < at - 10).then_some((at - 10, y));
        let elbow = [(x + 9, y)].into_iter().chain(turn).chain([(at + 2, place), (at + 12, place)]);
        stroke(root, elbow.collect(), look, 1)?;
        let style = font::bold(NAME, colour(look.colour)).pos(Pos::new(HPos::Left, VPos::Center));
        root.draw(&Text::new(name, (at + 17, place), style)).map_err(library)?;
    }
    Ok(())
}

/// Draws a value from left to right, with its name on the line at its right end.
pub(super) fn level<B: DrawingBackend>(
    root: &Area<B>,
    level: &Level,
    y: i32,
    (left, right): (i32, i32),
) -> Result<(), DrawError> {
    let line = DashedPathElement::new(vec![(left, y), (right, y)], 2, 3, INK.stroke_width(1));
    root.draw(&line).map_err(library)?;
    let style = font::text(14, INK).pos(Pos::new(HPos::Right, VPos::Center));
    clear(root, &level.name, (right - 4, y - 12), HPos::Right)?;
    root.draw(&Text::new(level.name.clone(), (right - 4, y - 12), style)).map_err(library)
}

/// Makes the place of a line of text white, so that no curve strikes it through.
fn clear<B: DrawingBackend>(
    root: &Area<B>,
    text: &str,
    (x, y): (i32, i32),
    side: HPos,
) -> Result<(), DrawError> {
    // The drawing library measures a font by its full height and draws it by its em square.
    let wide = widest(std::iter::once(text), &font::text(14, INK))? * 11 / 10;
    let left = if matches!(side, HPos::Right) { x - wide } else { x };
    let corners = [(left - 2, y - 8), (left + wide + 2, y + 8)];
    root.draw(&Rectangle::new(corners, WHITE.filled())).map_err(library)
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
            clear(root, text, at, side)?;
            root.draw(&Text::new(text.clone(), at, style)).map_err(library)?;
        }
    }
    Ok(())
}
