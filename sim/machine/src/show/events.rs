//! The kernel's events as records.

use super::{Hex, What};
use kernel::Event;
use serde_json::{Value, json};

/// The record of an event; `None` for what is recorded as something else.
pub(super) fn record(event: &Event) -> Option<What> {
    let hex = |value: u64| json!(Hex(value));
    let fields = match event {
        Event::PageFault { pid, va, access, cause, kind } => json!({
            "pid": pid, "va": hex(*va), "access": access.name(), "cause": cause.name(),
            "kind": kind.name(),
        }),
        Event::PageCacheHit { pid, va, frame } | Event::SwapCacheHit { pid, va, frame } => {
            json!({ "pid": pid, "va": hex(*va), "frame": hex(*frame) })
        }
        Event::Copy { pid, va, from, to } => {
            json!({ "pid": pid, "va": hex(*va), "from": hex(*from), "to": hex(*to) })
        }
        Event::Eviction { pid, va, frame, dirty } => {
            json!({ "pid": pid, "va": hex(*va), "frame": hex(*frame), "dirty": dirty })
        }
        Event::SwapIn { pid, va, slot } | Event::SwapOut { pid, va, slot } => {
            json!({ "pid": pid, "va": hex(*va), "slot": slot })
        }
        Event::Switch { from, to, asid } => json!({ "from": from, "pid": to, "asid": asid }),
        Event::Blocked { pid, reason } => json!({ "pid": pid, "reason": reason.name() }),
        Event::Suspended { pid } | Event::Resumed { pid } => json!({ "pid": pid }),
        Event::Fork { parent, child, name } => {
            json!({ "pid": parent, "child": child, "name": name })
        }
        Event::Exec { pid, name } => json!({ "pid": pid, "name": name }),
        Event::Exit { pid, .. } => json!({ "pid": pid }),
        Event::Kill { pid, death } => {
            json!({ "pid": pid, "death": death.name(), "says": death.to_string() })
        }
        Event::Promotion { pid, va, frame } => {
            json!({ "pid": pid, "va": hex(*va), "frame": hex(*frame) })
        }
        Event::UserAccess { pid, asked } => json!({
            "pid": pid, "call": asked.call.name(), "va": hex(asked.va), "bytes": asked.bytes,
        }),
        Event::UserAccessEnds { pid, moved, result } => {
            json!({ "pid": pid, "moved": moved, "result": result })
        }
        Event::Policy { state } => return Some(What::Policy { state: state.to_string() }),
        Event::Queues { ready, waiting } => {
            let waiting = waiting.iter().map(|(pid, reason)| (*pid, reason.name())).collect();
            return Some(What::Queues { ready: ready.clone(), waiting });
        }
        // The pins have shown it.
        Event::Fence { .. } => return None,
    };
    let Value::Object(fields) = fields else { return None };
    Some(What::Event { event: event.kind().unwrap_or_default(), fields })
}
