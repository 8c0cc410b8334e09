//! Reading a line: words, groups, steps.

use std::num::{IntErrorKind, ParseIntError};

use kernel::{Call, Permissions};
use model::isa::{Access, PAGE_BYTES};

use super::pattern::{Item, Order, Pattern, Shape};
use super::{Deed, Node, PartCall, Place, Step};
use crate::limits::MOST_CYCLES;
use crate::number::Number;

/// Bytes of an access unless said otherwise.
const ACCESS_BYTES: u64 = 4;
/// Pages of 64 bits of addresses.
const MOST_PAGES: u64 = 1 << 52;
/// Groups in groups deeper than this are a mistake.
const DEEPEST: usize = 32;
/// The words that begin a step.
const STEPS: &str = "load, store, fetch, read, write, emulate, stray, think, tick, sbrk, mmap, \
                     munmap, mprotect, mremap, madvise, msync, mlock, munlock, fork, exec, wait, \
                     exit";

/// The words of a line; brackets and semicolons are words of their own.
struct Words<'t> {
    words: Vec<&'t str>,
    at: usize,
}

/// Reads one line. The error is a sentence.
pub(super) fn line(text: &str) -> Result<Vec<Node>, String> {
    let mut words = Words { words: split(text), at: 0 };
    let nodes = words.sequence(0)?;
    match words.peek() {
        None => Ok(nodes),
        Some(word) => Err(format!("`{word}` is not expected here")),
    }
}

fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for piece in text.split_whitespace() {
        let mut rest = piece;
        while let Some(at) = rest.find(['(', ')', ';']) {
            words.extend([&rest[..at], &rest[at..=at]]);
            rest = &rest[at + 1..];
        }
        words.push(rest);
    }
    words.retain(|word| !word.is_empty());
    words
}

