//! Answers that come late change nothing: a hart whose surroundings keep it waiting ends in the same
//! state as one that is answered at once, and asks each question again, unchanged, until then.

use super::generate::{BASE, Generator, Program};
use crate::functional::{Functional, Ram};
use crate::trap::bit;
use crate::{Config, Control, Hart, Interrupt, Modify, Op, Refused, Step, Surroundings};
use model::isa::{Fault, Privilege, Xlen};
use model::mmu::{Fence, Request, Response};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::task::Poll;

/// A question, without its answer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Question {
    Fetch(u64, Privilege),
    Translate(Request),
    Load(u64, u8),
    Store(u64, u8, u64),
    Modify(u64, u8, Modify, u64),
    Fence(Fence),
    FenceInstructions,
}

/// Surroundings that answer after a random time.
struct Late {
    inner: Functional<()>,
    random: ChaCha8Rng,
    /// What was asked and not answered, and how often it is still to be asked.
    asked: Option<(Question, u32)>,
    waits: u64,
}

impl Late {
    /// Whether the answer is ready.
    fn ready(&mut self, question: Question) -> bool {
        if let Some((asked, left)) = &mut self.asked {
            let given_up = matches!(asked, Question::Fetch(..)) && *asked != question;
            if !given_up {
                assert_eq!(*asked, question, "the question has changed");
                *left -= 1;
                if *left == 0 {
                    self.asked = None;
                    return true;
                }
                return false;
            }
        }
        let wait = self.random.random_range(0..4);
        self.waits += u64::from(wait);
        self.asked = (wait > 0).then_some((question, wait));
        wait == 0
    }
}

macro_rules! late {
    ($self:ident, $question:expr, $answer:expr) => {
        if $self.ready($question) { $answer } else { Poll::Pending }
    };
}

impl Surroundings for Late {
    fn fetch(&mut self, pc: u64, privilege: Privilege) -> Poll<Result<Op, Fault>> {
        late!(self, Question::Fetch(pc, privilege), self.inner.fetch(pc, privilege))
    }
    fn translate(&mut self, request: &Request) -> Poll<Response> {
        late!(self, Question::Translate(*request), self.inner.translate(request))
    }
    fn load(&mut self, pa: u64, bytes: u8) -> Poll<Result<u64, Refused>> {
        late!(self, Question::Load(pa, bytes), self.inner.load(pa, bytes))
    }
    fn store(&mut self, pa: u64, bytes: u8, value: u64) -> Poll<Result<(), Refused>> {
        late!(self, Question::Store(pa, bytes, value), self.inner.store(pa, bytes, value))
    }
    fn modify(
        &mut self,
        pa: u64,
        bytes: u8,
        modify: Modify,
        register: u64,
    ) -> Poll<Result<u64, Refused>> {
        let question = Question::Modify(pa, bytes, modify, register);
        late!(self, question, self.inner.modify(pa, bytes, modify, register))
    }
    fn fence(&mut self, fence: Fence) -> Poll<()> {
        late!(self, Question::Fence(fence), self.inner.fence(fence))
    }
    fn fence_instructions(&mut self) -> Poll<()> {
        late!(self, Question::FenceInstructions, self.inner.fence_instructions())
    }
    fn changed(&mut self, control: Control) {
        self.inner.changed(control);
    }
    fn time(&mut self) -> u64 {
        self.inner.time()
    }
    fn cycles(&mut self) -> u64 {
        self.inner.cycles()
    }
}

fn surroundings(config: &Config, program: &Program) -> Functional<()> {
    let mut ram = Ram::new(BASE, 2 << 20);
    assert!(ram.write(BASE, &program.image));
    Functional::new(config, ram, ())
}

/// Runs a program to its end, with an interrupt after every so many instructions; returns the traps
/// on the way.
fn run<S: Surroundings>(hart: &mut Hart, around: &mut S, end: u64) -> Vec<(u64, u64)> {
    let mut traps = Vec::new();
    let mut next = 0;
    hart.mie = bit::MSI;
    for _ in 0..1_000_000 {
        if hart.pc() == end && hart.midway().is_none() {
            return traps;
        }
        let begun = hart.midway().is_some();
        if hart.retired() >= next && !begun {
            hart.signal(Interrupt::MachineSoftware, true);
            next = hart.retired() + 97;
        }
        let pc = hart.pc();
        match hart.step(around) {
            Step::Trapped => {
                let trap = hart.trap().unwrap();
                assert!(!(begun && trap.is_interrupt), "an interrupt in the middle at {pc:#x}");
                hart.signal(Interrupt::MachineSoftware, false);
                traps.push((trap.pc, trap.cause));
            }
            Step::Pending => assert_eq!(hart.pc(), pc, "a step that waits goes nowhere"),
            Step::Retired => {}
            Step::Waiting => panic!("nothing waits here"),
        }
    }
    panic!("no end");
}

#[test]
fn late_answers_change_nothing() {
    for seed in 1..13 {
        let xlen = if seed % 2 == 0 { Xlen::Rv32 } else { Xlen::Rv64 };
        let mode = [Privilege::Machine, Privilege::Supervisor, Privilege::User][seed as usize % 3];
        let config = Config::all(xlen, BASE);
        let program = Generator::new(&config, seed).program(mode, 1000);
        let (mut prompt, mut around) = (Hart::new(&config), surroundings(&config, &program));
        let traps = run(&mut prompt, &mut around, program.end);
        let mut late = Late {
            inner: surroundings(&config, &program),
            random: ChaCha8Rng::seed_from_u64(seed),
            asked: None,
            waits: 0,
        };
        let mut hart = Hart::new(&config);
        assert_eq!(run(&mut hart, &mut late, program.end), traps, "seed {seed}");
        assert!(traps.len() > 20 && late.waits > 1000, "{} {}", traps.len(), late.waits);
        assert_eq!((hart.x, hart.f), (prompt.x, prompt.f), "seed {seed}");
        let registers = |hart: &Hart| (hart.mstatus, hart.mtval, hart.fflags, hart.retired());
        assert_eq!(registers(&hart), registers(&prompt), "seed {seed}");
        assert!(late.inner.ram().bytes() == around.ram().bytes(), "memory with seed {seed}");
    }
}
