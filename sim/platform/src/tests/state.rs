//! Devices that go on from the states of others.

use std::io;

use crate::{Block, Clint, Clock, Disk, Lines, Map, Plic, SECTOR, Uart};
use model::bus::Device;

/// Every device, on one hart.
struct Bench {
    clock: Clock,
    lines: Lines,
    clint: Clint,
    plic: Plic,
    uart: Uart,
    block: Block,
}

impl Bench {
    fn new(sectors: u64) -> Bench {
        let (clock, lines) = (Clock::new(), Lines::new());
        let plic = Plic::new(std::slice::from_ref(&lines));
        Bench {
            clint: Clint::new(&clock, std::slice::from_ref(&lines)),
            uart: Uart::new(plic.source(Map::UART_SOURCE), Box::new(io::sink())),
            block: Block::new(
                Disk::in_memory(vec![0; (sectors * SECTOR) as usize]),
                plic.source(Map::BLOCK_SOURCE),
            ),
            clock,
            lines,
            plic,
        }
    }

    fn restored(&self) -> Bench {
        let other = Bench::new(2);
        other.clock.restore(&self.clock.state());
        other.lines.restore(self.lines.levels());
        other.clint.restore(&self.clint.state()).expect("one hart");
        other.plic.restore(&self.plic.state()).expect("one hart");
        other.uart.restore(&self.uart.state()).expect("a port like it");
        other.block.restore(&self.block.state()).expect("a disk like it");
        other
    }

    /// What software sees, claims included.
    fn seen(&mut self) -> Vec<u64> {
        let mut seen = vec![self.lines.levels(), self.clock.now(), self.clock.deadline()];
        let mut read = |device: &mut dyn Device, at: u64, bytes: u8| {
            seen.push(device.read(at, bytes).expect("a register"));
        };
        for at in [0, 0x4000, 0xbff8] {
            read(&mut self.clint, at, if at == 0 { 4 } else { 8 });
        }
        for at in [40, 0x1000, 0x2000, 0x20_0000, 0x20_0004, 0x20_0004, 0x1000] {
            read(&mut self.plic, at, 4);
        }
        for at in [5, 2, 0, 0, 5, 1, 3, 7] {
            read(&mut self.uart, at, 1);
        }
        for at in [0x44, 0x60, 0x70, 0x100] {
            read(&mut self.block, at, 4);
        }
        seen.push(self.lines.levels());
        seen
    }
}

#[test]
fn devices_that_take_over_states_are_as_the_first_ones() {
    let mut first = Bench::new(2);
    first.clock.advance(70);
    first.clint.write(0xbff8, 8, 1000).expect("mtime");
    first.clint.write(0x4000, 8, 1100).expect("mtimecmp");
    first.clint.write(0, 4, 1).expect("msip");
    first.plic.write(40, 4, 3).expect("a priority");
    first.plic.write(0x2000, 4, 1 << 10).expect("enables");
    first.plic.write(0x20_0000, 4, 1).expect("a threshold");
    first.uart.write(1, 1, 1).expect("the interrupt of what is received");
    first.uart.write(7, 1, 0x5a).expect("the scratch register");
    // More than fits into the port's own buffer.
    first.uart.type_in(&[b'a'; 100]);
    for (at, value) in [(0x70, 0xf), (0x38, 8), (0x80, 0x8000_0000), (0x44, 1), (0x14, 1)] {
        first.block.write(at, 4, value).expect("a register");
    }
    let mut fresh = Bench::new(2);
    let mut second = first.restored();
    let seen = first.seen();
    assert_eq!(second.seen(), seen);
    assert_ne!(fresh.seen(), seen);
    // What was typed and not received yet, and the driver's bell.
    for _ in 0..97 {
        assert_eq!(second.uart.read(0, 1), Ok(b'a'.into()));
    }
    assert!(first.uart.has_typed() && second.uart.has_typed());
    assert_eq!(second.uart.read(0, 1), Ok(b'a'.into()));
    assert!(!second.uart.has_typed());
    first.block.write(0x50, 4, 0).expect("the bell");
    assert!(first.restored().block.is_notified() && !second.block.is_notified());
}

#[test]
fn states_of_other_devices_are_refused() {
    let first = Bench::new(2);
    let lines = [Lines::new(), Lines::new()];
    let (clint, plic) = (Clint::new(&Clock::new(), &lines), Plic::new(&lines));
    assert!(clint.restore(&first.clint.state()).is_err());
    assert!(plic.restore(&first.plic.state()).is_err());
    let other = Bench::new(3).block.restore(&first.block.state());
    assert!(other.is_err_and(|error| error.to_string().starts_with("the disk is not the one")));
}
