//! Parsing a line: groups, steps, words.

use std::borrow::Cow;
use std::num::{IntErrorKind, ParseIntError};

use kernel::{Call, Permissions};
use model::isa::{Access, PAGE_BYTES};
use winnow::Parser;
use winnow::ascii::multispace0;
use winnow::combinator::{opt, preceded, terminated};
use winnow::error::{ErrMode, ParserError};
use winnow::stream::Stream;
use winnow::token::any;

use super::expression::{Expression, expression};
use super::pattern::{Item, Order, Pattern, Shape};
use super::{ACCESS_BYTES, Array, For, Index, Node, PartCall, Place, Purpose, Step};
use crate::grammar::{Input, Problem, Read, inside, place, take, whole, wrong};
use crate::limits::MOST_CYCLES;
use crate::number::number;

/// Deeper nesting of groups is an error.
const DEEPEST: usize = 32;
const NESTED: &str = "groups are";
/// The first words of steps.
const STEPS: &str = "load, store, fetch, read, write, emulate, stray, think, tick, sbrk, mmap, \
                     munmap, mprotect, mremap, madvise, msync, mlock, munlock, fork, exec, wait, \
                     exit, for, let, array";

/// Parses one line. The error is a sentence.
pub(super) fn line(text: &str) -> Result<Vec<Node>, String> {
    let read = |input: &mut Input<'_>| {
        let nodes = sequence(input, true)?;
        match take(input, preceded(multispace0, opt(any)))? {
            None => Ok(nodes),
            Some(c) => wrong(place(input), format!("`{c}` is not expected here")),
        }
    };
    whole(text, read).map_err(|problem| problem.message.into_owned())
}

/// The next word, and the number of bytes up to its end; empty if the step ends here. Scanned by
/// bytes: most of a program is read by this, and a soak reads many programs.
fn next<'t>(input: &Input<'t>) -> (&'t str, usize) {
    let text: &'t str = &input.input;
    let bytes = text.as_bytes();
    let mut begin = 0;
    while let Some(b' ' | b'\t' | b'\r' | b'\n') = bytes.get(begin) {
        begin += 1;
    }
    let mut end = begin;
    while let Some(byte) = bytes.get(end)
        && !matches!(byte, b'\t'..=b'\r' | b' ' | b'(' | b')' | b';' | 0x80..)
    {
        end += 1;
    }
    if bytes.get(end).is_some_and(|byte| !byte.is_ascii()) {
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ';');
        end = text[end..].find(ends).map_or(text.len(), |more| end + more);
    }
    (&text[begin..end], end)
}

/// The next word, unless the step ends here.
fn word<'t>(input: &mut Input<'t>) -> Read<&'t str> {
    let (word, bytes) = next(input);
    if word.is_empty() {
        return Err(ErrMode::Backtrack(Problem::from_input(input)));
    }
    input.next_slice(bytes);
    Ok(word)
}

/// Consumes this word if it is next.
fn keyword(input: &mut Input<'_>, wanted: &str) -> Read<bool> {
    let (word, bytes) = next(input);
    let found = word == wanted;
    if found {
        input.next_slice(bytes);
    }
    Ok(found)
}

/// Consumes this sign if it is next.
fn sign(input: &mut Input<'_>, wanted: char) -> Read<bool> {
    Ok(take(input, opt(preceded(multispace0, wanted)))?.is_some())
}

/// The meaning of a word that must be present.
fn need<'t, T>(
    input: &mut Input<'t>,
    what: &str,
    meaning: impl FnOnce(&'t str) -> Result<T, String>,
) -> Read<T> {
    take(input, multispace0)?;
    let at = place(input);
    match take(input, opt(word))? {
        Some(word) => meaning(word).or_else(|message| wrong(at, message)),
        None => wrong(at, format!("{what} is missing")),
    }
}

fn name(input: &mut Input<'_>, what: &str) -> Read<String> {
    need(input, what, |word| Ok(word.to_owned()))
}

fn count(input: &mut Input<'_>, what: &str) -> Read<u64> {
    need(input, what, |word| match unsigned(word)? {
        0 => Err(format!("{what} is 0")),
        count => Ok(count),
    })
}

/// A keyword that must follow.
fn follows(input: &mut Input<'_>, wanted: &str, message: &'static str) -> Read<()> {
    if keyword(input, wanted)? { Ok(()) } else { wrong(place(input), message) }
}

