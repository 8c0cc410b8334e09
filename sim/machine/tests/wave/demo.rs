//! A short story, played by hand into the recorder: hits, a walk, a demand-zero fault, a page from
//! swap, a context switch, a kill.

use std::path::{Path, PathBuf};

use kernel::{Activity, Death, Event, FaultKind};
use machine::wave::mmu::{Recorder, Subject};
use machine::wave::{Choice, Ending, Recording};
use model::isa::{Access, Cause, Context, Extensions, Fault, Mode, Satp, Xlen};
use model::mmu::{
    Fence, Inputs, MemoryRequest, MemoryResponse, Outputs, PerPort, Port, Pulse, Request, Signal,
};
use waves::{Error, Window};

pub(crate) const IDLE: u128 = 0;
const ASK: u128 = 1;
const WAIT: u128 = 2;
const REFILL: u128 = 3;
const FAULT: u128 = 4;

/// Cycles from a request to memory to its response.
const LATENCY: u64 = 4;

pub(crate) fn options(window: Window) -> (Recording, Subject) {
    let plain = |path: &str, width| Signal { path: path.to_owned(), width, names: Vec::new() };
    let state = |path: &str, width, names: &[&str]| Signal {
        names: names.iter().map(|&name| name.to_owned()).collect(),
        ..plain(path, width)
    };
    let recording = Recording {
        title: "demonstration, played by hand".to_owned(),
        window,
        view: Some(Choice::Hardware),
        signals: vec![
            state("walker.state", 3, &["Idle", "Request", "Wait", "Refill", "Fault"]),
            plain("walker.level", 3),
            plain("walker.base", 56),
            plain("data.tlb.hit", 1),
            plain("data.tlb.lines", 16),
            plain("fence.pending", 1),
        ],
        ..Recording::default()
    };
    let processes = vec!["editor".to_owned(), "player".to_owned()];
    (
        recording,
        Subject {
            xlen: Xlen::Rv64,
            extensions: Extensions::NONE,
            harts: 1,
            processes,
            computer: None,
        },
    )
}

pub(crate) struct Demo {
    recorder: Recorder,
    pub(crate) now: u64,
    satp: u64,
    pc: u64,
    state: u128,
    level: u128,
    base: u128,
    lines: u128,
}

impl Demo {
    pub(crate) fn new(path: &Path, window: Window) -> Result<Demo, Error> {
        let (recording, subject) = options(window);
        let recorder = Recorder::create(path, recording, subject)?;
        let satp = Satp { mode: Mode::Sv39, asid: 7, root: 0x80200 }.encode(Xlen::Rv64);
        let (state, level, base, lines) = (IDLE, 0, 0, 1);
        Ok(Demo { recorder, now: 0, satp, pc: 0x1_0000, state, level, base, lines })
    }

    /// One cycle of the hardware, with fetches hitting when the processor runs.
    fn tick(&mut self, inputs: Inputs, outputs: Outputs, fetches: bool) -> Result<(), Error> {
        let mut inputs = Inputs { satp: self.satp, memory_ready: true, ..inputs };
        let mut outputs = Outputs { fence_ready: true, busy: self.state != IDLE, ..outputs };
        outputs.ready[Port::Fetch] = true;
        if fetches {
            let context = Context::USER;
            let request = Request { va: self.pc, access: Access::Fetch, bytes: 4, context };
            inputs.requests[Port::Fetch] = Some(request);
            outputs.responses[Port::Fetch] = Some(Ok(0x8030_0000 + self.pc));
            outputs.events += Pulse::FetchHit;
            self.pc += 4;
        }
        let hit = u128::from(outputs.events.has(Pulse::DataHit));
        let values = [self.state, self.level, self.base, hit, self.lines, 0];
        self.recorder.cycle(self.now, 0, &inputs, &outputs, &values)?;
        self.now += 1;
        Ok(())
    }

    fn data(va: u64, access: Access) -> Inputs {
        let request = Request { va, access, bytes: 8, context: Context::USER };
        Inputs { requests: PerPort::only(Port::Data, Some(request)), ..Inputs::default() }
    }

    fn run(&mut self, cycles: u64) -> Result<(), Error> {
        (0..cycles).try_for_each(|_| self.tick(Inputs::default(), Outputs::default(), true))
    }

    fn hit(&mut self, va: u64, access: Access) -> Result<(), Error> {
        let mut outputs = Outputs {
            ready: PerPort::only(Port::Data, true),
            responses: PerPort::only(Port::Data, Some(Ok(va ^ 0x8040_0000))),
            ..Outputs::default()
        };
        outputs.events += Pulse::DataHit;
        self.tick(Demo::data(va, access), outputs, true)
    }

