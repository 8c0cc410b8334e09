//! Numbers of textbooks.

use super::*;

#[test]
fn the_first_paged_machine_of_the_book() {
    // Arpaci-Dusseau, Operating Systems: Three Easy Pieces, Introduction to Paging: 64 bytes of
    // addresses, pages of 16 bytes, 128 bytes of memory; pages 0 to 3 in frames 3, 7, 5, 2.
    let shape = Shape { va_bits: 6, pa_bits: 7, page_bits: 4 };
    let mut tree = Tree::new(shape, &[2], 0).expect("it is a machine");
    for (page, frame) in [(0, 3), (1, 7), (2, 5), (3, 2)] {
        tree.write(page, Tree::entry(frame));
    }
    assert_eq!(tree.walk(21).outcome, Ok(117));
    let told = tree.tell(21);
    assert_eq!(
        told,
        [
            "0x15 = 01 0101: page 1, offset 5",
            "entry 1 of the table at 0x0, at 0x1: 0x87, valid, frame 0x7",
            "0x7 * 16 + 5 = 0x75",
        ]
    );
    tree.write(1, 0x07);
    assert_eq!(tree.walk(21).outcome, Err(Invalid));
    assert_eq!(tree.walk(0x3f).outcome, Ok(0x2f));
}

#[test]
fn two_levels_are_walked_from_the_root() {
    let shape = Shape { va_bits: 8, pa_bits: 8, page_bits: 4 };
    let mut tree = Tree::new(shape, &[2, 2], 0x30).expect("it is a machine");
    // 0b10_01_0110: entry 2 of the root leads to frame 5, entry 1 there to frame 0xb.
    tree.write(0x32, Tree::entry(5));
    tree.write(0x51, Tree::entry(0xb));
    let walk = tree.walk(0b1001_0110);
    assert_eq!(walk.outcome, Ok(0xb6));
    assert_eq!(walk.reads.iter().map(|read| read.at).collect::<Vec<_>>(), [0x32, 0x51]);
    assert_eq!(tree.walk(0b0001_0110).reads.len(), 1, "the root's entry is not valid");
    assert_eq!(tree.walk(0b1000_0110).outcome, Err(Invalid));
}

#[test]
fn sizes_must_fit_together() {
    let shape = Shape { va_bits: 6, pa_bits: 7, page_bits: 4 };
    assert!(Tree::new(shape, &[1], 0).is_err());
    assert!(Tree::new(shape, &[2, 0], 0).is_err());
    assert!(Tree::new(Shape { va_bits: 4, ..shape }, &[2], 0).is_err());
    assert!(Tree::new(Shape { va_bits: 40, ..shape }, &[36], 0).is_err());
    assert!(Tree::new(Shape { pa_bits: 12, ..shape }, &[2], 0).is_err(), "256 frames");
}

fn mapping(process: &str, page: u64, frame: u64) -> Mapping {
    Mapping { process: process.to_owned(), page, frame }
}

const SHAPE: Shape = Shape { va_bits: 8, pa_bits: 8, page_bits: 4 };

/// Pages of two processes, no two in one frame.
fn pages() -> Vec<Mapping> {
    let a = [(0, 9), (1, 4), (5, 15), (13, 2)].map(|(page, frame)| mapping("A", page, frame));
    let b = [(0, 8), (1, 7), (9, 6)].map(|(page, frame)| mapping("B", page, frame));
    a.into_iter().chain(b).collect()
}

#[test]
fn every_kind_of_table_comes_to_the_same_address() {
    let kinds = [
        Kind::Tree(vec![4]),
        Kind::Tree(vec![2, 2]),
        Kind::Tree(vec![1, 3]),
        Kind::Inverted,
        Kind::Hashed(1),
        Kind::Hashed(4),
        Kind::Hashed(7),
    ];
    for kind in kinds {
        let machine = Machine::new(SHAPE, &kind, &pages()).expect("it is a machine");
        for process in ["A", "B"] {
            for va in 0..256 {
                let found =
                    pages().into_iter().find(|map| map.process == process && map.page == va / 16);
                let told = machine.access(process, va).expect("it is an address");
                assert_eq!(
                    told.pa,
                    found.map(|map| map.frame * 16 + va % 16),
                    "{kind:?} {process} {va}"
                );
                assert!(!told.lines.is_empty() && told.reads > 0);
            }
        }
    }
}

