//! The engine: the buffer, the functions, and what changed.

use super::CompileError;
use super::adapt::Adapt;
use super::call::Code;
use super::layout::Layout;
use super::turns::Group;
use super::variants::{Plan, Variants};
use crate::ir::{InputId, NetId, Netlist, Value};
#[cfg(test)]
use crate::optimise::planted;
use crate::optimise::{ALL, Gates, Options, Program, REFUSED};
use std::collections::HashMap;
use std::fmt;

/// The place of an input of at most 64 bits. Valid only for the engine that returned it.
#[derive(Clone, Copy, Debug)]
pub struct InputSlot {
    word: u32,
    mask: u64,
    source: u64,
}

/// The place of an output or watched net. Valid only for the engine that returned it.
#[derive(Clone, Copy, Debug)]
pub struct OutputSlot {
    pub(super) word: u32,
}

/// Outputs of at most 64 bits in consecutive places. Valid only for the engine that returned it.
#[derive(Clone, Copy, Debug)]
pub struct OutputRun {
    first: u32,
}

/// A netlist as machine code.
///
/// A cycle is [`Compiled::set`] or [`Compiled::write`] for the inputs that differ, then
/// [`Compiled::cycle`]. Between [`Compiled::settle`] and [`Compiled::step`] a driver may look at
/// outputs and change inputs again.
pub struct Compiled {
    pub(super) netlist: Netlist,
    pub(super) program: Program,
    pub(super) gates: Gates,
    pub(super) layout: Layout,
    pub(super) variants: Variants,
    adapt: Adapt,
    options: Options,
    pub(super) buffer: Vec<u64>,
    /// Sources that changed since the last edge.
    pub(super) changed: u64,
    /// Edges at which something may have changed, and resets.
    pub(super) edges: u64,
    /// Whether inputs or states changed since watched nets were stored.
    pub(super) stale: bool,
    pub(super) nets: HashMap<NetId, OutputSlot>,
    /// A planted defect for tests: see [`crate::optimise::Plant::Quiescence`].
    #[cfg(test)]
    forgets: bool,
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Compiled").field(&self.netlist.name).field(&self.statistics()).finish()
    }
}

impl Compiled {
    /// Compiles a netlist with all passes; its outputs are watched.
    pub fn new(netlist: &Netlist) -> Result<Self, CompileError> {
        Self::with(netlist, &Options::default())
    }

    /// Compiles a netlist.
    pub fn with(netlist: &Netlist, options: &Options) -> Result<Self, CompileError> {
        super::validate::validate(netlist)
            .map_err(|misfit| CompileError::Unsound { name: netlist.name.clone(), misfit })?;
        let program = crate::optimise::program(netlist, options);
        let gates = Gates::new(&program, netlist.inputs.len(), options);
        let Some(layout) = Layout::new(netlist, &program, &gates) else {
            return Err(CompileError::TooLarge(netlist.name.clone()));
        };
        let plan = Plan { program: &program, gates: &gates, layout: &layout, options };
        let variants = Variants::new(&netlist.name, plan)?;
        let watched = program.watched.iter().zip(&layout.watched);
        let nets = watched.map(|(watched, at)| (watched.net, OutputSlot { word: at / 8 }));
        let mut engine = Self {
            nets: nets.collect(),
            netlist: netlist.clone(),
            buffer: vec![0; layout.bytes as usize / 8 + 2],
            program,
            gates,
            layout,
            variants,
            adapt: Adapt::new(options.common),
            options: options.clone(),
            changed: ALL,
            edges: 0,
            stale: true,
            #[cfg(test)]
            forgets: planted!(options, Quiescence),
        };
        engine.reset();
        Ok(engine)
    }

    /// The state before the first edge, with all inputs 0.
    pub fn reset(&mut self) {
        self.buffer.fill(0);
        for (state, at) in self.program.states.iter().zip(&self.layout.states) {
            put_rows(&mut self.buffer, *at, &state.init, state.rows, self.layout.lane);
        }
        for (table, at) in self.program.tables.iter().zip(&self.layout.tables) {
            put_rows(&mut self.buffer, *at, table, table.len() as u32, self.layout.lane);
        }
        for (memory, at) in self.program.memories.iter().zip(&self.layout.contents) {
            let size = memory.width.div_ceil(64) as usize;
            for (address, value) in &memory.init {
                let word = *at as usize / 8 + size * *address as usize;
                put(&mut self.buffer, word, value);
            }
        }
        self.variants.leave();
        self.changed = ALL;
        self.edges += 1;
        self.stale = true;
    }

    /// A handle to an input of at most 64 bits that is not the clock.
    pub fn input(&self, input: InputId) -> Option<InputSlot> {
        let width = self.netlist.inputs[input.0 as usize].width;
        let mask = u64::MAX.checked_shr(64_u32.checked_sub(width)?)?;
        let word = self.layout.inputs[input.0 as usize] / 8;
        Some(InputSlot { word, mask, source: self.gates.inputs[input.0 as usize] })
    }

    /// A handle to an output or watched net of at most 64 bits.
    pub fn output(&self, net: NetId) -> Option<OutputSlot> {
        let narrow = self.netlist.node(self.netlist.net(net).node).width <= 64;
        self.nets.get(&net).copied().filter(|_| narrow)
    }

