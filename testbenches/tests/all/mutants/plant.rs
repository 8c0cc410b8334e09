//! Puts every mutant of a file into it at once, to be chosen when the program runs.
//!
//! The mutated text stands beside the sound one, behind a test of the mutant's number. In a kernel
//! of a block the statements around it are doubled, as two loops of which one has a round, and the
//! choice is made when the block's text is elaborated; elsewhere the expression around it, or the
//! statement, if it is a whole one.

use std::ops::Range;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ImplItemFn, ItemFn, Stmt};

/// One mutant of a file: its number, and its text before and after.
pub(crate) struct Change<'m> {
    pub(crate) number: usize,
    pub(crate) find: &'m str,
    pub(crate) replace: &'m str,
}

/// The text with a mutant in it.
///
/// # Errors
/// A sentence, if the text cannot be parsed or nothing stands around the mutant.
pub(crate) fn planted(text: &str, change: &Change<'_>) -> Result<String, String> {
    // What other mutants have doubled is sound where it stands last.
    let at = text.rfind(change.find).ok_or("its text is gone")?;
    let file = syn::parse_file(text).map_err(|error| error.to_string())?;
    let found = at..at + change.find.len();
    let wanted = trimmed(text, &found);
    let mut around = Around { wanted, kernel: false, statements: None, expression: None };
    around.visit_file(&file);
    let in_kernel = around.statements.as_ref().is_some_and(|(_, kernel)| *kernel);
    let statements = around.statements.map(|(range, _)| range);
    let number = change.number;
    let (range, is_expression) = match (statements, around.expression) {
        (Some(range), _) if in_kernel => (range, false),
        (Some(range), Some(inner)) if range.len() <= inner.len() => (range, false),
        (_, Some(range)) => (range, true),
        (Some(range), None) => (range, false),
        (None, None) => return Err("nothing stands around it".to_owned()),
    };
    // The mutant's own text may begin or end outside, in white space.
    let range = range.start.min(found.start)..range.end.max(found.end);
    let before = &text[range.clone()];
    let after = format!(
        "{}{}{}",
        &text[range.start..found.start],
        change.replace,
        &text[found.end..range.end]
    );
    let both = if in_kernel {
        // A loop of one round or none is the choice that a kernel can make as it is elaborated.
        format!(
            " for _planted in 0..crate::planted({number}) {{ {after} }} \
             for _sound in 0..crate::sound({number}) {{ {before} }} "
        )
    } else if is_expression {
        format!("(if crate::planted({number}) == 1 {{ {after} }} else {{ {before} }})")
    } else {
        format!(" if crate::planted({number}) == 1 {{ {after} }} else {{ {before} }} ")
    };
    Ok(format!("{}{both}{}", &text[..range.start], &text[range.end..]))
}

/// A range without the white space at its ends.
fn trimmed(text: &str, range: &Range<usize>) -> Range<usize> {
    let inside = &text[range.clone()];
    let start = range.start + (inside.len() - inside.trim_start().len());
    start..start.max(range.end - (inside.len() - inside.trim_end().len()))
}

/// Finds the smallest run of statements, and the smallest expression, around a place.
struct Around {
    wanted: Range<usize>,
    /// Inside the kernel of a block.
    kernel: bool,
    statements: Option<(Range<usize>, bool)>,
    expression: Option<Range<usize>>,
}

impl Around {
    fn holds(&self, range: &Range<usize>) -> bool {
        range.start <= self.wanted.start && self.wanted.end <= range.end
    }
}

impl<'a> Visit<'a> for Around {
    fn visit_impl_item_fn(&mut self, function: &'a ImplItemFn) {
        let before = self.kernel;
        self.kernel = function.attrs.iter().any(|attribute| attribute.path().is_ident("hdl_gen"));
        visit::visit_impl_item_fn(self, function);
        self.kernel = before;
    }

    fn visit_item_fn(&mut self, function: &'a ItemFn) {
        // A function that is evaluated at compile time cannot choose.
        if function.sig.constness.is_none() {
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_block(&mut self, block: &'a Block) {
        let span = block.span().byte_range();
        if self.holds(&span) {
            let touched: Vec<&Stmt> = block
                .stmts
                .iter()
                .filter(|statement| {
                    let range = statement.span().byte_range();
                    range.start < self.wanted.end && self.wanted.start < range.end
                })
                .collect();
            if let (Some(first), Some(last)) = (touched.first(), touched.last()) {
                let range = first.span().byte_range().start..last.span().byte_range().end;
                let local = touched.iter().any(|statement| matches!(statement, Stmt::Local(_)));
                if self.holds(&range) && !local {
                    self.statements = Some((range, self.kernel));
                }
            }
        }
        visit::visit_block(self, block);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        let range = expression.span().byte_range();
        if self.holds(&range) && !self.kernel {
            let smaller = self.expression.as_ref().is_none_or(|old| range.len() <= old.len());
            if smaller && !matches!(expression, Expr::Block(_) | Expr::Assign(_) | Expr::Let(_)) {
                self.expression = Some(range);
            }
        }
        visit::visit_expr(self, expression);
    }
}

#[test]
fn a_statement_of_a_kernel_is_doubled() {
    let text = "impl Logic for B { #[hdl_gen] fn update(&mut self) { \
                if self.a.val() { self.b.next = self.c.val(); self.d.next = true; } } }";
    let change = Change { number: 3, find: "self.c.val()", replace: "false" };
    let made = planted(text, &change).expect("it is planted");
    assert!(made.contains(
        "for _planted in 0..crate::planted(3) { self.b.next = false; } \
         for _sound in 0..crate::sound(3) { self.b.next = self.c.val(); }"
    ));
    let gone = Change { number: 4, find: "self.d.next = true;", replace: "" };
    let made = planted(&made, &gone).expect("it is planted");
    assert!(made.contains("for _sound in 0..crate::sound(4) { self.d.next = true; }"));
}

#[test]
fn an_expression_elsewhere_is_doubled() {
    let text = "fn f(a: u64) -> u64 { let b = a + 1; b * 2 }";
    let change = Change { number: 1, find: "a + 1", replace: "a" };
    let made = planted(text, &change).expect("it is planted");
    assert!(made.contains("let b = (if crate::planted(1) == 1 { a } else { a + 1 });"));
}
