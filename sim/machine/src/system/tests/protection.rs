//! Accesses that a process may not make, how they are reported, and that other processes are
//! unaffected.

use super::*;
use model::isa::Access::Fetch;

fn layout() -> Vec<RegionSpec> {
    vec![
        region(RegionKind::Text, 0x1_0000, 2),
        region(RegionKind::Rodata, 0x1_2000, 1),
        region(RegionKind::Data, 0x1_3000, 2),
        region(RegionKind::Bss, BSS, 4),
        RegionSpec { limit: Some(8), ..region(RegionKind::Heap, 0x20_0000, 1) },
        RegionSpec { limit: Some(4), ..region(RegionKind::Stack, 0x30_0000, 1) },
    ]
}

#[test]
fn each_offence_has_its_name_and_the_neighbour_survives() {
    for mode in [Mode::Sv32, Mode::Sv39] {
        let kernel = if mode == Mode::Sv32 { 0xc000_0000 } else { 0xffff_ffc0_0000_0000 };
        let mut cases = vec![
            (load(0x8), "null_page"),
            (store(0x1_0000), "write_to_text"),
            (store(0x1_2008), "write_to_read_only"),
            (op(Fetch, 0x1_3000), "execute_of_data"),
            (op(Fetch, page(0)), "execute_of_data"),
            (load(0x15_0000), "hole"),
            (load(0x20_1000), "hole"),
            (store(0x30_0000 - 3 * PAGE_BYTES - 8), "guard_page"),
            (store(0x30_0000 - 4 * PAGE_BYTES - 8), "hole"),
            (load(kernel), "kernel_address"),
        ];
        if mode == Mode::Sv39 {
            cases.push((load(0x80_0000_0000), "non_canonical"));
            cases.push((load(0xffff_fff0_0000_0000), "kernel_address"));
        }
        for (offence, reason) in cases {
            let good = (0..4).flat_map(|n| [store(page(n)), load(page(n))]);
            let bad = [store(page(0)), store(page(1)), offence.clone(), store(page(2))];
            let config = MachineConfig { quantum: 2, ..strict(mode) };
            let outcome =
                run(config, [process("bad", layout(), bad), process("good", layout(), good)]);
            assert_eq!(fate(&outcome, 0), reason, "{mode:?} {offence:?}");
            assert_eq!(fate(&outcome, 1), "exited");
            let report = outcome.report;
            assert_eq!(report.processes[0].counts.accesses.total(), 2, "{reason}");
            assert_eq!(report.processes[0].counts.faults.protection_faults, 1);
            assert_eq!(report.processes[1].counts.accesses.total(), 8);
            let memory = report.memory;
            assert_eq!(memory.frames_free + memory.frames_kernel, memory.frames_total);
        }
    }
}

#[test]
fn the_same_address_is_another_page_in_another_space() {
    for asids in [0, 1, 511] {
        let ops =
            || (0..40).map(|n| if n % 3 == 0 { store(page(n % 4)) } else { load(page(n % 4)) });
        let config = MachineConfig { quantum: 5, asids, ..strict(Mode::Sv39) };
        let specs = (0..3).map(|n| process(&format!("p{n}"), layout(), ops()));
        let outcome = run(config, specs);
        assert!((0..3).all(|at| fate(&outcome, at) == "exited"));
        assert_eq!(outcome.report.total.accesses.total(), 120);
        assert!(outcome.report.total.faults.context_switches >= 24);
    }
}

#[test]
fn layouts_that_cannot_be_are_refused() {
    let text = |start, pages| region(RegionKind::Text, start, pages);
    for (regions, problem) in [
        (vec![text(0x1001, 1)], "not a multiple"),
        (vec![text(0x1000, 0)], "no pages"),
        (vec![text(0x1000, 2), text(0x2000, 1)], "overlaps text"),
        (vec![text(0xc000_0000, 1)], "leaves the user's part"),
        (vec![text(0xffff_f000, 2)], "leaves the user's part"),
        (vec![text(0x1000, u64::MAX)], "does not fit"),
        (vec![text(0x1000, 2), region(RegionKind::Stack, 0x2000, 1)], "overlaps text"),
        (
            vec![
                RegionSpec { limit: Some(2), ..region(RegionKind::Heap, 0x1000, 0) },
                text(0x1000, 1),
            ],
            "overlaps heap",
        ),
    ] {
        let mmu = Box::new(IdealMmu::new(Xlen::Rv32));
        let mut machine = Machine::new(mmu, strict(Mode::Sv32)).unwrap();
        let error = machine.spawn(process("p", regions, [])).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
    }
}

#[test]
fn configurations_that_cannot_be_are_refused() {
    let refuse = |change: fn(&mut MachineConfig), problem: &str| {
        let mut config = MachineConfig::default();
        change(&mut config);
        let error = Machine::new(Box::new(IdealMmu::new(Xlen::Rv64)), config).err().unwrap();
        assert!(error.to_string().contains(problem), "{error}");
    };
    refuse(|c| c.mode = Mode::Sv32, "cannot run in mode Sv32");
    refuse(|c| c.mode = Mode::Bare, "cannot run in mode Bare");
    refuse(|c| c.frames = 65, "leave no room");
    refuse(|c| c.frames = u64::MAX, "it can be 1 to 268435456");
    refuse(|c| c.base = 1 << 56, "physical address space");
    refuse(|c| c.base = 1, "splits a page");
    refuse(|c| c.latency = super::super::LatencySpec::Fixed(0), "at least 1 cycle");
    refuse(|c| c.data_latency = super::super::LatencySpec::Range([5, 2]), "is empty");
}
