//! Dotted paths into a scenario's TOML: `os.frames`, `process.sort.regions.heap.pages`.
//!
//! In a list of tables, a part of the path is an item's `name`, or its `kind`, or its index from 0.

use toml::{Table, Value};

/// Sets a value at a path; missing tables on the way are created.
///
/// # Errors
/// A sentence that says which part of the path does not exist, and which names do.
pub(crate) fn set(root: &mut Table, path: &str, value: Value) -> Result<(), String> {
    let parts: Vec<&str> = path.split('.').collect();
    if parts.iter().any(|part| part.is_empty()) {
        return Err(format!("`{path}` is not a path; write one as os.frames"));
    }
    let Some((last, parents)) = parts.split_last() else { return Ok(()) };
    let Some((first, rest)) = parents.split_first() else {
        root.insert((*last).to_owned(), value);
        return Ok(());
    };
    let mut at = root.entry(*first).or_insert_with(|| Value::Table(Table::new()));
    for part in rest {
        at = inner(at, part, path)?;
    }
    *inner(at, last, path)? = value;
    Ok(())
}

/// The value of a part of a path, inside another value.
fn inner<'v>(at: &'v mut Value, part: &str, path: &str) -> Result<&'v mut Value, String> {
    match at {
        Value::Table(table) => Ok(table.entry(part).or_insert_with(|| Value::Table(Table::new()))),
        Value::Array(items) => {
            let called = |key: &str| {
                let is = |item: &Value| item.get(key).and_then(Value::as_str) == Some(part);
                items.iter().position(is)
            };
            let number = part.parse::<usize>().ok().filter(|number| *number < items.len());
            match called("name").or_else(|| called("kind")).or(number) {
                Some(place) => Ok(&mut items[place]),
                None => Err(missing(items, part, path)),
            }
        }
        _ => Err(format!("`{path}`: the value before `{part}` has no parts")),
    }
}

fn missing(items: &[Value], part: &str, path: &str) -> String {
    let name = |item: &Value| {
        let name = item.get("name").or_else(|| item.get("kind"))?;
        Some(name.as_str()?.to_owned())
    };
    let names: Vec<_> = items.iter().filter_map(name).collect();
    match (names.is_empty(), items.len()) {
        (false, _) => format!("`{path}`: there is no `{part}`; there are {}", names.join(", ")),
        (true, 0) => format!("`{path}`: there is no `{part}`; the list is empty"),
        (true, n) => format!("`{path}`: there is no `{part}`; numbers go from 0 to {}", n - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        os = { frames = 9 }
        [[process]]
        name = "a"
        regions = [{ kind = "bss", pages = 4 }, { name = "stack", pages = 1 }]
        program = ["load bss 0", "exit"]
    "#;

    fn after(path: &str) -> Result<Table, String> {
        let mut table: Table = TEXT.parse().expect("it is TOML");
        set(&mut table, path, Value::Integer(7)).map(|()| table)
    }

    #[test]
    fn a_path_leads_through_names_kinds_and_numbers() {
        assert_eq!(after("os.frames").unwrap()["os"]["frames"].as_integer(), Some(7));
        assert_eq!(after("machine.size").unwrap()["machine"]["size"].as_integer(), Some(7));
        let regions = |path| after(path).unwrap()["process"][0]["regions"].clone();
        assert_eq!(regions("process.a.regions.bss.pages")[0]["pages"].as_integer(), Some(7));
        assert_eq!(regions("process.0.regions.stack.pages")[1]["pages"].as_integer(), Some(7));
        let program = after("process.a.program.1").unwrap()["process"][0]["program"].clone();
        assert_eq!(program[1].as_integer(), Some(7));
    }

    #[test]
    fn a_path_that_leads_nowhere_says_where_it_ends() {
        let error = after("process.b.frames").unwrap_err();
        assert!(error.contains("no `b`; there are a"), "{error}");
        let error = after("process.a.program.9").unwrap_err();
        assert!(error.contains("numbers go from 0 to 1"), "{error}");
        assert!(after("os.frames.more").is_err());
        assert!(after("os..frames").is_err());
        assert!(after("").is_err());
    }
}
