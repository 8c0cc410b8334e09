//! The serial port, as a driver uses it.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use crate::{Lines, Map, Plic, Uart};
use model::bus::Device;

#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn bench() -> (Uart, Paper, Plic, Lines) {
    let lines = Lines::new();
    let mut plic = Plic::new(std::slice::from_ref(&lines));
    plic.write(4 * u64::from(Map::UART_SOURCE), 4, 1).expect("a priority");
    plic.write(0x2000, 4, 1 << Map::UART_SOURCE).expect("enables");
    let source = plic.source(Map::UART_SOURCE);
    let paper = Paper::default();
    (Uart::new(source, Box::new(paper.clone())), paper, plic, lines)
}

#[test]
fn what_is_transmitted_is_printed_at_once() {
    let (mut uart, paper, ..) = bench();
    for &letter in b"walk" {
        let status = uart.read(5, 1).expect("a status");
        assert_eq!(status & 0x60, 0x60, "the transmitter is empty");
        uart.write(0, 1, letter.into()).expect("a character");
    }
    assert_eq!(*paper.0.borrow(), b"walk");
}

#[test]
fn what_is_typed_is_received_in_order_however_much_it_is() {
    let (mut uart, ..) = bench();
    let text: Vec<u8> = (0..=255).collect();
    uart.type_in(&text);
    let mut received = Vec::new();
    while uart.read(5, 1).expect("a status") & 1 != 0 {
        assert_eq!(uart.peek(0, 1).expect("a character"), received.len() as u64);
        received.push(uart.read(0, 1).expect("a character") as u8);
    }
    assert_eq!(received, text);
}

#[test]
fn received_data_interrupt_until_they_are_identified_and_read() {
    let (mut uart, _, mut plic, lines) = bench();
    uart.type_in(b"a");
    assert_eq!(lines.levels(), 0, "not enabled");
    uart.write(1, 1, 1).expect("received data available is enabled");
    assert_eq!(lines.levels(), Lines::MEI);
    assert_eq!(plic.read(0x20_0004, 4), Ok(u64::from(Map::UART_SOURCE)));
    assert_eq!(uart.read(2, 1).expect("an identification") & 0xf, 4);
    assert_eq!(uart.read(0, 1), Ok(b'a'.into()));
    plic.write(0x20_0004, 4, Map::UART_SOURCE.into()).expect("a completion");
    assert_eq!(lines.levels(), 0);
}

#[test]
fn every_byte_that_waits_interrupts_however_few_are_read() {
    let (mut uart, _, mut plic, lines) = bench();
    uart.write(1, 1, 3).expect("received data and transmitter empty are enabled");
    uart.type_in(b"ab");
    for byte in *b"ab" {
        assert_eq!(plic.read(0x20_0004, 4), Ok(u64::from(Map::UART_SOURCE)));
        // Looking twice changes nothing, and they come before the transmitter.
        assert_eq!(uart.peek(2, 1).expect("an identification") & 0xf, 4);
        assert_eq!(uart.read(2, 1).expect("an identification") & 0xf, 4);
        assert_eq!(uart.read(2, 1).expect("an identification") & 0xf, 4);
        assert_eq!(uart.read(0, 1), Ok(byte.into()));
        plic.write(0x20_0004, 4, Map::UART_SOURCE.into()).expect("a completion");
        assert_eq!(lines.levels(), Lines::MEI);
    }
    assert_eq!(uart.read(2, 1).expect("an identification") & 0xf, 2, "the transmitter");
}

#[test]
fn an_empty_transmitter_interrupts_when_that_is_enabled() {
    let (mut uart, _, _, lines) = bench();
    uart.write(1, 1, 2).expect("transmitter empty is enabled");
    assert_eq!(lines.levels(), Lines::MEI);
    assert_eq!(uart.read(2, 1).expect("an identification") & 0xf, 2);
    assert_eq!(uart.read(2, 1).expect("an identification") & 0xf, 1, "it is acknowledged by that");
}

#[test]
fn only_bytes_of_its_eight_registers_exist() {
    let (mut uart, ..) = bench();
    assert!(uart.read(8, 1).is_err() && uart.read(0, 4).is_err());
    assert!(uart.write(8, 1, 0).is_err() && uart.write(0, 2, 0).is_err());
}
