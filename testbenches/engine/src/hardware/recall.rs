//! Requests that were seen to hit are answered from memory, as long as nothing changed that decides
//! what the hardware answers.
//!
//! Most cycles of a long run contain only hits, of few pages. `netlist::repeat` proves, for the netlist
//! at hand, whatever it is, that such a cycle changes nothing but registers which nothing reads while
//! the MMU is at rest, and which registers and inputs decide its answers. Where the proof succeeds, a
//! hit that is known is not evaluated again. Before anything else is evaluated, the cycles are made up
//! for that wrote those registers last, so that the hardware is in each evaluated cycle in the state in
//! which it would have been. Where there is no proof (say, since a hit changes which line is replaced
//! next), every cycle is evaluated.

use super::pins::{HITS, REQUESTS, RESPONSES};
use crate::simulator::Code;
use crate::{EVENTS, Pin};
use model::isa::{Access, PAGE_BYTES, Translation};
use model::mmu::{PerPort, Port, Request};
use netlist::compile::Rest;
use netlist::ir::{InputId, NetId, RegisterId, Value};
use netlist::repeat::{self, Design, Repeats};
use std::collections::BTreeMap;

/// Cycles of hits before a proof is looked for: short runs go without.
pub(super) const PATIENCE: u32 = 20_000;

/// Proofs that are tried; each begins without the registers that were seen to change.
const ATTEMPTS: u32 = 32;

/// Cycles without rest after which the proof is taken to assume too much.
const RESTLESS: u32 = 100;

/// Cycles that are evaluated between two looks at how many are recalled: to make up for cycles costs
/// more than it spares where few are.
const LOOK: u32 = 1 << 16;

/// Pages that are remembered for each port.
const PAGES: usize = 256;

/// A page that a port has translated.
#[derive(Clone, Copy, Default)]
struct Known {
    /// The address of the page, and how it is accessed.
    page: u64,
    how: u32,
    /// The port's generation then.
    generation: u64,
    /// [`Translation::page`] of the answer.
    answer: u64,
}

/// What is known of hits.
pub(super) struct Recall {
    proof: Option<Proof>,
    /// Registers that may have these values whenever the MMU is at rest.
    candidates: Option<BTreeMap<RegisterId, Value>>,
    attempts: u32,
    /// Cycles of hits until a proof is looked for, and how many there are before each.
    patience: u32,
    patient: u32,
    /// The MMU is known to be at rest.
    rests: bool,
    /// A cycle at rest has changed nothing that follows other registers.
    settled: bool,
    /// What changed since it was looked at.
    changed: u64,
    /// Cycles in a row before which it was not.
    restless: u32,
    known: PerPort<Box<[Known; PAGES]>>,
    generations: PerPort<u64>,
    /// The last cycles that were not evaluated, for each set of ports, and the order in which they are
    /// to be made up for.
    owed: [PerPort<Option<Request>>; SETS],
    order: [u8; SETS],
    owes: usize,
    /// Cycles that were not evaluated.
    recalled: u64,
    /// Cycles with requests that were evaluated since the last look, and those recalled until then.
    evaluated: u32,
    before: u64,
}

/// Sets of ports.
const SETS: usize = 4;

struct Proof {
    rest: Rest,
    /// Whether a cycle of a set of ports writes all that one of another set writes.
    covers: [[bool; SETS]; SETS],
    proven: Repeats,
}

impl Recall {
    pub(super) fn new(hits: Option<u32>) -> Self {
        let patience = hits.unwrap_or(0).max(1);
        Self {
            proof: None,
            candidates: None,
            attempts: if hits.is_some() { 0 } else { ATTEMPTS },
            patience,
            patient: patience,
            rests: false,
            settled: false,
            changed: u64::MAX,
            restless: 0,
            known: PerPort::from_fn(|_| Box::new([Known::default(); PAGES])),
            generations: PerPort([1; 2]),
            owed: [PerPort::default(); SETS],
            order: [0; SETS],
            owes: 0,
            recalled: 0,
            evaluated: 0,
            before: 0,
        }
    }

    /// Nothing is known any more: the state is another one.
    pub(super) fn forget(&mut self) {
        self.owes = 0;
        self.inputs_changed();
    }

    /// After a cycle in which anything may have happened.
    #[inline]
    pub(super) fn disturbed(&mut self, code: Option<Code<'_>>) {
        (self.rests, self.settled) = (false, false);
        self.changed |= code.map_or(u64::MAX, |code| code.engine.changed());
    }

    /// Inputs changed besides requests.
    pub(super) fn inputs_changed(&mut self) {
        (self.rests, self.settled, self.changed) = (false, false, u64::MAX);
        for generation in &mut self.generations.0 {
            *generation += 1;
        }
    }

