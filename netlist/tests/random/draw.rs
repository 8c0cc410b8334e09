//! Random kernels generated from bytes.

/// The bytes that decide what is generated; when they end, everything is as small as possible.
pub(crate) struct Source<'a> {
    bytes: &'a [u8],
}

impl<'a> Source<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    fn roll(&mut self, sides: u8) -> u8 {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                first % sides
            }
            None => 0,
        }
    }
}

/// Widths of words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Size {
    Bit,
    Short,
    Long,
}

/// An expression of a size.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    /// A signal, by number.
    Read(u8),
    Literal(u64),
    /// A literal without a type; only on the right of an operator.
    Bare(u64),
    Binary(u8, Box<Expr>, Box<Expr>),
    Compare(Size, u8, Box<Expr>, Box<Expr>),
    Logic(bool, Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Shift(bool, Box<Expr>, Box<Expr>),
    Reduce(Size, u8, Box<Expr>),
    GetBit(Size, Box<Expr>, Box<Expr>),
    GetShort(Box<Expr>, Box<Expr>),
    Replace(Size, Box<Expr>, Box<Expr>, Box<Expr>),
    Resize(Box<Expr>),
}

/// A statement.
#[derive(Clone, Debug)]
pub(crate) enum Line {
    Assign(Size, u8, Expr),
    If(Expr, Vec<Line>, Vec<Line>),
}

fn draw(source: &mut Source<'_>, size: Size, depth: u8) -> Expr {
    let sub = |source: &mut Source<'_>, size| Box::new(draw(source, size, depth.saturating_sub(1)));
    if depth == 0 {
        return if source.roll(4) == 3 {
            Expr::Literal(literal(source, size))
        } else {
            Expr::Read(source.roll(8))
        };
    }
    let sized = |source: &mut Source<'_>| [Size::Short, Size::Long][source.roll(2) as usize];
    match (size, source.roll(8)) {
        (_, 0) => Expr::Read(source.roll(8)),
        (Size::Bit, 1 | 2) => {
            let (size, op) = (sized(source), source.roll(6));
            let left = sub(source, size);
            Expr::Compare(size, op, left, right(source, size, depth))
        }
        (Size::Bit, 3 | 4) => {
            let both = source.roll(2) == 0;
            let left = sub(source, Size::Bit);
            Expr::Logic(both, left, sub(source, Size::Bit))
        }
        (Size::Bit, 5) => Expr::Not(sub(source, Size::Bit)),
        (Size::Bit, 6) => {
            let (size, op) = (sized(source), source.roll(3));
            Expr::Reduce(size, op, sub(source, size))
        }
        (Size::Bit, _) => {
            let size = sized(source);
            let of = sub(source, size);
            Expr::GetBit(size, of, sub(source, Size::Short))
        }
        (_, 1 | 2) => {
            let op = source.roll(5);
            let left = sub(source, size);
            Expr::Binary(op, left, right(source, size, depth))
        }
        (_, 3) => Expr::Not(sub(source, size)),
        (_, 4) => {
            let left = source.roll(2) == 0;
            let of = sub(source, size);
            Expr::Shift(left, of, sub(source, Size::Short))
        }
        (_, 5) => {
            let of = sub(source, size);
            let at = sub(source, Size::Short);
            Expr::Replace(size, of, at, sub(source, Size::Bit))
        }
        (Size::Short, 6) => {
            let of = sub(source, Size::Long);
            Expr::GetShort(of, sub(source, Size::Short))
        }
        (Size::Short, _) => Expr::Resize(sub(source, Size::Long)),
        (Size::Long, _) => Expr::Resize(sub(source, Size::Short)),
    }
}

fn right(source: &mut Source<'_>, size: Size, depth: u8) -> Box<Expr> {
    if source.roll(4) == 3 {
        return Box::new(Expr::Bare(literal(source, size) & 0x7fff_ffff));
    }
    Box::new(draw(source, size, depth.saturating_sub(1)))
}

fn literal(source: &mut Source<'_>, size: Size) -> u64 {
    let byte = u64::from(source.roll(255));
    match size {
        Size::Bit => byte & 1,
        Size::Short => byte,
        Size::Long => byte << (source.roll(33)),
    }
}

pub(crate) fn lines(source: &mut Source<'_>, count: u8, depth: u8) -> Vec<Line> {
    let line = |source: &mut Source<'_>| {
        if depth > 0 && source.roll(3) == 2 {
            let test = draw(source, Size::Bit, 2);
            let (yes, no) = (1 + source.roll(3), source.roll(3));
            let then = lines(source, yes, depth - 1);
            return Line::If(test, then, lines(source, no, depth - 1));
        }
        let size = [Size::Bit, Size::Short, Size::Long][source.roll(3) as usize];
        Line::Assign(size, source.roll(3), draw(source, size, 4))
    };
    (0..count).map(|_| line(source)).collect()
}
