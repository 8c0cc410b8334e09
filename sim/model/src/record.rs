//! Events of a run, each declared once: its name, its fields, its text, how readers look for it,
//! and what it counts. Reports, waves and tables are generated from that.

/// Which events of a kind get a marker, and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The first one of its kind.
    First(String),
    /// The first one with this name.
    Each(String),
    /// All of them.
    Every(String),
}

/// Declares an enum of events:
///
/// ```
/// model::events! {
///     /// Something happened.
///     pub enum Event {
///         /// A page lost its frame.
///         Eviction eviction {
///             /// Which page.
///             va: u64,
///         } says("evict:{va:x}");
///         /// A program ended.
///         Exit exit {
///             /// Which.
///             pid: u32,
///         } says("exit:{}", names[*pid as usize])
///             tells("process {pid} exits")
///             marks Every("exit {}", names[*pid as usize])
///             counts(*books += 1);
///     }
///     states {
///         /// How long the queue is now.
///         Queue { length: u64, } says("{length}");
///     }
///     with names: &[&str], books: &mut u64
/// }
///
/// let event = Event::Exit { pid: 1 };
/// assert_eq!((event.kind(), Event::KINDS), (Some("exit"), &["eviction", "exit"][..]));
/// assert_eq!(event.says(&["init", "sh"]), "exit:sh");
/// assert_eq!(event.tells().as_deref(), Some("process 1 exits"));
/// let mut exits = 0;
/// event.count(&mut exits);
/// assert_eq!(exits, 1);
/// ```
///
/// `says` is for waves, which need few words without blanks, `tells` for people. Events of `enum`
/// happen at a moment; `states` hold until the next of their kind. An event may use its fields, and
/// the arguments after `with`: the source of names, and the counters. The first of its kind gets a
/// marker unless `marks` states otherwise.
#[macro_export]
macro_rules! events {
    (
        $(#[$meta:meta])*
        pub enum $Event:ident {
            $(
                $(#[$doc:meta])*
                $variant:ident $kind:ident { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* }
                    says($($text:tt)*) $(tells($($sentence:tt)*))?
                    $(marks $mark:ident($($label:tt)*))? $(counts($($count:tt)*))?;
            )*
        }
        states {
            $(
                $(#[$state_doc:meta])*
                $state:ident { $($(#[$part_doc:meta])* $part:ident: $part_ty:ty,)* }
                    says($($state_text:tt)*);
            )*
        }
        with $names:ident: $Names:ty, $books:ident: $Books:ty
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $Event {
            $($(#[$doc])* $variant { $($(#[$field_doc])* $field: $ty,)* },)*
            $($(#[$state_doc])* $state { $($(#[$part_doc])* $part: $part_ty,)* },)*
        }

        #[allow(unused_variables, reason = "not every event needs all of its fields for words")]
        impl $Event {
            /// The kinds of events that happen at a moment.
            pub const KINDS: &'static [&'static str] = &[$(stringify!($kind),)*];

            /// Its kind; `None` for a state.
            pub fn kind(&self) -> Option<&'static str> {
                match self {
                    $($Event::$variant { .. } => Some(stringify!($kind)),)*
                    $($Event::$state { .. } => None,)*
                }
            }

            /// Its text for waves.
            pub fn says(&self, $names: $Names) -> String {
                match self {
                    $($Event::$variant { $($field,)* } => format!($($text)*),)*
                    $($Event::$state { $($part,)* } => format!($($state_text)*),)*
                }
            }

            /// Its sentence for people, if it has one.
            pub fn tells(&self) -> Option<String> {
                match self {
                    $($Event::$variant { $($field,)* } => {
                        $crate::events!(@sentence $($($sentence)*)?)
                    })*
                    $($Event::$state { .. } => None,)*
                }
            }

            /// Its marker; `None` for a state.
            pub fn mark(&self, $names: $Names) -> Option<$crate::record::Mark> {
                match self {
                    $($Event::$variant { $($field,)* } => {
                        Some($crate::events!(@mark $kind $($mark($($label)*))?))
                    })*
                    $($Event::$state { .. } => None,)*
                }
            }

            /// Counts it.
            pub fn count(&self, $books: $Books) {
                match self {
                    $($Event::$variant { $($field,)* } => { $($($count)*;)? })*
                    $($Event::$state { .. } => {})*
                }
            }
        }
    };
    (@sentence) => {
        None
    };
    (@sentence $($sentence:tt)+) => {
        Some(format!($($sentence)+))
    };
    (@mark $kind:ident) => {
        $crate::record::Mark::First(stringify!($kind).replace('_', " "))
    };
    (@mark $kind:ident $mark:ident($($label:tt)*)) => {
        $crate::record::Mark::$mark(format!($($label)*))
    };
}
