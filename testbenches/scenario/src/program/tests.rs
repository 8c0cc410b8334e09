//! Lines and their steps.

use super::*;
use crate::number::Variables;
use kernel::{Call, RegionKind, Remap, UserAccess};
use machine::cpu::{Op, Program, ProgramError};

const MACHINE: Variables = Variables { latency: 1, levels: 3, va_bits: 39, entries: 8, delay: 0 };

fn script(text: &str) -> Result<Script, String> {
    let region =
        RegionSpec { name: Some("a".to_owned()), ..RegionSpec::new(RegionKind::Bss, 0x10000, 4) };
    Script::new(&[text.parse()?], &[region], &MACHINE).map_err(|(_, why)| why)
}

fn ops(text: &str) -> Result<Vec<Op>, String> {
    let mut script = script(text)?;
    Ok(std::iter::from_fn(|| script.next()).map(Result::unwrap).collect())
}

fn addresses(text: &str) -> Result<Vec<u64>, String> {
    let access = |op| if let Op::Access(access) = op { Some(access.va) } else { None };
    Ok(ops(text)?.into_iter().filter_map(access).collect())
}

#[test]
fn lines_stand_for_their_accesses() {
    assert_eq!(addresses("load a 2 0"), Ok(vec![0x12000, 0x10000]));
    assert_eq!(addresses("store a -1..1"), Ok(vec![0xf000, 0x10000, 0x11000]));
    assert_eq!(addresses("store a 1..0"), Ok(vec![0x11000, 0x10000]));
    assert_eq!(addresses("2 x load a 0; fetch at 8"), Ok(vec![0x10000, 8, 0x10000, 8]));
    assert_eq!(addresses("fetch at (1 << 4) - 4 bytes 2; load a 0"), Ok(vec![12, 0x10000]));
    assert_eq!(addresses("load a 0..5 step 2 1"), Ok(vec![0x10000, 0x12000, 0x14000, 0x11000]));
    assert_eq!(addresses("load a 5..0 step 3"), Ok(vec![0x15000, 0x12000]));
    assert_eq!(addresses("load a 1 offset 0x10"), Ok(vec![0x11010]));
    assert_eq!(addresses("load a elements 0..2 of 24"), Ok(vec![0x10000, 0x10018, 0x10030]));
}

#[test]
fn groups_repeat_what_is_in_them() {
    let nested = "load a 0; 2 x (load a 1; 2 x (load a 2)); load a 3";
    let pages: Vec<u64> =
        addresses(nested).unwrap().iter().map(|va| (va - 0x10000) / PAGE).collect();
    assert_eq!(pages, [0, 1, 2, 2, 1, 2, 2, 3]);
    assert_eq!(addresses("0 x load a 0"), Ok(vec![]));
}

const PAGE: u64 = model::isa::PAGE_BYTES;

#[test]
fn a_matrix_lies_in_memory_row_after_row() {
    let rows = addresses("load a rows 2 x 3 of 8").unwrap();
    assert_eq!(rows, [0x10000, 0x10008, 0x10010, 0x10018, 0x10020, 0x10028]);
    let columns = addresses("load a columns 2 x 3 of 8").unwrap();
    assert_eq!(columns, [0x10000, 0x10018, 0x10008, 0x10020, 0x10010, 0x10028]);
    let bytes = |text: &str| match ops(text).unwrap()[0] {
        Op::Access(access) => access.bytes,
        _ => 0,
    };
    assert_eq!(bytes("load a rows 1 x 1 of 8"), 8);
    assert_eq!(bytes("load a rows 1 x 1 of 512 bytes 2"), 2);
    assert_eq!(bytes("load a 0"), 4);
}

#[test]
fn random_places_follow_from_their_seed_and_differ_between_repetitions() {
    let once = addresses("load a random 20 of 0..9 seed 3").unwrap();
    assert_eq!(once, addresses("load a random 20 of 0..9 seed 3").unwrap());
    assert_ne!(once, addresses("load a random 20 of 0..9 seed 4").unwrap());
    assert!(once.iter().all(|va| (0x10000..0x1a000).contains(va)));
    let twice = addresses("2 x load a random 20 of 0..9 seed 3").unwrap();
    assert_eq!(twice[..20], once);
    assert_ne!(twice[20..], once);
}

