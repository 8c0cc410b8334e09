//! Steps that access the PMP registers.
//!
//! | step | meaning |
//! |---|---|
//! | `{ pmp = 0, match = "napot", at = 0x8000_0000, bytes = 0x1000, allow = "RW", lock = true }` | an entry is written: its `pmpaddr`, then its byte of `pmpcfg` |
//! | `{ csr = "pmpcfg0", write = 0x1f, reads = 0 }` | a register is written, and must have read as this before |

use std::str::FromStr;

use machine::board::HartId;
use model::golden::Pmp;
use model::isa::{PmpConfig, PmpCsr, PmpMatch};
use model::mmu::CsrPort;
use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::names::from_text;
use super::number::Number;
use super::place::Place;
use super::ports::{Runner, Stop};

/// An entry of PMP that software sets up.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PmpStep {
    /// Its number.
    pub pmp: usize,
    /// How it matches: `off`, `tor`, `na4` or `napot` (the default).
    #[serde(rename = "match", default = "napot")]
    pub matches: PmpMatch,
    /// The first address of `na4` and `napot`; the end of `tor`, exclusive. `base` in a `during`,
    /// where `at` is a time.
    #[serde(alias = "base")]
    pub at: Option<Number>,
    /// The size of `napot`, a power of two of at least 8.
    pub bytes: Option<Number>,
    /// Letters of `RWX`; none by default.
    #[serde(default, deserialize_with = "rights")]
    pub allow: u8,
    /// L.
    #[serde(default)]
    pub lock: bool,
}

/// A PMP register that software reads or writes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CsrStep {
    /// `pmpcfgN` or `pmpaddrN`.
    pub csr: CsrName,
    /// The value written.
    pub write: Option<Number>,
    /// The value that it must have before that.
    pub reads: Option<Number>,
}

/// The number of a CSR, written `"pmpcfg0"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsrName(pub u16);

impl FromStr for CsrName {
    type Err = String;

    fn from_str(text: &str) -> Result<CsrName, String> {
        let number = |digits: &str, count: u16| {
            let number: u16 = digits.parse().ok().filter(|number| *number < count)?;
            // No sign, and no leading zeros.
            (number.to_string() == digits).then_some(number)
        };
        let config = text.strip_prefix("pmpcfg").and_then(|digits| number(digits, 16));
        let address = text.strip_prefix("pmpaddr").and_then(|digits| number(digits, 64));
        let csr = config.map(PmpCsr::Config).or(address.map(PmpCsr::Address));
        let csr = csr.map(|csr| CsrName(csr.number()));
        csr.ok_or_else(|| {
            format!("`{text}` is no PMP register: there are pmpcfg0 to 15, pmpaddr0 to 63")
        })
    }
}

impl<'de> Deserialize<'de> for CsrName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CsrName, D::Error> {
        from_text(deserializer)
    }
}

fn napot() -> PmpMatch {
    PmpMatch::Napot
}

/// Permissions by their letters.
fn rights<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let letters = String::deserialize(deserializer)?;
    let mut rights = 0;
    for letter in letters.chars() {
        rights |= match letter {
            'R' => PmpConfig::R,
            'W' => PmpConfig::W,
            'X' => PmpConfig::X,
            _ => return Err(de::Error::custom(format_args!("`{letter}` is no letter of `RWX`"))),
        };
    }
    Ok(rights)
}

/// An access to the port of the PMP registers that waits for its cycle.
#[derive(Clone, Copy, Debug)]
pub(super) struct CsrJob {
    pub(super) line: usize,
    pub(super) port: CsrPort,
    /// The value that must be read.
    pub(super) reads: Option<u64>,
}

impl Runner<'_> {
    /// Software accesses a register.
    pub(super) fn csr(&mut self, hart: HartId, line: usize, text: &CsrStep) -> Result<(), Stop> {
        let write = self.optional(line, text.write.as_ref(), Number::word)?;
        let reads = self.optional(line, text.reads.as_ref(), Number::word)?;
        let port = CsrPort { number: text.csr.0, write };
        self.bench.harts[hart].csrs.push_back(CsrJob { line, port, reads });
        Ok(())
    }

    /// Software sets up an entry, by a write of its address and one of its configuration.
    pub(super) fn pmp(&mut self, hart: HartId, line: usize, text: &PmpStep) -> Result<(), Stop> {
        let wrong = |message: String| Stop::from(Place::line(line).wrong(message));
        let mut pmp: Pmp = self.bench.board.hart(hart).checker().pmp().clone();
        if text.pmp >= pmp.len() {
            let message = format!("there is no PMP entry {}: there are {}", text.pmp, pmp.len());
            return Err(wrong(message));
        }
        for job in &self.bench.harts[hart].csrs {
            job.port.write.into_iter().for_each(|value| pmp.write(job.port.number, value));
        }
        let at = self.optional(line, text.at.as_ref(), Number::physical)?;
        let bytes = self.optional(line, text.bytes.as_ref(), Number::word)?;
        let address = match (text.matches, at, bytes) {
            (PmpMatch::Napot, Some(at), Some(bytes)) => {
                if bytes < 8 || !bytes.is_power_of_two() || at % bytes != 0 {
                    let message = "a range of `napot` has a power of two of bytes, 8 or more, and \
                                   is aligned to it";
                    return Err(wrong(message.to_owned()));
                }
                Some(at >> 2 | (bytes / 8 - 1))
            }
            (PmpMatch::Napot, ..) => {
                return Err(wrong("`napot` needs `at` and `bytes`".to_owned()));
            }
            (_, _, Some(_)) => return Err(wrong("only `napot` has `bytes`".to_owned())),
            (PmpMatch::Off, at, None) => at.map(|at| at >> 2),
            (_, Some(at), None) => Some(at >> 2),
            (..) => return Err(wrong("this way to match needs `at`".to_owned())),
        };
        let lock = if text.lock { PmpConfig::L } else { 0 };
        let config = (text.matches as u8) << PmpConfig::A | text.allow | lock;
        let (register, byte) = pmp.config_of(text.pmp);
        let others = pmp.read(register.number()) & !(0xff << (8 * byte));
        let address = address.map(|value| (PmpCsr::Address(text.pmp as u16).number(), value));
        let config = (register.number(), others | u64::from(config) << (8 * byte));
        for (number, value) in address.into_iter().chain([config]) {
            let port = CsrPort { number, write: Some(value) };
            self.bench.harts[hart].csrs.push_back(CsrJob { line, port, reads: None });
        }
        Ok(())
    }
}
