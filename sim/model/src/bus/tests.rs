//! Laws of memory and channels.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::golden::PteSource;

const BASE: u64 = 0x8000_0000;

fn memory() -> SharedMemory {
    let memory = SharedMemory::with_ram(BASE..BASE + 0x10000).unwrap();
    memory.map_rom(0x1000..0x3000).unwrap();
    memory
}

/// Sends requests as fast as the channel accepts them; returns arrival cycles and responses.
fn drive(channel: &mut dyn Channel, requests: &[Request]) -> Vec<(u64, u64, Response)> {
    let mut accepted = Vec::new();
    let mut answers = Vec::new();
    for now in 0..100_000 {
        let next = channel.next_response();
        if let Some(response) = channel.poll(now) {
            assert_eq!(next, Some(now), "next_response names the cycle of the response");
            answers.push((accepted[answers.len()], now, response));
        }
        if answers.len() == requests.len() {
            return answers;
        }
        if channel.ready(now) && accepted.len() < requests.len() {
            channel.submit(now, requests[accepted.len()]);
            accepted.push(now);
        }
    }
    panic!("{} of {} requests answered", answers.len(), requests.len());
}

/// As [`drive`], every second or third request carried.
fn drive_carried(channel: &mut dyn Channel, requests: &[Request]) -> Vec<(u64, u64, Response)> {
    let mut answers = vec![None; requests.len()];
    let mut polled = std::collections::VecDeque::new();
    let mut next = 0;
    for now in 0..100_000 {
        if let Some(response) = channel.poll(now) {
            let (at, accepted) = polled.pop_front().expect("it was submitted");
            answers[at] = Some((accepted, now, response));
        }
        if polled.is_empty() && next == requests.len() {
            return answers.into_iter().flatten().collect();
        }
        if next < requests.len() {
            assert!(channel.is_always_ready() && channel.ready(now));
            if next % 5 % 2 == 1 {
                let known = channel.carry(now, requests[next]).expect("memory knows");
                answers[next] = Some((now, known.due, known.response));
            } else {
                channel.submit(now, requests[next]);
                polled.push_back((next, now));
            }
            next += 1;
        }
    }
    panic!("{} requests not answered", polled.len());
}

#[test]
fn what_is_carried_arrives_as_what_is_submitted() {
    let memory = memory();
    (0..40).for_each(|i| memory.write(BASE + 8 * i, 8, 100 + i).unwrap());
    let mut requests = reads(40);
    requests[7] = Request::Write { pa: BASE + 72, bytes: 8, value: 3 };
    requests[8] = Request::Read { pa: 0, bytes: 8 };
    type Make = fn(SharedMemory) -> Box<dyn Channel>;
    let channels: [Make; 3] = [
        |memory| Box::new(FixedLatency::new(memory, 4)),
        |memory| Box::new(CacheLatency::new(memory, 1, 9, 3)),
        |memory| Box::new(RandomLatency::new(memory, 1..=9, 5)),
    ];
    for make in channels {
        let expected = drive(&mut *make(memory.clone()), &requests);
        assert_eq!(drive_carried(&mut *make(memory.clone()), &requests), expected);
    }
}

fn reads(count: u64) -> Vec<Request> {
    (0..count).map(|i| Request::Read { pa: BASE + 8 * i, bytes: 8 }).collect()
}

#[test]
fn memory_outside_regions_refuses() {
    let memory = memory();
    assert_eq!(memory.read(BASE - 8, 8), Err(BusError));
    assert_eq!(memory.read(BASE + 0x10000, 1), Err(BusError));
    assert_eq!(memory.read(BASE + 0xfff8, 8), Ok(0));
    assert_eq!(memory.read(BASE + 1, 2), Err(BusError));
    assert_eq!(memory.read(BASE, 3), Err(BusError));
    assert_eq!(memory.read(BASE, 0), Err(BusError));
    assert_eq!(memory.read(u64::MAX, 1), Err(BusError));
    assert_eq!(memory.resident_pages(), 0);
}

#[test]
fn rom_write_refuses_and_keeps_contents() {
    let memory = memory();
    memory.load(0x1ffe, &[1, 2, 3, 4]).unwrap();
    assert_eq!(memory.write(0x2000, 1, 9), Err(BusError));
    assert_eq!(memory.compare_swap(0x2000, 1, 3, 9), Err(BusError));
    assert_eq!(memory.read(0x1ffe, 2), Ok(0x201));
    assert_eq!(memory.read(0x2000, 8), Ok(0x403));
    assert_eq!(memory.load(0x2fff, &[1, 2]), Err(BusError));
}

