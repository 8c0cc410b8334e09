//! Translation, and the size of tables.

use std::collections::BTreeMap;

use super::*;

/// The entries or bytes of memory that a question prints, by address.
fn memory(question: &Question) -> Vec<(u64, Vec<&str>)> {
    let rows = question.given.iter().filter(|line| line.starts_with("  0x"));
    let row = |line: &'_ String| -> (u64, usize) { (numbers(line)[0], line.len()) };
    rows.map(|line| (row(line).0, line.split_whitespace().skip(1).collect())).collect()
}

#[test]
fn toy_machines() {
    agree("toy", 80, |question| {
        let address = numbers(line(question, "address"));
        // All bits, then those of each part, then the bytes of a page.
        let (all, page) = (address[0] as usize, address[address.len() - 1]);
        // `table 1` names a number too: only every number before a `for` is a width.
        let widths: Vec<usize> = line(question, "address")
            .split([',', ':', ';'])
            .filter(|part| part.contains(" for "))
            .map(|part| numbers(part)[0] as usize)
            .collect();
        let mut bytes = BTreeMap::new();
        for (begins, row) in memory(question) {
            for (place, byte) in (0..).zip(row) {
                bytes.insert(begins + place, u64::from_str_radix(byte, 16).expect("hexadecimal"));
            }
        }
        let va = numbers(line(question, "access"))[0];
        let bits = format!("{va:0all$b}");
        assert_eq!((bits.len(), widths.iter().sum::<usize>()), (all, all));
        let mut table = numbers(line(question, "root"))[0];
        let mut rest = &bits[..];
        for (at, width) in widths.iter().enumerate() {
            let (field, after) = rest.split_at(*width);
            let value = u64::from_str_radix(field, 2).expect("bits");
            rest = after;
            if at + 1 == widths.len() {
                return Right::Text(format!("{:#x}", table + value));
            }
            let entry = bytes[&(table + value)];
            if entry < 128 {
                return Right::Text("fault".to_owned());
            }
            // The next table, and in the end the page itself, begins at the frame's first byte.
            table = (entry - 128) * page;
        }
        unreachable!("the offset comes last");
    });
}

#[test]
fn translations() {
    agree("translate", 100, |question| {
        let scheme = line(question, "scheme");
        let (levels, bits, size) = match &scheme[..4] {
            "Sv32" => (2, 10, 4),
            "Sv39" => (3, 9, 8),
            "Sv48" => (4, 9, 8),
            "Sv57" => (5, 9, 8),
            other => panic!("{other}"),
        };
        let entries: BTreeMap<u64, u64> =
            memory(question).into_iter().map(|(at, row)| (at, numbers(row[0])[0])).collect();
        let satp = numbers(line(question, "satp"))[0];
        let root = if size == 4 { satp & 0x3f_ffff } else { satp & 0xfff_ffff_ffff };
        let access = line(question, "access");
        let (verb, va) = (access.split(' ').next().expect("a verb"), numbers(access)[0]);
        let fault = || {
            let cause = if verb == "fetch" { "instruction" } else { verb };
            Right::Text(format!("{cause} page fault"))
        };
        let (mut table, mut level) = (root * 4096, levels);
        loop {
            level -= 1;
            let index = va / (4096_u64 << (level * bits)) % (1 << bits);
            let entry = entries.get(&(table + index * size)).copied().unwrap_or(0);
            let has = |bit: u32| entry & (1 << bit) != 0;
            let [v, r, w, x, u, _, a, d] = [0, 1, 2, 3, 4, 5, 6, 7].map(has);
            let frame = entry >> 10 & 0xfff_ffff_ffff;
            if !v || (w && !r) {
                return fault();
            }
            if !r && !x {
                if level == 0 {
                    return fault();
                }
                table = frame * 4096;
                continue;
            }
            let allowed = match verb {
                "load" => r,
                "store" => w,
                _ => x,
            };
            let whole = frame % (1 << (level * bits)) == 0;
            if !u || !allowed || !whole || !a || (verb == "store" && !d) {
                return fault();
            }
            let inside = va % (4096_u64 << (level * bits));
            return Right::Text(format!("{:#x}", frame * 4096 + inside));
        }
    });
}

#[test]
fn sizes_of_tables() {
    agree("table-size", 10, |question| {
        let scheme = numbers(line(question, "scheme"));
        // The name has a number, too, but is one word with it.
        let [levels, entries, bytes, page] = scheme[..] else { panic!("{scheme:?}") };
        let mut tables = BTreeSet::new();
        for row in question.given.iter().filter_map(|line| line.strip_prefix("in use")) {
            let (first, last) = (numbers(row)[0], numbers(row)[1]);
            for number in first / page..=last / page {
                let mut part = number;
                for level in 0..levels {
                    part /= entries;
                    tables.insert((level, part));
                }
            }
        }
        Right::Number((tables.len() as u64 * entries * bytes) as f64)
    });
}
