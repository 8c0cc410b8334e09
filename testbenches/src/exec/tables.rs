//! Page tables in memory, counted.

use machine::computer::Computer;
use model::isa::{Mode, PAGE_BYTES, Satp, pte};
use serde::Serialize;

/// Leaves of one size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Leaves {
    /// Bytes that one of them maps.
    pub bytes: u64,
    /// Those that U-mode may use.
    pub user: u64,
    /// The others.
    pub supervisor: u64,
}

/// What the page tables under `satp` hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tables {
    /// The scheme.
    pub scheme: &'static str,
    /// Tables, the root among them.
    pub tables: u64,
    /// Leaves, the largest first; sizes that do not occur are left out.
    pub leaves: Vec<Leaves>,
    /// Leaves that are global.
    pub global: u64,
    /// Leaves of a NAPOT range.
    pub napot: u64,
    /// Tables that are no memory, or more than can be.
    pub lost: u64,
}

/// A tree of tables that lead into themselves is not followed further.
const MOST: u64 = 1 << 20;

impl Tables {
    /// Those of a computer as it is; `None` if nothing is translated.
    pub fn of(computer: &Computer) -> Option<Tables> {
        let satp = Satp::decode(computer.hart().satp(), computer.mmu().xlen())?;
        if satp.mode == Mode::Bare {
            return None;
        }
        let mut tables = Tables {
            scheme: satp.mode.name(),
            tables: 0,
            leaves: Vec::new(),
            global: 0,
            napot: 0,
            lost: 0,
        };
        let mut leaves = vec![Leaves::default(); satp.mode.levels() as usize];
        tables.add(computer, satp.mode, satp.mode.levels() - 1, satp.root, &mut leaves);
        for (level, of) in leaves.iter_mut().enumerate() {
            of.bytes = PAGE_BYTES << (satp.mode.segment_bits() * level as u32);
        }
        leaves.retain(|of| of.user + of.supervisor > 0);
        leaves.reverse();
        tables.leaves = leaves;
        Some(tables)
    }

    fn add(&mut self, computer: &Computer, mode: Mode, level: u32, ppn: u64, all: &mut [Leaves]) {
        self.tables += 1;
        if self.tables > MOST {
            self.lost += 1;
            return;
        }
        let bytes = mode.pte_bytes();
        for number in 0..1 << mode.segment_bits() {
            let at = ppn * PAGE_BYTES + number * bytes;
            let Ok(entry) = computer.memory().peek(at, bytes as u8) else {
                self.lost += 1;
                return;
            };
            if entry & pte::VALID == 0 {
                continue;
            }
            if entry & (pte::READ | pte::EXECUTE) != 0 {
                let leaves = &mut all[level as usize];
                *(if entry & pte::USER != 0 {
                    &mut leaves.user
                } else {
                    &mut leaves.supervisor
                }) += 1;
                self.global += u64::from(entry & pte::GLOBAL != 0);
                self.napot += u64::from(mode != Mode::Sv32 && entry & pte::NAPOT != 0);
            } else if let Some(below) = level.checked_sub(1) {
                self.add(computer, mode, below, pte::ppn(mode, entry), all);
            } else {
                self.lost += 1;
            }
        }
    }

    /// As a line.
    pub(super) fn text(&self) -> String {
        let leaves: Vec<String> = self
            .leaves
            .iter()
            .map(|of| {
                let size = match of.bytes {
                    bytes if bytes >= 1 << 30 => format!("{} GiB", bytes >> 30),
                    bytes if bytes >= 1 << 20 => format!("{} MiB", bytes >> 20),
                    bytes => format!("{} KiB", bytes >> 10),
                };
                format!("{size} {} + {}", of.supervisor, of.user)
            })
            .collect();
        let Tables { scheme, tables, global, napot, lost, .. } = self;
        let mut text = format!(
            "page tables at the end: {scheme}, {tables} tables; leaves of supervisor + user: {}; \
             {global} global",
            leaves.join(", ")
        );
        if *napot > 0 {
            text += &format!(", {napot} of NAPOT ranges");
        }
        if *lost > 0 {
            text += &format!("; {lost} entries lead nowhere");
        }
        text + "\n"
    }
}
