//! The view that a recording opens with.

use super::super::save::{Format, Group, Line, Trace, View};
use super::super::{SignalId, Writer};
use super::Recorder;
use super::translation::Translation;
use crate::mmu::Signal;

/// Cycles in sight before and after the moment that the view opens on.
const BEFORE: u64 = 20;
const AFTER: u64 = 36;

/// Engine signals of the walker, beside its states, that are shown unfolded.
const PLAIN_ROWS: usize = 3;

pub(super) fn of(recorder: &Recorder) -> View {
    let first_fault = recorder.moments.first().map(|moment| moment.cycle);
    let interesting = first_fault.or(recorder.first_miss);
    let window = recorder.window;
    let last = recorder.now.unwrap_or(0).saturating_add(1).min(window.end());
    let centre = interesting.unwrap_or(window.from);
    let first = centre.saturating_sub(BEFORE).max(window.from);
    let mut view = View::new()
        .zoom(first, first.saturating_add(BEFORE + AFTER).min(last))
        .group(request(recorder))
        .group(tlb(recorder))
        .group(walker(recorder))
        .group(memory(recorder))
        .group(fault(recorder))
        .group(world(recorder))
        .group(counters(recorder))
        .group(engine(recorder));
    for moment in &recorder.moments {
        view = view.marker(moment.cycle, &moment.name);
    }
    match interesting {
        Some(cycle) => view.cursor(cycle),
        None => view,
    }
}

/// A row under a short name.
fn row(wave: &Writer, id: SignalId, alias: &str) -> Trace {
    Trace::of(wave, id).alias(alias)
}

fn request(recorder: &Recorder) -> Group {
    let (wave, ports) = (&recorder.wave, &recorder.ports);
    let context = Group::new("context")
        .folded()
        .trace(row(wave, ports.root, "satp root PPN"))
        .trace(row(wave, ports.adue, "menvcfg ADUE"))
        .trace(row(wave, ports.reset, "reset"));
    Group::new("Request")
        .trace(row(wave, recorder.clock, "clock"))
        .trace(row(wave, ports.mode, "satp mode"))
        .trace(row(wave, ports.asid, "satp ASID").format(Format::Decimal))
        .group(context)
        .trace(row(wave, ports.fetch.va, "fetch VA").line(Line::Yellow))
        .trace(row(wave, ports.fetch.pa, "fetch PA"))
        .group(handshake(wave, &ports.fetch, "fetch"))
        .trace(row(wave, ports.data.access, "data access"))
        .trace(row(wave, ports.data.va, "data VA").line(Line::Yellow))
        .trace(row(wave, ports.data.pa, "data PA"))
        .group(handshake(wave, &ports.data, "data"))
}

fn handshake(wave: &Writer, port: &Translation, name: &str) -> Group {
    Group::new(&format!("{name} port"))
        .folded()
        .trace(row(wave, port.valid, "valid"))
        .trace(row(wave, port.ready, "ready"))
        .trace(row(wave, port.context, "context"))
        .trace(row(wave, port.split, "VPN segments"))
        .trace(row(wave, port.response, "response"))
}

fn tlb(recorder: &Recorder) -> Group {
    let (wave, ports) = (&recorder.wave, &recorder.ports);
    let fence = Group::new("fence port")
        .folded()
        .trace(row(wave, ports.fence.valid, "valid"))
        .trace(row(wave, ports.fence.ready, "ready"))
        .trace(row(wave, ports.fence.va, "VA"))
        .trace(row(wave, ports.fence.asid, "ASID").format(Format::Decimal));
    Group::new("TLB")
        .trace(row(wave, ports.fetch.lookup, "fetch TLB"))
        .trace(row(wave, ports.data.lookup, "data TLB"))
        .trace(row(wave, ports.event("refill"), "refill"))
        .trace(row(wave, ports.fence.kind, "fence"))
        .group(fence)
        .group(chosen(recorder, "TLB signals", is_tlb))
}

fn is_tlb(signal: &Signal) -> bool {
    ["tlb", "cam", "line"].iter().any(|part| signal.path.contains(part)) && !is_walker(signal)
}

fn is_walker(signal: &Signal) -> bool {
    signal.path.split('.').next().is_some_and(|scope| scope.contains("walk"))
}

/// The engine's signals for which `which` holds, in a folded group.
fn chosen(recorder: &Recorder, name: &str, which: impl Fn(&Signal) -> bool) -> Group {
    let signals = recorder.engine.iter().filter(|(signal, _)| which(signal));
    Group::new(name)
        .folded()
        .traces(signals.map(|(signal, id)| row(&recorder.wave, *id, &signal.path)))
}

