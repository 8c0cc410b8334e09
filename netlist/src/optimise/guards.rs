//! Guarded updates: registers that keep their value unless something happens.
//!
//! Proves: the next value of a register is a tree of muxes, some of whose leaves are the register
//! itself. The *guard* is the condition under which another leaf is reached; otherwise the register
//! keeps its value, so computing and storing the rest may be done in a branch. Registers with equal
//! guards share a branch, and all of these are inside one that is taken if any guard holds. Gives:
//! a row that is not written costs nothing.

use super::program::{Form, Program, State, TermId};
use super::{Options, planted};
use crate::ir::{Op, Pass, Value};

/// The condition under which a value is not the register's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Enable {
    Never,
    Always,
    When(TermId),
}

/// Deeper trees of muxes count as always written.
const DEPTH: u32 = 16;

/// The pass.
pub(super) struct Guards<'a> {
    pub(super) options: &'a Options,
}

impl Pass<Program> for Guards<'_> {
    fn name(&self) -> &'static str {
        "guards"
    }

    fn apply(&self, program: &Program) -> Program {
        let mut program = program.clone();
        guard(&mut program, self.options);
        program
    }
}

/// The pass that follows: columns of lanes are always updated in two steps, as guarded ones are, so
/// those without a guard get one that always holds.
pub(super) struct GuardLanes;

impl Pass<Program> for GuardLanes {
    fn name(&self) -> &'static str {
        "guard lanes"
    }

    fn apply(&self, program: &Program) -> Program {
        let mut program = program.clone();
        guard_lanes(&mut program);
        program
    }
}

/// Finds the guards of all states.
fn guard(program: &mut Program, options: &Options) {
    for at in 0..program.states.len() {
        let state = program.states[at].clone();
        let Some(own) = state.term else { continue };
        // Single bits cost less than a branch.
        if state.width == 1 {
            continue;
        }
        if let Some((guard, next)) = find(program, &state, own) {
            let guard = if planted!(options, Guards) { not(program, guard) } else { guard };
            program.states[at].guard = Some(guard);
            program.states[at].next = next;
        }
    }
}

fn guard_lanes(program: &mut Program) {
    for at in 0..program.states.len() {
        let state = &program.states[at];
        if state.rows > 0 && state.width > 1 && state.guard.is_none() {
            let always = program.constant_term(&Value::bit_of(true));
            program.states[at].guard = Some(always);
        }
    }
}

/// The guard of a state, and its next value when the guard holds.
fn find(program: &mut Program, state: &State, own: TermId) -> Option<(TermId, TermId)> {
    // Outer muxes whose other branch is the register itself are not needed in the value.
    let (mut next, mut tests) = (state.next, Vec::new());
    while let Form::Op(Op::Mux(test, then, otherwise)) = program.term(next).form {
        if otherwise == own {
            tests.push(test);
            next = then;
        } else if then == own {
            tests.push(not(program, test));
            next = otherwise;
        } else {
            break;
        }
    }
    if next == own {
        return None;
    }
    match enable(program, next, own, DEPTH) {
        Enable::When(test) => tests.push(test),
        Enable::Always if tests.is_empty() => return None,
        Enable::Always | Enable::Never => {}
    }
    let guard = tests.into_iter().reduce(|all, test| both(program, all, test))?;
    Some((guard, next))
}

fn enable(program: &mut Program, value: TermId, own: TermId, depth: u32) -> Enable {
    use Enable::{Always, Never, When};
    if value == own {
        return Never;
    }
    let Form::Op(Op::Mux(test, then, otherwise)) = program.term(value).form else { return Always };
    if depth == 0 {
        return Always;
    }
    let yes = enable(program, then, own, depth - 1);
    let no = enable(program, otherwise, own, depth - 1);
    match (yes, no) {
        (yes, no) if yes == no => yes,
        (Always, Never) => When(test),
        (Never, Always) => When(not(program, test)),
        (When(yes), Never) => When(both(program, test, yes)),
        (Always, When(no)) => When(either(program, test, no)),
        (Never, When(no)) => {
            let test = not(program, test);
            When(both(program, test, no))
        }
        (When(yes), Always) => {
            let test = not(program, test);
            When(either(program, test, yes))
        }
        (When(yes), When(no)) => {
            let rows = rows(program, &[test, yes, no]);
            When(program.add(Form::Op(Op::Mux(test, yes, no)), 1, rows))
        }
        (Always, Always) | (Never, Never) => yes,
    }
}

fn rows(program: &Program, terms: &[TermId]) -> u32 {
    terms.iter().map(|term| program.term(*term).rows).max().unwrap_or(0)
}

fn not(program: &mut Program, a: TermId) -> TermId {
    if let Form::Op(Op::Not(inner)) = program.term(a).form {
        return inner;
    }
    let rows = rows(program, &[a]);
    program.add(Form::Op(Op::Not(a)), 1, rows)
}

fn both(program: &mut Program, a: TermId, b: TermId) -> TermId {
    let rows = rows(program, &[a, b]);
    program.add(Form::Op(Op::And(a, b)), 1, rows)
}

fn either(program: &mut Program, a: TermId, b: TermId) -> TermId {
    let rows = rows(program, &[a, b]);
    program.add(Form::Op(Op::Or(a, b)), 1, rows)
}
