//! The clock edge: states and memories take their next values.
//!
//! All next values are computed before the first is stored, since they use the old ones. Guarded
//! states are behind one cold branch: for every guard that holds, next values are first computed
//! into shadows, then the shadows are moved into the states. A write to memories is behind a branch
//! of its own, for few cycles write.

use super::{Emitter, Held, words};
use crate::optimise::{ALL, StateId, TermId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, Value, types};
use std::collections::BTreeMap;

/// States that share a guard.
struct Group {
    guard: TermId,
    /// Whether the guard holds in some row; computed before any branch.
    holds: Value,
    states: Vec<StateId>,
}

impl Emitter<'_, '_> {
    /// Ends the function: takes the edge; that for all changes only if `commit` is not 0. Returns the
    /// changed sources.
    pub(super) fn edge(&mut self, commit: Value) {
        if self.special.changed == ALL {
            let (edge, none) = (self.build.create_block(), self.build.create_block());
            self.build.ins().brif(commit, edge, &[], none, &[]);
            self.build.switch_to_block(none);
            let zero = self.words().number(0);
            self.build.ins().return_(&[zero]);
            self.build.switch_to_block(edge);
        }
        let mut free = Vec::new();
        let mut groups: Vec<Group> = Vec::new();
        for id in self.special.states.clone() {
            let state = self.program.state(id);
            match state.guard {
                None => {
                    let next = match (state.rows, state.width) {
                        (0, _) => self.get(state.next),
                        // One bit may be the next value of all rows.
                        (rows, 1) => Held::Mask(self.mask(state.next, rows)),
                        _ => unreachable!("columns of lanes are guarded"),
                    };
                    free.push((id, next));
                }
                Some(guard) => match groups.iter_mut().find(|group| group.guard == guard) {
                    Some(group) => group.states.push(id),
                    None => {
                        let guard_words = self.get_words(guard);
                        let holds = self.words().any(&guard_words);
                        groups.push(Group { guard, holds, states: vec![id] });
                    }
                },
            }
        }
        for at in &self.special.memories {
            let memory = &self.program.memories[*at];
            for port in memory.ports() {
                self.get(port);
            }
        }
        // From here on states change; values read from them are in registers.
        self.branch.clear();
        let changed = self.guarded(&groups);
        let changed = self.unguarded(&free, changed);
        let changed = self.memories(changed);
        self.build.ins().return_(&[changed]);
    }

    /// Both halves of the guarded updates; returns the changed sources.
    fn guarded(&mut self, groups: &[Group]) -> Value {
        let zero = self.words().number(0);
        let Some(mut any) = groups.first().map(|group| group.holds) else { return zero };
        for group in &groups[1..] {
            any = self.build.ins().bor(any, group.holds);
        }
        let (cold, end) = (self.build.create_block(), self.build.create_block());
        let result = self.build.append_block_param(end, types::I64);
        self.build.set_cold_block(cold);
        self.build.ins().brif(any, cold, &[], end, &[BlockArg::Value(zero)]);
        self.build.switch_to_block(cold);
        for group in groups {
            let after = self.enter_branch(group.holds);
            self.compute(group);
            self.leave_branch();
            self.build.ins().jump(after, &[]);
            self.build.switch_to_block(after);
        }
        let mut changed = zero;
        for group in groups {
            let after = self.build.create_block();
            let merged = self.build.append_block_param(after, types::I64);
            let here = self.build.create_block();
            self.build.ins().brif(group.holds, here, &[], after, &[BlockArg::Value(changed)]);
            self.build.switch_to_block(here);
            self.build.set_cold_block(here);
            for state in &group.states {
                let differs = self.move_shadow(*state, group.guard);
                changed = self.mark(changed, differs, self.gates.states[state.0 as usize]);
            }
            self.leave_branch();
            self.build.ins().jump(after, &[BlockArg::Value(changed)]);
            self.build.switch_to_block(after);
            changed = merged;
        }
        self.build.ins().jump(end, &[BlockArg::Value(changed)]);
        self.build.switch_to_block(end);
        result
    }

    /// A block entered if `test`, and the block after it, to which the caller jumps.
    fn enter_branch(&mut self, test: Value) -> Block {
        let (here, after) = (self.build.create_block(), self.build.create_block());
        self.build.set_cold_block(here);
        self.build.set_cold_block(after);
        self.build.ins().brif(test, here, &[], after, &[]);
        self.build.switch_to_block(here);
        after
    }

