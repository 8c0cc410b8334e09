//! The fields of `mstatus`, and what traps and returns do to them.

use model::isa::Privilege;

pub(crate) const SIE: u64 = 1 << 1;
pub(crate) const MIE: u64 = 1 << 3;
pub(crate) const SPIE: u64 = 1 << 5;
pub(crate) const MPIE: u64 = 1 << 7;
pub(crate) const SPP: u64 = 1 << 8;
pub(crate) const MPP: u64 = 3 << 11;
const MPP_AT: u32 = 11;
pub(crate) const FS: u64 = 3 << 13;
pub(crate) const MPRV: u64 = 1 << 17;
pub(crate) const SUM: u64 = 1 << 18;
pub(crate) const MXR: u64 = 1 << 19;
pub(crate) const TVM: u64 = 1 << 20;
pub(crate) const TW: u64 = 1 << 21;
pub(crate) const TSR: u64 = 1 << 22;
/// UXL and SXL of RV64: 64 bits, read-only.
pub(crate) const WIDTHS: u64 = 0xa << 32;

/// What M-mode may write.
pub(crate) const MACHINE: u64 =
    SIE | MIE | SPIE | MPIE | SPP | MPP | FS | MPRV | SUM | MXR | TVM | TW | TSR;

/// What S-mode sees, and may write (`norm:sstatus`).
pub(crate) const SUPERVISOR: u64 = SIE | SPIE | SPP | FS | SUM | MXR;

/// The privilege with a code; `None` for the reserved one.
pub(crate) fn privilege(code: u64) -> Option<Privilege> {
    match code & 3 {
        0 => Some(Privilege::User),
        1 => Some(Privilege::Supervisor),
        3 => Some(Privilege::Machine),
        _ => None,
    }
}

/// MPP.
pub(crate) fn previous(mstatus: u64) -> Privilege {
    // MPP never holds the reserved code.
    privilege(mstatus >> MPP_AT).unwrap_or(Privilege::User)
}

/// MPP keeps its value if a reserved one is written (`norm:mstatus_xpp_warl`).
pub(crate) fn legal(old: u64, new: u64) -> u64 {
    match privilege(new >> MPP_AT) {
        Some(_) => new,
        None => new & !MPP | old & MPP,
    }
}

fn set(mstatus: u64, bits: u64, to: bool) -> u64 {
    if to { mstatus | bits } else { mstatus & !bits }
}

/// A trap into M-mode (`norm:mstatus_xpie_xie_xpp_trap_op`).
pub(crate) fn entered_machine(mstatus: u64, from: Privilege) -> u64 {
    let kept = set(mstatus, MPIE, mstatus & MIE != 0) & !(MIE | MPP);
    kept | (from as u64) << MPP_AT
}

/// A trap into S-mode.
pub(crate) fn entered_supervisor(mstatus: u64, from: Privilege) -> u64 {
    let kept = set(mstatus, SPIE, mstatus & SIE != 0) & !SIE;
    set(kept, SPP, from == Privilege::Supervisor)
}

/// `mret`: the new register, and the mode to return to (`norm:mstatus_xret_op`,
/// `norm:mstatus_mprv_clr_mret_sret_less_priv`).
pub(crate) fn machine_returned(mstatus: u64) -> (u64, Privilege) {
    let to = previous(mstatus);
    let kept = set(mstatus, MIE, mstatus & MPIE != 0) & !MPP | MPIE;
    (if to == Privilege::Machine { kept } else { kept & !MPRV }, to)
}

/// `sret`, likewise.
pub(crate) fn supervisor_returned(mstatus: u64) -> (u64, Privilege) {
    let to = if mstatus & SPP != 0 { Privilege::Supervisor } else { Privilege::User };
    (set(mstatus, SIE, mstatus & SPIE != 0) & !(SPP | MPRV) | SPIE, to)
}