/// States and a few narrow registers; the rest folded.
fn walker(recorder: &Recorder) -> Group {
    let (wave, ports) = (&recorder.wave, &recorder.ports);
    let of_walker = || recorder.engine.iter().filter(|(signal, _)| is_walker(signal));
    let states = of_walker().filter(|(signal, _)| !signal.names.is_empty());
    let narrow = of_walker()
        .filter(|(signal, _)| signal.names.is_empty() && (2..=8).contains(&signal.width))
        .take(PLAIN_ROWS);
    let shown: Vec<_> = states.chain(narrow).collect();
    let alias = |path: &str| path.split_once('.').map_or(path, |(_, rest)| rest).replace('.', " ");
    let hidden = |signal: &Signal| is_walker(signal) && !shown.iter().any(|(s, _)| s == signal);
    Group::new("Walker")
        .trace(row(wave, ports.busy, "busy"))
        .traces(shown.iter().map(|(signal, id)| row(wave, *id, &alias(&signal.path))))
        .group(chosen(recorder, "walker signals", hidden))
}

fn memory(recorder: &Recorder) -> Group {
    let (wave, memory) = (&recorder.wave, &recorder.ports.memory);
    let more = Group::new("memory port")
        .folded()
        .trace(row(wave, memory.valid, "valid"))
        .trace(row(wave, memory.ready, "ready"))
        .trace(row(wave, memory.desired, "desired entry"))
        .trace(row(wave, memory.error, "error"))
        .trace(row(wave, memory.swapped, "swapped"));
    Group::new("Memory bus")
        .trace(row(wave, memory.kind, "request"))
        .trace(row(wave, memory.pa, "PTE address").line(Line::Yellow))
        .trace(row(wave, memory.response, "response"))
        .trace(row(wave, memory.entry, "PTE"))
        .trace(row(wave, memory.pte, "PTE is"))
        .trace(row(wave, memory.flags, "PTE flags"))
        .group(more)
}

fn fault(recorder: &Recorder) -> Group {
    let (wave, ports) = (&recorder.wave, &recorder.ports);
    Group::new("Fault")
        .trace(row(wave, ports.fetch.fault, "fetch fault"))
        .trace(row(wave, ports.data.fault, "data fault"))
        .trace(row(wave, ports.fault.cause, "held: cause"))
        .trace(row(wave, ports.fault.tval, "held: tval").line(Line::Yellow))
        .trace(row(wave, ports.fault.ready, "taken"))
}

/// The operating system, if there is one; of its events those that happened.
fn world(recorder: &Recorder) -> Group {
    let (wave, world) = (&recorder.wave, &recorder.world);
    if world.silent {
        return Group::new("");
    }
    let events = world.events.iter().filter(|event| event.seen);
    Group::new("Operating system")
        .trace(row(wave, world.process, "process"))
        .trace(row(wave, world.activity, "activity"))
        .trace(row(wave, world.fault, "fault kind"))
        .trace(row(wave, world.text, "what happens"))
        .traces(
            events
                .map(|event| row(wave, event.id, &event.name.replace('_', " ")).line(Line::Orange)),
        )
        .trace(row(wave, world.free_frames, "free frames").format(Format::Analog { rows: 3 }))
}

fn counters(recorder: &Recorder) -> Group {
    let (wave, ports) = (&recorder.wave, &recorder.ports);
    let row = |(name, id): &(&str, SignalId)| row(wave, *id, &name.replace('_', " "));
    Group::new("Counter events").folded().traces(ports.events.iter().map(row))
}

/// Whatever of the engine has no place above, by its first scope.
fn engine(recorder: &Recorder) -> Group {
    let scope = |signal: &Signal| signal.path.split('.').next().unwrap_or_default().to_owned();
    let rest = |signal: &Signal| !is_walker(signal) && !is_tlb(signal);
    let mut scopes: Vec<String> = Vec::new();
    for (signal, _) in recorder.engine.iter().filter(|(signal, _)| rest(signal)) {
        if !scopes.contains(&scope(signal)) {
            scopes.push(scope(signal));
        }
    }
    scopes.iter().fold(Group::new("Other hardware signals").folded(), |group, name| {
        group.group(chosen(recorder, name, |signal| rest(signal) && scope(signal) == *name))
    })
}