#[test]
fn steps_that_are_no_accesses() {
    let region =
        RegionSpec { name: Some("a".to_owned()), ..RegionSpec::new(RegionKind::Bss, 0x10000, 4) };
    let read_only = Permissions { read: true, ..Permissions::default() };
    assert_eq!(
        ops("think 7; tick; sbrk -2; mmap a; munmap a 1..2; mprotect a 0..3 r").unwrap(),
        [
            Op::Think(7),
            Op::Tick,
            Op::Sbrk(-2),
            Op::Mmap(region.into()),
            Op::Munmap(0x11000..0x13000),
            Op::Mprotect(0x10000..0x14000, read_only),
        ]
    );
    assert_eq!(
        ops("madvise a 0..1 dontneed; msync a 2..1; mlock a 0; munlock a -1..0").unwrap(),
        [
            Op::Madvise(0x10000..0x12000),
            Op::Msync(0x11000..0x13000),
            Op::Mlock(0x10000..0x11000),
            Op::Munlock(0xf000..0x11000),
        ]
    );
    assert_eq!(
        ops("fork child; wait; exec other; exit").unwrap(),
        [Op::Fork("child".into()), Op::Wait, Op::Exec("other".into()), Op::Exit]
    );
}

#[test]
fn a_name_goes_with_its_region() {
    let mut script = script(
        "store a 1; mremap a 0x8_0000; load a 1; mremap a pages 6 maymove; mremap a 0..1 0; \
         load a 0; munmap a 0; mmap a; load a 0",
    )
    .unwrap();
    let mut next = || script.next().unwrap().unwrap();
    let load =
        |va| Op::Access(machine::cpu::Access { kind: model::isa::Access::Load, va, bytes: 4 });
    let remap = |old, pages, to, may_move| Op::Mremap(Remap { old, pages, to, may_move });
    next();
    assert_eq!(next(), remap(0x10000..0x14000, 4, Some(0x8_0000), false));
    script.moved(&(0x10000..0x14000), &(0x8_0000..0x8_4000));
    let mut next = || script.next().unwrap().unwrap();
    assert_eq!(next(), load(0x8_1000));
    assert_eq!(next(), remap(0x8_0000..0x8_4000, 6, None, true));
    script.moved(&(0x8_0000..0x8_4000), &(0x9_0000..0x9_6000));
    let mut next = || script.next().unwrap().unwrap();
    assert_eq!(next(), remap(0x9_0000..0x9_2000, 2, Some(0), false));
    script.moved(&(0x9_0000..0x9_2000), &(0..0x2000));
    let mut next = || script.next().unwrap().unwrap();
    assert_eq!(next(), load(0x9_0000));
    assert_eq!(next(), Op::Munmap(0x9_0000..0x9_1000));
    next();
    assert_eq!(next(), load(0x10000), "a new mapping is where it is stated");
    assert_eq!(script.restarted().places.first(), Some(&(0x10000..0x14000)));
}

#[test]
fn calls_name_buffers_like_accesses_but_longer_ones() {
    let call = |call, va, bytes| Op::User(UserAccess { call, va, bytes });
    assert_eq!(
        ops("read a 1 offset 2 bytes 100_000; write a 0..1; emulate at 8; stray a 0 bytes 8"),
        Ok(vec![
            call(Call::Read, 0x11002, 100_000),
            call(Call::Write, 0x10000, 4),
            call(Call::Write, 0x11000, 4),
            call(Call::Emulate, 8, 4),
            call(Call::Stray, 0x10000, 8),
        ])
    );
    assert!(ops("load a 0 bytes 5000").is_err() && ops("read a 0 bytes 0x2000000").is_err());
}

