//! Which rule of the specification decided an outcome.

use crate::mmu::Reason;
use std::fmt;

/// The step at which the algorithm stopped, for people who look up the rule in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Machine privilege or Bare: the address translates to itself.
    Identity,
    /// The physical address of the access is beyond the implemented ones.
    PhysicalWidth,
    /// `satp.MODE` holds a reserved encoding, or that of a scheme which is not implemented.
    ReservedMode,
    /// Upper bits of the virtual address differ from its sign bit.
    NonCanonical,
    /// The physical address of an entry is beyond the implemented ones.
    TableWidth,
    /// The read of an entry was a bus error.
    TableRead,
    /// V = 0.
    Invalid,
    /// W = 1 with R = 0.
    WriteWithoutRead,
    /// A reserved upper bit is set.
    ReservedBits,
    /// N is set in an encoding that is reserved: not a 64 KiB range at level 0.
    ReservedNapot,
    /// PBMT is not zero in a pointer, or holds the reserved value 3 in a leaf.
    ReservedMemoryType,
    /// D, A or U is set in a pointer.
    PointerBits,
    /// A pointer at the last level, where only a leaf is valid.
    PointerAtLastLevel,
    /// A superpage whose PPN is not a multiple of its size.
    MisalignedSuperpage,
    /// The U bit does not permit this privilege and SUM.
    UserBit,
    /// R, W, X (and MXR) do not permit the access.
    Permission,
    /// A or D is clear, and software must set it.
    AccessedDirty,
    /// The write of A or D was a bus error.
    TableWrite,
    /// PMP does not allow the access to an entry.
    TablePmp,
    /// PMA do not allow the access to an entry.
    TablePma,
    /// PMP does not allow the write of A or D.
    UpdatePmp,
    /// PMA do not allow the write of A or D.
    UpdatePma,
    /// PMP does not allow the access itself.
    AccessPmp,
    /// PMA do not allow the access itself: nothing is there.
    AccessPma,
    /// All steps passed.
    Success,
}

impl Rule {
    /// Whether the fault is an access fault, otherwise a page fault.
    pub fn is_access_fault(self) -> bool {
        use Rule::{
            AccessPma, AccessPmp, PhysicalWidth, TablePma, TablePmp, TableRead, TableWidth,
            TableWrite, UpdatePma, UpdatePmp,
        };
        let memory = matches!(self, TableRead | TableWrite | PhysicalWidth | TableWidth);
        let tables = matches!(self, TablePmp | TablePma | UpdatePmp | UpdatePma);
        memory || tables || matches!(self, AccessPmp | AccessPma)
    }

    /// The reasons by which trace pins may tell of a fault by this rule; `None` if they have none
    /// for it.
    pub fn reasons(self) -> Option<&'static [Reason]> {
        Some(match self {
            Rule::NonCanonical => &[Reason::NotCanonical],
            Rule::Invalid => &[Reason::NotValid],
            Rule::WriteWithoutRead
            | Rule::ReservedBits
            | Rule::ReservedNapot
            | Rule::ReservedMemoryType
            | Rule::PointerBits
            | Rule::PointerAtLastLevel => &[Reason::Reserved],
            Rule::MisalignedSuperpage => &[Reason::Misaligned],
            Rule::UserBit | Rule::Permission => &[Reason::Permission],
            Rule::AccessedDirty => &[Reason::AccessedClear, Reason::DirtyClear],
            // Of a root that does not exist no entry is asked for.
            Rule::TableWidth => &[Reason::EntryRefused, Reason::AccessRefused],
            Rule::TableRead
            | Rule::TableWrite
            | Rule::TablePmp
            | Rule::TablePma
            | Rule::UpdatePmp
            | Rule::UpdatePma => &[Reason::EntryRefused],
            Rule::PhysicalWidth | Rule::AccessPmp | Rule::AccessPma => &[Reason::AccessRefused],
            Rule::Identity | Rule::ReservedMode | Rule::Success => return None,
        })
    }

    /// The specification's anchor, a colon, and its words.
    pub fn citation(self) -> &'static str {
        match self {
            Rule::Identity => "norm:satp_mode: satp is not active, virtual addresses are physical",
            Rule::PhysicalWidth => {
                "norm:pma_chk_paddr: address beyond the implemented physical addresses"
            }
            Rule::ReservedMode => {
                "norm:satp_mode_op_unsupported: a reserved MODE is never in effect; refused"
            }
            Rule::NonCanonical => "norm:Sv39_va_signext: upper bits must equal the sign bit",
            Rule::TableWidth => "norm:pma_vm_hw_tbl_acc: no memory at the address of an entry",
            Rule::TableRead => "sv32algorithm: accessing pte violates a PMA or PMP check",
            Rule::Invalid => "sv32algorithm: pte.v=0",
            Rule::WriteWithoutRead => "sv32algorithm: pte.r=0 and pte.w=1",
            Rule::ReservedBits => "norm:Sv39_pte_future_rsv: reserved bits set within pte",
            Rule::ReservedNapot => {
                "norm:Svnapot_reserved_encoding_fault: reserved encoding of an entry with N=1"
            }
            Rule::ReservedMemoryType => {
                "norm:Svpbmt_leaf_pte_pbmt_reserved_3_fault, \
                 norm:Svpbmt_nonleaf_pte_pbmt_must_be_zero: reserved value of PBMT"
            }
            Rule::PointerBits => "sv32algorithm: D, A or U set in a pointer",
            Rule::PointerAtLastLevel => "sv32algorithm: pointer at the last level (i<0)",
            Rule::MisalignedSuperpage => "sv32algorithm: misaligned superpage",
            Rule::UserBit => "sv32algorithm: not allowed by the pte.u bit, privilege and SUM",
            Rule::Permission => "sv32algorithm: not allowed by pte.r, pte.w, pte.x and MXR",
            Rule::AccessedDirty => {
                "sv32algorithm: pte.a=0, or a store and pte.d=0, (norm:svade_access_ad_bit_clear)"
            }
            Rule::TableWrite => "sv32algorithm: a store to the PTE violates a PMA or PMP check",
            Rule::TablePmp => "norm:pmp_check_pagetable_access: PMP refuses the read of an entry",
            Rule::TablePma => "norm:pma_vm_hw_tbl_acc: PMA refuse the read of an entry",
            Rule::UpdatePmp => "norm:pmp_check_pagetable_access: PMP refuses the write of A or D",
            Rule::UpdatePma => "norm:pma_vm_hw_tbl_acc: PMA refuse the write of A or D",
            Rule::AccessPmp => "norm:pmp_check_priv_modes: PMP refuses the access itself",
            Rule::AccessPma => "norm:pma_chk_paddr: nothing is at the physical address",
            Rule::Success => "sv32algorithm: the translation is successful",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.citation())
    }
}
