//! Verilog before anything has a name: expressions, statements, blocks.

use super::Net;
use crate::ir::{ConstantId, EnumId, Index, InstanceId, StructId, Value, Variable};

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    /// A number.
    Number(Value),
    /// A state of an enumeration, by its number.
    Variant(EnumId, u64),
    /// A named signal or constant, or bits of it.
    Select(Select),
    /// The lowest bits of a loop variable.
    Counter(Variable, u32),
    /// A concatenation, the highest bits first.
    Concat(Vec<Tree>),
    /// A replication.
    Repeat(u32, Box<Tree>),
    /// `$signed(...)`.
    Signed(Box<Tree>),
    /// `!` or `~` before an operand.
    Inverted(&'static str, Box<Tree>),
    /// Another operator before its operand.
    Prefix(&'static str, Box<Tree>),
    /// Operands of one operator; broken between them if long.
    Chain(&'static str, Vec<Tree>),
    /// Two operands on one line.
    Pair(&'static str, Box<Tree>, Box<Tree>),
    /// `test ? value :` several times, and the last value.
    Choices(Vec<(Tree, Tree)>, Box<Tree>),
}

/// Bits of a named signal or constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Select {
    pub(super) base: Base,
    pub(super) at: At,
    pub(super) width: u32,
}

/// A named signal or constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// A net as one vector.
    Net(Net),
    /// An element of a net whose elements are separate wires.
    Element(Net, u32),
    Constant(ConstantId),
    Cells(Cells),
}

/// The words of a memory: the instance, and which element of it.
pub(super) type Cells = (InstanceId, u32);

/// The selected bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum At {
    All,
    /// From this bit, which may be the beginning of a field.
    Fixed(u32, Option<Field>),
    /// From a bit that depends on loop variables: its index, and its values in all iterations.
    Moving(Index, Vec<u32>),
    /// From a bit known only at run time; of a memory, the word at this address.
    Dynamic(Box<Tree>),
    /// The word of a memory at this address.
    Word(u64),
}

/// A field of a structure: its lowest bit has a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Field {
    pub(super) of: StructId,
    pub(super) low: u32,
    pub(super) name: String,
}

/// A statement.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// An assignment; the operator is `=` or `<=`.
    Set(Select, &'static str, Tree),
    If(Tree, Vec<Step>, Vec<Step>),
    /// The subject, and the arms; without a value it is the default.
    Case(Tree, Vec<(Option<Tree>, Vec<Step>)>),
    For(Variable, u64, u64, Vec<Step>),
    /// Sets the first words of a memory to a value.
    Clear(Cells, u64, Value),
}

/// A block of statements.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) head: Head,
    pub(super) label: Label,
    pub(super) body: Vec<Step>,
}

/// When a block is executed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Head {
    /// Whenever a signal that it reads changes.
    Always,
    Initial,
    /// At the rising edge of this net.
    Edge(Net),
}

/// The signal after which a block is named, if its loop variables need a named block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    Logic(Net),
    Edge(Net),
    Contents(Cells),
}

impl Select {
    /// All of something.
    pub(super) fn all(base: Base, width: u32) -> Self {
        Self { base, at: At::All, width }
    }

    fn each(&self, call: &mut dyn FnMut(&Tree)) {
        if let At::Dynamic(at) = &self.at {
            at.each(call);
        }
    }
}

impl Tree {
    /// Calls a function on it and on everything inside it, in the order of the text.
    pub(super) fn each(&self, call: &mut dyn FnMut(&Tree)) {
        call(self);
        match self {
            Tree::Number(_) | Tree::Variant(..) | Tree::Counter(..) => {}
            Tree::Select(select) => select.each(call),
            Tree::Concat(parts) | Tree::Chain(_, parts) => {
                parts.iter().for_each(|part| part.each(call));
            }
            Tree::Repeat(_, inner)
            | Tree::Signed(inner)
            | Tree::Inverted(_, inner)
            | Tree::Prefix(_, inner) => inner.each(call),
            Tree::Pair(_, left, right) => {
                left.each(call);
                right.each(call);
            }
            Tree::Choices(choices, last) => {
                for (test, value) in choices {
                    test.each(call);
                    value.each(call);
                }
                last.each(call);
            }
        }
    }
}

/// A part of statements.
pub(super) enum Part<'a> {
    /// The left side of an assignment.
    Left(&'a Select),
    /// An expression that is read, and each part of it.
    Tree(&'a Tree),
    /// The variable of a loop.
    Loop(&'a Variable),
}

/// Calls a function on every part of statements.
pub(super) fn each_part(steps: &[Step], call: &mut dyn FnMut(Part<'_>)) {
    for step in steps {
        match step {
            Step::Set(left, _, value) => {
                call(Part::Left(left));
                left.each(&mut |tree| call(Part::Tree(tree)));
                value.each(&mut |tree| call(Part::Tree(tree)));
            }
            Step::If(test, then, otherwise) => {
                test.each(&mut |tree| call(Part::Tree(tree)));
                each_part(then, call);
                each_part(otherwise, call);
            }
            Step::Case(subject, arms) => {
                subject.each(&mut |tree| call(Part::Tree(tree)));
                for (label, body) in arms {
                    label.iter().for_each(|label| label.each(&mut |tree| call(Part::Tree(tree))));
                    each_part(body, call);
                }
            }
            Step::For(variable, _, _, body) => {
                call(Part::Loop(variable));
                each_part(body, call);
            }
            Step::Clear(..) => call(Part::Loop(&counter())),
        }
    }
}

/// The variable of generated loops.
pub(super) fn counter() -> Variable {
    Variable { name: "i".to_owned(), depth: 0 }
}

impl Block {
    /// The variables of its loops.
    pub(super) fn loops(&self) -> Vec<Variable> {
        let mut loops = Vec::new();
        each_part(&self.body, &mut |part| {
            if let Part::Loop(variable) = part {
                loops.push(variable.clone());
            }
        });
        loops
    }
}
