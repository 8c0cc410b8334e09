//! The RV32 MMU with both of its shims on Wishbone, as a guide would have it wired: loads and stores
//! through page tables, walked and updated on the same bus.

use crate::bus::Memory;
use crate::common::{checked, settle};
use crate::dice::Dice;
use crate::pins::fit;
use hdl::shim::{DataWishbone, WalkerWishbone};
use hdl::{Organisation, Rv32Mmu};
use rust_hdl::prelude::*;

/// The wiring.
#[derive(LogicBlock, Default)]
struct System {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub satp: Signal<In, Bits<32>>,
    pub fence: Signal<In, Bit>,
    pub fence_taken: Signal<Out, Bit>,
    pub valid: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    pub va: Signal<In, Bits<32>>,
    pub store: Signal<In, Bit>,
    pub size: Signal<In, Bits<3>>,
    pub bytes: Signal<In, Bits<4>>,
    pub data: Signal<In, Bits<32>>,
    pub answered: Signal<Out, Bit>,
    pub word: Signal<Out, Bits<32>>,
    pub fault: Signal<Out, Bit>,
    pub cause: Signal<Out, Bits<4>>,
    pub walk_stb: Signal<Out, Bit>,
    pub walk_we: Signal<Out, Bit>,
    pub walk_lock: Signal<Out, Bit>,
    pub walk_adr: Signal<Out, Bits<32>>,
    pub walk_dat: Signal<Out, Bits<32>>,
    pub walk_word: Signal<In, Bits<32>>,
    pub walk_ack: Signal<In, Bit>,
    pub walk_err: Signal<In, Bit>,
    pub data_stb: Signal<Out, Bit>,
    pub data_we: Signal<Out, Bit>,
    pub data_adr: Signal<Out, Bits<32>>,
    pub data_dat: Signal<Out, Bits<32>>,
    pub data_sel: Signal<Out, Bits<4>>,
    pub data_word: Signal<In, Bits<32>>,
    pub data_ack: Signal<In, Bit>,
    pub data_err: Signal<In, Bit>,
    mmu: Rv32Mmu<4, 2>,
    walks: WalkerWishbone<32, 4, 34, 32, 32, 4>,
    loads: DataWishbone<32, 4, 34, 32, 32, 4>,
}

