//! Cycles that need not be evaluated again.
//!
//! A design answers requests on ports. In a cycle in which each request is answered at once, in the
//! words of this module *passes*, its state stays as it is but for registers that nothing reads while
//! the design is at rest, such as copies of the request. A request that has passed once gets the same
//! answer again, as long as no register changes on which the answer depends. [`Design::repeats`]
//! proves this for a netlist, or says why it does not hold, and tells the registers.
//!
//! What is proven, by the cones of [`crate::cone`], for a design *at rest*, that is while
//! [`Repeats::rests`] and [`Repeats::copies`] hold and the inputs in [`Design::fixed`] have their
//! values:
//!
//! 1. Whether a request passes ([`Port::passes`]), and its answer, depend on nothing but the port's
//!    own inputs and [`Repeats::decides`]. Low bits of its address only appear in the answer, in their
//!    places.
//! 2. In a cycle in which all requests pass, every register and memory stays as it is except for
//!    [`Repeats::moves`], and outputs are quiet.
//!    The registers in [`Repeats::follows`] stay, too, if they did in the cycle at rest before.
//! 3. What these take depends on inputs and registers that stay. So they have the values of the last
//!    cycles that wrote them: if one set of ports is part of a second one and writes no others, a
//!    cycle of the second covers those of the first before it.

use crate::cone::{Assumed, Cones, Copy, Source};
use crate::ir::{InputId, MemoryId, NetId, Netlist, NodeId, Op, Register, RegisterId, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A port on which requests are answered in their own cycle.
#[derive(Clone, Debug)]
pub struct Port {
    /// One bit: there is a request.
    pub valid: InputId,
    /// Its address.
    pub address: InputId,
    /// Its other inputs.
    pub inputs: Vec<InputId>,
    /// The outputs that tell that it passes, with the values that they have then.
    pub passes: Vec<(NetId, u64)>,
    /// The answer that contains the low bits of the address.
    pub translated: NetId,
    /// The rest of the answer.
    pub answers: Vec<NetId>,
}

/// A design and its ports.
#[derive(Clone, Debug)]
pub struct Design<'a> {
    /// Its netlist.
    pub netlist: &'a Netlist,
    /// Its ports; few, for every set of them is looked at.
    pub ports: Vec<Port>,
    /// Other inputs that have these values at rest.
    pub fixed: BTreeMap<InputId, Value>,
    /// Outputs that are 0 in a cycle in which all requests pass.
    pub quiet: Vec<NetId>,
    /// Low bits of an address that only appear in the answer.
    pub low: u32,
}

/// What was proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeats {
    /// Registers that have these values at rest.
    pub rests: BTreeMap<RegisterId, Value>,
    /// Registers that are copies of inputs.
    pub copies: BTreeMap<RegisterId, Vec<Copy>>,
    /// Registers, memories and inputs that decide what is answered, for each port.
    pub decides: Vec<BTreeSet<Source>>,
    /// Registers that take a function of these sources in every cycle at rest. Once such a cycle has
    /// left all of them as they were, they stay, as long as no source changes.
    pub follows: BTreeMap<RegisterId, BTreeSet<Source>>,
    /// What changes in a cycle with requests on a set of ports, one bit each; nothing without any.
    pub moves: Vec<BTreeSet<Source>>,
}

/// Why cycles do not repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// An output is not quiet.
    Loud(NetId),
    /// A register changes that matters, or by itself.
    Moves(RegisterId),
    /// A memory is written.
    Written(MemoryId),
    /// An output depends on what moves, on another port, or on the low bits of the address.
    Depends(NetId, Source),
}

