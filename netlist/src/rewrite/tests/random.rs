//! Designs with random kernels, generated from bytes: loops, arrays, children, registers.

use crate::ir::{
    Arm, Binary, Body, Design, Expr, ExprKind, Index, IndexOp, Instance, InstanceId, Kind, Module,
    ModuleId, Part, Primitive, Reference, Signal, SignalId, Statement, Target, Type, Types, Unary,
    Value, Variable,
};

/// Elements of every array.
const ROWS: u64 = 4;
const WORD: u32 = 8;

/// The bytes that decide what is generated; when they end, everything is as small as possible.
struct Source<'a> {
    bytes: &'a [u8],
    /// First value and end of the enclosing loops.
    loops: Vec<(u64, u64)>,
}

/// A signal that can be read or assigned.
#[derive(Clone, Copy)]
struct Place {
    instance: Option<u32>,
    signal: u32,
    is_array: bool,
}

const fn own(signal: u32, is_array: bool) -> Place {
    Place { instance: None, signal, is_array }
}

const fn child(instance: u32, signal: u32, is_array: bool) -> Place {
    Place { instance: Some(instance), signal, is_array }
}

const CLOCK: Place = own(0, false);
/// Ports and locals of one bit: inputs first, then those that the kernel assigns.
const BITS: [Place; 5] = [own(1, false), own(2, true), own(3, false), own(4, false), own(5, true)];
/// Words: inputs and registers first, then those that the kernel assigns, then outputs of children.
const WORDS: [Place; 9] = [
    own(6, false),
    own(7, true),
    child(0, 2, false),
    child(1, 2, true),
    own(8, false),
    own(9, true),
    own(10, false),
    own(11, true),
    child(2, 2, true),
];
const REGISTER: [Place; 2] = [child(0, 0, false), child(0, 1, false)];
const REGISTERS: [Place; 2] = [child(1, 0, true), child(1, 1, true)];
const CELLS: [Place; 2] = [child(2, 0, true), child(2, 1, true)];

