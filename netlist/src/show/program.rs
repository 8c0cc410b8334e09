//! A program, the compiled form of a netlist, as text.
//!
//! ```text
//! t4: 45 x 8 = state s2          a column: one value for each of 8 rows
//! t9: 1 x 8 = equal t4 t7
//! t12: 44 = pick t9 t10 t11 highest
//! state s2: 45 x 8 := t20 if t18
//! watch data.hit = t15
//! ```

use crate::ir::{Netlist, Op};
use crate::optimise::{Form, Program, TermId};
use std::fmt::Write as _;

/// The program, one line for each term, state, memory and watched net of its netlist.
pub fn program(program: &Program, netlist: &Netlist) -> String {
    let mut text = format!("program {}\n", netlist.name);
    let mut line = |line: String| writeln!(text, "{line}").expect("a string takes all");
    for (at, term) in program.terms.iter().enumerate() {
        line(format!(
            "t{at}: {} = {}",
            shape(term.width, term.rows),
            form(program, netlist, term.form)
        ));
    }
    for (at, state) in program.states.iter().enumerate() {
        let guard = state.guard.map_or(String::new(), |guard| format!(" if {}", of(guard)));
        let shape = shape(state.width, state.rows);
        line(format!("state s{at}: {shape} := {}{guard}", of(state.next)));
    }
    for (at, memory) in program.memories.iter().enumerate() {
        let read = memory.read_address.map(|read| format!(" := m{at}[{}]", of(read)));
        line(format!("memory m{at}: {}{}", memory.width, read.unwrap_or_default()));
        if let Some([enable, address, data]) = memory.write.map(|ports| ports.map(of)) {
            line(format!("write m{at}[{address}] := {data} if {enable}"));
        }
    }
    for watched in &program.watched {
        line(format!("watch {} = {}", netlist.net(watched.net).path, of(watched.term)));
    }
    text
}

fn of(term: TermId) -> String {
    format!("t{}", term.0)
}

fn shape(width: u32, rows: u32) -> String {
    if rows == 0 { width.to_string() } else { format!("{width} x {rows}") }
}

fn form(program: &Program, netlist: &Netlist, form: Form) -> String {
    let mut text = form.name().to_owned();
    match form {
        Form::Op(Op::Const(at)) => text += &format!(" {:x}", program.constants[at.0 as usize]),
        Form::Op(Op::Input(at)) => text += &format!(" {}", netlist.inputs[at.0 as usize].name),
        Form::Op(Op::Memory(at) | Op::Word(at, _)) => text += &format!(" m{}", at.0),
        Form::State(at) => text += &format!(" s{}", at.0),
        Form::Table(at) => {
            let rows = program.tables[at.0 as usize].iter().map(|row| format!("{row:x}"));
            text += &format!(" [{}]", rows.collect::<Vec<_>>().join(", "));
        }
        _ => {}
    }
    for operand in form.operands() {
        text += &format!(" {}", of(operand));
    }
    match form {
        Form::Op(Op::Slice(_, offset)) => text += &format!(" from {offset}"),
        Form::Row(_, row) => text += &format!(" {row}"),
        Form::Pick { highest, .. } => text += if highest { " highest" } else { " lowest" },
        _ => {}
    }
    text
}