#[test]
fn regions_overlapping_or_misshapen_are_errors() {
    let memory = memory();
    assert!(matches!(memory.map_ram(BASE + 0xf000..BASE + 0x20000), Err(MapError::Overlap(..))));
    assert!(matches!(memory.map_rom(0..0x1_0000_0000), Err(MapError::Overlap(..))));
    assert!(matches!(memory.map_ram(0x5000..0x5800), Err(MapError::Shape(_))));
    assert!(matches!(memory.map_ram(0x5000..0x5000), Err(MapError::Shape(_))));
    let device = Box::new(Console::new());
    assert!(matches!(memory.map_device(0x2ff8..0x3010, device), Err(MapError::Overlap(..))));
}

#[test]
fn console_read_takes_exactly_one_character() {
    let memory = memory();
    let console = Console::new();
    memory.map_device(0x100..0x100 + Console::BYTES, Box::new(console.clone())).unwrap();
    console.type_in(b"hi");
    assert_eq!(memory.peek(0x100, 1), Ok(b'h'.into()));
    let mut channel = FixedLatency::new(memory.clone(), 3);
    let answers = drive(&mut channel, &[Request::Read { pa: 0x100, bytes: 1 }; 3]);
    let values: Vec<u64> = answers.iter().map(|(_, _, response)| response.value).collect();
    assert_eq!(values, [b'h'.into(), b'i'.into(), 0]);
    assert_eq!(memory.read(0x110, 4), Ok(3));
    memory.write(0x100, 4, b'!'.into()).unwrap();
    assert_eq!(console.printed(), b"!");
    assert_eq!(memory.compare_swap(0x108, 8, 0, 1), Err(BusError));
}

#[test]
fn latency_fixed_answers_at_l_and_every_cycle() {
    for cycles in [1, 2, 7] {
        let mut channel = FixedLatency::new(memory(), cycles);
        for (i, (accepted, arrived, _)) in drive(&mut channel, &reads(20)).iter().enumerate() {
            assert_eq!((*accepted, *arrived), (i as u64, i as u64 + cycles));
        }
    }
}

#[test]
fn read_under_way_does_not_see_a_later_write() {
    let memory = memory();
    let mut channel = FixedLatency::new(memory.clone(), 5);
    channel.submit(0, Request::Read { pa: BASE, bytes: 8 });
    memory.write(BASE, 8, 7).unwrap();
    assert_eq!(channel.poll(4), None);
    assert_eq!(channel.poll(5).unwrap().value, 0);
}

#[test]
fn back_pressure_depends_on_the_cycle_alone() {
    let mut all = BackPressure::new(FixedLatency::new(memory(), 1), 0.3, 5);
    let every: Vec<bool> = (0..1000).map(|now| all.ready(now)).collect();
    let mut some = BackPressure::new(FixedLatency::new(memory(), 1), 0.3, 5);
    for now in (0..1000).step_by(37) {
        assert_eq!(some.ready(now), every[now as usize]);
    }
    let open = every.iter().filter(|open| **open).count();
    assert!((200..400).contains(&open), "{open} of 1000 cycles ready");
    assert!(!BackPressure::new(all, 0.0, 1).ready(0));
}

#[test]
fn injected_errors_fall_on_the_chosen_requests_and_change_nothing() {
    let memory = memory();
    let plan = FaultPlan {
        addresses: vec![BASE + 16..BASE + 17, 0..8],
        requests: [4].into(),
        ..FaultPlan::default()
    };
    let mut channel = FaultInjection::new(FixedLatency::new(memory.clone(), 2), plan);
    let writes: Vec<Request> =
        (0..6).map(|i| Request::Write { pa: BASE + 8 * i, bytes: 8, value: i + 1 }).collect();
    let answers = drive(&mut channel, &writes);
    let errors: Vec<bool> = answers.iter().map(|(_, _, response)| response.error).collect();
    assert_eq!(errors, [false, false, true, false, true, false]);
    assert_eq!(memory.read(BASE + 16, 8), Ok(0));
    assert_eq!(memory.read(BASE + 32, 8), Ok(0));
    assert_eq!(memory.read(BASE + 40, 8), Ok(6));
}

