//! What a boot has shown, in the words of a table.

use serde::{Deserialize, Serialize};
use testbenches::linux::console;

use crate::figures::thousands;

/// A boot that has ended.
#[derive(Serialize, Deserialize)]
pub(super) struct Boot {
    pub(super) console: String,
    /// Why it ended.
    pub(super) end: String,
    pub(super) powered_off: bool,
    pub(super) instructions: u64,
    pub(super) checked: u64,
    pub(super) faults: u64,
}

/// A text in a cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// A line of a console as code, without the time in front and without what is too long.
fn line(text: &str) -> String {
    const LONGEST: usize = 90;
    let text = text.trim_end_matches('\r');
    let plain = match text.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((time, rest)) if time.trim().parse::<f64>().is_ok() => rest,
        _ => text,
    };
    let plain = plain.replace('`', "'");
    match plain.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}`…", &plain[..end]),
        None => format!("`{}`", plain.trim_end()),
    }
}

/// What the console shows, and how it ended, beside a boot of sound hardware.
pub(super) fn told(boot: &Boot, sound: &Boot) -> String {
    const PANIC: &str = "Kernel panic - not syncing: ";
    let panic = boot.console.lines().find_map(|line| line.split_once(PANIC));
    let end = match panic {
        Some((_, why)) => format!("panic, {}", line(why)),
        None if boot.powered_off => "then it goes on and powers off".to_owned(),
        None => format!("no end: {}", boot.end),
    };
    let lines = sound.console.lines().count();
    match console::compare(&boot.console, &sound.console) {
        Err(console::Difference { ours: Some((number, ours)), .. }) => {
            format!("at line {number} of {lines}: {}; {end}", line(&ours))
        }
        Err(console::Difference { ours: None, theirs }) => {
            let missing = theirs.map_or(String::new(), |(_, text)| line(&text));
            let number = boot.console.lines().count();
            format!("silence after line {number} of {lines}, before {missing}; {end}")
        }
        Ok(_) if !boot.powered_off => format!("every line as it should be; {end}"),
        Ok(_) if boot.faults == sound.faults => "**nothing**".to_owned(),
        Ok(_) => format!(
            "**nothing**; {} page faults instead of {}",
            thousands(boot.faults),
            thousands(sound.faults)
        ),
    }
}

/// The first answer that the golden model refused.
pub(super) fn golden(boot: &Boot) -> String {
    let Some((_, why)) = boot.end.split_once("broke a rule: ") else {
        return format!("none of {}", thousands(boot.checked));
    };
    let mut parts = why.lines().map(str::trim);
    let first = parts.next().unwrap_or_default();
    // `cycle N: ACCESS of VA in MODE (registers)`
    let what = first.split_once(": ").map_or(first, |(_, what)| what);
    let what = what.split_once(" (").map_or(what, |(what, _)| what);
    let mut find = |word: &str| {
        let found = parts.by_ref().find_map(|part| part.strip_prefix(word))?;
        // Without attributes of the page and without the address, which is that of the access.
        Some(
            [" (", ", tval "]
                .iter()
                .fold(found, |text, end| text.split(end).next().unwrap_or(text)),
        )
    };
    let at = format!("instruction {}: {what}", thousands(boot.instructions));
    match (find("got "), find("expected ")) {
        (Some(got), Some(expected)) => format!("{at} gives {got}, not {expected}"),
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "banner\r\n[    0.000000] one\r\n[    0.000100] two\r\nthree\r\n";

    fn boot(console: &str, powered_off: bool) -> Boot {
        let (console, end) = (console.to_owned(), "stopped at the limit".to_owned());
        Boot { console, end, powered_off, instructions: 1000, checked: 0, faults: 5 }
    }

    #[test]
    fn what_a_console_shows_is_told() {
        let sound = boot(SOUND, true);
        assert_eq!(told(&boot(SOUND, true), &sound), "**nothing**");
        let fewer = Boot { faults: 4, ..boot(SOUND, true) };
        assert_eq!(told(&fewer, &sound), "**nothing**; 4 page faults instead of 5");
        let late = SOUND.replace("0.000100", "0.000300");
        assert_eq!(told(&boot(&late, true), &sound), "**nothing**");
        let other = SOUND.replace("two", "t|o");
        let wanted = "at line 3 of 4: `t|o`; then it goes on and powers off";
        assert_eq!(told(&boot(&other, true), &sound), wanted);
        assert_eq!(cell(wanted), wanted.replace('|', "\\|"));
        let silent = &SOUND[..SOUND.find("[    0.000100").expect("it is there")];
        let wanted = "silence after line 2 of 4, before `two`; no end: stopped at the limit";
        assert_eq!(told(&boot(silent, false), &sound), wanted);
        let panic =
            format!("{silent}[    0.1] Oops\r\n[    0.1] Kernel panic - not syncing: why\r\n");
        assert_eq!(told(&boot(&panic, false), &sound), "at line 3 of 4: `Oops`; panic, `why`");
    }

    #[test]
    fn what_the_golden_model_refuses_is_told_in_short() {
        let end = "the MMU broke a rule: cycle 7: store of 0x10 in S-mode (sum 0, mxr 0, satp 0x1)\n  \
                   got physical address 0x20 (main)\n  expected store page fault, tval 0x10\n    rule x"
            .to_owned();
        let refused = golden(&Boot { end, ..boot("", false) });
        let wanted = "instruction 1,000: store of 0x10 in S-mode gives physical address 0x20, not \
                      store page fault";
        assert_eq!(refused, wanted);
        let end =
            "the MMU broke a rule: cycle 7: the data request has waited for 9 cycles".to_owned();
        let silent = golden(&Boot { end, ..boot("", false) });
        assert_eq!(silent, "instruction 1,000: the data request has waited for 9 cycles");
        let fine = golden(&Boot { checked: 1234, ..boot("", true) });
        assert_eq!(fine, "none of 1,234");
    }
}
