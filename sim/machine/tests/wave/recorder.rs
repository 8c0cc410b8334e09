//! The recorder of the MMU, read back.

use std::fs;

use kernel::{Event, Reason};
use machine::wave::Ending;
use machine::wave::mmu::Recorder;
use model::isa::{Cause, Fault};
use model::mmu::{Inputs, Outputs, PerPort, Port, Pulse};
use waves::{Error, Window};

use crate::demo::{self, Demo};
use crate::reader::Dump;

#[test]
fn story_reads_back() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("story.vcd");
    let save = Demo::new(&path, Window::default())?.play()?;
    let dump = Dump::open(&path);
    let changes = |path: &str| -> Vec<String> {
        dump.changes(path).into_iter().map(|(_, value)| value).filter(|v| !v.is_empty()).collect()
    };
    assert_eq!(changes("satp.mode_name"), ["Sv39"]);
    assert_eq!(changes("os.process"), ["editor", "player"]);
    // The first walk, level by level: 0x4022a8 is 0, 2, 2 in segments of nine bits.
    let entries: Vec<String> = changes("memory.flags").into_iter().take(3).collect();
    assert_eq!(entries, ["80201:V-------", "80202:V-------", "80444:VRW-U-AD"]);
    let addresses: Vec<String> = changes("memory.asked").into_iter().take(3).collect();
    assert_eq!(addresses, ["80200000", "80201010", "80202010"]);
    assert_eq!(changes("memory.pte_name")[..3], ["pointer", "leaf", "pointer"]);
    let segments: Vec<String> = changes("data.vpn").into_iter().take(1).collect();
    assert_eq!(segments, ["000.002.002+2a8"]);
    let states: Vec<String> = changes("mmu.walker.state_name").into_iter().take(4).collect();
    assert_eq!(states, ["Idle", "Request", "Wait", "Request"]);
    let faults = changes("data.cause_name");
    assert_eq!(faults, ["store_page_fault", "load_page_fault", "store_page_fault"]);
    let told = changes("os.text");
    assert_eq!(told[..2], ["minor:store:7ffffff8", "fence:7ffff000:asid_7"]);
    assert_eq!(told.last().map(String::as_str), Some("kill:player:write_to_text"));
    assert_eq!(changes("os.fault_name"), ["minor", "major", "protection"]);
    assert_eq!(dump.changes("os.page_fault").len(), 3);
    assert_eq!(dump.changes("os.context_switch").len(), 1);
    assert_eq!(dump.changes("os.kill").len(), 1);

    let text = fs::read_to_string(save).expect("a save file");
    let groups = ["Request", "TLB", "Walker", "Memory bus", "Fault", "Operating system"];
    let places: Vec<_> = groups.iter().map(|name| text.find(&format!("-{name}\n"))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    // Each row's signal is in the dump.
    for row in text.lines().filter_map(|line| line.strip_prefix("+{")) {
        let reference = row.split_once("} ").expect("an alias and a signal").1;
        dump.var(reference.split('[').next().expect("a path"));
    }
    let first = dump.changes("data.cause_name").iter().find(|c| !c.1.is_empty()).map(|c| c.0);
    assert!(text.contains("[markername] A1 store_page_fault\n"), "{text}");
    let zoom = text.lines().find(|line| line.starts_with('*')).expect("a zoom");
    assert_eq!(zoom.split(' ').nth(1), first.map(|time| time.to_string()).as_deref());
    Ok(())
}

