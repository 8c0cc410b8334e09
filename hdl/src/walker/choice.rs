//! Arbitration between the two ports' misses.

use crate::flags::AccessContext;
use rust_hdl::prelude::*;

/// Chooses between the two ports' misses and presents the chosen one.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `free` | in | 1 | no walk is in progress: a new choice is made |
/// | `owner` | in | 1 | the walk in progress, or the last one, is the data port's |
/// | `fetch_*`, `data_*` | in | | the ports' misses |
/// | `serves_data` | out | 1 | the choice |
/// | `some` | out | 1 | there is a miss |
/// | `vpn`, `top_level`, `access`, `asid` | out | | the chosen miss; without a miss `vpn` is 0 |
///
/// Timing: combinational. Reset: no state.
///
/// Invariants: without a miss nothing that follows the chosen page changes, whatever the ports'
/// registers hold of requests that hit. With both ports waiting, the one that was not served last is
/// chosen.
#[derive(LogicBlock, Default)]
pub struct Choice<const VPN: usize, const ASID: usize> {
    /// No walk is in progress.
    pub free: Signal<In, Bit>,
    /// The walk in progress, or the last one, is the data port's.
    pub owner: Signal<In, Bit>,
    /// The fetch port has a miss.
    pub fetch_waits: Signal<In, Bit>,
    /// Its virtual page.
    pub fetch_vpn: Signal<In, Bits<VPN>>,
    /// Its root table's level.
    pub fetch_top_level: Signal<In, Bits<3>>,
    /// Its access.
    pub fetch_access: Signal<In, AccessContext>,
    /// Its address space.
    pub fetch_asid: Signal<In, Bits<ASID>>,
    /// The data port has a miss.
    pub data_waits: Signal<In, Bit>,
    /// Its virtual page.
    pub data_vpn: Signal<In, Bits<VPN>>,
    /// Its root table's level.
    pub data_top_level: Signal<In, Bits<3>>,
    /// Its access.
    pub data_access: Signal<In, AccessContext>,
    /// Its address space.
    pub data_asid: Signal<In, Bits<ASID>>,
    /// The data port is served.
    pub serves_data: Signal<Out, Bit>,
    /// There is a miss.
    pub some: Signal<Out, Bit>,
    /// The served miss's virtual page.
    pub vpn: Signal<Out, Bits<VPN>>,
    /// Its root table's level.
    pub top_level: Signal<Out, Bits<3>>,
    /// Its access.
    pub access: Signal<Out, AccessContext>,
    /// Its address space.
    pub asid: Signal<Out, Bits<ASID>>,
    data_side: Signal<Local, Bit>,
}

impl<const VPN: usize, const ASID: usize> Logic for Choice<VPN, ASID> {
    #[hdl_gen]
    fn update(&mut self) {
        self.data_side.next = self.owner.val();
        if self.free.val() {
            self.data_side.next =
                self.data_waits.val() && (!self.fetch_waits.val() || !self.owner.val());
        }
        self.serves_data.next = self.data_side.val();
        self.some.next = self.fetch_waits.val() || self.data_waits.val();
        self.access.next = self.fetch_access.val();
        self.vpn.next = bits::<VPN>(0);
        self.top_level.next = self.fetch_top_level.val();
        self.asid.next = self.fetch_asid.val();
        if self.fetch_waits.val() {
            self.vpn.next = self.fetch_vpn.val();
        }
        if self.data_side.val() {
            self.vpn.next = self.data_vpn.val();
            self.top_level.next = self.data_top_level.val();
            self.access.next = self.data_access.val();
            self.asid.next = self.data_asid.val();
        }
    }
}