#[test]
fn trace_keeps_the_newest_events_in_order() {
    let trace = Trace::new(3);
    let mut channel = Traced::new(FixedLatency::new(memory(), 4), trace.clone());
    drive(&mut channel, &reads(2));
    let response = Response { value: 0, error: false, swapped: false };
    let expected = [
        TraceEvent::Accepted(1, reads(2)[1]),
        TraceEvent::Answered(4, response),
        TraceEvent::Answered(5, response),
    ];
    assert_eq!(trace.take(), expected);
    assert!(trace.take().is_empty());
}

/// A channel of each latency, and the memory behind it.
fn delayed(kind: usize) -> (SharedMemory, Box<dyn Channel>) {
    let memory = memory();
    memory.write(BASE + 0x1008, 8, 5).unwrap();
    let channel: Box<dyn Channel> = match kind {
        0 => Box::new(FixedLatency::new(memory.clone(), 4)),
        1 => Box::new(CacheLatency::new(memory.clone(), 1, 9, 3)),
        _ => Box::new(RandomLatency::new(memory.clone(), 1..=7, 3)),
    };
    (memory, channel)
}

#[test]
fn burst_is_what_single_requests_are() {
    for kind in 0..3 {
        let (one, mut single) = delayed(kind);
        let (all, mut burst) = delayed(kind);
        for (round, pa) in [BASE + 0x1000, BASE + 0x2010].into_iter().enumerate() {
            let words: Vec<u64> = (100..140).map(|n| n * (1 + round as u64)).collect();
            let reads: Vec<_> =
                (0..40).map(|n| Request::Read { pa: pa + 8 * n, bytes: 8 }).collect();
            let answers = drive(single.as_mut(), &reads);
            let mut read = vec![0; 40];
            let last = burst.burst(0, &mut Burst::Read { pa, words: &mut read });
            assert_eq!(last, Some(answers[39].1));
            assert!(answers.iter().map(|(_, _, response)| response.value).eq(read));
            let writes: Vec<_> = words
                .iter()
                .zip(reads)
                .map(|(&value, read)| {
                    let Request::Read { pa, bytes } = read else { unreachable!() };
                    Request::Write { pa, bytes, value }
                })
                .collect();
            let answers = drive(single.as_mut(), &writes);
            let last = burst.burst(0, &mut Burst::Write { pa, words: &words });
            assert_eq!(last, Some(answers[39].1));
            for at in (BASE..BASE + 0x4000).step_by(8) {
                assert_eq!(one.read(at, 8), all.read(at, 8));
            }
        }
    }
}

#[test]
fn burst_that_could_go_wrong_is_left_to_single_requests() {
    let (memory, mut channel) = delayed(0);
    let mut read = |pa| channel.burst(0, &mut Burst::Read { pa, words: &mut [0; 4] });
    assert_eq!(read(0x1000), Some(7));
    assert_eq!(read(BASE + 0xfe0), Some(7));
    for pa in [0, BASE + 4, BASE + 0xfe8, BASE + 0xfff0, BASE + 0x10000] {
        assert_eq!(read(pa), None, "{pa:#x}");
    }
    let write =
        |channel: &mut dyn Channel, pa| channel.burst(0, &mut Burst::Write { pa, words: &[1; 4] });
    assert_eq!(write(channel.as_mut(), 0x1000), None, "ROM");
    assert_eq!(memory.read(0x1000, 8), Ok(0));
    let mut wrapped =
        FaultInjection::new(FixedLatency::new(memory.clone(), 1), FaultPlan::default());
    assert_eq!(write(&mut wrapped, BASE), None);
    assert_eq!(memory.read(BASE, 8), Ok(0));
    channel.submit(0, Request::Read { pa: BASE, bytes: 8 });
    assert_eq!(write(channel.as_mut(), BASE), None, "something is under way");
}

#[test]
fn watch_ends_with_a_change_of_its_page() {
    let memory = memory();
    let version = || PteSource::version(&memory);
    memory.write(BASE, 8, 1).unwrap();
    let before = version();
    memory.write(BASE, 8, 2).unwrap();
    assert_eq!(version(), before, "nothing is watched");
    assert!(memory.watch(BASE + 8, 8) && memory.watch(0x1000, 8) && memory.watch(1 << 40, 8));
    memory.read(BASE, 8).unwrap();
    memory.write(BASE + 0x1000, 8, 2).unwrap();
    let after = version();
    memory.write(BASE + 0xff8, 1, 2).unwrap();
    assert_eq!(version(), after + 1);
    memory.write(BASE + 8, 8, 2).unwrap();
    assert_eq!(version(), after + 1, "the watch has ended");
    memory.load(0x1fff, &[1]).unwrap();
    assert_eq!(version(), after + 2, "ROM");
}

