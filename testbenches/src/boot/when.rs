//! Moments as people write them.

use std::str::FromStr;

use machine::computer::Moment;

use crate::linux::Symbols;

/// A moment, whose address may still be a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// A moment.
    Moment(Moment),
    /// The instruction at a symbol.
    Symbol(String),
}

/// How a moment is written.
const FORMS: &str = "cycle:N, instruction:N, pc:ADDRESS, pc:SYMBOL, fault:N, user-fault:N, fence:N, \
                     satp:N, or user";

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<When, String> {
        let wrong = || format!("`{text}` is no moment: write {FORMS}");
        if text == "user" {
            return Ok(When::Moment(Moment::User));
        }
        let (kind, value) = text.split_once(':').ok_or_else(wrong)?;
        if kind == "pc" {
            let Some(digits) = value.strip_prefix("0x") else {
                return if value.is_empty() {
                    Err(wrong())
                } else {
                    Ok(When::Symbol(value.into()))
                };
            };
            let address = u64::from_str_radix(digits, 16).map_err(|_| wrong())?;
            return Ok(When::Moment(Moment::Pc(address)));
        }
        let number: u64 = value.parse().map_err(|_| wrong())?;
        if number == 0 {
            return Err(format!("`{text}`: moments count from 1"));
        }
        Ok(When::Moment(match kind {
            "cycle" => Moment::Cycle(number),
            "instruction" => Moment::Instruction(number),
            "fault" => Moment::Fault(number),
            "user-fault" => Moment::UserFault(number),
            "fence" => Moment::Fence(number),
            "satp" => Moment::Satp(number),
            _ => return Err(wrong()),
        }))
    }
}

impl When {
    /// The moment, with the address that a name has.
    ///
    /// # Errors
    /// A name that is not known, as a sentence.
    pub fn moment(&self, symbols: Option<&Symbols>) -> Result<Moment, String> {
        match (self, symbols) {
            (When::Moment(moment), _) => Ok(*moment),
            (When::Symbol(name), Some(symbols)) => match symbols.address(name) {
                Some(address) => Ok(Moment::Pc(address)),
                None => Err(format!("there is no symbol `{name}` in the kernel")),
            },
            (When::Symbol(name), None) => {
                Err(format!("no symbols are known, so `{name}` cannot be found: give an address"))
            }
        }
    }
}

/// When a snapshot is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotAt {
    /// When software first waits for somebody to type.
    Idle,
    /// At a moment.
    When(When),
}

impl FromStr for SnapshotAt {
    type Err = String;

    fn from_str(text: &str) -> Result<SnapshotAt, String> {
        match text {
            "idle" => Ok(SnapshotAt::Idle),
            _ => text.parse().map(SnapshotAt::When).map_err(|error: String| error + ", or idle"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_what_is_none_is_refused() {
        let read = |text: &str| text.parse::<When>();
        assert_eq!(read("cycle:7"), Ok(When::Moment(Moment::Cycle(7))));
        assert_eq!(read("user-fault:3"), Ok(When::Moment(Moment::UserFault(3))));
        assert_eq!(read("pc:0x80200000"), Ok(When::Moment(Moment::Pc(0x8020_0000))));
        assert_eq!(read("pc:do_exit"), Ok(When::Symbol("do_exit".to_owned())));
        assert_eq!(read("user"), Ok(When::Moment(Moment::User)));
        for wrong in ["", "cycle", "cycle:x", "pc:", "pc:0xzz", "walk:3"] {
            assert!(read(wrong).is_err_and(|error| error.contains("write cycle:N")), "{wrong}");
        }
        assert_eq!("idle".parse(), Ok(SnapshotAt::Idle));
        let user = SnapshotAt::When(When::Moment(Moment::User));
        assert_eq!("user".parse(), Ok(user));
        let wrong = "shell".parse::<SnapshotAt>();
        assert!(wrong.is_err_and(|error| error.ends_with("or user, or idle")));
        assert!(read("fault:0").is_err_and(|error| error.contains("count from 1")));
        let unknown = read("pc:do_exit").and_then(|when| when.moment(None));
        assert!(unknown.is_err_and(|error| error.contains("give an address")));
    }
}
