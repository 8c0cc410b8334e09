//! One access against the regions of physical memory.

use super::{Region, constants, list};
use rust_hdl::prelude::*;

/// Finds the attributes of a physical address.
///
/// Spec: `norm:pma_chk_paddr` (attributes are those of the physical address), `norm:pma_vm_hw_tbl_acc`
/// (which page-table accesses of hardware a region supports), `norm:pma_mm_vs_io_def`.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `granule` | in | GA | the address, in granules; an access is never in two regions |
/// | `absent` | out | 1 | nothing is there |
/// | `io` | out | 1 | I/O, otherwise cacheable memory |
/// | `plain` | out | 1 | no atomic operations |
/// | `barred` | out | 1 | no page-table accesses |
///
/// Timing: combinational. Reset: no state. All outputs are low without regions.
#[derive(LogicBlock, Default)]
pub struct PmaCheck<const GA: usize> {
    /// The address in granules.
    pub granule: Signal<In, Bits<GA>>,
    /// Nothing is there.
    pub absent: Signal<Out, Bit>,
    /// I/O.
    pub io: Signal<Out, Bit>,
    /// No atomic operations.
    pub plain: Signal<Out, Bit>,
    /// No page-table accesses.
    pub barred: Signal<Out, Bit>,
    base: Vec<Constant<Bits<GA>>>,
    /// The bits of the address that are the region's number.
    number: Vec<Constant<Bits<GA>>>,
    is_absent: Vec<Constant<Bit>>,
    is_io: Vec<Constant<Bit>>,
    is_plain: Vec<Constant<Bit>>,
    is_barred: Vec<Constant<Bit>>,
    apart: Vec<Signal<Local, Bits<GA>>>,
}

impl<const GA: usize> PmaCheck<GA> {
    /// With these regions.
    ///
    /// # Panics
    /// If a region is smaller than a page or not naturally aligned.
    pub fn new(regions: &[Region]) -> Self {
        for region in regions {
            let aligned = region.base.is_multiple_of(1 << region.log2);
            assert!(
                region.log2 >= 12 && aligned,
                "{region:x?} is no aligned power of two of pages"
            );
        }
        let flags = |of: fn(&Region) -> bool| regions.iter().map(of).map(Constant::new).collect();
        Self {
            base: constants(regions.iter().map(|region| region.base >> 2)),
            number: constants(regions.iter().map(|region| {
                let all = (1 << GA) - 1;
                all & !((1 << (region.log2 - 2)) - 1)
            })),
            is_absent: flags(|region| region.absent),
            is_io: flags(|region| region.io),
            is_plain: flags(|region| !region.atomics),
            is_barred: flags(|region| !region.tables),
            apart: list(regions.len()),
            ..Self::default()
        }
    }
}

impl<const GA: usize> Logic for PmaCheck<GA> {
    #[hdl_gen]
    fn update(&mut self) {
        self.absent.next = false;
        for _i in 0..self.base.len() {
            // There are regions, and the address may be in none.
            self.absent.next = true;
        }
        self.io.next = false;
        self.plain.next = false;
        self.barred.next = false;
        for i in 0..self.base.len() {
            self.apart[i].next = (self.granule.val() ^ self.base[i].val()) & self.number[i].val();
            if !self.apart[i].val().any() {
                self.absent.next = self.is_absent[i].val();
                self.io.next = self.is_io[i].val();
                self.plain.next = self.is_plain[i].val();
                self.barred.next = self.is_barred[i].val();
            }
        }
    }
}