impl Logic for System {
    #[hdl_gen]
    fn update(&mut self) {
        self.mmu.clock.next = self.clock.val();
        self.walks.clock.next = self.clock.val();
        self.loads.clock.next = self.clock.val();
        self.mmu.reset.next = self.reset.val();
        self.walks.reset.next = self.reset.val();
        self.loads.reset.next = self.reset.val();

        self.mmu.satp.next = self.satp.val();
        self.mmu.adue.next = true;
        self.mmu.fence_valid.next = self.fence.val();
        self.fence_taken.next = self.mmu.fence_ready.val();
        self.mmu.fault_ready.next = true;
        // What does not concern this system.
        self.mmu.l2_inject.next = false;
        self.mmu.pbmte.next = false;
        self.mmu.pmp_csr.next = bits::<12>(0);
        self.mmu.pmp_write_valid.next = false;
        self.mmu.pmp_write_data.next = bits::<32>(0);
        self.mmu.data_req_fetch.next = false;
        self.mmu.fetch_req_valid.next = false;
        self.mmu.fetch_req_va.next = bits::<32>(0);
        self.mmu.fetch_req_size.next = bits::<3>(0);
        self.mmu.fetch_req_privilege.next = bits::<2>(1);
        self.mmu.fence_by_va.next = false;
        self.mmu.fence_va.next = bits::<32>(0);
        self.mmu.fence_by_asid.next = false;
        self.mmu.fence_asid.next = bits::<9>(0);
        self.mmu.mem_resp_line.next = false;
        self.mmu.mem_resp_word_0.next = bits::<64>(0);
        self.mmu.mem_resp_word_1.next = bits::<64>(0);
        self.mmu.mem_resp_word_2.next = bits::<64>(0);
        self.mmu.mem_resp_word_3.next = bits::<64>(0);
        self.mmu.mem_resp_word_4.next = bits::<64>(0);
        self.mmu.mem_resp_word_5.next = bits::<64>(0);
        self.mmu.mem_resp_word_6.next = bits::<64>(0);
        self.mmu.mem_resp_word_7.next = bits::<64>(0);

        // Between the core and the MMU: valid and ready through the shim, the rest past it.
        self.loads.core_req_valid.next = self.valid.val();
        self.loads.core_req_store.next = self.store.val();
        self.loads.core_req_bytes.next = self.bytes.val();
        self.loads.core_req_data.next = self.data.val();
        self.ready.next = self.loads.core_req_ready.val();
        self.mmu.data_req_valid.next = self.loads.data_req_valid.val();
        self.mmu.data_req_va.next = self.va.val();
        self.mmu.data_req_store.next = self.store.val();
        self.mmu.data_req_size.next = self.size.val();
        self.mmu.data_req_cbo.next = false;
        self.mmu.data_req_privilege.next = bits::<2>(1);
        self.mmu.data_req_sum.next = false;
        self.mmu.data_req_mxr.next = false;
        self.loads.data_req_ready.next = self.mmu.data_req_ready.val();
        self.loads.data_resp_valid.next = self.mmu.data_resp_valid.val();
        self.loads.data_resp_pa.next = self.mmu.data_resp_pa.val();
        self.loads.data_resp_fault.next = self.mmu.data_resp_fault.val();
        self.loads.data_resp_cause.next = self.mmu.data_resp_cause.val();
        self.answered.next = self.loads.core_resp_valid.val();
        self.word.next = self.loads.core_resp_data.val();
        self.fault.next = self.loads.core_resp_fault.val();
        self.cause.next = self.loads.core_resp_cause.val();

        // Between the walker and its shim: name to name.
        self.walks.mem_req_valid.next = self.mmu.mem_req_valid.val();
        self.walks.mem_req_addr.next = self.mmu.mem_req_addr.val();
        self.walks.mem_req_swap.next = self.mmu.mem_req_swap.val();
        self.walks.mem_req_expected.next = self.mmu.mem_req_expected.val();
        self.walks.mem_req_desired.next = self.mmu.mem_req_desired.val();
        self.mmu.mem_req_ready.next = self.walks.mem_req_ready.val();
        self.mmu.mem_resp_valid.next = self.walks.mem_resp_valid.val();
        self.mmu.mem_resp_data.next = self.walks.mem_resp_data.val();
        self.mmu.mem_resp_error.next = self.walks.mem_resp_error.val();
        self.mmu.mem_resp_swapped.next = self.walks.mem_resp_swapped.val();

        self.walk_stb.next = self.walks.wb_stb_o.val() && self.walks.wb_cyc_o.val();
        self.walk_we.next = self.walks.wb_we_o.val();
        self.walk_lock.next = self.walks.wb_lock_o.val();
        self.walk_adr.next = self.walks.wb_adr_o.val();
        self.walk_dat.next = self.walks.wb_dat_o.val();
        self.walks.wb_dat_i.next = self.walk_word.val();
        self.walks.wb_ack_i.next = self.walk_ack.val();
        self.walks.wb_err_i.next = self.walk_err.val();
        self.data_stb.next = self.loads.wb_stb_o.val() && self.loads.wb_cyc_o.val();
        self.data_we.next = self.loads.wb_we_o.val();
        self.data_adr.next = self.loads.wb_adr_o.val();
        self.data_dat.next = self.loads.wb_dat_o.val();
        self.data_sel.next = self.loads.wb_sel_o.val();
        self.loads.wb_dat_i.next = self.data_word.val();
        self.loads.wb_ack_i.next = self.data_ack.val();
        self.loads.wb_err_i.next = self.data_err.val();
    }
}

const ROOT: u64 = 0x1000;
const TABLE: u64 = 0x2000;
const PAGES: u64 = 8;
/// The page that is not there.
const MISSING: u64 = 3;
/// The page that may not be written.
const READ_ONLY: u64 = 4;
/// The page whose frame the bus does not have.
const BEYOND: u64 = 5;
/// The page whose frame the bus refuses.
const REFUSED: u64 = 6;
const R: u64 = 2;
const W: u64 = 4;
const A: u64 = 0x40;
const D: u64 = 0x80;

fn frame(page: u64) -> u64 {
    if page == BEYOND { 1 << 32 >> 12 } else { 0x80 + 3 * page }
}

fn tables(memory: &mut Memory) {
    let mut entry = |at, value| memory.write(at, 4, 0xf, value);
    for at in 0..1024 {
        entry(ROOT + 4 * at, 0);
        entry(TABLE + 4 * at, 0);
    }
    entry(ROOT, TABLE >> 12 << 10 | 1);
    for page in (0..PAGES).filter(|page| *page != MISSING) {
        let rights = if page == READ_ONLY { R } else { R | W };
        entry(TABLE + 4 * page, frame(page) << 10 | rights | 1);
    }
}

/// An access of the core: page, offset, store, the byte if it is not a word, data.
type Access = (u64, u64, bool, Option<u64>, u32);

/// What a load or store must end with: a cause, or nothing.
fn wanted(page: u64, store: bool) -> Option<u64> {
    match page {
        MISSING => Some(if store { 15 } else { 13 }),
        READ_ONLY if store => Some(15),
        BEYOND | REFUSED => Some(if store { 7 } else { 5 }),
        _ => None,
    }
}