impl Design<'_> {
    /// Proves that cycles repeat, beginning with the assumption that some registers have these values
    /// at rest; those that do not keep them are left out.
    ///
    /// # Errors
    /// What keeps the proof from being found.
    pub fn repeats(&self, at_rest: &BTreeMap<RegisterId, Value>) -> Result<Repeats, Obstacle> {
        let mut assumed = Assumed {
            inputs: self.fixed.clone(),
            registers: at_rest.clone(),
            low: self.ports.iter().map(|port| (port.address, self.low)).collect(),
            ..Assumed::default()
        };
        assumed.copies = self.followers(&assumed);
        loop {
            let cases = 1..1_usize << self.ports.len();
            let cases =
                cases.map(|case| self.case(case, &assumed)).collect::<Result<Vec<_>, _>>()?;
            let moving: BTreeSet<RegisterId> =
                cases.iter().flat_map(|case| case.moves.keys().copied()).collect();
            let before = (assumed.registers.len(), assumed.copies.len());
            assumed.registers.retain(|register, _| !moving.contains(register));
            assumed.copies.retain(|register, _| !moving.contains(register));
            if (assumed.registers.len(), assumed.copies.len()) == before {
                return self.judge(&assumed, &cases, &moving);
            }
        }
    }

    /// Registers that take nothing but the bits of an input, in some cycles or in all: while it stays
    /// as it is, they are equal to it.
    fn followers(&self, assumed: &Assumed) -> BTreeMap<RegisterId, Vec<Copy>> {
        let own: BTreeSet<InputId> = self.ports.iter().flat_map(Port::all_inputs).collect();
        let cones = Cones::new(self.netlist, assumed);
        let registers = self.netlist.registers.iter().enumerate();
        let registers = registers.map(|(at, register)| (RegisterId(at as u32), register));
        let follower = |(id, register): (RegisterId, &Register)| {
            let mut found: Option<Vec<Copy>> = None;
            let mut open = vec![register.next];
            while let Some(node) = open.pop() {
                match self.netlist.node(node).op {
                    Op::Mux(test, then, otherwise) => match cones.known(test, 0) {
                        Some(true) => open.push(then),
                        Some(false) => open.push(otherwise),
                        None => open.extend([then, otherwise]),
                    },
                    Op::Register(at) if at == id => {}
                    _ => {
                        let copy = cones.copy(node)?;
                        if found.as_ref().is_some_and(|found| *found != copy) {
                            return None;
                        }
                        found = Some(copy);
                    }
                }
            }
            let found = found?;
            found.iter().all(|copy| !own.contains(&copy.input)).then_some((id, found))
        };
        let free = registers.filter(|(id, _)| !assumed.registers.contains_key(id));
        free.filter_map(follower).collect()
    }

    /// A cycle with requests on a set of ports that all pass.
    fn case(&self, set: usize, assumed: &Assumed) -> Result<Case, Obstacle> {
        let mut assumed = assumed.clone();
        for (at, port) in self.ports.iter().enumerate() {
            let present = set >> at & 1 == 1;
            assumed.inputs.insert(port.valid, Value::bit_of(present));
            if present {
                assumed.nodes.extend(self.passing(port));
            }
        }
        let mut cones = Cones::new(self.netlist, &assumed);
        for &net in &self.quiet {
            if cones.value(self.node(net)).is_none_or(|value| value.any()) {
                return Err(Obstacle::Loud(net));
            }
        }
        for (at, memory) in self.netlist.memories.iter().enumerate() {
            let written = memory.write.map(|write| cones.value(write.enable));
            if written.is_some_and(|enable| enable.is_none_or(|enable| enable.any())) {
                return Err(Obstacle::Written(MemoryId(at as u32)));
            }
        }
        let mut moves = BTreeMap::new();
        for (at, register) in self.netlist.registers.iter().enumerate() {
            let id = RegisterId(at as u32);
            let held = (0..register.width).filter(|bit| cones.is_held(id, register.next, *bit));
            let held: BTreeSet<u32> = held.collect();
            if held.len() < register.width as usize {
                let sources = cones.sources(register.next, |bit, _| !held.contains(&bit));
                moves.insert(id, sources);
            }
        }
        let mut addresses = BTreeMap::new();
        for (at, memory) in self.netlist.memories.iter().enumerate() {
            if let Some(read) = memory.read {
                addresses.insert(MemoryId(at as u32), cones.sources(read.address, |_, _| true));
            }
        }
        Ok(Case { moves, addresses })
    }

    /// Whether what moves is without effect.
    fn judge(
        &self,
        assumed: &Assumed,
        cases: &[Case],
        moving: &BTreeSet<RegisterId>,
    ) -> Result<Repeats, Obstacle> {
        let follows = self.following(assumed, moving);
        let moving: BTreeSet<Source> = (moving.iter())
            .filter(|register| !follows.contains_key(register))
            .map(|register| Source::Register(*register))
            .chain(cases.iter().flat_map(|case| case.addresses.keys().copied().map(Source::Output)))
            .collect();
        let mut decides = Vec::new();
        for port in &self.ports {
            let foreign: BTreeSet<InputId> = (self.ports.iter())
                .filter(|other| other.valid != port.valid)
                .flat_map(|other| other.all_inputs())
                .collect();
            let mut all = BTreeSet::new();
            let mut add = |net: NetId, sources: Vec<Source>| {
                for source in sources {
                    let input = |input| foreign.contains(&input);
                    let wrong = match source {
                        Source::Low(_) => true,
                        Source::Input(at) => input(at),
                        other => moving.contains(&other),
                    };
                    if wrong {
                        return Err(Obstacle::Depends(net, source));
                    }
                    all.insert(source);
                }
                Ok(())
            };
            let mut cones = Cones::new(self.netlist, assumed);
            for (net, _) in &port.passes {
                add(*net, cones.sources(self.node(*net), |_, _| true))?;
            }
            let nodes = self.passing(port).collect();
            let passes = Assumed { nodes, ..assumed.clone() };
            let mut cones = Cones::new(self.netlist, &passes);
            for net in &port.answers {
                add(*net, cones.sources(self.node(*net), |_, _| true))?;
            }
            let (net, low) = (port.translated, self.low);
            let own = |bit, leaf: Option<crate::cone::Leaf>| {
                let wanted = crate::cone::Leaf { of: Source::Input(port.address), bit };
                bit >= low || leaf != Some(wanted)
            };
            add(net, cones.sources(self.node(net), own))?;
            let own: BTreeSet<InputId> = port.all_inputs().collect();
            all.retain(|source| !matches!(source, Source::Input(input) if own.contains(input)));
            decides.push(all);
        }
        // What moves is a function of what stays.
        for (at, case) in cases.iter().enumerate() {
            let absent =
                self.ports.iter().enumerate().filter(|(port, _)| (at + 1) >> port & 1 == 0);
            let absent: BTreeSet<InputId> =
                absent.flat_map(|(_, port)| port.all_inputs()).collect();
            for (register, sources) in &case.moves {
                let own = !follows.contains_key(register);
                if own && sources.iter().any(|source| moving.contains(source)) {
                    return Err(Obstacle::Moves(*register));
                }
                // Of a port without a request there is what was asked last: a register may take it only
                // if it does so in every cycle, for then the last one counts.
                let stale = |source: &Source| match source {
                    Source::Low(input) | Source::Input(input) => absent.contains(input),
                    _ => false,
                };
                let always = cases.iter().all(|case| case.moves.contains_key(register));
                if own && !always && sources.iter().any(stale) {
                    return Err(Obstacle::Moves(*register));
                }
            }
            for (memory, sources) in &case.addresses {
                if sources.iter().any(|source| moving.contains(source)) {
                    return Err(Obstacle::Written(*memory));
                }
            }
        }
        let moved = cases.iter().map(|case| {
            let registers = case.moves.keys().map(|register| Source::Register(*register));
            registers.chain(case.addresses.keys().map(|memory| Source::Output(*memory)))
        });
        let moves = moved.map(|case| case.filter(|source| moving.contains(source)).collect());
        Ok(Repeats {
            rests: assumed.registers.clone(),
            copies: assumed.copies.clone(),
            decides,
            follows,
            moves: std::iter::once(BTreeSet::new()).chain(moves).collect(),
        })
    }

    /// Of registers that may take another value, those that do so whatever is asked, as a function of
    /// what stays and of each other.
    fn following(
        &self,
        assumed: &Assumed,
        moving: &BTreeSet<RegisterId>,
    ) -> BTreeMap<RegisterId, BTreeSet<Source>> {
        let own: BTreeSet<InputId> = self.ports.iter().flat_map(Port::all_inputs).collect();
        let mut cones = Cones::new(self.netlist, assumed);
        let mut follows = BTreeMap::new();
        for register in moving {
            let next = self.netlist.registers[register.0 as usize].next;
            let sources: BTreeSet<Source> = cones.sources(next, |_, _| true).into_iter().collect();
            let asked = |source: &Source| match source {
                Source::Low(_) => true,
                Source::Input(input) => own.contains(input),
                _ => false,
            };
            if !sources.iter().any(asked) {
                follows.insert(*register, sources);
            }
        }
        loop {
            let stays = |source: &Source| match source {
                Source::Register(at) => !moving.contains(at) || follows.contains_key(at),
                Source::Output(_) => false,
                _ => true,
            };
            let left: Vec<RegisterId> = (follows.iter())
                .filter(|(_, sources)| !sources.iter().all(stays))
                .map(|(register, _)| *register)
                .collect();
            if left.is_empty() {
                return follows;
            }
            for register in left {
                follows.remove(&register);
            }
        }
    }

    fn node(&self, net: NetId) -> NodeId {
        self.netlist.net(net).node
    }

    /// The values of nodes that tell that a request passes.
    fn passing(&self, port: &Port) -> impl Iterator<Item = (NodeId, Value)> {
        let value = |(net, value): &(NetId, u64)| {
            let node = self.netlist.net(*net).node;
            (node, Value::new(self.netlist.node(node).width, *value))
        };
        port.passes.iter().map(value).collect::<Vec<_>>().into_iter()
    }
}

