//! A load or store: the MMU's answer, then one access of a bus.

use super::Lanes;
use rust_hdl::prelude::*;

/// Where the access is.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum DataState {
    /// There is none. One that is presented goes to the MMU in this cycle.
    Idle,
    /// The MMU has it, and has not answered.
    Translate,
    /// It is presented to the bus, or refused because the bus has no such address.
    Access,
    /// The bus has it.
    Wait,
    /// The MMU has answered with a fault.
    Fault,
}

/// What the data shims for AXI4, AXI4-Lite and Wishbone have in common: a core's access is first
/// presented to the MMU; on success it is made on the bus at the physical address, on a fault it is
/// answered without a bus access.
///
/// Spec: `norm:pma_vm_hw_tbl_acc` and the causes of `scauses`; rules 1 to 6 of interfaces.md.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `core_req_valid`, `core_req_ready` | in, out | 1 | the core's request stream |
/// | `core_req_store` | in | 1 | with valid: a store; otherwise a load |
/// | `core_req_size` | in | 3 | with valid: log2 of the bytes of the transfer, at most those of a word |
/// | `core_req_bytes` | in | B | with valid: the bytes of the word that are meant |
/// | `core_req_data` | in | W | with a store: the word |
/// | `core_resp_valid` | out | 1 | the response flow |
/// | `core_resp_data` | out | W | with valid, after a load without a fault: the word |
/// | `core_resp_fault`, `core_resp_cause` | out | 1, 4 | with valid: a fault; with a fault: its cause |
/// | `data_req_valid`, `data_req_ready` | out, in | 1 | the MMU's port: the request |
/// | `data_resp_valid` | in | 1 | the MMU's answer, in the cycle of acceptance or any later one |
/// | `data_resp_pa` | in | PA | with valid, without a fault: the physical address |
/// | `data_resp_fault`, `data_resp_cause` | in | 1, 4 | with valid: a fault; with a fault: its cause |
/// | `bus_req_valid`, `bus_req_ready` | out, in | 1 | the plain port: the request stream |
/// | `bus_req_addr`, `bus_req_write`, `bus_req_size` | out | A, 1, 3 | with valid |
/// | `bus_req_data`, `bus_req_bytes` | out | D, DB | with valid: the word in its lane, and its bytes |
/// | `bus_resp_valid` | in | 1 | the response, in the cycle of acceptance or any later one |
/// | `bus_resp_data`, `bus_resp_error` | in | D, 1 | with valid |
///
/// The virtual address, privilege, SUM and MXR go from the core to the MMU's port directly; the
/// core holds them, as the rest of its request, until `core_req_ready`.
///
/// Timing: the MMU answers h cycles after the request (0 for a hit of an MMU that answers at once);
/// the bus request is presented in cycle h + 1, and the core answered in the cycle of the bus's
/// response. A fault is answered in cycle h + 1. The next request is accepted in the cycle after a
/// response at the earliest.
/// Reset: no access. The MMU and the bus must forget theirs at the same time.
///
/// Invariants: one response for each request. No bus access for one that faults. An error of the
/// bus, and an address that the bus does not have, is the access fault of the access, 5 or 7.
#[derive(LogicBlock)]
pub struct DataAccess<
    const W: usize,
    const B: usize,
    const PA: usize,
    const A: usize,
    const D: usize,
    const DB: usize,
> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The core presents a load or store.
    pub core_req_valid: Signal<In, Bit>,
    /// It is accepted.
    pub core_req_ready: Signal<Out, Bit>,
    /// A store; otherwise a load.
    pub core_req_store: Signal<In, Bit>,
    /// log2 of the bytes of the transfer.
    pub core_req_size: Signal<In, Bits<3>>,
    /// The bytes of the word that are meant.
    pub core_req_bytes: Signal<In, Bits<B>>,
    /// The word to store.
    pub core_req_data: Signal<In, Bits<W>>,
    /// The response flow.
    pub core_resp_valid: Signal<Out, Bit>,
    /// The word loaded.
    pub core_resp_data: Signal<Out, Bits<W>>,
    /// The access was not made.
    pub core_resp_fault: Signal<Out, Bit>,
    /// Exception code of the fault.
    pub core_resp_cause: Signal<Out, Bits<4>>,
    /// The access is presented to the MMU.
    pub data_req_valid: Signal<Out, Bit>,
    /// The MMU accepts it.
    pub data_req_ready: Signal<In, Bit>,
    /// The MMU answers.
    pub data_resp_valid: Signal<In, Bit>,
    /// Physical address.
    pub data_resp_pa: Signal<In, Bits<PA>>,
    /// The translation faulted.
    pub data_resp_fault: Signal<In, Bit>,
    /// Exception code of the fault.
    pub data_resp_cause: Signal<In, Bits<4>>,
    /// A request is presented to the bus.
    pub bus_req_valid: Signal<Out, Bit>,
    /// The bus accepts it.
    pub bus_req_ready: Signal<In, Bit>,
    /// The physical address.
    pub bus_req_addr: Signal<Out, Bits<A>>,
    /// A write; otherwise a read.
    pub bus_req_write: Signal<Out, Bit>,
    /// log2 of the bytes of the transfer.
    pub bus_req_size: Signal<Out, Bits<3>>,
    /// The word to write, in its lane.
    pub bus_req_data: Signal<Out, Bits<D>>,
    /// Its bytes that are meant.
    pub bus_req_bytes: Signal<Out, Bits<DB>>,
    /// The bus responds.
    pub bus_resp_valid: Signal<In, Bit>,
    /// What was read, on the whole width of the bus.
    pub bus_resp_data: Signal<In, Bits<D>>,
    /// With an error.
    pub bus_resp_error: Signal<In, Bit>,
    /// One, or none where the bus is as wide as a word.
    lanes: Vec<Lanes<W, B, D, DB>>,
    state: DFF<DataState>,
    pa: DFF<Bits<PA>>,
    cause: DFF<Bits<4>>,
    store: DFF<Bit>,
    size: DFF<Bits<3>>,
    bytes: DFF<Bits<B>>,
    data: DFF<Bits<W>>,
    idle: Signal<Local, Bit>,
    translates: Signal<Local, Bit>,
    presents: Signal<Local, Bit>,
    accepted: Signal<Local, Bit>,
    reachable: Signal<Local, Bit>,
    faulted: Signal<Local, Bit>,
    refused: Signal<Local, Bit>,
    answered: Signal<Local, Bit>,
    upper_half: Constant<Bits<PA>>,
}

impl<
    const W: usize,
    const B: usize,
    const PA: usize,
    const A: usize,
    const D: usize,
    const DB: usize,
> Default for DataAccess<W, B, PA, A, D, DB>
{
    fn default() -> Self {
        assert!(W == 8 * B && D == 8 * DB, "bytes have eight bits");
        assert!(D == W || D == 2 * W, "a bus of one word or two");
        Self {
            clock: Default::default(),
            reset: Default::default(),
            core_req_valid: Default::default(),
            core_req_ready: Default::default(),
            core_req_store: Default::default(),
            core_req_size: Default::default(),
            core_req_bytes: Default::default(),
            core_req_data: Default::default(),
            core_resp_valid: Default::default(),
            core_resp_data: Default::default(),
            core_resp_fault: Default::default(),
            core_resp_cause: Default::default(),
            data_req_valid: Default::default(),
            data_req_ready: Default::default(),
            data_resp_valid: Default::default(),
            data_resp_pa: Default::default(),
            data_resp_fault: Default::default(),
            data_resp_cause: Default::default(),
            bus_req_valid: Default::default(),
            bus_req_ready: Default::default(),
            bus_req_addr: Default::default(),
            bus_req_write: Default::default(),
            bus_req_size: Default::default(),
            bus_req_data: Default::default(),
            bus_req_bytes: Default::default(),
            bus_resp_valid: Default::default(),
            bus_resp_data: Default::default(),
            bus_resp_error: Default::default(),
            lanes: (W..D).step_by(W).map(|_| Lanes::default()).collect(),
            state: Default::default(),
            pa: Default::default(),
            cause: Default::default(),
            store: Default::default(),
            size: Default::default(),
            bytes: Default::default(),
            data: Default::default(),
            idle: Default::default(),
            translates: Default::default(),
            presents: Default::default(),
            accepted: Default::default(),
            reachable: Default::default(),
            faulted: Default::default(),
            refused: Default::default(),
            answered: Default::default(),
            upper_half: Constant::new((B as u64).into()),
        }
    }
}

