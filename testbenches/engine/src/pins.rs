//! Pins by name, so that engines and cosimulation need not know fields; the pins of both tops.

use rust_hdl::prelude::*;

/// Whether a pin is an input or an output of the hardware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Driven by the simulated system.
    In,
    /// Driven by the hardware.
    Out,
}

/// The pins of a block by name: an enum that `pins!` declares. Inputs come first; inputs and
/// outputs each are in the order of the block's ports.
pub trait PinSet: Copy + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// The number of inputs.
    const INPUTS: usize;

    /// A value for each pin, by its number.
    type PerPin<T: Copy>: AsRef<[T]> + AsMut<[T]>;

    /// The value of every output.
    type Outs;

    /// The same value for each pin.
    fn each<T: Copy>(value: T) -> Self::PerPin<T>;

    /// The outputs, which are the first of these values.
    fn outs(values: &[u64]) -> &Self::Outs;

    /// Its index among all of them.
    fn number(self) -> usize;

    /// The port's name in Rust and Verilog.
    fn name(self) -> &'static str;

    /// Its direction.
    fn direction(self) -> Direction;
}

/// The number of inputs; they come first.
pub(crate) const fn inputs(directions: &[Direction]) -> usize {
    let mut count = 0;
    let mut at = 0;
    while at < directions.len() {
        if matches!(directions[at], Direction::In) {
            assert!(count == at, "inputs come before outputs");
            count += 1;
        }
        at += 1;
    }
    count
}

/// A block with pins that are accessible by name, an enum `P`.
pub trait PinBlock<P = Pin>: Block {
    /// Sets the next value of an input pin; the low bits of `value` count.
    fn set(&mut self, pin: P, value: u64);

    /// The settled value of a pin.
    fn get(&self, pin: P) -> u64;

    /// The width of a pin in bits.
    fn width(&self, pin: P) -> usize;

    /// Drives the clock.
    fn set_clock(&mut self, high: bool);
}

/// Pin values as words.
pub(crate) trait Word: Synth {
    fn to_word(self) -> u64;
    fn from_word(word: u64) -> Self;
}

impl Word for bool {
    fn to_word(self) -> u64 {
        u64::from(self)
    }
    fn from_word(word: u64) -> Self {
        word & 1 == 1
    }
}

impl<const N: usize> Word for Bits<N> {
    fn to_word(self) -> u64 {
        self.into()
    }
    fn from_word(word: u64) -> Self {
        (if N < 64 { word & ((1 << N) - 1) } else { word }).into()
    }
}

/// Declares `Pin` and `PINS`, and makes the named blocks [`PinBlock`]s: `DOC { PIN field In, PIN
/// field Out, ... } for [GENERICS] BLOCK; ...`, where the fields are those of every block.
macro_rules! pins {
    ($doc:literal $pins:tt $(for [$($generics:tt)*] $block:ty;)+) => {
        $crate::pins!(@names $doc $pins);
        $($crate::pins!(@block [$($generics)*] $block; $pins);)+
    };
    (@names $doc:literal { $($pin:ident $field:ident $direction:ident,)* }) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Pin {
            $(
                #[doc = concat!("`", stringify!($field), "`")]
                $pin,
            )*
        }

        /// All pins in port order.
        pub const PINS: &[Pin] = &[$(Pin::$pin,)*];

        impl Pin {
            /// The port's name in Rust and Verilog.
            pub fn name(self) -> &'static str {
                match self {
                    $(Pin::$pin => stringify!($field),)*
                }
            }

            /// Its direction.
            pub const fn direction(self) -> $crate::Direction {
                match self {
                    $(Pin::$pin => $crate::Direction::$direction,)*
                }
            }
        }

        impl $crate::PinSet for Pin {
            const ALL: &'static [Pin] = PINS;
            const INPUTS: usize = $crate::inputs(&[$(Pin::$pin.direction(),)*]);
            type PerPin<T: Copy> = [T; PINS.len()];
            type Outs = [u64; PINS.len() - <Pin as $crate::PinSet>::INPUTS];

            fn each<T: Copy>(value: T) -> [T; PINS.len()] {
                [value; PINS.len()]
            }

            fn outs(values: &[u64]) -> &Self::Outs {
                values.first_chunk().expect("there are at least the outputs")
            }

            fn number(self) -> usize {
                self as usize
            }

            fn name(self) -> &'static str {
                self.name()
            }

            fn direction(self) -> $crate::Direction {
                self.direction()
            }
        }
    };
    (@block [$($generics:tt)*] $block:ty; { $($pin:ident $field:ident $direction:ident,)* }) => {
        impl<$($generics)*> $crate::PinBlock<Pin> for $block {
            fn set(&mut self, pin: Pin, value: u64) {
                match pin {
                    $(Pin::$pin => $crate::pins!(@set $direction self.$field, value),)*
                }
            }

            fn get(&self, pin: Pin) -> u64 {
                match pin {
                    $(Pin::$pin => $crate::Word::to_word(self.$field.val()),)*
                }
            }

            fn width(&self, pin: Pin) -> usize {
                match pin {
                    $(Pin::$pin => rust_hdl::prelude::Atom::bits(&self.$field),)*
                }
            }

            fn set_clock(&mut self, high: bool) {
                self.clock.next = rust_hdl::prelude::Clock::from(high);
            }
        }
    };
    (@set In $signal:expr, $value:expr) => {
        $signal.next = $crate::Word::from_word($value)
    };
    // Outputs belong to the hardware: poking one changes nothing.
    (@set Out $signal:expr, $value:expr) => {
        ()
    };
}
pub(crate) use pins;

/// The tops' pins from the one table of them, that of [`model::mmu_table`].
macro_rules! tops {
    (pins { $($pin:ident $field:ident $direction:ident,)+ } events {
        $($(#[$doc:meta])+ $pulse:ident $name:ident, $event:ident $port:ident,
            $counter:ident $says:literal;)+
    }) => {
        pins! {
            "A pin of the tops. The clock is not among them: engines own it."
            { $($pin $field $direction,)+ $($event $port Out,)+ }
            for [const N: usize, const IDX: usize] hdl::Rv32Mmu<N, IDX>;
            for [const N: usize, const IDX: usize] hdl::Rv64Mmu<N, IDX>;
        }

        /// The pins of the events, in the order of [`model::mmu::Pulse::ALL`].
        pub const EVENTS: &[Pin] = &[$(Pin::$event,)+];
    };
}

model::mmu_table!(tops!());
