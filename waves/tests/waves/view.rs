//! The saved view as text.

use std::fs;

use waves::save::{Format, Group, Line, Paint, Trace, View};
use waves::{Builder, Error};

#[test]
fn save_file_is_relative_and_complete() -> Result<(), Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dump = folder.path().join("two words.vcd");
    let mut signals = Builder::new("");
    let state = signals.state("walker.state", 5, &["Idle", "Wait", "", "Odd"])?;
    let frames = signals.bits("os.frames", 16)?;
    let event = signals.event("os.fault")?;
    let wave = signals.create(&dump)?;
    let group = Group::new("Walker")
        .trace(Trace::of(&wave, state).alias("walker state").paint("Odd", Paint::Red))
        .trace(Trace::of(&wave, event).line(Line::Red))
        .group(Group::new("nothing inside"))
        .group(
            Group::new("more")
                .folded()
                .trace(Trace::of(&wave, frames).format(Format::Analog { rows: 2 })),
        );
    let mut view = View::new().group(group).zoom(10, 20).cursor(12);
    for marker in 0..30 {
        view = view.marker(marker, &format!("m{marker}"));
    }
    wave.finish()?;
    let save = view.save(&dump)?;
    assert_eq!(save, folder.path().join("two words.gtkw"));
    let text = fs::read_to_string(&save).expect("a save file");
    let machine = folder.path().to_str().expect("a name");
    assert!(!text.contains(machine), "paths must be relative:\n{text}");
    let (head, rows) = text.split_at(text.find("@800200").expect("a group"));
    assert!(head.starts_with("[dumpfile] \"two words.vcd\"\n[savefile] \"two words.gtkw\"\n"));
    assert!(head.contains("\n[timestart] 100\n"), "{head}");
    let zoom = head.lines().find(|line| line.starts_with('*')).expect("a zoom");
    let times: Vec<&str> = zoom.split(' ').collect();
    assert_eq!((times.len(), times[1], times[2], times[27]), (28, "120", "0", "250"));
    assert!(head.contains("[markername] Am0\n") && head.contains("[markername] Zm25\n"));
    assert!(!head.contains("m26"));
    let expected = "@800200
-Walker
@2022
^1 ./filters/two_words/walker.state.flt
+{walker state} walker.state[4:0]
@28
[color] 1
+{os.fault} os.fault
@c00200
-more
@88024
+{os.frames} os.frames[15:0]
@20000
-
@1401200
-more
@1000200
-Walker
[pattern_trace] 1
[pattern_trace] 0
";
    assert_eq!(rows, expected);
    let filter = folder.path().join("filters/two_words/walker.state.flt");
    let filter = fs::read_to_string(filter).expect("a filter");
    assert_eq!(filter, "00 ?grey30?Idle\n01 ?chocolate3?Wait\n03 ?firebrick3?Odd\n");
    let surfer = fs::read_to_string(dump.with_extension("sucl")).expect("a command file");
    assert_eq!(
        surfer,
        "divider_add Walker\nvariable_add walker.state\nvariable_add os.fault\nzoom_fit\n"
    );
    Ok(())
}

#[test]
fn view_that_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("file"), "").expect("a file");
    let view = View::new().group(Group::new("empty"));
    let told = view.save(&folder.path().join("file/x.vcd")).expect_err("no folder").to_string();
    assert!(told.starts_with("cannot write "), "{told}");
}
