//! Decoding and text against the disassembler of the GNU binutils.

use super::super::{TABLE, Width, compressed};
use super::*;
use crate::tools::{or_skip, output};
use std::fmt::Write;

const ASSEMBLER: &str = "riscv64-unknown-elf-as";
const OBJDUMP: &str = "riscv64-unknown-elf-objdump";

const EXACT: [&str; 3] = ["fcvt.d.w", "fcvt.d.wu", "fcvt.d.s"];

/// How reserved instructions begin that the disassembler shows.
const RESERVED: [&str; 1] = ["c.addi16sp sp,0"];

/// What the disassembler says about instructions: address, bits, and text.
fn disassemble(xlen: Xlen, instructions: &[u32], style: &str) -> Vec<(u64, u32, String)> {
    let folder = tempfile::tempdir().unwrap();
    let mut source = String::new();
    for bits in instructions {
        let size = if Decoder::is_long(*bits as u16) { 4 } else { 2 };
        writeln!(source, ".insn {size}, {bits:#x}").unwrap();
    }
    std::fs::write(folder.path().join("a.s"), source).unwrap();
    let (march, mabi) = match xlen {
        Xlen::Rv32 => ("-march=rv32imafdc_zicsr_zifencei_svinval", "-mabi=ilp32"),
        Xlen::Rv64 => ("-march=rv64imafdc_zicsr_zifencei_svinval", "-mabi=lp64"),
    };
    output(ASSEMBLER, folder.path(), &[march, mabi, "-o", "a.o", "a.s"]);
    let text = output(OBJDUMP, folder.path(), &["-d", "-z", "-M", style, "a.o"]);
    let lines = text.lines().filter_map(|line| {
        let (address, rest) = line.trim().split_once(":\t")?;
        let (bits, text) = rest.split_once('\t')?;
        let address = u64::from_str_radix(address, 16).ok()?;
        let bits = u32::from_str_radix(bits.trim(), 16).ok()?;
        Some((address, bits, text.to_string()))
    });
    lines.collect()
}

/// The two ways of writing the same made equal: tabs, bases of numbers, comments.
fn plain(text: &str) -> String {
    let text = text.split(" <").next().unwrap_or(text);
    let text = text.split(" #").next().unwrap_or(text);
    text.trim().replace('\t', " ").replace("0x", "")
}

/// A word of a row, with operands that the disassembler knows too.
fn draw(row: &Row, random: &mut ChaCha8Rng) -> u32 {
    let word = row.bits | random.random::<u32>() & !row.mask;
    match row.operands {
        // It names no more than the specification defines.
        Operands::Nothing => row.bits,
        Operands::Fence => {
            row.bits | random.random_range(1..16) << 20 | random.random_range(1..16) << 24
        }
        // It knows CSRs that no hart here has.
        Operands::Csr | Operands::CsrImmediate => word & 0xf_ffff | 0x300 << 20,
        // Conversions that are always exact have no rounding mode there.
        Operands::FloatFromIntegerRounded | Operands::Float2Rounded
            if EXACT.contains(&row.name) =>
        {
            word & !0x7000
        }
        operands if operands.is_rounded() => {
            let modes = [0, 1, 2, 3, 4, 7];
            word & !0x7000 | modes[random.random_range(0..modes.len())] << 12
        }
        _ => word,
    }
}

#[test]
fn every_row_is_what_the_disassembler_says() {
    if !or_skip(ASSEMBLER) || !or_skip(OBJDUMP) {
        return;
    }
    for xlen in [Xlen::Rv32, Xlen::Rv64] {
        let mut random = ChaCha8Rng::seed_from_u64(2);
        let decoder = decoder(xlen);
        let rows = TABLE.iter().filter(|row| row.width.is(xlen));
        let words: Vec<u32> = rows
            .flat_map(|row| (0..24).map(|_| draw(row, &mut random)).collect::<Vec<_>>())
            .collect();
        let theirs = disassemble(xlen, &words, "no-aliases");
        assert_eq!(theirs.len(), words.len());
        for (address, bits, text) in theirs {
            let op = decoder.decode(bits);
            let mut ours = plain(&decoder.text(&op, address));
            let theirs = plain(&text);
            if EXACT.contains(&decoder.name(&op).unwrap_or("")) {
                ours = ours.replace(",rne", "");
            }
            assert_eq!(ours, theirs, "{bits:#010x} on {xlen:?}");
        }
    }
    assert!(TABLE.iter().any(|row| row.width == Width::Rv32));
}

