//! Address-space identifiers: few numbers, many processes.

use crate::Pid;

/// The ASID granted to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The identifier.
    pub asid: u16,
    /// Translations of another process may be cached under it: fence it before use.
    pub stale: bool,
}

/// Which process holds which ASID. ASID 0 is the kernel's, or that of all processes if there are no
/// others.
#[derive(Debug)]
pub struct Asids {
    /// Index + 1 is the ASID.
    holders: Vec<Option<Pid>>,
    used: Vec<bool>,
    /// When each was last granted: the one granted longest ago is reassigned first.
    granted: Vec<u64>,
    moment: u64,
    last: Option<Pid>,
}

impl Asids {
    /// ASIDs 1 to `limit`.
    pub fn new(limit: u16) -> Asids {
        let count = usize::from(limit);
        Asids {
            holders: vec![None; count],
            used: vec![false; count],
            granted: vec![0; count],
            moment: 0,
            last: None,
        }
    }

    /// The ASID for a process that is about to run: the one that it holds, else a free one, else
    /// the one granted longest ago.
    pub fn grant(&mut self, pid: Pid) -> Grant {
        if self.holders.is_empty() {
            let stale = self.last != Some(pid);
            self.last = Some(pid);
            return Grant { asid: 0, stale };
        }
        self.moment += 1;
        let own = self.holders.iter().position(|&holder| holder == Some(pid));
        let free = || self.holders.iter().position(Option::is_none);
        let oldest = || (0..self.holders.len()).min_by_key(|&at| self.granted[at]);
        let at = own.or_else(free).or_else(oldest).expect("there is at least one ASID");
        let stale = own.is_none() && self.used[at];
        self.holders[at] = Some(pid);
        self.used[at] = true;
        self.granted[at] = self.moment;
        Grant { asid: at as u16 + 1, stale }
    }

    /// The ASID under which a process's translations may be in the TLB; `None` if it holds none
    /// (its entries were fenced when its ASID was reassigned).
    pub fn held(&self, pid: Pid) -> Option<u16> {
        if self.holders.is_empty() {
            return (self.last == Some(pid)).then_some(0);
        }
        let at = self.holders.iter().position(|&holder| holder == Some(pid))?;
        Some(at as u16 + 1)
    }

    /// A process has ended, and its ASID was fenced: the ASID is free.
    pub fn release(&mut self, pid: Pid) {
        if let Some(at) = self.holders.iter().position(|&holder| holder == Some(pid)) {
            self.holders[at] = None;
            self.used[at] = false;
        }
        if self.last == Some(pid) {
            self.last = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asid_taken_away_is_stale_and_its_former_holder_holds_none() {
        let mut asids = Asids::new(2);
        assert_eq!(asids.grant(10), Grant { asid: 1, stale: false });
        assert_eq!(asids.grant(11), Grant { asid: 2, stale: false });
        assert_eq!(asids.grant(10), Grant { asid: 1, stale: false });
        assert_eq!(asids.grant(12), Grant { asid: 2, stale: true });
        assert_eq!(asids.held(11), None);
        asids.release(10);
        assert_eq!(asids.grant(11), Grant { asid: 1, stale: false });
        assert_eq!(asids.grant(13), Grant { asid: 2, stale: true });
    }

    #[test]
    fn without_asids_every_switch_is_stale() {
        let mut asids = Asids::new(0);
        assert_eq!(asids.grant(1), Grant { asid: 0, stale: true });
        assert_eq!(asids.grant(1), Grant { asid: 0, stale: false });
        assert_eq!(asids.grant(2), Grant { asid: 0, stale: true });
        assert_eq!(asids.held(1), None);
    }
}
