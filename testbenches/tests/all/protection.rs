//! Random requests, fences and writes of PMP registers on the hardware, in any cycle: the golden
//! model judges each answer.

use engine::{Engine, find};
use machine::board::{Board, Initiator, Transaction};
use model::bus::{FixedLatency, SharedMemory};
use model::golden::Pmp;
use model::isa::{Access, Context, Mode, PmpCsr, Privilege, Satp, Xlen, pte};
use model::mmu::{CsrPort, Fence, Port, Request};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, VecDeque};

const RAM: u64 = 0x8000_0000;
const PAGES: u64 = 16;
const CYCLES: u64 = 60_000;

/// Everything around one MMU.
struct Storm {
    rng: ChaCha8Rng,
    pmp: Pmp,
    due: VecDeque<CsrPort>,
    csr: CsrPort,
    /// Answers by what they are.
    answers: BTreeMap<String, u64>,
}

impl Storm {
    /// Chooses what is on the port of the PMP registers in the next cycle.
    fn next(&mut self) {
        if self.due.is_empty() && self.rng.random_ratio(1, 12) {
            let entry = self.rng.random_range(0..self.pmp.len() - 1);
            // In tables, or in pages; from a word to some pages.
            let place = (RAM >> 2) + self.rng.random_range(0..0x4000);
            let address = place | ((1 << self.rng.random_range(0..12)) - 1);
            let config: u64 = self.rng.random_range(0..0x20);
            let (register, byte) = self.pmp.config_of(entry);
            let others = self.pmp.read(register.number()) & !(0xff << (8 * byte));
            let config = others | config << (8 * byte);
            let writes = [(PmpCsr::Address(entry as u16), address), (register, config)];
            self.due.extend(
                writes.map(|(csr, value)| CsrPort { number: csr.number(), write: Some(value) }),
            );
        }
        self.csr = self.due.pop_front().unwrap_or_default();
        if let Some(value) = self.csr.write {
            self.pmp.write(self.csr.number, value);
        }
    }
}

impl Initiator for Storm {
    fn request(&mut self, port: Port, _now: u64) -> Option<Request> {
        let rng = &mut self.rng;
        if rng.random_ratio(1, 4) {
            return None;
        }
        let access = match port {
            Port::Fetch => Access::Fetch,
            Port::Data => [Access::Load, Access::Store, Access::CacheBlock][rng.random_range(0..3)],
        };
        let machine = rng.random_ratio(1, 8);
        let privilege = match machine {
            true => Privilege::Machine,
            false => [Privilege::User, Privilege::Supervisor][rng.random_range(0..2)],
        };
        let va = rng.random_range(0..PAGES << 12) + if machine { RAM } else { 0 };
        let context = Context { privilege, sum: rng.random(), mxr: rng.random() };
        Some(Request { va, access, bytes: 1 << rng.random_range(0..8), context })
    }

    fn fence(&mut self, _now: u64) -> Option<Fence> {
        let rng = &mut self.rng;
        rng.random_ratio(1, 60).then(|| Fence {
            va: rng.random_ratio(1, 3).then(|| rng.random_range(0..PAGES << 12)),
            asid: rng.random_ratio(1, 3).then_some(1),
        })
    }

    fn csr(&self, _now: u64) -> CsrPort {
        self.csr
    }

    fn takes_fault(&self) -> bool {
        true
    }

    fn answered(&mut self, transaction: &Transaction) {
        let what = match transaction.response {
            Ok(_) => "translated".to_owned(),
            Err(fault) => fault.cause.to_string(),
        };
        *self.answers.entry(what).or_default() += 1;
    }
}

/// Tables for the first pages, from the first page of memory on; the pages are behind them.
fn tables(xlen: Xlen, memory: &SharedMemory) {
    let (levels, bytes) = if xlen == Xlen::Rv32 { (2, 4) } else { (3, 8) };
    let size = u64::from(bytes);
    let page = |n: u64| RAM + n * 4096;
    for level in 1..levels {
        memory.write(page(level - 1), bytes, page(level) >> 2 | pte::VALID).unwrap();
    }
    for n in 0..PAGES {
        let user = if n % 3 == 0 { 0 } else { pte::USER };
        let marks = [0, pte::ACCESSED, pte::ACCESSED | pte::DIRTY][n as usize % 3];
        let flags = pte::VALID | pte::READ | pte::WRITE | pte::EXECUTE | user | marks;
        let at = page(levels - 1) + n * size;
        memory.write(at, bytes, page(levels + n) >> 2 | flags).unwrap();
    }
}

fn storm(name: &str, seed: u64) -> BTreeMap<String, u64> {
    let config = find(name).unwrap();
    let memory = SharedMemory::with_ram(RAM..RAM + 0x10_0000).unwrap();
    tables(config.xlen, &memory);
    let mut board = Board::new(memory.clone());
    let walker = Box::new(FixedLatency::new(memory, 2));
    let hart = board.add(config.mmu(Engine::Compiled), walker);
    let mode = if config.xlen == Xlen::Rv32 { Mode::Sv32 } else { Mode::Sv39 };
    board.hart_mut(hart).satp = Satp { mode, asid: 1, root: RAM >> 12 }.encode(config.xlen);
    board.hart_mut(hart).adue = true;
    let mut storm = Storm {
        rng: ChaCha8Rng::seed_from_u64(seed),
        pmp: board.hart(hart).checker().pmp().clone(),
        due: VecDeque::new(),
        csr: CsrPort::default(),
        answers: BTreeMap::new(),
    };
    for _ in 0..CYCLES {
        storm.next();
        board.cycle_of(hart, &mut storm).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    assert_eq!(board.hart(hart).checker().unjudged(), 0, "{name}");
    assert!(board.hart(hart).checker().stale() > 20, "{name}: nothing was used from before");
    storm.answers
}

#[test]
fn every_answer_is_legal_while_pmp_changes() {
    for (name, seed) in [
        ("rv32_small_pmp", 1),
        ("rv32_linux_pmp", 2),
        ("rv64_linux_pmp", 3),
        ("rv64_linux_rva23_pmp", 4),
        ("rv64_linux_protected", 5),
        ("rv64_linux_traced", 6),
    ] {
        let answers = storm(name, seed);
        println!("{name}, seed {seed}: {answers:?}");
        assert_eq!(answers.len(), 7, "{name}: {answers:?}");
        assert!(answers.values().all(|count| *count > 200), "{name}: {answers:?}");
    }
}
