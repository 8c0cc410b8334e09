//! The device tree.

use crate::{Map, Tree};

fn tree() -> Tree {
    Tree {
        memory: 96 << 20,
        reserved: Some(Map::RAM..Map::RAM + 0x8_0000),
        harts: 2,
        isa: "rv64imafdc_zicsr_zifencei".to_owned(),
        mmu: "riscv,sv57".to_owned(),
        randomness: vec![1; 32],
        arguments: "console=ttyS0".to_owned(),
        initrd: Some(0x8400_0000..0x8410_0000),
        disk: true,
        clint: true,
    }
}

fn contains(blob: &[u8], part: &[u8]) -> bool {
    blob.windows(part.len()).any(|window| window == part)
}

#[test]
fn it_is_a_blob_with_what_was_asked_for() {
    let blob = tree().blob().expect("a tree");
    assert_eq!(blob[..4], [0xd0, 0x0d, 0xfe, 0xed]);
    assert_eq!(u32::from_be_bytes([blob[4], blob[5], blob[6], blob[7]]) as usize, blob.len());
    for text in
        ["console=ttyS0", "cpu@1", "serial@10000000", "virtio_mmio@10001000", "clint@2000000"]
    {
        assert!(contains(&blob, text.as_bytes()), "{text}");
    }
    assert!(contains(&blob, &0x8410_0000_u64.to_be_bytes()), "the end of the initrd");
}

#[test]
fn what_is_not_there_is_not_in_it() {
    let blob = Tree { disk: false, clint: false, reserved: None, ..tree() }.blob().expect("a tree");
    for text in ["virtio", "clint", "reserved-memory"] {
        assert!(!contains(&blob, text.as_bytes()), "{text}");
    }
}

#[test]
fn a_zero_byte_in_a_text_is_an_error() {
    let error = Tree { arguments: "quiet\0".to_owned(), ..tree() }.blob().expect_err("no tree");
    assert!(error.to_string().starts_with("the device tree cannot be made"), "{error}");
}