    /// The answers to requests, if all of them are known; the cycle is owed then.
    #[inline(always)]
    pub(super) fn look(
        &mut self,
        requests: &PerPort<Option<Request>>,
    ) -> Option<PerPort<Translation>> {
        let proof = self.proof.as_ref()?;
        if !self.rests || !self.settled {
            return None;
        }
        let mut answers = PerPort::default();
        let mut set = 0;
        for port in [Port::Fetch, Port::Data] {
            if let Some(request) = &requests[port] {
                let (place, page, how) = key(request);
                let known = &self.known[port][place];
                let same = known.page == page && known.how == how;
                if !same || known.generation != self.generations[port] {
                    return None;
                }
                answers[port] = Translation::at(known.answer, request.va);
                set |= 1 << port as usize;
            }
        }
        if set == 0 {
            return None;
        }
        self.recalled += 1;
        self.owed[set] = *requests;
        if self.owes == 0 || usize::from(self.order[self.owes - 1]) != set {
            let covered = &proof.covers[set];
            let mut kept = 0;
            for at in 0..self.owes {
                let other = self.order[at];
                if !covered[usize::from(other)] {
                    self.order[kept] = other;
                    kept += 1;
                }
            }
            self.order[kept] = set as u8;
            self.owes = kept + 1;
        }
        Some(answers)
    }

    /// Cycles that were not evaluated.
    pub(super) fn recalled(&self) -> u64 {
        self.recalled
    }

    /// Whether cycles are owed.
    #[inline(always)]
    pub(super) fn owes(&self) -> bool {
        self.owes > 0
    }

    /// The first cycle that is owed.
    pub(super) fn pay(&mut self) -> Option<PerPort<Option<Request>>> {
        let first = *self.order[..self.owes].first()?;
        self.order.copy_within(1..self.owes, 0);
        self.owes -= 1;
        Some(self.owed[usize::from(first)])
    }

    /// Before a cycle with requests is evaluated: whether the MMU is at rest.
    #[inline(always)]
    pub(super) fn begin(&mut self, code: Option<Code<'_>>) -> bool {
        if !self.rests
            && self.proof.is_some()
            && let Some(code) = code
        {
            self.come_to_rest(code);
        }
        self.rests
    }

    /// Looks whether the MMU is at rest again.
    #[inline(never)]
    fn come_to_rest(&mut self, code: Code<'_>) {
        let Some(proof) = &mut self.proof else { return };
        self.rests = code.engine.is_at_rest(&proof.rest);
        self.restless = if self.rests { 0 } else { self.restless + 1 };
        if self.rests {
            self.compare(code);
            self.settled = false;
        } else if self.restless == RESTLESS {
            self.revise(code);
        }
    }

    /// Looks what is another than before.
    fn compare(&mut self, code: Code<'_>) {
        let Some(proof) = &mut self.proof else { return };
        let changed = std::mem::take(&mut self.changed);
        for port in [Port::Fetch, Port::Data] {
            let same = code.engine.decides_as_before(&mut proof.rest, port as usize, changed);
            self.generations[port] += u64::from(!same);
        }
        self.settled = code.engine.follows_as_before(&mut proof.rest, changed);
    }

    /// After a cycle was evaluated in which nothing but requests may have changed: its answers, if it
    /// contained only hits, and whether the MMU was at rest before.
    #[inline(always)]
    pub(super) fn end(
        &mut self,
        code: Option<Code<'_>>,
        requests: &PerPort<Option<Request>>,
        answers: Option<&PerPort<Translation>>,
        rested: bool,
    ) {
        let Some(code) = code else { return };
        if !rested {
            self.changed |= code.engine.changed();
        }
        if rested && let Some(proof) = &self.proof {
            self.settled = true;
            if proof.rest.concerns(code.engine.changed()) {
                self.changed |= code.engine.changed();
                self.rests = code.engine.is_at_rest(&proof.rest);
                self.compare(code);
            }
        }
        let Some(answers) = answers else { return };
        if rested {
            self.evaluated += 1;
            if self.evaluated == LOOK {
                self.look_back();
            }
            if !self.rests || !self.settled {
                return;
            }
            for port in [Port::Fetch, Port::Data] {
                if let Some(request) = &requests[port] {
                    let (place, page, how) = key(request);
                    let (generation, answer) = (self.generations[port], answers[port].page());
                    self.known[port][place] = Known { page, how, generation, answer };
                }
            }
        } else if self.proof.is_none() && self.attempts < ATTEMPTS {
            self.wait(code);
        }
    }

    #[inline]
    fn wait(&mut self, code: Code<'_>) {
        self.patience -= 1;
        if self.patience == self.patient / 2 && self.candidates.is_none() {
            self.candidates = Some(candidates(code));
        }
        if self.patience == 0 {
            self.prove(code);
        }
    }

    /// Gives up if too few cycles were recalled.
    #[cold]
    fn look_back(&mut self) {
        if self.recalled - self.before < u64::from(LOOK) {
            (self.proof, self.attempts) = (None, ATTEMPTS);
        }
        (self.evaluated, self.before) = (0, self.recalled);
    }

