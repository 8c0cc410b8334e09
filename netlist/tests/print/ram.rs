//! Memories as synthesis tools see them: block RAM where they are large, distributed RAM where
//! they are small, and the same words as in rust-hdl.

use crate::base::{Dice, clocked, elaborated, present};
use crate::replay::{Replay, replay, tool};
use hdl::DistributedRam;
use netlist::Design;
use netlist::print::{Describe, verilog};
use rust_hdl::prelude::*;

/// A set-associative store, as in a second-level TLB: two ways of 512 sets in parallel, read in one
/// cycle and compared in the next, and a small memory of the way used last.
#[derive(LogicBlock, Default)]
struct Ways {
    clock: Signal<In, Clock>,
    set: Signal<In, Bits<9>>,
    tag: Signal<In, Bits<12>>,
    write: Signal<In, Bit>,
    write_set: Signal<In, Bits<9>>,
    write_way: Signal<In, Bits<1>>,
    data: Signal<In, Bits<40>>,
    hit: Signal<Out, Bits<2>>,
    found: Signal<Out, Bits<28>>,
    used: Signal<Out, Bits<4>>,
    ways: [RAM<Bits<40>, 9>; 2],
    recent: RAM<Bits<4>, 4>,
    wanted: DFF<Bits<12>>,
}

impl Logic for Ways {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, wanted);
        self.wanted.d.next = self.tag.val();
        self.hit.next = bits::<2>(0);
        self.found.next = bits::<28>(0);
        for i in 0..2 {
            self.ways[i].read_clock.next = self.clock.val();
            self.ways[i].write_clock.next = self.clock.val();
            self.ways[i].read_address.next = self.set.val();
            self.ways[i].write_address.next = self.write_set.val();
            self.ways[i].write_data.next = self.data.val();
            self.ways[i].write_enable.next =
                self.write.val() && (self.write_way.val().index() == i);
            if self.ways[i].read_data.val().get_bits::<12>(28) == self.wanted.q.val() {
                self.hit.next = self.hit.val().replace_bit(i, true);
                self.found.next = self.ways[i].read_data.val().get_bits::<28>(0);
            }
        }
        self.recent.read_clock.next = self.clock.val();
        self.recent.write_clock.next = self.clock.val();
        self.recent.read_address.next = self.set.val().get_bits::<4>(0);
        self.recent.write_address.next = self.write_set.val().get_bits::<4>(0);
        self.recent.write_data.next = self.data.val().get_bits::<4>(0);
        self.recent.write_enable.next = self.write.val();
        self.used.next = self.recent.read_data.val();
    }
}

clocked!(Ways);

/// Few sets and tags, so that some reads follow writes and some ways hit.
fn stimulus(dice: &mut Dice, block: &mut Ways) {
    present!(dice, block: write, write_way, data);
    block.set.next = dice.roll(4).into();
    block.write_set.next = dice.roll(4).into();
    block.tag.next = dice.roll(2).into();
    if dice.roll(3) > 0 {
        block.data.next = (dice.roll(2) << 28 | dice.roll(1 << 28)).into();
    }
}

#[test]
fn ways_agree_in_both_simulators() {
    replay(Ways::default(), 1500, 4, Replay::Both, stimulus);
}

#[test]
fn ways_agree_compiled() {
    assert!(crate::base::run(Ways::default(), 1500, 4, stimulus) > 80);
}

/// What a Yosys script makes of a block, as `stat` lists it.
fn cells(design: &Design, name: &str, script: &str) -> Option<String> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let text = verilog(design, name, &Describe::new()).to_string();
    std::fs::write(directory.path().join("printed.v"), text).expect("a temporary file is written");
    let script = format!("read_verilog printed.v; {script}; tee -q -o cells stat");
    tool(directory.path(), "yosys", &["-q", "-p", &script])?;
    Some(std::fs::read_to_string(directory.path().join("cells")).expect("the cells are listed"))
}

#[test]
fn memories_become_block_ram_and_distributed_ram() {
    for (script, block, distributed) in [
        ("synth_ecp5 -top ways", "DP16KD", "TRELLIS_DPR16X4"),
        ("synth_xilinx -top ways -noiopad", "RAMB", "RAM32"),
    ] {
        let ways = elaborated(&Ways::default());
        let Some(cells) = cells(&ways, "ways", script) else { return };
        for cell in [block, distributed] {
            assert!(cells.contains(cell), "{script}: no {cell} in {cells}");
        }
        // 2 × 512 × 40 bits would be tens of thousands of flip-flops.
        assert!(!cells.contains("$mem") && !cells.contains("$_DFF"), "{cells}");
    }
}

/// The contents of a TLB's lines, read in the cycle that finds the line.
#[derive(LogicBlock, Default)]
struct Payload {
    clock: Signal<In, Clock>,
    line: Signal<In, Bits<4>>,
    victim: Signal<In, Bits<4>>,
    refill: Signal<In, Bit>,
    data: Signal<In, Bits<51>>,
    found: Signal<Out, Bits<51>>,
    words: DistributedRam<Bits<51>, 4>,
}

impl Logic for Payload {
    #[hdl_gen]
    fn update(&mut self) {
        self.words.clock.next = self.clock.val();
        self.words.read_address.next = self.line.val();
        self.words.write_address.next = self.victim.val();
        self.words.write_enable.next = self.refill.val();
        self.words.write_data.next = self.data.val();
        self.found.next = self.words.read_data.val();
    }
}

clocked!(Payload);

#[test]
fn a_payload_reads_well() {
    let mut describe = Describe::new();
    describe.set("Payload", "The contents of a TLB's lines.");
    let mut design = elaborated(&Payload::default());
    design.modules[design.top.0 as usize].name = "Payload".to_owned();
    crate::golden::expect("payload", &design, &describe);
}

#[test]
fn a_payload_agrees_in_both_simulators() {
    replay(Payload::default(), 1500, 4, Replay::Both, |dice, block| {
        present!(dice, block: line, victim, refill, data);
        if dice.roll(3) == 0 {
            block.line.next = block.victim.next;
        }
    });
}

/// The number of cells whose name begins in this way.
fn count(cells: &str, name: &str) -> usize {
    // Name and number in either order, which differs between versions of Yosys.
    let numbers = cells.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [cell, number] | [number, cell] if cell.starts_with(name) => {
                number.parse::<usize>().ok()
            }
            _ => None,
        }
    });
    numbers.sum()
}

#[test]
fn words_read_within_the_cycle_become_distributed_ram() {
    let payload = elaborated(&Payload::default());
    // 16 words of 51 bits: 13 times 4 bits.
    let Some(cells) = cells(&payload, "payload", "synth_ecp5 -top payload") else { return };
    assert_eq!(count(&cells, "TRELLIS_DPR16X4"), 13, "{cells}");
    assert_eq!((count(&cells, "TRELLIS_FF"), count(&cells, "LUT4")), (0, 0), "{cells}");
    let script = "synth_xilinx -top payload -noiopad";
    let Some(cells) = self::cells(&payload, "payload", script) else { return };
    assert!(count(&cells, "RAM32") > 0 && count(&cells, "FD") == 0, "{cells}");
    // iCE40 parts have no distributed RAM.
    let Some(cells) = self::cells(&payload, "payload", "synth_ice40 -top payload") else { return };
    assert_eq!(count(&cells, "SB_DFF"), 16 * 51, "{cells}");
    assert_eq!(count(&cells, "SB_RAM"), 0, "{cells}");
}
