//! The view that a recording opens with.

use super::super::save::{Format, Group, Line, Paint, Trace, View};
use super::super::{SignalId, Writer};
use super::Recorder;
use super::map::FREE_NAME;

/// Cycles in sight before and after the first fault.
const BEFORE: u64 = 30;
const AFTER: u64 = 8;

/// More holes than this are shown as a curve.
const FEW_HOLES: u64 = 16;

/// Opens on the first fault, where accesses are seen one by one; else on the whole run, which is
/// a story of loads, holes and moves.
pub(super) fn of(recorder: &Recorder) -> View {
    let line = &recorder.line;
    let (start, last) = (line.start(), line.end());
    let view = View::new().group(world(recorder));
    // What the view opens on stands first, and the rest is folded.
    let view = match recorder.fault {
        Some(_) => view
            .group(request(recorder))
            .group(registers(recorder))
            .group(bus(recorder))
            .group(memory(recorder).folded())
            .group(map(recorder).folded()),
        None => view
            .group(memory(recorder))
            .group(map(recorder))
            .group(bus(recorder))
            .group(request(recorder).folded())
            .group(registers(recorder).folded()),
    };
    let view = view.group(nets(recorder)).group(engine(recorder));
    let view = line.mark(view);
    match recorder.fault {
        Some(fault) => {
            let first = fault.saturating_sub(BEFORE).max(start);
            view.zoom(first, (first + BEFORE + AFTER).min(last)).cursor(fault)
        }
        None => view.zoom(start, last),
    }
}

/// A row under a short name.
fn row(wave: &Writer, id: SignalId, alias: &str) -> Trace {
    Trace::of(wave, id).alias(alias)
}

/// What the operating system does; of its events those that happened.
fn world(recorder: &Recorder) -> Group {
    let (wave, world) = (&recorder.line.wave, &recorder.world);
    let mut group = Group::new("Operating system");
    if world.saw("context_switch") {
        group = group.trace(row(wave, world.process, "process"));
    }
    group = group
        .trace(row(wave, world.activity, "activity").paint("kernel", Paint::Gold))
        .trace(row(wave, world.text, "what happens"));
    if world.saw("segment_fault") {
        group = group.trace(row(wave, world.fault, "fault kind").paint("limit", Paint::Red));
    }
    if world.saw("allocate") {
        group = group
            .trace(row(wave, world.fit, "policy"))
            .trace(row(wave, world.hole, "hole chosen"))
            .trace(row(wave, world.given, "given"));
    }
    let events = world.events.iter().filter(|event| event.seen);
    group.traces(
        events.map(|event| row(wave, event.id, &event.name.replace('_', " ")).line(Line::Orange)),
    )
}

fn memory(recorder: &Recorder) -> Group {
    let (wave, memory) = (&recorder.line.wave, &recorder.memory);
    let curve = Format::Analog { rows: 2 };
    let many = if memory.most_holes > FEW_HOLES { curve } else { Format::Decimal };
    let group = Group::new("Memory")
        .trace(row(wave, memory.summary, "free and lost"))
        .trace(row(wave, memory.lengths, "holes"))
        .trace(row(wave, memory.free, "free").format(curve))
        .trace(row(wave, memory.largest, "longest request").format(curve))
        .trace(row(wave, memory.holes, "number of holes").format(many))
        .trace(row(wave, memory.external, "external %").format(curve));
    let group = match memory.most_holes > FEW_HOLES {
        true => group.trace(row(wave, memory.ratio, "holes % of segments").format(curve)),
        false => group,
    };
    if !memory.wasted {
        return group;
    }
    group.trace(row(wave, memory.internal, "wasted inside").format(Format::Decimal))
}

/// Physical memory, its lowest address at the bottom, as the books draw it.
fn map(recorder: &Recorder) -> Group {
    let (wave, map) = (&recorder.line.wave, &recorder.memory.map);
    if !recorder.world.saw("allocate") {
        return Group::new("");
    }
    let lanes = map.lanes.iter().enumerate().rev().map(|(lane, id)| {
        let (first, last) = (map.start(lane), map.start(lane + 1) - 1);
        row(wave, *id, &format!("{first}-{last}")).paint(FREE_NAME, Paint::Grey)
    });
    Group::new("Map of memory (who has most of it)").traces(lanes)
}

fn request(recorder: &Recorder) -> Group {
    let (wave, ports) = (&recorder.line.wave, &recorder.ports);
    if !ports.used {
        return Group::new("");
    }
    let group = Group::new("Request")
        .trace(row(wave, recorder.clock, "clock"))
        .trace(row(wave, ports.asked_access, "access"))
        .trace(row(wave, ports.asked, "segment+offset").line(Line::Yellow))
        .trace(row(wave, ports.answered, "answer"));
    if !ports.faulted {
        return group;
    }
    group
        .trace(row(wave, ports.held, "held: cause"))
        .trace(row(wave, ports.held_va, "held: address").format(Format::Decimal))
}

fn registers(recorder: &Recorder) -> Group {
    let (wave, registers) = (&recorder.line.wave, &recorder.registers);
    if !registers.used {
        return Group::new("");
    }
    let rows = registers.ids.iter().enumerate();
    Group::new("Segment registers")
        .traces(rows.map(|(number, id)| row(wave, *id, &format!("register {number}"))))
}

fn bus(recorder: &Recorder) -> Group {
    let (wave, bus) = (&recorder.line.wave, &recorder.ports.bus);
    Group::new("Memory bus")
        .trace(row(wave, bus.kind, "request"))
        .trace(row(wave, bus.pa, "address").format(Format::Decimal).line(Line::Yellow))
        .trace(row(wave, bus.bytes, "bytes").format(Format::Decimal))
}

/// Every net of the ports, folded.
fn nets(recorder: &Recorder) -> Group {
    let (wave, ports) = (&recorder.line.wave, &recorder.ports);
    let folded = |name: &str, rows: &[(&str, SignalId)]| {
        let rows = rows.iter().map(|(alias, id)| row(wave, *id, alias));
        Group::new(name).folded().traces(rows)
    };
    let request = [
        ("valid", ports.valid),
        ("ready", ports.ready),
        ("VA", ports.va),
        ("bytes", ports.bytes),
        ("access", ports.access),
        ("user", ports.user),
        ("response", ports.response),
        ("PA", ports.pa),
        ("fault", ports.cause),
    ];
    let load = [
        ("valid", ports.load),
        ("ready", ports.load_ready),
        ("index", ports.load_index),
        ("base", ports.load_base),
        ("limit", ports.load_limit),
        ("rights", ports.load_rights),
    ];
    let fault = [("cause", ports.held), ("VA", ports.held_va), ("taken", ports.taken)];
    Group::new("All nets of the ports")
        .folded()
        .group(folded("request", &request))
        .group(folded("register write", &load))
        .group(folded("fault", &fault))
}

/// Every signal of the unit, folded.
fn engine(recorder: &Recorder) -> Group {
    let signals = recorder.signals.iter().zip(&recorder.unit);
    Group::new("All signals of the hardware")
        .folded()
        .traces(signals.map(|(signal, id)| row(&recorder.line.wave, *id, &signal.path)))
}