#[test]
fn millions_of_accesses_take_no_memory() {
    let mut program = script("1_000_000 x (load a 0..9; 1000 x (store a 0))").unwrap();
    for _ in 0..100_000 {
        assert!(program.next().is_some());
    }
}

#[test]
fn nonsense_is_a_sentence() {
    for text in [
        "",
        "jump a 0",
        "load",
        "load a",
        "load a x",
        "sbrk",
        "load b 0",
        "-1 x exit",
        "load a 0; 2 x load a 1",
        "2 x (load a 0",
        "load a 0)",
        "load a elements 0..3",
        "load a rows 3 of 8",
        "load a rows 0 x 3 of 8",
        "load a random 3 of 0..2",
        "load a 0..4 step 0",
        "load a 0 bytes 0",
        "load a 0 bytes 5000",
        "mprotect a 0 rwz",
        "mremap a",
        "mremap a 0x1000 0x2000",
        "mremap a 0x1000 maymove",
        "mremap a pages 0",
        "mremap a pages 2 maymove maymove",
        "madvise a 0..1",
        "madvise a 0..1 willneed",
        "mlock a",
        "msync a 0 1",
        "exit now",
        "fork",
        "for",
        "for i",
        "for i in 0: load a[i]",
        "for i in 0..1 load a[i]",
        "for 1 in 0..1: load a 0",
        "for i in 0..1:",
        "load a 0; for i in 0..1: load a 0",
        "for i in 0..1: (load a[i]",
        "load a[0",
        "load a[]",
        "load a[0][",
        "let n",
        "let n = ",
        "let 2 = 3",
        "array a of 8",
        "array a[3]",
        "array a[3] of 0",
    ] {
        assert!(addresses(text).is_err(), "{text}");
    }
    assert!(addresses("999999999 x load a 0..999999999").is_err());
    assert!(addresses("load a -9223372036854775808..9223372036854775807").is_err());
    assert!(addresses(&"2 x (".repeat(1000)).is_err());
}

#[test]
fn loops_calculate_where_they_access() {
    let pages = |text: &str| -> Vec<i64> {
        let page = |va: u64| (va as i64 - 0x10000) / PAGE as i64;
        addresses(text).unwrap_or_else(|e| panic!("{text}: {e}")).into_iter().map(page).collect()
    };
    assert_eq!(pages("for i in 0..3: load a[i]"), [0, 1, 2, 3]);
    assert_eq!(pages("for i in 3..0 step -2: load a[i]"), [3, 1]);
    assert_eq!(pages("for i in 3..0: load a[i]"), [0_i64; 0], "an empty range has no turn");
    assert_eq!(
        pages("for i in 0..1: for j in i..2: load a[2*i + j]; load a 0"),
        [0, 0, 1, 0, 2, 0, 3, 0, 4, 0]
    );
    assert_eq!(
        pages("load a 3; for i in 0..1: (load a[i]; 2 x (load a[2])); load a 1"),
        [3, 0, 2, 2, 1, 2, 2, 1]
    );
    assert_eq!(pages("for i in levels - 3..(levels << 1) - 5: load a[(i + 7) % 4 / 1]"), [3, 0]);
    assert_eq!(pages("2 x for i in 0..1: load a[-i + 1]"), [1, 0, 1, 0]);
}

