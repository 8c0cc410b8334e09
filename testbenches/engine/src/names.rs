//! The names of the exported modules: the types of their blocks.

use hdl::fault::{Cause, HeldFault};
use hdl::geometry::PageMask;
use hdl::permission::Permission;
use hdl::port::{Miss, PhysicalAddress, Port};
use hdl::scheme::{Scheme32, Scheme64};
use hdl::tlb::{Cam, CamLine, Replacement};
use hdl::walker::{Choice, EntryAddress, PteDecode, Walker};
use hdl::{Rv32Mmu, Rv64Mmu};
use netlist::Names;

use super::Pin;
use super::top::Top;

macro_rules! named {
    ($top:ident, $scheme:ty, $xlen:literal, $vpn:literal, $ppn:literal, $pa:literal, $asid:literal) => {
        impl<const N: usize, const IDX: usize> Top for $top<N, IDX> {
            type Pin = Pin;

            fn names() -> Names {
                Names::new()
                    .with::<$scheme>()
                    .with::<Port<N, IDX, $xlen, $vpn, $ppn, $pa, $asid>>()
                    .with::<Miss<$xlen, $ppn, $asid>>()
                    .with::<PhysicalAddress<$xlen, $vpn, $ppn, $pa>>()
                    .with::<Cam<N, IDX, $vpn, $ppn, $asid>>()
                    .with::<CamLine<$vpn, $ppn, $asid>>()
                    .with::<Replacement<N, IDX>>()
                    .with::<PageMask<$vpn, $vpn>>()
                    .with::<PageMask<$vpn, $ppn>>()
                    .with::<Permission>()
                    .with::<Cause>()
                    .with::<HeldFault<$xlen>>()
                    .with::<Choice<$vpn, $ppn>>()
                    .with::<Walker<$xlen, $vpn, $ppn, $pa>>()
                    .with::<PteDecode<$xlen, $vpn, $ppn>>()
                    .with::<EntryAddress<$vpn, $ppn, $pa>>()
            }
        }
    };
}

named!(Rv32Mmu, Scheme32, 32, 20, 22, 34, 9);
named!(Rv64Mmu, Scheme64, 64, 45, 44, 56, 16);
