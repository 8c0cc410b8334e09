//! The unit: a table of segment registers, one check, the oldest fault held.

use super::{Requested, Rights, SegmentCheck, SegmentRegister};
use crate::fault::HeldFault;
use rust_hdl::prelude::*;

/// Translates logical addresses by base and limit: N segments of up to 2^OFF bytes.
///
/// `IDX` = log2 N, `VA` = IDX + OFF. A logical address is a segment number (its high IDX bits) and
/// an offset. A segment that grows downwards holds the bytes below its base: its offsets count
/// down from 2^OFF, as a stack's addresses do.
///
/// Spec: none of RISC-V; Silberschatz, Operating System Concepts, "Segmentation";
/// Arpaci-Dusseau, Operating Systems: Three Easy Pieces, "Segmentation".
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `req_valid`, `req_ready` | in, out | 1 | request stream; taken when both are high |
/// | `req_va`, `req_size` | in | VA, 2 | logical address; log2 of the bytes accessed |
/// | `req_fetch`, `req_store`, `req_user` | in | 1 | the access; neither of the first two: a load |
/// | `resp_valid` | out | 1 | response flow: one cycle, exactly one for each request |
/// | `resp_pa`, `resp_fault`, `resp_cause`, `resp_va` | out | PA, 1, 4, VA | the response |
/// | `load_valid`, `load_ready` | in, out | 1 | stream of register writes |
/// | `load_index`, `load_present` | in | IDX, 1 | which register; whether there is such a segment |
/// | `load_base`, `load_limit` | in | PA, VA | its physical address, its length in bytes (up to 2^OFF) |
/// | `load_read`, `load_write`, `load_execute`, `load_user`, `load_down` | in | 1 | its permissions; it grows downwards |
/// | `fault_valid`, `fault_ready` | out, in | 1 | the oldest fault not yet taken |
/// | `fault_cause`, `fault_va` | out | 4, VA | 1 no such segment, 2 limit, 3 protection; its address |
///
/// Timing: a request is answered in its own cycle, one per cycle. A register write takes one
/// cycle; `req_ready` is low in it, so no request sees half of a change, and the next one
/// sees all of it. `load_ready` is always high. `req_ready` does not depend on `req_valid`.
/// Reset: no segment, no fault held. While `reset` is high no request is accepted.
///
/// Invariants: an answer without a fault lies inside a segment that was loaded and allows the
/// access; answers do not depend on earlier requests.
///
/// Not modelled: more segments than registers (a segment table in memory), gates between rings.
#[derive(LogicBlock)]
pub struct SegmentUnit<
    const N: usize,
    const IDX: usize,
    const VA: usize,
    const OFF: usize,
    const PA: usize,
> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// Request stream.
    pub req_valid: Signal<In, Bit>,
    /// Taken when both are high.
    pub req_ready: Signal<Out, Bit>,
    /// Logical address.
    pub req_va: Signal<In, Bits<VA>>,
    /// log2 of the bytes accessed.
    pub req_size: Signal<In, Bits<2>>,
    /// Instruction fetch.
    pub req_fetch: Signal<In, Bit>,
    /// Store.
    pub req_store: Signal<In, Bit>,
    /// Made by a program.
    pub req_user: Signal<In, Bit>,
    /// Response flow.
    pub resp_valid: Signal<Out, Bit>,
    /// Physical address; zero on a fault.
    pub resp_pa: Signal<Out, Bits<PA>>,
    /// The access is not allowed.
    pub resp_fault: Signal<Out, Bit>,
    /// The cause.
    pub resp_cause: Signal<Out, Bits<4>>,
    /// Logical address of the fault.
    pub resp_va: Signal<Out, Bits<VA>>,
    /// Stream of register writes.
    pub load_valid: Signal<In, Bit>,
    /// Taken when both are high.
    pub load_ready: Signal<Out, Bit>,
    /// Which register.
    pub load_index: Signal<In, Bits<IDX>>,
    /// There is such a segment.
    pub load_present: Signal<In, Bit>,
    /// Its physical address.
    pub load_base: Signal<In, Bits<PA>>,
    /// Its length in bytes.
    pub load_limit: Signal<In, Bits<VA>>,
    /// Loads are allowed.
    pub load_read: Signal<In, Bit>,
    /// Stores are allowed.
    pub load_write: Signal<In, Bit>,
    /// Fetches are allowed.
    pub load_execute: Signal<In, Bit>,
    /// Programs may use it.
    pub load_user: Signal<In, Bit>,
    /// It grows downwards.
    pub load_down: Signal<In, Bit>,
    /// The oldest fault not yet taken.
    pub fault_valid: Signal<Out, Bit>,
    /// It is taken.
    pub fault_ready: Signal<In, Bit>,
    /// Its cause.
    pub fault_cause: Signal<Out, Bits<4>>,
    /// Its logical address.
    pub fault_va: Signal<Out, Bits<VA>>,
    registers: [SegmentRegister<VA, PA>; N],
    check: SegmentCheck<VA, OFF, PA>,
    held_fault: HeldFault<VA>,
    taken: Signal<Local, Bit>,
    writing: Signal<Local, Bit>,
    number: Signal<Local, Bits<IDX>>,
    new_rights: Signal<Local, Rights>,
    requested: Signal<Local, Requested>,
    faulted: Signal<Local, Bit>,
    index: [Constant<Bits<IDX>>; N],
    number_shift: Constant<Bits<VA>>,
    offset_mask: Constant<Bits<VA>>,
    no_rights: Constant<Rights>,
}

