//! The view that a recording opens with.

use super::super::save::{Format, Group, Line, Trace, View};
use super::super::{SignalId, Writer};
use super::Recorder;
use super::translation::Translation;
use crate::mmu::{Pulse, Signal};

/// Cycles in sight before and after the moment that the view opens on.
const BEFORE: u64 = 20;
const AFTER: u64 = 36;

/// Cycles for which the view goes on until the kernel has understood the fault, at most.
const PATIENCE: u64 = 240;

/// Engine signals of the walker, beside its states, that are shown unfolded.
const PLAIN_ROWS: usize = 3;

pub(super) fn of(recorder: &Recorder) -> View {
    let line = &recorder.line;
    let first_fault = line.moments.first().map(|moment| moment.cycle);
    let interesting = first_fault.or(recorder.first_miss);
    let (start, last) = (line.start(), line.end());
    let centre = interesting.unwrap_or(start);
    let first = centre.saturating_sub(BEFORE).max(start);
    let soon = |cycle: &u64| (centre..=centre.saturating_add(PATIENCE)).contains(cycle);
    let until = recorder.understood.filter(soon).unwrap_or(centre);
    let end = until.max(first.saturating_add(BEFORE)).saturating_add(AFTER).min(last);
    let view = View::new()
        .zoom(first, end)
        .group(request(recorder))
        .group(tlb(recorder))
        .group(walker(recorder))
        .group(memory(recorder))
        .group(fault(recorder))
        .group(world(recorder))
        .group(nets(recorder))
        .group(engine(recorder));
    let view = line.mark(view);
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
    let (wave, ports) = (&recorder.line.wave, &recorder.ports);
    let [fetch, data] = &ports.translations.0;
    Group::new("Request")
        .trace(row(wave, recorder.clock, "clock"))
        .trace(row(wave, ports.mode, "satp mode"))
        .trace(row(wave, ports.asid, "satp ASID").format(Format::Decimal))
        .trace(row(wave, fetch.asked, "fetch VA").line(Line::Yellow))
        .trace(row(wave, fetch.answered, "fetch answer"))
        .trace(row(wave, data.asked_access, "data access"))
        .traces(data.mixed.then(|| row(wave, data.context, "data context")))
        .trace(row(wave, data.asked, "data VA").line(Line::Yellow))
        .trace(row(wave, data.answered, "data answer"))
}

fn tlb(recorder: &Recorder) -> Group {
    let (wave, ports) = (&recorder.line.wave, &recorder.ports);
    let [fetch, data] = &ports.translations.0;
    Group::new("TLB")
        .trace(row(wave, fetch.lookup, "fetch TLB"))
        .trace(row(wave, data.lookup, "data TLB"))
        .trace(row(wave, ports.event(Pulse::Refill), "refill"))
        .trace(row(wave, ports.fence.kind, "fence"))
}

fn is_walker(signal: &Signal) -> bool {
    signal.path.split('.').next().is_some_and(|scope| scope.contains("walk"))
}

/// The engine's signals for which `which` holds, in a folded group.
fn chosen(recorder: &Recorder, name: &str, which: impl Fn(&Signal) -> bool) -> Group {
    let signals = recorder.engine.iter().filter(|(signal, _)| which(signal));
    Group::new(name)
        .folded()
        .traces(signals.map(|(signal, id)| row(&recorder.line.wave, *id, &signal.path)))
}

/// The states and a few narrow registers; all the rest is below, folded.
fn walker(recorder: &Recorder) -> Group {
    let (wave, ports) = (&recorder.line.wave, &recorder.ports);
    let of_walker = || recorder.engine.iter().filter(|(signal, _)| is_walker(signal));
    let states = of_walker().filter(|(signal, _)| !signal.names.is_empty());
    let narrow = of_walker()
        // Its own, not its children's: `walker.at_level`, not `walker.held.leaf.level`.
        .filter(|(signal, _)| signal.path.split('.').count() == 2)
        .filter(|(signal, _)| signal.names.is_empty() && (2..=8).contains(&signal.width))
        .take(PLAIN_ROWS);
    let alias = |path: &str| path.split_once('.').map_or(path, |(_, rest)| rest).replace('.', " ");
    Group::new("Walker")
        .trace(row(wave, ports.busy, "busy"))
        .traces(states.chain(narrow).map(|(signal, id)| row(wave, *id, &alias(&signal.path))))
}

