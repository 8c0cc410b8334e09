//! A subordinate of AXI4 or AXI4-Lite, with an exclusive access monitor or without, and another
//! manager that writes to the same memory.

use crate::bus::{Bus, Event, Pace, World};
use crate::dice::Dice;
use crate::pins::{Clocked, fit};
use hdl::shim::*;
use std::collections::VecDeque;

/// What a manager drives.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Out {
    ar: Address,
    aw: Address,
    arvalid: bool,
    awvalid: bool,
    wvalid: bool,
    w: (u64, u64, bool),
    rready: bool,
    bready: bool,
    /// The level beside AXI4-Lite.
    lock: bool,
}

/// The payload of an address channel: address, length, size, burst, lock, cache, protection.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Address {
    addr: u64,
    len: u64,
    size: Option<u64>,
    burst: u64,
    lock: bool,
    cache: u64,
    prot: u64,
}

/// What the subordinate drives.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct In {
    arready: bool,
    awready: bool,
    wready: bool,
    rvalid: bool,
    bvalid: bool,
    rdata: u64,
    rresp: u64,
    bresp: u64,
}

impl In {
    fn random(dice: &mut Dice) -> In {
        let bits = dice.any();
        let bit = |at: u64| bits >> at & 1 == 1;
        In {
            arready: bit(0),
            awready: bit(1),
            wready: bit(2),
            rvalid: bit(3),
            bvalid: bit(4),
            rdata: dice.any(),
            rresp: bits >> 8 & 3,
            bresp: bits >> 10 & 3,
        }
    }
}

/// The pins of a manager.
pub(crate) trait Axi: Clocked {
    /// Bytes of the bus.
    const BYTES: u64;
    /// AXI4; otherwise AXI4-Lite.
    const FULL: bool;
    fn drive(&mut self, values: In);
    fn seen(&self) -> Out;
}

macro_rules! axi {
    (@drive $self:ident, $values:ident) => {
        $self.m_axi_arready.next = $values.arready;
        $self.m_axi_awready.next = $values.awready;
        $self.m_axi_wready.next = $values.wready;
        $self.m_axi_rvalid.next = $values.rvalid;
        $self.m_axi_bvalid.next = $values.bvalid;
        $self.m_axi_rdata.next = fit($values.rdata);
        $self.m_axi_rresp.next = fit($values.rresp);
        $self.m_axi_bresp.next = fit($values.bresp);
    };
    (@seen $self:ident, $lock:expr, $last:expr, $ar:expr, $aw:expr) => {
        Out {
            ar: Address { addr: $self.m_axi_araddr.val().into(),
                prot: $self.m_axi_arprot.val().into(), ..$ar },
            aw: Address { addr: $self.m_axi_awaddr.val().into(),
                prot: $self.m_axi_awprot.val().into(), ..$aw },
            arvalid: $self.m_axi_arvalid.val(),
            awvalid: $self.m_axi_awvalid.val(),
            wvalid: $self.m_axi_wvalid.val(),
            w: ($self.m_axi_wdata.val().into(), $self.m_axi_wstrb.val().into(), $last),
            rready: $self.m_axi_rready.val(),
            bready: $self.m_axi_bready.val(),
            lock: $lock,
        }
    };
    ($(full $full:ident)+ $(lite $lite:ident $($lock:ident)?;)+) => {
        $(impl<
            const W: usize, const B: usize, const PA: usize, const A: usize, const D: usize,
            const DB: usize,
        > Axi for $full<W, B, PA, A, D, DB> {
            const BYTES: u64 = DB as u64;
            const FULL: bool = true;
            fn drive(&mut self, values: In) {
                axi!(@drive self, values);
                // Single transfers: always the last one.
                self.m_axi_rlast.next = values.rvalid;
            }
            fn seen(&self) -> Out {
                axi!(@seen self, false, self.m_axi_wlast.val(),
                    Address {
                        len: self.m_axi_arlen.val().into(),
                        size: Some(self.m_axi_arsize.val().into()),
                        burst: self.m_axi_arburst.val().into(),
                        lock: self.m_axi_arlock.val(),
                        cache: self.m_axi_arcache.val().into(),
                        ..Address::default()
                    },
                    Address {
                        len: self.m_axi_awlen.val().into(),
                        size: Some(self.m_axi_awsize.val().into()),
                        burst: self.m_axi_awburst.val().into(),
                        lock: self.m_axi_awlock.val(),
                        cache: self.m_axi_awcache.val().into(),
                        ..Address::default()
                    })
            }
        })+
        $(impl<
            const W: usize, const B: usize, const PA: usize, const A: usize, const D: usize,
            const DB: usize,
        > Axi for $lite<W, B, PA, A, D, DB> {
            const BYTES: u64 = DB as u64;
            const FULL: bool = false;
            fn drive(&mut self, values: In) {
                axi!(@drive self, values);
            }
            fn seen(&self) -> Out {
                let lock = false $(|| self.$lock.val())?;
                let implied = Address { burst: 1, lock, ..Address::default() };
                axi!(@seen self, lock, true, implied, implied)
            }
        })+
    };
}

