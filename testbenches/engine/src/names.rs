//! The names of the exported modules: the types of their blocks.

use hdl::fault::{Cause, HeldFault};
use hdl::geometry::PageMask;
use hdl::permission::Permission;
use hdl::port::{MemoryType, Miss, PhysicalAddress, Port};
use hdl::scheme::{Scheme32, Scheme64};
use hdl::tlb::{Cam, CamLine, Replacement};
use hdl::walker::{Choice, EntryAddress, PteDecode, Walker};
use hdl::{Extensions, Rv32Mmu, Rv64Mmu};
use netlist::Names;

use super::Pin;
use super::top::Top;

macro_rules! named {
    ($top:ident, $scheme:ty, $xlen:literal, $vpn:literal, $ppn:literal, $pa:literal, $asid:literal) => {
        impl<const N: usize, const IDX: usize> Top for $top<N, IDX> {
            type Pin = Pin;
            type Parameters = Extensions;

            fn build(extensions: Extensions) -> Self {
                Self::new(extensions)
            }

            fn names(extensions: Extensions) -> Names {
                Names::new()
                    .with::<$scheme>()
                    .with_example(Port::<N, IDX, $xlen, $vpn, $ppn, $pa, $asid>::new(extensions))
                    .with::<Miss<$xlen, $ppn, $asid>>()
                    .with_example(MemoryType::new(extensions))
                    .with_example(PhysicalAddress::<$xlen, $vpn, $ppn, $pa>::new(extensions))
                    .with_example(Cam::<N, IDX, $vpn, $ppn, $asid>::new(extensions))
                    .with_example(CamLine::<$vpn, $ppn, $asid>::new(extensions))
                    .with::<Replacement<N, IDX>>()
                    .with_example(PageMask::<$vpn, $vpn>::new(extensions))
                    .with_example(PageMask::<$vpn, $ppn>::new(extensions))
                    .with::<Permission>()
                    .with::<Cause>()
                    .with::<HeldFault<$xlen>>()
                    .with::<Choice<$vpn, $ppn>>()
                    .with_example(Walker::<$xlen, $vpn, $ppn, $pa>::new(extensions))
                    .with_example(PteDecode::<$xlen, $vpn, $ppn>::new(extensions))
                    .with::<EntryAddress<$vpn, $ppn, $pa>>()
            }
        }
    };
}

named!(Rv32Mmu, Scheme32, 32, 20, 22, 34, 9);
named!(Rv64Mmu, Scheme64, 64, 45, 44, 56, 16);
