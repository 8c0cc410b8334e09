//! Timer and software interrupts.

use crate::{Clint, Clock, Lines};
use model::bus::Device;

#[test]
fn a_timer_interrupt_is_high_while_the_time_is_not_below_its_compare_register() {
    let (clock, lines) = (Clock::new(), [Lines::new(), Lines::new()]);
    let mut clint = Clint::new(&clock, &lines);
    assert_eq!(clock.deadline(), u64::MAX);
    clint.write(0x4008, 8, 100).expect("mtimecmp of hart 1");
    assert_eq!(clock.deadline(), 100);
    assert!(!clock.advance(99));
    assert_eq!(lines[1].levels(), 0);
    assert!(clock.advance(100));
    clint.update();
    assert_eq!((lines[0].levels(), lines[1].levels()), (0, Lines::MTI));
    assert_eq!(clock.deadline(), u64::MAX, "nothing else is awaited");
    clint.write(0x4008, 4, 200).expect("its lower half");
    assert_eq!((lines[1].levels(), clock.deadline()), (0, 200));
    clint.write(0x400c, 4, 1).expect("its upper half");
    assert_eq!(clock.deadline(), (1 << 32) + 200);
}

#[test]
fn software_interrupts_follow_their_registers() {
    let (clock, lines) = (Clock::new(), [Lines::new(), Lines::new()]);
    let mut clint = Clint::new(&clock, &lines);
    clint.write(4, 4, 0xffff_ffff).expect("msip of hart 1");
    assert_eq!((lines[0].levels(), lines[1].levels()), (0, Lines::MSI));
    assert_eq!(clint.read(4, 4), Ok(1), "it has one bit");
    clint.write(4, 4, 0).expect("msip of hart 1");
    assert_eq!(lines[1].levels(), 0);
}

#[test]
fn the_time_is_read_whole_and_by_halves_and_can_be_set() {
    let clock = Clock::new();
    let mut clint = Clint::new(&clock, &[Lines::new()]);
    clint.write(0xbff8, 8, 0x1_2345_6789).expect("mtime");
    assert_eq!(clock.now(), 0x1_2345_6789);
    clock.advance(1);
    assert_eq!(clock.now(), 0x1_2345_678a, "it goes on from there");
    clint.write(0x4000, 8, 0x1_2345_6790).expect("mtimecmp");
    assert_eq!(clock.deadline(), 7, "ticks since the beginning");
    clint.write(0xbff8, 8, 0x1_2345_6789).expect("mtime");
    assert_eq!(clock.deadline(), 8);
    assert_eq!(clint.read(0xbff8, 4), Ok(0x2345_6789));
    assert_eq!(clint.read(0xbffc, 4), Ok(1));
}

#[test]
fn harts_that_do_not_exist_and_other_sizes_are_refused() {
    let mut clint = Clint::new(&Clock::new(), &[Lines::new()]);
    for (offset, bytes) in [(4, 4), (0, 8), (0x4008, 8), (0x4000, 2), (0xc000, 8), (2, 4)] {
        assert!(clint.read(offset, bytes).is_err(), "{offset:#x}");
        assert!(clint.write(offset, bytes, 1).is_err(), "{offset:#x}");
    }
}
