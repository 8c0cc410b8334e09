//! Shapes and the part of each pixel that they cover.

pub(super) use ab_glyph_rasterizer::Point;
use ab_glyph_rasterizer::{Rasterizer, point};

/// A rectangle of pixels; `right` and `bottom` are outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) left: i64,
    pub(super) top: i64,
    pub(super) right: i64,
    pub(super) bottom: i64,
}

impl Bounds {
    /// The smallest that holds both.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

/// A closed outline of straight lines and quadratic curves, possibly in several parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    /// Start, handle, end of each piece; a straight one has its handle at its end.
    pieces: Vec<[Point; 3]>,
    first: Point,
    last: Point,
}

impl Shape {
    /// A polygon.
    pub(super) fn polygon(corners: &[Point]) -> Self {
        let mut shape = Self::default();
        if let [first, rest @ ..] = corners {
            shape.begin(*first);
            rest.iter().for_each(|corner| shape.line(*corner));
            shape.close();
        }
        shape
    }

    /// A disc.
    pub(super) fn disc(centre: Point, radius: f32) -> Self {
        const CORNERS: u8 = 24;
        let corner = |n: u8| {
            let (y, x) = (f32::from(n) * std::f32::consts::TAU / f32::from(CORNERS)).sin_cos();
            point(centre.x + x * radius, centre.y + y * radius)
        };
        Self::polygon(&(0..CORNERS).map(corner).collect::<Vec<_>>())
    }

    /// The shapes of a line with a width through points: a bar for each segment, and a disc where
    /// two of them meet.
    pub(super) fn stroke(points: &[Point], width: f32) -> Vec<Self> {
        let half = width / 2.0;
        let bar = |pair: &[Point]| {
            let (from, to) = (pair[0], pair[1]);
            let (dx, dy) = (to.x - from.x, to.y - from.y);
            let length = dx.hypot(dy);
            (length > 0.0).then(|| {
                let (x, y) = (-dy / length * half, dx / length * half);
                let corner = |p: Point, side: f32| point(p.x + side * x, p.y + side * y);
                let corners = [(from, 1.0), (to, 1.0), (to, -1.0), (from, -1.0)];
                Self::polygon(&corners.map(|(p, side)| corner(p, side)))
            })
        };
        let bars = points.windows(2).filter_map(bar);
        let joints = points.windows(3).map(|three| Self::disc(three[1], half));
        bars.chain(joints).collect()
    }

    pub(super) fn begin(&mut self, at: Point) {
        (self.first, self.last) = (at, at);
    }

    pub(super) fn line(&mut self, to: Point) {
        self.curve(to, to);
    }

    pub(super) fn curve(&mut self, handle: Point, to: Point) {
        self.pieces.push([self.last, handle, to]);
        self.last = to;
    }

    pub(super) fn close(&mut self) {
        self.line(self.first);
    }

    /// The same shape elsewhere.
    pub(super) fn moved(mut self, by: Point) -> Self {
        for corner in self.pieces.iter_mut().flatten() {
            (corner.x, corner.y) = (corner.x + by.x, corner.y + by.y);
        }
        self
    }

    /// The pixels that the shape may cover. `None` for an empty shape.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        let of = |p: &Point| Bounds {
            left: p.x.floor() as i64,
            top: p.y.floor() as i64,
            right: p.x.ceil() as i64,
            bottom: p.y.ceil() as i64,
        };
        self.pieces.iter().flatten().map(of).reduce(Bounds::with)
    }

    /// Calls a function with each pixel that the shape covers in part (column, row) and the covered
    /// fraction.
    pub(super) fn cover(&self, mut touched: impl FnMut(i64, i64, f32)) {
        let Some(Bounds { left, top, right, bottom }) = self.bounds() else { return };
        // One extra column: the rasteriser carries what is right of a pixel into the next.
        let (columns, rows) = (right - left + 2, bottom - top);
        let mut grid = Rasterizer::new(columns as usize, rows as usize);
        for piece in &self.pieces {
            let [from, handle, to] = piece.map(|p| point(p.x - left as f32, p.y - top as f32));
            if handle == to {
                grid.draw_line(from, to);
            } else {
                grid.draw_quad(from, handle, to);
            }
        }
        grid.for_each_pixel_2d(|x, y, part| {
            let x = left + i64::from(x);
            // The value in the extra columns is a rounding error.
            if part > 0.0 && x < right {
                touched(x, top + i64::from(y), part.min(1.0));
            }
        });
    }
}
