//! The thread that draws and listens to keys, and what a run sees of it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::screen::{State, View};
use super::snapshot::Snapshot;
use super::terminal::{self, Screen};

/// The time between two pictures.
const PERIOD: Duration = Duration::from_millis(250);
/// The moments over which the present speed is measured: about two seconds.
const RECENT: usize = 8;
/// The most lines that are kept of what a program prints, and the longest.
const LINES: usize = 200;
const LONGEST: usize = 400;

/// A dashboard in the terminal, until it is dropped.
pub struct Dashboard {
    viewer: Viewer,
    thread: Option<JoinHandle<()>>,
}

/// What a run sees of the dashboard; it may be cloned into every part of it.
#[derive(Clone)]
pub struct Viewer(Arc<Shared>);

struct Shared {
    /// A new picture is wanted.
    wanted: AtomicBool,
    /// The dashboard ends.
    over: AtomicBool,
    stop: &'static AtomicBool,
    paused: Mutex<bool>,
    changed: Condvar,
    newest: Mutex<Option<Snapshot>>,
    printed: Mutex<Printed>,
}

/// The last lines of what a program printed.
#[derive(Default)]
struct Printed {
    lines: VecDeque<String>,
    /// The line that is not complete.
    rest: Vec<u8>,
}

impl Printed {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' => {
                    let line = std::mem::take(&mut self.rest);
                    self.lines.push_back(String::from_utf8_lossy(&line).into_owned());
                    if self.lines.len() > LINES {
                        self.lines.pop_front();
                    }
                }
                // What follows is written over the line.
                b'\r' => {}
                _ if self.rest.len() < LONGEST => self.rest.push(*byte),
                _ => {}
            }
        }
    }

    fn lines(&self) -> Vec<String> {
        let rest =
            (!self.rest.is_empty()).then(|| String::from_utf8_lossy(&self.rest).into_owned());
        self.lines.iter().cloned().chain(rest).collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Viewer {
    /// Shows a moment of the run if a picture is wanted; otherwise `snapshot` is not called, and
    /// this costs nothing. Returns after the user has ended a pause.
    #[inline]
    pub fn look(&self, snapshot: impl FnOnce() -> Snapshot) {
        if self.0.wanted.load(Ordering::Relaxed) {
            self.show(snapshot());
        }
    }

    /// Shows a moment of the run in any case.
    #[cold]
    pub fn show(&self, snapshot: Snapshot) {
        self.0.wanted.store(false, Ordering::Relaxed);
        *lock(&self.0.newest) = Some(snapshot);
        let mut paused = lock(&self.0.paused);
        while *paused {
            paused = self.0.changed.wait(paused).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The program has printed something.
    pub fn print(&self, bytes: &[u8]) {
        lock(&self.0.printed).add(bytes);
    }

    /// The last lines that it has printed.
    pub fn printed(&self) -> Vec<String> {
        lock(&self.0.printed).lines()
    }
}

impl Shared {
    fn pause(&self, paused: bool) {
        *lock(&self.paused) = paused;
        self.changed.notify_all();
    }

    fn state(&self) -> State {
        if self.stop.load(Ordering::Relaxed) {
            State::Stopping
        } else if *lock(&self.paused) {
            State::Paused
        } else {
            State::Running
        }
    }
}

impl Dashboard {
    /// Takes the terminal. A wish of the user to stop sets `stop`; a second Ctrl-C ends the process.
    ///
    /// # Errors
    /// If there is no terminal.
    pub fn start(stop: &'static AtomicBool) -> anyhow::Result<Dashboard> {
        let screen = terminal::take(stop)?;
        let shared = Shared {
            wanted: AtomicBool::new(true),
            over: AtomicBool::new(false),
            stop,
            paused: Mutex::default(),
            changed: Condvar::new(),
            newest: Mutex::default(),
            printed: Mutex::default(),
        };
        let viewer = Viewer(Arc::new(shared));
        let shared = viewer.0.clone();
        let thread = thread::Builder::new().name("dashboard".to_owned());
        let thread = thread.spawn(move || watch(&shared, screen));
        let thread = thread.inspect_err(|_| terminal::leave())?;
        Ok(Dashboard { viewer, thread: Some(thread) })
    }

    /// What the run is given.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }
}

impl Drop for Dashboard {
    /// Gives the terminal back, and prints what was kept meanwhile.
    fn drop(&mut self) {
        self.viewer.0.over.store(true, Ordering::Relaxed);
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
        terminal::leave();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Draws and listens until the dashboard is over, or the terminal is gone.
fn watch(shared: &Shared, mut screen: Screen) {
    let mut view = View::default();
    let mut recent: VecDeque<(Duration, u64)> = VecDeque::new();
    let mut last = Instant::now();
    while !shared.over.load(Ordering::Relaxed) {
        let state = shared.state();
        if view.state != State::Paused {
            view.elapsed += last.elapsed();
        }
        last = Instant::now();
        view.state = state;
        if state == State::Stopping {
            shared.pause(false);
        }
        if let Some(snapshot) = lock(&shared.newest).take() {
            view.history.add(&snapshot);
            let at = snapshot.along().map_or(0, |(at, _)| at);
            if recent.back().is_some_and(|(_, last)| at < *last) {
                recent.clear();
            }
            recent.push_back((view.elapsed, at));
            if recent.len() > RECENT {
                recent.pop_front();
            }
            view.speed = speed(&recent);
            view.snapshot = Some(snapshot);
        }
        let drawn = terminal::with(|| {
            screen.draw(|frame| frame.render_widget(&view, frame.area())).is_ok()
        });
        if drawn != Some(true) {
            shared.pause(false);
            return;
        }
        shared.wanted.store(true, Ordering::Relaxed);
        if !listen(shared) {
            shared.pause(false);
            return;
        }
    }
}

/// What is done in a second, by the recent moments.
fn speed(recent: &VecDeque<(Duration, u64)>) -> Option<f64> {
    let ((from, before), (until, now)) = (recent.front()?, recent.back()?);
    let seconds = until.saturating_sub(*from).as_secs_f64();
    (seconds > 0.1).then(|| now.saturating_sub(*before) as f64 / seconds)
}

/// Waits for a key, at most until the next picture. `false` if there is no terminal any more.
fn listen(shared: &Shared) -> bool {
    let until = Instant::now() + PERIOD;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        // In short steps, so that the end of the run need not wait.
        match event::poll(left.min(PERIOD / 5)) {
            Ok(true) => match event::read() {
                Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => {
                    pressed(shared, key);
                    return true;
                }
                Ok(Event::Resize(..)) => return true,
                Ok(_) => {}
                Err(_) => return false,
            },
            Ok(false) => {}
            Err(_) => return false,
        }
        if left.is_zero() || shared.over.load(Ordering::Relaxed) {
            return true;
        }
    }
}

fn pressed(shared: &Shared, key: KeyEvent) {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('c') if control => terminal::end(shared.stop),
        KeyCode::Char('q') => shared.stop.store(true, Ordering::Relaxed),
        KeyCode::Char('p' | ' ') => {
            let paused = *lock(&shared.paused);
            shared.pause(!paused);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_until_there_are_too_many() {
        let mut printed = Printed::default();
        printed.add(b"one\r\ntw");
        assert_eq!(printed.lines(), ["one", "tw"]);
        printed.add(b"o\n");
        assert_eq!(printed.lines(), ["one", "two"]);
        (0..LINES).for_each(|_| printed.add(b"more\n"));
        let lines = printed.lines();
        assert_eq!((lines.len(), lines[0].as_str()), (LINES, "more"));
        printed.add(&[b'x'; 3 * LONGEST]);
        assert_eq!(printed.lines().last().map(String::len), Some(LONGEST));
    }

    #[test]
    fn the_speed_is_that_of_the_recent_moments() {
        let moment = |seconds, at| (Duration::from_secs(seconds), at);
        assert_eq!(speed(&VecDeque::from([moment(1, 100)])), None);
        assert_eq!(speed(&VecDeque::from([moment(1, 100), moment(3, 500)])), Some(200.0));
    }
}
