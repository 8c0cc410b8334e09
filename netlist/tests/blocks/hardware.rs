//! Every block of the MMU alone; larger ones with their children.

use crate::common::{Clocked, Dice, Stimulus, clocked, present, run, unclocked};
use hdl::fault::{Cause, HeldFault};
use hdl::geometry::PageMask;
use hdl::permission::Permission;
use hdl::pmp::{Physical, PmpEntry, PmpRegisters, Protection, Region, SingleProtection};
use hdl::port::{MemoryType, Miss, PhysicalAddress, Port};
use hdl::scheme::{Scheme32, Scheme64};
use hdl::second::{SecondLevel, SecondShape};
use hdl::tlb::{Cam, CamLine, PageSets, Policy, Replacement, Shape};
use hdl::walker::{
    Choice, EntryAddress, LineFill, MemoryTurn, PteDecode, WalkCache, WalkMemory, Walker, Walks,
};
use hdl::{AccessContext, Extensions, Leaf, Organisation, Sizes};

type Mask32 = PageMask<20, 22>;
type Mask64 = PageMask<45, 44>;
type Line = CamLine<45, 16>;
type Tlb = Cam<4, 2, 45, 44, 16>;
type Pages = PageSets<45, 44, 16>;
type Fifo = Replacement<3>;
type Address32 = PhysicalAddress<32, 20, 22, 34>;
type Address64 = PhysicalAddress<64, 45, 44, 56>;
type Entry32 = EntryAddress<20, 22, 34>;
type Entry64 = EntryAddress<45, 44, 56>;
type Decode32 = PteDecode<32, 20, 22>;
type Decode64 = PteDecode<64, 45, 44>;
type Chooser = Choice<45, 16>;
type Walker32 = Walker<32, 20, 22, 34>;
type Walker64 = Walker<64, 45, 44, 56>;
type Pointers = WalkCache<45, 44, 16>;
type Second = SecondLevel<45, 44, 16, 61>;
type Waiting = Miss<64, 44, 16>;
type Fetch = Port<4, 2, 64, 45, 44, 56, 16>;
type Held = HeldFault<64>;
type PmpOne = PmpEntry<64, 54>;
type Registers32 = PmpRegisters<32, 32>;
type Registers64 = PmpRegisters<64, 54>;
type Protect = Protection<64, 56, 54>;
type ProtectOne = SingleProtection<64, 56, 54>;
type Memory = WalkMemory<64, 56, 54>;
type Fill32 = LineFill<32, 34>;
type Fill64 = LineFill<64, 56>;
type Both = Walks<64, 45, 44, 56, 54, 16>;

clocked!(
    Line, Tlb, Pages, Fifo, Walker32, Walker64, Waiting, Fetch, Held, Pointers, MemoryTurn, Second
);
clocked!(PmpOne, Registers32, Registers64, Protect, ProtectOne, Memory, Both, Fill32, Fill64);
unclocked!(Mask32, Mask64, Address32, Address64, Entry32, Entry64, Decode32, Decode64, Chooser);
unclocked!(Permission, Cause, MemoryType, Scheme32, Scheme64);

/// Every extension.
const ALL: Extensions = Extensions { svnapot: true, svpbmt: true, svrsw60t59b: true };

/// Everything, and less than that.
const SIZES: [Sizes; 2] = [
    Sizes { asid_bits: 16, pa_bits: 56, levels: 5 },
    Sizes { asid_bits: 3, pa_bits: 39, levels: 3 },
];

impl Stimulus for Leaf {
    fn stimulus(dice: &mut Dice) -> Self {
        let (level, pbmt) = (dice.roll(5).into(), dice.roll(4).into());
        let mut bit = || dice.any();
        let (read, write, execute, user) = (bit(), bit(), bit(), bit());
        Self { read, write, execute, user, dirty: bit(), global: bit(), level, pbmt }
    }
}

impl Stimulus for AccessContext {
    fn stimulus(dice: &mut Dice) -> Self {
        let mut bit = || dice.any();
        let (fetch, store, user, sum) = (bit(), bit(), bit(), bit());
        Self { fetch, store, cbo: bit(), user, sum, mxr: bit(), adue: bit(), pbmte: bit() }
    }
}

/// At least `least` of a hundred nets must have changed, or the test would prove little.
fn alone<B: Clocked>(block: B, cycles: u64, least: usize, present: impl FnMut(&mut Dice, &mut B)) {
    let moved = run(block, cycles, 31, present);
    assert!(moved >= least, "only {moved} % of the nets ever changed");
}