impl Source<'_> {
    fn roll(&mut self, sides: u8) -> u8 {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                first % sides
            }
            None => 0,
        }
    }

    /// A row that exists in every iteration of the enclosing loops.
    fn row(&mut self) -> Index {
        let fixed = Index::Const(u64::from(self.roll(ROWS as u8)));
        let Some((depth, (from, to))) = self.loops.iter().copied().enumerate().next_back() else {
            return fixed;
        };
        let variable = Box::new(Index::Variable(variable(depth as u32)));
        match self.roll(5) {
            0 => fixed,
            1 if to < ROWS => Index::Op(IndexOp::Add, variable, Box::new(Index::Const(1))),
            2 if from > 0 => Index::Op(IndexOp::Sub, variable, Box::new(Index::Const(1))),
            3 => Index::Op(IndexOp::Sub, Box::new(Index::Const(ROWS - 1)), variable),
            _ => *variable,
        }
    }

    fn reference(&mut self, place: Place) -> Reference {
        let row = place.is_array.then(|| self.row());
        let signal = SignalId(place.signal);
        match place.instance {
            Some(id) => Reference { instance: Some((InstanceId(id), row)), signal, element: None },
            None => Reference { instance: None, signal, element: row },
        }
    }

    fn read(&mut self, place: Place, width: u32) -> Expr {
        Expr::bits(ExprKind::Read(self.reference(place)), width)
    }

    fn number(&mut self, width: u32) -> Expr {
        let number = u64::from(self.roll(255));
        Expr::literal(Value::new(64, number).resize(width), Type::Bits(width))
    }

    /// A number made of the innermost loop variable.
    fn round(&self, width: u32) -> Option<Expr> {
        let depth = self.loops.len().checked_sub(1)?;
        let index = Index::Variable(variable(depth as u32));
        Some(Expr::bits(ExprKind::Index(index), width))
    }

    /// The number of a bit.
    fn place(&mut self, depth: u8) -> Expr {
        match self.roll(3) {
            0 => self.round(3).unwrap_or_else(|| Expr::literal(Value::new(3, 5), Type::Bits(3))),
            1 => {
                let number = u64::from(self.roll(8));
                Expr::literal(Value::new(3, number), Type::Bits(3))
            }
            _ => self.word(depth),
        }
    }

    /// `known`: of inputs and registers only.
    fn bit_of(&mut self, depth: u8, known: bool) -> Expr {
        if depth == 0 {
            let among = if known { 2 } else { BITS.len() };
            let place = BITS[usize::from(self.roll(among as u8))];
            return self.read(place, 1);
        }
        let bits = |kind| Expr::bits(kind, 1);
        match self.roll(8) {
            0 => self.bit_of(0, known),
            1 | 2 => {
                use Binary::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
                let ops = [Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual];
                let op = ops[usize::from(self.roll(6))];
                let (a, b) = (self.word_of(depth - 1, known), self.word_of(depth - 1, known));
                bits(ExprKind::Binary(op, Box::new(a), Box::new(b)))
            }
            3 => {
                let op = [Binary::And, Binary::Or, Binary::Xor][usize::from(self.roll(3))];
                let (a, b) = (self.bit_of(depth - 1, known), self.bit_of(depth - 1, known));
                bits(ExprKind::Binary(op, Box::new(a), Box::new(b)))
            }
            4 => bits(ExprKind::Unary(Unary::Not, Box::new(self.bit_of(depth - 1, known)))),
            5 => {
                let op = [Unary::Any, Unary::All, Unary::Parity][usize::from(self.roll(3))];
                bits(ExprKind::Unary(op, Box::new(self.word_of(depth - 1, known))))
            }
            6 => {
                let low = u32::from(self.roll(8));
                bits(ExprKind::Slice(Box::new(self.word_of(depth - 1, known)), low, None))
            }
            _ if known => self.bit_of(0, known),
            _ => {
                let (word, at) = (self.word(depth - 1), self.place(0));
                bits(ExprKind::DynamicSlice(Box::new(word), Box::new(at)))
            }
        }
    }

    fn word_of(&mut self, depth: u8, known: bool) -> Expr {
        if depth == 0 {
            if self.roll(4) == 3 {
                return self.number(WORD);
            }
            let among = if known { 4 } else { WORDS.len() };
            let place = WORDS[usize::from(self.roll(among as u8))];
            return self.read(place, WORD);
        }
        let bits = |kind| Expr::bits(kind, WORD);
        let sub = |source: &mut Self| Box::new(source.word_of(depth - 1, known));
        match self.roll(10) {
            0 => self.word_of(0, known),
            1 | 2 => {
                let ops = [Binary::Add, Binary::Sub, Binary::And, Binary::Or, Binary::Xor];
                let op = ops[usize::from(self.roll(5))];
                let a = sub(self);
                bits(ExprKind::Binary(op, a, sub(self)))
            }
            3 => bits(ExprKind::Unary(Unary::Not, sub(self))),
            4 => {
                // Some bits, extended again.
                let (low, width) = (u32::from(self.roll(6)), 1 + u32::from(self.roll(6)));
                let cut = Expr::bits(ExprKind::Slice(sub(self), low, None), width);
                bits(match self.roll(2) {
                    0 => ExprKind::Resize(Box::new(cut)),
                    _ => ExprKind::SignResize(Box::new(cut)),
                })
            }
            5 => {
                let wide = Expr::bits(ExprKind::Resize(sub(self)), 2 * WORD);
                let factor = Expr::bits(ExprKind::Resize(sub(self)), 2 * WORD);
                let kind = ExprKind::Binary(Binary::Mul, Box::new(wide), Box::new(factor));
                let product = Expr::bits(kind, 2 * WORD);
                bits(ExprKind::Slice(Box::new(product), u32::from(self.roll(9)), None))
            }
            6 => {
                let op = [Binary::Shl, Binary::Shr][usize::from(self.roll(2))];
                let by = match known {
                    true => self.number(4),
                    false => self.place(0),
                };
                bits(ExprKind::Binary(op, sub(self), Box::new(by)))
            }
            7 if !known => {
                let (at, bit) = (Box::new(self.place(0)), Box::new(self.bit(depth - 1)));
                bits(ExprKind::InsertBit(sub(self), at, bit))
            }
            8 => self.round(WORD).unwrap_or_else(|| self.number(WORD)),
            _ => self.word_of(0, known),
        }
    }

    fn bit(&mut self, depth: u8) -> Expr {
        self.bit_of(depth, false)
    }

    fn word(&mut self, depth: u8) -> Expr {
        self.word_of(depth, false)
    }

    fn assign(&mut self, place: Place, value: Expr) -> Statement {
        Statement::Assign { target: Target { reference: self.reference(place), part: None }, value }
    }

    fn assignment(&mut self) -> Statement {
        match self.roll(10) {
            0 => {
                let place = BITS[2 + usize::from(self.roll(3))];
                let value = self.bit(2);
                self.assign(place, value)
            }
            1 | 2 => {
                let place = [REGISTER[1], REGISTERS[1]][usize::from(self.roll(2))];
                let value = self.word(2);
                self.assign(place, value)
            }
            3 => {
                let value = self.bit_of(1, true);
                self.assign(CELLS[0], value)
            }
            4 => {
                let value = self.word_of(1, true);
                self.assign(CELLS[1], value)
            }
            5 => {
                // Half of a word.
                let place = WORDS[4 + usize::from(self.roll(4))];
                let value = Expr::bits(ExprKind::Slice(Box::new(self.word(2)), 2, None), 4);
                let offset = 4 * u32::from(self.roll(2));
                let part = Some(Part { offset, width: 4, field: None });
                let target = Target { reference: self.reference(place), part };
                Statement::Assign { target, value }
            }
            6 => {
                // Accumulation.
                let place = WORDS[4 + usize::from(self.roll(4))];
                let reference = self.reference(place);
                let old = Box::new(Expr::bits(ExprKind::Read(reference.clone()), WORD));
                let op = [Binary::Add, Binary::Xor][usize::from(self.roll(2))];
                let kind = ExprKind::Binary(op, old, Box::new(self.word_of(1, true)));
                let target = Target { reference, part: None };
                Statement::Assign { target, value: Expr::bits(kind, WORD) }
            }
            _ => {
                let place = WORDS[4 + usize::from(self.roll(4))];
                let value = self.word(3);
                self.assign(place, value)
            }
        }
    }

    fn statements(&mut self, count: u8, depth: u8) -> Vec<Statement> {
        (0..count).map(|_| self.statement(depth)).collect()
    }

    fn statement(&mut self, depth: u8) -> Statement {
        if depth == 0 {
            return self.assignment();
        }
        let some = |source: &mut Self, least: u8| {
            let count = least + source.roll(3);
            source.statements(count, depth - 1)
        };
        match self.roll(8) {
            0 | 1 => {
                let test = match (self.roll(4), self.round(4)) {
                    (0, Some(round)) => {
                        let number = Expr::literal(Value::new(4, 2), Type::Bits(4));
                        let kind =
                            ExprKind::Binary(Binary::Less, Box::new(round), Box::new(number));
                        Expr::bits(kind, 1)
                    }
                    _ => self.bit(2),
                };
                Statement::If { test, then: some(self, 1), otherwise: some(self, 0) }
            }
            2 => {
                let test = Expr::bits(ExprKind::Slice(Box::new(self.word(1)), 1, None), 2);
                let all = self.roll(2) == 0;
                let arm = |(source, at): (&mut Self, u64)| Arm {
                    value: Value::new(2, at),
                    body: some(source, u8::from(all)),
                };
                let count = if all { 4 } else { 2 };
                let arms = (0..count).map(|at| arm((&mut *self, at))).collect();
                let default = (!all).then(|| some(self, 0));
                Statement::Match { test, arms, default }
            }
            3 | 4 => {
                let rounds = [(0, ROWS), (0, ROWS - 1), (1, ROWS), (1, 2)];
                let (from, to) = rounds[usize::from(self.roll(4))];
                let variable = variable(self.loops.len() as u32);
                self.loops.push((from, to));
                let body = some(self, 1);
                self.loops.pop();
                Statement::For { variable, from: from as usize, to: to as usize, body }
            }
            5 => self.chain(),
            _ => self.assignment(),
        }
    }

    /// A value that passes through the array of cells.
    fn chain(&mut self) -> Statement {
        let depth = self.loops.len() as u32;
        let at = Index::Variable(variable(depth));
        let before = Index::Op(IndexOp::Sub, Box::new(at.clone()), Box::new(Index::Const(1)));
        let port = |row: Index, signal: u32| Reference {
            instance: Some((InstanceId(2), Some(row))),
            signal: SignalId(signal),
            element: None,
        };
        let value = Expr::bits(ExprKind::Read(port(before, 2)), WORD);
        let target = Target { reference: port(at, 1), part: None };
        let body = vec![Statement::Assign { target, value }];
        Statement::For { variable: variable(depth), from: 1, to: ROWS as usize, body }
    }

    /// Default values for all signals, before other statements.
    fn defaults(&mut self) -> Vec<Statement> {
        let zero = |width| Expr::literal(Value::zero(width), Type::Bits(width));
        let mut statements = Vec::new();
        let clock = self.read(CLOCK, 1);
        let old = self.read(WORDS[2], WORD);
        statements.push(self.assign(REGISTER[0], clock.clone()));
        statements.push(self.assign(REGISTER[1], old));
        for place in [BITS[2], BITS[3]] {
            statements.push(self.assign(place, zero(1)));
        }
        statements.push(self.assign(WORDS[4], zero(WORD)));
        // A copy, unless something else is assigned below.
        let start = match self.roll(3) {
            0 => zero(WORD),
            1 => self.read(WORDS[0], WORD),
            _ => self.read(WORDS[2], WORD),
        };
        statements.push(self.assign(WORDS[6], start));
        let at = Index::Variable(variable(0));
        let of = |place: Place| match place.instance {
            Some(id) => Reference {
                instance: Some((InstanceId(id), Some(at.clone()))),
                signal: SignalId(place.signal),
                element: None,
            },
            None => Reference {
                instance: None,
                signal: SignalId(place.signal),
                element: Some(at.clone()),
            },
        };
        let each = |place: Place, value: Expr| {
            let target = Target { reference: of(place), part: None };
            let body = vec![Statement::Assign { target, value }];
            Statement::For { variable: variable(0), from: 0, to: ROWS as usize, body }
        };
        let read = |place: Place, width| Expr::bits(ExprKind::Read(of(place)), width);
        statements.push(each(REGISTERS[0], clock));
        statements.push(each(REGISTERS[1], read(WORDS[3], WORD)));
        statements.push(each(CELLS[0], read(BITS[1], 1)));
        statements.push(each(CELLS[1], read(WORDS[1], WORD)));
        statements.push(each(BITS[4], zero(1)));
        statements.push(each(WORDS[5], zero(WORD)));
        statements.push(each(WORDS[7], zero(WORD)));
        statements
    }
}

