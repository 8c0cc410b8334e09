//! Two consoles of the same boot on two machines: they must be equal, except for what a short list
//! of rules forgives.
//!
//! The list is what remained when one machine, given one device tree, was run at several speeds, and
//! when another machine took its place. A value that is forgiven must still be there and have its
//! form; one that only comes near must come near.

use std::sync::LazyLock;

use regex::Regex;

/// How far the numbers that a rule matches may be apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgive {
    /// Any value of the right form.
    Any,
    /// Numbers of which the smaller is at least seven eighths of the larger, or 64 less at most.
    Near,
    /// The whole line may stand elsewhere, and its numbers are as they are.
    Place,
}

/// What may differ.
pub struct Rule {
    /// What it matches, in a line without its time. Groups are what may differ.
    pub pattern: &'static str,
    /// How far.
    pub forgive: Forgive,
    /// Why.
    pub reason: &'static str,
}

/// The time in front of a kernel's line.
const STAMP: &str = r"^\[ *[0-9]+\.[0-9]{6}\] ";

/// The rules, besides that times in brackets at a line's beginning are not compared.
pub const RULES: &[Rule] = &[
    Rule {
        pattern: r"^audit: type=2000 audit\(([0-9]+\.[0-9]{3}):1\): ",
        forgive: Forgive::Any,
        reason: "the time once more, within the line",
    },
    Rule {
        pattern: r"^cpu[0-9]+: Ratio of byte access time to unaligned word access is ([0-9]+\.[0-9]{2}), ",
        forgive: Forgive::Any,
        reason: "a measurement of time",
    },
    Rule {
        pattern: r"^Freeing initrd memory: [0-9]+K$",
        forgive: Forgive::Place,
        reason: "a thread of its own unpacks the initramfs; how far the first one comes meanwhile is a matter of time",
    },
    Rule {
        pattern: r"^(?:MemFree|MemAvailable|Active|Active\(anon\)|AnonPages|Mapped|KReclaimable|Slab|SReclaimable|SUnreclaim|KernelStack|PageTables|VmallocUsed): +([0-9]+) kB$",
        forgive: Forgive::Near,
        reason: "memory in use at one moment: it depends on which threads have already ended",
    },
    Rule {
        pattern: r"^Experimental SBI Extensions : sse,fwft((?:,dbtr)?)$",
        forgive: Forgive::Any,
        reason: "calls for breakpoints are there if the hardware has any",
    },
    Rule {
        pattern: r"^Boot HART Priv Version      : v1\.([0-9]+)$",
        forgive: Forgive::Any,
        reason: "the firmware derives the version of the privileged specification from the registers that it finds",
    },
    Rule {
        pattern: r"^Boot HART ISA Extensions    : ([a-z0-9,-]+)$",
        forgive: Forgive::Any,
        reason: "extensions of machine mode that the firmware finds by trying; the kernel's line `isa` is compared",
    },
    Rule {
        pattern: r"^Boot HART PMP (?:Count|Granularity|Address Bits) +: ([0-9]+)",
        forgive: Forgive::Any,
        reason: "the size of the unit for physical memory protection is the implementer's choice",
    },
    Rule {
        pattern: r"^Boot HART MHPM Info         : ([0-9]+ \(0x[0-9a-f]{8}\))$",
        forgive: Forgive::Any,
        reason: "so is the number of event counters",
    },
    Rule {
        pattern: r"^riscv-pmu-sbi: [0-9]+ firmware and ([0-9]+) hardware counters$",
        forgive: Forgive::Any,
        reason: "the same number, as the kernel learns it from the firmware",
    },
    Rule {
        pattern: r"^Boot HART Debug Triggers    : ([0-9]+) triggers$",
        forgive: Forgive::Any,
        reason: "and the number of breakpoints in hardware",
    },
    Rule {
        pattern: r"^(?:mvendorid|marchid|mimpid)\t+: (0x[0-9a-f]+)$",
        forgive: Forgive::Any,
        reason: "the names of the machine and its maker",
    },
];

static STAMPED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(STAMP).ok());
static COMPILED: LazyLock<Vec<(Regex, Forgive)>> = LazyLock::new(|| {
    let compiled = RULES.iter().map(|rule| Some((Regex::new(rule.pattern).ok()?, rule.forgive)));
    // A test compiles each of them.
    compiled.collect::<Option<_>>().unwrap_or_default()
});

/// What was compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Lines.
    pub lines: usize,
    /// Lines of them that differ and that a rule forgives; a time alone does not count.
    pub forgiven: usize,
}

/// The first line that differs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the consoles differ\n  ours   {}\n  theirs {}", told(ours), told(theirs))]
pub struct Difference {
    /// Number from 1 and text of our line: `None` if there is none any more.
    pub ours: Option<(usize, String)>,
    /// Of theirs.
    pub theirs: Option<(usize, String)>,
}

fn told(line: &Option<(usize, String)>) -> String {
    match line {
        Some((number, text)) => format!("line {number}: {text}"),
        None => "end here".to_owned(),
    }
}

/// A line without carriage returns and time.
fn plain(line: &str) -> &str {
    split(line).1
}