    /// A handle to no input: writing changes nothing.
    pub fn no_input(&self) -> InputSlot {
        InputSlot { word: self.spare(), mask: 0, source: 0 }
    }

    /// A handle to no output: it reads as 0.
    pub fn no_output(&self) -> OutputSlot {
        OutputSlot { word: self.spare() }
    }

    /// A word after all others, which stays 0.
    fn spare(&self) -> u32 {
        self.buffer.len() as u32 - 1
    }

    /// These outputs together, if they are consecutive in this order: a netlist's outputs are, in
    /// its own order, unless one of them is wider than 64 bits.
    pub fn run_of(&self, slots: &[OutputSlot]) -> Option<OutputRun> {
        let first = slots.first()?.word;
        let run = slots.iter().zip(first..).all(|(slot, word)| slot.word == word);
        run.then_some(OutputRun { first })
    }

    /// The values of a run, as [`Compiled::read`] gives them one by one; behind them are others.
    #[inline]
    pub fn read_run(&self, run: OutputRun) -> &[u64] {
        &self.buffer[run.first as usize..]
    }

    /// Sets an input to the low bits of a number.
    #[inline]
    pub fn write(&mut self, slot: InputSlot, number: u64) {
        let number = number & slot.mask;
        let place = &mut self.buffer[slot.word as usize];
        if *place != number {
            *place = number;
            self.changed |= slot.source;
            self.stale = true;
        }
    }

    /// The value of an output or watched net at the last [`Compiled::settle`] or
    /// [`Compiled::cycle`].
    #[inline]
    pub fn read(&self, slot: OutputSlot) -> u64 {
        self.buffer[slot.word as usize]
    }

    /// Sets an input.
    pub fn set(&mut self, input: InputId, value: &Value) {
        let width = self.netlist.inputs[input.0 as usize].width;
        let value = value.resize(width);
        let word = self.layout.inputs[input.0 as usize] as usize / 8;
        for at in 0..value.words() {
            if self.buffer[word + at] != value.word(at) {
                self.buffer[word + at] = value.word(at);
                self.changed |= self.gates.inputs[input.0 as usize];
                self.stale = true;
            }
        }
    }

    /// Brings outputs and watched nets up to date.
    pub fn settle(&mut self) {
        if self.stale && self.changed != 0 {
            // Others always take the edge.
            self.search(self.variants.general(), false);
        }
        self.stale = false;
    }

    /// The clock edge.
    pub fn step(&mut self) {
        self.cycle();
    }

    /// Computes outputs and watched nets, then takes the clock edge. Outputs keep the values of
    /// this cycle; registers have those of the next.
    #[inline]
    pub fn cycle(&mut self) {
        if self.changed != 0 {
            let at_once = self.variants.at_once(self.changed);
            let changed = match at_once.map(|code| code.run(&mut self.buffer, true)) {
                None => self.search(0, true),
                Some(changed) if changed & REFUSED != 0 => self.search_on(true),
                Some(changed) => changed,
            };
            self.changed = changed;
            self.edges += 1;
            #[cfg(test)]
            if self.forgets {
                self.changed = 0;
            }
            self.stale = self.changed != 0;
        }
    }

    /// Runs the first function, from this one on, that handles the changes and does not refuse.
    /// Returns what the edge changed.
    #[inline(never)]
    fn search(&mut self, mut from: usize, commit: bool) -> u64 {
        loop {
            let found = self.variants.find(from, self.changed, &mut self.buffer);
            let changed = match found.general && commit && self.adapt.counts() {
                false => found.code.run(&mut self.buffer, commit),
                true => self.counted(found.code, found.before),
            };
            let refused = changed & REFUSED != 0;
            self.variants.note(self.changed, found.at, refused);
            if !refused {
                return changed;
            }
            self.changed |= self.variants.refused();
            from = found.at + 1;
        }
    }

    /// The present function refused: runs a later one.
    #[cold]
    fn search_on(&mut self, commit: bool) -> u64 {
        self.changed |= self.variants.refused();
        let from = self.variants.behind();
        self.search(from, commit)
    }

    /// A cycle that only the general function can execute.
    #[cold]
    fn counted(&mut self, code: Code, before: Group) -> u64 {
        let sources = self.layout.kept[0] as usize / 8;
        self.adapt.count(before, self.changed, &self.buffer[..sources]);
        let changed = code.run(&mut self.buffer, true);
        let Self { program, gates, layout, options, .. } = self;
        let plan = Plan { program, gates, layout, options };
        self.adapt.adapt(&mut self.variants, plan, self.edges);
        changed
    }

    /// Nothing has changed since the last edge: the next cycle is the same as the last one, and
    /// so are all further ones until an input changes.
    #[inline]
    pub fn is_quiescent(&self) -> bool {
        self.changed == 0
    }
}

fn put(buffer: &mut [u64], word: usize, value: &Value) {
    for at in 0..value.words() {
        buffer[word + at] = value.word(at);
    }
}

/// Writes a number (`rows` = 0) or a column.
fn put_rows(buffer: &mut [u64], at: u32, values: &[Value], rows: u32, lane: u32) {
    let first = at as usize / 8;
    if rows == 0 {
        return put(buffer, first, &values[0]);
    }
    for (row, value) in values.iter().enumerate() {
        let bits = if value.width() == 1 { 1 } else { 8 * lane as usize };
        let place = row * bits;
        buffer[first + place / 64] |= value.word(0) << (place % 64);
    }
}
