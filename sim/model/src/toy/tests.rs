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