impl<
    const W: usize,
    const B: usize,
    const PA: usize,
    const A: usize,
    const D: usize,
    const DB: usize,
> Logic for DataAccess<W, B, PA, A, D, DB>
{
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, pa, cause, store, size, bytes, data);
        self.idle.next = self.state.q.val() == DataState::Idle;
        self.data_req_valid.next = self.idle.val() && self.core_req_valid.val();
        self.core_req_ready.next = self.idle.val() && self.data_req_ready.val();

        // Payloads are taken while they may still change: no verdict enables these registers.
        if self.idle.val() {
            self.store.d.next = self.core_req_store.val();
            self.size.d.next = self.core_req_size.val();
            self.bytes.d.next = self.core_req_bytes.val();
            self.data.d.next = self.core_req_data.val();
        }
        if self.idle.val() || (self.state.q.val() == DataState::Translate) {
            self.pa.d.next = self.data_resp_pa.val();
            self.cause.d.next = self.data_resp_cause.val();
        }

        self.bus_req_addr.next = bit_cast::<A, PA>(self.pa.q.val());
        self.reachable.next = self.pa.q.val() == bit_cast::<PA, A>(self.bus_req_addr.val());
        self.presents.next = (self.state.q.val() == DataState::Access) && self.reachable.val();
        self.refused.next = (self.state.q.val() == DataState::Access) && !self.reachable.val();
        self.faulted.next = self.state.q.val() == DataState::Fault;
        self.bus_req_valid.next = self.presents.val();
        self.bus_req_write.next = self.store.q.val();
        self.bus_req_size.next = self.size.q.val();
        self.bus_req_data.next = bit_cast::<D, W>(self.data.q.val());
        self.bus_req_bytes.next = bit_cast::<DB, B>(self.bytes.q.val());
        self.core_resp_data.next = bit_cast::<W, D>(self.bus_resp_data.val());
        self.accepted.next = self.presents.val() && self.bus_req_ready.val();
        self.answered.next = self.bus_resp_valid.val()
            && (self.accepted.val() || (self.state.q.val() == DataState::Wait));
        for i in 0..self.lanes.len() {
            self.lanes[i].clock.next = self.clock.val();
            self.lanes[i].reset.next = self.reset.val();
            self.lanes[i].accepted.next = self.accepted.val();
            self.lanes[i].upper.next = (self.pa.q.val() & self.upper_half.val()).any();
            self.lanes[i].data.next = self.data.q.val();
            self.lanes[i].bytes.next = self.bytes.q.val();
            self.lanes[i].answered.next = self.answered.val();
            self.lanes[i].bus_word.next = self.bus_resp_data.val();
            self.bus_req_data.next = self.lanes[i].bus_data.val();
            self.bus_req_bytes.next = self.lanes[i].bus_bytes.val();
            self.core_resp_data.next = self.lanes[i].word.val();
        }

        self.translates.next = self.state.q.val() == DataState::Translate;
        if self.data_req_valid.val() && self.data_req_ready.val() {
            self.translates.next = true;
            self.state.d.next = DataState::Translate;
        }
        if self.translates.val() && self.data_resp_valid.val() {
            self.state.d.next = DataState::Access;
            if self.data_resp_fault.val() {
                self.state.d.next = DataState::Fault;
            }
        }
        if self.accepted.val() {
            self.state.d.next = DataState::Wait;
        }

        self.core_resp_valid.next = self.faulted.val() || self.refused.val() || self.answered.val();
        self.core_resp_fault.next = self.faulted.val()
            || self.refused.val()
            || (self.answered.val() && self.bus_resp_error.val());
        self.core_resp_cause.next = bits::<4>(5);
        if self.store.q.val() {
            self.core_resp_cause.next = bits::<4>(7);
        }
        if self.faulted.val() {
            self.core_resp_cause.next = self.cause.q.val();
        }
        if self.core_resp_valid.val() || self.reset.val() {
            self.state.d.next = DataState::Idle;
        }
    }
}
