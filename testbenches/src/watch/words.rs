//! Numbers as people read them.

use std::time::Duration;

/// With thousands separated.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// In at most five characters: `950`, `1.25k`, `12.5M`.
pub(super) fn short(number: f64) -> String {
    const UNITS: [&str; 6] = ["", "k", "M", "G", "T", "P"];
    let (mut number, mut unit) = (number.max(0.0), 0);
    // What would be printed as 1000 is a thousand.
    while number >= 999.5 && unit + 1 < UNITS.len() {
        (number, unit) = (number / 1000.0, unit + 1);
    }
    let decimals = match number {
        _ if number >= 99.95 => 0,
        _ if number >= 9.995 => 1,
        // A count below ten is whole.
        _ if unit == 0 && number.fract() == 0.0 => 0,
        _ => 2,
    };
    format!("{number:.decimals$}{}", UNITS[unit])
}

/// A quotient in percent, as `99.87 %`; `-` where there is nothing to divide by.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    // Only what is whole is called 100.
    let exact = part as f64 / whole as f64 * 100.0;
    let shown = if part < whole { (exact * 100.0).floor() / 100.0 } else { exact };
    format!("{shown:.2} %")
}

/// A quotient with two decimals; `-` likewise.
pub(super) fn quotient(part: u64, whole: u64, times: f64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    format!("{:.2}", part as f64 * times / whole as f64)
}

/// A time as `0:07`, `12:34` or `1:02:03`.
pub(super) fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// A line of a program, as a terminal may show it: no control characters, tabs as blanks.
pub(super) fn printable(line: &str) -> String {
    let line = line.replace('\t', "    ");
    line.chars().filter(|character| !character.is_control()).collect()
}
