//! The board with the other masters' buses: the hardware of a kernel and a processor.

use super::HART;
use super::walks::Walks;
use crate::board::{Board, PATIENCE, StepError, Waiting};
use kernel::space::table::Walk;
use kernel::{Activity, Event, Hal, OsError, PAGE_WORDS, PageData, walk_by_reads};
use model::bus::{Burst, Channel, Known, Request};
use model::isa::{PAGE_BYTES, Sizes, Xlen};
use model::mmu::{Fence, PerPort, Port};

/// Faults that the MMU may hold one after another when a trap is taken.
const HELD_FAULTS: u32 = 4;

/// A board with one hart, and three more channels to its memory.
pub struct Hardware {
    /// The board.
    pub board: Board,
    /// The kernel's bus.
    pub(super) kernel: Box<dyn Channel>,
    /// Its latency, if it is fixed and nothing is wrapped around it.
    pub(super) kernel_latency: Option<u64>,
    /// Its walks through page tables.
    pub(super) walks: Walks,
    /// The buses of the translation ports, for accesses after translation.
    pub ports: PerPort<Box<dyn Channel>>,
    /// Which of these are ready in every cycle, so that they need not be polled.
    pub(super) always_ready: PerPort<bool>,
    /// The latencies of those that have a fixed latency and nothing wrapped around them.
    pub(super) latencies: PerPort<Option<u64>>,
}

