//! The terminal on which the computer's serial port is.
//!
//! On a terminal, keys go to the computer one by one, and Ctrl-A is for Pagewalk: `Ctrl-A x` ends the
//! run, `Ctrl-A c` is a Ctrl-C for the computer, and `Ctrl-A Ctrl-A` is a Ctrl-A for it. Ctrl-C ends
//! the run, as everywhere. Without a terminal, standard input is a script: a line is typed whenever
//! software waits for one, and its end is a Ctrl-D.

use std::io::{self, IsTerminal, Read, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, TryRecvError};
use std::thread;
use std::time::Duration;

use rustix::termios::{self, OptionalActions, Termios};

/// The terminal does not do what is needed.
#[derive(Debug, thiserror::Error)]
#[error("the terminal cannot be used: {0}")]
pub struct ConsoleError(#[from] io::Error);

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Nothing.
    Nothing,
    /// These characters.
    Text(Vec<u8>),
    /// The wish to end the run.
    End,
}

const ESCAPE: u8 = 1;
const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;

/// Keys, with the meaning of the escape key.
#[derive(Debug, Default)]
struct Keys {
    escaped: bool,
}

impl Keys {
    /// What keys mean; after the wish to end nothing counts.
    fn press(&mut self, keys: &[u8]) -> Typed {
        let mut text = Vec::new();
        for &key in keys {
            match (std::mem::take(&mut self.escaped), key) {
                (true, b'x' | b'X') | (_, CTRL_C) => return Typed::End,
                (true, b'c' | b'C') => text.push(CTRL_C),
                (true, ESCAPE) => text.push(ESCAPE),
                // Another key: as if the escape key had not been there.
                (true, _) => text.push(key),
                (false, ESCAPE) => self.escaped = true,
                (false, _) => text.push(key),
            }
        }
        if text.is_empty() { Typed::Nothing } else { Typed::Text(text) }
    }
}

/// The terminal, or a script in its place.
pub struct Console {
    input: Receiver<Vec<u8>>,
    keys: Keys,
    /// What the terminal was like; `None` if there is none.
    before: Option<Termios>,
    /// Of a script: read and not typed yet; the lines that were typed, how many of them in this run,
    /// and whether its end was.
    script: Vec<u8>,
    lines: Vec<Vec<u8>>,
    typed: usize,
    ended: bool,
}

impl Console {
    /// Takes standard input. A terminal gives each key at once until this is dropped.
    ///
    /// # Errors
    /// [`ConsoleError`].
    pub fn open() -> Result<Console, ConsoleError> {
        let stdin = io::stdin();
        let interactive = stdin.is_terminal() && io::stdout().is_terminal();
        let before = match interactive {
            true => {
                let before = termios::tcgetattr(&stdin).map_err(io::Error::from)?;
                let mut raw = before.clone();
                raw.make_raw();
                // What is printed keeps its line ends.
                raw.output_modes = before.output_modes;
                termios::tcsetattr(&stdin, OptionalActions::Now, &raw).map_err(io::Error::from)?;
                Some(before)
            }
            false => None,
        };
        let (sender, input) = mpsc::channel();
        thread::spawn(move || {
            let mut keys = [0; 256];
            // It ends with the process: a read cannot be called off.
            while let Ok(count @ 1..) = io::stdin().lock().read(&mut keys) {
                if sender.send(keys[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let (script, lines, typed, ended) = (Vec::new(), Vec::new(), 0, false);
        Ok(Console { input, keys: Keys::default(), before, script, lines, typed, ended })
    }

    /// Whether somebody sits there.
    pub fn is_interactive(&self) -> bool {
        self.before.is_some()
    }

    /// What was typed since the last call, on a terminal.
    pub fn typed(&mut self) -> Typed {
        if !self.is_interactive() {
            return Typed::Nothing;
        }
        match self.input.try_recv() {
            Ok(keys) => self.keys.press(&keys),
            Err(TryRecvError::Empty) => Typed::Nothing,
            Err(TryRecvError::Disconnected) => Typed::End,
        }
    }

    /// Waits for keys, at most so long.
    pub fn wait(&mut self, most: Duration) -> Typed {
        match self.input.recv_timeout(most) {
            Ok(keys) => self.keys.press(&keys),
            Err(RecvTimeoutError::Timeout) => Typed::Nothing,
            Err(RecvTimeoutError::Disconnected) => Typed::End,
        }
    }

    /// The next line of a script, after its last one a Ctrl-D, and then nothing.
    pub fn line(&mut self) -> Option<Vec<u8>> {
        if self.typed == self.lines.len() {
            let line = self.read_line()?;
            self.lines.push(line);
        }
        self.typed += 1;
        self.lines.get(self.typed - 1).cloned()
    }

    /// A script begins again, for another run.
    pub fn rewind(&mut self) {
        self.typed = 0;
    }

    fn read_line(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(end) = self.script.iter().position(|byte| *byte == b'\n') {
                return Some(self.script.drain(..=end).collect());
            }
            match self.input.recv() {
                Ok(more) => self.script.extend(more),
                Err(_) if !self.script.is_empty() => return Some(std::mem::take(&mut self.script)),
                Err(_) if !self.ended => {
                    self.ended = true;
                    return Some(vec![CTRL_D]);
                }
                Err(_) => return None,
            }
        }
    }

    /// Shows what was printed.
    pub fn flush() {
        // Who closes the pipe does not want it.
        let _ = io::stdout().flush();
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = termios::tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_escape_key_is_for_us_and_everything_else_for_the_computer() {
        let typed = |keys: &[u8]| Keys::default().press(keys);
        assert_eq!(typed(b"ls\r"), Typed::Text(b"ls\r".to_vec()));
        assert_eq!(typed(b"ls\x03"), Typed::End);
        assert_eq!(typed(b"\x01x"), Typed::End);
        assert_eq!(typed(b"a\x01cb"), Typed::Text(b"a\x03b".to_vec()));
        assert_eq!(typed(b"\x01\x01"), Typed::Text(b"\x01".to_vec()));
        assert_eq!(typed(b"\x01"), Typed::Nothing);
        let mut keys = Keys::default();
        assert_eq!(keys.press(b"\x01"), Typed::Nothing);
        assert_eq!(keys.press(b"x"), Typed::End);
    }
}
