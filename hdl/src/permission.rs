//! May this access use this leaf? Evaluated at every use.

use crate::flags::{AccessContext, Leaf};
use rust_hdl::prelude::*;

/// Decides whether a leaf's R, W, X and U bits allow an access.
///
/// Spec: `sv32algorithm` (access allowed by R, W, X, U, SUM, MXR), `norm:sstatus_sum`,
/// `norm:sstatus_mxr`, `norm:cbm_access` (cache-block management is allowed where a load or a
/// store is).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `access` | in | struct | the access and its context |
/// | `leaf` | in | struct | the leaf's stored bits |
/// | `denied` | out | 1 | the access is a page fault whatever A and D are |
/// | `unmarked` | out | 1 | a store to a page whose D is clear |
///
/// Timing: combinational. Reset: no state.
///
/// Invariants: fetches ignore SUM and MXR; MXR makes execute-only pages readable in every mode;
/// SUM never allows a supervisor to execute from a user page; cache-block management ignores D.
#[derive(LogicBlock, Default)]
pub struct Permission {
    /// The access and its context.
    pub access: Signal<In, AccessContext>,
    /// The leaf's stored bits.
    pub leaf: Signal<In, Leaf>,
    /// Page fault whatever A and D are.
    pub denied: Signal<Out, Bit>,
    /// A store to a page whose D is clear.
    pub unmarked: Signal<Out, Bit>,
    kind_allowed: Signal<Local, Bit>,
    owner_allowed: Signal<Local, Bit>,
}

impl Logic for Permission {
    #[hdl_gen]
    fn update(&mut self) {
        self.kind_allowed.next =
            self.leaf.val().read || (self.access.val().mxr && self.leaf.val().execute);
        if self.access.val().cbo && self.leaf.val().write {
            self.kind_allowed.next = true;
        }
        if self.access.val().store {
            self.kind_allowed.next = self.leaf.val().write;
        }
        if self.access.val().fetch {
            self.kind_allowed.next = self.leaf.val().execute;
        }
        self.owner_allowed.next =
            !self.leaf.val().user || (self.access.val().sum && !self.access.val().fetch);
        if self.access.val().user {
            self.owner_allowed.next = self.leaf.val().user;
        }
        self.denied.next = !(self.kind_allowed.val() && self.owner_allowed.val());
        self.unmarked.next = self.access.val().store && !self.leaf.val().dirty;
    }
}
