//! A block with a random kernel, executed by rust-hdl's own types.

use super::draw::{Expr, Line, Size, Source, lines};
use super::tree::block;
use rust_hdl::prelude::ast::{VerilogExpression as Tree, VerilogStatement as Statement};
use rust_hdl::prelude::*;

/// A value of a size.
#[derive(Clone, Copy, Debug)]
enum Word {
    Bit(bool),
    Short(Bits<8>),
    Long(Bits<40>),
}

/// A block with a generated kernel.
#[derive(LogicBlock, Default)]
pub(crate) struct Random {
    pub(crate) clock: Signal<In, Clock>,
    pub(crate) p: Signal<In, Bit>,
    pub(crate) q: Signal<In, Bit>,
    pub(crate) a: Signal<In, Bits<8>>,
    pub(crate) b: Signal<In, Bits<8>>,
    pub(crate) c: Signal<In, Bits<40>>,
    pub(crate) d: Signal<In, Bits<40>>,
    x: Signal<Out, Bit>,
    y: Signal<Out, Bits<8>>,
    z: Signal<Out, Bits<40>>,
    l: Signal<Local, Bit>,
    m: Signal<Local, Bits<8>>,
    n: Signal<Local, Bits<40>>,
    f: DFF<Bit>,
    g: DFF<Bits<8>>,
    h: DFF<Bits<40>>,
    _kernel: Vec<Line>,
}

impl Random {
    /// A block generated from bytes.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let mut source = Source::new(bytes);
        Self { _kernel: lines(&mut source, 12, 2), ..Self::default() }
    }

    fn run(&mut self, lines: &[Line]) {
        for line in lines {
            match line {
                Line::Assign(size, at, value) => self.assign(*size, *at, value),
                Line::If(test, then, otherwise) => {
                    let taken = if self.bit(test) { then } else { otherwise };
                    self.run(taken);
                }
            }
        }
    }

    fn assign(&mut self, size: Size, at: u8, value: &Expr) {
        match (self.value(value, size), at) {
            (Word::Bit(word), 0) => self.x.next = word,
            (Word::Bit(word), 1) => self.l.next = word,
            (Word::Bit(word), _) => self.f.d.next = word,
            (Word::Short(word), 0) => self.y.next = word,
            (Word::Short(word), 1) => self.m.next = word,
            (Word::Short(word), _) => self.g.d.next = word,
            (Word::Long(word), 0) => self.z.next = word,
            (Word::Long(word), 1) => self.n.next = word,
            (Word::Long(word), _) => self.h.d.next = word,
        }
    }

    fn bit(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Read(at) => match at % 5 {
                0 => self.p.val(),
                1 => self.q.val(),
                2 => self.x.val(),
                3 => self.l.val(),
                _ => self.f.q.val(),
            },
            Expr::Literal(number) => *number == 1,
            Expr::Compare(Size::Short, op, a, b) => compare(*op, self.short(a), self.short(b)),
            Expr::Compare(_, op, a, b) => compare(*op, self.long(a), self.long(b)),
            Expr::Logic(true, a, b) => self.bit(a) && self.bit(b),
            Expr::Logic(false, a, b) => self.bit(a) || self.bit(b),
            Expr::Not(a) => !self.bit(a),
            Expr::Reduce(Size::Short, op, a) => reduce(*op, self.short(a)),
            Expr::Reduce(_, op, a) => reduce(*op, self.long(a)),
            Expr::GetBit(Size::Short, a, at) => {
                self.short(a).get_bit((self.short(at) & bits::<8>(7)).index())
            }
            Expr::GetBit(_, a, at) => {
                self.long(a).get_bit((self.short(at) & bits::<8>(31)).index())
            }
            other => unreachable!("no bit: {other:?}"),
        }
    }

    fn short(&self, expr: &Expr) -> Bits<8> {
        match expr {
            Expr::Read(at) => match at % 5 {
                0 => self.a.val(),
                1 => self.b.val(),
                2 => self.y.val(),
                3 => self.m.val(),
                _ => self.g.q.val(),
            },
            Expr::Literal(number) | Expr::Bare(number) => (*number).into(),
            Expr::Binary(op, a, b) => binary(*op, self.short(a), self.short(b)),
            Expr::Not(a) => !self.short(a),
            Expr::Shift(true, a, by) => self.short(a) << self.short(by),
            Expr::Shift(false, a, by) => self.short(a) >> self.short(by),
            Expr::Replace(_, a, at, bit) => {
                let at = (self.short(at) & bits::<8>(7)).index();
                self.short(a).replace_bit(at, self.bit(bit))
            }
            Expr::GetShort(a, at) => {
                self.long(a).get_bits::<8>((self.short(at) & bits::<8>(31)).index())
            }
            Expr::Resize(a) => bit_cast::<8, 40>(self.long(a)),
            other => unreachable!("no short word: {other:?}"),
        }
    }

    fn long(&self, expr: &Expr) -> Bits<40> {
        match expr {
            Expr::Read(at) => match at % 5 {
                0 => self.c.val(),
                1 => self.d.val(),
                2 => self.z.val(),
                3 => self.n.val(),
                _ => self.h.q.val(),
            },
            Expr::Literal(number) | Expr::Bare(number) => (*number).into(),
            Expr::Binary(op, a, b) => binary(*op, self.long(a), self.long(b)),
            Expr::Not(a) => !self.long(a),
            Expr::Shift(true, a, by) => self.long(a) << self.short(by),
            Expr::Shift(false, a, by) => self.long(a) >> self.short(by),
            Expr::Replace(_, a, at, bit) => {
                let at = (self.short(at) & bits::<8>(31)).index();
                self.long(a).replace_bit(at, self.bit(bit))
            }
            Expr::Resize(a) => bit_cast::<40, 8>(self.short(a)),
            other => unreachable!("no long word: {other:?}"),
        }
    }

    fn value(&self, expr: &Expr, size: Size) -> Word {
        match size {
            Size::Bit => Word::Bit(self.bit(expr)),
            Size::Short => Word::Short(self.short(expr)),
            Size::Long => Word::Long(self.long(expr)),
        }
    }
}

