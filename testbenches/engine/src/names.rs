//! The names of the exported modules: the types of their blocks.

use hdl::fault::{Cause, HeldFault};
use hdl::geometry::{Inside, InsideMask, PageMask, smallest_larger_page};
use hdl::permission::Permission;
use hdl::pmp::{
    AccessCheck, PmaCheck, PmpCheck, PmpEntry, PmpRegisters, Protection, SingleProtection,
    TableCheck,
};
use hdl::port::{
    KeyChoice, LateChoice, LateFence, LateRefill, MemoryType, Miss, NextKey, PhysicalAddress, Port,
    Stage,
};
use hdl::scheme::{Scheme32, Scheme64};
use hdl::second::{Bank, BankWay, Kept, SecondLevel};
use hdl::tlb::{
    Cam, CamLine, Fifo, HitNumber, LineRights, Lru, LruAge, NotMostRecent, PageSets, PageWay,
    Policy, PseudoLru, Random, Replacement, SameEntry, SamePage, SameWord, Shape,
};
use hdl::trace::PortTrace;
use hdl::walker::{
    Choice, EntryAddress, KeptLine, LineFill, MemoryTurn, PointerLine, PteDecode, Verdict,
    WalkCache, WalkMemory, Walker, Walks,
};
use hdl::{OneOfFour, Organisation, Rv32Mmu, Rv64Mmu};
use netlist::Names;
use rust_hdl::prelude::{Bits, RAM};

use super::Pin;
use super::top::Top;

