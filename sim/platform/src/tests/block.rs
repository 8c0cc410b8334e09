//! The disk, as a driver uses it.

use crate::{Block, Disk, Lines, Map, Plic, SECTOR};
use model::bus::{Device, SharedMemory};

const DESCRIPTORS: u64 = 0x8000_0000;
const AVAILABLE: u64 = 0x8000_1000;
const USED: u64 = 0x8000_2000;
const HEADER: u64 = 0x8000_3000;
const DATA: u64 = 0x8000_4000;
const OUTCOME: u64 = 0x8000_6000;

struct Driver {
    memory: SharedMemory,
    block: Block,
    lines: Lines,
    requests: u16,
}

impl Driver {
    /// With a disk of four sectors, whose bytes are the numbers of their sectors.
    fn new() -> Driver {
        let image = (0..4 * SECTOR).map(|byte| (byte / SECTOR) as u8).collect();
        let lines = Lines::new();
        let mut plic = Plic::new(std::slice::from_ref(&lines));
        plic.write(4 * u64::from(Map::BLOCK_SOURCE), 4, 1).expect("a priority");
        plic.write(0x2000, 4, 1 << Map::BLOCK_SOURCE).expect("enables");
        let source = plic.source(Map::BLOCK_SOURCE);
        let memory = SharedMemory::with_ram(0x8000_0000..0x8001_0000).expect("RAM");
        let mut block = Block::new(Disk::in_memory(image), source);
        for (register, value) in [
            (0x70, 3),
            (0x70, 0xb),
            (0x38, 8),
            (0x80, DESCRIPTORS),
            (0x90, AVAILABLE),
            (0xa0, USED),
            (0x44, 1),
            (0x70, 0xf),
        ] {
            block.write(register, 4, value).expect("a register");
        }
        Driver { memory, block, lines, requests: 0 }
    }

    fn put(&self, pa: u64, bytes: u8, value: u64) {
        self.memory.write(pa, bytes, value).expect("RAM");
    }

    fn get(&self, pa: u64, bytes: u8) -> u64 {
        self.memory.peek(pa, bytes).expect("RAM")
    }

    fn descriptor(&self, index: u64, pa: u64, bytes: u64, flags: u64) {
        let entry = DESCRIPTORS + 16 * index;
        self.put(entry, 8, pa);
        self.put(entry + 8, 4, bytes);
        self.put(entry + 12, 2, flags);
        self.put(entry + 14, 2, index + 1);
    }

    /// Makes descriptor 0 available, rings the bell, and lets the device work.
    fn ring(&mut self) {
        self.put(AVAILABLE + 4 + 2 * u64::from(self.requests % 8), 2, 0);
        self.requests += 1;
        self.put(AVAILABLE + 2, 2, self.requests.into());
        self.block.write(0x50, 4, 0).expect("the bell");
        assert!(self.block.is_notified());
        self.block.serve(&self.memory);
        assert!(!self.block.is_notified());
    }

    /// One request about two sectors in two pieces; returns its outcome.
    fn request(&mut self, kind: u64, sector: u64) -> u64 {
        self.put(HEADER, 4, kind);
        self.put(HEADER + 8, 8, sector);
        self.put(OUTCOME, 1, 0xff);
        let data = if kind == 0 { 3 } else { 1 };
        self.descriptor(0, HEADER, 16, 1);
        self.descriptor(1, DATA, SECTOR, data);
        self.descriptor(2, DATA + SECTOR, SECTOR, data);
        self.descriptor(3, OUTCOME, 1, 2);
        self.ring();
        self.get(OUTCOME, 1)
    }
}

#[test]
fn it_says_what_it_is() {
    let mut block = Driver::new().block;
    let mut read = |offset, bytes| block.read(offset, bytes).expect("a register");
    assert_eq!([read(0, 4), read(4, 4), read(8, 4)], [0x7472_6976, 2, 2]);
    assert_eq!([read(0x100, 8), read(0x100, 4), read(0x104, 4), read(0x101, 1)], [4, 4, 0, 0]);
    block.write(0x14, 4, 1).expect("a selection");
    assert_eq!(block.read(0x10, 4), Ok(1), "VIRTIO_F_VERSION_1");
    assert!(block.read(0, 8).is_err() && block.read(2, 4).is_err());
}

#[test]
fn sectors_are_read_and_written() {
    let mut driver = Driver::new();
    assert_eq!(driver.request(0, 1), 0);
    assert_eq!([driver.get(DATA, 1), driver.get(DATA + SECTOR, 1)], [1, 2]);
    assert_eq!([driver.get(USED + 2, 2), driver.get(USED + 4, 4)], [1, 0]);
    assert_eq!(driver.get(USED + 8, 4), 2 * SECTOR + 1, "bytes written");
    driver.put(DATA, 1, 0xab);
    assert_eq!(driver.request(1, 2), 0);
    driver.put(DATA, 1, 0);
    assert_eq!(driver.request(0, 2), 0);
    assert_eq!(driver.get(DATA, 1), 0xab);
    assert_eq!(driver.get(DATA + SECTOR, 1), 2);
    assert_eq!(driver.get(USED + 2, 2), 3);
}

#[test]
fn it_interrupts_until_that_is_acknowledged() {
    let mut driver = Driver::new();
    assert_eq!(driver.lines.levels(), 0);
    driver.request(0, 0);
    assert_eq!(driver.lines.levels(), Lines::MEI);
    assert_eq!(driver.block.read(0x60, 4), Ok(1));
    driver.block.write(0x64, 4, 1).expect("an acknowledgement");
    assert_eq!(driver.block.read(0x60, 4), Ok(0));
}

#[test]
fn what_is_beyond_the_disk_or_unknown_fails_alone() {
    let mut driver = Driver::new();
    for (kind, sector, outcome) in [(0, 3, 1), (1, u64::MAX, 1), (17, 0, 2), (4, 0, 0), (0, 2, 0)] {
        assert_eq!(driver.request(kind, sector), outcome, "request {kind} of sector {sector}");
    }
    assert_eq!(driver.block.read(0x70, 4), Ok(0xf), "it needs no reset");
}

#[test]
fn broken_structures_ask_for_a_reset() {
    type Breaks = fn(&Driver);
    let breaks: [Breaks; 5] = [
        |driver| driver.descriptor(0, HEADER, 8, 1),
        |driver| driver.descriptor(0, 0x10, 16, 1),
        |driver| driver.put(DESCRIPTORS + 14, 2, 0),
        |driver| driver.put(DESCRIPTORS + 14, 2, 99),
        |driver| driver.put(DESCRIPTORS + 12, 2, 0),
    ];
    for (number, broken) in breaks.into_iter().enumerate() {
        let mut driver = Driver::new();
        driver.request(0, 0);
        broken(&driver);
        driver.ring();
        assert_eq!(driver.block.read(0x70, 4), Ok(0x4f), "break {number}");
        driver.block.write(0x70, 4, 0).expect("a reset");
        assert_eq!(driver.block.read(0x70, 4), Ok(0), "break {number}");
    }
}

#[test]
fn an_image_that_is_no_disk_is_refused_by_name() {
    let missing = Disk::open("/nowhere/at/all.img".as_ref()).expect_err("no image");
    assert!(missing.to_string().contains("/nowhere/at/all.img"), "{missing}");
}