impl Port {
    fn all_inputs(&self) -> impl Iterator<Item = InputId> {
        [self.valid, self.address].into_iter().chain(self.inputs.iter().copied())
    }
}

/// What happens in a cycle with requests on a certain set of ports.
struct Case {
    /// Registers that may take another value, and what the bits depend on that are not those that they
    /// have.
    moves: BTreeMap<RegisterId, Vec<Source>>,
    /// What the addresses of memories' read ports depend on.
    addresses: BTreeMap<MemoryId, Vec<Source>>,
}

impl Cones<'_> {
    /// Whether a bit of a register's next value is that of the present one.
    fn is_held(&self, register: RegisterId, next: NodeId, bit: u32) -> bool {
        let present = self.source(Source::Register(register), bit);
        // Not a function: two with the same sources may differ.
        let told = self.leaf(next, bit).is_some() || self.known(next, bit).is_some();
        told && present == self.bits(next)[bit as usize]
    }

    /// The bits of inputs that a node consists of, if it is made of nothing else.
    fn copy(&self, node: NodeId) -> Option<Vec<Copy>> {
        let mut all: Vec<Copy> = Vec::new();
        for at in 0..self.bits(node).len() as u32 {
            let leaf = self.leaf(node, at)?;
            let Source::Input(input) = leaf.of else { return None };
            match all.last_mut() {
                Some(last) if last.input == input && last.from + last.bits == leaf.bit => {
                    last.bits += 1;
                }
                _ => all.push(Copy { at, bits: 1, input, from: leaf.bit }),
            }
        }
        Some(all)
    }
}

#[cfg(test)]
mod tests;
