//! Names of values, in the order of their numbers in the dump.

use model::isa::{Cause, Context, Mode, Privilege, Satp, Xlen};

/// Names of `scause` codes; those that translation cannot raise have none.
pub(super) const CAUSES: [&str; 16] = [
    "",
    "fetch_access_fault",
    "",
    "",
    "",
    "load_access_fault",
    "",
    "store_access_fault",
    "",
    "",
    "",
    "",
    "fetch_page_fault",
    "load_page_fault",
    "",
    "store_page_fault",
];

/// The number of a cause: its `scause` code.
pub(super) fn cause(cause: Cause) -> usize {
    usize::from(cause as u8)
}

/// Names of `satp.mode`.
pub(super) const MODES: [&str; 6] = ["Bare", "Sv32", "Sv39", "Sv48", "Sv57", "reserved"];

/// The number of the mode that a satp value selects.
pub(super) fn mode(satp: Option<Satp>) -> u64 {
    match satp.map(|satp| satp.mode) {
        Some(Mode::Bare) => 0,
        Some(Mode::Sv32) => 1,
        Some(Mode::Sv39) => 2,
        Some(Mode::Sv48) => 3,
        Some(Mode::Sv57) => 4,
        None => 5,
    }
}

/// Names of `context`: privilege, then the bits of `sstatus`.
pub(super) const CONTEXTS: [&str; 9] =
    ["U", "U+SUM", "U+MXR", "U+SUM+MXR", "S", "S+SUM", "S+MXR", "S+SUM+MXR", "M"];

/// The number of a context.
pub(super) fn context(context: Context) -> u64 {
    let bits = u64::from(context.sum) | u64::from(context.mxr) << 1;
    match context.privilege {
        Privilege::User => bits,
        Privilege::Supervisor => 4 + bits,
        Privilege::Machine => 8,
    }
}

/// A virtual address as the walk reads it, root first: `002.1ff.0a3+123`.
///
/// Bits above the translated ones are not shown; the address itself has them.
pub(super) fn segments(va: u64, satp: Option<Satp>, xlen: Xlen) -> String {
    let bare = if xlen == Xlen::Rv32 { va & 0xffff_ffff } else { va };
    let Some(mode) = satp.map(|satp| satp.mode).filter(|mode| mode.levels() > 0) else {
        return format!("{:x}+{:03x}", bare >> 12, va & 0xfff);
    };
    let bits = mode.segment_bits();
    let mut text = String::new();
    for level in (0..mode.levels()).rev() {
        let segment = va >> (12 + level * bits) & ((1 << bits) - 1);
        let after = if level == 0 { "+" } else { "." };
        text.push_str(&format!("{segment:03x}{after}"));
    }
    text.push_str(&format!("{:03x}", va & 0xfff));
    text
}
