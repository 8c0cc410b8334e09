//! Filling in the templates of a study's scenario: `{..}` in its texts, `copies` of processes.

use toml::{Table, Value};

use super::formula::Formula;

/// More copies of a process than this are an error.
const MOST_COPIES: i64 = 256;
/// Formulas use real numbers, which are exact for whole numbers up to here.
const LARGEST: u64 = 1 << 53;

/// Replaces every `{formula}` in every text by its value, which must be a whole number or the name
/// of a variable with a text. A text that consists of one formula becomes its value.
///
/// # Errors
/// A sentence.
pub(super) fn texts(value: &mut Value, variables: &[(String, Value)]) -> Result<(), String> {
    match value {
        Value::String(text) if text.contains('{') => *value = filled(text, variables)?,
        Value::Array(items) => {
            for item in items {
                texts(item, variables)?;
            }
        }
        Value::Table(table) => {
            for (_, inner) in table.iter_mut() {
                texts(inner, variables)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Whether some text contains a name in braces.
pub(super) fn uses(value: &Value, name: &str) -> bool {
    let is_other = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let inside = |part: &str| {
        let formula = part.split('}').next().unwrap_or(part);
        formula.split(is_other).any(|word| word == name)
    };
    match value {
        Value::String(text) => text.split('{').skip(1).any(inside),
        Value::Array(items) => items.iter().any(|item| uses(item, name)),
        Value::Table(table) => table.values().any(|inner| uses(inner, name)),
        _ => false,
    }
}

fn filled(text: &str, variables: &[(String, Value)]) -> Result<Value, String> {
    let (mut result, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        let (formula, after) =
            after.split_once('}').ok_or_else(|| format!("`{text}`: a `}}` is missing"))?;
        let value = evaluated(formula.trim(), variables)?;
        if before.is_empty() && after.is_empty() && result.is_empty() {
            return Ok(value);
        }
        result += before;
        result += &match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        rest = after;
    }
    Ok(Value::String(result + rest))
}

fn evaluated(formula: &str, variables: &[(String, Value)]) -> Result<Value, String> {
    if let Some((_, value)) = variables.iter().find(|(name, _)| name == formula) {
        return Ok(value.clone());
    }
    let number = |name: &str| {
        let found = variables.iter().find(|(known, _)| known == name);
        match found.map(|(_, value)| value) {
            Some(Value::Integer(value)) if value.unsigned_abs() > LARGEST => {
                Err(format!("`{name}` in `{{{formula}}}` is {value}: too large to calculate with"))
            }
            Some(Value::Integer(value)) => Ok(*value as f64),
            Some(Value::Float(value)) => Ok(*value),
            Some(_) => Err(format!("`{name}` in `{{{formula}}}` is not a number")),
            None => Err(format!("nothing is called `{name}` in `{{{formula}}}`")),
        }
    };
    let value = Formula::parse(formula)?.value(&number)?;
    if value.fract() != 0.0 {
        return Err(format!("`{{{formula}}}` is {value}, which is not a whole number"));
    }
    if value.abs() > LARGEST as f64 {
        return Err(format!("`{{{formula}}}` is {value}: too large to calculate with"));
    }
    Ok(Value::Integer(value as i64))
}

/// Replaces a process with `copies = n` by n processes: NAME-1 to NAME-n.
///
/// # Errors
/// A sentence.
pub(super) fn copies(root: &mut Table) -> Result<(), String> {
    let Some(Value::Array(processes)) = root.get_mut("process") else { return Ok(()) };
    let mut all = Vec::new();
    for mut process in std::mem::take(processes) {
        let Some(count) = process.as_table_mut().and_then(|table| table.remove("copies")) else {
            all.push(process);
            continue;
        };
        let count = count.as_integer().filter(|count| (1..=MOST_COPIES).contains(count));
        let count = count.ok_or_else(|| format!("`copies` goes from 1 to {MOST_COPIES}"))?;
        let name = process.get("name").and_then(Value::as_str).unwrap_or("process").to_owned();
        for number in 1..=count {
            let mut copy = process.clone();
            if let Some(table) = copy.as_table_mut() {
                table.insert("name".to_owned(), Value::String(format!("{name}-{number}")));
            }
            all.push(copy);
        }
    }
    *processes = all;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Result<Value, String> {
        let variables = vec![
            ("n".to_owned(), Value::Integer(8)),
            ("large".to_owned(), Value::Integer(i64::MAX)),
            ("policy".to_owned(), Value::String("lru".to_owned())),
        ];
        let mut value = Value::String(text.to_owned());
        texts(&mut value, &variables).map(|()| value)
    }

    #[test]
    fn braces_are_replaced_by_what_they_stand_for() {
        assert_eq!(text("load a 0..{n - 1}"), Ok(Value::String("load a 0..7".to_owned())));
        assert_eq!(text("{n}"), Ok(Value::Integer(8)));
        assert_eq!(text("{4096 * n / 2}"), Ok(Value::Integer(16384)));
        assert_eq!(text("{policy}"), Ok(Value::String("lru".to_owned())));
        assert_eq!(text("as {policy}, {n}"), Ok(Value::String("as lru, 8".to_owned())));
        for large in ["{n * 2^60}", "{large - large}"] {
            assert!(text(large).unwrap_err().contains("too large"), "{large}");
        }
        assert_eq!(text("{large}"), Ok(Value::Integer(i64::MAX)));
        for wrong in ["{n / 3}", "{m}", "{n", "{policy + 1}", "{}"] {
            assert!(text(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_name_is_used_where_it_stands_in_braces() {
        let text = |text: &str| Value::String(text.to_owned());
        assert!(uses(&text("load a 0..{2 * pages - 1}"), "pages"));
        assert!(!uses(&text("pages {page} pages"), "pages"));
    }

    #[test]
    fn copies_are_processes_of_their_own() {
        let mut table: Table = "[[process]]\nname = \"a\"\ncopies = 2".parse().expect("TOML");
        copies(&mut table).expect("two are allowed");
        let names: Vec<_> =
            table["process"].as_array().unwrap().iter().map(|p| p["name"].as_str()).collect();
        assert_eq!(names, [Some("a-1"), Some("a-2")]);
        let mut table: Table = "[[process]]\ncopies = 0".parse().expect("TOML");
        assert!(copies(&mut table).is_err());
    }
}
