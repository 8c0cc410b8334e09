//! The text itself, for one block with a little of everything.
//!
//! `UPDATE_EXPECT=1` rewrites the files; review the difference.

use crate::base::{clocked, elaborated, present};
use crate::common::run;
use crate::shapes::{Mixed, Ripple};
use netlist::Design;
use netlist::print::{Describe, verilog};
use rust_hdl::prelude::*;
use std::path::Path;

#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
enum Stage {
    Idle,
    Fetch,
    Answer,
}

/// A request.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Ask {
    place: Bits<4>,
    urgent: Bit,
}

/// A lane: keeps the last word addressed to it.
#[derive(LogicBlock, Default)]
struct Lane {
    clock: Signal<In, Clock>,
    write: Signal<In, Bit>,
    word: Signal<In, Bits<12>>,
    held: Signal<Out, Bits<12>>,
    full: Signal<Out, Bit>,
    last: DFF<Bits<12>>,
    valid: DFF<Bit>,
}

impl Logic for Lane {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, last, valid);
        self.held.next = self.last.q.val();
        self.full.next = self.valid.q.val();
        if self.write.val() {
            self.last.d.next = self.word.val();
            self.valid.d.next = true;
        }
    }
}

/// Answers questions from a memory, and keeps the answers in lanes.
#[derive(LogicBlock, Default)]
struct Archive {
    clock: Signal<In, Clock>,
    reset: Signal<In, Bit>,
    ask: Signal<In, Ask>,
    asked: Signal<In, Bit>,
    ready: Signal<Out, Bit>,
    answer: Signal<Out, Bits<12>>,
    answered: Signal<Out, Bit>,
    newest: Signal<Out, Bits<12>>,
    full: Signal<Out, Bit>,
    stage: DFF<Stage>,
    held: DFF<Ask>,
    shelf: RAM<Bits<12>, 4>,
    lanes: [Lane; 4],
    moved: Signal<Local, Bits<12>>,
}

impl Logic for Archive {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, stage, held);
        self.shelf.read_clock.next = self.clock.val();
        self.shelf.write_clock.next = self.clock.val();
        self.shelf.read_address.next = self.held.q.val().place;
        self.shelf.write_address.next = self.held.q.val().place;
        self.moved.next = self.shelf.read_data.val() + bits::<12>(3);
        self.shelf.write_data.next = self.moved.val();
        self.ready.next = self.stage.q.val() == Stage::Idle;
        self.answered.next = false;
        self.answer.next = bits::<12>(0);
        match self.stage.q.val() {
            Stage::Idle => {
                if self.asked.val() {
                    self.held.d.next = self.ask.val();
                    self.stage.d.next = Stage::Fetch;
                }
            }
            Stage::Fetch => {
                self.stage.d.next = Stage::Answer;
                if self.held.q.val().urgent {
                    self.answer.next = self.moved.val();
                }
            }
            Stage::Answer => {
                self.answered.next = true;
                self.answer.next = self.shelf.read_data.val();
                self.stage.d.next = Stage::Idle;
            }
        }
        self.shelf.write_enable.next = self.answered.val();
        self.newest.next = bits::<12>(0xFFF);
        self.full.next = true;
        for i in 0..4 {
            self.lanes[i].clock.next = self.clock.val();
            self.lanes[i].word.next = self.answer.val();
            self.lanes[i].write.next =
                self.answered.val() && (self.held.q.val().place.index() == i);
            if self.lanes[i].full.val() {
                self.newest.next = self.lanes[i].held.val();
            } else {
                self.full.next = false;
            }
        }
        if self.reset.val() {
            self.stage.d.next = Stage::Idle;
        }
    }
}

clocked!(Archive);

pub(crate) fn expect(name: &str, design: &Design, describe: &Describe) {
    let text = verilog(design, name, describe).to_string();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/print/golden/{name}.v"));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &text).expect("the expected text is written");
    }
    let expected = std::fs::read_to_string(&path).expect("an expected text");
    assert!(text == expected, "{name}.v differs; got\n{text}");
}

#[test]
fn an_archive_reads_well() {
    let mut describe = Describe::new();
    describe.set("Archive", "Answers questions from a memory, and keeps the answers in lanes.");
    describe.set("Archive.ask", "place and urgency; taken when asked and ready are high");
    describe.set("Archive.newest", "the answer in the highest full lane");
    let mut design = elaborated(&Archive::default());
    design.modules[design.top.0 as usize].name = "Archive".to_owned();
    expect("archive", &design, &describe);
}

#[test]
fn chains_and_mixed_rows_read_well() {
    expect("ripple", &elaborated(&Ripple::default()), &Describe::new());
    expect("mixed", &elaborated(&Mixed::default()), &Describe::new());
}

#[test]
fn absent_parts_are_not_printed() {
    let design = elaborated(&crate::absent::Absent::default());
    expect("absent", &design, &Describe::new());
    let printed = verilog(&design, "absent", &Describe::new());
    let text = printed.to_string();
    // What the two instances have at different constants is a port; what they have at one is none.
    assert!(text.contains(".inverts(1'b0)") && text.contains(".inverts(1'b1)"), "{text}");
    for absent in ["doubles", "second", "spare", "mixed", "half_result", "sum", "wide "] {
        assert!(!text.contains(absent), "{absent} is printed:\n{text}");
    }
    // What surrounds it can tell which ports it does without.
    let idle = printed.ports.iter().filter(|port| port.idle).map(|port| port.name.as_str());
    assert_eq!(idle.collect::<Vec<_>>(), ["ignored", "carry"]);
    // Registers and the ports of the outermost block stay, whatever reads them.
    for kept in ["last <= value", "input  wire [7:0]  ignored", "assign carry = 8'd0"] {
        assert!(text.contains(kept), "{kept} is not printed:\n{text}");
    }
}

#[test]
pub(crate) fn an_archive_answers() {
    run(Archive::default(), 400, 11, |dice, block| {
        present!(dice, block: asked);
        block.reset.next = dice.roll(20) == 0;
        block.ask.next = Ask { place: dice.roll(6).into(), urgent: dice.roll(2) == 0 };
    });
}
