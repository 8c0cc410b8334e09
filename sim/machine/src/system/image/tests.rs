//! Images made by hand, byte by byte, and a real one if the host has it.

use super::*;
use crate::cpu::{Access, Listed, Op};
use crate::system::{Machine, MachineConfig, ProcessSpec};
use kernel::Layout;
use model::golden::IdealMmu;
use model::isa::{self, Xlen};
use std::sync::atomic::AtomicBool;

/// Type, address, bytes in the file, bytes in memory, flags.
type Header = (u64, &'static [u8], u64, u32);

/// A 64-bit RISC-V program with these segments, laid out according to the format's specification.
fn elf(kind: u16, machine: u16, segments: &[Header]) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    bytes.extend(kind.to_le_bytes());
    bytes.extend(machine.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(0x1_0000_u64.to_le_bytes()); // entry
    bytes.extend(64_u64.to_le_bytes()); // program headers
    bytes.extend(0_u64.to_le_bytes()); // no sections
    bytes.extend(0_u32.to_le_bytes());
    for field in [64, 56, segments.len() as u16, 64, 0, 0] {
        bytes.extend(field.to_le_bytes());
    }
    let mut offset = 64 + 56 * segments.len() as u64;
    for (address, data, memory, flags) in segments {
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(flags.to_le_bytes());
        let size = data.len() as u64;
        for field in [offset, *address, *address, size, *memory, 8] {
            bytes.extend(field.to_le_bytes());
        }
        offset += size;
    }
    segments.iter().for_each(|(_, data, ..)| bytes.extend(*data));
    bytes
}

const EXECUTABLE: u16 = 2;
const SHARED: u16 = 3;
const RISCV: u16 = 243;

fn sample(kind: u16) -> Vec<u8> {
    let text: Header = (0x1_0000, b"\x13\0\0\0\x13\0\0\0", 8, 5);
    let data: Header = (0x1_1ff8, b"counters12", 0x2000, 6);
    elf(kind, RISCV, &[text, data])
}

#[test]
fn segments_become_regions_and_the_rest_of_the_last_is_zero() {
    let image = ElfImage::read("a.elf", &sample(EXECUTABLE)).unwrap();
    let shape: Vec<_> = image
        .regions
        .iter()
        .map(|r| (r.kind, r.start, r.pages, r.offset, r.permissions.map(String::from)))
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        shape,
        [
            (RegionKind::Text, 0x1_0000, 1, Some(0), some("r-x")),
            (RegionKind::Data, 0x1_1000, 2, Some(1), some("rw-")),
            (RegionKind::Bss, 0x1_3000, 1, None, some("rw-")),
        ]
    );
    assert_eq!(image.pages[1][511], u64::from_le_bytes(*b"counters"));
    assert_eq!((image.pages[2][0], image.pages[2][1]), (0x3231, 0));
    assert_eq!((image.pages.len(), image.entry), (3, 0x1_0000));
    let moved = ElfImage::read("a.elf", &sample(SHARED)).unwrap();
    assert_eq!((moved.regions[0].start, moved.entry), (0x1_0000 + BIAS, 0x1_0000 + BIAS));
}

#[test]
fn a_program_runs_on_its_own_bytes() {
    let image = ElfImage::read("a.elf", &sample(EXECUTABLE)).unwrap();
    let config = MachineConfig { check_every: Some(1), ..MachineConfig::default() };
    let mut machine = Machine::new(Box::new(IdealMmu::new(Xlen::Rv64)), config).unwrap();
    machine.provide(&image).unwrap();
    let access = |kind, va| Op::Access(Access { kind, va, bytes: 8 });
    let program = Box::new(Listed::new([
        access(isa::Access::Fetch, image.entry),
        access(isa::Access::Load, 0x1_1ff8),
        access(isa::Access::Store, 0x1_2000),
        access(isa::Access::Load, 0x1_3000),
    ]));
    let layout = Layout::Regions(image.regions.clone());
    machine.spawn(ProcessSpec { name: "a".into(), layout, program, frames: None }).unwrap();
    let outcome = machine.run(&AtomicBool::new(false));
    assert!(outcome.error.is_none(), "{}", outcome.error.unwrap());
    let faults = outcome.report.total.faults;
    assert_eq!((faults.major_faults, faults.minor_faults), (3, 1));
}

#[test]
fn what_is_no_program_is_refused_with_a_reason() {
    let error = |bytes: &[u8]| ElfImage::read("b", bytes).unwrap_err().to_string();
    assert!(error(b"").starts_with("b: not a readable ELF file"));
    assert!(error(b"#!/bin/sh\necho").starts_with("b: not a readable ELF file"));
    assert!(error(&sample(EXECUTABLE)[..100]).starts_with("b: not a readable ELF file"));
    assert!(error(&sample(1)).contains("linked"), "{}", error(&sample(1)));
    assert!(error(&elf(EXECUTABLE, 40, &[(0, b"x", 1, 5)])).contains("only RISC-V"));
    assert!(error(&elf(EXECUTABLE, RISCV, &[])).contains("no segment"));
    let twice: [Header; 2] = [(0x1000, b"x", 1, 5), (0x1800, b"y", 1, 6)];
    assert!(error(&elf(EXECUTABLE, RISCV, &twice)).contains("shares a page"));
    let huge: [Header; 1] = [(0x1000, b"x", u64::MAX, 6)];
    assert!(error(&elf(EXECUTABLE, RISCV, &huge)).contains("too large"));
}

#[test]
fn a_program_of_the_host_has_text_and_data() {
    let Ok(bytes) = std::fs::read("/bin/true") else {
        eprintln!("skipped: this host has no /bin/true");
        return;
    };
    match ElfImage::read("true", &bytes) {
        Ok(image) => {
            let has = |kind| image.regions.iter().any(|region| region.kind == kind);
            assert!(has(RegionKind::Text) && has(RegionKind::Data), "{:?}", image.regions);
            let text = image.regions.iter().find(|r| r.kind == RegionKind::Text).unwrap();
            let pages = text.start..text.start + text.pages * PAGE_BYTES;
            assert!(pages.contains(&image.entry));
        }
        Err(error) => eprintln!("skipped: {error}"),
    }
}
