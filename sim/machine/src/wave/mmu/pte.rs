//! A page-table entry in words, for reading a walk at a glance.

use model::golden::Pte;
use model::isa::{Extensions, Mode, Xlen, pte};

/// Names of `memory.pte`.
pub(super) const KINDS: [&str; 4] = ["invalid", "pointer", "leaf", "bus_error"];

/// Classifies the entries of the current walk by their level.
#[derive(Debug)]
pub(super) struct Entries {
    mode: Mode,
    extensions: Extensions,
    pbmte: bool,
    /// The level of the next entry; `None` before the first walk.
    level: Option<u32>,
}

impl Entries {
    pub(super) fn new(xlen: Xlen, extensions: Extensions) -> Entries {
        let mode = if xlen == Xlen::Rv32 { Mode::Sv32 } else { Mode::Sv39 };
        Entries { mode, extensions, pbmte: false, level: None }
    }

    /// A walk starts at the root of a tree of this scheme, under this PBMTE.
    pub(super) fn root(&mut self, mode: Option<Mode>, pbmte: bool) {
        self.pbmte = pbmte;
        if let Some(mode) = mode.filter(|mode| mode.levels() > 0) {
            self.mode = mode;
        }
        self.level = Some(self.mode.levels() - 1);
    }

    /// Classifies the entry that memory returns, as the specification does (`sv32algorithm`):
    /// reserved encodings, a pointer at the last level and a misaligned superpage are invalid.
    /// After a pointer, the walk descends a level.
    pub(super) fn kind(&mut self, entry: u64, error: bool) -> u64 {
        if error {
            return 3;
        }
        let pte = Pte::new(self.mode, entry);
        let level = self.level.unwrap_or(0);
        let reserved = pte.writable() && !pte.readable()
            || pte.reserved(self.extensions) != 0
            || pte.pbmt() != 0 && (!self.pbmte || !pte.is_leaf() || pte.pbmt() == 3)
            || pte.is_napot() && pte.napot_copy(level, 0).is_none();
        if !pte.valid() || reserved {
            return 0;
        }
        if pte.is_leaf() {
            let inside = (1 << (level * self.mode.segment_bits())) - 1;
            return if pte.ppn() & inside == 0 { 2 } else { 0 };
        }
        if self.level == Some(0) || pte.accessed() || pte.dirty() || pte.user() {
            return 0;
        }
        self.level = self.level.and_then(|level| level.checked_sub(1));
        1
    }
}

/// The physical page number (44 bits) and the flags in the order V R W X U G A D, `-` for those
/// that are clear: `80201:VRW-U-AD`. One of a NAPOT range ends in `:N`, one with a memory type in
/// `:nc` or `:io`. Just `0` for an entry of zeros.
pub(super) fn summary(entry: u64) -> String {
    if entry == 0 {
        return "0".to_owned();
    }
    let letters = "VRWXUGAD".chars().enumerate();
    let flags = letters.map(|(at, letter)| if entry >> at & 1 == 1 { letter } else { '-' });
    let flags: String = flags.collect();
    let napot = if entry & pte::NAPOT != 0 { ":N" } else { "" };
    let pbmt = ["", ":nc", ":io", ":pbmt=3"][(entry >> 61 & 3) as usize];
    format!("{:x}:{flags}{napot}{pbmt}", entry >> 10 & 0xfff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::isa::Extension;

    const POINTER: u64 = 0x80201 << 10 | 1;
    const LEAF: u64 = 0x80200 << 10 | 0xd7;

    fn kinds(mode: Mode, entries: &[u64]) -> Vec<&'static str> {
        kinds_with(Extensions::NONE, mode, entries)
    }

    fn kinds_with(extensions: Extensions, mode: Mode, entries: &[u64]) -> Vec<&'static str> {
        let xlen = if mode == Mode::Sv32 { Xlen::Rv32 } else { Xlen::Rv64 };
        let mut walk = Entries::new(xlen, extensions);
        walk.root(Some(mode), true);
        entries.iter().map(|entry| KINDS[walk.kind(*entry, false) as usize]).collect()
    }

    #[test]
    fn entries_are_told_apart_by_their_level() {
        assert_eq!(kinds(Mode::Sv39, &[POINTER, POINTER, LEAF]), ["pointer", "pointer", "leaf"]);
        assert_eq!(kinds(Mode::Sv39, &[POINTER, LEAF]), ["pointer", "leaf"]);
        // 0x80201 is not a multiple of a megapage, and there is no level below 0.
        assert_eq!(kinds(Mode::Sv39, &[POINTER, LEAF | 1 << 10]), ["pointer", "invalid"]);
        assert_eq!(kinds(Mode::Sv32, &[POINTER, POINTER]), ["pointer", "invalid"]);
        assert_eq!(kinds(Mode::Sv32, &[LEAF]), ["invalid"]);
    }

    #[test]
    fn what_the_specification_reserves_is_invalid() {
        for bad in [0, 0x1000, POINTER | 1 << 6, POINTER | 1 << 7, POINTER | 1 << 4] {
            assert_eq!(kinds(Mode::Sv39, &[bad]), ["invalid"], "{bad:#x}");
        }
        for bad in [LEAF & !2, LEAF | 1 << 63, LEAF | 1 << 54] {
            assert_eq!(kinds(Mode::Sv57, &[POINTER, POINTER, bad])[2], "invalid", "{bad:#x}");
        }
    }

    #[test]
    fn an_entry_of_a_napot_range_is_a_leaf_where_svnapot_is_implemented() {
        let svnapot = Extensions::of(&[Extension::Svnapot]);
        let range = LEAF | 8 << 10 | 1 << 63;
        let at_level_0 = |entry| kinds_with(svnapot, Mode::Sv39, &[POINTER, POINTER, entry])[2];
        assert_eq!(at_level_0(range), "leaf");
        assert_eq!(at_level_0(range | 1 << 10), "invalid");
        assert_eq!(kinds_with(svnapot, Mode::Sv39, &[POINTER, LEAF | 1 << 63])[1], "invalid");
        assert_eq!(kinds(Mode::Sv39, &[POINTER, POINTER, range])[2], "invalid");
        assert_eq!(summary(range), "80208:VRW-U-AD:N");
    }

    #[test]
    fn an_entry_with_a_memory_type_is_a_leaf_where_svpbmt_is_implemented() {
        let svpbmt = Extensions::of(&[Extension::Svpbmt]);
        let at_level_0 = |entry| kinds_with(svpbmt, Mode::Sv39, &[POINTER, POINTER, entry])[2];
        assert_eq!(at_level_0(LEAF | 1 << 61), "leaf");
        assert_eq!(at_level_0(LEAF | 1 << 62), "leaf");
        assert_eq!(at_level_0(LEAF | 3 << 61), "invalid");
        assert_eq!(kinds_with(svpbmt, Mode::Sv39, &[POINTER | 1 << 61])[0], "invalid");
        assert_eq!(kinds(Mode::Sv39, &[POINTER, POINTER, LEAF | 1 << 61])[2], "invalid");
        assert_eq!(summary(LEAF | 1 << 61), "80200:VRW-U-AD:nc");
    }

    #[test]
    fn flags_stand_in_the_order_of_their_bits_from_v_to_d() {
        assert_eq!(summary(LEAF), "80200:VRW-U-AD");
        assert_eq!(summary(POINTER), "80201:V-------");
        assert_eq!(summary(0), "0");
    }
}