/// Steps with `;` between them. Where a loop may extend over the `rest` of the line, the first of
/// them may be one without brackets.
fn sequence(input: &mut Input<'_>, rest: bool) -> Read<Vec<Node>> {
    let mut nodes = Vec::new();
    loop {
        nodes.push(item(input, rest && nodes.is_empty())?);
        if !sign(input, ';')? {
            return Ok(nodes);
        }
    }
}

fn item(input: &mut Input<'_>, rest: bool) -> Read<Node> {
    take(input, multispace0)?;
    let at = place(input);
    if keyword(input, "for")? {
        return for_loop(input, rest);
    }
    let times = take(input, opt(terminated(word, word.verify(|word: &str| word == "x"))))?;
    let times = times.map(|word| {
        let times = unsigned(word);
        times.or_else(|why| wrong(at, format!("{word} times is not possible: {why}")))
    });
    let times = times.transpose()?;
    if sign(input, '(')? {
        return Ok(Node::Repeat(times.unwrap_or(1), group(input)?));
    }
    match times {
        None => step(input).map(Node::Step),
        // Only a whole line is repeated without brackets.
        Some(times) if rest => {
            let all = |input: &mut Input<'_>| sequence(input, true);
            Ok(Node::Repeat(times, inside(input, DEEPEST, NESTED, all)?))
        }
        Some(times) => wrong(at, format!("what is done {times} times? write `{times} x ( ... )`")),
    }
}

/// The rest of a group, after its `(`.
fn group(input: &mut Input<'_>) -> Read<Vec<Node>> {
    let inner = inside(input, DEEPEST, NESTED, |input| sequence(input, false))?;
    match sign(input, ')')? {
        true => Ok(inner),
        false => wrong(place(input), "a `)` is missing"),
    }
}

/// `i in 0..n-1 step 2: ...`, after the word `for`.
fn for_loop(input: &mut Input<'_>, rest: bool) -> Read<Node> {
    let form = "a loop is written `for i in 0..7: load a[i]`";
    let at = place(input);
    let name = name(input, "the name of the loop's variable")?;
    if let Some(message) = no_name(&name) {
        return wrong(at, message);
    }
    follows(input, "in", form)?;
    let from = expression(input)?;
    if take(input, opt(preceded(multispace0, "..")))?.is_none() {
        return wrong(place(input), form);
    }
    let to = expression(input)?;
    let by = if keyword(input, "step")? { Some(expression(input)?) } else { None };
    if !sign(input, ':')? {
        return wrong(place(input), form);
    }
    let body = if sign(input, '(')? {
        group(input)?
    } else if rest {
        inside(input, DEEPEST, NESTED, |input| sequence(input, true))?
    } else {
        return wrong(place(input), "what is done in the loop? write `for i in 0..7: ( ... )`");
    };
    Ok(Node::For(Box::new(For { name, from, to, by, body })))
}

/// Why a word is no name.
fn no_name(word: &str) -> Option<String> {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_name = word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.chars().all(is_inner);
    (!is_name).then(|| format!("`{word}` is no name: names have letters, digits and `_`"))
}

fn step(input: &mut Input<'_>) -> Read<Step> {
    let at = place(input);
    let Some(verb) = take(input, opt(word))? else { return wrong(at, "a step is missing") };
    let step = match verb {
        "load" => touch(input, Purpose::Access(Access::Load))?,
        "store" => touch(input, Purpose::Access(Access::Store))?,
        "fetch" => touch(input, Purpose::Access(Access::Fetch))?,
        "read" => touch(input, Purpose::Call(Call::Read))?,
        "write" => touch(input, Purpose::Call(Call::Write))?,
        "emulate" => touch(input, Purpose::Call(Call::Emulate))?,
        "stray" => touch(input, Purpose::Call(Call::Stray))?,
        "think" => Step::Think(need(input, "how many cycles", |word| at_most(word, MOST_CYCLES))?),
        "tick" => Step::Tick,
        "sbrk" => Step::Sbrk(expression(input)?),
        "mmap" => Step::Mmap(name(input, "which region")?),
        "munmap" => part(input, |_| Ok(PartCall::Munmap))?,
        "mprotect" => part(input, |input| {
            need(input, "`r--` or the like", permissions).map(PartCall::Mprotect)
        })?,
        "madvise" => part(input, |input| {
            need(input, "`dontneed`", |word| match word {
                "dontneed" => Ok(PartCall::DontNeed),
                other => Err(format!("`{other}` is not supported; the only advice is `dontneed`")),
            })
        })?,
        "msync" => part(input, |_| Ok(PartCall::Msync))?,
        "mlock" => part(input, |_| Ok(PartCall::Mlock))?,
        "munlock" => part(input, |_| Ok(PartCall::Munlock))?,
        "mremap" => mremap(input)?,
        "fork" => Step::Fork(name(input, "which process")?),
        "exec" => Step::Exec(name(input, "which process")?),
        "wait" => Step::Wait,
        "exit" => Step::Exit,
        "let" => define(input)?,
        "array" => array(input)?,
        _ => return wrong(at, format!("`{verb}` is not a step; steps are {STEPS}")),
    };
    match take(input, opt(word))? {
        None => Ok(step),
        Some(word) => wrong(place(input), format!("`{word}` is unexpected after `{verb}`")),
    }
}

