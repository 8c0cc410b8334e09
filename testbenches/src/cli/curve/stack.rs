//! The LRU stack of a short string, reference by reference.

use anyhow::ensure;

use super::pages::{axis, picture};
use crate::curve::sheet::{Cell, Sheet};
use crate::explore::draw::Curve;

/// The most references that are shown.
const MOST: usize = 200;
/// The most pages that fit beside each other.
const WIDEST: usize = 24;

/// The stack after a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Moment {
    page: u64,
    /// Where the page was in the stack, from 1; `None` if it was not.
    depth: Option<usize>,
    /// All pages so far, the one used last at the top.
    stack: Vec<u64>,
}

/// The stack after each reference.
fn moments(string: &[u64]) -> Vec<Moment> {
    let mut stack = Vec::new();
    let moment = |page: &u64| {
        let place = stack.iter().position(|there| there == page);
        if let Some(place) = place {
            stack.remove(place);
        }
        stack.insert(0, *page);
        Moment { page: *page, depth: place.map(|place| place + 1), stack: stack.clone() }
    };
    string.iter().map(moment).collect()
}

/// A row for each reference; the first n columns of the stack are what n frames hold.
///
/// # Errors
/// A sentence: the string is too long to be shown, or has too many pages.
pub(super) fn sheet(string: &[u64]) -> anyhow::Result<Sheet> {
    let (count, most) = (string.len(), "`--of stack` shows every reference");
    ensure!(count <= MOST, "--string: {most}, and there are {count}; at most {MOST} are shown");
    let moments = moments(string);
    let pages = moments.last().map_or(0, |moment| moment.stack.len());
    ensure!(pages <= WIDEST, "--string: {most}, and has {pages} pages; at most {WIDEST} are shown");
    let head = ["ref", "page", "depth"].map(str::to_owned).into_iter();
    let mut table: Vec<Vec<String>> =
        vec![head.chain((1..=pages).map(|n| n.to_string())).collect()];
    let (mut rows, mut points) = (Vec::new(), Vec::new());
    for (Moment { page, depth, stack }, at) in moments.iter().zip(1_u64..) {
        let said = depth.map_or("first".to_owned(), |depth| depth.to_string());
        let stack: Vec<String> = stack.iter().map(u64::to_string).collect();
        points.extend(depth.map(|depth| (at as f64, depth as f64)));
        rows.push(vec![
            Cell::Count(at),
            Cell::Count(*page),
            Cell::Text(depth.map_or(String::new(), |depth| depth.to_string())),
            Cell::Text(stack.join(" ")),
        ]);
        table.push([at.to_string(), page.to_string(), said].into_iter().chain(stack).collect());
    }
    let what = "the LRU stack after each reference, the page used last in column 1";
    let note =
        "n frames hold the first n columns: a page at depth d is a hit with d frames or more";
    Ok(Sheet {
        head: vec![format!("string: {what}; {count} page references, {pages} pages")],
        columns: vec!["reference", "page", "depth", "stack"],
        rows,
        table,
        notes: vec![note.to_owned()],
        picture: picture(
            "string: stack distances".to_owned(),
            "How deep each page was in the LRU stack; pages used for the first time are not drawn.",
            axis("reference", false),
            axis("depth", false),
            vec![Curve { name: "depth".to_owned(), points }],
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::stack::Stack;
    use proptest::prelude::*;

    #[test]
    fn beladys_string_by_hand() {
        let all = moments(&[1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]);
        let depths: Vec<_> = all.iter().map(|moment| moment.depth.unwrap_or(0)).collect();
        assert_eq!(depths, [0, 0, 0, 0, 4, 4, 0, 3, 3, 5, 5, 5]);
        assert_eq!(all[6].stack, [5, 2, 1, 4, 3]);
    }

    proptest! {
        /// Against the stack that the curves are drawn from.
        #[test]
        fn depths_are_those_of_the_curves(pages in prop::collection::vec(0..9_u32, 1..80)) {
            let mut stack = Stack::default();
            let string: Vec<u64> = pages.iter().map(|page| u64::from(*page)).collect();
            for (moment, page) in moments(&string).iter().zip(&pages) {
                prop_assert_eq!(moment.depth, stack.touch(*page));
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(sheet(&[1; MOST]).is_ok());
        assert!(sheet(&[1; MOST + 1]).is_err());
        let many: Vec<u64> = (0..=WIDEST as u64).collect();
        assert!(sheet(&many).is_err_and(|error| error.to_string().contains("25 pages")));
    }
}