fn variable(depth: u32) -> Variable {
    Variable { name: ["i", "j", "k"][depth.min(2) as usize].to_owned(), depth }
}

fn signal(name: &str, kind: Kind, ty: Type, is_array: bool) -> Signal {
    let dims = if is_array { vec![ROWS as u32] } else { Vec::new() };
    Signal { name: name.to_owned(), kind, ty, dims }
}

/// A register of a word.
fn register() -> Module {
    let word = Type::Bits(WORD);
    let signals = vec![
        signal("clock", Kind::Input, Type::Clock, false),
        signal("d", Kind::Input, word, false),
        signal("q", Kind::Output, word, false),
    ];
    let [clock, d, q] = [0, 1, 2].map(SignalId);
    let init = Value::new(WORD, 3);
    let body = Body::Primitive(Primitive::Register { clock, d, q, init });
    Module {
        name: "register".to_owned(),
        signals,
        constants: Vec::new(),
        instances: Vec::new(),
        body,
    }
}

/// `y = k ? x + 3 : !x`, by statements.
fn cell() -> Module {
    let word = Type::Bits(WORD);
    let signals = vec![
        signal("k", Kind::Input, Type::BIT, false),
        signal("x", Kind::Input, word, false),
        signal("y", Kind::Output, word, false),
    ];
    let reference = |at: u32| Reference { instance: None, signal: SignalId(at), element: None };
    let read = |at: u32, width| Box::new(Expr::bits(ExprKind::Read(reference(at)), width));
    let set = |value| {
        let target = Target { reference: reference(2), part: None };
        Statement::Assign { target, value }
    };
    let three = Box::new(Expr::literal(Value::new(WORD, 3), word));
    let sum = Expr::bits(ExprKind::Binary(Binary::Add, read(1, WORD), three), WORD);
    let body = Body::Kernel(vec![
        set(Expr::bits(ExprKind::Unary(Unary::Not, read(1, WORD)), WORD)),
        Statement::If { test: *read(0, 1), then: vec![set(sum)], otherwise: Vec::new() },
    ]);
    Module { name: "cell".to_owned(), signals, constants: Vec::new(), instances: Vec::new(), body }
}