#[test]
fn jump_ends_what_lasts_a_cycle() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("jump.vcd");
    let (recording, subject) = demo::options(Window::default());
    let mut recorder = Recorder::create(&path, recording, subject)?;
    let fault = Fault { cause: Cause::LoadPageFault, tval: 0x1234 };
    let responses = PerPort::only(Port::Data, Some(Err(fault)));
    let mut outputs = Outputs { responses, ..Outputs::default() };
    outputs.events += Pulse::PageFault;
    let values = [demo::IDLE, 0, 0, 1, 3, 0];
    recorder.cycle(7, 0, &Inputs::default(), &outputs, &values)?;
    recorder.event(9000, &Event::SwapIn { pid: 1, va: 0x3000, slot: 0 })?;
    recorder.cycle(9000, 0, &Inputs::default(), &Outputs::default(), &values)?;
    recorder.finish()?;
    let dump = Dump::open(&path);
    let near = |path: &str| [60, 70, 80, 90_000].map(|time| dump.at(path, time));
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(near("data.response")[1..], [some("1"), some("0"), some("0")]);
    assert_eq!(near("data.cause_name")[1..], [some("load_page_fault"), some(""), some("")]);
    assert_eq!(near("events.page_fault")[1..], [some("1"), some("0"), some("0")]);
    assert_eq!(near("mmu.data.tlb.lines")[3], some("0000000000000011"));
    assert_eq!(dump.changes("os.swap_in"), [(90_000, "Event".to_owned())]);
    Ok(())
}

#[test]
fn view_of_a_window_opens_inside_it() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("window.vcd");
    let save = Demo::new(&path, Window { from: 60, cycles: Some(80) })?.play()?;
    assert_eq!(Dump::open(&path).times(), (600, 1400));
    let text = fs::read_to_string(save).expect("a save file");
    let start = text.lines().find_map(|line| line.strip_prefix("[timestart] "));
    let start: u64 = start.and_then(|time| time.parse().ok()).expect("a time");
    assert!((600..1400).contains(&start), "{start}");
    // The first fault of the run is before the window, and has no marker.
    assert!(!text.contains("store_page_fault"), "{text}");
    Ok(())
}

#[test]
fn processes_that_come_later_have_their_names() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("names.vcd");
    let (recording, subject) = demo::options(Window::default());
    let mut recorder = Recorder::create(&path, recording, subject)?;
    let fork = |child| Event::Fork { parent: 1, child, name: "child".to_owned() };
    let switch = |to| Event::Switch { from: None, to, asid: 1 };
    let (pid, va, frame) = (3, 0x5000, 0x80123);
    let story = [
        switch(1),
        fork(3),
        fork(4),
        switch(3),
        Event::PageCacheHit { pid, va, frame },
        Event::SwapCacheHit { pid, va, frame },
        Event::Exec { pid: 3, name: "ls".to_owned() },
        Event::Queues { ready: vec![1], waiting: vec![(4, Reason::Disk)] },
        Event::Eviction { pid: 4, va: 0x9000, frame: 7, dirty: true },
        switch(4),
    ];
    for (cycle, event) in (10..).step_by(10).zip(&story) {
        recorder.event(cycle, event)?;
    }
    let save = recorder.finish()?;
    let dump = Dump::open(&path);
    let told = |path: &str| -> Vec<String> {
        dump.changes(path).into_iter().map(|(_, value)| value).filter(|v| !v.is_empty()).collect()
    };
    let first = told("os.process").first().cloned().expect("somebody runs first");
    assert_eq!(told("os.process")[1..], ["child", "ls", "child#4"]);
    assert_eq!((told("os.ready"), told("os.waiting")), (vec![first], vec!["child#4:disk".into()]));
    assert_eq!(told("os.victim"), ["child#4:9000:dirty"]);
    let hits = ["os.page_cache_hit", "os.swap_cache_hit"].map(|path| dump.changes(path).len());
    assert_eq!(hits, [1, 1]);
    assert!(told("os.text").contains(&"5000:in_page_cache:frame_80123".to_owned()));
    let view = fs::read_to_string(save).expect("a save file");
    for row in ["page cache hit", "swap cache hit", "waiting for", "last victim"] {
        assert!(view.contains(&format!("+{{{row}}} ")), "{row}: {view}");
    }
    Ok(())
}
