//! Reads printed Verilog back and refuses what rust-hdl is known to print silently wrong.

mod expressions;

use super::keywords::{PRINTED, is_keyword};
use super::tokens::{Kind, Token, tokens};
use std::collections::BTreeSet;
use std::fmt;

/// A place in printed Verilog that does not mean what the hardware means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line of the text, from 1.
    pub line: usize,
    /// The module that it stands in; empty outside all modules.
    pub module: String,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What can be wrong with printed Verilog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// A name that nothing declares: a Rust constant or const generic used as a value, or an
    /// array indexed twice.
    Unresolved(String),
    /// A struct inside a struct, printed with its `val()` in the name.
    NestedStruct(String),
    /// A bit or slice taken of a slice or of an expression.
    SliceOfSlice,
    /// A port, register or block named by a keyword of Verilog or SystemVerilog.
    Keyword(String),
    /// `&`, `|`, `^`, a shift or arithmetic directly beside a comparison: Verilog binds them
    /// otherwise than Rust.
    Precedence,
    /// A comparison with arithmetic, a shift or `~` below it: Verilog computes it in the width
    /// of the widest literal, Rust in its own.
    Width,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, module {}: ", self.line, self.module)?;
        match &self.kind {
            ProblemKind::Unresolved(name) => write!(f, "nothing declares `{name}`"),
            ProblemKind::NestedStruct(name) => write!(f, "`{name}` is a field of a nested struct"),
            ProblemKind::SliceOfSlice => f.write_str("a slice is taken of an expression"),
            ProblemKind::Keyword(name) => write!(f, "`{name}` is a keyword, used as a name"),
            ProblemKind::Precedence => {
                f.write_str("a comparison stands beside another operator without parentheses")
            }
            ProblemKind::Width => {
                f.write_str("a comparison with arithmetic, a shift or `~` on one side")
            }
        }
    }
}

/// All problems of a text, in its order.
pub fn lint(text: &str) -> Vec<Problem> {
    let tokens = tokens(text);
    let modules: BTreeSet<&str> =
        tokens.windows(2).filter(|w| w[0].text == "module").map(|w| w[1].text).collect();
    let mut problems = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let length = tokens[start..].iter().position(|token| token.text == "endmodule");
        let end = length.map_or(tokens.len(), |length| start + length + 1);
        Module::new(&tokens[start..end], &modules).check(&mut problems);
        start = end;
    }
    problems.sort_by_key(|problem| problem.line);
    problems
}

struct Module<'a> {
    name: &'a str,
    tokens: &'a [Token<'a>],
    modules: &'a BTreeSet<&'a str>,
    declared: BTreeSet<&'a str>,
}

impl<'a> Module<'a> {
    fn new(tokens: &'a [Token<'a>], modules: &'a BTreeSet<&'a str>) -> Self {
        let name = tokens
            .windows(2)
            .find(|window| window[0].text == "module")
            .map_or("", |window| window[1].text);
        let mut module = Self { name, tokens, modules, declared: BTreeSet::new() };
        module.declared = module.declarations().map(|token| token.text).collect();
        module
    }

    /// The names that declarations and instances introduce.
    fn declarations(&self) -> impl Iterator<Item = Token<'a>> + use<'a> {
        let mut names = Vec::new();
        let mut declaring = false;
        let mut value = false;
        let mut brackets = 0_usize;
        for (index, token) in self.tokens.iter().enumerate() {
            match token.text {
                "input" | "output" | "inout" | "wire" | "reg" | "integer" | "localparam"
                | "parameter"
                    if !declaring =>
                {
                    declaring = true;
                    value = false;
                }
                ";" => declaring = false,
                "," => value = false,
                "=" => value = true,
                "[" => brackets += 1,
                "]" => brackets = brackets.saturating_sub(1),
                // `input wire signed [3:0] a`: between keyword and name.
                "wire" | "reg" | "signed" => {}
                _ if declaring && !value && brackets == 0 && token.kind == Kind::Word => {
                    names.push(*token);
                }
                _ => {}
            }
            let instance = index > 1
                && token.text == "("
                && self.modules.contains(self.tokens[index - 2].text)
                && self.tokens[index - 2].kind == Kind::Word
                && self.tokens[index - 1].kind == Kind::Word
                && self.tokens[index - 2].text != self.name;
            if instance {
                names.push(self.tokens[index - 1]);
            }
        }
        names.into_iter()
    }

    fn check(&self, problems: &mut Vec<Problem>) {
        let mut report = |line: usize, kind: ProblemKind| {
            problems.push(Problem { line, module: self.name.to_string(), kind });
        };
        for token in self.declarations() {
            if is_keyword(token.text) {
                report(token.line, ProblemKind::Keyword(token.text.to_string()));
            }
        }
        for (index, token) in self.tokens.iter().enumerate() {
            let before = index.checked_sub(1).map_or("", |before| self.tokens[before].text);
            if token.kind == Kind::System && !matches!(token.text, "$signed" | "$unsigned") {
                report(token.line, ProblemKind::Unresolved(token.text.to_string()));
            }
            if token.text == "[" && matches!(before, "]" | ")") {
                report(token.line, ProblemKind::SliceOfSlice);
            }
            if token.kind == Kind::Word
                && before != "."
                && let Some(kind) = self.judge(token.text)
            {
                report(token.line, kind);
            }
        }
        for (line, kind) in expressions::hazards(self.tokens) {
            report(line, kind);
        }
    }

    /// What is wrong with a word in the text.
    fn judge(&self, word: &str) -> Option<ProblemKind> {
        if word.ends_with("$val") || word.contains("$val$") {
            return Some(ProblemKind::NestedStruct(word.to_string()));
        }
        // A declared keyword has been reported where it is declared.
        let known =
            self.declared.contains(word) || self.modules.contains(word) || PRINTED.contains(&word);
        (!known).then(|| ProblemKind::Unresolved(word.to_string()))
    }
}

#[cfg(test)]
mod tests;