impl<const N: usize, const IDX: usize, const VA: usize, const OFF: usize, const PA: usize> Default
    for SegmentUnit<N, IDX, VA, OFF, PA>
{
    fn default() -> Self {
        assert_eq!(1 << IDX, N, "IDX must be log2 of the number of segments");
        assert_eq!(IDX + OFF, VA, "a logical address is a segment number and an offset");
        Self {
            clock: Default::default(),
            reset: Default::default(),
            req_valid: Default::default(),
            req_ready: Default::default(),
            req_va: Default::default(),
            req_size: Default::default(),
            req_fetch: Default::default(),
            req_store: Default::default(),
            req_user: Default::default(),
            resp_valid: Default::default(),
            resp_pa: Default::default(),
            resp_fault: Default::default(),
            resp_cause: Default::default(),
            resp_va: Default::default(),
            load_valid: Default::default(),
            load_ready: Default::default(),
            load_index: Default::default(),
            load_present: Default::default(),
            load_base: Default::default(),
            load_limit: Default::default(),
            load_read: Default::default(),
            load_write: Default::default(),
            load_execute: Default::default(),
            load_user: Default::default(),
            load_down: Default::default(),
            fault_valid: Default::default(),
            fault_ready: Default::default(),
            fault_cause: Default::default(),
            fault_va: Default::default(),
            registers: array_init::array_init(|_| Default::default()),
            check: Default::default(),
            held_fault: Default::default(),
            taken: Default::default(),
            writing: Default::default(),
            number: Default::default(),
            new_rights: Default::default(),
            requested: Default::default(),
            faulted: Default::default(),
            index: array_init::array_init(|i| Constant::new((i as u64).into())),
            number_shift: Constant::new((OFF as u64).into()),
            offset_mask: Constant::new(((1_u64 << OFF) - 1).into()),
            no_rights: Constant::new(Rights::default()),
        }
    }
}

impl<const N: usize, const IDX: usize, const VA: usize, const OFF: usize, const PA: usize> Logic
    for SegmentUnit<N, IDX, VA, OFF, PA>
{
    #[hdl_gen]
    fn update(&mut self) {
        self.load_ready.next = !self.reset.val();
        self.req_ready.next = !self.reset.val() && !self.load_valid.val();
        self.writing.next = self.load_valid.val() && !self.reset.val();
        self.taken.next = self.req_valid.val() && !self.reset.val() && !self.load_valid.val();

        self.new_rights.next.read = self.load_read.val();
        self.new_rights.next.write = self.load_write.val();
        self.new_rights.next.execute = self.load_execute.val();
        self.new_rights.next.user = self.load_user.val();
        self.new_rights.next.down = self.load_down.val();
        self.requested.next.fetch = self.req_fetch.val();
        self.requested.next.store = self.req_store.val();
        self.requested.next.user = self.req_user.val();

        self.number.next = bit_cast::<IDX, VA>(self.req_va.val() >> self.number_shift.val());
        self.check.offset.next = self.req_va.val() & self.offset_mask.val();
        self.check.size.next = self.req_size.val();
        self.check.requested.next = self.requested.val();
        self.check.valid.next = false;
        self.check.base.next = bits::<PA>(0);
        self.check.limit.next = bits::<VA>(0);
        self.check.rights.next = self.no_rights.val();
        for i in 0..N {
            self.registers[i].clock.next = self.clock.val();
            self.registers[i].reset.next = self.reset.val();
            self.registers[i].write.next =
                self.writing.val() && (self.load_index.val() == self.index[i].val());
            self.registers[i].new_valid.next = self.load_present.val();
            self.registers[i].new_base.next = self.load_base.val();
            self.registers[i].new_limit.next = self.load_limit.val();
            self.registers[i].new_rights.next = self.new_rights.val();
            if self.number.val() == self.index[i].val() {
                self.check.valid.next = self.registers[i].valid.val();
                self.check.base.next = self.registers[i].base.val();
                self.check.limit.next = self.registers[i].limit.val();
                self.check.rights.next = self.registers[i].rights.val();
            }
        }

        self.faulted.next = self.taken.val() && self.check.fault.val();
        self.resp_valid.next = self.taken.val();
        self.resp_fault.next = self.faulted.val();
        self.resp_pa.next = bits::<PA>(0);
        self.resp_cause.next = bits::<4>(0);
        self.resp_va.next = bits::<VA>(0);
        if self.taken.val() {
            self.resp_pa.next = self.check.pa.val();
        }
        if self.faulted.val() {
            self.resp_pa.next = bits::<PA>(0);
            self.resp_cause.next = self.check.cause.val();
            self.resp_va.next = self.req_va.val();
        }

        // The MMU's block, with one of its two inputs unused.
        self.held_fault.clock.next = self.clock.val();
        self.held_fault.reset.next = self.reset.val();
        self.held_fault.data_valid.next = self.faulted.val();
        self.held_fault.data_cause.next = self.check.cause.val();
        self.held_fault.data_tval.next = self.req_va.val();
        self.held_fault.fetch_valid.next = false;
        self.held_fault.fetch_cause.next = bits::<4>(0);
        self.held_fault.fetch_tval.next = bits::<VA>(0);
        self.held_fault.ready.next = self.fault_ready.val();
        self.fault_valid.next = self.held_fault.valid.val();
        self.fault_cause.next = self.held_fault.cause.val();
        self.fault_va.next = self.held_fault.tval.val();
    }
}