    /// A miss, and its walk through the given entries, root first.
    fn walk(&mut self, va: u64, access: Access, entries: &[u64]) -> Result<bool, Error> {
        let ready = PerPort::only(Port::Data, true);
        let mut outputs = Outputs { ready, ..Outputs::default() };
        outputs.events += Pulse::DataMiss;
        self.tick(Demo::data(va, access), outputs, true)?;
        self.base = 0x80200 << 12;
        for (depth, &entry) in entries.iter().enumerate() {
            self.level = 2 - depth as u128;
            let index = va >> (12 + 9 * self.level as u32) & 0x1ff;
            let pa = self.base as u64 + index * 8;
            self.state = ASK;
            let memory = Some(MemoryRequest::Read { pa });
            let mut outputs = Outputs { memory, ..Outputs::default() };
            outputs.events.add_if(Pulse::WalkStart, depth == 0);
            outputs.events += Pulse::PteRead;
            self.tick(Inputs::default(), outputs, true)?;
            self.state = WAIT;
            (1..LATENCY)
                .try_for_each(|_| self.tick(Inputs::default(), Outputs::default(), true))?;
            let memory =
                Some(MemoryResponse { data: entry, error: false, swapped: false, line: None });
            let last = depth + 1 == entries.len();
            if !last {
                self.tick(Inputs { memory, ..Inputs::default() }, Outputs::default(), true)?;
                self.base = u128::from(entry >> 10 << 12);
                continue;
            }
            let faults = entry & 1 == 0 || access == Access::Store && entry & 4 == 0;
            let fault = Fault { cause: Cause::page_fault(access), tval: va };
            let answer = if faults { Err(fault) } else { Ok(entry >> 10 << 12 | va & 0xfff) };
            self.state = if faults { FAULT } else { REFILL };
            let mut outputs = Outputs {
                responses: PerPort::only(Port::Data, Some(answer)),
                ..Outputs::default()
            };
            outputs.events += Pulse::WalkDone;
            outputs.events.add_if(Pulse::Refill, !faults);
            outputs.events.add_if(Pulse::PageFault, faults);
            self.tick(Inputs { memory, ..Inputs::default() }, outputs, !faults)?;
            self.state = IDLE;
            self.lines = if faults { self.lines } else { self.lines << 1 | 1 };
            if faults {
                let held = Outputs { fault: Some(fault), ..Outputs::default() };
                (0..2).try_for_each(|_| self.tick(Inputs::default(), held, false))?;
                let taken = Inputs { fault_ready: true, ..Inputs::default() };
                self.tick(taken, held, false)?;
            }
            return Ok(!faults);
        }
        Ok(false)
    }

    /// A page fault as classified by the operating system.
    fn fault(&mut self, pid: u32, va: u64, access: Access, kind: FaultKind) -> Result<(), Error> {
        let cause = Cause::page_fault(access);
        self.recorder.activity(self.now, Activity::Handler)?;
        self.recorder.event(self.now, &Event::PageFault { pid, va, access, cause, kind })
    }

    /// The handler's work after a fault; `disk` cycles of waiting are skipped.
    fn handle(&mut self, va: u64, disk: u64, free: u64) -> Result<(), Error> {
        let (pid, va) = (1, va & !0xfff);
        (0..8).try_for_each(|_| self.tick(Inputs::default(), Outputs::default(), false))?;
        if disk > 0 {
            let victim = 0x40_3000;
            let evicted = Event::Eviction { pid, va: victim, frame: 0x80444, dirty: true };
            self.recorder.event(self.now, &evicted)?;
            self.recorder.event(self.now + 2, &Event::SwapOut { pid, va: victim, slot: 3 })?;
            self.recorder.activity(self.now + 2, Activity::Disk)?;
            self.now += disk;
            self.recorder.event(self.now, &Event::SwapIn { pid, va, slot: 1 })?;
            self.recorder.activity(self.now, Activity::Handler)?;
        }
        self.recorder.free_frames(self.now, free)?;
        (0..4).try_for_each(|_| self.tick(Inputs::default(), Outputs::default(), false))?;
        let fence = Fence { va: Some(va), asid: Some(7) };
        self.recorder.event(self.now, &Event::Fence { fence })?;
        let mut outputs = Outputs::default();
        outputs.events += Pulse::Fence;
        self.tick(Inputs { fence: Some(fence), ..Inputs::default() }, outputs, false)?;
        self.recorder.activity(self.now, Activity::Process)
    }

    /// The whole story; returns the save file.
    pub(crate) fn play(mut self) -> Result<PathBuf, Error> {
        let (pointer, leaf) = (|ppn: u64| ppn << 10 | 1, |ppn: u64| ppn << 10 | 0xd7);
        self.recorder.process(0, Some(1))?;
        self.recorder.activity(0, Activity::Process)?;
        self.recorder.free_frames(0, 6)?;
        self.run(6)?;
        self.walk(0x40_22a8, Access::Load, &[pointer(0x80201), pointer(0x80202), leaf(0x80444)])?;
        for offset in [0, 8, 16] {
            self.hit(0x40_22b0 + offset, Access::Load)?;
        }
        let stack = 0x7fff_fff8;
        self.walk(stack, Access::Store, &[pointer(0x80201), 0])?;
        self.fault(1, stack, Access::Store, FaultKind::Minor)?;
        self.handle(stack, 0, 5)?;
        self.walk(stack, Access::Store, &[pointer(0x80201), pointer(0x80203), leaf(0x80445)])?;
        self.hit(stack, Access::Store)?;
        self.run(10)?;
        let heap = 0x7f_0000;
        self.walk(heap, Access::Load, &[pointer(0x80201), pointer(0x80202), 0x1000])?;
        self.fault(1, heap, Access::Load, FaultKind::Major)?;
        self.handle(heap, 3000, 5)?;
        self.run(12)?;
        self.recorder.activity(self.now, Activity::Switch)?;
        self.recorder.event(self.now, &Event::Switch { from: Some(1), to: 2, asid: 8 })?;
        self.satp = Satp { mode: Mode::Sv39, asid: 8, root: 0x80300 }.encode(Xlen::Rv64);
        self.recorder.activity(self.now + 5, Activity::Process)?;
        self.now += 5;
        self.run(4)?;
        let (va, text) = (0x1_0040, 0x80450 << 10 | 0x5b);
        self.walk(va, Access::Store, &[pointer(0x80301), pointer(0x80302), text])?;
        self.fault(2, va, Access::Store, FaultKind::Protection)?;
        let death = Death::WriteToText { va, region: "text".to_owned() };
        self.recorder.event(self.now + 3, &Event::Kill { pid: 2, death })?;
        self.recorder.free_frames(self.now + 4, 9)?;
        self.recorder.finish()
    }
}
