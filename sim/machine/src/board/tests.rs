//! Several harts on one board, and the end of time.

use super::*;
use model::bus::FixedLatency;
use model::golden::IdealMmu;
use model::isa::{Access, Attributes, Context, Mode, Satp, Xlen};
use model::mmu::{Fence, Inputs, Outputs, PerPort, Port, Pulse, Request, Signal};

const RAM: u64 = 0x8000_0000;
/// A gigapage at physical address 0, with every permission.
const LEAF: u64 = 0xdf;

/// An MMU that learned once that virtual address 0 is physical address 0, and never forgets it.
struct Stubborn;

impl Mmu for Stubborn {
    fn xlen(&self) -> Xlen {
        Xlen::Rv64
    }

    fn name(&self) -> &str {
        "stubborn"
    }

    fn entries(&self) -> usize {
        1
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        let responses = inputs.requests.map(|request| request.map(|request| Ok(request.va)));
        let hits = responses.iter().filter(|(_, response)| response.is_some());
        let mut events: model::mmu::Events = hits.map(|(port, _)| Pulse::hit(port)).collect();
        events.add_if(Pulse::Fence, inputs.fence.is_some());
        let ready = PerPort([true; Port::COUNT]);
        // A gigapage.
        let attributes = PerPort([Attributes { size: 2, ..Attributes::default() }; Port::COUNT]);
        Outputs { ready, fence_ready: true, responses, attributes, events, ..Outputs::default() }
    }

    fn signals(&self) -> Vec<Signal> {
        Vec::new()
    }

    fn values(&self, values: &mut Vec<u128>) {
        values.clear();
    }

    fn watch(&mut self, _on: bool) {}
}

fn board(mmus: Vec<Box<dyn Mmu>>) -> Board {
    let memory = SharedMemory::with_ram(RAM..RAM + 0x1000).unwrap();
    memory.write(RAM, 8, LEAF).unwrap();
    let mut board = Board::new(memory.clone());
    for mmu in mmus {
        let hart = board.add(mmu, Box::new(FixedLatency::new(memory.clone(), 3)));
        let satp = Satp { mode: Mode::Sv39, asid: 1, root: RAM >> 12 };
        board.hart_mut(hart).satp = satp.encode(Xlen::Rv64);
    }
    board
}

fn load(va: u64) -> Request {
    Request { va, access: Access::Load, bytes: 8, context: Context::USER }
}

#[test]
fn writes_reach_every_harts_checker_and_a_fence_is_of_one_hart() {
    let mut board = board(vec![Box::new(Stubborn), Box::new(Stubborn)]);
    let answers = |board: &mut Board| [0, 1].map(|hart| board.translate(hart, load(8)).is_ok());
    assert_eq!(answers(&mut board), [true, true]);
    board.software_wrote(RAM, LEAF);
    board.memory().write(RAM, 8, LEAF | 1 << 28).unwrap();
    assert_eq!(answers(&mut board), [true, true], "no fence forbids the old entry");
    let all = Fence { va: None, asid: None };
    board.fence(1, all).unwrap();
    assert_eq!(answers(&mut board), [true, false]);
    board.fence(0, all).unwrap();
    assert_eq!(answers(&mut board), [false, false]);
}

#[test]
fn harts_walk_beside_each_other_in_the_same_cycles() {
    let mmu = || Box::new(IdealMmu::new(Xlen::Rv64));
    let mut board = board(vec![mmu(), mmu()]);
    struct One(Option<Request>, Option<Transaction>);
    impl Initiator for One {
        fn request(&mut self, port: Port, _now: u64) -> Option<Request> {
            self.0.take_if(|_| port == Port::Data)
        }

        fn answered(&mut self, transaction: &Transaction) {
            self.1 = Some(*transaction);
        }
    }
    let mut ones = [One(Some(load(8)), None), One(Some(load(16)), None)];
    for _ in 0..5 {
        board.cycle(&mut ones).unwrap();
    }
    // One level of tables, latency 3: the ideal MMU answers after 1 + 3 cycles.
    for (one, va) in ones.iter().zip([8, 16]) {
        let done = one.1.expect("it was answered");
        assert_eq!((done.response, done.presented, done.answered), (Ok(va), 0, 4));
        assert_eq!((done.accepted, done.hit), (0, Some(false)));
    }
    assert!(!board.busy());
}

#[test]
fn the_clock_does_not_run_over() {
    let mut board = board(vec![Box::new(Stubborn)]);
    board.pass(5).unwrap();
    let error = board.pass(u64::MAX - 2).unwrap_err();
    assert!(matches!(error, StepError::Clock { cycle: 5, cycles } if cycles == u64::MAX - 2));
    assert_eq!((board.now(), board.meter.current().cycles.total()), (5, 5));
    board.pass(LAST_CYCLE - 5).unwrap();
    assert!(board.pass(1).is_err());
}
