//! Only settled values leave a block.
//!
//! rust-hdl prints a block's logic as one `always @(*)` in which outputs and inputs of children
//! get a default first and their value later. An event-driven simulator shows both to the other
//! modules; a parent and a child that wake each other this way never come to rest, although
//! every value in the end stays as it was. So every such signal gets a variable of its own inside
//! the block, and the signal is assigned once, at the block's end. Nothing else changes: what
//! the block reads back is the variable, as it was the signal before.

use super::tokens::{Kind, Token, tokens};
use std::collections::{BTreeMap, BTreeSet};

/// What the block's own variable of a signal is called.
const SUFFIX: &str = "$settling";

/// Rewrites every module of a text.
pub(super) fn settle(text: &str) -> String {
    let mut settled = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(at) = rest.find("\nendmodule") {
        let end = at + "\nendmodule".len();
        settled.push_str(&module(&rest[..end]));
        rest = &rest[end..];
    }
    settled.push_str(rest);
    settled
}

const OPENING: &str = "    always @(*) begin\n";
const CLOSING: &str = "\n    end\n";

fn module(text: &str) -> String {
    let parts = text.split_once(OPENING).and_then(|(head, rest)| {
        let (body, tail) = rest.rsplit_once(CLOSING)?;
        Some((head, body, tail))
    });
    let Some((head, body, tail)) = parts else { return text.to_string() };
    let visible = visible(head);
    let unsettled: BTreeMap<&str, &str> = assigned_again(body)
        .into_iter()
        .filter_map(|name| visible.get(name).map(|width| (name, *width)))
        .collect();
    if unsettled.is_empty() {
        return text.to_string();
    }
    // The comment of the update code stays directly above the block.
    let mut module = head.strip_suffix("    // Update code\n").unwrap_or(head).to_string();
    module.push_str("    // What leaves the block below, while it settles\n");
    for (name, width) in &unsettled {
        module.push_str(&format!("    reg {width} {name}{SUFFIX};\n"));
    }
    module.push_str("\n    // Update code\n");
    module.push_str(OPENING);
    module.push_str(&renamed(body, &unsettled));
    for name in unsettled.keys() {
        module.push_str(&format!("\n        {name} = {name}{SUFFIX};"));
    }
    module.push_str(CLOSING);
    module.push_str(tail);
    module
}

/// Signals that other modules see, with their widths as declared: outputs, and inputs of
/// children. The input of a register is not among them: it is looked at only at the clock's edge.
fn visible(head: &str) -> BTreeMap<&str, &str> {
    let declared: BTreeMap<&str, &str> = head
        .lines()
        .filter_map(|line| {
            let line = line.trim().strip_suffix(';')?;
            let line = line.strip_prefix("output reg ").or_else(|| line.strip_prefix("reg "))?;
            let (width, name) = line.rsplit_once(' ')?;
            (line.contains('$') || head.contains(&format!("output reg {line};")))
                .then_some((name, width.trim()))
        })
        .collect();
    let is_register_input = |name: &str| {
        name.strip_suffix("$d").is_some_and(|register| {
            head.contains(&format!(" {register}$q;"))
                && head.contains(&format!(" {register}$clock;"))
        })
    };
    declared.into_iter().filter(|(name, _)| !is_register_input(name)).collect()
}

/// The names that a block assigns more than once.
fn assigned_again(body: &str) -> BTreeSet<&str> {
    let tokens = tokens(body);
    let mut once = BTreeSet::new();
    let mut again = BTreeSet::new();
    let mut target: Option<&str> = None;
    for token in &tokens {
        match token {
            Token { text: ";" | "begin" | "end" | ":" | ")", .. } => target = None,
            Token { text: "=", .. } => {
                if let Some(name) = target.take()
                    && !once.insert(name)
                {
                    again.insert(name);
                }
            }
            Token { kind: Kind::Word, text, .. } if target.is_none() => target = Some(text),
            _ => {}
        }
    }
    again.extend(sliced(&tokens));
    again
}

/// The names that are assigned in slices.
fn sliced<'a>(tokens: &[Token<'a>]) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let opens = index > 0 && token.text == "[" && tokens[index - 1].kind == Kind::Word;
        if !opens {
            continue;
        }
        let starts = index == 1 || matches!(tokens[index - 2].text, ";" | "begin" | "end" | ":");
        let mut depth = 0;
        let close = tokens[index..].iter().position(|token| {
            depth += match token.text {
                "[" => 1,
                "]" => -1,
                _ => 0,
            };
            depth == 0
        });
        let after = close.and_then(|close| tokens.get(index + close + 1));
        if starts && after.is_some_and(|token| token.text == "=") {
            names.push(tokens[index - 1].text);
        }
    }
    names
}

/// The block with some names followed by [`SUFFIX`].
fn renamed(body: &str, names: &BTreeMap<&str, &str>) -> String {
    let mut text = String::with_capacity(body.len() * 2);
    let mut copied = 0;
    for token in tokens(body) {
        if token.kind == Kind::Word && names.contains_key(token.text) {
            // Tokens are slices of the body: their distance from its start is their place.
            let place = token.text.as_ptr() as usize - body.as_ptr() as usize;
            text.push_str(&body[copied..place]);
            text.push_str(token.text);
            text.push_str(SUFFIX);
            copied = place + token.text.len();
        }
    }
    text.push_str(&body[copied..]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = "module t(a,o);
    input wire  a;
    output reg  [3:0] o;

    // Stub signals
    reg  [1:0] child$x;
    reg  once$y;
    reg  r$d;
    wire  r$q;
    reg  r$clock;

    // Update code
    always @(*) begin
        r$clock = a;
        r$d = r$q;
        once$y = a;
        child$x = 2'h0;
        if (a) begin
            child$x = 2'h1;
            r$d = 1'b0;
        end
        o[(64'h0)+:(2)] = child$x;
    end

endmodule";

    #[test]
    fn what_is_assigned_twice_or_in_slices_leaves_once() {
        let settled = settle(MODULE);
        let count = |text: &str| settled.matches(text).count();
        assert_eq!(count("    reg [1:0] child$x$settling;\n"), 1);
        assert_eq!(count("        child$x$settling = "), 2);
        assert_eq!(count("o$settling[(64'h0)+:(2)] = child$x$settling;"), 1);
        assert_eq!(count("        child$x = child$x$settling;\n"), 1);
        assert_eq!(count("        o = o$settling;\n    end\n"), 1);
        assert!(!settled.contains("once$y$settling") && !settled.contains("r$d$settling"));
    }

    #[test]
    fn a_module_without_such_signals_stays_as_it_is() {
        let text =
            "module r(d,q);\n    always @(posedge clock) begin\n    q <= d;\n    end\n\nendmodule";
        assert_eq!(settle(text), text);
    }
}
