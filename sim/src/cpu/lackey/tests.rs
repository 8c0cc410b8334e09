//! Traces good and bad, plain and compressed.

use super::*;
use crate::cpu::decompress;
use std::io::{Cursor, Write};

const SAMPLE: &str =
    "==7== Lackey\n\nI  0401ab70,3\n L 1ffefffe28,8\n S 1ffefffe28,8\n M 0421c7cc,4\n";

fn read(bytes: Vec<u8>) -> Vec<Result<Op, String>> {
    let source = decompress(Cursor::new(bytes)).unwrap();
    let mut trace = Lackey::new("t", source);
    std::iter::from_fn(|| trace.next()).map(|op| op.map_err(|e| e.to_string())).collect()
}

fn expected() -> Vec<Result<Op, String>> {
    use isa::Access::{Fetch, Load, Store};
    let op = |kind, va, bytes| Ok(Op::Access(Access { kind, va, bytes }));
    vec![
        op(Fetch, 0x0401_ab70, 3),
        op(Load, 0x1f_fefffe28, 8),
        op(Store, 0x1f_fefffe28, 8),
        op(Load, 0x0421_c7cc, 4),
        op(Store, 0x0421_c7cc, 4),
    ]
}

fn gzip(text: &str) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap()
}

fn zstd(text: &str) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn plain_gzip_and_zstd_read_alike() {
    assert_eq!(read(SAMPLE.into()), expected());
    assert_eq!(read(gzip(SAMPLE)), expected());
    assert_eq!(read(zstd(SAMPLE)), expected());
    assert_eq!(read(Vec::new()), []);
    assert_eq!(read(SAMPLE.trim_end().into()), expected());
}

#[test]
fn malformed_lines_name_file_line_and_column() {
    for (text, problem) in [
        ("X  1,2", "t:1:1: a line begins with \"I  \", \" L \", \" S \" or \" M \""),
        ("I  ,2", "t:1:4: a hexadecimal address belongs here"),
        ("I  12", "t:1:6: a comma belongs between address and size"),
        ("I  12,", "t:1:7: a size in decimal belongs here"),
        ("I  12,0", "t:1:7: a size is 1 to 4096 bytes, not 0"),
        ("I  12,9 9", "t:1:9: nothing may follow the size"),
        ("I  11112222333344445,1", "t:1:4: a hexadecimal address of at most 64 bits belongs here"),
        (" L ffffffffffffffff,2", "t:1:4: the access runs past the end of the address space"),
    ] {
        let ops = read(text.into());
        assert_eq!(ops, [Err(problem.to_owned())], "{text}");
    }
    let ops = read(format!("{SAMPLE}I  zz,1\n{SAMPLE}").into());
    assert_eq!(ops.len(), 6, "what stands before the error is delivered, what follows is not");
    assert!(ops[5].as_ref().unwrap_err().starts_with("t:7:4: "));
}

#[test]
fn truncated_compressed_traces_deliver_what_was_whole() {
    let text = SAMPLE.repeat(10_000);
    for whole in [gzip(&text), zstd(&text)] {
        let ops = read(whole[..whole.len() / 2].into());
        let (last, before) = ops.split_last().unwrap();
        assert!(last.as_ref().unwrap_err().starts_with("t: after line "), "{last:?}");
        assert!(before.iter().all(Result::is_ok));
    }
}
