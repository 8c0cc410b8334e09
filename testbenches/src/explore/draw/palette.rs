//! Colours and markers.

use plotters::style::RGBColor;

/// Text.
pub(super) const INK: RGBColor = RGBColor(0x22, 0x26, 0x2b);
/// Secondary text.
pub(super) const GREY: RGBColor = RGBColor(0x5b, 0x63, 0x6d);
/// Lines in the background.
pub(super) const FAINT: RGBColor = RGBColor(0xe4, 0xe7, 0xea);

/// The palette of Okabe and Ito ("Color Universal Design", 2008) without its yellow, which is
/// too light for lines: distinct with every common colour blindness.
const COLOURS: [RGBColor; 7] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0x44, 0x44, 0x44),
];

/// The n-th colour; after seven they repeat.
pub(super) fn colour(n: usize) -> RGBColor {
    COLOURS[n % COLOURS.len()]
}

/// Whether the colour of the n-th curve is that of an earlier one.
pub(super) fn is_used(n: usize) -> bool {
    n / COLOURS.len() % 2 == 1
}

/// The corners of the n-th curve's marker, in pixels around its point.
pub(super) fn marker(n: usize) -> Vec<(i32, i32)> {
    const ROUND: [(i32, i32); 12] = [
        (5, 0),
        (4, 3),
        (3, 4),
        (0, 5),
        (-3, 4),
        (-4, 3),
        (-5, 0),
        (-4, -3),
        (-3, -4),
        (0, -5),
        (3, -4),
        (4, -3),
    ];
    match (n % COLOURS.len() + n / COLOURS.len()) % 4 {
        0 => ROUND.to_vec(),
        1 => vec![(-4, -4), (4, -4), (4, 4), (-4, 4)],
        2 => vec![(0, -6), (6, 5), (-6, 5)],
        _ => vec![(0, -6), (6, 0), (0, 6), (-6, 0)],
    }
}
