//! Rules of the walk that translation vectors do not reach, and one table walked by hand.

use super::*;
use crate::bus::SharedMemory;
use crate::isa::{
    Access, Attributes, Cause, Context, Extension, Extensions, Fault, Mode, Privilege, Satp, Sizes,
    Xlen,
};
use crate::mmu::Request;

const RAM: u64 = 0x8000_0000;

fn request(va: u64, access: Access, privilege: Privilege) -> Request {
    Request { va, access, bytes: 8, context: Context { privilege, sum: false, mxr: false } }
}

fn regime(mode: Mode) -> Regime {
    let xlen = if mode == Mode::Sv32 { Xlen::Rv32 } else { Xlen::Rv64 };
    let satp = Satp { mode, asid: 3, root: RAM >> 12 }.encode(xlen);
    let (extensions, sizes) = (Extensions::NONE, Sizes::ALL);
    Regime { xlen, satp, adue: true, pbmte: false, extensions, sizes }
}

fn memory() -> SharedMemory {
    SharedMemory::with_ram(RAM..RAM + 0x10000).unwrap()
}

#[test]
fn sv39_walk_reads_three_levels_and_asks_for_a_and_d() {
    let memory = memory();
    memory.write(RAM + 8, 8, (RAM + 0x1000) >> 2 | 0x21).unwrap();
    memory.write(RAM + 0x1010, 8, (RAM + 0x2000) >> 2 | 1).unwrap();
    memory.write(RAM + 0x2018, 8, 0x12345 << 10 | 0x7).unwrap();
    let va = 1 << 30 | 2 << 21 | 3 << 12 | 0xabc;
    let walk =
        walk(regime(Mode::Sv39), &request(va, Access::Store, Privilege::Supervisor), &memory);
    assert_eq!(walk.outcome, Ok(0x1234_5abc));
    let places: Vec<(u32, u64)> = walk.reads.iter().map(|read| (read.level, read.pa)).collect();
    assert_eq!(places, [(2, RAM + 8), (1, RAM + 0x1010), (0, RAM + 0x2018)]);
    let old = 0x12345 << 10 | 0x7;
    assert_eq!(walk.update, Some(Update { pa: RAM + 0x2018, old, new: old | 0xc0 }));
    assert_eq!((walk.leaf_level, walk.global), (Some(0), true));
}

#[test]
fn napot_entry_is_read_as_a_copy_for_its_page_and_marked_as_it_is() {
    let extensions = Extensions::of(&[Extension::Svnapot]);
    let memory = memory();
    memory.write(RAM + 8, 8, (RAM + 0x1000) >> 2 | 1).unwrap();
    memory.write(RAM + 0x1010, 8, (RAM + 0x2000) >> 2 | 1).unwrap();
    let old = 1 << 63 | 0x12348 << 10 | 0x7;
    memory.write(RAM + 0x2018, 8, old).unwrap();
    let store = request(1 << 30 | 2 << 21 | 3 << 12 | 0xabc, Access::Store, Privilege::Supervisor);
    let regime = Regime { extensions, ..regime(Mode::Sv39) };
    let range = walk(regime, &store, &memory);
    let attributes = Attributes { size: Attributes::NAPOT, ..Attributes::default() };
    assert_eq!((range.outcome, range.attributes), (Ok(0x1234_3abc), attributes));
    assert_eq!(range.update, Some(Update { pa: RAM + 0x2018, old, new: old | 0xc0 }));
    // Reserved: another size, another level, and any without the extension.
    memory.write(RAM + 0x2018, 8, old | 1 << 10).unwrap();
    assert_eq!(walk(regime, &store, &memory).rule, Rule::ReservedNapot);
    memory.write(RAM + 0x1010, 8, 1 << 63 | (RAM + 0x8000) >> 2 | 1).unwrap();
    assert_eq!(walk(regime, &store, &memory).rule, Rule::ReservedNapot);
    let plain = Regime { extensions: Extensions::NONE, ..regime };
    assert_eq!(walk(plain, &store, &memory).rule, Rule::ReservedBits);
}

