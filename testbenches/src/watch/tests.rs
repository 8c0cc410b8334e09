//! The screen as text, at several sizes; what it must say of each field.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;

/// The picture in the document.
const DOCUMENT: &str = "docs/watch.md";

/// A program on a computer, some way into its run. Every number is another one.
fn program(step: u64) -> Snapshot {
    Snapshot {
        title: "exec fences on rv64_linux_pmp".to_owned(),
        instructions: Some(step * 1_234_567),
        cycles: Some(step * 2_469_134),
        place: Some(Place {
            pc: 0xffff_ffff_8000_1a3c,
            symbol: Some(("handle_fault".to_owned(), 0x1c)),
            privilege: Some("S"),
            space: Some("satp Sv39, ASID 7".to_owned()),
        }),
        ports: vec![
            PortRate { name: "fetch", hits: step * 1_200_345, misses: step * 123 },
            PortRate { name: "data", hits: step * 431_222, misses: step * step * 901 },
        ],
        walks: Some(Walks {
            walks: step * 1024,
            entries: step * 2611,
            updates: step * 37,
            l2_hits: None,
            cache_hits: Some(step * 511),
        }),
        faults: vec![
            ("instruction page fault", 11),
            ("load page fault", step * 22),
            ("store page fault", 33),
            ("illegal instruction", 2),
        ],
        faults_in_all: Some(step * step * step),
        fences: vec![
            ("all", 4),
            ("by address", step * 55),
            ("by address space", 6),
            ("by address and space", 8),
        ],
        other: vec![("writes of satp", 99), ("machine timer", 17)],
        lines_are: "console",
        lines: (1..=step).map(|line| format!("round {line}: passed")).collect(),
        ..Snapshot::default()
    }
}

/// A recorded program: it has a progress, and no console and no program counter.
fn trace() -> Snapshot {
    Snapshot {
        title: "trace sort on rv64_linux, Sv39".to_owned(),
        running: vec!["sort (1)".to_owned()],
        progress: Some(Progress { done: 300, total: Some(1200), unit: "bytes" }),
        place: None,
        memory: vec![("pages", 71), ("page tables", 13), ("free", 918)],
        lines_are: "",
        lines: Vec::new(),
        ..program(5)
    }
}

fn view(snapshots: impl IntoIterator<Item = Snapshot>) -> View {
    let mut view = View { elapsed: Duration::from_secs(67), ..View::default() };
    for snapshot in snapshots {
        view.history.add(&snapshot);
        view.snapshot = Some(snapshot);
    }
    view.speed = Some(3_214_567.0);
    view
}

fn running() -> View {
    view((1..=40).map(program))
}

/// The screen as text, without trailing blanks.
fn drawn(view: &View, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a screen");
    terminal.draw(|frame| frame.render_widget(view, frame.area())).expect("it draws");
    let buffer = terminal.backend().buffer();
    let line = |y| {
        let cells = (0..width).map(|x| buffer[(x, y)].symbol());
        cells.collect::<String>().trim_end().to_owned() + "\n"
    };
    (0..height).map(line).collect()
}

#[test]
fn the_picture_in_the_document_is_that_of_the_dashboard() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(DOCUMENT);
    let text = std::fs::read_to_string(&path).expect("the document");
    let (begin, rest) = text.split_once("```text\n").expect("a picture");
    let (picture, end) = rest.split_once("```").expect("its end");
    let now = drawn(&running(), 80, 24);
    if picture != now && std::env::var_os("PAGEWALK_UPDATE").is_some() {
        let text = format!("{begin}```text\n{now}```{end}");
        std::fs::write(&path, text).expect("the document is written");
        return;
    }
    assert_eq!(picture, now, "`make figures` writes it");
}

/// Every field of a snapshot is on a screen that is large enough, and changes it.
#[test]
fn every_field_is_shown() {
    let screen = |change: &dyn Fn(&mut Snapshot)| {
        let mut view = running();
        change(view.snapshot.as_mut().expect("a snapshot"));
        drawn(&view, 130, 50)
    };
    let before = screen(&|_| {});
    // The distance of columns is that of the picture in the document.
    let words = before.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "pagewalk exec fences on rv64_linux_pmp",
        "running  1:07",
        "S-mode  pc 0xffffffff80001a3c  handle_fault+0x1c  (satp Sv39, ASID 7)",
        "49,382,680 instructions   98,765,360 cycles   CPI 2.00   3.21M cycles/s",
        "fetch           99.98 %      4,920       0.10",
        "data            92.28 %  1,441,600      29.19",
        "walks                          40,960",
        "entries read per walk            2.55",
        "A and D set                     1,480",
        "walk-cache hits                20,440",
        "instruction page fault             11",
        "load page fault                   880",
        "by address                      2,200",
        "writes of satp                     99",
        "over the run, per 1000 cycles",
        "round 40: passed",
    ] {
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&said), "{said} is not in\n{before}");
    }
    let changes: [&dyn Fn(&mut Snapshot); 16] = [
        &|s| s.title = "exec other".to_owned(),
        &|s| s.running = vec!["init".to_owned()],
        &|s| s.progress = Some(Progress { done: 5, total: None, unit: "steps" }),
        &|s| s.instructions = Some(7),
        &|s| s.cycles = Some(7),
        &|s| s.place.as_mut().expect("a place").pc += 2,
        &|s| s.place.as_mut().expect("a place").symbol = None,
        &|s| s.place.as_mut().expect("a place").privilege = Some("U"),
        &|s| s.ports[0].hits += 1_000_000_000,
        &|s| s.ports[1].misses += 1,
        &|s| s.walks.as_mut().expect("walks").entries *= 2,
        &|s| s.walks.as_mut().expect("walks").l2_hits = Some(3),
        &|s| s.faults[3].1 += 1,
        &|s| s.fences[3].1 += 1,
        &|s| s.memory.push(("free", 12)),
        &|s| s.lines.push("the newest line".to_owned()),
    ];
    for (number, change) in changes.iter().enumerate() {
        assert_ne!(before, screen(change), "change {number} is not seen");
    }
}

