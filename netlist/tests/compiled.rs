//! The MMU tops as machine code, compared with the interpreter: every net and register, every
//! cycle.

use hdl::{Organisation, Rv32Mmu, Rv64Mmu};
use netlist::ir::{InputId, NetId, Netlist, RegisterId, Type, Value};
use netlist::optimise::Options;
use netlist::{Compiled, Interpreter, elaborate};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rust_hdl::prelude::Block;

fn flattened(mut block: impl Block) -> Netlist {
    block.connect_all();
    elaborate(&block).expect("it elaborates").flatten().expect("it is sound")
}

/// Few pages and address spaces, so that hits, misses, fences and faults all happen; and phases
/// without changes, for quiescence.
struct Traffic {
    dice: ChaCha8Rng,
    wide: bool,
}

impl Traffic {
    fn roll(&mut self, sides: u64) -> u64 {
        self.dice.random_range(0..sides)
    }

    /// A value for a port, by its name; `None`: unchanged.
    fn value(&mut self, name: &str, width: u32) -> Option<u64> {
        let page = match self.wide {
            true => self.roll(2) << 38 | self.roll(3) << 30 | self.roll(3) << 21 | self.roll(9000),
            false => self.roll(3) << 22 | self.roll(9000),
        };
        Some(match name {
            "reset" => u64::from(self.roll(150) == 0),
            "satp" if self.roll(40) > 0 => return None,
            "satp" if self.wide => {
                let mode = [0, 8, 8, 9, 10][self.roll(5) as usize];
                mode << 60 | self.roll(2) << 44 | self.roll(8)
            }
            "satp" => self.roll(2) << 31 | self.roll(2) << 22 | self.roll(8),
            "fetch_req_va" | "data_req_va" | "fence_va" => page,
            "fence_valid" | "mem_resp_error" => u64::from(self.roll(20) == 0),
            "fence_asid" => self.roll(2),
            "mem_resp_data" => self.roll(4) << 28 | self.roll(4) << 10 | self.flags(),
            _ => self.roll(1 << width.min(16)),
        })
    }

    fn flags(&mut self) -> u64 {
        match self.roll(4) {
            0 | 1 => 0x01,
            2 => 0xdf,
            _ => self.roll(256),
        }
    }
}

fn same(netlist: &Netlist, fast: &Compiled, slow: &Interpreter<'_>, cycle: u64) {
    for (at, net) in netlist.nets.iter().enumerate() {
        let id = NetId(at as u32);
        assert_eq!(fast.get(id), *slow.get(id), "cycle {cycle}: {} (compiled, not)", net.path);
    }
}

fn run(block: impl Block, wide: bool, cycles: u64) -> Compiled {
    let netlist = flattened(block);
    // A function for each set of changes as soon as it has been seen a few times.
    let options = Options { common: Some(3), ..Options::default() };
    let mut fast = Compiled::with(&netlist, &options).expect("it compiles");
    let mut slow = Interpreter::new(&netlist);
    let mut traffic = Traffic { dice: ChaCha8Rng::seed_from_u64(7), wide };
    for cycle in 0..cycles {
        // Sometimes one port is busy, sometimes all are, sometimes none.
        let busy = ["data_req", "mem_", "fetch_req", "", "", "-"][cycle as usize / 16 % 6];
        for (at, input) in netlist.inputs.iter().enumerate() {
            let quiet = !input.name.starts_with(busy) || traffic.roll(3) == 0;
            if input.ty == Type::Clock || quiet {
                continue;
            }
            if let Some(value) = traffic.value(&input.name, input.width) {
                let value = Value::new(input.width, value);
                fast.set(InputId(at as u32), &value);
                slow.set(InputId(at as u32), &value);
            }
        }
        slow.settle();
        if cycle % 5 == 0 {
            fast.settle();
        }
        if cycle % 97 == 0 {
            same(&netlist, &fast, &slow, cycle);
        }
        fast.cycle();
        for (id, net) in netlist.outputs() {
            let (ours, theirs) = (fast.watched(id), slow.get(id));
            assert_eq!(ours.as_ref(), Some(theirs), "cycle {cycle}: {}", net.path);
        }
        slow.step();
        for (at, register) in netlist.registers.iter().enumerate() {
            let id = RegisterId(at as u32);
            let (ours, theirs) = (fast.register(id), slow.register(id));
            assert_eq!(ours, *theirs, "after cycle {cycle}: {}", register.path);
        }
    }
    fast
}

#[test]
fn rv64_with_eight_lines_is_the_same_in_every_cycle() {
    let engine = run(Rv64Mmu::<8, 3>::new(Organisation::default()), true, 12000);
    // Similar samples share a function, so a few handle random traffic.
    assert!(engine.statistics().functions.len() > 2, "{:?}", engine.statistics());
}

#[test]
fn rv64_with_many_lines_is_the_same_in_every_cycle() {
    run(Rv64Mmu::<64, 6>::new(Organisation::default()), true, 300);
}

#[test]
fn rv64_without_columns_for_its_two_lines_is_the_same_in_every_cycle() {
    run(Rv64Mmu::<2, 1>::new(Organisation::default()), true, 3000);
}

#[test]
fn rv32_is_the_same_in_every_cycle() {
    run(Rv32Mmu::<16, 4>::new(Organisation::default()), false, 3000);
}

#[test]
fn lines_become_columns_whatever_their_number() {
    let [few, many] = [
        flattened(Rv64Mmu::<8, 3>::new(Organisation::default())),
        flattened(Rv64Mmu::<32, 5>::new(Organisation::default())),
    ];
    let few = Compiled::new(&few).expect("it compiles").statistics();
    let many = Compiled::new(&many).expect("it compiles").statistics();
    assert_eq!((few.columns, few.states), (many.columns, many.states), "{few:?} {many:?}");
    assert!(many.terms < few.terms + 10, "{few:?} {many:?}");
    // Those that keep what may turn out to be a miss or a fault load with every request.
    assert!(few.guarded > few.states / 3, "{few:?}");
}

#[test]
fn nothing_is_evaluated_while_nothing_changes() {
    let netlist = flattened(Rv64Mmu::<8, 3>::new(Organisation::default()));
    let mut engine = Compiled::new(&netlist).expect("it compiles");
    let slot = |engine: &Compiled, name: &str| {
        engine.input(netlist.input_named(name).expect("an input")).expect("a narrow input")
    };
    let valid = slot(&engine, "data_req_valid");
    let [satp, ready] = ["satp", "mem_req_ready"].map(|name| slot(&engine, name));
    let waiting = engine.output(netlist.net_named("busy").expect("a net")).expect("an output");
    engine.write(satp, 8 << 60 | 1);
    engine.write(ready, 1);
    engine.write(valid, 1);
    // The request is accepted, the walker starts and requests the entry: then everything waits for
    // memory.
    let mut cycles = 0;
    while !engine.is_quiescent() {
        engine.cycle();
        cycles += 1;
        assert!(cycles < 10, "it comes to rest");
    }
    assert_eq!(engine.read(waiting), 1, "it waits for memory");
    engine.write(valid, 1);
    assert!(engine.is_quiescent(), "the same value is not a change");
    engine.write(slot(&engine, "mem_resp_valid"), 1);
    assert!(!engine.is_quiescent(), "an answer is one");
}
