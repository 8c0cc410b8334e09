//! Where PMP entries begin and end: an access is judged as all of its page is, unless an entry ends
//! within the page.

use model::golden::Pmp;
use model::isa::{PAGE_BYTES, PmpMatch};

/// The ranges of the entries that match anything: first address and the one after the last.
#[derive(Debug, Default)]
pub(super) struct Borders(Vec<(u64, u64)>);

impl Borders {
    pub(super) fn of(pmp: &Pmp) -> Borders {
        let mut below = 0;
        let mut ranges = Vec::new();
        for (config, word) in pmp.entries() {
            let at = word << 2;
            match config.matches() {
                PmpMatch::Off => {}
                PmpMatch::Tor => ranges.push((below, at)),
                PmpMatch::Na4 => ranges.push((at, at + 4)),
                PmpMatch::Napot => {
                    // The ones at the low end: none of them mean 8 bytes.
                    let bytes = 8_u64.checked_shl(word.trailing_ones()).unwrap_or(1 << 63);
                    let base = at & !(bytes - 1);
                    ranges.push((base, base.saturating_add(bytes)));
                }
            }
            below = at;
        }
        Borders(ranges)
    }

    /// Whether a page is inside or outside of each range as a whole.
    pub(super) fn spare(&self, page: u64) -> bool {
        let end = page.saturating_add(PAGE_BYTES);
        let spares = |(from, to): &(u64, u64)| {
            end <= *from || *to <= page || *from <= page && end <= *to || to <= from
        };
        self.0.iter().all(spares)
    }
}
