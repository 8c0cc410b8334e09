//! May an access use a line? Judged for all lines at once.

use crate::flags::AccessContext;
use crate::pmp::list;
use rust_hdl::prelude::*;

/// Decides for each line whether its R, W, X and U bits allow an access: what
/// [`Permission`](crate::permission::Permission) decides for one leaf, in parallel with the
/// comparison, so that no verdict waits for the line that hits.
///
/// Spec: that of `Permission`.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `access` | in | struct | the access and its context |
/// | `read`, `write`, `execute`, `user`, `dirty` | in | 1 | each line's flags |
/// | `decides` | out | N | lines that decide the access: all, but for those that permit a store while D is clear, where hardware sets D |
/// | `faults` | out | N | ... and with which it is a page fault |
/// | `readable`, `writable`, `executable`, `of_user`, `marked` | out | N | lines with R, W, X, U, D |
///
/// Timing: combinational. Reset: no state.
///
/// Invariants: for each line the verdict is that of `Permission`: a line faults if it is `denied`,
/// or `unmarked` and hardware does not set D.
#[derive(LogicBlock)]
pub struct LineRights<const N: usize> {
    /// The access and its context.
    pub access: Signal<In, AccessContext>,
    /// R of each line.
    pub read: Vec<Signal<In, Bit>>,
    /// W of each line.
    pub write: Vec<Signal<In, Bit>>,
    /// X of each line.
    pub execute: Vec<Signal<In, Bit>>,
    /// U of each line.
    pub user: Vec<Signal<In, Bit>>,
    /// D of each line.
    pub dirty: Vec<Signal<In, Bit>>,
    /// The line decides the access.
    pub decides: Signal<Out, Bits<N>>,
    /// With the line the access is a page fault.
    pub faults: Signal<Out, Bits<N>>,
    own: Vec<Constant<Bits<N>>>,
    /// Lines with R.
    pub readable: Signal<Out, Bits<N>>,
    /// Lines with W.
    pub writable: Signal<Out, Bits<N>>,
    /// Lines with X.
    pub executable: Signal<Out, Bits<N>>,
    /// Lines with U.
    pub of_user: Signal<Out, Bits<N>>,
    /// Lines with D.
    pub marked: Signal<Out, Bits<N>>,
    kind_allowed: Signal<Local, Bits<N>>,
    owner_allowed: Signal<Local, Bits<N>>,
    denied: Signal<Local, Bits<N>>,
}

impl<const N: usize> LineRights<N> {
    /// For so many lines, at most N.
    pub fn new(lines: usize) -> Self {
        Self {
            access: Default::default(),
            read: list(lines),
            write: list(lines),
            execute: list(lines),
            user: list(lines),
            dirty: list(lines),
            decides: Default::default(),
            faults: Default::default(),
            denied: Default::default(),
            own: (0..lines).map(|line| Constant::new(bits::<N>(1 << line))).collect(),
            readable: Default::default(),
            writable: Default::default(),
            executable: Default::default(),
            of_user: Default::default(),
            marked: Default::default(),
            kind_allowed: Default::default(),
            owner_allowed: Default::default(),
        }
    }
}

impl<const N: usize> Logic for LineRights<N> {
    #[hdl_gen]
    fn update(&mut self) {
        self.readable.next = bits::<N>(0);
        self.writable.next = bits::<N>(0);
        self.executable.next = bits::<N>(0);
        self.of_user.next = bits::<N>(0);
        self.marked.next = bits::<N>(0);
        for i in 0..self.own.len() {
            if self.read[i].val() {
                self.readable.next = self.readable.val() | self.own[i].val();
            }
            if self.write[i].val() {
                self.writable.next = self.writable.val() | self.own[i].val();
            }
            if self.execute[i].val() {
                self.executable.next = self.executable.val() | self.own[i].val();
            }
            if self.user[i].val() {
                self.of_user.next = self.of_user.val() | self.own[i].val();
            }
            if self.dirty[i].val() {
                self.marked.next = self.marked.val() | self.own[i].val();
            }
        }
        self.kind_allowed.next = self.readable.val();
        if self.access.val().mxr {
            self.kind_allowed.next = self.readable.val() | self.executable.val();
        }
        if self.access.val().cbo {
            self.kind_allowed.next = self.kind_allowed.val() | self.writable.val();
        }
        if self.access.val().store {
            self.kind_allowed.next = self.writable.val();
        }
        if self.access.val().fetch {
            self.kind_allowed.next = self.executable.val();
        }
        self.owner_allowed.next = !self.of_user.val();
        if self.access.val().sum && !self.access.val().fetch {
            self.owner_allowed.next = !bits::<N>(0);
        }
        if self.access.val().user {
            self.owner_allowed.next = self.of_user.val();
        }
        self.denied.next = !(self.kind_allowed.val() & self.owner_allowed.val());
        // A store to a clean page is a page fault unless hardware may set D, which is a walk.
        self.decides.next = !bits::<N>(0);
        self.faults.next = self.denied.val();
        if self.access.val().store {
            if self.access.val().adue {
                self.decides.next = self.denied.val() | self.marked.val();
            } else {
                self.faults.next = self.denied.val() | (!self.marked.val());
            }
        }
    }
}
