//! Each operation over bits of which something is known.

use super::sets::{SetId, Sets};
use super::{Bit, Cones, Source};
use crate::ir::{NodeId, Op, evaluate};

impl Cones<'_> {
    /// Appends the bits of an operation.
    pub(super) fn operation(&mut self, op: Op, width: u32) {
        if !op.is_source() && !matches!(op, Op::Word(..)) {
            let known: Option<Vec<_>> =
                op.operands().map(|id| Some((id, self.value(id)?))).collect();
            let value = known.and_then(|known| {
                evaluate(op, width, |id| Some(&known.iter().find(|(at, _)| *at == id)?.1))
            });
            if let Some(value) = value {
                self.bits.extend((0..width).map(|at| Bit::Known(value.bit(at))));
                return;
            }
        }
        match op {
            Op::Const(at) => {
                let value = &self.netlist.constants[at.0 as usize];
                self.bits.extend((0..width).map(|at| Bit::Known(value.bit(at))));
            }
            Op::Input(input) => self.leaves(Source::Input(input), width),
            Op::Register(register) => self.leaves(Source::Register(register), width),
            Op::Memory(memory) => self.leaves(Source::Output(memory), width),
            Op::Word(memory, address) => {
                let words = self.words(memory);
                let address = self.all_of(address);
                let set = self.sets.union(words, address);
                self.fill(width, set);
            }
            Op::Not(a) => self.each([a], width, |cones, [a]| cones.not(a)),
            Op::And(a, b) => self.each([a, b], width, |cones, [a, b]| cones.and(a, b)),
            Op::Or(a, b) => self.each([a, b], width, |cones, [a, b]| cones.or(a, b)),
            Op::Xor(a, b) => self.each([a, b], width, |cones, [a, b]| cones.xor(a, b)),
            Op::Mux(test, then, otherwise) => {
                let test = self.bit(test, 0);
                self.each([then, otherwise], width, |cones, [then, otherwise]| {
                    cones.choice(test, then, otherwise)
                });
            }
            Op::Add(a, b) | Op::Sub(a, b) => self.carried(op, a, b, width),
            Op::Mul(a, b) | Op::Shl(a, b) | Op::Shr(a, b) => {
                self.shifted(op, a, b, width);
            }
            Op::Equal(a, b) => self.equal(a, b),
            Op::Less(a, b) | Op::SignedLess(a, b) => {
                let set = self.union_of([a, b]);
                self.fill(1, set);
            }
            Op::Slice(a, offset) => {
                for at in 0..width {
                    self.bits.push(self.bit(a, offset + at));
                }
            }
            Op::Concat(high, low) => {
                for part in [low, high] {
                    for at in 0..self.netlist.node(part).width {
                        self.bits.push(self.bit(part, at));
                    }
                }
            }
            Op::ZeroExtend(a) | Op::SignExtend(a) => {
                let own = self.netlist.node(a).width;
                let above = match op {
                    Op::SignExtend(_) => self.bit(a, own - 1),
                    _ => Bit::Known(false),
                };
                for at in 0..width {
                    self.bits.push(if at < own { self.bit(a, at) } else { above });
                }
            }
            Op::Extract(a, offset) => match self.value(offset) {
                Some(offset) => {
                    let own = u64::from(self.netlist.node(a).width);
                    for at in 0..width {
                        let from = offset.saturated().saturating_add(at.into());
                        let bit = if from < own { self.bit(a, from as u32) } else { ZERO };
                        self.bits.push(bit);
                    }
                }
                None => {
                    let set = self.union_of([a, offset]);
                    self.fill(width, set);
                }
            },
            Op::InsertBit(a, at, bit) => {
                let (bit, index) = (self.bit(bit, 0), self.all_of(at));
                let known = self.value(at).map(|at| at.saturated());
                for place in 0..width {
                    let old = self.bit(a, place);
                    let new = match known {
                        Some(at) if at == u64::from(place) => bit,
                        Some(_) => old,
                        None if old == bit && !matches!(old, Bit::Of(_)) => old,
                        None => {
                            let both = self.both(old, bit);
                            Bit::Of(self.sets.union(both, index))
                        }
                    };
                    self.bits.push(new);
                }
            }
            Op::All(a) | Op::Any(a) => {
                let decides = Bit::Known(matches!(op, Op::Any(_)));
                let decided = self.bits(a).contains(&decides);
                let set = self.all_of(a);
                self.bits.push(if decided { decides } else { Bit::Of(set) });
            }
            Op::Parity(a) => {
                let set = self.all_of(a);
                self.fill(1, set);
            }
        }
    }

    fn bit(&self, node: NodeId, at: u32) -> Bit {
        self.bits[(self.first[node.0 as usize] + at) as usize]
    }

    fn leaves(&mut self, of: Source, width: u32) {
        for bit in 0..width {
            self.bits.push(self.source(of, bit));
        }
    }

    fn fill(&mut self, width: u32, set: SetId) {
        self.bits.extend((0..width).map(|_| Bit::Of(set)));
    }

    fn each<const N: usize>(
        &mut self,
        operands: [NodeId; N],
        width: u32,
        f: impl Fn(&mut Self, [Bit; N]) -> Bit,
    ) {
        for at in 0..width {
            let bits = operands.map(|operand| self.bit(operand, at));
            let bit = f(self, bits);
            self.bits.push(bit);
        }
    }

    /// The sources of all bits of a node.
    fn all_of(&mut self, node: NodeId) -> SetId {
        let mut all = Sets::EMPTY;
        for at in 0..self.netlist.node(node).width {
            let set = self.set(self.bit(node, at));
            all = self.sets.union(all, set);
        }
        all
    }

    fn union_of(&mut self, [a, b]: [NodeId; 2]) -> SetId {
        let (a, b) = (self.all_of(a), self.all_of(b));
        self.sets.union(a, b)
    }

    fn both(&mut self, a: Bit, b: Bit) -> SetId {
        let (a, b) = (self.set(a), self.set(b));
        self.sets.union(a, b)
    }

    fn not(&mut self, a: Bit) -> Bit {
        match a {
            Bit::Known(value) => Bit::Known(!value),
            other => Bit::Of(self.set(other)),
        }
    }

    fn and(&mut self, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (Bit::Known(false), _) | (_, Bit::Known(false)) => ZERO,
            (Bit::Known(true), other) | (other, Bit::Known(true)) => other,
            (Bit::Leaf(one), Bit::Leaf(other)) if one == other => a,
            _ => Bit::Of(self.both(a, b)),
        }
    }

    fn or(&mut self, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (Bit::Known(true), _) | (_, Bit::Known(true)) => Bit::Known(true),
            (Bit::Known(false), other) | (other, Bit::Known(false)) => other,
            (Bit::Leaf(one), Bit::Leaf(other)) if one == other => a,
            _ => Bit::Of(self.both(a, b)),
        }
    }

    fn xor(&mut self, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (Bit::Known(false), other) | (other, Bit::Known(false)) => other,
            (Bit::Leaf(one), Bit::Leaf(other)) if one == other => ZERO,
            _ => Bit::Of(self.both(a, b)),
        }
    }

    fn choice(&mut self, test: Bit, then: Bit, otherwise: Bit) -> Bit {
        match (test, then, otherwise) {
            (Bit::Known(true), then, _) => then,
            (Bit::Known(false), _, otherwise) => otherwise,
            (_, Bit::Leaf(one), Bit::Leaf(other)) if one == other => then,
            (_, Bit::Known(one), Bit::Known(other)) if one == other => then,
            (test, Bit::Known(true), Bit::Known(false)) => test,
            _ => {
                let (test, both) = (self.set(test), self.both(then, otherwise));
                Bit::Of(self.sets.union(test, both))
            }
        }
    }

    /// Each bit of a sum depends on those below it, too.
    fn carried(&mut self, op: Op, a: NodeId, b: NodeId, width: u32) {
        let zero = |cones: &Self, node| cones.value(node).is_some_and(|value| !value.any());
        let other = match op {
            Op::Add(..) if zero(self, a) => Some(b),
            _ if zero(self, b) => Some(a),
            _ => None,
        };
        let mut below = Sets::EMPTY;
        for at in 0..width {
            let bit = match other {
                Some(other) => self.bit(other, at),
                None => {
                    let both = self.both(self.bit(a, at), self.bit(b, at));
                    below = self.sets.union(below, both);
                    Bit::Of(below)
                }
            };
            self.bits.push(bit);
        }
    }

    fn shifted(&mut self, op: Op, a: NodeId, amount: NodeId, width: u32) {
        let left = match op {
            Op::Shl(..) => Some(true),
            Op::Shr(..) => Some(false),
            _ => None,
        };
        match (left, self.value(amount)) {
            (Some(left), Some(amount)) => {
                let amount = amount.saturated();
                for at in 0..u64::from(width) {
                    let from = if left { at.checked_sub(amount) } else { at.checked_add(amount) };
                    let from = from.filter(|from| *from < u64::from(width));
                    self.bits.push(from.map_or(ZERO, |from| self.bit(a, from as u32)));
                }
            }
            _ => {
                let set = self.union_of([a, amount]);
                self.fill(width, set);
            }
        }
    }

    fn equal(&mut self, a: NodeId, b: NodeId) {
        let mut all = Sets::EMPTY;
        let mut open = false;
        for at in 0..self.netlist.node(a).width {
            match (self.bit(a, at), self.bit(b, at)) {
                (Bit::Known(one), Bit::Known(other)) if one == other => {}
                (Bit::Known(_), Bit::Known(_)) => {
                    self.bits.push(ZERO);
                    return;
                }
                (Bit::Leaf(one), Bit::Leaf(other)) if one == other => {}
                (one, other) => {
                    let both = self.both(one, other);
                    all = self.sets.union(all, both);
                    open = true;
                }
            }
        }
        self.bits.push(if open { Bit::Of(all) } else { Bit::Known(true) });
    }
}

const ZERO: Bit = Bit::Known(false);
