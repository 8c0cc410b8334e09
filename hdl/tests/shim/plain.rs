//! Memory on the plain port of `SwapByLock`, which another master shares while it is not locked.

use crate::bus::{Bus, Event, Pace, World};
use crate::dice::Dice;
use crate::pins::fit;
use hdl::shim::SwapByLock;
use std::collections::VecDeque;

/// The memory, with the requests that it has accepted.
pub(crate) struct Plain {
    pace: Pace,
    /// One lock in so many is not given, or its write not made.
    refuses: u64,
    ready: bool,
    response: Option<(u64, bool, bool)>,
    asked: bool,
    before: Option<(u64, bool, u64, bool)>,
    accepted: VecDeque<((u64, bool, u64, bool), u64)>,
    ended: Option<Event>,
    garbage: u64,
}

impl Plain {
    pub(crate) fn new(pace: Pace, refuses: u64) -> Self {
        Self {
            pace,
            refuses,
            ready: false,
            response: None,
            asked: false,
            before: None,
            accepted: VecDeque::new(),
            ended: None,
            garbage: 0,
        }
    }

    fn answer<const W: usize>(&mut self, world: &mut World, dice: &mut Dice) {
        let Some(&((addr, write, data, lock), due)) = self.accepted.front() else { return };
        if due > world.cycle {
            return;
        }
        self.accepted.pop_front();
        let bytes = W as u64 / 8;
        let error = world.error(dice);
        let word = world.memory.read(addr, bytes);
        let locked = !lock || self.refuses == 0 || !dice.once_in(self.refuses);
        let mask = (1 << bytes) - 1;
        self.ended = Some(if write {
            let made = !error && locked;
            if made {
                world.memory.write(addr, bytes, mask, data);
            }
            let (before, word) = (word, data);
            Event::Write { addr, size: None, bytes: mask, word, before, error, lock, made }
        } else {
            Event::Read { addr, size: None, bytes: None, word, error, lock, locked }
        });
        self.response = Some((if error { dice.any() } else { word }, error, locked));
    }

    fn pins<const W: usize, const A: usize>(&self, block: &mut SwapByLock<W, A>) {
        let garbage = (self.garbage, self.garbage >> 7 & 1 == 1, self.garbage >> 9 & 1 == 1);
        let (data, error, locked) = self.response.unwrap_or(garbage);
        block.bus_req_ready.next = self.ready;
        block.bus_resp_valid.next = self.response.is_some();
        block.bus_resp_data.next = fit(data);
        block.bus_resp_error.next = error;
        block.bus_resp_locked.next = locked;
    }
}

impl<const W: usize, const A: usize> Bus<SwapByLock<W, A>> for Plain {
    const REGISTERED: bool = false;

    fn drive(&mut self, block: &mut SwapByLock<W, A>, world: &mut World, dice: &mut Dice) {
        self.garbage = dice.any();
        self.ready = self.pace.ready(dice, self.asked);
        self.response = None;
        self.answer::<W>(world, dice);
        self.pins(block);
    }

    fn edge(&mut self, block: &SwapByLock<W, A>, world: &mut World, dice: &mut Dice) {
        let lock = block.bus_req_lock.val();
        let write = block.bus_req_write.val();
        let data = if write { block.bus_req_data.val().into() } else { 0 };
        let request =
            block.bus_req_valid.val().then(|| (block.bus_req_addr.val().into(), write, data, lock));
        if let Some(before) = self.before {
            assert_eq!(request, Some(before), "a request stays until it is accepted");
        }
        assert!(!write || lock, "what is written was locked");
        self.before = request.filter(|_| !self.ready);
        self.asked = self.before.is_some();
        world.events.extend(self.ended.take());
        if let Some(request) = request.filter(|_| self.ready) {
            assert!(self.accepted.is_empty() || !lock, "what is locked is alone");
            self.accepted.push_back((request, world.cycle + 1 + self.pace.delay(dice)));
        }
        if !lock && dice.once_in(3) {
            world.meddle(dice);
        }
    }

    fn disturb(&mut self, block: &mut SwapByLock<W, A>, dice: &mut Dice) {
        // A response means something only while one is due; ready is free.
        block.bus_req_ready.next = dice.once_in(2);
    }

    fn restore(&mut self, block: &mut SwapByLock<W, A>) {
        self.pins(block);
    }

    fn outputs(&self, block: &SwapByLock<W, A>) -> String {
        format!(
            "{:?} {} {} {}",
            block.bus_req_addr.val(),
            block.bus_req_valid.val(),
            block.bus_req_write.val(),
            block.bus_req_lock.val()
        )
    }
}