/// Whether a line has a time, and the rest of it.
fn split(line: &str) -> (bool, &str) {
    let line = line.trim_end_matches('\r');
    let stamp = STAMPED.as_ref().and_then(|stamp| stamp.find(line));
    (stamp.is_some(), stamp.map_or(line, |stamp| &line[stamp.end()..]))
}

/// A line and its number from 1.
type Line<'a> = (usize, &'a str);

/// Lines: first those that have a place, then those that may stand
/// anywhere, in the order of their texts.
fn lines(console: &str) -> (Vec<Line<'_>>, Vec<Line<'_>>) {
    let movable = |line: &str| {
        COMPILED.iter().any(|(rule, forgive)| *forgive == Forgive::Place && rule.is_match(line))
    };
    let all = console.lines().enumerate().map(|(index, line)| (index + 1, line));
    let (mut moved, fixed): (Vec<_>, Vec<_>) = all.partition(|(_, line)| movable(plain(line)));
    moved.sort_by_key(|(_, line)| plain(line));
    (fixed, moved)
}

/// Compares two consoles line by line. Two that are empty agree, too, in no lines.
///
/// # Errors
/// The first difference that no rule forgives; of lines that may stand anywhere after all others.
pub fn compare(ours: &str, theirs: &str) -> Result<Agreement, Difference> {
    let (ours, theirs) = (lines(ours), lines(theirs));
    let mut agreement = Agreement::default();
    for (ours, theirs) in [(ours.0, theirs.0), (ours.1, theirs.1)] {
        for index in 0..ours.len().max(theirs.len()) {
            let pair = (ours.get(index), theirs.get(index));
            let equal = match pair {
                (Some((_, our)), Some((_, their))) => same(split(our), split(their)),
                _ => None,
            };
            let Some(exact) = equal else {
                let line = |line: Option<&Line<'_>>| {
                    line.map(|(number, text)| (*number, text.trim_end_matches('\r').to_owned()))
                };
                return Err(Difference { ours: line(pair.0), theirs: line(pair.1) });
            };
            agreement.lines += 1;
            agreement.forgiven += usize::from(!exact);
        }
    }
    Ok(agreement)
}

/// The part of a console that the kernel wrote: all from its first line on. To compare with a
/// machine that has no firmware, or another.
pub fn kernel(console: &str) -> Option<&str> {
    let mut at = 0;
    for line in console.split_inclusive('\n') {
        if plain(line).starts_with("Linux version ") {
            return Some(&console[at..]);
        }
        at += line.len();
    }
    None
}

/// Whether two lines agree: by a rule (false), or of themselves (true).
fn same(ours: (bool, &str), theirs: (bool, &str)) -> Option<bool> {
    if ours == theirs {
        return Some(true);
    }
    let ((our_time, ours), (their_time, theirs)) = (ours, theirs);
    if our_time != their_time {
        return None;
    }
    let rule = COMPILED.iter().filter(|(_, forgive)| *forgive != Forgive::Place);
    let mut rules = rule.filter_map(|(rule, forgive)| {
        let (our, their) = (rule.captures(ours)?, rule.captures(theirs)?);
        let (our, their) = (our.get(1)?, their.get(1)?);
        let around = ours[..our.start()] == theirs[..their.start()]
            || padded(&ours[..our.start()]) == padded(&theirs[..their.start()]);
        let near = *forgive == Forgive::Any || near(our.as_str(), their.as_str());
        (around && near && ours[our.end()..] == theirs[their.end()..]).then_some(false)
    });
    rules.next()
}

/// Numbers are set flush right: the fewer digits, the more spaces in front.
fn padded(text: &str) -> &str {
    text.trim_end_matches(' ')
}

