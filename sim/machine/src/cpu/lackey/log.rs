//! Valgrind's own lines between the accesses, and which process wrote last.
//!
//! Accesses carry no process number. Valgrind's own lines do, and a process begins and ends with
//! some: an access belongs to the process of the line before it, unless that process has ended;
//! then to the one before that. No line marks the beginning of a forked child.

/// The processes of a log.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    /// Every process that wrote a line, in the order of their first lines.
    all: Vec<u32>,
    /// Those that have not ended; the one that wrote last is at the end.
    alive: Vec<u32>,
}

impl Log {
    /// The processes that wrote lines.
    pub(super) fn processes(&self) -> &[u32] {
        &self.all
    }

    /// The process whose accesses follow.
    pub(super) fn current(&self) -> Option<u32> {
        self.alive.last().copied()
    }

    /// Takes one of Valgrind's own lines; `false` if it is not one.
    pub(super) fn take(&mut self, line: &[u8]) -> bool {
        let Some((pid, text)) = own(line) else { return line.starts_with(b"==") };
        if !self.all.contains(&pid) {
            self.all.push(pid);
        }
        self.alive.retain(|alive| *alive != pid);
        if !text.trim_ascii_start().starts_with(b"Exit code:") {
            self.alive.push(pid);
        }
        true
    }
}

/// The process number and the text of `==PID== text`, and of the same with `--` or `**`; with
/// `--time-stamp=yes` a time precedes the number, with `-d` a colon follows it.
fn own(line: &[u8]) -> Option<(u32, &[u8])> {
    let mark = line.get(..2).filter(|mark| matches!(*mark, b"==" | b"--" | b"**"))?;
    let mut rest = &line[2..];
    if let Some(blank) = rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b':' | b'.'))
        && rest[blank] == b' '
    {
        rest = &rest[blank + 1..];
    }
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let pid = str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    let rest = &rest[digits..];
    match rest.strip_prefix(mark) {
        Some(text) => Some((pid, text)),
        None => Some((pid, rest.strip_prefix(b":")?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valgrinds_own_lines_are_known_and_others_are_not() {
        for line in [
            "==12== Command: x",
            "==12==",
            "--12-- WARNING: unhandled amd64-linux syscall: 449",
            "**12** printed by the program",
            "==00:00:00:01.250 12== with a time",
            "--12:1:main    a line of -d",
        ] {
            assert_eq!(own(line.as_bytes()).map(|(pid, _)| pid), Some(12), "{line}");
        }
        for line in ["--x--", "-- 12", "**12", "--12==", "", "=", " L 12,3", "--99999999999--"] {
            assert_eq!(own(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn accesses_belong_to_the_process_that_wrote_last_and_lives() {
        let mut log = Log::default();
        assert_eq!(log.current(), None);
        for (line, current) in [
            ("==1== Command: sh", Some(1)),
            ("==2== Command: ls", Some(2)),
            ("--2-- WARNING", Some(2)),
            ("==2== Exit code:       0", Some(1)),
            ("==1== Exit code:       0", None),
        ] {
            assert!(log.take(line.as_bytes()));
            assert_eq!(log.current(), current, "{line}");
        }
        assert_eq!(log.processes(), [1, 2]);
        assert!(log.take(b"== a comment"));
        assert!(!log.take(b"-- a comment"));
    }
}
