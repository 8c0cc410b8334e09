//! A counter of two lanes, shown.

use super::*;
use crate::optimise;
use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
struct Lane {
    clock: Signal<In, Clock>,
    step: Signal<In, Bits<8>>,
    sum: Signal<Out, Bits<8>>,
    count: DFF<Bits<8>>,
}

impl Logic for Lane {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count);
        self.count.d.next = self.count.q.val() + self.step.val();
        self.sum.next = self.count.q.val();
    }
}

#[derive(LogicBlock, Default)]
struct Lanes {
    clock: Signal<In, Clock>,
    step: Signal<In, Bits<8>>,
    either: Signal<Out, Bits<8>>,
    lanes: [Lane; 5],
}

impl Logic for Lanes {
    #[hdl_gen]
    fn update(&mut self) {
        self.either.next = bits::<8>(0);
        for i in 0..5 {
            self.lanes[i].clock.next = self.clock.val();
            self.lanes[i].step.next = self.step.val();
            self.either.next = self.either.val() | self.lanes[i].sum.val();
        }
    }
}

fn design() -> crate::Design {
    let mut block = Lanes::default();
    block.connect_all();
    crate::elaborate(&block).expect("a sound design")
}

#[test]
fn a_tree_has_a_line_for_each_array() {
    let lines = tree(&design());
    assert_eq!(
        lines, "Lanes (3 ports)\n  lanes[5]: lanes (3 ports, 1 registers of 8 bits)\n",
        "{lines}"
    );
}

#[test]
fn a_picture_has_a_box_for_each_module_and_an_arrow_for_its_children() {
    let text = dot(&design());
    assert_eq!(text.matches("[label=").count(), 3, "{text}");
    assert!(text.contains("[label=\"Lanes\"]") && text.contains("lanes ×5"), "{text}");
    assert!(text.contains("1 registers, 8 bits"), "{text}");
}

#[test]
fn a_netlist_has_a_line_for_each_node() {
    let flat = design().flatten().expect("a sound netlist");
    let text = netlist(&flat);
    for line in ["netlist Lanes", "clock clock: 1", "input step: 8"] {
        assert!(text.lines().any(|own| own == line), "{line} in {text}");
    }
    let nodes = text.lines().filter(|line| line.starts_with('%')).count();
    assert_eq!(nodes, flat.nodes.len());
    let next = flat.registers[3].next.0;
    let register = format!("register lanes[3].count: 8 := %{next}, at first 0");
    assert!(text.contains(&register), "{register} in {text}");
    assert!(text.contains(" = add %"), "{text}");
}

#[test]
fn passes_are_counted_and_programs_shown() {
    let flat = design().flatten().expect("a sound netlist");
    let options = optimise::Options::default();
    let stages = stages(&flat, &options);
    let passes: Vec<&str> = stages.iter().map(|stage| stage.pass).collect();
    assert_eq!(passes, ["lower", "columns", "guards"]);
    assert_eq!((counts(&flat)["add"], stages[0].operations["add"]), (5, 5));
    assert_eq!((stages[1].operations["add"], stages[1].states), (1, 1), "one column");
    let text = program(&optimise::program(&flat, &options), &flat);
    assert!(text.contains("8 x 5 = add t"), "{text}");
    assert!(text.contains("watch either = t"), "{text}");
}
