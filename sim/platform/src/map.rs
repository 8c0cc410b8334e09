//! Where everything is. The addresses are those of QEMU's machine `virt`, so that software that was
//! built for that one finds its devices.

use std::ops::Range;

/// The address map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Map;

impl Map {
    /// Power-off and reboot.
    pub const SYSCON: Range<u64> = 0x10_0000..0x10_1000;
    /// Timer and software interrupts.
    pub const CLINT: Range<u64> = 0x200_0000..0x201_0000;
    /// The interrupt controller.
    pub const PLIC: Range<u64> = 0xc00_0000..0xc60_0000;
    /// The serial port.
    pub const UART: Range<u64> = 0x1000_0000..0x1000_0100;
    /// Its interrupt.
    pub const UART_SOURCE: u32 = 10;
    /// The disk.
    pub const BLOCK: Range<u64> = 0x1000_1000..0x1000_2000;
    /// Its interrupt.
    pub const BLOCK_SOURCE: u32 = 1;
    /// Interrupt sources, from 1.
    pub const SOURCES: u32 = 31;
    /// The first byte of RAM.
    pub const RAM: u64 = 0x8000_0000;
    /// Ticks of the clock in a second.
    pub const TIMEBASE: u32 = 10_000_000;
}
