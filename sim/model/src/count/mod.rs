//! Counters and distributions, shared by kernel, processors and reports.
//!
//! | part | contents |
//! |---|---|
//! | [`counters!`](crate::counters) | declares a struct of counters, and their sum |
//! | `latency` | [`Latency`]: a distribution, and its summary |

mod latency;

pub use latency::{Latency, LatencySummary};

/// Declares a struct of `u64` counters together with their sum. Its user depends on `serde`.
#[macro_export]
macro_rules! counters {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$doc:meta])* pub $field:ident,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ::serde::Serialize)]
        pub struct $name { $($(#[$doc])* pub $field: u64,)* }

        impl std::ops::AddAssign for $name {
            fn add_assign(&mut self, other: $name) {
                $(self.$field += other.$field;)*
            }
        }
    };
}