    /// Computes a group's next values into the shadows.
    fn compute(&mut self, group: &Group) {
        let roots: Vec<TermId> =
            group.states.iter().map(|id| self.program.state(*id).next).collect();
        for term in self.cold_cone(&roots) {
            self.define(term);
        }
        self.flush();
        for id in &group.states {
            let state = self.program.state(*id);
            let shadow = self.layout.shadows[id.0 as usize].expect("guarded states have shadows");
            if self.is_lanes(state.next) {
                self.lanes_to(state.next, shadow);
            } else {
                let next = self.get(state.next);
                self.store_held(&next, shadow);
            }
        }
    }

    /// The terms below these roots that are computed only under a guard, in order.
    fn cold_cone(&self, roots: &[TermId]) -> Vec<TermId> {
        let mut cone = Vec::new();
        let mut open = roots.to_vec();
        while let Some(term) = open.pop() {
            let known = self.special.hot[term.0 as usize] || cone.contains(&term);
            if !known && self.source(term).is_none() {
                cone.push(term);
                open.extend(self.program.term(term).form.operands());
            }
        }
        cone.sort();
        cone
    }

    /// Stores new values of unguarded states.
    fn unguarded(&mut self, free: &[(StateId, Held)], mut changed: Value) -> Value {
        // Those that share a source are compared as one.
        let mut sources: BTreeMap<u64, Vec<Held>> = BTreeMap::new();
        for (id, next) in free {
            let differ = self.exchange(next, self.layout.states[id.0 as usize]);
            sources.entry(self.gates.states[id.0 as usize]).or_default().push(differ);
        }
        for (bit, differ) in sources {
            let differs = self.some(&differ);
            changed = self.mark(changed, differs, bit);
        }
        changed
    }

    /// Stores a number or 1-bit column and returns a bit: whether it differs from the old value.
    pub(super) fn replace(&mut self, next: &Held, at: u32) -> Value {
        let differ = self.exchange(next, at);
        self.some(&[differ])
    }

    /// Stores a number or 1-bit column and returns where it differs from the old value.
    fn exchange(&mut self, next: &Held, at: u32) -> Held {
        let differ = match next {
            Held::Bit(bit) => {
                let old = self.load(types::I8, at);
                Held::Bit(self.build.ins().bxor(old, *bit))
            }
            Held::Words(words) | Held::Mask(words) => {
                let old = self.load_words(at, words.len());
                Held::Words(self.words().zip(&old, words, |ins, a, b| ins.bxor(a, b)))
            }
        };
        self.store_held(next, at);
        differ
    }

    /// A bit: whether one of some values is not 0.
    fn some(&mut self, values: &[Held]) -> Value {
        let (mut bits, mut all) = (None, Vec::new());
        for value in values {
            match value {
                Held::Bit(bit) => {
                    bits = Some(bits.map_or(*bit, |bits| self.build.ins().bor(bits, *bit)));
                }
                Held::Words(words) | Held::Mask(words) => all.extend_from_slice(words),
            }
        }
        match bits {
            Some(bits) if all.is_empty() => bits,
            bits => {
                all.extend(bits.map(|bits| self.words().widen(bits)));
                self.words().any(&all)
            }
        }
    }

    /// Adds a source's bit if it changed.
    fn mark(&mut self, changed: Value, differs: Value, bit: u64) -> Value {
        let wide = self.words().widen(differs);
        let shift = i64::from(bit.trailing_zeros());
        let bit = self.build.ins().ishl_imm_u(wide, shift);
        self.build.ins().bor(changed, bit)
    }