#[test]
fn what_a_command_does_not_know_is_left_out() {
    let text = drawn(&view([trace()]), 130, 50);
    for absent in ["pc ", "-mode", "second-level", "console", "0 second"] {
        assert!(!text.contains(absent), "{absent} is in\n{text}");
    }
    assert!(text.contains("25 % of 1.20k bytes, 3:21 left"), "{text}");
    assert!(text.contains("now: sort (1)"), "{text}");
    let counted = Snapshot { ports: Vec::new(), instructions: None, ..trace() };
    let text = drawn(&view([counted]), 80, 24);
    assert!(!text.contains("MPKI") && !text.contains("TLB") && !text.contains("CPI"), "{text}");
}

#[test]
fn it_says_what_the_keys_did() {
    let mut view = running();
    for (state, said, key) in [
        (State::Paused, "paused", "p  go on"),
        (State::Stopping, "stopping", "Ctrl-C  end at once"),
    ] {
        view.state = state;
        let text = drawn(&view, 80, 24);
        assert!(text.contains(said) && text.contains(key), "{text}");
    }
}

#[test]
fn a_small_terminal_has_the_most_important() {
    let text = drawn(&view([trace()]), 36, 6);
    assert!(text.contains("running  1:07") && text.contains("25 %") && text.contains("q  stop"));
    assert!(!text.contains("TLB"), "{text}");
    // One column of panels, cut where there is no room.
    let text = drawn(&running(), 60, 24);
    assert!(text.contains("MPKI") && text.contains("round 40"), "{text}");
}

/// It never panics, and never writes beyond its area.
#[test]
fn every_size_can_be_drawn() {
    let [program, trace] = [running(), view([trace()])];
    let long = "longer than a line ".repeat(30) + "\u{1b}[2J\tw\u{4e16}\u{754c}";
    let odd = Snapshot { title: long.clone(), lines: vec![long], ..program_of_extremes() };
    for view in [&program, &trace, &view([odd]), &View::default()] {
        for width in (0..130).step_by(3) {
            for height in 0..50 {
                let text = drawn(view, width, height);
                assert!(!text.contains('\u{1b}'), "{text}");
            }
        }
    }
}

fn program_of_extremes() -> Snapshot {
    let most = u64::MAX / 4;
    Snapshot {
        instructions: Some(most),
        cycles: Some(most),
        ports: vec![PortRate { name: "fetch", hits: most, misses: most }],
        progress: Some(Progress { done: most, total: Some(1), unit: "steps" }),
        ..program(3)
    }
}

#[test]
fn a_curve_shows_where_in_the_run_something_happened() {
    // Faults in the second quarter only.
    let mut view = View::default();
    for step in 0..=400_u64 {
        let faults = step.clamp(100, 200) - 100;
        view.history.add(&Snapshot {
            title: "t".to_owned(),
            cycles: Some(step * 1000),
            faults_in_all: Some(faults),
            ..Snapshot::default()
        });
    }
    let [misses, curve, fences] = view.history.curves(8);
    assert!(misses.is_none() && fences.is_none());
    let curve = curve.expect("faults");
    assert_eq!(curve.total, 100);
    let rounded: Vec<i64> = curve.rates.iter().map(|rate| (rate * 10.0).round() as i64).collect();
    assert_eq!(rounded, [0, 0, 10, 10, 0, 0, 0, 0]);
}

#[test]
fn a_long_run_is_kept_whole_in_little_memory() {
    let mut history = History::default();
    let at = |step: u64| Snapshot {
        cycles: Some(step * 10),
        faults_in_all: Some(step),
        ..Snapshot::default()
    };
    (1..=100_000).for_each(|step| history.add(&at(step)));
    let [_, curve, _] = history.curves(10);
    let curve = curve.expect("faults");
    assert_eq!(curve.total, 100_000, "the newest is there");
    assert!(curve.rates.iter().all(|rate| (99.0..101.0).contains(rate)), "{:?}", curve.rates);
    // Another run begins at its beginning.
    history.add(&at(7));
    assert_eq!(history.curves(1)[1].as_ref().map(|curve| curve.total), Some(7));
}

#[test]
fn numbers_are_short() {
    for (number, text) in [
        (0.0, "0"),
        (0.25, "0.25"),
        (7.0, "7"),
        (12.0, "12.0"),
        (950.0, "950"),
        (999.7, "1.00k"),
        (1250.0, "1.25k"),
        (99_960.0, "100k"),
        (12_500_000.0, "12.5M"),
    ] {
        assert_eq!(words::short(number), text);
    }
    assert_eq!(words::count(1_234_567), "1,234,567");
    assert_eq!(words::count(123), "123");
    assert_eq!(words::percent(99_999, 100_000), "99.99 %");
    assert_eq!(words::percent(999_999, 1_000_000), "99.99 %");
    assert_eq!(
        (words::percent(0, 0), words::percent(5, 5)),
        ("-".to_owned(), "100.00 %".to_owned())
    );
    assert_eq!(words::time(Duration::from_secs(3723)), "1:02:03");
}