#[test]
fn arrays_have_elements_and_rows() {
    let script = |lines: &[&str]| -> Result<Vec<(u64, u16)>, String> {
        let lines: Result<Vec<Line>, String> = lines.iter().map(|line| line.parse()).collect();
        let named = |name: &str, start| RegionSpec {
            name: Some(name.to_owned()),
            ..RegionSpec::new(RegionKind::Bss, start, 4)
        };
        let regions = [named("a", 0x10000), named("heap", 0x20000)];
        let mut script = Script::new(&lines?, &regions, &MACHINE)
            .map_err(|(line, why)| format!("{line}: {why}"))?;
        let access = |op| match op {
            Ok(Op::Access(access)) => Ok((access.va, access.bytes)),
            Ok(other) => Err(format!("{other:?}")),
            Err(error) => Err(ProgramError::to_string(&error)),
        };
        std::iter::from_fn(|| script.next()).map(access).collect()
    };
    let by_columns =
        ["let n = 3", "array a[2][n] of 8", "for j in 0..n-1: for i in 0..1: load a[i][j]"];
    let wanted = addresses("load a columns 2 x 3 of 8").unwrap();
    let got: Vec<_> = script(&by_columns).unwrap().into_iter().map(|(va, _)| va).collect();
    assert_eq!(got, wanted, "as the shorter form");
    let part = [
        "array b[4] of 2 in heap offset 0x100",
        "store b[3]; load b[1] bytes 1; load b[0] offset 2*L - 2*L + 1",
    ];
    assert_eq!(script(&part), Ok(vec![(0x20106, 2), (0x20102, 1), (0x20101, 2)]));
    for (lines, said) in [
        (
            &["array a[2][3] of 8", "load a[1][3]"][..],
            "3 is no index of `a`: there they go from 0 to 2",
        ),
        (&["array a[4] of 4", "for i in 0..4: load a[i]"], "4 is no index"),
        (&["array a[4] of 4", "load a[1][1]"], "1: `a` needs 1 in brackets, not 2"),
        (&["array a[4096] of 8"], "0: array `a` has 32768 bytes, and `a` has room for 16384"),
        (&["array a[0] of 8"], "cannot have 0 elements"),
        (&["array b[4] of 8"], "no region `b`"),
        (&["load b[4]"], "no region or array `b`"),
        (&["load a[n]"], "`n` means nothing here; names are "),
        (&["for i in 0..1: load a[i]; load a[0]", "load a[i]"], "1: `i` means nothing here"),
        (&["let n = 1", "let n = 2"], "1: `n` has a meaning already"),
        (&["let n = 1", "for n in 0..1: load a 0"], "1: `n` has a meaning already"),
        (&["let L = 1"], "`L` has a meaning already"),
        (&["for i in 0..1: let n = i"], "stands in a loop"),
        (&["for i in 0..1 step 0: load a 0"], "the step of `i` is 0"),
        (&["load a[1 / 0]"], "1 is divided by 0"),
        (&["load a[1 << 62]"], "does not fit 64 bits"),
        (&["let n = 1 << 70"], "does not fit 64 bits"),
        (&["for i in 0..1 << 60: for j in 1..0: load a 0"], "goes round without a step"),
        (&["for i in 0..1 << 60: think 1_000_000_000"], "Think"),
        (&["for i in 0..2: load a[0] offset 8*i - 8"], "the offset in `a` is -8; it is 0 or more"),
        (&["load a[0] offset"], "is missing"),
        (&["load a[0] offset 1 << 62; load a[1] offset (1 << 62) - 1 + (1 << 62)"], "64 bits"),
        (&["for i in 0..2: sbrk i"], "`i` means nothing here"),
        (&["sbrk 1 << 60"], "an address space has"),
        (&["store new 0"], "none has given anything yet"),
        (&["store new[0]"], "none has given anything yet"),
    ] {
        let error = script(lines).expect_err(said);
        assert!(error.contains(said), "{lines:?}: {error}");
    }
}

#[test]
fn new_is_what_was_allocated_last() {
    let mut script = script("sbrk 2; store new 0..1; store new[1] offset 8").unwrap();
    assert_eq!(script.next().unwrap().unwrap(), Op::Sbrk(2));
    script.allocated(&(0x30000..0x32000));
    let addresses: Vec<_> = std::iter::from_fn(|| script.next())
        .map(|op| match op.unwrap() {
            Op::Access(access) => access.va,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(addresses, [0x30000, 0x31000, 0x31008]);
}

#[test]
fn computing_for_ever_ends() {
    let mut script = script("for i in 0..1 << 60: think 1_000_000_000").unwrap();
    let end = std::iter::from_fn(|| script.next()).find_map(Result::err).expect("it is stopped");
    assert!(end.to_string().contains("has computed for more than"), "{end}");
    assert!(script.next().is_none(), "nothing comes after an error");
}