axi!(full WalkerAxi4 full DataAxi4 lite WalkerAxiLite lock; lite DataAxiLite;);

/// The subordinate, and what it has accepted.
pub(crate) struct Subordinate {
    pace: Pace,
    /// Exclusive accesses are monitored. Without, they are ordinary ones.
    monitors: bool,
    now: In,
    before: Out,
    reads: VecDeque<(Address, u64)>,
    address: Option<Address>,
    data: Option<(u64, u64)>,
    /// Both are there: the cycle of the response.
    write_due: Option<u64>,
    monitored: Option<u64>,
    /// The last exclusive read, unless it failed or its write was made.
    exclusive: Option<Address>,
    responded: Option<Event>,
}

impl Subordinate {
    pub(crate) fn new(pace: Pace, monitors: bool) -> Self {
        Self {
            pace,
            monitors,
            now: In::default(),
            before: Out::default(),
            reads: VecDeque::new(),
            address: None,
            data: None,
            write_due: None,
            monitored: None,
            exclusive: None,
            responded: None,
        }
    }

    fn read(&mut self, at: Address, bytes: u64, world: &mut World, dice: &mut Dice) {
        let error = world.error(dice);
        // The level beside AXI4-Lite cannot fail.
        let locked = at.lock && (self.monitors && !error || at.size.is_none());
        if locked {
            self.monitored = Some(at.addr);
        }
        let word = world.memory.read(at.addr / bytes * bytes, bytes);
        self.now.rvalid = true;
        self.now.rdata = if error { dice.any() } else { word };
        self.now.rresp =
            if error { 2 + dice.roll(2) } else { u64::from(locked && at.size.is_some()) };
        self.responded = Some(Event::Read {
            addr: at.addr,
            size: at.size,
            bytes: None,
            word,
            error,
            lock: at.lock,
            locked,
        });
    }

    fn write(&mut self, at: Address, bytes: u64, world: &mut World, dice: &mut Dice) {
        let (word, mask) = self.data.expect("a write has data");
        let error = world.error(dice);
        let exclusive = at.lock && self.monitors;
        let made = !error && (!exclusive || self.monitored == Some(at.addr));
        let start = at.addr / bytes * bytes;
        let before = world.memory.read(start, bytes);
        if made {
            world.memory.write(start, bytes, mask, word);
            self.monitored = None;
        }
        self.exclusive = None;
        self.now.bvalid = true;
        self.now.bresp = if error { 2 + dice.roll(2) } else { u64::from(exclusive && made) };
        let (addr, size, bytes, lock) = (at.addr, at.size, mask, at.lock);
        self.responded = Some(Event::Write { addr, size, bytes, word, before, error, lock, made });
    }

    /// What AXI asks of every address.
    fn check(&self, at: Address, full: bool) {
        assert_eq!((at.len, at.burst, at.cache, at.prot), (0, 1, 0, 0), "single transfers");
        if let Some(size) = at.size {
            assert!(full && size <= 3);
            assert!(
                !at.lock || at.addr.is_multiple_of(1 << size),
                "an exclusive access is aligned"
            );
        }
    }
}

