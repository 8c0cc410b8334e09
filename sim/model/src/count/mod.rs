//! Counters and distributions, shared by kernel, processors and reports.
//!
//! | part | contents |
//! |---|---|
//! | [`counters!`](crate::counters), [`Group`] | declares a struct of counters: their sum, and how reports show them |
//! | `latency` | [`Latency`]: a distribution, and its summary |

mod latency;

pub use latency::{Latency, LatencySummary};

/// Groups of counters in text reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The programs' accesses.
    Accesses,
    /// Traps, and their effects on pages.
    Faults,
    /// Pages that need not be copied, read or created again, and failures.
    Sharing,
    /// The kernel's accesses to a process's memory.
    UserCopies,
    /// What the time was spent on.
    Cycles,
}

/// Declares a struct of `u64` counters together with their sum. A counter that text reports show
/// names its group, and its label if that is not its name: `pub swap_ins in Faults as "swap_ins
/// (pswpin)"`. The user of this macro depends on `serde`.
#[macro_export]
macro_rules! counters {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$doc:meta])* pub $field:ident $(in $group:ident)? $(as $label:literal)?,)*
    }) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize,
        )]
        pub struct $name { $($(#[$doc])* pub $field: u64,)* }

        impl std::ops::AddAssign for $name {
            fn add_assign(&mut self, other: $name) {
                $(self.$field += other.$field;)*
            }
        }

        impl $name {
            /// The counters of a group, with their labels in text reports.
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
