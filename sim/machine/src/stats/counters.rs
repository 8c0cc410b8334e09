//! The counts of one process, or of a whole run: sums of events, nothing derived. The kernel's
//! counters are in its crate: [`OsCounters`](kernel::OsCounters).

use model::counters;
use model::isa::Access;
use model::mmu::{Events, Port, Pulse};
use model::mmu_table;

macro_rules! mmu_counters {
    (pins $pins:tt events {
        $($(#[$doc:meta])+ $pulse:ident $name:ident, $pin:ident $port:ident,
            $counter:ident $says:literal;)+
    }) => {
        counters! {
            /// Sums of the MMU's events.
            pub struct MmuCounters {
                /// Requests that the fetch port accepted.
                pub fetch_requests,
                /// Requests that the data port accepted.
                pub data_requests,
                /// Those of both ports that were translated.
                pub translated,
                /// Those of them with non-canonical addresses, which need not count as hit or miss.
                pub non_canonical,
                $(#[doc = $says] pub $counter,)+
            }
        }

        impl MmuCounters {
            /// The sum of one event.
            pub fn of(&self, pulse: Pulse) -> u64 {
                match pulse {
                    $(Pulse::$pulse => self.$counter,)+
                }
            }

            fn sum(&mut self, pulse: Pulse) -> &mut u64 {
                match pulse {
                    $(Pulse::$pulse => &mut self.$counter,)+
                }
            }
        }
    };
}

mmu_table!(mmu_counters!());

impl MmuCounters {
    /// Adds one cycle's events.
    pub fn add(&mut self, events: Events) {
        if !events.is_empty() {
            events.iter().for_each(|pulse| *self.sum(pulse) += 1);
        }
    }

    /// Counts requests that a port accepted and that hit.
    pub fn hit(&mut self, port: Port, requests: u64) {
        *self.requests(port) += requests;
        *self.sum(Pulse::hit(port)) += requests;
        self.translated += requests;
    }

    /// Requests that a port accepted.
    #[inline]
    pub fn requests(&mut self, port: Port) -> &mut u64 {
        match port {
            Port::Fetch => &mut self.fetch_requests,
            Port::Data => &mut self.data_requests,
        }
    }
}

counters! {
    /// The program's accesses. One that crosses a page counts as two.
    pub struct AccessCounters {
        /// Instructions: fetches as the program names them, page-crossing ones once.
        pub instructions in Accesses,
        /// Fetches completed.
        pub fetches in Accesses,
        /// Loads completed.
        pub loads in Accesses,
        /// Stores completed.
        pub stores in Accesses,
        /// Accesses that crossed a page and were split.
        pub page_crossings in Accesses,
        /// Bus transfers of completed accesses.
        pub bus_transfers,
        /// Loads that the kernel completed in the program's memory, on its behalf.
        pub kernel_loads in UserCopies,
        /// Stores that the kernel completed there.
        pub kernel_stores in UserCopies,
    }
}

impl AccessCounters {
    /// Counts a completed access of the program; `begins` if it is not the second half of one.
    #[inline]
    pub fn completed(&mut self, access: Access, begins: bool, transfers: u64) {
        self.bus_transfers += transfers;
        match access {
            Access::Fetch => {
                self.fetches += 1;
                self.instructions += u64::from(begins);
            }
            // Programs have no operation for cache-block management; a core would count it like
            // this.
            Access::Load | Access::CacheBlock => self.loads += 1,
            Access::Store => self.stores += 1,
        }
    }

    /// Fetches, loads and stores of the program.
    pub fn total(&self) -> u64 {
        self.fetches + self.loads + self.stores
    }
}

counters! {
    /// What the cycles were spent on.
    pub struct CycleCounters {
        /// Something was issued or answered, or memory was awaited after translation.
        pub issue in Cycles,
        /// A port waited for a page walk, and nothing else moved.
        pub walk_stall in Cycles,
        /// The kernel handled traps.
        pub handler in Cycles,
        /// The kernel accessed the process's memory through the MMU.
        pub user_copy in Cycles,
        /// The kernel switched processes.
        pub switch in Cycles,
        /// The program computed without touching memory.
        pub compute in Cycles,
        /// The processor waited for the disk.
        pub disk in Cycles,
        /// No process was ready: all waited for something.
        pub idle in Cycles,
    }
}

impl CycleCounters {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.busy() + self.disk + self.idle
    }

    /// Those in which the processor had something to do.
    pub fn busy(&self) -> u64 {
        self.user() + self.handler + self.user_copy + self.switch
    }

    /// Those that programs ran: translation and memory included, the kernel's work excluded.
    pub fn user(&self) -> u64 {
        self.issue + self.walk_stall + self.compute
    }
}
