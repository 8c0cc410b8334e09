//! Decoding and text, by table; whatever the bits are, something is decoded.

mod objdump;

use super::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn decoder(xlen: Xlen) -> Decoder {
    Decoder::new(&Config::all(xlen, 0))
}

#[test]
fn text_of_every_form() {
    let rv64 = decoder(Xlen::Rv64);
    for (bits, text) in [
        (0x1234_5537, "lui a0,0x12345"),
        (0xffff_f517, "auipc a0,0xfffff"),
        (0xffdf_f0ef, "jal ra,0xffc"),
        (0x0080_80e7, "jalr ra,8(ra)"),
        (0xfeb5_0ee3, "beq a0,a1,0xffc"),
        (0xff81_3503, "ld a0,-8(sp)"),
        (0x00a1_3c23, "sd a0,24(sp)"),
        (0xfff5_0513, "addi a0,a0,-1"),
        (0x02a5_5513, "srli a0,a0,0x2a"),
        (0x40a5_d53b, "sraw a0,a1,a0"),
        (0x02b5_0533, "mul a0,a0,a1"),
        (0x1005_352f, "lr.d a0,(a0)"),
        (0x1eb5_352f, "sc.d.aqrl a0,a1,(a0)"),
        (0x04b5_252f, "amoadd.w.aq a0,a1,(a0)"),
        (0x0330_000f, "fence rw,rw"),
        (0x1800_2573, "csrrs a0,satp,zero"),
        (0x3a23_d073, "csrrwi zero,pmpcfg2,7"),
        (0x12b5_0073, "sfence.vma a0,a1"),
        (0x1020_0073, "sret"),
        (0x0005_2507, "flw fa0,0(a0)"),
        (0x00b5_3427, "fsd fa1,8(a0)"),
        (0x52c5_8543, "fmadd.d fa0,fa1,fa2,fa0,rne"),
        (0x00b5_7553, "fadd.s fa0,fa0,fa1"),
        (0xc025_1553, "fcvt.l.s a0,fa0,rtz"),
        (0xa2b5_2553, "feq.d a0,fa0,fa1"),
        (0xffff_ffff, ".4byte 0xffffffff"),
        // addi sp,sp,-32; ret; the illegal instruction of zeros.
        (0x1101, "addi sp,sp,-32"),
        (0x8082, "jalr zero,0(ra)"),
        (0x0000, ".2byte 0x0000"),
    ] {
        assert_eq!(rv64.text(&rv64.decode(bits), 0x1000), text, "{bits:#010x}");
    }
}

#[test]
fn widths_and_extensions_have_their_own_instructions() {
    let (rv32, rv64) = (decoder(Xlen::Rv32), decoder(Xlen::Rv64));
    let without = |change: fn(&mut Config)| {
        let mut config = Config::all(Xlen::Rv64, 0);
        change(&mut config);
        Decoder::new(&config)
    };
    let cases: [(Decoder, u32, Option<&str>); 14] = [
        (rv32.clone(), 0x2001, Some("c.jal")),
        (rv64.clone(), 0x2505, Some("c.addiw")),
        (rv64.clone(), 0x2001, None),
        (rv32.clone(), 0x6108, Some("c.flw")),
        (rv64.clone(), 0x6108, Some("c.ld")),
        (rv32.clone(), 0x0281_3503, None),
        // A shift by 32, and one with a reserved bit.
        (rv32.clone(), 0x0205_5513, None),
        (rv64.clone(), 0x0205_551b, None),
        (without(|config| config.m = false), 0x02b5_0533, None),
        (without(|config| config.c = false), 0x1101, None),
        (without(|config| config.d = false), 0x2108, None),
        (without(|config| config.f = false), 0x2108, None),
        // Rounding modes: 5 is reserved, 7 is that of frm.
        (rv64.clone(), 0x00b5_5553, None),
        (rv64.clone(), 0x00b5_7553, Some("fadd.s")),
    ];
    for (decoder, bits, name) in cases {
        assert_eq!(decoder.name(&decoder.decode(bits)), name, "{bits:#010x}");
    }
}

#[test]
fn whatever_the_bits_are_something_is_decoded() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for decoder in [decoder(Xlen::Rv32), decoder(Xlen::Rv64)] {
        for parcel in 0..=u16::MAX {
            let bits = u32::from(parcel) | random.random::<u32>() << 16;
            let op = decoder.decode(bits);
            assert!(op.is_known());
            assert_eq!(op.bytes() == 4, Decoder::is_long(parcel));
            assert!(!decoder.text(&op, random.random()).is_empty());
        }
    }
}