    /// Outputs of memories take the word read; then writes happen.
    fn memories(&mut self, mut changed: Value) -> Value {
        // By source, the bits in which the outputs of its memories differ.
        let mut outputs: BTreeMap<u64, Value> = BTreeMap::new();
        let mut writes: Vec<(TermId, Vec<usize>)> = Vec::new();
        for at in self.special.memories.clone() {
            let memory = &self.program.memories[at];
            if let Some(address) = memory.read_address {
                let differs = self.read(at, address);
                let bit = self.gates.memories[at];
                let all = match outputs.get(&bit) {
                    Some(others) => self.build.ins().bor(*others, differs),
                    None => differs,
                };
                outputs.insert(bit, all);
            }
            if let Some([enable, ..]) = memory.write {
                match writes.iter_mut().find(|(port, _)| *port == enable) {
                    Some((_, group)) => group.push(at),
                    None => writes.push((enable, vec![at])),
                }
            }
        }
        for (bit, differs) in outputs {
            let differs = self.words().any(&[differs]);
            changed = self.mark(changed, differs, bit);
        }
        for (enable, group) in writes {
            changed = self.write(enable, &group, changed);
        }
        changed
    }

    /// The output of a memory takes the word at an address; returns a word: where it differs.
    fn read(&mut self, at: usize, address: TermId) -> Value {
        let (width, output) = (self.program.memories[at].width, self.layout.memories[at]);
        let place = self.word_address(address, words::count(width), self.layout.contents[at]);
        let new = self.words_at(place, words::count(width));
        if width == 1 {
            let bit = self.words().lowest(new[0]);
            let differs = self.replace(&Held::Bit(bit), output);
            return self.words().widen(differs);
        }
        let old = self.load_words(output, new.len());
        let differ = self.words().zip(&old, &new, |ins, a, b| ins.bxor(a, b));
        self.store_held(&Held::Words(new), output);
        differ.into_iter().reduce(|all, one| self.build.ins().bor(all, one)).expect("a word")
    }

    /// Writes to memories with this enable, if it is 1.
    fn write(&mut self, enable: TermId, group: &[usize], mut changed: Value) -> Value {
        let enable = self.get_bit(enable);
        let (here, after) = (self.build.create_block(), self.build.create_block());
        let merged = self.build.append_block_param(after, types::I64);
        self.build.ins().brif(enable, here, &[], after, &[BlockArg::Value(changed)]);
        self.build.switch_to_block(here);
        self.build.set_cold_block(here);
        for at in group {
            let memory = &self.program.memories[*at];
            let [_, address, data] = memory.write.expect("it is written");
            let (size, contents) = (words::count(memory.width), self.layout.contents[*at]);
            let place = self.word_address(address, size, contents);
            let data = self.get_words(data);
            let old = self.words_at(place, data.len());
            for (number, word) in data.iter().enumerate() {
                self.build.ins().store(Self::flags(), *word, place, 8 * number as i32);
            }
            let differ = self.words().zip(&old, &data, |ins, a, b| ins.bxor(a, b));
            let differs = self.words().any(&differ);
            changed = self.mark(changed, differs, self.gates.memories[*at]);
        }
        self.leave_branch();
        self.build.ins().jump(after, &[BlockArg::Value(changed)]);
        self.build.switch_to_block(after);
        merged
    }

    /// The address of a memory's word; the index is below the number of words because of its width.
    pub(super) fn word_address(&mut self, address: TermId, size: usize, contents: u32) -> Value {
        let address = self.get_words(address)[0];
        let step = self.words().number(8 * size as u64);
        let offset = self.build.ins().imul(address, step);
        let place = self.build.ins().iadd(self.base, offset);
        self.build.ins().iadd_imm_u(place, i64::from(contents))
    }

    pub(super) fn words_at(&mut self, place: Value, size: usize) -> Vec<Value> {
        let load =
            |number| self.build.ins().load(types::I64, Self::flags(), place, 8 * number as i32);
        (0..size).map(load).collect()
    }

    /// Moves a guarded state's shadow into the state; returns a bit: whether it differs.
    fn move_shadow(&mut self, id: StateId, guard: TermId) -> Value {
        let state = self.program.state(id);
        let shadow = self.layout.shadows[id.0 as usize].expect("guarded states have shadows");
        if state.rows > 0 && state.width > 1 {
            return self.move_rows(id, guard, shadow);
        }
        let next = self.load_held(state.next, shadow);
        self.replace(&next, self.layout.states[id.0 as usize])
    }

    /// A bit: whether the vector is not zero in some lane.
    pub(super) fn any_lane(&mut self, vector: Value) -> Value {
        let zero = self.build.ins().iconst(types::I8, 0);
        let some = self.build.ins().vany_true(vector);
        self.build.ins().icmp(IntCC::NotEqual, some, zero)
    }
}
