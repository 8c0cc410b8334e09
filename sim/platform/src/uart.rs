//! A 16550 serial port, by the library `vm-superio`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::io::{self, Write};
use std::rc::Rc;

use model::bus::{BusError, Device};
use serde::{Deserialize, Serialize};
use vm_superio::serial::{NoEvents, SerialState};
use vm_superio::{Serial, Trigger};

use crate::{OtherDevice, Source};

/// `IIR`: no interrupt is pending.
const NONE_PENDING: u8 = 1;
/// `IIR`: received data are available; with the bits of a port that has buffers.
const RECEIVED: u8 = 0xc4;
/// `LSR`: data ready; `IER`: their interrupt is enabled.
const READY: u8 = 1;
/// Offset of the received character, and of the character to transmit.
const DATA: u64 = 0;
/// Offset of the interrupt enable register, or the upper half of the divisor.
const ENABLE: u64 = 1;
const IDENTIFICATION: u64 = 2;
const CONTROL: u64 = 3;
const MODEM_CONTROL: u64 = 4;
const STATUS: u64 = 5;
const MODEM_STATUS: u64 = 6;
const SCRATCH: u64 = 7;
/// `LCR`: offsets 0 and 1 are the divisor.
const DIVISOR: u8 = 0x80;

/// The interrupt is a level here, computed after each access.
#[derive(Debug)]
struct Nowhere;

impl Trigger for Nowhere {
    type E = Infallible;

    fn trigger(&self) -> Result<(), Infallible> {
        Ok(())
    }
}

type Port = Serial<Nowhere, NoEvents, Box<dyn Write>>;

struct State {
    port: Port,
    /// Typed, and not yet in the port's buffer.
    typed: VecDeque<u8>,
    source: Source,
}

/// The device: registers of a byte at offsets 0 to 7. Transmission takes no time.
#[derive(Clone)]
pub struct Uart(Rc<RefCell<State>>);

impl fmt::Debug for Uart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uart").finish_non_exhaustive()
    }
}

impl Uart {
    /// A port that prints into `printed`, and interrupts by this source.
    pub fn new(source: Source, printed: Box<dyn Write>) -> Uart {
        let port = Serial::new(Nowhere, printed);
        Uart(Rc::new(RefCell::new(State { port, typed: VecDeque::new(), source })))
    }

    /// Types characters, which the port receives as fast as software reads them.
    pub fn type_in(&self, text: &[u8]) {
        let mut state = self.0.borrow_mut();
        state.typed.extend(text);
        state.settle();
    }

    /// Prints characters that do not come through the registers: those of firmware.
    pub fn print(&self, text: &[u8]) {
        // What the host cannot print is lost, as on a line that nobody listens to.
        let _ = self.0.borrow_mut().port.writer_mut().write_all(text);
    }

    /// Whether software waits for characters: it has enabled their interrupt.
    pub fn listens(&self) -> bool {
        self.0.borrow().port.state().interrupt_enable & READY != 0
    }

    /// Whether characters were typed that software has not read.
    pub fn has_typed(&self) -> bool {
        let state = self.0.borrow();
        !state.typed.is_empty() || state.port.state().line_status & READY != 0
    }

    /// Writes out what the host has buffered of what was printed.
    ///
    /// # Errors
    /// The host's.
    pub fn flush(&self) -> io::Result<()> {
        self.0.borrow_mut().port.writer_mut().flush()
    }
}

/// What a serial port remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UartState {
    /// Both halves of the divisor, then the registers in the order of the library's state.
    registers: [u8; 9],
    received: Vec<u8>,
    typed: VecDeque<u8>,
}

impl Uart {
    /// Its registers, and what was typed.
    pub fn state(&self) -> UartState {
        let state = self.0.borrow();
        let port = state.port.state();
        UartState {
            registers: [
                port.baud_divisor_low,
                port.baud_divisor_high,
                port.interrupt_enable,
                port.interrupt_identification,
                port.line_control,
                port.line_status,
                port.modem_control,
                port.modem_status,
                port.scratch,
            ],
            received: port.in_buffer,
            typed: state.typed.clone(),
        }
    }