fn any_request() -> impl Strategy<Value = Request> {
    let place = (0u64..64, prop::sample::select(vec![1u8, 2, 4, 8]));
    (place, 0u8..3, 0u64..4, 0u64..4).prop_map(|((at, bytes), kind, expected, value)| {
        let pa = BASE + 0xfe0 + at / u64::from(bytes) * u64::from(bytes);
        match kind {
            0 => Request::Read { pa, bytes },
            1 => Request::Write { pa, bytes, value },
            _ => Request::CompareSwap { pa, bytes, expected, desired: value },
        }
    })
}

/// Memory as a map of bytes: obviously correct.
fn reference(bytes: &mut BTreeMap<u64, u8>, request: Request) -> Response {
    let read = |bytes: &BTreeMap<u64, u8>, pa, n: u8| {
        (0..n).rev().fold(0, |value, i| {
            value << 8 | u64::from(*bytes.get(&(pa + u64::from(i))).unwrap_or(&0))
        })
    };
    let write = |bytes: &mut BTreeMap<u64, u8>, pa: u64, n: u8, value: u64| {
        for i in 0..u64::from(n) {
            bytes.insert(pa + i, (value >> (8 * i)) as u8);
        }
    };
    let (value, swapped) = match request {
        Request::Read { pa, bytes: n } => (read(bytes, pa, n), false),
        Request::Write { pa, bytes: n, value } => {
            write(bytes, pa, n, value);
            (0, false)
        }
        Request::CompareSwap { pa, bytes: n, expected, desired } => {
            let found = read(bytes, pa, n);
            if found == expected {
                write(bytes, pa, n, desired);
            }
            (found, found == expected)
        }
    };
    Response { value, error: false, swapped }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Through every wrapper, responses are those of memory in order of acceptance, one per cycle
    /// and never before the minimum latency.
    #[test]
    fn channel_answers_in_order_what_memory_says(
        requests in prop::collection::vec(any_request(), 1..60),
        seed in 0u64..1000,
        least in 1u64..5,
        spread in 0u64..9,
    ) {
        let inner = RandomLatency::new(memory(), least..=least + spread, seed);
        let injected = FaultInjection::new(inner, FaultPlan::default());
        let traced = Traced::new(injected, Trace::new(10));
        let mut channel: Box<dyn Channel> = Box::new(BackPressure::new(traced, 0.6, seed));
        let answers = drive(&mut channel, &requests);
        let mut bytes = BTreeMap::new();
        let mut before = None;
        for ((accepted, arrived, response), request) in answers.iter().zip(&requests) {
            prop_assert!(*arrived >= accepted + least);
            prop_assert!(before < Some(*arrived));
            before = Some(*arrived);
            prop_assert_eq!(*response, reference(&mut bytes, *request));
        }
    }
}

#[test]
fn pages_that_are_put_elsewhere_are_the_same_and_watched_as_they_were() {
    let memory = SharedMemory::with_ram(0x8000_0000..0x8001_0000).unwrap();
    memory.write(0x8000_1008, 8, 7).unwrap();
    memory.write(0x8000_3000, 1, 0).unwrap();
    memory.write(0x8000_5000, 8, 0).unwrap();
    assert!(PteSource::watch(&memory, 0x8000_5000, 8));
    let other = SharedMemory::with_ram(0x8000_0000..0x8001_0000).unwrap();
    let mut shown = Vec::new();
    memory.each_page(|pa, words, watched| {
        shown.push((pa, words[1], watched));
        other.put_page(pa, words, watched).unwrap();
    });
    assert_eq!(shown, [(0x8000_1000, 7, false), (0x8000_5000, 0, true)]);
    assert_eq!(other.read(0x8000_1008, 8), Ok(7));
    assert_eq!(other.replace(0x8000_1008, 8, 8), Ok(None));
    assert_eq!(other.replace(0x8000_5008, 8, 8), Ok(Some(0)));
    let words = &[0; 512];
    assert_eq!(other.put_page(0x8001_0000, words, false), Err(BusError));
    assert_eq!(other.put_page(0x8000_0008, words, false), Err(BusError));
}