#[test]
fn programs_run_in_translated_memory() {
    let mut dice = Dice::new(0x5f5);
    let mmu = Rv32Mmu::new(Organisation::default());
    let mut system = checked(Box::new(System { mmu, ..System::default() }));
    let mut memory = Memory::default();
    tables(&mut memory);
    system.satp.next = (1 << 31 | ROOT >> 12).into();
    system.reset.next = true;
    for high in [true, false] {
        system.clock.next = Clock::from(high);
        settle(&mut *system);
    }
    system.reset.next = false;
    let (mut presented, mut accepted): (Option<Access>, Option<Access>) = (None, None);
    let mut fencing = false;
    let (mut finished, mut faults, mut updates, mut fences) = (0_u32, 0_u32, 0_u32, 0_u32);
    for _ in 0..30_000 {
        if presented.is_none() {
            let (page, offset) = (dice.roll(PAGES), dice.roll(1024) * 4);
            let store = dice.once_in(2);
            // One byte or the whole word.
            let byte = dice.once_in(2).then(|| dice.roll(4));
            presented = dice.once_in(2).then(|| (page, offset, store, byte, dice.any() as u32));
        }
        let (page, offset, store, byte, data) = presented.unwrap_or((9, 0, false, None, 7));
        system.valid.next = presented.is_some();
        system.va.next = (page << 12 | offset | byte.unwrap_or(0)).into();
        system.store.next = store;
        system.size.next = if byte.is_some() { 0 } else { 2 }.into();
        system.bytes.next = fit(byte.map_or(0xf, |byte| 1 << byte));
        system.data.next = u64::from(data).into();
        fencing |= dice.once_in(60);
        system.fence.next = fencing;
        settle(&mut *system);

        // One memory, two masters: the walker's goes first, and alone while it is locked.
        let walks = system.walk_stb.val() && !dice.once_in(3);
        let loads = system.data_stb.val() && !walks && !system.walk_lock.val();
        let (at, to) = (u64::from(system.walk_adr.val()), u64::from(system.data_adr.val()));
        system.walk_ack.next = walks;
        system.walk_word.next = memory.read(at, 4).into();
        let refused = to >> 12 == frame(REFUSED);
        system.data_ack.next = loads && !refused;
        system.data_err.next = loads && refused;
        system.data_word.next = memory.read(to, 4).into();
        settle(&mut *system);
        if walks && system.walk_we.val() {
            updates += 1;
            memory.write(at, 4, 0xf, system.walk_dat.val().into());
        }
        if let Some((page, offset, store, byte, data)) = accepted.filter(|_| system.answered.val())
        {
            let fault = system.fault.val().then(|| system.cause.val().into());
            assert_eq!(fault, wanted(page, store), "page {page}, store {store}");
            accepted = None;
            finished += 1;
            faults += u32::from(fault.is_some());
            let at = frame(page) << 12 | offset;
            if fault.is_none() && !store {
                assert_eq!(u64::from(system.word.val()), memory.read(at, 4));
            }
            if fault.is_none() && store {
                let mask = byte.map_or(0xf, |byte| 1 << byte);
                let mut copy = Memory::default();
                copy.write(0, 4, 0xf, memory.read(at, 4));
                copy.write(0, 4, mask, data.into());
                assert!(loads && system.data_we.val() && to == at);
                memory.write(to, 4, system.data_sel.val().into(), system.data_dat.val().into());
                assert_eq!(memory.read(at, 4), copy.read(0, 4), "the bytes named, and no others");
            }
            let entry = memory.read(TABLE + 4 * page, 4);
            let marks = if fault.is_some() {
                0
            } else if store {
                A | D
            } else {
                A
            };
            assert_eq!(entry & marks, marks, "the walker marks the page first");
        } else {
            assert!(!system.answered.val(), "no answer without an access");
            assert!(!loads || accepted.is_some(), "nor a bus access");
        }
        if system.valid.val() && system.ready.val() {
            assert!(accepted.replace(presented.take().expect("valid")).is_none());
        }
        let fenced = system.fence.val() && system.fence_taken.val();
        for high in [true, false] {
            system.clock.next = Clock::from(high);
            settle(&mut *system);
        }
        if fenced {
            // Software clears A and D, so that they are set again.
            fences += 1;
            fencing = false;
            if !system.walk_lock.val() && dice.once_in(4) && accepted.is_none() {
                tables(&mut memory);
            }
        }
    }
    println!("{finished} accesses, {faults} faults, {updates} updates, {fences} fences");
    assert!(finished > 2500 && faults > 600 && updates > 40 && fences > 200);
}
