//! Runs a computer until it ends, with a terminal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use machine::computer::{Computer, Stop};
use platform::Ending;

use super::{Console, Typed};
use crate::exec::Outcome;

/// Steps between two looks at the terminal.
const STRETCH: u64 = 1 << 16;
/// Cycles of a microsecond, while the computer waits for somebody at the terminal.
const CYCLES_PER_MICROSECOND: u64 = 1000;
/// Cycles within which whatever an idle computer has begun comes to its end.
const AWHILE: u64 = 1000;
/// The longest wait for a key, after which it is looked at everything else.
const LONGEST: Duration = Duration::from_millis(50);

/// What is to become of a computer that waits for somebody to type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// Something may be typed.
    Type,
    /// Nothing yet: some cycles pass.
    Wait,
    /// The run ends.
    End,
}

/// Who follows a run.
pub trait Follower {
    /// Called between stretches; false ends the run.
    fn look(&mut self, computer: &mut Computer) -> bool;

    /// The moment has come that was watched for; false ends the run.
    fn reached(&mut self, computer: &mut Computer) -> bool;

    /// Software waits for somebody to type, and nothing was typed.
    fn idle(&mut self, computer: &mut Computer) -> Idle {
        let _ = computer;
        Idle::Type
    }

    /// The steps of the next stretch, at most so many.
    fn stretch(&self, computer: &Computer, most: u64) -> u64 {
        let _ = computer;
        most
    }
}

/// Runs for at most so many steps.
pub fn run(
    computer: &mut Computer,
    console: &mut Console,
    most: u64,
    stop: &AtomicBool,
    follower: &mut impl Follower,
) -> Outcome {
    computer.is_paced();
    let mut left = most;
    loop {
        let stretch = left.min(follower.stretch(computer, STRETCH));
        let before = computer.steps();
        let stopped = computer.run(stretch);
        left = left.saturating_sub(computer.steps() - before);
        Console::flush();
        match console.typed() {
            Typed::Nothing => {}
            Typed::Text(text) => type_in(computer, &text),
            Typed::End => return Outcome::Interrupted,
        }
        if stop.load(Ordering::Relaxed) || !follower.look(computer) {
            return Outcome::Interrupted;
        }
        match stopped {
            Stop::Limit if left == 0 => return Outcome::Limit,
            Stop::Limit => {}
            Stop::Reached if follower.reached(computer) => {}
            Stop::Reached => return Outcome::Interrupted,
            Stop::Waiting(next) => {
                if let Some(outcome) = wait(computer, console, next, &mut left, follower) {
                    return outcome;
                }
            }
            Stop::Ended(Ending::PowerOff) => return Outcome::Ended(0),
            Stop::Ended(Ending::Failure(code)) => return Outcome::Ended(code.into()),
            Stop::Ended(Ending::Reboot) => return Outcome::Reboot,
            Stop::Asleep => return Outcome::Asleep,
            Stop::Unhandled(trap) => return Outcome::Unhandled(trap),
            Stop::Hardware(error) => return Outcome::Hardware(error),
            Stop::ToHost(word) if word & 1 == 1 => return Outcome::Ended(word >> 1),
            Stop::ToHost(word) => return Outcome::Strange(word),
        }
    }
}

/// The computer waits: on a terminal, time passes as the clock does; else it leaps, and what is left
/// of a script is typed when software listens.
fn wait(
    computer: &mut Computer,
    console: &mut Console,
    next: Option<u64>,
    left: &mut u64,
    follower: &mut impl Follower,
) -> Option<Outcome> {
    if computer.uart().listens() && !computer.uart().has_typed() {
        match follower.idle(computer) {
            Idle::Type => {}
            Idle::Wait => {
                computer.let_pass(AWHILE);
                return None;
            }
            Idle::End => return Some(Outcome::Interrupted),
        }
    }
    if console.is_interactive() {
        let cycles = next.unwrap_or(u64::MAX);
        let most = Duration::from_micros(cycles / CYCLES_PER_MICROSECOND).min(LONGEST);
        match console.wait(most) {
            Typed::Nothing => {}
            Typed::Text(text) => type_in(computer, &text),
            Typed::End => return Some(Outcome::Interrupted),
        }
        let passed = most.as_micros() as u64 * CYCLES_PER_MICROSECOND;
        computer.let_pass(if most < LONGEST { cycles } else { passed });
        return None;
    }
    // A wait is a step, too: a computer that does nothing but wait comes to its limit.
    *left = left.saturating_sub(1);
    if *left == 0 {
        return Some(Outcome::Limit);
    }
    let uart = computer.uart();
    if uart.listens() && !uart.has_typed() {
        match console.line() {
            Some(line) => {
                type_in(computer, &line);
                return None;
            }
            None if next.is_none() => return Some(Outcome::Asleep),
            None => {}
        }
    } else if next.is_none() {
        return Some(Outcome::Asleep);
    }
    computer.let_pass(next.unwrap_or(0));
    None
}

fn type_in(computer: &mut Computer, text: &[u8]) {
    computer.uart().type_in(text);
    computer.disturb();
}