    /// Goes on from a state; it prints where it did. The level of its interrupt is the controller's.
    ///
    /// # Errors
    /// [`OtherDevice`]: more was received than there is room for.
    pub fn restore(&self, saved: &UartState) -> Result<(), OtherDevice> {
        let UartState { registers, received, typed } = saved;
        let port = SerialState {
            baud_divisor_low: registers[0],
            baud_divisor_high: registers[1],
            interrupt_enable: registers[2],
            interrupt_identification: registers[3],
            line_control: registers[4],
            line_status: registers[5],
            modem_control: registers[6],
            modem_status: registers[7],
            scratch: registers[8],
            in_buffer: received.clone(),
        };
        let mut state = self.0.borrow_mut();
        let made = |printed| Serial::from_state(&port, Nowhere, NoEvents, printed);
        // The library refuses a state before it takes the printer.
        made(Box::new(io::sink()) as Box<dyn Write>).map_err(|_| OtherDevice("serial port"))?;
        let before = std::mem::replace(&mut state.port, Serial::new(Nowhere, Box::new(io::sink())));
        state.port = made(before.into_writer()).map_err(|_| OtherDevice("serial port"))?;
        state.typed = typed.clone();
        Ok(())
    }
}

impl State {
    /// Receives what was typed, as far as there is room, and sets the level of the interrupt.
    fn settle(&mut self) {
        while self.port.fifo_capacity() > 0 {
            let Some(&next) = self.typed.front() else { break };
            // In loopback mode the port takes nothing; its only other errors are the trigger's.
            if !matches!(self.port.enqueue_raw_bytes(&[next]), Ok(1)) {
                break;
            }
            self.typed.pop_front();
        }
        let pending = self.port.state().interrupt_identification & NONE_PENDING == 0;
        self.source.set(pending || self.has_received());
    }

    /// Whether received data interrupt. They do so as long as there are any; the library's port
    /// forgets it with the first byte that is read.
    fn has_received(&self) -> bool {
        let state = self.port.state();
        state.line_status & state.interrupt_enable & READY != 0
    }
}

impl Device for Uart {
    fn read(&mut self, offset: u64, bytes: u8) -> Result<u64, BusError> {
        let offset = register(offset, bytes)?;
        let mut state = self.0.borrow_mut();
        if offset == IDENTIFICATION && state.has_received() {
            return Ok(RECEIVED.into());
        }
        let value = state.port.read(offset as u8);
        // Only these change what is pending, and most reads wait for the transmitter.
        if matches!(offset, DATA | IDENTIFICATION) {
            state.settle();
        }
        Ok(value.into())
    }

    fn write(&mut self, offset: u64, bytes: u8, value: u64) -> Result<(), BusError> {
        let offset = register(offset, bytes)?;
        let mut state = self.0.borrow_mut();
        // What the host cannot print is lost, as on a line that nobody listens to.
        let _ = state.port.write(offset as u8, value as u8);
        state.settle();
        Ok(())
    }

    fn peek(&self, offset: u64, bytes: u8) -> Result<u64, BusError> {
        if offset == IDENTIFICATION && bytes == 1 && self.0.borrow().has_received() {
            return Ok(RECEIVED.into());
        }
        let state = self.0.borrow().port.state();
        let divisor = state.line_control & DIVISOR != 0;
        let value = match register(offset, bytes)? {
            DATA if divisor => state.baud_divisor_low,
            ENABLE if divisor => state.baud_divisor_high,
            DATA => state.in_buffer.first().copied().unwrap_or(0),
            ENABLE => state.interrupt_enable,
            IDENTIFICATION => state.interrupt_identification | 0xc0,
            CONTROL => state.line_control,
            MODEM_CONTROL => state.modem_control,
            STATUS => state.line_status,
            MODEM_STATUS => state.modem_status,
            SCRATCH => state.scratch,
            _ => 0,
        };
        Ok(value.into())
    }
}

fn register(offset: u64, bytes: u8) -> Result<u64, BusError> {
    if bytes == 1 && offset < 8 { Ok(offset) } else { Err(BusError) }
}