#[test]
fn every_compressed_instruction_has_the_name_that_the_disassembler_gives_it() {
    if !or_skip(ASSEMBLER) || !or_skip(OBJDUMP) {
        return;
    }
    for xlen in [Xlen::Rv32, Xlen::Rv64] {
        let decoder = decoder(xlen);
        let parcels: Vec<u32> = (0..0x1_0000).filter(|bits| bits & 3 != 3).collect();
        let theirs = disassemble(xlen, &parcels, "no-aliases");
        assert_eq!(theirs.len(), parcels.len());
        for (_, bits, text) in theirs {
            let ours = decoder.name(&decoder.decode(bits));
            // On RV32 a shift has five bits; the disassembler shows the sixth.
            let shifts = ["c.slli", "c.srli", "c.srai"];
            let sixth = xlen == Xlen::Rv32 && bits & 0x1000 != 0;
            if sixth && shifts.iter().any(|shift| text.starts_with(shift)) {
                assert_eq!(ours, None, "{bits:#06x}: {text}");
                continue;
            }
            let name = text.split_whitespace().next().unwrap_or("");
            let theirs = match name {
                "c.unimp" | ".2byte" | ".short" | ".insn" => None,
                "c.nop" => Some("c.addi"),
                // Hints.
                "c.slli64" => Some("c.slli"),
                "c.srli64" => Some("c.srli"),
                "c.srai64" => Some("c.srai"),
                name => Some(name),
            };
            // It also shows some that are reserved.
            let reserved = RESERVED.iter().any(|reserved| plain(&text).starts_with(reserved));
            match reserved {
                true => assert_eq!(ours, None, "{bits:#06x} on {xlen:?}: {text}"),
                false => assert_eq!(ours, theirs, "{bits:#06x} on {xlen:?}: {text}"),
            }
        }
    }
}

#[test]
fn every_compressed_instruction_is_short_for_what_the_disassembler_says() {
    if !or_skip(ASSEMBLER) || !or_skip(OBJDUMP) {
        return;
    }
    const NOP: u32 = 1;
    for xlen in [Xlen::Rv32, Xlen::Rv64] {
        let config = Config::all(xlen, 0);
        let all = (0..0x1_0000).filter(|bits| bits & 3 != 3);
        let pairs: Vec<(u32, u32)> = all
            .filter_map(|bits| Some((bits, compressed::expand(bits as u16, &config)?)))
            .collect();
        // With the assembler's usual names a short instruction and its long form are written alike.
        // A NOP after each of 16 bits keeps them at the same addresses.
        let short: Vec<u32> = pairs.iter().flat_map(|(short, _)| [*short, NOP]).collect();
        let long: Vec<u32> = pairs.iter().map(|(_, long)| *long).collect();
        let short = disassemble(xlen, &short, "numeric");
        let long = disassemble(xlen, &long, "numeric");
        let mut compared = 0;
        for (short, (address, bits, long)) in short.iter().step_by(2).zip(&long) {
            assert_eq!(short.0, *address);
            let (ours, theirs) = (plain(long), plain(&short.2));
            // That of c.mv has no name of its own, nor have hints.
            let ours = match ours.strip_prefix("add ").and_then(|rest| rest.split_once(",x0,")) {
                Some((rd, rs2)) => format!("mv {rd},{rs2}"),
                None => ours,
            };
            let idle = |text: &str| text.contains(" x0,") || text == "nop";
            let same = ours.strip_prefix("mv ").and_then(|rest| rest.split_once(','));
            let still = same.is_some_and(|(rd, rs)| rd == rs) || theirs.starts_with("c.s");
            let hint = idle(&ours) || idle(&theirs) || still;
            if !hint {
                assert_eq!(ours, theirs, "{:#06x} became {bits:#010x} on {xlen:?}", short.1);
                compared += 1;
            }
        }
        assert!(compared > 30_000, "{compared}");
    }
}