fn memory(recorder: &Recorder) -> Group {
    let (wave, memory) = (&recorder.line.wave, &recorder.ports.memory);
    Group::new("Memory bus")
        .trace(row(wave, memory.asked_kind, "request"))
        .trace(row(wave, memory.asked, "PTE address").line(Line::Yellow))
        .trace(row(wave, memory.response, "response"))
        .trace(row(wave, memory.pte, "PTE is"))
        .trace(row(wave, memory.flags, "PPN and flags"))
}

fn fault(recorder: &Recorder) -> Group {
    let (wave, ports) = (&recorder.line.wave, &recorder.ports);
    let [fetch, data] = &ports.translations.0;
    Group::new("Fault")
        .trace(row(wave, fetch.fault, "fetch fault"))
        .trace(row(wave, data.fault, "data fault"))
        .trace(row(wave, ports.fault.cause, "held: cause"))
        .trace(row(wave, ports.fault.address, "held: tval").line(Line::Yellow))
}

/// The operating system, if there is one; of its events those that happened.
fn world(recorder: &Recorder) -> Group {
    let (wave, world) = (&recorder.line.wave, &recorder.world);
    if world.silent {
        return Group::new("");
    }
    let mut group = Group::new("Operating system")
        .trace(row(wave, world.process, "process"))
        .trace(row(wave, world.activity, "activity"));
    if world.queued {
        group = group.trace(row(wave, world.ready, "ready queue")).trace(row(
            wave,
            world.waiting,
            "waiting for",
        ));
    }
    if world.saw("page_fault") {
        group = group.trace(row(wave, world.fault, "last fault")).trace(row(
            wave,
            world.faulting,
            "at",
        ));
    }
    group = group.trace(row(wave, world.text, "what happens"));
    if world.saw("eviction") {
        group = group.trace(row(wave, world.victim, "last victim"));
    }
    let events = world.events.iter().filter(|event| event.seen);
    group
        .trace(row(wave, world.policy, "policy (pid:page)"))
        .trace(row(wave, world.free_frames, "free frames").format(Format::Decimal))
        .trace(row(wave, world.free_frames, "as a curve").format(Format::Analog { rows: 2 }))
        .traces(
            events
                .map(|event| row(wave, event.id, &event.name.replace('_', " ")).line(Line::Orange)),
        )
}

/// Every net of the ports, folded.
fn nets(recorder: &Recorder) -> Group {
    let (wave, ports) = (&recorder.line.wave, &recorder.ports);
    let folded = |name: &str, rows: &[(&str, SignalId)]| {
        let rows = rows.iter().map(|(alias, id)| row(wave, *id, alias));
        Group::new(name).folded().traces(rows)
    };
    let port = |name: &str, port: &Translation| folded(name, &port.nets());
    let events: Vec<_> = ports.events.iter().map(|(pulse, id)| (pulse.name(), *id)).collect();
    let context = [("root PPN", ports.root), ("ADUE", ports.adue), ("reset", ports.reset)];
    let group = Group::new("All nets of the ports").folded().group(folded("context", &context));
    ports
        .translations
        .iter()
        .fold(group, |group, (of, nets)| group.group(port(of.name(), nets)))
        .group(folded("fence", &ports.fence.nets()))
        .group(folded("memory", &ports.memory.nets()))
        .group(folded("fault", &ports.fault.nets()))
        .group(folded("events", &events))
}

/// Every signal of the engine by its first scope, folded.
fn engine(recorder: &Recorder) -> Group {
    let scope = |signal: &Signal| signal.path.split('.').next().unwrap_or_default().to_owned();
    let mut scopes: Vec<String> = Vec::new();
    for (signal, _) in &recorder.engine {
        if !scopes.contains(&scope(signal)) {
            scopes.push(scope(signal));
        }
    }
    scopes.iter().fold(Group::new("All signals of the hardware").folded(), |group, name| {
        group.group(chosen(recorder, name, |signal| scope(signal) == *name))
    })
}