impl<'t> Words<'t> {
    fn peek(&self) -> Option<&'t str> {
        self.words.get(self.at).copied()
    }

    /// The next word, unless the step ends here.
    fn word(&mut self) -> Option<&'t str> {
        let word = self.peek().filter(|word| !matches!(*word, ";" | ")" | "("))?;
        self.at += 1;
        Some(word)
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, what: &str) -> Result<&'t str, String> {
        self.word().ok_or_else(|| format!("{what} is missing"))
    }

    fn count(&mut self, what: &str) -> Result<u64, String> {
        match unsigned(self.need(what)?)? {
            0 => Err(format!("{what} is 0")),
            count => Ok(count),
        }
    }

    fn sequence(&mut self, depth: usize) -> Result<Vec<Node>, String> {
        if depth > DEEPEST {
            return Err("groups are nested too deeply".to_owned());
        }
        let mut nodes = Vec::new();
        loop {
            self.item(depth, &mut nodes)?;
            if !self.take(";") {
                return Ok(nodes);
            }
        }
    }

    fn item(&mut self, depth: usize, nodes: &mut Vec<Node>) -> Result<(), String> {
        let times = match self.words.get(self.at + 1) {
            Some(&"x") => {
                let word = self.need("how often")?;
                self.at += 1;
                Some(unsigned(word).map_err(|why| format!("{word} times is not possible: {why}"))?)
            }
            _ => None,
        };
        if self.take("(") {
            let inner = self.sequence(depth + 1)?;
            if !self.take(")") {
                return Err("a `)` is missing".to_owned());
            }
            nodes.push(Node::Repeat(times.unwrap_or(1), inner));
        } else if let Some(times) = times {
            if depth > 0 || !nodes.is_empty() {
                return Err(format!("what is done {times} times? write `{times} x ( ... )`"));
            }
            nodes.push(Node::Repeat(times, self.sequence(depth + 1)?));
        } else {
            nodes.push(Node::Step(self.step()?));
        }
        Ok(())
    }

    fn step(&mut self) -> Result<Step, String> {
        let verb = self.word().ok_or("a step is missing")?;
        let step = match verb {
            "load" => self.touch(Deed::Access(Access::Load))?,
            "store" => self.touch(Deed::Access(Access::Store))?,
            "fetch" => self.touch(Deed::Access(Access::Fetch))?,
            "read" => self.touch(Deed::Call(Call::Read))?,
            "write" => self.touch(Deed::Call(Call::Write))?,
            "emulate" => self.touch(Deed::Call(Call::Emulate))?,
            "stray" => self.touch(Deed::Call(Call::Stray))?,
            "think" => Step::Think(at_most(self.need("how many cycles")?, MOST_CYCLES)?),
            "tick" => Step::Tick,
            "sbrk" => Step::Sbrk(pages(self.need("by how many pages")?)?),
            "mmap" => Step::Mmap(self.need("which region")?.to_owned()),
            "munmap" => self.part(|_| Ok(PartCall::Munmap))?,
            "mprotect" => self.part(|words| {
                Ok(PartCall::Mprotect(permissions(words.need("`r--` or the like")?)?))
            })?,
            "madvise" => self.part(|words| match words.need("`dontneed`")? {
                "dontneed" => Ok(PartCall::DontNeed),
                other => Err(format!("`{other}` is no advice; there is `dontneed`")),
            })?,
            "msync" => self.part(|_| Ok(PartCall::Msync))?,
            "mlock" => self.part(|_| Ok(PartCall::Mlock))?,
            "munlock" => self.part(|_| Ok(PartCall::Munlock))?,
            "mremap" => self.mremap()?,
            "fork" => Step::Fork(self.need("which process")?.to_owned()),
            "exec" => Step::Exec(self.need("which process")?.to_owned()),
            "wait" => Step::Wait,
            "exit" => Step::Exit,
            _ => return Err(format!("`{verb}` is no step; steps are {STEPS}")),
        };
        match self.word() {
            None => Ok(step),
            Some(word) => Err(format!("`{word}` is too much after `{verb}`")),
        }
    }

    /// `REGION FROM..TO`, and what the call needs beside.
    fn part(
        &mut self,
        call: impl FnOnce(&mut Self) -> Result<PartCall, String>,
    ) -> Result<Step, String> {
        let name = self.need("which region")?.to_owned();
        let (from, to) = range(self.need("which pages")?)?;
        Ok(Step::Part(call(self)?, name, from, to))
    }

    /// `REGION [FROM..TO] [ADDRESS] [pages N] [maymove]`
    fn mremap(&mut self) -> Result<Step, String> {
        let region = self.need("which region")?.to_owned();
        let (mut part, mut to, mut pages, mut may_move) = (None, None, None, false);
        while let Some(word) = self.word() {
            let seen = match word {
                "pages" => pages.replace(self.count("the number of pages")?).is_some(),
                "maymove" => std::mem::replace(&mut may_move, true),
                _ if word.contains("..") => part.replace(range(word)?).is_some(),
                _ => to.replace(unsigned(word)?).is_some(),
            };
            if seen {
                return Err(format!("`{word}` says again what is said before it"));
            }
        }
        if to.is_none() && pages.is_none() {
            return Err("where to, or how many pages? write `mremap m 0x80_0000`, or \
                        `mremap m pages 8`"
                .to_owned());
        }
        if may_move && to.is_some() {
            return Err("with an address it is moved there: `maymove` says nothing".to_owned());
        }
        Ok(Step::Mremap { region, part, to, pages, may_move })
    }

    fn touch(&mut self, deed: Deed) -> Result<Step, String> {
        let name = self.need("where")?;
        if name == "at" {
            return self.at(deed);
        }
        let (shape, mut unit) = match self.peek() {
            Some(word @ ("rows" | "columns")) => {
                self.at += 1;
                let rows = self.count("the number of rows")?;
                if !self.take("x") {
                    return Err("a matrix is written `rows 128 x 128 of 8`".to_owned());
                }
                let columns = self.count("the number of columns")?;
                let order = if word == "rows" { Order::Rows } else { Order::Columns };
                (Shape::Matrix { order, rows, columns }, None)
            }
            Some("elements") => {
                self.at += 1;
                (self.items(name)?, None)
            }
            _ => (self.items(name)?, Some(PAGE_BYTES)),
        };
        let (mut offset, mut bytes) = (0, None);
        loop {
            if unit.is_none() && self.take("of") {
                unit = Some(self.count("the size of an element")?);
            } else if self.take("offset") {
                offset = unsigned(self.need("the offset")?)?;
            } else if self.take("bytes") {
                bytes = Some(access_bytes(self.need("how many bytes")?, deed)?);
            } else {
                break;
            }
        }
        let unit = unit.ok_or("how large is an element? write `of 8`")?;
        // An element is accessed as a whole, a page in one word.
        let whole = if unit >= PAGE_BYTES { ACCESS_BYTES } else { unit };
        let pattern = Pattern { shape, unit, offset };
        let place = Place::In(name.to_owned(), pattern);
        Ok(Step::Touch { deed, bytes: bytes.unwrap_or(whole), place })
    }

    fn items(&mut self, region: &str) -> Result<Shape, String> {
        let mut items = Vec::new();
        while let Some(word) = self.peek() {
            if matches!(word, ";" | ")" | "(" | "of" | "offset" | "bytes") {
                break;
            }
            self.at += 1;
            items.push(if word == "random" {
                let count = self.count("how many")?;
                if !self.take("of") {
                    return Err("random is written `random 100 of 0..9 seed 1`".to_owned());
                }
                let (from, to) = range(self.need("of which")?)?;
                if !self.take("seed") {
                    return Err("random needs `seed` and a number".to_owned());
                }
                Item::Random { count, from, to, seed: unsigned(self.need("the seed")?)? }
            } else {
                let (from, to) = range(word)?;
                let step = if self.take("step") { self.count("the step")? } else { 1 };
                Item::Range { from, to, step }
            });
        }
        match items.is_empty() {
            true => Err(format!("which pages of `{region}`?")),
            false => Ok(Shape::Items(items)),
        }
    }

    /// An address: everything up to the end of the step, brackets included; quotation marks may
    /// stand around it.
    fn at(&mut self, deed: Deed) -> Result<Step, String> {
        let (mut depth, mut text) = (0_i32, String::new());
        let mut bytes = ACCESS_BYTES;
        while let Some(word) = self.peek() {
            depth += i32::from(word == "(") - i32::from(word == ")");
            if word == ";" || depth < 0 {
                break;
            }
            self.at += 1;
            if word == "bytes" {
                bytes = access_bytes(self.need("how many bytes")?, deed)?;
                break;
            }
            text = text + word + " ";
        }
        let text = text.trim();
        let text = match text.strip_prefix('"') {
            Some(rest) => rest.strip_suffix('"').ok_or("a `\"` is missing after the address")?,
            None => text,
        };
        Ok(Step::Touch { deed, bytes, place: Place::At(Number::parse(text)?) })
    }
}

