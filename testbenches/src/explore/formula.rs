//! Formulas over the figures of a report: `1000 * total.mmu.data_misses / cycles`.

use exmex::{Express as _, FlatEx};
use winnow::Parser;
use winnow::ascii::{digit0, digit1, multispace0};
use winnow::combinator::{alt, opt, peek, repeat};
use winnow::token::{any, one_of, take_till, take_while};

use scenario::grammar::{Input, Read, take, whole};

/// A parsed formula.
#[derive(Clone, Debug)]
pub struct Formula {
    /// Its text as written.
    pub text: String,
    expression: FlatEx<f64>,
}

impl Formula {
    /// Parses a formula: `+ - * / ^`, parentheses, functions such as `min` and `log2`, dotted
    /// names.
    ///
    /// # Errors
    /// A sentence.
    pub fn parse(text: &str) -> Result<Formula, String> {
        let braced = whole(text, braced).map_err(|problem| problem.message.into_owned())?;
        let expression = exmex::parse::<f64>(&braced)
            .map_err(|error| format!("`{text}` is not a formula: {error}"))?;
        Ok(Formula { text: text.to_owned(), expression })
    }

    /// The value of the formula; `value` gives those of names.
    ///
    /// # Errors
    /// The error of `value` for a name; a sentence if the formula has no finite value.
    pub fn value(&self, value: &dyn Fn(&str) -> Result<f64, String>) -> Result<f64, String> {
        let names = self.expression.var_names();
        let values = names.iter().map(|name| value(name)).collect::<Result<Vec<_>, _>>()?;
        let result = self.expression.eval(&values).map_err(|error| error.to_string())?;
        match result {
            // 0 misses of 0 accesses: there is no rate.
            _ if result.is_nan() => {
                Err(format!("`{}` has no value here: it divides by nothing", self.text))
            }
            _ if result.is_infinite() => {
                let why = "it divides by nothing, or is too large";
                Err(format!("`{}` has no value here: {why}", self.text))
            }
            _ => Ok(result),
        }
    }
}

/// Puts names in braces, so that they may contain dots; functions are not names. Text in braces is
/// already a name, whatever its characters: `{processes.job-1.turnaround}`.
fn braced(input: &mut Input<'_>) -> Read<String> {
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let in_braces = ('{', take_till(0.., '}'), opt('}')).take();
    let exponent = (one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1);
    let number = (digit1, opt(('.', digit0)), opt(exponent)).take();
    // Exponents are expanded, since the calculator does not accept them.
    let number = number.parse_to::<f64>().map(|number| number.to_string());
    let name = (one_of(is_first), take_while(0.., is_inner)).take();
    let function = (name, peek((multispace0, '('))).map(|(name, _): (&str, _)| name.to_owned());
    let name = (one_of(is_first), take_while(0.., is_inner)).take();
    let name = name.map(|name| format!("{{{name}}}"));
    let token = alt((in_braces.map(str::to_owned), number, function, name, any.map(String::from)));
    take(input, repeat(0.., token).fold(String::new, |text, token: String| text + &token))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Result<f64, String> {
        Formula::parse(text)?.value(&|name| match name {
            "total.misses" => Ok(3.0),
            "zero" => Ok(0.0),
            "a-b" => Ok(8.0),
            other => Err(format!("no {other}")),
        })
    }

    #[test]
    fn formulas_calculate_with_dotted_names() {
        assert_eq!(value("1000 * total.misses / (2 + 4)"), Ok(500.0));
        assert_eq!(value("min(total.misses, 2) - 1"), Ok(1.0));
        assert_eq!(value("{a-b} - 1e1"), Ok(-2.0));
        assert_eq!(value("total.misses-1.5e-1"), Ok(2.85));
        assert_eq!(value("7"), Ok(7.0));
    }

    #[test]
    fn nonsense_is_a_sentence() {
        assert!(value("total.misses /").is_err());
        assert!(value("").is_err());
        assert!(value("(1").is_err());
        assert_eq!(value("other + 1"), Err("no other".to_owned()));
        assert!(value("1 / zero").unwrap_err().contains("divides by nothing"));
    }
}