#[test]
fn identity_beyond_56_bits_is_an_access_fault() {
    let source = memory();
    let bare = Regime { satp: 0, ..regime(Mode::Sv39) };
    for (regime, privilege) in [
        (bare, Privilege::User),
        (bare, Privilege::Supervisor),
        (regime(Mode::Sv48), Privilege::Machine),
    ] {
        let last = (1 << 56) - 1;
        let fits = walk(regime, &request(last, Access::Load, privilege), &source);
        assert_eq!((fits.outcome, fits.rule), (Ok(last), Rule::Identity));
        for va in [1 << 56, 1 << 63, u64::MAX] {
            let beyond = walk(regime, &request(va, Access::Fetch, privilege), &source);
            let fault = Fault { cause: Cause::InstructionAccessFault, tval: va };
            assert_eq!(beyond.outcome, Err(fault));
            assert!(beyond.reads.is_empty());
        }
    }
}

#[test]
fn identity_on_rv32_is_32_bits_wide() {
    let bare = Regime { satp: 0, ..regime(Mode::Sv32) };
    let access = request(0xffff_fff0, Access::Load, Privilege::User);
    assert_eq!(walk(bare, &access, &memory()).outcome, Ok(0xffff_fff0));
}

#[test]
fn reserved_mode_page_faults_without_a_read() {
    for mode in [1, 2, 7, 11, 15] {
        let regime = Regime { satp: mode << 60 | RAM >> 12, ..regime(Mode::Sv39) };
        let walk_of =
            |privilege| walk(regime, &request(0x1000, Access::Store, privilege), &memory());
        let refused = walk_of(Privilege::Supervisor);
        assert_eq!(refused.outcome, Err(Fault { cause: Cause::StorePageFault, tval: 0x1000 }));
        assert!(refused.reads.is_empty());
        assert_eq!(walk_of(Privilege::Machine).outcome, Ok(0x1000));
    }
}

#[test]
fn table_in_rom_faults_on_update_with_the_access_type() {
    let memory = SharedMemory::new();
    memory.map_rom(RAM..RAM + 0x1000).unwrap();
    // A gigapage of Sv39, readable and writable, A and D clear.
    memory.load(RAM, &0x7u64.to_le_bytes()).unwrap();
    let supervisor = |access| request(0x10, access, Privilege::Supervisor);
    for (access, cause) in [
        (Access::Load, Cause::LoadAccessFault),
        (Access::Store, Cause::StoreAccessFault),
        (Access::CacheBlock, Cause::StoreAccessFault),
    ] {
        let refused = walk(regime(Mode::Sv39), &supervisor(access), &memory);
        assert_eq!(refused.outcome, Err(Fault { cause, tval: 0x10 }));
        assert_eq!((refused.rule, refused.update), (Rule::TableWrite, None));
    }
    let svade = Regime { adue: false, ..regime(Mode::Sv39) };
    let refused = walk(svade, &supervisor(Access::Load), &memory);
    assert_eq!(refused.rule, Rule::AccessedDirty);
    assert_eq!(refused.outcome.unwrap_err().cause, Cause::LoadPageFault);
}

/// `norm:cbm_access`, `norm:cbm_unperm_fault` and `norm:cbm_unperm_translate`, flag by flag.
#[test]
fn cache_block_management_needs_a_load_or_a_store_and_no_dirty_bit() {
    let memory = memory();
    let regime = regime(Mode::Sv39);
    let request = request(0x10, Access::CacheBlock, Privilege::Supervisor);
    let mxr = Request { context: Context { mxr: true, ..request.context }, ..request };
    // A gigapage with V and A, then R, W, X in turn.
    for (flags, allowed, with_mxr) in
        [(0b0010, true, true), (0b0110, true, true), (0b1000, false, true), (0b1010, true, true)]
    {
        memory.load(RAM, &(0x41_u64 | flags).to_le_bytes()).unwrap();
        let plain = walk(regime, &request, &memory);
        assert_eq!(plain.outcome.is_ok(), allowed, "{flags:04b}");
        assert_eq!(plain.update, None, "D does not matter: {flags:04b}");
        assert_eq!(walk(regime, &mxr, &memory).outcome.is_ok(), with_mxr, "{flags:04b}");
        if let Err(fault) = plain.outcome {
            assert_eq!(fault.cause, Cause::StorePageFault);
        }
    }
    memory.load(RAM, &0x7_u64.to_le_bytes()).unwrap();
    let update = walk(regime, &request, &memory).update.expect("A is clear");
    assert_eq!((update.old, update.new), (0x7, 0x47));
}

#[test]
fn rules_cite_an_anchor_each() {
    assert!(Rule::MisalignedSuperpage.to_string().starts_with("sv32algorithm: "));
    assert!(Rule::NonCanonical.to_string().starts_with("norm:Sv39_va_signext: "));
}