impl<B: Axi> Bus<B> for Subordinate {
    fn drive(&mut self, block: &mut B, world: &mut World, dice: &mut Dice) {
        let random = In::random(dice);
        let (rvalid, bvalid) = (self.now.rvalid, self.now.bvalid);
        assert!(!rvalid && !bvalid, "responses are taken at once: RREADY and BREADY are high");
        self.now = In { rvalid: false, bvalid: false, ..random };
        self.now.arready = self.pace.ready(dice, self.before.arvalid);
        self.now.awready = self.address.is_none()
            && self.pace.ready(dice, self.before.awvalid)
            && (self.pace != Pace::DataFirst || self.data.is_some());
        self.now.wready = self.data.is_none()
            && self.pace.ready(dice, self.before.wvalid)
            && (self.pace != Pace::AddressFirst || self.address.is_some());
        match self.reads.front() {
            Some(&(at, due)) if due <= world.cycle => {
                self.reads.pop_front();
                self.read(at, B::BYTES, world, dice);
            }
            _ => {}
        }
        if self.write_due.is_some_and(|due| due <= world.cycle) {
            let at = self.address.expect("a write has an address");
            self.write(at, B::BYTES, world, dice);
            (self.address, self.data, self.write_due) = (None, None, None);
        }
        block.drive(self.now);
    }

    fn edge(&mut self, block: &B, world: &mut World, dice: &mut Dice) {
        let seen = block.seen();
        assert!(seen.rready && seen.bready);
        // What was valid and not accepted is still there, unchanged.
        let (last, taken) = (self.before, self.now);
        if last.arvalid {
            assert_eq!((seen.arvalid, seen.ar), (true, last.ar), "ARVALID stays until ARREADY");
        }
        if last.awvalid {
            assert_eq!((seen.awvalid, seen.aw), (true, last.aw), "AWVALID stays until AWREADY");
        }
        if last.wvalid {
            assert_eq!((seen.wvalid, seen.w), (true, last.w), "WVALID stays until WREADY");
        }
        self.before = seen;
        if let Some(event) = self.responded.take() {
            if let Event::Read { lock: true, locked: false, .. } = event {
                self.exclusive = None;
            }
            world.events.push_back(event);
        }
        if seen.arvalid {
            self.check(seen.ar, B::FULL);
            assert!(self.address.is_none() && self.data.is_none(), "no read beside a write");
            if taken.arready {
                self.before.arvalid = false;
                if seen.ar.lock {
                    self.exclusive = Some(seen.ar);
                }
                self.reads.push_back((seen.ar, world.cycle + 1 + self.pace.delay(dice)));
                assert!(self.reads.len() <= 2, "two walkers at most");
            }
        }
        if seen.awvalid {
            self.check(seen.aw, B::FULL);
            assert!(self.reads.is_empty(), "no write beside a read");
            if seen.aw.lock {
                assert_eq!(self.exclusive, Some(seen.aw), "as the exclusive read before it");
            }
            if taken.awready {
                self.before.awvalid = false;
                assert!(self.address.replace(seen.aw).is_none(), "one address for each write");
            }
        }
        if seen.wvalid {
            let (data, mask, last) = seen.w;
            assert!(last, "one transfer");
            if taken.wready {
                self.before.wvalid = false;
                assert!(self.data.replace((data, mask)).is_none(), "one transfer for each write");
            }
        }
        if self.address.is_some() && self.data.is_some() && self.write_due.is_none() {
            self.write_due = Some(world.cycle + 1 + self.pace.delay(dice));
        }
        (self.now.rvalid, self.now.bvalid) = (false, false);
        if !seen.lock && dice.once_in(3) {
            let at = world.meddle(dice);
            // A monitor may watch more than was read, and so forgets what lies near.
            if self.monitored.is_some_and(|monitored| monitored / 8 == at / 8) {
                self.monitored = None;
            }
        }
    }

    fn disturb(&mut self, block: &mut B, dice: &mut Dice) {
        block.drive(In::random(dice));
    }

    fn restore(&mut self, block: &mut B) {
        block.drive(self.now);
    }

    fn outputs(&self, block: &B) -> String {
        format!("{:?}", block.seen())
    }
}