    /// Looks for a proof.
    #[cold]
    fn prove(&mut self, code: Code<'_>) {
        self.attempts += 1;
        let mut candidates = self.candidates.take().unwrap_or_else(|| candidates(code));
        candidates.retain(|register, value| code.engine.register(*register) == *value);
        if let Some(design) = design(code) {
            self.proof =
                design.repeats(&candidates).ok().and_then(|it| Proof::new(code, &design, it));
        }
        match self.proof {
            Some(_) => self.candidates = Some(candidates),
            // It was not at rest, or there is none: later once more, with what is at rest then.
            None => self.patient = self.patient.saturating_mul(2),
        }
        self.patience = self.patient;
        self.inputs_changed();
    }

    /// The MMU is not at rest, though it looks calm: the proof assumed too much, or it is not calm yet.
    #[cold]
    fn revise(&mut self, code: Code<'_>) {
        let Some(proof) = &self.proof else { return };
        let rests = proof.proven.rests.iter();
        let left = rests.filter(|(register, value)| code.engine.register(**register) != **value);
        let left: Vec<RegisterId> = left.map(|(register, _)| *register).collect();
        if let Some(candidates) = &mut self.candidates {
            candidates.retain(|register, _| !left.contains(register));
        }
        (self.proof, self.restless) = (None, 0);
        self.patience = self.patient;
    }
}

impl Proof {
    fn new(code: Code<'_>, design: &Design<'_>, proven: Repeats) -> Option<Self> {
        let rest = code.engine.rest(&design.fixed, &proven)?;
        let covers = |one: usize, other: usize| {
            one & other == other && proven.moves[one].is_superset(&proven.moves[other])
        };
        let covers = std::array::from_fn(|one| std::array::from_fn(|other| covers(one, other)));
        Some(Self { rest, covers, proven })
    }
}

/// Where a page is remembered, its address, and how it is accessed.
#[inline(always)]
fn key(request: &Request) -> (usize, u64, u32) {
    let Request { va, access, bytes, context } = *request;
    let page = va / PAGE_BYTES;
    let how = u32::from(bytes) << 8
        | (context.privilege as u32) << 4
        | u32::from(context.sum) << 3
        | u32::from(context.mxr) << 2
        | match access {
            Access::Fetch => 0,
            Access::Load => 1,
            Access::Store => 2,
            Access::CacheBlock => 3,
        };
    let mixed = page ^ page >> 8 ^ u64::from(access == Access::Store) << 7;
    (mixed as usize % PAGES, page, how)
}

/// The values of registers that are none of many alike, as those of lines are.
fn candidates(code: Code<'_>) -> BTreeMap<RegisterId, Value> {
    let many = code.netlist.arrays.iter().filter(|array| array.rows > FEW);
    let many: Vec<String> = many.map(|array| format!("{}[", array.path)).collect();
    let registers = code.netlist.registers.iter().enumerate();
    let single = registers
        .filter(|(_, register)| !many.iter().any(|array| register.path.starts_with(array)));
    let single = single.map(|(at, _)| RegisterId(at as u32));
    single.map(|register| (register, code.engine.register(register))).collect()
}

/// Blocks that are alike, such as walkers, that are not lines.
const FEW: u32 = 2;

/// The ports of an MMU, and what is fixed while nothing but requests is presented to it.
fn design(code: Code<'_>) -> Option<Design<'_>> {
    let input = |pin: Pin| code.inputs[pin as usize];
    let output = |pin: Pin| code.outputs[pin as usize];
    let mut fixed = BTreeMap::new();
    let zeros = [
        Pin::Reset,
        Pin::MemRespValid,
        Pin::FenceValid,
        Pin::PmpWriteValid,
        Pin::FaultReady,
        Pin::L2Inject,
    ];
    for (pin, value) in zeros.map(|pin| (pin, 0)).into_iter().chain([(Pin::MemReqReady, 1)]) {
        if let Some(input) = input(pin) {
            let width = code.netlist.inputs[input.0 as usize].width;
            fixed.insert(input, Value::new(width, value));
        }
    }
    let mut ports = Vec::new();
    for port in [Port::Fetch, Port::Data] {
        let (asks, answers) = (&REQUESTS[port], &RESPONSES[port]);
        let others = [asks.privilege, asks.size].into_iter().chain(asks.data.into_iter().flatten());
        let inputs: Vec<InputId> = others.filter_map(input).collect();
        let passes = [(HITS[port], 1), (answers.valid, 1), (answers.ready, 1), (answers.fault, 0)];
        let passes: Option<Vec<(NetId, u64)>> =
            passes.iter().map(|(pin, value)| Some((output(*pin)?, *value))).collect();
        let rest = [answers.size, answers.pbmt, answers.pma].into_iter().filter_map(output);
        ports.push(repeat::Port {
            valid: input(asks.valid)?,
            address: input(asks.va)?,
            inputs,
            passes: passes?,
            translated: output(answers.pa)?,
            answers: rest.collect(),
        });
    }
    let events = EVENTS.iter().filter(|event| !HITS.values().any(|hit| hit == *event));
    let quiet = [Pin::MemReqValid, Pin::FaultValid, Pin::Busy].iter().chain(events);
    let quiet = quiet.filter_map(|pin| output(*pin)).collect();
    let low = PAGE_BYTES.trailing_zeros();
    Some(Design { netlist: code.netlist, ports, fixed, quiet, low })
}