macro_rules! named {
    ($top:ident, $scheme:ty, $xlen:literal, $vpn:literal, $ppn:literal, $pa:literal, $granule:literal, $asid:literal, $tag:literal) => {
        impl<const N: usize, const IDX: usize> Top for $top<N, IDX> {
            type Pin = Pin;
            type Parameters = Organisation;

            fn build(organisation: Organisation) -> Self {
                Self::new(organisation)
            }

            fn names(organisation: Organisation) -> Names {
                let Organisation { extensions, fetch, data, .. } = organisation;
                let Organisation { walk_cache, line_fill, two_walkers, .. } = organisation;
                let Organisation { second, physical, registered_answer, .. } = organisation;
                let Organisation { page_ways, trace, sizes, one_port, .. } = organisation;
                let smallest = match page_ways {
                    0 => 0,
                    _ => smallest_larger_page(extensions, $vpn),
                };
                let mut names = Names::new();
                if walk_cache > 0 {
                    names = names
                        .with_example(WalkCache::<$vpn, $ppn, $asid>::new(walk_cache))
                        .with::<PointerLine<$vpn, $ppn, $asid>>()
                        .with::<PageMask<$vpn, $vpn>>();
                }
                if registered_answer {
                    names = names
                        .with::<Stage<$xlen, $ppn, $asid>>()
                        .with::<NextKey<$vpn>>()
                        .with::<LateFence<$asid>>()
                        .with::<LateRefill<$ppn>>();
                }
                if page_ways > 0 {
                    names = names
                        .with_example(PageSets::<$vpn, $ppn, $asid>::new(page_ways))
                        .with_example(LineRights::<4>::new(page_ways))
                        .with::<PageWay<$vpn, $ppn, $asid>>()
                        .with::<SameEntry<$vpn, $asid>>();
                }
                if trace {
                    names = names.with::<PortTrace<$xlen, $pa>>();
                }
                if line_fill > 0 {
                    names = names
                        .with_example(LineFill::<$xlen, $pa>::new(line_fill))
                        .with::<KeptLine<$pa>>();
                }
                if let Some(shape) = second {
                    let level =
                        SecondLevel::<$vpn, $ppn, $asid, $tag>::new(shape, extensions, sizes);
                    names = names.with_example(level);
                    for size in 0..=5 {
                        names = names
                            .with_example(Bank::<$vpn, $ppn, $asid, $tag>::new(size, shape))
                            .with_example(BankWay::<$vpn, $ppn, $asid, $tag>::new(
                                size,
                                shape.parity,
                            ));
                    }
                    names = names
                        .with::<RAM<Bits<$tag>, 9>>()
                        .with::<RAM<Bits<$ppn>, 9>>()
                        .with::<RAM<Kept, 9>>();
                }
                let tlbs = if one_port { vec![data] } else { vec![fetch, data] };
                for tlb in tlbs.into_iter().map(|shape| shape.unwrap_or(Shape::fifo(N))) {
                    names = names
                        .with_example(Port::<N, IDX, $xlen, $vpn, $ppn, $pa, $asid>::new(
                            extensions,
                            tlb,
                            registered_answer,
                            page_ways,
                            sizes,
                        ))
                        .with_example(Cam::<N, IDX, $vpn, $ppn, $asid>::new(
                            extensions,
                            tlb,
                            registered_answer,
                            page_ways > 0,
                        ))
                        .with_example(LineRights::<N>::new(tlb.lines))
                        .with_example(HitNumber::<IDX>::new(tlb.lines))
                        .with_example(Replacement::<IDX>::new(tlb));
                    names = match tlb.policy {
                        Policy::Fifo => names.with_example(Fifo::<IDX>::new(tlb.ways)),
                        Policy::Lru => {
                            names.with_example(Lru::<IDX>::new(tlb.ways)).with::<LruAge<IDX>>()
                        }
                        Policy::PseudoLru => names.with_example(PseudoLru::<IDX>::new(tlb.ways)),
                        Policy::NotMostRecent => {
                            names.with_example(NotMostRecent::<IDX>::new(tlb.ways))
                        }
                        Policy::Random => names.with_example(Random::<IDX>::new(tlb.ways)),
                    };
                }
                names
                    .with_example(<$scheme>::new(sizes))
                    .with_example(Miss::<$xlen, $ppn, $asid>::new(registered_answer))
                    .with_example(MemoryType::new(extensions))
                    .with_example(PhysicalAddress::<$xlen, $vpn, $ppn, $pa>::new(extensions, sizes))
                    .with_example(CamLine::<$vpn, $asid>::new(registered_answer, smallest))
                    .with::<KeyChoice<$vpn>>()
                    .with::<LateChoice<$pa>>()
                    .with_example(SamePage::<$vpn>::new(smallest))
                    .with::<SameWord<$asid>>()
                    .with::<SameWord<$xlen>>()
                    .with_example(Inside::new(extensions, sizes.vpn_bits($vpn)))
                    .with_example(Verdict::new(extensions, $vpn, $ppn, sizes))
                    .with_example(InsideMask::<$vpn, $pa>::of(extensions, sizes.vpn_bits($vpn)))
                    .with_example(InsideMask::<$vpn, $pa>::new(extensions))
                    .with_example(InsideMask::<$vpn, $ppn>::of(extensions, sizes.vpn_bits($vpn)))
                    .with_example(InsideMask::<$vpn, $ppn>::new(extensions))
                    .with_example(InsideMask::<$vpn, $vpn>::new(extensions))
                    .with_example(PageMask::<$vpn, $vpn>::new(extensions))
                    .with_example(PageMask::<$vpn, $ppn>::new(extensions))
                    .with::<Permission>()
                    .with::<Cause>()
                    .with::<HeldFault<$xlen>>()
                    .with_example(Walks::<$xlen, $vpn, $ppn, $pa, $granule, $asid>::new(
                        organisation,
                    ))
                    .with_example(WalkMemory::<$xlen, $pa, $granule>::new(organisation))
                    .with::<Choice<$vpn, $asid>>()
                    .with::<MemoryTurn>()
                    .with_example(Walker::<$xlen, $vpn, $ppn, $pa>::new(
                        extensions,
                        line_fill > 0,
                        two_walkers,
                        sizes,
                    ))
                    .with_example(PteDecode::<$xlen, $vpn, $ppn>::new(extensions, sizes))
                    .with::<EntryAddress<$vpn, $ppn, $pa>>()
                    .with::<OneOfFour<$ppn>>()
                    .with::<OneOfFour<$vpn>>()
                    .with::<OneOfFour<4>>()
                    .with::<OneOfFour<1>>()
                    .with::<OneOfFour<$pa>>()
                    .with_example(Protection::<$xlen, $pa, $granule>::new(physical))
                    .with_example(SingleProtection::<$xlen, $pa, $granule>::new(physical))
                    .with_example(PmpRegisters::<$xlen, $granule>::new(physical.pmp))
                    .with::<PmpEntry<$xlen, $granule>>()
                    .with_example(AccessCheck::<$pa, $granule>::new(physical))
                    .with_example(TableCheck::<$pa, $granule>::new(physical, $xlen / 8))
                    .with_example(PmpCheck::<$granule>::new(physical.pmp))
                    .with_example(PmaCheck::<$granule>::new(physical.regions))
            }
        }
    };
}

named!(Rv32Mmu, Scheme32, 32, 20, 22, 34, 32, 9, 29);
named!(Rv64Mmu, Scheme64, 64, 45, 44, 56, 54, 16, 61);
