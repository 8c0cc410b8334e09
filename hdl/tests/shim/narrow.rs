//! Addresses beyond a bus: refused in order, without a word to the bus.

use crate::common::{checked, settle};
use crate::dice::Dice;
use crate::pins::{Clocked, fit};
use hdl::shim::NarrowAddress;
use std::collections::VecDeque;

/// A bus that answers each request with an error or not, and up to three walkers.
fn run<const PA: usize, const A: usize>(most: usize, cycles: u64, seed: u64) -> [u32; 3] {
    let mut dice = Dice::new(seed);
    let mut block = checked(Box::<NarrowAddress<PA, A>>::default());
    block.reset(true);
    for high in [true, false] {
        block.clock(high);
        settle(&mut *block);
    }
    block.reset(false);
    // The requests accepted, each with the error that it must end with.
    let (mut presented, mut accepted) = (None, VecDeque::new());
    let mut of_bus: VecDeque<(u64, bool)> = VecDeque::new();
    let mut counts = [0; 3];
    for cycle in 0..cycles {
        let answer = of_bus.pop_front_if(|(due, _)| *due <= cycle).map(|(_, error)| error);
        block.bus_resp_valid.next = answer.is_some();
        block.bus_resp_error.next = answer.unwrap_or(dice.once_in(2));
        let ready = dice.once_in(2);
        block.bus_req_ready.next = ready;
        settle(&mut *block);
        // The response may free a walker, who presents its next request at once.
        let free = most + usize::from(block.mem_resp_valid.val()) > accepted.len();
        if presented.is_none() && free && !dice.once_in(3) {
            let low = dice.any() & ((1 << A.min(PA)) - 1);
            let beyond = dice.once_in(2) && PA > A;
            let high = if beyond { 1 << (A as u64 + dice.roll((PA - A) as u64)) } else { 0 };
            presented = Some((low | high, beyond));
        }
        block.mem_req_valid.next = presented.is_some();
        block.mem_req_addr.next = fit(presented.map_or(dice.any(), |(addr, _)| addr));
        let response = block.mem_resp_valid.val().then(|| block.mem_resp_error.val());
        settle(&mut *block);
        let still = block.mem_resp_valid.val().then(|| block.mem_resp_error.val());
        assert_eq!(response, still, "no response depends on a request");
        if let Some(error) = response {
            let wanted = accepted.pop_front().expect("a response to a request");
            assert_eq!(error, wanted, "in order, cycle {cycle}");
            counts[usize::from(error)] += 1;
        }
        let forwarded = block.bus_req_valid.val();
        let reached = presented.filter(|(_, beyond)| !beyond).is_some();
        assert_eq!(forwarded, reached, "the bus sees what it has, and at once");
        if let Some((addr, beyond)) = presented {
            if forwarded {
                assert_eq!(u64::from(block.bus_req_addr.val()), addr);
            }
            if block.mem_req_ready.val() {
                assert!(beyond || ready);
                let error = beyond || dice.once_in(4);
                accepted.push_back(error);
                counts[2] += u32::from(beyond);
                if !beyond {
                    let after = of_bus.back().map_or(0, |(due, _)| *due + 1);
                    of_bus.push_back(((cycle + 1 + dice.roll(4)).max(after), error));
                }
                presented = None;
            }
        }
        for high in [true, false] {
            block.clock(high);
            settle(&mut *block);
        }
    }
    counts
}

#[test]
fn what_is_beyond_the_bus_is_an_error_in_its_turn() {
    for (seed, most) in [(0x11, 1), (0x12, 2), (0x13, 3)] {
        let [fine, errors, beyond] = run::<34, 32>(most, 40_000, seed);
        assert!(fine > 3000 && errors > beyond && beyond > 3000, "{fine} {errors} {beyond}");
        let [fine, errors, beyond] = run::<56, 32>(most, 40_000, seed);
        assert!(fine > 3000 && errors > beyond && beyond > 3000, "{fine} {errors} {beyond}");
    }
}

#[test]
fn a_bus_with_every_bit_refuses_nothing() {
    assert_eq!(run::<56, 56>(2, 20_000, 0x21)[2], 0);
    assert_eq!(run::<34, 40>(2, 20_000, 0x22)[2], 0);
}

#[test]
fn a_refusal_takes_a_cycle() {
    let mut block = checked(Box::<NarrowAddress<34, 32>>::default());
    block.mem_req_valid.next = true;
    block.mem_req_addr.next = (1_u64 << 33).into();
    settle(&mut *block);
    assert!(block.mem_req_ready.val() && !block.mem_resp_valid.val());
    for high in [true, false] {
        block.clock(high);
        settle(&mut *block);
    }
    block.mem_req_valid.next = false;
    settle(&mut *block);
    assert!(block.mem_resp_valid.val() && block.mem_resp_error.val());
}
