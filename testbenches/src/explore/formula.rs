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
        // 0 misses of 0 accesses: there is no such rate.
        if result.is_finite() {
            return Ok(result);
        }
        Err(format!("`{}` has no value here: it divides by nothing", self.text))
    }
}

/// Names in braces, so that dots may stand in them; functions are no names.
fn braced(text: &str) -> String {
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_inner = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let mut result = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        // An exponent, as in 1e6, belongs to its number.
        let number = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        if c.is_ascii_digit() {
            let end = number.unwrap_or(rest.len());
            result += &rest[..end];
            rest = &rest[end..];
        } else if is_first(c) {
            let mut end = rest.find(|c| !is_inner(c)).unwrap_or(rest.len());
            // A minus belongs to a name only between its letters and without space: `a-b`.
            end = rest[..end].trim_end_matches(['-', '.']).len();
            let (name, after) = rest.split_at(end);
            let is_function = after.trim_start().starts_with('(');
            result += &if is_function { name.to_owned() } else { format!("{{{name}}}") };
            rest = after;
        } else {
            result.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    result
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
        assert_eq!(value("a-b - 1e1"), Ok(-2.0));
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