/// `REGION FROM..TO`, and the other parameters of the call.
fn part<'t>(
    input: &mut Input<'t>,
    call: impl FnOnce(&mut Input<'t>) -> Read<PartCall>,
) -> Read<Step> {
    let name = name(input, "which region")?;
    let (from, to) = need(input, "which pages", range)?;
    Ok(Step::Part(call(input)?, name, from, to))
}

/// `REGION [FROM..TO] [ADDRESS] [pages N] [maymove]`
fn mremap(input: &mut Input<'_>) -> Read<Step> {
    let region = name(input, "which region")?;
    let (mut part, mut to, mut pages, mut may_move) = (None, None, None, false);
    let whole = place(input);
    while let Some(word) = take(input, opt(word))? {
        let at = place(input);
        let is_again = match word {
            "pages" => pages.replace(count(input, "the number of pages")?).is_some(),
            "maymove" => std::mem::replace(&mut may_move, true),
            _ if word.contains("..") => {
                part.replace(range(word).or_else(|message| wrong(at, message))?).is_some()
            }
            _ => to.replace(unsigned(word).or_else(|message| wrong(at, message))?).is_some(),
        };
        if is_again {
            return wrong(at, format!("`{word}` repeats an earlier parameter"));
        }
    }
    if to.is_none() && pages.is_none() {
        let message = "where to, or how many pages? write `mremap m 0x80_0000`, or \
                       `mremap m pages 8`";
        return wrong(whole, message);
    }
    if may_move && to.is_some() {
        return wrong(whole, "`maymove` has no effect with an address");
    }
    Ok(Step::Mremap { region, part, to, pages, may_move })
}

/// `n = 64`
fn define(input: &mut Input<'_>) -> Read<Step> {
    let at = place(input);
    let name = name(input, "the name")?;
    if let Some(message) = no_name(&name) {
        return wrong(at, message);
    }
    follows(input, "=", "a name is defined by `let n = 64`")?;
    Ok(Step::Let(name, expression(input)?))
}

/// `a[64][64] of 8 in heap offset 0x1000`
fn array(input: &mut Input<'_>) -> Read<Step> {
    let form = "an array is written `array a[64][64] of 8`, or `array a[64] of 8 in heap`";
    let Some((name, lengths)) = indexed(input)? else { return wrong(place(input), form) };
    follows(input, "of", form)?;
    let unit = count(input, "the size of an element")?;
    let region =
        if keyword(input, "in")? { self::name(input, "which region")? } else { name.clone() };
    let offset = if keyword(input, "offset")? { need(input, "the offset", unsigned)? } else { 0 };
    Ok(Step::Array(Box::new(Array { name, lengths, unit, region, offset })))
}

/// A name with expressions in brackets, if that is next.
fn indexed(input: &mut Input<'_>) -> Read<Option<(String, Vec<Expression>)>> {
    take(input, multispace0)?;
    let (word, _) = next(input);
    let Some((name, _)) = word.split_once('[') else { return Ok(None) };
    input.next_slice(name.len());
    let mut indices = Vec::new();
    while sign(input, '[')? {
        indices.push(expression(input)?);
        if !sign(input, ']')? {
            return wrong(place(input), "a `]` is missing");
        }
    }
    Ok(Some((name.to_owned(), indices)))
}