/// A page table entry that is mostly valid.
fn entry<T: From<u64>>(dice: &mut Dice) -> T {
    let flags = [0xdf, 0xcf, 0xef, 0x4f, 0x5f, 0x01, 0x21, 0x00][dice.roll(8) as usize];
    (dice.roll(4) << 28 | ((dice.roll(4) / 3) << 10) | flags).into()
}

#[test]
pub(crate) fn small_blocks_agree_alone() {
    alone(Mask32::default(), 60, 60, |dice, block| present!(dice, block: level));
    alone(Mask64::default(), 60, 60, |dice, block| present!(dice, block: level));
    alone(MemoryType::new(ALL), 90, 90, |dice, block| {
        present!(dice, block: of_line, of_walk, walked, then, now);
    });
    alone(Mask64::new(ALL), 60, 60, |dice, block| present!(dice, block: level));
    alone(Permission::default(), 400, 90, |dice, block| present!(dice, block: access, leaf));
    alone(
        Cause::default(),
        60,
        90,
        |dice, block| present!(dice, block: fetch, store, access_fault),
    );
    alone(Address32::default(), 300, 60, |dice, block| {
        present!(dice, block: va, line_ppn,
        line_inside, bypasses, walked, walk_ppn, walk_inside)
    });
    alone(Address64::default(), 300, 60, |dice, block| {
        present!(dice, block: va, line_ppn,
        line_inside, bypasses, walked, walk_ppn, walk_inside)
    });
    alone(Entry32::default(), 300, 60, |dice, block| {
        present!(dice, block: vpn, root_level, next_level, moves, from_root, fetch_root, data_root,
            of_data, pointer, last)
    });
    alone(Entry64::default(), 300, 60, |dice, block| {
        present!(dice, block: vpn, root_level, next_level, moves, from_root, fetch_root, data_root,
            of_data, pointer, last)
    });
}

#[test]
pub(crate) fn schemes_agree_alone() {
    for sizes in SIZES {
        let narrow = Sizes { pa_bits: sizes.pa_bits.min(33), ..sizes };
        let of_rv32 = if sizes == Sizes::default() { sizes } else { narrow };
        alone(Scheme32::new(of_rv32), 300, 60, |dice, block| {
            present!(dice, block: satp, va, machine);
        });
        alone(Scheme64::new(sizes), 900, 80, |dice, block| {
            present!(dice, block: va, machine);
            let mode = [0_u64, 8, 9, 10, 15][dice.roll(5) as usize];
            block.satp.next = (mode << 60 | dice.roll(1 << 60)).into();
        });
    }
}

#[test]
pub(crate) fn decoders_agree_alone() {
    alone(Decode32::default(), 900, 70, |dice, block| {
        present!(dice, block: pte, level);
        if dice.roll(2) == 0 {
            block.pte.next = entry(dice);
        }
    });
    alone(Decode64::default(), 900, 70, |dice, block| {
        present!(dice, block: pte, level, pbmte);
        if dice.roll(2) == 0 {
            block.pte.next = entry(dice);
        }
    });
    for sizes in SIZES {
        alone(Decode64::new(ALL, sizes), 900, 70, |dice, block| {
            present!(dice, block: pte, level, pbmte);
            let (upper, low) = (dice.roll(8) << 61, dice.roll(16) << 10);
            if dice.roll(2) == 0 {
                block.pte.next = (upper | low | 0xdf).into();
                block.level.next = dice.roll(2).into();
            }
        });
    }
}

#[test]
pub(crate) fn a_chooser_agrees_alone() {
    alone(Chooser::default(), 600, 90, |dice, block| {
        present!(dice, block: free, owner, fetch_waits, fetch_vpn, fetch_top_level,
            fetch_access, fetch_asid, data_waits, data_vpn, data_top_level, data_access, data_asid);
    });
}

#[test]
pub(crate) fn a_line_agrees_alone() {
    alone(Line::default(), 1500, 80, |dice, block| {
        present!(dice, block: key_vpn, key_asid, looks_ahead, key_inside, fence, fence_by_va,
            fence_by_asid, refill, write, new_leaf);
        block.reset.next = dice.roll(60) == 0;
    });
}

#[test]
pub(crate) fn a_tlb_agrees_alone() {
    alone(Tlb::default(), 1500, 80, |dice, block| {
        present!(dice, block: key_vpn, key_asid, looks_ahead, access, fence_by_va,
            fence_by_asid, filling, refill, new_ppn, new_leaf, new_inside);
        block.reset.next = dice.roll(100) == 0;
        block.fence.next = dice.roll(8) == 0;
    });
}

