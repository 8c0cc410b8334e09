//! What a process does, in words: one line of a scenario's `program`.
//!
//! ```text
//! load heap 7 0 1 2        one access to each of these pages of the region `heap`
//! store stack -1..-8       pages from..to, both included, in that order
//! 3 x load a 0..3; store b 0      all of the line, three times
//! fetch at 0x1000          an address
//! sbrk 4 / sbrk -4         the heap's size, changed by so many pages
//! exit                     the end, before the end
//! ```

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer};
use sim::cpu::{self, Op};
use sim::isa::{Access, PAGE_BYTES};
use sim::os::RegionSpec;

use super::number::{Number, Variables};

/// More steps than this in one line are a mistake.
const MOST_STEPS: u64 = 1 << 22;
/// Bytes of each access.
const ACCESS_BYTES: u16 = 4;

/// Where an access goes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Pages of a region, counted from its start; ranges include both ends.
    Pages(String, Vec<(i64, i64)>),
    /// An address.
    At(Number),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Statement {
    Touch(Access, Place),
    Sbrk(i64),
    Exit,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    times: u64,
    statements: Vec<Statement>,
}

impl FromStr for Line {
    type Err = String;

    fn from_str(text: &str) -> Result<Line, String> {
        let (times, rest) = match text.split_once(" x ") {
            Some((times, rest)) => (number(times)?, rest),
            None => (1, text),
        };
        let statements = rest.split(';').map(statement).collect::<Result<Vec<_>, _>>()?;
        let times = u64::try_from(times).map_err(|_| format!("{times} times is not possible"))?;
        let line = Line { times, statements };
        if line.steps() > MOST_STEPS {
            return Err(format!("{} steps in one line; at most {MOST_STEPS}", line.steps()));
        }
        Ok(line)
    }
}

impl Line {
    fn steps(&self) -> u64 {
        let pages = |ranges: &[(i64, i64)]| {
            ranges.iter().map(|(from, to)| from.abs_diff(*to).saturating_add(1)).fold(0, add)
        };
        let steps = |statement: &Statement| match statement {
            Statement::Touch(_, Place::Pages(_, ranges)) => pages(ranges),
            _ => 1,
        };
        self.statements.iter().map(steps).fold(0, add).saturating_mul(self.times)
    }

    /// A region that the line names and that does not exist.
    pub fn stranger(&self, regions: &[RegionSpec]) -> Option<&str> {
        self.statements.iter().find_map(|statement| match statement {
            Statement::Touch(_, Place::Pages(name, _)) if find(regions, name).is_none() => {
                Some(name.as_str())
            }
            _ => None,
        })
    }

    /// The steps that it stands for, added to `ops`.
    ///
    /// # Errors
    /// A sentence, when an address needs more than 64 bits.
    pub fn expand(
        &self,
        regions: &[RegionSpec],
        variables: &Variables,
        ops: &mut Vec<Op>,
    ) -> Result<(), String> {
        for statement in (0..self.times).flat_map(|_| &self.statements) {
            let mut touch = |kind, va| {
                ops.push(Op::Access(cpu::Access { kind, va, bytes: ACCESS_BYTES }));
            };
            match statement {
                Statement::Touch(kind, Place::At(at)) => touch(*kind, at.value(variables)?),
                Statement::Touch(kind, Place::Pages(name, ranges)) => {
                    let region = find(regions, name);
                    let start = region.ok_or_else(|| format!("no region `{name}`"))?.start;
                    for page in ranges.iter().copied().flat_map(pages) {
                        let offset = page.wrapping_mul(PAGE_BYTES as i64);
                        touch(*kind, start.wrapping_add_signed(offset));
                    }
                }
                Statement::Sbrk(pages) => ops.push(Op::Sbrk(*pages)),
                Statement::Exit => ops.push(Op::Exit),
            }
        }
        Ok(())
    }
}

fn add(a: u64, b: u64) -> u64 {
    a.saturating_add(b)
}

/// The pages of a range, in its direction, both ends included.
fn pages((from, to): (i64, i64)) -> Box<dyn Iterator<Item = i64>> {
    if from <= to { Box::new(from..=to) } else { Box::new((to..=from).rev()) }
}

fn find<'r>(regions: &'r [RegionSpec], name: &str) -> Option<&'r RegionSpec> {
    regions.iter().find(|r| r.name.as_deref().unwrap_or(r.kind.name()) == name)
}

fn number(text: &str) -> Result<i64, String> {
    text.trim().parse().map_err(|_| format!("`{}` is no whole number", text.trim()))
}

fn statement(text: &str) -> Result<Statement, String> {
    let mut words = text.split_whitespace();
    let verb = words.next().ok_or("a step is missing")?;
    let access = match verb {
        "load" => Access::Load,
        "store" => Access::Store,
        "fetch" => Access::Fetch,
        "sbrk" | "exit" => {
            let rest: Vec<_> = words.collect();
            return match (verb, rest.as_slice()) {
                ("sbrk", [pages]) => Ok(Statement::Sbrk(number(pages)?)),
                ("exit", []) => Ok(Statement::Exit),
                _ => Err(format!("`{}`: sbrk takes one number, exit none", text.trim())),
            };
        }
        _ => return Err(format!("`{verb}` is no step; steps are load, store, fetch, sbrk, exit")),
    };
    let place = words.next().ok_or_else(|| format!("{verb} what?"))?;
    if place == "at" {
        let address = words.collect::<Vec<_>>().join(" ");
        return Ok(Statement::Touch(access, Place::At(Number::parse(&address)?)));
    }
    let ranges = words.map(range).collect::<Result<Vec<_>, _>>()?;
    if ranges.is_empty() {
        return Err(format!("{verb} which pages of `{place}`?"));
    }
    Ok(Statement::Touch(access, Place::Pages(place.to_owned(), ranges)))
}

fn range(text: &str) -> Result<(i64, i64), String> {
    match text.split_once("..") {
        Some((from, to)) => Ok((number(from)?, number(to)?)),
        None => number(text).map(|page| (page, page)),
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Line, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x {:?}", self.times, self.statements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::os::RegionKind;

    fn addresses(text: &str) -> Result<Vec<u64>, String> {
        let (name, kind) = (Some("a".to_owned()), RegionKind::Bss);
        let region = RegionSpec { name, ..RegionSpec::new(kind, 0x10000, 4) };
        let variables = Variables { latency: 1, levels: 3, va_bits: 39, entries: 8 };
        let mut ops = Vec::new();
        text.parse::<Line>()?.expand(&[region], &variables, &mut ops)?;
        Ok(ops
            .iter()
            .filter_map(|op| if let Op::Access(access) = op { Some(access.va) } else { None })
            .collect())
    }

    #[test]
    fn lines_stand_for_their_accesses() {
        assert_eq!(addresses("load a 2 0"), Ok(vec![0x12000, 0x10000]));
        assert_eq!(addresses("store a -1..1"), Ok(vec![0xf000, 0x10000, 0x11000]));
        assert_eq!(addresses("store a 1..0"), Ok(vec![0x11000, 0x10000]));
        assert_eq!(addresses("2 x load a 0; fetch at 8"), Ok(vec![0x10000, 8, 0x10000, 8]));
    }

    #[test]
    fn nonsense_is_a_sentence() {
        for text in ["", "jump a 0", "load", "load a", "load a x", "sbrk", "load b 0", "-1 x exit"]
        {
            assert!(addresses(text).is_err(), "{text}");
        }
        assert!(addresses("999999999 x load a 0..999999999").is_err());
        assert!(addresses("load a -9223372036854775808..9223372036854775807").is_err());
    }
}