#[test]
fn a_search_reads_what_is_before_it() {
    let reads = |kind: &Kind, process: &str, page: u64| {
        let machine = Machine::new(SHAPE, kind, &pages()).expect("it is a machine");
        machine.access(process, page * 16).expect("it is an address").reads
    };
    // Frame 9 is the tenth entry; a page that is nowhere is compared with all 16.
    assert_eq!((reads(&Kind::Inverted, "A", 0), reads(&Kind::Inverted, "A", 3)), (10, 16));
    // Bucket 1 of 4: pages 1, 5 and 13 of A, then 1 and 9 of B; and the bucket itself.
    let hashed = Kind::Hashed(4);
    assert_eq!([1, 5, 13, 9].map(|page| reads(&hashed, "A", page)), [2, 3, 4, 6]);
    assert_eq!(reads(&hashed, "B", 9), 6);
    assert_eq!(reads(&hashed, "A", 2), 1, "an empty bucket is read alone");
    assert_eq!(reads(&Kind::Tree(vec![2, 2]), "A", 13), 2);
}

#[test]
fn tables_take_their_bytes() {
    let bytes = |kind: &Kind, mappings: &[Mapping]| {
        Machine::new(SHAPE, kind, mappings).expect("it is a machine").table_bytes()
    };
    assert_eq!(bytes(&Kind::Tree(vec![4]), &pages()), 2 * 16);
    // Roots of 4; A has pages in the quarters 0, 1 and 3, B in 0 and 2.
    assert_eq!(bytes(&Kind::Tree(vec![2, 2]), &pages()), 2 * 4 + 5 * 4);
    assert_eq!(bytes(&Kind::Inverted, &pages()), 2 * 16);
    assert_eq!(bytes(&Kind::Hashed(4), &pages()), 4 + 7 * 4);
}

#[test]
fn what_cannot_be_is_a_sentence() {
    let wrong = |kind: &Kind, mappings: &[Mapping]| {
        Machine::new(SHAPE, kind, mappings).expect_err("it cannot be").to_string()
    };
    let linear = Kind::Tree(vec![4]);
    let at = |page, frame| [mapping("A", page, frame)];
    assert_eq!(wrong(&linear, &at(16, 0)), "there is no page 16: pages go from 0 to 15");
    assert_eq!(wrong(&linear, &at(0, 16)), "there is no frame 16: frames go from 0 to 15");
    let twice = [mapping("A", 1, 1), mapping("A", 1, 2)];
    assert_eq!(wrong(&linear, &twice), "page 1 of A is mapped twice");
    let shared = [mapping("A", 1, 1), mapping("B", 1, 1)];
    assert!(Machine::new(SHAPE, &linear, &shared).is_ok());
    assert!(wrong(&Kind::Inverted, &shared).contains("one entry for each frame"));
    assert!(wrong(&Kind::Hashed(0), &pages()).contains("0 buckets"));
    assert!(wrong(&Kind::Tree(vec![60]), &pages()).contains("60 bits"));
    let full: Vec<_> = (0..16).map(|page| mapping("A", page, page)).collect();
    assert!(wrong(&linear, &full).contains("no frame is left for a table"));
    let machine = Machine::new(SHAPE, &linear, &pages()).expect("it is a machine");
    assert!(machine.access("C", 0).is_err() && machine.access("A", 256).is_err());
}

#[test]
fn a_table_that_is_larger_than_a_page_takes_frames_in_a_row() {
    let shape = Shape { va_bits: 9, pa_bits: 8, page_bits: 4 };
    // Frame 1 is a page's, so that the 32 entries begin in frame 2.
    let machine =
        Machine::new(shape, &Kind::Tree(vec![5]), &[mapping("A", 31, 1)]).expect("a machine");
    assert_eq!(machine.access("A", 0x1f3).expect("an address").pa, Some(0x13));
    assert!(machine.drawn()[0].contains("root at 0x20"), "{:?}", machine.drawn());
}