/// Every policy, with and without sets.
#[test]
pub(crate) fn tlbs_of_every_shape_agree_alone() {
    let policies = [Policy::Lru, Policy::PseudoLru, Policy::NotMostRecent, Policy::Random];
    for policy in policies {
        for ways in [4, 2] {
            let shape = Shape { lines: 4, ways, policy };
            alone(Tlb::new(ALL, shape, false, false), 700, 80, |dice, block| {
                present!(dice, block: key_asid, looks_ahead, access, used, fence_by_va,
                    fence_by_asid, filling, refill, new_ppn, new_leaf, new_inside);
                block.key_vpn.next = dice.roll(1 << 10).into();
                block.reset.next = dice.roll(100) == 0;
                block.fence.next = dice.roll(8) == 0;
            });
        }
    }
}

/// Fewer lines than their numbers could count.
#[test]
pub(crate) fn a_tlb_of_three_lines_agrees_alone() {
    alone(Tlb::new(ALL, Shape::fifo(3), false, false), 1500, 80, |dice, block| {
        present!(dice, block: key_vpn, key_asid, looks_ahead, access, fence_by_va,
            fence_by_asid, filling, refill, new_ppn, new_leaf, new_inside);
        block.reset.next = dice.roll(100) == 0;
        block.fence.next = dice.roll(8) == 0;
    });
}

/// Pages in sets, of every number of ways.
#[test]
pub(crate) fn pages_in_sets_agree_alone() {
    for ways in [1, 2, 4] {
        alone(Pages::new(ways), 900, 80, |dice, block| {
            present!(dice, block: key_asid, all_spaces, access, fence_by_va, fence_by_asid, refill,
                new_asid, new_ppn, new_leaf);
            let vpn = dice.roll(1 << 6);
            block.key_vpn.next = vpn.into();
            block.new_vpn.next = vpn.into();
            block.reset.next = dice.roll(100) == 0;
            block.fence.next = dice.roll(8) == 0;
        });
    }
}

#[test]
pub(crate) fn a_replacement_agrees_alone() {
    for block in [Fifo::default(), Fifo::new(Shape::fifo(5))] {
        alone(block, 900, 80, |dice, block| {
            present!(dice, block: refill, used, used_line);
            block.reset.next = dice.roll(60) == 0;
            for full in &mut block.full {
                full.next = dice.roll(6) > 0;
            }
        });
    }
}

#[test]
pub(crate) fn a_walk_cache_agrees_alone() {
    for lines in [2, 5, 16] {
        alone(Pointers::new(lines), 1500, 80, |dice, block| {
            present!(dice, block: key_asid, fence_by_va, fence_by_asid, write, new_ppn,
                new_global);
            block.key_vpn.next = (dice.roll(4) << 36 | dice.roll(4) << 27 | dice.roll(3)).into();
            block.new_level.next = (1 + dice.roll(4)).into();
            block.reset.next = dice.roll(100) == 0;
            block.fence.next = dice.roll(12) == 0;
        });
    }
}

#[test]
pub(crate) fn a_second_level_agrees_alone() {
    for (ways, parity, sizes) in [(1, true, SIZES[0]), (4, false, SIZES[1])] {
        let shape = SecondShape { entries: 64, ways, parity };
        alone(Second::new(shape, ALL, sizes), 2500, 60, |dice, block| {
            present!(dice, block: fetch_waits, fetch_asid, fetch_access, data_waits, data_asid,
                data_access, fetch_new_ppn, fetch_new_leaf, data_new_ppn, data_new_leaf, inject,
                fence_by_va);
            block.fetch_keep.next = dice.roll(3) == 0;
            block.data_keep.next = dice.roll(3) == 0;
            let mut page = || (dice.roll(3) << 27 | dice.roll(2) << 9 | dice.roll(3)).into();
            block.fetch_vpn.next = page();
            block.data_vpn.next = page();
            block.fence_vpn.next = page();
            let fence = dice.roll(30) == 0;
            block.fence.next = fence;
            block.fence_presented.next = fence;
            block.reset.next = dice.roll(200) == 0;
        });
    }
}

#[test]
pub(crate) fn a_shared_memory_port_agrees_alone() {
    alone(MemoryTurn::default(), 900, 80, |dice, block| {
        present!(dice, block: fetch_valid, data_valid, ready, answer);
        block.reset.next = dice.roll(60) == 0;
    });
}

#[test]
pub(crate) fn a_waiting_miss_agrees_alone() {
    alone(Waiting::default(), 900, 90, |dice, block| {
        present!(dice, block: take, new_va, new_access, new_top_level, new_asid, new_root,
            satp_changed, done);
        block.reset.next = dice.roll(60) == 0;
    });
}