fn binary<const N: usize>(op: u8, a: Bits<N>, b: Bits<N>) -> Bits<N> {
    match op {
        0 => a + b,
        1 => a - b,
        2 => a & b,
        3 => a | b,
        _ => a ^ b,
    }
}

fn compare<const N: usize>(op: u8, a: Bits<N>, b: Bits<N>) -> bool {
    match op {
        0 => a == b,
        1 => a != b,
        2 => a < b,
        3 => a <= b,
        4 => a > b,
        _ => a >= b,
    }
}

fn reduce<const N: usize>(op: u8, a: Bits<N>) -> bool {
    match op {
        0 => a.any(),
        1 => a.all(),
        _ => a.xor(),
    }
}

impl Logic for Random {
    fn update(&mut self) {
        self.f.clock.next = self.clock.val();
        self.g.clock.next = self.clock.val();
        self.h.clock.next = self.clock.val();
        self.f.d.next = self.f.q.val();
        self.g.d.next = self.g.q.val();
        self.h.d.next = self.h.q.val();
        (self.x.next, self.l.next) = (false, false);
        (self.y.next, self.m.next) = (bits::<8>(0), bits::<8>(0));
        (self.z.next, self.n.next) = (bits::<40>(0), bits::<40>(0));
        let kernel = std::mem::take(&mut self._kernel);
        self.run(&kernel);
        self._kernel = kernel;
    }

    fn connect(&mut self) {
        self.x.connect();
        self.y.connect();
        self.z.connect();
        self.l.connect();
        self.m.connect();
        self.n.connect();
    }

    fn hdl(&self) -> Verilog {
        let zero = |bits| Tree::Cast(Box::new(Tree::Literal(0_u32.into())), bits);
        let signal = |name: &str| Tree::Signal(name.into());
        let mut statements = Vec::new();
        for (register, clear, bits) in
            [("f", ["x", "l"], 1), ("g", ["y", "m"], 8), ("h", ["z", "n"], 40)]
        {
            let port = |port: &str| signal(&format!("{register}${port}"));
            statements.push(Statement::Assignment(port("clock$next"), signal("clock")));
            statements.push(Statement::Assignment(port("d$next"), port("q")));
            for name in clear {
                let value = if bits == 1 { Tree::Literal(false.into()) } else { zero(bits) };
                statements.push(Statement::Assignment(signal(&format!("{name}$next")), value));
            }
        }
        statements.extend(block(&self._kernel));
        Verilog::Combinatorial(statements)
    }
}
