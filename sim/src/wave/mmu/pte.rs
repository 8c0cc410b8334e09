//! A page-table entry in words, for reading a walk at a glance.

/// Names of `memory.pte`.
pub(super) const KINDS: [&str; 4] = ["invalid", "pointer", "leaf", "bus_error"];

/// The number of what an entry is by its low bits (`sv32pte`): V clear or W without R is not
/// valid, neither R nor X is a pointer.
pub(super) fn kind(entry: u64, error: bool) -> u64 {
    let bit = |at: u32| entry >> at & 1 == 1;
    let (valid, read, write, execute) = (bit(0), bit(1), bit(2), bit(3));
    if error {
        3
    } else if !valid || write && !read {
        0
    } else if !read && !execute {
        1
    } else {
        2
    }
}

/// The physical page number (44 bits) and the flags, high bit first, `-` for those that are
/// clear: `80201:DA-U-WRV`. Just `0` for an entry of zeros.
pub(super) fn summary(entry: u64) -> String {
    if entry == 0 {
        return "0".to_owned();
    }
    let letters = "DAGUXWRV".chars().rev().enumerate();
    let flags = letters.map(|(at, letter)| if entry >> at & 1 == 1 { letter } else { '-' });
    let flags: Vec<char> = flags.collect();
    let flags: String = flags.into_iter().rev().collect();
    format!("{:x}:{flags}", entry >> 10 & 0xfff_ffff_ffff)
}