#[test]
pub(crate) fn a_held_fault_agrees_alone() {
    alone(Held::default(), 900, 90, |dice, block| {
        present!(dice, block: data_valid, data_cause, data_tval, fetch_valid, fetch_cause,
            fetch_tval, ready);
        block.reset.next = dice.roll(60) == 0;
    });
}

/// A walker with a memory that answers at random times, with entries that are mostly valid.
macro_rules! walk {
    ($top_level:expr) => {
        |dice, block| {
            present!(dice, block: waits, waits_data, vpn, fetch_root, data_root, access, mem_req_ready,
                mem_resp_valid, mem_resp_swapped);
            block.reset.next = dice.roll(300) == 0;
            block.fence.next = dice.roll(20) == 0;
            block.mem_resp_error.next = dice.roll(20) == 0;
            block.top_level.next = $top_level(dice).into();
            block.mem_resp_data.next = if dice.roll(6) == 0 { dice.any() } else { entry(dice) };
        }
    };
}

/// A line fill between a walker and a memory that answers at random times.
macro_rules! fill {
    () => {
        |dice, block| {
            present!(dice, block: walk_swap, walk_valid, mem_ready, mem_answered, mem_line, mem_data);
            block.walk_addr.next = (dice.roll(0x100) << 2).into();
            block.walk_anew.next = dice.roll(5) == 0;
            block.mem_error.next = dice.roll(10) == 0;
            block.fence_presented.next = dice.roll(20) == 0;
            block.fence.next = block.fence_presented.next && dice.any();
            block.other_swaps.next = dice.roll(10) == 0;
            block.other_line.next = dice.roll(0x10).into();
            block.reset.next = dice.roll(200) == 0;
            for word in &mut block.mem_words {
                word.next = dice.any();
            }
        }
    };
}

#[test]
pub(crate) fn walkers_agree_alone() {
    alone(Walker32::default(), 2000, 75, walk!(|_: &mut Dice| 1_u64));
    alone(Walker64::default(), 2000, 80, walk!(|dice: &mut Dice| 2 + dice.roll(3)));
}

#[test]
pub(crate) fn a_port_agrees_alone() {
    alone(Fetch::default(), 2500, 80, |dice, block| {
        present!(dice, block: req_valid, req_va, req_access, top_level, asid, root, fence_by_va,
            fence_va, fence_by_asid, fence_asid, done, done_ppn, done_leaf);
        block.reset.next = dice.roll(300) == 0;
        block.translate.next = dice.roll(6) > 0;
        block.canonical.next = dice.roll(6) > 0;
        block.in_range.next = dice.roll(6) > 0;
        block.satp_changed.next = dice.roll(20) == 0;
        block.fence_presented.next = dice.roll(10) == 0;
        block.fence.next = block.fence_presented.next && dice.any();
        block.done_page_fault.next = dice.roll(6) == 0;
        block.done_access_fault.next = dice.roll(6) == 0;
        block.done_cacheable.next = dice.roll(6) > 0;
        block.refused.next = dice.roll(6) == 0;
    });
}

#[test]
pub(crate) fn pmp_registers_agree_alone() {
    alone(PmpOne::default(), 900, 80, |dice, block| {
        present!(dice, block: write_rights, new_rights, write_address, new_address, bound, below);
        block.reset.next = dice.roll(8) == 0;
    });
    alone(Registers32::new(8), 1500, 70, |dice, block| {
        present!(dice, block: write, data);
        block.csr.next = (0x39f + dice.roll(0x1b)).into();
        block.reset.next = dice.roll(20) == 0;
    });
    alone(Registers64::new(16), 1500, 70, |dice, block| {
        present!(dice, block: write, data);
        block.csr.next = (0x39f + dice.roll(0x23)).into();
        block.reset.next = dice.roll(20) == 0;
    });
}

/// Entries and regions about small addresses, so that accesses meet them.
#[test]
pub(crate) fn a_protection_agrees_alone() {
    for physical in [Physical { pmp: 8, regions: &[] }, Physical { pmp: 8, regions: regions() }] {
        alone(Protect::new(physical), 700, 60, |dice, block| {
            present!(dice, block: write, fetch_size, fetch_machine, fetch_take, fetch_waits,
                data_size, data_store, data_machine, data_take, data_waits);
            block.reset.next = dice.roll(50) == 0;
            block.csr.next = (0x39f + dice.roll(0x1b)).into();
            block.data.next = [dice.roll(1 << 63), dice.roll(0x800)][dice.roll(2) as usize].into();
            block.fetch_pa.next = dice.roll(0x3000).into();
            block.data_pa.next = dice.roll(0x3000).into();
        });
        alone(ProtectOne::new(physical), 700, 60, |dice, block| {
            present!(dice, block: write, data, port_size, port_machine, port_waits, port_access);
            block.reset.next = dice.roll(50) == 0;
            block.csr.next = (0x39f + dice.roll(0x1b)).into();
            block.port_pa.next = dice.roll(0x3000).into();
        });
    }
}