/// A design generated from bytes.
pub(super) fn design(bytes: &[u8]) -> Design {
    let mut source = Source { bytes, loops: Vec::new() };
    let mut body = source.defaults();
    body.extend(source.statements(10, 3));
    let word = Type::Bits(WORD);
    let signals = vec![
        signal("clock", Kind::Input, Type::Clock, false),
        signal("p", Kind::Input, Type::BIT, false),
        signal("v", Kind::Input, Type::BIT, true),
        signal("x", Kind::Output, Type::BIT, false),
        signal("l", Kind::Local, Type::BIT, false),
        signal("ls", Kind::Local, Type::BIT, true),
        signal("a", Kind::Input, word, false),
        signal("w", Kind::Input, word, true),
        signal("y", Kind::Output, word, false),
        signal("ys", Kind::Output, word, true),
        signal("m", Kind::Local, word, false),
        signal("ms", Kind::Local, word, true),
    ];
    let instance = |name: &str, module: u32, is_array: bool| Instance {
        name: name.to_owned(),
        dims: if is_array { vec![ROWS as u32] } else { Vec::new() },
        modules: vec![ModuleId(module); if is_array { ROWS as usize } else { 1 }],
    };
    let instances =
        vec![instance("r", 0, false), instance("rs", 0, true), instance("cells", 1, true)];
    let body = Body::Kernel(body);
    let top = Module { name: "Drawn".to_owned(), signals, constants: Vec::new(), instances, body };
    Design { modules: vec![register(), cell(), top], top: ModuleId(2), types: Types::default() }
}