fn access_bytes(word: &str, deed: Deed) -> Result<u64, String> {
    let most = deed.most();
    match unsigned(word)? {
        bytes if (1..=most).contains(&bytes) => Ok(bytes),
        _ => Err(format!("an access of {word} bytes; 1 to {most} are possible")),
    }
}

fn signed(word: &str) -> Result<i64, String> {
    word.replace('_', "").parse().map_err(|error: ParseIntError| match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => {
            format!("`{word}` is out of range: it does not fit 64 bits")
        }
        _ => format!("`{word}` is no whole number"),
    })
}

fn unsigned(word: &str) -> Result<u64, String> {
    let digits = word.replace('_', "");
    let number = match digits.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    number.map_err(|error| match error.kind() {
        IntErrorKind::PosOverflow => format!("`{word}` is out of range: it does not fit 64 bits"),
        _ => format!("`{word}` is no number from 0 on"),
    })
}

fn at_most(word: &str, most: u64) -> Result<u64, String> {
    match unsigned(word)? {
        number if number <= most => Ok(number),
        _ => Err(format!("`{word}` is out of range: at most {most} is possible")),
    }
}

/// A difference of pages.
fn pages(word: &str) -> Result<i64, String> {
    match signed(word)? {
        pages if pages.unsigned_abs() <= MOST_PAGES => Ok(pages),
        _ => Err(format!("`{word}` is out of range: an address space has {MOST_PAGES} pages")),
    }
}

fn range(word: &str) -> Result<(i64, i64), String> {
    match word.split_once("..") {
        Some((from, to)) => Ok((signed(from)?, signed(to)?)),
        None => signed(word).map(|place| (place, place)),
    }
}

/// `r-x`, or the letters alone.
fn permissions(word: &str) -> Result<Permissions, String> {
    let full = match word {
        "r" => "r--",
        "rw" => "rw-",
        "rx" => "r-x",
        "x" => "--x",
        "none" => "---",
        other => other,
    };
    Permissions::parse(full)
        .ok_or_else(|| format!("permissions are written like `r-x` or `rw-`, not `{word}`"))
}
