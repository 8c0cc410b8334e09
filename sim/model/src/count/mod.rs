//! Counters and distributions, shared by kernel, processors and reports.
//!
//! | part | contents |
//! |---|---|
//! | [`counters!`](crate::counters), [`Group`] | declares a struct of counters: their sum, and how reports show them |
//! | `latency` | [`Latency`]: a distribution, and its summary |

mod latency;

pub use latency::{Latency, LatencySummary};

/// Counters that reports for people show together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What programs did.
    Accesses,
    /// Traps, and what became of pages.
    Faults,
    /// What need not be copied, read or made again, and what failed.
    Sharing,
    /// The kernel in a process's memory.
    UserCopies,
    /// Where the time went.
    Cycles,
}

/// Declares a struct of `u64` counters together with their sum. A counter that reports for people
/// show names its group, and what they call it if that is not its name: `pub swap_ins in Faults
/// as "swap_ins (pswpin)"`. The user of this macro depends on `serde`.
#[macro_export]
macro_rules! counters {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$doc:meta])* pub $field:ident $(in $group:ident)? $(as $label:literal)?,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ::serde::Serialize)]
        pub struct $name { $($(#[$doc])* pub $field: u64,)* }

        impl std::ops::AddAssign for $name {
            fn add_assign(&mut self, other: $name) {
                $(self.$field += other.$field;)*
            }
        }

        impl $name {
            /// The counters of a group, as reports for people call them.
            pub fn group(
                &self,
                group: $crate::count::Group,
            ) -> impl Iterator<Item = (&'static str, u64)> + use<> {
                let all = [$((
                    [$(Some($crate::count::Group::$group),)? None][0],
                    [$($label,)? stringify!($field)][0],
                    self.$field,
                ),)*];
                let shown = all.into_iter().filter(move |(its, ..)| *its == Some(group));
                shown.map(|(_, label, count)| (label, count))
            }
        }
    };
}
