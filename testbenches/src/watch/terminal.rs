//! Takes the terminal for the dashboard, and gives it back as it was: at the end, after a panic, and
//! before the process ends by a signal.

use std::io::{self, IsTerminal, Write, stderr, stdout};
use std::panic;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use signal_hook::consts::{SIGHUP, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::cli::output;

/// The exit status of a process that was interrupted.
const INTERRUPTED: i32 = 130;

/// Whether the dashboard has the terminal. Who draws holds the lock, so that nothing is drawn after
/// the terminal was given back.
static TAKEN: Mutex<bool> = Mutex::new(false);

/// Where the dashboard is drawn.
pub(super) enum Stream {
    Error(io::Stderr),
    Out(io::Stdout),
}

impl Stream {
    /// The one that is a terminal.
    fn find() -> Option<Stream> {
        if stderr().is_terminal() {
            return Some(Stream::Error(stderr()));
        }
        stdout().is_terminal().then(|| Stream::Out(stdout()))
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Error(stream) => stream.write(bytes),
            Stream::Out(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Error(stream) => stream.flush(),
            Stream::Out(stream) => stream.flush(),
        }
    }
}

/// The screen of the dashboard; standard error is unbuffered, so a frame is collected first.
pub(super) type Screen = Terminal<CrosstermBackend<io::BufWriter<Stream>>>;

/// Takes the terminal. From now on a panic gives it back, and SIGTERM, SIGHUP and SIGQUIT set
/// `stop`; a second one ends the process.
///
/// # Errors
/// If there is no terminal, or it does not obey.
pub(super) fn take(stop: &'static AtomicBool) -> anyhow::Result<Screen> {
    let Some(stream) = Stream::find() else {
        anyhow::bail!(
            "--watch needs a terminal to draw on: neither standard error nor standard output is one"
        );
    };
    prepare(stop)?;
    let mut taken = lock();
    // Keys are read from standard input or, where that is a pipe, from the controlling terminal.
    enable_raw_mode()
        .map_err(|error| anyhow::anyhow!("--watch needs a terminal to read keys from: {error}"))?;
    *taken = true;
    output::hold();
    drop(taken);
    let screen = enter(stream);
    if screen.is_err() {
        leave();
    }
    Ok(screen?)
}

fn enter(mut stream: Stream) -> io::Result<Screen> {
    execute!(stream, EnterAlternateScreen, Hide)?;
    Terminal::new(CrosstermBackend::new(io::BufWriter::with_capacity(1 << 16, stream)))
}

/// Gives the terminal back, and prints what was kept. Without effect if the dashboard does not have
/// it.
pub(crate) fn leave() {
    let mut taken = try_lock();
    let was_taken = taken.as_mut().is_none_or(|taken| std::mem::replace(&mut **taken, false));
    if !was_taken {
        return;
    }
    // A terminal that is gone needs nothing.
    let _ = Stream::find().map(|mut stream| execute!(stream, LeaveAlternateScreen, Show));
    let _ = disable_raw_mode();
    output::release();
}

/// Draws, if the dashboard still has the terminal; `None` if not.
pub(super) fn with<T>(draw: impl FnOnce() -> T) -> Option<T> {
    let taken = lock();
    taken.then(draw)
}

fn lock() -> MutexGuard<'static, bool> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Handlers of panics and signals, once for the process.
fn prepare(stop: &'static AtomicBool) -> io::Result<()> {
    static PREPARED: Once = Once::new();
    let mut signals = None;
    let mut failed = Ok(());
    PREPARED.call_once(|| match Signals::new([SIGTERM, SIGHUP, SIGQUIT]) {
        Ok(registered) => signals = Some(registered),
        Err(error) => failed = Err(error),
    });
    failed?;
    let Some(mut signals) = signals else { return Ok(()) };
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        leave();
        before(panicked);
    }));
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for _ in signals.forever() {
            end(stop);
        }
    })?;
    Ok(())
}

/// The lock, unless whoever draws keeps it: it may be the thread that panics, or wait for a terminal
/// that takes nothing any more.
fn try_lock() -> Option<MutexGuard<'static, bool>> {
    (0..200).find_map(|_| match TAKEN.try_lock() {
        Ok(taken) => Some(taken),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => {
            thread::sleep(Duration::from_millis(1));
            None
        }
    })
}

/// Asks the run to stop. If it was asked already, or has no dashboard any more, ends the process; also
/// if the terminal takes nothing any more, for then nobody can be told anything.
pub(super) fn end(stop: &AtomicBool) {
    let asked = stop.swap(true, Ordering::Relaxed);
    match try_lock().map(|taken| *taken) {
        Some(true) if !asked => {}
        Some(_) => {
            leave();
            process::exit(INTERRUPTED);
        }
        None => process::exit(INTERRUPTED),
    }
}
