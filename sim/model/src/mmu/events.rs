//! The MMU's counter events.

use super::Port;
use crate::mmu_table;
use std::fmt;
use std::ops::AddAssign;

macro_rules! pulses {
    (pins $pins:tt events {
        $($(#[$doc:meta])+ $pulse:ident $name:ident, $pin:ident $port:ident,
            $counter:ident $says:literal;)+
    }) => {
        /// An event pin of the MMU, for counting.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Pulse {
            $($(#[$doc])+ $pulse,)+
        }

        impl Pulse {
            /// All of them, in the order of the pins.
            pub const ALL: &[Pulse] = &[$(Pulse::$pulse,)+];

            /// How many there are.
            pub const COUNT: usize = Pulse::ALL.len();

            /// The pin's name without `event_`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Pulse::$pulse => stringify!($name),)+
                }
            }
        }
    };
}

mmu_table!(pulses!());

impl Pulse {
    /// A port's answer from its TLB.
    #[inline]
    pub fn hit(port: Port) -> Pulse {
        match port {
            Port::Fetch => Pulse::FetchHit,
            Port::Data => Pulse::DataHit,
        }
    }

    /// A port's request that needs the walker.
    #[inline]
    pub fn miss(port: Port) -> Pulse {
        match port {
            Port::Fetch => Pulse::FetchMiss,
            Port::Data => Pulse::DataMiss,
        }
    }
}

/// The events of one cycle.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Events(u32);

impl Events {
    /// From one bit for each event, that of the first [`Pulse`] lowest.
    #[inline]
    pub fn from_bits(bits: u32) -> Events {
        Events(bits)
    }

    /// One bit for each event.
    #[inline]
    pub fn bits(self) -> u32 {
        self.0
    }

    /// There are none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this one is among them.
    #[inline]
    pub fn has(self, pulse: Pulse) -> bool {
        self.0 >> pulse as u32 & 1 == 1
    }

    /// These, and one more if `happens`.
    #[inline]
    pub fn add_if(&mut self, pulse: Pulse, happens: bool) {
        self.0 |= u32::from(happens) << pulse as u32;
    }

    /// In the order of the pins.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = Pulse> {
        let mut left = self.0 & ((1 << Pulse::COUNT) - 1);
        std::iter::from_fn(move || {
            let first = (left != 0).then(|| left.trailing_zeros())?;
            left &= left - 1;
            Some(Pulse::ALL[first as usize])
        })
    }
}

impl AddAssign<Pulse> for Events {
    fn add_assign(&mut self, pulse: Pulse) {
        self.0 |= 1 << pulse as u32;
    }
}

impl FromIterator<Pulse> for Events {
    fn from_iter<I: IntoIterator<Item = Pulse>>(pulses: I) -> Events {
        let mut events = Events::default();
        pulses.into_iter().for_each(|pulse| events += pulse);
        events
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
