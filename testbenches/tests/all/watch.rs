//! `--watch`, the real binary in a pseudo-terminal: what the screen shows, that the terminal is given
//! back, and that the report is the same.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use tempfile::TempDir;
use testbenches::watch::{Dashboard, Snapshot};

use crate::command::pagewalk;

const SIZE: (u16, u16) = (24, 80);
/// A test waits no longer for something to appear.
const PATIENCE: Duration = Duration::from_secs(120);

/// A pseudo-terminal: keys go in, and what is written is interpreted.
struct Pty {
    keys: File,
    device: OwnedFd,
    screen: Arc<Mutex<vt100::Parser>>,
}

/// A command that does not outlive its test, even if that fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already if all went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Pty {
    fn open() -> Pty {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
        grantpt(&master).expect("it is ours");
        unlockpt(&master).expect("it opens");
        let name = ptsname(&master, Vec::new()).expect("it has a name");
        let device = open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty());
        let device = device.expect("its other end");
        let (rows, columns) = SIZE;
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&device, size).expect("it has a size");
        let screen = Arc::new(Mutex::new(vt100::Parser::new(rows, columns, 1000)));
        let (mut written, shown) =
            (File::from(master.try_clone().expect("a handle")), screen.clone());
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = written.read(&mut bytes) {
                shown.lock().expect("no panic").process(&bytes[..count]);
            }
        });
        Pty { keys: File::from(master), device, screen }
    }

    fn stream(&self) -> Stdio {
        Stdio::from(self.device.try_clone().expect("a handle"))
    }

    /// Starts a command of which this is the terminal.
    fn start(&self, program: impl AsRef<OsStr>, arguments: &[&str], out: Stdio) -> Running {
        let mut command = Command::new("setsid");
        command.arg("--ctty").arg(program).args(arguments);
        command.env("TERM", "xterm-256color");
        command.stdin(self.stream()).stderr(self.stream()).stdout(out);
        Running(command.spawn().expect("setsid of util-linux"))
    }

    fn pagewalk(&self, arguments: &[&str], out: Stdio) -> Running {
        self.start(env!("CARGO_BIN_EXE_pagewalk"), arguments, out)
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    fn text(&self) -> String {
        self.screen.lock().expect("no panic").screen().contents()
    }

    /// Waits until the screen shows something.
    fn wait_for(&self, said: &str) -> String {
        let since = Instant::now();
        loop {
            let text = self.text();
            if text.contains(said) {
                return text;
            }
            assert!(since.elapsed() < PATIENCE, "`{said}` does not appear:\n{text}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The terminal is as it was before.
    fn is_restored(&self) -> bool {
        // What was written last may still be on its way.
        let since = Instant::now();
        loop {
            let modes = tcgetattr(&self.device).expect("a terminal").local_modes;
            let cooked = modes.contains(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
            let parser = self.screen.lock().expect("no panic");
            if cooked && !parser.screen().alternate_screen() && !parser.screen().hide_cursor() {
                return true;
            }
            drop(parser);
            if since.elapsed() > Duration::from_secs(5) {
                return false;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn ended(Running(child): &mut Running) -> Option<i32> {
    let since = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code();
        }
        if since.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("it does not end");
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn out_file(folder: &TempDir) -> (std::path::PathBuf, Stdio) {
    let path = folder.path().join("out");
    let file = File::create(&path).expect("a file");
    (path, file.into())
}

/// Stores and loads on some pages, with instructions.
fn accesses(lines: usize) -> String {
    let line = |at: usize| {
        let page = 0x40_0000 + at * at % 37 * 0x1000;
        format!("I  {:08x},4\n S {page:08x},8\n", 0x1_0000 + at % 1000 * 4)
    };
    (0..lines).map(line).collect()
}

/// A trace that comes piece by piece, so that the run is where the test wants it.
#[test]
fn a_trace_is_shown_while_it_runs_and_its_report_is_the_same() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let text = accesses(400_000);
    // The name of the process is that of the file, so both have one.
    std::fs::create_dir(path("plain")).expect("a folder");
    std::fs::write(path("plain/pipe"), &text).expect("a file");
    mknodat(CWD, path("pipe"), FileType::Fifo, Mode::RWXU, 0).expect("a pipe");
    let shown = |name: &str| path(name).display().to_string();
    for options in [&["--json"][..], &[]] {
        let mut pty = Pty::open();
        let (out, stream) = out_file(&folder);
        let pipe = shown("pipe");
        let mut child = pty.pagewalk(&[&["trace", &pipe, "--watch"], options].concat(), stream);
        let mut writer = File::create(path("pipe")).expect("the pipe opens");
        let half = text.len() / 2 / 4096 * 4096;
        // Slowly enough for some pictures.
        for piece in text.as_bytes()[..half].chunks(half / 16) {
            writer.write_all(piece).expect("it reads");
            thread::sleep(Duration::from_millis(100));
        }
        let screen = pty.wait_for("MPKI");
        assert!(screen.starts_with(" pagewalk trace pipe on rv64_linux, Sv39"), "{screen}");
        for said in
            ["minor page faults", "entries read per walk", "page tables", "over the run", "q  stop"]
        {
            pty.wait_for(said);
        }
        assert!(!screen.contains("pc 0x") && !screen.contains("console"), "{screen}");
        pty.press("p");
        pty.wait_for("paused");
        pty.press("p");
        pty.wait_for("running");
        writer.write_all(&text.as_bytes()[half..]).expect("it reads");
        drop(writer);
        assert_eq!(ended(&mut child), Some(0), "{}", pty.text());
        assert!(pty.is_restored());
        let (plain, _, status) = pagewalk(&[&["trace", &shown("plain/pipe")], options].concat());
        let watched = std::fs::read_to_string(&out).expect("a report");
        assert_eq!((&watched, status), (&plain, 0));
        assert!(watched.contains("minor_faults"), "{watched}");
    }
}

/// What is printed on the terminal itself appears when the dashboard is gone.
#[test]
fn results_on_the_terminal_follow_the_dashboard() {
    let options = ["--ops", "3000", "--mode", "sv39", "--policy", "clock,fifo"];
    let pty = Pty::open();
    let soak = [&["soak"], &options[..]].concat();
    let watched = [&soak[..], &["--watch"]].concat();
    let mut child = pty.pagewalk(&watched, pty.stream());
    assert_eq!(ended(&mut child), Some(0), "{}", pty.text());
    assert!(pty.is_restored());
    let (plain, _, _) = pagewalk(&soak);
    let screen = pty.wait_for("0 failed");
    let words = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(words(&screen), words(&plain));
}

#[test]
fn a_sweep_shows_its_results_as_they_come() {
    let folder = TempDir::new().expect("a folder");
    let sweep = [
        "explore",
        "belady-with-3-frames",
        "--sweep",
        "process.belady.frames=1..7",
        "--measure",
        "minor_faults",
        "--csv",
    ];
    let pty = Pty::open();
    let (out, stream) = out_file(&folder);
    let mut child = pty.pagewalk(&[&sweep[..], &["--watch"]].concat(), stream);
    assert_eq!(ended(&mut child), Some(0), "{}", pty.text());
    assert!(pty.is_restored());
    let (plain, _, _) = pagewalk(&sweep);
    assert_eq!(std::fs::read_to_string(out).expect("a table"), plain);
}

/// A soak that would run for hours.
fn endless(pty: &Pty, folder: &TempDir) -> (Running, std::path::PathBuf) {
    let (out, stream) = out_file(folder);
    let options = ["--ops", "100000000", "--mode", "sv39", "--policy", "clock", "--watch"];
    let child = pty.pagewalk(&[&["soak"], &options[..]].concat(), stream);
    // A picture may come in pieces.
    for said in ["minor page faults", "pagewalk soak", "now: Sv39 clock", "evictions", "results"] {
        pty.wait_for(said);
    }
    (child, out)
}

/// Prints a line, and goes round for ever.
const ROUND: &str = r#"
.globl _start
_start: li t0, 0x10000000
        la t1, text
print:  lbu t2, 0(t1)
        beqz t2, around
        sb t2, 0(t0)
        addi t1, t1, 1
        j print
around: addi t2, t2, 1
        j around
text:   .asciz "hello from inside\n"
"#;

#[test]
fn a_program_is_shown_where_it_is() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("round.S"), ROUND).expect("a file");
    let compiler = Command::new("riscv64-unknown-elf-gcc")
        .args(["-march=rv64imac", "-mabi=lp64", "-mcmodel=medany", "-nostdlib", "-static"])
        .args(["-Wl,-N,-Ttext=0x80000000", &path("round.S"), "-o", &path("round")])
        .status();
    let Ok(status) = compiler else {
        println!("skipped: tool riscv64-unknown-elf-gcc missing");
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI needs a compiler");
        return;
    };
    assert!(status.success());
    let mut pty = Pty::open();
    let (out, stream) = out_file(&folder);
    let mut child = pty.pagewalk(&["exec", &path("round"), "--watch"], stream);
    for said in [
        "around",
        "console",
        "hello from inside",
        "M-mode  pc 0x800000",
        "satp Bare",
        "store page fault",
        "by address space",
    ] {
        pty.wait_for(said);
    }
    pty.press("q");
    assert_eq!(ended(&mut child), Some(130));
    assert!(pty.is_restored());
    pty.wait_for(": interrupted");
    assert_eq!(std::fs::read_to_string(out).expect("a console"), "hello from inside\n");
}

#[test]
fn a_key_or_a_signal_ends_the_run_with_its_report() {
    let folder = TempDir::new().expect("a folder");
    for how in ["q", "\u{3}", "SIGTERM", "paused, then q"] {
        let mut pty = Pty::open();
        let (mut child, out) = endless(&pty, &folder);
        match how {
            "SIGTERM" => {
                let pid = Pid::from_child(&child.0);
                kill_process(pid, Signal::TERM).expect("it is there");
            }
            "paused, then q" => {
                pty.press("p");
                pty.wait_for("paused");
                pty.press("q");
            }
            key => pty.press(key),
        }
        assert_eq!(ended(&mut child), Some(130), "{how}");
        assert!(pty.is_restored(), "{how}");
        pty.wait_for("interrupted: rounds that were complete until then are counted");
        let report = std::fs::read_to_string(out).expect("a report");
        assert!(report.contains("1 soaks, ") && report.contains("0 failed"), "{how}: {report}");
    }
}

#[test]
fn a_second_interrupt_ends_the_command_at_once() {
    let folder = TempDir::new().expect("a folder");
    let mut pty = Pty::open();
    let (mut child, _) = endless(&pty, &folder);
    pty.press("\u{3}\u{3}");
    assert_eq!(ended(&mut child), Some(130));
    assert!(pty.is_restored());
}

/// Not a test by itself: the next one runs it in a terminal.
#[test]
#[ignore = "it panics, for the test of that name"]
fn panics_inside() {
    static STOP: AtomicBool = AtomicBool::new(false);
    let dashboard = Dashboard::start(&STOP).expect("a terminal");
    let title = "about to panic".to_owned();
    dashboard.viewer().show(Snapshot { title, ..Snapshot::default() });
    thread::sleep(Duration::from_millis(600));
    panic!("so it is");
}

#[test]
fn a_panic_gives_the_terminal_back() {
    let pty = Pty::open();
    let itself = std::env::current_exe().expect("a path");
    let arguments = ["watch::panics_inside", "--exact", "--ignored", "--nocapture"];
    let mut child = pty.start(itself, &arguments, Stdio::null());
    pty.wait_for("pagewalk about to panic");
    assert_ne!(ended(&mut child), Some(0));
    assert!(pty.is_restored());
    pty.wait_for("so it is");
}

#[test]
fn without_a_terminal_or_an_effect_it_is_an_error() {
    let trace = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/traces/sort.lackey.zst");
    let trace = trace.display().to_string();
    for arguments in [
        &["trace", &trace, "--watch"][..],
        &["trace", &trace, "--watch", "--config", "rv64_tiny,rv64_small"],
        &["soak", "--ops", "10", "--watch"],
        &["explore", "faults-against-frames", "--watch"],
    ] {
        let (out, error, status) = pagewalk(arguments);
        assert_eq!((out.as_str(), status), ("", 2), "{error}");
        assert!(error.contains("--watch needs a terminal"), "{arguments:?}: {error}");
    }
    for (arguments, said) in [
        (&["explore", "--watch"][..], "--watch has no effect here"),
        (&["soak", "--print", "--watch"], "cannot be used with"),
        (&["explore", "--merge", "x", "--watch"], "cannot be used with"),
    ] {
        let (_, error, status) = pagewalk(arguments);
        assert!(status == 2 && error.contains(said), "{arguments:?}: {error}");
    }
}