/// With and without a second walker, and the checks.
#[test]
pub(crate) fn a_way_to_memory_agrees_alone() {
    let protected = Physical { pmp: 8, regions: regions() };
    for (two_walkers, physical) in
        [(false, protected), (true, Physical::default()), (true, protected)]
    {
        let organisation = Organisation { two_walkers, physical, ..Organisation::default() };
        alone(Memory::new(organisation), 900, 40, |dice, block| {
            present!(dice, block: data_valid, data_swap, data_expected, data_desired, fetch_valid,
                fetch_swap, fetch_expected, fetch_desired, mem_req_ready, mem_resp_valid,
                mem_resp_error);
            block.reset.next = dice.roll(50) == 0;
            block.data_addr.next = (dice.roll(0x3000) & !7).into();
            block.fetch_addr.next = (dice.roll(0x3000) & !7).into();
            for entry in 0..block.active.len() {
                block.active[entry].next = dice.any();
                block.first[entry].next = dice.roll(0xc00).into();
                block.last[entry].next = dice.roll(0xc00).into();
                block.rights[entry].next = dice.roll(256).into();
            }
        });
    }
}

/// Both ports' misses, mostly about the same few pages.
#[test]
pub(crate) fn walks_agree_alone() {
    // Of as many walkers; 0: the one of one port.
    let parts = [(0, 1, 0, 0), (2, 1, 2, 0), (4, 2, 1, 0), (2, 2, 1, 1), (2, 0, 1, 0)];
    for (walk_cache, walkers, line_fill, sizes) in parts {
        let organisation = Organisation {
            extensions: ALL,
            one_port: walkers == 0,
            two_walkers: walkers == 2,
            walk_cache,
            line_fill,
            sizes: SIZES[sizes],
            ..Organisation::default()
        };
        alone(Both::new(organisation), 1500, 60, |dice, block| {
            present!(dice, block: fetch_waits, fetch_root, fetch_access, data_waits, data_root,
                data_access, fence_by_va, fence_by_asid, mem_req_ready, mem_resp_valid,
                mem_resp_swapped);
            let mut page = || (dice.roll(3) << 27 | dice.roll(2) << 9 | dice.roll(3)).into();
            block.fetch_vpn.next = page();
            block.data_vpn.next = page();
            block.fence_vpn.next = page();
            block.fetch_asid.next = dice.roll(3).into();
            block.data_asid.next = dice.roll(3).into();
            block.fence_asid.next = dice.roll(3).into();
            block.fetch_top_level.next = (2 + dice.roll(3)).into();
            block.data_top_level.next = (2 + dice.roll(3)).into();
            block.fetch_stale.next = dice.roll(20) == 0;
            block.data_stale.next = dice.roll(20) == 0;
            block.fence_presented.next = dice.roll(20) == 0;
            block.fence.next = block.fence_presented.next && dice.any();
            block.reset.next = dice.roll(300) == 0;
            block.mem_resp_error.next = dice.roll(20) == 0;
            block.mem_resp_data.next = if dice.roll(6) == 0 { dice.any() } else { entry(dice) };
            for line in &mut block.mem_line {
                line.next = dice.any();
            }
            for word in &mut block.mem_words {
                word.next = entry(dice);
            }
        });
    }
}

/// A walker's requests about few lines.
#[test]
pub(crate) fn a_line_fill_agrees_alone() {
    for lines in [1, 3] {
        alone(Fill32::new(lines), 1500, 80, fill!());
        alone(Fill64::new(lines), 1500, 80, fill!());
    }
}

/// Memory, a device, and nothing, about small addresses.
fn regions() -> &'static [Region] {
    let plain = Region { base: 0, log2: 13, absent: false, io: false, atomics: true, tables: true };
    let device = Region { base: 0x1000, log2: 12, io: true, atomics: false, ..plain };
    let nothing = Region { base: 0x2000, log2: 12, absent: true, tables: false, ..plain };
    Box::leak(Box::new([plain, device, nothing]))
}
