//! Hits that are recalled instead of evaluated: everything is as if each cycle were evaluated.

use engine::traffic::{Traffic, Workload, entry};
use engine::{HardwareMmu, Native, find};
use model::isa::{Access, Context, PAGE_BYTES, Privilege};
use model::mmu::{
    CsrPort, Fence, Inputs, MemoryRequest, MemoryResponse, Mmu, Outputs, PerPort, Port, Request,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const CYCLES: u64 = 20_000;

/// Two MMUs of one configuration, of which one recalls.
struct Pair {
    recalls: HardwareMmu<Native>,
    evaluates: HardwareMmu<Native>,
}

impl Pair {
    fn new(name: &str) -> Pair {
        let config = find(name).expect("a configuration");
        let mmu = |hits| {
            let native = config.native().expect("machine code");
            let mut mmu = HardwareMmu::new(Box::new(native), *config);
            mmu.recall_after(hits);
            mmu
        };
        Pair { recalls: mmu(Some(200)), evaluates: mmu(None) }
    }

    fn each<T: PartialEq + std::fmt::Debug>(
        &mut self,
        mut f: impl FnMut(&mut HardwareMmu<Native>) -> T,
    ) -> T {
        let (one, other) = (f(&mut self.recalls), f(&mut self.evaluates));
        assert_eq!(one, other);
        one
    }
}

/// Inputs for a cycle at rest: mostly requests for few pages.
fn requests(rng: &mut ChaCha8Rng, pages: u64) -> PerPort<Option<Request>> {
    PerPort::from_fn(|port| {
        let page = if rng.random_range(0..400) == 0 { rng.random_range(0..400) } else { 0 };
        let page = page + rng.random_range(0..pages);
        let va = page * PAGE_BYTES + 8 * rng.random_range(0..PAGE_BYTES / 8);
        let access = match port {
            Port::Fetch => Access::Fetch,
            Port::Data if rng.random() => Access::Load,
            Port::Data => Access::Store,
        };
        let privilege = match rng.random_range(0..200) {
            0 => Privilege::Machine,
            1 => Privilege::Supervisor,
            _ => Privilege::User,
        };
        let context = Context { privilege, sum: rng.random_range(0..99) > 0, mxr: false };
        (rng.random_range(0..5) > 0).then_some(Request { va, access, bytes: 8, context })
    })
}

/// Runs both MMUs with random requests, fences, address spaces and memory; the number of cycles that
/// were recalled.
fn agree(name: &str, seed: u64) -> u64 {
    println!("{name}, seed {seed}");
    let mut pair = Pair::new(name);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let xlen = pair.recalls.xlen();
    let traffic = Traffic::new(xlen, Workload::Hit, 1);
    let mut inputs =
        Inputs { satp: traffic.satp, adue: true, memory_ready: true, ..Inputs::default() };
    // One entry of PMP, if there are any, permits everything.
    for (number, write) in [(0x3b0, u64::MAX), (0x3a0, 0x1f)] {
        let csr = CsrPort { number, write: Some(write) };
        pair.each(|mmu| mmu.cycle(&Inputs { csr, ..inputs }));
    }
    let mut outputs = pair.each(|mmu| mmu.cycle(&inputs));
    let mut memory = Vec::new();
    for now in 0..CYCLES {
        let plain = Inputs {
            requests: PerPort::default(),
            fence: None,
            memory: None,
            fault_ready: false,
            ..inputs
        };
        let before = Inputs { requests: PerPort::default(), ..inputs };
        // What was presented and not accepted stays.
        let open = |port| inputs.requests[port].filter(|_| !outputs.ready[port]);
        let open: PerPort<Option<Request>> = PerPort::from_fn(open);
        let waits = inputs.fence.filter(|_| !outputs.fence_ready);
        let due = memory.first().is_some_and(|(due, _): &(u64, u64)| *due <= now);
        let still = memory.is_empty() && !outputs.busy && waits.is_none();
        let calm = still && outputs.fault.is_none() && open == PerPort::default();
        inputs = Inputs { requests: open, fence: waits, ..plain };
        if calm && before == plain && rng.random_range(0..200) > 0 {
            inputs.requests = requests(&mut rng, 6);
            let answers = pair.each(|mmu| {
                let mut shown = outputs;
                let answers = mmu.cycle_of_requests(&inputs, &mut shown);
                if answers.is_none() {
                    outputs = shown;
                }
                (answers, answers.is_none().then_some(shown))
            });
            if answers.0.is_some() {
                outputs = Outputs { ready: PerPort([true; 2]), ..Outputs::default() };
                if rng.random_range(0..40) == 0 {
                    outputs = pair.each(|mmu| {
                        let mut shown = Outputs::default();
                        mmu.show_outputs(&mut shown);
                        shown
                    });
                }
                if rng.random_range(0..40) == 0 {
                    pair.each(|mmu| mmu.state().map(|state| format!("{state:?}")));
                }
                continue;
            }
        } else {
            if due {
                let (_, data) = memory.remove(0);
                let line = None;
                inputs.memory = Some(MemoryResponse { data, error: false, swapped: true, line });
            }
            inputs.fault_ready = outputs.fault.is_some();
            if calm {
                let page = rng.random_range(0..6) * PAGE_BYTES;
                match rng.random_range(0..8) {
                    0 => inputs.satp ^= 1 << if xlen == model::isa::Xlen::Rv32 { 22 } else { 44 },
                    1 => inputs.adue ^= true,
                    2..5 => {
                        let va = rng.random::<bool>().then_some(page);
                        let asid = rng.random::<bool>().then_some(rng.random_range(0..3));
                        inputs.fence = Some(Fence { va, asid });
                    }
                    _ => {}
                }
            }
            outputs = pair.each(|mmu| mmu.cycle(&inputs));
        }
        if let Some(request) = outputs.memory {
            let data = match request {
                MemoryRequest::Read { pa } => entry(xlen, pa),
                MemoryRequest::CompareSwap { expected, .. } => expected,
            };
            memory.push((now + rng.random_range(1..5), data));
        }
    }
    pair.recalls.recalled()
}

#[test]
fn recalled_cycles_are_as_if_they_were_evaluated() {
    for (name, recalls) in [
        ("rv64_linux", true),
        ("rv64_huge", true),
        ("rv32_linux", true),
        ("rv64_small+l2=128+walk_cache=4", true),
        ("rv64_linux+ways=4", true),
        // The answer to an access depends on where in its page it is.
        ("rv64_linux_pmp", false),
        // A hit changes what is replaced next.
        ("rv64_linux+replacement=plru", false),
    ] {
        let recalled = agree(name, 7);
        println!("{name}: {recalled} of {CYCLES} cycles recalled");
        let some = recalled > CYCLES / 10;
        assert_eq!(some, recalls, "{name}: {recalled}");
    }
}