fn near(ours: &str, theirs: &str) -> bool {
    let (Ok(ours), Ok(theirs)) = (ours.parse::<u64>(), theirs.parse::<u64>()) else {
        return false;
    };
    ours.abs_diff(theirs) <= (ours.max(theirs) / 8).max(64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines as a machine prints them.
    const THEIRS: &str = "\
Experimental SBI Extensions : sse,fwft,dbtr\r
Boot HART Priv Version      : v1.12\r
Boot HART Base ISA          : rv64imafdc\r
Boot HART ISA Extensions    : zicntr,zihpm,sdtrig\r
Boot HART PMP Count         : 16\r
Boot HART PMP Granularity   : 2 bits\r
Boot HART MHPM Info         : 16 (0x0007fff8)\r
Boot HART Debug Triggers    : 2 triggers\r
Boot HART MEDELEG           : 0x000000000000b109\r
[    0.000000] Linux version 6.12.117\r
[    0.001234] audit: type=2000 audit(0.004:1): state=initialized audit_enabled=0 res=1\r
[    0.028069] cpu0: Ratio of byte access time to unaligned word access is 7.95, unaligned accesses are fast\r
[    0.064783] Freeing initrd memory: 1576K\r
[    0.065543] Initialise system trusted keyrings\r
[    0.073668] riscv-pmu-sbi: 16 firmware and 18 hardware counters\r
marchid\t\t: 0x70216\r
MemTotal:          30580 kB\r
MemFree:           16188 kB\r
PageTables:           80 kB\r
[    0.120317] reboot: Power down\r
";

    /// The same with one line in another's place.
    fn with(old: &str, new: &str) -> String {
        assert_eq!(THEIRS.matches(old).count(), 1, "{old}");
        THEIRS.replace(old, new)
    }

    #[test]
    fn every_rule_is_used_and_is_a_pattern() {
        assert_eq!(COMPILED.len(), RULES.len());
        assert!(STAMPED.is_some());
        for (rule, Rule { pattern, forgive, reason }) in COMPILED.iter().zip(RULES) {
            let rule = &rule.0;
            assert!(THEIRS.lines().any(|line| rule.is_match(plain(line))), "{pattern}");
            let groups = rule.captures_len() - 1;
            assert_eq!(groups, usize::from(*forgive != Forgive::Place), "{pattern}");
            assert!(!reason.is_empty());
        }
    }

    #[test]
    fn equal_consoles_agree_without_forgiveness() {
        let lines = THEIRS.lines().count();
        assert_eq!(compare(THEIRS, THEIRS), Ok(Agreement { lines, forgiven: 0 }));
        assert_eq!(
            compare(&THEIRS.replace('\r', ""), THEIRS),
            Ok(Agreement { lines, forgiven: 0 })
        );
        let late = THEIRS.replace("[    0.0", "[   12.3");
        assert_eq!(compare(&late, THEIRS), Ok(Agreement { lines, forgiven: 0 }));
    }

    #[test]
    fn what_another_machine_or_speed_changes_is_forgiven() {
        for (old, new) in [
            ("sse,fwft,dbtr", "sse,fwft"),
            ("v1.12", "v1.13"),
            ("zicntr,zihpm,sdtrig", "zicntr"),
            ("PMP Count         : 16", "PMP Count         : 8"),
            ("16 (0x0007fff8)", "0 (0x00000000)"),
            ("2 triggers", "0 triggers"),
            ("audit(0.004:1)", "audit(0.412:1)"),
            ("is 7.95,", "is 2.00,"),
            ("18 hardware", "3 hardware"),
            ("0x70216", "0x0"),
            ("16188 kB", "17304 kB"),
            ("          80 kB", "         104 kB"),
        ] {
            let agreement = compare(&with(old, new), THEIRS).unwrap();
            assert_eq!(agreement.forgiven, 1, "{old}");
        }
        let line = "[    0.064783] Freeing initrd memory: 1576K\r\n";
        let moved = with(line, "").replace("[    0.073668]", &format!("{line}[    0.073668]"));
        assert!(compare(&moved, THEIRS).is_ok());
    }

    #[test]
    fn a_wrong_line_is_not_forgiven() {
        for (old, new) in [
            // Other lines beside those that are forgiven.
            ("0x000000000000b109", "0x0000000000000109"),
            ("rv64imafdc", "rv64imac"),
            ("MemTotal:          30580", "MemTotal:          30576"),
            ("6.12.117", "6.12.118"),
            // Values that are forgiven, of another form or too far away.
            ("0x70216", "none"),
            ("16188 kB", "3000 kB"),
            ("16188 kB", "16188 MB"),
            ("          80 kB", "         145 kB"),
            ("is 7.95,", "is ,"),
            ("audit(0.004:1)", "audit(0.004:2)"),
            ("2 bits", "2 bytes"),
            ("v1.12", "v2.12"),
            // The rest of a line of which a part is forgiven.
            ("are fast", "are slow"),
            ("16 firmware", "15 firmware"),
            ("memory: 1576K", "memory: 1572K"),
            // Lines that are missing, or too many.
            ("[    0.064783] Freeing initrd memory: 1576K\r\n", ""),
            ("[    0.120317] reboot: Power down\r\n", ""),
            ("MemTotal", "Oops\nMemTotal"),
            // No time, or none of the right form.
            ("[    0.120317] ", ""),
            ("[    0.120317] ", "[    0.12] "),
        ] {
            assert!(compare(&with(old, new), THEIRS).is_err(), "{old} {new}");
            assert!(compare(THEIRS, &with(old, new)).is_err(), "{old} {new}");
        }
    }

    #[test]
    fn the_first_difference_is_told_with_both_lines() {
        let error = compare(&with("Power down", "Restarting"), THEIRS).unwrap_err();
        let wanted = "the consoles differ\n  ours   line 20: [    0.120317] reboot: Restarting\n  \
                      theirs line 20: [    0.120317] reboot: Power down";
        assert_eq!(error.to_string(), wanted);
        let error = compare("a\n", "a\nb\n").unwrap_err();
        assert_eq!(error, Difference { ours: None, theirs: Some((2, "b".into())) });
        assert!(error.to_string().contains("ours   end here"));
    }

    #[test]
    fn the_kernels_part_begins_with_its_version() {
        assert!(kernel(THEIRS).unwrap().starts_with("[    0.000000] Linux version"));
        assert_eq!(kernel("nothing of it\n"), None);
    }
}
