//! A machine that fits on a sheet of paper: translate an address by hand.
//!
//! No hardware has these sizes, so that a model answers (`model::toy`).

use std::collections::BTreeSet;

use model::toy::{Shape, Tree};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::{Answer, Difficulty, Key, Posed};

/// Offset bits of a page, and the bits of each level's index.
type Sizes = (u32, &'static [u32]);

/// Tables, the places of all of them, and an address.
struct Task {
    tree: Tree,
    /// Where each table begins, and its entries.
    tables: Vec<(u64, u64)>,
    va: u64,
    access: &'static str,
}

impl Task {
    /// Easy: one level. Medium: two. Hard: two with larger tables, or three.
    fn draw(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Task {
        let sizes: &[Sizes] = match difficulty {
            Difficulty::Easy => &[(4, &[2]), (4, &[3]), (5, &[3])],
            Difficulty::Medium => &[(4, &[2, 2]), (4, &[3, 3]), (5, &[2, 3])],
            Difficulty::Hard => &[(4, &[4, 4]), (5, &[3, 4]), (4, &[2, 2, 2]), (3, &[3, 3, 3])],
        };
        let (page_bits, levels) = sizes[rng.random_range(0..sizes.len())];
        let va_bits = page_bits + levels.iter().sum::<u32>();
        let shape = Shape { va_bits, pa_bits: page_bits + 6, page_bits };
        let va = rng.random_range(0..1 << va_bits);
        // Frames, no two alike: a table for each level, and a second one beside each but the root.
        let mut frames = BTreeSet::new();
        let mut frame = |rng: &mut ChaCha8Rng| loop {
            let drawn = rng.random_range(1..shape.frames());
            if frames.insert(drawn) {
                return drawn;
            }
        };
        let root = shape.join(frame(rng), 0);
        let mut tree = Tree::new(shape, levels, root).expect("the sizes above fit together");
        let mut tables = vec![(root, 1 << levels[0])];
        let mut here = vec![root];
        // The level whose entry for the address is not valid, if any.
        let broken = rng.random_range(0..4 * levels.len());
        for (level, bits) in levels.iter().enumerate() {
            let is_last = level + 1 == levels.len();
            let index = tree.index(va, level);
            let mut next = Vec::new();
            for (at, table) in here.iter().enumerate() {
                // The address's way leads through the first table of each level.
                let other = rng.random_range(0..1 << bits);
                for place in 0..1 << bits {
                    let on_the_way = at == 0 && place == index;
                    let leads = on_the_way || is_last || (at == 0 && place == other);
                    let valid = match on_the_way {
                        true => broken != level,
                        false => leads && (!is_last || rng.random_range(0..2) == 0),
                    };
                    let named = if leads && !is_last {
                        frame(rng)
                    } else {
                        // Also where the entry is not valid: what it names means nothing.
                        rng.random_range(0..shape.frames())
                    };
                    let entry = Tree::entry(named);
                    tree.write(table + place, if valid { entry } else { entry & 0x7f });
                    if leads && !is_last {
                        let begins = shape.join(named, 0);
                        tables.push((begins, 1 << levels[level + 1]));
                        if on_the_way {
                            next.insert(0, begins);
                        } else {
                            next.push(begins);
                        }
                    }
                }
            }
            here = next;
        }
        tables.sort_unstable();
        let access = ["load", "store", "fetch"][rng.random_range(0..3)];
        Task { tree, tables, va, access }
    }

    fn given(&self) -> Vec<String> {
        let (shape, levels) = (self.tree.shape(), self.tree.levels());
        let (page, offset) = (shape.page(), shape.page_bits);
        let parts: Vec<_> = match levels {
            [bits] => vec![format!("{bits} for the page")],
            _ => (1..).zip(levels).map(|(at, bits)| format!("{bits} for table {at}")).collect(),
        };
        let mut given = vec![
            format!(
                "address  {} bits: {}, {offset} for the offset; pages of {page} bytes",
                shape.va_bits,
                parts.join(", ")
            ),
            "entry    1 byte: the upper bit says that it is valid, the other 7 are a frame's number"
                .to_owned(),
        ];
        if levels.len() > 1 {
            given.push(format!(
                "         an entry of table {} names the page's frame, one before it the frame in which \
                 the next table begins",
                levels.len()
            ));
        }
        given.push(format!("root     the table at {:#x}", self.tree.root()));
        given.push("memory   in hexadecimal, one table in each line".to_owned());
        for (begins, entries) in &self.tables {
            let bytes: Vec<_> = (0..*entries)
                .map(|place| format!("{:02x}", self.tree.read(begins + place)))
                .collect();
            given.push(format!("  {begins:#05x}  {}", bytes.join(" ")));
        }
        given.push(format!("access   {} at {:#x}", self.access, self.va));
        given
    }

    fn answer(&self) -> Answer {
        let worked = self.tree.tell(self.va);
        match self.tree.walk(self.va).outcome {
            Ok(pa) => {
                let pa = format!("{pa:#x}");
                let text = format!("physical address {pa}");
                Answer { value: json!({ "pa": pa }), text, worked, key: Key::text(&pa) }
            }
            Err(_) => {
                let key = Key::Text(vec!["fault".to_owned(), "page fault".to_owned()]);
                let value = json!({ "fault": "page fault" });
                Answer { value, text: "a page fault".to_owned(), worked, key }
            }
        }
    }
}

/// Which physical address, or a fault?
pub(super) fn pose(rng: &mut ChaCha8Rng, difficulty: Difficulty) -> Posed {
    let form = "Write the physical address in hexadecimal, as 0x1f, or the word fault.".to_owned();
    let task = Task::draw(rng, difficulty);
    let given = task.given();
    let ask = format!("Which physical address does the {} reach, or does it fault?", task.access);
    let solve = Box::new(move |_| Ok(task.answer()));
    Posed { given, ask, form, options: Vec::new(), scenario: None, solve }
}