impl Hardware {
    /// Takes the fault that the MMU holds, and those of squashed accesses.
    ///
    /// # Errors
    /// When the MMU breaks a rule.
    pub fn take_fault(&mut self) -> Result<(), StepError> {
        for _ in 0..HELD_FAULTS {
            if self.board.take_fault(HART)?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Sends requests over the kernel's bus, as fast as it accepts them, and passes each response
    /// with its number to `got`.
    fn exchange(
        &mut self,
        count: usize,
        request: impl Fn(usize) -> Request,
        mut got: impl FnMut(usize, u64),
    ) -> Result<(), OsError> {
        let (mut sent, mut answered) = (0, 0);
        let mut quiet = 0;
        while answered < count {
            let now = self.board.now();
            quiet += 1;
            if let Some(response) = self.kernel.poll(now) {
                let pa = address(request(answered));
                if response.error {
                    return Err(OsError::Refused { cycle: now, pa });
                }
                got(answered, response.value);
                answered += 1;
                quiet = 0;
            }
            if sent < count && self.kernel.ready(now) {
                self.kernel.submit(now, request(sent));
                sent += 1;
                quiet = 0;
            }
            if quiet > PATIENCE {
                let what = Waiting::Kernel;
                return Err(StepError::Silent { cycle: now, what, waited: quiet }.into());
            }
            if answered == count {
                break;
            }
            let due = self.kernel.next_response().filter(|_| sent == count);
            self.board.pass(due.map_or(1, |due| due.saturating_sub(now).max(1)))?;
        }
        Ok(())
    }

    /// Performs a run of transfers at once if the MMU is idle and leaves memory to the kernel; the
    /// same cycles pass as in [`Hardware::exchange`]. False, with nothing done, otherwise.
    fn burst(&mut self, mut burst: Burst<'_>) -> Result<bool, OsError> {
        let now = self.board.now();
        if self.board.busy() {
            return Ok(false);
        }
        let Some(last) = self.kernel.burst(now, &mut burst) else { return Ok(false) };
        self.board.pass(last - now)?;
        Ok(true)
    }

    /// One request over the kernel's bus, on which no other is under way.
    #[inline]
    fn single(&mut self, request: Request) -> Result<u64, OsError> {
        let now = self.board.now();
        let known = match self.kernel_latency {
            Some(latency) => {
                let response = self.board.memory().perform(request);
                Some(Known { due: now + latency, response })
            }
            None => self.kernel.carry(now, request),
        };
        let Some(Known { due, response }) = known else {
            let mut value = 0;
            self.exchange(1, |_| request, |_, got| value = got)?;
            return Ok(value);
        };
        self.board.pass(due - now)?;
        if response.error {
            return Err(OsError::Refused { cycle: due, pa: address(request) });
        }
        Ok(response.value)
    }

    /// Reports an edit of a page-table word to the checker before it happens.
    fn foretell(&mut self, pa: u64, bytes: u8) {
        if let Ok(old) = self.board.memory().peek(pa, bytes) {
            self.board.software_wrote(pa, old);
        }
    }

    /// Whether a transfer on a port's bus is always answered in the next cycle, so that memory may
    /// be accessed directly instead.
    pub(super) fn answers_at_once(&self) -> bool {
        self.latencies.0 == [Some(1); Port::COUNT]
    }

    /// Whether a port's bus is ready.
    #[inline]
    pub(super) fn is_ready(&mut self, port: Port, now: u64) -> bool {
        self.always_ready[port] || self.ports[port].ready(now)
    }

    /// The earliest cycle of an answer to a port, of those that were not known at once.
    pub fn next_response(&self) -> Option<u64> {
        self.ports.values().filter_map(|port| port.next_response()).min()
    }
}

impl Hal for Hardware {
    fn sizes(&self) -> Sizes {
        self.board.hart(HART).mmu().organisation().sizes
    }

    fn xlen(&self) -> Xlen {
        self.board.hart(HART).mmu().xlen()
    }

    fn now(&self) -> u64 {
        self.board.now()
    }

    fn read(&mut self, pa: u64, bytes: u8) -> Result<u64, OsError> {
        self.single(Request::Read { pa, bytes })
    }

    fn walk(&mut self, walk: &mut Walk) -> Result<u64, OsError> {
        // A busy MMU may write to memory between two reads.
        let Some(latency) = self.kernel_latency.filter(|_| !self.board.busy()) else {
            return walk_by_reads(self, walk);
        };
        let (words, last) = self.walks.walk(walk, self.board.memory());
        self.board.pass(words * latency)?;
        last.map_err(|pa| OsError::Refused { cycle: self.board.now(), pa })
    }

    fn write(&mut self, pa: u64, bytes: u8, value: u64) -> Result<(), OsError> {
        self.foretell(pa, bytes);
        self.single(Request::Write { pa, bytes, value }).map(|_| ())
    }

    fn compare_swap(
        &mut self,
        pa: u64,
        bytes: u8,
        expected: u64,
        desired: u64,
    ) -> Result<u64, OsError> {
        if self.peek(pa, bytes) == Some(expected) && expected != desired {
            self.foretell(pa, bytes);
        }
        self.single(Request::CompareSwap { pa, bytes, expected, desired })
    }

    fn read_page(&mut self, pa: u64, data: &mut PageData) -> Result<(), OsError> {
        if self.burst(Burst::Read { pa, words: data })? {
            return Ok(());
        }
        let request = |word| Request::Read { pa: pa + 8 * word as u64, bytes: 8 };
        self.exchange(PAGE_WORDS, request, |word, value| data[word] = value)
    }

    fn write_page(&mut self, pa: u64, data: &PageData) -> Result<(), OsError> {
        debug_assert!(pa.is_multiple_of(PAGE_BYTES));
        if self.burst(Burst::Write { pa, words: data })? {
            return Ok(());
        }
        let request = |word: usize| {
            let value = data[word];
            Request::Write { pa: pa + 8 * word as u64, bytes: 8, value }
        };
        self.exchange(PAGE_WORDS, request, |_, _| {})
    }

    fn fence(&mut self, fence: Fence) -> Result<(), OsError> {
        self.board.fence(HART, fence)?;
        self.board.event(&Event::Fence { fence });
        Ok(())
    }

    fn set_satp(&mut self, satp: u64) {
        self.board.hart_mut(HART).satp = satp;
    }

    fn wait(&mut self, cycles: u64) -> Result<(), OsError> {
        Ok(self.board.pass(cycles)?)
    }

    fn charge(&mut self, activity: Activity) -> Activity {
        self.board.charge(activity)
    }

    fn is_watched(&self) -> bool {
        self.board.is_heard()
    }

    fn event(&mut self, event: Event) {
        self.board.event(&event);
    }

    fn peek(&self, pa: u64, bytes: u8) -> Option<u64> {
        self.board.memory().peek(pa, bytes).ok()
    }

    fn peek_page(&self, pa: u64, data: &mut PageData) -> bool {
        self.board.memory().burst(&mut Burst::Read { pa, words: data }).is_some()
    }
}

fn address(request: Request) -> u64 {
    match request {
        Request::Read { pa, .. } | Request::Write { pa, .. } | Request::CompareSwap { pa, .. } => {
            pa
        }
    }
}
