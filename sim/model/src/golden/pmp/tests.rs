//! The rules of the PMP registers, one by one.

use super::*;

const A: fn(PmpMatch) -> u8 = |matches| (matches as u8) << PmpConfig::A;
const RWX: u8 = 7;

/// Sets up an entry as software does.
fn set(pmp: &mut Pmp, entry: usize, config: u8, address: u64) {
    let (register, byte) = pmp.config_of(entry);
    pmp.write(PmpCsr::Address(entry as u16).number(), address);
    let others = pmp.read(register.number()) & !(0xff << (8 * byte));
    pmp.write(register.number(), others | u64::from(config) << (8 * byte));
}

fn allows(pmp: &Pmp, pa: u64, bytes: u8, access: Access, privilege: Privilege) -> bool {
    pmp.allows(Operation::of(access, privilege, pa, bytes))
}

fn loads(pmp: &Pmp, pa: u64, bytes: u8) -> bool {
    allows(pmp, pa, bytes, Access::Load, Privilege::User)
}

#[test]
fn each_way_to_match_ends_where_it_ends() {
    for xlen in [Xlen::Rv32, Xlen::Rv64] {
        let mut pmp = Pmp::new(xlen, 16);
        assert!(!loads(&pmp, 0x1000, 4), "entries exist, and none matches");
        set(&mut pmp, 9, A(PmpMatch::Na4) | RWX, 0x400);
        let seen = [0xffc, 0x1000, 0x1003, 0x1004].map(|pa| loads(&pmp, pa, 1));
        assert_eq!(seen, [false, true, true, false]);
        set(&mut pmp, 9, A(PmpMatch::Napot) | RWX, 0x401);
        let seen = [0xffc, 0x1000, 0x100f, 0x1010].map(|pa| loads(&pmp, pa, 1));
        assert_eq!(seen, [false, true, true, false]);
        set(&mut pmp, 9, 0, 0x400);
        set(&mut pmp, 10, A(PmpMatch::Tor) | RWX, 0x403);
        let seen = [0xfff, 0x1000, 0x100b, 0x100c].map(|pa| loads(&pmp, pa, 1));
        assert_eq!(seen, [false, true, true, false]);
        set(&mut pmp, 9, 0, 0x403);
        assert!(!loads(&pmp, 0x100b, 1), "a range that ends where it begins is empty");
    }
}

#[test]
fn lowest_entry_decides_and_must_cover_all_bytes() {
    let mut pmp = Pmp::new(Xlen::Rv64, 16);
    set(&mut pmp, 3, A(PmpMatch::Na4) | RWX, 0x403);
    set(&mut pmp, 4, A(PmpMatch::Napot) | RWX, 0x7ff);
    assert!(loads(&pmp, 0x1008, 4) && loads(&pmp, 0x100c, 4));
    assert!(!loads(&pmp, 0x1008, 8), "entry 3 matches four of the eight");
    for privilege in [Privilege::User, Privilege::Machine] {
        assert!(!allows(&pmp, 0x1008, 8, Access::Load, privilege), "in every mode");
    }
    set(&mut pmp, 2, A(PmpMatch::Na4), 0x403);
    assert!(!loads(&pmp, 0x100c, 4), "entry 2 permits nothing");
    assert!(loads(&pmp, 0x1ffc, 8), "the rest of it belongs to the next page");
}

#[test]
fn machine_mode_is_bound_by_locked_entries_only() {
    let mut pmp = Pmp::new(Xlen::Rv32, 8);
    set(&mut pmp, 0, A(PmpMatch::Napot) | PmpConfig::R, 0x1ff);
    let stores = |pmp: &Pmp, pa| allows(pmp, pa, 4, Access::Store, Privilege::Machine);
    assert!(stores(&pmp, 0x100) && stores(&pmp, 0x2000));
    set(&mut pmp, 0, A(PmpMatch::Napot) | PmpConfig::R | PmpConfig::L, 0x1ff);
    assert!(!stores(&pmp, 0x100) && stores(&pmp, 0x2000));
    assert!(allows(&pmp, 0x100, 4, Access::CacheBlock, Privilege::Machine));
    pmp.write(0x3a0, 0);
    pmp.write(0x3b0, 0);
    assert_eq!((pmp.read(0x3a0), pmp.read(0x3b0)), (0x99, 0x1ff), "locked");
    pmp.reset();
    assert_eq!((pmp.read(0x3a0), pmp.read(0x3b0)), (0, 0x1ff));
}

#[test]
fn locked_tor_locks_the_address_below() {
    let mut pmp = Pmp::new(Xlen::Rv64, 16);
    set(&mut pmp, 0, 0, 0x100);
    set(&mut pmp, 1, A(PmpMatch::Tor) | PmpConfig::L, 0x200);
    pmp.write(0x3b0, 7);
    assert_eq!(pmp.read(0x3b0), 0x100);
    pmp.write(0x3a0, 0x1f);
    assert_eq!(pmp.read(0x3a0), 0x881f, "its configuration is not");
    set(&mut pmp, 3, A(PmpMatch::Napot) | PmpConfig::L, 0x200);
    pmp.write(0x3b2, 7);
    assert_eq!(pmp.read(0x3b2), 7, "below a locked NAPOT nothing is");
}

#[test]
fn registers_keep_legal_values_only() {
    let mut pmp = Pmp::new(Xlen::Rv64, 16);
    pmp.write(0x3a0, 0x7f62);
    assert_eq!(pmp.read(0x3a0), 0x1f00, "bits 6 and 5, and W without R");
    pmp.write(0x3b0, u64::MAX);
    assert_eq!(pmp.read(0x3b0), (1 << 54) - 1);
    pmp.write(0x3a1, u64::MAX);
    assert_eq!((pmp.read(0x3a1), pmp.read(0x3a2)), (0, 0), "RV64 has no odd register");
    let mut pmp = Pmp::new(Xlen::Rv32, 8);
    pmp.write(0x3a1, 0x0101_0101);
    pmp.write(0x3a2, 0x0101_0101);
    pmp.write(0x3b8, 1);
    assert_eq!([0x3a0, 0x3a1, 0x3a2, 0x3b8].map(|csr| pmp.read(csr)), [0, 0x0101_0101, 0, 0]);
}

#[test]
fn what_firmware_opens_is_open() {
    for (xlen, entries) in [(Xlen::Rv32, 8), (Xlen::Rv64, 16)] {
        let mut pmp = Pmp::new(xlen, entries);
        assert!(!pmp.is_open());
        pmp.open().into_iter().for_each(|(csr, value)| pmp.write(csr, value));
        let last = if xlen == Xlen::Rv32 { 0x3_ffff_fff8 } else { 0xff_ffff_ffff_fff8 };
        assert!(pmp.is_open() && loads(&pmp, 0, 8) && loads(&pmp, last, 8));
        set(&mut pmp, 2, A(PmpMatch::Na4) | RWX, 5);
        assert!(!pmp.is_open());
    }
    assert!(Pmp::new(Xlen::Rv64, 0).is_open());
}