fn touch(input: &mut Input<'_>, purpose: Purpose) -> Read<Step> {
    if let Some((name, indices)) = indexed(input)? {
        let (mut offset, mut bytes) = (Expression::Number(0), None);
        loop {
            if keyword(input, "offset")? {
                offset = expression(input)?;
            } else if keyword(input, "bytes")? {
                bytes = Some(access_bytes(input, purpose)?);
            } else {
                return Ok(Step::Index(Box::new(Index { purpose, bytes, name, indices, offset })));
            }
        }
    }
    let name = name(input, "where")?;
    if name == "at" {
        return at(input, purpose);
    }
    let (shape, mut unit) = if keyword(input, "rows")? {
        (matrix(input, Order::Rows)?, None)
    } else if keyword(input, "columns")? {
        (matrix(input, Order::Columns)?, None)
    } else if keyword(input, "elements")? {
        (items(input, &name)?, None)
    } else {
        (items(input, &name)?, Some(PAGE_BYTES))
    };
    let (mut offset, mut bytes) = (0, None);
    loop {
        if unit.is_none() && keyword(input, "of")? {
            unit = Some(count(input, "the size of an element")?);
        } else if keyword(input, "offset")? {
            offset = need(input, "the offset", unsigned)?;
        } else if keyword(input, "bytes")? {
            bytes = Some(access_bytes(input, purpose)?);
        } else {
            break;
        }
    }
    let Some(unit) = unit else {
        return wrong(place(input), "how large is an element? write `of 8`");
    };
    // An element is accessed as a whole, a page in one word.
    let whole = if unit >= PAGE_BYTES { ACCESS_BYTES } else { unit };
    let place = Place::In(name, Pattern { shape, unit, offset });
    Ok(Step::Touch { purpose, bytes: bytes.unwrap_or(whole), place })
}

fn matrix(input: &mut Input<'_>, order: Order) -> Read<Shape> {
    let rows = count(input, "the number of rows")?;
    follows(input, "x", "a matrix is written `rows 128 x 128 of 8`")?;
    let columns = count(input, "the number of columns")?;
    Ok(Shape::Matrix { order, rows, columns })
}

fn items(input: &mut Input<'_>, region: &str) -> Read<Shape> {
    let mut items = Vec::new();
    let is_item = |word: &str| !matches!(word, "of" | "offset" | "bytes");
    loop {
        take(input, multispace0)?;
        let at = place(input);
        let Some(word) = take(input, opt(word.verify(is_item)))? else {
            return match items.is_empty() {
                true => wrong(at, format!("which pages of `{region}`?")),
                false => Ok(Shape::Items(items)),
            };
        };
        items.push(if word == "random" {
            random(input)?
        } else {
            let (from, to) = range(word).or_else(|message| wrong(at, message))?;
            let step = if keyword(input, "step")? { count(input, "the step")? } else { 1 };
            Item::Range { from, to, step }
        });
    }
}

/// `100 of 0..9 seed 1`
fn random(input: &mut Input<'_>) -> Read<Item> {
    let count = count(input, "how many")?;
    follows(input, "of", "random is written `random 100 of 0..9 seed 1`")?;
    let (from, to) = need(input, "of which", range)?;
    follows(input, "seed", "random needs `seed` and a number")?;
    Ok(Item::Random { count, from, to, seed: need(input, "the seed", unsigned)? })
}

/// A calculated address, possibly in quotation marks.
fn at(input: &mut Input<'_>, purpose: Purpose) -> Read<Step> {
    let is_quoted = sign(input, '"')?;
    let address = number(input)?;
    if is_quoted && !sign(input, '"')? {
        return wrong(place(input), "a `\"` is missing after the address");
    }
    let is_said = keyword(input, "bytes")?;
    let bytes = if is_said { access_bytes(input, purpose)? } else { ACCESS_BYTES };
    Ok(Step::Touch { purpose, bytes, place: Place::At(address) })
}

fn access_bytes(input: &mut Input<'_>, purpose: Purpose) -> Read<u64> {
    let most = purpose.most();
    need(input, "how many bytes", |word| match unsigned(word)? {
        bytes if (1..=most).contains(&bytes) => Ok(bytes),
        _ => Err(format!("an access of {word} bytes; 1 to {most} are possible")),
    })
}

/// The digits of a number, which underscores may group.
fn digits(word: &str) -> Cow<'_, str> {
    if word.contains('_') { word.replace('_', "").into() } else { word.into() }
}

fn signed(word: &str) -> Result<i64, String> {
    digits(word).parse().map_err(|error: ParseIntError| match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => {
            format!("`{word}` is out of range: it does not fit 64 bits")
        }
        _ => format!("`{word}` is not a whole number"),
    })
}

fn unsigned(word: &str) -> Result<u64, String> {
    let digits = digits(word);
    let number = match digits.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    number.map_err(|error| match error.kind() {
        IntErrorKind::PosOverflow => format!("`{word}` is out of range: it does not fit 64 bits"),
        _ => format!("`{word}` is not a number from 0 on"),
    })
}

fn at_most(word: &str, most: u64) -> Result<u64, String> {
    match unsigned(word)? {
        number if number <= most => Ok(number),
        _ => Err(format!("`{word}` is out of range: at most {most} is possible")),
    }
}

/// A number of pages, possibly negative.
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
