//! Formulas over the figures of a report: `1000 * total.mmu.data_misses / cycles`.

use exmex::{Express as _, FlatEx};

/// A formula, read.
#[derive(Clone, Debug)]
pub struct Formula {
    /// As it was written.
    pub text: String,
    expression: FlatEx<f64>,
}

impl Formula {
    /// Reads a formula: `+ - * / ^`, parentheses, functions as `min` and `log2`, dotted names.
    ///
    /// # Errors
    /// A sentence.
    pub fn parse(text: &str) -> Result<Formula, String> {
        let expression = exmex::parse::<f64>(&braced(text))
            .map_err(|error| format!("`{text}` is no formula: {error}"))?;
        Ok(Formula { text: text.to_owned(), expression })
    }

    /// The value, names taken from `value`.
    ///
    /// # Errors
    /// What `value` says of a name; a sentence where the formula has no finite value.
    pub fn value(&self, value: &dyn Fn(&str) -> Result<f64, String>) -> Result<f64, String> {
        let names = self.expression.var_names();
        let values = names.iter().map(|name| value(name)).collect::<Result<Vec<_>, _>>()?;
        let result = self.expression.eval(&values).map_err(|error| error.to_string())?;
        match result {
            // 0 misses of 0 accesses: there is no such rate.
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

/// Names in braces, so that they may contain dots; functions are no names. What is in braces
/// already is a name, whatever it is made of: `{processes.job-1.turnaround}`.
fn braced(text: &str) -> String {
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let (mut result, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        let end = if c == '{' {
            rest.find('}').map_or(rest.len(), |end| end + 1)
        } else if c.is_ascii_digit() {
            number(rest)
        } else if is_first(c) {
            rest.find(|c| !is_inner(c)).unwrap_or(rest.len())
        } else {
            c.len_utf8()
        };
        let (token, after) = rest.split_at(end);
        let is_function = after.trim_start().starts_with('(');
        match token.parse::<f64>() {
            // Exponents are written out: the calculator does not know them.
            Ok(number) if c.is_ascii_digit() => result += &number.to_string(),
            _ if is_first(c) && !is_function => result += &format!("{{{token}}}"),
            _ => result += token,
        }
        rest = after;
    }
    result
}

/// Where the number at a text's beginning ends: digits, a point, an exponent.
fn number(text: &str) -> usize {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let whole = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let Some(exponent) = text[whole..].strip_prefix(['e', 'E']) else { return whole };
    let unsigned = exponent.trim_start_matches(['+', '-']);
    match digits(unsigned) {
        0 => whole,
        count => whole + 1 + (exponent.len() - unsigned.len()) + count,
    }
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
